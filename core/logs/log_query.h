// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct hs_database;
struct hs_scratch;

namespace sheaf::logs {

/// Why a text is no question.
struct QueryProblem {
    enum class Kind {
        Empty,
        OpenQuote, // a " has no second one
        Expected, // an operand or an operator is missing at `at`
        Expression, // the regular expression is not one: `detail` says why, in the library's words
        LettersOfClass, // `detail` is a range or a negated class with letters beyond ASCII, which cannot be looked for
        Processor, // without SSSE3 the library does not work
    };
    Kind kind = Kind::Empty;
    std::size_t at = 0; // byte of the text
    std::string detail;
};

/// What is looked for in lines: a regular expression, or several in quotes joined by and, or, not and brackets:
///     time-?out              "KeyError" and not "station"              ("a" or "b") and "c"
/// Small letters find large ones, too; an expression with a large letter finds just that (ASCII). Nothing spans lines; a line ends before its "\r\n",
/// and \A, \z and \Z are its begin and end. Expressions are Hyperscan's: Perl's without looking around and without references back, in which "."
/// and \w are one byte; [äö] and ä+ mean letters. Not "regular": the text is looked for as it stands, quotes and all.
/// A value that is shared; any thread may use it, each through a Scanner of its own.
class LogQuery
{
public:
    [[nodiscard]] static tl::expected<LogQuery, QueryProblem> parse(std::string_view text, bool regular = true);

    [[nodiscard]] const std::string& text() const;

    struct Compiled;
    class Scanner;

private:
    explicit LogQuery(std::shared_ptr<const Compiled> compiled)
        : m_compiled(std::move(compiled))
    {
    }
    std::shared_ptr<const Compiled> m_compiled;
};

/// One thread's use of a query.
class LogQuery::Scanner
{
public:
    explicit Scanner(const LogQuery& query);
    ~Scanner();
    Scanner(Scanner&&) noexcept;
    Scanner& operator=(Scanner&&) = delete;

    [[nodiscard]] bool matches(std::string_view line);
    /// Where in the line the expressions are found, as [begin, end) pairs in growing order, for marking.
    [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> places(std::string_view line);
    /// Adds where those lines of `block` begin that match, each plus `base`. The block holds whole lines.
    void linesIn(std::string_view block, std::uint64_t base, std::vector<std::uint64_t>& into);

private:
    /// `doubt`: each line that is found is asked by itself.
    void blockAsWhole(std::string_view block, std::uint64_t base, std::vector<std::uint64_t>& into, bool doubt);
    std::shared_ptr<const Compiled> m_compiled;
    hs_scratch* m_scratch = nullptr;
};

} // namespace sheaf::logs
