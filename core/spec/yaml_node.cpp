// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/yaml_node.h"

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/spec/findings.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <map>
#include <sstream>

namespace sheaf::spec {

namespace {

/// Thrown through the parser to leave it, caught in parseYaml.
struct Stop
{
    std::string code;
    std::size_t offset;
    std::string message;
    std::string fix;
};

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t countNodes(const YamlNode& node)
{
    std::size_t count = 1;
    for (const auto& item : node.items) {
        count += countNodes(item);
    }
    for (const auto& entry : node.entries) {
        count += countNodes(entry.value);
    }
    return count;
}

/// Finds the bytes of a value: yaml-cpp tells where it begins (at its tag or anchor), never where
/// it ends.
class RangeFinder
{
public:
    explicit RangeFinder(const SourceText& text)
        : m_text(text)
        , m_bytes(text.bytes())
    {
    }

    /// Past `&anchor` and `!tag` to the value itself.
    [[nodiscard]] std::size_t contentStart(std::size_t at) const
    {
        while (at < m_bytes.size() && (m_bytes[at] == '&' || m_bytes[at] == '!')) {
            while (at < m_bytes.size() && !isBlank(m_bytes[at])) {
                ++at;
            }
            at = skipBlanks(at);
        }
        return at;
    }

    [[nodiscard]] SourceRange scalar(std::size_t mark, const std::string& value) const
    {
        const std::size_t begin = contentStart(mark);
        if (begin >= m_bytes.size()) {
            return m_text.range(m_bytes.size(), m_bytes.size());
        }
        const char first = m_bytes[begin];
        if (first == '"' || first == '\'') {
            return m_text.range(begin, quotedEnd(begin));
        }
        return m_text.range(
            begin, matchedEnd(first == '|' || first == '>' ? lineEnd(begin) : begin, begin, value));
    }

    /// A value that is not there: right behind its key's colon, else the word null or ~.
    [[nodiscard]] SourceRange null(std::size_t mark, std::size_t keyEnd) const
    {
        for (const std::string_view word : { "~", "null", "Null", "NULL" }) {
            const std::size_t after = mark + word.size();
            if (std::string_view(m_bytes).substr(std::min(mark, m_bytes.size())).starts_with(word)
                && m_text.range(mark, mark).line == m_text.range(keyEnd, keyEnd).line) {
                return m_text.range(mark, after);
            }
        }
        const std::size_t at
            = keyEnd < m_bytes.size() && m_bytes[keyEnd] == ':' ? keyEnd + 1 : keyEnd;
        return m_text.range(at, at);
    }

    /// The same for an item of a list: `- ~`, or nothing right behind the dash.
    [[nodiscard]] SourceRange nullItem(std::size_t mark, std::size_t lastEnd) const
    {
        const std::size_t dash = skipBlanks(lastEnd);
        if (dash >= m_bytes.size() || m_bytes[dash] != '-') { // in [ ] there are only words
            return null(mark, mark);
        }
        const SourceRange word = null(mark, mark);
        const bool isBehind = word.end > word.begin && skipBlanks(dash + 1) <= mark && m_text.range(dash, dash).line == word.line
            && (word.end == m_bytes.size() || isBlank(m_bytes[word.end]));
        return isBehind ? word : m_text.range(dash + 1, dash + 1);
    }

    [[nodiscard]] std::size_t closing(std::size_t at, char bracket) const
    {
        while (at < m_bytes.size() && m_bytes[at] != bracket) {
            at = m_bytes[at] == '#' ? lineEnd(at) : at + 1;
        }
        return std::min(at + 1, m_bytes.size());
    }

private:
    [[nodiscard]] std::size_t lineEnd(std::size_t at) const
    {
        while (at < m_bytes.size() && m_bytes[at] != '\n') {
            ++at;
        }
        return at;
    }

    [[nodiscard]] std::size_t skipBlanks(std::size_t at) const
    {
        while (at < m_bytes.size() && (isBlank(m_bytes[at]) || m_bytes[at] == '#')) {
            at = m_bytes[at] == '#' ? lineEnd(at) : at + 1;
        }
        return at;
    }

