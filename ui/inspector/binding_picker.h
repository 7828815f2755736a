// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/inspector/form_model.h"

#include <vector>
#endif

#include <QFrame>

class QLineEdit;
class QListWidget;

namespace sheaf::ui {

/// A small list of the expressions that may stand in a place: typing narrows it, Enter takes the chosen one, Escape closes. Deletes itself
/// when it is closed; main thread.
class BindingPicker : public QFrame
{
    Q_OBJECT

public:
    BindingPicker(std::vector<FormModel::Binding> bindings, QWidget* parent);
    void popup(const QPoint& at);

signals:
    void chosen(const QString& expression);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fill();
    void take();

    std::vector<FormModel::Binding> m_bindings;
    QLineEdit* m_filter;
    QListWidget* m_list;
};

} // namespace sheaf::ui
