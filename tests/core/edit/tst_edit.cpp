// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/edit/edit.h"
#include "core/edit/text_draft.h"
#include "core/spec/override.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <algorithm>
#include <filesystem>

using namespace sheaf;
using namespace sheaf::spec;
using namespace sheaf::edit;

namespace {

YamlDocument parsed(const std::string& text)
{
    return parseYaml(SourceText("job.yml", text));
}

/// The text after the edit; "refused: …" when it was.
std::string edited(const std::string& text, const std::string& path, const std::optional<std::string>& value)
{
    const auto patches = patchesFor(parsed(text), { keysFromText(path), value });
    if (!patches) {
        return "refused: " + errorSentence(patches.error());
    }
    const std::string now = patched(text, *patches);
    if (patched(now, inverseOf(text, *patches)) != text) {
        return "the inverse does not give back the text";
    }
    return now;
}

std::string set(const std::string& text, const std::string& path, const std::string& value)
{
    return edited(text, path, value);
}

std::string unset(const std::string& text, const std::string& path)
{
    return edited(text, path, std::nullopt);
}

/// Every scalar and empty value of a tree with its path, as long as it is written where it stands.
void eachValue(const YamlNode& node, std::vector<std::string>& path, std::vector<std::pair<std::vector<std::string>, const YamlNode*>>& all)
{
    if (node.isScalar() || node.isNull()) {
        all.emplace_back(path, &node);
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        path.push_back(std::to_string(i));
        eachValue(node.items[i], path, all);
        path.pop_back();
    }
    for (const auto& entry : node.entries) {
        path.push_back(entry.key);
        eachValue(entry.value, path, all);
        path.pop_back();
    }
}

} // namespace

class tst_edit : public QObject
{
    Q_OBJECT

private slots:
    void a_value_changes_and_nothing_else()
    {
        QCOMPARE(set("a: 1 # one\nb: 2\n", "a", "10"), std::string("a: 10 # one\nb: 2\n"));
        QCOMPARE(set("a: 1\r\nb:   word   \r\n", "b", "other"), std::string("a: 1\r\nb:   other   \r\n"));
        QCOMPARE(set("\xEF\xBB\xBF" "a: 1", "a", "2"), std::string("\xEF\xBB\xBF" "a: 2"));
        QCOMPARE(set("j: {a: 1, b: [x, 'y']}\n", "j.b.1", "z"), std::string("j: {a: 1, b: [x, 'z']}\n"));
        QCOMPARE(set("a: &anchor !!str 5 # c\n", "a", "6"), std::string("a: &anchor !!str 6 # c\n"));
        QCOMPARE(set("a: 1\n", "a", "1"), std::string("a: 1\n"));
    }

    void quotes_stay_and_what_needs_them_gets_them()
    {
        QCOMPARE(set("a: '10'\n", "a", "20"), std::string("a: '20'\n"));
        QCOMPARE(set("a: \"x\"\n", "a", "say \"hi\""), std::string("a: \"say \\\"hi\\\"\"\n"));
        QCOMPARE(set("a: 'x'\n", "a", "it's"), std::string("a: 'it''s'\n"));
        QCOMPARE(set("a: x\n", "a", "'5'"), std::string("a: '5'\n"));
        QCOMPARE(set("a: x\n", "a", "key: value"), std::string("a: 'key: value'\n"));
        QCOMPARE(set("a: x\n", "a", "${{parent.inputs.b}}"), std::string("a: ${{parent.inputs.b}}\n"));
        QCOMPARE(set("{a: x}\n", "a", "${{parent.inputs.b}}"), std::string("{a: '${{parent.inputs.b}}'}\n"));
        QCOMPARE(set("a: x\n", "a", "# no comment"), std::string("a: '# no comment'\n"));
    }

    void a_word_that_a_reader_of_yaml_1_1_refuses_is_quoted()
    {
        for (const std::string word : { "=", "<<", "0x_", "-0b_", "._", "2024-02-30", "2024-13-01", "2024-01-01 25:00:00", "0000-01-01" }) {
            QCOMPARE(set("a: x # c\n", "a", word), "a: '" + word + "' # c\n");
        }
        for (const std::string word : { "2024-02-29", "2024-01-01t10:30:00Z", "==", "0x1F", "0b11", ".5", "1.2.3", "2024-02-30-beta", "-", "_" }) {
            QCOMPARE(set("a: x\n", "a", word), word == "-" ? std::string("a: '-'\n") : "a: " + word + "\n");
        }
        QCOMPARE(set("a: [x, y]\n", "a.0", "?x"), std::string("a: ['?x', y]\n"));
        QCOMPARE(set("a: [x, y]\n", "a.1", ":x"), std::string("a: [x, ':x']\n"));
        QCOMPARE(set("- x\n", "0", "<<"), std::string("- '<<'\n"));
    }