    [[nodiscard]] std::size_t quotedEnd(std::size_t begin) const
    {
        const char quote = m_bytes[begin];
        std::size_t at = begin + 1;
        while (at < m_bytes.size()) {
            const bool pair
                = quote == '"' ? m_bytes[at] == '\\' : m_bytes.compare(at, 2, "''") == 0;
            if (pair) {
                at += 2;
            } else if (m_bytes[at] == quote) {
                return at + 1;
            } else {
                ++at;
            }
        }
        // yaml-cpp takes such a text up to the end of the file without a word.
        throw Stop { "yaml-syntax", begin, "a quote is opened here and not closed",
            "close the quote, or put the text into the other kind of quotes" };
    }

    /// Plain and block text: the bytes up to the last visible character of the value, since only
    /// blanks are folded.
    [[nodiscard]] std::size_t matchedEnd(
        std::size_t at, std::size_t begin, const std::string& value) const
    {
        std::size_t end = at;
        for (const char c : value) {
            if (isBlank(c)) {
                continue;
            }
            while (at < m_bytes.size() && isBlank(m_bytes[at])) {
                ++at;
            }
            if (at >= m_bytes.size() || m_bytes[at] != c) {
                return std::max(end, begin + 1);
            }
            end = ++at;
        }
        return std::max(end, begin);
    }

    const SourceText& m_text;
    const std::string& m_bytes;
};

/// Builds the tree from the parser's events: sees duplicate keys, which YAML::Node hides, and
/// counts what aliases expand to.
class TreeBuilder final : public YAML::EventHandler
{
public:
    TreeBuilder(const SourceText& text, std::vector<Diagnostic>& diagnostics)
        : m_text(text)
        , m_ranges(text)
        , m_diagnostics(diagnostics)
    {
    }

    YamlNode takeRoot()
    {
        m_isLeaving = !m_frames.empty();
        while (!m_frames.empty()) { // left by a syntax error: keep what was read
            closeFrame();
        }
        return std::move(m_root);
    }

    void OnDocumentStart(const YAML::Mark& /*mark*/) override { }
    void OnDocumentEnd() override { }

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        YamlNode node;
        const bool isItem = !m_frames.empty() && m_frames.back().node.kind == YamlNode::Kind::List;
        node.where = isItem ? m_ranges.nullItem(offset(mark), m_frames.back().lastEnd)
                            : m_ranges.null(offset(mark), m_frames.empty() ? offset(mark) : m_frames.back().lastEnd);
        add(std::move(node), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        const auto known = m_anchors.find(anchor);
        if (known == m_anchors.end()) { // an alias inside its own anchor
            throw Stop { "yaml-alias", offset(mark),
                "an alias refers to the value that it stands in",
                "write the value out instead of the alias" };
        }
        countMore(countNodes(known->second), offset(mark));
        add(YamlNode(known->second), 0);
    }

