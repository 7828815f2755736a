// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/verdict.h"

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/triage/failed_now.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace sheaf::triage {

using event::FailureCause;
using event::FailureGroup;
using event::MiniBatchState;
using event::RunPicture;
using event::RunState;
using event::StepPicture;
using event::StepState;
using pipeline::RunSpec;
using pipeline::StepKind;
using pipeline::StepSpec;

namespace {

constexpr std::size_t kCausesTold = 4;
constexpr std::size_t kLongestError = 160; // of a message, in a sentence
constexpr int kKilled = 9;
const char* const kFailed = "state:failed,timedout";

std::string clockOf(std::int64_t micros)
{
    std::string iso = isoTime(micros).substr(0, 19);
    iso[10] = ' ';
    return iso + " UTC";
}

std::string countOf(std::uint64_t count, const char* one, const char* many)
{
    return text::humanCount(count) + " " + (count == 1 ? one : many);
}

std::string miniBatches(std::uint64_t count)
{
    return countOf(count, "mini-batch", "mini-batches");
}

/// One line, not too long, without the full stop that our sentence has itself.
std::string shortError(std::string_view error)
{
    std::string_view line = text::trim(error);
    line = line.substr(0, line.find('\n'));
    std::size_t end = line.size();
    if (end > kLongestError) {
        end = kLongestError;
        while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) {
            --end; // not within a character
        }
        return std::string(line.substr(0, end)) + "…";
    }
    return std::string(line.ends_with('.') ? line.substr(0, end - 1) : line);
}

std::string lastLine(std::string_view textOf)
{
    const std::string_view trimmed = text::trim(textOf);
    return std::string(text::trim(trimmed.substr(trimmed.rfind('\n') + 1))); // npos + 1 is 0
}

std::string fileName(std::string_view path)
{
    return std::string(path.substr(path.rfind('/') + 1));
}

/// "'" around a word that a shell would take apart.
std::string quoted(const std::string& word)
{
    const bool isPlain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("/._-+=:,@%").find(c) != std::string_view::npos;
    });
    if (isPlain) {
        return word;
    }
    std::string all = "'";
    for (const char c : word) {
        all += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return all + "'";
}

bool isLimit(const std::string& reason)
{
    return reason == "error_threshold" || reason == "mini_batch_error_threshold" || reason == "allowed_failed_percent";
}

std::uint32_t failedOf(const StepPicture& step)
{
    return step.count(MiniBatchState::Failed) + step.count(MiniBatchState::TimedOut);
}

/// What will be done when the run goes on, the failed ones left out.
std::uint32_t openOf(const StepPicture& step)
{
    return step.count(MiniBatchState::Pending) + step.count(MiniBatchState::Running) + step.count(MiniBatchState::Retrying)
        + step.count(MiniBatchState::Canceled);
}

/// Words for one step: what its parts are called and where they lead.
class StepWords
{
public:
    StepWords(const RunPicture& picture, const RunSpec& run, const StepPicture& step, const StepSpec& spec, Liveness liveness)
        : m_picture(picture)
        , m_run(run)
        , m_step(step)
        , m_spec(spec)
        , m_liveness(liveness)
    {
    }

    Verdict verdict()
    {
        switch (m_step.state) {
        case StepState::NotStarted:
            tellWaiting();
            break;
        case StepState::Preparing:
        case StepState::Running:
        case StepState::Finalizing:
            m_liveness == Liveness::Gone && !isRunOver() ? tellInterrupted() : tellGoingOn();
            break;
        case StepState::Completed:
            tellCompleted();
            break;
        case StepState::Failed:
            tellFailed();
            break;
        case StepState::Canceled:
            tellCanceled();
            break;
        }
        return std::move(m_verdict);
    }

private:
    // ---- nouns ---------------------------------------------------------------------------------------------------------

    [[nodiscard]] Link step() const { return { LinkKind::Step, m_step.name, {}, -1 }; }
    [[nodiscard]] Link batches(const std::string& filter) const { return { LinkKind::MiniBatches, m_step.name, filter, -1 }; }
    [[nodiscard]] Link batch(MiniBatchIndex index) const { return { LinkKind::MiniBatch, m_step.name, {}, index.value }; }
    [[nodiscard]] Link setting(const std::string& field) const { return { LinkKind::Setting, m_step.name, "jobs." + m_step.name + "." + field, -1 }; }
    [[nodiscard]] Link code(const event::CodePlace& place) const { return { LinkKind::Code, m_step.name, place.file, place.line }; }
    [[nodiscard]] Link log(const std::string& file) const { return { LinkKind::LogLine, m_step.name, file, -1 }; }

    /// "3 of 80 mini-batches" that leads to those.
    void addShare(Sentence& sentence, std::uint32_t count, const std::string& filter) const
    {
        sentence.add(fmt::format("{} of {}", text::humanCount(count), miniBatches(m_step.total())), batches(filter));
    }
    void addPlace(Sentence& sentence, const event::CodePlace& place) const
    {
        if (place.line > 0) {
            sentence.add(" at ").add(fmt::format("{}:{}", fileName(place.file), place.line), code(place));
        }
    }
    /// The field of the limit as the user writes it: a key of the step or a runner flag.
    [[nodiscard]] std::string limitField(const std::string& limit) const { return limit == "allowed_failed_percent" ? "--" + limit : limit; }

    [[nodiscard]] bool isRunOver() const
    {
        const RunState state = m_picture.state();
        return state == RunState::Completed || state == RunState::Failed || state == RunState::Canceled;
    }
    /// A run that has told its end is left by its coordinator in a moment.
    [[nodiscard]] bool canRepair() const { return m_liveness == Liveness::Gone || isRunOver(); }

    Sentence& begin(Outcome outcome, const std::string& words)
    {
        m_verdict.outcome = outcome;
        return m_verdict.what.add(m_step.name, step()).add(words);
    }

    // ---- states --------------------------------------------------------------------------------------------------------

