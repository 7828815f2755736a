// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/recorded_run.h"

#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/store/event_store.h"
#include "core/workspace/code_snapshot.h"

#include <algorithm>
#include <filesystem>

namespace sheaf::workspace {

namespace {

constexpr std::size_t kEventsAtOnce = 20000;

/// Texts that are `from` or a path below it, wherever they stand.
void moveTexts(boost::json::value& value, const std::string& from, const std::string& to)
{
    if (value.is_string()) {
        const std::string text(value.get_string());
        if (text.starts_with(from) && (text.size() == from.size() || text[from.size()] == '/')) {
            value = to + text.substr(from.size());
        }
    } else if (value.is_array()) {
        for (auto& entry : value.get_array()) {
            moveTexts(entry, from, to);
        }
    } else if (value.is_object()) {
        for (auto& [key, member] : value.get_object()) {
            moveTexts(member, from, to);
        }
    }
}

/// Names of steps are names of folders: in a copy they must not lead out of it.
bool staysBelow(const std::string& name)
{
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
}

} // namespace

bool isMoved(const runtime::RunDir& dir, const pipeline::RunSpec& asWritten)
{
    std::error_code error;
    return !asWritten.runDir.empty() && asWritten.runDir != dir.path().string() && !std::filesystem::equivalent(asWritten.runDir, dir.path(), error);
}

bool isMoved(const runtime::RunDir& dir)
{
    const auto text = paths::readFile(dir.spec());
    const auto spec = text ? json::deserialize<pipeline::RunSpec>(*text, dir.spec().string()) : Result<pipeline::RunSpec>(pipeline::RunSpec());
    return spec && isMoved(dir, *spec);
}

Result<pipeline::RunSpec> readSpec(const runtime::RunDir& dir)
{
    const auto text = paths::readFile(dir.spec());
    if (!text) {
        return tl::unexpected<Error>(text.error());
    }
    auto spec = json::deserialize<pipeline::RunSpec>(*text, dir.spec().string());
    const std::string here = dir.path().string();
    for (const auto& step : spec ? spec->steps : std::vector<pipeline::StepSpec>()) {
        if (!staysBelow(step.name)) {
            return fail(ErrorCode::Parse, { { "what", dir.spec().string() }, { "reason", "'" + step.name + "' is no name of a step" } });
        }
    }
    if (!spec || spec->runDir.empty() || spec->runDir == here) {
        return spec;
    }
    auto value = json::toJson(*spec);
    moveTexts(value, std::string(spec->runDir), here);
    if (!json::fromJson(value, *spec)) {
        return fail(ErrorCode::Parse, { { "what", dir.spec().string() }, { "reason", "its paths" } });
    }
    return spec;
}

std::vector<StepCodeDifference> codeBetween(const RecordedRun& first, const RecordedRun& second)
{
    struct Code {
        std::filesystem::path folder;
        std::int64_t untilMicros = 0; // what was written there later is no code
    };
    const auto codeOf = [](const RecordedRun& run, const std::string& name) {
        const event::StepPicture* step = run.picture.step(name);
        const std::uint32_t state = step != nullptr && !step->codes.empty() ? step->codes.back().number : 0;
        return Code { runtime::RunDir(run.spec.runDir).code(name, state), state == 0 ? run.picture.startedMicros() : step->codes.back().sinceMicros };
    };
    std::vector<StepCodeDifference> differences;
    for (const auto& step : first.spec.steps) {
        if (std::none_of(second.spec.steps.begin(), second.spec.steps.end(), [&](const auto& other) { return other.name == step.name; })) {
            continue;
        }
        const Code one = codeOf(first, step.name);
        const Code other = codeOf(second, step.name);
        const auto files = differentCode(one.folder, one.untilMicros, other.folder, other.untilMicros);
        if (!files || !files->empty()) {
            differences.push_back({ step.name, files.value_or(std::vector<std::string>()) });
        }
    }
    return differences;
}

Result<RecordedRun> readRun(const runtime::RunDir& dir, const std::stop_token& stop)
{
    auto spec = readSpec(dir);
    if (!spec) {
        return tl::unexpected<Error>(spec.error());
    }
    RecordedRun run { std::move(*spec), {} };
    auto store = store::EventStore::openForReading(dir.database());
    if (!store) {
        return store.error().code == ErrorCode::NotFound ? Result<RecordedRun>(std::move(run)) : tl::unexpected<Error>(store.error());
    }
    while (!stop.stop_requested()) {
        const auto events = store->readFrom(run.picture.lastSequence() + 1, kEventsAtOnce);
        if (!events) {
            return tl::unexpected<Error>(events.error());
        }
        if (events->empty()) {
            return run;
        }
        event::ChangeSet ignored;
        run.picture.apply(*events, ignored);
    }
    return fail(ErrorCode::Canceled, {});
}

} // namespace sheaf::workspace
