// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/canvas/step_adder.h"

#include "ui/style/icons.h"
#include "ui/style/spacing.h"

#include <QGuiApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QScreen>
#include <QVBoxLayout>

namespace sheaf::ui {

int fuzzyScore(const QString& typed, const QString& text)
{
    int score = 0;
    qsizetype at = 0;
    qsizetype last = -2;
    for (const QChar c : typed) {
        if (c.isSpace()) {
            continue;
        }
        const qsizetype found = text.indexOf(c, at, Qt::CaseInsensitive);
        if (found < 0) {
            return -1;
        }
        const bool isStart = found == 0 || !text[found - 1].isLetterOrNumber();
        score += found == last + 1 ? 8 : isStart ? 6 : 1;
        last = found;
        at = found + 1;
    }
    return score;
}

StepAdder::StepAdder(QWidget* parent)
    : QFrame(parent, Qt::Popup)
    , m_line(new QLineEdit(this))
    , m_list(new QListWidget(this))
{
    setObjectName(QStringLiteral("canvas.adder"));
    setProperty("card", true);
    m_line->setObjectName(QStringLiteral("canvas.adder.filter"));
    m_line->setAccessibleName(tr("Name of what to add"));
    m_line->setClearButtonEnabled(true);
    m_list->setObjectName(QStringLiteral("canvas.adder.list"));
    m_list->setAccessibleName(tr("What can be added"));
    m_list->setIconSize(QSize(18, 18));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    column->setSpacing(space::kSmall);
    column->addWidget(m_line);
    column->addWidget(m_list);
    setFixedSize(360, 320);
    m_line->installEventFilter(this);
    connect(m_line, &QLineEdit::textChanged, this, &StepAdder::refill);
    connect(m_list, &QListWidget::itemClicked, this, &StepAdder::take);
    connect(m_list, &QListWidget::itemActivated, this, &StepAdder::take);
}

void StepAdder::open(const QVector<AdderItem>& items, const QString& title, QPoint globalPosition)
{
    m_items = items;
    m_line->clear();
    m_line->setPlaceholderText(title);
    refill();
    QPoint at = globalPosition;
    if (const QScreen* screen = QGuiApplication::screenAt(at)) {
        const QRect room = screen->availableGeometry();
        at = { qMin(at.x(), room.right() - width()), qMin(at.y(), room.bottom() - height()) };
    }
    move(at);
    show();
    m_line->setFocus();
}

void StepAdder::refill()
{
    const QString typed = m_line->text();
    QVector<std::pair<int, const AdderItem*>> fitting;
    for (const AdderItem& item : m_items) {
        const int score = qMax(fuzzyScore(typed, item.title) * 2, fuzzyScore(typed, item.title + QLatin1Char(' ') + item.description));
        if (score >= 0) {
            fitting << std::pair(score, &item);
        }
    }
    std::stable_sort(fitting.begin(), fitting.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    m_list->clear();
    for (const auto& [score, item] : fitting) {
        auto* row = new QListWidgetItem(icon(item->icon), item->title + QStringLiteral("   ") + item->description, m_list);
        row->setData(Qt::UserRole, item->id);
        row->setToolTip(item->description);
    }
    m_list->setCurrentRow(0);
}

void StepAdder::take()
{
    const QListWidgetItem* row = m_list->currentItem();
    const QString id = row == nullptr ? QString() : row->data(Qt::UserRole).toString();
    close();
    if (!id.isEmpty()) {
        emit chosen(id);
    }
}

/// Some platforms leave the keyboard with a popup that is gone.
void StepAdder::hideEvent(QHideEvent* event)
{
    QFrame::hideEvent(event);
    if (parentWidget() != nullptr) {
        parentWidget()->window()->activateWindow();
    }
}

/// The line keeps the keyboard; arrows walk the list.
bool StepAdder::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_line && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const int rows = m_list->count();
        switch (key->key()) {
        case Qt::Key_Down:
        case Qt::Key_Tab:
            m_list->setCurrentRow(rows == 0 ? -1 : (m_list->currentRow() + 1) % rows);
            return true;
        case Qt::Key_Up:
        case Qt::Key_Backtab:
            m_list->setCurrentRow(rows == 0 ? -1 : (m_list->currentRow() + rows - 1) % rows);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            take();
            return true;
        case Qt::Key_Escape:
            close();
            return true;
        default:
            break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace sheaf::ui