    void tellWaiting()
    {
        if (isRunOver()) {
            begin(Outcome::Canceled, " was not started.");
            return;
        }
        if (m_liveness == Liveness::Gone && m_picture.lastSequence() > 0) {
            begin(Outcome::Interrupted, " was not started: the run was interrupted before.");
            return;
        }
        for (const std::string& name : m_spec.dependsOn) {
            const StepPicture* other = m_picture.step(name);
            if (other == nullptr || !other->isOver()) {
                begin(Outcome::Waiting, " waits for ").add(name, { LinkKind::Step, name, {}, -1 }).add(".");
                return;
            }
        }
        begin(Outcome::Waiting, " has not begun yet.");
    }

    void tellGoingOn()
    {
        if (m_spec.kind == StepKind::Command) {
            const bool isWorking = m_step.state == StepState::Running;
            Sentence& what = begin(isWorking ? Outcome::Running : Outcome::Waiting, isWorking ? ": its " : " waits for ");
            isWorking ? what.add("command", log("user_logs/std_log_0.txt")).add(" is running.") : what.add("a node.");
            return;
        }
        if (!m_step.planned) {
            begin(Outcome::Waiting, ": its input ").add(m_spec.parallel.inputData, setting("input_data")).add(" is being listed.");
        } else if (m_step.state == StepState::Finalizing) {
            begin(Outcome::Running, ": ").add(fmt::format("all {}", miniBatches(m_step.total())), batches("")).add(" have ended; the results are being put together.");
        } else if (m_step.ended() == 0 && m_step.count(MiniBatchState::Running) == 0 && m_step.count(MiniBatchState::Retrying) == 0) {
            begin(Outcome::Waiting, ": ").add(miniBatches(m_step.total()), batches("")).add(m_step.total() == 1 ? " is planned; the workers are getting ready." : " are planned; the workers are getting ready.");
        } else {
            Sentence& what = begin(Outcome::Running, ": ");
            addShare(what, m_step.count(MiniBatchState::Done), "state:done");
            what.add(" done");
            const auto also = [&](std::uint32_t count, const char* words, const char* filter) {
                if (count > 0) {
                    what.add(", ").add(fmt::format("{} {}", text::humanCount(count), words), batches(filter));
                }
            };
            also(m_step.count(MiniBatchState::Running), "running", "state:running");
            also(m_step.count(MiniBatchState::Retrying), "to be tried again", "state:retrying");
            also(failedOf(m_step), "failed", kFailed);
            what.add(m_picture.stopAsked() ? "; it is being stopped." : ".");
        }
        tellCauses();
        tellLost();
    }

    void tellInterrupted()
    {
        Sentence& what = begin(Outcome::Interrupted, " was interrupted");
        if (m_step.planned) {
            what.add(" with ");
            addShare(what, m_step.count(MiniBatchState::Done), "state:done");
            what.add(" done");
        }
        what.add(": nobody works on it now.");
        if (m_spec.kind == StepKind::Parallel) {
            m_verdict.why.emplace_back("What is done is kept, and is not done again when the run goes on.");
        }
        Sentence last;
        if (m_step.progressMicros > 0) {
            last.add("It last went on at ").add(clockOf(m_step.progressMicros), { LinkKind::Moment, m_step.name, {}, m_step.progressMicros }).add("; what ");
        } else {
            last.add("What ");
        }
        m_verdict.why.push_back(std::move(last.add("mpirun said of its end (a node that was lost, a killed process) is in ").add("mpirun.log", { LinkKind::File, {}, m_run.runDir + "/mpirun.log", -1 }).add(".")));
        tellCauses();
        tellLost();
        addResume("Take the run up where it stopped.");
    }

    void tellCompleted()
    {
        if (m_spec.kind == StepKind::Command) {
            begin(Outcome::Completed, " is done: its ").add("command", log("user_logs/std_log_0.txt")).add(" exited with 0.");
            return;
        }
        const std::uint32_t failed = failedOf(m_step);
        const std::uint32_t ignored = m_step.count(MiniBatchState::Ignored);
        if (failed == 0) {
            Sentence& what = begin(Outcome::Completed, " is done: ");
            if (ignored > 0) {
                addShare(what, m_step.count(MiniBatchState::Done), "state:done");
                what.add(" done, ").add(fmt::format("{} ignored", text::humanCount(ignored)), batches("state:ignored"));
            } else {
                what.add((m_step.total() == 1 ? "its " : "all ") + miniBatches(m_step.total()), batches(""));
            }
            addDuration(what);
        } else {
            Sentence& what = begin(Outcome::CompletedWithFailures, " is done, but ");
            addShare(what, failed, kFailed);
            what.add(" failed");
            addLimits(what);
        }
        tellCauses();
        tellItems();
        tellLost();
        if (failed > 0) {
            addCauseActions();
            addRepair(failed);
        }
        if (!m_spec.parallel.appendRowFile.empty()) {
            Action look;
            look.text.add("Look at the result: ").add(fileName(m_spec.parallel.appendRowFile), { LinkKind::File, m_step.name, m_spec.parallel.appendRowFile, -1 }).add(".");
            m_verdict.next.push_back(std::move(look));
        }
    }

    /// The limits that were kept.
    void addLimits(Sentence& what) const
    {
        const auto& settings = m_spec.parallel;
        bool isFirst = true;
        const auto add = [&](const std::string& field, const std::string& allowed) {
            what.add(isFirst ? "; " : ", ").add(field, setting(field)).add(" allows " + allowed);
            isFirst = false;
        };
        if (settings.miniBatchErrorThreshold >= 0) {
            add("mini_batch_error_threshold", text::humanCount(static_cast<std::uint64_t>(settings.miniBatchErrorThreshold)));
        }
        if (settings.errorThreshold >= 0) {
            add("error_threshold", countOf(static_cast<std::uint64_t>(settings.errorThreshold), "item", "items"));
        }
        if (settings.allowedFailedPercent < 100) {
            add(limitField("allowed_failed_percent"), fmt::format("{} %", settings.allowedFailedPercent));
        }
        isFirst ? what.add("; ").add("no limit", setting("mini_batch_error_threshold")).add(" was set.") : what.add(".");
    }

