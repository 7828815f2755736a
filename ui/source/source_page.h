// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QLabel;

namespace sheaf::ui {

class CodeEditor;
class DocumentState;
class FindBar;

/// One file in a tab: a notice when there is one, the text, and find. Owned by the panel; main thread.
class SourcePage : public QWidget
{
    Q_OBJECT

public:
    SourcePage(DocumentState& document, const QString& file, QWidget* parent = nullptr);
    [[nodiscard]] CodeEditor& editor() const { return *m_editor; }

private:
    QLabel* m_notice;
    CodeEditor* m_editor;
    FindBar* m_find;
};

} // namespace sheaf::ui
