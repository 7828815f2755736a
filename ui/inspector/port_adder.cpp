// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/port_adder.h"

#include "core/spec/field_table.h"
#include "core/spec/validator.h"
#include "ui/style/spacing.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <QComboBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace sheaf::ui {

PortAdder::PortAdder(bool isInput, QWidget* parent)
    : QWidget(parent)
    , m_isInput(isInput)
    , m_open(new QPushButton(isInput ? tr("Add input…") : tr("Add output…"), this))
    , m_line(new QWidget(this))
    , m_name(new QLineEdit(m_line))
    , m_type(new QComboBox(m_line))
    , m_value(new QLineEdit(m_line))
    , m_add(new QPushButton(tr("Add"), m_line))
    , m_problem(new QLabel(m_line))
{
    const QString id = isInput ? QStringLiteral("form.addInput") : QStringLiteral("form.addOutput");
    m_open->setObjectName(id);
    m_open->setProperty("quiet", true);
    m_name->setObjectName(id + QStringLiteral(".name"));
    m_name->setAccessibleName(isInput ? tr("Name of the new input") : tr("Name of the new output"));
    m_name->setPlaceholderText(tr("name"));
    m_type->setObjectName(id + QStringLiteral(".type"));
    m_type->setAccessibleName(tr("Type"));
    const auto* field = spec::findField(isInput ? spec::Scope::Input : spec::Scope::Output, "type");
    for (const auto& word : spec::allowedWords(*field)) {
        m_type->addItem(toQt(word));
    }
    m_value->setObjectName(id + QStringLiteral(".value"));
    m_value->setAccessibleName(tr("Value, path or binding"));
    m_value->setPlaceholderText(isInput ? tr("value, path or ${{…}}") : tr("path or ${{…}}, may be empty"));
    m_add->setObjectName(id + QStringLiteral(".add"));
    m_problem->setObjectName(id + QStringLiteral(".problem"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setFont(textFont(-1));
    m_problem->setWordWrap(true);
    auto* grid = new QGridLayout(m_line);
    grid->setContentsMargins(space::kPanel, space::kSmall, 0, space::kSmall);
    grid->setSpacing(space::kSmall);
    grid->addWidget(m_name, 0, 0);
    grid->addWidget(m_type, 0, 1);
    grid->addWidget(m_value, 1, 0, 1, 2);
    grid->addWidget(m_add, 1, 2);
    grid->addWidget(m_problem, 2, 0, 1, 3);
    grid->setColumnStretch(0, 2);
    grid->setColumnStretch(1, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kSmall, 0, 0, space::kSmall);
    column->setSpacing(0);
    column->addWidget(m_open, 0, Qt::AlignLeft);
    column->addWidget(m_line);
    connect(m_open, &QPushButton::clicked, this, [this] { open(m_line->isHidden()); });
    connect(m_name, &QLineEdit::textChanged, this, &PortAdder::judge);
    connect(m_value, &QLineEdit::textChanged, this, &PortAdder::judge);
    connect(m_add, &QPushButton::clicked, this, &PortAdder::add);
    for (QLineEdit* edit : { m_name, m_value }) {
        connect(edit, &QLineEdit::returnPressed, this, &PortAdder::add);
    }
    open(false);
}

void PortAdder::open(bool isOpen)
{
    m_line->setVisible(isOpen);
    if (isOpen) {
        m_name->clear();
        m_value->clear();
        judge();
        m_name->setFocus();
    }
}

void PortAdder::judge()
{
    const QString name = m_name->text().trimmed();
    QString problem;
    if (!name.isEmpty() && !spec::isIdentifier(toStd(name))) {
        problem = tr("A name is letters, digits and _, and does not begin with a digit.");
    } else if (m_taken.contains(name)) {
        problem = tr("There is one of this name.");
    }
    tell(problem);
    m_add->setEnabled(!name.isEmpty() && problem.isEmpty());
}

void PortAdder::refuse(const QString& sentence)
{
    tell(sentence);
    m_name->setFocus();
}

void PortAdder::tell(const QString& problem)
{
    QPalette colors = m_problem->palette();
    colors.setColor(QPalette::WindowText, toneTextColor(Tone::Failed));
    m_problem->setPalette(colors);
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

void PortAdder::add()
{
    if (m_add->isEnabled()) {
        emit addAsked(m_name->text().trimmed(), m_type->currentText(), m_value->text().trimmed());
    }
}

void PortAdder::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && !m_line->isHidden()) {
        open(false);
        m_open->setFocus();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace sheaf::ui
