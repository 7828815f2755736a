// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/coordinator_host.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/base/program_log.h"
#include "core/base/text.h"
#include "core/monitor/perf_csv.h"
#include "core/pipeline/plan_request.h"
#include "core/plan/input_stamps.h"
#include "core/plan/mini_batch_planner.h"
#include "core/runtime/launcher.h"
#include "core/runtime/worker_start.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>

namespace sheaf::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds kTick { 50 };
constexpr double kSilentSeconds = 8; // of a node whose agent says something every second
constexpr double kLateSeconds = 2; // between two ticks of this process
constexpr std::size_t kMostEvents = 500;
/// For the agents to say their last word: they kill their workers, which takes no time unless a machine hangs.
constexpr double kLeaveSeconds = 20;

std::string hostName()
{
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

/// Opens the plan that an earlier life made, or makes it.
Result<plan::PlanFile> makePlan(const plan::PlanRequest& request, const fs::path& folder, const std::stop_token& stop)
{
    std::error_code ignored;
    if (!fs::exists(folder / "plan.json", ignored)) {
        if (auto header = plan::writePlan(request, folder, stop); !header) {
            return tl::unexpected<Error>(header.error());
        }
        return plan::PlanFile::open(folder);
    }
    return plan::PlanFile::open(folder).and_then([](plan::PlanFile plan) -> Result<plan::PlanFile> {
        if (auto same = plan::checkStamps(plan.header()); !same) {
            return tl::unexpected<Error>(same.error());
        }
        return plan;
    });
}

/// What no event names was never there: a plan that was not told, and rows of a step that begins from nothing.
void forgetPlan(const RunDir& dir, const std::string& step)
{
    std::error_code ignored;
    for (const auto& file : { dir.plan(step) / "plan.json", dir.plan(step) / "plan.jsonl", dir.spool(step), dir.rowHeaders(step) }) {
        fs::remove(file, ignored);
    }
}

/// The step that a fact is about; nullopt for facts about the run.
std::optional<StepIndex> stepOf(const event::Fact& fact)
{
    return std::visit(
        [](const auto& one) -> std::optional<StepIndex> {
            if constexpr (requires { one.step; }) {
                return one.step;
            } else {
                return std::nullopt;
            }
        },
        fact);
}

} // namespace

/// What the job thread made of a step's input.
struct CoordinatorHost::Planned {
    Result<plan::PlanFile> plan;
    Result<std::vector<event::AttemptEnded>> takenOver {};
    double seconds = 0;
};

/// What the host holds for one step.
struct CoordinatorHost::StepWork {
    std::optional<plan::PlanFile> plan;
    std::optional<RowSpool> spool;
    std::optional<HeaderFile> headers; // of DataFrames
    std::unique_ptr<StepReport> report;
    std::unique_ptr<monitor::PerfCsv> perf;
    std::map<NodeIndex, std::int64_t> perfMicros; // when each node's figures were last written
    std::stop_source stopPlanning;
    bool begun = false;
    bool isReset = false; // in this life: nothing of before counts
};

CoordinatorHost::CoordinatorHost(pipeline::RunSpec spec, RunDir dir, Journal& journal, EarlierRuns& earlierRuns)
    : m_spec(std::move(spec))
    , m_dir(std::move(dir))
    , m_journal(journal)
    , m_earlierRuns(earlierRuns)
    , m_reports(0)
{
    m_coordinator = std::make_unique<Coordinator>(m_spec, *this);
    for (std::size_t i = 0; i < m_spec.steps.size(); ++i) {
        m_work.push_back(std::make_unique<StepWork>());
    }
    m_jobThread = std::jthread([this](std::stop_token stop) {
        while (!stop.stop_requested()) {
            for (auto& job : m_jobs.waitAll(std::chrono::milliseconds(200))) {
                if (!stop.stop_requested()) {
                    job();
                }
            }
        }
    });
}

CoordinatorHost::~CoordinatorHost()
{
    for (auto& step : m_work) {
        step->stopPlanning.request_stop();
    }
    m_jobThread.request_stop();
}

