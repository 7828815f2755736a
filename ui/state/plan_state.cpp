// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/plan_state.h"

#include "core/base/clock.h"
#include "core/pipeline/plan_request.h"
#include "core/workspace/interpreter.h"
#include "ui/state/outside_changes.h"
#include "ui/state/work_thread.h"
#include "ui/text/convert.h"

#include <QDateTime>
#include <QFileInfo>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <set>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace sheaf::ui {

namespace {

/// How often the main thread hears of a plan that is growing.
constexpr int kDrainMilliseconds = 50;
constexpr double kSecondsBetweenBatches = kDrainMilliseconds / 1000.0;
/// Who goes through the list with the arrow keys does not want an interpreter started for every row.
constexpr int kPreviewMilliseconds = 150;

pipeline::Machine thisMachine()
{
    return { static_cast<int>(std::max(1U, std::thread::hardware_concurrency())),
        static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE)) };
}

/// Only asked of Parquet, so it is not looked up what it really is.
std::string usualPython(const QString& wanted)
{
    const QString fromEnvironment = qEnvironmentVariable("SHEAF_PYTHON");
    return !wanted.isEmpty() ? toStd(wanted) : !fromEnvironment.isEmpty() ? toStd(fromEnvironment) : std::string("python3");
}

/// A copy writes file by file; the plan is made when it has settled.
constexpr int kSettleMilliseconds = 300;
/// Watches are dear, and a folder of many folders is looked at when somebody comes back to the window.
constexpr std::size_t kMostPlaces = 100;
constexpr int kMostEntries = 20'000;

std::int64_t changedAt(const std::string& place)
{
    struct stat status
    {
    };
    return ::stat(place.c_str(), &status) == 0 ? std::int64_t { status.st_mtim.tv_sec } * 1'000'000'000 + status.st_mtim.tv_nsec : -1;
}

/// Folders and files whose change may change the plan: of the input, or the nearest folder above when it is not there. Each with its time.
class Places
{
public:
    void addFolders(const std::filesystem::path& top)
    {
        std::error_code ignored;
        std::deque<std::filesystem::path> open { top };
        for (int seen = 0; !open.empty() && !isFull() && seen < kMostEntries; open.pop_front()) {
            add(open.front().string());
            for (std::filesystem::directory_iterator it(open.front(), ignored), end; !ignored && it != end && ++seen < kMostEntries; it.increment(ignored)) {
                std::error_code unknown;
                if (it->is_directory(unknown) && !it->is_symlink(unknown)) {
                    open.push_back(it->path());
                }
            }
        }
    }
    void add(const std::string& place)
    {
        if (!isFull() && m_known.insert(place).second) {
            m_places.push_back(place);
            m_times.push_back(changedAt(place));
        }
    }
    [[nodiscard]] bool isFull() const { return m_places.size() >= kMostPlaces; }
    [[nodiscard]] bool didChange() const
    {
        for (std::size_t i = 0; i < m_places.size(); ++i) {
            if (changedAt(m_places[i]) != m_times[i]) {
                return true;
            }
        }
        return false;
    }
    [[nodiscard]] const std::vector<std::string>& all() const { return m_places; }

private:
    std::set<std::string> m_known;
    std::vector<std::string> m_places;
    std::vector<std::int64_t> m_times;
};

Places placesOf(const plan::PlanRequest& request)
{
    Places places;
    std::error_code error;
    std::filesystem::path at = std::filesystem::absolute(request.path, error).lexically_normal();
    if (std::filesystem::is_directory(at, error)) {
        if (request.isMlTable) {
            places.add((at / "MLTable").string());
        }
        places.addFolders(at);
        return places;
    }
    while (!std::filesystem::exists(at, error) && at.has_relative_path()) {
        at = at.parent_path();
    }
    places.add(at.string());
    return places;
}

/// A table may name files elsewhere.
void addFiles(Places& places, const plan::PlanHeader& header)
{
    places.add(header.root);
    if (!header.inputFiles.is_object()) {
        return;
    }
    for (const auto& [relative, stamp] : header.inputFiles.get_object()) {
        const auto file = std::filesystem::path(header.root) / std::string(relative);
        places.add(file.parent_path().lexically_normal().string());
        places.add(file.lexically_normal().string());
        if (places.isFull()) {
            return;
        }
    }
}

