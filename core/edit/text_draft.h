// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/edit/edit.h"
#include "core/edit/new_entries.h"
#include "core/spec/expression.h"
#include "core/spec/yaml_node.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sheaf::edit {

/// A job file on its way through the steps of one gesture (pipeline_edit.h). Each step patches bytes and is proved by reading the result
/// again: it is the old tree with just this change, or the step fails with Invalid and the text is as it was. A value; one thread.
class TextDraft
{
public:
    /// Fails when the text is no YAML. `file` is what messages call it; "" is the job file.
    [[nodiscard]] static Result<TextDraft> of(const std::string& text, const std::string& file = {});

    [[nodiscard]] const std::string& text() const { return m_document.text.bytes(); }
    [[nodiscard]] const spec::YamlDocument& document() const { return m_document; }
    [[nodiscard]] const spec::YamlNode& root() const { return m_document.root; }
    /// What is at the path, also through aliases; null when nothing is.
    [[nodiscard]] const spec::YamlNode* find(const KeyPath& path) const;
    /// The entry when it is written at this place: not through an alias or `<<`.
    [[nodiscard]] const spec::YamlEntry* ownEntry(const KeyPath& path) const;
    /// The lines of an entry's value from column 0; the entry with its key when `withKey`. Lines end with \n, the last one with nothing.
    /// What stands for an anchor elsewhere, or has one, is written out, so that the block can stand anywhere.
    [[nodiscard]] Result<std::string> blockOf(const KeyPath& path, bool withKey) const;
    /// Calls for each scalar that is written at its place.
    void eachScalar(const std::function<void(const KeyPath& path, const spec::YamlNode& scalar)>& visit) const;

    /// As in edit.h.
    Result<void> set(const KeyPath& path, const std::string& value);
    Result<void> unset(const KeyPath& path);

    /// Edits of places that are all there; of a list's items the last one first. Read and proved together as far as they can.
    Result<void> change(const std::vector<Edit>& edits);

    /// Other bytes for a scalar, which reads as one of several texts then.
    struct TextChange
    {
        KeyPath path;
        TextPatch patch;
        std::function<bool(const std::string& now)> isMeant;
    };
    /// Takes all of them when each reads as it is meant and the rest of the file as it did; else the text is as it was.
    [[nodiscard]] bool changeTexts(const std::vector<TextChange>& changes);

    /// A key with the lines of YAML that stand below it.
    using Block = std::pair<std::string, std::string>;
    /// New entries of the map at `parent`, behind their sisters (`inputs` and `outputs` of the file: before its jobs).
    Result<void> put(const KeyPath& parent, const std::vector<Block>& blocks);
    /// The value of an entry is another one; "" leaves the key with nothing.
    Result<void> replaceValue(const KeyPath& path, const std::string& block);
    /// Entries of a map in block style go with their lines, with comments right above them and deeper ones right below, and with
    /// the blank line that parted them.
    Result<void> removeEntries(const KeyPath& parent, const std::vector<std::string>& keys);

    /// What an expression becomes, as a whole; nullopt: it stays. `raw` are its bytes.
    using Rewrite = std::function<std::optional<std::string>(const spec::Expression& expression, std::string_view raw)>;
    /// Rewrites the expressions of all values, and gives a key another name ({} : none). Comments stay.
    Result<void> rewrite(const Rewrite& rewrite, const KeyPath& key = {}, const std::string& newName = {});
    /// The same, but only the expressions at this path and below it.
    Result<void> rewriteBelow(const KeyPath& path, const Rewrite& rewrite, const KeyPath& key = {}, const std::string& newName = {});

    /// Takes the patches (sorted) when the file then reads as `expected`.
    Result<void> take(const std::vector<TextPatch>& patches, const spec::YamlNode& expected, const KeyPath& what);
    /// Takes patches that are proved already, as those of edit.h are.
    void takeProved(const std::vector<TextPatch>& patches);

private:
    explicit TextDraft(spec::YamlDocument document);
    Result<void> changeOne(const Edit& edit);
    [[nodiscard]] bool changeTogether(std::span<const Edit> edits);
    [[nodiscard]] spec::YamlDocument read(std::string text) const;
    [[nodiscard]] bool endsItsLastLine() const;
    Result<void> withLastLineEnd(const std::function<Result<void>(TextDraft&)>& step);

    spec::YamlDocument m_document;
};

/// Carries a list out in few goes: all together, and where that cannot be the two halves each on its own, in order. So one that has to be
/// carried out alone costs the others little. `together` leaves everything as it was when it says no.
template <class T, class Together, class One>
Result<void> inHalves(std::span<const T> all, const Together& together, const One& one)
{
    if (all.empty() || together(all)) {
        return {};
    }
    if (all.size() == 1) {
        return one(all.front());
    }
    const std::size_t middle = all.size() / 2;
    const Result<void> done = inHalves(all.first(middle), together, one);
    return done ? inHalves(all.subspan(middle), together, one) : done;
}

/// The text with other expressions.
[[nodiscard]] std::string rewritten(std::string_view text, const TextDraft::Rewrite& rewrite);

} // namespace sheaf::edit
