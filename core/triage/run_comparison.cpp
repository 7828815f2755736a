// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/run_comparison.h"

#include "core/base/text.h"
#include "core/triage/failed_now.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace sheaf::triage {

using event::MiniBatchState;

namespace {

/// Members that differ between any two runs and say nothing.
bool isOfTheRunItself(const std::string& field)
{
    static const std::vector<std::string> names { "run", "runDir", "workspace", "format", "steps", "outputs", "notes" };
    return std::find(names.begin(), names.end(), field) != names.end();
}

std::string textOf(const boost::json::value& value)
{
    return value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
}

/// The leaves of a JSON value by dotted path; lists of plain values are one leaf.
void flatten(const boost::json::value& value, const std::string& path, const std::string& ownFolder, std::map<std::string, std::string>& leaves)
{
    const auto isPlain = [](const boost::json::value& one) { return !one.is_structured(); };
    if (value.is_object()) {
        for (const auto& [key, member] : value.get_object()) {
            const std::string name = std::string(key);
            if (!path.empty() || !isOfTheRunItself(name)) {
                flatten(member, path.empty() ? name : path + "." + name, ownFolder, leaves);
            }
        }
        return;
    }
    if (value.is_array() && !std::all_of(value.get_array().begin(), value.get_array().end(), isPlain)) {
        std::size_t place = 0;
        for (const auto& entry : value.get_array()) {
            const auto* name = entry.is_object() ? entry.get_object().if_contains("name") : nullptr;
            flatten(entry, path + "." + (name != nullptr ? textOf(*name) : std::to_string(place)), ownFolder, leaves);
            ++place;
        }
        return;
    }
    std::string text = textOf(value);
    if (value.is_array()) {
        std::vector<std::string> parts;
        for (const auto& entry : value.get_array()) {
            parts.push_back(textOf(entry));
        }
        text = text::join(parts, " ");
    }
    for (auto at = text.find(ownFolder); !ownFolder.empty() && at != std::string::npos; at = text.find(ownFolder, at)) {
        text.replace(at, ownFolder.size(), "<run>");
    }
    leaves[path] = text;
}

void compareLeaves(const std::string& step, const std::map<std::string, std::string>& first, const std::map<std::string, std::string>& second,
    std::vector<SettingDifference>& into)
{
    std::map<std::string, std::pair<std::string, std::string>> both;
    for (const auto& [field, text] : first) {
        both[field].first = text;
    }
    for (const auto& [field, text] : second) {
        both[field].second = text;
    }
    for (const auto& [field, texts] : both) {
        if (texts.first != texts.second) {
            into.push_back({ step, field, texts.first, texts.second });
        }
    }
}

template <class T> std::map<std::string, std::string> leavesOf(const T& value, const std::string& ownFolder)
{
    std::map<std::string, std::string> leaves;
    flatten(json::toJson(value), "", ownFolder, leaves);
    return leaves;
}

const pipeline::StepSpec* specNamed(const pipeline::RunSpec& spec, const std::string& name)
{
    const auto found = std::find_if(spec.steps.begin(), spec.steps.end(), [&](const auto& step) { return step.name == name; });
    return found == spec.steps.end() ? nullptr : &*found;
}

/// Steps of the first run in order, then those of the second alone.
std::vector<std::string> stepNames(const RunSide& first, const RunSide& second)
{
    std::vector<std::string> names;
    for (const auto* spec : { &first.spec, &second.spec }) {
        for (const auto& step : spec->steps) {
            if (std::find(names.begin(), names.end(), step.name) == names.end()) {
                names.push_back(step.name);
            }
        }
    }
    return names;
}

std::vector<SettingDifference> settingsOf(const RunSide& first, const RunSide& second)
{
    std::vector<SettingDifference> differences;
    compareLeaves("", leavesOf(first.spec, first.spec.runDir), leavesOf(second.spec, second.spec.runDir), differences);
    for (const auto& name : stepNames(first, second)) {
        const auto* one = specNamed(first.spec, name);
        const auto* other = specNamed(second.spec, name);
        if (one != nullptr && other != nullptr) { // a step that is new is told by its timing
            compareLeaves(name, leavesOf(*one, first.spec.runDir), leavesOf(*other, second.spec.runDir), differences);
        }
    }
    return differences;
}

/// The value below which `share` of them lie; the nearest one that is there.
double quantile(std::vector<float>& values, double share)
{
    const auto place = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(place > 0 ? place - 1 : 0);
    std::nth_element(values.begin(), at, values.end());
    return static_cast<double>(*at);
}

std::optional<StepTiming> timingOf(const RunSide& side, const std::string& name)
{
    if (specNamed(side.spec, name) == nullptr) {
        return std::nullopt;
    }
    const auto* step = side.picture.step(name);
    return step != nullptr ? triage::timingOf(side.picture, *step) : StepTiming();
}

using CauseKey = std::tuple<std::string, event::FailureCause, std::string, std::string, std::string, std::string>;

CauseKey keyOf(const std::string& step, const event::FailureSignature& signature)
{
    const auto slash = signature.place.file.rfind('/');
    const std::string file = slash == std::string::npos ? signature.place.file : signature.place.file.substr(slash + 1);
    return { step, signature.cause, signature.exception, signature.message, file, signature.place.function };
}

std::vector<FailureDifference> failuresOf(const RunSide& first, const RunSide& second)
{
    std::map<CauseKey, FailureDifference> causes;
    const auto add = [&](const RunSide& side, std::size_t FailureDifference::*count) {
        for (const auto& step : side.picture.steps()) {
            for (const auto& [number, failed] : largestGroups(step)) {
                const auto& group = step.failures.groups()[number - 1];
                auto& cause = causes[keyOf(step.name, group.signature)];
                if (cause.error.empty()) {
                    cause.step = step.name;
                    cause.signature = group.signature;
                    cause.error = group.firstError;
                }
                cause.*count += failed;
            }
        }
    };
    add(first, &FailureDifference::first);
    add(second, &FailureDifference::second);
    std::vector<FailureDifference> all;
    for (auto& [key, cause] : causes) {
        cause.change = cause.second == 0 ? FailureChange::Gone : cause.first == 0 ? FailureChange::New : FailureChange::Same;
        all.push_back(std::move(cause));
    }
    const auto rank = [](FailureChange change) { return change == FailureChange::New ? 0 : change == FailureChange::Gone ? 1 : 2; };
    std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
        return std::pair(rank(a.change), b.first + b.second) < std::pair(rank(b.change), a.first + a.second);
    });
    return all;
}

} // namespace