    void addDuration(Sentence& what) const
    {
        const double seconds = m_picture.workedSeconds(m_step.startedMicros, m_step.endedMicros);
        what.add(seconds > 0 ? fmt::format(", in {}.", text::humanSeconds(seconds)) : std::string("."));
    }

    void tellFailed()
    {
        const auto& settings = m_spec.parallel;
        const std::string& reason = m_step.reason;
        Sentence& what = begin(Outcome::Failed, " failed: ");
        if (isLimit(reason)) {
            tellLimit(what);
            return;
        }
        if (reason == "no_result") {
            what.add("run() gave no result for any item, so there is nothing to append to ").add(settings.appendRowTo, setting("task.append_row_to")).add(".");
            tellCauses();
            tellLost();
            if (failedOf(m_step) > 0) {
                addCauseActions();
                addRepair(failedOf(m_step));
            } else {
                addLookAtReturned();
                addDebug(MiniBatchIndex(0));
            }
        } else if (reason == "init_failed" || reason == "entry_script") {
            tellInit(what, reason == "entry_script");
        } else if (reason == "no_progress") {
            tellNoProgress(what);
        } else if (reason == "first_task_creation") {
            what.add("its input ").add(settings.inputData, setting("input_data")).add(" gave no mini-batch within ").add("--first_task_creation_timeout", setting("--first_task_creation_timeout")).add(fmt::format(" ({}).", text::humanSeconds(settings.firstTaskCreationTimeoutSeconds)));
            addAction(Sentence("Check the input; if it is just large, raise ").add("--first_task_creation_timeout", setting("--first_task_creation_timeout")).add("."));
            addRunAnew("program_arguments");
        } else if (reason == "input") {
            tellInput(what);
        } else if (reason == "command") {
            tellCommand(what);
        } else if (reason == "timeout") {
            what.add("its ").add("command", log("user_logs/std_log_0.txt")).add(" took longer than ").add("limits.timeout", setting("limits.timeout")).add(fmt::format(" ({}).", text::humanSeconds(m_spec.command.timeoutSeconds)));
            addAction(Sentence("Raise ").add("limits.timeout", setting("limits.timeout")).add(", or make the command quicker."));
            addResume("Try it again.");
        } else if (reason == "output") {
            what.add("its results could not be put together.");
            m_verdict.why.emplace_back(m_step.message);
            addResume("Put them together again, when that is mended; nothing that is done is done again.");
        } else {
            what.add(shortError(m_step.message) + ".");
            addResume("Try again what failed.");
        }
    }

    void tellLimit(Sentence& what)
    {
        const auto& settings = m_spec.parallel;
        const std::string& limit = m_step.reason;
        const std::string field = limitField(limit);
        m_verdict.limit = crossingOf(m_step, settings);
        const std::uint32_t failed = failedOf(m_step);
        const auto& crossing = m_verdict.limit;
        if (!crossing) {
            what.parts.pop_back();
            what.add(fmt::format(" failed: {}.", shortError(m_step.message)));
        } else if (limit == "error_threshold") {
            const std::string items = countOf(m_step.itemsFailed, "item", "items");
            failed > 0 ? what.add(items, batches(kFailed)) : what.add(items);
            what.add(failed > 0 ? " failed, " : " gave no result, ").add(field, setting(field)).add(fmt::format(" allows {}.", text::humanCount(static_cast<std::uint64_t>(crossing->allowed))));
        } else if (limit == "allowed_failed_percent") {
            addShare(what, failed, kFailed);
            what.add(fmt::format(" ({:.1f} %) failed, ", 100.0 * failed / std::max(1U, m_step.total()))).add(field, setting(field)).add(fmt::format(" allows {} %.", crossing->allowed));
        } else {
            what.add(miniBatches(failed), batches(kFailed)).add(" failed, ").add(field, setting(field)).add(fmt::format(" allows {}.", text::humanCount(static_cast<std::uint64_t>(crossing->allowed))));
        }
        if (crossing) {
            Sentence when("The limit was crossed at ");
            when.add(clockOf(crossing->atMicros), { LinkKind::Moment, m_step.name, {}, crossing->atMicros }).add(" by ");
            when.add(fmt::format("mini-batch {}", crossing->miniBatch.value), batch(crossing->miniBatch));
            when.add(fmt::format(", when {} of {} had ended.", text::humanCount(crossing->ended), miniBatches(crossing->total)));
            m_verdict.why.push_back(std::move(when));
        }
        tellCauses();
        tellLost();
        addCauseActions();
        if (failed == 0) {
            addLookAtReturned();
        }
        if (openOf(m_step) > 0) {
            const std::string rest = openOf(m_step) == 1 ? "the one that is left" : fmt::format("the {} that are left", text::humanCount(openOf(m_step)));
            addResume(failed == 0 ? fmt::format("Do {}.", rest)
                    : failed == 1 ? fmt::format("Try the failed one again, and do {}.", rest)
                                  : fmt::format("Try the {} failed ones again, and do {}.", text::humanCount(failed), rest));
        } else {
            addRepair(failed);
        }
        Action more { Sentence("Or allow more: raise "), std::nullopt, std::nullopt };
        more.text.add(field, setting(field)).add(" in a new run that takes over what is done.");
        if (crossing && limit != "allowed_failed_percent") {
            // Those that are left may fail as often as those before them did.
            const double failedNow = static_cast<double>(limit == "error_threshold" ? m_step.itemsFailed : failed);
            const double perEnded = static_cast<double>(m_step.total()) / std::max(1U, m_step.ended());
            const auto enough = static_cast<std::uint64_t>(std::ceil(failedNow * perEnded));
            if (openOf(m_step) > 0) {
                more.text.add(fmt::format(" At the rate so far about {} would fail; -1 is no limit.",
                    limit == "error_threshold" ? countOf(enough, "item", "items") : miniBatches(static_cast<std::uint32_t>(std::min<std::uint64_t>(enough, UINT32_MAX)))));
            }
            more.command = runAnew(fmt::format("--set {}={}", quoted("jobs." + m_step.name + "." + field), enough));
        }
        m_verdict.next.push_back(std::move(more));
    }

