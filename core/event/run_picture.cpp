// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/run_picture.h"

#include "core/event/mini_batch_list.h"

#include <algorithm>

namespace sheaf::event {

namespace {

constexpr std::size_t kMostWarnings = 1000;
constexpr int kMostNodes = 100000;

std::uint64_t workerKey(NodeIndex node, ProcessNumber process)
{
    return (std::uint64_t { node.value } << 32U) | process.value;
}

bool isOpen(MiniBatchState state)
{
    return state == MiniBatchState::Pending || state == MiniBatchState::Running
        || state == MiniBatchState::Retrying;
}

bool isFailed(MiniBatchState state)
{
    return state == MiniBatchState::Failed || state == MiniBatchState::TimedOut;
}

/// What a mini-batch adds to StepPicture::itemsFailed: all of a failed one, the shortfall of a done
/// one.
std::uint64_t failedItems(const MiniBatchNow& miniBatch)
{
    if (isFailed(miniBatch.state)) {
        return miniBatch.items;
    }
    const bool isShort
        = miniBatch.state == MiniBatchState::Done && miniBatch.items > miniBatch.returned;
    return isShort ? miniBatch.items - miniBatch.returned : 0;
}

std::uint64_t doneItems(const MiniBatchNow& miniBatch)
{
    return miniBatch.state == MiniBatchState::Done ? miniBatch.items : 0;
}

/// The only way a mini-batch changes: takes what it added to the step's counts out, changes it,
/// adds it again.
template <class Change> void change(StepPicture& step, MiniBatchNow& miniBatch, Change&& how)
{
    --step.counts[static_cast<std::size_t>(miniBatch.state)];
    step.itemsDone -= doneItems(miniBatch);
    step.itemsFailed -= failedItems(miniBatch);
    how(miniBatch);
    ++step.counts[static_cast<std::size_t>(miniBatch.state)];
    step.itemsDone += doneItems(miniBatch);
    step.itemsFailed += failedItems(miniBatch);
}

MiniBatchState stateAfter(const AttemptEnded& ended)
{
    switch (ended.outcome) {
    case AttemptOutcome::Done:
        return MiniBatchState::Done;
    case AttemptOutcome::Lost:
        return MiniBatchState::Pending;
    case AttemptOutcome::Timeout:
    case AttemptOutcome::LoadTimeout:
        return ended.final ? MiniBatchState::TimedOut : MiniBatchState::Retrying;
    case AttemptOutcome::Exception:
    case AttemptOutcome::BadReturn:
    case AttemptOutcome::LoadFailed:
    case AttemptOutcome::WorkerDied:
        break;
    }
    return ended.final ? MiniBatchState::Failed : MiniBatchState::Retrying;
}

void endWorker(WorkerNow& worker, std::string how)
{
    if (!worker.ended) {
        worker.ended = true;
        worker.how = std::move(how);
    }
    worker.currentMiniBatch = -1;
}

void noteFirstAttempt(StepPicture& step, std::int64_t startMicros)
{
    if (startMicros != 0
        && (step.firstAttemptMicros == 0 || startMicros < step.firstAttemptMicros)) {
        step.firstAttemptMicros = startMicros;
    }
}

} // namespace

struct RunPicture::Fold
{
    RunPicture& picture;
    const Event& event;
    ChangeSet& changes;

    void operator()(const RunStarted& started)
    {
        picture.m_run = started.run;
        picture.m_state = RunState::Running;
        picture.m_message.clear();
        picture.m_endedMicros = 0;
        picture.m_coordinatorPid = started.coordinatorPid;
        picture.m_host = started.host;
        picture.m_stopAsked = false;
        picture.m_stopNow = false;
        picture.m_lifeMicros = event.timeMicros;
        if (picture.m_lastMicros > 0 && event.timeMicros > picture.m_lastMicros) {
            picture.m_pauses.emplace_back(picture.m_lastMicros, event.timeMicros);
        }
        changes.run = true;
        if (picture.m_startedMicros == 0) {
            picture.m_startedMicros = event.timeMicros;
        }
        nameSteps(started.steps);
        expectNodes(started.nodes);
        if (started.resumed) {
            ++picture.m_resumes;
            if (!started.lost.empty()) {
                picture.m_losses.push_back({ event.timeMicros, started.lost });
            }
            for (std::size_t i = 0; i < picture.m_steps.size(); ++i) {
                openAgain(i);
            }
        }
    }

