// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/run_picture.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/logs/log_view.h"
#include "ui/run/mini_batch_filter.h"
#include "ui/run/mini_batch_model.h"
#include "ui/state/work_thread.h"
#include "ui/text/error_text.h"

#include <fstream>
#endif

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>


using namespace sheaf;
using namespace sheaf::ui;

/// Item models and views by themselves.
class tst_views : public QObject
{
    Q_OBJECT

private:
    static event::RunPicture pictureOf(std::uint32_t miniBatches, std::uint32_t ended)
    {
        event::RunPicture picture;
        event::ChangeSet changes;
        std::uint64_t sequence = 0;
        const auto tell = [&](event::Fact fact) { picture.apply(event::Event { ++sequence, 1000000, std::move(fact) }, changes); };
        tell(event::RunStarted { "r", { "work" }, 1, false, 1, "h" });
        tell(event::StepStarted { StepIndex(0), { NodeIndex(0) }, 2 });
        tell(event::StepPlanned { StepIndex(0), miniBatches, 0, 0, 0 });
        for (std::uint32_t i = 0; i < ended; ++i) {
            event::AttemptEnded attempt;
            attempt.step = StepIndex(0);
            attempt.miniBatch = MiniBatchIndex(i);
            attempt.outcome = i % 10 == 3 ? event::AttemptOutcome::Exception : event::AttemptOutcome::Done;
            attempt.items = 1;
            attempt.returned = attempt.outcome == event::AttemptOutcome::Done ? 1 : 0;
            attempt.error = attempt.outcome == event::AttemptOutcome::Done ? "" : "KeyError: 'x'";
            tell(attempt);
        }
        return picture;
    }

private slots:
    void the_mini_batch_model_keeps_its_promises_while_rows_change()
    {
        const event::RunPicture picture = pictureOf(200, 100);
        const QString error = QStringLiteral("KeyError: 'x'");
        MiniBatchModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSource([&] { return picture.step("work"); }, [&](MiniBatchIndex) -> const QString& { return error; });
        QCOMPARE(model.rowCount(), 200);
        model.setFilter(MiniBatchFilter(QStringLiteral("state:failed")));
        QCOMPARE(model.rowCount(), 10);
        model.sort(MiniBatchModel::Number, Qt::DescendingOrder);
        QCOMPARE(model.at(0).value, 93U);
        model.onChanged({ MiniBatchIndex(3) }, false);
        model.setFilter(MiniBatchFilter());
        QCOMPARE(model.rowOf(MiniBatchIndex(199)), 0);
    }

    void an_unknown_state_in_the_filter_is_said()
    {
        QVERIFY(!MiniBatchFilter(QStringLiteral("state:purple")).complaint().isEmpty());
        QVERIFY(MiniBatchFilter(QStringLiteral("state:failed node:0 tries:>1")).complaint().isEmpty());
    }

    void every_error_has_a_sentence_and_says_its_arguments()
    {
        for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
            const ErrorText text = errorText(Error { static_cast<ErrorCode>(code), {} });
            QVERIFY2(!text.sentence.isEmpty(), qPrintable(QString::number(code)));
        }
        const ErrorText missing = errorText(Error { ErrorCode::NotFound, { { "path", "/no/such" } } });
        QVERIFY(missing.sentence.contains(QStringLiteral("/no/such")));
    }

    void the_log_view_follows_until_the_user_looks_elsewhere()
    {
        const test::TempFolder folder;
        std::string lines;
        for (int i = 0; i < 5000; ++i) {
            lines += "line " + std::to_string(i) + "\n";
        }
        const auto file = folder.write("log.txt", lines);
        WorkThread reader;
        WorkThread worker;
        LogView view(reader, worker);
        view.resize(400, 300);
        view.show();
        view.openFile(QString::fromStdString(file.string()));
        QTRY_COMPARE(view.lineCount(), 5000);
        QCOMPARE(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());
        auto* chip = view.findChild<QPushButton*>(QStringLiteral("logs.chip"));
        QVERIFY(!chip->isVisible());

        QTest::keyClick(&view, Qt::Key_PageUp);
        QVERIFY(!view.isFollowing());
        const int eye = view.verticalScrollBar()->value();
        std::ofstream(file, std::ios::app) << "one more\nand an unfinished";
        view.readMore();
        QTRY_COMPARE(view.lineCount(), 5002);
        QCOMPARE(view.verticalScrollBar()->value(), eye);
        QTRY_VERIFY(chip->isVisible());
        QVERIFY2(chip->text().contains(QStringLiteral("2 new lines")), qPrintable(chip->text()));

        QTest::mouseClick(chip, Qt::LeftButton);
        QVERIFY(view.isFollowing());
        QVERIFY(!chip->isVisible());
        QCOMPARE(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());
    }

    void text_is_found_forwards_and_backwards_and_a_byte_is_shown_in_its_line()
    {
        const test::TempFolder folder;
        std::string lines;
        for (int i = 0; i < 5000; ++i) {
            lines += "line " + std::to_string(i) + "\n";
        }
        const auto file = folder.write("log.txt", lines);
        WorkThread reader;
        WorkThread worker;
        LogView view(reader, worker);
        view.resize(400, 300);
        view.show();
        view.openFile(QString::fromStdString(file.string()));
        view.showOffset(static_cast<qint64>(lines.find("line 2500") + 3)); // before anything has been read
        QTRY_COMPARE(view.markedLine(), 2500);
        QVERIFY(!view.isFollowing());

        QSignalSpy found(&view, &LogView::found);
        view.find(QStringLiteral("LINE 432"), false);
        QVERIFY(found.wait());
        QVERIFY(!found.last().first().toBool()); // capitals are meant as they are
        view.find(QStringLiteral("line 432"), false);
        QVERIFY(found.wait());
        QCOMPARE(view.markedLine(), 4320);
        view.find(QStringLiteral("line 2499"), true);
        QVERIFY(found.wait());
        QCOMPARE(view.markedLine(), 2499);
        QCOMPARE(view.line(2499), QStringLiteral("line 2499"));
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("line 2499\n"));
    }
};

SHEAF_TEST(tst_views)
#include "tst_views.moc"
