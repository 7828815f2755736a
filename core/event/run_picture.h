// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/event/change_set.h"
#include "core/event/error_texts.h"
#include "core/event/event.h"
#include "core/event/failure_groups.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sheaf::event {

enum class MiniBatchState : std::uint8_t { Pending, Running, Retrying, Done, Failed, TimedOut, Canceled, Ignored };
BOOST_DESCRIBE_ENUM(MiniBatchState, Pending, Running, Retrying, Done, Failed, TimedOut, Canceled, Ignored)
inline constexpr std::size_t kMiniBatchStates = 8;

/// What is known of one mini-batch now: that of its last attempt. 72 bytes or so, a million fit.
struct MiniBatchNow {
    MiniBatchState state = MiniBatchState::Pending;
    AttemptOutcome outcome = AttemptOutcome::Done;
    std::uint16_t picked = 0;
    std::uint32_t items = 0;
    std::uint32_t returned = 0;
    NodeIndex node;
    ProcessNumber process;
    std::uint32_t error = 0; // of its last attempt that has ended: number in StepPicture::errors; 0: none
    std::int64_t startMicros = 0;
    float elapsedSeconds = 0;
    float processSeconds = 0;
    float runSeconds = 0;
    std::uint32_t code = 0; // state of the user's code it last ran with: CodeState::number
    std::uint64_t lastEvent = 0; // sequence of its last AttemptEnded: traceback and log ranges are read from the store

    /// Hand-outs, the one under way included.
    [[nodiscard]] std::uint32_t tries() const { return picked + (state == MiniBatchState::Running ? 1U : 0U); }
    [[nodiscard]] bool wasTried() const { return picked > 0 || startMicros > 0; }
    /// Of its last attempt that ended: items that came back, and those that did not (all of one that is not done).
    [[nodiscard]] std::uint32_t itemsOk() const { return state == MiniBatchState::Done ? std::min(items, returned) : 0; }
    [[nodiscard]] std::uint32_t itemsFailed() const { return items - itemsOk(); }
};

struct WorkerNow {
    NodeIndex node;
    ProcessNumber process;
    std::int64_t pid = 0;
    bool ready = false; // init() returned
    bool ended = false;
    std::string how;
    std::uint32_t done = 0;
    std::uint32_t failed = 0;
    std::int64_t currentMiniBatch = -1; // as far as told by AttemptStarted
    std::int64_t sinceMicros = 0;
    std::int64_t startedMicros = 0;
    double runSeconds = 0; // sum over its attempts
    double initSeconds = 0;
    std::uint64_t items = 0;
};

struct NodeNow {
    NodeIndex node;
    std::string host;
    int cores = 0;
    std::uint64_t memoryBytes = 0;
    bool joined = false;
};

/// A later state of the user's code, brought in by a repair.
struct CodeState {
    std::uint32_t number = 0; // 1, 2, …; 0 is the code as submitted
    std::int64_t sinceMicros = 0;
    std::vector<std::string> files; // that differ from the state before
};

struct StepPicture {
    std::string name;
    StepState state = StepState::NotStarted;
    std::string reason;
    std::string message;
    int exitCode = 0;
    std::int64_t startedMicros = 0;
    std::int64_t plannedMicros = 0;
    std::int64_t firstAttemptMicros = 0; // start of the first mini-batch
    std::int64_t endedMicros = 0;
    bool planned = false;
    std::uint64_t inputBytes = 0;
    std::vector<MiniBatchNow> miniBatches;
    std::array<std::uint32_t, kMiniBatchStates> counts {}; // by MiniBatchState
    std::uint64_t itemsDone = 0; // given to finished mini-batches
    std::uint64_t itemsFailed = 0; // reference §3.1
    std::uint32_t attemptsFailed = 0;
    std::uint32_t attemptsRetried = 0; // those of them that were not the last of their mini-batch
    std::uint32_t reopened = 0; // failed mini-batches that were given all their retries anew
    std::uint32_t attemptsLost = 0; // under way when their worker's node or the coordinator went; done again, not counted
    std::int64_t progressMicros = 0; // when it last went on: what progress_update_timeout counts from
    std::vector<WorkerNow> workers; // in order of start
    FailureGroups failures;
    ErrorTexts errors;
    std::vector<std::string> warnings;
    std::vector<CodeState> codes; // later than the submitted one
    bool wasReset = false; // StepReset: nothing of an earlier run is taken over any more
    std::string repair; // MiniBatchList of the repair that goes on or was the last; "": none
    std::string initTraceback; // of the first worker that did not get ready

