// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QTimer>
#include <QWidget>

class QGridLayout;
class QLabel;
class QPushButton;
class QStackedLayout;
class QTableView;

namespace sheaf::ui {

class AppContext;
class ElidedLabel;
class EmptyHint;
class PlanModel;
class PreviewModel;

/// What the settings of the step in view lead to: how many mini-batches, how they are spread, what they need, each of them by number, and a look
/// into the chosen one. Asks for the plan while it is on screen, as the step and its settings change. Owned by who places it; main thread.
class PlanView : public QWidget
{
    Q_OBJECT

public:
    explicit PlanView(AppContext& context, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QPushButton* againButton(QWidget* parent, const char* name);
    QWidget* buildNoPlan();
    QWidget* buildHead();
    QWidget* buildBatches();
    QWidget* buildPreview();
    QLabel* addFigure(QGridLayout* grid, const char* name, const QString& caption);
    void follow();
    void refresh();
    void refreshFigures();
    void refreshProgress();
    void refreshHint();
    void refreshPreview();
    void chooseFirst();

    AppContext& m_context;
    PlanModel* m_model;
    PreviewModel* m_previewModel;
    QStackedLayout* m_pages;
    EmptyHint* m_hint; // why there is no plan
    QPushButton* m_retry;
    QWidget* m_plan;
    ElidedLabel* m_headline;
    QPushButton* m_again;
    ElidedLabel* m_progress;
    QPushButton* m_stop;
    QLabel* m_size;
    QLabel* m_input;
    QLabel* m_workers;
    QLabel* m_failures;
    QLabel* m_memory;
    QLabel* m_notes;
    QTableView* m_batches;
    ElidedLabel* m_previewTitle;
    QLabel* m_previewWords;
    QTableView* m_previewTable;
    QTimer m_showProgress; // a plan that is there at once does not flicker
};

} // namespace sheaf::ui