    void operator()(const RunEnded& ended)
    {
        picture.m_state = ended.state;
        picture.m_message = ended.message;
        picture.m_endedMicros = event.timeMicros;
        changes.run = true;
        for (std::size_t i = 0; i < picture.m_steps.size(); ++i) {
            closeWithRun(i);
        }
    }

    void operator()(const StopAsked& asked)
    {
        picture.m_stopAsked = true;
        picture.m_stopNow = picture.m_stopNow || asked.now;
        changes.run = true;
    }

    void operator()(const NodeJoined& joined)
    {
        const auto place = std::find_if(picture.m_nodes.begin(), picture.m_nodes.end(),
            [&](const NodeNow& node) { return node.node == joined.node; });
        NodeNow& node = place == picture.m_nodes.end() ? picture.m_nodes.emplace_back() : *place;
        node = { joined.node, joined.host, joined.cores, joined.memoryBytes, true };
        changes.nodes = true;
        for (StepPicture& step : picture.m_steps) {
            if (!step.isOver() && step.progressMicros != 0) {
                step.progressMicros = event.timeMicros;
            }
        }
    }

    void operator()(const StepStarted& started)
    {
        if (StepPicture* step = touch(started.step)) {
            step->state = StepState::Preparing;
            step->progressMicros = event.timeMicros;
            step->endedMicros = 0;
            step->initTraceback.clear(); // of an earlier life
            if (step->startedMicros == 0) {
                step->startedMicros = event.timeMicros;
            }
            step->repair.clear();
        }
    }

    void operator()(const StepPlanned& planned)
    {
        StepPicture* step = touch(planned.step);
        if (step == nullptr) {
            return;
        }
        step->state = StepState::Running;
        step->progressMicros = event.timeMicros;
        step->inputBytes = planned.bytes;
        if (step->plannedMicros == 0) {
            step->plannedMicros = event.timeMicros;
        }
        // A resume plans again: the same number means the same mini-batches, and what is known of
        // them stays.
        if (!step->planned || step->total() != planned.miniBatches) {
            step->miniBatches.assign(planned.miniBatches, MiniBatchNow {});
            step->counts = {};
            step->counts[static_cast<std::size_t>(MiniBatchState::Pending)] = planned.miniBatches;
            step->itemsDone = 0;
            step->itemsFailed = 0;
            changes.plans.insert(planned.step);
        }
        step->planned = true;
    }

    void operator()(const StepFinalizing& finalizing)
    {
        if (StepPicture* step = touch(finalizing.step)) {
            step->state = StepState::Finalizing;
        }
    }

    void operator()(const StepEnded& ended)
    {
        if (StepPicture* step = touch(ended.step)) {
            step->state = ended.state;
            step->reason = ended.reason;
            step->message = ended.message;
            step->exitCode = ended.exitCode;
            step->endedMicros = ended.endedMicros != 0 ? ended.endedMicros : event.timeMicros;
            closeMiniBatches(ended.step);
        }
    }

    void operator()(const WorkerStarted& started)
    {
        StepPicture* step = stepAt(started.step);
        if (step == nullptr) {
            return;
        }
        WorkerNow worker;
        worker.node = started.node;
        worker.process = started.process;
        worker.pid = started.pid;
        worker.startedMicros = event.timeMicros;
        worker.sinceMicros = event.timeMicros;
        picture.m_places[started.step.value].workers[workerKey(started.node, started.process)]
            = step->workers.size();
        step->workers.push_back(std::move(worker));
        changes.workers.insert(started.step);
    }

    void operator()(const WorkerInitialized& initialized)
    {
        if (WorkerNow* worker = touchWorker(initialized)) {
            worker->ready = initialized.ok;
            worker->initSeconds = initialized.seconds;
            worker->sinceMicros = event.timeMicros;
            if (!initialized.ok) {
                worker->how = initialized.error;
            }
        }
        if (StepPicture* step = touch(initialized.step)) {
            step->progressMicros = event.timeMicros;
            if (!initialized.ok && step->initTraceback.empty()) {
                step->initTraceback = initialized.traceback.empty() ? initialized.error : initialized.traceback;
            }
        }
    }

