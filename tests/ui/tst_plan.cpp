// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/plan/plan_model.h"
#include "ui/plan/plan_text.h"
#include "ui/plan/plan_view.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <filesystem>
#include <fstream>
#include <functional>
#endif

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTableView>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

constexpr int kManyFiles = 100000;
constexpr int kLinksEach = 50000;

pipeline::StepSpec stepOver(const std::filesystem::path& folder, pipeline::DataType type = pipeline::DataType::UriFolder)
{
    pipeline::StepSpec step;
    step.name = "score";
    step.kind = pipeline::StepKind::Parallel;
    step.parallel.inputData = "files";
    step.parallel.maxConcurrencyPerInstance = 2;
    step.inputs.push_back({ "files", type, "", folder.string(), "", "" });
    return step;
}

const QString kPython
    = QFile::exists(QStringLiteral("/usr/bin/python3")) ? QStringLiteral("/usr/bin/python3") : QStandardPaths::findExecutable(QStringLiteral("python3"));

/// A picture for people, when a folder for them is named.
void shot(QWidget& widget, const char* name)
{
    if (const QString folder = qEnvironmentVariable("SHEAF_SHOTS"); !folder.isEmpty()) {
        QDir().mkpath(folder);
        widget.grab().save(QStringLiteral("%1/%2.png").arg(folder, QLatin1String(name)));
    }
}

} // namespace

/// The plan of a step before it runs: made in a thread, shown while it grows.
class tst_plan : public QObject
{
    Q_OBJECT

    test::TempFolder m_many; // a table of very many small files
    test::TempFolder m_jobs;
    std::unique_ptr<AppContext> m_context;
    std::unique_ptr<PlanView> m_view;

    template <class Widget> Widget* child(const char* name) const { return m_view->findChild<Widget*>(QString::fromLatin1(name)); }
    QString words(const char* name) const { return child<QLabel>(name)->text(); }

private slots:
    void initTestCase()
    {
        QSettings().clear();
        const auto folder = m_many.path() / "data";
        std::filesystem::create_directories(folder);
        // Links: as many names, and a fraction of the work for the disk. A file may have some 65,000.
        for (int i = 0; i < kManyFiles; ++i) {
            const auto name = folder / (std::to_string(i) + ".csv");
            if (i % kLinksEach == 0) {
                std::ofstream(name) << "id\n12345\n";
            } else {
                std::filesystem::create_hard_link(folder / (std::to_string(i - i % kLinksEach) + ".csv"), name);
            }
        }
        std::ofstream(folder / "MLTable") << "type: mltable\npaths:\n  - pattern: ./*.csv\ntransformations:\n  - read_delimited:\n      delimiter: ','\n";
    }

    void a_plan_of_very_many_files_is_shown_while_it_grows()
    {
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        PlanModel model(plan);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy added(&plan, &PlanState::linesAdded);
        std::size_t before = 0;
        bool everShrank = false;
        bool wasPartial = false;
        connect(&plan, &PlanState::linesAdded, this, [&] {
            everShrank = everShrank || plan.lines().size() <= before;
            wasPartial = wasPartial || (plan.phase() == PlanState::Phase::Planning && plan.lines().size() < kManyFiles);
            before = plan.lines().size();
        });
        plan.ask(stepOver(m_many.path() / "data", pipeline::DataType::MlTable), kPython);
        QCOMPARE(plan.phase(), PlanState::Phase::Planning);
        QTRY_COMPARE_WITH_TIMEOUT(plan.phase(), PlanState::Phase::Done, 60000);
        QVERIFY(added.count() > 1);
        QVERIFY(wasPartial);
        QVERIFY(!everShrank);
        QCOMPARE(plan.lines().size(), std::size_t { kManyFiles });
        QCOMPARE(model.rowCount(), kManyFiles);
        QCOMPARE(plan.header()->miniBatches, static_cast<std::uint32_t>(kManyFiles));
        QCOMPARE(plan.figures().waves, std::uint64_t { kManyFiles / 2 });
        QCOMPARE(model.index(kManyFiles - 1, PlanModel::Content).data().toString(), QStringLiteral("99999.csv · bytes 3–8"));
    }