    void addLookAtReturned()
    {
        addAction(Sentence("Look at what run() of ").add(fileName(m_spec.parallel.entryScript), script()).add(" returns: one element for each item that went well."));
    }

    [[nodiscard]] Link script() const { return setting("task.entry_script"); }

    void tellInit(Sentence& what, bool inImport)
    {
        const std::string error = shortError(lastLine(m_step.initTraceback));
        const event::CodePlace place = event::userPlace(m_step.initTraceback);
        const std::string name = fileName(m_spec.parallel.entryScript);
        const bool raised = m_step.initTraceback.find("Traceback") != std::string::npos;
        if (inImport) {
            what.add("its entry script ").add(name, script()).add(" cannot be imported: ").add(error.empty() ? "its workers ended" : error);
        } else if (raised) {
            what.add("init() of ").add(name, script()).add(" raised ").add(error);
        } else {
            what.add("its workers did not get ready: ").add(error.empty() ? "they ended before init() was over" : error);
        }
        addPlace(what, place);
        what.add(".");
        if (!inImport) {
            m_verdict.why.emplace_back("It was tried twice in every worker; no mini-batch was lost.");
        } else {
            m_verdict.why.emplace_back("The interpreter is " + m_run.python + ".");
        }
        if (error.starts_with("ModuleNotFoundError") || error.starts_with("ImportError")) {
            addAction(Sentence("Install what is missing for " + m_run.python + ", or take another interpreter with --python."));
        } else if (place.line > 0) {
            addAction(Sentence("Mend ").add(fmt::format("{}:{}", fileName(place.file), place.line), code(place)).add("."));
        } else {
            addAction(Sentence("Look at what the workers printed: ").add("logs", { LinkKind::Page, m_step.name, "logs", -1 }).add("."));
        }
        addRunAnew({});
    }

    void tellNoProgress(Sentence& what)
    {
        what.add("nothing moved on for ").add("--progress_update_timeout", setting("--progress_update_timeout")).add(fmt::format(" ({})", text::humanSeconds(m_spec.parallel.progressUpdateTimeoutSeconds)));
        std::vector<std::uint32_t> held; // were under way: handed out in this life, no end told
        for (std::uint32_t i = 0; i < m_step.total() && held.size() < 4; ++i) {
            const auto& now = m_step.miniBatches[i];
            if (now.state == MiniBatchState::Pending && now.startMicros >= std::max<std::int64_t>(1, m_picture.lifeMicros())) {
                held.push_back(i);
            }
        }
        if (held.size() == 1) {
            const auto& now = m_step.miniBatches[held.front()];
            what.add(" while ").add(fmt::format("mini-batch {}", held.front()), batch(MiniBatchIndex(held.front()))).add(" ran on ").add(fmt::format("node {}", now.node.value), { LinkKind::Node, m_step.name, {}, now.node.value });
        } else if (!held.empty()) {
            what.add(" while ");
            for (std::size_t i = 0; i < std::min<std::size_t>(held.size(), 3); ++i) {
                what.add(i == 0 ? "" : ", ").add(i == 0 ? fmt::format("mini-batch {}", held[i]) : std::to_string(held[i]), batch(MiniBatchIndex(held[i])));
            }
            what.add(held.size() > 3 ? " and others ran" : " ran");
        } else {
            what.add(", and no worker was in a mini-batch");
        }
        what.add(".");
        tellCauses();
        tellLost();
        if (!held.empty()) {
            const auto& now = m_step.miniBatches[held.front()];
            addAction(Sentence("Look at what it printed last: ").add(fmt::format("mini-batch {}", held.front()), log(fmt::format("user/stdout/{}/process{:03}.stdout.txt", now.node.value, now.process.value))).add("."));
            addDebug(MiniBatchIndex(held.front()));
        }
        addAction(Sentence("If the work is just long, raise ").add("--progress_update_timeout", setting("--progress_update_timeout")).add("."));
        addResume("Try it again.");
    }

    void tellInput(Sentence& what)
    {
        const std::string& input = m_spec.parallel.inputData;
        const pipeline::StepInput* from = m_spec.input(input);
        // The sentence of the error that says so, up to the path.
        std::string empty = errorSentence(Error { ErrorCode::InputEmpty, { { "step", m_step.name }, { "path", "\x01" } } });
        empty.resize(std::min(empty.size(), empty.find('\x01')));
        const bool isEmpty = m_step.message.starts_with(empty);
        what.add("its input ").add(input, setting("inputs." + input)).add(isEmpty ? " is empty: there is nothing to split." : " cannot be split.");
        if (from != nullptr && !from->fromStep.empty()) {
            m_verdict.why.push_back(Sentence("It is what ").add(from->fromStep, { LinkKind::Step, from->fromStep, {}, -1 }).add(" wrote into its output " + from->fromOutput + "."));
        }
        if (isEmpty && from != nullptr && !from->value.empty()) {
            m_verdict.why.push_back(Sentence("It lies in ").add(from->value, { LinkKind::File, m_step.name, from->value, -1 }).add("."));
            addAction(Sentence("Check the path, the pattern, and whether ").add(fileName(from->value), { LinkKind::File, m_step.name, from->value, -1 }).add(" has files."));
        } else {
            m_verdict.why.emplace_back(m_step.message);
            addAction(Sentence("Check the path of ").add(input, setting("inputs." + input)).add(" and its MLTable file."));
        }
        addRunAnew({});
    }

