// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/run_state.h"

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/plan/plan_file.h"
#include "core/store/event_store.h"
#include "ui/state/work_thread.h"
#include "ui/text/convert.h"

#include <QFile>

namespace sheaf::ui {

namespace {

constexpr std::size_t kChunk = 4000; // events folded between two paints: some milliseconds
constexpr int kLiveMilliseconds = 80;
constexpr int kQuietMilliseconds = 1000; // a run that is over: only a resume from elsewhere can change it
constexpr double kSampleSeconds = 1.0;
constexpr double kActivitySeconds = 0.4;
constexpr std::uint64_t kLogBytes = 64 * 1024; // of one attempt's output shown with it

QString readRange(const std::filesystem::path& path, std::uint64_t begin, std::uint64_t end)
{
    QFile file(toQt(path));
    if (end <= begin || !file.open(QIODevice::ReadOnly) || !file.seek(static_cast<qint64>(begin))) {
        return {};
    }
    const auto length = std::min<std::uint64_t>(end - begin, kLogBytes);
    return QString::fromUtf8(file.read(static_cast<qint64>(length)));
}

QString logsOf(const runtime::RunDir& dir, const std::string& step, const event::AttemptEnded& attempt)
{
    QString text;
    for (const auto& range : attempt.logs) {
        text += readRange(dir.userLog(step, range.stream, attempt.node, attempt.process), range.begin, range.end);
    }
    return text;
}

} // namespace

/// The reading side of one visit.
struct RunState::Journal {
    runtime::RunDir dir;
    workspace::Workspace workspace;
    std::optional<store::EventStore> store;
    std::uint64_t next = 1;
    std::uint64_t sample = 0;
    double sampled = 0;
    double checked = 0;
    bool active = false;
    bool specRead = false;
};

/// What one poll brings.
struct RunState::Chunk {
    std::vector<event::Event> events;
    std::vector<monitor::NodeSample> samples;
    std::optional<pipeline::RunSpec> spec;
    std::optional<Error> error;
    bool active = false;
    bool more = false;
};

RunState::RunState(WorkThread& reader, WorkThread& worker, QObject* parent)
    : QObject(parent)
    , m_reader(reader)
    , m_worker(worker)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RunState::poll);
}

RunState::~RunState() = default;

void RunState::open(const QString& workspaceFolder, const QString& run)
{
    close();
    ++m_visit;
    m_folder = workspaceFolder;
    const workspace::Workspace space(toPath(workspaceFolder));
    m_dir = space.runDir(toStd(run));
    m_journal = std::make_shared<Journal>(Journal { *m_dir, space, {}, 1, 0, 0, 0, false, false });
    emit opened();
    poll();
}

void RunState::close()
{
    if (!isOpen()) {
        return;
    }
    ++m_visit;
    m_timer.stop();
    m_dir.reset();
    m_spec = {};
    m_picture = {};
    m_samples.clear();
    m_journal.reset();
    m_active = m_loaded = m_stopAsked = false;
    emit closed();
}

QString RunState::run() const
{
    return isOpen() ? toQt(m_dir->name()) : QString();
}

bool RunState::isOver() const
{
    const auto state = m_picture.state();
    return m_picture.lastSequence() > 0 && state != event::RunState::Starting && state != event::RunState::Running;
}

double RunState::elapsedSeconds() const
{
    if (m_picture.startedMicros() == 0) {
        return 0;
    }
    std::int64_t end = m_picture.endedMicros();
    if (!isOver() && m_active) {
        end = wallMicros();
    }
    return static_cast<double>(std::max<std::int64_t>(0, end - m_picture.startedMicros())) / 1e6;
}

std::optional<StepIndex> RunState::stepIndex(const QString& name) const
{
    const std::string wanted = toStd(name);
    for (std::size_t i = 0; i < m_picture.steps().size(); ++i) {
        if (m_picture.steps()[i].name == wanted) {
            return StepIndex(static_cast<std::uint32_t>(i));
        }
    }
    return std::nullopt;
}

const event::StepPicture* RunState::step(const QString& name) const
{
    return isOpen() ? m_picture.step(toStd(name)) : nullptr;
}

const pipeline::StepSpec* RunState::stepSpec(const QString& name) const
{
    const std::string wanted = toStd(name);
    for (const auto& step : m_spec.steps) {
        if (step.name == wanted) {
            return &step;
        }
    }
    return nullptr;
}

QString RunState::errorOf(StepIndex step, MiniBatchIndex miniBatch) const
{
    return step.value < m_picture.steps().size() ? toQt(m_picture.steps()[step.value].errorOf(miniBatch)) : QString();
}

