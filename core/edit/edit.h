// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/spec/yaml_node.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Changes of a job file as patches of its bytes. yaml-cpp reads and never writes, so comments, order of keys, quotes, anchors, flow and
/// block forms, unknown keys, the byte order mark, line ends and a missing last line end stay as they are. Pure; any thread.
namespace sheaf::edit {

/// Replaces the bytes [begin, end) of a text.
struct TextPatch
{
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string text;
    bool operator==(const TextPatch&) const = default;
};

/// One wish. A path is keys from the root; in a list the number of the item, from 0 ("partition_keys.0"; one behind the last appends).
struct Edit
{
    std::vector<std::string> path;
    /// As it would stand behind "key: ": 5, word, 'quoted', [a, b], {a: 1}; may hold line ends. nullopt takes the entry away.
    std::optional<std::string> value;
};


/// The patches that carry out the edit, in order of place, not overlapping; none when the file says so already.
///
/// An existing scalar keeps its form: quotes stay (so '10' set to 20 becomes '20', text as it was), a block text stays one when the new
/// value has several lines. What is plain stays plain when it can; a word that YAML would take for something else gets quotes. Maps
/// on the way are made, a new key goes behind its sisters with their indentation. What came through an alias or `<<` is not changed at the
/// anchor: the map gets a value of its own, or the edit is refused.
///
/// Fails with Invalid (path, found, allowed) when the path does not fit the file or the file is no YAML, and when the patched text
/// would not read as the old one with this one change: then nothing is lost, nothing is half done.
[[nodiscard]] Result<std::vector<TextPatch>> patchesFor(const spec::YamlDocument& document, const Edit& edit);

/// The same before the proof: for text_draft, which proves several edits at once.
[[nodiscard]] Result<std::vector<TextPatch>> unprovedPatchesFor(const spec::YamlDocument& document, const Edit& edit);

/// The text with the patches.
[[nodiscard]] std::string patched(std::string_view text, const std::vector<TextPatch>& patches);
/// What takes the patched text back to `text`.
[[nodiscard]] std::vector<TextPatch> inverseOf(std::string_view text, const std::vector<TextPatch>& patches);

} // namespace sheaf::edit
