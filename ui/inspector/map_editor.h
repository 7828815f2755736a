// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include <optional>
#endif

#include <QList>
#include <QPair>
#include <QWidget>

class QLabel;
class QTableWidget;
class QTableWidgetItem;
class QToolButton;

namespace sheaf::ui {

/// A small table of names and values. Says each change; holds nothing that was not given to it, but a row whose name is still to be typed, and
/// a name that was typed and is taken.
/// Owned by its field editor; main thread.
class MapEditor : public QWidget
{
    Q_OBJECT

public:
    MapEditor(const QString& label, const QString& id, QWidget* parent);
    void setEntries(const QList<QPair<QString, QString>>& entries, const QString& wordsForNone);
    [[nodiscard]] QWidget* input() const;
    /// Shows only what was given.
    void forget();

signals:
    /// `oldName` "" : a new entry; no value: the entry goes.
    void entryChanged(const QString& oldName, const QString& name, const std::optional<QString>& value);
    /// What is typed cannot be written: why; "" when it can.
    void problemChanged(const QString& sentence);

private:
    void fill();
    void fit();
    void add();
    void removeCurrent();
    void onItemChanged(QTableWidgetItem* item);
    void setProblem(const QString& sentence);

    QTableWidget* m_table;
    QLabel* m_none;
    QToolButton* m_add;
    QToolButton* m_remove;
    QList<QPair<QString, QString>> m_entries;
    QString m_problem;
    bool m_isFilling = false;
};

} // namespace sheaf::ui