void CoordinatorHost::restore(std::span<const event::Event> events)
{
    m_restored = m_restored || !events.empty();
    event::ChangeSet changes;
    m_picture.apply(events, changes);
    m_coordinator->restore(events);
    if (!events.empty()) {
        m_sequence = events.back().sequence;
    }
}

Result<void> CoordinatorHost::takeRepair()
{
    const auto text = paths::readFile(m_dir.repair());
    if (!text) {
        return tl::unexpected<Error>(text.error());
    }
    auto request = json::deserialize<RepairRequest>(*text, m_dir.repair().string());
    if (!request) {
        return tl::unexpected<Error>(request.error());
    }
    const auto step = std::find_if(m_spec.steps.begin(), m_spec.steps.end(), [&](const auto& one) { return one.name == request->step; });
    if (step == m_spec.steps.end()) {
        return fail(ErrorCode::StepMissing, { { "step", request->step }, { "known", "those of run.json" } });
    }
    m_coordinator->repair(*request);
    m_isRepair = true;
    return {};
}

void CoordinatorHost::begin(const std::string& lost)
{
    m_coordinator->start(monotonicSeconds(), getpid(), hostName(), lost);
    keepEvents();
}

/// The job thread's way back: its answers are taken at the next turn of the loop.
void CoordinatorHost::inLoop(std::function<void()> work)
{
    m_answers.put(std::move(work));
}

Result<void> CoordinatorHost::run(Transport& transport)
{
    m_transport = &transport;
    m_loop = std::make_unique<RankLoop>(transport);
    for (int rank = 1; rank < transport.size(); ++rank) {
        m_outboxes.emplace_back(transport, rank);
    }
    m_heard.assign(m_outboxes.size(), 0);
    auto server = RunServer::start(
        m_loop->context(), m_dir, [this](const std::string& line) { return onRequest(line); });
    if (!server) {
        programLog::warning("no requests will be heard: {}", errorSentence(server.error()));
    }
    // mpirun sends SIGTERM about a second before it kills: time to keep what has come.
    boost::asio::signal_set signals(m_loop->context(), SIGTERM, SIGINT);
    signals.async_wait([this](const boost::system::error_code& error, int) {
        m_isEnded = m_isEnded || !error;
    });
    if (m_over) { // it was over before there was an agent to tell
        leave();
    }
    m_tick = std::make_unique<boost::asio::steady_timer>(m_loop->context());
    scheduleTick();

    RankLoop::Hooks hooks;
    hooks.onBytes = [this](int rank, std::string_view bytes) { onBytes(rank, bytes); };
    hooks.onTurn = [this](double now) { onTurn(now); };
    hooks.isOver = [this] { return isOver(); };
    hooks.isExpecting = [this] { return m_over || m_coordinator->isBusy(); };
    hooks.isFast = [] { return false; };
    m_loop->run(hooks);

    keepEvents();
    m_userLogs.flush();
    m_reports.flush();
    std::string problem = m_journal.close();
    if (!m_lost.empty() && problem.empty()) {
        return fail(ErrorCode::Protocol, { { "peer", "an agent" }, { "reason", m_lost } });
    }
    ::unlink(m_dir.socketName().c_str());
    if (!m_problem.empty()) {
        problem = m_problem;
    }
    if (m_isRepair && m_over && problem.empty()) { // else its end may not be kept
        ::unlink(m_dir.repair().c_str());
    }
    if (!problem.empty()) {
        return fail(ErrorCode::NotKept, { { "reason", problem } });
    }
    if (m_isEnded) {
        return fail(ErrorCode::Protocol, { { "peer", "mpirun" }, { "reason", "it ends the ranks before the run is over" } });
    }
    if (!agentsHaveLeft()) {
        return fail(ErrorCode::Protocol, { { "peer", "an agent" }, { "reason", "it did not leave when the run was over" } });
    }
    return {};
}

