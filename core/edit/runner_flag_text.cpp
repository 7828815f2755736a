// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/runner_flag_text.h"

#include "core/base/text.h"
#include "core/edit/edit_value.h"
#include "core/edit/text_draft.h"
#include "core/edit/yaml_layout.h"

#include <algorithm>

namespace sheaf::edit {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

/// One argument of the text: its bytes, and what it says.
struct Token
{
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string text;
    std::vector<std::size_t> at; // where in the bytes each character of `text` stands
};

/// Cuts arguments as text::splitCommandLine does, but leaves expressions whole (they have blanks) and knows where everything stands.
class Tokens
{
public:
    explicit Tokens(std::string_view bytes)
        : m_bytes(bytes)
    {
        while (m_at < m_bytes.size()) {
            step();
        }
        finish();
    }

    [[nodiscard]] const std::vector<Token>& all() const { return m_all; }
    [[nodiscard]] bool isClosed() const { return m_quote == '\0'; }

private:
    void step()
    {
        const char c = m_bytes[m_at];
        const std::string_view rest = m_bytes.substr(m_at);
        if (m_quote == '\0' && rest.starts_with("$[[")) {
            finish();
            m_isInGroup = true;
            m_at += 3;
        } else if (m_quote == '\0' && m_isInGroup && rest.starts_with("]]")) {
            finish();
            m_isInGroup = false;
            m_at += 2;
        } else if (rest.starts_with("${{") && rest.find("}}") != rest.npos) {
            take(rest.find("}}") + 2);
        } else if (m_quote == '\0' && isSpace(c)) {
            finish();
            ++m_at;
        } else if (c == '\\' && m_quote != '\'' && rest.size() > 1) {
            escaped(rest[1]);
        } else if ((m_quote == '\0' && (c == '"' || c == '\'')) || (m_quote != '\0' && c == m_quote)) {
            begin();
            m_quote = m_quote == '\0' ? c : '\0';
            ++m_at;
        } else {
            take(1);
        }
    }

    void escaped(char next)
    {
        if (next == '\n' || next == '\r') { // the line goes on
            m_at += next == '\r' && m_at + 2 < m_bytes.size() && m_bytes[m_at + 2] == '\n' ? 3 : 2;
        } else if (m_quote == '"' && next != '"' && next != '\\') {
            take(1);
        } else {
            begin();
            ++m_at;
            take(1);
        }
    }

    void begin()
    {
        if (!m_isInWord) {
            m_isInWord = true;
            m_word = { m_at, m_at, {}, {} };
        }
    }
    void take(std::size_t count)
    {
        begin();
        for (std::size_t i = 0; i < count; ++i) {
            m_word.at.push_back(m_at);
            m_word.text += m_bytes[m_at++];
        }
    }
    void finish()
    {
        if (m_isInWord) {
            m_word.end = m_at;
            m_all.push_back(std::move(m_word));
            m_isInWord = false;
        }
    }

    std::string_view m_bytes;
    std::size_t m_at = 0;
    char m_quote = '\0';
    bool m_isInWord = false;
    bool m_isInGroup = false;
    Token m_word;
    std::vector<Token> m_all;
};

std::vector<FlagInText> flagsOf(const std::vector<Token>& tokens, std::string_view name)
{
    const std::string token = "--" + std::string(name);
    std::vector<FlagInText> found;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token& own = tokens[i];
        if (own.text.starts_with(token + "=")) {
            const std::size_t behind = own.at[token.size()] + 1;
            found.push_back({ own.begin, own.end, own.text.substr(token.size() + 1), true, behind, own.end });
        } else if (own.text == token) {
            const bool hasValue = i + 1 < tokens.size() && !tokens[i + 1].text.starts_with("--");
            if (hasValue) {
                const Token& next = tokens[++i];
                found.push_back({ own.begin, next.end, next.text, true, next.begin, next.end });
            } else {
                found.push_back({ own.begin, own.end, {}, false, own.end, own.end });
            }
        }
    }
    return found;
}

