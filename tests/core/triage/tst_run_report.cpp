// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/run_report.h"
#include "core/triage/settings_in_force.h"
#include "tests/support/test_runner.h"

#include <QRegularExpression>
#include <QXmlStreamReader>

using namespace sheaf;
using namespace sheaf::triage;
using event::AttemptOutcome;

namespace {

struct Told {
    pipeline::RunSpec spec;
    event::RunPicture picture;
    std::uint64_t sequence = 0;

    explicit Told(std::uint32_t miniBatches)
    {
        spec.run = "tidy_<otter>";
        spec.jobFile = "/w/a & b/pipeline.yml";
        pipeline::StepSpec step;
        step.name = "score";
        step.kind = pipeline::StepKind::Parallel;
        step.parallel.maxRetries = 7;
        step.setByUser = { "retry_settings.max_retries" };
        spec.steps.push_back(step);
        tell(event::RunStarted { spec.run, { "score" }, 1, false, 1, "host" });
        tell(event::NodeJoined { NodeIndex(0), "host-7", 8, 1024, 3 });
        tell(event::StepStarted { StepIndex(0), { NodeIndex(0) }, 2 });
        tell(event::StepPlanned { StepIndex(0), miniBatches, 0, 0, 0 });
    }
    void tell(event::Fact fact)
    {
        event::ChangeSet ignored;
        ++sequence;
        picture.apply(event::Event { sequence, static_cast<std::int64_t>(1'700'000'000'000'000 + sequence * 1000), std::move(fact) }, ignored);
    }
    void end(std::uint32_t miniBatch, const std::string& error = "")
    {
        event::AttemptEnded ended;
        ended.miniBatch = MiniBatchIndex(miniBatch);
        ended.outcome = error.empty() ? AttemptOutcome::Done : AttemptOutcome::Exception;
        ended.startMicros = 1'700'000'000'000'000;
        ended.elapsedSeconds = 1.5;
        ended.items = 3;
        ended.error = error;
        ended.traceback = error.empty() ? "" : "Traceback (most recent call last):\n  File \"/w/score.py\", line 3, in run\n    x < y\n" + error + "\n";
        tell(ended);
    }
    QString html() { return QString::fromStdString(reportHtml(spec, picture, { 1'700'000'100'000'000, Liveness::Gone })); }
};

} // namespace

class tst_run_report : public QObject
{
    Q_OBJECT

private slots:
    void it_says_what_the_verdict_says_and_lists_what_failed()
    {
        Told run(4);
        run.end(0);
        run.end(1);
        run.end(2, "KeyError: 'x'");
        run.end(3, "KeyError: 'x'");
        run.tell(event::StepEnded { StepIndex(0), event::StepState::Failed, "mini_batch_error_threshold", "too many", 0 });
        run.tell(event::RunEnded { event::RunState::Failed, "step score failed" });
        const QString html = run.html();
        const auto verdict = verdictOf(run.picture, run.spec, Liveness::Gone);
        QVERIFY2(html.contains(QString::fromStdString(verdict.what.text()).toHtmlEscaped().replace(QStringLiteral("'"), QStringLiteral("&#39;"))), qPrintable(html));
        QVERIFY(html.contains(QStringLiteral("<strong>2</strong> mini-batches")));
        QVERIFY(html.contains(QStringLiteral("x &lt; y")));
        QVERIFY(html.contains(QStringLiteral("host-7")));
        const QString table = html.mid(html.indexOf(QStringLiteral("Mini-batches that failed")));
        QVERIFY(table.contains(QStringLiteral("<td class=\"n\">2</td><td>failed</td>")));
        QVERIFY(table.contains(QStringLiteral("<td class=\"n\">3</td><td>failed</td>")));
        QVERIFY(!table.contains(QStringLiteral("<td class=\"n\">1</td><td>failed</td>")));
        QVERIFY(html.contains(QStringLiteral("<td class=\"set\">7</td><td class=\"muted\">set</td>")));
    }

    /// As the verdict names them: how many failed so at some time does not matter.
    void the_largest_group_comes_first_and_one_that_is_mended_last()
    {
        Told run(6);
        run.end(5, "OSError: gone"); // mended below
        run.end(0, "KeyError: 'x'");
        for (const std::uint32_t number : { 1U, 2U, 3U }) {
            run.end(number, "ValueError: bad");
        }
        for (const std::uint32_t number : { 2U, 3U, 5U }) {
            run.end(number);
        }
        const QString html = run.html();
        QStringList shown;
        auto match = QRegularExpression(QStringLiteral("<strong>(\\d)</strong>[^<]*· (\\w+)")).globalMatch(html);
        while (match.hasNext()) {
            const auto one = match.next();
            shown << one.captured(1) + one.captured(2);
        }
        QCOMPARE(shown, (QStringList { QStringLiteral("1KeyError"), QStringLiteral("1ValueError"), QStringLiteral("0OSError") }));
    }

    void every_text_of_the_run_is_escaped()
    {
        const std::string evil = "<script>alert('\"&')</script>\x1b[31m";
        Told run(1);
        run.spec.steps[0].displayName = evil;
        run.spec.steps[0].compute = evil;
        run.spec.steps[0].environmentVariables["A<b"] = evil;
        run.spec.overrides = { "jobs.score.x=" + evil };
        run.spec.jobFile = evil;
        run.end(0, "ValueError: " + evil);
        run.tell(event::WarningRaised { "x", evil, StepIndex(0) });
        run.tell(event::NodeJoined { NodeIndex(1), evil, 1, 1, 1 });
        const QString html = run.html();
        QVERIFY(!html.contains(QStringLiteral("<script")));
        QVERIFY(!html.contains(QChar(0x1b)));
        QVERIFY(html.contains(QStringLiteral("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;")));
        QVERIFY(html.contains(QStringLiteral("tidy_&lt;otter&gt;")));
    }

    void it_asks_no_network_and_all_its_tags_are_closed()
    {
        Told run(3);
        run.end(0, "E: 1");
        QString html = run.html();
        QVERIFY(!html.contains(QRegularExpression(QStringLiteral("src=|href=|url\\(|@import|https?://(?!www\\.w3\\.org)"))));
        html.remove(QStringLiteral("<!DOCTYPE html>")).remove(QRegularExpression(QStringLiteral("<meta[^>]*>"))).replace(QStringLiteral("<br>"), QStringLiteral("<br/>"));
        html.replace(QStringLiteral("&nbsp;"), QStringLiteral(" ")).replace(QStringLiteral("<details open>"), QStringLiteral("<details>"));
        QXmlStreamReader reader(html);
        while (!reader.atEnd()) {
            reader.readNext();
        }
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
    }

    void many_mini_batches_share_cells_and_the_worst_shows()
    {
        Told run(10'001);
        run.end(9'999, "E: 1");
        const QString html = run.html();
        QVERIFY(html.count(QStringLiteral("<rect ")) <= 2000);
        QVERIFY(html.contains(QStringLiteral("A cell stands for 6 mini-batches")));
        QCOMPARE(html.count(QStringLiteral("fill=\"var(--Failed)\"")), 1);
        QVERIFY(html.contains(QStringLiteral("<title>9996–10000: 1 of 5 failed</title>")));
    }

    void what_is_not_listed_is_said()
    {
        Told run(20'002);
        for (std::uint32_t i = 0; i < 20'002; ++i) {
            run.end(i, "E: 1");
        }
        const QString html = run.html();
        QVERIFY(html.contains(QStringLiteral("The first 20,000 of 20,002 are listed.")));
    }

    void a_run_that_has_told_nothing_yet_has_a_report()
    {
        pipeline::RunSpec spec;
        spec.run = "new";
        spec.steps.emplace_back().name = "one";
        const auto html = reportHtml(spec, {}, { 1, Liveness::Starting });
        QVERIFY(html.find("Waiting") != std::string::npos);
    }

    void settings_have_the_job_files_words()
    {
        QCOMPARE(settingWord("parallel.maxRetries"), std::string("retry_settings.max_retries"));
        QCOMPARE(settingWord("inputs.files.value"), std::string("inputs.files"));
        QCOMPARE(settingWord("environmentVariables.A"), std::string("environment_variables.A"));
        QCOMPARE(settingWord("something.new"), std::string("something.new"));
        // Every member of the settings has a word.
        const auto settings = json::toJson(pipeline::ParallelSettings());
        for (const auto& [name, value] : settings.get_object()) {
            const std::string field = "parallel." + std::string(name);
            const bool isOurs = name == "mixedTypes" || name == "asyncMode" || name == "jsonLines" || name == "jsonLinesRows" || name == "keepDirectoriesApart";
            QVERIFY2(isOurs || settingWord(field) != field, field.c_str());
        }
    }
};

SHEAF_TEST(tst_run_report)
#include "tst_run_report.moc"
