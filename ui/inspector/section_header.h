// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QAbstractButton>

namespace sheaf::ui {

/// The title of a group of the form; checked: open. Space and Enter turn it, Right opens, Left closes. Owned by the form; main thread.
class SectionHeader : public QAbstractButton
{
    Q_OBJECT

public:
    SectionHeader(const QString& title, QWidget* parent);
    /// A word at the right: "2 changed".
    void setNote(const QString& note, bool isTrouble);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QString m_note;
    bool m_isTrouble = false;
};

} // namespace sheaf::ui
