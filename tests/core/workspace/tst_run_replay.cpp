// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/run_replay.h"
#include "core/base/json.h"
#include "core/event/attempt_log.h"
#include "core/workspace/recorded_run.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

using namespace sheaf;
using namespace sheaf::workspace;

namespace {

constexpr std::uint32_t kMiniBatches = 6000;

/// All that views draw, as text.
std::string told(const event::RunPicture& picture)
{
    std::string text = fmt::format("{} {} {}\n", picture.lastSequence(), json::enumName(picture.state()), picture.message());
    for (const auto& step : picture.steps()) {
        text += fmt::format("{} {} {} {} {}:", step.name, json::enumName(step.state), step.itemsDone, step.attemptsFailed, step.progressMicros);
        for (std::size_t i = 0; i < step.miniBatches.size(); ++i) {
            const auto& one = step.miniBatches[i];
            text += fmt::format("{}{}{}{},", static_cast<int>(one.state), one.picked, one.lastEvent, step.errorOf(MiniBatchIndex(static_cast<std::uint32_t>(i))));
        }
        for (const auto& group : step.failures.groups()) {
            text += fmt::format("\n{} {} {}", group.firstError, group.members.size(), group.attempts);
        }
        for (const auto& worker : step.workers) {
            text += fmt::format("\n{} {} {} {}", worker.process.value, worker.done, worker.failed, worker.currentMiniBatch);
        }
    }
    return text;
}

} // namespace

class tst_run_replay : public QObject
{
    Q_OBJECT

    test::TempFolder m_folder;
    std::vector<event::Event> m_events;
    std::mt19937 m_random { 7 };

    void tell(std::int64_t micros, event::Fact fact) { m_events.push_back({ 0, micros, std::move(fact) }); }

    /// The events before the first that is later, one by one from the beginning.
    event::RunPicture folded(std::int64_t micros) const
    {
        event::RunPicture picture;
        std::int64_t clock = 0;
        std::uint64_t sequence = 0;
        for (auto event : m_events) {
            clock = std::max(clock, event.timeMicros);
            if (clock > micros && sequence > 0) {
                break;
            }
            event::ChangeSet ignored;
            event.sequence = ++sequence;
            picture.apply(event, ignored);
        }
        return picture;
    }

private slots:
    void initTestCase()
    {
        std::int64_t now = 1'000'000;
        tell(now, event::RunStarted { "one", { "work" }, 1, false, 1, "host" });
        tell(now, event::StepStarted { StepIndex(0), { NodeIndex(0) }, 2 });
        tell(now += 10, event::StepPlanned { StepIndex(0), kMiniBatches, kMiniBatches, 0, 0 });
        tell(now, event::WorkerStarted { StepIndex(0), NodeIndex(0), ProcessNumber(0), 5 });
        std::uniform_int_distribution<int> step(0, 900);
        for (std::uint32_t i = 0; i < kMiniBatches; ++i) {
            now += step(m_random);
            if (i == kMiniBatches / 2) {
                now -= 400'000; // the clock was set back
            }
            event::AttemptStarted started;
            started.miniBatch = MiniBatchIndex(i);
            started.startMicros = now;
            tell(now, started);
            for (int attempt = 0; attempt < (i % 17 == 3 ? 3 : 1); ++attempt) {
                event::AttemptEnded ended;
                ended.miniBatch = MiniBatchIndex(i);
                ended.startMicros = now;
                ended.picked = static_cast<std::uint16_t>(attempt + 1);
                ended.items = 1;
                ended.outcome = i % 17 == 3 ? event::AttemptOutcome::Exception : event::AttemptOutcome::Done;
                ended.final = i % 17 != 3 || attempt == 2;
                ended.error = i % 17 == 3 ? "ValueError: bad " + std::to_string(i % 3) : "";
                tell(now += step(m_random), ended);
            }
        }
        tell(now, event::StepEnded { StepIndex(0), event::StepState::Completed, "", "", 0 });
        tell(now, event::RunEnded { event::RunState::Completed, "done" });
        m_folder.write("run.json", "{}");
        auto store = store::EventStore::openForWriting(m_folder.path() / "run.db");
        VERIFY_OK(store);
        auto events = m_events;
        VERIFY_OK(store->append(events));
    }

