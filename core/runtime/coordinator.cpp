// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/coordinator.h"

#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace sheaf::runtime {

using event::StepState;

namespace {

/// Work that is kept ahead per worker, so that the trip through MPI is never waited for.
constexpr double kAheadSeconds = 0.020;
constexpr double kMostAhead = 1024;
/// Above this a mini-batch is long: nothing is handed out ahead, so that no node sits idle at the tail.
constexpr double kLongSeconds = 2.0;
/// Errors of an earlier life that are kept for a sentence about the first one.
constexpr std::size_t kErrorsRestored = 1000;
/// Later than all events of earlier lives.
constexpr std::uint64_t kThisLife = ~std::uint64_t { 0 };

AttemptRules rulesOf(const pipeline::ParallelSettings& settings)
{
    return { settings.maxRetries, settings.errorThreshold, settings.miniBatchErrorThreshold,
        settings.allowedFailedPercent };
}

/// Of a traceback: the error.
std::string lastLine(std::string_view traceback)
{
    traceback = text::trim(traceback);
    return std::string(text::trim(traceback.substr(traceback.rfind('\n') + 1))); // npos + 1 is 0
}

} // namespace

/// A node's part in a parallel step.
struct Coordinator::NodeShare {
    NodeIndex node;
    int slots = 0; // workers that can still work
    std::uint32_t outstanding = 0; // handed out, not answered
    bool drained = false;
    bool recalled = false; // asked to give back; not answered yet
    double meanSeconds = 0; // of an attempt, moving average; 0: none ended yet
};

struct Coordinator::StepRun {
    StepIndex index;
    const pipeline::StepSpec* spec = nullptr;
    StepState state = StepState::NotStarted;
    // What it will be when its agents have let go of it:
    StepState endState = StepState::Completed;
    std::string endReason;
    std::string endMessage;

    bool planned = false;
    bool finishing = false; // FinishStep is sent
    bool canceling = false; // CancelStep is sent
    Attempts attempts;
    std::vector<NodeShare> shares;
    std::uint32_t restoredPlan = 0; // mini-batches of the plan of an earlier life
    std::vector<event::AttemptEnded> restoredAttempts;
    /// Mini-batches that were opened again or ignored, or are no longer, between two of restoredAttempts.
    struct Turned {
        enum class How { Reopened, Ignored, Counted };
        std::size_t place = 0; // how many of restoredAttempts had come before
        How how = How::Reopened;
        std::string miniBatches; // MiniBatchList; "" with Reopened: all that have failed
    };
    std::vector<Turned> restoredTurns;
    std::optional<event::StepEnded> restoredEnd;
    std::uint64_t startedEvent = 0; // when it last began; kThisLife: in this life
    std::uint64_t doneEvent = 0; // when something of its output last became another; kThisLife: in this life
    std::string restoredRepair; // RepairAsked::id of the last one
    bool restoredRepairEnded = false; // and the step has ended since
    std::uint32_t code = 0; // state of the user's code
    bool repairing = false; // only what a repair lists is run
    bool endedNow = false; // in this life
    bool isUnfinished = false; // a repair has left mini-batches that were never run
    std::map<NodeIndex, std::uint32_t> firstProcess;

    double startedAt = 0;
    std::optional<double> planningSince;
    double lastProgress = 0;
    bool anyInitOk = false;
    std::vector<NodeIndex> emptied; // slots that stay empty, not told as long as no worker at all got ready
    bool importFailed = false;
    std::string initTraceback;
    std::string initError;
    std::map<std::pair<NodeIndex, ProcessNumber>, std::pair<MiniBatchIndex, std::int64_t>> running; // as told at ticks
    std::vector<std::pair<MiniBatchIndex, std::string>> failedErrors; // of those that failed for good, in the order in which they did; the first ones

    StepRun(StepIndex step, const pipeline::StepSpec& stepSpec)
        : index(step)
        , spec(&stepSpec)
        , attempts(rulesOf(stepSpec.parallel))
    {
    }

    [[nodiscard]] bool isOver() const
    {
        return state == StepState::Completed || state == StepState::Failed || state == StepState::Canceled;
    }
    [[nodiscard]] bool isRunning() const
    {
        return state == StepState::Preparing || state == StepState::Running || state == StepState::Finalizing;
    }
    /// What earlier lives did counts no more.
    void forget()
    {
        restoredPlan = 0;
        restoredAttempts = {};
        restoredTurns = {};
        restoredEnd.reset();
        failedErrors.clear();
        startedEvent = 0;
    }
    void restoreTurn(Turned::How how, const std::string& miniBatches) { restoredTurns.push_back({ restoredAttempts.size(), how, miniBatches }); }
    void turn(const Turned& turned)
    {
        if (turned.how == Turned::How::Reopened && turned.miniBatches.empty()) {
            (void)attempts.reopen();
            return;
        }
        const auto list = event::MiniBatchList::parse(turned.miniBatches).value_or(event::MiniBatchList()).all(attempts.count());
        (void)(turned.how == Turned::How::Reopened ? attempts.reopen(list) : attempts.ignore(list, turned.how == Turned::How::Ignored));
    }
    /// What earlier lives did, in its order; the plan is known.
    void restoreAttempts()
    {
        auto next = restoredTurns.begin();
        for (std::size_t i = 0; i <= restoredAttempts.size(); ++i) {
            for (; next != restoredTurns.end() && next->place == i; ++next) {
                turn(*next);
            }
            if (i < restoredAttempts.size()) {
                attempts.restore(restoredAttempts[i]);
            }
        }
        restoredAttempts = {};
        restoredTurns = {};
    }
    void restoreError(const event::AttemptEnded& attempt)
    {
        const bool isBad = attempt.outcome != event::AttemptOutcome::Done && attempt.outcome != event::AttemptOutcome::Lost;
        if (isBad && attempt.final && failedErrors.size() < kErrorsRestored) {
            failedErrors.emplace_back(attempt.miniBatch, attempt.error);
        }
    }
    /// "mini-batch 3: KeyError: 'x'", of the first that failed and has not been mended or ignored since; "" when none is known.
    [[nodiscard]] std::string firstFailure() const
    {
        for (const auto& [miniBatch, error] : failedErrors) {
            if (miniBatch.value < attempts.count() && attempts.hasFailed(miniBatch)) {
                return fmt::format("mini-batch {}: {}", miniBatch.value, error);
            }
        }
        return {};
    }
    NodeShare* shareOf(NodeIndex node)
    {
        for (auto& share : shares) {
            if (share.node == node) {
                return &share;
            }
        }
        return nullptr;
    }
};

