// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/json.h"
#include "core/store/event_store.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/run/heat_grid.h"
#include "ui/run/mini_batch_model.h"
#include "ui/run/mini_batch_page.h"
#include "ui/run/mini_batch_table.h"
#include "ui/run/step_list.h"
#include "ui/state/app_context.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <filesystem>
#include <fstream>
#endif

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

event::AttemptEnded attemptOf(std::uint32_t number, event::AttemptOutcome outcome, double seconds)
{
    event::AttemptEnded attempt;
    attempt.miniBatch = MiniBatchIndex(number);
    attempt.attempt = AttemptId(number + 1);
    attempt.picked = 1;
    attempt.outcome = outcome;
    attempt.items = 4;
    attempt.returned = outcome == event::AttemptOutcome::Done ? 4 : 0;
    attempt.node = NodeIndex(number % 3);
    attempt.process = ProcessNumber(number % 4);
    attempt.startMicros = 1000000 + std::int64_t { number } * 1000;
    attempt.elapsedSeconds = seconds;
    attempt.error = outcome == event::AttemptOutcome::Done ? "" : "KeyError: 'x" + std::to_string(number % 5) + "'";
    return attempt;
}

/// Every tenth of those that ended has failed, every 25th timed out; the longest is the last.
std::vector<event::Fact> story(std::uint32_t miniBatches, std::uint32_t ended)
{
    std::vector<event::Fact> facts { event::RunStarted { "r", { "work" }, 3, false, 1, "h" }, event::StepStarted { StepIndex(0), { NodeIndex(0) }, 2 },
        event::StepPlanned { StepIndex(0), miniBatches, 0, 0, 0 } };
    for (std::uint32_t i = 0; i < ended; ++i) {
        const auto outcome = i % 25 == 7 ? event::AttemptOutcome::Timeout : i % 10 == 3 ? event::AttemptOutcome::Exception : event::AttemptOutcome::Done;
        facts.emplace_back(attemptOf(i, outcome, 1 + i * 0.01));
    }
    if (ended + 2 < miniBatches) {
        facts.emplace_back(event::AttemptStarted { StepIndex(0), MiniBatchIndex(ended), AttemptId(900), NodeIndex(1), ProcessNumber(2), 5000000 });
        auto again = attemptOf(ended + 1, event::AttemptOutcome::WorkerDied, 2);
        again.final = false;
        facts.emplace_back(again);
    }
    return facts;
}

struct Told {
    event::RunPicture picture;
    std::uint64_t sequence = 0;
    event::ChangeSet tell(std::vector<event::Fact> facts)
    {
        event::ChangeSet changes;
        for (auto& fact : facts) {
            picture.apply(event::Event { ++sequence, 1000000, std::move(fact) }, changes);
        }
        return changes;
    }
};

triage::MiniBatchFilter filterOf(const char* text)
{
    return triage::MiniBatchFilter(text);
}

std::vector<std::uint32_t> numbersOf(const MiniBatchModel& model)
{
    std::vector<std::uint32_t> numbers;
    for (int row = 0; row < model.rowCount(); ++row) {
        numbers.push_back(model.at(row).value);
    }
    return numbers;
}

/// A model with a picture, and the thread it needs.
struct Rows {
    Told told;
    WorkThread worker;
    MiniBatchModel model { worker };

    Rows(std::uint32_t miniBatches, std::uint32_t ended)
    {
        told.tell(story(miniBatches, ended));
        model.setSource([this] { return told.picture.step("work"); }, [] { return std::int64_t { 0 }; });
    }
};

/// A page on a run whose events the test writes.
struct WrittenPage {
    test::TempFolder folder;
    std::optional<store::EventStore> store;
    AppContext context;
    std::unique_ptr<MiniBatchPage> page;

