// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/widgets/message_bar.h"

#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace sheaf::ui {

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent)
    , m_sentence(new QLabel(this))
    , m_fix(new QLabel(this))
    , m_beside(new QLabel(this))
    , m_close(new QPushButton(this))
    , m_choices(new QHBoxLayout)
{
    setObjectName(QStringLiteral("shell.message"));
    m_sentence->setObjectName(QStringLiteral("shell.message.sentence"));
    m_fix->setObjectName(QStringLiteral("shell.message.fix"));
    m_beside->setObjectName(QStringLiteral("shell.message.beside"));
    for (QLabel* label : { m_sentence, m_fix, m_beside }) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_fix->setProperty("muted", true);
    m_close->setObjectName(QStringLiteral("shell.message.close"));
    m_close->setProperty("quiet", true);
    m_close->setIcon(icon(QStringLiteral("close")));
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(tr("Close this message"));
    connect(m_close, &QPushButton::clicked, this, &MessageBar::dismiss);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(m_sentence);
    words->addWidget(m_fix);
    words->addWidget(m_beside);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(44, space::kMedium, space::kMedium, space::kMedium);
    row->addLayout(words, 1);
    m_choices->setSpacing(space::kMedium);
    row->addLayout(m_choices);
    row->addWidget(m_close, 0, Qt::AlignTop);
    hide();
}

void MessageBar::ask(const Question& question)
{
    for (Question& asked : m_questions) {
        if (asked.key == question.key) {
            asked = question;
            refresh();
            return;
        }
    }
    m_questions << question;
    refresh();
}

void MessageBar::insist(const Question& question)
{
    m_questions.removeIf([&question](const Question& asked) { return asked.key == question.key; });
    m_questions.prepend(question);
    refresh();
    if (QLayoutItem* first = m_choices->itemAt(0)) {
        first->widget()->setFocus(Qt::OtherFocusReason);
    }
}

void MessageBar::withdraw(const QString& key)
{
    if (m_questions.removeIf([&key](const Question& asked) { return asked.key == key; }) > 0) {
        refresh();
    }
}

void MessageBar::answer(const QString& choice)
{
    const Question answered = m_questions.takeFirst(); // first: an answer may ask again
    for (const Choice& one : answered.choices) {
        if (one.id == choice) {
            one.does();
        }
    }
    refresh();
}

void MessageBar::showMessage(Kind kind, const QString& sentence, const QString& fix)
{
    m_message = Message { kind, sentence, fix };
    refresh();
}

void MessageBar::dismiss()
{
    if (m_questions.isEmpty()) {
        m_message.reset();
    } else {
        m_questions.removeFirst();
    }
    refresh();
}

void MessageBar::clearMessage()
{
    m_message.reset();
    refresh();
}

void MessageBar::clear()
{
    m_questions.clear();
    m_message.reset();
    refresh();
}

void MessageBar::refresh()
{
    showChoices();
    if (m_questions.isEmpty() && !m_message) {
        hide();
        m_sentence->clear();
        m_fix->clear();
        return;
    }
    const Message shown = m_questions.isEmpty() ? *m_message : Message { m_questions.first().kind, m_questions.first().sentence, m_questions.first().fix };
    QStringList beside;
    if (!m_questions.isEmpty() && m_message) {
        beside << m_message->sentence << m_message->fix;
        beside.removeAll(QString());
    }
    m_kind = shown.kind;
    m_sentence->setText(shown.sentence);
    m_fix->setText(shown.fix);
    m_fix->setVisible(!shown.fix.isEmpty());
    m_beside->setText(beside.join(QLatin1Char(' ')));
    m_beside->setVisible(!beside.isEmpty());
    setAccessibleName((QStringList { shown.sentence, shown.fix } + beside).join(QLatin1Char(' ')));
    for (int i = 0; i < m_choices->count(); ++i) {
        m_choices->itemAt(i)->widget()->setAccessibleDescription(shown.sentence + QLatin1Char(' ') + shown.fix); // who comes by keyboard hears what is asked
    }
    show();
    update();
}

/// Only when it is another question: the keyboard may be on a choice while something else is said.
void MessageBar::showChoices()
{
    QStringList all;
    if (!m_questions.isEmpty()) {
        all << m_questions.first().key;
        for (const Choice& choice : m_questions.first().choices) {
            all << choice.id << choice.text;
        }
    }
    if (const QString now = all.join(QLatin1Char('\n')); now == std::exchange(m_shown, now)) {
        return;
    }
    while (QLayoutItem* item = m_choices->takeAt(0)) {
        item->widget()->hide();
        item->widget()->setObjectName({}); // its name is given again
        item->widget()->deleteLater(); // it may be the one that was pressed
        delete item;
    }
    if (m_questions.isEmpty()) {
        return;
    }
    for (const Choice& choice : m_questions.first().choices) {
        auto* button = new QPushButton(choice.text, this);
        button->setObjectName(choice.id);
        connect(button, &QPushButton::clicked, this, [this, id = choice.id] { answer(id); });
        m_choices->addWidget(button);
        button->show(); // what is hidden cannot have the keyboard
    }
}

QString MessageBar::sentence() const
{
    return m_sentence->text();
}

void MessageBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const QColor color = m_kind == Kind::Error ? toneColor(Tone::Failed) : m_kind == Kind::Warning ? toneColor(Tone::Retry) : theme().accent;
    painter.fillRect(rect(), theme().surface);
    QColor wash = color;
    wash.setAlphaF(theme().dark ? 0.16F : 0.08F);
    painter.fillRect(rect(), wash);
    painter.fillRect(0, 0, 4, height(), color);
    painter.fillRect(0, height() - 1, width(), 1, theme().border);
    const QString name = m_kind == Kind::Error ? QStringLiteral("error") : m_kind == Kind::Warning ? QStringLiteral("problems") : QStringLiteral("note");
    paintIcon(painter, QRectF(16, space::kMedium + 1, 18, 18), name, m_kind == Kind::Error ? toneTextColor(Tone::Failed) : color);
}

void MessageBar::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        dismiss();
        return;
    }
    QFrame::keyPressEvent(event);
}

} // namespace sheaf::ui