    void the_picture_at_any_moment_is_that_of_the_events_up_to_it()
    {
        RunReplay replay { runtime::RunDir(m_folder.path()) };
        const std::int64_t last = std::max_element(m_events.begin(), m_events.end(), [](const auto& a, const auto& b) { return a.timeMicros < b.timeMicros; })->timeMicros;
        std::uniform_int_distribution<std::int64_t> moments(900'000, last + 1000);
        for (int i = 0; i < 60; ++i) {
            const std::int64_t moment = i == 0 ? last : i == 1 ? 0 : moments(m_random); // from the end back, and to and fro
            const auto picture = replay.at(moment);
            VERIFY_OK(picture);
            QCOMPARE(told(*picture), told(folded(moment)));
        }
        QVERIFY(!replay.at(0)->steps().empty()); // the run's first event is always there
        QCOMPARE(replay.at(last)->state(), event::RunState::Completed);
    }

    void what_changed_between_two_moments_is_all_that_changed()
    {
        RunReplay replay { runtime::RunDir(m_folder.path()) };
        const auto early = *replay.at(1'500'000);
        const auto late = *replay.at(2'500'000);
        QVERIFY(changesBetween(early, early).isEmpty());
        const auto changes = changesBetween(early, late);
        std::size_t differ = 0;
        for (std::size_t i = 0; i < kMiniBatches; ++i) {
            differ += early.steps()[0].miniBatches[i].state != late.steps()[0].miniBatches[i].state ? 1 : 0;
        }
        QVERIFY(differ > 100);
        QVERIFY(changes.miniBatches.size() >= differ && changes.miniBatches.size() < kMiniBatches);
        QVERIFY(changes.plans.empty());
        QVERIFY(changesBetween(late, *replay.at(0)).plans.contains(StepIndex(0))); // it was not planned yet
    }

    void attempts_are_those_that_had_ended()
    {
        event::AttemptLog log;
        for (const auto& event : m_events) {
            if (const auto* ended = std::get_if<event::AttemptEnded>(&event.fact)) {
                auto one = *ended;
                one.elapsedSeconds = static_cast<double>(event.timeMicros - one.startMicros) * 1e-6;
                one.process = ProcessNumber(one.miniBatch.value % 3);
                log.add(one);
            }
        }
        const std::int64_t moment = (log.firstMicros() + log.lastMicros()) / 2;
        const auto cut = log.until(moment);
        std::size_t expected = 0;
        for (const auto& lane : log.lanes()) {
            expected += static_cast<std::size_t>(std::count_if(lane.bars().begin(), lane.bars().end(), [&](const auto& bar) { return bar.endMicros() <= moment; }));
        }
        QVERIFY(expected > 0 && expected < log.attempts());
        QCOMPARE(cut.attempts(), expected);
        QVERIFY(cut.lastMicros() <= moment);
        QCOMPARE(log.until(log.lastMicros()).attempts(), log.attempts());
        QCOMPARE(log.until(log.lastMicros()).doneMicros(), log.doneMicros());
        QVERIFY(log.until(0).lanes().empty());
    }

    void a_folder_without_records_is_an_error()
    {
        RunReplay replay { runtime::RunDir(m_folder.path() / "nowhere") };
        const auto picture = replay.at(5);
        QVERIFY(!picture);
        QCOMPARE(picture.error().code, ErrorCode::NotFound);
    }

    void paths_of_a_folder_that_was_copied_lead_into_the_copy()
    {
        pipeline::RunSpec spec;
        spec.run = "one";
        spec.runDir = "/elsewhere/.sheaf/runs/one";
        spec.workspace = "/elsewhere";
        auto& step = spec.steps.emplace_back();
        step.name = "work";
        step.outputs.push_back({ "rows", pipeline::DataType::UriFile, "rw_mount", spec.runDir + "/outputs/rows.txt", "", "" });
        step.outputs.push_back({ "other", pipeline::DataType::UriFile, "rw_mount", "/elsewhere/.sheaf/runs/one-more/rows.txt", "", "" });
        m_folder.write("copy/run.json", json::serialize(spec));
        const auto here = m_folder.path() / "copy";
        const auto read = readSpec(runtime::RunDir(here));
        VERIFY_OK(read);
        QCOMPARE(read->runDir, here.string());
        QCOMPARE(read->workspace, std::string("/elsewhere"));
        QCOMPARE(read->steps[0].outputs[0].path, (here / "outputs/rows.txt").string());
        QCOMPARE(read->steps[0].outputs[1].path, std::string("/elsewhere/.sheaf/runs/one-more/rows.txt"));
    }

    void names_of_steps_do_not_lead_out_of_the_folder()
    {
        for (const char* name : { "", ".", "..", "../../other", "/etc" }) {
            pipeline::RunSpec spec;
            spec.run = "one";
            spec.steps.emplace_back().name = name;
            m_folder.write("odd/run.json", json::serialize(spec));
            const auto read = readSpec(runtime::RunDir(m_folder.path() / "odd"));
            QVERIFY2(!read, name);
            QCOMPARE(read.error().code, ErrorCode::Parse);
        }
    }
};

SHEAF_TEST(tst_run_replay)
#include "tst_run_replay.moc"
