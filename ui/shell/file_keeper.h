// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/widgets/message_bar.h"

#include <QObject>

class QWidget;

namespace sheaf::ui {

class AppContext;

/// New, open, save and leave, with the questions that go with them: unsaved changes, drafts of a session that was killed, files that another
/// program wrote. Owned by the main window; main thread.
class FileKeeper : public QObject
{
    Q_OBJECT

public:
    FileKeeper(AppContext& context, MessageBar* message, QWidget* window);

    /// Asks where, and makes a pipeline file without steps.
    void askNew();
    /// The same without the question; false when it cannot be written (said).
    bool createPipeline(const QString& file);
    void askOpen();
    /// A sample is copied to a folder of the user's choosing, then opened.
    void askSample(const QString& folder);
    void copySample(const QString& folder, const QString& place);
    /// False: not all is saved, and why is said or asked, with the keyboard on the question.
    bool save();
    void askSaveAs();
    /// The same without the question where; what was written is open then.
    bool saveAs(const QString& file);
    /// What is not saved is asked about; false: stay.
    bool mayLeave();

signals:
    void openRequested(const QString& file);

private:
    void offerDraft();
    void askConflict(const QString& file);
    [[nodiscard]] MessageBar::Question conflictQuestion(const QString& file, bool isInTheWay);
    void insistOnConflict();

    AppContext& m_context;
    MessageBar* m_message;
    QWidget* m_window;
};

} // namespace sheaf::ui
