// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/row_menu.h"

#include "core/spec/expression.h"
#include "ui/text/convert.h"

#include <QFileInfo>

namespace sheaf::ui {

namespace {

constexpr int kMostValue = 40; // characters of the default

QString shortened(const QString& value)
{
    const QString line = value.simplified();
    return line.size() <= kMostValue ? line : line.left(kMostValue) + QStringLiteral("…");
}

/// A value of one step that stands in the pipeline file as it is.
bool isPromotable(const FormRow& row)
{
    const FormCell& cell = row.cell();
    return !cell.step.empty() && cell.isWritten && cell.place.origin == FormOrigin::Pipeline && cell.place.flag.empty() && row.field->type != spec::FieldType::Reference
        && !spec::hasExpression(cell.text) && (row.kind != FormRow::Kind::Port || row.isInput()) && row.parent.empty();
}

} // namespace

RowMenu::RowMenu(const FormRow& row, bool hasBindings, QWidget* parent)
    : QMenu(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("form.menu"));
    const FormCell& cell = row.cell();
    const bool isOne = row.cells.size() == 1;
    const bool isTyped = row.kind != FormRow::Kind::Note && row.kind != FormRow::Kind::StepName && row.field->type != spec::FieldType::TextMap;
    if (isOne && isTyped && hasBindings) {
        connect(add("binding", tr("Binding…")), &QAction::triggered, this, &RowMenu::bindingAsked);
    }
    if (isOne && isTyped && isPromotable(row)) {
        connect(add("promote", tr("Promote to pipeline input…")), &QAction::triggered, this, &RowMenu::promoteAsked);
    }
    if (isOne && cell.isWritten) {
        connect(add("show", tr("Show in file")), &QAction::triggered, this, [this, place = cell.place] { emit showAsked(place); });
    }
    if (isOne) {
        addPlaces(row);
    }
    if (row.kind == FormRow::Kind::Port) {
        addSeparator();
        if (isOne) {
            connect(add("rename", tr("Rename…")), &QAction::triggered, this, &RowMenu::renameAsked);
        }
        connect(add("remove", row.isInput() ? tr("Remove input") : tr("Remove output")), &QAction::triggered, this, &RowMenu::removeAsked);
    }
    if (row.canReset()) {
        addSeparator();
        connect(add("reset", row.defaultText.isEmpty() ? tr("Reset") : tr("Reset to %1").arg(shortened(row.defaultText))), &QAction::triggered, this, &RowMenu::resetAsked);
    }
    if (isEmpty()) {
        addAction(tr("Nothing more to do with it"))->setEnabled(false);
    }
}

QAction* RowMenu::add(const char* name, const QString& text)
{
    QAction* action = addAction(text);
    action->setObjectName(QStringLiteral("form.menu.") + QLatin1String(name));
    return action;
}

/// Where the value may be written instead.
void RowMenu::addPlaces(const FormRow& row)
{
    const FormCell& cell = row.cell();
    if (cell.places.size() < 2 || !cell.isWritten || cell.isElsewhere) {
        return;
    }
    addSeparator();
    for (const FormPlace& place : cell.places) {
        const QString file = QFileInfo(toQt(place.file)).fileName();
        const QString words = place.origin == FormOrigin::Flag || !place.flag.empty() ? tr("Write it as --%1").arg(toQt(place.flag))
            : place.origin == FormOrigin::Component                                  ? tr("Write it in the component (%1)").arg(file)
                                                                                     : tr("Write it here, for this step only (%1)").arg(file);
        QAction* action = add("place", words);
        action->setObjectName(QStringLiteral("form.menu.place.%1").arg(static_cast<int>(place.origin)));
        action->setCheckable(true);
        action->setChecked(place.file == cell.place.file && place.path == cell.place.path && place.flag == cell.place.flag);
        connect(action, &QAction::triggered, this, [this, place] { emit moveAsked(place); });
    }
}

} // namespace sheaf::ui
