// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
// bench-monitor [--mini-batches N]: the views of a run with a million recorded mini-batches, in software rendering: first paint of the grid,
// sort and filter of the table, hover, and frames while 10,000 mini-batches a second change their state.
#include "tests/bench/bench_run.h"
#include "ui/run/heat_grid.h"
#include "ui/run/mini_batch_model.h"
#include "ui/state/work_thread.h"
#include "ui/style/theme.h"
#include "ui/timeline/timeline_canvas.h"

#include <fmt/format.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QSplitter>
#include <QTableView>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds(Clock::time_point since)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - since).count();
}

std::string g_json;

void report(const char* what, double figure, const char* unit, const char* wanted)
{
    fmt::print("{:<58} {:>9.1f} {:<4} (wanted: {})\n", what, figure, unit, wanted);
    g_json += fmt::format("{}\"{}\":{:.2f}", g_json.empty() ? "" : ",", what, figure);
}

/// Counts the paints of a widget.
class Paints : public QObject
{
public:
    int count = 0;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        count += event->type() == QEvent::Paint ? 1 : 0;
        return QObject::eventFilter(watched, event);
    }
};

event::AttemptEnded attemptOf(std::uint32_t number, std::uint32_t seed)
{
    event::AttemptEnded attempt;
    attempt.miniBatch = MiniBatchIndex(number);
    attempt.picked = 1;
    attempt.items = 10;
    const std::uint32_t dice = (number * 2654435761U + seed) >> 8U;
    attempt.outcome = dice % 97 == 0 ? event::AttemptOutcome::Exception : dice % 1013 == 0 ? event::AttemptOutcome::Timeout : event::AttemptOutcome::Done;
    attempt.returned = attempt.outcome == event::AttemptOutcome::Done ? 10 : 0;
    attempt.node = NodeIndex(dice % 32);
    attempt.process = ProcessNumber(dice % 8);
    attempt.startMicros = 1'700'000'000'000'000 + std::int64_t { number } * 1000;
    attempt.elapsedSeconds = 0.5 + static_cast<double>(dice % 1000) / 300;
    attempt.runSeconds = attempt.elapsedSeconds * 0.9;
    if (attempt.outcome != event::AttemptOutcome::Done) {
        attempt.error = dice % 3 == 0 ? fmt::format("KeyError: 'customer_{}'", dice % 5000) : "ValueError: unreadable price";
    }
    return attempt;
}

