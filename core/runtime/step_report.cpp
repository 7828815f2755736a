// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/step_report.h"

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/program_log.h"
#include "core/base/text.h"
#include "core/event/mini_batch_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

namespace sheaf::runtime {

using event::AttemptOutcome;
using event::MiniBatchState;
using event::StepState;

namespace {

constexpr double kOverviewSeconds = 5;

constexpr std::string_view kMiniBatchColumns
    = "Mini-batch Id,Picked Count,Ip Address,Process,Start Time,Total,Succeeded,Failed,Elapsed Seconds,Process "
      "Seconds,Run Method Seconds,Status,Error Category,Error Message,Mini-batch Detail\n";

constexpr std::string_view kReadme = R"(What lies in this folder

job_result.txt                 the outcome in plain words: read this first
job_progress_overview.txt      how the step went on, a line whenever something changed
job_error.txt                  what the entry script raised, each kind once, with its first traceback
user/error/<node>/             every traceback of init(), run() and shutdown(), by process
user/stdout/<node>/            what the entry script printed
user/stderr/<node>/
user/entry_script_log/<node>/  what it logged with EntryScript().logger
sys/job_report/                processed_mini-batches.csv, node_summary.csv, process_summary.csv
sys/node/<node>/_main.txt      start and end of each worker process
sys/node/<node>/processNNN.txt what one worker did; .stdout.txt and .stderr.txt: its child processes and C code
sys/perf/<node>/               CPU, memory, disk and network of the node and its processes, every --resource_monitor_interval
user_logs/                     the output of a command step

<node> is 0, 1, …; NNN counts the worker processes of a node: one that ended is replaced by the next number.
)";

/// The service's words for how an attempt ended (Status, Error Category).
std::pair<const char*, const char*> statusWords(AttemptOutcome outcome)
{
    switch (outcome) {
    case AttemptOutcome::Done:
        return { "RUN_DONE", "" };
    case AttemptOutcome::Exception:
        return { "RUN_EXCEPTION", "UserException" };
    case AttemptOutcome::BadReturn:
        return { "RUN_EXCEPTION", "BadReturn" };
    case AttemptOutcome::Timeout:
        return { "RUN_TIMEOUT", "Timeout" };
    case AttemptOutcome::LoadTimeout:
        return { "LOAD_TIMEOUT", "Timeout" };
    case AttemptOutcome::LoadFailed:
        return { "LOAD_EXCEPTION", "LoadFailed" };
    case AttemptOutcome::WorkerDied:
        return { "RUN_EXCEPTION", "WorkerDied" };
    case AttemptOutcome::Lost:
        return { "LOST", "NodeLost" };
    }
    return { "", "" };
}

/// Appends a CSV field, quoted when it must be.
void appendField(std::string& row, std::string_view field)
{
    if (field.find_first_of(",\"\n\r") == std::string_view::npos) {
        row += field;
        return;
    }
    row += '"';
    for (const char c : field) {
        if (c == '"') {
            row += '"';
        }
        row += c;
    }
    row += '"';
}

/// {"files":[…]} of the plan as the service shows it: {"id":3,"minibatch":[…]}; slices and keys stay as they are.
std::string detailOf(std::uint32_t id, std::string_view planLine)
{
    constexpr std::string_view kFiles = "{\"files\":";
    if (planLine.starts_with(kFiles)) {
        return fmt::format("{{\"id\":{},\"minibatch\":{}", id, planLine.substr(kFiles.size()));
    }
    return planLine.starts_with('{') ? fmt::format("{{\"id\":{},{}", id, planLine.substr(1)) : std::string();
}

std::string lastLineOf(const std::string& text)
{
    const auto trimmed = text::trim(text);
    const std::size_t newline = trimmed.rfind('\n');
    return std::string(newline == std::string_view::npos ? trimmed : trimmed.substr(newline + 1));
}

std::string_view whatToDo(const std::string& reason)
{
    static const std::map<std::string, std::string_view> kAdvice {
        { "error_threshold", "Mend what makes items fail, or raise error_threshold." },
        { "mini_batch_error_threshold", "Mend what makes mini-batches fail, or raise mini_batch_error_threshold." },
        { "allowed_failed_percent", "Mend what makes mini-batches fail, or raise --allowed_failed_percent." },
        { "no_result", "run() returned nothing for any item. Look at what it returns, and at the failures below." },
        { "init_failed", "Mend init() in the entry script: its traceback is below." },
        { "entry_script", "The entry script cannot be imported: its traceback is below. Check the packages of the interpreter." },
        { "no_progress", "Look at what the workers printed last; raise --progress_update_timeout if the work is just long." },
        { "first_task_creation", "Check the input; raise --first_task_creation_timeout if it is just large." },
        { "input", "Check the path of the main input and the MLTable file." },
        { "command", "Read the command's log: user_logs/." },
        { "timeout", "Raise limits.timeout, or make the command quicker." },
        { "canceled", "`sheaf resume` goes on where it stopped." },
        { "dependency", "Mend the step that it needs." },
    };
    const auto found = kAdvice.find(reason);
    return found == kAdvice.end() ? std::string_view() : found->second;
}

std::uint32_t failedOf(const event::StepPicture& picture)
{
    return picture.count(MiniBatchState::Failed) + picture.count(MiniBatchState::TimedOut);
}

/// Each with how many mini-batches are failed by it now (or open again since); those first, else in the order in which they came.
std::vector<std::pair<const event::FailureGroup*, std::uint32_t>> groupsOf(const event::StepPicture& picture)
{
    std::vector<std::pair<const event::FailureGroup*, std::uint32_t>> all;
    for (const auto& group : picture.failures.groups()) {
        all.emplace_back(&group, 0);
    }
    for (std::uint32_t i = 0; i < picture.total() && !all.empty(); ++i) {
        const auto state = picture.miniBatches[i].state;
        const std::size_t number = picture.failures.numberOf(MiniBatchIndex(i));
        if (number > 0 && state != MiniBatchState::Done && state != MiniBatchState::Ignored) {
            ++all[number - 1].second;
        }
    }
    std::stable_partition(all.begin(), all.end(), [](const auto& one) { return one.second > 0; });
    return all;
}

/// Whether there are rows of an earlier life to go on behind; a row that a crash cut off is dropped.
bool endsWithWholeLine(const RunDir::Path& path)
{
    constexpr std::size_t kMostOfALine = 1 << 20;
    const auto end = paths::readEnd(path, kMostOfALine);
    if (!end || end->empty()) {
        return false;
    }
    std::error_code error;
    const std::size_t whole = end->rfind('\n') + 1; // npos + 1 is 0
    const std::uintmax_t before = std::filesystem::file_size(path, error) - end->size();
    if (!error && whole < end->size()) {
        std::filesystem::resize_file(path, before + whole, error);
    }
    return !error && before + whole > 0;
}

} // namespace