    void a_character_that_some_readers_take_for_a_line_end_is_escaped()
    {
        QCOMPARE(set("a: x\n", "a", "one\xC2\x85two"), std::string("a: \"one\\x85two\"\n"));
        QCOMPARE(set("a: 'x'\n", "a", "one\xE2\x80\xA8two"), std::string("a: \"one\\u2028two\"\n"));
        QCOMPARE(set("a: \"x\"\n", "a", "\xEF\xBB\xBF" "bom"), std::string("a: \"\\uFEFFbom\"\n"));
        QCOMPARE(set("a: x\n", "a", "one\ntwo\xC2\x85"), std::string("a: \"one\\ntwo\\x85\"\n"));
        QCOMPARE(set("a: x\n", "a", "\xC3\xA9 \xE6\xBC\xA2 \xC2\xA0."), std::string("a: \xC3\xA9 \xE6\xBC\xA2 \xC2\xA0.\n"));
    }

    void an_empty_item_of_a_list_gets_a_value()
    {
        const std::string text = "l:\n- a\n-\n- ~ # c\n-   # d\n- null\nnull: 1\nf: [x, ~, null , y]\n";
        QCOMPARE(set(text, "l.1", "5"), std::string("l:\n- a\n- 5\n- ~ # c\n-   # d\n- null\nnull: 1\nf: [x, ~, null , y]\n"));
        QCOMPARE(set(text, "l.2", "5"), std::string("l:\n- a\n-\n- 5 # c\n-   # d\n- null\nnull: 1\nf: [x, ~, null , y]\n"));
        QCOMPARE(set(text, "l.3", "5"), std::string("l:\n- a\n-\n- ~ # c\n- 5   # d\n- null\nnull: 1\nf: [x, ~, null , y]\n"));
        QCOMPARE(set(text, "l.4", "5"), std::string("l:\n- a\n-\n- ~ # c\n-   # d\n- 5\nnull: 1\nf: [x, ~, null , y]\n"));
        QCOMPARE(set(text, "f.1", "5"), std::string("l:\n- a\n-\n- ~ # c\n-   # d\n- null\nnull: 1\nf: [x, 5, null , y]\n"));
        QCOMPARE(set(text, "f.2", "5"), std::string("l:\n- a\n-\n- ~ # c\n-   # d\n- null\nnull: 1\nf: [x, ~, 5 , y]\n"));
        QCOMPARE(set("-\n-\n", "1", "x"), std::string("-\n- x\n"));
    }

    void a_key_with_a_dot_is_written_in_quotes()
    {
        const std::string text = "tags:\n  my.key: 1\n  a=b: 2\n  a:\n    b.c: 3\n  'q\"': 4\n";
        QCOMPARE(set(text, "tags.\"my.key\"", "9"), std::string("tags:\n  my.key: 9\n  a=b: 2\n  a:\n    b.c: 3\n  'q\"': 4\n"));
        QCOMPARE(set(text, "tags.a.\"b.c\"", "9"), std::string("tags:\n  my.key: 1\n  a=b: 2\n  a:\n    b.c: 9\n  'q\"': 4\n"));
        QCOMPARE(set("a: 1\n", "\"b.c\".d", "2"), std::string("a: 1\nb.c:\n  d: 2\n"));
        QCOMPARE(unset("a: 1\nb.c: 2\n", "\"b.c\""), std::string("a: 1\n"));
        // Without the quotes it is told how to write it.
        QVERIFY(set(text, "tags.my.key", "9").find("tags.\"my.key\"") != std::string::npos);
        QVERIFY(set(text, "tags.a.b.c", "9").find("tags.a.\"b.c\"") != std::string::npos);
        QVERIFY(unset("x.y: {z: 1}\n", "x.y.z").find("\"x.y\".z") != std::string::npos);

        using Keys = std::vector<std::string>;
        QCOMPARE(keysFromText(" a.\"b.c\".d "), (Keys { "a", "b.c", "d" }));
        QCOMPARE(keysFromText("\"a\\\"b.\\\\\""), (Keys { "a\"b.\\" }));
        QCOMPARE(keysFromText("a.\"b.c"), (Keys { "a", "\"b", "c" })); // not closed: a character like others
        QCOMPARE(keysFromText("a.b\"c\".d"), (Keys { "a", "b\"c\"", "d" }));
        for (const Keys& keys : { Keys { "a", "b.c" }, Keys { "a\"b.\\", "\"", "x=y" }, Keys { "0", "z" } }) {
            QCOMPARE(keysFromText(textFromKeys(keys)), keys);
            QCOMPARE(endOfPath(textFromKeys(keys) + "=1=2"), textFromKeys(keys).size());
        }
        QCOMPARE(endOfPath("a.b"), std::string::npos);
    }

