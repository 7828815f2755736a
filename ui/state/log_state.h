// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/logs/attempt_ranges.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <utility>
#include <vector>
#endif

#include <QObject>
#include <QString>
#include <QStringList>

namespace sheaf::ui {

class RunState;
class WorkThread;

/// Which bytes of the log files of the open run belong to which mini-batch: the ranges that the run recorded, read from run.db in `thread`
/// as they come, beginning when somebody first wants to know. Owned by the log page; main thread.
class LogState : public QObject
{
    Q_OBJECT

public:
    LogState(RunState& run, WorkThread& thread, QObject* parent = nullptr);
    ~LogState() override;

    /// Reads what is new; answered by changed(), if there is any.
    void readMore();
    /// All that the record has has been read once.
    [[nodiscard]] bool isUpToDate() const { return m_upToDate; }
    /// Ranges of a file, named by its path below the log folder of its step. Never null; empty when none is recorded.
    [[nodiscard]] const logs::AttemptRanges& rangesOf(const QString& step, const QString& file) const;
    /// Files that an attempt of this mini-batch wrote to, stdout first, with its range there (the last attempt's).
    [[nodiscard]] std::vector<std::pair<QString, logs::AttemptRange>> placesOf(const QString& step, qint64 miniBatch) const;
    /// All ranges that are known, each with the number of its file, in parcels as they came. A parcel never changes, so that another thread may read
    /// the millions of them; who keeps a copy goes on behind the last one it has.
    using Parcel = std::shared_ptr<const std::vector<std::pair<std::uint32_t, logs::AttemptRange>>>;
    [[nodiscard]] const std::vector<Parcel>& parcels() const { return m_parcels; }
    struct File {
        QString step;
        QString file;
        logs::AttemptRanges ranges;
    };
    /// By number: files stay, new ones come at the end.
    [[nodiscard]] const std::vector<File>& files() const { return m_files; }

signals:
    void changed();
    /// Another run, or none: all that was known is gone.
    void forgotten();

private:
    struct Journal;
    struct Chunk;
    void forget();
    void take(Chunk chunk);

    RunState& m_run;
    WorkThread& m_thread;
    std::shared_ptr<Journal> m_journal; // touched in the thread only
    std::vector<File> m_files;
    std::map<std::pair<QString, QString>, std::size_t> m_numbers;
    std::vector<Parcel> m_parcels;
    int m_visit = 0;
    bool m_reading = false;
    bool m_upToDate = false;
};

} // namespace sheaf::ui