StepReport::StepReport(const RunDir& dir, const pipeline::StepSpec& step, logs::LogWriter& writer)
    : m_dir(dir)
    , m_step(step)
    , m_writer(writer)
    , m_logs(dir.logs(step.name))
    , m_miniBatches(m_logs / "sys" / "job_report" / "processed_mini-batches.csv")
{
}

void StepReport::write(const RunDir::Path& path, const std::string& text)
{
    if (auto appended = m_writer.append(path, text); !appended) {
        programLog::error("{}", errorSentence(appended.error()));
    }
}

void StepReport::begin(bool resumed)
{
    std::error_code ignored;
    std::filesystem::create_directories(m_logs / "sys" / "error", ignored);
    if (auto written = paths::writeFile(m_logs / "readme.txt", kReadme); !written) {
        programLog::error("{}", errorSentence(written.error()));
    }
    m_resumed = resumed;
    m_lifeBegan = wallMicros();
    if (m_step.kind != pipeline::StepKind::Parallel) {
        return;
    }
    if (!resumed || !endsWithWholeLine(m_miniBatches)) {
        write(m_miniBatches, std::string(kMiniBatchColumns));
    }
    overview(wallMicros(), resumed ? "The run was resumed." : "Scheduling began: the input is being listed.");
}

void StepReport::onEvent(const event::Event& event, std::string_view planLine)
{
    if (const auto* ended = std::get_if<event::AttemptEnded>(&event.fact)) {
        on(event, *ended, planLine);
    } else if (const auto* worker = std::get_if<event::WorkerStarted>(&event.fact)) {
        on(event, *worker);
    } else if (const auto* init = std::get_if<event::WorkerInitialized>(&event.fact)) {
        on(event, *init);
    } else if (const auto* gone = std::get_if<event::WorkerEnded>(&event.fact)) {
        on(event, *gone);
    } else if (const auto* planned = std::get_if<event::StepPlanned>(&event.fact)) {
        overview(event.timeMicros,
            fmt::format("Scheduling finished: {} mini-batches{} in {}.", text::humanCount(planned->miniBatches),
                planned->items > 0 ? fmt::format(" of {} items", text::humanCount(planned->items)) : "",
                text::humanSeconds(planned->seconds)));
    } else if (std::holds_alternative<event::StepFinalizing>(event.fact)) {
        overview(event.timeMicros, "All mini-batches have ended; the results are being put together.");
    }
}

