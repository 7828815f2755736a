// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/log_state.h"

#include "core/store/event_store.h"
#include "ui/state/run_state.h"
#include "ui/state/work_thread.h"
#include "ui/text/convert.h"

#include <optional>
#include <tuple>
#include <variant>

namespace sheaf::ui {

namespace {

constexpr std::size_t kChunk = 20000; // events in a turn: some tens of milliseconds

} // namespace

/// The reading side.
struct LogState::Journal {
    explicit Journal(runtime::RunDir of)
        : dir(std::move(of))
    {
    }
    runtime::RunDir dir;
    std::optional<store::EventStore> store;
    std::uint64_t next = 1;
    std::vector<std::string> steps;
    std::map<std::tuple<std::uint32_t, event::LogStream, std::uint32_t, std::uint32_t>, std::uint32_t> files;
};

struct LogState::Chunk {
    std::vector<std::pair<QString, QString>> files; // new ones: step, path
    std::vector<std::pair<std::uint32_t, logs::AttemptRange>> ranges;
    bool more = false;
};

LogState::LogState(RunState& run, WorkThread& thread, QObject* parent)
    : QObject(parent)
    , m_run(run)
    , m_thread(thread)
{
    connect(&run, &RunState::opened, this, [this] {
        if (!m_journal || !m_run.isOpen() || m_journal->dir.path() != m_run.dir().path()) {
            forget();
        }
    });
    connect(&run, &RunState::closed, this, &LogState::forget);
}

LogState::~LogState() = default;

void LogState::forget()
{
    ++m_visit;
    m_reading = m_upToDate = false;
    m_journal.reset();
    m_files.clear();
    m_numbers.clear();
    m_parcels.clear();
    emit forgotten();
}

void LogState::readMore()
{
    if (m_reading || !m_run.isOpen()) {
        return;
    }
    if (!m_journal) {
        m_journal = std::make_shared<Journal>(m_run.dir());
    }
    m_reading = true;
    const auto work = [journal = m_journal]() -> Chunk {
        Journal& j = *journal;
        Chunk chunk;
        if (!j.store) {
            auto opened = store::EventStore::openForReading(j.dir.database());
            if (!opened) {
                return chunk; // nothing has been written yet, or RunState says what is wrong with it
            }
            j.store.emplace(std::move(*opened));
        }
        const auto events = j.store->readFrom(j.next, kChunk);
        if (!events || events->empty()) {
            return chunk;
        }
        j.next = events->back().sequence + 1;
        chunk.more = events->size() == kChunk;
        for (const auto& event : *events) {
            if (const auto* started = std::get_if<event::RunStarted>(&event.fact)) {
                j.steps = started->steps;
            }
            const auto* ended = std::get_if<event::AttemptEnded>(&event.fact);
            if (ended == nullptr || ended->step.value >= j.steps.size()) {
                continue;
            }
            for (const auto& range : ended->logs) {
                const auto [place, isNew] = j.files.try_emplace(
                    { ended->step.value, range.stream, ended->node.value, ended->process.value }, static_cast<std::uint32_t>(j.files.size()));
                if (isNew) {
                    const std::string& step = j.steps[ended->step.value];
                    const auto path = j.dir.userLog(step, range.stream, ended->node, ended->process).lexically_relative(j.dir.logs(step));
                    chunk.files.emplace_back(toQt(step), toQt(path));
                }
                chunk.ranges.emplace_back(place->second,
                    logs::AttemptRange { range.begin, range.end, ended->startMicros, static_cast<float>(ended->elapsedSeconds), ended->miniBatch, ended->picked });
            }
        }
        return chunk;
    };
    m_thread.ask(this, work, [this, visit = m_visit](Chunk chunk) {
        if (visit == m_visit) {
            take(std::move(chunk));
        }
    });
}

void LogState::take(Chunk chunk)
{
    m_reading = false;
    for (const auto& [step, file] : chunk.files) {
        m_numbers.emplace(std::pair(step, file), m_files.size());
        m_files.push_back({ step, file, {} });
    }
    for (const auto& [number, range] : chunk.ranges) {
        m_files[number].ranges.add(range);
    }
    const bool anyNew = !chunk.ranges.empty();
    if (anyNew) {
        m_parcels.push_back(std::make_shared<const std::vector<std::pair<std::uint32_t, logs::AttemptRange>>>(std::move(chunk.ranges)));
    }
    const bool first = !m_upToDate && !chunk.more;
    m_upToDate = m_upToDate || first;
    if (anyNew || first) {
        emit changed();
    }
    if (chunk.more) {
        readMore();
    }
}

const logs::AttemptRanges& LogState::rangesOf(const QString& step, const QString& file) const
{
    static const logs::AttemptRanges none;
    const auto found = m_numbers.find({ step, file });
    return found == m_numbers.end() ? none : m_files[found->second].ranges;
}

std::vector<std::pair<QString, logs::AttemptRange>> LogState::placesOf(const QString& step, qint64 miniBatch) const
{
    std::vector<std::pair<QString, logs::AttemptRange>> places;
    std::int64_t last = 0;
    for (const File& file : m_files) {
        if (file.step != step || miniBatch < 0) {
            continue;
        }
        if (const auto range = file.ranges.of(MiniBatchIndex(static_cast<std::uint32_t>(miniBatch)))) {
            places.emplace_back(file.file, *range);
            last = std::max(last, range->startMicros);
        }
    }
    std::erase_if(places, [last](const auto& place) { return place.second.startMicros < last; }); // of earlier attempts
    std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) {
        const auto rank = [](const QString& file) { return file.contains(QLatin1String("stdout")) ? 0 : file.contains(QLatin1String("entry_script")) ? 1 : 2; };
        return rank(a.first) < rank(b.first);
    });
    return places;
}

} // namespace sheaf::ui
