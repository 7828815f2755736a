// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/history_state.h"

#include "ui/state/work_thread.h"
#include "ui/text/convert.h"

namespace sheaf::ui {

namespace {

constexpr int kRefreshMilliseconds = 2000;

bool same(const std::vector<workspace::RunSummary>& a, const std::vector<workspace::RunSummary>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.run == y.run && x.state == y.state && x.interrupted == y.interrupted && x.endedMicros == y.endedMicros
            && x.miniBatches == y.miniBatches && x.miniBatchesFailed == y.miniBatchesFailed && x.message == y.message
            && x.tags == y.tags && x.note == y.note;
    });
}

} // namespace

HistoryState::HistoryState(WorkThread& worker, QObject* parent)
    : QObject(parent)
    , m_worker(worker)
{
    m_timer.setInterval(kRefreshMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &HistoryState::refresh);
}

void HistoryState::setFolder(const QString& folder)
{
    if (folder == m_folder) {
        refresh();
        return;
    }
    m_folder = folder;
    m_loaded = false;
    m_asking = false;
    ++m_question;
    m_runs.clear();
    emit changed();
    if (m_folder.isEmpty()) {
        m_timer.stop();
        return;
    }
    m_timer.start();
    refresh();
}

void HistoryState::refresh()
{
    if (m_folder.isEmpty() || m_asking) {
        return;
    }
    m_asking = true;
    const int question = ++m_question;
    m_worker.ask(
        this, [folder = toPath(m_folder)] { return workspace::Workspace(folder).runs(); },
        [this, question](Result<std::vector<workspace::RunSummary>> runs) {
            if (question != m_question) {
                return;
            }
            m_asking = false;
            if (runs && !same(*runs, m_runs)) {
                m_runs = std::move(*runs);
                emit changed();
            }
            if (!m_loaded) {
                m_loaded = true;
                emit loaded();
            }
        });
}

} // namespace sheaf::ui
