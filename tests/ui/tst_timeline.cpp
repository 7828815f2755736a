// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/attempt_log.h"
#include "core/event/run_picture.h"
#include "tests/support/test_runner.h"
#include "ui/state/app_context.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/timeline/time_axis.h"
#include "ui/timeline/timeline_canvas.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/empty_hint.h"
#endif

#include <QApplication>
#include <QImage>
#include <QScrollBar>
#include <QSignalSpy>
#include <QWheelEvent>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

constexpr std::int64_t kBegin = 1'700'000'000'000'000;
constexpr std::int64_t kSecond = 1000000;

/// `lanes` workers on two nodes, each with `each` attempts of a second one after the other; every 50th fails, of each lane.
struct Facts {
    event::RunPicture picture;
    event::AttemptLog log;
    std::uint64_t sequence = 0;
    std::int64_t now = 0;

    void tell(std::int64_t micros, event::Fact fact)
    {
        event::ChangeSet changes;
        if (const auto* ended = std::get_if<event::AttemptEnded>(&fact)) {
            log.add(*ended);
        }
        picture.apply(event::Event { ++sequence, micros, std::move(fact) }, changes);
    }

    Facts(std::uint32_t lanes, std::uint32_t each)
    {
        tell(kBegin, event::RunStarted { "r", { "work" }, 2, false, 1, "h" });
        tell(kBegin, event::StepStarted { StepIndex(0), { NodeIndex(0) }, 2 });
        tell(kBegin + 2 * kSecond, event::StepPlanned { StepIndex(0), lanes * each + 5, 0, 0, 0 });
        for (std::uint32_t i = 0; i < each; ++i) {
            for (std::uint32_t lane = 0; lane < lanes; ++lane) {
                event::AttemptEnded ended;
                ended.miniBatch = MiniBatchIndex(i * lanes + lane);
                ended.node = NodeIndex(lane / ((lanes + 1) / 2));
                ended.process = ProcessNumber(lane % ((lanes + 1) / 2));
                ended.startMicros = kBegin + 5 * kSecond + std::int64_t { i } * kSecond + lane * 50000;
                ended.elapsedSeconds = 0.9;
                ended.outcome = i % 50 == 17 ? event::AttemptOutcome::Exception : i % 70 == 33 ? event::AttemptOutcome::Timeout : event::AttemptOutcome::Done;
                tell(ended.startMicros + 900000, ended);
            }
        }
        tell(kBegin + (7 + std::int64_t { each }) * kSecond, event::StepEnded { StepIndex(0), event::StepState::Completed, "", "", 0 });
    }

    TimelineCanvas::Source source()
    {
        return { [this] { return &log; }, [this] { return picture.step("work"); }, [this] { return now; } };
    }
};

void show(TimelineCanvas& canvas, Facts& facts)
{
    canvas.resize(900, 500);
    canvas.show();
    canvas.setSource(facts.source());
    QVERIFY(QTest::qWaitForWindowExposed(&canvas));
}

void shot(QWidget& widget, const char* name)
{
    const QString folder = qEnvironmentVariable("SHEAF_SHOTS");
    if (!folder.isEmpty()) {
        widget.grab().save(folder + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".png"));
    }
}

void wheel(TimelineCanvas& canvas, QPointF at, int turn, Qt::KeyboardModifiers modifiers)
{
    QWheelEvent event(at, canvas.viewport()->mapToGlobal(at), {}, QPoint(0, turn), Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
    QApplication::sendEvent(canvas.viewport(), &event);
}

} // namespace