void StepReport::on(const event::Event& event, const event::AttemptEnded& ended, std::string_view planLine)
{
    const auto [status, category] = statusWords(ended.outcome);
    const std::uint32_t failed = ended.outcome == AttemptOutcome::Done
        ? (ended.items > ended.returned ? ended.items - ended.returned : 0)
        : ended.items;
    const std::string process = RunDir::processName(ended.process);
    m_row.clear();
    fmt::format_to(std::back_inserter(m_row), "{},{},{},{},{},{},{},{},{:.6f},{:.6f},{:.6f},{},{},", ended.miniBatch.value,
        ended.picked, ended.node.value, process, isoTime(ended.startMicros), ended.items, ended.returned, failed,
        ended.elapsedSeconds, ended.processSeconds, ended.runSeconds, status, category);
    appendField(m_row, ended.error);
    m_row += ',';
    appendField(m_row, detailOf(ended.miniBatch.value, planLine));
    m_row += '\n';
    write(m_miniBatches, m_row);
    if (ended.outcome == AttemptOutcome::Done) {
        return;
    }
    processLine(event.timeMicros, ended.node, ended.process,
        fmt::format("mini-batch {} (try {}): {}: {}", ended.miniBatch.value, ended.picked, status, ended.error));
    userError(event.timeMicros, ended.node, ended.process,
        fmt::format("mini-batch {} (try {}){}: {}", ended.miniBatch.value, ended.picked,
            ended.final ? ", failed for good" : ", will be tried again", ended.error),
        ended.traceback);
}

void StepReport::on(const event::Event& event, const event::WorkerStarted& started)
{
    mainLine(event.timeMicros, started.node,
        fmt::format("{} started, pid {}", RunDir::processName(started.process), started.pid));
    processLine(event.timeMicros, started.node, started.process, fmt::format("started, pid {}", started.pid));
}

void StepReport::on(const event::Event& event, const event::WorkerInitialized& initialized)
{
    processLine(event.timeMicros, initialized.node, initialized.process,
        initialized.ok ? fmt::format("init() returned after {}", text::humanSeconds(initialized.seconds))
                       : "init failed: " + initialized.error);
    if (!initialized.ok) {
        userError(event.timeMicros, initialized.node, initialized.process, "init: " + initialized.error,
            initialized.traceback);
    }
}

void StepReport::on(const event::Event& event, const event::WorkerEnded& ended)
{
    mainLine(event.timeMicros, ended.node, fmt::format("{} {}", RunDir::processName(ended.process), ended.how));
    processLine(event.timeMicros, ended.node, ended.process, "ended: " + ended.how);
    if (ended.how == "shutdown() raised") {
        userError(event.timeMicros, ended.node, ended.process, "shutdown() raised", ended.detail);
    }
}

void StepReport::mainLine(std::int64_t micros, NodeIndex node, const std::string& text)
{
    write(m_logs / "sys" / "node" / std::to_string(node.value) / "_main.txt",
        fmt::format("{} {}\n", isoTime(micros), text));
}

void StepReport::processLine(std::int64_t micros, NodeIndex node, ProcessNumber process, const std::string& text)
{
    write(m_logs / "sys" / "node" / std::to_string(node.value) / (RunDir::processName(process) + ".txt"),
        fmt::format("{} {}\n", isoTime(micros), text));
}

void StepReport::userError(std::int64_t micros, NodeIndex node, ProcessNumber process, const std::string& title,
    const std::string& traceback)
{
    write(m_logs / "user" / "error" / std::to_string(node.value) / (RunDir::processName(process) + ".txt"),
        fmt::format("{} {}\n{}{}\n", isoTime(micros), title, traceback, traceback.ends_with('\n') ? "" : "\n"));
}

void StepReport::overview(std::int64_t micros, const std::string& text)
{
    write(m_dir.progressOverview(m_step.name), fmt::format("{} {}\n", isoTime(micros), text));
}

/// Mini-batches that are still to be done in this life: in a repair those that it lists.
std::uint32_t StepReport::leftOf(const event::StepPicture& picture)
{
    const auto repair = picture.repair.empty() ? std::nullopt : std::optional(event::MiniBatchList::parse(picture.repair).value_or(event::MiniBatchList()));
    if (!repair) {
        return picture.total() - picture.ended();
    }
    const auto listed = repair->all(picture.total());
    return static_cast<std::uint32_t>(std::count_if(listed.begin(), listed.end(), [&](MiniBatchIndex one) {
        const auto state = picture.miniBatches[one.value].state;
        return state == event::MiniBatchState::Pending || state == event::MiniBatchState::Running || state == event::MiniBatchState::Retrying;
    }));
}

