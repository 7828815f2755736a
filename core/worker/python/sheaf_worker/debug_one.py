# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one mini-batch alone, where its author can look on: `python -m sheaf_worker.debug_one START.json [--pdb] [--break] [--debugpy PORT]`.

START.json (made by core/workspace/debug_session): {"start": WorkerStart, "miniBatch": its number, "line": its line of plan.jsonl, "rows": file
that gets the returned rows, "result": file that gets the outcome}. The standard streams are the caller's own, so that a debugger can ask.
Exit code: 0 run() returned what a run would take, 1 it (or import, init(), loading) raised, 2 it could not begin, 130 the user left.
"""

import argparse
import bdb
import faulthandler
import importlib
import json
import logging
import os
import sys
import time

from .async_mode import AsyncLoop, LOOK_SECONDS, Pending
from .entry import EntryError, EntryScript, MiniBatchContext
from .mini_batch_source import source_of
from .protocol import encode
from .results import BadReturn, RowWriter
from .streams import set_up_loggers
from .tracebacks import last_line, user_frames, user_traceback

_SHOWN = 20  # files, rows or lines printed at most
_RAISED, _CANNOT_BEGIN, _LEFT = 1, 2, 130


class _Left(BaseException):
    """The user left the debugger before the end."""


class _CannotBegin(Exception):
    """The text is a sentence for the user."""


class _Said(Exception):
    """An asynchronous script gave a text instead of an exception."""


def _tell(text):
    """Our own lines, apart from those of the script."""
    print("-- " + text, flush=True)


# ---- debuggers ---------------------------------------------------------------------------------------------------------


class _NoDebugger:
    def call(self, function, *arguments):
        return function(*arguments)

    def look_at(self, error):
        pass


class _Pdb:
    def __init__(self, code_dir, stops, looks):
        self._module = _import_aside("pdb", code_dir)
        self._stops = stops
        self._looks = looks

    def call(self, function, *arguments):
        """Stops at the first line of the function."""
        if not self._stops:
            return function(*arguments)
        _tell("pdb: the first line of %s(). `n` next line, `s` into a call, `c` go on, `p NAME` print, `q` leave" % function.__name__)
        debugger = self._module.Pdb()
        debugger.reset()
        sys.settrace(debugger.trace_dispatch)
        try:
            return function(*arguments)
        except bdb.BdbQuit:
            raise _Left() from None
        finally:
            debugger.quitting = True
            sys.settrace(None)

    def look_at(self, error):
        frames = user_frames(error)
        if not self._looks or frames is None:
            return
        _tell("pdb: where it was raised. `w` all frames, `u` and `d` walk, `p NAME` print, `q` leave")
        try:
            self._module.post_mortem(frames)
        except bdb.BdbQuit:
            pass


class _Debugpy:
    def __init__(self, module, stops):
        self._module = module
        self._stops = stops

    def call(self, function, *arguments):
        if self._stops:
            self._module.breakpoint()
        return function(*arguments)  # "step into" goes to its first line

    def look_at(self, error):
        pass  # the client stops where exceptions are raised when it is told to


def _import_aside(name, code_dir):
    """Imports a module for us alone: the code folder may have a code.py or cmd.py, which pdb must not get, and which the script must get."""
    before = set(sys.modules)
    path = list(sys.path)
    sys.path[:] = [folder for folder in path if os.path.abspath(folder or os.curdir) != code_dir]
    try:
        return importlib.import_module(name)
    finally:
        sys.path[:] = path
        for added in set(sys.modules) - before:
            own = os.path.join(code_dir, added.partition(".")[0])
            if os.path.exists(own + ".py") or os.path.isdir(own):
                del sys.modules[added]


def _debugger_of(options, code_dir):
    if options.debugpy is None:
        return _Pdb(code_dir, options.stop, options.pdb) if options.pdb or options.stop else _NoDebugger()
    try:
        debugpy = _import_aside("debugpy", code_dir)
    except ImportError as error:
        raise _CannotBegin("%s has no debugpy (%s). Install it there (pip install debugpy), or use --pdb." % (sys.executable, error)) from None
    try:
        debugpy.listen(("127.0.0.1", options.debugpy))
    except Exception as error:
        raise _CannotBegin("debugpy cannot listen on port %d: %s" % (options.debugpy, last_line(error))) from None
    _tell("debugpy: waiting for a debugger on 127.0.0.1:%d; the code lies in %s" % (options.debugpy, code_dir))
    debugpy.wait_for_client()
    _tell("debugpy: a debugger is there")
    return _Debugpy(debugpy, options.stop)


# ---- one mini-batch ----------------------------------------------------------------------------------------------------


class _NoPage:
    """In place of the status page: nobody watches the time."""

    def begin(self, attempt, now):
        pass

    def go_on(self, phase, now, items):
        pass

    def end(self, now):
        pass


class _AsyncOne(AsyncLoop):
    """The loop of asynchronous scripts, for one mini-batch: keeps what it would answer."""

    def __init__(self, functions):
        super().__init__(None, _NoPage(), functions, None, None, None)
        self._result = None

    def take(self, call, mini_batch, items, context):
        now = time.monotonic()
        self._pending[str(context.minibatch_index)] = Pending(1, items, 0, now, now)
        call(self._functions.enqueue, mini_batch, context)
        while self._pending:
            self._collect()
            if self._pending:
                time.sleep(LOOK_SECONDS)
        error = self._result.get("exception")
        if isinstance(error, BaseException):
            raise error
        if error is not None:
            raise _Said(str(error))
        return self._result.get("ret")

    def _answer(self, pending, result):
        self._result = result


class OneMiniBatch:
    def __init__(self, question, debugger):
        self._question = question
        self._start = question["start"]
        self._debugger = debugger
        self._entry = None
        self._ready = False
        self._result = dict(outcome="ImportFailed", error="", traceback="", items=0, returned=0, initSeconds=0.0, loadSeconds=0.0,
                            runSeconds=0.0)

    def work(self):
        """The exit code."""
        try:
            self._get_ready()
            mini_batch, items = self._load()
            returned = self._run(mini_batch, items)
            self._keep(returned)
            code = 0
        except (_Left, KeyboardInterrupt):
            self._result["outcome"] = "Left"
            _tell("left before the end")
            code = _LEFT
        except BaseException as error:  # SystemExit as well: in a run it would end the worker
            self._fail(error)
            code = _RAISED
        self._write_result()
        if code != _LEFT:
            self._shut_down()
        return code

    def _get_ready(self):
        start = self._start
        _tell("import %s" % start["entryScript"])
        self._prepare_helper()
        self._entry = EntryScript(start["codeDir"], start["entryScript"], start["arguments"], start["asyncMode"])
        for note in self._entry.notes:
            _tell("note: " + note)
        self._source = source_of(start)
        self._rows = RowWriter(start)
        self._result["outcome"] = "InitFailed"
        if callable(self._entry.init):
            _tell("init()")
            self._timed("initSeconds", self._entry.init)
        self._ready = True

    def _prepare_helper(self):
        from azureml_user.parallel_run import EntryScript as Helper

        start = self._start
        Helper()._setting.update(log_dir=start["logDir"], output_dir=start["outputDir"], agent_name=start["process"],
                                 working_dir=start["codeDir"], temp_dir=start["tempDir"])

    def _load(self):
        self._result["outcome"] = "LoadFailed"
        mini_batch, items = self._timed("loadSeconds", lambda: self._source(self._question["line"]))
        self._result["items"] = items
        function = "enqueue" if self._entry.asynchronous is not None else "run"
        kind = self._start["miniBatchKind"]
        _tell("%s(mini_batch): mini-batch %d, %s" % (function, self._question["miniBatch"], _counted(items, "file" if kind == "Files" else "row")))
        if kind == "Files":
            _show_lines([str(path) for path in mini_batch])
        elif kind == "Table":
            _show_lines(["columns: " + ", ".join(map(str, mini_batch.columns))])
        return mini_batch, items

    def _run(self, mini_batch, items):
        self._result["outcome"] = "Exception"
        entry = self._entry
        line = self._question["line"]
        context = MiniBatchContext(self._question["miniBatch"], line.get("key"), line.get("row"))
        call = self._debugger.call
        if entry.asynchronous is not None:
            return self._timed("runSeconds", lambda: _AsyncOne(entry.asynchronous).take(call, mini_batch, items, context))
        if entry.takes_context:
            return self._timed("runSeconds", lambda: call(entry.run, mini_batch, context))
        return self._timed("runSeconds", lambda: call(entry.run, mini_batch))

    def _timed(self, name, function):
        began = time.monotonic()
        try:
            return function()
        finally:
            self._result[name] = time.monotonic() - began

    def _keep(self, returned):
        header, rows, count = self._rows.write(returned)
        with open(self._question["rows"], "wb") as file:
            file.write(header + b"\n" if header else b"")
            file.write(rows)
        self._result.update(outcome="Done", returned=count)
        _tell("returned %s in %.2f s" % (_counted(count, "item"), self._result["runSeconds"]))
        if self._start["appendRow"]:
            _show_lines((([header] if header else []) + rows.split(b"\n", _SHOWN + 1))[:_SHOWN + 1], count + (1 if header else 0))
        else:
            lines = list(map(str, returned[:_SHOWN])) if isinstance(returned, (list, tuple)) else str(returned.head(_SHOWN)).split("\n")
            _show_lines(lines, count)
            _tell("the step appends no rows: in a run they are only counted")

    def _fail(self, error):
        result = self._result
        if isinstance(error, BadReturn):
            result["outcome"] = "BadReturn"
        if isinstance(error, (BadReturn, EntryError, _Said)):
            result["error"] = result["traceback"] = str(error)
        elif isinstance(error, SystemExit):
            result.update(outcome="Exit", error="the script ended its process: %s" % last_line(error), traceback=user_traceback(error))
        else:
            result["error"], result["traceback"] = last_line(error), user_traceback(error)
        sys.stdout.flush()
        _tell({"ImportFailed": "the script cannot be imported", "InitFailed": "init() raised", "LoadFailed": "it cannot be loaded",
               "BadReturn": "what was returned cannot be rows"}.get(result["outcome"], "raised"))
        print(result["traceback"].rstrip("\n"), file=sys.stderr, flush=True)
        self._write_result()  # a debugger may be left in many ways
        self._debugger.look_at(error)

    def _shut_down(self):
        """What it raises is a warning in a run, and no failure of a mini-batch."""
        if not self._ready or not callable(self._entry.shutdown):
            return
        _tell("shutdown()")
        try:
            self._entry.shutdown()
        except BaseException as error:
            _tell("shutdown() raised; in a run that is a warning")
            print(user_traceback(error).rstrip("\n"), file=sys.stderr, flush=True)

    def _write_result(self):
        _write(self._question["result"], self._result)


def _write(path, result):
    told = {name: encode(value).decode("utf-8") if isinstance(value, str) else value for name, value in result.items()}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(told, file)


def _counted(count, what):
    return "%d %s%s" % (count, what, "" if count == 1 else "s")


def _show_lines(lines, count=None):
    """The first of some lines, and how many more there are."""
    count = len(lines) if count is None else count
    for line in lines[:_SHOWN]:
        if isinstance(line, bytes):
            line = line.decode("utf-8", "backslashreplace")
        if line:
            print("   " + line)
    if count > _SHOWN:
        print("   \u2026 and %d more" % (count - _SHOWN))
    sys.stdout.flush()


def _options(words):
    parser = argparse.ArgumentParser(prog="sheaf_worker.debug_one", description="Runs one mini-batch alone.")
    parser.add_argument("start", help="START.json of a prepared folder")
    parser.add_argument("--pdb", action="store_true", help="pdb where something is raised")
    parser.add_argument("--break", dest="stop", action="store_true", help="stop at the first line of run()")
    parser.add_argument("--debugpy", type=int, metavar="PORT", help="wait for a debugger on this port")
    return parser.parse_args(words)


def main(words=None):
    options = _options(words)
    for stream in (sys.stdout, sys.stderr):  # live, whoever reads; and no print may fail
        stream.reconfigure(line_buffering=True, errors="backslashreplace", **({} if stream.isatty() else {"encoding": "utf-8"}))
    faulthandler.enable()
    with open(options.start, "rb") as file:
        question = json.loads(file.read().decode("utf-8"))
    start = question["start"]
    os.environ["TMPDIR"] = start["tempDir"]
    os.environ["AZUREML_BI_OUTPUT_PATH"] = start["outputDir"]
    set_up_loggers(sys.stdout, logging.StreamHandler(sys.stderr), start["loggingLevel"], start["process"])
    try:
        code = OneMiniBatch(question, _debugger_of(options, start["codeDir"])).work()
    except _CannotBegin as error:
        print("sheaf: %s" % error, file=sys.stderr)
        _write(question["result"], dict(outcome="NotBegun", error=str(error)))
        code = _CANNOT_BEGIN
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # threads that the user left behind must not hold the process


if __name__ == "__main__":
    main()
