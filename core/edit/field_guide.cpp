// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/field_guide.h"

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/spec/data_path.h"
#include "core/spec/ml_table.h"

#include <algorithm>
#include <set>

namespace sheaf::edit {

namespace fs = std::filesystem;

namespace {

using Names = FieldRule::Names;

/// An entry that is not in the outline: the list item that is being typed.
constexpr int kUnwritten = -2;

/// The value of an input or output: it has no name of its own.
constexpr spec::Field kLiteral { .name = "", .type = spec::FieldType::Text, .help = "A value, a path or a binding" };

FileKind kindOf(const YamlOutline& outline, const fs::path& file)
{
    if (file.filename() == "MLTable") {
        return FileKind::Table;
    }
    const auto type = outline.child(-1, "type");
    const std::string word = type ? text::lower(outline.scalar(*type)) : "";
    if (word == "mltable") {
        return FileKind::Table;
    }
    const bool isStep = word == "parallel" || word == "command"
        || (word.empty() && !outline.child(-1, "jobs") && (outline.child(-1, "task") || outline.child(-1, "command")));
    return isStep ? FileKind::Component : FileKind::Pipeline;
}

bool saysParallel(const YamlOutline& outline, int typeEntry)
{
    return text::lower(outline.scalar(typeEntry)) == "parallel";
}

} // namespace

FieldGuide::FieldGuide(const YamlOutline& outline, fs::path file, spec::SharedTexts texts)
    : m_outline(outline)
    , m_file(std::move(file))
    , m_texts(std::move(texts))
    , m_kind(kindOf(outline, m_file))
{
}

FieldRule FieldGuide::root() const
{
    FieldRule rule;
    rule.isInStep = m_kind == FileKind::Component;
    rule.isComponent = rule.isInStep;
    rule.fields = m_kind == FileKind::Pipeline ? spec::fields(spec::Scope::Pipeline)
        : m_kind == FileKind::Table            ? spec::fields(spec::Scope::MlTable)
                                               : stepFields(-1, true);
    return rule;
}

FieldRule FieldGuide::at(const std::vector<std::string>& path) const
{
    FieldRule rule = root();
    int entry = -1;
    for (const auto& key : path) {
        const auto found = entry == kUnwritten ? std::nullopt : m_outline.child(entry, key);
        entry = found.value_or(kUnwritten);
        rule = below(rule, key, entry);
    }
    return rule;
}

/// By its own type, its component's, or what it has.
bool FieldGuide::isParallel(int step) const
{
    if (step == kUnwritten) {
        return false;
    }
    if (const auto type = m_outline.child(step, "type")) {
        return saysParallel(m_outline, *type);
    }
    if (const auto inner = step >= 0 ? m_outline.child(step, "component") : std::nullopt) {
        if (const auto type = m_outline.child(*inner, "type")) {
            return saysParallel(m_outline, *type);
        }
        if (const auto* outside = component(*inner)) {
            const auto type = outside->child(-1, "type");
            return type && saysParallel(*outside, *type);
        }
    }
    return m_outline.child(step, "task") || m_outline.child(step, "input_data") || m_outline.child(step, "mini_batch_size");
}

std::span<const spec::Field> FieldGuide::stepFields(int step, bool isComponent) const
{
    return spec::fields(isParallel(step) ? (isComponent ? spec::Scope::ParallelComponent : spec::Scope::ParallelNode)
                                   : (isComponent ? spec::Scope::CommandComponent : spec::Scope::CommandNode));
}

/// The component file that the entry names; null when there is none.
const YamlOutline* FieldGuide::component(int entry) const
{
    const std::string value = m_outline.scalar(entry);
    if (value.empty() || spec::dataPathKind(value) != spec::DataPathKind::Local) {
        return nullptr;
    }
    const fs::path path = spec::localPath(value, m_file.parent_path());
    if (m_componentFile != path) {
        m_componentFile = path;
        m_component.reset();
        if (const std::string* edited = spec::editedText(m_texts, path)) {
            m_componentText = *edited;
            m_component = std::make_unique<YamlOutline>(m_componentText);
        } else if (auto bytes = paths::readFile(path)) {
            m_componentText = std::move(*bytes);
            m_component = std::make_unique<YamlOutline>(m_componentText);
        }
    }
    return m_component.get();
}

std::vector<std::pair<std::string, std::string>> FieldGuide::ports(int step, std::string_view list) const
{
    std::vector<std::pair<std::string, std::string>> found;
    std::set<std::string> seen;
    const auto addOf = [&](const YamlOutline& outline, int owner) {
        const auto entry = outline.child(owner, list);
        for (const int index : entry ? outline.children(*entry) : std::vector<int> {}) {
            if (!outline.at(index).isBare && seen.insert(outline.at(index).key).second) {
                const auto type = outline.child(index, "type");
                found.emplace_back(outline.at(index).key, type ? outline.scalar(*type) : "");
            }
        }
    };
    if (step == kUnwritten) {
        return found;
    }
    addOf(m_outline, step);
    if (const auto inner = step >= 0 ? m_outline.child(step, "component") : std::nullopt) {
        addOf(m_outline, *inner);
        if (const auto* outside = component(*inner)) {
            addOf(*outside, -1);
        }
    }
    return found;
}

std::vector<int> FieldGuide::steps() const
{
    const auto jobs = m_kind == FileKind::Pipeline ? m_outline.child(-1, "jobs") : std::nullopt;
    return jobs ? m_outline.children(*jobs) : std::vector<int> {};
}

FieldRule FieldGuide::below(const FieldRule& rule, const std::string& key, int entry) const
{
    FieldRule next;
    next.step = rule.step;
    next.isInStep = rule.isInStep;
    next.isComponent = rule.isComponent;
    switch (rule.names) {
    case Names::Steps:
        next.step = entry;
        next.isInStep = true;
        next.fields = stepFields(entry, false);
        return next;
    case Names::Inputs:
        next.fields = spec::fields(spec::Scope::Input);
        next.field = &kLiteral;
        next.isInput = true;
        return next;
    case Names::Declarations:
        next.fields = spec::fields(spec::Scope::InputDeclaration);
        return next;
    case Names::Outputs:
        next.fields = spec::fields(spec::Scope::Output);
        next.field = &kLiteral;
        next.isOutput = true;
        return next;
    case Names::TablePaths:
        next.fields = spec::tablePathFields();
        return next;
    case Names::TableSteps:
        next.names = Names::TableSteps; // an item: its one key is the name of a transformation
        if (const auto known = spec::tableArguments(key); !known.empty()) {
            next.names = key == "convert_column_types" ? Names::Conversions : Names::None;
            next.fields = known;
        }
        return next;
    case Names::Conversions:
        if (text::toInt(key)) {
            next.fields = rule.fields;
            return next;
        }
        break;
    case Names::TextItems:
        next.field = rule.field;
        return next;
    case Names::Free:
    case Names::None:
        break;
    }
    return inField(rule, key, entry);
}

FieldRule FieldGuide::inField(const FieldRule& rule, const std::string& key, int entry) const
{
    FieldRule next;
    next.step = rule.step;
    next.isInStep = rule.isInStep;
    next.isComponent = rule.isComponent;
    const auto field = std::find_if(rule.fields.begin(), rule.fields.end(), [&](const spec::Field& candidate) { return candidate.name == key; });
    if (field == rule.fields.end()) {
        return next;
    }
    next.field = &*field;
    next.isInput = rule.isInput && key == "path";
    next.isOutput = rule.isOutput && key == "path";
    switch (field->type) {
    case spec::FieldType::Group:
        next.fields = spec::fields(field->group);
        break;
    case spec::FieldType::Inputs:
        next.names = rule.isComponent ? Names::Declarations : Names::Inputs;
        break;
    case spec::FieldType::Outputs:
        next.names = Names::Outputs;
        break;
    case spec::FieldType::Jobs:
        next.names = Names::Steps;
        break;
    case spec::FieldType::Component:
        next.fields = stepFields(entry, true);
        next.isComponent = true;
        break;
    case spec::FieldType::Environment:
        next.fields = spec::fields(spec::Scope::Environment);
        break;
    case spec::FieldType::TextList:
        next.names = Names::TextItems;
        break;
    case spec::FieldType::TextMap:
        next.names = Names::Free;
        break;
    default:
        if (m_kind == FileKind::Table) {
            next.names = key == "paths" ? Names::TablePaths : key == "transformations" ? Names::TableSteps : Names::None;
        }
    }
    return next;
}

} // namespace sheaf::edit
