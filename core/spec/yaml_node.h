// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/diagnostic.h"
#include "core/spec/source_text.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::spec {

struct YamlEntry;

/// One value of a YAML file, with its place in the text. Aliases and merge keys (`<<`) are already
/// replaced by what they stand for; such a node's place is that of its anchor. A plain tree, order
/// of keys as written.
struct YamlNode
{
    enum class Kind { Null, Scalar, List, Map };

    Kind kind = Kind::Null;
    std::string text; // of a scalar: without quotes and escapes, folded where the file folds
    bool plain = false; // a scalar without quotes or tag: may mean a number or a truth value
    bool fromOverride = false; // comes from --set, has no place in the file
    SourceRange where;
    std::vector<YamlNode> items;
    std::vector<YamlEntry> entries;

    [[nodiscard]] bool isNull() const { return kind == Kind::Null; }
    [[nodiscard]] bool isScalar() const { return kind == Kind::Scalar; }
    [[nodiscard]] bool isList() const { return kind == Kind::List; }
    [[nodiscard]] bool isMap() const { return kind == Kind::Map; }

    /// The value of `key` in a map, or null.
    [[nodiscard]] const YamlNode* find(std::string_view key) const;
    [[nodiscard]] YamlNode* find(std::string_view key);
    /// "a map", "a list", "nothing", or the scalar as text: for messages.
    [[nodiscard]] std::string words() const;
};

struct YamlEntry
{
    std::string key;
    SourceRange keyWhere;
    YamlNode value;
    bool merged = false; // came through `<<`
};

/// What a file holds, and what is wrong with it as YAML. With a syntax error `root` is what could
/// be read before it.
struct YamlDocument
{
    SourceText text;
    YamlNode root;
    std::vector<Diagnostic> diagnostics;
};

/// Limits that keep a hostile file from eating the machine; beyond them the file has an error that
/// names the limit.
inline constexpr std::size_t kYamlMaxBytes = 4 * 1024 * 1024;
inline constexpr int kYamlMaxDepth = 200;
inline constexpr std::size_t kYamlMaxNodes = 200'000; // aliases expanded

/// The only place with yaml-cpp. Neither throws nor stops the program; any thread.
[[nodiscard]] YamlDocument parseYaml(SourceText text);
/// parseYaml of a file; a diagnostic `file-missing` or `file-unreadable` when it cannot be read.
[[nodiscard]] YamlDocument readYaml(const std::filesystem::path& file);
/// A scalar as YAML would read it after "key: ": for --set.
[[nodiscard]] YamlNode scalarFromText(std::string_view text);

/// What a plain scalar means (YAML 1.2, and yes/no/on/off of 1.1 for truth values).
[[nodiscard]] std::optional<bool> yamlBool(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> yamlInt(std::string_view text);
[[nodiscard]] std::optional<double> yamlNumber(std::string_view text);

} // namespace sheaf::spec
