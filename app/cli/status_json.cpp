// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "app/cli/status_json.h"

#include "core/base/clock.h"

#include <variant>

namespace sheaf::cli {

namespace {

boost::json::object countsOf(const event::StepPicture& step)
{
    boost::json::object counts;
    counts["total"] = step.total();
    for (std::size_t i = 0; i < event::kMiniBatchStates; ++i) {
        counts[json::enumName(static_cast<event::MiniBatchState>(i))] = step.counts[i];
    }
    return counts;
}

boost::json::object sentenceObject(const triage::Sentence& sentence)
{
    boost::json::object object;
    object["text"] = sentence.text();
    object["parts"] = json::toJson(sentence.parts);
    return object;
}

/// Sentences as text and as parts with their links; commands as they can be typed.
boost::json::object verdictJson(const OpenRun& run, const triage::Verdict& verdict)
{
    boost::json::object object;
    object["outcome"] = json::enumName(verdict.outcome);
    object["what"] = sentenceObject(verdict.what);
    object["limit"] = json::toJson(verdict.limit);
    boost::json::array why;
    for (const auto& sentence : verdict.why) {
        why.push_back(sentenceObject(sentence));
    }
    object["why"] = std::move(why);
    boost::json::array next;
    for (const auto& action : verdict.next) {
        boost::json::object step = sentenceObject(action.text);
        step["does"] = json::toJson(action.does);
        step["command"] = action.command
            ? boost::json::value(commandFor(run.workspace, action.command->verb, action.command->subject, action.command->rest))
            : boost::json::value(nullptr);
        next.push_back(std::move(step));
    }
    object["next"] = std::move(next);
    return object;
}

boost::json::object stepObject(const OpenRun& run, const event::StepPicture& step)
{
    boost::json::object object;
    object["name"] = step.name;
    object["state"] = stepStateWord(run, step);
    object["reason"] = step.reason;
    object["message"] = step.message;
    object["exitCode"] = step.exitCode;
    object["started"] = timeOrNull(step.startedMicros);
    object["ended"] = timeOrNull(step.endedMicros);
    object["miniBatches"] = countsOf(step);
    object["itemsDone"] = step.itemsDone;
    object["itemsFailed"] = step.itemsFailed;
    object["attemptsFailed"] = step.attemptsFailed;
    boost::json::object outputs;
    if (const auto* spec = run.stepSpec(step.name)) {
        object["kind"] = json::enumName(spec->kind);
        for (const auto& output : spec->outputs) {
            outputs[output.name] = output.path;
        }
    }
    object["outputs"] = std::move(outputs);
    object["logs"] = run.dir.logs(step.name).string();
    object["jobResult"] = run.dir.jobResult(step.name).string();
    return object;
}

} // namespace

boost::json::value timeOrNull(std::int64_t micros)
{
    return micros == 0 ? boost::json::value(nullptr) : boost::json::value(isoTime(micros) + "Z");
}

triage::Liveness livenessOf(const OpenRun& run)
{
    if (!run.workspace.isActive(run.name)) {
        return triage::Liveness::Gone;
    }
    return run.picture.lastSequence() == 0 ? triage::Liveness::Starting : triage::Liveness::Active;
}

std::string stepStateWord(const OpenRun& run, const event::StepPicture& step)
{
    const bool going = step.state != event::StepState::NotStarted && !step.isOver();
    return going && run.isInterrupted() ? "Interrupted" : json::enumName(step.state);
}

std::string statusJson(const OpenRun& run)
{
    boost::json::object object;
    object["run"] = run.name;
    object["state"] = run.stateWord();
    object["message"] = run.picture.message();
    object["displayName"] = run.spec.displayName;
    object["jobFile"] = run.spec.jobFile;
    object["folder"] = run.dir.path().string();
    object["python"] = run.spec.python;
    object["started"] = timeOrNull(run.picture.startedMicros());
    object["ended"] = timeOrNull(run.isOver() ? run.picture.endedMicros() : 0);
    object["resumes"] = run.picture.resumes();
    boost::json::array steps;
    for (const auto& step : run.picture.steps()) {
        steps.push_back(stepObject(run, step));
    }
    object["steps"] = std::move(steps);
    object["verdict"] = verdictJson(run, triage::verdictOf(run.picture, run.spec, livenessOf(run)));
    return boost::json::serialize(object);
}

std::string miniBatchError(OpenRun& run, const event::MiniBatchNow& now)
{
    if (!run.store || now.lastEvent == 0 || now.state == event::MiniBatchState::Done) {
        return {};
    }
    const auto event = run.store->read(now.lastEvent);
    const auto* ended = event ? std::get_if<event::AttemptEnded>(&event->fact) : nullptr;
    return ended != nullptr ? ended->error : std::string();
}

std::string miniBatchJson(OpenRun& run, StepIndex step, std::uint32_t index)
{
    const auto& now = run.picture.steps()[step.value].miniBatches[index];
    const bool tried = now.wasTried();
    boost::json::object object;
    object["miniBatch"] = index;
    object["state"] = json::enumName(now.state);
    object["picked"] = now.picked;
    object["outcome"] = now.lastEvent != 0 ? boost::json::value(json::enumName(now.outcome))
                                           : boost::json::value(nullptr);
    object["items"] = now.items;
    object["returned"] = now.returned;
    object["node"] = tried ? boost::json::value(now.node.value) : boost::json::value(nullptr);
    object["code"] = tried ? boost::json::value(now.code) : boost::json::value(nullptr);
    object["process"] = tried ? boost::json::value(runtime::RunDir::processName(now.process))
                              : boost::json::value(nullptr);
    object["start"] = timeOrNull(now.startMicros);
    object["elapsedSeconds"] = now.elapsedSeconds;
    object["processSeconds"] = now.processSeconds;
    object["runSeconds"] = now.runSeconds;
    object["error"] = miniBatchError(run, now);
    return boost::json::serialize(object);
}

} // namespace sheaf::cli