    void OnScalar(const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        const std::string& value) override
    {
        YamlNode node;
        node.kind = YamlNode::Kind::Scalar;
        node.text = value;
        node.plain = tag != "!" && tag != "tag:yaml.org,2002:str";
        node.where = m_ranges.scalar(offset(mark), value);
        add(std::move(node), anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark,
        const std::string& /*tag*/,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value style) override
    {
        open(YamlNode::Kind::List, mark, anchor, style == YAML::EmitterStyle::Flow ? ']' : '\0');
    }
    void OnSequenceEnd() override { closeFrame(); }

    void OnMapStart(const YAML::Mark& mark,
        const std::string& /*tag*/,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value style) override
    {
        open(YamlNode::Kind::Map, mark, anchor, style == YAML::EmitterStyle::Flow ? '}' : '\0');
    }
    void OnMapEnd() override { closeFrame(); }

private:
    struct Frame
    {
        YamlNode node;
        YAML::anchor_t anchor = 0;
        char bracket = '\0';
        bool keyRead = false;
        YamlEntry entry; // while its value is being read
        std::size_t lastEnd = 0;
    };

    [[nodiscard]] std::size_t offset(const YAML::Mark& mark) const
    {
        return std::min(static_cast<std::size_t>(std::max(mark.pos, 0)) + m_text.bodyOffset(),
            m_text.bytes().size());
    }

    void countMore(std::size_t nodes, std::size_t at)
    {
        m_nodes += nodes;
        if (m_nodes > kYamlMaxNodes) {
            throw Stop { "yaml-too-big", at,
                fmt::format("the file has more than {} values once its aliases are expanded",
                    kYamlMaxNodes),
                "use fewer aliases, or split the file" };
        }
    }

    void open(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor, char bracket)
    {
        if (m_frames.size() >= static_cast<std::size_t>(kYamlMaxDepth)) {
            throw Stop { "yaml-too-deep", offset(mark),
                fmt::format("values are nested deeper than {} levels", kYamlMaxDepth),
                "a job file needs less than ten levels: check the brackets and the indentation" };
        }
        Frame frame;
        frame.node.kind = kind;
        frame.anchor = anchor;
        frame.bracket = bracket;
        const std::size_t begin = m_ranges.contentStart(offset(mark));
        frame.node.where = m_text.range(begin, begin);
        frame.lastEnd = begin;
        m_frames.push_back(std::move(frame));
    }

    void closeFrame()
    {
        Frame frame = std::move(m_frames.back());
        m_frames.pop_back();
        if (frame.keyRead) { // a syntax error between key and value
            addEntry(frame, YamlNode {});
        }
        mergeEntries(frame.node);
        frame.node.where.end = frame.bracket == '\0'
            ? frame.lastEnd
            : m_ranges.closing(frame.lastEnd, frame.bracket);
        add(std::move(frame.node), frame.anchor);
    }

    void add(YamlNode node, YAML::anchor_t anchor)
    {
        countMore(1, node.where.begin);
        if (anchor != 0) {
            m_anchors[anchor] = node;
        }
        if (m_frames.empty()) {
            m_root = std::move(node);
            return;
        }
        Frame& frame = m_frames.back();
        // An alias's node lies elsewhere: its end is no place to go on from.
        if (node.where.end > frame.lastEnd && node.where.begin >= frame.lastEnd) {
            frame.lastEnd = node.where.end;
        }
        if (frame.node.kind == YamlNode::Kind::List) {
            frame.node.items.push_back(std::move(node));
        } else if (!frame.keyRead) {
            readKey(frame, node);
        } else {
            addEntry(frame, std::move(node));
        }
    }

    void readKey(Frame& frame, const YamlNode& node)
    {
        frame.keyRead = true;
        frame.entry = YamlEntry { node.text, node.where, {}, false };
        if ((node.isList() || node.isMap()) && !m_isLeaving) {
            m_diagnostics.push_back(
                finding(Severity::Error, "wrong-type", { m_text.file(), node.where, pathHere() },
                    fmt::format("a key must be a word, here it is {}", node.words()),
                    { node.words(), "a word",
                        "an expression such as ${{inputs.x}} needs quotes when a value begins with "
                        "'{'" }));
        }
    }

    void addEntry(Frame& frame, YamlNode value)
    {
        frame.keyRead = false;
        YamlEntry entry = std::move(frame.entry);
        entry.value = std::move(value);
        for (auto& earlier : frame.node.entries) {
            if (earlier.key == entry.key && entry.key != "<<") {
                reportDuplicate(earlier, entry);
                earlier = std::move(entry);
                return;
            }
        }
        frame.node.entries.push_back(std::move(entry));
    }

    void reportDuplicate(const YamlEntry& first, const YamlEntry& second)
    {
        const std::string inside = pathHere();
        m_diagnostics.push_back(finding(Severity::Warning, "duplicate-key",
            { m_text.file(), second.keyWhere,
                inside.empty() ? second.key : inside + "." + second.key },
            fmt::format(
                "the key '{}' is written twice: in line {} and in line {}; the last one counts",
                second.key, first.keyWhere.line, second.keyWhere.line),
            { second.key, "each key once",
                fmt::format(
                    "remove line {} or line {}", first.keyWhere.line, second.keyWhere.line) }));
    }

    [[nodiscard]] std::string pathHere() const
    {
        std::string path;
        for (const auto& frame : m_frames) {
            if (!frame.keyRead || &frame == &m_frames.back()) {
                continue;
            }
            path += path.empty() ? frame.entry.key : "." + frame.entry.key;
        }
        return path;
    }

    /// `<<: *a` and `<<: [*a, *b]`: keys that the map has itself win.
    static void mergeEntries(YamlNode& map)
    {
        std::vector<YamlEntry> merges;
        std::erase_if(map.entries, [&](YamlEntry& entry) {
            const bool isMerge = entry.key == "<<" && (entry.value.isMap() || entry.value.isList());
            if (isMerge) {
                merges.push_back(std::move(entry));
            }
            return isMerge;
        });
        const auto mergeFrom = [&map](const YamlNode& source) {
            for (const auto& entry : source.entries) {
                if (map.find(entry.key) == nullptr) {
                    map.entries.push_back(entry);
                    map.entries.back().merged = true;
                }
            }
        };
        for (const auto& merge : merges) {
            mergeFrom(merge.value);
            for (const auto& item : merge.value.items) {
                mergeFrom(item);
            }
        }
    }

    const SourceText& m_text;
    RangeFinder m_ranges;
    std::vector<Diagnostic>& m_diagnostics;
    std::vector<Frame> m_frames;
    std::map<YAML::anchor_t, YamlNode> m_anchors;
    YamlNode m_root;
    std::size_t m_nodes = 0;
    bool m_isLeaving = false;
};

std::string_view trimmedLine(const SourceText& text, int line)
{
    const std::string_view whole = text::trim(text.line(line));
    return whole.starts_with('#') ? std::string_view() : whole;
}

std::size_t indentOf(const SourceText& text, int line)
{
    const std::string_view whole = text.line(line);
    return std::min(whole.find_first_not_of(' '), whole.size());
}

/// "key value", "key" or "key:value" where an entry should stand.
bool lacksColon(std::string_view line)
{
    const std::size_t end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$\"'");
    if (end == 0) {
        return false;
    }
    const std::size_t colon = line.find(':');
    const bool isKey = colon != line.npos && (colon + 1 == line.size() || isBlank(line[colon + 1]));
    const bool later = line.find(": ") != line.npos || line.ends_with(':');
    return !isKey && !(later && colon == end) && (end == line.npos || line[end] == ' ' || line[end] == ':');
}

/// A quote that is opened in one line and closed in another one swallows what lies between.
int lineOfOpenQuote(const SourceText& text, int last)
{
    for (int number = 1; number <= last; ++number) {
        const std::string_view line = trimmedLine(text, number);
        const std::size_t colon = line.find(": ");
        const std::string_view value = colon == line.npos ? std::string_view() : text::trim(line.substr(colon + 2));
        const bool opens = value.size() >= 2 && (value.front() == '"' || value.front() == '\'');
        if (opens && std::count(value.begin(), value.end(), value.front()) % 2 == 1) {
            return number;
        }
    }
    return 0;
}

/// The line that most likely made the reader stumble later: the one above, or its sister above, when it has no colon.
int culprit(const SourceText& text, int line)
{
    if (const int quote = lineOfOpenQuote(text, line); quote > 0) {
        return quote;
    }
    int above = line - 1;
    while (above > 0 && trimmedLine(text, above).empty()) {
        --above;
    }
    if (above > 0 && lacksColon(trimmedLine(text, above))) {
        return above;
    }
    while (above > 0 && (trimmedLine(text, above).empty() || indentOf(text, above) > indentOf(text, line))) {
        --above;
    }
    const bool isSister = above > 0 && indentOf(text, above) == indentOf(text, line);
    return isSister && lacksColon(trimmedLine(text, above)) ? above : line;
}

SourceRange lineRange(const SourceText& text, int line)
{
    const std::string_view whole = text.line(line);
    const auto begin = static_cast<std::size_t>(whole.data() - text.bytes().data());
    return text.range(begin + indentOf(text, line), begin + whole.size());
}

Diagnostic syntaxError(const SourceText& text, std::size_t offset, const std::string& reason)
{
    SourceRange where = text.range(offset, offset);
    const std::string_view line = text.line(where.line);
    const std::size_t indent = line.find_first_not_of(" \t");
    const bool tab = line.substr(0, indent).find('\t') != std::string_view::npos;
    if (tab) {
        return finding(Severity::Error, "yaml-tab", { text.file(), where, "" },
            "a tab stands in the indentation; YAML allows blanks only",
            { "a tab", "blanks",
                "replace the tab by blanks, as many as the lines around it have" });
    }
    if (const int above = culprit(text, where.line); above != where.line) {
        where = lineRange(text, above);
    }
    return finding(Severity::Error, "yaml-syntax", { text.file(), where, "" },
        fmt::format("this is not YAML: {}", reason),
        { std::string(trimmedLine(text, where.line)), "YAML",
            "check colons, quotes and the indentation of this line and of the one above" });
}

/// yaml-cpp ends a document where the indentation goes back behind its beginning, without a word.
Diagnostic moreThanOneDocument(const SourceText& text, const SourceRange& second)
{
    for (int line = 1; line <= text.lineCount(); ++line) {
        if (text.line(line).starts_with("---") || text.line(line).starts_with("...")) {
            return finding(Severity::Error, "many-documents", { text.file(), {}, "" },
                "the file holds several YAML documents (a line '---' parts them); a job file is one",
                { "several documents", "one document", "keep one document in this file" });
        }
    }
    int first = 1;
    while (first < text.lineCount() && trimmedLine(text, first).empty()) {
        ++first;
    }
    const int line = second.line > 0 ? second.line : first;
    const bool isDeep = indentOf(text, first) > indentOf(text, line);
    return finding(Severity::Error, "yaml-syntax", { text.file(), lineRange(text, isDeep ? first : culprit(text, line)), "" },
        isDeep ? "this is not YAML: the first line is indented further than those below it"
               : "this is not YAML: here the file begins anew",
        { std::string(trimmedLine(text, isDeep ? first : line)), "YAML",
            "check colons, quotes and the indentation of this line and of the one above" });
}

bool looksLikeUtf16(const std::string& bytes)
{
    return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
}

std::optional<Diagnostic> unreadable(const SourceText& text)
{
    const auto error
        = [&](const char* code, SourceRange where, std::string message, Finding words) {
              return finding(Severity::Error, code, { text.file(), where, "" }, std::move(message),
                  std::move(words));
          };
    if (text.bytes().size() > kYamlMaxBytes) {
        return error("yaml-too-big", {}, "the file is larger than a job file can be",
            { text::humanBytes(text.bytes().size()), "at most " + text::humanBytes(kYamlMaxBytes),
                "is this the right file?" });
    }
    const auto bad = text.firstBadByte();
    if (looksLikeUtf16(text.bytes()) || bad) {
        return error("not-utf8", text.range(bad.value_or(0), bad.value_or(0)),
            "the file is not UTF-8 text",
            { looksLikeUtf16(text.bytes()) ? "UTF-16" : "other bytes", "UTF-8",
                "save the file as UTF-8" });
    }
    return std::nullopt;
}

void parseInto(YamlDocument& document)
{
    const SourceText& text = document.text;
    std::istringstream stream { std::string(text.body()) };
    TreeBuilder builder(text, document.diagnostics);
    try {
        YAML::Parser parser(stream);
        if (parser.HandleNextDocument(builder)) {
            document.root = builder.takeRoot();
            YamlDocument rest;
            TreeBuilder more(text, rest.diagnostics);
            if (parser.HandleNextDocument(more)) {
                document.diagnostics.push_back(moreThanOneDocument(text, more.takeRoot().where));
            }
        }
        return;
    } catch (const Stop& stop) {
        document.diagnostics.push_back(finding(Severity::Error, stop.code,
            { text.file(), text.range(stop.offset, stop.offset), "" }, stop.message,
            { "", "", stop.fix }));
    } catch (const YAML::Exception& error) {
        const auto offset
            = static_cast<std::size_t>(std::max(error.mark.pos, 0)) + text.bodyOffset();
        document.diagnostics.push_back(syntaxError(text, offset, error.msg));
    } catch (const std::exception& error) {
        document.diagnostics.push_back(syntaxError(text, text.bodyOffset(), error.what()));
    }
    if (document.diagnostics.back().code.starts_with("yaml-too")) {
        return; // over a limit: nothing of it is worth keeping
    }
    try {
        document.root = builder.takeRoot();
    } catch (const Stop&) {
        document.root = YamlNode {};
    }
}

bool isOneOf(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), text) != words.end();
}

} // namespace

