# SPDX-License-Identifier: GPL-3.0-or-later
"""What run() returned, as the lines that are appended to the step's output (reference §2.5, §2.6)."""

import json
import os
import sys

from .protocol import encode

_SETTINGS_FILE = "parallel_run_step.settings.json"
# A frame to the agent tells its length in 32 bits.
_MOST_BYTES = (1 << 32) - (1 << 20)


class BadReturn(Exception):
    """run() returned what cannot be rows; the text is a sentence for the author of the script."""


def _to_csv_options(code_dir):
    """Options that the script's author gives for to_csv, from a file in the root of the code folder."""
    try:
        with open(os.path.join(code_dir, _SETTINGS_FILE), encoding="utf-8") as file:
            options = json.load(file).get("append_row", {}).get("pandas.DataFrame.to_csv", {})
    except FileNotFoundError:
        return {}
    return {key: value for key, value in options.items() if isinstance(value, (str, int, float, bool)) or value is None}

# A frame to the agent tells its length in 32 bits.
_MOST_BYTES = (1 << 32) - (1 << 20)


class RowWriter:
    """Counts what run() returned and turns it into UTF-8 lines; nothing but the count in summary-only steps."""

    def __init__(self, start):
        self._append = start["appendRow"]
        self._header = start["dataframeHeader"]
        self._json_rows = start["miniBatchKind"] == "JsonRows"
        own = _to_csv_options(start["codeDir"])
        self._default_form = not own
        # Blank-separated without header and index, lines ended by \n: what the service writes.
        self._options = dict(sep=" ", header=False, index=False)
        self._options.update(own)
        self._options["line_terminator"] = "\n"
        self._native = None

    def write(self, result):
        """(header row, rows, number of items)"""
        written = self._write(result)
        if len(written[1]) > _MOST_BYTES:
            raise BadReturn("run() returned %.1f GiB of rows; one mini-batch may give 4 GiB at most. Make mini_batch_size smaller."
                            % (len(written[1]) / (1 << 30)))
        return written

    def _write(self, result):
        kind = type(result)
        if kind is list or kind is tuple or isinstance(result, (list, tuple)):
            if not result or not self._append:
                return b"", b"", len(result)
            return b"", self._lines(result), len(result)
        pandas = sys.modules.get("pandas")
        if pandas is not None and isinstance(result, pandas.DataFrame):
            if not self._append:
                return b"", b"", len(result)
            return self._frame(pandas, result)
        raise BadReturn("run() must return a list, a tuple or a pandas DataFrame, but it returned %s." % kind.__name__)

    def _lines(self, result):
        if self._json_rows:
            result = [_output_member(row) for row in result]
        return encode("\n".join(map(str, result)) + "\n")

    def _frame(self, pandas, frame):
        options = self._options
        if "lineterminator" not in options and tuple(int(n) for n in pandas.__version__.split(".")[:2]) >= (1, 5):
            options["lineterminator"] = options.pop("line_terminator")
        rows = self._native_rows(frame) if self._default_form else None
        wants_header = self._header or bool(options.get("header"))
        if rows is None:
            rows = encode(frame.to_csv(**dict(options, header=False)))
        header = b""
        if wants_header and len(frame.columns):
            header = encode(frame.iloc[:0].to_csv(**dict(options, header=True))).rstrip(b"\n")
        return header, rows, len(frame)

    def _native_rows(self, frame):
        if self._native is None:
            from . import rows_native

            self._native = rows_native
        return self._native.format_frame(frame)


def _output_member(row):
    """promptflow mode: of each returned JSON text only what is under "output" is written."""
    try:
        value = json.loads(row) if isinstance(row, str) else row
        if isinstance(value, dict) and "output" in value:
            output = value["output"]
            return output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)
    except ValueError:
        pass
    return row
