// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/triage/time_left.h"
#include "core/triage/verdict.h"
#include "ui/verdict/sentence_links.h"

#include <optional>
#include <vector>
#endif

#include <QTimer>
#include <QWidget>

class QBoxLayout;
class QGridLayout;
class QLabel;
class QPushButton;
class QScrollArea;
class QStackedWidget;

namespace sheaf::ui {

class AppContext;
class BudgetGauge;
class EmptyHint;
class FailureView;
class ProgressStrip;
class StateBadge;

/// The first page of a run: what happened in one sentence whose nouns are links, why, what to do next, the budgets, and the failures by
/// cause. Of the step in view; with no step chosen of the whole run. Owned by the frame; main thread. Draws what RunState tells,
/// some times a second at most; what is said is core/triage's.
class VerdictPage : public QWidget
{
    Q_OBJECT

public:
    explicit VerdictPage(AppContext& context, QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void build();
    QWidget* buildHead();
    void connectAll();
    void refreshSoon();
    [[nodiscard]] bool isLarge() const;
    void refresh();
    void showHint();
    void showVerdict(const triage::Verdict& verdict);
    void showFigures();
    void showNext(const std::vector<triage::Action>& actions);
    void showBudgets();
    /// Asks whether the user's code differs from what the run ran, when it has not been asked since something may have changed.
    void askCode();
    void arrange();
    void setHtml(QLabel* label, const QString& html, const QString& plain);
    [[nodiscard]] triage::Liveness liveness() const;
    [[nodiscard]] QStringList stepsInView() const;
    /// Whose progress and budgets are shown: the one in view, else the first parallel step that is at work or has failed, else the first.
    [[nodiscard]] QString leadStep() const;
    [[nodiscard]] QString timesText() const;
    void follow(const QString& anchor);

    AppContext& m_context;
    QTimer m_soon;
    QTimer m_clock; // while somebody works: times go on
    QStackedWidget* m_pages;
    EmptyHint* m_hint;
    QScrollArea* m_scroll;
    StateBadge* m_badge;
    QLabel* m_times;
    QPushButton* m_report;
    QPushButton* m_raw;
    QLabel* m_sentence;
    QLabel* m_why;
    ProgressStrip* m_strip;
    QLabel* m_counts;
    QBoxLayout* m_columns = nullptr;
    QWidget* m_nextBox;
    QGridLayout* m_next = nullptr;
    QLabel* m_codeNote;
    QWidget* m_budgetBox;
    QLabel* m_budgetTitle;
    QBoxLayout* m_budgets = nullptr;
    std::vector<BudgetGauge*> m_gauges;
    FailureView* m_failures;
    QWidget* m_rest; // keeps the page at the top when there are no failures
    SentenceLinks m_links;
    std::optional<triage::TimeLeft> m_left;
    QString m_leftOf;
    qint64 m_leftAsked = 0; // wall µs
    QString m_codeAsked; // which state of which run's step the code was compared for; "": to be asked
};

} // namespace sheaf::ui