/// So that the text is one argument.
std::string asArgument(const std::string& value)
{
    const bool isExpression = value.starts_with("${{") && value.find("}}") == value.size() - 2;
    const bool isPlain = !value.empty() && std::none_of(value.begin(), value.end(), [](char c) { return isSpace(c) || c == '"' || c == '\'' || c == '\\'; });
    if (isExpression || isPlain) {
        return value;
    }
    std::string all = "\"";
    for (const char c : value) {
        all += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    }
    return all + "\"";
}

/// The text with a range cut out, and with it the blanks, the line and the optional group that only served what is gone.
std::string without(const std::string& text, std::size_t begin, std::size_t end)
{
    std::size_t left = begin;
    std::size_t right = end;
    const auto widen = [&] {
        while (left > 0 && isBlank(text[left - 1])) {
            --left;
        }
        while (right < text.size() && isBlank(text[right])) {
            ++right;
        }
    };
    widen();
    const bool isGroup = left >= 3 && text.compare(left - 3, 3, "$[[") == 0 && text.compare(right, 2, "]]") == 0;
    if (isGroup) {
        begin = left -= 3;
        end = right += 2;
        widen();
    } else if (left >= 3 && text.compare(left - 3, 3, "$[[") == 0) {
        return text.substr(0, begin) + text.substr(right);
    }
    const bool isFirst = left == 0 || text[left - 1] == '\n';
    std::size_t tail = right;
    if (tail < text.size() && text[tail] == '\\' && tail + 1 < text.size() && isSpace(text[tail + 1])) {
        ++tail; // the sign that the line goes on
    }
    const bool isLast = tail >= text.size() || text[tail] == '\n' || text[tail] == '\r';
    if (isFirst && isLast) {
        const std::size_t next = text.find('\n', tail);
        if (next != text.npos && text.find_first_not_of(" \t\r\n", next) != text.npos) {
            return text.substr(0, left) + text.substr(next + 1);
        }
        while (left > 0 && isSpace(text[left - 1])) {
            --left;
        }
        if (left > 0 && text[left - 1] == '\\') { // nothing for it to go on with
            do {
                --left;
            } while (left > 0 && isBlank(text[left - 1]));
        }
        return text.substr(0, left) + text.substr(tail);
    }
    return isFirst ? text.substr(0, begin) + text.substr(right) : text.substr(0, left) + text.substr(end);
}

/// Behind all the rest: on a line of its own where the last flag has one.
std::string appended(const std::string& text, const std::string& flag)
{
    std::size_t end = text.size();
    while (end > 0 && isSpace(text[end - 1])) {
        --end;
    }
    if (end == 0) {
        return flag + text;
    }
    const std::size_t before = text.rfind('\n', end - 1);
    std::string between = " ";
    if (before != text.npos) {
        const std::size_t first = text.find_first_not_of(" \t", before + 1);
        const bool isOwnLine = text.compare(first, 2, "--") == 0 || text.compare(first, 3, "$[[") == 0;
        const bool isCrLf = before > 0 && text[before - 1] == '\r';
        const std::size_t last = before - (isCrLf ? 1 : 0);
        const bool goesOn = last > 0 && text[last - 1] == '\\';
        if (isOwnLine) {
            between = std::string(goesOn ? " \\" : "") + (isCrLf ? "\r\n" : "\n") + text.substr(before + 1, first - before - 1);
        }
    }
    return text.substr(0, end) + between + flag + text.substr(end);
}

tl::unexpected<Error> refuse(std::string_view name, const std::string& found, const std::string& allowed)
{
    return fail(ErrorCode::Invalid, { { "what", "--" + std::string(name) }, { "found", found }, { "allowed", allowed } });
}

// ---- in a file -----------------------------------------------------------------------------------

struct Found
{
    const spec::YamlNode* node = nullptr;
    bool isHere = false; // written at this place: no alias, not through `<<`
    [[nodiscard]] bool isWritten() const { return isHere && node != nullptr && node->isScalar(); }
};

Found descend(const spec::YamlNode& root, const std::vector<std::string>& path)
{
    Found found { &root, true };
    for (const auto& key : path) {
        const spec::YamlNode* next = nullptr;
        for (const auto& entry : found.node->entries) {
            if (entry.key == key) {
                next = &entry.value;
                found.isHere = found.isHere && !entry.merged && entry.value.where.begin >= entry.keyWhere.end;
                break;
            }
        }
        if (next == nullptr) {
            return {};
        }
        found.node = next;
    }
    return found;
}