const YamlNode* YamlNode::find(std::string_view key) const
{
    for (const auto& entry : entries) {
        if (entry.key == key) {
            return &entry.value;
        }
    }
    return nullptr;
}

YamlNode* YamlNode::find(std::string_view key)
{
    return const_cast<YamlNode*>(static_cast<const YamlNode*>(this)->find(key));
}

std::string YamlNode::words() const
{
    switch (kind) {
    case Kind::Null:
        return "nothing";
    case Kind::List:
        return "a list";
    case Kind::Map:
        return "a map";
    case Kind::Scalar:
        break;
    }
    return text;
}

YamlDocument parseYaml(SourceText text)
{
    YamlDocument document;
    document.text = std::move(text);
    if (auto problem = unreadable(document.text)) {
        document.diagnostics.push_back(std::move(*problem));
        return document;
    }
    parseInto(document);
    return document;
}

YamlDocument readYaml(const std::filesystem::path& file)
{
    const auto broken = [&](const char* code, std::string message, std::string fix) {
        YamlDocument document;
        document.text = SourceText(file.string(), "");
        document.diagnostics.push_back(finding(Severity::Error, code, { file.string(), {}, "" },
            std::move(message), { file.string(), "", std::move(fix) }));
        return document;
    };
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return broken(
            "file-missing", fmt::format("there is no file {}", file.string()), "check the path");
    }
    if (std::filesystem::is_directory(file, error)) {
        return broken("file-unreadable", fmt::format("{} is a folder, not a file", file.string()),
            "name the file in it");
    }
    if (std::filesystem::file_size(file, error) > kYamlMaxBytes && !error) {
        return broken("yaml-too-big",
            fmt::format("{} is larger than a job file can be ({})", file.string(),
                text::humanBytes(kYamlMaxBytes)),
            "is this the right file?");
    }
    auto bytes = paths::readFile(file);
    if (!bytes) {
        return broken(
            "file-unreadable", errorSentence(bytes.error()), "check that you may read it");
    }
    return parseYaml(SourceText(file.string(), std::move(*bytes)));
}

