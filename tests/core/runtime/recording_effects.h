// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/runtime/coordinator.h"

#include <map>
#include <string>
#include <vector>

namespace sheaf::test {

/// Carries nothing out: keeps what the coordinator wanted as one line of text each ("to 0: assign
/// work 0 1", "work: ended Failed no_result", "plan work"), and which attempt of a mini-batch was
/// handed to whom last.
class RecordingEffects : public runtime::CoordinatorEffects
{
public:
    struct Held
    {
        NodeIndex node;
        AttemptId attempt;
        std::uint32_t avoidProcess = runtime::kNoProcess;
    };

    explicit RecordingEffects(const pipeline::RunSpec& spec)
        : m_spec(spec)
    {
    }

    std::vector<std::string> lines;
    std::vector<event::Event> events;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Held> held; // by step and mini-batch
    std::map<std::uint32_t, std::vector<runtime::RowSpan>> finalized; // by step
    std::string spool;
    std::uint32_t itemsPlanned = 0;
    bool diskIsFull = false; // rows cannot be kept

    void send(NodeIndex node, const runtime::ToAgent& message) override;
    void record(event::Fact fact) override;
    std::optional<std::uint64_t> keepRows(
        StepIndex step, MiniBatchIndex miniBatch, std::string_view header, std::string_view rows) override;
    std::vector<event::LogRange> takeLogRanges(StepIndex, AttemptId) override { return {}; }
    void planStep(StepIndex step) override { lines.push_back("plan " + name(step)); }
    void stopPlanning(StepIndex step) override { lines.push_back("stop planning " + name(step)); }
    std::string_view planLine(StepIndex, MiniBatchIndex miniBatch) override;
    std::uint32_t plannedItems(StepIndex, MiniBatchIndex) override { return itemsPlanned; }
    std::string agentStep(StepIndex step, NodeIndex, std::uint32_t firstProcess) override;
    std::string agentCommand(StepIndex step) override { return name(step); }
    void finalizeStep(StepIndex step, const std::vector<runtime::RowSpan>& rows) override;
    void resetStep(StepIndex step) override { lines.push_back("forget " + name(step)); }
    void stepEnded(StepIndex step) override { lines.push_back("reports of " + name(step)); }
    void runEnded() override { lines.emplace_back("run is over"); }

    [[nodiscard]] int count(const std::string& line) const;
    [[nodiscard]] bool has(const std::string& line) const { return count(line) > 0; }
    /// Lines that begin so, one below the other.
    [[nodiscard]] std::string all(const std::string& beginning) const;
    /// The last StepEnded of a step; its message is for people.
    [[nodiscard]] event::StepEnded end(StepIndex step) const;

private:
    [[nodiscard]] std::string name(StepIndex step) const
    {
        return m_spec.steps.at(step.value).name;
    }

    const pipeline::RunSpec& m_spec;
    std::string
        m_planLine; // one, overwritten each time: the contract says "valid until the next call"
};

} // namespace sheaf::test
