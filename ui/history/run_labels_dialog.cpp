// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/history/run_labels_dialog.h"

#include "ui/style/spacing.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace sheaf::ui {

RunLabelsDialog::RunLabelsDialog(const QString& run, const QStringList& tags, const QString& note, QWidget* parent)
    : QDialog(parent)
    , m_tags(new QLineEdit(tags.join(QStringLiteral(", ")), this))
    , m_note(new QPlainTextEdit(note, this))
{
    setObjectName(QStringLiteral("labels"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Tags and note of %1").arg(run));
    m_tags->setObjectName(QStringLiteral("labels.tags"));
    m_tags->setPlaceholderText(tr("baseline, good"));
    m_note->setObjectName(QStringLiteral("labels.note"));
    m_note->setTabChangesFocus(true);
    auto* form = new QFormLayout;
    form->addRow(tr("&Tags, with commas"), m_tags);
    form->addRow(tr("&Note"), m_note);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kPanel, space::kPanel, space::kPanel, space::kPanel);
    layout->addLayout(form, 1);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    resize(460, 260);
}

QStringList RunLabelsDialog::tags() const
{
    QStringList tags;
    for (const QString& tag : m_tags->text().split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (!tag.trimmed().isEmpty()) {
            tags << tag.trimmed();
        }
    }
    return tags;
}

QString RunLabelsDialog::note() const
{
    return m_note->toPlainText();
}

} // namespace sheaf::ui
