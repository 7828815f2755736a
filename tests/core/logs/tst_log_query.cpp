// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/log_level.h"
#include "core/logs/log_query.h"
#include "core/logs/log_scan.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <fstream>
#include <functional>
#include <random>

using namespace sheaf;
using namespace sheaf::logs;

namespace {

bool matches(const char* query, std::string_view line, bool regular = true)
{
    auto parsed = LogQuery::parse(query, regular);
    return parsed && LogQuery::Scanner(*parsed).matches(line);
}

QueryProblem::Kind problemOf(const char* query)
{
    return LogQuery::parse(query).error().kind;
}

/// All lines of a file that match, in turns of `atMost` bytes.
std::vector<std::uint64_t> scanAll(const std::filesystem::path& file, const LogQuery& query, std::uint64_t atMost)
{
    std::vector<std::uint64_t> found;
    const std::uint64_t size = std::filesystem::file_size(file);
    for (std::uint64_t at = 0; at < size;) {
        const auto turn = scanLines(file, at, size, atMost, query, true, {});
        if (!turn) {
            break;
        }
        found.insert(found.end(), turn->lines.begin(), turn->lines.end());
        if (turn->atEnd || turn->end == at) {
            break;
        }
        at = turn->end;
    }
    return found;
}

} // namespace

class tst_log_query : public QObject
{
    Q_OBJECT

private slots:
    void small_letters_find_large_ones_and_large_ones_themselves()
    {
        QVERIFY(matches("keyerror", "a KeyError here"));
        QVERIFY(matches("KeyError", "a KeyError here"));
        QVERIFY(!matches("Keyerror", "a KeyError here"));
        QVERIFY(matches("\\Serror", "a KeyError here")); // the escape's letter is no wish
        QVERIFY(matches("key.*here$", "a KeyError here"));
    }

    void quoted_expressions_are_joined_by_and_or_not()
    {
        QVERIFY(matches("\"a\" and not \"b\"", "xax"));
        QVERIFY(!matches("\"a\" and not \"b\"", "xabx"));
        QVERIFY(matches("not \"b\"", ""));
        QVERIFY(matches("\"x\" or \"a\" and \"b\"", "x")); // and binds closer
        QVERIFY(!matches("(\"x\" or \"a\") and \"b\"", "x"));
        QVERIFY(matches("not (\"x\" or \"y\")", "z"));
        QVERIFY(matches("\"say \\\"a\\\"\"", "they say \"a\""));
        QVERIFY(matches("rock and roll", "rock and roll")); // without quotes the words are text
        QVERIFY(matches("x \"a\"", "x \"a\""));
    }

    void what_is_not_regular_is_taken_as_it_stands()
    {
        QVERIFY(matches("f(x[0]", "call f(x[0])", false));
        QVERIFY(!matches("a.c", "abc", false));
        QVERIFY(matches("\"a\"", "say \"a\"", false));
    }

    void what_is_no_question_says_why()
    {
        QVERIFY(problemOf("") == QueryProblem::Kind::Empty);
        QVERIFY(problemOf("\"a") == QueryProblem::Kind::OpenQuote);
        QVERIFY(problemOf("\"a\" and") == QueryProblem::Kind::Expected);
        QVERIFY(problemOf("\"a\" \"b\"") == QueryProblem::Kind::Expected);
        QVERIFY(problemOf("(\"a\"") == QueryProblem::Kind::Expected);
        QVERIFY(problemOf("a(b") == QueryProblem::Kind::Expression);
        QVERIFY(!LogQuery::parse("a(?=b)").error().detail.empty());
        QCOMPARE(LogQuery::parse("\"a\" nor \"b\"").error().at, std::size_t { 4 });
    }

    void places_are_those_of_whole_matches()
    {
        auto query = LogQuery::parse("\"ab+\" or \"x\"");
        using Places = std::vector<std::pair<std::size_t, std::size_t>>;
        QVERIFY(LogQuery::Scanner(*query).places("abbb-x") == (Places { { 0, 4 }, { 5, 6 } }));
    }

