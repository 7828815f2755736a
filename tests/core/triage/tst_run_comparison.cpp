// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/run_comparison.h"
#include "tests/support/test_runner.h"

#include <fmt/format.h>

using namespace sheaf;
using namespace sheaf::triage;
using event::AttemptOutcome;

namespace {

/// A run of one parallel step, told by its events.
struct Told {
    pipeline::RunSpec spec;
    event::RunPicture picture;
    std::uint64_t sequence = 0;

    Told(const std::string& name, std::uint32_t miniBatches)
    {
        spec.run = name;
        spec.runDir = "/w/.sheaf/runs/" + name;
        pipeline::StepSpec step;
        step.name = "score";
        step.kind = pipeline::StepKind::Parallel;
        step.parallel.miniBatchSize = 5;
        step.outputs.push_back({ "rows", pipeline::DataType::UriFile, "rw_mount", spec.runDir + "/outputs/rows", "", "" });
        spec.steps.push_back(step);
        tell(event::RunStarted { name, { "score" }, 1, false, 1, "host" });
        tell(event::StepPlanned { StepIndex(0), miniBatches, 0, 0, 0 });
    }
    void tell(event::Fact fact)
    {
        event::ChangeSet ignored;
        ++sequence;
        picture.apply(event::Event { sequence, static_cast<std::int64_t>(sequence), std::move(fact) }, ignored);
    }
    void end(std::uint32_t miniBatch, double seconds, const std::string& error = "", int line = 1)
    {
        event::AttemptEnded ended;
        ended.miniBatch = MiniBatchIndex(miniBatch);
        ended.outcome = error.empty() ? AttemptOutcome::Done : AttemptOutcome::Exception;
        ended.elapsedSeconds = seconds;
        ended.error = error;
        ended.traceback = error.empty() ? ""
                                        : fmt::format("Traceback (most recent call last):\n  File \"/w/{}/score.py\", line {}, in run\n    x\n{}\n", spec.run, line, error);
        tell(ended);
    }
};

} // namespace

class tst_run_comparison : public QObject
{
    Q_OBJECT

private slots:
    void a_run_and_itself_under_another_name_differ_in_nothing()
    {
        const Told one("a", 2);
        const Told other("b", 2);
        const auto comparison = compareRuns({ one.spec, one.picture }, { other.spec, other.picture });
        QVERIFY2(comparison.settings.empty(), comparison.settings.empty() ? "" : comparison.settings[0].field.c_str());
        QVERIFY(comparison.failures.empty());
    }

    void a_setting_that_was_changed_is_told_with_both_values()
    {
        const Told one("a", 2);
        Told other("b", 2);
        other.spec.steps[0].parallel.miniBatchSize = 7;
        other.spec.steps[0].parallel.programArguments = { "--x", "1" };
        other.spec.python = "/usr/bin/python3";
        const auto settings = compareRuns({ one.spec, one.picture }, { other.spec, other.picture }).settings;
        QCOMPARE(settings.size(), std::size_t { 3 });
        QCOMPARE(settings[0].field, std::string("python"));
        QCOMPARE(settings[1].field, std::string("parallel.miniBatchSize"));
        QCOMPARE(settings[1].step, std::string("score"));
        QCOMPARE(settings[1].first + " " + settings[1].second, std::string("5 7"));
        QCOMPARE(settings[2].second, std::string("--x 1"));
    }

    void timing_is_of_what_was_done()
    {
        Told one("a", 100);
        for (std::uint32_t i = 0; i < 100; ++i) {
            one.end(i, i + 1);
        }
        Told other("b", 2);
        other.end(0, 3);
        other.end(1, 500, "KeyError: 'x'");
        const auto steps = compareRuns({ one.spec, one.picture }, { other.spec, other.picture }).steps;
        QCOMPARE(steps.size(), std::size_t { 1 });
        QCOMPARE(steps[0].first->median, 50.0);
        QCOMPARE(steps[0].first->p95, 95.0);
        QCOMPARE(steps[0].first->worst, 100.0);
        QCOMPARE(steps[0].second->worst, 3.0);
        QCOMPARE(steps[0].second->failed, 1U);
    }

    void failures_are_gone_new_or_the_same_wherever_the_line_went()
    {
        Told one("a", 10);
        one.end(0, 1, "KeyError: 'x'", 10);
        one.end(1, 1, "ValueError: bad 7", 11);
        Told other("b", 10);
        other.end(0, 1, "KeyError: 'x'", 12);
        other.end(2, 1, "KeyError: 'x'", 12);
        other.end(3, 1, "TypeError: no", 14);
        const auto failures = compareRuns({ one.spec, one.picture }, { other.spec, other.picture }).failures;
        std::string text;
        for (const auto& failure : failures) {
            text += fmt::format("{} {} {} {}\n", json::enumName(failure.change), failure.signature.exception, failure.first, failure.second);
        }
        QCOMPARE(text, std::string("New TypeError 0 1\nGone ValueError 1 0\nSame KeyError 1 2\n"));
    }

    void what_was_mended_does_not_stand_as_a_failure()
    {
        Told one("a", 10);
        one.end(0, 1, "KeyError: 'x'");
        one.end(1, 1, "KeyError: 'x'");
        one.end(2, 1, "ValueError: bad");
        Told other("b", 10);
        for (const std::uint32_t miniBatch : { 0U, 1U, 2U }) {
            other.end(miniBatch, 1, "KeyError: 'x'");
        }
        other.end(3, 1, "ValueError: bad");
        other.tell(event::MiniBatchesReopened { StepIndex(0), 3, "1-3" });
        other.end(1, 1);
        other.end(2, 1, "TypeError: no"); // fails in another way now
        other.end(3, 1);
        std::string text;
        for (const auto& failure : compareRuns({ one.spec, one.picture }, { other.spec, other.picture }).failures) {
            text += fmt::format("{} {} {} {}\n", json::enumName(failure.change), failure.signature.exception, failure.first, failure.second);
        }
        QCOMPARE(text, std::string("New TypeError 0 1\nGone ValueError 1 0\nSame KeyError 2 1\n"));
    }

    void a_step_of_one_run_only_is_there_without_a_partner()
    {
        const Told one("a", 2);
        Told other("b", 2);
        other.spec.steps[0].name = "other";
        const auto steps = compareRuns({ one.spec, one.picture }, { other.spec, other.picture }).steps;
        QCOMPARE(steps.size(), std::size_t { 2 });
        QVERIFY(steps[0].first && !steps[0].second);
        QVERIFY(!steps[1].first && steps[1].second);
    }
};

SHEAF_TEST(tst_run_comparison)
#include "tst_run_comparison.moc"
