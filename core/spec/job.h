// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/diagnostic.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A pipeline file and its component files as they are written: nothing merged, no expression
/// resolved, no default filled in. What is in a FieldSet was set by the user. pipeline::resolve
/// makes of it what runs.
namespace sheaf::spec {

/// One value that the user wrote, and where.
struct FieldValue
{
    std::string text; // of a scalar
    std::vector<std::string> items; // of a list of scalars
    bool isList = false;
    bool plain = false; // without quotes: may mean a number or a truth value
    bool fromOverride = false; // from --set
    SourceRange where; // of the value
    SourceRange keyWhere;
    std::string file;
};

/// Values by dotted name: "retry_settings.timeout", "environment_variables.LANG". Names are those
/// of field_table.
class FieldSet
{
public:
    [[nodiscard]] const FieldValue* find(const std::string& dotted) const
    {
        const auto found = m_values.find(dotted);
        return found == m_values.end() ? nullptr : &found->second;
    }
    [[nodiscard]] std::string text(
        const std::string& dotted, const std::string& otherwise = {}) const
    {
        const auto* value = find(dotted);
        return value == nullptr ? otherwise : value->text;
    }
    void set(const std::string& dotted, FieldValue value) { m_values[dotted] = std::move(value); }
    [[nodiscard]] const std::map<std::string, FieldValue>& all() const { return m_values; }

private:
    std::map<std::string, FieldValue> m_values;
};

/// An input as written: a literal (or binding), an object, or nothing. In a component it is a
/// declaration.
struct InputDefinition
{
    enum class Form { None, Literal, Object };
    std::string name;
    Form form = Form::None;
    FieldValue literal; // of Literal; its place for every form
    FieldSet fields; // of Object: type, path, mode, default, optional, …
    std::string path; // "jobs.score.inputs.data"
};

/// An output as written: nothing (also {}), a binding, or an object.
struct OutputDefinition
{
    std::string name;
    FieldValue binding; // text is "" when there is none; its place for every form
    FieldSet fields; // type, mode, path, name, version
    std::string path;
};

/// `environment` as written: only recorded, since steps run in the interpreter of this machine.
struct EnvironmentDefinition
{
    std::string words; // the name, else image, else conda file
    std::vector<std::string> condaPackages;
    FieldValue value; // its place
};

/// A step of the pipeline, or the component that it uses.
struct StepDefinition
{
    std::string name;
    SourceRange keyWhere;
    std::string file;
    std::string path; // "jobs.score"; of a component file ""
    std::string type; // in force, lower case: its own, else its component's, else command
    bool isSupported = false; // command or parallel
    bool isComponent = false;
    FieldSet fields;
    std::vector<InputDefinition> inputs;
    std::vector<OutputDefinition> outputs;
    std::optional<EnvironmentDefinition> environment;
    bool hasComponent = false; // names one, whether it could be read or not
    std::shared_ptr<const StepDefinition> component;

    [[nodiscard]] bool isParallel() const { return type == "parallel"; }
    [[nodiscard]] std::filesystem::path folder() const
    {
        return std::filesystem::path(file).parent_path();
    }
    [[nodiscard]] const InputDefinition* input(const std::string& wanted) const
    {
        for (const auto& candidate : inputs) {
            if (candidate.name == wanted) {
                return &candidate;
            }
        }
        return nullptr;
    }
    [[nodiscard]] const OutputDefinition* output(const std::string& wanted) const
    {
        for (const auto& candidate : outputs) {
            if (candidate.name == wanted) {
                return &candidate;
            }
        }
        return nullptr;
    }
    /// The component's values with the step's own laid over them.
    [[nodiscard]] FieldSet mergedFields() const
    {
        FieldSet merged = component ? component->fields : FieldSet {};
        for (const auto& [key, value] : fields.all()) {
            merged.set(key, value);
        }
        return merged;
    }
};

struct PipelineDefinition
{
    std::string file;
    FieldSet fields; // "settings.default_compute" …
    std::vector<InputDefinition> inputs;
    std::vector<OutputDefinition> outputs;
    std::vector<StepDefinition> steps; // in the order written

    [[nodiscard]] std::filesystem::path folder() const
    {
        return std::filesystem::path(file).parent_path();
    }
    [[nodiscard]] const StepDefinition* step(const std::string& wanted) const
    {
        for (const auto& candidate : steps) {
            if (candidate.name == wanted) {
                return &candidate;
            }
        }
        return nullptr;
    }
};

struct JobFile
{
    PipelineDefinition pipeline;
    std::vector<Diagnostic> diagnostics;
    std::vector<std::filesystem::path> files; // read: the job file first, then components
    bool isBroken = false; // the job file is not YAML: what was read of it is good for drawing only
};

} // namespace sheaf::spec