void StepReport::onTick(const event::StepPicture& picture, double now)
{
    if (!picture.planned || picture.isOver() || now - m_lastOverview < kOverviewSeconds) {
        return;
    }
    const std::uint32_t ended = picture.ended();
    m_endedBefore = m_firstOverview ? ended : std::min(m_endedBefore, ended); // what is opened again counts anew
    if (ended == m_lastEnded && !m_firstOverview) {
        return;
    }
    m_lastOverview = now;
    m_lastEnded = ended;
    m_firstOverview = false;
    if (ended == 0) {
        overview(wallMicros(), "No mini-batch has been processed yet.");
        return;
    }
    const double elapsed = static_cast<double>(wallMicros() - m_lifeBegan) * 1e-6;
    const std::uint32_t endedNow = ended - m_endedBefore;
    const std::string left = endedNow > 0 ? fmt::format(", about {} left", text::humanSeconds(elapsed / endedNow * leftOf(picture))) : std::string();
    overview(wallMicros(),
        fmt::format("Processed {} of {} mini-batches, {} of them failed; {} elapsed{}.",
            text::humanCount(ended), text::humanCount(picture.total()),
            text::humanCount(failedOf(picture)), text::humanSeconds(elapsed), left));
}

void StepReport::end(const event::StepPicture& picture, const pipeline::RunSpec& run, double workedSeconds)
{
    overview(wallMicros(),
        fmt::format("The step ended: {}. {}", json::enumName(picture.state), picture.message));
    const auto keep = [](const Result<void>& written) {
        if (!written) {
            programLog::error("{}", errorSentence(written.error()));
        }
    };
    keep(paths::writeFile(m_dir.jobResult(m_step.name), resultText(picture, run, workedSeconds)));
    if (m_step.kind != pipeline::StepKind::Parallel) {
        return;
    }
    std::string errors;
    if (!picture.initTraceback.empty()) {
        errors += fmt::format("the entry script did not get ready\n{}\n\n", picture.initTraceback);
    }
    for (const auto& [group, failedNow] : groupsOf(picture)) {
        const auto& failure = *group;
        errors += fmt::format("{} x {}{}: {}\nfirst: mini-batch {} at {}\n{}\n\n", failure.attempts,
            json::enumName(failure.outcome), failedNow > 0 ? "" : " (not failed any more)", failure.firstError, failure.firstMiniBatch.value, isoTime(failure.firstMicros),
            failure.firstTraceback);
    }
    keep(paths::writeFile(m_logs / "job_error.txt", errors));
    writeSummaries(picture);
}

