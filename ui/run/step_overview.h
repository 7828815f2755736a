// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/event/change_set.h"
#endif

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QTreeWidget;

namespace sheaf::ui {

class AppContext;
class ProgressStrip;
class StateBadge;

/// What happens in the step in view, on one page: state, sentence, progress, counts, speed, and its failures by kind with the
/// first traceback of each. Owned by the frame; main thread. Draws what RunState tells.
class StepOverview : public QWidget
{
    Q_OBJECT

public:
    explicit StepOverview(AppContext& context, QWidget* parent = nullptr);

private:
    void refresh();
    void refreshFailures();
    void showTraceback();
    AppContext& m_context;
    StateBadge* m_badge;
    QLabel* m_sentence;
    ProgressStrip* m_strip;
    QLabel* m_counts;
    QLabel* m_figures;
    QLabel* m_failuresTitle;
    QTreeWidget* m_failures;
    QPlainTextEdit* m_traceback;
};

} // namespace sheaf::ui
