// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/canvas_actions.h"

#include "ui/canvas/canvas_panel.h"
#include "ui/canvas/graph_view.h"

#include <QAction>
#include <QMenu>

namespace sheaf::ui {

template <class Does>
QAction* CanvasActions::make(const char* id, const QString& text, const QList<QKeySequence>& keys, Does does)
{
    auto* action = new QAction(text, this);
    action->setObjectName(QString::fromLatin1(id));
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, m_panel, does);
    m_panel->view()->addAction(action);
    return action;
}

CanvasActions::CanvasActions(CanvasPanel* panel)
    : QObject(panel)
    , m_panel(panel)
{
    using Align = CanvasEditor::Align;
    auto* add = make("canvas.add", tr("&Add a step…"), {}, [panel] { panel->openAdder(panel->view()->cursorPoint(), std::nullopt); });
    auto* link = make("canvas.link", tr("Lay a &wire by keys"), {}, [panel] { panel->view()->setFocus(), panel->view()->beginLink(); });
    auto* rename = make("canvas.rename", tr("Re&name"), { QKeySequence(Qt::Key_F2) }, [panel] { panel->renameChosen(); });
    auto* cut = make("canvas.cut", tr("Cu&t"), { QKeySequence(QKeySequence::Cut) }, [panel] {
        panel->copyChosen();
        panel->deleteChosen(false);
    });
    auto* copy = make("canvas.copy", tr("&Copy"), { QKeySequence(QKeySequence::Copy) }, [panel] { panel->copyChosen(); });
    auto* paste = make("canvas.paste", tr("&Paste"), { QKeySequence(QKeySequence::Paste) }, [panel] { panel->paste(false); });
    auto* pasteLinked = make("canvas.pasteLinked", tr("Paste with &links"), { QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V) }, [panel] { panel->paste(true); });
    auto* duplicate = make("canvas.duplicate", tr("&Duplicate"), { QKeySequence(Qt::CTRL | Qt::Key_D) }, [panel] { panel->duplicateChosen(); });
    auto* remove = make("canvas.delete", tr("D&elete"), { QKeySequence(QKeySequence::Delete), QKeySequence(Qt::Key_Backspace) }, [panel] { panel->deleteChosen(false); });
    auto* heal = make("canvas.heal", tr("Delete and &heal the wires"), { QKeySequence(Qt::CTRL | Qt::Key_Delete) }, [panel] { panel->deleteChosen(true); });
    auto* disable = make("canvas.disable", tr("Disa&ble or enable"), { QKeySequence(Qt::CTRL | Qt::Key_B) }, [panel] { panel->toggleDisabled(); });
    auto* all = make("canvas.selectAll", tr("&Select all"), { QKeySequence(QKeySequence::SelectAll) }, [panel] { panel->selectAll(); });
    auto* upstream = make("canvas.selectUpstream", tr("Select &upstream"), { QKeySequence(Qt::ALT | Qt::Key_U) }, [panel] { panel->selectRelated(true, false); });
    auto* downstream = make("canvas.selectDownstream", tr("Select down&stream"), { QKeySequence(Qt::ALT | Qt::Key_D) }, [panel] { panel->selectRelated(false, true); });
    auto* find = make("canvas.find", tr("&Find a box"), { QKeySequence(QKeySequence::Find) }, [panel] { panel->findBox(); });
    m_edit = { add, link, rename, nullptr, cut, copy, paste, pasteLinked, duplicate, remove, heal, disable, nullptr, all, upstream, downstream, find };

    auto* group = make("canvas.group", tr("&Group"), { QKeySequence(Qt::CTRL | Qt::Key_G) }, [panel] { panel->groupChosen(); });
    auto* comment = make("canvas.comment", tr("Add a &comment"), { QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C) }, [panel] { panel->addComment(); });
    m_arrange = { group, comment, nullptr };
    const auto aligned = [&](const char* id, const QString& text, Align how, QList<QKeySequence> keys) {
        m_arrange << make(id, text, keys, [panel, how] { panel->align(how); });
        m_needChoice << m_arrange.last();
    };
    const auto chord = [](Qt::Key key) { return QList<QKeySequence> { QKeySequence(QKeyCombination(Qt::ALT, Qt::Key_A), QKeyCombination(Qt::NoModifier, key)) }; };
    aligned("canvas.align.left", tr("Align &left edges"), Align::Left, chord(Qt::Key_L));
    aligned("canvas.align.right", tr("Align &right edges"), Align::Right, chord(Qt::Key_R));
    aligned("canvas.align.top", tr("Align &top edges"), Align::Top, chord(Qt::Key_T));
    aligned("canvas.align.bottom", tr("Align &bottom edges"), Align::Bottom, chord(Qt::Key_B));
    aligned("canvas.align.middle", tr("Put in one ro&w"), Align::Middle, chord(Qt::Key_M));
    aligned("canvas.align.center", tr("Put in one col&umn"), Align::Center, chord(Qt::Key_C));
    aligned("canvas.spread.across", tr("Spread &across"), Align::SpreadAcross, chord(Qt::Key_H));
    aligned("canvas.spread.down", tr("Spread &down"), Align::SpreadDown, chord(Qt::Key_V));
    m_arrange << nullptr;
    auto* layOut = make("canvas.layOut", tr("Lay &out again"), { QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L) }, [panel] { panel->layOut(false); });
    auto* layOutAround = make("canvas.layOutAround", tr("Lay out around what is &chosen"), {}, [panel] { panel->layOut(true); });
    m_arrange << layOut << layOutAround;

    m_needChoice << rename << cut << copy << duplicate << remove << heal << disable << group << upstream << downstream << layOutAround << link;
    m_needEdit = { add, link, rename, cut, paste, pasteLinked, duplicate, remove, heal, disable };
    for (QAction* action : m_arrange) {
        if (action != nullptr) {
            m_needEdit << action;
        }
    }
    connect(panel->scene(), &QGraphicsScene::selectionChanged, this, &CanvasActions::refresh);
    refresh();
}

void CanvasActions::refresh()
{
    const bool hasChoice = !m_panel->scene()->selectedItems().isEmpty();
    const bool canEdit = m_panel->view()->isEditable();
    for (const auto* list : { &m_edit, &m_arrange }) {
        for (QAction* action : *list) {
            if (action != nullptr) {
                action->setEnabled((canEdit || !m_needEdit.contains(action)) && (hasChoice || !m_needChoice.contains(action)));
            }
        }
    }
}

namespace {

void fill(QMenu* menu, const QList<QAction*>& actions)
{
    for (QAction* action : actions) {
        if (action == nullptr) {
            menu->addSeparator();
        } else {
            menu->addAction(action);
        }
    }
}

} // namespace

void CanvasActions::fillEditMenu(QMenu* menu) const
{
    fill(menu, m_edit);
}

void CanvasActions::fillArrangeMenu(QMenu* menu) const
{
    fill(menu, m_arrange);
}

} // namespace sheaf::ui
