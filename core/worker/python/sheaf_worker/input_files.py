# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that the plan cut at bytes. One that has changed since no longer holds the rows that its mini-batches were cut for: reading it
would give torn, double or missing rows."""

import os


class InputChanged(Exception):
    pass


class InputFiles:
    def __init__(self, start):
        self._root = os.fsencode(start["root"])
        self._stamps = start.get("inputFiles") or {}

    def find(self, path):
        """The file's name, if it is as the plan saw it."""
        name = os.path.join(self._root, os.fsencode(path))
        stamp = self._stamps.get(path)
        if stamp is not None:
            now = os.stat(name)
            if [now.st_size, now.st_mtime_ns] != stamp:
                raise InputChanged("%s has changed since the plan of this run was made: it had %d bytes then and has %d now. Put the old "
                                   "file back and resume, or start a new run." % (os.fsdecode(name), stamp[0], now.st_size))
        return name
