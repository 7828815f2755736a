// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/resolve_context.h"
#include "core/pipeline/run_spec.h"
#include "core/spec/expression.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sheaf::pipeline {

/// Ties inputs to values and outputs to places: what `${{parent.…}}`, `${{inputs.x}}` and
/// `${{outputs.x}}` of a pipeline stand for. Outputs are placed first, since inputs of other steps
/// are these places. Lives as long as its context.
class Binding
{
public:
    explicit Binding(ResolveContext& context);

    /// Inputs with a value, in the order of component and step.
    [[nodiscard]] std::vector<StepInput> inputs(const spec::StepDefinition& step);
    [[nodiscard]] std::vector<StepOutput> outputs(const spec::StepDefinition& step) const;
    [[nodiscard]] const std::vector<StepOutput>& pipelineOutputs() const
    {
        return m_pipelineOutputs;
    }

    /// What an expression in a field of a step gives. `isPath` tells values that are places of
    /// data.
    struct Value
    {
        std::string text;
        bool isPath = false;
    };
    enum class Use { Bare, InOptionalGroup };
    /// nullopt: it has no value; outside of an optional group that was reported.
    [[nodiscard]] std::optional<Value> evaluate(const spec::StepDefinition& step,
        const spec::Expression& expression,
        const spec::FieldValue& at,
        const std::string& path,
        Use use = Use::Bare);
    /// A field's text with every expression replaced; nullopt when one has no value.
    [[nodiscard]] std::optional<std::string> text(
        const spec::StepDefinition& step, const spec::FieldValue& value, const std::string& path);
    /// Finds what is wrong with pipeline inputs and outputs that no step uses.
    void checkUnused();
    /// An output of this pipeline lies in the folder, so it is filled before it is read.
    [[nodiscard]] bool isWrittenHere(const std::filesystem::path& folder) const;

private:
    /// A value on its way to an input: what it is, and from where its path counts.
    struct Source
    {
        StepInput input;
        bool isData = false;
        bool isText = false; // a literal: may still turn out to be a path
        std::filesystem::path folder; // that a literal path is relative to
        spec::FieldValue at; // where it was written
        std::string path;
    };

    // --- inputs
    [[nodiscard]] const std::optional<StepInput>& input(
        const spec::StepDefinition& step, const std::string& name);
    [[nodiscard]] std::optional<StepInput> resolveInput(
        const spec::StepDefinition& step, const std::string& name);
    [[nodiscard]] std::optional<Source> sourceOf(const spec::StepDefinition& step,
        const spec::InputDefinition& own,
        const spec::InputDefinition* declared);
    [[nodiscard]] std::optional<Source> bound(const spec::StepDefinition& step,
        const spec::Expression& expression,
        const spec::FieldValue& at,
        const std::string& path);
    [[nodiscard]] std::optional<Source> fromDeclaration(const spec::StepDefinition& step,
        const spec::InputDefinition& declared,
        const spec::InputDefinition* own);
    [[nodiscard]] std::optional<Source> fromObject(const spec::StepDefinition* step,
        const spec::InputDefinition& definition,
        const spec::InputDefinition* declared,
        const std::filesystem::path& folder);
    [[nodiscard]] std::optional<Source> fromLiteral(const spec::FieldValue& literal,
        const std::string& path,
        const std::filesystem::path& folder) const;
    [[nodiscard]] std::optional<Source> mixed(
        const spec::StepDefinition& step, const spec::FieldValue& value, const std::string& path);
    [[nodiscard]] const std::optional<Source>& parentInput(const std::string& name);
    [[nodiscard]] std::optional<Source> resolveParentInput(const spec::InputDefinition& definition);
    void settleType(
        Source& source, const spec::InputDefinition* own, const spec::InputDefinition* declared);
    void checkLiteral(const Source& source, const spec::InputDefinition& declared);
    void turnIntoPath(Source& source);
    void checkData(const Source& source);
    void missing(const spec::StepDefinition& step,
        const std::string& name,
        const spec::InputDefinition* own);
    void unknown(const char* what,
        const std::string& name,
        const std::vector<std::string>& known,
        const spec::FieldValue& at,
        const std::string& path);

    // --- outputs
    void placeOutputs();
    [[nodiscard]] StepOutput placeOutput(const spec::StepDefinition& step, const std::string& name);
    [[nodiscard]] std::string boundOutput(
        const spec::OutputDefinition* own, const std::string& stepName);
    void placeBound(StepOutput& output,
        const spec::OutputDefinition& own,
        const std::string& parent,
        bool typeIsOwn);
    void placeByPath(StepOutput& output,
        const spec::FieldValue& path,
        const std::string& dotted,
        const std::string& stepName,
        const std::filesystem::path& folder);
    void claim(const StepOutput& output, const spec::FieldValue& at, const std::string& path);
    [[nodiscard]] std::string parentFolder(const std::string& name) const;

    ResolveContext& m_context;
    std::map<std::string, std::vector<StepOutput>> m_outputs; // by step
    std::vector<StepOutput> m_pipelineOutputs;
    std::map<std::string, std::string> m_claims; // path → who writes it
    std::map<std::pair<std::string, std::string>, std::optional<StepInput>>
        m_inputs; // by step and name
    std::set<std::pair<std::string, std::string>> m_open; // inputs being resolved: to see circles
    std::map<std::string, std::optional<Source>> m_parentInputs;
    spec::Severity m_dataSeverity
        = spec::Severity::Error; // of data that are not there: a warning when nobody uses them
};

} // namespace sheaf::pipeline
