// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/triage/budgets.h"
#endif

#include <QProgressBar>

class QLabel;

namespace sheaf::ui {

/// Used, projected and allowed on one bar: what is used is full, what it comes to at this rate is hatched, a stroke marks what is
/// allowed. A progress bar to assistive techniques.
class BudgetBar : public QProgressBar
{
    Q_OBJECT

public:
    explicit BudgetBar(QWidget* parent = nullptr);
    void setBudget(const triage::Budget& budget);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    triage::Budget m_budget;
};

/// A limit of a step: its name, which leads to its field, the bar, and the same in words. Owned by the verdict page; main thread.
class BudgetGauge : public QWidget
{
    Q_OBJECT

public:
    explicit BudgetGauge(QWidget* parent = nullptr);
    void setBudget(const triage::Budget& budget);
    [[nodiscard]] QString words() const;
    /// "Failed mini-batches"
    [[nodiscard]] static QString titleOf(triage::BudgetKind kind);

signals:
    void settingAsked(const QString& field);

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    triage::Budget m_budget;
    QLabel* m_title;
    QLabel* m_text;
    BudgetBar* m_bar;
};

} // namespace sheaf::ui
