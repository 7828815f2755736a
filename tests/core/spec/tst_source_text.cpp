// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/source_text.h"
#include "tests/support/test_runner.h"

using sheaf::spec::SourceText;

class tst_source_text : public QObject
{
    Q_OBJECT

private slots:
    void columns_count_characters_not_bytes()
    {
        const SourceText text("f", "ä: ö x\n");
        const auto range = text.range(text.bytes().find('x'), text.bytes().find('x') + 1);
        QCOMPARE(range.line, 1);
        QCOMPARE(range.column, 6);
    }

    void a_byte_order_mark_is_no_column()
    {
        const SourceText text("f", "\xEF\xBB\xBFkey: 1\n");
        QVERIFY(text.hasBom());
        QCOMPARE(text.range(3, 6).column, 1);
        QCOMPARE(std::string(text.body()), std::string("key: 1\n"));
    }

    void every_kind_of_line_end_begins_a_line()
    {
        const SourceText text("f", "a\r\nb\nc\rd");
        QCOMPARE(text.lineCount(), 4);
        QCOMPARE(std::string(text.line(1)), std::string("a"));
        QCOMPARE(std::string(text.line(4)), std::string("d"));
        QCOMPARE(text.range(3, 4).line, 2);
        QCOMPARE(text.range(7, 8).line, 4);
        QVERIFY(text.line(9).empty());
    }

    void a_range_behind_the_end_is_the_end()
    {
        const SourceText text("f", "ab");
        QCOMPARE(text.range(99, 100).begin, std::size_t { 2 });
        QCOMPARE(SourceText("f", "").range(0, 0).line, 1);
    }

    void bytes_that_are_not_utf8_are_found()
    {
        QCOMPARE(SourceText("f", "ok\xFFno").firstBadByte().value(), std::size_t { 2 });
        QCOMPARE(SourceText("f", "a\xC3").firstBadByte().value(), std::size_t { 1 });
        QVERIFY(
            SourceText("f", "\xED\xA0\x80").firstBadByte().has_value()); // half a surrogate pair
        QVERIFY(!SourceText("f", "ä € 😀").firstBadByte().has_value());
    }
};

SHEAF_TEST(tst_source_text)
#include "tst_source_text.moc"
