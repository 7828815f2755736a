# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at entry scripts without running them: python check_scripts.py JSON, a list of {"file", "code", "reserved"}. Prints a JSON list of findings
{"file", "line", "column", "code", "error", "message", "found", "fix"}. Run by the interpreter that will run the scripts, whose syntax and packages count."""

import ast
import importlib.machinery
import json
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != _HERE]  # its modules are no packages of the script


def _arity(function):
    """(least, most) positional arguments of a call; most None for any number."""
    arguments = function.args
    most = len(arguments.posonlyargs) + len(arguments.args)
    least = most - len(arguments.defaults)
    return least, None if arguments.vararg else most


def _bound(tree):
    """Names that a module binds, as far as its text tells; rather one too many. A star stands for itself."""
    names = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return names


def _option_names(call):
    """"output" of add_argument("-o", "--output")."""
    texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
    return [text[2:] for text in texts if text.startswith("--")]


class _Script:
    def __init__(self, file, code, reserved, findings):
        self._file = file
        self._findings = findings
        self._path = [code if os.path.isdir(code) else os.path.dirname(code), os.path.dirname(_HERE)] + sys.path
        self._missing = set()
        self._reserved = set(reserved)

    def tell(self, node, code, error, message, found, fix):
        self._findings.append(dict(file=self._file, line=getattr(node, "lineno", 1), column=getattr(node, "col_offset", 0) + 1, code=code,
                                   error=error, message=message, found=found, fix=fix))

    def look(self):
        try:
            with open(self._file, "rb") as file:
                tree = ast.parse(file.read(), self._file)
        except SyntaxError as error:
            error.lineno, error.col_offset = error.lineno or 1, (error.offset or 1) - 1
            self.tell(error, "script-syntax", True, "Python %d.%d cannot read the script: %s" % (*sys.version_info[:2], error.msg),
                      (error.text or "").strip(), "mend this line of the script")
            return
        except (OSError, ValueError) as error:  # gone, or bytes that are no source
            self.tell(None, "script-syntax", True, "the script cannot be read: %s" % error, "", "check the file")
            return
        self._functions(tree.body)
        self._run_is_there(tree)
        self._imports(tree.body, False)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "parse_args" \
                    and not node.args and not node.keywords:
                self.tell(node, "parse-args", False, "parse_args() ends the process when it meets an argument that it does not know, and the "
                          "runner adds arguments of its own", "parse_args()", "write parse_known_args(), which gives (arguments, rest)")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("add_argument", "option"):
                for name in self._reserved.intersection(_option_names(node)):
                    self.tell(node, "reserved-argument", False, "--%s is a flag of the runner: given in program_arguments, it changes the run as well"
                              % name, "--" + name, "give the option of the script another name")

    def _run_is_there(self, tree):
        """run() may come from anywhere, so nothing is said where that cannot be told."""
        names = _bound(tree)
        hidden = any(isinstance(node, ast.Name) and node.id in ("globals", "exec", "setattr", "vars") for node in ast.walk(tree))
        if not hidden and not names.intersection(("run", "enqueue", "*", "__getattr__")):
            self.tell(None, "no-run-function", True, "the script has no run() outside of classes and functions", "", "define run(mini_batch), or import it")

    def _functions(self, body):
        for node in body:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            least, most = _arity(node)
            needs = [name.arg for name, value in zip(node.args.kwonlyargs, node.args.kw_defaults) if value is None]
            if node.name in ("run", "init", "shutdown") and needs:
                self.tell(node, "run-parameters", True, "%s() needs %s by name, and is not called so" % (node.name, ", ".join(needs)), ", ".join(needs),
                          "give it a default")
            called = "%s() takes %s" % (node.name, "%d parameters" % least if least != 1 else "one parameter")
            if node.name == "run" and (least > 2 or most == 0):
                self.tell(node, "run-parameters", True, called + "; it is called with the mini-batch, or with the mini-batch and its context",
                          called, "write def run(mini_batch): or def run(mini_batch, mini_batch_context):")
            elif node.name == "run" and isinstance(node, ast.AsyncFunctionDef):
                self.tell(node, "run-async", True, "run() is a coroutine, which is never awaited", "async def run", "write def run")
            elif node.name in ("init", "shutdown") and least > 0:
                self.tell(node, "run-parameters", True, called + "; it is called without any", called, "write def %s():" % node.name)

    def _imports(self, body, guarded):
        """What is imported when the script is: not inside functions, and not where the script is ready for its absence."""
        for node in body:
            if isinstance(node, ast.Import):
                for name in node.names:
                    self._look_for(node, name.name, guarded)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                self._look_for(node, node.module, guarded)
            elif isinstance(node, ast.Try):
                self._imports(node.body, guarded or bool(node.handlers))
                self._imports(node.orelse + node.finalbody, guarded)
            elif isinstance(node, (ast.If, ast.With)):
                self._imports(node.body + getattr(node, "orelse", []), True if isinstance(node, ast.If) else guarded)

    def _look_for(self, node, name, guarded):
        root = name.partition(".")[0]
        if guarded or root in self._missing or root in sys.builtin_module_names:
            return
        try:
            found = importlib.machinery.PathFinder.find_spec(root, self._path)
        except Exception:  # a broken finder of somebody else: it may be there
            return
        if found is None:
            self._missing.add(root)
            self.tell(node, "import-missing", False, "there is no module '%s' for %s" % (root, sys.executable), root,
                      "install it there, or give another interpreter with --python")


def main():
    findings = []
    for script in json.loads(sys.argv[1]):
        _Script(script["file"], script["code"], script.get("reserved", []), findings).look()
    print(json.dumps(findings))


if __name__ == "__main__":
    main()