bool sameBesides(const spec::YamlNode& a, const spec::YamlNode& b, const spec::YamlNode* except)
{
    return &a == except
        || (a.kind == b.kind && a.text == b.text
            && std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                [&](const spec::YamlNode& x, const spec::YamlNode& y) { return sameBesides(x, y, except); })
            && std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                [&](const spec::YamlEntry& x, const spec::YamlEntry& y) { return x.key == y.key && sameBesides(x.value, y.value, except); }));
}

std::vector<std::string> wordsOf(std::string_view arguments)
{
    std::vector<std::string> words;
    const Tokens tokens(arguments);
    for (const auto& token : tokens.all()) {
        words.push_back(token.text);
    }
    return words;
}

/// Where the arguments of a scalar stand in the bytes: behind the sign of a block text, between quotes.
std::pair<std::size_t, std::size_t> contentOf(std::string_view bytes, const spec::YamlNode& node)
{
    std::size_t begin = node.where.begin;
    std::size_t end = std::min(node.where.end, bytes.size());
    const char first = begin < end ? bytes[begin] : '\0';
    if (!node.plain && (first == '|' || first == '>')) {
        begin = std::min(bytes.find('\n', begin), end - 1) + 1;
    } else if (!node.plain && (first == '"' || first == '\'') && end - begin >= 2) {
        ++begin;
        --end;
    }
    return { begin, end };
}

std::optional<TextPatch> unprovedInBytes(const std::string& bytes, const spec::YamlNode& node, std::string_view name, const std::optional<std::string>& value)
{
    const auto [begin, end] = contentOf(bytes, node);
    const auto now = withFlag(std::string_view(bytes).substr(begin, end - begin), name, value);
    return now ? std::optional(TextPatch { begin, end, *now }) : std::nullopt;
}

/// The whole text of the arguments as the wish wants it, without words when they go; nullopt when there is nothing to do.
Result<std::optional<std::string>> meantBy(const spec::YamlNode* node, std::string_view name, const std::optional<std::string>& value)
{
    if (node != nullptr && !node->isScalar() && !node->isNull()) {
        return refuse(name, node->words(), "program_arguments that are a text");
    }
    const bool isText = node != nullptr && node->isScalar();
    if (!isText && !value) {
        return std::optional<std::string>();
    }
    auto meant = withFlag(isText ? std::string_view(node->text) : std::string_view(), name, value);
    if (!meant) {
        return tl::unexpected<Error>(meant.error());
    }
    return isText && *meant == node->text ? std::nullopt : std::optional(std::move(*meant));
}

/// All of them, when each is a change of bytes that stand at their place and the result reads as what is meant.
bool changeTogether(TextDraft& draft, std::span<const FlagEdit> edits)
{
    std::vector<TextDraft::TextChange> changes;
    for (const auto& edit : edits) {
        const Found found = descend(draft.root(), edit.path);
        const auto meant = meantBy(found.node, edit.name, edit.value);
        auto patch = found.isWritten() ? unprovedInBytes(draft.text(), *found.node, edit.name, edit.value) : std::nullopt;
        if (!meant || !*meant || !patch) {
            return false;
        }
        auto words = wordsOf(**meant); // where lines are folded does not count
        changes.push_back({ edit.path, std::move(*patch), [words = std::move(words)](const std::string& now) { return wordsOf(now) == words; } });
    }
    return draft.changeTexts(changes);
}

/// The change in the bytes as they stand; nothing when these do not read as what is meant then.
std::optional<TextPatch> inBytes(const spec::YamlDocument& document,
    const std::vector<std::string>& path,
    const spec::YamlNode& node,
    std::string_view name,
    const std::optional<std::string>& value,
    const std::string& meant)
{
    auto found = unprovedInBytes(document.text.bytes(), node, name, value);
    if (!found) {
        return std::nullopt;
    }
    TextPatch patch = std::move(*found);
    const spec::YamlDocument after = spec::parseYaml(spec::SourceText(document.text.file(), patched(document.text.bytes(), { patch })));
    const Found changed = descend(after.root, path);
    const bool reads = !spec::hasErrors(after.diagnostics) && changed.node != nullptr && changed.node->isScalar()
        && wordsOf(changed.node->text) == wordsOf(meant) && sameBesides(document.root, after.root, &node);
    return reads ? std::optional(std::move(patch)) : std::nullopt;
}

} // namespace

