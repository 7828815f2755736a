# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames on fd 3 and the status page on fd 4. The other end is core/worker/worker_protocol.h: change both in one commit."""

import mmap
import os
import struct
import threading
import time

START, RUN, FINISH = 1, 2, 3
READY, INIT_FAILED, DONE, FAILED, LOG, FINISHED = 16, 17, 18, 19, 20, 21

PHASE_STARTING, PHASE_INIT, PHASE_IDLE, PHASE_LOADING, PHASE_RUN, PHASE_MAKING_ROWS, PHASE_SHUTDOWN = range(7)

# event::AttemptOutcome, as far as a worker tells it
OUTCOME_EXCEPTION, OUTCOME_BAD_RETURN, OUTCOME_LOAD_FAILED, OUTCOME_LOST = 1, 2, 5, 7

STREAM_STDOUT, STREAM_STDERR, STREAM_ENTRY_SCRIPT_LOG = 0, 1, 2

_CHANNEL_FD = 3
_STATUS_FD = 4
_READ_BYTES = 1 << 18

_head = struct.Struct("<IB")
_run = struct.Struct("<QI")
_done = struct.Struct("<IBQIIqdddI")
_failed = struct.Struct("<IBQBIqdddI")


def encode(text):
    """UTF-8; what is no character (half of a surrogate pair) becomes '?' rather than an error."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


class Channel:
    """The socket to the agent. Reading belongs to the main thread; any thread may send, a frame at a time."""

    def __init__(self, fd=_CHANNEL_FD):
        self._fd = fd
        self._lock = threading.Lock()
        self._incoming = self._read_frames()

    def frames(self):
        """The one stream of (kind, body) until the agent closes the channel: a loop that is left goes on where it was, and
        what had been read with the Start frame is not lost."""
        return self._incoming

    def _read_frames(self):
        fd = self._fd
        buffer = b""
        while True:
            at = 0
            end = len(buffer)
            while end - at >= 5:
                length, kind = _head.unpack_from(buffer, at)
                stop = at + 4 + length
                if stop > end:
                    break
                yield kind, buffer[at + 5:stop]
                at = stop
            rest = buffer[at:]
            if len(rest) >= 4:
                wanted = 4 + struct.unpack_from("<I", rest)[0]
                pieces = [rest]
                have = len(rest)
                while have < wanted:  # a large frame is put together once
                    piece = os.read(fd, max(_READ_BYTES, min(wanted - have, 1 << 24)))
                    if not piece:
                        return
                    pieces.append(piece)
                    have += len(piece)
                buffer = b"".join(pieces)
            else:
                piece = os.read(fd, _READ_BYTES)
                if not piece:
                    return
                buffer = rest + piece if rest else piece

    def _write(self, data):
        fd = self._fd
        if fd is None:
            return
        with self._lock:
            written = os.write(fd, data)
            if written < len(data):
                view = memoryview(data)
                while written < len(data):
                    written += os.write(fd, view[written:])

    def send(self, kind, body):
        self._write(_head.pack(len(body) + 1, kind) + body)

    def ready(self, seconds, notes):
        self.send(READY, struct.pack("<d", seconds) + encode("\n".join(notes)))

    def init_failed(self, stage, error, traceback):
        last = encode(error)
        self.send(INIT_FAILED, struct.pack("<BI", stage, len(last)) + last + encode(traceback))

    def done(self, attempt, items, returned, start, elapsed, cpu, run, header, rows):
        body = _done.pack(53 + len(header) + len(rows), DONE, attempt, items, returned, start, elapsed, cpu, run,
                          len(header))
        self._write(body + header + rows if header or len(rows) < 65536 else b"".join((body, rows)))

    def failed(self, attempt, outcome, items, start, elapsed, cpu, run, error, traceback):
        last = encode(error)
        text = encode(traceback)
        self._write(_failed.pack(50 + len(last) + len(text), FAILED, attempt, outcome, items, start, elapsed, cpu, run,
                                 len(last)) + last + text)

    def log(self, stream, data):
        self._write(struct.pack("<IBB", len(data) + 2, LOG, stream) + data)

    def finished(self, ok, traceback=""):
        self.send(FINISHED, bytes([1 if ok else 0]) + encode(traceback))

    def close_in_child(self):
        """A forked child must not speak on its parent's channel."""
        self._fd = None
        self._lock = threading.Lock()
        for fd in (_CHANNEL_FD, _STATUS_FD):
            try:
                os.close(fd)
            except OSError:
                pass


class StatusPage:
    """64 bytes that the agent reads at its tick: what is being worked on, and since when."""

    _all = struct.Struct("<QIIdQ")
    _attempt = struct.Struct("<Q")
    _phase = struct.Struct("<IId")

    def __init__(self, fd=_STATUS_FD):
        self._page = mmap.mmap(fd, 64)
        self._ended = 0

    def wants_back(self):
        """Whether the agent asks for what has not been begun."""
        return self._page[32] != 0

    def phase(self, phase):
        """Outside any attempt."""
        self._all.pack_into(self._page, 0, 0, phase, 0, time.monotonic(), self._ended)

    def begin(self, attempt, now):
        """The attempt is being loaded. The attempt is written last: a reader sees it with its own phase."""
        page = self._page
        self._attempt.pack_into(page, 0, 0)
        self._phase.pack_into(page, 8, PHASE_LOADING, 0, now)
        self._attempt.pack_into(page, 0, attempt)

    def go_on(self, phase, now, items):
        """With the number of items of the mini-batch: known once it is loaded."""
        self._phase.pack_into(self._page, 8, phase, items, now)

    def end(self, now):
        self._ended += 1
        self._all.pack_into(self._page, 0, 0, PHASE_IDLE, 0, now, self._ended)


def unpack_run(body):
    """(attempt, mini-batch index, line of the plan)"""
    attempt, index = _run.unpack_from(body)
    return attempt, index, body[12:]
