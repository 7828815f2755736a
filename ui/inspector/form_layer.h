// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/field_table.h"
#include "core/spec/yaml_node.h"
#include "ui/inspector/form_model.h"

#include <string>
#include <vector>

namespace sheaf::ui {

/// A map that values are looked up in: the step as the pipeline file has it, its component, the pipeline itself. Refers to a FormSource.
struct FormLayer {
    FormOrigin origin = FormOrigin::Pipeline;
    std::string file;
    std::vector<std::string> prefix; // keys from the root of the file to the map
    const spec::YamlNode* root = nullptr;
    spec::Scope scope = spec::Scope::Pipeline;

    struct Hit {
        const spec::YamlNode* node = nullptr; // null: nothing is written
        std::vector<std::string> path; // as it is spelt in the file, below the prefix
    };
    /// The value at a dotted path, also under its name in older files.
    [[nodiscard]] Hit lookUp(const std::vector<std::string>& path) const;
    /// What is written for an input or output: a lone value, a map, or null. `kind` is "inputs" or "outputs".
    [[nodiscard]] const spec::YamlNode* port(const std::string& kind, const std::string& name) const;
};

[[nodiscard]] bool isThere(const spec::YamlNode* node);
[[nodiscard]] std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b);
/// The cell says what the node says.
void takeValue(FormCell& cell, const spec::Field& field, const spec::YamlNode& node);
[[nodiscard]] FormRow makeRow(FormGroup group, const spec::Field& field, std::string id, FormCell cell);

} // namespace sheaf::ui
