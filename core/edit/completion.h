// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/edit/yaml_place.h"
#include "core/spec/field_table.h"
#include "core/spec/file_texts.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What may be written at a place of a pipeline, component or MLTable file, and what stands there: for an editor, from the one table of
/// fields. Works on text as it is being typed: broken, half, with a byte order mark, with any line end. Offsets are bytes. Nothing throws;
/// any thread. completions() may list one folder and read the component file of a step; the rest looks at the text only.
namespace sheaf::edit {

struct Completion
{
    enum class Kind { Key, Word, Binding, Path, Flag };
    std::string insert; // instead of the bytes [begin, end)
    std::string label;
    std::string detail; // type and default, English
    std::string help; // one line, English; ""
    Kind kind = Kind::Word;
};

/// What fits what is written before the cursor, the most likely first.
struct Completions
{
    std::size_t begin = 0; // of the bytes that are replaced
    std::size_t end = 0;
    std::vector<Completion> items;
};
/// `file`: absolute path of the text: tells an MLTable by its name, and where paths begin.
[[nodiscard]] Completions completions(
    std::string_view text, std::size_t offset, const std::filesystem::path& file, const spec::SharedTexts& texts = {});

/// A field of the file under the mouse, or a flag of the runner.
struct FieldHelp
{
    std::string name; // "mini_batch_size", "--error_threshold"
    std::string help; // one line, English
    std::string allowed; // "a whole number of 1 or more (nodes)"
    std::string unit;
    std::string defaultValue; // "" : none
    bool required = false;
    spec::FieldUse use = spec::FieldUse::Used;
    std::size_t begin = 0; // of the key or flag
    std::size_t end = 0;
};
[[nodiscard]] std::optional<FieldHelp> helpAt(std::string_view text, std::size_t offset, const std::filesystem::path& file);

} // namespace sheaf::edit