Coordinator::Coordinator(const pipeline::RunSpec& spec, CoordinatorEffects& effects)
    : m_spec(spec)
    , m_effects(effects)
    , m_agents(static_cast<std::size_t>(spec.nodeCount()))
{
    for (std::size_t i = 0; i < spec.steps.size(); ++i) {
        m_steps.push_back(std::make_unique<StepRun>(StepIndex(static_cast<std::uint32_t>(i)), spec.steps[i]));
    }
}

Coordinator::~Coordinator() = default;

Coordinator::StepRun* Coordinator::findRun(const std::string& name)
{
    for (auto& step : m_steps) {
        if (step->spec->name == name) {
            return step.get();
        }
    }
    return nullptr;
}

bool Coordinator::isBusy() const
{
    return std::any_of(m_steps.begin(), m_steps.end(), [](const auto& step) { return step->isRunning(); });
}

// ---- an earlier life ------------------------------------------------------------------------------------------------

void Coordinator::restore(std::span<const event::Event> events)
{
    m_restored = m_restored || !events.empty();
    for (const auto& event : events) {
        if (const auto* ended = std::get_if<event::StepEnded>(&event.fact)) {
            // Failed and canceled steps are tried again; their good mini-batches stay.
            StepRun& step = run(ended->step);
            step.state = ended->state == StepState::Completed ? StepState::Completed : StepState::NotStarted;
            step.restoredEnd = *ended;
            step.restoredEnd->endedMicros = ended->endedMicros != 0 ? ended->endedMicros : event.timeMicros;
            if (ended->endedMicros == 0) { // not only told again
                step.restoredRepairEnded = true;
                step.doneEvent = step.spec->kind == pipeline::StepKind::Command ? event.sequence : step.doneEvent;
            }
        } else if (const auto* reset = std::get_if<event::StepReset>(&event.fact)) {
            StepRun& step = run(reset->step);
            step.state = StepState::NotStarted;
            step.forget();
        } else if (const auto* changed = std::get_if<event::CodeChanged>(&event.fact)) {
            run(changed->step).code = changed->code;
        } else if (const auto* ignored = std::get_if<event::MiniBatchesIgnored>(&event.fact)) {
            run(ignored->step).restoreTurn(ignored->ignored ? StepRun::Turned::How::Ignored : StepRun::Turned::How::Counted, ignored->miniBatches);
        } else if (const auto* reopened = std::get_if<event::MiniBatchesReopened>(&event.fact)) {
            run(reopened->step).restoreTurn(StepRun::Turned::How::Reopened, reopened->miniBatches);
        } else if (const auto* started = std::get_if<event::StepStarted>(&event.fact)) {
            StepRun& step = run(started->step);
            step.restoredEnd.reset(); // it began again: its end of before is none
            step.state = StepState::NotStarted;
            step.startedEvent = event.sequence;
        } else if (const auto* asked = std::get_if<event::RepairAsked>(&event.fact)) {
            run(asked->step).restoredRepair = asked->id;
            run(asked->step).restoredRepairEnded = false;
        } else if (const auto* planned = std::get_if<event::StepPlanned>(&event.fact)) {
            run(planned->step).restoredPlan = planned->miniBatches;
        } else if (const auto* attempt = std::get_if<event::AttemptEnded>(&event.fact)) {
            run(attempt->step).restoreError(*attempt);
            if (attempt->outcome == event::AttemptOutcome::Done) {
                run(attempt->step).doneEvent = event.sequence;
            }
            auto& kept = run(attempt->step).restoredAttempts.emplace_back(*attempt);
            kept.error = {}; // only what decides is needed: a million of them may come
            kept.traceback = {};
            kept.logs = {};
        } else if (const auto* worker = std::get_if<event::WorkerStarted>(&event.fact)) {
            auto& first = run(worker->step).firstProcess[worker->node];
            first = std::max(first, worker->process.value + 1);
        }
    }
}

void Coordinator::repair(const RepairRequest& request)
{
    m_repair = request;
}

bool Coordinator::needs(const StepRun& step, const StepRun& other) const
{
    const auto& names = step.spec->dependsOn;
    return std::any_of(m_steps.begin(), m_steps.end(), [&](const auto& between) {
        return std::find(names.begin(), names.end(), between->spec->name) != names.end()
            && (between->index == other.index || needs(*between, other));
    });
}

/// The life of a repair: its step begins again, the others stay as they are but for those that need it.
void Coordinator::beginRepairing(StepRun& step, double now)
{
    // A coordinator that died after the step had ended and before the run had leaves nothing to repair, only steps that follow.
    const bool isOver = !m_repair->id.empty() && step.restoredRepair == m_repair->id && step.restoredRepairEnded;
    if (!isOver) {
        step.state = StepState::NotStarted;
        step.repairing = true;
        if (step.spec->kind == pipeline::StepKind::Command) { // of a parallel step it is told when its plan is there
            m_effects.record(event::RepairAsked { step.index, {}, 0, m_repair->id });
        }
        if (m_repair->code >= 0 && m_repair->code != static_cast<std::int64_t>(step.code)) {
            step.code = static_cast<std::uint32_t>(m_repair->code);
            m_effects.record(event::CodeChanged { step.index, step.code, m_repair->changedFiles });
        }
    } else if (step.state == StepState::NotStarted && step.restoredEnd) {
        step.state = step.restoredEnd->state;
        m_effects.record(*step.restoredEnd);
    }
    leaveOthersAsTheyWere(step);
    cancelDependents(now); // what needs another step that failed cannot follow
}