    void tellCommand(Sentence& what)
    {
        // "The command exited with 3; its last lines …": what it did is between.
        constexpr std::string_view kHead = "The command ";
        std::string how = fmt::format("exited with {}", m_step.exitCode);
        if (const std::size_t end = m_step.message.find(';'); m_step.message.starts_with(kHead) && end != std::string::npos) {
            how = m_step.message.substr(kHead.size(), end - kHead.size());
        }
        what.add("its ").add("command", setting("command")).add(" " + how + ".");
        Action look;
        look.text.add("Read its last lines: ").add("std_log_0.txt", log("user_logs/std_log_0.txt")).add(".");
        look.does = log("user_logs/std_log_0.txt");
        look.command = Command { "logs", quoted(m_run.run), quoted(m_step.name) };
        m_verdict.next.push_back(std::move(look));
        addResume("Try it again, with the code as it was.");
        addRunAnew({});
    }

    void tellCanceled()
    {
        if (m_step.reason == "dependency") {
            for (const std::string& name : m_spec.dependsOn) {
                const StepPicture* other = m_picture.step(name);
                if (other != nullptr && other->state != StepState::Completed) {
                    begin(Outcome::Canceled, " was not started: it needs ").add(name, { LinkKind::Step, name, {}, -1 }).add(other->state == StepState::Failed ? ", which failed." : ", which did not complete.");
                    return;
                }
            }
        }
        if (m_step.reason == "unfinished") { // a repair ran what it was asked for, and no more
            Sentence& what = begin(Outcome::Canceled, " is not finished: what was asked for has been run, ");
            addShare(what, openOf(m_step), "state:pending,canceled");
            what.add(openOf(m_step) == 1 ? " is left." : " are left.");
            tellCauses();
            addResume("Do what is left.");
            return;
        }
        const bool hasBegun = m_step.startedMicros > 0;
        if (!m_picture.stopAsked()) { // another step failed, or the run ended for a reason of its own
            begin(Outcome::Canceled, hasBegun ? " was canceled: " : " was not started: ").add(m_step.message.empty() ? "the run ended." : m_step.message);
        } else if (!hasBegun) {
            begin(Outcome::Canceled, " was not started: the run was stopped as asked.");
        } else if (!m_step.planned) {
            begin(Outcome::Canceled, " was stopped as asked.");
        } else {
            Sentence& what = begin(Outcome::Canceled, " was stopped as asked with ");
            addShare(what, m_step.count(MiniBatchState::Done), "state:done");
            what.add(m_picture.stopNow() ? " done; those that were running were ended." : " done; those that were running were waited for.");
        }
        tellCauses();
        tellLost();
        if (canRepair() && hasBegun) {
            addResume(m_step.planned && openOf(m_step) > 1 ? fmt::format("Do the {} that are left.", miniBatches(openOf(m_step))) : std::string("Take the run up where it stopped."));
        }
    }

    // ---- causes --------------------------------------------------------------------------------------------------------

    void tellCauses()
    {
        const auto& groups = m_groups;
        const std::uint32_t failed = failedOf(m_step);
        std::uint32_t told = 0;
        for (std::size_t i = 0; i < std::min(groups.size(), kCausesTold); ++i) {
            m_verdict.why.push_back(causeOf(groups[i].first, groups[i].second, failed));
            told += groups[i].second;
        }
        if (groups.size() > kCausesTold) {
            m_verdict.why.push_back(Sentence(fmt::format("{} more failed in ", text::humanCount(failed - told))).add(fmt::format("{} other ways", groups.size() - kCausesTold), batches(kFailed)).add("."));
        }
    }

    /// Those of a group raised the same in the same place, of one key or another.
    /// Of those that are failed now.
    [[nodiscard]] bool haveOtherErrors(std::size_t number) const
    {
        constexpr std::size_t kLookedAt = 1000;
        const FailureGroup& group = m_step.failures.groups()[number - 1];
        const std::string_view first = m_step.errorOf(firstFailedOf(m_step, number));
        const auto end = group.members.begin() + static_cast<std::ptrdiff_t>(std::min(kLookedAt, group.members.size()));
        return std::any_of(group.members.begin(), end, [&](MiniBatchIndex member) {
            const bool isFailedSo = isFailed(m_step.miniBatches[member.value].state) && m_step.failures.numberOf(member) == number;
            const std::string_view error = m_step.errorOf(member);
            return isFailedSo && !first.empty() && !error.empty() && error != first;
        });
    }

    Sentence causeOf(std::size_t number, std::uint32_t count, std::uint32_t failed)
    {
        const FailureGroup& group = m_step.failures.groups()[number - 1];
        const auto& signature = group.signature;
        const bool isAll = count == failed && count > 1;
        Sentence sentence;
        const std::string all = count == 2 ? "Both failed mini-batches" : fmt::format("All {} failed mini-batches", text::humanCount(count));
        sentence.add(isAll ? all : miniBatches(count), batches(fmt::format("group:{} {}", number, kFailed))).add(" "); // who failed so once, and was mended, is not counted
        switch (signature.cause) {
        case FailureCause::Exception:
            sentence.add("raised ").add(shortError(group.firstError));
            if (haveOtherErrors(number)) {
                sentence.add(" and others like it");
            }
            addPlace(sentence, signature.place);
            break;
        case FailureCause::BadReturn:
            sentence.add("returned what is no result: ").add(shortError(group.firstError));
            break;
        case FailureCause::Timeout:
            sentence.add("took longer than ").add("retry_settings.timeout", setting("retry_settings.timeout")).add(fmt::format(" ({})", text::humanSeconds(m_spec.parallel.timeoutSeconds)));
            break;
        case FailureCause::LoadTimeout:
            sentence.add("took longer to load than ").add("--task_overhead_timeout", setting("--task_overhead_timeout")).add(fmt::format(" ({})", text::humanSeconds(m_spec.parallel.taskOverheadTimeoutSeconds)));
            break;
        case FailureCause::LoadFailed:
            sentence.add("could not be read: ").add(shortError(group.firstError));
            break;
        case FailureCause::OutOfMemory:
            sentence.add("ran out of memory");
            addPlace(sentence, signature.place);
            sentence.add(": ").add(shortError(group.firstError));
            break;
        case FailureCause::Signal:
            sentence.add("ended the worker: ").add(shortError(group.firstError));
            if (signature.exception == fmt::format("signal {}", kKilled)) {
                sentence.add(", as the system does when memory runs short");
            }
            break;
        case FailureCause::Exit:
            sentence.add("ended the worker: ").add(shortError(group.firstError));
            break;
        case FailureCause::Lost:
            sentence.add("went away with their node");
            break;
        }
        return sentence.add(".");
    }