    void what_hangs_on_an_anchor_changes_with_it_and_nothing_else()
    {
        const std::string text = "x: &r {num: 1, word: &w one}\na: *r\nb:\n  <<: *r\n  m: 2\nc: *w\nl: [*w, 5]\ns: echo a && rm *.log\n";
        QCOMPARE(set(text, "x.num", "7"), std::string("x: &r {num: 7, word: &w one}") + text.substr(text.find("\na:")));
        QCOMPARE(set(text, "x.word", "two"), std::string("x: &r {num: 1, word: &w two}") + text.substr(text.find("\na:")));
        QCOMPARE(set(text, "x.more", "7"), std::string("x: &r {num: 1, word: &w one, more: 7}") + text.substr(text.find("\na:")));
        QCOMPARE(unset(text, "x.num"), std::string("x: &r {word: &w one}") + text.substr(text.find("\na:")));
        QCOMPARE(set(text, "c", "two"), text.substr(0, text.find("c: *w")) + "c: two" + text.substr(text.find("\nl:")));
        QCOMPARE(set(text, "l.1", "6"), text.substr(0, text.find(", 5]")) + ", 6]" + text.substr(text.find("\ns:")));
    }

    void texts_of_several_lines_stay_blocks()
    {
        const std::string command = "a:\n  c: |  # shell\n     echo 1\n     echo 2\n  d: 1\n";
        QCOMPARE(set(command, "a.c", "echo 3\n\necho 4\n"), std::string("a:\n  c: |  # shell\n     echo 3\n\n     echo 4\n  d: 1\n"));
        QCOMPARE(set(command, "a.c", "true"), std::string("a:\n  c: true  # shell\n  d: 1\n"));
        QCOMPARE(set("a: x\n", "a", "one\ntwo"), std::string("a: |-\n  one\n  two\n"));
        QCOMPARE(set("a: x # why\n", "a", "one\ntwo"), std::string("a: \"one\\ntwo\" # why\n"));
        QCOMPARE(set("a: # why\n", "a", "one\ntwo"), std::string("a: \"one\\ntwo\" # why\n"));
        QCOMPARE(set("{a: x}\n", "a", "one\ntwo"), std::string("{a: \"one\\ntwo\"}\n"));
        // Where something behind it would become part of it, it is written on one line.
        QCOMPARE(set("a: x \nb: 1\n", "a", "one\ntwo"), std::string("a: \"one\\ntwo\" \nb: 1\n"));
        QCOMPARE(set("a: x\n  # why\nb: 1\n", "a", "one\ntwo"), std::string("a: \"one\\ntwo\"\n  # why\nb: 1\n"));
        QCOMPARE(set("a: x", "a", "one\ntwo\n"), std::string("a: \"one\\ntwo\\n\""));
        QCOMPARE(set("a: |\n  x", "a", "one\ntwo\n"), std::string("a: \"one\\ntwo\\n\""));
        QCOMPARE(set("a: |\n  x  \nb: 1\n", "a", "one\ntwo"), std::string("a: |-\n  one\n  two\nb: 1\n"));
    }

