// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "ui/state/log_state.h"
#include "ui/state/work_thread.h"

#include <QHash>
#include <QTimer>
#include <QWidget>

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/logs/line_index.h"
#include "core/logs/line_set.h"
#include "core/logs/log_merger.h"
#include "core/logs/log_query.h"
#include "ui/logs/log_rows.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>
#endif

class QComboBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace sheaf::ui {

class AppContext;
class ElidedLabel;
class LogView;

/// The log files of the run: which one, or all of a step or of the run in one order of time; a filter, a search, bookmarks, and the way from a
/// line to its mini-batch and its moment. A file is on screen before it has been read; reading, merging and searching go on in two threads of its
/// own, in turns, and never stop the window or the reading of the run. Owned by the frame; main thread.
class LogPanel : public QWidget
{
    Q_OBJECT

public:
    explicit LogPanel(AppContext& context, QWidget* parent = nullptr);
    ~LogPanel() override;
    [[nodiscard]] LogView* view() const { return m_view; }
    /// The file in view, or "" when it is several.
    [[nodiscard]] QString file() const;
    /// Everything has been read and looked at up to now.
    [[nodiscard]] bool isQuiet() const;
    /// Lines that the filter lets through or all, and hits of the search, as far as known.
    [[nodiscard]] std::uint64_t hitCount() const { return m_search.found.size(); }

    /// How the lines of several files are put in order, for people.
    [[nodiscard]] static QString orderRule();

protected:
    void showEvent(QShowEvent* event) override;

private:
    struct LogFile {
        QString step;
        QString path; // below the step's log folder
        bool operator==(const LogFile&) const = default;
    };
    /// A question and what has been found so far.
    struct Sought {
        std::optional<logs::LogQuery> query;
        logs::LineSet found; // positions of LogRows
        std::uint64_t at = 0; // looked at up to here
        std::uint64_t asked = 0; // … and nothing more was there when this was the end
        std::uint64_t turn = 0; // how much the next turn looks at
        int generation = 0;
        bool running = false;
        bool isFull = false; // more is not kept
        std::stop_source stop;
    };

    void build();
    void connectParts();
    void listFiles();
    void listSoon();
    void forgetWanted();
    void onListed(std::vector<LogFile> files);
    void fillNodes();
    void fillFiles();
    void openChosen();
    void showPlace(const QString& file, qint64 offset);
    void showAwaited();
    void readMore();
    void readIndex();
    void extendIndex();
    void takeIndex(logs::LineIndex index);
    void merge();
    [[nodiscard]] bool areFilesListed();
    void grow();
    void startMerging();
    void countErrors();
    [[nodiscard]] bool isGrowing() const;

    void ask(QLineEdit* edit, Sought& sought);
    void askFilter();
    void askSearch();
    void seekMore(Sought& sought);
    void takeFound(Sought& sought, const std::vector<std::uint64_t>& lines, std::uint64_t end, bool atEnd);
    void forgetFound();
    void goToHit(bool backward);
    [[nodiscard]] std::optional<std::uint64_t> hitAfter(bool backward) const;

    [[nodiscard]] const LogFile* fileOf(const ShownLine& line) const;
    [[nodiscard]] std::optional<logs::AttemptRange> rangeOf(const ShownLine& line) const;
    [[nodiscard]] std::int64_t timeOf(const ShownLine& line) const;
    void onMarked();
    void openMiniBatch();
    void goToTime(qint64 micros);
    void goToLine();
    void showMenu(const QPoint& place);
    void updateWords();
    void tell(const QString& text);

    AppContext& m_context;
    WorkThread m_reader; // of files: index, merging, listing
    WorkThread m_searcher;
    LogState m_logs;
    QComboBox* m_nodes;
    QComboBox* m_picker;
    QLineEdit* m_filterEdit;
    QLineEdit* m_find;
    QToolButton* m_regular;
    QToolButton* m_previous;
    QToolButton* m_next;
    QToolButton* m_times;
    QToolButton* m_follow;
    QLabel* m_found;
    QLabel* m_problem; // what is wrong with a question
    QLabel* m_happened; // to the file in view
    QLabel* m_count;
    ElidedLabel* m_about; // the marked line
    QToolButton* m_toBatch;
    LogView* m_view;
    QTimer m_timer;
    QTimer m_typed; // a question is asked when typing pauses

    std::vector<LogFile> m_files; // of the run
    QString m_source; // what is in view: its key in the picker, with its step
    QString m_folder; // of the file in view
    std::vector<LogFile> m_shown; // what is in view, by number of LogRows
    QHash<QString, bool> m_followed; // by source: each keeps its own
    int m_generation = 0; // of what is in view: answers about another are too late
    logs::LineIndex m_index;
    LogRows m_rows;
    std::shared_ptr<logs::LogMerger> m_merger; // touched in the reader's thread only
    logs::MergedRows m_merged;
    std::size_t m_parcelsGiven = 0; // of ranges, to the merger
    std::vector<std::int64_t> m_rowFiles; // by number of LogState: the number of LogRows; kNotListed, kNotShown
    std::size_t m_filesListedFor = 0; // how many files of LogState there were when files were listed for them
    std::size_t m_stepsOver = 0;
    bool m_reading = false;
    bool m_listing = false;
    bool m_listStale = true; // there may be other files than those listed
    QTimer m_listPause; // after a listing that changes of the run led to
    Sought m_filter;
    Sought m_search;
    int m_wantedHit = 0; // go to the next (1) or previous (-1) as soon as there is one
    std::uint64_t m_errorsAt = 0; // errors are counted up to here
    std::uint64_t m_errors = 0;
    bool m_counting = false;
    std::stop_source m_counter;
    std::optional<LogFile> m_wanted; // asked for before it was listed
    qint64 m_wantedOffset = -1;
    qint64 m_awaitedOffset = -1; // of the file in view, until it is there
    bool m_isChosen = false; // by the user
    bool m_settingTime = false;
    QString m_told;
};

} // namespace sheaf::ui