/// The file MLTable is part of what is asked, though the request does not hold its text.
QString stampOf(const std::filesystem::path& folder)
{
    const QFileInfo table(toQt(folder / "MLTable"));
    return QStringLiteral("%1 %2").arg(table.lastModified().toMSecsSinceEpoch()).arg(table.size());
}

} // namespace

/// What the planning thread hands over at a time.
struct PlanState::Batch {
    std::shared_ptr<const plan::PathList> lines;
    plan::PlanSizes sizes;
    plan::PlanProgress progress;
    std::vector<std::string> places; // to be watched from now on
};

struct PlanState::Made {
    Result<plan::PlanHeader> header;
    plan::PlanSizes sizes;
    bool isLater = false;
    std::vector<std::string> places = {};
    bool didChange = false; // while it was being made

    /// Two plans of the same words are the same plan.
    [[nodiscard]] std::string outcome() const
    {
        if (header) {
            return std::to_string(header->fingerprint) + " " + std::to_string(header->miniBatches) + " " + boost::json::serialize(header->inputFiles) + " "
                + boost::json::serialize(header->table);
        }
        std::string words = isLater ? "later" : "failed";
        for (const auto& [name, value] : header.error().args) {
            words += isLater ? std::string() : " " + name + "=" + value;
        }
        return words;
    }
};

/// A plan that was made again only to be compared.
struct PlanState::Look {
    std::string outcome; // "": it was stopped
    std::vector<std::string> places;
};

/// Gathers lines in the planning thread and puts them into the mailbox from time to time.
class PlanState::Collector
{
public:
    explicit Collector(Mailbox<Batch>& arrived, std::vector<std::string> places)
        : m_arrived(arrived)
        , m_handedAt(monotonicSeconds())
        , m_places(std::move(places))
    {
    }

    void onLine(std::string_view line)
    {
        m_page->add(line);
        m_sizes.add(line);
    }
    /// The planner tells its progress as often as the main thread wants to hear of it, and more often at the ends.
    void onProgress(const plan::PlanProgress& progress)
    {
        m_progress = progress;
        if (monotonicSeconds() - m_handedAt >= kSecondsBetweenBatches) {
            hand();
        }
    }
    void hand()
    {
        m_handedAt = monotonicSeconds();
        m_arrived.put({ std::exchange(m_page, std::make_shared<plan::PathList>()), m_sizes.soFar(), m_progress, std::exchange(m_places, {}) });
    }
    [[nodiscard]] plan::PlanSizes finish(const plan::PlanHeader& header) { return m_sizes.finish(header); }
    [[nodiscard]] const plan::PlanSizes& sizes() const { return m_sizes.soFar(); }

private:
    Mailbox<Batch>& m_arrived;
    double m_handedAt;
    std::shared_ptr<plan::PathList> m_page = std::make_shared<plan::PathList>();
    plan::SizeCounter m_sizes;
    plan::PlanProgress m_progress;
    std::vector<std::string> m_places;
};

PlanState::PlanState(WorkThread& planner, WorkThread& previewer, QObject* parent)
    : QObject(parent)
    , m_planner(planner)
    , m_previewer(previewer)
    , m_machine(thisMachine())
    , m_arrived(std::make_shared<Mailbox<Batch>>())
{
    m_drain.setInterval(kDrainMilliseconds);
    connect(&m_drain, &QTimer::timeout, this, &PlanState::drain);
    m_previewSoon.setSingleShot(true);
    m_previewSoon.setInterval(kPreviewMilliseconds);
    connect(&m_previewSoon, &QTimer::timeout, this, &PlanState::askPreview);
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMilliseconds);
    connect(&m_settle, &QTimer::timeout, this, &PlanState::lookAgain);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_settle, qOverload<>(&QTimer::start));
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_settle, qOverload<>(&QTimer::start));
    whenBack(this, [this] { lookAgain(); });
}

PlanState::~PlanState()
{
    m_stop.request_stop();
    m_lookStop.request_stop();
    m_previewStop.request_stop();
}

