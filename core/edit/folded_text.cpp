// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/folded_text.h"

#include "core/base/text.h"
#include "core/edit/text_draft.h"

#include <algorithm>

namespace sheaf::edit {

namespace {

const spec::YamlNode* nodeAt(const spec::YamlDocument& document, const std::vector<std::string>& path)
{
    const spec::YamlNode* node = &document.root;
    for (const auto& key : path) {
        const spec::YamlNode* next = nullptr;
        for (const auto& entry : node->entries) {
            const bool isHere = entry.key == key && !entry.merged && entry.value.where.begin >= entry.keyWhere.end;
            next = isHere ? &entry.value : next;
        }
        if (next == nullptr) {
            return nullptr;
        }
        node = next;
    }
    return node;
}

/// Of the lines behind the sign: where they begin and end in the bytes, and how far they are moved in.
struct Content
{
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t indent = 0;
};

std::optional<Content> contentOf(const std::string& bytes, const spec::YamlNode* node)
{
    const bool isFolded = node != nullptr && node->isScalar() && !node->plain && node->where.end <= bytes.size()
        && node->where.begin < node->where.end && bytes[node->where.begin] == '>';
    const std::size_t sign = isFolded ? bytes.find('\n', node->where.begin) : std::string::npos;
    if (sign == std::string::npos || sign + 1 >= node->where.end) {
        return std::nullopt;
    }
    const std::size_t first = bytes.find_first_not_of(" \r\n", sign + 1);
    if (first >= node->where.end) {
        return std::nullopt;
    }
    const std::size_t line = bytes.rfind('\n', first) + 1;
    return Content { sign + 1, node->where.end, first - line };
}

/// Blanks and line ends do not count: folding turns one into the other.
std::vector<std::string> words(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    auto all = text::split(text, ' ');
    std::erase(all, std::string());
    return all;
}

/// Before the proof; nothing when there is no folded text, or no lines for one.
std::optional<TextPatch> unproved(const spec::YamlDocument& document, const std::vector<std::string>& path, const std::string& lines)
{
    const std::string& bytes = document.text.bytes();
    const auto content = contentOf(bytes, nodeAt(document, path));
    if (!content || text::trim(lines).empty()) {
        return std::nullopt;
    }
    const char* end = content->begin >= 2 && bytes[content->begin - 2] == '\r' ? "\r\n" : "\n";
    std::string wanted;
    for (const auto& line : text::split(lines, '\n')) {
        const bool isEmpty = text::trim(line).empty();
        wanted += (wanted.empty() ? "" : end) + (isEmpty ? std::string() : std::string(content->indent, ' ') + line);
    }
    return TextPatch { content->begin, content->end, std::move(wanted) };
}

bool changeTogether(TextDraft& draft, std::span<const FoldedEdit> edits)
{
    std::vector<TextDraft::TextChange> changes;
    for (const auto& edit : edits) {
        auto patch = unproved(draft.document(), edit.path, edit.lines);
        if (!patch) {
            return false;
        }
        changes.push_back({ edit.path, std::move(*patch), [&edit](const std::string& now) { return words(now) == words(edit.lines); } });
    }
    return draft.changeTexts(changes);
}

} // namespace

std::optional<std::string> foldedLines(const spec::YamlDocument& document, const std::vector<std::string>& path)
{
    const std::string& bytes = document.text.bytes();
    const auto content = contentOf(bytes, nodeAt(document, path));
    if (!content) {
        return std::nullopt;
    }
    std::string lines;
    for (auto line : text::split(bytes.substr(content->begin, content->end - content->begin), '\n')) {
        line.erase(0, std::min(content->indent, line.find_first_not_of(' ')));
        line.erase(line.find_last_not_of('\r') + 1);
        lines += (lines.empty() ? "" : "\n") + line;
    }
    return lines;
}

Result<std::vector<TextPatch>> foldedPatches(const spec::YamlDocument& document, const std::vector<std::string>& path, const std::string& lines)
{
    const std::string& bytes = document.text.bytes();
    const auto refuse = [&] {
        return fail(ErrorCode::Invalid, { { "what", text::join(path, ".") }, { "found", lines }, { "allowed", "lines of a folded text" } });
    };
    auto patch = unproved(document, path, lines);
    if (!patch) {
        return refuse();
    }
    const spec::YamlDocument after = spec::parseYaml(spec::SourceText(document.text.file(), patched(bytes, { *patch })));
    const spec::YamlNode* node = nodeAt(after, path);
    if (spec::hasErrors(after.diagnostics) || node == nullptr || !node->isScalar() || words(node->text) != words(lines)) {
        return refuse();
    }
    return std::vector<TextPatch> { std::move(*patch) };
}

Result<void> changeFolded(TextDraft& draft, const std::vector<FoldedEdit>& edits)
{
    const auto together = [&](std::span<const FoldedEdit> some) { return changeTogether(draft, some); };
    const auto one = [&](const FoldedEdit& edit) -> Result<void> { // its anchor may take others along
        const auto patches = foldedPatches(draft.document(), edit.path, edit.lines);
        if (!patches) {
            return tl::unexpected<Error>(patches.error());
        }
        draft.takeProved(*patches);
        return {};
    };
    return inHalves<FoldedEdit>(edits, together, one);
}

} // namespace sheaf::edit
