// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/log_query.h"

#include <fmt/format.h>
#include <hs/hs.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <optional>
#include <utility>

namespace sheaf::logs {

namespace {

/// A step of the worked-out expression, in the order of a stack machine.
struct Node {
    enum class Kind { Term, And, Or, Not } kind = Kind::Term;
    std::uint32_t term = 0;
};

struct FreeDatabase {
    void operator()(hs_database_t* database) const { hs_free_database(database); }
};
using Database = std::unique_ptr<hs_database_t, FreeDatabase>;

bool isLetter(char c)
{
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

/// A large letter that is none of an escape ("\\S" is no wish for large ones).
bool hasLargeLetter(std::string_view text, bool regular)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (regular && text[i] == '\\') {
            ++i;
        } else if (text[i] >= 'A' && text[i] <= 'Z') {
            return true;
        }
    }
    return false;
}

/// Whether a match could hold a line end. When in doubt, yes: then each found line is asked by itself.
bool mayCrossLines(std::string_view expression)
{
    constexpr std::string_view kHarmless = "dwbBS";
    for (std::size_t i = 0; i < expression.size(); ++i) {
        const char c = expression[i];
        const char next = i + 1 < expression.size() ? expression[i + 1] : '\0';
        if (c == '\\') {
            if (std::isalnum(static_cast<unsigned char>(next)) != 0 && kHarmless.find(next) == std::string_view::npos) {
                return true;
            }
            ++i;
        } else if ((c == '[' && next == '^') || (c == '(' && next == '?') || static_cast<unsigned char>(c) < ' ') {
            return true;
        }
    }
    return false;
}

/// Whether it speaks of the begin or end of all that is looked at (a line, never a block), or changes what "^" means. When in doubt, yes.
bool bindsToText(std::string_view expression)
{
    for (std::size_t i = 0; i + 1 < expression.size(); ++i) {
        const char next = expression[i + 1];
        if (expression[i] == '\\') {
            if (next == 'A' || next == 'z' || next == 'Z' || next == 'Q') {
                return true;
            }
            ++i;
        } else if (expression[i] == '(' && next == '?') {
            const std::size_t letters = expression.find_first_not_of("is", i + 2); // (?i) and (?s) leave "^" and "$" alone
            if (letters == std::string_view::npos || (expression[letters] != ':' && expression[letters] != ')')) {
                return true;
            }
        }
    }
    return false;
}

bool isAscii(char c)
{
    return static_cast<unsigned char>(c) < 0x80;
}

/// Bytes of the UTF-8 character that begins at `at`: 1 when it is none.
std::size_t lengthAt(std::string_view text, std::size_t at)
{
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
    for (std::size_t i = 1; i < length; ++i) {
        if (at + i >= text.size() || (static_cast<unsigned char>(text[at + i]) & 0xC0U) != 0x80) {
            return 1;
        }
    }
    return length;
}

/// The class that begins at `at`, with the place behind it in `end`, as one over bytes: [aä] is (?:[a]|ä). nullopt: there is none.
std::optional<std::string> classOverBytes(std::string_view expression, std::size_t at, std::size_t& end)
{
    const bool isNegated = expression.substr(at + 1, 1) == "^";
    std::string letters; // each an alternative
    std::string bytes; // the rest of the class
    bool isRange = false;
    std::size_t i = at + (isNegated ? 2 : 1);
    for (const std::size_t first = i; i < expression.size() && (expression[i] != ']' || i == first);) {
        std::size_t length = isAscii(expression[i]) ? 1 : lengthAt(expression, i);
        if (expression[i] == '\\' && i + 1 < expression.size()) {
            length = 2;
        } else if (expression.substr(i, 2) == "[:") {
            const std::size_t close = expression.find(":]", i + 2);
            length = close == std::string_view::npos ? 1 : close + 2 - i;
        }
        const std::string_view item = expression.substr(i, length);
        if (isAscii(item.back())) {
            bytes += item;
        } else {
            const std::size_t letter = item.front() == '\\' ? i + 1 : i;
            length = letter - i + lengthAt(expression, letter);
            letters += '|';
            letters += expression.substr(letter, lengthAt(expression, letter));
            isRange = isRange || (i > first && expression[i - 1] == '-' && i - 1 > first)
                || (expression.substr(i + length, 1) == "-" && expression.substr(i + length + 1, 1) != "]");
        }
        i += length;
    }
    end = std::min(i + 1, expression.size());
    if (letters.empty() || i >= expression.size()) {
        return std::string(expression.substr(at, end - at));
    }
    if (isNegated || isRange) {
        return std::nullopt;
    }
    if (bytes.starts_with('^')) { // it was not the first
        bytes.insert(0, 1, '\\');
    }
    return bytes.empty() ? "(?:" + letters.substr(1) + ")" : "(?:[" + bytes + "]" + letters + ")";
}

/// The library sees bytes, people see letters: those of several bytes that stand in a class, or have a "+" behind them, are put so that both mean
/// the same. The problem names the class for which there is no such way.
tl::expected<std::string, QueryProblem> overBytes(const std::string& expression)
{
    if (std::all_of(expression.begin(), expression.end(), isAscii)) {
        return expression;
    }
    const std::string_view text = expression;
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (text.substr(i, 2) == "\\Q") {
            const std::size_t close = std::min(text.find("\\E", i), text.size());
            out += text.substr(i, close - i);
            i = close;
        } else if (text[i] == '\\' && i + 1 < text.size() && isAscii(text[i + 1])) {
            out += text.substr(i, 2);
            i += 2;
        } else if (text[i] == '[') {
            std::size_t end = i;
            const auto made = classOverBytes(text, i, end);
            if (!made) {
                return tl::unexpected<QueryProblem>(QueryProblem { QueryProblem::Kind::LettersOfClass, i, std::string(text.substr(i, end - i)) });
            }
            out += *made;
            i = end;
        } else if (const std::size_t length = lengthAt(text, i); length > 1) {
            const bool isRepeated = i + length < text.size() && std::string_view("*+?{").find(text[i + length]) != std::string_view::npos;
            out += isRepeated ? "(?:" : "";
            out += text.substr(i, length);
            out += isRepeated ? ")" : "";
            i += length;
        } else {
            out += text[i++];
        }
    }
    return out;
}

