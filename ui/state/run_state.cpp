// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/run_state.h"

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/monitor/sample_history.h"
#include "core/plan/input_bytes.h"
#include "core/plan/plan_file.h"
#include "core/store/event_store.h"
#include "core/triage/run_report.h"
#include "core/workspace/recorded_run.h"
#include "ui/state/work_thread.h"
#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace sheaf::ui {

namespace {

constexpr std::size_t kChunk = 4000; // events folded between two paints: some milliseconds
constexpr WatchPace::Milliseconds kQuiet(1000); // a run that is over: only a resume from elsewhere can change it
constexpr double kSampleSeconds = 1.0;
constexpr double kActivitySeconds = 0.4;
constexpr std::uint64_t kLogBytes = 64 * 1024; // of one attempt's output shown with it
constexpr std::uint64_t kLineBytes = 2048; // looked at for a last line

RunState::TextPart readRange(const std::filesystem::path& path, std::uint64_t begin, std::uint64_t end)
{
    RunState::TextPart part;
    part.bytes = end > begin ? end - begin : 0;
    QFile file(toQt(path));
    if (part.bytes == 0 || !file.open(QIODevice::ReadOnly) || !file.seek(static_cast<qint64>(begin))) {
        return part;
    }
    const QByteArray bytes = file.read(static_cast<qint64>(std::min<std::uint64_t>(part.bytes, kLogBytes)));
    part.text = QString::fromUtf8(bytes);
    part.shown = static_cast<std::uint64_t>(bytes.size());
    return part;
}

/// What an attempt wrote and returned.
void tellTexts(const runtime::RunDir& dir, const std::string& step, const event::AttemptEnded& attempt, RunState::MiniBatchStory& story)
{
    auto& streams = story.streams.emplace_back();
    QString& all = story.logs.emplace_back();
    for (const auto& range : attempt.logs) {
        streams.emplace_back(range.stream, readRange(dir.userLog(step, range.stream, attempt.node, attempt.process), range.begin, range.end));
        all += streams.back().second.text;
    }
    story.rows.push_back(readRange(dir.spool(step), attempt.rowsBegin, attempt.rowsEnd));
}

/// The last line that is not blank in bytes [begin, end) of a file.
QString lastLineIn(const std::filesystem::path& path, std::uint64_t begin, std::uint64_t end)
{
    QFile file(toQt(path));
    if (end <= begin || !file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const std::uint64_t from = end - begin > kLineBytes ? end - kLineBytes : begin;
    if (!file.seek(static_cast<qint64>(from))) {
        return {};
    }
    const QString text = QString::fromUtf8(file.read(static_cast<qint64>(end - from))).trimmed();
    return text.mid(text.lastIndexOf(QLatin1Char('\n')) + 1);
}

/// By the ranges that the run recorded.
QString lastLineOf(const runtime::RunDir& dir, const std::string& step, const event::AttemptEnded& attempt)
{
    for (auto range = attempt.logs.rbegin(); range != attempt.logs.rend(); ++range) {
        const QString line = lastLineIn(dir.userLog(step, range->stream, attempt.node, attempt.process), range->begin, range->end);
        if (!line.isEmpty()) {
            return line;
        }
    }
    return {};
}

/// The end of its process's newest file, when that has grown since it began.
RunState::LastLine lastLineOfRunning(
    const runtime::RunDir& dir, const std::string& step, MiniBatchIndex miniBatch, const event::MiniBatchNow& now)
{
    RunState::LastLine last { miniBatch, {}, 0 };
    std::filesystem::path newest;
    std::uint64_t bytes = 0;
    for (const auto stream : { event::LogStream::Stdout, event::LogStream::Stderr, event::LogStream::EntryScriptLog }) {
        const auto path = dir.userLog(step, stream, now.node, now.process);
        const QFileInfo info(toQt(path));
        const std::int64_t written = info.exists() ? info.lastModified().toMSecsSinceEpoch() * 1000 : 0;
        if (info.size() > 0 && written >= now.startMicros && written > last.micros) {
            newest = path;
            bytes = static_cast<std::uint64_t>(info.size());
            last.micros = written;
        }
    }
    if (bytes > 0) {
        last.line = lastLineIn(newest, 0, bytes);
    }
    return last;
}

} // namespace

/// The reading side of one visit.
struct RunState::Journal {
    runtime::RunDir dir;
    std::optional<workspace::Workspace> workspace; // nullopt: a copy, which belongs to none
    std::optional<store::EventStore> store;
    std::uint64_t next = 1;
    std::uint64_t sample = 0;
    double sampled = 0;
    double checked = 0;
    bool active = false;
    bool specRead = false;
    monitor::SampleHistory samples = monitor::SampleHistory();
    WatchPace::Meter meter {};
};

/// What one poll brings.
struct RunState::Chunk {
    std::vector<event::Event> events;
    std::shared_ptr<const std::vector<monitor::NodeSample>> samples; // all of them; null: no new ones
    std::optional<pipeline::RunSpec> spec;
    std::optional<Error> error;
    WatchPace::Load load {};
    bool isMoved = false; // with `spec`
    bool active = false;
    bool more = false;
};

/// A moment of a run, read and folded.
struct RunState::Moment {
    std::int64_t micros = 0;
    event::RunPicture picture;
    std::vector<event::AttemptLog> attempts;
    std::optional<Error> error;
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
    m_folder = workspaceFolder;
    const workspace::Workspace space(toPath(workspaceFolder));
    openDir(space.runDir(toStd(run)), space);
}

void RunState::openCopy(const QString& runFolder)
{
    close();
    m_folder.clear();
    openDir(runtime::RunDir(toPath(runFolder)), std::nullopt);
}

void RunState::openDir(runtime::RunDir dir, std::optional<workspace::Workspace> workspace)
{
    ++m_visit;
    m_starting = false; // what is on its way is another
    m_dir = std::move(dir);
    m_journal = std::make_shared<Journal>(Journal { *m_dir, std::move(workspace), {}, 1, 0, 0, 0, false, false });
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
    m_isMoved = false;
    m_picture = {};
    m_attempts.clear();
    m_samples = std::make_shared<const std::vector<monitor::NodeSample>>();
    m_journal.reset();
    m_recorded.reset();
    m_replay.reset();
    m_replayWanted.reset();
    m_isAskingMoment = false;
    m_active = m_loaded = m_stopAsked = m_starting = false;
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
    const std::int64_t end = liveMicros() > 0 && !isOver() ? liveMicros() : m_picture.endedMicros();
    return m_picture.workedSeconds(m_picture.startedMicros(), end);
}

std::int64_t RunState::liveMicros() const
{
    if (isReplaying()) {
        return isOver() ? 0 : m_replayMicros;
    }
    return m_active ? wallMicros() : 0;
}

bool RunState::isCopy() const
{
    return isOpen() && (!m_journal->workspace || m_isMoved);
}

bool RunState::mayOpen(const QString& file) const
{
    if (!isCopy()) {
        return true;
    }
    const QString folder = QFileInfo(toQt(m_dir->path())).canonicalFilePath();
    const QString path = QFileInfo(file).canonicalFilePath(); // "" when it is not there
    return !folder.isEmpty() && (path == folder || path.startsWith(folder + QLatin1Char('/')));
}

QString RunState::whyOnlyLooked() const
{
    if (isCopy()) {
        return tr("This is a copy of the run's folder: it can be looked at. To run anything of it, open it in its own workspace, %1.").arg(toQt(m_spec.workspace));
    }
    if (isReplaying()) {
        return tr("The run is shown as it was at %1. Leave the replay to act on it as it is now.").arg(clockText(m_replayMicros));
    }
    return {};
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
            j.active = j.workspace && j.workspace->isActive(j.dir.name());
        }
        chunk.active = j.active;
        if (!j.specRead) {
            auto spec = workspace::readSpec(j.dir);
            if (!spec) {
                chunk.error = spec.error();
                return chunk;
            }
            j.specRead = true;
            chunk.isMoved = workspace::isMoved(j.dir);
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
        chunk.load = j.meter.load(now);
        chunk.more = events->size() == kChunk;
        chunk.events = std::move(*events);
        if (now - j.sampled > kSampleSeconds) {
            j.sampled = now;
            if (auto samples = j.store->readSamples(j.sample); samples && !samples->empty()) {
                for (auto& sample : *samples) {
                    j.samples.add(std::move(sample));
                }
                chunk.samples = std::make_shared<const std::vector<monitor::NodeSample>>(j.samples.samples());
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
        m_isMoved = chunk.isMoved;
        emit opened();
    }
    if (chunk.error && !chunk.active) {
        setActive(false);
        emit failed(*chunk.error);
        m_loaded = true;
        emit activityChanged();
        return; // a record that cannot be read is not asked for again
    }
    if (isReplaying() && (!chunk.events.empty() || chunk.active)) {
        endReplay(); // it goes on
    }
    event::ChangeSet changes;
    m_picture.apply(chunk.events, changes);
    noteAttempts(chunk.events);
    const bool firstLoad = !m_loaded && !chunk.more;
    m_loaded = m_loaded || firstLoad;
    setActive(chunk.active || (m_active && chunk.more)); // its end may be in what is still to be read
    if (!changes.isEmpty()) {
        emit changed(changes);
    }
    if (firstLoad) {
        emit activityChanged();
    }
    if (chunk.samples) {
        m_samples = std::move(chunk.samples);
        emit samplesAdded();
    }
    const auto wait = m_pace.next(chunk.events.size(), chunk.load);
    m_timer.start(chunk.more ? WatchPace::Milliseconds(0) : m_active ? wait : kQuiet);
}

const event::AttemptLog& RunState::attempts(StepIndex step) const
{
    static const event::AttemptLog none;
    return step.value < m_attempts.size() ? m_attempts[step.value] : none;
}

void RunState::noteAttempts(const std::vector<event::Event>& events)
{
    const auto logOf = [this](StepIndex step) -> event::AttemptLog& {
        if (m_attempts.size() <= step.value) {
            m_attempts.resize(step.value + std::size_t { 1 });
        }
        return m_attempts[step.value];
    };
    for (const auto& event : events) {
        if (const auto* ended = std::get_if<event::AttemptEnded>(&event.fact)) {
            logOf(ended->step).add(*ended);
        } else if (const auto* reset = std::get_if<event::StepReset>(&event.fact)) {
            logOf(reset->step) = {};
        }
    }
}

void RunState::replay(std::optional<std::int64_t> micros)
{
    if (!micros) {
        if (isReplaying()) {
            endReplay();
        } else { // an answer that is on its way is not taken any more
            m_replayWanted.reset();
            m_replay.reset();
            m_isAskingMoment = false;
        }
        return;
    }
    const auto state = recorded().state();
    const bool wasOver = recorded().lastSequence() > 0 && state != event::RunState::Starting && state != event::RunState::Running;
    if (!isOpen() || !m_loaded || m_active || m_starting || !wasOver) {
        return;
    }
    m_replayWanted = std::clamp(*micros, recorded().startedMicros(), std::max(recorded().startedMicros(), recorded().endedMicros()));
    if (!m_isAskingMoment) {
        askMoment();
    }
}

void RunState::askMoment()
{
    m_isAskingMoment = true;
    if (!m_replay) {
        m_replay = std::make_shared<workspace::RunReplay>(*m_dir);
    }
    const auto attempts = isReplaying() ? m_recorded->attempts : std::make_shared<const std::vector<event::AttemptLog>>(m_attempts);
    const std::int64_t micros = *std::exchange(m_replayWanted, std::nullopt);
    const auto work = [replay = m_replay, attempts, micros] {
        Moment moment;
        moment.micros = micros;
        auto picture = replay->at(micros);
        if (!picture) {
            moment.error = picture.error();
            return moment;
        }
        moment.picture = std::move(*picture);
        for (const auto& log : *attempts) {
            moment.attempts.push_back(log.until(micros));
        }
        return moment;
    };
    const auto then = [this, visit = m_visit, attempts, asked = m_replay](Moment moment) {
        if (visit != m_visit || asked != m_replay) {
            return; // another run, or the replay was left meanwhile
        }
        m_isAskingMoment = false;
        if (moment.error) {
            emit failed(*moment.error);
            return;
        }
        if (!isReplaying()) {
            m_recorded = std::make_unique<Recorded>(Recorded { m_picture, attempts });
        }
        showMoment(std::move(moment));
        if (m_replayWanted) {
            askMoment();
        }
    };
    m_reader.ask(this, work, then);
}

void RunState::showMoment(Moment moment)
{
    const auto changes = workspace::changesBetween(m_picture, moment.picture);
    m_picture = std::move(moment.picture);
    m_attempts = std::move(moment.attempts);
    m_replayMicros = moment.micros;
    if (!changes.isEmpty()) {
        emit changed(changes);
    }
    emit replayed();
}

/// All that was recorded is in view again.
void RunState::endReplay()
{
    const auto recorded = std::move(m_recorded);
    const auto changes = workspace::changesBetween(m_picture, recorded->picture);
    m_picture = std::move(recorded->picture);
    m_attempts = *recorded->attempts;
    m_replayWanted.reset();
    m_replay.reset(); // an answer that is on its way is not taken any more
    m_isAskingMoment = false;
    m_replayMicros = 0;
    if (!changes.isEmpty()) {
        emit changed(changes);
    }
    emit replayed();
}

std::vector<std::int64_t> RunState::failureMicros() const
{
    std::vector<std::int64_t> moments;
    for (const auto& log : isReplaying() ? *m_recorded->attempts : m_attempts) {
        for (const auto& lane : log.lanes()) {
            for (const auto& bar : lane.bars()) {
                if (bar.isFailed()) {
                    moments.push_back(bar.endMicros());
                }
            }
        }
    }
    std::sort(moments.begin(), moments.end());
    return moments;
}

void RunState::saveReport(const QString& file)
{
    if (!isOpen()) {
        return;
    }
    const auto liveness = m_active ? triage::Liveness::Active : triage::Liveness::Gone;
    m_worker.ask(
        this,
        [dir = *m_dir, liveness, path = toPath(file)]() -> Result<void> {
            const auto run = workspace::readRun(dir);
            return run ? paths::overwriteFile(path, triage::reportHtml(run->spec, run->picture, { wallMicros(), liveness }))
                       : tl::unexpected<Error>(run.error());
        },
        [this, file](const Result<void>& written) {
            if (written) {
                emit reportSaved(file);
            } else {
                emit failed(written.error());
            }
        });
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
        [this, workspaceFolder, visit = m_visit](const Answer& answer) {
            const bool isOurs = visit == m_visit;
            m_starting = m_starting && !isOurs;
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
            if (isOurs) { // else another was opened meanwhile, and stays
                open(workspaceFolder, toQt(answer.outcome.run));
            }
            emit activityChanged();
            emit started(toQt(answer.outcome.run), remarks);
        });
}

void RunState::stop(bool now)
{
    if (!isOpen() || !whyOnlyLooked().isEmpty()) {
        return;
    }
    m_stopAsked = true;
    emit activityChanged();
    m_worker.ask(
        this, [space = *m_journal->workspace, name = m_dir->name(), now] { return space.stop(name, now); },
        [this, visit = m_visit](const Result<void>& result) {
            if (!result) {
                m_stopAsked = m_stopAsked && visit != m_visit;
                emit activityChanged();
                emit failed(result.error());
            }
        });
}

void RunState::resume()
{
    if (isOpen() && whyOnlyLooked().isEmpty()) {
        startAgain([space = *m_journal->workspace, name = m_dir->name()] { return space.resume(name); });
    }
}

bool RunState::repair(const runtime::RepairRequest& request, bool currentCode)
{
    return isOpen() && whyOnlyLooked().isEmpty() && startAgain([space = *m_journal->workspace, name = m_dir->name(), request, currentCode] {
        return workspace::repair(space, name, request, currentCode);
    });
}

/// `verb` has the open run go on, in the work thread.
bool RunState::startAgain(std::function<Result<void>()> verb)
{
    if (m_starting) {
        emit failed({ ErrorCode::RunActive, { { "run", m_dir->name() } } });
        return false;
    }
    m_starting = true;
    m_stopAsked = false;
    emit activityChanged();
    m_worker.ask(this, std::move(verb), [this, visit = m_visit](const Result<void>& result) {
        if (visit == m_visit) {
            m_starting = false;
            emit activityChanged();
        }
        if (!result) {
            emit failed(result.error());
        } else if (visit == m_visit) {
            poll();
        }
    });
    return true;
}

void RunState::askCodeDifference(
    QObject* guard, const QString& step, std::function<void(const Result<workspace::CodeDifference>&)> then)
{
    const event::StepPicture* picture = this->step(step);
    const pipeline::StepSpec* spec = stepSpec(step);
    if (!isOpen() || picture == nullptr || spec == nullptr) {
        return;
    }
    event::StepPicture brief; // all that is asked of it
    brief.codes = picture->codes;
    m_worker.ask(
        guard, [spec = *spec, dir = *m_dir, brief] { return workspace::codeDifference(spec, dir, brief); }, std::move(then));
}

void RunState::askStory(QObject* guard, StepIndex step, MiniBatchIndex miniBatch, std::function<void(MiniBatchStory)> then)
{
    if (!m_journal || step.value >= m_picture.steps().size()) {
        return;
    }
    const auto work = [journal = m_journal, name = m_picture.steps()[step.value].name, step, miniBatch, last = m_picture.lastSequence(),
                          isMoment = isReplaying()] {
        MiniBatchStory story;
        if (journal->store) {
            auto events = journal->store->attemptsOf(step, miniBatch);
            if (events) {
                for (auto& event : *events) {
                    if (isMoment && event.sequence > last) {
                        break; // not yet
                    }
                    if (auto* ended = std::get_if<event::AttemptEnded>(&event.fact)) {
                        tellTexts(journal->dir, name, *ended, story);
                        story.attempts.push_back(std::move(*ended));
                    }
                }
            } else {
                story.error = events.error();
            }
        }
        if (const auto plan = plan::PlanFile::open(journal->dir.plan(name)); plan && miniBatch.value < plan->count()) {
            story.line = plan->line(miniBatch);
            story.planLine = toQt(story.line);
            story.plan = std::make_shared<const plan::PlanHeader>(plan->header());
        }
        return story;
    };
    m_reader.ask(guard, work, std::move(then));
}

void RunState::askLastLines(QObject* guard, StepIndex step, const std::vector<MiniBatchIndex>& miniBatches, std::function<void(std::vector<LastLine>)> then)
{
    if (!m_journal || step.value >= m_picture.steps().size()) {
        return;
    }
    const event::StepPicture& picture = m_picture.steps()[step.value];
    std::vector<std::pair<MiniBatchIndex, event::MiniBatchNow>> asked;
    for (const MiniBatchIndex one : miniBatches) {
        if (one.value < picture.miniBatches.size()) {
            asked.emplace_back(one, picture.miniBatches[one.value]);
        }
    }
    const auto work = [journal = m_journal, name = picture.name, asked = std::move(asked)] {
        std::vector<LastLine> lines;
        for (const auto& [miniBatch, now] : asked) {
            if (now.state == event::MiniBatchState::Running) {
                lines.push_back(lastLineOfRunning(journal->dir, name, miniBatch, now));
            } else if (now.lastEvent != 0 && journal->store) {
                const auto event = journal->store->read(now.lastEvent);
                const auto* ended = event ? std::get_if<event::AttemptEnded>(&event->fact) : nullptr;
                lines.push_back({ miniBatch, ended != nullptr ? lastLineOf(journal->dir, name, *ended) : QString(), 0 });
            }
        }
        return lines;
    };
    m_reader.ask(guard, work, std::move(then));
}

void RunState::askInputBytes(QObject* guard, StepIndex step, std::function<void(std::vector<std::uint64_t>)> then)
{
    if (!m_journal || step.value >= m_picture.steps().size()) {
        return;
    }
    const auto work = [folder = m_journal->dir.plan(m_picture.steps()[step.value].name)] {
        const auto plan = plan::PlanFile::open(folder);
        return plan ? plan::inputBytesOf(*plan) : std::vector<std::uint64_t>();
    };
    m_worker.ask(guard, work, std::move(then));
}

} // namespace sheaf::ui
