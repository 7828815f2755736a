// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QPushButton;

namespace sheaf::ui {

class EmptyHint;

/// In place of the fields of steps that are disabled: says so, and offers to enable them. Asks; enables nothing itself. Owned by the form.
class DisabledNote : public QWidget
{
    Q_OBJECT

public:
    explicit DisabledNote(QWidget* parent);
    void setSteps(const QStringList& steps);
    /// Why they could not be enabled.
    void setRefusal(const QString& sentence);

signals:
    void enableAsked(const QStringList& steps);

private:
    QStringList m_steps;
    EmptyHint* m_hint;
    QPushButton* m_enable;
};

} // namespace sheaf::ui