    void tellItems()
    {
        if (m_step.itemsFailed == 0 || failedOf(m_step) > 0) {
            return;
        }
        Sentence items(countOf(m_step.itemsFailed, "item", "items") + " gave no result of their own; ");
        if (m_spec.parallel.errorThreshold >= 0) {
            items.add("error_threshold", setting("error_threshold")).add(fmt::format(" allows {}.", text::humanCount(static_cast<std::uint64_t>(m_spec.parallel.errorThreshold))));
        } else {
            items.add("error_threshold", setting("error_threshold")).add(" sets no limit.");
        }
        m_verdict.why.push_back(std::move(items));
    }

    /// A lost node or coordinator ends all ranks: the run was begun again, and what was under way was done again.
    void tellLost()
    {
        const auto& losses = m_picture.losses();
        if (!losses.empty()) { // those that came while this step was at work
            const auto isOurs = [&](const event::RunPicture::Loss& loss) {
                return m_step.startedMicros > 0 && loss.atMicros >= m_step.startedMicros && (m_step.endedMicros == 0 || loss.atMicros <= m_step.endedMicros);
            };
            const auto ours = std::count_if(losses.begin(), losses.end(), isOurs);
            if (ours > 0) {
                const auto& last = *std::find_if(losses.rbegin(), losses.rend(), isOurs);
                std::string what = last.what;
                what.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(what.front())));
                Sentence sentence(what + ". The run went on by itself at ");
                sentence.add(clockOf(last.atMicros), { LinkKind::Moment, m_step.name, {}, last.atMicros });
                sentence.add(ours > 1 ? fmt::format(", the last of {} times", ours) : std::string());
                sentence.add(m_step.attemptsLost == 0 ? std::string("; nothing that was done was done again.")
                                                      : fmt::format("; {} under way and begun again, without a try being counted; nothing that was done was done again.",
                                                          m_step.attemptsLost == 1 ? "1 mini-batch was" : miniBatches(m_step.attemptsLost) + " were"));
                m_verdict.why.push_back(std::move(sentence));
                return;
            }
        }
        if (m_picture.resumes() > 0 && m_step.attemptsLost > 0) {
            m_verdict.why.emplace_back(fmt::format("{} under way when a node or the coordinator was lost; the run went on from its record, and nothing that was done was done again.",
                m_step.attemptsLost == 1 ? "1 mini-batch was" : miniBatches(m_step.attemptsLost) + " were"));
        }
    }

    // ---- actions -------------------------------------------------------------------------------------------------------

    void addAction(const Sentence& text) { m_verdict.next.push_back({ text, std::nullopt, std::nullopt }); }

    /// What the largest cause asks for.
    void addCauseActions()
    {
        const auto& groups = m_groups;
        if (groups.empty()) {
            return;
        }
        const FailureGroup& group = m_step.failures.groups()[groups.front().first - 1];
        const auto& place = group.signature.place;
        const Link workers = setting("max_concurrency_per_instance");
        const Link size = setting("mini_batch_size");
        switch (group.signature.cause) {
        case FailureCause::Exception:
        case FailureCause::BadReturn:
            if (place.line > 0) {
                addAction(Sentence("Mend ").add(fmt::format("{}:{}", fileName(place.file), place.line), code(place)).add(", or the data that it meets."));
            } else {
                addAction(Sentence("Mend run() of ").add(fileName(m_spec.parallel.entryScript), script()).add("."));
            }
            break;
        case FailureCause::Timeout:
            addAction(Sentence("Raise ").add("retry_settings.timeout", setting("retry_settings.timeout")).add(", or give run() less at once: ").add("mini_batch_size", size).add("."));
            break;
        case FailureCause::LoadTimeout:
            addAction(Sentence("Raise ").add("--task_overhead_timeout", setting("--task_overhead_timeout")).add(", or look at the storage."));
            break;
        case FailureCause::LoadFailed:
            addAction(Sentence("Look at the input of ").add(fmt::format("mini-batch {}", group.firstMiniBatch.value), batch(group.firstMiniBatch)).add("."));
            break;
        case FailureCause::Signal:
            if (group.signature.exception != fmt::format("signal {}", kKilled)) {
                addWorkerLog(group);
                break;
            }
            [[fallthrough]];
        case FailureCause::OutOfMemory:
            addAction(Sentence("Run fewer at once (").add("max_concurrency_per_instance", workers).add("), or give run() less (").add("mini_batch_size", size).add(")."));
            break;
        case FailureCause::Exit:
            addWorkerLog(group);
            break;
        case FailureCause::Lost:
            break;
        }
        addDebug(firstFailedOf(m_step, groups.front().first));
    }

    void addWorkerLog(const FailureGroup& group)
    {
        if (group.firstMiniBatch.value >= m_step.total()) {
            return;
        }
        const auto& now = m_step.miniBatches[group.firstMiniBatch.value];
        addAction(Sentence("Look at what the worker left: ").add("its stderr", log(fmt::format("sys/node/{}/process{:03}.stderr.txt", now.node.value, now.process.value))).add("."));
    }

    void addDebug(MiniBatchIndex index)
    {
        Action debug { Sentence(fmt::format("Run mini-batch {} here, alone, and watch it.", index.value)), Link { LinkKind::Debug, m_step.name, {}, index.value },
            Command { "debug", quoted(m_run.run), fmt::format("{} --batch {}", quoted(m_step.name), index.value) } };
        m_verdict.next.push_back(std::move(debug));
    }

    void addRepair(std::uint32_t failed)
    {
        if (!canRepair() || failed == 0) {
            return;
        }
        Action repair { Sentence(failed == 1 ? std::string("Run the failed mini-batch again; all others stay as they are.") : fmt::format("Run the {} failed mini-batches again; all others stay as they are.", text::humanCount(failed))),
            Link { LinkKind::Repair, m_step.name, kFailed, -1 }, Command { "retry", quoted(m_run.run), quoted(m_step.name) + " --failed" } };
        m_verdict.next.push_back(std::move(repair));
    }

    void addResume(const std::string& words)
    {
        if (canRepair()) {
            m_verdict.next.push_back({ Sentence(words), Link { LinkKind::Resume, {}, {}, -1 }, Command { "resume", quoted(m_run.run), {} } });
        }
    }

    [[nodiscard]] Command runAnew(const std::string& rest) const
    {
        return { "run", quoted(m_run.jobFile), "--resume_from " + quoted(m_run.run) + (rest.empty() ? "" : " " + rest) };
    }

    void addRunAnew(const std::string& changed)
    {
        Action anew;
        anew.text.add(changed.empty() ? "Run the file again, as it is then; what is done is taken over." : "Run the file again with the change; what is done is taken over.");
        anew.command = runAnew({});
        m_verdict.next.push_back(std::move(anew));
    }

    const RunPicture& m_picture;
    const RunSpec& m_run;
    const StepPicture& m_step;
    const std::vector<std::pair<std::size_t, std::uint32_t>> m_groups = largestGroups(m_step); // looks at all mini-batches: once
    const StepSpec& m_spec;
    Liveness m_liveness;
    Verdict m_verdict;
};

