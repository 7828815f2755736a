// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/override.h"

#include "core/base/text.h"
#include "core/spec/field_table.h"
#include "core/spec/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

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

/// The quoted key that begins at `at`: its text, and where the path goes on (a dot, the equals sign, or the end). nullopt: none does.
struct QuotedKey
{
    std::string key;
    std::size_t end = 0;
};
std::optional<QuotedKey> quotedKeyAt(std::string_view path, std::size_t at)
{
    if (at >= path.size() || path[at] != '"') {
        return std::nullopt;
    }
    QuotedKey found;
    for (std::size_t i = at + 1; i < path.size(); ++i) {
        if (path[i] == '"') {
            found.end = i + 1;
            const bool ends = found.end == path.size() || path[found.end] == '.' || path[found.end] == '=';
            return ends ? std::optional(found) : std::nullopt;
        }
        const bool isEscaped = path[i] == '\\' && i + 1 < path.size() && (path[i + 1] == '"' || path[i + 1] == '\\');
        i += isEscaped ? 1 : 0;
        found.key += path[i];
    }
    return std::nullopt;
}

} // namespace

std::vector<std::string> keysFromText(std::string_view path)
{
    path = text::trim(path);
    std::vector<std::string> keys;
    for (std::size_t at = 0;; ++at) { // over the dot
        if (const auto quoted = quotedKeyAt(path, at); quoted && (quoted->end == path.size() || path[quoted->end] == '.')) {
            keys.push_back(quoted->key);
            at = quoted->end;
        } else {
            const std::size_t end = std::min(path.find('.', at), path.size());
            keys.emplace_back(path.substr(at, end - at));
            at = end;
        }
        if (at >= path.size()) {
            return keys;
        }
    }
}

std::string textFromKeys(const std::vector<std::string>& keys)
{
    std::string all;
    for (const auto& key : keys) {
        all += all.empty() ? "" : ".";
        if (key.find_first_of(".=") == key.npos && !key.starts_with('"')) {
            all += key;
            continue;
        }
        all += '"';
        for (const char c : key) {
            all += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
        }
        all += '"';
    }
    return all;
}

std::size_t endOfPath(std::string_view word)
{
    std::size_t at = 0;
    while (at < word.size() && word[at] != '=') {
        const auto quoted = at == 0 || word[at - 1] == '.' ? quotedKeyAt(word, at) : std::nullopt;
        at = quoted ? quoted->end : at + 1;
    }
    return at < word.size() ? at : word.npos;
}

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
        const std::size_t equals = endOfPath(word);
        std::vector<std::string> path;
        if (equals != std::string::npos) {
            path = keysFromText(std::string_view(word).substr(0, equals));
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
