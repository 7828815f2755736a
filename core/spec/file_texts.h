// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/yaml_node.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace sheaf::spec {

/// Files as they are being edited: absolute tidy path → bytes. What is not in it is read from disk. A value that does not change any more
/// once it is shared; any thread.
using FileTexts = std::map<std::string, std::string>;
/// Null: everything is read from disk.
using SharedTexts = std::shared_ptr<const FileTexts>;

/// The bytes of the file as they are being edited, or null.
[[nodiscard]] inline const std::string* editedText(const SharedTexts& texts, const std::filesystem::path& file)
{
    if (!texts) {
        return nullptr;
    }
    const auto found = texts->find(file.lexically_normal().string());
    return found == texts->end() ? nullptr : &found->second;
}

/// readYaml() of the file as it is being edited.
[[nodiscard]] inline YamlDocument readYaml(const std::filesystem::path& file, const SharedTexts& texts)
{
    const std::string* text = editedText(texts, file);
    return text == nullptr ? readYaml(file) : parseYaml(SourceText(file.string(), *text));
}

} // namespace sheaf::spec