/// What the workers did when.
class tst_timeline : public QObject
{
    Q_OBJECT

private slots:
    void the_axis_zooms_about_a_place_and_has_round_marks()
    {
        TimeAxis axis;
        axis.setWidth(1000);
        axis.setSpan(kBegin, kBegin + 100 * kSecond);
        const std::int64_t at = axis.microsAt(300);
        axis.zoomAt(300, 4);
        QVERIFY(std::abs(axis.microsAt(300) - at) < 1000);
        QCOMPARE(axis.length(), 25 * kSecond);
        axis.setSpan(kBegin, kBegin + 100 * kSecond);
        const auto marks = axis.marks(kBegin);
        QVERIFY(marks.size() >= 8 && marks.size() <= 12);
        QCOMPARE(marks[0].text, QStringLiteral("0"));
        QCOMPARE(marks[1].text, QStringLiteral("10 s"));
        QCOMPARE(marks[1].x, 100.0);
    }

    void a_failure_is_seen_however_far_away()
    {
        Facts facts(6, 20000); // twenty and more attempts to a pixel
        TimelineCanvas canvas;
        show(canvas, facts);
        const QImage picture = canvas.viewport()->grab().toImage();
        const QRect lane = canvas.laneRect(3);
        int failed = 0;
        const QRgb wanted = toneColor(Tone::Failed).rgb();
        const QRgb late = toneColor(Tone::TimedOut).rgb();
        for (int x = lane.left(); x < lane.right(); ++x) {
            const QRgb seen = picture.pixel(x, lane.center().y());
            failed += seen == wanted || seen == late ? 1 : 0;
        }
        // 400 failed and 285 timed out lie over 780 pixels; each column that has one shows it.
        int expected = 0;
        for (int x = lane.left(); x < lane.right(); ++x) {
            const auto span = facts.log.lanes()[3].spanOf(canvas.axis().microsAt(x - canvas.headerWidth()), canvas.axis().microsAt(x - canvas.headerWidth() + 1));
            expected += span.failed + span.timedOut > 0 ? 1 : 0;
        }
        QVERIFY(expected > 300);
        QCOMPARE(failed, expected);
    }

    void keys_and_wheel_zoom_and_back_is_back()
    {
        Facts facts(4, 60);
        TimelineCanvas canvas;
        show(canvas, facts);
        const auto whole = std::pair(canvas.axis().from(), canvas.axis().to());
        QCOMPARE(whole.first, kBegin);
        QCOMPARE(whole.second, kBegin + 67 * kSecond);
        QTest::keyClick(&canvas, Qt::Key_W);
        QVERIFY(canvas.axis().length() < whole.second - whole.first);
        QVERIFY(!canvas.isFollowing());
        const std::int64_t before = canvas.axis().from();
        QTest::keyClick(&canvas, Qt::Key_D);
        QVERIFY(canvas.axis().from() > before);
        QTest::keyClick(&canvas, Qt::Key_Backspace);
        QCOMPARE(std::pair(canvas.axis().from(), canvas.axis().to()), whole);
        const QPointF at(400, 200);
        const std::int64_t under = canvas.axis().microsAt(at.x() - canvas.headerWidth());
        wheel(canvas, at, 240, Qt::ControlModifier);
        QVERIFY(canvas.axis().length() < whole.second - whole.first);
        QVERIFY(std::abs(canvas.axis().microsAt(at.x() - canvas.headerWidth()) - under) < 100000);
        QTest::keyClick(&canvas, Qt::Key_Home);
        QCOMPARE(std::pair(canvas.axis().from(), canvas.axis().to()), whole);
    }

    void the_live_edge_is_followed_until_somebody_looks_elsewhere()
    {
        Facts facts(4, 60);
        facts.now = kBegin + 80 * kSecond;
        TimelineCanvas canvas;
        show(canvas, facts);
        QVERIFY(canvas.axis().to() > facts.now);
        canvas.zoomTo(kBegin + 60 * kSecond, kBegin + 80 * kSecond);
        QVERIFY(!canvas.isFollowing());
        const std::int64_t still = canvas.axis().to();
        facts.now += 10 * kSecond;
        canvas.refresh();
        QCOMPARE(canvas.axis().to(), still);
        QSignalSpy following(&canvas, &TimelineCanvas::followingChanged);
        QTest::keyClick(&canvas, Qt::Key_F);
        QCOMPARE(following.count(), 1);
        QVERIFY(canvas.axis().to() > facts.now);
        QCOMPARE(canvas.axis().length(), 20 * kSecond);
        facts.now += 10 * kSecond;
        canvas.refresh();
        QVERIFY(canvas.axis().to() > facts.now);
    }

