# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what run() would be given for a line of the plan: `python -m sheaf_worker.preview`. Reads {"start": WorkerStart, "line": a line of
plan.jsonl, "rows": n, "columns": n, "letters": n} (how much to show at most) and prints one line: "sheaf:" and {"kind", "count", "columns":
[[name, type], …], "rows": [[text or null, …], …], "notes": […]}, or {"error"} or {"missing": package}. Files are columns too: path, bytes."""

import json
import logging
import os
import sys
import traceback

from .mini_batch_source import PandasMissing, source_of

_MARK = "sheaf:"  # an import may print


def _readable(text):
    """A byte of a name that is not UTF-8 as \\xNN; other lone surrogates as \\uNNNN."""
    try:
        return os.fsencode(text).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


class _Notes(logging.Handler):
    """What reading warns of."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(_readable(record.getMessage()))


class _Preview:
    def __init__(self, question):
        self._start = question["start"]
        self._line = question["line"]
        self._most_rows = question["rows"]
        self._most_columns = question["columns"]
        self._letters = question["letters"]

    def make(self):
        mini_batch, count = source_of(self._start)(self._line)
        kind = self._start["miniBatchKind"]
        columns, rows = {"Files": self._files, "JsonRows": self._json_rows, "Table": self._table}[kind](mini_batch)
        more = max(0, len(columns) - self._most_columns)
        return dict(kind=kind, count=count, moreColumns=more, columns=[[self._cut(name), type_] for name, type_ in columns[:self._most_columns]],
                    rows=[[None if cell is None else self._cut(cell) for cell in row[:self._most_columns]] for row in rows])

    def _cut(self, text):
        text = _readable(text)
        return text if len(text) <= self._letters else text[:self._letters] + "\u2026"

    def _files(self, paths):
        rows = []
        for path in paths[:self._most_rows]:
            name = os.path.relpath(path, self._start["root"])
            try:
                size = str(os.stat(os.fsencode(path)).st_size)
            except OSError:
                size = None
            rows.append([name, size])
        return [["path", "str"], ["bytes", "int"]], rows

    def _json_rows(self, mini_batch):
        shown = mini_batch[:self._most_rows]
        types = {}
        for row in shown:
            for name, value in (row.items() if isinstance(row, dict) else [("", row)]):
                if value is not None or name not in types:
                    seen = types.setdefault(name, [])
                    if value is not None and type(value).__name__ not in seen:
                        seen.append(type(value).__name__)
        rows = []
        for row in shown:
            row = row if isinstance(row, dict) else {"": row}
            rows.append([self._json_text(row[name]) if name in row else None for name in types])
        return [[name, " or ".join(seen) or "null"] for name, seen in types.items()], rows

    @staticmethod
    def _json_text(value):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def _table(self, frame):
        columns = [[str(name), str(kind)] for name, kind in zip(frame.columns, frame.dtypes)]
        head = frame.iloc[:self._most_rows, :self._most_columns]
        cells = [head.iloc[:, number].tolist() for number in range(head.shape[1])]
        return columns, [[_cell(column[row]) for column in cells] for row in range(len(head))]


def _cell(value):
    if value is None:
        return None
    try:
        if value != value:  # NaN, NaT
            return None
    except (TypeError, ValueError):  # pandas.NA, and arrays that cannot be compared as a whole
        if type(value).__name__ == "NAType":
            return None
    return str(value)


def answer(question):
    """The preview, or what went wrong with it, as values of JSON."""
    notes = _Notes()
    log = logging.getLogger("sheaf")
    log.addHandler(notes)
    try:
        made = _Preview(question).make()
    except PandasMissing:
        return {"missing": "pandas"}
    except Exception as error:
        return {"error": _readable(traceback.format_exception_only(type(error), error)[-1].strip())}
    finally:
        log.removeHandler(notes)
    made["notes"] = notes.texts
    return made


def main():
    question = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    made = answer(question)
    sys.stdout.write("\n" + _MARK + json.dumps(made) + "\n")


if __name__ == "__main__":
    main()
