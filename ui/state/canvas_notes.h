// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QByteArray>
#include <QMap>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <QVector>

namespace sheaf::ui {

/// A frame around steps, with a title, or a note in words (without a title). Lies behind the steps; moves what lies on it.
struct CanvasFrame {
    bool isComment = false;
    QString text; // title of a group, words of a comment
    QRectF place;
    bool operator==(const CanvasFrame&) const = default;
};

/// What the canvas knows beside the job file: where boxes were put by hand, groups, comments. A value; kept in
/// .sheaf/canvas/ beside the job file, never in it.
struct CanvasNotes {
    QMap<QString, QPointF> places; // node id → top left corner; a node that is not in it lies where the layout puts it
    QVector<CanvasFrame> frames;
    bool operator==(const CanvasNotes&) const = default;

    /// The node id of an input or output of the pipeline; that of a step is its name.
    [[nodiscard]] static QString portNode(bool isInput, const QString& name) { return (isInput ? QStringLiteral("input:") : QStringLiteral("output:")) + name; }
    /// The place goes over to another node id; what was kept of that one, of a node that is no more, is forgotten.
    void rename(const QString& from, const QString& to);

    /// What was changed from `base` to `mine`, done to `theirs`: two windows on one file do not forget each other's places. Where both changed the
    /// same place it is mine.
    [[nodiscard]] static CanvasNotes merged(const CanvasNotes& base, const CanvasNotes& mine, const CanvasNotes& theirs);

    [[nodiscard]] QByteArray toJson() const;
    /// What cannot be understood is passed over.
    [[nodiscard]] static CanvasNotes fromJson(const QByteArray& bytes);
};

} // namespace sheaf::ui