void PlanState::ask(const pipeline::StepSpec& step, const QString& python)
{
    plan::PlanRequest request;
    const bool isSplit = step.kind == pipeline::StepKind::Parallel;
    if (isSplit) {
        request = pipeline::planRequest(step, {});
        request.python = request.isMlTable ? usualPython(python) : std::string(); // a list of files needs none
    }
    const QString stamp = request.isMlTable ? stampOf(request.path) : QString();
    const bool isOther
        = !m_step || m_step->name != step.name || m_step->kind != step.kind || request != m_request || stamp != m_stamp;
    const bool readsOtherwise = m_step && (m_python != python || m_step->parallel.mixedTypes != step.parallel.mixedTypes);
    m_step = step;
    m_python = python;
    if (isOther) {
        if (m_request.path != request.path) {
            watch({});
        }
        m_request = std::move(request);
        m_stamp = stamp;
        start();
        return;
    }
    refreshFigures();
    if (readsOtherwise && m_chosen >= 0) {
        choose(std::exchange(m_chosen, -1));
    }
    emit changed();
}

void PlanState::clear()
{
    if (!m_step) {
        return;
    }
    m_step.reset();
    m_request = {};
    watch({});
    start();
}

void PlanState::again()
{
    if (m_step) {
        start();
    }
}

/// What is going on is of no use any more.
void PlanState::halt()
{
    ++m_question;
    m_stop.request_stop();
    m_stop = {};
    ++m_lookQuestion;
    m_lookStop.request_stop();
    m_lookStop = {};
    m_settle.stop();
    m_outcome.clear();
    m_drain.stop();
    m_arrived = std::make_shared<Mailbox<Batch>>();
    forgetPreview();
    m_lines = {};
    m_header.reset();
    m_progress = {};
    m_sizes = {};
    m_error = {};
}

void PlanState::start()
{
    halt();
    m_phase = m_request.path.empty() ? Phase::Idle : Phase::Planning;
    refreshFigures();
    if (m_phase == Phase::Planning) {
        const auto* input = m_step->input(m_step->parallel.inputData);
        const bool isMade = input != nullptr && !input->fromStep.empty();
        m_progress.reading = m_request.path.string();
        m_drain.start();
        m_planner.ask(
            this,
            [request = m_request, isMade, arrived = m_arrived, stop = m_stop.get_token()] {
                if (stop.stop_requested()) {
                    return Made { fail(ErrorCode::Canceled), {} };
                }
                Places places = placesOf(request); // before anything is listed, so that no change goes unseen
                std::error_code ignored;
                if (isMade && !std::filesystem::exists(request.path, ignored)) {
                    return Made { fail(ErrorCode::Canceled), {}, true, places.all() };
                }
                Collector collector(*arrived, places.all());
                auto header = plan::planMiniBatches(
                    request, [&](std::string_view line) { collector.onLine(line); }, stop,
                    [&](const plan::PlanProgress& progress) { collector.onProgress(progress); });
                collector.hand();
                plan::PlanSizes sizes = header ? collector.finish(*header) : collector.sizes();
                const bool isEmpty = !header && header.error().code == ErrorCode::InputEmpty;
                const bool didChange = places.didChange();
                if (header) {
                    addFiles(places, *header);
                }
                return Made { std::move(header), sizes, isMade && isEmpty, places.all(), didChange };
            },
            [this, question = m_question](Made made) { take(question, std::move(made)); });
    }
    emit restarted();
    emit changed();
}

/// A whole plan is compared first, so that nobody loses their place in it for nothing. One that is being made comes to its end and is compared
/// then (Made::didChange): begun again for each file that comes, it would never be whole while another program writes.
void PlanState::lookAgain()
{
    if (m_phase == Phase::Idle || m_phase == Phase::Planning || m_phase == Phase::Stopped) {
        return;
    }
    const auto* input = m_step->input(m_step->parallel.inputData);
    const bool isMade = input != nullptr && !input->fromStep.empty();
    m_lookStop.request_stop();
    m_lookStop = {};
    m_planner.ask(
        this,
        [request = m_request, isMade, stop = m_lookStop.get_token()] {
            if (stop.stop_requested()) {
                return Look();
            }
            Places places = placesOf(request);
            std::error_code ignored;
            if (isMade && !std::filesystem::exists(request.path, ignored)) {
                return Look { Made { fail(ErrorCode::Canceled), {}, true }.outcome(), places.all() };
            }
            auto header = plan::planMiniBatches(request, [](std::string_view) { }, stop);
            const bool isEmpty = !header && header.error().code == ErrorCode::InputEmpty;
            const bool isStopped = !header && header.error().code == ErrorCode::Canceled;
            if (header) {
                addFiles(places, *header);
            }
            return isStopped ? Look() : Look { Made { std::move(header), {}, isMade && isEmpty }.outcome(), places.all() };
        },
        [this, question = ++m_lookQuestion](const Look& look) {
            if (question != m_lookQuestion || look.outcome.empty()) {
                return;
            }
            if (look.outcome != m_outcome) {
                start();
            } else {
                watch(look.places); // a folder may be new
            }
        });
}