/// A repair of one step is no reason to run another one that failed: its end is told again, as it was.
void Coordinator::leaveOthersAsTheyWere(const StepRun& repaired)
{
    for (auto& step : m_steps) {
        const bool takesPart = step->index == repaired.index || needs(*step, repaired);
        if (takesPart || step->state != StepState::NotStarted) {
            continue;
        }
        const auto end = step->restoredEnd.value_or(event::StepEnded { step->index, StepState::Canceled, "canceled",
            fmt::format("Left as it was: only step '{}' was asked for.", repaired.spec->name), 0, 0 });
        step->state = end.state;
        m_effects.record(end);
    }
}

void Coordinator::start(double now, std::int64_t pid, const std::string& host, const std::string& lost)
{
    m_started = true;
    event::RunStarted started { m_spec.run, {}, m_spec.nodeCount(), m_restored, pid, host, lost };
    for (const auto& step : m_spec.steps) {
        started.steps.push_back(step.name);
    }
    m_effects.record(started);
    for (const auto& note : m_spec.notes) {
        if (!m_restored) {
            m_effects.record(event::WarningRaised { "note", note, {} });
        }
    }
    if (StepRun* repaired = m_repair ? findRun(m_repair->step) : nullptr) {
        beginRepairing(*repaired, now);
    }
    startReadySteps(now);
}

// ---- steps ------------------------------------------------------------------------------------------------------------

void Coordinator::startReadySteps(double now)
{
    for (auto& step : m_steps) {
        const bool ready = !m_stopAsked && step->state == StepState::NotStarted
            && std::all_of(step->spec->dependsOn.begin(), step->spec->dependsOn.end(), [&](const std::string& name) {
                   const StepRun* other = findRun(name);
                   return other != nullptr && other->state == StepState::Completed;
               });
        if (ready) {
            startStep(*step, now);
        }
    }
    // A pipeline whose last steps were done in an earlier life is over at once.
    endRunIfOver(now);
}

void Coordinator::startStep(StepRun& step, double now)
{
    step.state = StepState::Preparing;
    step.startedEvent = kThisLife;
    step.startedAt = now;
    step.lastProgress = now;
    const int nodes = std::max(1, step.spec->instanceCount);
    event::StepStarted started { step.index, {}, step.spec->parallel.maxConcurrencyPerInstance };
    for (int node = 0; node < nodes; ++node) {
        started.nodes.emplace_back(static_cast<std::uint32_t>(node));
    }
    if (step.spec->kind == pipeline::StepKind::Command) {
        started.workersPerNode = 1;
        started.nodes.resize(1);
    }
    m_effects.record(started);
    if (step.spec->kind == pipeline::StepKind::Parallel) {
        m_effects.planStep(step.index); // for the first steps: while MPI starts and the agents join
    }
    startOnAgents(step);
}

/// What a step needs of the agents, as soon as both are there: all agents, and for a parallel step its plan.
void Coordinator::startOnAgents(StepRun& step)
{
    const bool allJoined
        = std::all_of(m_agents.begin(), m_agents.end(), [](const Agent& agent) { return agent.joined; });
    if (!allJoined || !step.isRunning() || step.state == StepState::Finalizing || step.canceling || !step.shares.empty()) {
        return;
    }
    if (step.spec->kind == pipeline::StepKind::Command) {
        startCommand(step);
    } else if (step.planned && !step.attempts.allEnded()) {
        startParallel(step);
    }
}

void Coordinator::startParallel(StepRun& step)
{
    const int nodes = std::max(1, step.spec->instanceCount);
    for (int i = 0; i < nodes; ++i) {
        const NodeIndex node(static_cast<std::uint32_t>(i));
        const int wanted = step.spec->parallel.maxConcurrencyPerInstance;
        step.shares.push_back({ node, wanted > 0 ? wanted : m_agents[node.value].cores });
        const std::string config = m_effects.agentStep(step.index, node, step.firstProcess[node]);
        m_effects.send(node, StartStep { step.index, config });
    }
}

void Coordinator::startCommand(StepRun& step)
{
    const auto quietest = std::min_element(m_agents.begin(), m_agents.end(),
        [](const Agent& a, const Agent& b) { return a.commands < b.commands; });
    ++quietest->commands;
    const NodeIndex node(static_cast<std::uint32_t>(quietest - m_agents.begin()));
    step.shares.push_back({ node, 1 });
    const std::string config = m_effects.agentCommand(step.index);
    m_effects.send(node, RunCommand { step.index, config });
}

void Coordinator::onStepPlanned(StepIndex index, const event::StepPlanned& planned, const std::vector<std::string>& warnings,
    std::vector<event::AttemptEnded> takenOver, double now)
{
    StepRun& step = run(index);
    if (step.isOver() || step.canceling) {
        return;
    }
    if (step.restoredPlan != 0 && step.restoredPlan != planned.miniBatches) {
        onPlanFailed(index, Error { ErrorCode::PlanChanged, { { "step", step.spec->name } } }, now);
        return;
    }
    step.attempts.plan(planned.miniBatches);
    m_effects.record(planned);
    for (const auto& warning : warnings) {
        m_effects.record(event::WarningRaised { "input", warning, index });
    }
    step.restoreAttempts();
    for (auto& attempt : takenOver) {
        step.attempts.restore(attempt);
        m_effects.record(std::move(attempt));
    }
    if (step.repairing) {
        beginRepair(step);
    } else if (const std::uint32_t opened = step.attempts.reopen(); opened > 0) {
        m_effects.record(event::MiniBatchesReopened { index, opened, {} });
    }
    step.planned = true;
    step.lastProgress = now;
    step.state = StepState::Running;
    afterAttempts(step, now); // an earlier life may have done all, or crossed a limit: then no worker starts
    startOnAgents(step);
}

