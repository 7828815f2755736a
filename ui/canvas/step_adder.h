// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QFrame>
#include <QVector>

class QLineEdit;
class QListWidget;

namespace sheaf::ui {

/// One thing that can be added, as the list shows it.
struct AdderItem {
    QString id;
    QString title;
    QString description;
    QString icon;
};

/// A small list at the cursor: type some letters of a name, Enter takes the first. Shown as a popup; says chosen() or closes without.
/// Owned by the canvas panel.
class StepAdder : public QFrame
{
    Q_OBJECT

public:
    explicit StepAdder(QWidget* parent = nullptr);
    /// `items` in the order of preference.
    void open(const QVector<AdderItem>& items, const QString& title, QPoint globalPosition);

signals:
    void chosen(const QString& id);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void refill();
    void take();

    QVector<AdderItem> m_items;
    QLineEdit* m_line;
    QListWidget* m_list;
};

/// How well the letters of `typed` are found in `text`, in their order: higher is better, -1 not at all.
[[nodiscard]] int fuzzyScore(const QString& typed, const QString& text);

} // namespace sheaf::ui
