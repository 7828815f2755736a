// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/field_scan.h"
#include "tests/core/plan/plan_support.h"
#include "tests/support/test_runner.h"

using namespace sheaf::plan;
using sheaf::test::Chance;

class tst_field_scan : public QObject
{
    Q_OBJECT
private slots:
    void quotes_open_only_at_the_start_of_a_field_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("state");
        const auto row = [](const char* text, FieldState state) {
            QTest::newRow(text) << QByteArray(text) << int(state);
        };
        row("a,b", FieldState::Plain);
        row("a,", FieldState::Start);
        row("a\n", FieldState::Start);
        row("a,\"b", FieldState::Quoted);
        row("a,\"b\nc", FieldState::Quoted);
        row("a,\"b\"", FieldState::QuoteSeen);
        row("a,\"b\"\"", FieldState::Quoted);
        row("a,\"\"", FieldState::QuoteSeen);
        row("a,\"\"\"", FieldState::Quoted);
        row("5\" pipe", FieldState::Plain);
        row("5\" pipe,\"", FieldState::Quoted);
        row("\"b\"c\"d", FieldState::Plain);
        row(" \"b", FieldState::Plain);
        row("\"a,b\r\n\",", FieldState::Start);
    }
    void quotes_open_only_at_the_start_of_a_field()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, state);
        QCOMPARE(int(scanFieldsBytewise(FieldState::Start, text.toStdString(), ',')), state);
        // The same at every distance from the border of a block.
        for (int before = 0; before < 140; ++before) {
            const std::string shifted
                = std::string(std::size_t(before), 'x') + "\n" + text.toStdString();
            QCOMPARE(int(scanFields(FieldState::Start, shifted, ',')), state);
        }
    }

    void blocks_and_bytes_agree_on_any_text()
    {
        const std::string letters = "\",a\n\r\"x\"";
        for (std::uint64_t seed = 0; seed < 4000; ++seed) {
            Chance chance(seed);
            std::string text(chance.below(400), 'x');
            const std::size_t rarity = 1 + chance.below(30);
            for (char& letter : text) {
                letter = chance.oneIn(rarity) ? letters[chance.below(letters.size())] : 'x';
            }
            for (const auto state : { FieldState::Start, FieldState::Plain, FieldState::Quoted,
                     FieldState::QuoteSeen }) {
                QVERIFY2(scanFields(state, text, ',') == scanFieldsBytewise(state, text, ','),
                    text.c_str());
            }
        }
    }
};

SHEAF_TEST(tst_field_scan)
#include "tst_field_scan.moc"
