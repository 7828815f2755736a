// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/fix_places.h"

#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace sheaf::edit {

namespace {

using Path = FixPlaces::Path;
using Names = FixPlaces::Names;

constexpr int kDeepest = 8; // references that stand for references

bool isLiteralType(const std::string& type)
{
    return type == "string" || type == "number" || type == "integer" || type == "boolean";
}

bool contains(const Names& names, const std::string& name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

void eachScalar(const spec::YamlNode& node, const std::function<void(const spec::YamlNode&)>& visit)
{
    if (node.isScalar()) {
        visit(node);
    }
    for (const auto& item : node.items) {
        eachScalar(item, visit);
    }
    for (const auto& entry : node.entries) {
        eachScalar(entry.value, visit);
    }
}

} // namespace

FixPlaces::FixPlaces(const spec::YamlDocument& document)
    : m_document(document)
{
    collect(document.root, nullptr, {});
    m_isComponent = document.root.isMap() && document.root.find("jobs") == nullptr && text::lower(scalar({ "type" })) != "pipeline";
}

void FixPlaces::collect(const spec::YamlNode& node, const spec::YamlEntry* entry, const Path& path)
{
    m_all.push_back({ path, &node, entry });
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const spec::YamlNode& item = node.items[i];
        if (item.where.begin >= node.where.begin && item.where.end <= node.where.end) { // else it is an alias
            Path inner = path;
            inner.push_back(fmt::format("{}", i));
            collect(item, nullptr, inner);
        }
    }
    for (const auto& one : node.entries) {
        if (!one.merged && one.value.where.begin >= one.keyWhere.end) {
            Path inner = path;
            inner.push_back(one.key);
            collect(one.value, &one, inner);
        }
    }
}

const FixPlace* FixPlaces::at(const Path& path) const
{
    const auto found = std::find_if(m_all.begin(), m_all.end(), [&](const FixPlace& place) { return place.path == path; });
    return found == m_all.end() ? nullptr : &*found;
}

const FixPlace* FixPlaces::withKeyAt(std::size_t offset) const
{
    const auto found = std::find_if(m_all.begin(), m_all.end(),
        [&](const FixPlace& place) { return place.entry != nullptr && place.entry->keyWhere.begin == offset; });
    return found == m_all.end() ? nullptr : &*found;
}

const FixPlace* FixPlaces::withValueAt(std::size_t offset) const
{
    const auto found = std::find_if(m_all.begin(), m_all.end(),
        [&](const FixPlace& place) { return place.node->where.begin == offset && !place.path.empty(); });
    return found == m_all.end() ? nullptr : &*found;
}

const FixPlace* FixPlaces::around(std::size_t offset) const
{
    const FixPlace* innermost = nullptr;
    for (const auto& place : m_all) {
        if (place.node->where.begin <= offset && offset < place.node->where.end) {
            innermost = &place;
        }
    }
    return innermost;
}

const spec::YamlNode* FixPlaces::find(const Path& path) const
{
    const spec::YamlNode* node = &m_document.root;
    for (const auto& key : path) {
        if (node != nullptr && node->isList()) {
            const auto number = text::toInt(key);
            node = number && *number >= 0 && *number < std::ssize(node->items) ? &node->items[static_cast<std::size_t>(*number)] : nullptr;
        } else {
            node = node == nullptr ? nullptr : node->find(key);
        }
    }
    return node;
}

std::string FixPlaces::scalar(const Path& path) const
{
    const spec::YamlNode* node = find(path);
    return node != nullptr && node->isScalar() ? node->text : std::string();
}

FixPlaces::Names FixPlaces::keys(const Path& path) const
{
    Names all;
    const spec::YamlNode* node = find(path);
    for (const auto& entry : node == nullptr ? std::vector<spec::YamlEntry> {} : node->entries) {
        all.push_back(entry.key);
    }
    return all;
}

FixPlaces::Names FixPlaces::ports(const std::string& step, const std::string& head) const
{
    if (step.empty()) {
        return keys({ head });
    }
    Names all = keys({ "jobs", step, head });
    for (const auto& name : keys({ "jobs", step, "component", head })) { // a component written in its place
        if (!contains(all, name)) {
            all.push_back(name);
        }
    }
    return all;
}

FixPlaces::Names FixPlaces::dataInputs(const std::string& step) const
{
    const Path owner = step.empty() ? Path {} : Path { "jobs", step };
    const auto below = [&](std::initializer_list<std::string> more) {
        Path path = owner;
        path.insert(path.end(), more);
        return path;
    };
    const std::string size = text::lower(scalar(below({ "mini_batch_size" })));
    const bool isRows = has(below({ "partition_keys" })) || size.find('b') != size.npos; // only a table has bytes and columns
    Names data = ports(step, "inputs");
    std::erase_if(data, [&](const std::string& name) {
        const std::string type = typeOf(below({ "inputs", name }));
        return isRows ? type != "mltable" : isLiteralType(type) || type == "uri_file";
    });
    return data;
}

