// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QLabel;

namespace sheaf::ui {

/// What an empty place says: an icon, a title, and a sentence that helps.
class EmptyHint : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyHint(const QString& iconName, QWidget* parent = nullptr);
    void setWords(const QString& title, const QString& text);
    void setIconName(const QString& name);
    [[nodiscard]] QString title() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void fit();

    QString m_icon;
    QLabel* m_title;
    QLabel* m_text;
};

} // namespace sheaf::ui
