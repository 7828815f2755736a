// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/history_state.h"

#include "core/workspace/recorded_run.h"
#include "ui/state/run_state.h"
#include "ui/state/work_thread.h"
#include "ui/text/convert.h"

#include <algorithm>

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

HistoryState::HistoryState(WorkThread& reader, WorkThread& worker, const RunState& open, QObject* parent)
    : QObject(parent)
    , m_reader(reader)
    , m_worker(worker)
    , m_open(open)
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
    m_lister = std::make_shared<workspace::RunLister>(workspace::Workspace(toPath(folder)));
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

std::string HistoryState::followed() const
{
    return m_open.isOpen() && m_open.isLoaded() && m_open.workspaceFolder() == m_folder ? toStd(m_open.run()) : std::string();
}

void HistoryState::refresh()
{
    if (m_folder.isEmpty() || m_asking) {
        return;
    }
    m_asking = true;
    const int question = ++m_question;
    m_reader.ask(
        this, [lister = m_lister, followed = followed()] { return lister->list(followed); },
        [this, question, followed = followed()](Result<std::vector<workspace::RunSummary>> runs) {
            if (question != m_question) {
                return;
            }
            m_asking = false;
            if (followed != this->followed()) {
                refresh(); // another run was opened meanwhile
                return;
            }
            for (auto& summary : runs ? *runs : std::vector<workspace::RunSummary>()) {
                if (summary.run == followed) {
                    workspace::summarize(summary, m_open.recorded(), m_open.isActive());
                }
            }
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

const workspace::RunSummary* HistoryState::find(const QString& run) const
{
    const auto found = std::find_if(m_runs.begin(), m_runs.end(), [name = toStd(run)](const auto& summary) { return summary.run == name; });
    return found == m_runs.end() ? nullptr : &*found;
}

bool HistoryState::isActive(const workspace::RunSummary& run)
{
    return (run.state == event::RunState::Running || run.state == event::RunState::Starting) && !run.interrupted;
}

void HistoryState::setLabels(const QString& run, const QStringList& tags, const QString& note)
{
    workspace::RunLabels labels;
    for (const QString& tag : tags) {
        labels.tags.push_back(toStd(tag));
    }
    labels.note = toStd(note);
    m_worker.ask(
        this, [folder = toPath(m_folder), name = toStd(run), labels] { return workspace::setLabels(workspace::Workspace(folder), name, labels); },
        [this](const Result<void>& kept) {
            if (!kept) {
                emit failed(kept.error());
            }
            refresh();
        });
}

void HistoryState::askSize(QObject* guard, const QStringList& runs, std::function<void(workspace::RunSize)> then)
{
    const auto work = [folder = toPath(m_folder), runs] {
        workspace::RunSize all;
        for (const QString& run : runs) {
            const auto size = workspace::sizeOf(workspace::Workspace(folder), toStd(run));
            all.bytes += size.bytes;
            all.files += size.files;
        }
        return all;
    };
    m_worker.ask(guard, work, std::move(then));
}

void HistoryState::remove(const QStringList& runs)
{
    struct Answer {
        QStringList gone;
        std::vector<Error> errors;
    };
    const auto work = [folder = toPath(m_folder), runs] {
        Answer answer;
        for (const QString& run : runs) {
            if (const auto removed = workspace::removeRun(workspace::Workspace(folder), toStd(run))) {
                answer.gone << run;
            } else {
                answer.errors.push_back(removed.error());
            }
        }
        return answer;
    };
    m_worker.ask(this, work, [this](const Answer& answer) {
        for (const auto& error : answer.errors) {
            emit failed(error);
        }
        emit removed(answer.gone);
        refresh();
    });
}

void HistoryState::askComparison(
    QObject* guard, const QString& firstFolder, const QString& secondFolder, std::function<void(const Result<Comparison>&)> then)
{
    const auto work = [first = toPath(firstFolder), second = toPath(secondFolder)]() -> Result<Comparison> {
        const auto one = workspace::readRun(runtime::RunDir(first));
        if (!one) {
            return tl::unexpected<Error>(one.error());
        }
        const auto other = workspace::readRun(runtime::RunDir(second));
        if (!other) {
            return tl::unexpected<Error>(other.error());
        }
        return Comparison { triage::compareRuns({ one->spec, one->picture }, { other->spec, other->picture }), workspace::codeBetween(*one, *other),
            one->picture.state(), other->picture.state() };
    };
    m_worker.ask(guard, work, std::move(then));
}

} // namespace sheaf::ui
