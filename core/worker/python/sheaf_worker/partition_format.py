# SPDX-License-Identifier: GPL-3.0-or-later
"""`{Store}/{day:yyyy/MM/dd}/{file_name}.{extension}`: columns out of a file's path. The rules are in ../table_format.md."""

import datetime
import re

_DATE_PARTS = {"yyyy": ("year", 4), "MM": ("month", 2), "dd": ("day", 2), "HH": ("hour", 2), "mm": ("minute", 2),
               "ss": ("second", 2)}


class PartitionFormat:
    def __init__(self, text):
        self._text = text
        text = text[2:] if text.startswith("./") else text[1:] if text.startswith("/") else text
        self._segments = text.count("/") + 1
        self._columns = []  # (name, None) or (name, [date parts in order])
        pattern = ""
        for piece in re.split(r"(\{[^}]*\})", text):
            pattern += self._piece(piece) if piece.startswith("{") else re.escape(piece)
        self._pattern = re.compile(pattern + r"\Z", re.DOTALL)

    def _piece(self, piece):
        name, colon, date = piece[1:-1].partition(":")
        if not colon:
            self._columns.append((name, None))
            return "([^/]+)"
        parts = []
        pattern = ""
        for text in re.split("(yyyy|MM|dd|HH|mm|ss)", date):
            if text in _DATE_PARTS:
                part, digits = _DATE_PARTS[text]
                parts.append(part)
                pattern += "([0-9]{%d})" % digits
            else:
                pattern += re.escape(text)
        self._columns.append((name, parts))
        return pattern

    def values(self, path):
        """{column: text or datetime} of a path relative to the table's root."""
        match = self._pattern.match("/".join(path.split("/")[-self._segments:]))
        if match is None:
            raise ValueError("the path '%s' does not match the partition format '%s'" % (path, self._text))
        groups = iter(match.groups())
        values = {}
        for name, parts in self._columns:
            if parts is None:
                values[name] = next(groups)
            else:
                date = {"year": 1900, "month": 1, "day": 1}
                for part in parts:
                    date[part] = int(next(groups))
                values[name] = datetime.datetime(**date)
        return values
