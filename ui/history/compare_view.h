// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/triage/run_comparison.h"
#include "ui/state/history_state.h"
#endif

#include <QString>
#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTreeWidget;

namespace sheaf::ui {

class AppContext;
class EmptyHint;

/// Two runs side by side, the open one and one of the workspace: settings that differ, times of each step, causes of failures that are new,
/// gone or the same. Both are read from their records in the work thread when the page is seen. Owned by the frame; main thread.
class CompareView : public QWidget
{
    Q_OBJECT

public:
    explicit CompareView(AppContext& context, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    struct Section {
        QLabel* title = nullptr;
        QLabel* empty = nullptr;
        QTreeWidget* table = nullptr;
    };
    QWidget* buildContent();
    Section addSection(QWidget* parent, const QString& id, const QString& accessible);
    void listRuns();
    [[nodiscard]] QString likeliest() const;
    void ask();
    void show(const HistoryState::Comparison& comparison);
    void showSettings(const HistoryState::Comparison& comparison);
    void showTimes(const triage::RunComparison& comparison);
    void showFailures(const HistoryState::Comparison& comparison);
    void fill(const Section& section, const QString& title, const QString& empty);
    void say(const QString& title, const QString& text);

    AppContext& m_context;
    QComboBox* m_other;
    QPushButton* m_swap;
    QWidget* m_bar;
    QStackedWidget* m_pages;
    EmptyHint* m_hint;
    QLabel* m_sides;
    Section m_settings;
    Section m_times;
    Section m_failures;
    QString m_wanted; // chosen by the user for the open run, or asked for
    QString m_asked; // what the answer that is in view or on its way is about
    int m_question = 0;
};

} // namespace sheaf::ui