/// Opens what the repair lists and holds all others back.
void Coordinator::beginRepair(StepRun& step)
{
    const auto wanted = event::MiniBatchList::parse(m_repair->run).value_or(event::MiniBatchList());
    m_effects.record(event::RepairAsked { step.index, wanted.text(), static_cast<std::uint32_t>(wanted.count()), m_repair->id });
    ignore(step, m_repair->ignore, true);
    ignore(step, m_repair->unignore, false);
    reopen(step, wanted);
    step.attempts.holdAllBut(wanted);
}

void Coordinator::reopen(StepRun& step, const event::MiniBatchList& wanted)
{
    if (const event::MiniBatchList opened(step.attempts.reopen(wanted.all(step.attempts.count()))); !opened.isEmpty()) {
        m_effects.record(event::MiniBatchesReopened { step.index, static_cast<std::uint32_t>(opened.count()), opened.text() });
    }
}

void Coordinator::ignore(StepRun& step, const std::string& miniBatches, bool ignored)
{
    const auto wanted = event::MiniBatchList::parse(miniBatches).value_or(event::MiniBatchList());
    if (const event::MiniBatchList changed(step.attempts.ignore(wanted.all(step.attempts.count()), ignored)); !changed.isEmpty()) {
        m_effects.record(
            event::MiniBatchesIgnored { step.index, static_cast<std::uint32_t>(changed.count()), changed.text(), ignored });
    }
}

std::string Coordinator::onRepairAsked(const RepairRequest& request, double now)
{
    StepRun* step = findRun(request.step);
    if (step == nullptr) {
        return fmt::format("there is no step '{}'", request.step);
    }
    if (m_stopAsked || step->state != StepState::Running || step->finishing || step->canceling || step->repairing) {
        return fmt::format("step '{}' is not at work; wait until the run has ended", request.step);
    }
    if (request.code >= 0 && request.code != static_cast<std::int64_t>(step->code)) {
        return "its workers have loaded the code already; new code is for a run that is over: stop it first";
    }
    ignore(*step, request.ignore, true);
    ignore(*step, request.unignore, false);
    reopen(*step, event::MiniBatchList::parse(request.run).value_or(event::MiniBatchList()));
    afterAttempts(*step, now);
    return "ok";
}

void Coordinator::onPlanningBegan(StepIndex index, double now)
{
    run(index).planningSince = now;
}

void Coordinator::onPlanFailed(StepIndex index, const Error& error, double now)
{
    StepRun& step = run(index);
    if (step.isOver() || step.canceling) {
        return;
    }
    abort(step, StepState::Failed, "input", errorSentence(error), now);
}

void Coordinator::onStepFinalized(StepIndex index, const Result<void>& result, double now)
{
    StepRun& step = run(index);
    if (step.state != StepState::Finalizing) {
        return; // its end has been told already
    }
    if (!result) {
        endStep(step, StepState::Failed, result.error().code == ErrorCode::InputChanged ? "input" : "output", errorSentence(result.error()), 0, now);
        return;
    }
    endStep(step, StepState::Completed, "", doneSentence(step), 0, now);
}

std::string Coordinator::doneSentence(const StepRun& step) const
{
    // An item without a row counts as failed (reference §2.5), but scripts that sum up a mini-batch in one row are well: the
    // words say what is known.
    const auto items = step.attempts.itemsFailed();
    return fmt::format("{} of {} mini-batches done{}{}{}.", text::humanCount(step.attempts.done()),
        text::humanCount(step.attempts.count()),
        step.attempts.ignored() > 0 ? fmt::format(", {} ignored", text::humanCount(step.attempts.ignored())) : "",
        step.attempts.failed() > 0 ? fmt::format(", {} failed", text::humanCount(step.attempts.failed())) : "",
        items > 0 ? fmt::format(", {} {} gave no result", text::humanCount(items), items == 1 ? "item" : "items") : "");
}

void Coordinator::finishWorkers(StepRun& step)
{
    step.finishing = true;
    for (const auto& share : step.shares) {
        m_effects.send(share.node, FinishStep { step.index });
    }
}

void Coordinator::abort(
    StepRun& step, StepState state, const std::string& reason, const std::string& message, double now)
{
    if (step.canceling || step.isOver()) {
        return;
    }
    step.canceling = true;
    step.endState = state;
    step.endReason = reason;
    step.endMessage = message;
    m_effects.stopPlanning(step.index);
    for (const auto& share : step.shares) {
        if (!share.drained) {
            m_effects.send(share.node, CancelStep { step.index });
        }
    }
    const bool nobodyWorks
        = std::all_of(step.shares.begin(), step.shares.end(), [](const NodeShare& share) { return share.drained; });
    if (nobodyWorks) {
        endStep(step, state, reason, message, 0, now);
    }
}

void Coordinator::endStep(StepRun& step, StepState state, const std::string& reason, const std::string& message,
    int exitCode, double now)
{
    step.state = state;
    step.endedNow = true;
    m_effects.record(event::StepEnded { step.index, state, reason, message, exitCode });
    m_effects.stepEnded(step.index);
    if (state == StepState::Completed) {
        step.doneEvent = step.spec->kind == pipeline::StepKind::Command ? kThisLife : step.doneEvent;
        resetDependents(step);
    }
    if (state != StepState::Completed) {
        if (!m_spec.continueOnStepFailure && state == StepState::Failed) {
            for (auto& other : m_steps) {
                // An output that is being put together is nearly done: it may end as it is.
                if (other->isRunning() && other->state != StepState::Finalizing) {
                    abort(*other, StepState::Canceled, "canceled",
                        fmt::format("Canceled because step '{}' failed (continue_on_step_failure: false).", step.spec->name),
                        now);
                }
            }
        }
        cancelDependents(now);
    }
    startReadySteps(now);
}