YamlNode scalarFromText(std::string_view text)
{
    YamlNode node;
    node.fromOverride = true;
    const std::string_view value = text::trim(text);
    if (isOneOf(value, { "", "~", "null", "Null", "NULL" })) {
        if (value.empty()) {
            node.kind = YamlNode::Kind::Scalar;
        }
        return node;
    }
    node.kind = YamlNode::Kind::Scalar;
    const char quote = value.front();
    if ((quote == '"' || quote == '\'') && value.size() >= 2 && value.back() == quote) {
        YamlDocument document = parseYaml(SourceText("", std::string(value)));
        node.text = document.diagnostics.empty() ? document.root.text : std::string(value);
        return node;
    }
    node.text = std::string(value);
    node.plain = true;
    return node;
}

std::optional<bool> yamlBool(std::string_view text)
{
    const std::string word = text::lower(text);
    if (isOneOf(word, { "true", "yes", "on" })) {
        return true;
    }
    if (isOneOf(word, { "false", "no", "off" })) {
        return false;
    }
    return std::nullopt;
}

std::optional<std::int64_t> yamlInt(std::string_view text)
{
    text = text::trim(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const bool hex = text.starts_with("0x");
    const std::string_view digits = hex ? text.substr(2) : text;
    std::int64_t value = 0;
    const auto [end, error]
        = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> yamlNumber(std::string_view text)
{
    text = text::trim(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) {
        return std::nullopt;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

} // namespace sheaf::spec
