// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/attempt_log.h"
#include "tests/support/test_runner.h"

#include <random>

using namespace sheaf;
using namespace sheaf::event;

namespace {

AttemptEnded attempt(std::uint32_t node, std::uint32_t process, std::int64_t startMicros, double seconds, AttemptOutcome outcome = AttemptOutcome::Done)
{
    AttemptEnded ended;
    ended.node = NodeIndex(node);
    ended.process = ProcessNumber(process);
    ended.startMicros = startMicros;
    ended.elapsedSeconds = seconds;
    ended.outcome = outcome;
    return ended;
}

} // namespace

class tst_attempt_log : public QObject
{
    Q_OBJECT

private slots:
    void lanes_are_in_order_of_node_and_process_whoever_ends_first()
    {
        AttemptLog log;
        log.add(attempt(2, 0, 100, 1));
        log.add(attempt(0, 1, 50, 1));
        log.add(attempt(0, 0, 70, 1));
        log.add(attempt(2, 0, 2000100, 1));
        QStringList lanes;
        for (const auto& lane : log.lanes()) {
            lanes << QStringLiteral("%1/%2:%3").arg(lane.node().value).arg(lane.process().value).arg(lane.bars().size());
        }
        QCOMPARE(lanes.join(QLatin1Char(' ')), QStringLiteral("0/0:1 0/1:1 2/0:2"));
        QCOMPARE(log.firstMicros(), std::int64_t { 50 });
        QCOMPARE(log.lastMicros(), std::int64_t { 3000100 });
        QCOMPARE(log.attempts(), std::size_t { 4 });
        log.add(attempt(0, 0, 0, 0)); // never began
        QCOMPARE(log.attempts(), std::size_t { 4 });
    }

    void a_span_is_what_counting_bar_by_bar_gives()
    {
        std::mt19937 dice(7);
        AttemptLane lane(NodeIndex(0), ProcessNumber(0));
        std::int64_t at = 1000;
        for (int i = 0; i < 2000; ++i) {
            AttemptBar bar;
            at += static_cast<std::int64_t>(dice() % 500000);
            bar.startMicros = at;
            bar.seconds = static_cast<float>(dice() % 1000) / 1000;
            bar.outcome = dice() % 9 == 0 ? AttemptOutcome::Exception : dice() % 11 == 0 ? AttemptOutcome::Timeout : AttemptOutcome::Done;
            at = bar.endMicros();
            lane.add(bar);
        }
        for (int i = 0; i < 500; ++i) {
            const std::int64_t from = static_cast<std::int64_t>(dice()) % at;
            const std::int64_t to = from + 1 + static_cast<std::int64_t>(dice() % 30000000);
            std::size_t bars = 0;
            std::size_t failed = 0;
            std::size_t timedOut = 0;
            double busy = 0;
            for (const AttemptBar& bar : lane.bars()) {
                if (bar.startMicros < to && (bar.endMicros() > from || bar.startMicros >= from)) {
                    ++bars;
                    failed += bar.isFailed() && !bar.isTimeout() ? 1 : 0;
                    timedOut += bar.isTimeout() ? 1 : 0;
                    busy += static_cast<double>(std::max<std::int64_t>(0, std::min(to, bar.endMicros()) - std::max(from, bar.startMicros)));
                }
            }
            const LaneSpan span = lane.spanOf(from, to);
            QCOMPARE(span.bars, bars);
            QCOMPARE(span.failed, failed);
            QCOMPARE(span.timedOut, timedOut);
            std::size_t place = 0;
            const LaneSpan again = lane.spanOf(from, to, place);
            QCOMPARE(again.bars, span.bars);
            QCOMPARE(again.busy, span.busy);
            QVERIFY2(std::abs(span.busy - busy / static_cast<double>(to - from)) < 0.001, qPrintable(QString::number(span.busy)));
        }
    }
};

SHEAF_TEST(tst_attempt_log)
#include "tst_attempt_log.moc"
