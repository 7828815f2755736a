# SPDX-License-Identifier: GPL-3.0-or-later
"""What was raised, as text for the author of the script."""

import importlib
import os
import traceback

_OWN = os.path.dirname(os.path.abspath(__file__)) + os.sep
_IMPORTER = os.path.abspath(importlib.__file__)


def _imports(path):
    return path.startswith("<frozen importlib") or os.path.abspath(path) == _IMPORTER


def is_own(path):
    """Whether a file is of this package."""
    return os.path.abspath(path).startswith(_OWN)


def last_line(error):
    return traceback.format_exception_only(type(error), error)[-1].strip()


def user_frames(error):
    """The traceback object without our own frames on top, and those that import the script; None when there are no others."""
    frame = error.__traceback__
    while frame is not None and (is_own(frame.tb_frame.f_code.co_filename) or _imports(frame.tb_frame.f_code.co_filename)):
        frame = frame.tb_next
    return frame


def user_traceback(error):
    """The traceback without our own frames on top: what the user wrote comes first."""
    return "".join(traceback.format_exception(type(error), error, user_frames(error)))
