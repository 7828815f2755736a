// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/disabled_note.h"

#include "ui/style/spacing.h"
#include "ui/widgets/empty_hint.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace sheaf::ui {

DisabledNote::DisabledNote(QWidget* parent)
    : QWidget(parent)
    , m_hint(new EmptyHint(QStringLiteral("stop"), this))
    , m_enable(new QPushButton(tr("Enable"), this))
{
    m_enable->setObjectName(QStringLiteral("form.enable"));
    m_enable->setProperty("primary", true);
    m_hint->setMinimumHeight(180);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(space::kMedium);
    column->addStretch(1);
    column->addWidget(m_hint);
    column->addWidget(m_enable, 0, Qt::AlignHCenter);
    column->addStretch(2);
    connect(m_enable, &QPushButton::clicked, this, [this] { emit enableAsked(m_steps); });
}

void DisabledNote::setSteps(const QStringList& steps)
{
    m_steps = steps;
    const QString lines = steps.size() == 1 ? tr("Its lines are comments of the pipeline file: no run sees it, and nothing of it is lost.")
                                            : tr("Their lines are comments of the pipeline file: no run sees them, and nothing of them is lost.");
    m_hint->setWords(steps.size() == 1 ? tr("Step %1 is disabled").arg(steps.first()) : tr("Steps %1 are disabled").arg(steps.join(QStringLiteral(", "))), lines);
    m_enable->setAccessibleName(tr("Enable %1").arg(steps.join(QStringLiteral(", "))));
}

void DisabledNote::setRefusal(const QString& sentence)
{
    m_hint->setWords(m_hint->title(), sentence);
}

} // namespace sheaf::ui
