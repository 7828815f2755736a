// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QFrame>
#include <QVector>

#include <functional>

class QLabel;
class QHBoxLayout;
class QPushButton;

namespace sheaf::ui {

/// A sentence and its fix across the top of the window: for what went wrong or is worth knowing. Stays until closed or
/// replaced; never takes the focus away.
class MessageBar : public QFrame
{
    Q_OBJECT

public:
    enum class Kind { Note, Warning, Error };
    explicit MessageBar(QWidget* parent = nullptr);
    void showMessage(Kind kind, const QString& sentence, const QString& fix = {});
    /// A message with buttons; pressing one closes it. What is asked stays until it is answered or closed: messages wait behind it.
    struct Choice {
        QString id; // object name of the button
        QString text;
        std::function<void()> does;
    };
    void ask(Kind kind, const QString& sentence, const QString& fix, const QVector<Choice>& choices);
    void dismiss();
    [[nodiscard]] QString sentence() const;
    [[nodiscard]] bool isAsking() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    Kind m_kind = Kind::Note;
    QLabel* m_sentence;
    QLabel* m_fix;
    QPushButton* m_close;
    QHBoxLayout* m_choices;
};

} // namespace sheaf::ui
