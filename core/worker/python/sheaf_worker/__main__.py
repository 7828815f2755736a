# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m sheaf_worker`, started by an agent: loads the entry script and works through what the agent sends."""

import faulthandler
import json
import os
import shutil
import signal
import sys
import time

from . import protocol
from .entry import EntryError, EntryScript, MiniBatchContext
from .mini_batch_source import source_of
from .results import BadReturn, RowWriter
from .streams import UserStreams, set_up_logging
from .tracebacks import last_line, user_traceback


class Worker:
    def __init__(self, channel, page, start):
        self._channel = channel
        self._page = page
        self._start = start
        self._streams = UserStreams(channel)
        set_up_logging(channel, self._streams, start["loggingLevel"], start["process"])
        self._profiler = None

    # ---- getting ready ---------------------------------------------------------------------------------------------

    def get_ready(self):
        """Imports the script and calls init(); False when either failed (the agent has been told)."""
        start = self._start
        self._prepare_helper()
        stage = 0
        began = time.monotonic()
        self._page.phase(protocol.PHASE_INIT)
        try:
            self._entry = EntryScript(start["codeDir"], start["entryScript"], start["arguments"], start["asyncMode"])
            self._source = source_of(start)
            self._rows = RowWriter(start)
            stage = 1
            began = time.monotonic()
            if callable(self._entry.init):
                self._profiled(self._entry.init)
        except EntryError as error:
            self._streams.flush()
            self._channel.init_failed(stage, str(error), str(error))
            return False
        except BaseException as error:  # SystemExit in init() as well: the script did not get ready
            self._streams.flush()
            self._channel.init_failed(stage, last_line(error), user_traceback(error))
            return False
        self._streams.flush()
        self._channel.ready(time.monotonic() - began, self._entry.notes)
        self._page.phase(protocol.PHASE_IDLE)
        return True

    def _prepare_helper(self):
        from azureml_user.parallel_run import EntryScript as Helper

        start = self._start
        Helper()._setting.update(log_dir=start["logDir"], output_dir=start["outputDir"], agent_name=start["process"],
                                 working_dir=start["codeDir"], temp_dir=start["tempDir"])
        if start["profilingModule"] == "cProfile":
            import cProfile

            self._profiler = cProfile.Profile()
        elif start["profilingModule"] == "profile":
            import profile

            self._profiler = profile.Profile()

    def _profiled(self, function, *arguments):
        if self._profiler is None:
            return function(*arguments)
        return self._profiler.runcall(function, *arguments)

    # ---- working ---------------------------------------------------------------------------------------------------

    def work(self):
        """Until Finish comes or the agent is gone."""
        if self._entry.asynchronous is not None:
            from .async_mode import AsyncLoop

            loop = AsyncLoop(self._channel, self._page, self._entry.asynchronous, self._source, self._rows, self._streams)
            if loop.run():
                self._finish()
            return
        for kind, body in self._channel.frames():
            if kind == protocol.RUN:
                self._attempt(body)
            elif kind == protocol.FINISH:
                self._finish()
                return

    def _attempt(self, body, _monotonic=time.monotonic, _cpu=time.process_time, _loads=json.loads):
        attempt, index, text = protocol.unpack_run(body)
        began = _monotonic()
        cpu = _cpu()
        start = time.time_ns() // 1000
        page = self._page
        if page.wants_back():
            self._channel.failed(attempt, protocol.OUTCOME_LOST, 0, start, 0, 0, 0, "", "")
            return
        page.begin(attempt, began)
        items = 0
        run_began = run_ended = began
        outcome = protocol.OUTCOME_LOAD_FAILED
        try:
            line = _loads(text)
            mini_batch, items = self._source(line)
            outcome = protocol.OUTCOME_EXCEPTION
            entry = self._entry
            run_began = _monotonic()
            page.go_on(protocol.PHASE_RUN, run_began, items)
            try:
                if self._profiler is not None:
                    result = self._run_profiled(mini_batch, index, line)
                elif entry.takes_context:
                    result = entry.run(mini_batch, MiniBatchContext(index, line.get("key"), line.get("row")))
                else:
                    result = entry.run(mini_batch)
            finally:
                run_ended = _monotonic()
            page.go_on(protocol.PHASE_MAKING_ROWS, run_ended, items)
            header, rows, returned = self._rows.write(result)
        except SystemExit as error:
            # The script ends its process: it gets a fresh one, and the attempt is that of a dead worker.
            self._streams.flush()
            code = error.code if isinstance(error.code, int) else (0 if error.code is None else 1)
            if error.code is not None and not isinstance(error.code, int):
                print(error.code, file=sys.stderr)
                self._streams.flush()
            os._exit(code & 0xFF)
        except BaseException as error:
            self._streams.flush()
            if isinstance(error, BadReturn):
                outcome, said, trace = protocol.OUTCOME_BAD_RETURN, str(error), str(error)
            else:
                said, trace = last_line(error), user_traceback(error)
            ended = _monotonic()
            self._channel.failed(attempt, outcome, items, start, ended - began, _cpu() - cpu, run_ended - run_began, said,
                                 trace)
            page.end(ended)
            return
        self._streams.flush()
        ended = _monotonic()
        self._channel.done(attempt, items, returned, start, ended - began, _cpu() - cpu, run_ended - run_began, header,
                           rows)
        page.end(ended)

    def _run_profiled(self, mini_batch, index, line):
        if self._entry.takes_context:
            context = MiniBatchContext(index, line.get("key"), line.get("row"))
            return self._profiled(self._entry.run, mini_batch, context)
        return self._profiled(self._entry.run, mini_batch)

    def _finish(self):
        self._page.phase(protocol.PHASE_SHUTDOWN)
        trace = ""
        if callable(self._entry.shutdown):
            try:
                self._profiled(self._entry.shutdown)
            except BaseException as error:
                trace = user_traceback(error)
        self._dump_profile()
        self._streams.flush()
        self._channel.finished(not trace, trace)

    def _dump_profile(self):
        if self._profiler is None or not self._start["profileFile"]:
            return
        try:
            os.makedirs(os.path.dirname(self._start["profileFile"]), exist_ok=True)
            self._profiler.dump_stats(self._start["profileFile"])
        except OSError as error:
            print("the profile could not be written: %s" % error, file=sys.stderr)


def main():
    os.set_inheritable(3, False)
    os.set_inheritable(4, False)
    faulthandler.enable(file=2, all_threads=True)
    faulthandler.register(signal.SIGUSR1, file=2, all_threads=True, chain=False)
    channel = protocol.Channel()
    page = protocol.StatusPage()
    for kind, body in channel.frames():
        if kind == protocol.START:
            start = json.loads(body)
            break
    else:
        return 0
    os.environ["TMPDIR"] = start["tempDir"]
    os.environ["AZUREML_BI_OUTPUT_PATH"] = start["outputDir"]
    worker = Worker(channel, page, start)
    code = 0
    if worker.get_ready():
        worker.work()
    else:
        code = 1
    shutil.rmtree(start["tempDir"], ignore_errors=True)
    # Threads that the user left behind must not hold the process.
    sys.stdout.flush()
    os._exit(code)


main()