std::string literal(std::string_view text)
{
    std::string escaped;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            escaped += c;
        } else {
            escaped += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return escaped;
}

std::string_view withoutEnd(std::string_view line)
{
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) {
        line.remove_suffix(1);
    }
    return line;
}

int countTerm(unsigned term, unsigned long long, unsigned long long, unsigned, void* seen)
{
    (*static_cast<std::vector<char>*>(seen))[term] = 1;
    return 0;
}

int stopAtOnce(unsigned, unsigned long long, unsigned long long, unsigned, void* found)
{
    *static_cast<bool*>(found) = true;
    return 1;
}

} // namespace

struct LogQuery::Compiled {
    std::string text;
    std::vector<std::string> terms;
    std::vector<bool> largeLetters; // per term: only as written
    std::vector<Node> program; // empty: the one term
    Database database;
    Database places; // tells where matches begin; null when the library cannot for these
    bool crosses = false; // see mayCrossLines
    bool byLine = false; // see bindsToText
    bool seesLineEnds = false; // "$": a line ends before its '\r', for the library only before its '\n'
    bool seesReturns = false; // a match may hold a '\r'
    bool matchesNothing = false; // a line that no expression is in matches, too: not "a"
    [[nodiscard]] bool holds(const std::vector<char>& seen) const; // what the program makes of the terms that were seen
};

bool LogQuery::Compiled::holds(const std::vector<char>& seen) const
{
    std::vector<char> stack;
    for (const Node& node : program) {
        if (node.kind == Node::Kind::Term) {
            stack.push_back(seen[node.term]);
        } else if (node.kind == Node::Kind::Not) {
            stack.back() = stack.back() != 0 ? 0 : 1;
        } else {
            const char right = stack.back();
            stack.pop_back();
            stack.back() = static_cast<char>(node.kind == Node::Kind::And ? (stack.back() & right) : (stack.back() | right));
        }
    }
    return stack.back() != 0;
}

