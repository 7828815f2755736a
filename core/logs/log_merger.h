// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/logs/line_time.h"
#include "core/logs/log_query.h"
#include "core/logs/merged_rows.h"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace sheaf::logs {

/// Puts the lines of several files into one order of time (LineTimes says how a line's time is known). Lines of the same moment: those of the
/// file that was added first, and in each file in its order, as `sort -s` would have them. Files are read once, in turns, and may grow: lines
/// that come later are put in order among themselves and behind what is there; nothing is moved any more. A merge of a run that is over
/// is therefore exact; one that is watched is to the fraction of a second between two turns. Owned by who watches; one thread.
class LogMerger
{
public:
    /// Its number, counted from 0. `beginMicros`: no line is older (its step began then); `endMicros`: the end of its run, 0 for one that goes on.
    /// When the file was made is asked of the file system, and believed if it lies between these: a copy is younger.
    std::uint32_t addFile(std::filesystem::path path, std::int64_t beginMicros, std::int64_t endMicros = 0);
    void addRange(std::uint32_t file, const AttemptRange& range);
    [[nodiscard]] std::size_t files() const { return m_files.size(); }

    /// Adds at most `atMost` rows. `reached`: the time now, for files that are being written; 0 for those of the past. Only what has come since a turn
    /// shortly before is of now: what a file had when it was added, or what came while nobody looked, is as old as it says. `unfinished`: bytes
    /// behind the last line end are a line, too: the writer is gone. False when all files are read to their end.
    [[nodiscard]] bool turn(MergedRows& into, std::size_t atMost, std::int64_t reached, bool unfinished);
    /// A file has become shorter than what was read of it: what is merged is of another file.
    [[nodiscard]] bool isOutdated() const;
    /// Of the files, in memory: never a long line as a whole.
    [[nodiscard]] std::size_t bytesHeld() const;

private:
    struct File {
        std::filesystem::path path;
        AttemptRanges ranges;
        LineTimes times;
        std::string bytes; // read, from `place` on; of a long line its begin
        std::uint64_t place = 0;
        std::uint64_t begin = 0; // byte of the file: of the line that waits, or is looked for
        std::uint64_t end = 0; // behind it
        std::uint64_t searched = 0; // it has no end before this byte; never before `place`
        std::uint64_t past = 0; // lines that begin before this byte were there before anybody looked
        std::int64_t timeMicros = 0; // of it
        bool waits = false;
        bool told = false; // its last line without an end has been given
    };
    bool fetch(File& file, std::int64_t reached, bool unfinished);
    [[nodiscard]] bool findEnd(File& file) const;
    std::vector<File> m_files;
    std::int64_t m_looked = 0; // `reached` of the last turn
};

/// The rows of [from, to) of a merge that match a query; `paths` by number of file. One turn of it, as scanLines().
struct MergedScan {
    std::vector<std::uint64_t> rows;
    std::uint64_t end = 0;
};
[[nodiscard]] MergedScan scanMerged(const MergedRows& merged, const std::vector<std::filesystem::path>& paths, std::uint64_t from,
    std::uint64_t to, const LogQuery& query, const std::stop_token& stop);

} // namespace sheaf::logs
