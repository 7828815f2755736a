// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;

namespace sheaf::ui {

class CodeEditor;

/// Find and replace in one editor: below its text, opened with Ctrl+F, closed with Escape. Owned by the page; main thread.
class FindBar : public QWidget
{
    Q_OBJECT

public:
    explicit FindBar(CodeEditor& editor, QWidget* parent = nullptr);
    /// Shows it with what is selected in the text.
    void open();
    void close();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QToolButton* button(const QString& id, const QString& text, const QString& iconName);
    void find(bool isBackwards);
    void count();

    CodeEditor& m_editor;
    QLineEdit* m_words;
    QLineEdit* m_with;
    QLabel* m_count;
    QToolButton* m_case;
    QToolButton* m_replace;
    QToolButton* m_all;
    QTimer m_recount;
};

} // namespace sheaf::ui
