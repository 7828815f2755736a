// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/source/yaml_lexer.h"

#include "core/spec/yaml_node.h"
#include "ui/source/syntax_colors.h"
#include "ui/style/theme.h"

#include <Qsci/qsciscintilla.h>

#include <algorithm>

namespace sheaf::ui {

namespace {

// What a line leaves to the next: a text of several lines, and the column of its key, which ends it.
constexpr int kBlock = 1;
constexpr int kSingle = 2;
constexpr int kDouble = 3;

int stateOf(int kind, std::size_t column)
{
    return kind | static_cast<int>(std::min<std::size_t>(column, 10'000) << 2U);
}

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

class LineStyler
{
public:
    LineStyler(std::string_view line, int state)
        : m_line(line)
    {
        m_end = line.find_last_not_of("\r\n");
        m_end = m_end == line.npos ? 0 : m_end + 1;
        style(state);
        put(m_line.size(), YamlLexer::Plain);
    }
    YamlStyles found;

private:
    /// Everything up to `to` that has no style yet.
    void put(std::size_t to, int style)
    {
        if (to <= m_done) {
            return;
        }
        if (!found.pieces.empty() && found.pieces.back().style == style) {
            found.pieces.back().length += to - m_done;
        } else {
            found.pieces.push_back({ to - m_done, style });
        }
        m_done = to;
    }
    [[nodiscard]] std::size_t skipBlanks(std::size_t at) const
    {
        while (at < m_end && isBlank(m_line[at])) {
            ++at;
        }
        return at;
    }
    [[nodiscard]] bool endsWord(std::size_t at) const { return at >= m_end || isBlank(m_line[at]); }

    void style(int state)
    {
        std::size_t at = skipBlanks(0);
        const std::size_t indent = at;
        const int kind = state & 3;
        const auto column = static_cast<std::size_t>(state >> 2);
        if (kind != 0 && (at >= m_end || indent > column)) {
            found.state = state;
            if (kind == kBlock) {
                text(m_end, YamlLexer::String);
                return;
            }
            const std::size_t behind = behindQuote(at, kind == kSingle ? '\'' : '"');
            if (behind == 0) {
                text(m_end, YamlLexer::String);
                return;
            }
            text(behind, YamlLexer::String);
            found.state = 0;
            rest(behind, indent);
            return;
        }
        if (at < m_end && m_line[at] == '%') {
            put(m_end, YamlLexer::Comment);
            return;
        }
        if (at == 0 && (m_line.starts_with("---") || m_line.starts_with("...")) && endsWord(3)) {
            put(3, YamlLexer::Mark);
            at = skipBlanks(3);
        }
        std::size_t key = indent;
        while (at < m_end && m_line[at] == '-' && endsWord(at + 1)) {
            put(at, YamlLexer::Plain);
            put(at + 1, YamlLexer::Mark);
            key = at;
            at = skipBlanks(at + 1);
        }
        put(at, YamlLexer::Plain);
        if (const std::size_t colon = colonOf(at)) {
            key = at;
            put(colon, YamlLexer::Key);
            put(colon + 1, YamlLexer::Mark);
            at = skipBlanks(colon + 1);
        }
        rest(at, key);
    }

    /// The colon of the key at `at`, or 0.
    [[nodiscard]] std::size_t colonOf(std::size_t at) const
    {
        if (at >= m_end || std::string_view("{[#&*!|>").find(m_line[at]) != std::string_view::npos) {
            return 0;
        }
        std::size_t from = at;
        if (m_line[at] == '"' || m_line[at] == '\'') {
            from = behindQuote(at + 1, m_line[at]);
            if (from == 0) {
                return 0;
            }
        }
        for (std::size_t i = from; i < m_end; ++i) {
            if (m_line[i] == '#' && i > at && isBlank(m_line[i - 1])) {
                return 0;
            }
            if (m_line[i] == ':' && endsWord(i + 1)) {
                return i;
            }
            if (from != at && !isBlank(m_line[i])) {
                return 0; // something between a quoted word and its colon
            }
        }
        return 0;
    }

    /// Behind the quote that closes a text begun before `at`; 0: not in this line.
    [[nodiscard]] std::size_t behindQuote(std::size_t at, char quote) const
    {
        for (; at < m_end; ++at) {
            if (m_line[at] == '\\' && quote == '"') {
                ++at;
            } else if (m_line[at] == quote && quote == '\'' && at + 1 < m_end && m_line[at + 1] == '\'') {
                ++at;
            } else if (m_line[at] == quote) {
                return at + 1;
            }
        }
        return 0;
    }

    /// A value, and what follows it in its line.
    void rest(std::size_t at, std::size_t key)
    {
        int depth = 0; // of brackets
        while (at < m_end) {
            at = skipBlanks(at);
            put(at, YamlLexer::Plain);
            if (at >= m_end) {
                return;
            }
            const char c = m_line[at];
            if (c == '#' && (at == 0 || isBlank(m_line[at - 1]))) {
                put(m_end, YamlLexer::Comment);
                return;
            }
            if (c == '&' || c == '*' || c == '!') {
                while (at < m_end && !isBlank(m_line[at]) && m_line[at] != ',') {
                    ++at;
                }
                put(at, YamlLexer::Mark);
            } else if ((c == '|' || c == '>') && depth == 0) {
                while (at < m_end && !isBlank(m_line[at])) {
                    ++at;
                }
                put(at, YamlLexer::Mark);
                found.state = stateOf(kBlock, key);
            } else if (c == '"' || c == '\'') {
                const std::size_t behind = behindQuote(at + 1, c);
                if (behind == 0) {
                    text(m_end, YamlLexer::String);
                    found.state = stateOf(c == '"' ? kDouble : kSingle, key);
                    return;
                }
                const bool isKey = depth > 0 && behind < m_end && m_line[behind] == ':';
                text(behind, isKey ? YamlLexer::Key : YamlLexer::String);
                at = behind;
            } else if (std::string_view("{}[],").find(c) != std::string_view::npos || (c == ':' && depth > 0)) {
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
                put(++at, YamlLexer::Mark);
            } else {
                at = word(at, depth > 0);
            }
        }
    }

    /// A plain word: up to a comment, in brackets up to what parts entries.
    std::size_t word(std::size_t at, bool isInBrackets)
    {
        std::size_t end = at;
        bool isKey = false;
        while (end < m_end) {
            if (m_line.substr(end).starts_with("${{")) {
                const std::size_t close = m_line.find("}}", end);
                end = close == m_line.npos ? end + 3 : close + 2;
                continue;
            }
            if (m_line[end] == '#' && isBlank(m_line[end - 1])) {
                break;
            }
            if (isInBrackets && std::string_view(",{}[]").find(m_line[end]) != std::string_view::npos) {
                break;
            }
            if (isInBrackets && m_line[end] == ':' && endsWord(end + 1)) {
                isKey = true;
                break;
            }
            ++end;
        }
        end = std::min(end, m_end);
        while (end > at + 1 && isBlank(m_line[end - 1])) {
            --end;
        }
        const std::string_view all = m_line.substr(at, end - at);
        const bool isNothing = all == "null" || all == "~";
        const int style = isKey ? YamlLexer::Key
            : isNothing || spec::yamlBool(all) ? YamlLexer::Word
            : spec::yamlNumber(all)            ? YamlLexer::Number
                                               : YamlLexer::Plain;
        text(end, style);
        return std::max(end, at + 1);
    }

    /// Up to `to` in a style, bindings and flags in their own.
    void text(std::size_t to, int style)
    {
        for (std::size_t at = m_done; at < to; ++at) {
            const std::string_view rest = m_line.substr(at, to - at);
            if (rest.starts_with("${{")) {
                const std::size_t close = rest.find("}}");
                put(at, style);
                put(close == rest.npos ? to : at + close + 2, YamlLexer::Binding);
                at = m_done - 1;
            } else if (rest.starts_with("--") && rest.size() > 2 && !isBlank(rest[2]) && rest[2] != '-' && (at == 0 || isBlank(m_line[at - 1]))) {
                std::size_t end = at;
                while (end < to && !isBlank(m_line[end]) && m_line[end] != '=') {
                    ++end;
                }
                put(at, style);
                put(end, YamlLexer::Flag);
                at = end - 1;
            }
        }
        put(to, style);
    }

    std::string_view m_line;
    std::size_t m_end = 0; // without the line end
    std::size_t m_done = 0;
};

} // namespace

YamlStyles yamlStyles(std::string_view line, int state)
{
    return LineStyler(line, state).found;
}

YamlLexer::YamlLexer(QObject* parent)
    : QsciLexerCustom(parent)
{
}

QString YamlLexer::description(int style) const
{
    return style < Styles ? QString::number(style) : QString(); // never shown: says that there is such a style
}

QColor YamlLexer::defaultColor(int style) const
{
    const SyntaxColors colors = syntaxColors();
    switch (style) {
    case Key:
        return colors.key;
    case String:
        return colors.string;
    case Number:
        return colors.number;
    case Word:
        return colors.word;
    case Comment:
        return colors.comment;
    case Binding:
        return colors.binding;
    case Flag:
        return colors.flag;
    case Mark:
        return colors.mark;
    default:
        return colors.text;
    }
}

QColor YamlLexer::defaultPaper(int) const
{
    return theme().surface;
}

QFont YamlLexer::defaultFont(int) const
{
    return editorFont();
}

void YamlLexer::takeTheme()
{
    setDefaultColor(syntaxColors().text);
    setDefaultPaper(theme().surface);
    for (int style = 0; style < Styles; ++style) {
        setColor(defaultColor(style), style);
        setPaper(theme().surface, style);
        setFont(editorFont(), style);
    }
}

void YamlLexer::styleText(int start, int end)
{
    QsciScintilla* const view = editor();
    if (view == nullptr || end <= start) {
        return;
    }
    const auto send = [view](unsigned message, long first = 0, long second = 0) { return view->SendScintilla(message, static_cast<unsigned long>(first), second); };
    const long firstLine = send(QsciScintilla::SCI_LINEFROMPOSITION, start);
    const long lastLine = send(QsciScintilla::SCI_LINEFROMPOSITION, end - 1);
    int state = firstLine == 0 ? 0 : static_cast<int>(send(QsciScintilla::SCI_GETLINESTATE, firstLine - 1));
    send(QsciScintilla::SCI_STARTSTYLING, start);
    for (long line = firstLine; line <= lastLine; ++line) {
        const long begin = send(QsciScintilla::SCI_POSITIONFROMLINE, line);
        const long next = line + 1 < send(QsciScintilla::SCI_GETLINECOUNT) ? send(QsciScintilla::SCI_POSITIONFROMLINE, line + 1)
                                                                           : send(QsciScintilla::SCI_GETLENGTH);
        if (next > begin) {
            const auto* bytes = reinterpret_cast<const char*>(send(QsciScintilla::SCI_GETRANGEPOINTER, begin, next - begin));
            const YamlStyles styles = yamlStyles({ bytes, static_cast<std::size_t>(next - begin) }, state);
            for (const auto& piece : styles.pieces) {
                send(QsciScintilla::SCI_SETSTYLING, static_cast<long>(piece.length), piece.style);
            }
            state = styles.state;
        }
        if (send(QsciScintilla::SCI_GETLINESTATE, line) != state) {
            send(QsciScintilla::SCI_SETLINESTATE, line, state);
        }
    }
    fold(static_cast<int>(firstLine), static_cast<int>(lastLine));
}

/// A line folds what is further in; the dash of a list right below its key counts as further in. Empty lines and comments go with what follows.
void YamlLexer::fold(int firstLine, int lastLine)
{
    const auto send = [this](unsigned message, long first = 0, long second = 0) { return editor()->SendScintilla(message, static_cast<unsigned long>(first), second); };
    const long count = send(QsciScintilla::SCI_GETLINECOUNT);
    const auto depth = [&send](long line) -> long { // -1: nothing but blanks or a comment
        const long at = send(QsciScintilla::SCI_GETLINEINDENTPOSITION, line);
        const auto c = static_cast<char>(send(QsciScintilla::SCI_GETCHARAT, at));
        if (c == '#' || c == '\n' || c == '\r' || c == '\0') {
            return -1;
        }
        const bool isItem = c == '-' && isBlank(static_cast<char>(send(QsciScintilla::SCI_GETCHARAT, at + 1)));
        return std::min<long>(send(QsciScintilla::SCI_GETLINEINDENTATION, line) * 2 + (isItem ? 1 : 0), 3000);
    };
    long first = firstLine;
    do { // the line before that has words may have become a head
        --first;
    } while (first > 0 && depth(first) < 0);
    first = std::max<long>(first, 0);
    long next = lastLine + 1;
    while (next < count && depth(next) < 0) {
        ++next;
    }
    long following = next < count ? depth(next) : -1;
    for (long line = lastLine; line >= first; --line) {
        const long here = depth(line);
        long level = QsciScintilla::SC_FOLDLEVELBASE;
        if (here < 0) {
            level += std::max<long>(following, 0);
            level |= QsciScintilla::SC_FOLDLEVELWHITEFLAG;
        } else {
            level += here;
            level |= following > here ? static_cast<long>(QsciScintilla::SC_FOLDLEVELHEADERFLAG) : 0L;
            following = here;
        }
        if (send(QsciScintilla::SCI_GETFOLDLEVEL, line) != level) {
            send(QsciScintilla::SCI_SETFOLDLEVEL, line, level);
        }
    }
}

} // namespace sheaf::ui