    [[nodiscard]] std::uint32_t total() const { return static_cast<std::uint32_t>(miniBatches.size()); }
    [[nodiscard]] std::uint32_t count(MiniBatchState state_) const { return counts[static_cast<std::size_t>(state_)]; }
    /// Last line of what its last attempt raised; "" when that was well. Valid until the next event.
    [[nodiscard]] std::string_view errorOf(MiniBatchIndex miniBatch) const
    {
        return miniBatch.value < miniBatches.size() ? errors.text(miniBatches[miniBatch.value].error) : std::string_view();
    }
    /// Done, ignored and finally failed ones.
    [[nodiscard]] std::uint32_t ended() const
    {
        return count(MiniBatchState::Done) + count(MiniBatchState::Failed) + count(MiniBatchState::TimedOut)
            + count(MiniBatchState::Ignored);
    }
    [[nodiscard]] bool isOver() const
    {
        return state == StepState::Completed || state == StepState::Failed || state == StepState::Canceled;
    }
};

/// The picture a run's events add up to: the same live, after re-opening, and next year.
/// Owned by whoever folds (RunState in the window, a verb of the terminal, the coordinator on resume); one thread.
class RunPicture
{
public:
    /// Folds one event in and notes in `changes` what it touched. Events come in order of sequence; one that
    /// was seen already (sequence not above lastSequence()) is passed over.
    void apply(const Event& event, ChangeSet& changes);
    void apply(std::span<const Event> events, ChangeSet& changes);

    [[nodiscard]] const std::string& run() const { return m_run; }
    [[nodiscard]] RunState state() const { return m_state; }
    [[nodiscard]] const std::string& message() const { return m_message; }
    [[nodiscard]] std::uint64_t lastSequence() const { return m_lastSequence; }
    [[nodiscard]] std::int64_t startedMicros() const { return m_startedMicros; }
    [[nodiscard]] std::int64_t endedMicros() const { return m_endedMicros; }
    [[nodiscard]] std::int64_t coordinatorPid() const { return m_coordinatorPid; }
    [[nodiscard]] const std::string& host() const { return m_host; }
    [[nodiscard]] int resumes() const { return m_resumes; }
    /// A life of the run that ended against all will, after which it went on by itself.
    struct Loss {
        std::int64_t atMicros = 0; // when it went on
        std::string what; // a clause: "node 1 was lost: its process …"
    };
    [[nodiscard]] const std::vector<Loss>& losses() const { return m_losses; }
    [[nodiscard]] bool stopAsked() const { return m_stopAsked; }
    /// Stopping was not to wait for running mini-batches.
    [[nodiscard]] bool stopNow() const { return m_stopNow; }
    /// When it was started or, the last time, resumed.
    [[nodiscard]] std::int64_t lifeMicros() const { return m_lifeMicros; }
    /// Seconds between two wall times in which a coordinator was at work: without what lies between two lives of the run. 0 when `from` is not
    /// known or not before `to`.
    [[nodiscard]] double workedSeconds(std::int64_t from, std::int64_t to) const;
    [[nodiscard]] const std::vector<StepPicture>& steps() const { return m_steps; }
    [[nodiscard]] const std::vector<NodeNow>& nodes() const { return m_nodes; }
    [[nodiscard]] const StepPicture* step(const std::string& name) const;

private:
    struct Fold; // one overload per fact
    /// Where a step's workers are in their list, so that folding never searches.
    struct Places {
        std::unordered_map<std::uint64_t, std::size_t> workers; // by node and process
    };

    std::string m_run;
    RunState m_state = RunState::Starting;
    std::string m_message;
    std::uint64_t m_lastSequence = 0;
    std::int64_t m_startedMicros = 0;
    std::int64_t m_endedMicros = 0;
    std::int64_t m_coordinatorPid = 0;
    std::string m_host;
    int m_resumes = 0;
    std::vector<Loss> m_losses;
    bool m_stopAsked = false;
    bool m_stopNow = false;
    std::int64_t m_lifeMicros = 0;
    std::int64_t m_lastMicros = 0; // of the last event
    std::vector<std::pair<std::int64_t, std::int64_t>> m_pauses; // last event of a life → begin of the next
    std::vector<StepPicture> m_steps;
    std::vector<Places> m_places; // as m_steps
    std::vector<NodeNow> m_nodes;
};

} // namespace sheaf::event
