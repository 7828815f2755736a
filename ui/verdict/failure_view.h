// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include <cstdint>
#include <vector>
#endif

#include <QWidget>

class QLabel;
class QPushButton;
class QTreeWidget;

namespace sheaf::event {
struct FailureGroup;
struct StepPicture;
}

namespace sheaf::ui {

class AppContext;
class TracebackView;

/// The failures of one step or of all, by cause: counts, what was raised, where, when; and of the chosen group what its members share, its
/// first traceback with the user's lines standing out, and what can be done with it. What they share is worked out in the reading
/// thread. Owned by the verdict page; main thread.
class FailureView : public QWidget
{
    Q_OBJECT

public:
    explicit FailureView(AppContext& context, QWidget* parent = nullptr);
    /// Shows the groups of these steps as the picture has them now; the chosen one stays chosen. Says whether there is anything to show.
    bool refresh(const QStringList& steps);

private:
    struct Row {
        QString step;
        std::size_t number = 0; // of the group in its step, from 1; 0: the step did not get ready
        std::uint32_t members = 0; // whose last failure is of it
        std::uint32_t failed = 0; // of these, failed for good
    };
    void build();
    [[nodiscard]] std::vector<Row> rowsOf(const QStringList& steps) const;
    void fill(int place, const Row& row);
    [[nodiscard]] const Row* current() const;
    [[nodiscard]] const event::FailureGroup* groupOf(const Row& row) const;
    void showChosen();
    void askTraits(const Row& row);
    void doWith(void (FailureView::*what)(const Row&));
    void showBatches(const Row& row);
    void runAgain(const Row& row);
    void runHere(const Row& row);

    AppContext& m_context;
    QLabel* m_title;
    QTreeWidget* m_list;
    QLabel* m_shares;
    TracebackView* m_traceback;
    QPushButton* m_batches;
    QPushButton* m_again;
    QPushButton* m_here;
    std::vector<Row> m_rows;
    QString m_traitsOf; // of which group, with how many members, what they share was asked
    bool m_asking = false;
};

} // namespace sheaf::ui