/// Steps that began with the output of before have another input now, if anything of it has become another since: what they have done, and
/// the plan by which they did it, is of no use. A command begins from nothing anyway.
void Coordinator::resetDependents(const StepRun& completed)
{
    for (auto& step : m_steps) {
        const bool isBegun = step->state == StepState::Completed
            || (step->state == StepState::NotStarted && step->startedEvent != 0 && step->spec->kind == pipeline::StepKind::Parallel);
        if (isBegun && completed.doneEvent > step->startedEvent && needs(*step, completed)) {
            m_effects.record(event::StepReset { step->index });
            m_effects.resetStep(step->index);
            step->forget();
            step->state = StepState::NotStarted;
        }
    }
}

void Coordinator::cancelDependents(double now)
{
    const bool stopAll = m_stopAsked
        || (!m_spec.continueOnStepFailure && std::any_of(m_steps.begin(), m_steps.end(), [](const auto& step) {
               return step->state == StepState::Failed && step->endedNow; // an earlier life's failure stops no repair of another step
           }));
    for (auto& step : m_steps) {
        if (step->state != StepState::NotStarted) {
            continue;
        }
        const auto broken = std::find_if(
            step->spec->dependsOn.begin(), step->spec->dependsOn.end(), [&](const std::string& name) {
                const StepRun* other = findRun(name);
                return other == nullptr || other->state == StepState::Failed || other->state == StepState::Canceled;
            });
        if (broken != step->spec->dependsOn.end()) {
            endStep(*step, StepState::Canceled, "dependency",
                fmt::format("Not started: it needs step '{}', which did not complete.", *broken), 0, now);
        } else if (stopAll) {
            endStep(*step, StepState::Canceled, "canceled",
                m_stopAsked ? "Not started: the run was stopped." : "Not started: another step failed.", 0, now);
        }
    }
}

void Coordinator::endRunIfOver(double)
{
    if (m_over || !m_started
        || !std::all_of(m_steps.begin(), m_steps.end(), [](const auto& step) { return step->isOver(); })) {
        return;
    }
    m_over = true;
    std::vector<std::string> failed;
    std::size_t completed = 0;
    for (const auto& step : m_steps) {
        if (step->state == StepState::Failed) {
            failed.push_back("'" + step->spec->name + "'");
        }
        completed += step->state == StepState::Completed ? 1 : 0;
    }
    event::RunEnded ended;
    if (!failed.empty()) {
        ended = { event::RunState::Failed,
            fmt::format("{} {} failed.", failed.size() == 1 ? "Step" : "Steps", text::join(failed, ", ")) };
    } else if (completed < m_steps.size()) {
        ended = { event::RunState::Canceled, m_stopAsked ? "Stopped as asked." : unfinishedSentence() };
    } else {
        ended = { event::RunState::Completed,
            fmt::format("{} of {} steps completed.", completed, m_steps.size()) };
    }
    m_effects.record(ended);
    for (std::size_t node = 0; node < m_agents.size(); ++node) {
        m_effects.send(NodeIndex(static_cast<std::uint32_t>(node)), LeaveRun {});
    }
    m_effects.runEnded();
}

/// Why a run that nobody stopped has not completed.
std::string Coordinator::unfinishedSentence() const
{
    const auto open = std::find_if(m_steps.begin(), m_steps.end(), [](const auto& step) { return step->isUnfinished; });
    if (open != m_steps.end()) {
        return fmt::format("What was asked for has been run; step '{}' has more to do.", (*open)->spec->name);
    }
    const auto completed = std::count_if(m_steps.begin(), m_steps.end(), [](const auto& step) { return step->state == StepState::Completed; });
    return fmt::format("{} of {} steps completed.", completed, m_steps.size());
}

/// All mini-batches have ended and all workers are gone: is there something to put together?
void Coordinator::conclude(StepRun& step, double now)
{
    if (step.repairing) { // its limits and what is left are looked at when all that was asked for has been run
        if (const auto crossed = step.attempts.crossedLimit()) {
            endStep(step, StepState::Failed, crossed->limit, limitSentence(step, *crossed), 0, now);
            return;
        }
        if (step.attempts.held() > 0) {
            step.isUnfinished = true;
            endStep(step, StepState::Canceled, "unfinished",
                fmt::format("What was asked for has been run; {} of {} mini-batches have not been run yet.",
                    text::humanCount(step.attempts.held()), text::humanCount(step.attempts.count())),
                0, now);
            return;
        }
    }
    const bool appends = !step.spec->parallel.appendRowTo.empty();
    if (appends && step.attempts.itemsReturned() == 0) {
        const std::string first = step.firstFailure();
        endStep(step, StepState::Failed, "no_result",
            fmt::format("no succeeded mini batch item returned from run(), so there is nothing to append to '{}'.{}",
                step.spec->parallel.appendRowTo,
                first.empty() ? "" : " First: " + first + (first.ends_with('.') ? "" : ".")),
            0, now);
        return;
    }
    step.state = StepState::Finalizing;
    m_effects.record(event::StepFinalizing { step.index });
    m_effects.finalizeStep(step.index, step.attempts.rows());
}

// ---- handing out ------------------------------------------------------------------------------------------------------