void PlanState::watch(const std::vector<std::string>& places)
{
    QStringList wanted;
    for (const auto& place : places) {
        wanted << toQt(place);
    }
    watchOnly(m_watcher, wanted);
}

void PlanState::stop()
{
    if (m_phase == Phase::Planning) {
        m_stop.request_stop(); // take() comes in a moment
    }
}

void PlanState::drain()
{
    const std::size_t before = m_lines.size();
    const auto batches = m_arrived->takeAll();
    if (batches.empty()) {
        return;
    }
    for (const auto& batch : batches) {
        m_lines.add(batch.lines);
        if (!batch.places.empty()) {
            watch(batch.places);
        }
    }
    m_sizes = batches.back().sizes;
    m_progress = batches.back().progress;
    refreshFigures();
    if (m_lines.size() != before) {
        emit linesAdded();
    }
    emit changed();
}

void PlanState::take(int question, Made made)
{
    if (question != m_question) {
        return;
    }
    m_drain.stop();
    m_outcome = made.outcome();
    if (made.header) {
        m_header = std::make_shared<const plan::PlanHeader>(std::move(*made.header));
        m_phase = Phase::Done;
    } else if (made.isLater) {
        m_phase = Phase::Later;
    } else if (made.header.error().code == ErrorCode::Canceled) {
        m_phase = Phase::Stopped;
    } else {
        m_phase = Phase::Failed;
        m_error = made.header.error();
    }
    drain();
    if (m_phase != Phase::Stopped) {
        watch(made.places);
    }
    if (made.didChange) {
        m_settle.start();
    }
    m_sizes = made.sizes;
    refreshFigures();
    emit changed();
    if (m_chosen >= 0) {
        choose(std::exchange(m_chosen, -1)); // it waited for the whole plan
    }
}

void PlanState::refreshFigures()
{
    m_figures = m_step ? pipeline::planFigures(*m_step, m_sizes, m_header.get(), m_machine) : pipeline::PlanFigures {};
}

// ---- preview ------------------------------------------------------------------------------------

void PlanState::forgetPreview()
{
    ++m_previewQuestion;
    m_previewStop.request_stop();
    m_previewStop = {};
    m_previewSoon.stop();
    m_chosen = -1;
    m_previewPhase = PreviewPhase::None;
    m_preview = {};
    m_previewError = {};
}

void PlanState::choose(std::int64_t miniBatch)
{
    if (miniBatch == m_chosen) {
        return;
    }
    forgetPreview();
    m_chosen = miniBatch;
    if (miniBatch >= 0 && m_header && static_cast<std::size_t>(miniBatch) < m_lines.size()) {
        m_previewPhase = PreviewPhase::Reading;
        m_previewSoon.start();
    }
    emit previewChanged();
}

void PlanState::askPreview()
{
    workspace::PreviewRequest request;
    request.header = m_header;
    request.settings = m_step->parallel;
    request.step = m_step->name;
    request.line = std::string(m_lines[static_cast<std::size_t>(m_chosen)]);
    m_previewer.ask(
        this,
        [request = std::move(request), wanted = toStd(m_python), stop = m_previewStop.get_token()]() mutable -> Result<workspace::MiniBatchPreview> {
            if (stop.stop_requested()) {
                return fail(ErrorCode::Canceled);
            }
            auto python = workspace::findInterpreter(wanted, {});
            if (!python) {
                return tl::unexpected<Error>(python.error());
            }
            request.python = python->path;
            return workspace::previewMiniBatch(request, stop);
        },
        [this, question = m_previewQuestion](Result<workspace::MiniBatchPreview> preview) {
            if (question != m_previewQuestion) {
                return;
            }
            m_previewPhase = preview ? PreviewPhase::There : PreviewPhase::Failed;
            if (preview) {
                m_preview = std::move(*preview);
            } else {
                m_previewError = preview.error();
            }
            emit previewChanged();
        });
}

} // namespace sheaf::ui