    void a_click_picks_time_and_mini_batch_and_a_drag_on_the_ruler_a_span()
    {
        Facts facts(4, 10);
        TimelineCanvas canvas;
        show(canvas, facts);
        QSignalSpy time(&canvas, &TimelineCanvas::timePicked);
        QSignalSpy picked(&canvas, &TimelineCanvas::miniBatchPicked);
        QSignalSpy marked(&canvas, &TimelineCanvas::rangeMarked);
        const auto xOf = [&](double seconds) { return canvas.headerWidth() + static_cast<int>(canvas.axis().xOf(kBegin + static_cast<std::int64_t>(seconds * 1e6))); };
        QTest::mouseClick(canvas.viewport(), Qt::LeftButton, {}, QPoint(xOf(8.5), canvas.laneRect(1).center().y()));
        QCOMPARE(picked.takeFirst().first().toLongLong(), 3 * 4 + 1);
        QVERIFY(std::abs(time.takeFirst().first().toLongLong() - (kBegin + 8500000)) < 100000);

        QTest::keyClick(&canvas, Qt::Key_Right);
        QCOMPARE(picked.count(), 1);

        QTest::mousePress(canvas.viewport(), Qt::LeftButton, {}, QPoint(xOf(6.0), 8));
        const QPoint end(xOf(7.9), 8);
        QMouseEvent move(QEvent::MouseMove, end, canvas.viewport()->mapToGlobal(end), Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(canvas.viewport(), &move);
        QTest::mouseRelease(canvas.viewport(), Qt::LeftButton, {}, end);
        QCOMPARE(marked.count(), 1);
        const auto numbers = canvas.miniBatchesInRange();
        QCOMPARE(canvas.attemptsInRange(), numbers.size()); // each of them was tried once
        QVERIFY(std::find(numbers.begin(), numbers.end(), 4U) != numbers.end()); // began at 6 s
        QVERIFY(std::find(numbers.begin(), numbers.end(), 8U) != numbers.end());
        QVERIFY(std::find(numbers.begin(), numbers.end(), 13U) == numbers.end()); // began at 8.05 s
    }

    void the_page_says_so_when_there_is_nothing()
    {
        AppContext context;
        TimelineView view(context);
        view.resize(800, 500);
        view.show();
        QVERIFY(!view.findChild<TimelineCanvas*>()->isVisible());
        QVERIFY(view.findChild<EmptyHint*>()->isVisible());
        shot(view, "timeline-empty-light");
    }

    void pictures_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void pictures()
    {
        QFETCH(bool, dark);
        applyTheme(*qApp, dark ? ThemeChoice::Dark : ThemeChoice::Light);
        const QByteArray theme = dark ? "dark" : "light";
        for (const auto& [lanes, each, name] : { std::tuple(8U, 60U, "half"), std::tuple(64U, 2000U, "many") }) {
            Facts facts(lanes, each);
            facts.now = each == 60 ? kBegin + 70 * kSecond : 0;
            TimelineCanvas canvas;
            show(canvas, facts);
            canvas.setSlow({ { { 40, false }, { 41, true } }, [](MiniBatchIndex) { return QStringLiteral("4.1 × the median on node 0"); } });
            canvas.setChosen(133);
            canvas.setCursor(kBegin + 20 * kSecond);
            shot(canvas, (QByteArray("timeline-") + name + "-" + theme).constData());
        }
        applyTheme(*qApp, ThemeChoice::Light);
    }
};

SHEAF_TEST(tst_timeline)
#include "tst_timeline.moc"
