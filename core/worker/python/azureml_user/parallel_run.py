# SPDX-License-Identifier: GPL-3.0-or-later
"""`from azureml_user.parallel_run import EntryScript`: what a worker knows about itself."""

import logging
import os

__all__ = ["EntryScript"]


class EntryScript:
    """One object per process, however often it is made. Outside a worker it falls back to the current folder."""

    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = super().__new__(cls)
            cls._only._setting = {}
        return cls._only

    @property
    def logger(self):
        """Logger of the step's logging_level; its lines go to logs/user/entry_script_log/<node>/<process>.log.txt."""
        return logging.getLogger("azureml_user.EntryScript")

    @property
    def log_dir(self):
        return self._setting.get("log_dir", os.getcwd())

    @property
    def output_dir(self):
        return self._setting.get("output_dir", os.environ.get("AZUREML_BI_OUTPUT_PATH", os.getcwd()))

    @property
    def agent_name(self):
        """processNNN"""
        return self._setting.get("agent_name", "process000")

    @property
    def working_dir(self):
        return self._setting.get("working_dir", os.getcwd())

    @property
    def temp_dir(self):
        """A folder of this worker alone; deleted when the worker ends."""
        return self._setting.get("temp_dir", os.environ.get("TMPDIR", "/tmp"))
