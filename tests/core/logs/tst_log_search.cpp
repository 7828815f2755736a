// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/logs/log_search.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::logs;

class tst_log_search : public QObject
{
    Q_OBJECT

    test::TempFolder m_folder;
    std::filesystem::path m_file;
    LineIndex m_index;

    std::optional<std::uint64_t> find(LogQuestion question)
    {
        return searchLog(m_file, m_index, question, {}).value();
    }

private slots:
    /// 10,000 lines; "Needle" in 3, 5000 and 9999.
    void initTestCase()
    {
        std::string text;
        for (int i = 0; i < 10000; ++i) {
            const bool hit = i == 3 || i == 5000 || i == 9999;
            text += "line " + std::to_string(i) + (hit ? " with a Needle" : "") + "\n";
        }
        m_file = m_folder.write("log.txt", text);
        VERIFY_OK(m_index.extend(m_file, 1U << 30));
    }

    void it_goes_on_from_the_marked_line_and_once_around()
    {
        using Line = std::optional<std::uint64_t>;
        QCOMPARE(find({ "Needle", true, false, -1 }), Line(3));
        QCOMPARE(find({ "Needle", true, false, 3 }), Line(5000));
        QCOMPARE(find({ "Needle", true, false, 5000 }), Line(9999));
        QCOMPARE(find({ "Needle", true, false, 9999 }), Line(3));
        QCOMPARE(find({ "Needle", true, true, -1 }), Line(9999));
        QCOMPARE(find({ "Needle", true, true, 9999 }), Line(5000));
        QCOMPARE(find({ "Needle", true, true, 5000 }), Line(3));
        QCOMPARE(find({ "Needle", true, true, 3 }), Line(9999));
        QCOMPARE(find({ "line 77 ", true, false, -1 }), Line()); // the blank is not there
        QCOMPARE(find({ "line 7777", true, true, 7777 }), Line(7777)); // the only one is the marked one
    }

    void letters_count_as_equal_when_asked()
    {
        QVERIFY(!find({ "needle", true, false, -1 }));
        QCOMPARE(find({ "nEEdle", false, false, -1 }).value(), std::uint64_t { 3 });
    }

    void it_can_be_called_off()
    {
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(!searchLog(m_file, m_index, { "Needle", true, false, -1 }, stop.get_token()).value());
        QVERIFY(!searchLog(m_file, m_index, { "Needle", true, true, -1 }, stop.get_token()).value());
    }

    void a_file_that_is_gone_is_an_error()
    {
        COMPARE_ERROR(searchLog(m_folder.path() / "none", m_index, { "x", true, false, -1 }, {}), ErrorCode::NotFound);
    }
};

SHEAF_TEST(tst_log_search)
#include "tst_log_search.moc"
