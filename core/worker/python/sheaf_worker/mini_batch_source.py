# SPDX-License-Identifier: GPL-3.0-or-later
"""What run() is given for a line of the plan: one place for runs and for the preview."""

import sys

from .entry import EntryError
from .input_files import InputFiles


class PandasMissing(EntryError):
    pass


def source_of(start):
    """A function that turns a line of the plan into (mini_batch, number of items)."""
    kind = start["miniBatchKind"]
    if kind == "Files":
        root = start["root"]
        prefix = root if root.endswith("/") else root + "/"

        def files(line):
            paths = [prefix + name for name in line["files"]]
            return paths, len(paths)

        return files
    if kind == "JsonRows":
        from .json_rows import JsonRows

        return JsonRows(InputFiles(start)).read
    try:
        import pandas  # noqa: F401
    except ImportError as error:
        raise PandasMissing("its input is a table, which run() is given as a pandas DataFrame, but %s has no pandas (%s). Install it "
                            "there, or give another interpreter with --python" % (sys.executable, error)) from None
    from .tables import TableReader

    return TableReader(start).read
