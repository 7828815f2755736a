// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QStringList>
#include <QTextBrowser>

namespace sheaf::ui {

/// A Python traceback: frames of the user's own code are strong and links, all others dim, what was raised is in the colour of failure.
/// Tab walks from link to link. Knows nothing of runs: who shows it says which folders are the user's. Main thread.
class TracebackView : public QTextBrowser
{
    Q_OBJECT

public:
    explicit TracebackView(QWidget* parent = nullptr);
    /// Folders, each ending with /, whose files are the user's; their part of a path is not shown.
    void setUserFolders(const QStringList& folders);
    void setTraceback(const QString& text);
    [[nodiscard]] const QString& traceback() const { return m_text; }
    /// As high as its lines, up to a number of them.
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    void placeActivated(const QString& file, int line);

protected:
    void changeEvent(QEvent* event) override;

private:
    void build();
    [[nodiscard]] QString ownPart(const QString& file) const;
    QString m_text;
    QStringList m_folders;
    int m_lines = 0;
};

} // namespace sheaf::ui