namespace {

/// The operators between quoted expressions, by going down: or, and, not.
class Reader
{
public:
    Reader(std::string_view text, LogQuery::Compiled& into)
        : m_text(text)
        , m_into(into)
    {
    }

    std::optional<QueryProblem> read()
    {
        any();
        skip();
        if (!m_problem && m_at < m_text.size()) {
            expected();
        }
        return m_problem;
    }

private:
    void skip()
    {
        while (m_at < m_text.size() && m_text[m_at] == ' ') {
            ++m_at;
        }
    }
    bool word(std::string_view name)
    {
        skip();
        const bool is = m_text.substr(m_at, name.size()) == name && (m_at + name.size() == m_text.size() || !isLetter(m_text[m_at + name.size()]));
        m_at += is ? name.size() : 0;
        return is;
    }
    void expected()
    {
        if (!m_problem) {
            m_problem = QueryProblem { QueryProblem::Kind::Expected, m_at, {} };
        }
    }
    void any()
    {
        all();
        while (!m_problem && word("or")) {
            all();
            m_into.program.push_back({ Node::Kind::Or, 0 });
        }
    }
    void all()
    {
        one();
        while (!m_problem && word("and")) {
            one();
            m_into.program.push_back({ Node::Kind::And, 0 });
        }
    }
    void one()
    {
        if (word("not")) {
            one();
            m_into.program.push_back({ Node::Kind::Not, 0 });
            return;
        }
        skip();
        if (m_at < m_text.size() && m_text[m_at] == '(') {
            ++m_at;
            any();
            skip();
            if (m_at >= m_text.size() || m_text[m_at] != ')') {
                expected();
                return;
            }
            ++m_at;
            return;
        }
        if (m_at >= m_text.size() || m_text[m_at] != '"') {
            expected();
            return;
        }
        const std::size_t begin = m_at;
        std::string term;
        for (++m_at; m_at < m_text.size() && m_text[m_at] != '"'; ++m_at) {
            if (m_text[m_at] == '\\' && m_at + 1 < m_text.size()) {
                if (m_text[m_at + 1] != '"') {
                    term += '\\';
                }
                ++m_at;
            }
            term += m_text[m_at];
        }
        if (m_at >= m_text.size()) {
            m_problem = QueryProblem { QueryProblem::Kind::OpenQuote, begin, {} };
            return;
        }
        ++m_at;
        if (term.empty()) {
            m_at = begin;
            expected();
            return;
        }
        m_into.program.push_back({ Node::Kind::Term, static_cast<std::uint32_t>(m_into.terms.size()) });
        m_into.terms.push_back(std::move(term));
    }

    std::string_view m_text;
    LogQuery::Compiled& m_into;
    std::size_t m_at = 0;
    std::optional<QueryProblem> m_problem;
};

tl::expected<Database, QueryProblem> compile(const LogQuery::Compiled& of, unsigned more)
{
    std::vector<const char*> expressions;
    std::vector<unsigned> flags;
    std::vector<unsigned> ids;
    for (std::size_t i = 0; i < of.terms.size(); ++i) {
        expressions.push_back(of.terms[i].c_str());
        flags.push_back(HS_FLAG_MULTILINE | HS_FLAG_ALLOWEMPTY | more | (of.largeLetters[i] ? 0U : unsigned { HS_FLAG_CASELESS }));
        ids.push_back(static_cast<unsigned>(i));
    }
    hs_database_t* database = nullptr;
    hs_compile_error_t* error = nullptr;
    const hs_error_t done = hs_compile_multi(expressions.data(), flags.data(), ids.data(), static_cast<unsigned>(expressions.size()),
        HS_MODE_BLOCK, nullptr, &database, &error);
    if (done != HS_SUCCESS) {
        QueryProblem problem { QueryProblem::Kind::Expression, 0, error != nullptr ? error->message : "" };
        hs_free_compile_error(error);
        return tl::unexpected<QueryProblem>(std::move(problem));
    }
    return Database(database);
}

/// "…" alone, or with operators: only then quotes mean something.
bool hasOperators(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" (");
    return begin != std::string_view::npos && (text[begin] == '"' || text.substr(begin).starts_with("not \"") || text.substr(begin).starts_with("not ("));
}

} // namespace

