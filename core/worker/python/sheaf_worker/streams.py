# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user prints and logs, as Log frames: so each line is known to belong to its mini-batch.

File descriptors 1 and 2 stay what they are: pipes for C code and child processes.
"""

import io
import logging
import os
import sys

from . import protocol


class _FrameStream(io.RawIOBase):
    """Raw end of sys.stdout or sys.stderr: each write is a Log frame, in a forked child a write to the descriptor."""

    _MOST = 1 << 20

    def __init__(self, channel, stream, fallback_fd):
        super().__init__()
        self._channel = channel
        self._stream = stream
        self._fallback_fd = fallback_fd

    def writable(self):
        return True

    def fileno(self):
        # subprocess.run(stdout=sys.stdout) and the like want a descriptor: that of child processes.
        return self._fallback_fd

    def isatty(self):
        return False

    def write(self, data):
        data = bytes(data)
        if self._channel is None:
            return os.write(self._fallback_fd, data)
        for at in range(0, len(data), self._MOST):
            self._channel.log(self._stream, data[at:at + self._MOST])
        return len(data)

    def leave_channel(self):
        self._channel = None


class UserStreams:
    """Puts sys.stdout and sys.stderr on the channel, and takes them off it in forked children."""

    def __init__(self, channel):
        self._raw = [_FrameStream(channel, protocol.STREAM_STDOUT, 1), _FrameStream(channel, protocol.STREAM_STDERR, 2)]
        self.stdout = self._text(self._raw[0])
        self.stderr = self._text(self._raw[1])
        sys.stdout = sys.__stdout__ = self.stdout
        sys.stderr = sys.__stderr__ = self.stderr
        self._channel = channel
        os.register_at_fork(before=self.flush, after_in_child=self._in_child)

    @staticmethod
    def _text(raw):
        buffered = io.BufferedWriter(raw, 1 << 16)
        return io.TextIOWrapper(buffered, encoding="utf-8", errors="backslashreplace", line_buffering=True)

    def flush(self):
        """The user may have put other objects into sys.stdout, or closed ours; neither may end an attempt."""
        for stream in (self.stdout, self.stderr):
            try:
                stream.flush()
            except ValueError:
                pass

    def _in_child(self):
        for raw in self._raw:
            raw.leave_channel()
        self._channel.close_in_child()


class _ChannelHandler(logging.Handler):
    def __init__(self, channel, stream):
        super().__init__()
        self._channel = channel
        self._stream = stream

    def emit(self, record):
        try:
            self._channel.log(self._stream, protocol.encode(self.format(record) + "\n"))
        except Exception:
            self.handleError(record)


def set_up_logging(channel, streams, level, process):
    """The root logger writes to stdout from INFO up; EntryScript().logger to its own file from logging_level up."""
    set_up_loggers(streams.stdout, _ChannelHandler(channel, protocol.STREAM_ENTRY_SCRIPT_LOG), level, process)


def set_up_loggers(stdout, handler, level, process):
    """The same, EntryScript().logger to `handler`. A line of the latter is: <local time> <LEVEL> <process> <module>:<line> <text>"""
    root = logging.getLogger()
    to_stdout = logging.StreamHandler(stdout)
    to_stdout.setLevel(logging.INFO)
    to_stdout.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(to_stdout)
    root.setLevel(logging.INFO)

    own = logging.getLogger("azureml_user.EntryScript")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s " + process + " %(module)s:%(lineno)d %(message)s"))
    own.addHandler(handler)
    own.setLevel(getattr(logging, level.upper(), logging.INFO))
    own.propagate = False
