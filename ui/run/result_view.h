// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QPlainTextEdit;
class QPushButton;

namespace sheaf::ui {

class AppContext;

/// job_result.txt of the step in view as it is, with ways to its folders. Owned by the frame; main thread, the file is read in
/// the reading thread.
class ResultView : public QWidget
{
    Q_OBJECT

public:
    explicit ResultView(AppContext& context, QWidget* parent = nullptr);

private:
    void refresh();
    AppContext& m_context;
    QPlainTextEdit* m_text;
    QPushButton* m_logs;
    QPushButton* m_outputs;
};

} // namespace sheaf::ui