tl::expected<LogQuery, QueryProblem> LogQuery::parse(std::string_view text, bool regular)
{
    auto compiled = std::make_shared<Compiled>();
    compiled->text = std::string(text);
    if (text.empty()) {
        return tl::unexpected<QueryProblem>(QueryProblem {});
    }
    if (hs_valid_platform() != HS_SUCCESS) {
        return tl::unexpected<QueryProblem>(QueryProblem { QueryProblem::Kind::Processor, 0, {} });
    }
    if (regular && hasOperators(text)) {
        if (auto problem = Reader(text, *compiled).read()) {
            return tl::unexpected<QueryProblem>(std::move(*problem));
        }
    } else {
        compiled->terms.emplace_back(text);
    }
    for (std::string& term : compiled->terms) {
        compiled->largeLetters.push_back(hasLargeLetter(term, regular));
        auto bytes = regular ? overBytes(term) : literal(term);
        if (!bytes) {
            return tl::unexpected<QueryProblem>(bytes.error());
        }
        term = std::move(*bytes);
        compiled->crosses = compiled->crosses || (regular && mayCrossLines(term));
        compiled->byLine = compiled->byLine || (regular && bindsToText(term));
        compiled->seesLineEnds = compiled->seesLineEnds || (regular && term.find('$') != std::string::npos);
        compiled->seesReturns = compiled->seesReturns || (regular && term.find_first_of(".[\\(\r") != std::string::npos);
    }
    if (compiled->terms.size() == 1 && compiled->program.size() == 1) {
        compiled->program.clear();
    }
    compiled->matchesNothing = !compiled->program.empty() && compiled->holds(std::vector<char>(compiled->terms.size(), 0));
    auto database = compile(*compiled, 0);
    if (!database) {
        return tl::unexpected<QueryProblem>(database.error());
    }
    compiled->database = std::move(*database);
    if (auto places = compile(*compiled, HS_FLAG_SOM_LEFTMOST)) {
        compiled->places = std::move(*places);
    }
    return LogQuery(std::move(compiled));
}

const std::string& LogQuery::text() const
{
    return m_compiled->text;
}

LogQuery::Scanner::Scanner(const LogQuery& query)
    : m_compiled(query.m_compiled)
{
    // Without memory for it nothing is found; the library has no other reason to refuse.
    (void)hs_alloc_scratch(m_compiled->database.get(), &m_scratch);
    if (m_compiled->places) {
        (void)hs_alloc_scratch(m_compiled->places.get(), &m_scratch);
    }
}

LogQuery::Scanner::~Scanner()
{
    hs_free_scratch(m_scratch);
}

LogQuery::Scanner::Scanner(Scanner&& other) noexcept
    : m_compiled(std::move(other.m_compiled))
    , m_scratch(std::exchange(other.m_scratch, nullptr))
{
}

bool LogQuery::Scanner::matches(std::string_view line)
{
    const auto length = static_cast<unsigned>(line.size());
    if (m_compiled->program.empty()) {
        bool found = false;
        (void)hs_scan(m_compiled->database.get(), line.data(), length, 0, m_scratch, stopAtOnce, &found);
        return found;
    }
    std::vector<char> seen(m_compiled->terms.size(), 0);
    (void)hs_scan(m_compiled->database.get(), line.data(), length, 0, m_scratch, countTerm, &seen);
    return m_compiled->holds(seen);
}

