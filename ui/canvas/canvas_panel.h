// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/canvas/canvas_editor.h"
#include "ui/canvas/graph_scene.h"

#include <functional>
#include <memory>
#include <unordered_map>
#endif

#include <QPointer>
#include <QWidget>

class QAction;
class QLabel;
class QLineEdit;
class QMimeData;
class QStackedLayout;

namespace sheaf::ui {

class AppContext;
class CanvasActions;
class CanvasEditor;
class EdgeItem;
class EmptyHint;
class GraphView;
class Minimap;
class StepAdder;

/// The graph of what is open: the pipeline file, to be edited, with the states of its run on the boxes; or a run whose file is not open, to look at.
/// Puts the parts of the canvas together. Owned by the main window.
class CanvasPanel : public QWidget
{
    Q_OBJECT

public:
    explicit CanvasPanel(AppContext& context, QWidget* parent = nullptr);
    ~CanvasPanel() override;
    [[nodiscard]] GraphView* view() const { return m_view; }
    [[nodiscard]] GraphScene* scene() const { return m_scene; }
    [[nodiscard]] CanvasActions* canvasActions() const { return m_actions; }

    // What the actions ask for.
    void openAdder(QPointF point, const std::optional<PortPlace>& port);
    void deleteChosen(bool heal);
    void renameChosen();
    void copyChosen();
    void paste(bool keepLinks);
    void duplicateChosen();
    void toggleDisabled();
    void groupChosen();
    void addComment();
    void align(CanvasEditor::Align how);
    /// All boxes; with `keepChosen` those that are chosen stay.
    void layOut(bool keepChosen);
    void findBox();
    void selectAll();
    void selectRelated(bool upstream, bool downstream);

signals:
    /// A sub-pipeline shall be opened.
    void fileAsked(const QString& file);
    void stepMade(const QString& step, const QString& entryId);

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    class InlineEdit;
    using Pins = QMap<QString, QPointF>; // as CanvasNotes has them

    void connectView();
    void refreshGraph();
    void onCanvasChanged();
    void place(const Places& places, const Pins& pins);
    void draw(const Graph& graph, const Places& places, const Pins& pins);
    [[nodiscard]] Pins pinsOf(const Graph& graph) const;
    void selectMade();
    void refreshStatus();
    void refreshProblems();
    void refreshChanged();
    void onRunChanged(const event::ChangeSet& changes);
    void onPicked(const QStringList& ids);
    void onDropped(const QMimeData* data, QPointF point, EdgeItem* edge);
    void addById(const QString& id, QPointF point, const CanvasEditor::Join& join);
    void showHint(const QString& iconName, const QString& title, const QString& text);
    void buildZoomButtons();
    void buildFindLine();
    void placeOverlays();
    void editFrame(int frame);
    /// `then` says why the text cannot be taken, or ""; `isThere`: what it is the text of.
    void editInPlace(const QRect& where, const QString& text, bool isLong, const std::function<QString(const QString&)>& then, const std::function<bool()>& isThere);
    void dropInline();
    [[nodiscard]] std::optional<PortPlace> addedTo() const;
    void stepFind(int direction);
    [[nodiscard]] bool isDraft() const;
    /// Of the run in view, which is one of the file in view.
    [[nodiscard]] bool hasRunOfDraft() const;

    AppContext& m_context;
    GraphScene* m_scene;
    GraphView* m_view;
    CanvasEditor* m_editor;
    StepAdder* m_adder;
    Minimap* m_map;
    EmptyHint* m_hint;
    EmptyHint* m_emptyCanvas;
    QStackedLayout* m_stack;
    CanvasActions* m_actions;
    QWidget* m_zoom = nullptr;
    QLabel* m_scale = nullptr;
    QLineEdit* m_find = nullptr;
    QPointer<InlineEdit> m_inline; // a name or a comment that is being written on the canvas
    std::function<bool()> m_isInlineThere; // what it is the text of
    Graph m_graph;
    Places m_auto; // where the layout puts what nobody has put anywhere
    Pins m_pins; // where the others are drawn
    QString m_laidFor; // the file or run that they are of
    QStringList m_toSelect; // made by a gesture, drawn with the next snapshot
    QPointF m_addPoint;
    std::optional<PortPlace> m_addPort;
    QString m_addPortName;
    int m_question = 0;
    int m_changedQuestion = 0;
    QString m_ranFor; // the run that m_ran is of
    std::shared_ptr<const std::unordered_map<std::string, std::string>> m_ran; // what its steps were
    bool m_isPicking = false;
    bool m_isLate = false; // something changed while a box or a wire hung on the mouse
};

} // namespace sheaf::ui
