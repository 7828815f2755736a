// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/inspector/field_editor.h"
#include "ui/inspector/form_model.h"
#endif

#include <QStringList>
#include <QWidget>

class QGridLayout;
class QLabel;
class QToolButton;

namespace sheaf::ui {

class ElidedLabel;

/// One row of the form: mark, label, editor, reset, menu; below them where the value comes from and what is wrong with it. Owned by its
/// section; main thread.
class FormRowView : public QWidget
{
    Q_OBJECT

public:
    FormRowView(const FormRow& row, QWidget* parent);
    /// Another state of the same row. False: it needs another editor, so another view.
    bool setRow(const FormRow& row);
    /// Width of the column of labels that all rows share, indentation included.
    void setLabelWidth(int width);
    /// The row has rows of its own to show.
    void setUnfolds(bool unfolds, bool isUnfolded);
    /// What was refused; "" takes it back.
    void setRefusal(const QString& sentence);

    [[nodiscard]] FieldEditor* editor() const { return m_editor; }
    /// What Tab visits, in order.
    [[nodiscard]] QList<QWidget*> tabWidgets() const;
    [[nodiscard]] const std::string& id() const { return m_id; }
    /// What the column has to be for the whole label.
    [[nodiscard]] static int wantedLabelWidth(const FormRow& row, const QFontMetrics& metrics);

signals:
    void resetAsked();
    void menuAsked(const QPoint& at);
    void unfoldAsked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void tell(const QString& origin);

    std::string m_id;
    bool m_isChanged = false;
    bool m_isChild = false;
    QString m_problem; // of what is being typed
    QString m_refusal; // stays until something else is written
    QStringList m_state; // of whom and what is shown
    QString m_finding; // of what is written
    bool m_findingIsError = false;
    QString m_origin;
    QGridLayout* m_grid;
    QToolButton* m_unfold = nullptr;
    ElidedLabel* m_label;
    FieldEditor* m_editor;
    QToolButton* m_reset;
    QToolButton* m_menu;
    QLabel* m_note = nullptr; // made when there is something to say
};

} // namespace sheaf::ui
