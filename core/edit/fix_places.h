// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/expression.h"
#include "core/spec/yaml_node.h"

#include <string>
#include <vector>

namespace sheaf::edit {

/// An entry or item of a file that can be changed where it stands.
struct FixPlace
{
    std::vector<std::string> path;
    const spec::YamlNode* node = nullptr;
    const spec::YamlEntry* entry = nullptr; // null for items of lists and the file itself
};

/// A pipeline or component file as quick fixes look at it: what stands at a place of the text, and which steps, inputs and outputs there are.
/// Works on the text alone, so what a component file says is not known here. Refers to the document, which must outlive it.
class FixPlaces
{
public:
    using Path = std::vector<std::string>;
    using Names = std::vector<std::string>;

    explicit FixPlaces(const spec::YamlDocument& document);

    // --- places; null for what is not there or came through an alias or `<<`
    [[nodiscard]] const FixPlace* at(const Path& path) const;
    [[nodiscard]] const FixPlace* withKeyAt(std::size_t offset) const;
    [[nodiscard]] const FixPlace* withValueAt(std::size_t offset) const;
    /// The innermost one whose value holds the offset.
    [[nodiscard]] const FixPlace* around(std::size_t offset) const;

    // --- what the file says, aliases followed
    [[nodiscard]] const spec::YamlNode* find(const Path& path) const;
    [[nodiscard]] bool has(const Path& path) const { return find(path) != nullptr; }
    [[nodiscard]] std::string scalar(const Path& path) const;
    [[nodiscard]] Names keys(const Path& path) const;

    /// A file of one component: its fields stand at the root.
    [[nodiscard]] bool isComponent() const { return m_isComponent; }
    /// The step that a path is in, "" for none.
    [[nodiscard]] static std::string stepOf(const Path& path) { return path.size() >= 2 && path[0] == "jobs" ? path[1] : std::string(); }
    /// Names of a step's "inputs" or "outputs"; of the component in a component file.
    [[nodiscard]] Names ports(const std::string& step, const std::string& head) const;
    /// Inputs of the step that can be split.
    [[nodiscard]] Names dataInputs(const std::string& step) const;
    /// "string", "uri_folder" … of an input or output, as far as this file tells.
    [[nodiscard]] std::string typeOf(const Path& port, int depth = 0) const;
    /// What is called `name` and can feed an input of the step: "parent.inputs.x", "parent.jobs.a.outputs.x".
    [[nodiscard]] Names sourcesFor(const std::string& step, const std::string& name) const;
    /// Whether such a source is data, not a value.
    [[nodiscard]] bool isData(const std::string& source) const;
    /// Whether the parts of an expression in this step name something that it may wait for.
    [[nodiscard]] bool names(const std::string& step, const Names& parts) const;
    /// Whether `step` waits for `other`, directly or by way of others.
    [[nodiscard]] bool waitsFor(const std::string& step, const std::string& other) const;

    /// Where expressions of this file name the step, input or output at `path`: the bytes of the name.
    [[nodiscard]] std::vector<spec::SourceRange> referencesTo(const Path& path) const;

private:
    void collect(const spec::YamlNode& node, const spec::YamlEntry* entry, const Path& path);

    const spec::YamlDocument& m_document;
    std::vector<FixPlace> m_all; // parents before their children
    bool m_isComponent = false;
};

} // namespace sheaf::edit