/// The agents are told to go, and are listened to until they have: what is large and still on its way waits for a receiver.
void CoordinatorHost::leave()
{
    for (auto& outbox : m_outboxes) {
        outbox.put(ToAgent(LeaveRun {}));
    }
    m_over = true;
    m_overSince = monotonicSeconds();
}

bool CoordinatorHost::isOver() const
{
    return m_isEnded || !m_lost.empty() || (m_over
        && (agentsHaveLeft() || monotonicSeconds() - m_overSince > kLeaveSeconds));
}

// ---- what comes in ----------------------------------------------------------------------------------------------------

void CoordinatorHost::onBytes(int rank, std::string_view bytes)
{
    const NodeIndex node(static_cast<std::uint32_t>(rank - 1));
    const double now = monotonicSeconds();
    m_heard[node.value] = now;
    const bool understood = forEachMessage<ToCoordinator>(bytes, [&](const ToCoordinator& message) {
        if (std::holds_alternative<AgentLeft>(message)) {
            ++m_agentsLeft;
            m_heard[node.value] = 0; // nothing more is expected
        }
        if (!m_problem.empty()) {
            return; // nothing is kept any more
        }
        keepLog(node, message);
        m_coordinator->onMessage(node, message, now);
    });
    if (!understood) {
        programLog::error("a message of node {} cannot be read", node.value);
    }
}

void CoordinatorHost::keepLog(NodeIndex node, const ToCoordinator& message)
{
    if (const auto* user = std::get_if<UserLog>(&message)) {
        const auto span = m_userLogs.append(
            m_dir.userLog(stepSpec(user->step).name, user->stream, node, user->process), user->bytes);
        if (!span || user->attempt.value == 0 || span->begin == span->end) {
            return;
        }
        auto& ranges = m_logRanges[user->attempt];
        const auto known = std::find_if(
            ranges.begin(), ranges.end(), [&](const auto& range) { return range.stream == user->stream; });
        if (known == ranges.end()) {
            ranges.push_back({ user->stream, span->begin, span->end });
        } else {
            known->end = span->end;
        }
    } else if (const auto* child = std::get_if<ChildLog>(&message)) {
        (void)m_userLogs.append(
            m_dir.childLog(stepSpec(child->step).name, child->isError, node, child->process), child->bytes);
    } else if (const auto* command = std::get_if<CommandLog>(&message)) {
        (void)m_userLogs.append(m_dir.commandLog(stepSpec(command->step).name, node), command->bytes);
    } else if (const auto* sample = std::get_if<SampleTaken>(&message)) {
        keepSample(node, sample->sample);
    }
}

void CoordinatorHost::keepSample(NodeIndex node, std::string_view json)
{
    auto sample = json::deserialize<monitor::NodeSample>(json, "NodeSample");
    if (!sample) {
        return;
    }
    for (std::size_t i = 0; i < m_work.size(); ++i) {
        const StepIndex step(static_cast<std::uint32_t>(i));
        const double interval = stepSpec(step).parallel.resourceMonitorIntervalSeconds;
        StepWork& one = work(step);
        const bool running = i < m_picture.steps().size() && one.begun && !m_picture.steps()[i].isOver();
        if (!running || interval <= 0 || stepSpec(step).kind != pipeline::StepKind::Parallel) {
            continue;
        }
        auto& last = one.perfMicros[node];
        if (last != 0 && static_cast<double>(sample->timeMicros - last) < (interval - 0.5) * 1e6) {
            continue;
        }
        last = sample->timeMicros;
        if (!one.perf) {
            one.perf = std::make_unique<monitor::PerfCsv>(m_dir.logs(stepSpec(step).name) / "sys" / "perf");
        }
        monitor::NodeSample own = *sample; // of the processes only this step's
        const std::string prefix = stepSpec(step).name + "/";
        std::erase_if(own.processes, [&](const monitor::ProcessSample& process) {
            return process.name != "manager" && !process.name.starts_with(prefix);
        });
        for (auto& process : own.processes) {
            process.name = process.name.substr(process.name.rfind('/') + 1);
        }
        if (auto written = one.perf->append(own); !written) {
            programLog::warning("{}", errorSentence(written.error()));
        }
    }
    std::vector<monitor::NodeSample> samples;
    samples.push_back(std::move(*sample));
    m_journal.recordSamples(std::move(samples));
}