    void operator()(const WorkerEnded& ended)
    {
        if (WorkerNow* worker = touchWorker(ended)) {
            endWorker(*worker, ended.how);
            worker->sinceMicros = event.timeMicros;
        }
    }

    void operator()(const AttemptStarted& started)
    {
        StepPicture* step = stepAt(started.step);
        MiniBatchNow* miniBatch = miniBatchAt(step, started.miniBatch);
        if (miniBatch == nullptr || miniBatch->state == MiniBatchState::Done) {
            return;
        }
        change(*step, *miniBatch, [&](MiniBatchNow& now) {
            now.state = MiniBatchState::Running;
            now.node = started.node;
            now.process = started.process;
            now.startMicros = started.startMicros;
        });
        noteFirstAttempt(*step, started.startMicros);
        changes.steps.insert(started.step);
        changes.miniBatches.emplace_back(started.step, started.miniBatch);
        if (WorkerNow* worker = touchWorker(started)) {
            worker->currentMiniBatch = started.miniBatch.value;
            worker->sinceMicros = started.startMicros;
        }
    }

    void operator()(const AttemptEnded& ended)
    {
        StepPicture* step = stepAt(ended.step);
        MiniBatchNow* miniBatch = miniBatchAt(step, ended.miniBatch);
        if (miniBatch == nullptr) {
            return;
        }
        changes.steps.insert(ended.step);
        changes.miniBatches.emplace_back(ended.step, ended.miniBatch);
        noteFirstAttempt(*step, ended.startMicros);
        step->progressMicros = event.timeMicros;
        step->attemptsLost += ended.outcome == AttemptOutcome::Lost ? 1 : 0;
        if (ended.outcome != AttemptOutcome::Done && ended.outcome != AttemptOutcome::Lost) {
            noteFailure(*step, ended);
        }
        noteWorker(ended);
        // Done is for good: the end of another attempt that comes late changes nothing.
        if (miniBatch->state != MiniBatchState::Done || ended.outcome == AttemptOutcome::Done) {
            change(*step, *miniBatch, [&](MiniBatchNow& now) { endAttempt(now, ended); });
            miniBatch->error = step->errors.noteOf(ended.error);
        }
    }

    void operator()(const MiniBatchesReopened& reopened)
    {
        StepPicture* step = touch(reopened.step);
        if (step == nullptr) {
            return;
        }
        step->reopened += reopened.count;
        if (reopened.miniBatches.empty()) {
            moveAll(reopened.step, isFailed, MiniBatchState::Pending);
            return;
        }
        move(reopened.step, reopened.miniBatches, [](MiniBatchNow& now) {
            if (isFailed(now.state) || now.state == MiniBatchState::Ignored) {
                now.state = MiniBatchState::Pending;
            }
        });
    }

    void operator()(const RepairAsked& asked)
    {
        if (StepPicture* step = touch(asked.step)) {
            step->repair = asked.miniBatches;
        }
    }

    void operator()(const MiniBatchesIgnored& ignored)
    {
        if (touch(ignored.step) == nullptr) {
            return;
        }
        move(ignored.step, ignored.miniBatches, [&](MiniBatchNow& now) {
            if (ignored.ignored && isFailed(now.state)) {
                now.state = MiniBatchState::Ignored;
            } else if (!ignored.ignored && now.state == MiniBatchState::Ignored) {
                const bool late = now.outcome == AttemptOutcome::Timeout || now.outcome == AttemptOutcome::LoadTimeout;
                now.state = late ? MiniBatchState::TimedOut : MiniBatchState::Failed;
            }
        });
    }

    void operator()(const CodeChanged& changed)
    {
        if (StepPicture* step = touch(changed.step)) {
            step->codes.push_back({ changed.code, event.timeMicros, changed.files });
        }
    }

    void operator()(const StepReset& reset)
    {
        StepPicture* step = touch(reset.step);
        if (step == nullptr) {
            return;
        }
        StepPicture fresh;
        fresh.name = step->name;
        fresh.codes = step->codes;
        fresh.wasReset = true;
        fresh.workers = std::move(step->workers); // what they did, they did
        *step = std::move(fresh);
        changes.plans.insert(reset.step);
    }

