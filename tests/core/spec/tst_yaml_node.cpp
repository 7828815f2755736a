// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/yaml_node.h"
#include "tests/support/test_runner.h"

using namespace sheaf::spec;

namespace {

YamlDocument parse(const std::string& bytes)
{
    return parseYaml(SourceText("f.yml", bytes));
}

std::string bytesOf(const YamlDocument& document, const YamlNode& node)
{
    return document.text.bytes().substr(node.where.begin, node.where.end - node.where.begin);
}

std::string onlyCode(const YamlDocument& document)
{
    return document.diagnostics.size() == 1 ? document.diagnostics.front().code
                                            : std::to_string(document.diagnostics.size());
}

} // namespace

class tst_yaml_node : public QObject
{
    Q_OBJECT

private slots:
    void ranges_are_the_bytes_of_the_value_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("plain") << QByteArray("k: some words  # no\n") << QByteArray("some words")
                               << QByteArray("some words");
        QTest::newRow("double") << QByteArray("k: \"a \\\" b\" \n") << QByteArray("\"a \\\" b\"")
                                << QByteArray("a \" b");
        QTest::newRow("single") << QByteArray("k: 'it''s'\n") << QByteArray("'it''s'")
                                << QByteArray("it's");
        QTest::newRow("anchor") << QByteArray("k: &a 12\n") << QByteArray("12") << QByteArray("12");
        QTest::newRow("tag") << QByteArray("k: !!str 12\n") << QByteArray("12") << QByteArray("12");
        QTest::newRow("folded") << QByteArray("k: >-\n  one\n  two\nz: 1\n")
                                << QByteArray(">-\n  one\n  two") << QByteArray("one two");
        QTest::newRow("literal") << QByteArray("k: |\n  one\n  two\nz: 1\n")
                                 << QByteArray("|\n  one\n  two") << QByteArray("one\ntwo\n");
        QTest::newRow("many lines")
            << QByteArray("k: one\n  two\n") << QByteArray("one\n  two") << QByteArray("one two");
        QTest::newRow("crlf") << QByteArray("x: 1\r\nk: two\r\n") << QByteArray("two")
                              << QByteArray("two");
        QTest::newRow("bom") << QByteArray("\xEF\xBB\xBFk: two\n") << QByteArray("two")
                             << QByteArray("two");
        QTest::newRow("umlaut") << QByteArray("x: ä\nk: ö two\n") << QByteArray("ö two")
                                << QByteArray("ö two");
        QTest::newRow("flow") << QByteArray("{ x: 1, k: two }\n") << QByteArray("two")
                              << QByteArray("two");
        QTest::newRow("empty") << QByteArray("k: ''\n") << QByteArray("''") << QByteArray("");
    }
    void ranges_are_the_bytes_of_the_value()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, value);
        const auto document = parse(yaml.toStdString());
        QVERIFY(document.diagnostics.empty());
        const YamlNode* node = document.root.find("k");
        QVERIFY(node != nullptr);
        QCOMPARE(QByteArray::fromStdString(node->text), value);
        QCOMPARE(QByteArray::fromStdString(bytesOf(document, *node)), bytes);
    }

    void a_missing_value_is_behind_its_colon()
    {
        const auto document = parse("a:\n\n# words\nb: 1\nc: ~\n");
        const YamlNode* a = document.root.find("a");
        QVERIFY(a->isNull());
        QCOMPARE(a->where.line, 1);
        QCOMPARE(a->where.column, 3);
        QCOMPARE(document.root.find("c")->where.line, 5);
        QVERIFY(document.root.find("c")->isNull());
    }

    void maps_and_lists_reach_from_first_to_last()
    {
        const auto document = parse("a:\n  b: 1\n  c: [x, {y: z} ]\nd: { e: 1, # f\n }\ng: 2\n");
        QCOMPARE(
            bytesOf(document, *document.root.find("a")), std::string("b: 1\n  c: [x, {y: z} ]"));
        QCOMPARE(
            bytesOf(document, *document.root.find("a")->find("c")), std::string("[x, {y: z} ]"));
        QCOMPARE(bytesOf(document, *document.root.find("d")), std::string("{ e: 1, # f\n }"));
    }

    void quoted_scalars_are_not_plain()
    {
        const auto document = parse("a: 1\nb: '1'\nc: \"1\"\nd: |\n  1\ne: !!str 1\n");
        QVERIFY(document.root.find("a")->plain);
        for (const char* key : { "b", "c", "d", "e" }) {
            QVERIFY2(!document.root.find(key)->plain, key);
        }
    }

    void duplicate_keys_are_named_with_both_lines_and_the_last_counts()
    {
        const auto document = parse("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n");
        QCOMPARE(document.diagnostics.size(), std::size_t { 2 });
        QCOMPARE(document.diagnostics[0].path, std::string("b.c"));
        QCOMPARE(document.diagnostics[1].where.line, 5);
        QVERIFY(document.diagnostics[1].message.find("line 1") != std::string::npos);
        QCOMPARE(document.root.find("a")->text, std::string("3"));
        QCOMPARE(document.root.find("b")->find("c")->text, std::string("2"));
    }

    void aliases_and_merge_keys_are_replaced()
    {
        const auto document = parse("base: &b {x: 1, y: 2}\nmore: &m {z: 3, x: 9}\none:\n  <<: "
                                    "[*b, *m]\n  y: 5\ntwo: *b\n");
        QVERIFY(document.diagnostics.empty());
        const YamlNode* one = document.root.find("one");
        QCOMPARE(one->find("x")->text, std::string("1"));
        QCOMPARE(one->find("y")->text, std::string("5"));
        QCOMPARE(one->find("z")->text, std::string("3"));
        QVERIFY(one->find("<<") == nullptr);
        QCOMPARE(document.root.find("two")->find("y")->text, std::string("2"));
    }

    void a_bomb_of_aliases_is_an_error_with_a_sentence()
    {
        std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (int i = 1; i < 12; ++i) {
            const std::string before = "*a" + std::to_string(i - 1);
            bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
            for (int k = 0; k < 10; ++k) {
                bomb += (k == 0 ? "" : ", ") + before;
            }
            bomb += "]\n";
        }
        const auto document = parse(bomb);
        QCOMPARE(onlyCode(document), std::string("yaml-too-big"));
        QVERIFY(!document.diagnostics.front().fix.empty());
    }

    void deep_nesting_is_an_error_with_a_sentence()
    {
        QCOMPARE(onlyCode(parse(std::string(100'000, '['))), std::string("yaml-too-deep"));
        std::string block;
        for (int i = 0; i < 300; ++i) {
            block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
        }
        QCOMPARE(onlyCode(parse(block)), std::string("yaml-too-deep"));
        QVERIFY(parse(std::string(150, '[') + std::string(150, ']')).diagnostics.empty());
    }

    void a_file_that_is_too_large_is_an_error()
    {
        QCOMPARE(onlyCode(parse(std::string(kYamlMaxBytes + 1, ' '))), std::string("yaml-too-big"));
    }

    void an_alias_in_its_own_anchor_does_not_hang()
    {
        QCOMPARE(onlyCode(parse("a: &a [1, *a]\n")), std::string("yaml-alias"));
    }

    void a_tab_is_named_as_such()
    {
        const auto document = parse("a:\n\tb: 1\n");
        QCOMPARE(onlyCode(document), std::string("yaml-tab"));
        QCOMPARE(document.diagnostics.front().where.line, 2);
    }

    void a_syntax_error_keeps_what_came_before()
    {
        const auto document = parse("a: 1\nb: [1, 2\nc: 3\n");
        QCOMPARE(onlyCode(document), std::string("yaml-syntax"));
        QVERIFY(document.diagnostics.front().where.line >= 2);
        QCOMPARE(document.root.find("a")->text, std::string("1"));
    }

    void other_encodings_and_several_documents_are_refused()
    {
        QCOMPARE(onlyCode(parse(std::string("\xFF\xFE"
                                            "a\0:\0",
                     6))),
            std::string("not-utf8"));
        QCOMPARE(onlyCode(parse("a: \xE4\n")), std::string("not-utf8"));
        QCOMPARE(onlyCode(parse("a: 1\n---\nb: 2\n")), std::string("many-documents"));
        QVERIFY(parse("---\na: 1\n...\n").diagnostics.empty());
    }

    void anything_at_all_can_be_parsed_without_a_crash()
    {
        const std::string seed
            = "a: &x {b: [1, '2', \"3\"], c: >-\n  t\n  u\n}\nd: *x\n<<: *x\ne: |\n  z\n? q\n: r\n";
        for (std::size_t cut = 0; cut <= seed.size(); ++cut) {
            (void)parse(seed.substr(0, cut));
            for (const char c : std::string("\t{}[]:&*!|>'\"#%@\n\x01")) {
                std::string broken = seed;
                broken.insert(cut, 1, c);
                const auto document = parse(broken);
                for (const auto& diagnostic : document.diagnostics) {
                    QVERIFY(!diagnostic.message.empty());
                }
            }
        }
    }

    void scalars_mean_what_yaml_says()
    {
        QCOMPARE(yamlBool("True").value(), true);
        QCOMPARE(yamlBool("off").value(), false);
        QVERIFY(!yamlBool("1"));
        QCOMPARE(yamlInt(" -12 ").value(), std::int64_t { -12 });
        QVERIFY(!yamlInt("1.5"));
        QVERIFY(!yamlInt("99999999999999999999"));
        QCOMPARE(yamlNumber("1e3").value(), 1000.0);
        QVERIFY(!yamlNumber("nan"));
        QVERIFY(!yamlNumber(""));
        QVERIFY(scalarFromText("~").isNull());
        QCOMPARE(scalarFromText("'7'").text, std::string("7"));
        QVERIFY(!scalarFromText("'7'").plain);
        QVERIFY(scalarFromText("7").plain);
    }
};

SHEAF_TEST(tst_yaml_node)
#include "tst_yaml_node.moc"
