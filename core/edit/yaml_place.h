// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/edit/yaml_outline.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Where in a YAML text a cursor is, and where an entry stands: by lines and indentation, so that it works while somebody types. Offsets
/// are bytes. Pure; any thread.
namespace sheaf::edit {

/// Where a cursor is.
struct YamlPlace
{
    enum class Kind { Nowhere, Key, Value }; // Nowhere: a comment, or behind a finished value
    Kind kind = Kind::Nowhere;
    std::vector<std::string> path; // Key: of the map that the key is in; Value: of the value. List items are numbers from 0
    std::string word; // what is written before the cursor, of the key or the value
    std::size_t begin = 0; // of the whole key or value, quotes not counted
    std::size_t end = 0;
};
[[nodiscard]] YamlPlace placeAt(std::string_view text, std::size_t offset);

/// The same, with the entry: of a Key the owner of its map (-1: the file), of a Value the one whose value it is.
struct PlaceInOutline
{
    YamlPlace place;
    int entry = -1;
};
[[nodiscard]] PlaceInOutline placeIn(const YamlOutline& outline, std::size_t offset);

/// The entry that the offset is in, dotted: "jobs.score.mini_batch_size"; "" outside of any.
[[nodiscard]] std::string pathAt(std::string_view text, std::size_t offset);

/// Where the entry of a dotted path stands: its key (of a list item the item), and the whole of it.
struct PathRange
{
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t wholeEnd = 0;
};
/// The entry itself, or nothing when it is not written.
[[nodiscard]] std::optional<PathRange> rangeOfPath(std::string_view text, std::string_view dotted);

} // namespace sheaf::edit
