// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/canvas/auto_layout.h"
#include "ui/state/catalog_state.h"
#include "ui/state/document_state.h"
#endif

#include <QObject>
#include <QSet>

#include <optional>

namespace sheaf::ui {

/// Gestures on the canvas as changes of the job file and of the canvas notes: each call is one step of undo, and is refused as a whole with
/// refused(). Knows the graph that is drawn, for what ports are called. Owned by the canvas panel; main thread.
class CanvasEditor : public QObject
{
    Q_OBJECT

public:
    CanvasEditor(DocumentState& document, CatalogState& catalog, QObject* parent = nullptr);

    void setGraph(const Graph& graph);
    /// Where everything lies now: what a gesture places stays there.
    void setPlaces(const Places& places) { m_places = places; }
    /// The ids of the boxes that the text has, drawn already or not; nullopt: it cannot be read.
    [[nodiscard]] std::optional<QSet<QString>> nodesInText() const;

    /// What a new box is wired to, or the wire that it is put on.
    struct Join {
        std::optional<PortPlace> port;
        std::optional<std::pair<PortPlace, PortPlace>> wire; // from, to
    };
    void add(const CatalogEntry& entry, QPointF place, const Join& join = {});
    void addPipelineInput(const PortPlace& port, QPointF place);
    void addPipelineOutput(const PortPlace& port, QPointF place);
    void connectPorts(const PortPlace& from, const PortPlace& to);
    void disconnectPorts(const PortPlace& from, const PortPlace& to);
    /// The wire ends elsewhere.
    void reconnect(const PortPlace& from, const PortPlace& oldTo, const PortPlace& to);
    /// A step that is there already is put on a wire.
    void splice(const QString& step, const PortPlace& from, const PortPlace& to, QPointF place);
    void move(const Places& places, const QVector<CanvasFrame>& frames);
    void nudge(const Places& places);
    void remove(const QStringList& ids, bool heal);
    void removeFrame(int frame);
    /// Why it may not be called so, in one sentence; "": it is.
    [[nodiscard]] QString rename(const QString& id, const QString& name);
    void setDisabled(const QStringList& steps, bool isDisabled);
    [[nodiscard]] std::optional<QByteArray> copied(const QStringList& ids) const;
    void paste(const QByteArray& text, bool keepLinks, QPointF place);
    void duplicate(const QStringList& ids);
    void group(const QStringList& ids, const QString& title);
    void comment(QPointF place, const QString& words);
    void setFrameText(int frame, const QString& words);
    enum class Align { Left, Right, Top, Bottom, Middle, Center, SpreadAcross, SpreadDown };
    void align(const QStringList& ids, Align how);
    /// Everything that was put by hand may be laid out again.
    void forgetPlaces(const Places& laid);

signals:
    void refused(const QString& why);
    /// These boxes were made: select them when they are drawn.
    void made(const QStringList& ids);
    /// A step from a template was made: it may want files.
    void stepMade(const QString& step, const QString& entryId);

private:
    [[nodiscard]] std::string text() const;
    /// "score" or, when the text has it already, "score_2"; the group is jobs, inputs or outputs.
    [[nodiscard]] std::string freeName(const char* group, const std::string& wanted) const;
    [[nodiscard]] std::string typeOf(const PortPlace& port) const;
    /// True and refused(): nothing flows on this wire, so it cannot be cut or end elsewhere.
    bool isOnlyOrder(const PortPlace& from, const PortPlace& to);
    [[nodiscard]] const GraphPort* port(const PortPlace& place) const { return portAt(m_graph, place); }
    [[nodiscard]] QRectF boxOf(const QString& id) const;
    /// What is drawn, but for one of them, and what was made since.
    [[nodiscard]] QVector<QRectF> boxes(const QString& but = {}) const;
    /// Puts a new box where nothing lies, and remembers it among the boxes.
    void put(CanvasNotes& notes, QVector<QRectF>& boxes, const QString& id, QPointF wanted, QSizeF size);
    /// Puts a box on a wire; what is in the way goes to the right.
    void putOnWire(CanvasNotes& notes, const QString& id, const std::pair<PortPlace, PortPlace>& wire, QPointF wanted, QSizeF size);
    /// nullopt and refused(): it cannot be.
    std::optional<std::string> taken(const Result<std::string>& result);
    void commit(const QString& title, const std::string& text, const std::optional<CanvasNotes>& notes = {}, const QString& mergeKey = {});

    DocumentState& m_document;
    CatalogState& m_catalog;
    Graph m_graph;
    Places m_places;
    QHash<QString, QRectF> m_made; // boxes that are not drawn yet
};

} // namespace sheaf::ui
