// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/worker/frame_codec.h"

#include "core/base/wire.h"

#include <algorithm>
#include <cstring>

namespace sheaf::worker {

namespace {

constexpr std::size_t kHead = 4; // of the length
constexpr std::size_t kKept = 1U << 20; // buffer that stays when a large frame is gone

template <class... Parts>
void appendFrame(std::string& out, ToWorker kind, const Parts&... parts)
{
    const std::size_t at = out.size();
    out.append(kHead, '\0');
    wire::write(out, kind);
    (wire::write(out, parts), ...);
    const auto length = static_cast<std::uint32_t>(out.size() - at - kHead);
    std::memcpy(out.data() + at, &length, sizeof length);
}

void setLength(std::string& out, std::size_t at)
{
    const auto length = static_cast<std::uint32_t>(out.size() - at - kHead);
    std::memcpy(out.data() + at, &length, sizeof length);
}

} // namespace

void appendStart(std::string& out, const WorkerStart& start)
{
    const std::size_t at = out.size();
    appendFrame(out, ToWorker::Start);
    out += json::serialize(start);
    setLength(out, at);
}

void appendRun(std::string& out, AttemptId attempt, MiniBatchIndex miniBatch, std::string_view line)
{
    const std::size_t at = out.size();
    appendFrame(out, ToWorker::Run, attempt, miniBatch);
    out += line;
    setLength(out, at);
}

void appendFinish(std::string& out)
{
    appendFrame(out, ToWorker::Finish);
}

char* FrameReader::room(std::size_t count)
{
    if (m_begin == m_filled) {
        m_begin = m_filled = 0;
        if (m_bytes.size() > kKept && count <= kKept) {
            m_bytes = std::string();
        }
    }
    if (m_filled + count > m_bytes.size()) {
        m_bytes.erase(0, m_begin);
        m_filled -= m_begin;
        m_begin = 0;
        if (m_filled + count > m_bytes.size()) {
            m_bytes.resize(m_filled + count);
        }
    }
    return m_bytes.data() + m_filled;
}

std::size_t FrameReader::missing() const
{
    if (m_filled - m_begin < kHead) {
        return 0;
    }
    std::uint32_t length = 0;
    std::memcpy(&length, m_bytes.data() + m_begin, sizeof length);
    const std::size_t have = m_filled - m_begin - kHead;
    return length > have ? length - have : 0;
}

std::optional<FrameReader::Frame> FrameReader::next()
{
    if (m_broken || m_filled - m_begin < kHead + 1) {
        return std::nullopt;
    }
    std::uint32_t length = 0;
    std::memcpy(&length, m_bytes.data() + m_begin, sizeof length);
    const auto kind = static_cast<std::uint8_t>(m_bytes[m_begin + kHead]);
    if (length == 0 || kind < static_cast<std::uint8_t>(FromWorker::Ready)
        || kind > static_cast<std::uint8_t>(FromWorker::Finished)) {
        m_broken = true;
        return std::nullopt;
    }
    if (m_filled - m_begin - kHead < length) {
        return std::nullopt;
    }
    const Frame frame { static_cast<FromWorker>(kind),
        std::string_view(m_bytes).substr(m_begin + kHead + 1, length - 1) };
    m_begin += kHead + length;
    return frame;
}

std::optional<DoneFrame> readDone(std::string_view body)
{
    wire::Reader reader(body);
    DoneFrame frame;
    reader.read(frame.attempt);
    reader.read(frame.items);
    reader.read(frame.returned);
    reader.read(frame.startMicros);
    reader.read(frame.elapsedSeconds);
    reader.read(frame.cpuSeconds);
    reader.read(frame.runSeconds);
    reader.read(frame.header);
    frame.rows = reader.rest();
    return reader.ok() ? std::optional(frame) : std::nullopt;
}

std::optional<FailedFrame> readFailed(std::string_view body)
{
    wire::Reader reader(body);
    FailedFrame frame;
    std::uint8_t outcome = 0;
    reader.read(frame.attempt);
    reader.read(outcome);
    reader.read(frame.items);
    reader.read(frame.startMicros);
    reader.read(frame.elapsedSeconds);
    reader.read(frame.cpuSeconds);
    reader.read(frame.runSeconds);
    reader.read(frame.error);
    frame.traceback = reader.rest();
    frame.outcome = static_cast<event::AttemptOutcome>(outcome);
    const bool known = frame.outcome == event::AttemptOutcome::Exception
        || frame.outcome == event::AttemptOutcome::BadReturn || frame.outcome == event::AttemptOutcome::LoadFailed || frame.outcome == event::AttemptOutcome::Lost;
    return reader.ok() && known ? std::optional(frame) : std::nullopt;
}

} // namespace sheaf::worker
