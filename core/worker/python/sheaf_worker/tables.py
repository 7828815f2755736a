# SPDX-License-Identifier: GPL-3.0-or-later
"""Slices of an MLTable to one pandas DataFrame (reference §5; ../table_format.md says what the plan hands over).

`skip`, `take` and `take_random_sample` act on the rows of the mini-batch: rows are counted nowhere before they are read.
"""

import codecs
import io
import logging
import os
import zlib
from urllib.parse import unquote

import pandas as pd

from .filter_expression import FilterExpression
from .input_files import InputFiles
from .partition_format import PartitionFormat

_ENCODINGS = {"utf8": "utf-8", "utf8bom": "utf-8", "iso88591": "latin-1", "latin1": "latin-1", "ascii": "utf-8",
              "utf16": "utf-16-le", "utf32": "utf-32-le", "windows1252": "cp1252"}
_HEAD_ROWS = 200


class _Delimited:
    def __init__(self, table, files, mixed_types):
        read = table["read"]
        self._files = files
        self._delimiter = read.get("delimiter", ",")
        self._header_mode = read.get("header", "all_files_same_headers")
        self._encoding_name = str(read.get("encoding", "utf8")).lower()
        self._encoding = _ENCODINGS.get(self._encoding_name, self._encoding_name)
        self._infer = read.get("infer_column_types", True) and not mixed_types
        self._mixed = mixed_types
        self._empty_as_string = read.get("empty_as_string", False)
        self._names = None
        header = table.get("header_row")
        if header is not None:
            self._names = self._header_names(header)
        self._first_file = table.get("first_file")
        self._types = {}  # file → {column: str} that were seen as text
        self._warned = set()
        self._orders = {}  # file → encoding with the order of its bytes

    def _header_names(self, text):
        frame = pd.read_csv(io.StringIO(text + "\n"), sep=self._delimiter, dtype=str, keep_default_na=False, engine=self._engine)
        return list(frame.columns)

    @property
    def _engine(self):
        return "c" if len(self._delimiter) == 1 else "python"

    def _encoding_of(self, name):
        """utf16 and utf32: as the byte-order mark of the file says."""
        if self._encoding_name not in ("utf16", "utf32"):
            return self._encoding
        if name not in self._orders:
            with open(name, "rb") as file:
                mark = file.read(4)
            wide = self._encoding_name
            big = mark.startswith(codecs.BOM_UTF16_BE) if wide == "utf16" else mark.startswith(codecs.BOM_UTF32_BE)
            self._orders[name] = ("utf-16-" if wide == "utf16" else "utf-32-") + ("be" if big else "le")
        return self._orders[name]

    def _names_of(self, name):
        if self._names is not None or self._header_mode == "no_header":
            return self._names
        with open(name, encoding=self._encoding_of(name), errors="replace", newline="") as file:
            text = file.readline().lstrip("\ufeff")
            while text and not text.strip():
                text = file.readline()
            while text.count('"') % 2:  # a quoted newline in the header
                more = file.readline()
                if not more:
                    break
                text += more
        return self._header_names(text.rstrip("\r\n"))

    def _options(self, names):
        options = dict(sep=self._delimiter, header=None, names=names, index_col=False, engine=self._engine,
                       encoding_errors="replace")
        if names is None:
            del options["names"]
        if self._empty_as_string:
            options.update(keep_default_na=False, na_values=[])
        if not self._infer:
            options["dtype"] = None if self._mixed else str
        if self._engine == "c":
            options["low_memory"] = False
        return options

    def read(self, path, begin, end):
        name = self._files.find(path)
        names = self._names_of(name)
        with open(name, "rb") as file:
            file.seek(begin)
            data = file.read(end - begin)
        encoding = self._encoding_of(name)
        if encoding == "utf-8":
            self._warn_of_other_bytes(path, begin, data)
        else:
            data = data.decode(encoding, "replace").encode("utf-8")
        if not data.strip():
            return pd.DataFrame(columns=names if names is not None else [])
        options = self._options(names)
        if self._infer:
            texts = self._text_columns(name, names, encoding, options)
            if texts:
                options["dtype"] = texts
        frame = pd.read_csv(io.BytesIO(data), **options)
        if names is None:
            frame.columns = ["Column%d" % (i + 1) for i in range(len(frame.columns))]
        return frame

    def _warn_of_other_bytes(self, path, begin, data):
        """Once per file: such characters are read as U+FFFD, which looks like a fault of somebody else."""
        if path in self._warned or data.isascii():
            return
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            self._warned.add(path)
            logging.getLogger("sheaf").warning("%s is not UTF-8 (byte %d): such characters are read as \ufffd. Give its encoding in the MLTable, "
                                               "for example latin1.", path, begin + error.start)

    def _text_columns(self, name, names, encoding, options):
        """Columns that the first rows of the first file show as text (of each file its own where they have different headers): they
        are text everywhere, so `007` of a column of codes stays `007` in a mini-batch that happens to hold digits only, and no
        result depends on which worker read what before."""
        if self._first_file is not None:
            name = self._files.find(self._first_file)
            encoding = self._encoding_of(name)
        if name not in self._types:
            head = pd.read_csv(io.BytesIO(self._head(name, encoding)), nrows=_HEAD_ROWS, **options)
            self._types[name] = {column: str for column in head.columns if head[column].dtype == object}
        return self._types[name]

    def _head(self, name, encoding):
        """The first records of the file, without its header."""
        with open(name, encoding=encoding, errors="replace", newline="") as file:
            text = file.read(1 << 18).lstrip("\ufeff")
        if self._header_mode != "no_header" and (self._header_mode != "from_first_file" or self._names is not None):
            quoted = False
            for at, letter in enumerate(text):
                if letter == '"':
                    quoted = not quoted
                elif letter == "\n" and not quoted:
                    text = text[at + 1:]
                    break
        last = text.rfind("\n")
        if len(text) > 1 << 17 and last > 0:
            text = text[:last + 1]
        return text.encode("utf-8", "replace") or b"\n"