    void it_can_be_stopped_and_what_there_was_is_kept()
    {
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        plan.ask(stepOver(m_many.path() / "data", pipeline::DataType::MlTable), kPython);
        QTRY_VERIFY_WITH_TIMEOUT(plan.lines().size() > 0, 60000);
        plan.stop();
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Stopped);
        const std::size_t kept = plan.lines().size();
        QVERIFY(kept > 0);
        QVERIFY(kept < kManyFiles);
        QCOMPARE(plan.figures().miniBatches, static_cast<std::uint32_t>(kept));
        QVERIFY(plan.header() == nullptr);
        plan.stop(); // of what is over, nothing
        QCOMPARE(plan.phase(), PlanState::Phase::Stopped);
        plan.again();
        QCOMPARE(plan.phase(), PlanState::Phase::Planning);
        QCOMPARE(plan.lines().size(), std::size_t { 0 });
        plan.stop(); // before anything was found
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Stopped);
    }

    void an_older_plan_gives_way_to_a_newer_one()
    {
        const test::TempFolder folder;
        folder.write("data/a.txt", "");
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        bool wasOlderHeard = false;
        connect(&plan, &PlanState::changed, this, [&] { wasOlderHeard = wasOlderHeard || plan.phase() == PlanState::Phase::Stopped; });
        plan.ask(stepOver(m_many.path() / "data"), kPython);
        plan.ask(stepOver(folder.path() / "data"), kPython);
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Done);
        QCOMPARE(plan.lines().size(), std::size_t { 1 });
        QCOMPARE(std::string(plan.lines()[0]), std::string("{\"files\":[\"a.txt\"]}"));
        QVERIFY(!wasOlderHeard);
    }

    void settings_that_do_not_matter_to_the_plan_leave_it_alone()
    {
        const test::TempFolder folder;
        for (int i = 0; i < 9; ++i) {
            folder.write("data/" + std::to_string(i), "");
        }
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        auto step = stepOver(folder.path() / "data");
        plan.ask(step, kPython);
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Done);
        QCOMPARE(plan.figures().waves, 5U);

        QSignalSpy restarted(&plan, &PlanState::restarted);
        step.parallel.maxConcurrencyPerInstance = 9;
        step.parallel.miniBatchErrorThreshold = 2;
        step.parallel.timeoutSeconds = 5;
        step.displayName = "another";
        plan.ask(step, QStringLiteral("/usr/bin/another-python"));
        QCOMPARE(restarted.count(), 0);
        QCOMPARE(plan.phase(), PlanState::Phase::Done);
        QCOMPARE(plan.figures().waves, 1U);
        QCOMPARE(plan.figures().failures.value(), 2U);

        step.parallel.miniBatchSize = 4;
        plan.ask(step, kPython);
        QCOMPARE(restarted.count(), 1);
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Done);
        QCOMPARE(plan.lines().size(), std::size_t { 3 });
        folder.write("data/more", "");
        plan.again();
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Done);
        QCOMPARE(plan.header()->files, 10U);
    }

    void files_that_come_and_go_are_noticed()
    {
        const test::TempFolder folder;
        folder.write("data/a.txt", "");
        folder.write("elsewhere/1.txt", "");
        std::filesystem::create_directory_symlink(folder.path() / "elsewhere", folder.path() / "data" / "linked");
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        QSignalSpy restarted(&plan, &PlanState::restarted);
        plan.ask(stepOver(folder.path() / "data"), kPython);
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Done);
        QCOMPARE(plan.header()->files, 2U);
        const auto files = [&] { return plan.phase() == PlanState::Phase::Done ? plan.header()->files : 0U; };
        folder.write("data/b.txt", "");
        QTRY_COMPARE(files(), 3U);
        folder.write("data/sub/c.txt", "");
        QTRY_COMPARE(files(), 4U);
        folder.write("data/sub/d.txt", "");
        QTRY_COMPARE(files(), 5U);
        std::filesystem::remove(folder.path() / "data/b.txt");
        QTRY_COMPARE(files(), 4U);

        // Where nobody watches, it is seen when somebody comes back; what is the same as before is left alone.
        folder.write("elsewhere/2.txt", "");
        emit qGuiApp->applicationStateChanged(Qt::ApplicationActive);
        QTRY_COMPARE(files(), 5U);
        restarted.clear();
        emit qGuiApp->applicationStateChanged(Qt::ApplicationActive);
        bool isHandled = false;
        planner.ask(&plan, [] { return 0; }, [&](int) { isHandled = true; });
        QTRY_VERIFY(isHandled);
        QCOMPARE(restarted.count(), 0);
        QCOMPARE(files(), 5U);

        std::filesystem::remove_all(folder.path() / "data");
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Failed);
        folder.write("data/a.txt", "");
        QTRY_COMPARE(files(), 1U);
    }

    void rows_that_are_added_to_a_table_are_noticed()
    {
        const test::TempFolder folder;
        folder.write("rows/a.csv", "id\n1\n");
        folder.write("table/MLTable", "type: mltable\npaths:\n  - pattern: ../rows/*.csv\ntransformations:\n  - read_delimited:\n      delimiter: ','\n");
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        plan.ask(stepOver(folder.path() / "table", pipeline::DataType::MlTable), kPython);
        const auto bytes = [&] { return plan.phase() == PlanState::Phase::Done ? plan.header()->bytes : 0U; };
        QTRY_COMPARE(bytes(), 5U);
        folder.write("rows/a.csv", "id\n1\n2\n");
        QTRY_COMPARE(bytes(), 7U);
        folder.write("rows/b.csv", "id\n3\n");
        QTRY_COMPARE(bytes(), 12U);
    }

    void a_plan_that_is_being_made_comes_to_its_end_and_is_made_again_when_files_came()
    {
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        plan.ask(stepOver(m_many.path() / "data", pipeline::DataType::MlTable), kPython);
        bool wasWhole = false;
        bool wasCutOff = false;
        connect(&plan, &PlanState::changed, this, [&] { wasWhole = wasWhole || plan.phase() == PlanState::Phase::Done; });
        connect(&plan, &PlanState::restarted, this, [&] { wasCutOff = wasCutOff || !wasWhole; });
        QTRY_VERIFY_WITH_TIMEOUT(plan.lines().size() > 0, 60000);
        m_many.write("data/zz.csv", "id\n12345\n");
        QTRY_VERIFY_WITH_TIMEOUT(plan.phase() == PlanState::Phase::Done && plan.lines().size() == std::size_t { kManyFiles + 1 }, 60000);
        QVERIFY(!wasCutOff); // else it would never be whole while another program writes
        std::filesystem::remove(m_many.path() / "data/zz.csv");
    }

    void a_table_is_planned_anew_when_its_mltable_is_written()
    {
        const test::TempFolder folder;
        folder.write("data/a.csv", "id\n1\n");
        folder.write("data/b.csv", "id\n2\n");
        const char* read = "transformations:\n  - read_delimited:\n      delimiter: ','\n";
        folder.write("data/MLTable", std::string("type: mltable\npaths:\n  - file: ./a.csv\n") + read);
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        const auto step = stepOver(folder.path() / "data", pipeline::DataType::MlTable);
        plan.ask(step, kPython);
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Done);
        QCOMPARE(plan.lines().size(), std::size_t { 1 });
        folder.write("data/MLTable", std::string("type: mltable\npaths:\n  - file: ./a.csv\n  - file: ./b.csv\n") + read);
        plan.ask(step, kPython);
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Done);
        QCOMPARE(plan.lines().size(), std::size_t { 2 });
    }

    void the_input_of_another_step_is_planned_later()
    {
        const test::TempFolder folder;
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        auto step = stepOver(folder.path() / "made");
        step.inputs[0].fromStep = "prepare";
        step.inputs[0].fromOutput = "files";
        plan.ask(step, kPython);
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Later);
        std::filesystem::create_directories(folder.path() / "made"); // made, and nothing in it yet
        plan.again();
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Later);
        folder.write("made/a.txt", "");
        plan.again();
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Done);
        plan.ask(stepOver(folder.path() / "gone"), kPython);
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Failed);
        QCOMPARE(plan.error().code, ErrorCode::InputMissing);
        plan.clear();
        QCOMPARE(plan.phase(), PlanState::Phase::Idle);
    }

    void only_the_last_choice_is_read()
    {
        const test::TempFolder folder;
        folder.write("data/a.txt", "12");
        folder.write("data/b.txt", "345");
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        plan.ask(stepOver(folder.path() / "data"), kPython);
        plan.choose(1); // too early: it waits for the plan
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Done);
        QTRY_COMPARE_WITH_TIMEOUT(plan.previewPhase(), PlanState::PreviewPhase::There, 30000);
        QCOMPARE(*plan.preview().rows.at(0).at(0), std::string("b.txt"));
        QSignalSpy previews(&plan, &PlanState::previewChanged);
        plan.choose(0);
        plan.choose(1);
        plan.choose(0);
        QCOMPARE(plan.previewPhase(), PlanState::PreviewPhase::Reading);
        QTRY_COMPARE_WITH_TIMEOUT(plan.previewPhase(), PlanState::PreviewPhase::There, 30000);
        QCOMPARE(*plan.preview().rows.at(0).at(0), std::string("a.txt"));
        QCOMPARE(previews.count(), 4); // three choices, one answer
        plan.ask(stepOver(folder.path() / "data"), QStringLiteral("/nonexistent/python"));
        QTRY_COMPARE_WITH_TIMEOUT(plan.previewPhase(), PlanState::PreviewPhase::Failed, 30000);
        QCOMPARE(plan.previewError().code, ErrorCode::InterpreterMissing);
    }

    void the_answer_to_an_older_choice_is_not_heard()
    {
        const test::TempFolder folder;
        folder.write("data/a.txt", "12");
        folder.write("data/b.txt", "345");
        // An interpreter that leaves a mark when it is asked: by then the first preview has begun.
        const auto mark = folder.path() / "asked";
        const auto python = folder.write("python", "#!/bin/sh\n: > '" + mark.string() + "'\nexec '" + toStd(kPython) + "' \"$@\"\n");
        std::filesystem::permissions(python, std::filesystem::perms::owner_all);
        WorkThread planner;
        WorkThread previewer;
        PlanState plan(planner, previewer);
        plan.ask(stepOver(folder.path() / "data"), toQt(python));
        QTRY_COMPARE(plan.phase(), PlanState::Phase::Done);
        plan.choose(0);
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(mark), 30000);
        bool wasOlderHeard = false;
        connect(&plan, &PlanState::previewChanged, this,
            [&] { wasOlderHeard = wasOlderHeard || plan.previewPhase() == PlanState::PreviewPhase::Failed; });
        plan.choose(1);
        QTRY_COMPARE_WITH_TIMEOUT(plan.previewPhase(), PlanState::PreviewPhase::There, 30000);
        QCOMPARE(*plan.preview().rows.at(0).at(0), std::string("b.txt"));
        QVERIFY(!wasOlderHeard);
    }

    void figures_are_told_in_words()
    {
        pipeline::PlanFigures figures;
        figures.miniBatches = 1240;
        figures.workers = 8;
        figures.waves = 155;
        figures.nodes = 2;
        figures.workersPerNode = 4;
        QCOMPARE(headlineText(figures), QStringLiteral("1,240 mini-batches · 8 workers · 155 waves"));
        QCOMPARE(workersText(figures), QStringLiteral("4 on each of 2 nodes"));
        QCOMPARE(failuresText(figures), QStringLiteral("any number"));
        figures.failures = 0;
        figures.failuresSetting = "mini_batch_error_threshold";
        figures.failedRows = 1;
        QCOMPARE(failuresText(figures), QStringLiteral("none (mini_batch_error_threshold), 1 row (error_threshold)"));
        plan::PlanSizes sizes;
        sizes.miniBatches = 3;
        sizes.unit = plan::SizeUnit::Bytes;
        sizes.smallest = 1024;
        sizes.largest = 4096;
        QCOMPARE(sizesText(sizes), QStringLiteral("1.0 KiB to 4.0 KiB"));
        sizes.median = 2048;
        QCOMPARE(sizesText(sizes), QStringLiteral("1.0 KiB to 4.0 KiB, median 2.0 KiB"));
        QCOMPARE(contentText(plan::readLine("{\"slices\":[[\"a\\u000ab\",20,40]],\"row\":7}"), plan::SizeUnit::Rows, 3), QStringLiteral("a␊b · rows 7–9"));
        QCOMPARE(contentText(plan::readLine("{\"files\":[\"a\",\"b\",\"c\"]}"), plan::SizeUnit::Files, -1), QStringLiteral("a and 2 more"));
    }

    // ---- the view, over a job file ---------------------------------------------------------------

    void the_view_follows_the_step_and_its_settings()
    {
        std::string text = "id,name,price,a rather long name of a column\n";
        for (int i = 0; i < 4000; ++i) {
            text += std::to_string(i) + ",home " + std::to_string(i) + "," + (i % 7 == 3 ? "" : std::to_string(i * 1.5)) + ",some words that go on and on and on\n";
        }
        m_jobs.write("table/homes.csv", text);
        m_jobs.write("table/MLTable", "type: mltable\npaths:\n  - pattern: ./*.csv\ntransformations:\n  - read_delimited:\n      delimiter: ','\n");
        for (int i = 0; i < 30; ++i) {
            m_jobs.write("files/deep folder/and another one/" + std::to_string(100 + i) + ".txt", std::string(static_cast<std::size_t>(i), 'x'));
        }
        m_jobs.write("src/work.py", "def run(mini_batch):\n    return mini_batch\n");
        const auto parallel = [](const std::string& name, const std::string& type, const std::string& path, const std::string& more) {
            return "  " + name + ":\n    type: parallel\n    inputs:\n      data:\n        type: " + type + "\n        path: " + path
                + "\n    input_data: ${{inputs.data}}\n" + more
                + "    task:\n      type: run_function\n      code: ./src\n      entry_script: work.py\n      environment: azureml:any:1\n";
        };
        const auto file = m_jobs.write("pipeline.yml",
            "type: pipeline\njobs:\n"
                + parallel("score", "mltable", "./table", "    mini_batch_size: 16kb\n    max_concurrency_per_instance: 2\n    mini_batch_error_threshold: 1\n")
                + parallel("copy", "uri_folder", "./files", "    mini_batch_size: '4'\n    max_concurrency_per_instance: 3\n")
                + "  prepare:\n    type: command\n    command: mkdir -p ${{outputs.made}}\n    environment: azureml:any:1\n"
                  "    outputs:\n      made:\n        type: uri_folder\n"
                + parallel("after", "uri_folder", "${{parent.jobs.prepare.outputs.made}}", "")
                + parallel("many", "mltable", (m_many.path() / "data").string(), "    mini_batch_size: 1kb\n")
                + parallel("lost", "uri_folder", "./nowhere", ""));
        m_context = std::make_unique<AppContext>();
        m_context->settings.overrideForSession(kPython, {});
        m_view = std::make_unique<PlanView>(*m_context);
        m_view->resize(460, 720);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        QCOMPARE(words("hint.title"), QStringLiteral("No step is chosen"));
        shot(*m_view, "plan-empty-light");
        m_context->pipeline.open(toQt(file));
        QTRY_VERIFY(m_context->pipeline.snapshot() != nullptr);

        m_context->selection.setStep(QStringLiteral("score"));
        auto* batches = child<QTableView>("plan.batches");
        QTRY_VERIFY(batches->isVisible() && m_context->plan.phase() == PlanState::Phase::Done);
        const int count = batches->model()->rowCount();
        QVERIFY(count > 10);
        QVERIFY2(words("plan.headline").startsWith(QStringLiteral("%1 mini-batches · 2 workers").arg(count)), qPrintable(words("plan.headline")));
        QCOMPARE(words("plan.failures"), QStringLiteral("1 mini-batch (mini_batch_error_threshold)"));
        QVERIFY(words("plan.memory").startsWith(QStringLiteral("about 12")));
        QVERIFY(batches->isColumnHidden(PlanModel::Key));
        QVERIFY(!child<QPushButton>("plan.stop")->isVisible());
    }

    void the_chosen_mini_batch_is_looked_into()
    {
        auto* batches = child<QTableView>("plan.batches");
        auto* table = child<QTableView>("plan.preview.table");
        QTRY_VERIFY_WITH_TIMEOUT(m_context->plan.previewPhase() == PlanState::PreviewPhase::There
                || m_context->plan.previewPhase() == PlanState::PreviewPhase::Failed,
            30000);
        if (m_context->plan.previewPhase() == PlanState::PreviewPhase::Failed && m_context->plan.previewError().code == ErrorCode::PackageMissing) {
            QSKIP("this interpreter has no pandas");
        }
        QVERIFY(table->isVisible());
        QCOMPARE(table->model()->index(0, 1).data().toString(), QStringLiteral("home 0"));
        QCOMPARE(table->model()->index(3, 2).data().toString(), QStringLiteral("missing"));
        QVERIFY(table->model()->headerData(2, Qt::Horizontal, Qt::ToolTipRole).toString().contains(QStringLiteral("float64")));
        QVERIFY2(words("plan.preview.title").startsWith(QStringLiteral("Mini-batch 0 · ")), qPrintable(words("plan.preview.title")));
        shot(*m_view, "plan-table-light");
        batches->setFocus();
        QTest::keyClick(batches, Qt::Key_Down);
        QTRY_VERIFY_WITH_TIMEOUT(words("plan.preview.title").startsWith(QStringLiteral("Mini-batch 1 · ")), 30000);
        QVERIFY(table->model()->index(0, 0).data().toString().toInt() > 0);
    }

    void files_and_the_dark()
    {
        m_context->selection.setStep(QStringLiteral("copy"));
        QTRY_COMPARE(words("plan.headline"), QStringLiteral("8 mini-batches · 3 workers · 3 waves"));
        QCOMPARE(words("plan.size"), QStringLiteral("2 to 4 files, median 4"));
        QCOMPARE(words("plan.failures"), QStringLiteral("any number"));
        auto* table = child<QTableView>("plan.preview.table");
        QTRY_VERIFY_WITH_TIMEOUT(table->isVisible() && table->model()->rowCount() == 4, 30000);
        QCOMPARE(table->model()->index(1, 0).data().toString(), QStringLiteral("deep folder/and another one/101.txt"));
        QCOMPARE(table->model()->index(1, 1).data().toString(), QStringLiteral("1 B"));
        shot(*m_view, "plan-files-light");
        applyTheme(*qApp, ThemeChoice::Dark);
        shot(*m_view, "plan-files-dark");
        m_context->selection.setStep(QStringLiteral("score"));
        QTRY_VERIFY_WITH_TIMEOUT(m_context->plan.previewPhase() == PlanState::PreviewPhase::There
                || m_context->plan.previewPhase() == PlanState::PreviewPhase::Failed,
            30000);
        shot(*m_view, "plan-table-dark");
        applyTheme(*qApp, ThemeChoice::Light);
    }

    void too_much_memory_is_said_in_words_and_colour()
    {
        m_context->selection.setStep(QStringLiteral("copy"));
        QTRY_COMPARE(words("plan.headline"), QStringLiteral("8 mini-batches · 3 workers · 3 waves"));
        const QColor usual = child<QLabel>("plan.memory")->palette().color(QPalette::WindowText);
        auto step = m_context->plan.step();
        step.instanceCount = 1000;
        step.parallel.maxConcurrencyPerInstance = 1000;
        m_context->plan.ask(step, kPython);
        QVERIFY2(words("plan.memory").contains(QStringLiteral("too much")), qPrintable(words("plan.memory")));
        QVERIFY(child<QLabel>("plan.memory")->palette().color(QPalette::WindowText) != usual);
        m_view->resize(320, 600); // as narrow as a dock may get
        QCOMPARE(m_view->width(), 320);
        const QLabel* memory = child<QLabel>("plan.memory");
        QTRY_VERIFY(memory->height() >= memory->heightForWidth(memory->width())); // all its lines are seen
        shot(*m_view, "plan-narrow-light");
        const QColor onLight = memory->palette().color(QPalette::WindowText);
        applyTheme(*qApp, ThemeChoice::Dark);
        QTRY_VERIFY(memory->palette().color(QPalette::WindowText) != m_view->palette().color(QPalette::WindowText));
        QVERIFY(memory->palette().color(QPalette::WindowText) != onLight);
        shot(*m_view, "plan-narrow-dark");
        applyTheme(*qApp, ThemeChoice::Light);
        QTRY_COMPARE(memory->palette().color(QPalette::WindowText), onLight);
        m_view->resize(460, 720);
    }

    void what_has_no_plan_says_why()
    {
        m_context->selection.setStep(QStringLiteral("prepare"));
        QTRY_COMPARE(words("hint.title"), QStringLiteral("A command has no mini-batches"));
        m_context->selection.setStep(QStringLiteral("after"));
        QTRY_COMPARE(words("hint.title"), QStringLiteral("Planned during the run"));
        QVERIFY(words("hint.text").contains(QStringLiteral("output 'made' of step 'prepare'")));
        shot(*m_view, "plan-later-light");
        m_context->selection.setStep(QStringLiteral("lost"));
        QTRY_COMPARE(words("hint.title"), QStringLiteral("No plan can be made"));
        QVERIFY(words("hint.text").contains(QStringLiteral("nowhere")));
        shot(*m_view, "plan-failed-light");
        m_jobs.write("nowhere/a.txt", "");
        QTest::mouseClick(child<QPushButton>("plan.retry"), Qt::LeftButton);
        QTRY_COMPARE(words("plan.headline").section(QLatin1Char(' '), 0, 1), QStringLiteral("1 mini-batch"));
        m_context->selection.setStep({});
        QTRY_COMPARE(words("hint.title"), QStringLiteral("No step is chosen"));
    }

    void a_long_plan_shows_how_far_it_is_and_can_be_stopped_by_key()
    {
        m_context->selection.setStep(QStringLiteral("many"));
        auto* stop = child<QPushButton>("plan.stop");
        QTRY_VERIFY_WITH_TIMEOUT(stop->isVisible(), 30000);
        QVERIFY(words("plan.headline").endsWith(QStringLiteral("so far")) || words("plan.headline") == QStringLiteral("Planning…"));
        shot(*m_view, "plan-growing-light");
        stop->setFocus();
        QTest::keyClick(stop, Qt::Key_Space);
        QTRY_COMPARE(m_context->plan.phase(), PlanState::Phase::Stopped);
        QTRY_VERIFY(!stop->isVisible());
        QVERIFY(child<QPushButton>("plan.again")->isVisible());
        QVERIFY(words("plan.headline").endsWith(QStringLiteral("stopped")));
        QTRY_COMPARE(child<QTableView>("plan.batches")->model()->rowCount(), static_cast<int>(m_context->plan.lines().size()));
        shot(*m_view, "plan-stopped-light");
    }

    void cleanupTestCase()
    {
        m_view.reset();
        m_context.reset();
    }
};

SHEAF_TEST(tst_plan)
#include "tst_plan.moc"
