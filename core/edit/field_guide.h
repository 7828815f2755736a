// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/edit/yaml_outline.h"
#include "core/spec/field_table.h"
#include "core/spec/file_texts.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sheaf::edit {

/// What the table of fields says of a map or value.
struct FieldRule
{
    enum class Names { None, Inputs, Declarations, Outputs, Steps, TablePaths, TableSteps, Conversions, TextItems, Free };
    std::span<const spec::Field> fields {}; // of the keys of a map
    Names names = Names::None; // of a map whose keys are free, or of a list
    const spec::Field* field = nullptr; // whose value it is
    int step = -1; // the entry of the step; of a component file's own root -1
    bool isInStep = false; // a step or a component
    bool isInput = false; // a value of inputs
    bool isOutput = false;
    bool isComponent = false; // in a component, in a file of its own or in the step
};

/// What a file is: told by its name and by what it says of itself.
enum class FileKind { Pipeline, Component, Table };

/// Finds what the table of fields says of a place in a file, as it is being typed. Reads the component file of a step when it must know
/// the step's type or ports. Refers to the outline: lives no longer than it. One thread.
class FieldGuide
{
public:
    FieldGuide(const YamlOutline& outline, std::filesystem::path file, spec::SharedTexts texts);

    [[nodiscard]] FileKind kind() const { return m_kind; }
    /// The rule of what lies at the path; {} is the file itself.
    [[nodiscard]] FieldRule at(const std::vector<std::string>& path) const;
    /// Inputs or outputs ("inputs", "outputs") of a step, or of the file itself (-1), with those of its component: name and type.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> ports(int step, std::string_view list) const;
    /// The entries of the steps of a pipeline.
    [[nodiscard]] std::vector<int> steps() const;

private:
    [[nodiscard]] FieldRule root() const;
    [[nodiscard]] FieldRule below(const FieldRule& rule, const std::string& key, int entry) const;
    [[nodiscard]] FieldRule inField(const FieldRule& rule, const std::string& key, int entry) const;
    [[nodiscard]] std::span<const spec::Field> stepFields(int step, bool isComponent) const;
    [[nodiscard]] bool isParallel(int step) const;
    [[nodiscard]] const YamlOutline* component(int entry) const;

    const YamlOutline& m_outline;
    std::filesystem::path m_file;
    spec::SharedTexts m_texts;
    FileKind m_kind;
    mutable std::filesystem::path m_componentFile; // read last
    mutable std::string m_componentText;
    mutable std::unique_ptr<YamlOutline> m_component;
};

} // namespace sheaf::edit
