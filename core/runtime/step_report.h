// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/run_picture.h"
#include "core/logs/log_writer.h"
#include "core/pipeline/run_spec.h"
#include "core/runtime/run_dir.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sheaf::runtime {

/// Writes what a parallel or command step says about itself into its log folder, under the names and columns of the service
/// (reference §4): job_result.txt, job_progress_overview.txt, job_error.txt, readme.txt, user/error, sys/node, sys/job_report. Told of
/// each event after it was folded; owned by the coordinator's host, its one thread. Texts are for people, English, as the
/// files of the service are.
class StepReport
{
public:
    StepReport(const RunDir& dir, const pipeline::StepSpec& step, logs::LogWriter& writer);

    /// Begins the folder; `resumed`: the CSV of mini-batches goes on behind the rows of earlier lives.
    void begin(bool resumed);
    /// `planLine` is the mini-batch's line for AttemptEnded, else "".
    void onEvent(const event::Event& event, std::string_view planLine);
    /// One line into the progress overview if something changed, at most every 5 s.
    void onTick(const event::StepPicture& picture, double now);
    /// The step is over: verdict and summaries. `workedSeconds`: of all lives of the run in which it was at work.
    void end(const event::StepPicture& picture, const pipeline::RunSpec& run, double workedSeconds);

private:
    [[nodiscard]] static std::uint32_t leftOf(const event::StepPicture& picture);
    void on(const event::Event& event, const event::AttemptEnded& ended, std::string_view planLine);
    void on(const event::Event& event, const event::WorkerStarted& started);
    void on(const event::Event& event, const event::WorkerInitialized& initialized);
    void on(const event::Event& event, const event::WorkerEnded& ended);
    void mainLine(std::int64_t micros, NodeIndex node, const std::string& text);
    void processLine(std::int64_t micros, NodeIndex node, ProcessNumber process, const std::string& text);
    void userError(std::int64_t micros, NodeIndex node, ProcessNumber process, const std::string& title, const std::string& traceback);
    void overview(std::int64_t micros, const std::string& text);
    [[nodiscard]] std::string resultText(const event::StepPicture& picture, const pipeline::RunSpec& run, double workedSeconds) const;
    void writeSummaries(const event::StepPicture& picture);
    void write(const RunDir::Path& path, const std::string& text);

    RunDir m_dir;
    const pipeline::StepSpec& m_step;
    logs::LogWriter& m_writer;
    RunDir::Path m_logs;
    RunDir::Path m_miniBatches;
    std::string m_row; // kept for its capacity
    double m_lastOverview = 0;
    std::uint32_t m_lastEnded = 0;
    bool m_firstOverview = true;
    bool m_resumed = false;
    std::int64_t m_lifeBegan = 0; // days may lie between the lives of a run
    std::uint32_t m_endedBefore = 0; // in earlier lives
};

} // namespace sheaf::runtime