StepTiming timingOf(const event::RunPicture& picture, const event::StepPicture& step)
{
    StepTiming timing;
    std::vector<float> seconds;
    for (const auto& miniBatch : step.miniBatches) {
        if (miniBatch.state == MiniBatchState::Done) {
            seconds.push_back(miniBatch.elapsedSeconds);
        }
    }
    timing.done = static_cast<std::uint32_t>(seconds.size());
    timing.failed = step.count(MiniBatchState::Failed) + step.count(MiniBatchState::TimedOut);
    if (!seconds.empty()) {
        timing.worst = static_cast<double>(*std::max_element(seconds.begin(), seconds.end()));
        timing.p95 = quantile(seconds, 0.95);
        timing.median = quantile(seconds, 0.5);
    }
    if (step.firstAttemptMicros > 0) { // what was taken over from another run took its time there
        timing.wall = picture.workedSeconds(std::max(step.firstAttemptMicros, step.startedMicros), step.endedMicros);
    }
    return timing;
}

RunComparison compareRuns(const RunSide& first, const RunSide& second)
{
    RunComparison comparison;
    comparison.settings = settingsOf(first, second);
    for (const auto& name : stepNames(first, second)) {
        comparison.steps.push_back({ name, timingOf(first, name), timingOf(second, name) });
    }
    comparison.failures = failuresOf(first, second);
    return comparison;
}

} // namespace sheaf::triage
