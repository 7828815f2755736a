// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/canvas_notes.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace sheaf::ui {

void CanvasNotes::rename(const QString& from, const QString& to)
{
    places.remove(to);
    if (const auto place = places.find(from); place != places.end()) {
        const QPointF kept = *place;
        places.erase(place);
        places[to] = kept;
    }
}

CanvasNotes CanvasNotes::merged(const CanvasNotes& base, const CanvasNotes& mine, const CanvasNotes& theirs)
{
    if (theirs == base) {
        return mine;
    }
    CanvasNotes all = theirs;
    for (auto place = base.places.cbegin(); place != base.places.cend(); ++place) {
        if (!mine.places.contains(place.key())) {
            all.places.remove(place.key());
        }
    }
    for (auto place = mine.places.cbegin(); place != mine.places.cend(); ++place) {
        const auto before = base.places.constFind(place.key());
        if (before == base.places.cend() || *before != *place) {
            all.places[place.key()] = *place;
        }
    }
    // Frames have no names: one that was changed is one away and one more.
    for (const CanvasFrame& frame : base.frames) {
        if (!mine.frames.contains(frame)) {
            all.frames.removeOne(frame);
        }
    }
    for (const CanvasFrame& frame : mine.frames) {
        if (!base.frames.contains(frame) && !all.frames.contains(frame)) {
            all.frames << frame;
        }
    }
    return all;
}

QByteArray CanvasNotes::toJson() const
{
    QJsonObject placed;
    for (auto place = places.cbegin(); place != places.cend(); ++place) {
        placed[place.key()] = QJsonArray { place->x(), place->y() };
    }
    QJsonArray framed;
    for (const CanvasFrame& frame : frames) {
        framed << QJsonObject { { QStringLiteral("kind"), frame.isComment ? QStringLiteral("comment") : QStringLiteral("group") },
            { QStringLiteral("text"), frame.text },
            { QStringLiteral("place"), QJsonArray { frame.place.x(), frame.place.y(), frame.place.width(), frame.place.height() } } };
    }
    return QJsonDocument(QJsonObject { { QStringLiteral("format"), 1 }, { QStringLiteral("places"), placed }, { QStringLiteral("frames"), framed } })
        .toJson();
}

CanvasNotes CanvasNotes::fromJson(const QByteArray& bytes)
{
    CanvasNotes notes;
    const QJsonObject all = QJsonDocument::fromJson(bytes).object();
    const QJsonObject placed = all[QStringLiteral("places")].toObject();
    for (auto place = placed.begin(); place != placed.end(); ++place) {
        const QJsonArray point = place->toArray();
        if (point.size() == 2) {
            notes.places[place.key()] = QPointF(point[0].toDouble(), point[1].toDouble());
        }
    }
    for (const auto& value : all[QStringLiteral("frames")].toArray()) {
        const QJsonObject frame = value.toObject();
        const QJsonArray place = frame[QStringLiteral("place")].toArray();
        if (place.size() == 4) {
            notes.frames << CanvasFrame { frame[QStringLiteral("kind")] == QStringLiteral("comment"), frame[QStringLiteral("text")].toString(),
                QRectF(place[0].toDouble(), place[1].toDouble(), place[2].toDouble(), place[3].toDouble()) };
        }
    }
    return notes;
}

} // namespace sheaf::ui
