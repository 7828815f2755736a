// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/pipeline/binding.h"
#include "core/spec/field_table.h"

#include <optional>
#include <string>
#include <vector>

namespace sheaf::pipeline {

/// The merged fields of one step with their expressions resolved and checked again where they had
/// any. Lives while its step is being resolved.
class StepFields
{
public:
    StepFields(ResolveContext& context, Binding& binding, const spec::StepDefinition& step);

    [[nodiscard]] const spec::StepDefinition& step() const { return m_step; }
    [[nodiscard]] const spec::FieldValue* find(const std::string& name) const
    {
        return m_fields.find(name);
    }
    [[nodiscard]] const spec::FieldSet& all() const { return m_fields; }
    [[nodiscard]] std::string path(const std::string& name) const
    {
        return m_step.path + "." + name;
    }

    /// The text in force; nullopt when it is not set or wrong (which was reported).
    [[nodiscard]] std::optional<std::string> text(const std::string& name);
    void read(const std::string& name, std::string& target);
    void read(const std::string& name, int& target);
    void read(const std::string& name, std::int64_t& target);
    void read(const std::string& name, double& target);
    /// x of "${{inputs.x}}" when `names` holds it; "" else (reported).
    [[nodiscard]] std::string reference(
        const std::string& name, const std::string& head, const std::vector<std::string>& names);
    /// A `code` or similar: absolute path, checked to be there. "" when it is not local or not set.
    [[nodiscard]] std::string localPath(const std::string& name);
    [[nodiscard]] std::map<std::string, std::string> environmentVariables();

    void report(spec::Severity severity,
        const std::string& code,
        const std::string& field,
        std::string message,
        spec::Finding words = {});

private:
    ResolveContext& m_context;
    Binding& m_binding;
    const spec::StepDefinition& m_step;
    spec::FieldSet m_fields;
    spec::Scope m_scope;
};

} // namespace sheaf::pipeline