void addNames(Sentence& sentence, const std::vector<std::string>& names)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        sentence.add(i == 0 ? "" : i + 1 == names.size() ? " and " : ", ").add(names[i], { LinkKind::Step, names[i], {}, -1 });
    }
}

/// What comes after the first sentence of a step, into that of the run.
void addRest(Verdict& run, Verdict step)
{
    run.limit = step.limit;
    run.why.insert(run.why.end(), std::make_move_iterator(step.why.begin()), std::make_move_iterator(step.why.end()));
    run.next = std::move(step.next);
}

/// A run of which only its start is known.
Verdict beginningOf(const RunPicture& picture, const RunSpec& spec, Liveness liveness)
{
    Verdict verdict;
    if (liveness != Liveness::Gone) {
        std::vector<const event::NodeNow*> missing;
        for (const auto& node : picture.nodes()) {
            if (!node.joined) {
                missing.push_back(&node);
            }
        }
        verdict.what.add("The run is starting");
        if (!missing.empty()) {
            verdict.what.add("; it waits for ").add(fmt::format("node {}", missing.front()->node.value), { LinkKind::Node, {}, {}, missing.front()->node.value });
            verdict.what.add(missing.size() > 1 ? fmt::format(" and {} more", missing.size() - 1) : std::string());
        }
        verdict.what.add(".");
        return verdict;
    }
    verdict.outcome = Outcome::Interrupted;
    verdict.what.add("The run did not get as far as its first step.");
    verdict.why.push_back(Sentence("What mpirun said is in ").add("mpirun.log", { LinkKind::File, {}, spec.runDir + "/mpirun.log", -1 }).add("."));
    verdict.next.push_back({ Sentence("Try to start it again."), Link { LinkKind::Resume, {}, {}, -1 }, Command { "resume", quoted(spec.run), {} } });
    return verdict;
}

} // namespace

std::optional<LimitCrossing> crossingOf(const StepPicture& step, const pipeline::ParallelSettings& settings)
{
    if (!isLimit(step.reason) || step.total() == 0) {
        return std::nullopt;
    }
    // In the order in which the coordinator was told of their ends.
    std::vector<std::uint32_t> counting; // failed, or short of results
    std::uint64_t before = 0;
    for (std::uint32_t i = 0; i < step.total(); ++i) {
        const auto& now = step.miniBatches[i];
        const bool isShort = now.state == MiniBatchState::Done && now.items > now.returned;
        if (isFailed(now.state) || (isShort && step.reason == "error_threshold")) {
            counting.push_back(i);
        }
    }
    std::sort(counting.begin(), counting.end(), [&](std::uint32_t a, std::uint32_t b) { return step.miniBatches[a].lastEvent < step.miniBatches[b].lastEvent; });
    LimitCrossing crossing;
    crossing.limit = step.reason;
    crossing.total = step.total();
    crossing.allowed = step.reason == "error_threshold" ? static_cast<double>(settings.errorThreshold)
        : step.reason == "mini_batch_error_threshold"   ? static_cast<double>(settings.miniBatchErrorThreshold)
                                                        : settings.allowedFailedPercent;
    for (const std::uint32_t index : counting) {
        const auto& now = step.miniBatches[index];
        if (step.reason == "error_threshold") {
            crossing.counted += isFailed(now.state) ? now.items : now.items - now.returned;
        } else if (step.reason == "mini_batch_error_threshold") {
            crossing.counted += 1;
        } else {
            crossing.counted = 100.0 * static_cast<double>(++before) / step.total();
        }
        if (crossing.counted > crossing.allowed) {
            crossing.miniBatch = MiniBatchIndex(index);
            crossing.atMicros = now.startMicros + static_cast<std::int64_t>(static_cast<double>(now.elapsedSeconds) * 1e6);
            crossing.ended = static_cast<std::uint32_t>(std::count_if(step.miniBatches.begin(), step.miniBatches.end(), [&](const event::MiniBatchNow& other) {
                return (isFailed(other.state) || other.state == MiniBatchState::Done) && other.lastEvent <= now.lastEvent;
            }));
            return crossing;
        }
    }
    return std::nullopt;
}

std::optional<Verdict> verdictOf(const RunPicture& picture, const RunSpec& spec, const std::string& step, Liveness liveness)
{
    const StepPicture* now = picture.step(step);
    const auto known = std::find_if(spec.steps.begin(), spec.steps.end(), [&](const StepSpec& one) { return one.name == step; });
    if (now == nullptr || known == spec.steps.end()) {
        return std::nullopt;
    }
    return StepWords(picture, spec, *now, *known, liveness).verdict();
}