    /// Blocks as a whole, in turns of any size, between two threads: always the lines that each line by itself gives.
    void a_file_has_the_lines_that_match_one_by_one()
    {
        const test::TempFolder folder;
        std::mt19937 random(11);
        std::string text;
        std::vector<std::pair<std::uint64_t, std::string>> lines;
        const char* words[] = { "ERROR", "key", "station", "", "ab", " ", "took 12 ms", "\t", "Key" };
        while (text.size() < 300000) {
            std::string line;
            for (int i = static_cast<int>(random() % 5); i > 0; --i) {
                line += words[random() % std::size(words)];
            }
            lines.emplace_back(text.size(), line);
            text += line + "\n";
        }
        lines.emplace_back(text.size(), "an ERROR at the end");
        text += lines.back().second; // not finished
        const auto file = folder.write("log.txt", text);
        for (const char* question : { "ERROR", "key", "^$", "^", "$", "n[^x]*e", "key\\s*st", "a*", "\\d+ ms$", "not \"key\"", "\"key\" and \"error\"",
                 "ab$|^station", "\\s", "^\\s*$" }) {
            const auto query = LogQuery::parse(question);
            QVERIFY2(query.has_value(), question);
            LogQuery::Scanner scanner(*query);
            std::vector<std::uint64_t> expected;
            for (const auto& [begin, line] : lines) {
                if (scanner.matches(line)) {
                    expected.push_back(begin);
                }
            }
            for (const std::uint64_t atMost : { 1ULL, 777ULL, 50000ULL, 1ULL << 30 }) {
                if (atMost > 1 || expected.size() < 2000) {
                    QVERIFY2(scanAll(file, *query, atMost) == expected, question);
                }
            }
        }
    }

    void any_expression_finds_in_a_block_what_it_finds_line_by_line()
    {
        const char* atoms[] = { "a", "b", ".", "$", "^", "\\A", "\\z", "\\Z", "\\b", "\\B", "\\s", "\\w", "[^a]", "(a|b)", "(?:ab)", "x?", "a*", "$|^" };
        const char* pieces[] = { "a", "b", "x", " ", "ab", "" };
        const char* ends[] = { "\n", "\r\n", "\n", "\r\r\n", "\rx\n" };
        std::mt19937 random(3);
        int tried = 0;
        for (int round = 0; round < 700; ++round) {
            std::string question;
            for (int i = 1 + static_cast<int>(random() % 4); i > 0; --i) {
                question += atoms[random() % std::size(atoms)];
            }
            const auto query = LogQuery::parse(question);
            if (!query) {
                continue; // not every row of atoms is an expression
            }
            ++tried;
            LogQuery::Scanner scanner(*query);
            std::string block;
            std::vector<std::uint64_t> expected;
            const bool plain = round % 3 == 0; // without any '\r'
            for (int line = 0; line < 20; ++line) {
                std::string text;
                for (int i = static_cast<int>(random() % 4); i > 0; --i) {
                    text += pieces[random() % std::size(pieces)];
                }
                const std::string end = plain ? "\n" : ends[random() % std::size(ends)];
                std::string whole = text + end;
                const std::size_t begin = block.size();
                block += whole;
                while (!whole.empty() && (whole.back() == '\n' || whole.back() == '\r')) {
                    whole.pop_back();
                }
                if (scanner.matches(whole)) {
                    expected.push_back(begin);
                }
            }
            std::vector<std::uint64_t> found;
            scanner.linesIn(block, 0, found);
            QVERIFY2(found == expected, question.c_str());
        }
        QVERIFY2(tried > 350, std::to_string(tried).c_str());
    }

    void a_line_ends_before_its_carriage_return()
    {
        std::vector<std::uint64_t> found;
        LogQuery::Scanner(*LogQuery::parse("failed$")).linesIn("it failed\r\nfailed too\r\nhas failed\n", 0, found);
        QVERIFY(found == (std::vector<std::uint64_t> { 0, 23 }));
    }

    void the_begin_and_end_of_the_text_are_those_of_a_line()
    {
        const std::string block = "it failed\nfailed it\r\nfailed\n";
        const auto linesOf = [&](const char* question) {
            std::vector<std::uint64_t> found;
            LogQuery::Scanner(*LogQuery::parse(question)).linesIn(block, 0, found);
            return found;
        };
        QVERIFY(linesOf("\\Afailed") == (std::vector<std::uint64_t> { 10, 21 }));
        QVERIFY(linesOf("failed\\z") == (std::vector<std::uint64_t> { 0, 21 }));
        QVERIFY(linesOf("it\\Z") == (std::vector<std::uint64_t> { 10 }));
        QVERIFY(linesOf("(?i)^FAILED$") == (std::vector<std::uint64_t> { 21 }));
    }

