// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/run_picture.h"
#include "ui/run/mini_batch_rows.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>
#endif

#include <QAbstractTableModel>
#include <QTimer>

namespace sheaf::ui {

class WorkThread;

/// The mini-batches of one step as rows, straight from the run's picture: no copies. Which rows there are, in which order, is its own,
/// as row numbers of four bytes. Many thousand are arranged in the work thread, from a copy of what they are arranged by; until that is
/// done the rows stay as they were. Unsorted and unfiltered it follows a live run by dataChanged only; else the rows are arranged anew
/// from time to time. Owned by MiniBatchPage; main thread.
class MiniBatchModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Number, State, Tries, Node, Process, Start, Elapsed, RunTime, ItemsOk, ItemsFailed, ErrorText, Silence, LastLine, Columns };
    /// The last line that it wrote, as far as it was asked for.
    struct Tail {
        QString line;
        std::int64_t micros = 0; // when a running one last wrote; 0: not known
    };

    explicit MiniBatchModel(WorkThread& worker, QObject* parent = nullptr);
    ~MiniBatchModel() override;
    /// `step` is asked for at each use, for the picture moves its vectors; null: no rows. `now`: wall time; 0 when nothing goes on.
    void setSource(std::function<const event::StepPicture*()> step, std::function<std::int64_t()> now);
    void setFilter(const triage::MiniBatchFilter& filter);
    [[nodiscard]] const triage::MiniBatchFilter& filter() const { return m_wanted.filter; }
    /// What `size:` looks at; asked for with inputBytesWanted().
    void setInputBytes(std::vector<std::uint64_t> bytes);
    /// In the order of silence the running ones come first, so that who asks for lines asks for all of them.
    void setTails(const std::vector<std::pair<MiniBatchIndex, Tail>>& tails);
    /// Mini-batches that events touched; `isPlanned` when their number has changed.
    void onChanged(const std::vector<MiniBatchIndex>& touched, bool isPlanned);
    /// Whether anybody sees the rows: while nobody does they are not arranged anew as the run goes on, but when somebody does again.
    void setSeen(bool isSeen);
    /// What grows with time is shown anew.
    void onTick();

    [[nodiscard]] const event::StepPicture* step() const { return m_step(); }
    [[nodiscard]] std::int64_t nowMicros() const { return m_now(); }
    [[nodiscard]] std::uint32_t total() const;
    [[nodiscard]] RowOrder order() const { return m_wanted.order; }
    /// The work thread is arranging.
    [[nodiscard]] bool isArranging() const { return m_isArranging; }
    [[nodiscard]] MiniBatchIndex at(int row) const;
    [[nodiscard]] int rowOf(MiniBatchIndex miniBatch) const; // -1: not among the rows
    /// By mini-batch, 0: filtered out. Empty: nothing is.
    [[nodiscard]] const std::vector<std::uint8_t>& shown() const { return m_shown; }
    [[nodiscard]] std::vector<std::uint32_t> rows() const;
    /// What the rows are made of, copied: for work elsewhere.
    struct Snapshot;
    [[nodiscard]] std::shared_ptr<Snapshot> snapshot() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

signals:
    void rowsArranged();
    void arrangingChanged();
    void inputBytesWanted();

private:
    [[nodiscard]] const event::MiniBatchNow* miniBatch(std::uint32_t number) const;
    [[nodiscard]] bool isPlain() const { return m_isPlain; }
    [[nodiscard]] QVariant text(std::uint32_t number, const event::MiniBatchNow& now, int column) const;
    [[nodiscard]] RowFacts facts() const;
    void arrange();
    void arrangeSoon();
    void take(std::vector<std::uint32_t> rows, const RowsWanted& wanted);

    WorkThread& m_worker;
    std::function<const event::StepPicture*()> m_step;
    std::function<std::int64_t()> m_now;
    RowsWanted m_wanted;
    bool m_isPlain = true; // all rows in order of number: m_rows is empty
    bool m_isArranging = false;
    bool m_isStale = false; // what is being arranged is no longer what is wanted
    bool m_isSeen = true;
    bool m_isBehind = false; // to be arranged when it is seen
    int m_source = 0; // counts setSource() and plans: answers for an earlier one are dropped
    std::uint32_t m_plainRows = 0; // rows told to the views while plain
    std::vector<std::uint32_t> m_rows; // when not plain
    std::vector<std::uint8_t> m_shown;
    std::vector<std::uint64_t> m_inputBytes;
    bool m_hasInputBytes = false;
    std::unordered_map<std::uint32_t, Tail> m_tails;
    std::unordered_map<std::uint32_t, std::int64_t> m_wrote; // Tail::micros: what rows are put in order by
    std::shared_ptr<Snapshot> m_spare; // the last copy, to copy into again
    QTimer m_rearrange;
};

/// A copy of the facts.
struct MiniBatchModel::Snapshot {
    event::StepPicture step; // name, state, mini-batches, error texts
    std::vector<std::uint32_t> groups;
    std::vector<std::uint64_t> inputBytes;
    std::int64_t nowMicros = 0;
    std::unordered_map<std::uint32_t, std::int64_t> wrote;

    [[nodiscard]] RowFacts facts() const { return { &step, groups, inputBytes, nowMicros, &wrote }; }
};

} // namespace sheaf::ui
