// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/promote_dialog.h"

#include "core/spec/field_table.h"
#include "core/spec/validator.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace sheaf::ui {

PromoteDialog::PromoteDialog(const QString& value, const QString& name, const QString& type, const QStringList& taken, QWidget* parent)
    : QDialog(parent)
    , m_taken(taken)
    , m_name(new QLineEdit(name, this))
    , m_type(new QComboBox(this))
    , m_problem(new QLabel(this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
{
    setObjectName(QStringLiteral("form.promote"));
    setWindowTitle(tr("Promote to an input of the pipeline"));
    auto* words = new QLabel(tr("The pipeline gets an input with this value; the step is bound to it. The input can be given another value for a run."), this);
    words->setWordWrap(true);
    words->setProperty("muted", true);
    m_name->setObjectName(QStringLiteral("form.promote.name"));
    m_name->setAccessibleName(tr("Name of the input"));
    m_type->setObjectName(QStringLiteral("form.promote.type"));
    m_type->setAccessibleName(tr("Type of the input"));
    for (const auto& word : spec::allowedWords(*spec::findField(spec::Scope::Input, "type"))) {
        m_type->addItem(toQt(word));
    }
    m_type->setCurrentIndex(qMax(0, m_type->findText(type)));
    auto* shown = new QLabel(fontMetrics().elidedText(value, Qt::ElideRight, 320), this);
    shown->setTextFormat(Qt::PlainText);
    QPalette colors = m_problem->palette();
    colors.setColor(QPalette::WindowText, toneTextColor(Tone::Failed));
    m_problem->setPalette(colors);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    auto* form = new QFormLayout;
    form->setSpacing(space::kMedium);
    form->addRow(tr("Value"), shown);
    form->addRow(tr("Name"), m_name);
    form->addRow(tr("Type"), m_type);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kPanel, space::kPanel, space::kPanel, space::kPanel);
    column->setSpacing(space::kLarge);
    column->addWidget(words);
    column->addLayout(form);
    column->addWidget(m_problem);
    column->addWidget(m_buttons);
    m_buttons->button(QDialogButtonBox::Ok)->setText(tr("Promote"));
    m_buttons->button(QDialogButtonBox::Ok)->setProperty("primary", true);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_name, &QLineEdit::textChanged, this, &PromoteDialog::judge);
    m_name->selectAll();
    setMinimumWidth(420);
    judge();
}

QString PromoteDialog::name() const
{
    return m_name->text().trimmed();
}

QString PromoteDialog::type() const
{
    return m_type->currentText();
}

void PromoteDialog::judge()
{
    const bool isName = spec::isIdentifier(toStd(name()));
    const bool isTaken = m_taken.contains(name());
    m_problem->setText(!isName ? tr("A name is letters, digits and _, and does not begin with a digit.") : isTaken ? tr("There is an input of this name.") : QString());
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(isName && !isTaken);
}

} // namespace sheaf::ui