    void a_new_key_goes_behind_its_sisters()
    {
        QCOMPARE(set("jobs:\n    s:\n        type: parallel # t\n        # tail\n\nz: 1\n", "jobs.s.mini_batch_size", "10"),
            std::string("jobs:\n    s:\n        type: parallel # t\n        mini_batch_size: 10\n        # tail\n\nz: 1\n"));
        QCOMPARE(set("a: 1", "b.c.d", "2"), std::string("a: 1\nb:\n  c:\n    d: 2"));
        QCOMPARE(set("a: {}\n", "a.b", "x"), std::string("a: {b: x}\n"));
        QCOMPARE(set("a: {b: 1}\n", "a.c.d", "x, y"), std::string("a: {b: 1, c: {d: 'x, y'}}\n"));
        QCOMPARE(set("a:\nb: 1\n", "a.c", "2"), std::string("a:\n  c: 2\nb: 1\n"));
        QCOMPARE(set("a: ~ # why\r\nb: 1\r\n", "a.c", "2"), std::string("a: # why\r\n  c: 2\r\nb: 1\r\n"));
        QCOMPARE(set("", "a.b", "1"), std::string("a:\n  b: 1\n"));
        QCOMPARE(set("a:\n  t: |+\n    text\n\n", "a.u", "1"), std::string("a:\n  t: |+\n    text\n\n  u: 1\n"));
        QCOMPARE(set("a:\n", "a", "5"), std::string("a: 5\n"));
        QCOMPARE(set("l: [a]\nm:\n- x\n- y\n", "l.1", "b"), std::string("l: [a, b]\nm:\n- x\n- y\n"));
        QCOMPARE(set("l: [a]\nm:\n- x\n- y\n", "m.2", "z"), std::string("l: [a]\nm:\n- x\n- y\n- z\n"));
        QCOMPARE(set("k:\n- x\n", "k", "[1, 2]"), std::string("k: [1, 2]\n"));
    }

    void what_is_taken_away_takes_its_lines()
    {
        QCOMPARE(unset("a: 1\nb: 2 # two\nc: 3\n", "b"), std::string("a: 1\nc: 3\n"));
        QCOMPARE(unset("a: 1\nb: 2", "b"), std::string("a: 1"));
        QCOMPARE(unset("a:\n  b:\n    c: 1\n  d: 2\n", "a.b"), std::string("a:\n  d: 2\n"));
        QCOMPARE(unset("a: # why\n  b: 1\nc: 2\n", "a.b"), std::string("a: {} # why\nc: 2\n"));
        QCOMPARE(unset("{a: 1, b: 2, c: 3}\n", "b"), std::string("{a: 1, c: 3}\n"));
        QCOMPARE(unset("{a: 1, b: 2, c: 3}\n", "c"), std::string("{a: 1, b: 2}\n"));
        QCOMPARE(unset("l:\n- a: 1\n  b: 2\n- c: 3\n", "l.0.a"), std::string("l:\n- b: 2\n- c: 3\n"));
        QCOMPARE(unset("l:\n- a\n- b\n", "l.0"), std::string("l:\n- b\n"));
        QCOMPARE(unset("l: [a, b]\n", "l.1"), std::string("l: [a]\n"));
        QCOMPARE(unset("a: |\n  text\n  more\nb: 1\n", "a"), std::string("b: 1\n"));
    }

    void what_comes_through_an_alias_is_not_changed_at_its_anchor()
    {
        const std::string text = "x: &r {num: 1}\na: *r # same\nb:\n  <<: *r\n  m: 2\nc: {<<: *r}\n";
        QCOMPARE(set(text, "a", "5"), std::string("x: &r {num: 1}\na: 5 # same\nb:\n  <<: *r\n  m: 2\nc: {<<: *r}\n"));
        QCOMPARE(set(text, "b.num", "7"), std::string("x: &r {num: 1}\na: *r # same\nb:\n  <<: *r\n  m: 2\n  num: 7\nc: {<<: *r}\n"));
        QVERIFY(set(text, "a.num", "5").starts_with("refused: "));
        QVERIFY(unset(text, "b.num").starts_with("refused: "));
    }

    void what_does_not_fit_is_refused_with_a_reason()
    {
        QVERIFY(set("a: 1\n", "a.b", "2").find("'a' is a value") != std::string::npos);
        QVERIFY(set("a: {b: 1}\n", "a", "2").find("set a key in it") != std::string::npos);
        QVERIFY(set("l: [a]\n", "l.5", "2").find("1 items") != std::string::npos);
        QVERIFY(set("a: [1\n", "a", "2").starts_with("refused: "));
        QVERIFY(set("a: 1\n", "a", "[1").starts_with("refused: "));
        QVERIFY(unset("a: 1\n", "b").starts_with("refused: "));
        QVERIFY(set("a: 1\n", "", "1").starts_with("refused: "));
        QVERIFY(set("a: 1\n", "b..c", "1").starts_with("refused: "));
    }