std::string FixPlaces::typeOf(const Path& port, int depth) const
{
    const spec::YamlNode* node = find(port);
    if (node == nullptr || node->isNull() || node->isList() || depth > kDeepest) {
        return "uri_folder";
    }
    if (const spec::YamlNode* type = node->find("type"); type != nullptr && type->isScalar()) {
        return text::lower(text::trim(type->text));
    }
    const spec::YamlNode* source = node->isMap() ? node->find("path") : node;
    const auto expression = source == nullptr ? std::nullopt : spec::wholeExpression(source->text);
    if (!expression) {
        if (node->isMap()) {
            return "uri_folder";
        }
        const std::string lower = text::lower(node->text);
        return !node->plain || spec::hasExpression(node->text)  ? "string"
            : spec::yamlInt(node->text)                         ? "integer"
            : spec::yamlNumber(node->text)                      ? "number"
            : lower == "true" || lower == "false"         ? "boolean"
                                                          : "string";
    }
    Path target(expression->parts.begin(), expression->parts.end());
    if (target.empty() || target.front() != "parent") {
        return "uri_folder";
    }
    target.erase(target.begin());
    return typeOf(target, depth + 1);
}

FixPlaces::Names FixPlaces::sourcesFor(const std::string& step, const std::string& name) const
{
    Names sources;
    if (const spec::YamlNode* input = find({ "inputs", name }); input != nullptr && !input->isNull()) {
        sources.push_back("parent.inputs." + name);
    }
    for (const auto& other : keys({ "jobs" })) {
        if (other != step && contains(ports(other, "outputs"), name) && !waitsFor(other, step)) {
            sources.push_back(fmt::format("parent.jobs.{}.outputs.{}", other, name));
        }
    }
    return sources;
}

bool FixPlaces::isData(const std::string& source) const
{
    Path path = text::split(source, '.');
    path.erase(path.begin());
    const std::string type = typeOf(path);
    return !isLiteralType(type) && type != "uri_file";
}

bool FixPlaces::names(const std::string& step, const Names& parts) const
{
    if (parts.size() == 2) {
        return contains(ports(step, parts[0]), parts[1]);
    }
    if (m_isComponent || (parts.size() != 3 && parts.size() != 5)) {
        return false; // a component does not know who uses it
    }
    if (parts.size() == 3) {
        return contains(keys({ parts[1] }), parts[2]);
    }
    const std::string& other = parts.size() == 5 ? parts[2] : std::string();
    const bool known = contains(keys({ "jobs" }), other) && other != step && !waitsFor(other, step);
    const spec::YamlNode* component = find({ "jobs", other, "component" });
    return known && (contains(ports(other, parts[3]), parts[4]) || (component != nullptr && component->isScalar()));
}

bool FixPlaces::waitsFor(const std::string& step, const std::string& other) const
{
    Names open { step };
    Names seen;
    while (!open.empty()) {
        const std::string one = open.back();
        open.pop_back();
        const spec::YamlNode* node = find({ "jobs", one });
        if (contains(seen, one) || node == nullptr) {
            continue;
        }
        seen.push_back(one);
        eachScalar(*node, [&](const spec::YamlNode& scalar) {
            for (const auto& expression : spec::findExpressions(scalar.text)) {
                if (expression.is({ "parent", "jobs" }, 5)) {
                    open.push_back(expression.parts[2]);
                }
            }
        });
        if (contains(open, other)) {
            return true;
        }
    }
    return false;
}

std::vector<spec::SourceRange> FixPlaces::referencesTo(const Path& path) const
{
    const bool isStep = path.size() == 2 && path[0] == "jobs";
    const bool isPort = path.size() == 4 && path[0] == "jobs" && (path[2] == "inputs" || path[2] == "outputs");
    const bool isPipelinePort = path.size() == 2 && (path[0] == "inputs" || path[0] == "outputs");
    std::vector<spec::SourceRange> found;
    for (const auto& place : m_all) {
        if (!place.node->isScalar() || !(isStep || isPort || isPipelinePort)) {
            continue;
        }
        const spec::SourceRange& where = place.node->where;
        const std::string_view range = std::string_view(m_document.text.bytes()).substr(where.begin, where.end - where.begin);
        for (const auto& expression : spec::findExpressions(range)) {
            const bool names = isPort
                ? (stepOf(place.path) == path[1] && expression.parts == Names { path[2], path[3] })
                    || expression.parts == Names { "parent", "jobs", path[1], path[2], path[3] }
                : isStep ? expression.is({ "parent", "jobs" }, 5) && expression.parts[2] == path[1]
                         : expression.parts == Names { "parent", path[0], path[1] };
            if (!names) {
                continue;
            }
            const std::size_t part = isStep ? 2 : expression.parts.size() - 1;
            std::size_t begin = expression.begin + 3;
            for (std::size_t i = 0; i < part; ++i) {
                begin = range.find('.', begin) + 1;
            }
            begin = range.find_first_not_of(' ', begin);
            found.push_back(m_document.text.range(where.begin + begin, where.begin + begin + expression.parts[part].size()));
        }
    }
    return found;
}

} // namespace sheaf::edit
