// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/map_editor.h"

#include "ui/style/spacing.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace sheaf::ui {

namespace {

constexpr int kMostRows = 6;

} // namespace

MapEditor::MapEditor(const QString& label, const QString& id, QWidget* parent)
    : QWidget(parent)
    , m_table(new QTableWidget(0, 2, this))
    , m_none(new QLabel(this))
    , m_add(new QToolButton(this))
    , m_remove(new QToolButton(this))
{
    m_table->setAccessibleName(label);
    m_table->setHorizontalHeaderLabels({ tr("Name"), tr("Value") });
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + space::kMedium);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setProperty("boxed", true);
    m_none->setProperty("muted", true);
    m_add->setText(tr("Add"));
    m_add->setObjectName(QStringLiteral("form.add.") + id);
    m_add->setAccessibleName(tr("Add an entry to %1").arg(label));
    m_remove->setText(tr("Remove"));
    m_remove->setObjectName(QStringLiteral("form.remove.") + id);
    m_remove->setAccessibleName(tr("Remove the chosen entry of %1").arg(label));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::kSmall);
    buttons->addWidget(m_none, 1);
    buttons->addStretch(0);
    buttons->addWidget(m_add);
    buttons->addWidget(m_remove);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kHair);
    column->addWidget(m_table);
    column->addLayout(buttons);
    connect(m_table, &QTableWidget::itemChanged, this, &MapEditor::onItemChanged);
    connect(m_table, &QTableWidget::currentCellChanged, this, [this] { m_remove->setEnabled(m_table->currentRow() >= 0); });
    connect(m_add, &QToolButton::clicked, this, &MapEditor::add);
    connect(m_remove, &QToolButton::clicked, this, &MapEditor::removeCurrent);
    fill();
}

QWidget* MapEditor::input() const
{
    return m_table;
}

void MapEditor::setEntries(const QList<QPair<QString, QString>>& entries, const QString& wordsForNone)
{
    m_none->setText(wordsForNone);
    if (entries != m_entries) {
        m_entries = entries;
        fill();
    }
    fit();
}

void MapEditor::fill()
{
    m_isFilling = true;
    const int row = m_table->currentRow();
    const int column = m_table->currentColumn();
    m_table->setRowCount(static_cast<int>(m_entries.size()));
    for (int i = 0; i < m_entries.size(); ++i) {
        m_table->setItem(i, 0, new QTableWidgetItem(m_entries[i].first));
        m_table->setItem(i, 1, new QTableWidgetItem(m_entries[i].second));
    }
    if (row >= 0 && row < m_table->rowCount()) {
        m_table->setCurrentCell(row, column);
    }
    m_remove->setEnabled(m_table->currentRow() >= 0);
    m_isFilling = false;
    setProblem({});
    fit();
}

void MapEditor::forget()
{
    fill();
}

void MapEditor::setProblem(const QString& sentence)
{
    if (sentence != m_problem) {
        m_problem = sentence;
        emit problemChanged(sentence);
    }
}

void MapEditor::fit()
{
    const int rows = m_table->rowCount();
    m_table->setVisible(rows > 0);
    m_remove->setVisible(rows > 0);
    m_none->setVisible(rows == 0);
    const int header = m_table->horizontalHeader()->sizeHint().height();
    m_table->setFixedHeight(header + qMin(rows, kMostRows) * m_table->verticalHeader()->defaultSectionSize() + 2);
}

void MapEditor::add()
{
    m_isFilling = true;
    const int row = m_table->rowCount();
    m_table->insertRow(row);
    m_table->setItem(row, 0, new QTableWidgetItem);
    m_table->setItem(row, 1, new QTableWidgetItem);
    m_isFilling = false;
    fit();
    m_table->setCurrentCell(row, 0);
    m_table->setFocus();
    m_table->editItem(m_table->item(row, 0));
}

void MapEditor::removeCurrent()
{
    const int row = m_table->currentRow();
    if (row < 0) {
        return;
    }
    if (row >= m_entries.size()) { // never written
        m_table->removeRow(row);
        setProblem({});
        fit();
        return;
    }
    const QString name = m_entries[row].first;
    emit entryChanged(name, name, std::nullopt);
}

void MapEditor::onItemChanged(QTableWidgetItem* item)
{
    if (m_isFilling) {
        return;
    }
    const int row = item->row();
    const QString oldName = row < m_entries.size() ? m_entries[row].first : QString();
    const QTableWidgetItem* name = m_table->item(row, 0);
    const QTableWidgetItem* value = m_table->item(row, 1);
    const bool isNamed = name != nullptr && !name->text().trimmed().isEmpty();
    const auto hasName = [&](const QPair<QString, QString>& entry) { return entry.first == name->text().trimmed() && entry.first != oldName; };
    if (isNamed && std::any_of(m_entries.begin(), m_entries.end(), hasName)) { // that entry shall keep its value
        setProblem(tr("Not written: there is already an entry named %1. Choose another name.").arg(name->text().trimmed()));
        return;
    }
    setProblem({});
    if (isNamed) {
        emit entryChanged(oldName, name->text().trimmed(), value != nullptr ? value->text() : QString());
    } else if (!oldName.isEmpty()) {
        m_isFilling = true;
        item->setText(oldName); // an entry goes by Remove, not by losing its name
        m_isFilling = false;
    }
}

} // namespace sheaf::ui