std::string CoordinatorHost::onRequest(const std::string& line)
{
    if (line == "ping") {
        return "ok";
    }
    if (line == "stop" || line == "stop now") {
        m_coordinator->onStopAsked(line == "stop now", monotonicSeconds());
        return "ok";
    }
    if (constexpr std::string_view kRepair = "repair "; line.starts_with(kRepair)) {
        const auto repair = json::deserialize<RepairRequest>(line.substr(kRepair.size()), "the request");
        return repair ? m_coordinator->onRepairAsked(*repair, monotonicSeconds()) : "error: " + errorSentence(repair.error());
    }
    return "error: known requests are ping, stop, stop now, repair";
}

void CoordinatorHost::onTurn(double now)
{
    for (auto& answer : m_answers.takeAll()) {
        answer();
    }
    if (m_problem.empty()) {
        m_coordinator->dispatch(now);
    }
    for (auto& outbox : m_outboxes) {
        outbox.flush();
    }
    if (m_events.size() >= kMostEvents) {
        keepEvents();
    }
}

void CoordinatorHost::scheduleTick()
{
    m_tick->expires_after(kTick);
    m_tick->async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            onTick();
            scheduleTick();
        }
    });
}

void CoordinatorHost::onTick()
{
    if (!m_problem.empty()) {
        return;
    }
    const double now = monotonicSeconds();
    watchNodes(now);
    m_coordinator->onTick(now);
    for (std::size_t i = 0; i < m_work.size() && i < m_picture.steps().size(); ++i) {
        if (m_work[i]->begun) {
            m_work[i]->report->onTick(m_picture.steps()[i], now);
        }
    }
    m_userLogs.flush(); // before the events that name their bytes
    m_reports.flush();
    keepEvents();
    if (const std::string problem = m_journal.problem(); !problem.empty() && m_problem.empty()) {
        stopForProblem(problem);
    }
}

/// Agents say something every second (their samples). One that does not any more is frozen, or its host is gone without a word: the life ends here,
/// and the run goes on in the next one.
void CoordinatorHost::watchNodes(double now)
{
    if (m_ticked > 0 && now - m_ticked > kLateSeconds) { // it was this process that stood still: what they said lies there unread
        for (double& heard : m_heard) {
            heard = heard > 0 ? now : 0;
        }
    }
    m_ticked = now;
    for (std::size_t i = 0; i < m_heard.size() && m_lost.empty() && !m_over; ++i) {
        if (m_heard[i] > 0 && now - m_heard[i] > kSilentSeconds) {
            m_lost = fmt::format("node {} was lost: it said nothing for {:.0f} s", i, kSilentSeconds);
            programLog::error("{}{}", kLostMark, m_lost);
        }
    }
}

/// Facts that cannot be kept are no facts: the run ends where it is and can be resumed when the cause is mended.
void CoordinatorHost::stopForProblem(const std::string& problem)
{
    if (!m_problem.empty()) {
        return;
    }
    m_problem = problem;
    leave();
}

// ---- what the coordinator wants -----------------------------------------------------------------------------------------

void CoordinatorHost::send(NodeIndex node, const ToAgent& message)
{
    if (node.value < m_outboxes.size()) {
        m_outboxes[node.value].put(message);
    }
}

void CoordinatorHost::record(event::Fact fact)
{
    if (!m_problem.empty()) {
        return; // what comes after a fact that was lost is none
    }
    event::Event event { ++m_sequence, wallMicros(), std::move(fact) };
    event::ChangeSet ignored;
    m_picture.apply(event, ignored);
    if (const auto step = stepOf(event.fact); step && step->value < m_work.size()) {
        StepWork& one = work(*step);
        if (std::holds_alternative<event::StepStarted>(event.fact) && !one.begun) {
            one.begun = true;
            one.report = std::make_unique<StepReport>(m_dir, stepSpec(*step), m_reports);
            one.report->begin(m_restored && !one.isReset);
        }
        if (one.begun) {
            const auto* ended = std::get_if<event::AttemptEnded>(&event.fact);
            one.report->onEvent(event, ended != nullptr ? planLine(*step, ended->miniBatch) : std::string_view());
        }
    }
    m_events.push_back(std::move(event));
}

