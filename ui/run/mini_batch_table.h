// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/run/mini_batch_model.h"
#include "ui/state/run_state.h"

#include <optional>
#endif

#include <QWidget>

class QMenu;
class QPushButton;
class QTableView;

namespace sheaf::ui {

class AppContext;

/// The mini-batches of the step in view as a table. The chosen row is SelectionState::miniBatch, which MiniBatchPanel tells all about; several
/// rows have verbs in their menu. Owned by MiniBatchPage; main thread.
class MiniBatchTable : public QWidget
{
    Q_OBJECT

public:
    MiniBatchTable(AppContext& context, MiniBatchModel& model, QWidget* parent = nullptr);
    /// Another step or run.
    void clear();
    [[nodiscard]] QPushButton* showLogButton() const { return m_showLog; }
    /// The verbs on the chosen rows.
    void fillMenu(QMenu& menu);
    /// All rows as CSV; written in the work thread.
    void exportTo(const QString& file);
    /// What only the rows in sight need is asked for.
    void askLastLines();

signals:
    void exported(const QString& file, const QString& problem); // "": well

private:
    void buildView();
    void onCurrentRow();
    void onArranged();
    void rememberRows();
    void showChosen();
    void goToChosen();
    void askLastAttempt();
    void showLog();
    void copyRows();
    void askExport();
    [[nodiscard]] std::vector<std::uint32_t> chosenNumbers() const;
    [[nodiscard]] event::MiniBatchList ignoredOf(const std::vector<std::uint32_t>& numbers) const;
    void countAgain(const event::MiniBatchList& ignored);

    AppContext& m_context;
    MiniBatchModel& m_model;
    QTableView* m_view;
    QPushButton* m_showLog;
    std::optional<event::AttemptEnded> m_lastAttempt; // of the chosen one
    std::int64_t m_told = -1; // number of the mini-batch that it is of
    std::uint64_t m_toldEvent = 0; // its last event then
    bool m_isAskingLines = false; // one question is under way
    bool m_isLinesStale = false; // other rows are in sight since
    int m_visit = 0; // counts clear(): lines of an earlier step or run are dropped
    bool m_isWished = false; // the chosen one is gone to when the rows have been arranged
    std::vector<std::uint32_t> m_remembered; // numbers of the selected rows, over a new arrangement
    int m_scroll = 0;
    bool m_isRestoring = false;
    int m_sortColumn = 0;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

} // namespace sheaf::ui