void RunState::poll()
{
    if (!m_journal) {
        return;
    }
    const auto work = [journal = m_journal]() -> Chunk {
        Journal& j = *journal;
        Chunk chunk;
        const double now = monotonicSeconds();
        if (now - j.checked > kActivitySeconds) {
            j.checked = now;
            j.active = j.workspace.isActive(j.dir.name());
        }
        chunk.active = j.active;
        if (!j.specRead) {
            const auto text = paths::readFile(j.dir.spec());
            if (!text) {
                chunk.error = text.error();
                return chunk;
            }
            auto spec = json::deserialize<pipeline::RunSpec>(*text, j.dir.spec().string());
            if (!spec) {
                chunk.error = spec.error();
                return chunk;
            }
            j.specRead = true;
            chunk.spec = std::move(*spec);
        }
        if (!j.store) {
            auto opened = store::EventStore::openForReading(j.dir.database());
            if (!opened) {
                if (opened.error().code != ErrorCode::NotFound) {
                    chunk.error = opened.error();
                }
                return chunk; // nothing has been written yet
            }
            j.store.emplace(std::move(*opened));
        }
        auto events = j.store->readFrom(j.next, kChunk);
        if (!events) {
            chunk.error = events.error();
            return chunk;
        }
        if (!events->empty()) {
            j.next = events->back().sequence + 1;
        }
        chunk.more = events->size() == kChunk;
        chunk.events = std::move(*events);
        if (now - j.sampled > kSampleSeconds) {
            j.sampled = now;
            if (auto samples = j.store->readSamples(j.sample)) {
                chunk.samples = std::move(*samples);
            }
        }
        return chunk;
    };
    m_reader.ask(this, work, [this, visit = m_visit](Chunk chunk) { take(visit, std::move(chunk)); });
}

void RunState::take(int visit, Chunk chunk)
{
    if (visit != m_visit) {
        return;
    }
    if (chunk.spec) {
        m_spec = std::move(*chunk.spec);
        emit opened();
    }
    if (chunk.error && !chunk.active) {
        emit failed(*chunk.error);
        m_loaded = true;
        emit activityChanged();
        return; // a record that cannot be read is not asked for again
    }
    event::ChangeSet changes;
    m_picture.apply(chunk.events, changes);
    const bool firstLoad = !m_loaded && !chunk.more;
    m_loaded = m_loaded || firstLoad;
    setActive(chunk.active);
    if (!changes.isEmpty()) {
        emit changed(changes);
    }
    if (firstLoad) {
        emit activityChanged();
    }
    if (!chunk.samples.empty()) {
        m_samples.insert(m_samples.end(), std::make_move_iterator(chunk.samples.begin()), std::make_move_iterator(chunk.samples.end()));
        emit samplesAdded();
    }
    m_timer.start(chunk.more ? 0 : (m_active ? kLiveMilliseconds : kQuietMilliseconds));
}

void RunState::setActive(bool active)
{
    if (active != m_active) {
        m_active = active;
        m_stopAsked = m_stopAsked && active;
        emit activityChanged();
    }
}

void RunState::start(const QString& workspaceFolder, const workspace::StartRequest& request)
{
    if (m_starting) {
        return;
    }
    m_starting = true;
    emit activityChanged();
    struct Answer {
        Result<void> result;
        workspace::StartOutcome outcome;
    };
    m_worker.ask(
        this,
        [folder = toPath(workspaceFolder), request] {
            workspace::StartOutcome outcome;
            auto result = workspace::Workspace(folder).start(request, outcome);
            return Answer { std::move(result), std::move(outcome) };
        },
        [this, workspaceFolder](const Answer& answer) {
            m_starting = false;
            if (!answer.result) {
                emit activityChanged();
                emit failed(answer.result.error());
                return;
            }
            QStringList remarks;
            for (const auto& text : answer.outcome.warnings) {
                remarks << toQt(text);
            }
            for (const auto& text : answer.outcome.notes) {
                remarks << toQt(text);
            }
            open(workspaceFolder, toQt(answer.outcome.run));
            emit activityChanged();
            emit started(toQt(answer.outcome.run), remarks);
        });
}

void RunState::stop(bool now)
{
    if (!isOpen()) {
        return;
    }
    m_stopAsked = true;
    emit activityChanged();
    m_worker.ask(
        this, [journal = m_journal, name = m_dir->name(), now] { return journal->workspace.stop(name, now); },
        [this](const Result<void>& result) {
            if (!result) {
                m_stopAsked = false;
                emit activityChanged();
                emit failed(result.error());
            }
        });
}

void RunState::resume()
{
    if (!isOpen() || m_starting) {
        return;
    }
    m_starting = true;
    m_stopAsked = false;
    emit activityChanged();
    m_worker.ask(
        this, [journal = m_journal, name = m_dir->name()] { return journal->workspace.resume(name); },
        [this](const Result<void>& result) {
            m_starting = false;
            emit activityChanged();
            if (!result) {
                emit failed(result.error());
                return;
            }
            poll();
        });
}

void RunState::askStory(QObject* guard, StepIndex step, MiniBatchIndex miniBatch, std::function<void(MiniBatchStory)> then)
{
    if (!m_journal || step.value >= m_picture.steps().size()) {
        return;
    }
    const auto work = [journal = m_journal, name = m_picture.steps()[step.value].name, step, miniBatch] {
        MiniBatchStory story;
        if (journal->store) {
            auto events = journal->store->attemptsOf(step, miniBatch);
            if (events) {
                for (auto& event : *events) {
                    if (auto* ended = std::get_if<event::AttemptEnded>(&event.fact)) {
                        story.logs.push_back(logsOf(journal->dir, name, *ended));
                        story.attempts.push_back(std::move(*ended));
                    }
                }
            } else {
                story.error = events.error();
            }
        }
        if (const auto plan = plan::PlanFile::open(journal->dir.plan(name)); plan && miniBatch.value < plan->count()) {
            story.planLine = toQt(plan->line(miniBatch));
        }
        return story;
    };
    m_reader.ask(guard, work, std::move(then));
}

} // namespace sheaf::ui