void CoordinatorHost::keepEvents()
{
    if (m_events.empty()) {
        return;
    }
    m_journal.record(std::exchange(m_events, {}), std::exchange(m_rowFiles, {}));
}

Result<void> CoordinatorHost::openRows(StepIndex step)
{
    StepWork& one = work(step);
    if (!one.spool) {
        auto spool = RowSpool::open(m_dir.spool(stepSpec(step).name));
        if (!spool) {
            return tl::unexpected<Error>(spool.error());
        }
        auto headers = HeaderFile::open(m_dir.rowHeaders(stepSpec(step).name));
        if (!headers) {
            return tl::unexpected<Error>(headers.error());
        }
        one.spool = std::move(*spool);
        one.headers = std::move(*headers);
    }
    return {};
}

std::optional<std::uint64_t> CoordinatorHost::keepRows(
    StepIndex step, MiniBatchIndex miniBatch, std::string_view header, std::string_view rows)
{
    if (!m_problem.empty()) {
        return std::nullopt;
    }
    StepWork& one = work(step);
    if (stepSpec(step).parallel.appendRowTo.empty()) {
        return 0;
    }
    const auto changed = [this](int file) {
        if (std::find(m_rowFiles.begin(), m_rowFiles.end(), file) == m_rowFiles.end()) {
            m_rowFiles.push_back(file);
        }
    };
    if (auto opened = openRows(step); !opened) {
        stopForProblem(errorSentence(opened.error()));
        return std::nullopt;
    }
    if (!header.empty()) {
        const auto kept = one.headers->keep(miniBatch, header);
        if (!kept) {
            stopForProblem(errorSentence(kept.error()));
            return std::nullopt;
        }
        if (*kept) {
            changed(one.headers->descriptor());
        }
    }
    const auto begin = one.spool->append(rows);
    if (!begin) {
        stopForProblem(errorSentence(begin.error()));
        return std::nullopt;
    }
    if (!rows.empty()) {
        changed(one.spool->descriptor());
    }
    return *begin;
}

std::vector<event::LogRange> CoordinatorHost::takeLogRanges(StepIndex, AttemptId attempt)
{
    if (m_logRanges.empty()) {
        return {};
    }
    auto node = m_logRanges.extract(attempt);
    return node.empty() ? std::vector<event::LogRange>() : std::move(node.mapped());
}

void CoordinatorHost::planStep(StepIndex step)
{
    // Values in, values out: the job thread sees nothing of ours but the earlier runs, which are its own.
    const bool plannedBefore = step.value < m_picture.steps().size() && m_picture.steps()[step.value].planned;
    const bool wasReset = step.value < m_picture.steps().size() && m_picture.steps()[step.value].wasReset;
    const std::string earlier = plannedBefore || wasReset ? std::string() : stepSpec(step).parallel.resumeFrom;
    if (wasReset && !plannedBefore) { // files of mini-batches that are none any more
        makeOutputFolders(stepSpec(step), true);
    }
    m_jobs.put([this, step, earlier, fresh = !plannedBefore, request = pipeline::planRequest(stepSpec(step), m_spec.python), dir = m_dir,
                   name = stepSpec(step).name, appends = !stepSpec(step).parallel.appendRowTo.empty(), stop = work(step).stopPlanning.get_token()] {
        const double began = monotonicSeconds();
        inLoop([this, step, began] { m_coordinator->onPlanningBegan(step, began); });
        if (fresh) {
            forgetPlan(dir, name);
        }
        auto planned = std::make_shared<Planned>(makePlan(request, dir.plan(name), stop));
        if (planned->plan && !earlier.empty()) {
            const RunDir earlierDir(dir.path().parent_path() / earlier);
            planned->takenOver = takeOver(m_earlierRuns, earlierDir, dir, name, step, *planned->plan, appends);
        }
        planned->seconds = monotonicSeconds() - began;
        inLoop([this, step, planned, earlier] { onPlanned(step, *planned, earlier); });
    });
}

