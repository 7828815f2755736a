// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/resolver.h"

#include "core/base/text.h"
#include "core/pipeline/argument_text.h"
#include "core/pipeline/binding.h"
#include "core/pipeline/graph.h"
#include "core/pipeline/parallel_settings.h"
#include "core/pipeline/step_fields.h"
#include "core/spec/job_reader.h"
#include "core/spec/validator.h"
#include "core/spec/yaml_node.h"

#include <fmt/format.h>

#include <algorithm>

namespace sheaf::pipeline {

using spec::Severity;
using spec::StepDefinition;

namespace {

bool isOn(const spec::FieldSet& fields, const std::string& name, bool otherwise)
{
    return spec::yamlBool(fields.text(name)).value_or(otherwise);
}

/// Fields that say what a step is, not how it is set.
bool isSetting(const std::string& name)
{
    static const std::vector<std::string> kOthers { "$schema", "type", "component", "name",
        "version", "display_name", "description", "tags", "experiment_name", "is_deterministic" };
    return std::find(kOthers.begin(), kOthers.end(), name) == kOthers.end();
}

class StepResolver
{
public:
    StepResolver(ResolveContext& context, Binding& binding, const StepDefinition& definition)
        : m_context(context)
        , m_binding(binding)
        , m_definition(definition)
        , m_fields(context, binding, definition)
    {
    }

    StepSpec resolve()
    {
        m_step.name = m_definition.name;
        m_step.kind = m_definition.isParallel() ? StepKind::Parallel : StepKind::Command;
        m_step.displayName = m_definition.fields.text("display_name",
            m_definition.component ? m_definition.component->fields.text("display_name")
                                   : std::string());
        m_step.inputs = m_binding.inputs(m_definition);
        m_step.outputs = m_binding.outputs(m_definition);
        readDependencies();
        if (m_definition.isSupported) {
            readSettings();
        }
        return std::move(m_step);
    }

private:
    void readSettings()
    {
        m_context.add(spec::checkStep(m_definition, m_fields.all()));
        for (const auto& [name, value] : m_fields.all().all()) {
            if (isSetting(name)) {
                m_step.setByUser.push_back(name);
            }
        }
        readCompute();
        readEnvironment();
        m_step.environmentVariables = m_fields.environmentVariables();
        readInstanceCount();
        if (m_definition.isParallel()) {
            resolveParallel(m_context, m_binding, m_fields, m_step);
        } else {
            resolveCommand();
        }
    }

    /// A step waits for the makers of its inputs, and for those named in other fields.
    void readDependencies()
    {
        const auto wait = [&](const std::string& step) {
            auto& all = m_step.dependsOn;
            if (!step.empty() && std::find(all.begin(), all.end(), step) == all.end()) {
                all.push_back(step);
            }
        };
        for (const auto& input : m_step.inputs) {
            wait(input.fromStep);
        }
        for (const auto& [name, value] : m_fields.all().all()) {
            waitForNamed(value.text, wait);
        }
        for (const auto& input :
            m_definition.inputs) { // also "part ${{parent.jobs.x.outputs.y}}/sub"
            waitForNamed(input.literal.text, wait);
            waitForNamed(input.fields.text("path"), wait);
        }
    }

    template <class Wait> void waitForNamed(const std::string& text, const Wait& wait) const
    {
        for (const auto& expression : spec::findExpressions(text)) {
            if (expression.is({ "parent", "jobs" }, 5) && expression.parts[3] == "outputs"
                && expression.parts[2] != m_definition.name
                && m_context.pipeline().step(expression.parts[2]) != nullptr) {
                wait(expression.parts[2]);
            }
        }
    }

    void readCompute()
    {
        const auto& pipeline = m_context.pipeline().fields;
        const std::string whole
            = pipeline.text("compute", pipeline.text("settings.default_compute"));
        m_step.compute = m_fields.text("compute").value_or(whole);
        if (!m_step.compute.empty() && m_step.compute != "local") {
            m_context.note(fmt::format(
                "compute '{}' is not known here: its steps run on this machine", m_step.compute));
        }
    }