std::size_t Coordinator::wantedOn(const StepRun& step, const NodeShare& share) const
{
    if (share.slots <= 0) {
        return 0;
    }
    double perWorker = 2; // nothing known yet: one to work on, one ahead
    if (step.spec->parallel.asyncMode) {
        perWorker = kAsyncInFlight;
    } else if (share.meanSeconds >= kLongSeconds) {
        perWorker = 1;
    } else if (share.meanSeconds > 0) {
        perWorker = 1 + std::clamp(std::ceil(kAheadSeconds / share.meanSeconds), 1.0, kMostAhead);
    }
    auto wanted = static_cast<std::size_t>(perWorker * share.slots);
    if (step.shares.size() > 1) { // the tail is shared out evenly, a worker's worth at a time
        const std::size_t left = step.attempts.waiting() + step.attempts.inFlight();
        wanted = std::min(wanted, std::max<std::size_t>(static_cast<std::size_t>(share.slots), left / step.shares.size()));
    }
    return wanted;
}

void Coordinator::dispatchTo(StepRun& step, NodeIndex node)
{
    NodeShare& share = *step.shareOf(node);
    const std::size_t wanted = wantedOn(step, share);
    // Many small ones go out together: refilled when a quarter is used up.
    if (share.outstanding >= wanted || (wanted > 16 && share.outstanding > wanted - wanted / 4)) {
        return;
    }
    AssignMiniBatches message { step.index, {} };
    std::vector<std::string> lines; // a line is valid until the next is asked for
    const std::size_t room = std::min<std::size_t>(wanted - share.outstanding, step.attempts.waiting());
    lines.reserve(room);
    for (std::size_t i = 0; i < room; ++i) {
        const auto handOut = step.attempts.next(node);
        if (!handOut) {
            break;
        }
        Assignment assignment;
        assignment.attempt = attemptIdOf(step.index, handOut->picked, handOut->miniBatch);
        assignment.miniBatch = handOut->miniBatch;
        if (handOut->retried && handOut->lastNode == node) {
            assignment.avoidProcess = handOut->lastProcess.value;
        }
        assignment.line = lines.emplace_back(m_effects.planLine(step.index, handOut->miniBatch));
        message.assignments.push_back(assignment);
        ++share.outstanding;
    }
    if (!message.assignments.empty()) {
        m_effects.send(node, message);
    }
}

void Coordinator::dispatch(double)
{
    if (m_stopAsked) {
        return;
    }
    for (auto& step : m_steps) {
        if (step->state != StepState::Running || step->finishing || step->canceling) {
            continue;
        }
        for (const auto& share : step->shares) {
            dispatchTo(*step, share.node);
        }
    }
}

std::string Coordinator::limitSentence(const StepRun& step, const LimitCrossed& crossed) const
{
    const std::string first = step.firstFailure();
    return fmt::format("{} is {}, but {}. The first to fail for good: {}.", crossed.limit, crossed.value, crossed.count,
        first.empty() ? "items that run() did not return" : first);
}

/// What the end of attempts may mean for the step: a limit crossed, all done, nothing left to wait for.
void Coordinator::afterAttempts(StepRun& step, double now)
{
    if (step.state != StepState::Running || step.canceling || step.finishing) {
        return;
    }
    if (const auto crossed = step.repairing ? std::nullopt : step.attempts.crossedLimit()) {
        abort(step, StepState::Failed, crossed->limit, limitSentence(step, *crossed), now);
        return;
    }
    if (step.attempts.allEnded()) {
        // A resumed step may have had everything done: then no worker is started at all.
        step.shares.empty() ? conclude(step, now) : finishWorkers(step);
        return;
    }
    if (m_stopAsked && step.attempts.inFlight() == 0) {
        abort(step, StepState::Canceled, "canceled",
            fmt::format("Stopped as asked with {} of {} mini-batches done.", step.attempts.done(), step.attempts.count()),
            now);
    }
}

// ---- what agents say --------------------------------------------------------------------------------------------------

void Coordinator::onMessage(NodeIndex node, const ToCoordinator& message, double now)
{
    std::visit([&](const auto& one) { on(node, one, now); }, message);
}

void Coordinator::on(NodeIndex node, const AgentJoined& message, double now)
{
    Agent& agent = m_agents[node.value];
    agent.joined = true;
    agent.cores = std::max(1, message.cores);
    m_effects.record(
        event::NodeJoined { node, std::string(message.host), message.cores, message.memoryBytes, message.pid });
    for (auto& step : m_steps) { // those that were planned while the agents were on their way
        step->lastProgress = now;
        startOnAgents(*step);
    }
}

void Coordinator::on(NodeIndex node, const WorkerUp& message, double)
{
    m_effects.record(event::WorkerStarted { message.step, node, message.process, message.pid });
}

void Coordinator::on(NodeIndex node, const InitEnded& message, double now)
{
    StepRun& step = run(message.step);
    step.lastProgress = now;
    if (message.ok) {
        step.anyInitOk = true;
        tellEmptied(step);
    } else if (step.initTraceback.empty()) {
        step.importFailed = message.inImport;
        step.initError = message.error;
        step.initTraceback = message.traceback;
    }
    m_effects.record(event::WorkerInitialized { message.step, node, message.process, message.ok, message.seconds,
        std::string(message.error), std::string(message.traceback) });
    for (const auto& note : text::split(message.notes, '\n')) {
        if (!note.empty()) {
            m_effects.record(event::WarningRaised { "entry_script", note, message.step });
        }
    }
}

void Coordinator::on(NodeIndex node, const SlotEmptied& message, double now)
{
    StepRun& step = run(message.step);
    NodeShare* share = step.shareOf(node);
    if (share == nullptr || step.isOver()) {
        return;
    }
    share->slots = message.slotsLeft;
    if (step.finishing) {
        return; // said before the agent knew: all mini-batches have ended, no worker is missed
    }
    const bool someLeft
        = std::any_of(step.shares.begin(), step.shares.end(), [](const NodeShare& one) { return one.slots > 0; });
    if (!someLeft) {
        failByInit(step, now);
        return;
    }
    step.emptied.push_back(node);
    if (step.anyInitOk) {
        tellEmptied(step);
    }
}

