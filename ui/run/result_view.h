// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include <map>
#include <memory>
#include <vector>
#endif

#include "ui/state/work_thread.h"

#include <QElapsedTimer>
#include <QSet>
#include <QTimer>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace sheaf::ui {

class AppContext;

/// The files of the step in view (or of all steps) under the names that the service gives them: its log folder with job_result.txt
/// first, and its outputs; the chosen one is shown beside as text, a long one in its first part. Folders and files are read in a
/// thread of its own, anew while the run goes on: outputs, which may be many files, less often than logs. Owned by the frame; main thread.
class ResultView : public QWidget
{
    Q_OBJECT

public:
    explicit ResultView(AppContext& context, QWidget* parent = nullptr);

    /// A file or folder as it was found; the tree is made of these.
    struct Entry {
        QString name;
        QString path; // absolute
        QString logOf; // the step whose log folder it lies in; ""
        QString log; // its path below that folder
        qint64 bytes = -1; // of a file; -1: a folder
        bool isMissing = false; // an output that has not been written
        bool isCut = false; // a folder with more in it than is shown
        std::vector<Entry> entries;

        bool operator==(const Entry&) const = default;
    };

protected:
    void showEvent(QShowEvent* event) override;

private:
    void build();
    void refresh();
    void take(const std::vector<Entry>& roots);
    void addTo(QTreeWidgetItem* parent, const Entry& entry);
    void chooseFirst();
    [[nodiscard]] QTreeWidgetItem* itemOf(const QString& path) const;
    void showChosen();
    void showText(const QString& path, qint64 bytes);
    void openFolder();

    AppContext& m_context;
    std::shared_ptr<std::map<QString, Entry>> m_outputs; // of each step as they were last listed; touched in the thread only
    WorkThread m_thread;
    QTimer m_soon;
    QTreeWidget* m_tree;
    QLabel* m_name;
    QLabel* m_note;
    QPlainTextEdit* m_text;
    QPushButton* m_inLogs;
    QPushButton* m_open;
    QPushButton* m_folder;
    std::vector<Entry> m_roots; // as shown
    QString m_about; // run and steps that they are of
    bool m_asking = false;
    bool m_askAgain = false;
    bool m_outputsWanted = true; // their step has begun or ended, or somebody has come to look
    QElapsedTimer m_outputsAge;
    std::size_t m_stepsOver = 0;
    bool m_chosenByUser = false;
    QString m_shown; // path and size of the file whose text is shown
    int m_question = 0;
};

} // namespace sheaf::ui