class _JsonLines:
    def __init__(self, table, files):
        self._files = files
        read = table["read"]
        self._drop = read.get("invalid_lines", "error") == "drop"
        self._encoding = _ENCODINGS.get(str(read.get("encoding", "utf8")).lower(), "utf-8")

    def read(self, path, begin, end):
        import json

        rows = []
        with open(self._files.find(path), "rb") as file:
            file.seek(begin)
            text = file.read(end - begin).decode(self._encoding, "replace")
        for record in text.split("\n"):
            if not record.strip():
                continue
            try:
                rows.append(json.loads(record))
            except ValueError:
                if not self._drop:
                    raise ValueError("a line of %s is no JSON: %.200s" % (path, record)) from None
        return pd.DataFrame(rows)


class _Parquet:
    def __init__(self, table, files):
        self._files = files
        self._partitions = table.get("delta_partition_columns") or []

    def read(self, path, begin, end):
        import pyarrow.parquet

        file = pyarrow.parquet.ParquetFile(os.fsdecode(self._files.find(path)))
        groups = range(begin, file.num_row_groups if end < 0 else end)
        frame = file.read_row_groups(list(groups)).to_pandas()
        for name, kind in self._partitions:
            frame[name] = self._partition_value(path, name, kind)
        return frame

    @staticmethod
    def _partition_value(path, name, kind):
        for segment in path.split("/"):
            key, equals, value = segment.partition("=")
            if equals and unquote(key) == name:
                value = unquote(value)
                if value == "__HIVE_DEFAULT_PARTITION__":
                    return None
                if kind in ("integer", "long", "short", "byte"):
                    return int(value)
                if kind in ("float", "double"):
                    return float(value)
                if kind == "boolean":
                    return value == "true"
                if kind in ("date", "timestamp"):
                    return pd.Timestamp(value)
                return value
        return None


