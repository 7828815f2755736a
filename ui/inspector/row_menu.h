// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/inspector/form_model.h"
#endif

#include <QMenu>

namespace sheaf::ui {

/// What more can be done with a row of the form: only what it allows is in it. Asks; does nothing itself. Deletes itself when it is closed;
/// main thread.
class RowMenu : public QMenu
{
    Q_OBJECT

public:
    RowMenu(const FormRow& row, bool hasBindings, QWidget* parent);

signals:
    void bindingAsked();
    void promoteAsked();
    void showAsked(const sheaf::ui::FormPlace& place);
    void moveAsked(const sheaf::ui::FormPlace& place);
    void renameAsked();
    void removeAsked();
    void resetAsked();

private:
    QAction* add(const char* name, const QString& text);
    void addPlaces(const FormRow& row);
};

} // namespace sheaf::ui
