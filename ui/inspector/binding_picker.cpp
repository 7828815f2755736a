// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/binding_picker.h"

#include "ui/style/spacing.h"

#include <QCoreApplication>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QScreen>
#include <QVBoxLayout>

namespace sheaf::ui {

namespace {

constexpr int kMostRows = 10;

} // namespace

BindingPicker::BindingPicker(std::vector<FormModel::Binding> bindings, QWidget* parent)
    : QFrame(parent, Qt::Popup)
    , m_bindings(std::move(bindings))
    , m_filter(new QLineEdit(this))
    , m_list(new QListWidget(this))
{
    setObjectName(QStringLiteral("form.bindings"));
    setAttribute(Qt::WA_DeleteOnClose);
    setProperty("card", true);
    setAccessibleName(tr("Bindings"));
    m_filter->setObjectName(QStringLiteral("form.bindings.filter"));
    m_filter->setAccessibleName(tr("Filter bindings"));
    m_filter->setPlaceholderText(tr("Type a part of the name"));
    m_list->setObjectName(QStringLiteral("form.bindings.list"));
    m_list->setAccessibleName(tr("Bindings that may stand here"));
    m_list->setFocusPolicy(Qt::NoFocus); // the keys are the filter's
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setUniformItemSizes(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kMedium, space::kMedium, space::kMedium, space::kMedium);
    column->setSpacing(space::kSmall);
    column->addWidget(m_filter);
    column->addWidget(m_list);
    m_filter->installEventFilter(this);
    connect(m_filter, &QLineEdit::textChanged, this, &BindingPicker::fill);
    connect(m_list, &QListWidget::itemClicked, this, &BindingPicker::take);
    fill();
    const int row = m_list->sizeHintForRow(0);
    m_list->setFixedHeight(qBound(1, m_list->count(), kMostRows) * qMax(row, fontMetrics().height() + 8) + 4);
    resize(qMax(360, m_list->sizeHintForColumn(0) + 4 * space::kMedium), sizeHint().height());
}

void BindingPicker::popup(const QPoint& at)
{
    adjustSize();
    QPoint corner = at;
    if (const QScreen* screen = QGuiApplication::screenAt(at)) {
        const QRect room = screen->availableGeometry();
        corner.setX(qMax(room.left(), qMin(at.x(), room.right() - width())));
        corner.setY(qMax(room.top(), qMin(at.y(), room.bottom() - height())));
    }
    move(corner);
    show();
    m_filter->setFocus();
}

void BindingPicker::fill()
{
    m_list->clear();
    for (const auto& binding : m_bindings) {
        if (binding.text.contains(m_filter->text(), Qt::CaseInsensitive) || binding.hint.contains(m_filter->text(), Qt::CaseInsensitive)) {
            auto* item = new QListWidgetItem(QStringLiteral("%1    %2").arg(binding.text, binding.hint), m_list);
            item->setData(Qt::UserRole, binding.text);
        }
    }
    m_list->setCurrentRow(0);
}

void BindingPicker::take()
{
    if (const QListWidgetItem* item = m_list->currentItem()) {
        const QString expression = item->data(Qt::UserRole).toString();
        close();
        emit chosen(expression);
    }
}

bool BindingPicker::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            QCoreApplication::sendEvent(m_list, event);
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
