// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/step_fields.h"

#include "core/spec/data_path.h"
#include "core/spec/validator.h"
#include "core/spec/yaml_node.h"

#include <fmt/format.h>

#include <algorithm>

namespace sheaf::pipeline {

namespace fs = std::filesystem;
using spec::Severity;

StepFields::StepFields(ResolveContext& context, Binding& binding, const spec::StepDefinition& step)
    : m_context(context)
    , m_binding(binding)
    , m_step(step)
    , m_fields(step.mergedFields())
    , m_scope(step.isParallel() ? spec::Scope::ParallelNode : spec::Scope::CommandNode)
{
}

void StepFields::report(Severity severity,
    const std::string& code,
    const std::string& field,
    std::string message,
    spec::Finding words)
{
    spec::FieldValue at;
    at.file = m_step.file;
    at.where = m_step.keyWhere;
    const spec::FieldValue* value = m_fields.find(field);
    m_context.report(severity, code, value != nullptr ? *value : at, path(field),
        std::move(message), std::move(words));
}

std::optional<std::string> StepFields::text(const std::string& name)
{
    const spec::FieldValue* value = m_fields.find(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!spec::hasExpression(value->text)) {
        return value->text;
    }
    auto resolved = m_binding.text(m_step, *value, path(name));
    const spec::Field* field = spec::findFieldByPath(m_scope, name);
    if (resolved && field != nullptr && field->type != spec::FieldType::Reference) {
        spec::FieldValue whole = *value;
        whole.text = *resolved;
        if (auto problem = spec::checkValue(*field, whole, path(name))) {
            m_context.add(std::move(*problem));
            return std::nullopt;
        }
    }
    return resolved;
}

void StepFields::read(const std::string& name, std::string& target)
{
    target = text(name).value_or(target);
}

void StepFields::read(const std::string& name, int& target)
{
    std::int64_t wide = target;
    read(name, wide);
    target = static_cast<int>(wide);
}

void StepFields::read(const std::string& name, std::int64_t& target)
{
    if (const auto value = text(name)) {
        target = spec::yamlInt(*value).value_or(target);
    }
}

void StepFields::read(const std::string& name, double& target)
{
    if (const auto value = text(name)) {
        target = spec::yamlNumber(*value).value_or(target);
    }
}

std::string StepFields::reference(
    const std::string& name, const std::string& head, const std::vector<std::string>& names)
{
    const spec::FieldValue* value = m_fields.find(name);
    if (value == nullptr) {
        return {};
    }
    const auto expression = spec::wholeExpression(value->text);
    const bool isForm = expression && expression->is({ head }, 2);
    if (!isForm) {
        report(Severity::Error, "wrong-type", name,
            fmt::format("{}: '{}' is not ${{{{{}.name}}}}", name, value->text, head),
            { value->text, "${{" + head + ".name}}",
                fmt::format(
                    "write ${{{{{}.name}}}} with the name of one of this step's {}", head, head) });
        return {};
    }
    const std::string& wanted = expression->parts[1];
    if (std::find(names.begin(), names.end(), wanted) == names.end()) {
        report(Severity::Error, "unknown-reference", name,
            fmt::format("{}: step '{}' has no '{}' among its {}{}", name, m_step.name, wanted, head,
                spec::didYouMean(wanted, names)),
            { wanted, spec::wordList(names),
                names.empty() ? fmt::format("declare it below {}", head) : std::string("use one of these names") });
        return {};
    }
    return wanted;
}

std::string StepFields::localPath(const std::string& name)
{
    const spec::FieldValue* value = m_fields.find(name);
    const auto written = text(name);
    if (value == nullptr || !written) {
        return {};
    }
    const bool isGit = written->starts_with("git@") || written->starts_with("git+")
        || written->ends_with(".git");
    if (isGit || spec::dataPathKind(*written) != spec::DataPathKind::Local) {
        report(Severity::Error, isGit ? "git-code" : "cloud-data", name,
            fmt::format("{} '{}' cannot be reached from this machine", name, *written),
            { *written, "a local folder or file",
                "fetch the code and write the path of its folder" });
        return {};
    }
    const fs::path absolute = spec::localPath(*written, fs::path(value->file).parent_path());
    std::error_code error;
    if (m_context.checkPaths() && !fs::exists(absolute, error)) {
        const std::string near = spec::nearestPath(*written, fs::path(value->file).parent_path());
        report(Severity::Error, "code-missing", name,
            fmt::format("there is no '{}' (looked for {}){}", *written, absolute.string(), spec::meaning(near)),
            { *written, "a folder or file that is there",
                "check the path; it begins at the folder of the file it is written in" });
    }
    return absolute.string();
}

std::map<std::string, std::string> StepFields::environmentVariables()
{
    const std::string prefix = "environment_variables.";
    std::map<std::string, std::string> variables;
    for (const auto& [name, value] : m_fields.all()) {
        if (name.starts_with(prefix)) {
            if (auto resolved = m_binding.text(m_step, value, path(name))) {
                variables[name.substr(prefix.size())] = std::move(*resolved);
            }
        }
    }
    return variables;
}

} // namespace sheaf::pipeline
