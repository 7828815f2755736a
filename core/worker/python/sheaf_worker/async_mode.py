# SPDX-License-Identifier: GPL-3.0-or-later
"""`--amlbi_async_mode` (reference §2.9): the script takes mini-batch after mini-batch and says later which are finished."""

import queue
import threading
import time
import traceback

from . import protocol
from .entry import EntryError, MiniBatchContext
from .results import BadReturn

LOOK_SECONDS = 0.01  # between two questions for finished mini-batches


class AsyncFunctions:
    """The four functions of such a script."""

    def __init__(self, module):
        missing = [name for name in ("enqueue", "get_finished_batch_result") if not callable(getattr(module, name, None))]
        if missing:
            raise EntryError("--amlbi_async_mode needs %s(), which it has not" % "() and ".join(missing))
        self.enqueue = module.enqueue
        self.finished = module.get_finished_batch_result
        self.all_processed = getattr(module, "check_all_tasks_processed", None)


class Pending:
    __slots__ = ("attempt", "items", "start", "began", "run_began")

    def __init__(self, attempt, items, start, began, run_began):
        self.attempt, self.items, self.start, self.began, self.run_began = attempt, items, start, began, run_began


class AsyncLoop:
    """Works through what the agent sends; the status page names the mini-batch that has been there longest."""

    def __init__(self, channel, page, functions, source, rows, streams):
        self._channel, self._page, self._functions = channel, page, functions
        self._source, self._rows, self._streams = source, rows, streams
        self._pending = {}  # str(index) -> Pending, oldest first

    def run(self):
        """Returns True when the agent asked to finish, False when it is gone."""
        frames = queue.SimpleQueue()
        # The main thread looks after finished mini-batches meanwhile; `None`: the agent is gone.
        reader = threading.Thread(target=self._read, args=(frames,), daemon=True, name="sheaf-frames")
        reader.start()
        finishing = False
        while not (finishing and not self._pending):
            try:
                frame = frames.get(timeout=LOOK_SECONDS) if self._pending else frames.get()
            except queue.Empty:
                frame = ()
            while frame != ():
                if frame is None:
                    return False
                kind, body = frame
                if kind == protocol.RUN:
                    self._enqueue(body)
                elif kind == protocol.FINISH:
                    finishing = True
                try:
                    frame = frames.get_nowait()
                except queue.Empty:
                    frame = ()
            self._collect()
        return True

    def _read(self, frames):
        for frame in self._channel.frames():
            frames.put(frame)
        frames.put(None)

    def _enqueue(self, body):
        import json

        attempt, index, text = protocol.unpack_run(body)
        start = time.time_ns() // 1000
        began = time.monotonic()
        if self._page.wants_back():
            self._channel.failed(attempt, protocol.OUTCOME_LOST, 0, start, 0, 0, 0, "", "")
            return
        items = 0
        outcome = protocol.OUTCOME_LOAD_FAILED
        try:
            line = json.loads(text)
            mini_batch, items = self._source(line)
            outcome = protocol.OUTCOME_EXCEPTION
            pending = Pending(attempt, items, start, began, time.monotonic())
            self._pending[str(index)] = pending
            self._tell_oldest()
            self._functions.enqueue(mini_batch, MiniBatchContext(index, line.get("key"), line.get("row")))
        except Exception as error:
            self._pending.pop(str(index), None)
            self._fail(Pending(attempt, items, start, began, began), outcome, error)

    def _collect(self):
        """Answers what the script says is finished; what it says twice counts once."""
        if not self._pending:
            return
        for key, result in dict(self._functions.finished() or {}).items():
            context = result.get("mini_batch_context")
            pending = self._pending.pop(str(getattr(context, "minibatch_index", key)), None)
            if pending is not None:
                self._answer(pending, result)
        self._tell_oldest()

    def _answer(self, pending, result):
        error = result.get("exception")
        if error is not None:
            self._fail(pending, protocol.OUTCOME_EXCEPTION, error)
            return
        run_ended = time.monotonic()
        try:
            header, rows, returned = self._rows.write(result.get("ret"))
        except BadReturn as bad:
            self._fail(pending, protocol.OUTCOME_BAD_RETURN, bad)
            return
        self._streams.flush()
        # CPU cannot be told apart among mini-batches that are in flight together.
        self._channel.done(pending.attempt, pending.items, returned, pending.start, time.monotonic() - pending.began, 0.0,
                           run_ended - pending.run_began, header, rows)

    def _fail(self, pending, outcome, error):
        self._streams.flush()
        if isinstance(error, BaseException):
            said = traceback.format_exception_only(type(error), error)[-1].strip()
            trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        else:
            said = trace = str(error)
        now = time.monotonic()
        self._channel.failed(pending.attempt, outcome, pending.items, pending.start, now - pending.began, 0.0,
                             now - pending.run_began, said, trace)

    def _tell_oldest(self):
        for pending in self._pending.values():
            self._page.begin(pending.attempt, pending.began)
            self._page.go_on(protocol.PHASE_RUN, pending.run_began, pending.items)
            return
        self._page.end(time.monotonic())