std::string StepReport::resultText(const event::StepPicture& picture, const pipeline::RunSpec& run, double workedSeconds) const
{
    std::string text = fmt::format("{}: step '{}' of run {}\n\n{}\n", json::enumName(picture.state), m_step.name, run.run,
        picture.message);
    if (const auto advice = whatToDo(picture.reason); !advice.empty()) {
        text += fmt::format("{}\n", advice);
    }
    if (picture.state == StepState::Failed) {
        text += fmt::format("`sheaf resume {0}` tries again what failed, with the script and the settings as they were. After a change of script or "
                            "job file: `sheaf run {1} --resume_from {0}`. Neither does again what is done.\n",
            run.run, run.jobFile);
    }
    if (picture.planned) {
        const std::uint32_t done = picture.count(MiniBatchState::Done);
        const std::uint32_t ignored = picture.count(MiniBatchState::Ignored);
        text += fmt::format("\nMini-batches: {} in all, {} done, {} failed ({} of them by time-out), {}{} open\n",
            text::humanCount(picture.total()), text::humanCount(done), text::humanCount(failedOf(picture)),
            text::humanCount(picture.count(MiniBatchState::TimedOut)),
            ignored > 0 ? fmt::format("{} ignored, ", text::humanCount(ignored)) : "",
            text::humanCount(picture.total() - picture.ended()));
        text += fmt::format("Items: {} given to finished mini-batches, {} failed or without a result (error_threshold: {})\n",
            text::humanCount(picture.itemsDone), text::humanCount(picture.itemsFailed),
            m_step.parallel.errorThreshold < 0 ? "-1, no limit" : std::to_string(m_step.parallel.errorThreshold));
        text += fmt::format("Attempts that failed: {}\n", text::humanCount(picture.attemptsFailed));
    }
    if (picture.startedMicros > 0 && picture.endedMicros > 0) {
        text += fmt::format("Time: {} to {} UTC, {}\n", isoTime(picture.startedMicros), isoTime(picture.endedMicros),
            text::humanSeconds(workedSeconds));
    }
    if (!m_step.parallel.appendRowFile.empty() && picture.state == StepState::Completed) {
        text += fmt::format("Result: {}\n", m_step.parallel.appendRowFile);
    }
    std::vector<std::string> failedOnes;
    for (std::uint32_t i = 0; i < picture.total() && failedOnes.size() < 50; ++i) {
        const auto state = picture.miniBatches[i].state;
        if (state == MiniBatchState::Failed || state == MiniBatchState::TimedOut) {
            failedOnes.push_back(std::to_string(i));
        }
    }
    if (!failedOnes.empty()) {
        text += fmt::format("Failed mini-batches: {}{}\n", text::join(failedOnes, ", "),
            failedOnes.size() == 50 ? ", …" : "");
    }
    if (!picture.failures.groups().empty()) {
        text += "\nWhat failed, by kind\n";
    }
    for (const auto& [group, failedNow] : groupsOf(picture)) {
        const auto& failure = *group;
        text += fmt::format("\n{} attempt(s), {}{}: {}\nFirst in mini-batch {}, {} UTC:\n{}\n", failure.attempts,
            json::enumName(failure.outcome), failedNow > 0 ? "" : " (not failed any more)", failure.firstError,
            failure.firstMiniBatch.value, isoTime(failure.firstMicros),
            failure.firstTraceback.empty() ? lastLineOf(failure.firstError) : failure.firstTraceback);
    }
    if (!picture.initTraceback.empty()) {
        text += fmt::format("\nThe entry script did not get ready:\n{}\n", picture.initTraceback);
    }
    for (const auto& warning : picture.warnings) {
        text += fmt::format("\nWarning: {}\n", warning);
    }
    if (m_step.kind != pipeline::StepKind::Parallel) {
        return text + fmt::format("\nWhere to look\n  printed lines   {}\n", (m_logs / "user_logs").string());
    }
    text += fmt::format("\nWhere to look\n  tracebacks      {}\n  printed lines   {}\n  mini-batches    {}\n",
        (m_logs / "user" / "error").string(),
        (m_logs / "user" / "stdout").string(),
        (m_logs / "sys" / "job_report" / "processed_mini-batches.csv").string());
    return text;
}

void StepReport::writeSummaries(const event::StepPicture& picture)
{
    struct Sum {
        std::uint64_t miniBatches = 0;
        std::uint64_t failed = 0;
        std::uint64_t items = 0;
        double runSeconds = 0;
        std::uint32_t processes = 0;
        std::int64_t first = 0;
        std::int64_t last = 0;
    };
    std::map<NodeIndex, Sum> nodes;
    std::string processes = "Ip Address,Process,Process Id,Mini-batches,Failed,Items,Init Seconds,Run Method Seconds,Start Time,End\n";
    for (const auto& worker : picture.workers) {
        processes += fmt::format("{},{},{},{},{},{},{:.6f},{:.6f},{},", worker.node.value,
            RunDir::processName(worker.process), worker.pid, worker.done, worker.failed, worker.items, worker.initSeconds,
            worker.runSeconds, isoTime(worker.startedMicros));
        appendField(processes, worker.how);
        processes += '\n';
        Sum& sum = nodes[worker.node];
        sum.miniBatches += worker.done;
        sum.failed += worker.failed;
        sum.items += worker.items;
        sum.runSeconds += worker.runSeconds;
        ++sum.processes;
        sum.first = sum.first == 0 ? worker.startedMicros : std::min(sum.first, worker.startedMicros);
    }
    std::string byNode = "Ip Address,Processes,Mini-batches,Failed,Items,Run Method Seconds,Start Time\n";
    for (const auto& [node, sum] : nodes) {
        byNode += fmt::format("{},{},{},{},{},{:.6f},{}\n", node.value, sum.processes, sum.miniBatches, sum.failed, sum.items,
            sum.runSeconds, isoTime(sum.first));
    }
    const auto folder = m_logs / "sys" / "job_report";
    for (const auto& [name, text] : { std::pair { "process_summary.csv", &processes }, std::pair { "node_summary.csv", &byNode } }) {
        if (auto written = paths::writeFile(folder / name, *text); !written) {
            programLog::error("{}", errorSentence(written.error()));
        }
    }
}

} // namespace sheaf::runtime
