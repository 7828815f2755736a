// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/base/paths.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"
#include "ui/canvas/canvas_panel.h"
#include "ui/canvas/edge_item.h"
#include "ui/canvas/frame_item.h"
#include "ui/canvas/graph_view.h"
#include "ui/canvas/node_geometry.h"
#include "ui/canvas/step_adder.h"
#include "ui/state/app_context.h"
#endif

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSettings>
#include <QSignalSpy>

using namespace sheaf;
using namespace sheaf::ui;

namespace {

constexpr const char* kJob = "# the head\n"
                             "type: pipeline\n"
                             "inputs:\n"
                             "  orders: {type: uri_folder, path: ./data}   # kept\n"
                             "jobs:\n"
                             "  train:\n"
                             "    type: command\n"
                             "    command: echo ${{inputs.orders}} ${{outputs.model}} # not a comment of YAML\n"
                             "    environment: azureml:any:1\n"
                             "    inputs:\n"
                             "      orders: ${{parent.inputs.orders}}\n"
                             "    outputs:\n"
                             "      model: {type: uri_folder}\n"
                             "\n"
                             "  score:\n"
                             "    type: command\n"
                             "    command: echo ${{inputs.model}} ${{outputs.rows}}\n"
                             "    environment: azureml:any:1\n"
                             "    inputs:\n"
                             "      model: ${{parent.jobs.train.outputs.model}}\n"
                             "      rate: 0.5\n"
                             "    outputs:\n"
                             "      rows: {type: uri_file}\n";

} // namespace

