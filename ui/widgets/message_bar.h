// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QFrame>
#include <QVector>

#include <functional>
#include <optional>

class QLabel;
class QHBoxLayout;
class QPushButton;

namespace sheaf::ui {

/// A sentence and its fix across the top of the window: for what went wrong or is worth knowing, and for questions. Stays until closed or
/// replaced; takes the focus only when it is told to insist.
class MessageBar : public QFrame
{
    Q_OBJECT

public:
    enum class Kind { Note, Warning, Error };
    explicit MessageBar(QWidget* parent = nullptr);
    /// Takes the place of the last message. Under a question it is shown below its words, and stays when that is answered.
    void showMessage(Kind kind, const QString& sentence, const QString& fix = {});
    struct Choice {
        QString id; // object name of the button
        QString text;
        std::function<void()> does;
    };
    struct Question {
        QString key; // what it is about; a later one about the same takes its place
        Kind kind = Kind::Warning;
        QString sentence;
        QString fix;
        QVector<Choice> choices; // pressing one answers it
    };
    /// A message with buttons. Stays until it is answered, closed or withdrawn; further questions wait behind it.
    void ask(const Question& question);
    /// Asks before all others, and gives the first choice the keyboard: somebody wants something that waits for the answer.
    void insist(const Question& question);
    /// There is nothing to ask about any more.
    void withdraw(const QString& key);
    /// Closes what is in view: the question, else the message.
    void dismiss();
    /// Takes the message away; what is asked stays.
    void clearMessage();
    /// Takes everything away: it was about a file that is no longer open.
    void clear();
    [[nodiscard]] QString sentence() const;
    [[nodiscard]] bool isAsking() const { return !m_questions.isEmpty(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Message {
        Kind kind = Kind::Note;
        QString sentence;
        QString fix;
    };
    void refresh();
    void showChoices();
    void answer(const QString& choice);

    std::optional<Message> m_message;
    QVector<Question> m_questions; // the first is in view
    Kind m_kind = Kind::Note;
    QLabel* m_sentence;
    QLabel* m_fix;
    QLabel* m_beside; // the message under a question
    QPushButton* m_close;
    QHBoxLayout* m_choices;
    QString m_shown; // which question the choices are of
};

} // namespace sheaf::ui
