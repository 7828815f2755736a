// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/json.h"
#include "tests/support/result_macros.h"
#include "tests/support/test_runner.h"

#include <limits>

using namespace sheaf;

namespace {

enum class Colour { Red, Green };
BOOST_DESCRIBE_ENUM(Colour, Red, Green)

struct Inner
{
    std::string name = "unnamed";
    std::optional<double> share;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (name, share))

struct Outer
{
    bool flag = true;
    int count = 5;
    std::int64_t big = 0;
    std::uint64_t bigger = 0;
    Colour colour = Colour::Green;
    NodeIndex node;
    std::vector<Inner> inners;
    std::map<std::string, std::string> words;
    std::vector<std::pair<std::string, int>> pairs;
};
BOOST_DESCRIBE_STRUCT(Outer, (), (flag, count, big, bigger, colour, node, inners, words, pairs))

Outer fullOuter()
{
    return { false, -3, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::uint64_t>::max(), Colour::Red, NodeIndex(7),
        { { "a\"\\\n\x01", 0.1 }, { "", std::nullopt } }, { { "k", "v" }, { "", "empty" } },
        { { "p", 1 }, { "q", 2 } } };
}

} // namespace

class tst_json : public QObject
{
    Q_OBJECT

private slots:
    void what_is_written_is_read_back()
    {
        const std::string text = json::serialize(fullOuter());
        const auto read = json::deserialize<Outer>(text, "outer");
        VERIFY_OK(read);
        QCOMPARE(json::serialize(*read), text);
        QCOMPARE(read->big, std::numeric_limits<std::int64_t>::min());
        QCOMPARE(read->bigger, std::numeric_limits<std::uint64_t>::max());
        QCOMPARE(read->colour, Colour::Red);
        QCOMPARE(read->node, NodeIndex(7));
        QCOMPARE(read->inners.size(), std::size_t(2));
        QCOMPARE(read->inners[0].name, std::string("a\"\\\n\x01"));
        QCOMPARE(read->inners[0].share, std::optional<double>(0.1));
        QVERIFY(!read->inners[1].share);
        QCOMPARE(read->words.at(""), std::string("empty"));
        QCOMPARE(read->pairs[1].second, 2);
    }

    void members_that_are_not_there_keep_their_defaults()
    {
        const auto read
            = json::deserialize<Outer>(R"({"inners": [{}], "unknown": [1, {"x": 2}]})", "outer");
        VERIFY_OK(read);
        QCOMPARE(read->count, 5);
        QVERIFY(read->flag);
        QCOMPARE(read->colour, Colour::Green);
        QCOMPARE(read->inners.at(0).name, std::string("unnamed"));
    }

    void enums_are_written_as_words()
    {
        QCOMPARE(json::serialize(Colour::Red), std::string("\"Red\""));
        QCOMPARE(json::enumFromName<Colour>("Green"), std::optional<Colour>(Colour::Green));
        QVERIFY(!json::enumFromName<Colour>("green"));
    }

    void another_type_or_an_unknown_word_is_an_error_not_a_guess()
    {
        for (const char* wrong :
            { R"({"count": "5"})", R"({"count": 1.5})", R"({"count": 3000000000})",
                R"({"flag": 1})", R"({"colour": "Blue"})", R"({"colour": 1})", R"({"words": []})",
                R"({"pairs": [["p"]]})", R"([])", R"(7)", R"({"node": -1})" }) {
            const auto read = json::deserialize<Outer>(wrong, "outer");
            QVERIFY2(!read, wrong);
            QCOMPARE(read.error().code, ErrorCode::Parse);
            QCOMPARE(read.error().arg("what"), std::string("outer"));
        }
    }

    void broken_text_is_an_error_with_the_reason()
    {
        for (const char* wrong : { "", "{", "{\"a\":}", "{} x", "nul" }) {
            const auto read = json::parse(wrong);
            QVERIFY2(!read, wrong);
            QVERIFY(!read.error().arg("reason").empty());
        }
    }
};

SHEAF_TEST(tst_json)
#include "tst_json.moc"