/// The canvas as a person uses it: keys and mouse over a real file; the file's text is what is compared.
class tst_canvas : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<AppContext> m_context;
    std::unique_ptr<CanvasPanel> m_panel;

    [[nodiscard]] std::string text() const { return *m_context->document.text(m_context->document.jobFile()); }
    [[nodiscard]] GraphView* view() const { return m_panel->view(); }
    [[nodiscard]] GraphScene* scene() const { return m_panel->scene(); }
    [[nodiscard]] QPoint at(const QString& node) const { return view()->mapFromScene(scene()->node(node)->box().topLeft() + QPointF(60, 20)); }
    [[nodiscard]] QPoint at(const PortPlace& port) const { return view()->mapFromScene(scene()->pointOf(port)); }
    [[nodiscard]] static PortPlace in(const char* node, int index) { return { QString::fromLatin1(node), true, index }; }
    [[nodiscard]] static PortPlace out(const char* node, int index) { return { QString::fromLatin1(node), false, index }; }

    void drag(QPoint from, QPoint to) const
    {
        QWidget* port = view()->viewport();
        QTest::mousePress(port, Qt::LeftButton, {}, from);
        for (int i = 1; i <= 4; ++i) {
            QTest::mouseMove(port, from + (to - from) * i / 4);
            // mouseMove of the offscreen platform may lag behind: the event itself is sent.
            QMouseEvent move(QEvent::MouseMove, from + (to - from) * i / 4, port->mapToGlobal(from + (to - from) * i / 4), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(port, &move);
        }
        QTest::mouseRelease(port, Qt::LeftButton, {}, to);
    }
    void choose(const QStringList& ids) const
    {
        scene()->select(ids);
        emit view()->picked(ids);
        view()->setFocus();
    }
    void trigger(const char* action) const
    {
        auto* found = view()->findChild<QAction*>(QString::fromLatin1(action));
        if (found == nullptr) {
            for (QAction* candidate : view()->actions()) {
                found = candidate->objectName() == QLatin1String(action) ? candidate : found;
            }
        }
        QVERIFY2(found != nullptr, action);
        QVERIFY2(found->isEnabled(), action);
        found->trigger();
    }
    void press(QPoint from, QPoint to) const // and moves; the button stays down
    {
        QWidget* port = view()->viewport();
        QTest::mousePress(port, Qt::LeftButton, {}, from);
        for (int i = 1; i <= 4; ++i) {
            QMouseEvent move(QEvent::MouseMove, from + (to - from) * i / 4, port->mapToGlobal(from + (to - from) * i / 4), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(port, &move);
        }
    }
    void rewrite(const std::string& text) const
    {
        QVERIFY(m_context->document.rewrite(QStringLiteral("x"), m_context->document.jobFile(), text));
    }
    /// A new snapshot has come, whatever it says.
    void read() const
    {
        QSignalSpy changed(&m_context->pipeline, &PipelineState::changed);
        m_context->pipeline.reload();
        QTRY_VERIFY(!changed.isEmpty());
    }
    [[nodiscard]] bool stepIsRead(const char* step) const
    {
        const auto snapshot = m_context->pipeline.snapshot();
        return snapshot && std::any_of(snapshot->written.steps.begin(), snapshot->written.steps.end(), [&](const auto& one) { return one.name == step; });
    }
    [[nodiscard]] QLabel* bubble() const { return view()->viewport()->findChild<QLabel*>(QStringLiteral("canvas.bubble")); }
    /// "" or the names of two boxes of which one lies on the other.
    [[nodiscard]] QString overlap() const
    {
        for (const NodeItem* a : scene()->nodes()) {
            for (const NodeItem* b : scene()->nodes()) {
                if (a != b && a->box().intersects(b->box())) {
                    return a->node().id + QStringLiteral(" lies on ") + b->node().id;
                }
            }
        }
        return {};
    }
    void addByName(const QString& letters) const
    {
        auto* line = m_panel->findChild<QLineEdit*>(QStringLiteral("canvas.adder.filter"));
        QTRY_VERIFY(line->isVisible());
        QTest::keyClicks(line, letters);
        QTest::keyClick(line, Qt::Key_Return);
    }

private slots:
    void init()
    {
        QSettings().clear();
        m_folder = std::make_unique<test::TempFolder>();
        m_folder->write("data/a.txt", "1\n");
        m_folder->write("tables/MLTable", "paths:\n  - pattern: ./*.csv\ntransformations:\n  - read_delimited\n");
        m_folder->write("tables/a.csv", "x\n1\n");
        m_folder->write("parts/clean.yml",
            "type: command\ndisplay_name: Clean orders\ncommand: echo ${{inputs.raw}} ${{outputs.tidy}}\nenvironment: azureml:any:1\n"
            "inputs:\n  raw: {type: uri_folder}\noutputs:\n  tidy: {type: uri_folder}\n");
        const auto file = m_folder->write("pipeline.yml", kJob);
        m_context = std::make_unique<AppContext>();
        m_panel = std::make_unique<CanvasPanel>(*m_context);
        m_panel->resize(1200, 700);
        m_panel->show();
        m_context->pipeline.open(QString::fromStdString(file.string()));
        QTRY_VERIFY(scene()->node(QStringLiteral("score")) != nullptr);
        QTRY_VERIFY(view()->isEditable());
        QTRY_VERIFY(m_context->catalog.find(QStringLiteral("component:./parts/clean.yml")) != nullptr);
        view()->zoomTo(1);
        view()->centerOn(scene()->extent().center());
    }
    void cleanup()
    {
        if (m_context) {
            m_context->document.discardOnClose();
        }
        m_panel.reset();
        m_context.reset();
        m_folder.reset();
    }

    void ports_and_wires_are_those_of_the_file()
    {
        const Graph& graph = scene()->graph();
        QCOMPARE(graph.nodes.size(), 3U); // orders, train, score
        QCOMPARE(graph.edges.size(), 2U);
        const GraphNode& score = graph.nodes[static_cast<std::size_t>(graph.find(QStringLiteral("score")))];
        QCOMPARE(score.inputs.size(), 2U);
        QCOMPARE(score.inputs[1].kind, PortKind::Value);
        QCOMPARE(score.inputs[1].value, QStringLiteral("0.5"));
        QCOMPARE(score.outputs[0].kind, PortKind::File);
        QVERIFY(score.inputs[0].isBound);
    }

    void tab_adds_a_step_by_its_name_and_undo_takes_it_away()
    {
        view()->setFocus();
        QTest::keyClick(view(), Qt::Key_Tab);
        addByName(QStringLiteral("command"));
        QTRY_VERIFY(scene()->node(QStringLiteral("command")) != nullptr);
        QTRY_COMPARE(m_context->selection.step(), QStringLiteral("command"));
        QVERIFY(QString::fromStdString(text()).contains(QStringLiteral("\n\n  command:\n    type: command\n")));
        QVERIFY(text().starts_with("# the head\n"));
        QCOMPARE(m_context->document.undoStack().undoText(), QStringLiteral("Add command"));
        m_context->document.undoStack().undo();
        QCOMPARE(text(), std::string(kJob));
        QTRY_VERIFY(scene()->node(QStringLiteral("command")) == nullptr);
    }

    void a_wire_is_laid_by_the_mouse_and_taken_off_again()
    {
        // score.model is fed by train: the wire is pulled off it, and laid again.
        drag(at(in("score", 0)), view()->mapFromScene(scene()->extent().bottomRight() + QPointF(40, 60)));
        QTRY_COMPARE(scene()->edges().size(), 1U);
        QVERIFY(text().find("parent.jobs.train") == std::string::npos);
        const int place = scene()->graph().find(QStringLiteral("score"));
        if (scene()->graph().nodes[static_cast<std::size_t>(place)].inputs.size() == 2) { // its entry stayed
            drag(at(out("train", 0)), at(in("score", 0)));
        }
        m_context->document.undoStack().setIndex(0);
        QCOMPARE(text(), std::string(kJob));
        QTRY_COMPARE(scene()->edges().size(), 2U);
        drag(at(out("input:orders", 0)), at(in("score", 0)));
        QTRY_VERIFY(text().find("      model: ${{parent.inputs.orders}}\n") != std::string::npos);
        QCOMPARE(m_context->document.undoStack().undoText(), QStringLiteral("Connect orders to score"));
    }

    void a_refused_wire_says_why()
    {
        auto* bubble = view()->viewport()->findChild<QLabel*>(QStringLiteral("canvas.bubble"));
        drag(at(out("score", 0)), at(in("train", 0)));
        QVERIFY(bubble->isVisible());
        QVERIFY2(bubble->text().contains(QStringLiteral("train → score → train")), qPrintable(bubble->text()));
        QCOMPARE(text(), std::string(kJob));
        // Only what is legal is lit: a file list may not go into the step that made it.
        const auto legal = legalTargets(scene()->graph(), out("score", 0));
        QVERIFY(legal.empty());
    }

    void a_wire_dropped_on_nothing_offers_what_fits()
    {
        drag(at(out("score", 0)), at(out("score", 0)) + QPoint(120, 120));
        auto* list = m_panel->findChild<QListWidget*>(QStringLiteral("canvas.adder.list"));
        QTRY_VERIFY(list->isVisible());
        QStringList offered;
        for (int i = 0; i < list->count(); ++i) {
            offered << list->item(i)->data(Qt::UserRole).toString();
        }
        QCOMPARE(offered.first(), QStringLiteral("pipeline:output"));
        QVERIFY(!offered.contains(QStringLiteral("template:parallel-table"))); // it takes a table, this is a file
        addByName(QStringLiteral("output"));
        QTRY_VERIFY(scene()->node(QStringLiteral("output:rows")) != nullptr);
        QVERIFY(text().find("outputs:\n  rows:\n    type: uri_file\n") != std::string::npos);
        QVERIFY(text().find("rows: ${{parent.outputs.rows}}") != std::string::npos);
        QCOMPARE(m_context->document.undoStack().count(), 1);
    }

    void a_component_is_dropped_on_a_wire()
    {
        EdgeItem* edge = nullptr;
        for (EdgeItem* candidate : scene()->edges()) {
            edge = candidate->from()->node().id == QStringLiteral("train") ? candidate : edge;
        }
        QMimeData mime;
        mime.setData(QStringLiteral("application/x-sheaf-step"), "component:./parts/clean.yml");
        emit view()->dataDropped(&mime, edge->path().pointAtPercent(0.5), edge);
        QTRY_VERIFY(scene()->node(QStringLiteral("clean")) != nullptr);
        QVERIFY(text().find("  clean:\n    type: command\n    component: ./parts/clean.yml\n    inputs:\n      raw: ${{parent.jobs.train.outputs.model}}\n") != std::string::npos);
        QVERIFY(text().find("model: ${{parent.jobs.clean.outputs.tidy}}") != std::string::npos);
        // Taken away with its wires healed, everything is bound as before.
        choose({ QStringLiteral("clean") });
        trigger("canvas.heal");
        QTRY_VERIFY(scene()->node(QStringLiteral("clean")) == nullptr);
        QVERIFY(text().find("      model: ${{parent.jobs.train.outputs.model}}\n") != std::string::npos);
    }

    void files_from_the_desktop_become_inputs()
    {
        QMimeData mime;
        mime.setUrls({ QUrl::fromLocalFile(QString::fromStdString((m_folder->path() / "tables").string())) });
        emit view()->dataDropped(&mime, QPointF(0, 400), nullptr);
        QTRY_VERIFY(scene()->node(QStringLiteral("input:tables")) != nullptr);
        QVERIFY(text().find("  tables:\n    type: mltable\n    path: ./tables\n    mode: direct\n") != std::string::npos);
    }

    void a_renamed_step_takes_its_references_along()
    {
        choose({ QStringLiteral("train") });
        const QPointF place = scene()->node(QStringLiteral("train"))->pos();
        QTest::keyClick(view(), Qt::Key_F2);
        auto* field = view()->viewport()->findChild<QPlainTextEdit*>(QStringLiteral("canvas.inline"));
        QVERIFY(field != nullptr);
        QTest::keyClicks(field, QStringLiteral("fit"));
        QTest::keyClick(field, Qt::Key_Return);
        std::string wanted = kJob;
        wanted.replace(wanted.find("  train:"), 8, "  fit:");
        wanted.replace(wanted.find("jobs.train."), 11, "jobs.fit.");
        QCOMPARE(text(), wanted);
        QTRY_VERIFY(scene()->node(QStringLiteral("fit")) != nullptr);
        QCOMPARE(scene()->node(QStringLiteral("fit"))->pos(), place);
    }

    void a_box_that_was_moved_stays_where_it_is_while_its_new_name_is_read()
    {
        const QPointF before = scene()->node(QStringLiteral("train"))->pos();
        choose({ QStringLiteral("train") });
        drag(at(QStringLiteral("train")), at(QStringLiteral("train")) + QPoint(40, 160));
        const QPointF place = before + QPointF(40, 160);
        const QPointF score = scene()->node(QStringLiteral("score"))->pos();
        QCOMPARE(scene()->node(QStringLiteral("train"))->pos(), place);
        QTest::keyClick(view(), Qt::Key_F2);
        auto* field = view()->viewport()->findChild<QPlainTextEdit*>(QStringLiteral("canvas.inline"));
        QVERIFY(field != nullptr);
        QTest::keyClicks(field, QStringLiteral("fit"));
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(text().find("  fit:") != std::string::npos);
        QVERIFY(scene()->node(QStringLiteral("train")) != nullptr); // it is still being read
        QCOMPARE(scene()->node(QStringLiteral("train"))->pos(), place);
        QTRY_VERIFY(scene()->node(QStringLiteral("fit")) != nullptr);
        QCOMPARE(scene()->node(QStringLiteral("fit"))->pos(), place);
        QCOMPARE(scene()->node(QStringLiteral("score"))->pos(), score);
        m_context->document.undoStack().undo();
        QCOMPARE(scene()->node(QStringLiteral("fit"))->pos(), place);
        QTRY_VERIFY(scene()->node(QStringLiteral("train")) != nullptr);
        QCOMPARE(scene()->node(QStringLiteral("train"))->pos(), place);
        m_context->document.undoStack().undo(); // the move
        QCOMPARE(scene()->node(QStringLiteral("train"))->pos(), before);
    }

    void steps_are_moved_together_and_the_file_stays()
    {
        choose({ QStringLiteral("train"), QStringLiteral("score") });
        const QPointF before = scene()->node(QStringLiteral("score"))->pos();
        drag(at(QStringLiteral("train")), at(QStringLiteral("train")) + QPoint(40, 80));
        QTRY_COMPARE(scene()->node(QStringLiteral("score"))->pos(), before + QPointF(40, 80));
        QCOMPARE(text(), std::string(kJob));
        QVERIFY(!m_context->document.isDirty());
        QCOMPARE(m_context->document.undoStack().count(), 1);
        QTRY_VERIFY(QFile::exists(QString::fromStdString((m_folder->path() / ".sheaf/canvas/pipeline.yml.json").string())));
        // Two nudges at once are one step; the drag is another.
        QTest::keyClick(view(), Qt::Key_Right, Qt::ControlModifier);
        QTest::keyClick(view(), Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(scene()->node(QStringLiteral("score"))->pos(), before + QPointF(40 + 2 * kGridStep, 80));
        QCOMPARE(m_context->document.undoStack().count(), 2);
        m_context->document.undoStack().undo();
        m_context->document.undoStack().undo();
        QCOMPARE(scene()->node(QStringLiteral("score"))->pos(), before);
    }

    void a_rubber_band_takes_what_it_touches()
    {
        const QRectF all = scene()->extent();
        drag(view()->mapFromScene(all.topLeft() - QPointF(30, 30)), view()->mapFromScene(all.bottomRight() + QPointF(30, 30)));
        QCOMPARE(scene()->selectedIds().size(), 3);
        QCOMPARE(m_context->selection.steps(), QStringList({ QStringLiteral("train"), QStringLiteral("score") }));
    }

    void copies_are_yaml_and_pasted_with_their_links_or_without()
    {
        choose({ QStringLiteral("score") });
        trigger("canvas.copy");
        QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("score:")));
        trigger("canvas.pasteLinked");
        QTRY_VERIFY(scene()->node(QStringLiteral("score_2")) != nullptr);
        QTRY_COMPARE(scene()->edges().size(), 3U);
        m_context->document.undoStack().undo();
        trigger("canvas.paste");
        QTRY_VERIFY(scene()->node(QStringLiteral("score_2")) != nullptr);
        QTRY_COMPARE(scene()->edges().size(), 2U);
    }

    void a_disabled_step_is_comments_and_comes_back_to_the_byte()
    {
        choose({ QStringLiteral("score") });
        QTest::keyClick(view(), Qt::Key_B, Qt::ControlModifier);
        QTRY_VERIFY(scene()->node(QStringLiteral("score"))->node().isDisabled);
        QVERIFY(text().find("\n  #| score:\n") != std::string::npos);
        choose({ QStringLiteral("score") });
        QTest::keyClick(view(), Qt::Key_B, Qt::ControlModifier);
        QCOMPARE(text(), std::string(kJob));
        QTRY_VERIFY(!scene()->node(QStringLiteral("score"))->node().isDisabled);
    }

    void a_wire_is_laid_by_keys()
    {
        choose({ QStringLiteral("input:orders") });
        QTest::keyClick(view(), Qt::Key_C);
        QVERIFY(view()->isLinking());
        QStringList names;
        auto* bubble = view()->viewport()->findChild<QLabel*>(QStringLiteral("canvas.bubble"));
        for (int i = 0; i < 4 && !bubble->text().contains(QStringLiteral("score.model")); ++i) {
            QTest::keyClick(view(), Qt::Key_Tab);
        }
        QVERIFY2(bubble->text().startsWith(QStringLiteral("orders → score.model")), qPrintable(bubble->text()));
        QTest::keyClick(view(), Qt::Key_Return);
        QVERIFY(!view()->isLinking());
        QTRY_VERIFY(text().find("      model: ${{parent.inputs.orders}}\n") != std::string::npos);
    }

    void groups_and_comments_are_notes_not_text()
    {
        choose({ QStringLiteral("train"), QStringLiteral("score") });
        trigger("canvas.group");
        auto* field = view()->viewport()->findChild<QPlainTextEdit*>(QStringLiteral("canvas.inline"));
        QVERIFY(field != nullptr);
        QTest::keyClicks(field, QStringLiteral("Model"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(m_context->document.canvas().frames.size(), 1);
        QCOMPARE(m_context->document.canvas().frames[0].text, QStringLiteral("Model"));
        QCOMPARE(scene()->frames().size(), 1U);
        QVERIFY(scene()->frames()[0]->frame().place.contains(scene()->node(QStringLiteral("train"))->box()));
        // The group takes its steps along.
        const QPointF before = scene()->node(QStringLiteral("train"))->pos();
        const QPoint head = view()->mapFromScene(scene()->frames()[0]->frame().place.topLeft() + QPointF(80, 12));
        drag(head, head + QPoint(0, 60));
        QTRY_COMPARE(scene()->node(QStringLiteral("train"))->pos(), before + QPointF(0, 60));
        QCOMPARE(text(), std::string(kJob));
    }

    void a_sub_pipeline_is_one_box_and_asks_to_be_opened()
    {
        m_folder->write("sub.yml",
            "$schema: https://azuremlschemas.azureedge.net/latest/pipelineComponent.schema.json\ntype: pipeline\ninputs:\n  raw: {type: uri_folder}\n"
            "outputs:\n  best: {type: uri_folder}\njobs:\n  a: {type: command, command: echo, environment: azureml:any:1}\n");
        const std::string with = text() + "  whole:\n    type: pipeline\n    component: ./sub.yml\n    inputs:\n      raw: ${{parent.jobs.train.outputs.model}}\n";
        QVERIFY(m_context->document.rewrite(QStringLiteral("x"), m_context->document.jobFile(), with));
        QTRY_VERIFY(scene()->node(QStringLiteral("whole")) != nullptr);
        const GraphNode& node = scene()->node(QStringLiteral("whole"))->node();
        QCOMPARE(node.inputs.size(), 1U);
        QCOMPARE(node.outputs.size(), 1U);
        QString asked;
        connect(m_panel.get(), &CanvasPanel::fileAsked, this, [&](const QString& file) { asked = file; });
        view()->reveal(QStringLiteral("whole"));
        QTest::mouseDClick(view()->viewport(), Qt::LeftButton, {}, at(QStringLiteral("whole")));
        QVERIFY2(asked.endsWith(QStringLiteral("/sub.yml")), qPrintable(asked));
    }

    void a_snapshot_in_the_middle_of_a_drag_leaves_the_drag_alone()
    {
        const QPointF before = scene()->node(QStringLiteral("score"))->pos();
        const QPoint grabbed = at(QStringLiteral("score"));
        press(grabbed, grabbed + QPoint(40, 80));
        read();
        QTest::mouseRelease(view()->viewport(), Qt::LeftButton, {}, grabbed + QPoint(40, 80));
        QCOMPARE(scene()->node(QStringLiteral("score"))->pos(), before + QPointF(40, 80));
        QCOMPARE(m_context->document.canvas().places.value(QStringLiteral("score")), before + QPointF(40, 80));
    }

    void a_box_that_goes_while_it_is_dragged_is_gone()
    {
        const QPoint grabbed = at(QStringLiteral("score"));
        press(grabbed, grabbed + QPoint(40, 80));
        std::string without = kJob;
        without.erase(without.find("\n  score:"));
        rewrite(without + "\n");
        QTRY_VERIFY(!stepIsRead("score"));
        QTest::mouseRelease(view()->viewport(), Qt::LeftButton, {}, grabbed + QPoint(40, 80));
        QTRY_VERIFY(scene()->node(QStringLiteral("score")) == nullptr);
        QCOMPARE(scene()->edges().size(), 1U);
    }

    void a_wire_by_keys_ends_when_the_graph_is_another()
    {
        choose({ QStringLiteral("input:orders") });
        QTest::keyClick(view(), Qt::Key_C);
        for (int i = 0; i < 4 && !bubble()->text().contains(QStringLiteral("score.model")); ++i) {
            QTest::keyClick(view(), Qt::Key_Tab);
        }
        QVERIFY(view()->isLinking());
        read(); // the same graph
        QVERIFY(view()->isLinking());
        std::string less = kJob;
        const std::string line = "      model: ${{parent.jobs.train.outputs.model}}\n";
        less.erase(less.find(line), line.size());
        rewrite(less);
        QTRY_COMPARE(scene()->edges().size(), 1U);
        QVERIFY(!view()->isLinking());
        QTest::keyClick(view(), Qt::Key_Return);
        QCOMPARE(text(), less); // not bound to what is now in the place of model
    }

    void keys_do_not_begin_a_wire_while_the_mouse_drags_one()
    {
        const QPoint begin = at(out("score", 0));
        press(begin, begin + QPoint(100, 100));
        QTest::keyClick(view(), Qt::Key_C); // nothing can take it
        QTest::mouseRelease(view()->viewport(), Qt::LeftButton, {}, begin + QPoint(100, 100));
        auto* list = m_panel->findChild<QListWidget*>(QStringLiteral("canvas.adder.list"));
        QTRY_VERIFY(list->isVisible());
        // The port is gone before one has chosen: nothing is bound, and it is said.
        rewrite(std::string(kJob).substr(0, std::string(kJob).find("    outputs:\n      rows")));
        QTRY_VERIFY(scene()->node(QStringLiteral("score"))->node().outputs.empty());
        const std::string before = text();
        addByName(QStringLiteral("output"));
        QCOMPARE(text(), before);
        QVERIFY(bubble()->isVisible());
    }

    void an_input_and_the_step_behind_it_go_together()
    {
        std::string parallel = kJob; // what such a step works through is named in it
        parallel.replace(parallel.find("    type: command\n"), 18, "    type: parallel\n    input_data: ${{inputs.orders}}\n");
        rewrite(parallel);
        QTRY_VERIFY(scene()->node(QStringLiteral("train"))->node().icon == QStringLiteral("parallel"));
        choose({ QStringLiteral("input:orders"), QStringLiteral("train") });
        trigger("canvas.heal");
        QTRY_VERIFY(scene()->node(QStringLiteral("train")) == nullptr);
        QVERIFY2(text().find("parent.inputs.orders") == std::string::npos, text().c_str());
        QVERIFY2(text().find("orders:") == std::string::npos, text().c_str());
        QVERIFY2(text().find("      model:\n") != std::string::npos, text().c_str());
        QCOMPARE(m_context->document.undoStack().count(), 2);
    }

    void a_step_that_waits_without_a_port_has_none()
    {
        std::string waits = kJob;
        const std::string line = "      model: ${{parent.jobs.train.outputs.model}}\n";
        waits.erase(waits.find(line), line.size());
        waits.replace(waits.find("${{inputs.model}}"), 17, "${{parent.jobs.train.outputs.model}}");
        rewrite(waits);
        QTRY_COMPARE(scene()->node(QStringLiteral("score"))->node().inputs[0].name, QStringLiteral("rate"));
        QCOMPARE(scene()->node(QStringLiteral("score"))->node().inputs.size(), 2U); // and the order
        QVERIFY(scene()->node(QStringLiteral("score"))->node().inputs[1].isOrder);
        QCOMPARE(scene()->edges().size(), 2U);
        for (const PortPlace& place : legalTargets(scene()->graph(), out("input:orders", 0))) {
            QVERIFY(place.node != QStringLiteral("score") || place.index == 0);
        }
        QVERIFY(!scene()->portAt(scene()->pointOf(in("score", 1))));
        for (EdgeItem* edge : scene()->edges()) {
            edge->setSelected(edge->to()->node().id == QStringLiteral("score"));
        }
        trigger("canvas.delete");
        QCOMPARE(text(), waits);
        QVERIFY2(bubble()->isVisible() && bubble()->text().contains(QStringLiteral("waits for train")), qPrintable(bubble()->text()));
        // Its end cannot be moved either: the mouse does not take hold of it, and who asks for it gets the same answer.
        bubble()->hide();
        emit view()->rewireRequested(out("train", 0), in("score", 1), in("score", 0));
        QCOMPARE(text(), waits);
        QVERIFY2(bubble()->isVisible() && bubble()->text().contains(QStringLiteral("waits for train")), qPrintable(bubble()->text()));
    }

    void what_is_added_faster_than_it_is_drawn_gets_a_name_of_its_own()
    {
        m_context->catalog.ask(QStringLiteral("template:command"));
        m_context->catalog.ask(QStringLiteral("template:command"));
        QTRY_VERIFY(scene()->node(QStringLiteral("command")) != nullptr && scene()->node(QStringLiteral("command_2")) != nullptr);
        QCOMPARE(overlap(), QString());
        m_folder->write("a.csv", "x\n1\n");
        m_folder->write("a.jsonl", "{}\n");
        const auto url = [this](const char* name) { return QUrl::fromLocalFile(QString::fromStdString((m_folder->path() / name).string())); };
        QMimeData mime;
        mime.setUrls({ url("a.csv"), url("a.jsonl") });
        emit view()->dataDropped(&mime, QPointF(0, 400), nullptr);
        QTRY_VERIFY(scene()->node(QStringLiteral("input:a")) != nullptr && scene()->node(QStringLiteral("input:a_2")) != nullptr);
        // The same file again is the same input.
        mime.setUrls({ url("a.csv"), url("data") });
        const std::string before = text();
        emit view()->dataDropped(&mime, QPointF(0, 600), nullptr);
        QCOMPARE(text(), before);
        QCOMPARE(overlap(), QString());
    }

    void a_wire_that_moves_to_another_input_is_one_step_of_undo()
    {
        rewrite(std::string(kJob) + "  check:\n    type: command\n    command: echo ${{inputs.model}}\n    environment: azureml:any:1\n    inputs:\n      model:\n");
        QTRY_VERIFY(scene()->node(QStringLiteral("check")) != nullptr);
        view()->fitAll();
        const std::string before = text();
        drag(at(in("score", 0)), at(in("check", 0)));
        QTRY_VERIFY(text() != before);
        QCOMPARE(m_context->document.undoStack().count(), 2);
        QVERIFY(text().ends_with("    inputs:\n      model: ${{parent.jobs.train.outputs.model}}\n"));
        QVERIFY2(text().find("      model:\n      rate") != std::string::npos, text().c_str());
        m_context->document.undoStack().undo();
        QCOMPARE(text(), before);
    }

    void nothing_new_lies_on_a_box()
    {
        choose({ QStringLiteral("score") });
        view()->centerOn(scene()->node(QStringLiteral("score"))->box().center());
        trigger("canvas.duplicate");
        QTRY_VERIFY(scene()->node(QStringLiteral("score_2")) != nullptr);
        QCOMPARE(overlap(), QString());
        trigger("canvas.duplicate"); // of the copy, which is chosen
        QTRY_VERIFY(scene()->node(QStringLiteral("score_3")) != nullptr);
        QCOMPARE(overlap(), QString());
        choose({ QStringLiteral("train"), QStringLiteral("score") });
        trigger("canvas.copy");
        view()->centerOn(scene()->node(QStringLiteral("train"))->box().center());
        trigger("canvas.paste");
        QTRY_VERIFY(scene()->node(QStringLiteral("score_4")) != nullptr);
        QCOMPARE(overlap(), QString());
        choose({ QStringLiteral("score") });
        trigger("canvas.duplicate");
        trigger("canvas.duplicate"); // faster than it is drawn
        QTRY_VERIFY(scene()->node(QStringLiteral("score_6")) != nullptr);
        QCOMPARE(overlap(), QString());
    }

    void a_step_put_on_a_wire_has_room()
    {
        EdgeItem* edge = nullptr;
        for (EdgeItem* candidate : scene()->edges()) {
            edge = candidate->from()->node().id == QStringLiteral("train") ? candidate : edge;
        }
        QMimeData mime;
        mime.setData(QStringLiteral("application/x-sheaf-step"), "component:./parts/clean.yml");
        emit view()->dataDropped(&mime, edge->path().pointAtPercent(0.5), edge);
        QTRY_VERIFY(scene()->node(QStringLiteral("clean")) != nullptr);
        QCOMPARE(overlap(), QString());
        QCOMPARE(m_context->document.undoStack().count(), 1);
        const double left = scene()->node(QStringLiteral("clean"))->box().left();
        QVERIFY(left > scene()->node(QStringLiteral("train"))->box().right());
        QVERIFY(scene()->node(QStringLiteral("score"))->box().left() > scene()->node(QStringLiteral("clean"))->box().right());
    }

    void a_refused_name_stays_in_its_field_with_the_reason()
    {
        choose({ QStringLiteral("train") });
        QTest::keyClick(view(), Qt::Key_F2);
        const QPointer<QPlainTextEdit> field = view()->viewport()->findChild<QPlainTextEdit*>(QStringLiteral("canvas.inline"));
        QVERIFY(field != nullptr);
        QTest::keyClicks(field, QStringLiteral("score"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(text(), std::string(kJob));
        QVERIFY(field->isVisible());
        QCOMPARE(field->toPlainText(), QStringLiteral("score"));
        auto* reason = view()->viewport()->findChild<QLabel*>(QStringLiteral("canvas.inline.reason"));
        QVERIFY(reason != nullptr && reason->isVisible());
        QCOMPARE(reason->text(), QStringLiteral("There is already a step named score."));
        QTest::keyClicks(field, QStringLiteral("_again"));
        QVERIFY(!reason->isVisible()); // of another name
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(scene()->node(QStringLiteral("score_again")) != nullptr);
        QVERIFY(field == nullptr || !field->isVisible());
    }

    void a_refused_name_is_given_up_by_who_leaves_it_and_it_is_said_why()
    {
        QVERIFY(QTest::qWaitForWindowActive(m_panel.get()));
        choose({ QStringLiteral("train") });
        QTest::keyClick(view(), Qt::Key_F2);
        const QPointer<QPlainTextEdit> field = view()->viewport()->findChild<QPlainTextEdit*>(QStringLiteral("canvas.inline"));
        QVERIFY(field != nullptr && field->hasFocus());
        QTest::keyClicks(field, QStringLiteral("score"));
        QTest::mouseClick(view()->viewport(), Qt::LeftButton, {}, view()->viewport()->rect().bottomLeft() + QPoint(20, -20));
        QTRY_VERIFY(field == nullptr);
        QTRY_VERIFY(bubble()->isVisible());
        QCOMPARE(bubble()->text(), QStringLiteral("There is already a step named score."));
        QCOMPARE(text(), std::string(kJob));
    }

    void a_name_that_is_being_written_goes_with_its_box_and_its_file()
    {
        QVERIFY(QTest::qWaitForWindowActive(m_panel.get()));
        QPointer<QPlainTextEdit> field;
        const auto refused = [&] {
            choose({ QStringLiteral("train") });
            QTest::keyClick(view(), Qt::Key_F2);
            field = view()->viewport()->findChild<QPlainTextEdit*>(QStringLiteral("canvas.inline"));
            QVERIFY(field != nullptr);
            QTest::keyClicks(field, QStringLiteral("score"));
            QTest::keyClick(field, Qt::Key_Return);
            QVERIFY(field != nullptr && field->isVisible() && field->hasFocus());
        };
        refused();
        std::string other = kJob;
        other.replace(other.find("  train:"), 8, "  fit:");
        other.replace(other.find("jobs.train."), 11, "jobs.fit.");
        rewrite(other);
        QTRY_VERIFY(scene()->node(QStringLiteral("fit")) != nullptr);
        QTRY_VERIFY(field == nullptr);
        QCOMPARE(text(), other);
        m_context->document.undoStack().undo();
        QTRY_VERIFY(scene()->node(QStringLiteral("train")) != nullptr);
        refused();
        const auto file = m_folder->write("other.yml", std::string(kJob) + "  check: {type: command, command: echo, environment: azureml:any:1}\n");
        m_context->document.discardOnClose();
        m_context->pipeline.open(QString::fromStdString(file.string()));
        QTRY_VERIFY(scene()->node(QStringLiteral("check")) != nullptr);
        QTRY_VERIFY(field == nullptr);
        QVERIFY(!m_context->document.isDirty());
    }

    void a_finding_in_another_file_marks_the_boxes_that_use_it()
    {
        m_folder->write("parts/odd.yml",
            "type: command\ncommand: echo ${{inputs.orders}}\nenvironment: azureml:any:1\nunheard: of\ninputs:\n  orders: {type: uri_folder, colour: red}\n");
        const auto part = [](const char* name) {
            return std::string("  ") + name + ":\n    type: command\n    component: ./parts/odd.yml\n    inputs:\n      orders: ${{parent.inputs.orders}}\n";
        };
        rewrite(std::string(kJob) + part("odd") + part("even"));
        QTRY_VERIFY(scene()->node(QStringLiteral("even")) != nullptr);
        QTRY_VERIFY(scene()->node(QStringLiteral("odd"))->problem() != NodeProblem::None);
        QVERIFY(scene()->node(QStringLiteral("even"))->problem() != NodeProblem::None);
        QCOMPARE(scene()->node(QStringLiteral("score"))->problem(), NodeProblem::None);
        QCOMPARE(scene()->node(QStringLiteral("input:orders"))->problem(), NodeProblem::None); // the component has an input of this name, too
    }

    void a_finding_in_a_table_marks_the_boxes_that_read_it()
    {
        m_folder->write("tables/MLTable", "paths:\n  - pattern: ./*.csv\ntransformations:\n  - read_delimited\nunheard: of\n");
        m_folder->write("src/rows.py", "def init():\n    pass\n\n\ndef run(mini_batch):\n    return mini_batch\n");
        rewrite("type: pipeline\ninputs:\n  table: {type: mltable, path: ./tables, mode: direct}\njobs:\n  rows:\n    type: parallel\n    mini_batch_size: 1kb\n"
                "    inputs:\n      data: ${{parent.inputs.table}}\n    outputs:\n      o: {type: uri_file}\n    input_data: ${{inputs.data}}\n"
                "    task:\n      type: run_function\n      code: ./src\n      entry_script: rows.py\n      environment: azureml:any:1\n      append_row_to: ${{outputs.o}}\n");
        QTRY_VERIFY(scene()->node(QStringLiteral("rows")) != nullptr);
        QTRY_COMPARE(scene()->node(QStringLiteral("rows"))->problem(), NodeProblem::Warning);
        QCOMPARE(scene()->node(QStringLiteral("input:table"))->problem(), NodeProblem::Warning);
    }

    void half_a_line_does_not_empty_the_canvas()
    {
        QVERIFY(m_context->document.rewrite(QStringLiteral("Typing"), m_context->document.jobFile(), text() + "  x: 'open"));
        QTRY_VERIFY(m_context->pipeline.count(spec::Severity::Error) > 0);
        QVERIFY(scene()->node(QStringLiteral("score")) != nullptr);
        QCOMPARE(scene()->edges().size(), 2U);
    }
};

SHEAF_TEST(tst_canvas)
#include "tst_canvas.moc"
