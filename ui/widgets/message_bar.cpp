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

namespace sheaf::ui {

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent)
    , m_sentence(new QLabel(this))
    , m_fix(new QLabel(this))
    , m_close(new QPushButton(this))
    , m_choices(new QHBoxLayout)
{
    setObjectName(QStringLiteral("shell.message"));
    m_sentence->setObjectName(QStringLiteral("shell.message.sentence"));
    m_fix->setObjectName(QStringLiteral("shell.message.fix"));
    for (QLabel* label : { m_sentence, m_fix }) {
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
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(44, space::kMedium, space::kMedium, space::kMedium);
    row->addLayout(words, 1);
    m_choices->setSpacing(space::kMedium);
    row->addLayout(m_choices);
    row->addWidget(m_close, 0, Qt::AlignTop);
    hide();
}

bool MessageBar::isAsking() const
{
    return isVisibleTo(parentWidget()) && m_choices->count() > 0;
}

void MessageBar::ask(Kind kind, const QString& sentence, const QString& fix, const QVector<Choice>& choices)
{
    dismiss();
    showMessage(kind, sentence, fix);
    for (const Choice& choice : choices) {
        auto* button = new QPushButton(choice.text, this);
        button->setObjectName(choice.id);
        connect(button, &QPushButton::clicked, this, [this, does = choice.does] {
            dismiss();
            does();
        });
        m_choices->addWidget(button);
    }
}

void MessageBar::showMessage(Kind kind, const QString& sentence, const QString& fix)
{
    if (isAsking()) {
        return;
    }
    m_kind = kind;
    m_sentence->setText(sentence);
    m_fix->setText(fix);
    m_fix->setVisible(!fix.isEmpty());
    setAccessibleName(sentence + QLatin1Char(' ') + fix);
    show();
    update();
}

void MessageBar::dismiss()
{
    hide();
    m_sentence->clear();
    m_fix->clear();
    while (QLayoutItem* item = m_choices->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
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