class TableReader:
    """Reads the slices of a line of the plan and applies the table's transformations in their order."""

    def __init__(self, start):
        table = start["table"]
        self._include_path = bool(table["read"].get("include_path_column", False))
        self._root = start["root"]
        files = InputFiles(start)
        kind = start["tableFormat"]
        if kind == "Delimited":
            self._reader = _Delimited(table, files, start["mixedTypes"])
        elif kind == "JsonLines":
            self._reader = _JsonLines(table, files)
        else:
            self._reader = _Parquet(table, files)
        self._format = None
        self._slices = []
        self._steps = []
        for transformation in table["transformations"]:
            (name, arguments), = transformation.items()
            if name == "extract_columns_from_partition_format":
                self._format = PartitionFormat(arguments)
            elif name == "filter":
                arguments = FilterExpression(arguments)
            self._steps.append((getattr(self, "_" + name), arguments))

    def read(self, line):
        frames = []
        self._slices = line["slices"]
        for path, begin, end in self._slices:
            frame = self._reader.read(path, begin, end)
            if self._include_path:
                frame["Path"] = os.path.join(self._root, path)
            if self._format is not None:
                for column, value in self._format.values(path).items():
                    frame[column] = value
            frames.append(frame)
        frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
        for step, arguments in self._steps:
            frame = step(frame, arguments)
        if len(self._steps):
            frame = frame.reset_index(drop=True)
        return frame, len(frame)

    # ---- transformations ---------------------------------------------------------------------------------------------

    @staticmethod
    def _extract_columns_from_partition_format(frame, arguments):
        return frame  # the columns come with their file, in read()

    @staticmethod
    def _drop_columns(frame, names):
        return frame.drop(columns=[name for name in names if name in frame.columns])

    @staticmethod
    def _keep_columns(frame, names):
        return frame[[name for name in names if name in frame.columns]]

    @staticmethod
    def _filter(frame, expression):
        return frame[expression.rows(frame)]

    @staticmethod
    def _skip(frame, count):
        return frame.iloc[count:]

    @staticmethod
    def _take(frame, count):
        return frame.iloc[:count]

    def _take_random_sample(self, frame, arguments):
        # Another choice in every mini-batch, the same one when a mini-batch is tried again.
        seed = zlib.crc32(repr((arguments.get("seed"), self._slices)).encode("utf-8", "surrogateescape"))
        return frame.sample(frac=float(arguments["probability"]), random_state=seed).sort_index()

    @staticmethod
    def _convert_column_types(frame, conversions):
        frame = frame.copy(deep=False)
        for conversion in conversions:
            columns = conversion["columns"]
            for column in columns:
                if column in frame.columns:
                    frame[column] = _converted(frame[column], conversion)
        return frame


def _converted(series, conversion):
    kind = conversion["column_type"]
    if isinstance(kind, dict):  # {boolean: {…}} and {datetime: {…}} carry their options
        (kind, options), = kind.items()
        conversion = dict(conversion, **(options or {}))
    if kind == "int":
        numbers = pd.to_numeric(series, errors="coerce")
        return numbers.astype("int64") if numbers.notna().all() else numbers.round().astype("Int64")
    if kind == "float":
        return pd.to_numeric(series, errors="coerce").astype("float64")
    if kind == "string":
        return series.where(series.isna(), series.astype(str)).astype(object)
    if kind == "boolean":
        return _to_boolean(series, conversion)
    if kind == "datetime":
        return _to_datetime(series, conversion.get("formats"))
    return series  # stream: a path stays text


def _to_boolean(series, conversion):
    true_values = {str(value).lower() for value in conversion.get("true_values") or ["true", "1", "1.0", "yes"]}
    false_values = {str(value).lower() for value in conversion.get("false_values") or ["false", "0", "0.0", "no"]}
    mismatch = str(conversion.get("mismatch_as", "error")).lower()

    def one(value):
        text = str(value).lower()
        if text in true_values:
            return True
        if text in false_values:
            return False
        if mismatch == "error":
            raise ValueError("'%s' is neither one of the true values nor one of the false values" % value)
        return mismatch == "true"

    return series.map(one)


def _to_datetime(series, formats):
    if isinstance(formats, str):
        formats = [formats]
    if not formats:
        return pd.to_datetime(series, errors="coerce")
    result = pd.to_datetime(series, format=formats[0], errors="coerce")
    for form in formats[1:]:
        result = result.fillna(pd.to_datetime(series, format=form, errors="coerce"))
    return result