    WrittenPage(std::uint32_t miniBatches, std::uint32_t ended)
    {
        pipeline::RunSpec spec;
        spec.run = "r";
        spec.jobFile = (folder.path() / "pipeline.yml").string();
        pipeline::StepSpec step;
        step.name = "work";
        step.kind = pipeline::StepKind::Parallel;
        spec.steps.push_back(step);
        const runtime::RunDir dir(folder.path() / ".sheaf" / "runs" / "r");
        std::filesystem::create_directories(dir.path());
        std::ofstream(dir.spec()) << json::serialize(spec);
        if (auto opened = store::EventStore::openForWriting(dir.database())) {
            store.emplace(std::move(*opened));
        }
        tell(story(miniBatches, ended));
        page = std::make_unique<MiniBatchPage>(context);
        page->resize(900, 800);
        page->show();
        context.run.open(toQt(folder.path()), QStringLiteral("r"));
        context.selection.setStep(QStringLiteral("work"));
    }
    void tell(std::vector<event::Fact> facts)
    {
        std::vector<event::Event> events;
        for (auto& fact : facts) {
            events.push_back({ 0, 1000000, std::move(fact) });
        }
        QVERIFY(store && store->append(events));
    }
    template <class Widget> Widget* child(const char* name) const { return page->findChild<Widget*>(QLatin1String(name)); }
    QTableView* table() const { return child<QTableView>("run.batches.table"); }
    HeatGrid* grid() const { return child<HeatGrid>("run.grid"); }
    QLineEdit* box() const { return child<QLineEdit>("run.batches.filter"); }
    int rows() const { return table()->model()->rowCount(); }
    QString count() const { return child<QLabel>("run.batches.count")->text(); }
};

void shot(QWidget& widget, const char* name)
{
    const QString folder = qEnvironmentVariable("SHEAF_SHOTS");
    if (!folder.isEmpty()) {
        widget.grab().save(folder + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".png"));
    }
}

} // namespace

