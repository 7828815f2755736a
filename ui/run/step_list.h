// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QListWidget>

namespace sheaf::event {
struct StepPicture;
}

namespace sheaf::ui {

class AppContext;

/// The steps of the open run, each with its state, how far it is and what failed; before them the whole run. What is chosen is
/// SelectionState's step. Owned by the frame; main thread. Draws what RunState tells.
class StepList : public QListWidget
{
    Q_OBJECT

public:
    explicit StepList(AppContext& context, QWidget* parent = nullptr);

private:
    void refresh();
    void fill(QListWidgetItem& item, const event::StepPicture* step) const;
    AppContext& m_context;
};

} // namespace sheaf::ui