    void readEnvironment()
    {
        const auto& environment = m_definition.environment || !m_definition.component
            ? m_definition.environment
            : m_definition.component->environment;
        if (environment) {
            m_step.environment = environment->words;
            m_step.condaPackages = environment->condaPackages;
        }
    }

    void readInstanceCount()
    {
        const std::string name = m_fields.find("resources.instance_count") != nullptr
            ? "resources.instance_count"
            : "instance_count";
        m_fields.read(name, m_step.instanceCount);
        if (m_step.instanceCount == -1) {
            m_step.instanceCount = 1;
            m_fields.report(Severity::Note, "instance-count", name,
                "instance_count: -1 is taken as one node", { "-1", "", "" });
        }
        if (m_step.instanceCount > 1 && !m_definition.isParallel()) {
            m_fields.report(Severity::Warning, "instance-count", name,
                fmt::format("step '{}' is a command step and runs on one node here, not on {}",
                    m_step.name, m_step.instanceCount),
                { fmt::format("{}", m_step.instanceCount), "1",
                    "write instance_count: 1, or make it a parallel step" });
            m_step.instanceCount = 1;
        }
    }

    void resolveCommand()
    {
        m_step.command.command = commandText(m_fields, m_binding, "command");
        m_step.command.code = m_fields.localPath("code");
        m_fields.read("limits.timeout", m_step.command.timeoutSeconds);
    }

    ResolveContext& m_context;
    Binding& m_binding;
    const StepDefinition& m_definition;
    StepFields m_fields;
    StepSpec m_step;
};

void reportCycle(ResolveContext& context, const std::vector<std::string>& cycle)
{
    const StepDefinition* step = context.pipeline().step(cycle.front());
    spec::FieldValue at;
    at.file = step->file;
    at.where = step->keyWhere;
    const std::string round = text::join(cycle, " → ");
    context.report(Severity::Error, "cycle", at, step->path,
        cycle.size() == 2 ? fmt::format("step '{}' waits for itself", cycle.front())
                          : fmt::format("these steps wait for each other: {}", round),
        { round, "steps without a circle", "take away one of the bindings between them" });
}

void putInOrder(ResolveContext& context, std::vector<StepSpec>& steps)
{
    std::vector<GraphNode> nodes;
    for (const auto& step : steps) {
        nodes.push_back({ step.name, step.dependsOn });
    }
    const GraphOrder graph = orderSteps(nodes);
    for (const auto& cycle : graph.cycles) {
        reportCycle(context, cycle);
    }
    std::vector<StepSpec> ordered;
    for (const std::size_t index : graph.order) {
        ordered.push_back(std::move(steps[index]));
    }
    steps = std::move(ordered);
}

} // namespace

Resolved resolve(const ResolveRequest& request)
{
    Resolved resolved;
    ResolveContext context(request, spec::readJob(request.jobFile, request.overrides, request.texts, request.known.get()));
    const auto& pipeline = context.pipeline();
    RunSpec& run = resolved.spec;
    run.jobFile = pipeline.file;
    run.displayName = pipeline.fields.text("display_name");
    run.experimentName = pipeline.fields.text("experiment_name");
    run.description = pipeline.fields.text("description");
    run.overrides = request.overrides;
    const bool older = isOn(pipeline.fields, "settings.continue_run_on_step_failure", true);
    run.continueOnStepFailure = isOn(pipeline.fields, "settings.continue_on_step_failure", older);

    Binding binding(context);
    for (const auto& definition : pipeline.steps) {
        run.steps.push_back(StepResolver(context, binding, definition).resolve());
    }
    binding.checkUnused();
    putInOrder(context, run.steps);
    run.outputs = binding.pipelineOutputs();
    resolved.disabled = edit::disabledSteps(context.sourceText(pipeline.file).bytes());
    context.finish(resolved);
    return resolved;
}

} // namespace sheaf::pipeline