/// The mini-batches of a step: rows, filter, grid, table.
class tst_mini_batches : public QObject
{
    Q_OBJECT

private slots:
    void the_model_keeps_its_promises_while_rows_change()
    {
        Rows rows(200, 100);
        const QAbstractItemModelTester tester(&rows.model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(rows.model.rowCount(), 200);
        rows.model.setFilter(filterOf("state:failed"));
        QCOMPARE(rows.model.rowCount(), 10);
        rows.model.sort(MiniBatchModel::Number, Qt::DescendingOrder);
        QCOMPARE(rows.model.at(0).value, 93U);
        auto changes = rows.told.tell({ attemptOf(150, event::AttemptOutcome::Exception, 1) });
        rows.model.onChanged({ MiniBatchIndex(150) }, false);
        QTRY_COMPARE(rows.model.rowCount(), 11);
        QCOMPARE(rows.model.at(0).value, 150U);
        rows.model.setFilter({});
        QCOMPARE(rows.model.rowOf(MiniBatchIndex(199)), 0);
        changes = rows.told.tell({ event::StepPlanned { StepIndex(0), 50, 0, 0, 0 } }); // a later plan has fewer
        rows.model.onChanged({}, true);
        QCOMPARE(rows.model.rowCount(), 50);
    }

    void rows_without_a_value_come_last_whichever_way_they_are_sorted()
    {
        Rows rows(60, 20);
        rows.model.sort(MiniBatchModel::Elapsed, Qt::DescendingOrder);
        QCOMPARE(rows.model.at(0).value, 21U); // tried and to be tried again: 2 s
        QCOMPARE(rows.model.at(1).value, 19U);
        QCOMPARE(rows.model.at(59).value, 59U);
        rows.model.sort(MiniBatchModel::Elapsed, Qt::AscendingOrder);
        QCOMPARE(rows.model.at(0).value, 0U);
        QCOMPARE(rows.model.at(59).value, 59U);
        rows.model.sort(MiniBatchModel::ErrorText, Qt::AscendingOrder);
        QCOMPARE(rows.model.index(0, MiniBatchModel::ErrorText).data().toString(), QStringLiteral("KeyError: 'x1'"));
        QVERIFY(rows.model.index(30, MiniBatchModel::ErrorText).data().toString().isEmpty());
    }

    void the_silent_ones_come_first_and_move_when_they_write()
    {
        Rows rows(60, 20); // number 20 runs since second 5
        for (std::uint32_t i = 30; i < 34; ++i) {
            rows.told.tell({ event::AttemptStarted { StepIndex(0), MiniBatchIndex(i), AttemptId(i), NodeIndex(1), ProcessNumber(i), 10'000'000 } });
        }
        rows.model.setSource([&rows] { return rows.told.picture.step("work"); }, [] { return std::int64_t { 100'000'000 }; });
        rows.model.setTails({ { MiniBatchIndex(31), { QStringLiteral("x"), 90'000'000 } }, { MiniBatchIndex(33), { QStringLiteral("x"), 60'000'000 } },
            { MiniBatchIndex(30), { {}, 2'000'000 } } }); // of the last is only known what an earlier one wrote
        rows.model.sort(MiniBatchModel::Silence, Qt::DescendingOrder);
        const auto first = [&](std::size_t count) {
            auto all = numbersOf(rows.model);
            all.resize(count);
            return all;
        };
        QCOMPARE(first(6), (std::vector<std::uint32_t> { 20, 30, 32, 33, 31, 0 }));
        rows.model.sort(MiniBatchModel::Silence, Qt::AscendingOrder);
        QCOMPARE(first(6), (std::vector<std::uint32_t> { 31, 33, 30, 32, 20, 0 })); // those that do not run come last
        QCOMPARE(rows.model.index(0, MiniBatchModel::Silence).data().toString(), QStringLiteral("10 s"));
        rows.model.setTails({ { MiniBatchIndex(20), { QStringLiteral("y"), 99'000'000 } } });
        QTRY_COMPARE(first(1), (std::vector<std::uint32_t> { 20 }));
        const QString tip = rows.model.headerData(MiniBatchModel::LastLine, Qt::Horizontal, Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(QStringLiteral("cannot be sorted by")), qPrintable(tip));
    }

    void many_rows_are_arranged_elsewhere_as_few_are_here()
    {
        Rows rows(50000, 40000);
        QSignalSpy arranged(&rows.model, &MiniBatchModel::rowsArranged);
        rows.model.setFilter(filterOf("state:failed node:1 err:x3"));
        QVERIFY(rows.model.isArranging()); // and the window goes on
        rows.model.sort(MiniBatchModel::Elapsed, Qt::DescendingOrder);
        QTRY_VERIFY(!rows.model.isArranging());
        RowsWanted wanted;
        wanted.filter = filterOf("state:failed node:1 err:x3");
        wanted.order = RowOrder::Elapsed;
        wanted.isDescending = true;
        const auto* step = rows.told.picture.step("work");
        const auto expected = arrangeRows({ step, step->failures.numbers(), {}, 0 }, wanted);
        QVERIFY(!expected.empty());
        QCOMPARE(numbersOf(rows.model), expected);
        for (const std::uint32_t number : expected) {
            QCOMPARE(step->miniBatches[number].state, event::MiniBatchState::Failed);
            QCOMPARE(step->miniBatches[number].node.value, 1U);
            QCOMPARE(rows.model.shown()[number], std::uint8_t { 1 });
        }
    }

    void numbers_are_written_as_the_filter_reads_them()
    {
        const std::vector<std::uint32_t> numbers { 3, 4, 5, 9, 20, 21 };
        QCOMPARE(idList(numbers), QStringLiteral("3-5,9,20-21"));
        QCOMPARE(withFilterWord(QStringLiteral("err:\"a b\" id:1-4 x"), QStringLiteral("id"), QStringLiteral("id:7")), QStringLiteral("err:\"a b\" id:7 x"));
        QCOMPARE(withFilterWord(QStringLiteral("id:1-4 x"), QStringLiteral("id"), QString()), QStringLiteral("x"));
        QCOMPARE(withFilterWord(QString(), QStringLiteral("id"), QStringLiteral("id:7")), QStringLiteral("id:7"));
    }

    void the_table_as_csv_has_all_rows_in_their_order()
    {
        Rows rows(20, 10);
        const auto* step = rows.told.picture.step("work");
        const std::vector<std::uint32_t> order { 3, 0, 15 };
        const auto lines = QString::fromUtf8(csvOf({ step, step->failures.numbers(), {}, 0 }, order)).split(QStringLiteral("\r\n"));
        QCOMPARE(lines.size(), 5);
        QVERIFY(lines[0].startsWith(QStringLiteral("mini_batch,state,tries,node,")));
        QCOMPARE(lines[1], QStringLiteral("3,Failed,1,0,3,1970-01-01T00:00:01.003000Z,1.030,0.000,0.000,0,4,1,KeyError: 'x3'"));
        QCOMPARE(lines[3], QStringLiteral("15,Pending,0,,,,,,,,,,"));
    }

    void cells_are_as_large_as_they_fit_and_then_stand_for_several()
    {
        Rows few(200, 100);
        HeatGrid grid(few.model, few.worker);
        grid.resize(600, 200);
        grid.reload();
        QVERIFY(grid.edge() >= 12);
        QCOMPARE(grid.cells(), 200U);
        const QRectF last = grid.cellRect(199);
        QVERIFY(grid.rect().contains(last.toRect()));
        QVERIFY(grid.nameOf(3).contains(QStringLiteral("Failed")));

        Rows many(90000, 50000);
        HeatGrid dense(many.model, many.worker);
        dense.resize(600, 200);
        dense.reload();
        QCOMPARE(dense.edge(), 3);
        QCOMPARE(dense.perCell(), 7U); // 200 × 66 cells
        QVERIFY(dense.rect().contains(dense.cellRect(dense.cells() - 1).toRect()));
        QCOMPARE(dense.cellOf(MiniBatchIndex(89999)), std::int64_t { dense.cells() - 1 });
        QVERIFY2(dense.nameOf(0).contains(QStringLiteral("Mini-batches 0 to 6")), qPrintable(dense.nameOf(0)));
    }

    void a_change_repaints_its_own_cell()
    {
        Rows rows(200, 100);
        HeatGrid grid(rows.model, rows.worker);
        grid.resize(600, 200);
        grid.show();
        grid.reload();
        const auto colourAt = [&](std::uint32_t cell) {
            const QRectF box = grid.cellRect(cell);
            return grid.grab().toImage().pixelColor((box.topLeft() + QPointF(1, 1)).toPoint());
        };
        QCOMPARE(colourAt(3), toneColor(Tone::Failed));
        QCOMPARE(colourAt(0), toneColor(Tone::Done));
        rows.told.tell({ attemptOf(150, event::AttemptOutcome::Timeout, 3) });
        grid.onChanged({ MiniBatchIndex(150) });
        QTRY_COMPARE(colourAt(150), toneColor(Tone::TimedOut));

        rows.model.setFilter(filterOf("state:failed"));
        grid.onArranged();
        QCOMPARE(colourAt(3), toneColor(Tone::Failed));
        QVERIFY(colourAt(0) != toneColor(Tone::Done)); // dimmed
    }

    void one_failed_among_many_is_seen()
    {
        Rows rows(90000, 0);
        HeatGrid grid(rows.model, rows.worker);
        grid.resize(600, 200);
        grid.show();
        grid.reload();
        const auto colourAt = [&](std::int64_t cell) { return grid.grab().toImage().pixelColor(grid.cellRect(static_cast<std::uint32_t>(cell)).center().toPoint()); };
        const QColor before = colourAt(grid.cellOf(MiniBatchIndex(44444)));
        rows.told.tell({ attemptOf(44444, event::AttemptOutcome::Exception, 3) });
        grid.onChanged({ MiniBatchIndex(44444) });
        const auto cell = grid.cellOf(MiniBatchIndex(44444));
        QTRY_VERIFY(colourAt(cell) != before);
        QVERIFY(colourAt(cell).red() - colourAt(cell).green() > 60);
    }

    void the_order_of_the_grid_is_by_node_or_time_too()
    {
        Rows rows(30, 30);
        HeatGrid grid(rows.model, rows.worker);
        grid.resize(600, 200);
        grid.reload();
        QCOMPARE(grid.cellOf(MiniBatchIndex(1)), std::int64_t { 1 });
        grid.setOrder(RowOrder::Node);
        QCOMPARE(grid.cellOf(MiniBatchIndex(0)), std::int64_t { 0 });
        QCOMPARE(grid.cellOf(MiniBatchIndex(1)), std::int64_t { 13 }); // after the ten of node 0, and three of process 0 of node 1
        grid.setOrder(RowOrder::Start);
        QCOMPARE(grid.cellOf(MiniBatchIndex(7)), std::int64_t { 7 });
        rows.model.setFilter(filterOf("state:failed"));
        grid.setPacked(true);
        QCOMPARE(grid.cells(), 3U);
        QCOMPARE(grid.cellOf(MiniBatchIndex(13)), std::int64_t { 1 });
        QCOMPARE(grid.cellOf(MiniBatchIndex(1)), std::int64_t { -1 });
    }

    void a_duration_is_slow_only_when_it_stands_out()
    {
        Rows rows(40, 0);
        std::vector<event::Fact> facts;
        for (std::uint32_t i = 0; i < 20; ++i) {
            facts.emplace_back(attemptOf(i, event::AttemptOutcome::Done, i == 19 ? 0.9 : 0.1));
        }
        rows.told.tell(std::move(facts));
        HeatGrid grid(rows.model, rows.worker);
        grid.resize(600, 200);
        grid.reload();
        grid.setColouring(HeatGrid::Colouring::Duration);
        QVERIFY(grid.durationScale().slow >= 5); // nine times the median, yet not slow for anybody
        QVERIFY(grid.durationColor(0.9).blue() > grid.durationColor(0.9).red());
        QVERIFY(grid.durationColor(20).red() > grid.durationColor(20).blue());
    }

    void mouse_and_keys_choose_and_mark_in_the_grid()
    {
        WrittenPage written(200, 100);
        QTRY_COMPARE(written.rows(), 200);
        auto* grid = written.grid();
        const auto at = [&](std::uint32_t cell) { return grid->cellRect(cell).center().toPoint(); };
        QTRY_COMPARE(grid->cells(), 200U);
        QTest::mouseClick(grid, Qt::LeftButton, {}, at(42));
        QCOMPARE(written.context.selection.miniBatch(), 42);
        QCOMPARE(written.table()->currentIndex().row(), 42);

        grid->setFocus();
        QTest::keyClick(grid, Qt::Key_Right);
        QCOMPARE(written.context.selection.miniBatch(), 43);
        QVERIFY2(written.child<QLabel>("run.grid.name")->text().startsWith(QStringLiteral("Mini-batch 43")), qPrintable(written.child<QLabel>("run.grid.name")->text()));
        QTest::keyClick(grid, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(grid, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(grid, Qt::Key_Return);
        QCOMPARE(written.context.selection.filter(), QStringLiteral("id:43-45"));
        QTRY_COMPARE(written.rows(), 3);

        QTest::mousePress(grid, Qt::LeftButton, {}, at(10));
        QMouseEvent move(QEvent::MouseMove, at(19), grid->mapToGlobal(at(19)), Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(grid, &move);
        QTest::mouseRelease(grid, Qt::LeftButton, {}, at(19));
        QCOMPARE(written.context.selection.filter(), QStringLiteral("id:10-19"));
        QTRY_COMPARE(written.rows(), 10);
        QCOMPARE(written.count(), QStringLiteral("10 of 200"));
    }

    void a_marked_range_does_not_outlive_the_cells_it_was_marked_on()
    {
        WrittenPage written(200, 100);
        QTRY_COMPARE(written.rows(), 200);
        auto* grid = written.grid();
        written.child<QCheckBox>("run.grid.packed")->setChecked(true);
        written.context.selection.setFilter(QStringLiteral("state:done"));
        QTRY_COMPARE(grid->cells(), 86U);
        grid->setFocus();
        QTest::mouseClick(grid, Qt::LeftButton, {}, grid->cellRect(60).center().toPoint());
        QTest::keyClick(grid, Qt::Key_Right, Qt::ShiftModifier);
        written.context.selection.setFilter(QStringLiteral("id:0-2"));
        QTRY_COMPARE(grid->cells(), 3U);
        QTest::keyClick(grid, Qt::Key_Return);
        QCOMPARE(written.context.selection.filter(), QStringLiteral("id:0-2"));

        QTest::keyClick(grid, Qt::Key_Home, Qt::ShiftModifier);
        written.context.selection.setFilter(QStringLiteral("id:0 state:failed")); // none
        QTRY_COMPARE(grid->cells(), 0U);
        QTest::keyClick(grid, Qt::Key_Return);
        QCOMPARE(written.context.selection.filter(), QStringLiteral("id:0 state:failed"));
    }

    void cells_stay_those_of_their_order_until_the_new_one_is_there()
    {
        Rows rows(50000, 40000);
        HeatGrid grid(rows.model, rows.worker);
        grid.resize(600, 200);
        connect(&rows.model, &MiniBatchModel::rowsArranged, &grid, [&] { grid.onArranged(); });
        grid.reload();
        grid.setPacked(true);
        rows.model.sort(MiniBatchModel::Elapsed, Qt::DescendingOrder);
        rows.model.setFilter(filterOf("state:failed err:x3"));
        QTRY_VERIFY(!rows.model.isArranging());
        QTRY_VERIFY(grid.cells() * grid.perCell() < 10000);
        const std::uint32_t few = grid.cells();
        rows.model.setFilter({});
        QVERIFY(rows.model.isArranging());
        QCOMPARE(grid.cells(), few);
        QVERIFY(!grid.nameOf(few - 1).isEmpty());
        QTRY_VERIFY(!rows.model.isArranging());
        QTRY_VERIFY(grid.cells() * grid.perCell() >= 50000);
    }

    void nothing_is_put_in_order_for_a_page_that_nobody_sees()
    {
        WrittenPage written(200, 100);
        QTRY_COMPARE(written.rows(), 200);
        written.box()->setText(QStringLiteral("state:failed"));
        QTRY_COMPARE(written.rows(), 10);
        written.child<QComboBox>("run.grid.order")->setCurrentIndex(1);
        written.page->hide();
        QSignalSpy arranged(written.table()->model(), &QAbstractItemModel::modelReset);
        written.tell({ attemptOf(150, event::AttemptOutcome::Exception, 1) });
        QTRY_COMPARE(written.context.run.step(QStringLiteral("work"))->count(event::MiniBatchState::Failed), 11U);
        QCOMPARE(arranged.count(), 0);
        QCOMPARE(written.rows(), 10);
        written.page->show();
        QCOMPARE(written.rows(), 11); // at once
    }

    void the_filter_may_have_many_words_in_a_narrow_window()
    {
        WrittenPage written(200, 100);
        QTRY_COMPARE(written.rows(), 200);
        written.page->resize(500, 800);
        const int width = written.page->minimumSizeHint().width();
        QStringList words;
        for (int i = 0; i < 12; ++i) {
            words << QStringLiteral("-notsuchaword%1").arg(i);
        }
        written.box()->setText(words.join(QLatin1Char(' ')) + QStringLiteral(" state:ignored,canceled"));
        QTRY_VERIFY(written.child<QPushButton>("run.batches.chip.12") != nullptr);
        QApplication::processEvents();
        QCOMPARE(written.page->minimumSizeHint().width(), width);
        shot(*written.page, "batches-chips-light");
        for (int i = 0; i < 13; ++i) { // all of them in sight, none over another
            auto* chip = written.child<QPushButton>(qPrintable(QStringLiteral("run.batches.chip.%1").arg(i)));
            QVERIFY(chip->visibleRegion().boundingRect() == chip->rect());
        }
    }

    void rows_chosen_in_one_step_are_not_chosen_in_another()
    {
        WrittenPage written(200, 100);
        QTRY_COMPARE(written.rows(), 200);
        auto* table = written.table();
        table->selectionModel()->select(QItemSelection(table->model()->index(5, 0), table->model()->index(9, 0)), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        written.context.selection.setStep({});
        written.context.selection.setStep(QStringLiteral("work"));
        QTRY_COMPARE(written.rows(), 200);
        QVERIFY(table->selectionModel()->selectedRows().isEmpty());
    }

    void a_step_that_the_run_has_not_is_not_taken_for_the_whole_run()
    {
        WrittenPage written(20, 10);
        QTRY_COMPARE(written.rows(), 20);
        StepList list(written.context);
        QCOMPARE(list.currentRow(), 1);
        written.context.selection.setStep(QStringLiteral("new one"));
        QCOMPARE(list.currentRow(), -1);
        QVERIFY(list.selectedItems().isEmpty());
        list.setCurrentRow(0);
        QCOMPARE(written.context.selection.step(), QString());
    }

    void what_was_chosen_in_a_run_is_not_chosen_in_the_next()
    {
        WrittenPage written(200, 100);
        QTRY_COMPARE(written.rows(), 200);
        auto& selection = written.context.selection;
        const auto choose = [&] {
            selection.setMiniBatch(7);
            selection.setTime(1000000);
            selection.setFilter(QStringLiteral("group:2"));
        };
        choose();
        const QString folder = written.context.run.workspaceFolder();
        written.context.run.open(folder, QStringLiteral("r")); // the same again
        QCOMPARE(selection.miniBatch(), 7);
        QCOMPARE(selection.filter(), QStringLiteral("group:2"));
        written.context.run.open(folder, QStringLiteral("other"));
        QCOMPARE(selection.miniBatch(), -1);
        QCOMPARE(selection.time(), 0);
        QCOMPARE(selection.filter(), QString());
    }

    void a_chosen_one_is_gone_to_when_the_rows_are_there()
    {
        WrittenPage written(30000, 20000);
        QTRY_COMPARE_WITH_TIMEOUT(written.rows(), 30000, 20000);
        QTRY_VERIFY_WITH_TIMEOUT(written.context.run.isLoaded(), 20000);
        auto* model = written.page->findChild<MiniBatchModel*>();
        written.box()->setText(QStringLiteral("state:failed"));
        QTRY_VERIFY(!model->isArranging());
        written.context.selection.setFilter(QStringLiteral("state:done"));
        QVERIFY(model->isArranging());
        written.context.selection.setMiniBatch(15000);
        QTRY_VERIFY(!model->isArranging());
        auto* table = written.table();
        const auto chosen = table->selectionModel()->selectedRows();
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(model->at(chosen.front().row()).value, 15000U);
        QVERIFY(table->viewport()->rect().intersects(table->visualRect(chosen.front())));
    }

    void the_filter_is_one_for_box_buttons_chips_and_whoever_sets_it()
    {
        WrittenPage written(200, 100);
        QTRY_COMPARE(written.rows(), 200);
        QCOMPARE(written.count(), QStringLiteral("200 of 200"));
        written.context.selection.setFilter(QStringLiteral("state:failed node:0"));
        QCOMPARE(written.box()->text(), QStringLiteral("state:failed node:0"));
        QTRY_COMPARE(written.rows(), 4);
        auto* failed = written.child<QPushButton>("run.batches.state.Failed");
        QVERIFY(failed->isChecked());
        auto* second = written.child<QPushButton>("run.batches.chip.1");
        QVERIFY(second != nullptr && second->isVisible());
        QTest::mouseClick(second, Qt::LeftButton);
        QCOMPARE(written.context.selection.filter(), QStringLiteral("state:failed"));
        QTRY_COMPARE(written.rows(), 10);
        QTest::mouseClick(written.child<QPushButton>("run.batches.state.TimedOut"), Qt::LeftButton, Qt::ControlModifier);
        QCOMPARE(written.box()->text(), QStringLiteral("state:failed,timedout"));
        QTRY_COMPARE(written.rows(), 14);
        written.box()->setText(QStringLiteral("state:purple"));
        auto* complaint = written.child<QLabel>("run.batches.complaint");
        QVERIFY(complaint->isVisible());
        QVERIFY2(complaint->text().contains(QStringLiteral("purple")) && complaint->text().contains(QStringLiteral("timedout")), qPrintable(complaint->text()));
        written.box()->clear();
        QVERIFY(!complaint->isVisible());
        QTRY_COMPARE(written.rows(), 200);
    }

    void the_chosen_rows_stay_chosen_and_have_their_verbs()
    {
        WrittenPage written(200, 100);
        QTRY_COMPARE(written.rows(), 200);
        auto* table = written.table();
        written.context.selection.setMiniBatch(43);
        QCOMPARE(table->currentIndex().row(), 43);
        table->selectionModel()->select(QItemSelection(table->model()->index(13, 0), table->model()->index(14, 0)), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        table->selectionModel()->select(table->model()->index(23, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
        written.box()->setText(QStringLiteral("state:failed"));
        QTRY_COMPARE(written.rows(), 10);
        QCOMPARE(table->selectionModel()->selectedRows().size(), 2); // 14 is not there
        QCOMPARE(table->currentIndex().row(), 4);

        auto* list = written.page->findChild<MiniBatchTable*>();
        QSignalSpy repair(&written.context.selection, &SelectionState::repairAsked);
        QSignalSpy debug(&written.context.selection, &SelectionState::debugAsked);
        QMenu menu;
        list->fillMenu(menu);
        menu.findChild<QAction*>(QStringLiteral("run.batches.again"))->trigger();
        QCOMPARE(repair.takeFirst().first().toString(), QStringLiteral("id:13,23"));
        QVERIFY(!menu.findChild<QAction*>(QStringLiteral("run.batches.here"))->isEnabled()); // one at a time
        table->selectionModel()->setCurrentIndex(table->model()->index(0, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        QMenu one;
        list->fillMenu(one);
        one.findChild<QAction*>(QStringLiteral("run.batches.here"))->trigger();
        QCOMPARE(debug.takeFirst().first().toLongLong(), 3);
        written.page->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(written.page.get()));
        table->setFocus();
        QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
        QVERIFY2(QApplication::clipboard()->text().contains(QStringLiteral("\n3\tFailed\t1\t0\t3\t")), qPrintable(QApplication::clipboard()->text()));

        QSignalSpy exported(list, &MiniBatchTable::exported);
        const QString file = toQt(written.folder.path() / "out.csv");
        list->exportTo(file);
        QVERIFY(exported.wait());
        QFile csv(file);
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QCOMPARE(csv.readAll().count('\n'), 11);
    }

    void what_is_too_long_to_be_a_filter_is_refused_not_cut()
    {
        WrittenPage written(4000, 0);
        QTRY_COMPARE(written.rows(), 4000);
        auto* table = written.table();
        auto* list = written.page->findChild<MiniBatchTable*>();
        const auto only = [&](QMenu& menu, int step) {
            QItemSelection rows;
            for (int row = 0; row < 4000; row += step) {
                rows.select(table->model()->index(row, 0), table->model()->index(row, 0));
            }
            table->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
            list->fillMenu(menu);
            return menu.findChild<QAction*>(QStringLiteral("run.batches.only"));
        };
        QMenu few;
        QVERIFY(only(few, 100)->isEnabled());
        QMenu many;
        QVERIFY(!only(many, 2)->isEnabled());
        QVERIFY(only(many, 2)->text().contains(QStringLiteral("too many")));
    }

    void what_users_wrote_is_no_markup_in_a_tooltip()
    {
        QCOMPARE(tipText(QStringLiteral("KeyError: \"a & b\"")), QStringLiteral("KeyError: \"a & b\""));
        QVERIFY(tipText(QStringLiteral("ValueError: <b>x</b>")).contains(QStringLiteral("&lt;b&gt;x&lt;/b&gt;")));
        QVERIFY(tipText(QStringLiteral("&lt;")).contains(QStringLiteral("&amp;lt;")));
    }

    void the_last_line_of_a_mini_batch_is_found_by_what_the_run_recorded()
    {
        WrittenPage written(10, 0);
        QTRY_COMPARE(written.rows(), 10);
        const runtime::RunDir dir(written.folder.path() / ".sheaf" / "runs" / "r");
        const auto log = dir.userLog("work", event::LogStream::Stdout, NodeIndex(0), ProcessNumber(0));
        std::filesystem::create_directories(log.parent_path());
        std::ofstream(log) << "first of 0\nlast of 0\nfirst of 1\nlast of 1\n";
        auto attempt = attemptOf(0, event::AttemptOutcome::Done, 1);
        attempt.logs = { { event::LogStream::Stdout, 0, 21 } };
        written.tell({ attempt });
        const auto cell = written.table()->model()->index(0, MiniBatchModel::LastLine);
        QTRY_COMPARE(written.table()->model()->index(0, MiniBatchModel::State).data().toString(), QStringLiteral("Done"));
        written.page->findChild<MiniBatchTable*>()->askLastLines();
        QTRY_COMPARE(cell.data().toString(), QStringLiteral("last of 0"));
    }

    void pictures_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    /// For the eye (SHEAF_SHOTS): half done, failed, empty, and a hundred thousand; here it is only seen that they are drawn.
    void pictures()
    {
        QFETCH(bool, dark);
        applyTheme(*qApp, dark ? ThemeChoice::Dark : ThemeChoice::Light);
        const QByteArray theme = dark ? "dark" : "light";
        {
            WrittenPage half(400, 200);
            QTRY_COMPARE(half.rows(), 400);
            half.context.selection.setMiniBatch(33);
            QTRY_VERIFY(half.table()->currentIndex().row() == 33);
            shot(*half.page, ("batches-half-" + theme).constData());
            half.child<QComboBox>("run.grid.colouring")->setCurrentIndex(1);
            shot(*half.page, ("batches-duration-" + theme).constData());
            half.child<QComboBox>("run.grid.colouring")->setCurrentIndex(0);
            half.box()->setText(QStringLiteral("state:failed,timedout err:\"KeyError\""));
            QTRY_COMPARE(half.rows(), 28);
            shot(*half.page, ("batches-filtered-" + theme).constData());
        }
        {
            AppContext context;
            MiniBatchPage empty(context);
            empty.resize(900, 800);
            empty.show();
            shot(empty, ("batches-empty-" + theme).constData());
        }
        {
            WrittenPage many(100000, 60000);
            QTRY_COMPARE_WITH_TIMEOUT(many.rows(), 100000, 20000);
            QTRY_COMPARE_WITH_TIMEOUT(many.child<QPushButton>("run.batches.state.Pending")->isVisible(), true, 20000);
            QTRY_VERIFY_WITH_TIMEOUT(many.context.run.isLoaded(), 20000);
            shot(*many.page, ("batches-many-" + theme).constData());
            QVERIFY(many.grid()->perCell() > 1);
        }
        applyTheme(*qApp, ThemeChoice::Light);
    }
};

SHEAF_TEST(tst_mini_batches)
#include "tst_mini_batches.moc"
