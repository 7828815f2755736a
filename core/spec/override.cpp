// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/override.h"

#include "core/base/text.h"
#include "core/spec/field_table.h"
#include "core/spec/findings.h"

#include <fmt/format.h>

#include <algorithm>

namespace sheaf::spec {

namespace {

void markOverride(YamlNode& node)
{
    node.fromOverride = true;
    node.where = {};
    for (auto& item : node.items) {
        markOverride(item);
    }
    for (auto& entry : node.entries) {
        entry.keyWhere = {};
        markOverride(entry.value);
    }
}

/// Inputs that are not declared: of the pipeline, or of a step that is no component (whose inputs the resolver knows).
std::optional<Diagnostic> refuseInput(const YamlNode& root,
    const std::vector<std::string>& path,
    const std::string& word,
    const std::string& file)
{
    const YamlNode* owner = path.front() == "inputs" ? &root : nullptr;
    std::size_t at = 1; // of the input's name
    if (path.front() == "jobs" && path.size() > 3 && path[2] == "inputs") {
        const YamlNode* jobs = root.find("jobs");
        const YamlNode* step = jobs != nullptr ? jobs->find(path[1]) : nullptr;
        owner = step != nullptr && step->find("component") == nullptr ? step : nullptr;
        at = 3;
    }
    if (owner == nullptr || path.size() <= at) {
        return std::nullopt;
    }
    std::vector<std::string> names;
    if (const YamlNode* inputs = owner->find("inputs"); inputs != nullptr) {
        for (const auto& entry : inputs->entries) {
            names.push_back(entry.key);
        }
    }
    if (std::find(names.begin(), names.end(), path[at]) != names.end()) {
        return std::nullopt;
    }
    return finding(Severity::Error, "override-unknown-key", { file, {}, text::join(path, ".") },
        fmt::format("--set {}: {} has no input '{}'{}", word,
            at == 1 ? std::string("the pipeline") : "step '" + path[1] + "'", path[at],
            didYouMean(path[at], names)),
        { path[at], names.empty() ? "none" : wordList(names), "use the name of an input that is declared" });
}

/// Why the path cannot be set, or nothing.
std::optional<Diagnostic> refuse(const YamlNode& root,
    const std::vector<std::string>& path,
    const std::string& word,
    const std::string& file)
{
    const auto error = [&](std::string code, std::string message, Finding words) {
        return finding(Severity::Error, std::move(code), { file, {}, text::join(path, ".") },
            std::move(message), std::move(words));
    };
    const auto isEmpty = [](const std::string& key) { return key.empty(); };
    if (path.empty() || std::any_of(path.begin(), path.end(), isEmpty)) {
        return error("override-syntax", fmt::format("--set {}: this is not PATH=VALUE", word),
            { word, "PATH=VALUE", "write it as jobs.STEP.resources.instance_count=2" });
    }
    if (findField(Scope::Pipeline, path.front()) == nullptr) {
        const auto names = fieldNames(Scope::Pipeline);
        return error("override-unknown-key",
            fmt::format("--set {}: a pipeline has no '{}'{}", word, path.front(),
                didYouMean(path.front(), names)),
            { path.front(), text::join(names, ", "),
                "begin with inputs, outputs, settings or jobs" });
    }
    const YamlNode* jobs = root.find("jobs");
    if (path.front() == "jobs" && path.size() > 1 && jobs != nullptr
        && jobs->find(path[1]) == nullptr) {
        std::vector<std::string> names;
        for (const auto& entry : jobs->entries) {
            names.push_back(entry.key);
        }
        return error("override-unknown-key",
            fmt::format(
                "--set {}: there is no step '{}'{}", word, path[1], didYouMean(path[1], names)),
            { path[1], wordList(names), "use the name of a step below jobs" });
    }
    return refuseInput(root, path, word, file);
}

YamlNode& child(YamlNode& map, const std::string& key)
{
    if (!map.isMap()) {
        map = YamlNode {};
        map.kind = YamlNode::Kind::Map;
        map.fromOverride = true;
    }
    if (YamlNode* there = map.find(key)) {
        return *there;
    }
    YamlEntry entry;
    entry.key = key;
    entry.value.fromOverride = true;
    map.entries.push_back(std::move(entry));
    return map.entries.back().value;
}

} // namespace

YamlNode valueFromText(const std::string& text)
{
    if (text.starts_with('[') || (text.starts_with('{') && !text.starts_with("{{"))) {
        YamlDocument document = parseYaml(SourceText("", text));
        if (document.diagnostics.empty()) {
            markOverride(document.root);
            return std::move(document.root);
        }
    }
    return scalarFromText(text);
}

void applyOverrides(YamlNode& root,
    const std::vector<std::string>& overrides,
    const std::string& file,
    std::vector<Diagnostic>& diagnostics)
{
    for (const auto& word : overrides) {
        const std::size_t equals = word.find('=');
        std::vector<std::string> path;
        if (equals != std::string::npos) {
            path = text::split(text::trim(std::string_view(word).substr(0, equals)), '.');
        }
        if (auto problem = refuse(root, path, word, file)) {
            diagnostics.push_back(std::move(*problem));
            continue;
        }
        YamlNode* node = &root;
        for (const auto& key : path) {
            node = &child(*node, key);
        }
        *node = valueFromText(word.substr(equals + 1));
    }
}

} // namespace sheaf::spec
