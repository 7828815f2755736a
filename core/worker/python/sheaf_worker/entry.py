# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's entry script: loaded as a module, its three functions, and what run() is called with (reference §2)."""

import importlib
import os
import sys


class EntryError(Exception):
    """The script cannot be used; the text is a sentence for its author."""


class MiniBatchContext:
    """Second argument of run(), for scripts that take one."""

    __slots__ = ("minibatch_index", "partition_key_value", "dataset", "global_row_index_lower_bound")

    def __init__(self, index, key, row):
        self.minibatch_index = index
        self.partition_key_value = key
        self.dataset = None  # v1 only
        self.global_row_index_lower_bound = row


def module_name(code_dir, entry_script):
    """`src/entry.py` → src.entry; a dotted name stays as it is."""
    path = entry_script.replace("\\", "/")
    if path.startswith("./"):
        path = path[2:]
    if os.path.exists(os.path.join(code_dir, path)) or path.endswith(".py"):
        return (path[:-3] if path.endswith(".py") else path).replace("/", ".")
    return path


class EntryScript:
    """Loads the script with the code folder as current directory and first on sys.path."""

    def __init__(self, code_dir, entry_script, arguments, async_mode=False):
        self.notes = []
        name = module_name(code_dir, entry_script)
        script = os.path.join(code_dir, name.replace(".", "/") + ".py")
        os.chdir(code_dir)
        sys.path.insert(0, code_dir)
        folder = os.path.dirname(script)
        if folder != code_dir:
            sys.path.insert(1, folder)
        sys.argv = [script] + list(arguments)
        if not os.path.exists(script) and not os.path.isdir(script[:-3]):
            raise EntryError("it is not in the code folder")
        self._module = importlib.import_module(name)
        if folder != code_dir:
            self._note_imports_by_folder(folder, code_dir)
        self.init = getattr(self._module, "init", None)
        self.shutdown = getattr(self._module, "shutdown", None)
        self.asynchronous = None
        if async_mode:
            from .async_mode import AsyncFunctions

            self.asynchronous = AsyncFunctions(self._module)
            return
        run = getattr(self._module, "run", None)
        if not callable(run):
            raise EntryError("it has no function run(mini_batch)")
        self.run = run
        self.takes_context = _takes_context(run)

    def _note_imports_by_folder(self, folder, code_dir):
        """Modules beside the script that are found only because its folder is on sys.path, too."""
        for name, module in list(sys.modules.items()):
            path = getattr(module, "__file__", None)
            if path and "." not in name and os.path.dirname(path) == folder and folder != code_dir:
                self.notes.append(
                    "`import %s` works only because the folder of the entry script is searched as well; the service searches the "
                    "root of `code` alone." % name)


def _takes_context(run):
    """Whether run() takes a second positional argument."""
    code = getattr(run, "__code__", None)
    if code is not None and getattr(run, "__wrapped__", None) is None:
        bound = 1 if getattr(run, "__self__", None) is not None else 0
        return code.co_argcount - bound >= 2 or bool(code.co_flags & 0x04)
    import inspect

    try:
        parameters = inspect.signature(run).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(positional) >= 2 or any(p.kind == p.VAR_POSITIONAL for p in parameters)
