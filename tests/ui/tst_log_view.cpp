// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/logs/log_view.h"
#endif

#include <QApplication>
#include <QClipboard>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QWheelEvent>

#include <filesystem>
#include <fstream>

using namespace sheaf;
using namespace sheaf::ui;

/// The view by itself, with a file that the test writes: the rules of following, marks and places.
class tst_log_view : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::TempFolder> m_folder;
    std::filesystem::path m_file;
    std::unique_ptr<LogView> m_view;
    logs::LineIndex m_index;
    LogRows m_rows;

    static std::string linesOf(int first, int count)
    {
        std::string text;
        for (int i = first; i < first + count; ++i) {
            text += "line " + std::to_string(i) + "\n";
        }
        return text;
    }
    void read()
    {
        while (m_index.extend(m_file, 1U << 20).value_or(false)) { }
        m_rows.setIndex(m_index);
        m_rows.setFileSize(m_index.fileSize());
        m_view->growRows(m_rows);
    }
    void append(const std::string& text)
    {
        std::ofstream(m_file, std::ios::app) << text;
        read();
    }
    void wheel(int delta)
    {
        const QPointF at = m_view->viewport()->rect().center();
        QWheelEvent event(at, m_view->viewport()->mapToGlobal(at), {}, QPoint(0, delta), Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(m_view->viewport(), &event);
    }
    QPushButton* chip() const { return m_view->findChild<QPushButton*>(QStringLiteral("logs.chip")); }
    QString topText() const { return m_view->textAt(m_view->top()); }
    std::uint64_t lastTop() const { return m_rows.moved(m_rows.end(), -m_view->rowsOnScreen()); }

private slots:
    void init()
    {
        m_folder = std::make_unique<test::TempFolder>();
        m_file = m_folder->write("log.txt", linesOf(0, 5000));
        m_index = {};
        m_rows.showFile(m_file);
        m_rows.setFileSize(std::filesystem::file_size(m_file));
        m_view = std::make_unique<LogView>();
        m_view->resize(500, 320);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        m_view->setRows(m_rows);
    }

    void a_file_is_on_screen_before_anything_of_it_has_been_counted()
    {
        QCOMPARE(topText(), QStringLiteral("line 0"));
        QVERIFY(!m_rows.isCounted());
        m_view->setFollowing(true);
        QCOMPARE(m_view->textAt(m_rows.moved(m_view->top(), m_view->rowsOnScreen() - 1)), QStringLiteral("line 4999"));
        QTest::keyClick(m_view.get(), Qt::Key_PageUp); // still without an index
        const QString top = topText();
        QCOMPARE(top, QStringLiteral("line %1").arg(5000 - 2 * m_view->rowsOnScreen()));
        read();
        QVERIFY(m_rows.isCounted());
        QCOMPARE(topText(), top);
        QCOMPARE(m_view->verticalScrollBar()->value(), 5000 - 2 * m_view->rowsOnScreen());
    }

    /// Of a line that is too long only the begin is read; what stands below it is shown all the same.
    void a_line_of_megabytes_hides_nothing_below_it()
    {
        const std::string huge(3U << 20, 'x');
        m_file = m_folder->write("huge.txt", "first\n" + huge + "\nthird\n" + huge + "\nlast\n");
        m_index = {};
        m_rows.showFile(m_file);
        m_view->setRows(m_rows);
        read();
        QCOMPARE(m_rows.count(), std::uint64_t { 5 });
        const std::uint64_t last = 6 + 2 * (huge.size() + 1) + 6;
        logs::MergedRows merged;
        for (const std::uint64_t begin : { std::uint64_t { 0 }, std::uint64_t { 6 }, 6 + huge.size() + 1, 6 + huge.size() + 7, last }) {
            merged.add({ 0, begin, 1 });
        }
        LogRows together;
        together.showMerged({ m_file });
        together.setMerged(merged);
        for (const LogRows* rows : { &m_rows, &together }) {
            const auto lines = rows->read(0, 9);
            QCOMPARE(lines.size(), std::size_t { 5 });
            QVERIFY(lines[1].isCut && lines[1].bytes.size() < 10'000);
            QCOMPARE(lines[2].bytes, std::string("third"));
            QCOMPARE(lines[4].bytes, std::string("last"));
            QCOMPARE(lines[4].begin, last);
        }
        QCOMPARE(m_rows.moved(0, 4), last);
        QCOMPARE(m_rows.moved(0, 5), m_rows.end());
        QCOMPARE(m_rows.moved(m_rows.end(), -1), last);
        QCOMPARE(m_rows.moved(last, -3), std::uint64_t { 6 });
        QCOMPARE(m_rows.lineNumber(last).value(), std::uint64_t { 4 });
    }

    void every_upward_wish_ends_following_and_the_line_under_the_eye_stays()
    {
        read();
        const std::pair<const char*, std::function<void()>> wishes[] = {
            { "wheel", [this] { wheel(120); } },
            { "page up", [this] { QTest::keyClick(m_view.get(), Qt::Key_PageUp); } },
            { "up", [this] { QTest::keyClick(m_view.get(), Qt::Key_Up); } },
            { "home", [this] { QTest::keyClick(m_view.get(), Qt::Key_Home); } },
            { "a press on the handle", [this] { m_view->verticalScrollBar()->setSliderDown(true); m_view->verticalScrollBar()->setSliderDown(false); } },
            { "a chosen line", [this] { QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, QPoint(200, 30)); } },
            { "a hit or a click elsewhere", [this] { m_view->mark(0); } },
        };
        int more = 5000;
        for (const auto& [name, wish] : wishes) {
            m_view->setFollowing(true);
            m_view->repaint();
            QVERIFY(m_view->isFollowing());
            wish();
            QVERIFY2(!m_view->isFollowing(), name);
            const QString eye = topText();
            append(linesOf(more, 1000));
            more += 1000;
            QVERIFY2(topText() == eye, name);
            QVERIFY2(chip()->isVisible(), name);
            QVERIFY2(chip()->text() == QStringLiteral("▼ 1,000 new"), qPrintable(chip()->text()));
        }
    }

    void the_end_the_chip_f_and_moving_on_at_the_end_follow_again()
    {
        read();
        const std::pair<const char*, std::function<void()>> wishes[] = {
            { "End", [this] { QTest::keyClick(m_view.get(), Qt::Key_End); } },
            { "F", [this] { QTest::keyClick(m_view.get(), Qt::Key_F); } },
            { "chip", [this] { QTest::mouseClick(chip(), Qt::LeftButton); } },
            { "past the end", [this] {
                 for (int i = 0; i < 200 && !m_view->isFollowing(); ++i) {
                     wheel(-120);
                 }
             } },
        };
        m_view->setFollowing(true);
        int more = 5000;
        for (const auto& [name, wish] : wishes) {
            QTest::keyClick(m_view.get(), Qt::Key_PageUp);
            append(linesOf(more, 20));
            more += 20;
            QVERIFY2(!m_view->isFollowing(), name);
            wish();
            QVERIFY2(m_view->isFollowing(), name);
            QVERIFY(!chip()->isVisible());
            QCOMPARE(m_view->top(), lastTop());
            append(linesOf(more, 20));
            more += 20;
            QCOMPARE(m_view->top(), lastTop());
        }
    }

    void downward_to_the_end_does_not_follow_yet()
    {
        read();
        m_view->setTop(m_rows.positionOf(4900));
        while (m_view->top() < lastTop()) {
            QTest::keyClick(m_view.get(), Qt::Key_PageDown);
            QVERIFY(!m_view->isFollowing());
        }
        QTest::keyClick(m_view.get(), Qt::Key_PageDown);
        QVERIFY(m_view->isFollowing());
    }

    void the_chip_counts_errors_and_a_line_that_is_not_finished_is_one()
    {
        read();
        m_view->setFollowing(true);
        QTest::keyClick(m_view.get(), Qt::Key_PageUp);
        append("one more\nand an unfinished");
        QCOMPARE(chip()->text(), QStringLiteral("▼ 2 new"));
        m_view->setNewErrors(3);
        QCOMPARE(chip()->text(), QStringLiteral("▼ 2 new · 3 errors"));
        append(" one\n");
        QCOMPARE(chip()->text(), QStringLiteral("▼ 2 new · 3 errors"));
    }

    void a_filter_keeps_the_marked_line_where_it_is()
    {
        read();
        m_view->mark(m_rows.positionOf(2500));
        const auto row = [this] { return m_rows.rowOf(*m_view->marked()) - m_rows.rowOf(m_view->top()); };
        const auto before = row();
        logs::LineSet even;
        for (std::uint64_t i = 0; i < 5000; i += 2) {
            even.add(m_rows.positionOf(i));
        }
        m_rows.setFilter(even);
        m_view->growRows(m_rows);
        QCOMPARE(m_rows.count(), std::uint64_t { 2500 });
        QCOMPARE(row(), before);
        QTest::keyClick(m_view.get(), Qt::Key_Down);
        QCOMPARE(m_view->textAt(*m_view->marked()), QStringLiteral("line 2502"));
        m_rows.setFilter(std::nullopt);
        m_view->growRows(m_rows);
        QCOMPARE(m_view->textAt(*m_view->marked()), QStringLiteral("line 2502"));
        QCOMPARE(row(), before + 1);
    }

    void lines_are_chosen_with_keys_and_copied()
    {
        read();
        m_view->mark(m_rows.positionOf(10));
        QTest::keyClick(m_view.get(), Qt::Key_Down, Qt::ShiftModifier);
        QTest::keyClick(m_view.get(), Qt::Key_Down, Qt::ShiftModifier);
        QSignalSpy told(m_view.get(), &LogView::told);
        QTest::keyClick(m_view.get(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("line 10\nline 11\nline 12\n"));
        QVERIFY(told.last().first().toString().contains(QStringLiteral("3 lines")));
        QSignalSpy opened(m_view.get(), &LogView::openRequested);
        QTest::keyClick(m_view.get(), Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
    }

    void bookmarks_go_around_and_stay_on_lines_that_are_the_same()
    {
        read();
        for (const std::uint64_t line : { 100U, 2000U, 3000U }) {
            m_view->mark(m_rows.positionOf(line));
            QTest::keyClick(m_view.get(), Qt::Key_F2, Qt::ControlModifier);
        }
        QTest::keyClick(m_view.get(), Qt::Key_F2);
        QCOMPARE(m_view->textAt(*m_view->marked()), QStringLiteral("line 100"));
        QTest::keyClick(m_view.get(), Qt::Key_F2, Qt::ShiftModifier);
        QCOMPARE(m_view->textAt(*m_view->marked()), QStringLiteral("line 3000"));
        QTest::keyClick(m_view.get(), Qt::Key_F2, Qt::ControlModifier); // takes it away
        QCOMPARE(m_view->bookmarks().size(), std::size_t { 2 });

        // Begun anew: the first lines are the same, the others are not.
        m_folder->write("log.txt", linesOf(0, 1000) + linesOf(7000, 3000));
        m_index = {};
        m_rows.showFile(m_file);
        m_view->restartRows(m_rows);
        read();
        QCOMPARE(m_view->bookmarks().size(), std::size_t { 1 });
        QTest::keyClick(m_view.get(), Qt::Key_F2);
        QCOMPARE(m_view->textAt(*m_view->marked()), QStringLiteral("line 100"));
    }

    void however_often_lines_come_it_is_painted_thirty_times_a_second()
    {
        struct Counter : QObject {
            int paints = 0;
            bool eventFilter(QObject*, QEvent* event) override
            {
                paints += event->type() == QEvent::Paint ? 1 : 0;
                return false;
            }
        } counter;
        read();
        m_view->setFollowing(true);
        m_view->viewport()->installEventFilter(&counter);
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < 300; ++i) {
            append(linesOf(5000 + i * 100, 100));
            QCoreApplication::processEvents();
        }
        QVERIFY2(counter.paints <= clock.elapsed() / 25 + 5, qPrintable(QString::number(counter.paints)));
        QTRY_COMPARE(m_view->textAt(m_rows.moved(m_view->top(), m_view->rowsOnScreen() - 1)), QStringLiteral("line 34999"));
        m_view->viewport()->removeEventFilter(&counter);
    }
};

SHEAF_TEST(tst_log_view)
#include "tst_log_view.moc"