std::vector<std::pair<std::size_t, std::size_t>> LogQuery::Scanner::places(std::string_view line)
{
    using Places = std::vector<std::pair<std::size_t, std::size_t>>;
    Places found;
    if (!m_compiled->places) {
        return found;
    }
    const auto take = [](unsigned, unsigned long long from, unsigned long long to, unsigned, void* into) {
        if (to > from) {
            static_cast<Places*>(into)->emplace_back(from, to);
        }
        return 0;
    };
    (void)hs_scan(m_compiled->places.get(), line.data(), static_cast<unsigned>(line.size()), 0, m_scratch, take, &found);
    std::sort(found.begin(), found.end());
    Places joined; // each end is told: "a+" of "aaa" three times
    for (const auto& place : found) {
        if (!joined.empty() && place.first < joined.back().second) {
            joined.back().second = std::max(joined.back().second, place.second);
        } else {
            joined.push_back(place);
        }
    }
    return joined;
}

void LogQuery::Scanner::linesIn(std::string_view block, std::uint64_t base, std::vector<std::uint64_t>& into)
{
    const auto hasReturns = [block] { return !block.empty() && std::memchr(block.data(), '\r', block.size()) != nullptr; };
    const bool byLine = m_compiled->matchesNothing || m_compiled->byLine || (m_compiled->seesLineEnds && hasReturns());
    if (!byLine) {
        blockAsWhole(block, base, into, m_compiled->seesReturns && hasReturns());
        return;
    }
    const char* at = block.data();
    const char* end = at + block.size();
    while (at < end) {
        const void* newline = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
        const char* next = newline == nullptr ? end : static_cast<const char*>(newline) + 1;
        if (matches(withoutEnd({ at, static_cast<std::size_t>(next - at) }))) {
            into.push_back(base + static_cast<std::uint64_t>(at - block.data()));
        }
        at = next;
    }
}

/// Many times as fast as line by line: the library runs through the block, and only where it stops is a line looked at.
void LogQuery::Scanner::blockAsWhole(std::string_view block, std::uint64_t base, std::vector<std::uint64_t>& into, bool doubt)
{
    struct Walk {
        std::string_view block;
        std::vector<std::uint64_t> lines; // where lines begin that may match
        std::uint64_t begin = 1; // the line that was noted last: no place is in it at first
        std::uint64_t end = 0;
        bool doubtful = false; // a match may be across a line end, or have been noted for the line before its own
        void note(std::uint64_t at)
        {
            if (at >= begin && at < end) {
                return;
            }
            const void* before = at == 0 ? nullptr : memrchr(block.data(), '\n', at);
            const void* behind = std::memchr(block.data() + at, '\n', block.size() - at);
            begin = before == nullptr ? 0 : static_cast<std::uint64_t>(static_cast<const char*>(before) - block.data()) + 1;
            end = behind == nullptr ? block.size() : static_cast<std::uint64_t>(static_cast<const char*>(behind) - block.data()) + 1;
            lines.push_back(begin);
        }
    };
    Walk walk;
    walk.block = block;
    const auto take = [](unsigned, unsigned long long, unsigned long long to, unsigned, void* context) {
        auto& at = *static_cast<Walk*>(context);
        if (to > 0) {
            at.note(to - 1);
        }
        if (to == 0 || at.block[to - 1] == '\n') { // it may be an empty match of the line that begins here
            at.doubtful = true;
            if (to < at.block.size()) {
                at.note(to);
            }
        }
        return 0;
    };
    (void)hs_scan(m_compiled->database.get(), block.data(), static_cast<unsigned>(block.size()), 0, m_scratch, take, &walk);
    if (!std::is_sorted(walk.lines.begin(), walk.lines.end())) {
        std::sort(walk.lines.begin(), walk.lines.end());
    }
    walk.lines.erase(std::unique(walk.lines.begin(), walk.lines.end()), walk.lines.end());
    for (const std::uint64_t begin : walk.lines) {
        if (m_compiled->crosses || doubt || walk.doubtful || !m_compiled->program.empty()) {
            const std::size_t end = std::min(block.find('\n', begin), block.size());
            if (!matches(withoutEnd(block.substr(begin, end - begin)))) {
                continue; // found across a line end only, or what is found is not what was asked for
            }
        }
        into.push_back(base + begin);
    }
}

} // namespace sheaf::logs
