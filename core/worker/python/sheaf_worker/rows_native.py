# SPDX-License-Identifier: GPL-3.0-or-later
"""DataFrame columns to text by libsheaf_rows.so (../../rows_native.cpp): what to_csv(sep=" ", header=False, index=False)
writes, byte for byte, without the interpreter's lock. What it does not surely do the same is left to to_csv (None).
"""

import ctypes
import os

import numpy as np

_KINDS = {"int8": 1, "int16": 2, "int32": 3, "int64": 4, "uint8": 5, "uint16": 6, "uint32": 7, "uint64": 8, "float64": 10, "bool": 11}
_TEXT = 12
_SEPARATOR = "\x1f"
_MISSING = "\x1e"


class _Column(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int32), ("data", ctypes.c_void_p), ("size", ctypes.c_size_t)]


def _load():
    name = os.environ.get("SHEAF_ROWS_LIB") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "libsheaf_rows.so")
    try:
        library = ctypes.CDLL(name)
    except OSError:
        return None
    library.sheaf_format_rows.restype = ctypes.c_void_p
    library.sheaf_format_rows.argtypes = [ctypes.POINTER(_Column), ctypes.c_size_t, ctypes.c_size_t,
                                          ctypes.POINTER(ctypes.c_size_t)]
    library.sheaf_free_rows.argtypes = [ctypes.c_void_p]
    return library


_library = _load()


def _text_column(values):
    """Texts joined by a byte that occurs in none of them; None when one is no text or holds one of our bytes."""
    try:
        joined = _SEPARATOR.join(values)
    except TypeError:
        pieces = []
        for value in values:
            if type(value) is str:
                pieces.append(value)
            elif value is None or (type(value) is float and value != value):
                pieces.append(_MISSING)
            else:
                return None
        joined = _SEPARATOR.join(pieces)
        if joined.count(_MISSING) != sum(1 for piece in pieces if piece == _MISSING):
            return None
    else:
        if _MISSING in joined:
            return None
    if joined.count(_SEPARATOR) != len(values) - 1 or "\r" in joined or "\0" in joined:
        return None
    try:
        return joined.encode("utf-8")
    except UnicodeEncodeError:
        return None


def format_frame(frame):
    """UTF-8 bytes, or None when to_csv has to do it."""
    rows = len(frame)
    if _library is None or rows == 0 or len(frame.columns) < 2:
        return None  # a single column has rules of its own for empty fields
    columns = (_Column * len(frame.columns))()
    held = []
    for at in range(len(frame.columns)):
        series = frame.iloc[:, at]
        kind = _KINDS.get(str(series.dtype))
        if kind is not None:
            array = np.ascontiguousarray(series.to_numpy())
            held.append(array)
            columns[at] = _Column(kind, array.ctypes.data, array.nbytes)
            continue
        if series.dtype != object:
            return None
        text = _text_column(series.to_numpy())
        if text is None:
            return None
        held.append(text)
        columns[at] = _Column(_TEXT, ctypes.cast(ctypes.c_char_p(text), ctypes.c_void_p), len(text))
    size = ctypes.c_size_t()
    made = _library.sheaf_format_rows(columns, len(columns), rows, ctypes.byref(size))
    if not made:
        return None
    try:
        return ctypes.string_at(made, size.value)
    finally:
        _library.sheaf_free_rows(made)