Verdict verdictOf(const RunPicture& picture, const RunSpec& spec, Liveness liveness)
{
    std::vector<Verdict> steps;
    std::vector<std::string> names;
    for (const StepPicture& step : picture.steps()) {
        if (auto verdict = verdictOf(picture, spec, step.name, liveness)) {
            steps.push_back(std::move(*verdict));
            names.push_back(step.name);
        }
    }
    const bool hasBegun = std::any_of(picture.steps().begin(), picture.steps().end(), [](const StepPicture& step) { return step.startedMicros > 0 || step.isOver(); });
    const bool isOver = picture.state() == RunState::Completed || picture.state() == RunState::Failed || picture.state() == RunState::Canceled;
    if (steps.empty() || (!hasBegun && !isOver)) {
        return beginningOf(picture, spec, liveness);
    }
    if (steps.size() == 1) {
        return std::move(steps.front());
    }
    const auto having = [&](auto... outcomes) {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (((steps[i].outcome == outcomes) || ...)) {
                found.push_back(i);
            }
        }
        return found;
    };
    const auto namesOf = [&](const std::vector<std::size_t>& places) {
        std::vector<std::string> found;
        for (const std::size_t place : places) {
            found.push_back(names[place]);
        }
        return found;
    };
    Verdict verdict;
    const auto lead = [&](const std::vector<std::size_t>& places, const std::string& one, const std::string& many) {
        if (places.size() == 1) {
            verdict.what = steps[places.front()].what;
            addRest(verdict, std::move(steps[places.front()]));
            return;
        }
        verdict.what.add(one);
        addNames(verdict.what, namesOf(places));
        verdict.what.add(many);
        for (const std::size_t place : places) {
            verdict.why.push_back(steps[place].what);
        }
        verdict.limit = steps[places.front()].limit;
        verdict.next = std::move(steps[places.front()].next);
    };
    const auto failed = having(Outcome::Failed);
    const auto canceled = having(Outcome::Canceled);
    if (!isOver && liveness == Liveness::Gone) {
        const auto places = having(Outcome::Interrupted);
        verdict.outcome = Outcome::Interrupted;
        std::vector<std::size_t> begun; // those that wait are not worth a word
        std::copy_if(places.begin(), places.end(), std::back_inserter(begun), [&](std::size_t place) { return picture.step(names[place])->startedMicros > 0; });
        if (begun.empty()) {
            verdict.what.add("The run was interrupted between two steps: nobody works on it now.");
            verdict.next.push_back({ Sentence("Take the run up where it stopped."), Link { LinkKind::Resume, {}, {}, -1 }, Command { "resume", quoted(spec.run), {} } });
        } else {
            lead(begun, "The run was interrupted while it worked on ", ".");
        }
        return verdict;
    }
    if (!failed.empty()) {
        verdict.outcome = isOver ? Outcome::Failed : Outcome::Running;
        lead(failed, fmt::format("{} of {} steps failed: ", failed.size(), steps.size()), ".");
        for (const std::size_t place : isOver ? canceled : having(Outcome::Running, Outcome::Waiting)) {
            verdict.why.push_back(steps[place].what);
        }
        return verdict;
    }
    if (!isOver) {
        const auto working = having(Outcome::Running);
        verdict.outcome = working.empty() ? Outcome::Waiting : Outcome::Running;
        auto places = working;
        if (places.empty()) {
            const auto waiting = having(Outcome::Waiting);
            std::copy_if(waiting.begin(), waiting.end(), std::back_inserter(places), [&](std::size_t place) { return picture.step(names[place])->startedMicros > 0; });
            places = places.empty() ? waiting : places;
        }
        places.empty() ? void(verdict.what.add("The run comes to its end.")) : lead(places, fmt::format("{} of {} steps are at work: ", places.size(), steps.size()), ".");
        return verdict;
    }
    if (picture.state() == RunState::Canceled || !canceled.empty()) {
        verdict.outcome = Outcome::Canceled;
        std::vector<std::size_t> begun;
        std::copy_if(canceled.begin(), canceled.end(), std::back_inserter(begun), [&](std::size_t place) { return picture.step(names[place])->startedMicros > 0; });
        if (picture.stopAsked()) {
            lead(begun.empty() ? canceled : begun, "The run was stopped as asked in ", ".");
        } else { // a repair ran what it was asked for: what was left out is why the rest did not complete
            std::vector<std::size_t> unfinished;
            std::copy_if(canceled.begin(), canceled.end(), std::back_inserter(unfinished), [&](std::size_t place) { return picture.step(names[place])->reason == "unfinished"; });
            begun = unfinished.empty() ? begun : unfinished;
            lead(begun.empty() ? canceled : begun, "The run ended before these steps were done: ", ".");
        }
        if (!begun.empty()) {
            for (const std::size_t place : canceled) {
                if (std::find(begun.begin(), begun.end(), place) == begun.end()) {
                    verdict.why.push_back(steps[place].what);
                }
            }
        }
        return verdict;
    }
    const auto flawed = having(Outcome::CompletedWithFailures);
    verdict.outcome = flawed.empty() ? Outcome::Completed : Outcome::CompletedWithFailures;
    if (!flawed.empty()) {
        lead(flawed, "All steps are done, but mini-batches failed in ", ".");
        return verdict;
    }
    verdict.what.add(steps.size() == 2 ? std::string("Both steps are done") : fmt::format("All {} steps are done", steps.size()));
    const double seconds = picture.workedSeconds(picture.startedMicros(), picture.endedMicros());
    verdict.what.add(seconds > 0 ? fmt::format(", in {}.", text::humanSeconds(seconds)) : std::string("."));
    for (Verdict& step : steps) {
        verdict.why.push_back(std::move(step.what));
        verdict.why.insert(verdict.why.end(), std::make_move_iterator(step.why.begin()), std::make_move_iterator(step.why.end()));
        verdict.next.insert(verdict.next.end(), std::make_move_iterator(step.next.begin()), std::make_move_iterator(step.next.end()));
    }
    return verdict;
}

} // namespace sheaf::triage
