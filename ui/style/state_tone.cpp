// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/style/state_tone.h"

#include "ui/style/theme.h"

#include <QPainterPath>

namespace sheaf::ui {

Tone toneOf(event::RunState state)
{
    switch (state) {
    case event::RunState::Starting:
        return Tone::Queued;
    case event::RunState::Running:
        return Tone::Running;
    case event::RunState::Completed:
        return Tone::Done;
    case event::RunState::Failed:
        return Tone::Failed;
    case event::RunState::Canceled:
        return Tone::Canceled;
    }
    return Tone::Pending;
}

Tone toneOf(event::StepState state)
{
    switch (state) {
    case event::StepState::NotStarted:
        return Tone::Pending;
    case event::StepState::Preparing:
        return Tone::Queued;
    case event::StepState::Running:
    case event::StepState::Finalizing:
        return Tone::Running;
    case event::StepState::Completed:
        return Tone::Done;
    case event::StepState::Failed:
        return Tone::Failed;
    case event::StepState::Canceled:
        return Tone::Canceled;
    }
    return Tone::Pending;
}

Tone toneOf(event::MiniBatchState state)
{
    switch (state) {
    case event::MiniBatchState::Pending:
        return Tone::Pending;
    case event::MiniBatchState::Running:
        return Tone::Running;
    case event::MiniBatchState::Retrying:
        return Tone::Retry;
    case event::MiniBatchState::Done:
        return Tone::Done;
    case event::MiniBatchState::Failed:
        return Tone::Failed;
    case event::MiniBatchState::TimedOut:
        return Tone::TimedOut;
    case event::MiniBatchState::Canceled:
        return Tone::Canceled;
    case event::MiniBatchState::Ignored:
        return Tone::Ignored;
    }
    return Tone::Pending;
}

QColor toneColor(Tone tone, bool dark)
{
    switch (tone) {
    case Tone::Pending:
        return dark ? QColor(0x636A77) : QColor(0xB0B6C2);
    case Tone::Queued:
        return dark ? QColor(0xC6BF9E) : QColor(0x7F7A90);
    case Tone::Running:
        return dark ? QColor(0x50CBF9) : QColor(0x0028DA);
    case Tone::Done:
        return dark ? QColor(0x378B5F) : QColor(0x376F55);
    case Tone::Retry:
        return dark ? QColor(0xEBA50C) : QColor(0xD18120);
    case Tone::Failed:
        return dark ? QColor(0xE1210F) : QColor(0xA10300);
    case Tone::TimedOut:
        return dark ? QColor(0xA857E4) : QColor(0xB55DFD);
    case Tone::Canceled:
        return dark ? QColor(0x94A1A5) : QColor(0x34001A);
    case Tone::Ignored:
        return dark ? QColor(0x60309C) : QColor(0x544860);
    case Tone::Reused:
        return dark ? QColor(0xE4FCFC) : QColor(0x54CC90);
    }
    return {};
}

QColor toneColor(Tone tone)
{
    return toneColor(tone, theme().dark);
}

QColor toneTextColor(Tone tone)
{
    const bool dark = theme().dark;
    switch (tone) {
    case Tone::Pending:
        return theme().muted;
    case Tone::Done:
        return dark ? QColor(0x5CC08D) : toneColor(tone, false);
    case Tone::Failed:
        return dark ? QColor(0xFF7A6B) : toneColor(tone, false);
    case Tone::TimedOut:
        return dark ? QColor(0xC993F5) : QColor(0x8427D6);
    case Tone::Retry:
        return dark ? toneColor(tone, true) : QColor(0x8F5200);
    case Tone::Queued:
        return dark ? toneColor(tone, true) : QColor(0x625D73);
    case Tone::Ignored:
        return dark ? QColor(0xB79BE8) : toneColor(tone, false);
    case Tone::Reused:
        return dark ? toneColor(tone, true) : QColor(0x1B7A50);
    case Tone::Running:
    case Tone::Canceled:
        return toneColor(tone, dark);
    }
    return {};
}

namespace {

/// The sign stands out from the state's colour.
QColor markColor(Tone tone)
{
    return toneColor(tone).lightnessF() > 0.55F && (theme().dark || tone == Tone::Reused) ? QColor(0x15171A) : QColor(Qt::white);
}

void line(QPainter& painter, std::initializer_list<QPointF> points, const QRectF& box)
{
    QPolygonF polygon;
    for (const QPointF& point : points) {
        polygon << QPointF(box.x() + point.x() * box.width(), box.y() + point.y() * box.height());
    }
    painter.drawPolyline(polygon);
}

} // namespace

void paintMark(QPainter& painter, const QRectF& box, Tone tone)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(markColor(tone), qMax(1.4, box.width() * 0.11), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    switch (tone) {
    case Tone::Pending:
        break;
    case Tone::Queued:
        for (const double x : { 0.28, 0.5, 0.72 }) {
            painter.drawPoint(QPointF(box.x() + x * box.width(), box.center().y()));
        }
        break;
    case Tone::Running: {
        QPainterPath play;
        play.moveTo(box.x() + 0.40 * box.width(), box.y() + 0.29 * box.height());
        play.lineTo(box.x() + 0.73 * box.width(), box.center().y());
        play.lineTo(box.x() + 0.40 * box.width(), box.y() + 0.71 * box.height());
        play.closeSubpath();
        painter.fillPath(play, painter.pen().color());
        break;
    }
    case Tone::Done:
        line(painter, { { 0.28, 0.52 }, { 0.44, 0.68 }, { 0.73, 0.35 } }, box);
        break;
    case Tone::Retry:
        painter.drawArc(box.adjusted(box.width() * .28, box.height() * .28, -box.width() * .28, -box.height() * .28), 60 * 16, 270 * 16);
        line(painter, { { 0.50, 0.18 }, { 0.62, 0.31 }, { 0.48, 0.42 } }, box);
        break;
    case Tone::Failed:
        line(painter, { { 0.32, 0.32 }, { 0.68, 0.68 } }, box);
        line(painter, { { 0.68, 0.32 }, { 0.32, 0.68 } }, box);
        break;
    case Tone::TimedOut:
        line(painter, { { 0.5, 0.25 }, { 0.5, 0.53 }, { 0.69, 0.63 } }, box);
        break;
    case Tone::Canceled:
        line(painter, { { 0.28, 0.5 }, { 0.72, 0.5 } }, box);
        break;
    case Tone::Ignored:
        line(painter, { { 0.32, 0.66 }, { 0.68, 0.34 } }, box);
        break;
    case Tone::Reused: // done before
        line(painter, { { 0.22, 0.52 }, { 0.36, 0.66 }, { 0.56, 0.38 } }, box);
        line(painter, { { 0.50, 0.64 }, { 0.53, 0.67 }, { 0.78, 0.34 } }, box);
        break;
    }
    painter.restore();
}

void paintGlyph(QPainter& painter, const QRectF& box, Tone tone)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double side = box.width();
    const double stroke = qMax(1.4, side * 0.11);
    if (tone == Tone::Pending) {
        painter.setPen(QPen(toneColor(tone), stroke));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(box.adjusted(stroke, stroke, -stroke, -stroke));
    } else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(toneColor(tone));
        painter.drawEllipse(box.adjusted(side * .04, side * .04, -side * .04, -side * .04));
        paintMark(painter, box, tone);
    }
    painter.restore();
}

QIcon toneIcon(Tone tone, qreal devicePixelRatio)
{
    QIcon icon;
    // Where it is chosen it lies on the accent: a disc below it keeps its colour what it is, and apart from that.
    for (const QIcon::Mode mode : { QIcon::Normal, QIcon::Selected }) {
        QPixmap pixmap(QSize(16, 16) * devicePixelRatio);
        pixmap.setDevicePixelRatio(devicePixelRatio);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        if (mode == QIcon::Selected) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme().surface);
            painter.drawEllipse(QRectF(0, 0, 16, 16));
        }
        paintGlyph(painter, QRectF(1, 1, 14, 14), tone);
        painter.end();
        icon.addPixmap(pixmap, mode);
    }
    return icon;
}

} // namespace sheaf::ui
