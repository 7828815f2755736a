// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/worker/worker_process.h"

#include <optional>
#include <string>
#include <string_view>

/// Frames of the worker protocol (worker_protocol.h says what each byte means) to and from bytes. Pure.
namespace sheaf::worker {

void appendStart(std::string& out, const WorkerStart& start);
void appendRun(std::string& out, AttemptId attempt, MiniBatchIndex miniBatch, std::string_view line);
void appendFinish(std::string& out);

/// Bytes as they come from a worker, cut into frames. Grows for a large frame and shrinks again; no byte is copied twice
/// for a frame that comes in pieces.
class FrameReader
{
public:
    /// Room to read at least `count` bytes into; then say how many came.
    [[nodiscard]] char* room(std::size_t count);
    void received(std::size_t count) { m_filled += count; }

    struct Frame {
        FromWorker kind {};
        std::string_view body; // valid until the next room()
    };
    /// The next whole frame, or nullopt when more bytes are needed (or broken() is true).
    [[nodiscard]] std::optional<Frame> next();
    [[nodiscard]] bool broken() const { return m_broken; }
    /// How many bytes the frame at hand still needs: read that many at once.
    [[nodiscard]] std::size_t missing() const;

private:
    std::string m_bytes;
    std::size_t m_begin = 0;
    std::size_t m_filled = 0;
    bool m_broken = false;
};

/// nullopt: the body is not what the kind promises.
[[nodiscard]] std::optional<DoneFrame> readDone(std::string_view body);
[[nodiscard]] std::optional<FailedFrame> readFailed(std::string_view body);

} // namespace sheaf::worker