    void operator()(const CommandStarted& started)
    {
        if (StepPicture* step = touch(started.step)) {
            step->state = StepState::Running;
            step->progressMicros = event.timeMicros;
            noteFirstAttempt(*step, event.timeMicros);
        }
    }

    void operator()(const WarningRaised& raised)
    {
        StepPicture* step = touch(raised.step);
        if (step != nullptr && step->warnings.size() < kMostWarnings) {
            step->warnings.push_back(raised.text);
        }
    }

private:
    StepPicture* stepAt(StepIndex index)
    {
        return index.value < picture.m_steps.size() ? &picture.m_steps[index.value] : nullptr;
    }

    /// The step, noted as changed.
    StepPicture* touch(StepIndex index)
    {
        StepPicture* step = stepAt(index);
        if (step != nullptr) {
            changes.steps.insert(index);
        }
        return step;
    }

    static MiniBatchNow* miniBatchAt(StepPicture* step, MiniBatchIndex index)
    {
        return step != nullptr && index.value < step->miniBatches.size()
            ? &step->miniBatches[index.value]
            : nullptr;
    }

    /// The worker that a fact names, noted as changed.
    template <class WorkerFact> WorkerNow* touchWorker(const WorkerFact& fact)
    {
        StepPicture* step = stepAt(fact.step);
        if (step == nullptr) {
            return nullptr;
        }
        const auto& places = picture.m_places[fact.step.value].workers;
        const auto place = places.find(workerKey(fact.node, fact.process));
        if (place == places.end()) {
            return nullptr;
        }
        changes.workers.insert(fact.step);
        return &step->workers[place->second];
    }

    void endAttempt(MiniBatchNow& now, const AttemptEnded& ended) const
    {
        now.state = stateAfter(ended);
        now.outcome = ended.outcome;
        now.picked = ended.picked;
        // A worker that died cannot say how many items it had; an earlier attempt may have.
        if (ended.items != 0) {
            now.items = ended.items;
        }
        now.returned = ended.returned;
        now.node = ended.node;
        now.process = ended.process;
        now.startMicros = ended.startMicros;
        now.elapsedSeconds = static_cast<float>(ended.elapsedSeconds);
        now.processSeconds = static_cast<float>(ended.processSeconds);
        now.runSeconds = static_cast<float>(ended.runSeconds);
        now.code = ended.code;
        now.lastEvent = event.sequence;
    }

    void noteFailure(StepPicture& step, const AttemptEnded& ended)
    {
        ++step.attemptsFailed;
        step.attemptsRetried += ended.final ? 0 : 1;
        step.failures.add(ended, event.timeMicros);
    }
    void noteWorker(const AttemptEnded& ended)
    {
        WorkerNow* worker = touchWorker(ended);
        if (worker == nullptr) {
            return;
        }
        if (ended.outcome == AttemptOutcome::Done) {
            ++worker->done;
        } else if (ended.outcome != AttemptOutcome::Lost) {
            ++worker->failed;
        }
        worker->runSeconds += ended.runSeconds;
        worker->items += ended.items;
        if (worker->currentMiniBatch == std::int64_t { ended.miniBatch.value }) {
            worker->currentMiniBatch = -1;
            worker->sinceMicros = event.timeMicros;
        }
    }

    void nameSteps(const std::vector<std::string>& names)
    {
        picture.m_steps.resize(names.size());
        picture.m_places.resize(names.size());
        for (std::size_t i = 0; i < names.size(); ++i) {
            picture.m_steps[i].name = names[i];
            changes.steps.insert(StepIndex(static_cast<std::uint32_t>(i)));
        }
    }

    /// All nodes are there to be seen before they have joined.
    void expectNodes(int nodes)
    {
        changes.nodes = true;
        for (NodeNow& node : picture.m_nodes) {
            node.joined = false;
        }
        const int wanted = std::min(nodes, kMostNodes);
        for (auto i = static_cast<int>(picture.m_nodes.size()); i < wanted; ++i) {
            picture.m_nodes.emplace_back().node = NodeIndex(static_cast<std::uint32_t>(i));
        }
    }