void CoordinatorHost::onPlanned(StepIndex step, Planned& planned, const std::string& earlier)
{
    const double now = monotonicSeconds();
    if (!planned.plan || !planned.takenOver) {
        m_coordinator->onPlanFailed(step, planned.plan ? planned.takenOver.error() : planned.plan.error(), now);
        return;
    }
    work(step).plan = std::move(*planned.plan);
    const plan::PlanHeader& header = work(step).plan->header();
    std::vector<std::string> warnings = header.warnings;
    if (!earlier.empty()) {
        warnings.push_back(fmt::format("{} of {} mini-batches are taken over from run {} (--resume_from).",
            text::humanCount(planned.takenOver->size()), text::humanCount(header.miniBatches), earlier));
    }
    m_coordinator->onStepPlanned(step,
        event::StepPlanned { step, header.miniBatches, header.items, header.bytes, planned.seconds }, warnings,
        std::move(*planned.takenOver), now);
}

void CoordinatorHost::stopPlanning(StepIndex step)
{
    work(step).stopPlanning.request_stop();
}

std::string_view CoordinatorHost::planLine(StepIndex step, MiniBatchIndex miniBatch)
{
    const auto& plan = work(step).plan;
    return plan ? plan->line(miniBatch) : std::string_view();
}

std::uint32_t CoordinatorHost::plannedItems(StepIndex step, MiniBatchIndex miniBatch)
{
    const auto value = [&](MiniBatchIndex index, const char* key) {
        const auto line = json::parse(planLine(step, index));
        const auto* found = line && line->is_object() ? line->get_object().if_contains(key) : nullptr;
        return found != nullptr ? *found : boost::json::value();
    };
    if (const auto files = value(miniBatch, "files"); files.is_array()) {
        return static_cast<std::uint32_t>(files.get_array().size());
    }
    const auto row = value(miniBatch, "row"); // the first of its JSON rows; the next mini-batch begins where it ends
    if (!row.is_int64() || !work(step).plan) {
        return 0;
    }
    const plan::PlanHeader& header = work(step).plan->header();
    const bool last = miniBatch.value + 1 >= header.miniBatches;
    const auto next = last ? boost::json::value() : value(MiniBatchIndex(miniBatch.value + 1), "row");
    const std::int64_t end = next.is_int64() ? next.get_int64() : static_cast<std::int64_t>(header.items);
    return static_cast<std::uint32_t>(std::max<std::int64_t>(0, end - row.get_int64()));
}

/// `clear`: what is run again from nothing must not find the output of its earlier life; only below the run's own folder.
void CoordinatorHost::makeOutputFolders(const pipeline::StepSpec& step, bool clear)
{
    for (const auto& output : step.outputs) {
        const fs::path path = output.path;
        std::error_code ignored;
        const bool own = path.string().starts_with(m_dir.outputs().string() + "/");
        if (clear && own && path.filename() != "outputs") {
            fs::remove_all(path, ignored);
        }
        const fs::path folder = output.type == pipeline::DataType::UriFile ? path.parent_path() : path;
        if (auto made = paths::makeDirs(folder); !made) {
            programLog::error("{}", errorSentence(made.error()));
        }
    }
}

/// The user's code as submitted, or as the last repair brought it in.
fs::path CoordinatorHost::codeOf(StepIndex step) const
{
    const auto& codes = m_picture.steps()[step.value].codes;
    return m_dir.code(stepSpec(step).name, codes.empty() ? 0 : codes.back().number);
}