    void what_cannot_be_done_together_is_done_in_halves()
    {
        std::vector<int> all;
        for (int i = 0; i < 64; ++i) {
            all.push_back(i);
        }
        std::vector<int> done;
        int reads = 0;
        const auto together = [&](std::span<const int> some) {
            ++reads;
            const bool isFine = std::find(some.begin(), some.end(), 37) == some.end();
            done.insert(done.end(), some.begin(), isFine ? some.end() : some.begin());
            return isFine;
        };
        const auto alone = [&](int one) -> Result<void> {
            done.push_back(one);
            return {};
        };
        VERIFY_OK(inHalves<int>(all, together, alone));
        QVERIFY(done == all); // in order
        QCOMPARE(reads, 13); // not one for each
        done.clear();
        const auto refuses = inHalves<int>(all, together, [](int) -> Result<void> { return fail(ErrorCode::Invalid, { { "what", "37" } }); });
        QVERIFY(!refuses.has_value());
        QCOMPARE(refuses.error().arg("what"), std::string("37"));
    }

    void many_edits_are_the_text_of_one_after_the_other()
    {
        const auto jobWith = [](int number, const std::string& step) {
            std::string job = "jobs:\n";
            for (int i = 0; i < 20; ++i) {
                const std::string size = i == 5 ? "&size 3" : i == 6 ? "*size" : "3";
                job += "  s" + std::to_string(i) + ":" + (i == number ? step : "\n    mini_batch_size: " + size + " # of " + std::to_string(i)) + "\n";
            }
            return job;
        };
        std::vector<Edit> edits;
        for (int i = 0; i < 20; ++i) {
            if (i != 6) { // hangs on the anchor of 5, and follows it: that is proved alone
                edits.push_back({ { "jobs", "s" + std::to_string(i), "mini_batch_size" }, std::to_string(100 + i) });
            }
        }
        auto together = TextDraft::of(jobWith(-1, ""));
        auto oneByOne = TextDraft::of(jobWith(-1, ""));
        VERIFY_OK(together);
        VERIFY_OK(oneByOne);
        VERIFY_OK(together->change(edits));
        for (const auto& edit : edits) {
            VERIFY_OK(oneByOne->change({ edit }));
        }
        QVERIFY2(together->text() == oneByOne->text(), together->text().c_str());
        QVERIFY(together->text().find("&size 105") != std::string::npos);
        auto refused = TextDraft::of(jobWith(9, " a word"));
        VERIFY_OK(refused);
        const auto why = refused->change(edits);
        QVERIFY(!why.has_value());
        QVERIFY2(errorSentence(why.error()).find("s9") != std::string::npos, errorSentence(why.error()).c_str());
        const auto broken = TextDraft::of("a: [1\n", "score.yml");
        QCOMPARE(broken.error().arg("what"), std::string("score.yml"));
    }

    void every_value_of_the_samples_can_be_another_and_comes_back_data()
    {
        QTest::addColumn<QString>("file");
        for (const auto& entry : std::filesystem::recursive_directory_iterator(SHEAF_TEST_SOURCE "/resources/samples")) {
            if (entry.path().extension() == ".yml" || entry.path().filename() == "MLTable") {
                const auto name = QString::fromStdString(entry.path().string());
                QTest::newRow(qPrintable(name.section(QLatin1Char('/'), -2))) << name;
            }
        }
    }
    void every_value_of_the_samples_can_be_another_and_comes_back()
    {
        QFETCH(QString, file);
        const auto original = paths::readFile(file.toStdString());
        VERIFY_OK(original);
        for (const bool crlf : { false, true }) {
            const std::string text = crlf ? QString::fromStdString(*original).replace(QLatin1String("\n"), QLatin1String("\r\n")).toStdString() : *original;
            const YamlDocument before = parsed(text);
            std::vector<std::string> path;
            std::vector<std::pair<std::vector<std::string>, const YamlNode*>> all;
            eachValue(before.root, path, all);
            QVERIFY(!all.empty());
            for (const auto& [where, node] : all) {
                for (const std::string value : { "17", "another", "it's \"so\": # x", "two\nlines\n" }) {
                    const auto patches = patchesFor(before, { where, value });
                    QVERIFY2(patches.has_value(), (text::join(where, ".") + " = " + value + (patches ? "" : errorSentence(patches.error()))).c_str());
                    // Only the bytes of the value: all before and behind it are as they were.
                    QCOMPARE(patches->size(), 1U);
                    QVERIFY(patches->front().begin >= node->where.begin && patches->front().end <= node->where.end);
                    const std::string now = patched(text, *patches);
                    QVERIFY(patched(now, inverseOf(text, *patches)) == text);
                }
            }
        }
    }
};

SHEAF_TEST(tst_edit)
#include "tst_edit.moc"