std::vector<FlagInText> findFlags(std::string_view arguments, std::string_view name)
{
    return flagsOf(Tokens(arguments).all(), name);
}

Result<std::string> withFlag(std::string_view arguments, std::string_view name, const std::optional<std::string>& value)
{
    const Tokens tokens(arguments);
    if (!tokens.isClosed()) {
        return refuse(name, std::string(arguments), "program_arguments whose quotes are closed");
    }
    std::string text(arguments);
    const auto places = flagsOf(tokens.all(), name);
    if (!value) {
        for (auto place = places.rbegin(); place != places.rend(); ++place) {
            text = without(text, place->begin, place->end);
        }
        return text;
    }
    if (value->find_first_of("\r\n") != std::string::npos) {
        return refuse(name, *value, "a value in one line");
    }
    const std::string argument = asArgument(*value);
    const std::string flag = "--" + std::string(name);
    const bool looksLikeFlag = value->starts_with("--"); // behind a blank it would be one
    if (places.empty()) {
        return appended(text, flag + (looksLikeFlag ? "=" : " ") + argument);
    }
    const FlagInText& last = places.back();
    const bool isQuotedWhole = text[last.begin] != '-';
    if (!last.hasValue || looksLikeFlag || isQuotedWhole) {
        return text.replace(last.begin, last.end - last.begin, flag + (looksLikeFlag ? "=" : " ") + argument);
    }
    return last.value == *value ? text : text.replace(last.valueBegin, last.valueEnd - last.valueBegin, argument);
}

Result<std::vector<TextPatch>> flagPatches(
    const spec::YamlDocument& document, const std::vector<std::string>& path, std::string_view name, const std::optional<std::string>& value)
{
    const Found found = descend(document.root, path);
    const auto meant = meantBy(found.node, name, value);
    if (!meant) {
        return tl::unexpected<Error>(meant.error());
    }
    if (!*meant) {
        return std::vector<TextPatch> {};
    }
    if (wordsOf(**meant).empty()) {
        return patchesFor(document, { path, std::nullopt });
    }
    if (found.isWritten()) {
        if (auto patch = inBytes(document, path, *found.node, name, value, **meant)) {
            return std::vector<TextPatch> { std::move(*patch) };
        }
    }
    return patchesFor(document, { path, editValue(**meant) });
}

Result<void> changeFlags(TextDraft& draft, const std::vector<FlagEdit>& edits)
{
    std::vector<FlagEdit> inside; // arguments that stay where they stand, with other words
    std::vector<FlagEdit> around; // those that are made, go, or come from elsewhere: values like others
    for (const auto& edit : edits) {
        const Found found = descend(draft.root(), edit.path);
        const auto meant = meantBy(found.node, edit.name, edit.value);
        if (!meant) {
            return tl::unexpected<Error>(meant.error());
        }
        if (*meant) {
            (found.isWritten() && !wordsOf(**meant).empty() ? inside : around).push_back(edit);
        }
    }
    const auto together = [&](std::span<const FlagEdit> some) { return changeTogether(draft, some); };
    const auto one = [&](const FlagEdit& edit) -> Result<void> { // its anchor may take others along, or it is written as a whole
        const auto patches = flagPatches(draft.document(), edit.path, edit.name, edit.value);
        if (!patches) {
            return tl::unexpected<Error>(patches.error());
        }
        draft.takeProved(*patches);
        return {};
    };
    if (auto done = inHalves<FlagEdit>(inside, together, one); !done) {
        return done;
    }
    std::vector<Edit> values;
    for (const auto& edit : around) {
        const auto meant = meantBy(descend(draft.root(), edit.path).node, edit.name, edit.value);
        if (!meant) {
            return tl::unexpected<Error>(meant.error());
        }
        if (*meant) {
            values.push_back({ edit.path, wordsOf(**meant).empty() ? std::nullopt : std::optional(editValue(**meant)) });
        }
    }
    return draft.change(values);
}

} // namespace sheaf::edit
