// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "tests/core/runtime/recording_effects.h"

#include <fmt/format.h>

#include <algorithm>

namespace sheaf::test {

using namespace sheaf::runtime;

namespace {

/// One visitor from several lambdas.
template <class... F> struct Cases : F...
{
    using F::operator()...;
};
template <class... F> Cases(F...) -> Cases<F...>;

} // namespace

void RecordingEffects::send(NodeIndex node, const ToAgent& message)
{
    const std::string text = std::visit(
        Cases {
            [&](const StartStep& one) {
                return "start " + name(one.step) + " " + std::string(one.config);
            },
            [&](const AssignMiniBatches& one) {
                std::string words = "assign " + name(one.step);
                for (const auto& assignment : one.assignments) {
                    held[{ one.step.value, assignment.miniBatch.value }]
                        = { node, assignment.attempt, assignment.avoidProcess };
                    const std::string expected = fmt::format("line {}", assignment.miniBatch.value);
                    words += fmt::format(" {}", assignment.miniBatch.value);
                    words += assignment.line == expected ? "" : " with a wrong line";
                }
                return words;
            },
            [&](const FinishStep& one) { return "finish " + name(one.step); },
            [&](const CancelStep& one) { return "cancel " + name(one.step); },
            [&](const DrainStep& one) { return "drain " + name(one.step); },
            [&](const RecallMiniBatches& one) { return "recall " + name(one.step); },
            [&](const RunCommand& one) { return "command " + std::string(one.config); },
            [&](const LeaveRun&) { return std::string("leave"); },
        },
        message);
    lines.push_back(fmt::format("to {}: {}", node.value, text));
}

void RecordingEffects::record(event::Fact fact)
{
    const std::string text = std::visit(
        Cases {
            [&](const event::RunStarted& one) {
                return std::string(one.resumed ? "run resumed" : "run started");
            },
            [&](const event::RunEnded& one) {
                return fmt::format("run ended {}", json::enumName(one.state));
            },
            [&](const event::StopAsked& one) {
                return std::string(one.now ? "stop asked now" : "stop asked");
            },
            [&](const event::NodeJoined& one) {
                return fmt::format("node {} joined", one.node.value);
            },
            [&](const event::StepStarted& one) { return name(one.step) + ": started"; },
            [&](const event::StepPlanned& one) {
                return fmt::format("{}: planned {}", name(one.step), one.miniBatches);
            },
            [&](const event::StepFinalizing& one) { return name(one.step) + ": finalizing"; },
            [&](const event::StepEnded& one) {
                return fmt::format("{}: ended {}{}{}", name(one.step), json::enumName(one.state),
                    one.reason.empty() ? "" : " ", one.reason);
            },
            [&](const event::AttemptEnded& one) {
                return fmt::format("{}: {} {}{}{}", name(one.step), one.miniBatch.value,
                    json::enumName(one.outcome), one.final ? "" : ", again", one.code != 0 ? fmt::format(", code {}", one.code) : "");
            },
            [&](const event::MiniBatchesReopened& one) {
                return fmt::format("{}: reopened {}", name(one.step), one.miniBatches.empty() ? std::to_string(one.count) : one.miniBatches);
            },
            [&](const event::RepairAsked& one) { return fmt::format("{}: repair of {}", name(one.step), one.miniBatches); },
            [&](const event::MiniBatchesIgnored& one) {
                return fmt::format("{}: {} {}", name(one.step), one.ignored ? "ignored" : "counted again", one.miniBatches);
            },
            [&](const event::CodeChanged& one) { return fmt::format("{}: code {}", name(one.step), one.code); },
            [&](const event::StepReset& one) { return name(one.step) + ": reset"; },
            [&](const event::WarningRaised& one) { return "warning " + one.code; },
            [&](const event::WorkerStarted& one) { return name(one.step) + ": worker started"; },
            [&](const event::WorkerInitialized& one) { return name(one.step) + ": worker ready"; },
            [&](const event::WorkerEnded& one) { return name(one.step) + ": worker ended"; },
            [&](const event::AttemptStarted& one) {
                return fmt::format("{}: {} running", name(one.step), one.miniBatch.value);
            },
            [&](const event::CommandStarted& one) { return name(one.step) + ": command started"; },
        },
        fact);
    lines.push_back(text);
    events.push_back({ events.size() + 1, 0, std::move(fact) });
}

std::optional<std::uint64_t> RecordingEffects::keepRows(
    StepIndex, MiniBatchIndex, std::string_view, std::string_view rows)
{
    if (diskIsFull) {
        return std::nullopt;
    }
    const std::uint64_t begin = spool.size();
    spool += rows;
    return begin;
}

std::string_view RecordingEffects::planLine(StepIndex, MiniBatchIndex miniBatch)
{
    m_planLine = fmt::format("line {}", miniBatch.value);
    return m_planLine;
}

std::string RecordingEffects::agentStep(StepIndex, NodeIndex, std::uint32_t firstProcess)
{
    return fmt::format("from process {}", firstProcess);
}

void RecordingEffects::finalizeStep(StepIndex step, const std::vector<RowSpan>& rows)
{
    finalized[step.value] = rows;
    lines.push_back("finalize " + name(step));
}

int RecordingEffects::count(const std::string& line) const
{
    return static_cast<int>(std::count(lines.begin(), lines.end(), line));
}

std::string RecordingEffects::all(const std::string& beginning) const
{
    std::string found;
    for (const auto& line : lines) {
        found += line.starts_with(beginning) ? line + "\n" : "";
    }
    return found;
}

event::StepEnded RecordingEffects::end(StepIndex step) const
{
    event::StepEnded found;
    found.state = event::StepState::NotStarted; // none yet
    for (const auto& event : events) {
        const auto* ended = std::get_if<event::StepEnded>(&event.fact);
        if (ended != nullptr && ended->step == step) {
            found = *ended;
        }
    }
    return found;
}

} // namespace sheaf::test