std::string CoordinatorHost::agentStep(StepIndex index, NodeIndex, std::uint32_t firstProcess)
{
    const auto& step = stepSpec(index);
    const auto& settings = step.parallel;
    const plan::PlanHeader& header = work(index).plan->header();
    makeOutputFolders(step, false);
    const fs::path outputDir = workerOutputDir(step, m_dir.outputs() / step.name);
    (void)paths::makeDirs(outputDir);

    AgentStep agent;
    agent.step = step.name;
    agent.python = m_spec.python;
    agent.environment = workerEnvironment(m_spec, step, outputDir);
    agent.worker = workerStart(header, step, codeOf(index), outputDir);
    agent.logsDir = m_dir.logs(step.name).string();
    agent.workers = settings.maxConcurrencyPerInstance;
    agent.timeoutSeconds = settings.timeoutSeconds;
    agent.taskOverheadTimeoutSeconds = settings.taskOverheadTimeoutSeconds;
    agent.firstProcess = firstProcess;
    return json::serialize(agent);
}

std::string CoordinatorHost::agentCommand(StepIndex index)
{
    const auto& step = stepSpec(index);
    makeOutputFolders(step, m_restored);
    const fs::path directory = codeOf(index);
    (void)paths::makeDirs(directory);
    return json::serialize(AgentCommand {
        step.name, step.command.command, directory.string(), stepEnvironment(m_spec, step), step.command.timeoutSeconds });
}

void CoordinatorHost::finalizeStep(StepIndex step, const std::vector<RowSpan>& rows)
{
    const auto& settings = stepSpec(step).parallel;
    // A table that was edited under way failed the mini-batches that came after; no threshold makes a result of the rest.
    const auto unchanged = [files = work(step).plan->header()] { return plan::checkStamps(files); };
    if (settings.appendRowTo.empty()) {
        m_jobs.put([this, step, unchanged] {
            inLoop([this, step, same = unchanged()] { m_coordinator->onStepFinalized(step, same, monotonicSeconds()); });
        });
        return;
    }
    if (auto opened = openRows(step); !opened) { // when all was done in an earlier life it is not open yet
        inLoop([this, step, opened] { m_coordinator->onStepFinalized(step, opened, monotonicSeconds()); });
        return;
    }
    m_jobs.put([this, step, rows, spool = m_dir.spool(stepSpec(step).name), header = std::string(work(step).headers->header()),
                   output = fs::path(settings.appendRowFile), unchanged] {
        Result<void> assembled = unchanged();
        if (assembled) {
            assembled = paths::makeDirs(output.parent_path());
        }
        if (assembled) {
            assembled = assembleRows(spool, rows, header, output);
        }
        inLoop([this, step, assembled] { m_coordinator->onStepFinalized(step, assembled, monotonicSeconds()); });
    });
}

/// Its files are taken away when it is planned again.
void CoordinatorHost::resetStep(StepIndex step)
{
    work(step).plan.reset();
    work(step).spool.reset();
    work(step).headers.reset();
    work(step).isReset = true;
}

void CoordinatorHost::stepEnded(StepIndex step)
{
    StepWork& one = work(step);
    if (!one.begun) { // never started: it still says why
        one.begun = true;
        one.report = std::make_unique<StepReport>(m_dir, stepSpec(step), m_reports);
        one.report->begin(m_restored);
    }
    const event::StepPicture& picture = m_picture.steps()[step.value];
    one.report->end(picture, m_spec, m_picture.workedSeconds(picture.startedMicros, picture.endedMicros));
    m_userLogs.flush();
    m_reports.flush();
    if (!stepSpec(step).parallel.copyLogsToParent) {
        return;
    }
    const fs::path target = m_dir.path() / "logs" / stepSpec(step).name;
    std::error_code ignored;
    fs::create_directories(target, ignored);
    for (const char* name : { "job_progress_overview.txt", "job_result.txt", "job_error.txt" }) {
        fs::copy_file(m_dir.logs(stepSpec(step).name) / name, target / name, fs::copy_options::overwrite_existing, ignored);
    }
}

void CoordinatorHost::runEnded()
{
    m_over = true; // the coordinator has told the agents to leave
    m_overSince = monotonicSeconds();
}

} // namespace sheaf::runtime
