// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/source/find_bar.h"

#include "ui/source/code_editor.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

namespace sheaf::ui {

FindBar::FindBar(CodeEditor& editor, QWidget* parent)
    : QWidget(parent)
    , m_editor(editor)
    , m_words(new QLineEdit(this))
    , m_with(new QLineEdit(this))
    , m_count(new QLabel(this))
{
    setObjectName(QStringLiteral("source.find"));
    m_words->setObjectName(QStringLiteral("source.find.words"));
    m_words->setAccessibleName(tr("Find in this text"));
    m_words->setPlaceholderText(tr("Find (Enter: next, Shift+Enter: previous)"));
    m_words->setClearButtonEnabled(true);
    m_with->setObjectName(QStringLiteral("source.find.with"));
    m_with->setAccessibleName(tr("Replace what is found with"));
    m_with->setPlaceholderText(tr("Replace with"));
    m_count->setObjectName(QStringLiteral("source.find.count"));
    m_count->setMinimumWidth(fontMetrics().horizontalAdvance(tr("%1 found").arg(9999)));
    m_case = button(QStringLiteral("source.find.case"), tr("Aa"), {});
    m_case->setCheckable(true);
    m_case->setAccessibleName(tr("Match capitals"));
    m_case->setToolTip(tr("Capitals are meant as they are"));
    QToolButton* previous = button(QStringLiteral("source.find.previous"), tr("Previous"), QStringLiteral("up"));
    QToolButton* next = button(QStringLiteral("source.find.next"), tr("Next"), QStringLiteral("down"));
    QToolButton* shut = button(QStringLiteral("source.find.close"), tr("Close"), QStringLiteral("close"));
    m_replace = button(QStringLiteral("source.find.replace"), tr("Replace"), {});
    m_all = button(QStringLiteral("source.find.all"), tr("Replace all"), {});

    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(space::kMedium, space::kSmall, space::kMedium, space::kSmall);
    layout->setSpacing(space::kSmall);
    layout->addWidget(m_words, 0, 0);
    layout->addWidget(m_case, 0, 1);
    layout->addWidget(previous, 0, 2);
    layout->addWidget(next, 0, 3);
    layout->addWidget(m_count, 0, 4);
    layout->addWidget(shut, 0, 5);
    layout->addWidget(m_with, 1, 0);
    layout->addWidget(m_replace, 1, 1, 1, 2);
    layout->addWidget(m_all, 1, 3, 1, 2);
    layout->setColumnStretch(0, 1);

    connect(m_words, &QLineEdit::textChanged, this, &FindBar::count);
    connect(m_case, &QToolButton::toggled, this, &FindBar::count);
    // Later: the editor is in the middle of a change when it tells, and one gesture may be many.
    m_recount.setSingleShot(true);
    m_recount.setInterval(0);
    connect(&m_recount, &QTimer::timeout, this, &FindBar::count);
    connect(&m_editor, &QsciScintilla::textChanged, this, [this] {
        if (isVisible()) {
            m_recount.start();
        }
    });
    connect(previous, &QToolButton::clicked, this, [this] { find(true); });
    connect(next, &QToolButton::clicked, this, [this] { find(false); });
    connect(shut, &QToolButton::clicked, this, &FindBar::close);
    connect(m_replace, &QToolButton::clicked, this, [this] { m_editor.replaceFound(m_words->text(), m_with->text(), m_case->isChecked()); });
    connect(m_all, &QToolButton::clicked, this, [this] {
        const int done = m_editor.replaceAll(m_words->text(), m_with->text(), m_case->isChecked());
        count();
        m_recount.stop();
        m_count->setText(tr("%1 replaced").arg(done));
    });
    hide();
}

QToolButton* FindBar::button(const QString& id, const QString& text, const QString& iconName)
{
    auto* made = new QToolButton(this);
    made->setObjectName(id);
    made->setText(text);
    made->setAccessibleName(text);
    made->setToolTip(text);
    made->setAutoRaise(true);
    made->setFocusPolicy(Qt::TabFocus);
    if (!iconName.isEmpty()) {
        made->setIcon(icon(iconName));
    }
    return made;
}

void FindBar::open()
{
    if (const QString selected = m_editor.selectedText(); !selected.isEmpty() && !selected.contains(QLatin1Char('\n'))) {
        m_words->setText(selected);
    }
    for (QWidget* changing : { static_cast<QWidget*>(m_with), static_cast<QWidget*>(m_replace), static_cast<QWidget*>(m_all) }) {
        changing->setVisible(!m_editor.isReadOnly());
    }
    show();
    count();
    m_words->setFocus(Qt::ShortcutFocusReason);
    m_words->selectAll();
}

void FindBar::close()
{
    hide();
    m_editor.markWords({}, true);
    m_editor.setFocus(Qt::OtherFocusReason);
}

void FindBar::find(bool isBackwards)
{
    if (!m_words->text().isEmpty() && !m_editor.findWords(m_words->text(), isBackwards, m_case->isChecked())) {
        m_count->setText(tr("Not found"));
    }
}

void FindBar::count()
{
    const int found = m_editor.markWords(m_words->text(), m_case->isChecked());
    m_count->setText(m_words->text().isEmpty() ? QString() : found == 0 ? tr("Not found") : tr("%1 found").arg(found));
}

void FindBar::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        close();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_words->hasFocus()) {
        find((event->modifiers() & Qt::ShiftModifier) != 0);
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_with->hasFocus()) {
        m_editor.replaceFound(m_words->text(), m_with->text(), m_case->isChecked());
    } else {
        QWidget::keyPressEvent(event);
    }
}

} // namespace sheaf::ui