    void letters_of_several_bytes_are_letters()
    {
        QVERIFY(matches("^[äö]l$", "öl"));
        QVERIFY(!matches("[äö]", "naïve")); // which shares a byte with both
        QVERIFY(matches("^[xä-]+$", "xä-ä"));
        QVERIFY(matches("^[]ä]+$", "ä]"));
        QVERIFY(matches("^[ä^]+$", "^ä"));
        QVERIFY(matches("^[[:digit:]\\sä]+$", "1 ä"));
        QVERIFY(matches("^ä+$", "äää"));
        QVERIFY(matches("^ä{2}b$", "ääb"));
        QVERIFY(matches("^[€a]?$", "€"));
        QVERIFY(matches("\"[äö]x\" and not \"ü?y\"", "äx"));
        QVERIFY(matches("[äö]", "[äö]", false));
        for (const char* refused : { "[^ä]", "x[ä-ö]", "[a-ö]" }) {
            QVERIFY2(problemOf(refused) == QueryProblem::Kind::LettersOfClass, refused);
        }
        QCOMPARE(LogQuery::parse("x[ä-ö]+").error().detail, std::string("[ä-ö]"));
    }

    void large_turns_are_halved_without_losing_a_line()
    {
        const test::TempFolder folder;
        std::string text;
        std::vector<std::uint64_t> expected;
        for (int i = 0; text.size() < (20U << 20); ++i) {
            if (i % 97 == 0) {
                expected.push_back(text.size());
            }
            text += "line " + std::to_string(i) + (i % 97 == 0 ? " has a needle" : " is hay") + std::string(static_cast<std::size_t>(i % 60), '.') + "\n";
        }
        const auto file = folder.write("log.txt", text);
        const auto query = LogQuery::parse("needle");
        QVERIFY(scanAll(file, *query, 1U << 30) == expected);
        QVERIFY(scanAll(file, *query, 9U << 20) == expected);
        QCOMPARE(countLines(file, 0, text.size(), *query).value(), std::uint64_t { expected.size() });
    }

    void a_line_of_many_megabytes_is_one_line()
    {
        const test::TempFolder folder;
        const auto file = folder.write("log.txt", "a\n" + std::string(9U << 20, 'x') + "needle\nb needle\n");
        const auto query = LogQuery::parse("needle");
        QVERIFY(scanAll(file, *query, 4096) == (std::vector<std::uint64_t> { 2, 2 + (9U << 20) + 7 }));
    }

    void it_goes_on_where_the_file_has_grown()
    {
        const test::TempFolder folder;
        const auto file = folder.write("log.txt", "needle 1\nnee");
        const auto query = LogQuery::parse("needle");
        const auto first = scanLines(file, 0, 12, 1U << 20, *query, false, {});
        VERIFY_OK(first);
        QCOMPARE(first->end, std::uint64_t { 9 });
        std::ofstream(file, std::ios::app) << "dle 2\n";
        const auto second = scanLines(file, first->end, std::filesystem::file_size(file), 1U << 20, *query, false, {});
        QVERIFY(second->lines == std::vector<std::uint64_t> { 9 });
    }

    void it_can_be_called_off()
    {
        const test::TempFolder folder;
        const auto file = folder.write("log.txt", "needle\n");
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(scanLines(file, 0, 7, 1U << 20, *LogQuery::parse("needle"), false, stop.get_token())->lines.empty());
        COMPARE_ERROR(scanLines(folder.path() / "none", 0, 7, 7, *LogQuery::parse("x"), false, {}), ErrorCode::NotFound);
    }

    void levels_are_words_not_parts_of_them()
    {
        QVERIFY(levelOf("2026-11-21 17:42:46,564 WARNING process000 x") == LogLevel::Warning);
        QVERIFY(levelOf("17:42 ERROR x") == LogLevel::Error);
        QVERIFY(levelOf("ERRORS 0") == LogLevel::Plain);
        QVERIFY(levelOf("KeyError: 'station'") == LogLevel::Error);
        QVERIFY(levelOf("json.decoder.JSONDecodeError: Expecting") == LogLevel::Error);
        QVERIFY(levelOf("Error") == LogLevel::Error);
        QVERIFY(levelOf("the KeyError is gone") == LogLevel::Plain);
        QVERIFY(levelOf("") == LogLevel::Plain);
        const auto query = LogQuery::parse(kErrorLines);
        QVERIFY(query.has_value());
        LogQuery::Scanner scanner(*query);
        for (const char* line : { "17:42 ERROR x", "ERRORS 0", "KeyError: 'station'", "Error", "the KeyError is gone", "", "WARNING", "Traceback (most recent call last):" }) {
            QVERIFY2(scanner.matches(line) == (levelOf(line) == LogLevel::Error), line);
        }
    }
};

SHEAF_TEST(tst_log_query)
#include "tst_log_query.moc"