/// When every slot empties the step's end says why; a warning each would only hide it.
void Coordinator::tellEmptied(StepRun& step)
{
    for (const NodeIndex node : std::exchange(step.emptied, {})) {
        m_effects.record(event::WarningRaised { "slot_empty",
            fmt::format("A worker slot of node {} stays empty: its last two workers did not get ready.", node.value), step.index });
    }
}

void Coordinator::failByInit(StepRun& step, double now)
{
    const std::string what = step.initError.empty() ? "the workers ended before they were ready" : step.initError;
    if (step.importFailed) {
        abort(step, StepState::Failed, "entry_script",
            fmt::format("The entry script {} cannot be used: {}", step.spec->parallel.entryScript, what), now);
        return;
    }
    abort(step, StepState::Failed, "init_failed",
        fmt::format("{}: {}",
            step.anyInitOk ? "No worker is left: every slot failed init() twice in a row"
                           : "init() failed twice in a row in every worker",
            what),
        now);
}

void Coordinator::on(NodeIndex node, const WorkerGone& message, double)
{
    run(message.step).running.erase({ node, message.process });
    m_effects.record(event::WorkerEnded {
        message.step, node, message.process, std::string(message.how), std::string(message.detail) });
    if (message.how == "shutdown() raised") {
        m_effects.record(event::WarningRaised {
            "shutdown_failed", "shutdown() raised: " + lastLine(message.detail), message.step });
    }
}

void Coordinator::on(NodeIndex node, const AttemptResult& message, double now)
{
    StepRun& step = run(message.step);
    NodeShare* share = step.shareOf(node);
    if (share != nullptr && share->outstanding > 0) {
        --share->outstanding;
    }
    if (step.isOver() || !step.attempts.isCurrent(message.attempt)) {
        return; // an attempt that was given up already: its answer counts for nothing
    }
    step.lastProgress = now;
    const auto worker = step.running.find({ node, message.process });
    if (worker != step.running.end() && worker->second.first == miniBatchOf(message.attempt)) {
        step.running.erase(worker);
    }
    if (share != nullptr) {
        share->meanSeconds = share->meanSeconds == 0 ? message.elapsedSeconds
                                                     : 0.9 * share->meanSeconds + 0.1 * message.elapsedSeconds;
        share->meanSeconds = std::max(share->meanSeconds, 1e-6);
    }
    event::AttemptEnded ended;
    ended.step = message.step;
    ended.miniBatch = miniBatchOf(message.attempt);
    ended.attempt = message.attempt;
    ended.node = node;
    ended.process = message.process;
    ended.outcome = message.outcome;
    ended.picked = static_cast<std::uint16_t>(std::min<std::uint32_t>(step.attempts.picked(ended.miniBatch), 0xffff));
    ended.startMicros = message.startMicros;
    ended.elapsedSeconds = message.elapsedSeconds;
    ended.processSeconds = message.cpuSeconds;
    ended.runSeconds = message.runSeconds;
    ended.items = message.items;
    ended.returned = message.returned;
    ended.error = message.error;
    ended.traceback = message.traceback;
    ended.logs = m_effects.takeLogRanges(message.step, message.attempt);
    ended.code = step.code;
    if (message.outcome == event::AttemptOutcome::Done) {
        const auto begin = m_effects.keepRows(message.step, ended.miniBatch, message.header, message.rows);
        if (!begin) {
            return;
        }
        ended.rowsBegin = *begin;
        ended.rowsEnd = *begin + message.rows.size();
        ended.final = step.attempts.onDone(
            message.attempt, message.items, message.returned, { ended.rowsBegin, ended.rowsEnd });
        step.doneEvent = kThisLife;
    } else if (message.outcome == event::AttemptOutcome::Lost) {
        ended.final = false;
        step.attempts.onLost(message.attempt);
    } else {
        // A mini-batch of which nobody could say how much it holds holds one item at least (error_threshold: 0 tolerates none).
        ended.items = std::max({ ended.items, m_effects.plannedItems(message.step, ended.miniBatch), 1U });
        ended.final = step.attempts.onFailed(message.attempt, ended.items, node, message.process);
        if (ended.final && step.failedErrors.size() < kErrorsRestored) {
            step.failedErrors.emplace_back(ended.miniBatch, message.error);
        }
    }
    m_effects.record(std::move(ended));
    afterAttempts(step, now);
}

void Coordinator::on(NodeIndex node, const AttemptsReturned& message, double now)
{
    StepRun& step = run(message.step);
    if (NodeShare* share = step.shareOf(node)) {
        share->recalled = false;
    }
    for (const AttemptId attempt : message.attempts) {
        if (NodeShare* share = step.shareOf(node); share != nullptr && share->outstanding > 0) {
            --share->outstanding;
        }
        if (step.attempts.isCurrent(attempt)) {
            step.attempts.onLost(attempt);
        }
    }
    afterAttempts(step, now);
}

void Coordinator::on(NodeIndex node, const AttemptsRunning& message, double)
{
    StepRun& step = run(message.step);
    for (const auto& running : message.attempts) {
        if (!step.attempts.isCurrent(running.attempt)) {
            continue;
        }
        const MiniBatchIndex miniBatch = miniBatchOf(running.attempt);
        step.running[{ node, running.process }] = { miniBatch, running.startMicros };
        m_effects.record(event::AttemptStarted {
            message.step, miniBatch, running.attempt, node, running.process, running.startMicros });
    }
}