    template <class Which> void moveAll(StepIndex index, Which&& which, MiniBatchState to)
    {
        StepPicture& step = picture.m_steps[index.value];
        for (std::uint32_t i = 0; i < step.total(); ++i) {
            if (which(step.miniBatches[i].state)) {
                change(step, step.miniBatches[i], [to](MiniBatchNow& now) { now.state = to; });
                changes.miniBatches.emplace_back(index, MiniBatchIndex(i));
            }
        }
    }

    /// Changes the listed mini-batches of a step.
    template <class Change> void move(StepIndex index, const std::string& listed, Change&& how)
    {
        StepPicture& step = picture.m_steps[index.value];
        const auto list = MiniBatchList::parse(listed);
        for (const MiniBatchIndex miniBatch : list ? list->all(step.total()) : std::vector<MiniBatchIndex>()) {
            change(step, step.miniBatches[miniBatch.value], how);
            changes.miniBatches.emplace_back(index, miniBatch);
        }
    }

    void endWorkers(StepIndex index, const char* how)
    {
        for (WorkerNow& worker : picture.m_steps[index.value].workers) {
            if (!worker.ended) {
                endWorker(worker, how);
                changes.workers.insert(index);
            }
        }
    }

    /// A resume: what was under way is to be done again, what is done stays.
    void openAgain(std::size_t place)
    {
        const StepIndex index(static_cast<std::uint32_t>(place));
        StepPicture& step = picture.m_steps[place];
        endWorkers(index, "lost with the coordinator");
        if (step.state == StepState::Completed) {
            return;
        }
        step.state = StepState::NotStarted;
        step.reason.clear();
        step.message.clear();
        step.exitCode = 0;
        step.endedMicros = 0;
        step.attemptsLost += step.count(MiniBatchState::Running);
        const auto wasUnderWay = [](MiniBatchState state) {
            return state == MiniBatchState::Running || state == MiniBatchState::Canceled;
        };
        moveAll(index, wasUnderWay, MiniBatchState::Pending);
    }

    /// What a step that is over will not do any more is not shown as under way.
    void closeMiniBatches(StepIndex index)
    {
        const StepState state = picture.m_steps[index.value].state;
        if (state == StepState::Canceled) {
            moveAll(index, isOpen, MiniBatchState::Canceled);
        } else if (state == StepState::Failed) {
            const auto wasUnderWay = [](MiniBatchState now) { return now == MiniBatchState::Running || now == MiniBatchState::Retrying; };
            moveAll(index, wasUnderWay, MiniBatchState::Pending);
        }
    }

    void closeWithRun(std::size_t place)
    {
        const StepIndex index(static_cast<std::uint32_t>(place));
        StepPicture& step = picture.m_steps[place];
        endWorkers(index, "ended with the run");
        const bool neverBegan
            = step.state == StepState::NotStarted && picture.m_state != RunState::Canceled;
        if (!step.isOver() && !neverBegan) {
            step.state = StepState::Canceled;
            step.endedMicros = event.timeMicros;
            changes.steps.insert(index);
        }
        closeMiniBatches(index);
    }
};

void RunPicture::apply(const Event& event, ChangeSet& changes)
{
    if (event.sequence <= m_lastSequence) {
        return;
    }
    m_lastSequence = event.sequence;
    std::visit(Fold { *this, event, changes }, event.fact);
    m_lastMicros = std::max(m_lastMicros, event.timeMicros);
}

double RunPicture::workedSeconds(std::int64_t from, std::int64_t to) const
{
    if (from <= 0 || to <= from) {
        return 0;
    }
    std::int64_t micros = to - from;
    for (const auto& [begin, end] : m_pauses) {
        micros -= std::max<std::int64_t>(0, std::min(end, to) - std::max(begin, from));
    }
    return static_cast<double>(micros) * 1e-6;
}

void RunPicture::apply(std::span<const Event> events, ChangeSet& changes)
{
    for (const Event& event : events) {
        apply(event, changes);
    }
}

const StepPicture* RunPicture::step(const std::string& name) const
{
    const auto place = std::find_if(
        m_steps.begin(), m_steps.end(), [&](const StepPicture& step) { return step.name == name; });
    return place == m_steps.end() ? nullptr : &*place;
}

} // namespace sheaf::event