struct Run {
    event::RunPicture picture;
    std::uint64_t sequence = 0;
    event::ChangeSet tell(event::Fact fact)
    {
        event::ChangeSet changes;
        picture.apply(event::Event { ++sequence, 1'700'000'000'000'000, std::move(fact) }, changes);
        return changes;
    }
};

/// Until the work thread has arranged; the longest time in which the window did not answer is kept in `pause`.
double untilArranged(MiniBatchModel& model, double& pause)
{
    const auto begin = Clock::now();
    auto last = begin;
    while (model.isArranging()) {
        QApplication::processEvents(QEventLoop::WaitForMoreEvents, 5);
        pause = std::max(pause, milliseconds(last));
        last = Clock::now();
    }
    return milliseconds(begin);
}

void arrange(MiniBatchModel& model, const std::string& what, const char* wanted, const std::function<void()>& ask)
{
    const auto begin = Clock::now();
    ask();
    double pause = milliseconds(begin);
    untilArranged(model, pause);
    report((what + " until shown").c_str(), milliseconds(begin), "ms", wanted);
    report((what + " window held up").c_str(), pause, "ms", "33 or a little more");
}

/// `perSecond` mini-batches end, told in small batches, while the window paints.
void live(Run& run, MiniBatchModel& model, HeatGrid& grid, const std::string& what, std::uint32_t from, int perSecond)
{
    constexpr int kTick = 25; // as often as a frame: what the views can do, not how often RunState looks
    constexpr int kSeconds = 4;
    Paints paints;
    grid.installEventFilter(&paints);
    std::vector<double> turns;
    std::uint32_t next = from;
    QElapsedTimer clock;
    clock.start();
    qint64 due = 0;
    while (clock.elapsed() < kSeconds * 1000) {
        const auto begin = Clock::now();
        if (clock.elapsed() >= due) {
            due += kTick;
            std::vector<MiniBatchIndex> touched;
            for (int i = 0; i < perSecond * kTick / 1000; ++i, ++next) {
                run.tell(attemptOf(next % static_cast<std::uint32_t>(model.total()), next));
                touched.emplace_back(next % static_cast<std::uint32_t>(model.total()));
            }
            model.onChanged(touched, false);
            grid.onChanged(touched);
        }
        QApplication::processEvents(QEventLoop::AllEvents, 5);
        turns.push_back(milliseconds(begin));
        if (turns.back() < 1) {
            QApplication::processEvents(QEventLoop::WaitForMoreEvents, 2);
        }
    }
    const double seconds = static_cast<double>(clock.elapsed()) / 1000;
    std::sort(turns.begin(), turns.end());
    report((what + ": frames of the grid").c_str(), paints.count / seconds, "/s", ">= 30");
    report((what + ": changes told").c_str(), (next - from) / seconds, "/s", "10000");
    report((what + ": longest turn of the window").c_str(), turns.back(), "ms", "33 or a little more");
    grid.removeEventFilter(&paints);
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    applyTheme(application, ThemeChoice::Light);
    const auto total = static_cast<std::uint32_t>(std::stoul(sheaf::bench::option(argc, argv, "mini-batches", "1000000")));
    Run run;
    run.tell(event::RunStarted { "r", { "work" }, 32, false, 1, "h" });
    run.tell(event::StepPlanned { StepIndex(0), total, 0, 0, 0 });
    auto begin = Clock::now();
    for (std::uint32_t i = 0; i < total * 9 / 10; ++i) {
        run.tell(attemptOf(i, 0));
    }
    report("events folded", milliseconds(begin), "ms", "-");

    WorkThread worker;
    MiniBatchModel model(worker);
    model.setSource([&run] { return run.picture.step("work"); }, [] { return std::int64_t { 0 }; });
    QSplitter window(Qt::Vertical);
    window.resize(1400, 900);
    auto* grid = new HeatGrid(model, worker, &window);
    auto* table = new QTableView(&window);
    table->setModel(&model);
    window.show();
    QApplication::processEvents();

    begin = Clock::now();
    grid->reload();
    grid->repaint();
    report("grid, first paint", milliseconds(begin), "ms", "< 150");
    grid->setColouring(HeatGrid::Colouring::Duration);
    begin = Clock::now();
    grid->reload();
    grid->repaint();
    report("grid by duration, first paint", milliseconds(begin), "ms", "< 150");
    grid->setColouring(HeatGrid::Colouring::State);
    grid->repaint();

    begin = Clock::now();
    for (int i = 0; i < 200; ++i) {
        const QPointF at(5 + i * 6 % 1300, 5 + i % 300);
        QMouseEvent move(QEvent::MouseMove, at, grid->mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(grid, &move);
    }
    report("hover, each", milliseconds(begin) / 200, "ms", "< 5");

    begin = Clock::now();
    auto copy = model.snapshot();
    report("facts copied for the work thread", milliseconds(begin), "ms", "-");
    begin = Clock::now();
    copy = {};

    arrange(model, "sort by elapsed", "< 1000", [&] { model.sort(MiniBatchModel::Elapsed, Qt::DescendingOrder); });
    arrange(model, "sort by error", "< 1000", [&] { model.sort(MiniBatchModel::ErrorText, Qt::DescendingOrder); });
    arrange(model, "sort by node", "< 1000", [&] { model.sort(MiniBatchModel::Node, Qt::AscendingOrder); });
    arrange(model, "sort by silence", "< 1000", [&] { model.sort(MiniBatchModel::Silence, Qt::DescendingOrder); });
    arrange(model, "sort by number", "< 1000", [&] { model.sort(MiniBatchModel::Number, Qt::AscendingOrder); });
    arrange(model, "filter state:failed", "< 300", [&] { model.setFilter(triage::MiniBatchFilter("state:failed")); });
    arrange(model, "filter of four words", "< 300", [&] { model.setFilter(triage::MiniBatchFilter("state:failed,timedout node:3-7 dur:>2s err:/customer_\\d+1'/ -err:customer_11")); });
    arrange(model, "filter of a bare word", "< 300", [&] { model.setFilter(triage::MiniBatchFilter("customer_4")); });
    arrange(model, "filter off", "< 300", [&] { model.setFilter({}); });

    live(run, model, *grid, "live", total * 9 / 10, 10000);
    model.setFilter(triage::MiniBatchFilter("-state:done"));
    model.sort(MiniBatchModel::Start, Qt::DescendingOrder);
    double pause = 0;
    untilArranged(model, pause);
    live(run, model, *grid, "live, filtered and sorted", total * 9 / 10 + 50000, 10000);
    event::AttemptLog log;
    begin = Clock::now();
    for (std::uint32_t i = 0; i < total; ++i) {
        event::AttemptEnded attempt = attemptOf(i, 0);
        attempt.node = NodeIndex(i % 256 / 8);
        attempt.process = ProcessNumber(i % 8);
        attempt.elapsedSeconds = 0.2;
        log.add(attempt);
    }
    report("attempts folded for the timeline", milliseconds(begin), "ms", "-");
    TimelineCanvas canvas;
    canvas.resize(1400, 900);
    canvas.show();
    canvas.setSource({ [&log] { return &log; }, [&run] { return run.picture.step("work"); }, [] { return std::int64_t { 0 }; } });
    QApplication::processEvents();
    std::vector<double> frames;
    for (int i = 0; i < 60; ++i) {
        begin = Clock::now();
        const std::int64_t half = (log.lastMicros() - log.firstMicros()) >> (i / 4);
        const std::int64_t middle = (log.lastMicros() + log.firstMicros()) / 2;
        canvas.zoomTo(middle - half, middle + half);
        canvas.viewport()->repaint();
        frames.push_back(milliseconds(begin));
    }
    std::sort(frames.begin(), frames.end());
    report("timeline, a frame at any zoom, P95", frames[frames.size() * 95 / 100], "ms", "< 33");
    fmt::print("{{{}}}\n", g_json);
    return 0;
}