void Coordinator::on(NodeIndex node, const StepDrained& message, double now)
{
    StepRun& step = run(message.step);
    NodeShare* share = step.shareOf(node);
    if (share == nullptr || step.isOver()) {
        return;
    }
    share->drained = true;
    if (!std::all_of(step.shares.begin(), step.shares.end(), [](const NodeShare& one) { return one.drained; })) {
        return;
    }
    if (step.canceling) {
        endStep(step, step.endState, step.endReason, step.endMessage, 0, now);
        return;
    }
    conclude(step, now);
}

void Coordinator::on(NodeIndex node, const CommandUp& message, double now)
{
    StepRun& step = run(message.step);
    step.state = step.state == StepState::Preparing ? StepState::Running : step.state;
    step.lastProgress = now;
    m_effects.record(event::CommandStarted { message.step, node, message.pid });
}

void Coordinator::on(NodeIndex node, const CommandGone& message, double now)
{
    StepRun& step = run(message.step);
    --m_agents[node.value].commands;
    if (step.isOver()) {
        return;
    }
    if (step.canceling) {
        endStep(step, step.endState, step.endReason, step.endMessage, message.code, now);
    } else if (message.timedOut) {
        endStep(step, StepState::Failed, "timeout",
            fmt::format("The command took longer than limits.timeout ({}).",
                text::humanSeconds(step.spec->command.timeoutSeconds)),
            message.code, now);
    } else if (message.signaled || message.code != 0) {
        endStep(step, StepState::Failed, "command",
            fmt::format("The command {}; its last lines are in its log.", message.how), message.code, now);
    } else {
        endStep(step, StepState::Completed, "", "The command exited with 0.", 0, now);
    }
}

// ---- stop and time ----------------------------------------------------------------------------------------------------

void Coordinator::onStopAsked(bool immediately, double now)
{
    if (m_over || (m_stopAsked && (m_stopNow || !immediately))) {
        return;
    }
    m_stopAsked = true;
    m_stopNow = m_stopNow || immediately;
    m_effects.record(event::StopAsked { m_stopNow });
    for (auto& step : m_steps) {
        if (!step->isRunning() || step->canceling || step->state == StepState::Finalizing) {
            continue;
        }
        if (step->finishing) { // nearly done: it may end as it is, but shutdown() is not waited for when there is no time
            for (const auto& share : step->shares) {
                if (m_stopNow && !share.drained) {
                    m_effects.send(share.node, CancelStep { step->index });
                }
            }
            continue;
        }
        const bool command = step->spec->kind == pipeline::StepKind::Command;
        if (m_stopNow || command || !step->planned) {
            abort(*step, StepState::Canceled, "canceled",
                step->planned ? fmt::format("Stopped as asked with {} of {} mini-batches done.", step->attempts.done(),
                    step->attempts.count())
                              : "Stopped as asked.",
                now);
            continue;
        }
        for (const auto& share : step->shares) {
            m_effects.send(share.node, DrainStep { step->index });
        }
        afterAttempts(*step, now);
    }
    cancelDependents(now);
    endRunIfOver(now);
}

std::string Coordinator::workersSentence(const StepRun& step, double) const
{
    std::vector<std::string> words;
    for (const auto& [worker, work] : step.running) {
        words.push_back(fmt::format("node {} process{:03} is in mini-batch {}", worker.first.value,
            worker.second.value, work.first.value));
    }
    return words.empty() ? "no worker is in a mini-batch" : text::join(words, "; ");
}

void Coordinator::onTick(double now)
{
    for (auto& step : m_steps) {
        if (!step->isRunning() || step->canceling || step->spec->kind != pipeline::StepKind::Parallel
            || step->state == StepState::Finalizing) {
            continue;
        }
        const auto& settings = step->spec->parallel;
        if (!step->planned) {
            if (settings.firstTaskCreationTimeoutSeconds > 0 && step->planningSince
                && now - *step->planningSince > settings.firstTaskCreationTimeoutSeconds) {
                abort(*step, StepState::Failed, "first_task_creation",
                    fmt::format("No mini-batch within --first_task_creation_timeout ({}): the input '{}' was still being read.",
                        text::humanSeconds(settings.firstTaskCreationTimeoutSeconds), settings.inputData),
                    now);
            }
            continue;
        }
        if (settings.progressUpdateTimeoutSeconds > 0 && !step->finishing
            && now - step->lastProgress > settings.progressUpdateTimeoutSeconds) {
            const std::string stalled = fmt::format("No progress update in {} (--progress_update_timeout): {}.",
                text::humanSeconds(settings.progressUpdateTimeoutSeconds), workersSentence(*step, now));
            if (m_stopAsked) { // what was waited for does not come; the user wanted an end, and has it
                abort(*step, StepState::Canceled, "canceled", "Stopped as asked. " + stalled, now);
            } else {
                abort(*step, StepState::Failed, "no_progress", stalled, now);
            }
            continue;
        }
        evenOut(*step);
    }
}

/// A node was given many because they were short; if they turn out long while another node has nothing, it gives some back.
void Coordinator::evenOut(StepRun& step)
{
    if (step.shares.size() < 2 || step.attempts.waiting() > 0 || step.finishing) {
        return;
    }
    const bool someHungry = std::any_of(step.shares.begin(), step.shares.end(),
        [](const NodeShare& share) { return share.slots > 0 && share.outstanding == 0; });
    if (!someHungry) {
        return;
    }
    const auto richest = std::max_element(step.shares.begin(), step.shares.end(),
        [](const NodeShare& a, const NodeShare& b) { return a.outstanding < b.outstanding; });
    if (!richest->recalled && richest->outstanding > 2 * static_cast<std::uint32_t>(std::max(1, richest->slots))) {
        richest->recalled = true;
        m_effects.send(richest->node, RecallMiniBatches { step.index });
    }
}

} // namespace sheaf::runtime
