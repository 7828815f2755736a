# SPDX-License-Identifier: GPL-3.0-or-later
"""One mini-batch run alone: `python -m sheaf_worker.debug_one`, as a process, with real debuggers. Run by ctest with the worker package on PYTHONPATH."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import pandas
except ImportError:
    pandas = None


class DebugOne(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="sheaf-debug-one-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        for name in ("code", "data", "outputs", "temp", "logs"):
            os.mkdir(os.path.join(self.folder, name))
        self.environment = dict(os.environ)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def run_one(self, script, line, words=(), stdin="", **changes):
        """Writes the script and START.json, runs it; (exit code, stdout, stderr)."""
        self.write("code/entry.py", script)
        at = lambda name: os.path.join(self.folder, name)
        start = dict(codeDir=at("code"), entryScript="entry.py", arguments=[], node="0", process="process000", loggingLevel="INFO",
                     logDir=at("logs"), outputDir=at("outputs"), tempDir=at("temp"), miniBatchKind="Files", root=at("data"),
                     tableFormat="None", table=None, inputFiles=None, partitioned=False, appendRow=True, dataframeHeader=False,
                     mixedTypes=False, asyncMode=False, profilingModule="", profileFile="")
        start.update(changes)
        self.write("START.json", json.dumps(dict(start=start, miniBatch=7, line=line, rows=at("rows.txt"), result=at("result.json"))))
        ended = subprocess.run([sys.executable, "-m", "sheaf_worker.debug_one", at("START.json"), *words], cwd=at("code"), env=self.environment,
                               input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=60)
        return ended.returncode, ended.stdout, ended.stderr

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def result(self):
        return json.loads(self.read("result.json"))

    FILES = {"files": ["a.txt", "b.txt"]}

    # ---- without a debugger

    def test_what_run_returned_is_shown_and_written_aside(self):
        code, out, err = self.run_one("import os, sys\n"
                                      "def init():\n    print('ready')\n"
                                      "def run(mini_batch):\n    return [os.path.basename(p) + ' ' + sys.argv[1] for p in mini_batch]\n"
                                      "def shutdown():\n    print('bye')\n", self.FILES, arguments=["--x"])
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(self.read("rows.txt"), "a.txt --x\nb.txt --x\n")
        told = [line for line in out.splitlines() if not line.startswith("   ")]
        self.assertEqual(told[:5], ["-- import entry.py", "-- init()", "ready", "-- run(mini_batch): mini-batch 7, 2 files",
                                    "-- returned 2 items in 0.00 s"])
        self.assertEqual(told[-2:], ["-- shutdown()", "bye"])
        self.assertIn("   a.txt --x\n", out)
        self.assertEqual({key: self.result()[key] for key in ("outcome", "items", "returned", "error")},
                         dict(outcome="Done", items=2, returned=2, error=""))

    def test_a_traceback_begins_with_the_line_of_the_user(self):
        code, out, err = self.run_one("def price(row):\n    return row['price']\n\ndef run(mini_batch):\n    return [price({})]\n", self.FILES)
        self.assertEqual(code, 1)
        frames = [line for line in err.splitlines() if line.startswith("  File")]
        self.assertEqual([frame.rpartition(", ")[2] for frame in frames], ["in run", "in price"])
        self.assertEqual(err.splitlines()[-1], "KeyError: 'price'")
        self.assertEqual((self.result()["outcome"], self.result()["error"]), ("Exception", "KeyError: 'price'"))
        self.assertIn("-- raised\n", out)

    def test_each_stage_that_can_fail_is_named(self):
        for script, outcome, word in (("import no_such_module\ndef run(b): return b\n", "ImportFailed", "no_such_module"),
                                      ("def run(b:\n", "ImportFailed", "SyntaxError"),
                                      ("x = 1\n", "ImportFailed", "no function run"),
                                      ("def init():\n    raise ValueError('no model')\ndef run(b): return b\n", "InitFailed", "no model"),
                                      ("def run(b): return None\n", "BadReturn", "NoneType"),
                                      ("import sys\ndef run(b): sys.exit(3)\n", "Exit", "3")):
            with self.subTest(outcome):
                code, _, err = self.run_one(script, self.FILES)
                self.assertEqual((code, self.result()["outcome"]), (1, outcome))
                self.assertIn(word, self.result()["error"])
                self.assertIn(word, err)
                self.assertNotIn("importlib", err)

    def test_what_shutdown_raises_is_no_failure(self):
        code, out, err = self.run_one("def run(b): return b\ndef shutdown(): raise OSError('closed')\n", self.FILES)
        self.assertEqual((code, self.result()["outcome"]), (0, "Done"))
        self.assertIn("OSError: closed", err)

    def test_the_second_parameter_is_the_context(self):
        code, out, _ = self.run_one("def run(b, context): return [context.minibatch_index, context.partition_key_value['k']]\n",
                                    dict(self.FILES, key={"k": "v"}))
        self.assertEqual((code, self.read("rows.txt")), (0, "7\nv\n"))

    def test_rows_of_json_lines(self):
        self.write("data/r.jsonl", '{"n": 1}\n{"n": 2}\n')
        code, _, _ = self.run_one("def run(rows): return [row['n'] * 10 for row in rows]\n", {"slices": [["r.jsonl", 0, 18]], "row": 0},
                                  miniBatchKind="JsonRows")
        self.assertEqual((code, self.read("rows.txt")), (0, "10\n20\n"))

    @unittest.skipIf(pandas is None, "this interpreter has no pandas")
    def test_a_table_and_a_frame_that_is_returned(self):
        self.write("data/t.csv", "id,name\n1,x\n2,y\n")
        table = dict(header_row="id,name", read={"format": "delimited", "delimiter": ",", "header": "all_files_same_headers"}, transformations=[])
        code, out, err = self.run_one("def run(frame): return frame\n", {"slices": [["t.csv", 8, 16]]}, miniBatchKind="Table",
                                      tableFormat="Delimited", table=table, dataframeHeader=True)
        self.assertEqual((code, self.read("rows.txt")), (0, "id name\n1 x\n2 y\n"), err)
        self.assertIn("columns: id, name", out)

    def test_a_step_that_appends_nothing_shows_what_it_returned(self):
        code, out, _ = self.run_one("def run(b): return ['shown']\n", self.FILES, appendRow=False)
        self.assertEqual((code, self.read("rows.txt")), (0, ""))
        self.assertIn("   shown\n", out)

    ASYNC = ("done = {}\nlooked = []\n"
             "def enqueue(mini_batch, context):\n    done[context] = len(mini_batch)\n"
             "def get_finished_batch_result():\n"
             "    looked.append(1)\n"
             "    if len(looked) < 3: return {}\n"
             "    return {c.minibatch_index: dict(mini_batch_context=c, %s) for c, n in done.items()}\n")

    def test_an_asynchronous_script_is_asked_until_it_has_finished(self):
        code, _, err = self.run_one(self.ASYNC % "ret=[n]", self.FILES, asyncMode=True)
        self.assertEqual((code, self.read("rows.txt")), (0, "2\n"), err)
        code, _, err = self.run_one(self.ASYNC % "exception=ValueError('late')", self.FILES, asyncMode=True)
        self.assertEqual((code, self.result()["error"]), (1, "ValueError: late"), err)

    def test_no_rows_are_left_when_it_raises(self):
        self.run_one("def run(b): raise ValueError()\n", self.FILES)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "rows.txt")))

    def test_loggers_write_live_with_the_form_of_a_run(self):
        _, out, err = self.run_one("import logging\nfrom azureml_user.parallel_run import EntryScript\n"
                                   "def run(b):\n    logging.getLogger('mine').info('root')\n    EntryScript().logger.info('own')\n    return []\n",
                                   self.FILES)
        self.assertRegex(out, r"\d INFO mine: root\n")
        self.assertRegex(err, r"\d INFO process000 entry:5 own\n")

    # ---- with one

    def test_pdb_looks_at_the_place_where_it_was_raised(self):
        code, out, _ = self.run_one("def run(b):\n    seen = 41\n    raise ValueError(seen)\n", self.FILES, ["--pdb"], "p seen + 1\nq\n")
        self.assertEqual(code, 1)
        self.assertIn("(Pdb) 42\n", out)
        self.assertIn("entry.py(3)run()", out)

    def test_break_stops_at_the_first_line_of_run(self):
        code, out, _ = self.run_one("def run(b):\n    n = len(b)\n    return [n]\n", self.FILES, ["--break"], "p len(b)\nn\np n * 100\nc\n")
        self.assertEqual(code, 0)
        self.assertIn("entry.py(2)run()", out)
        self.assertIn("(Pdb) 2\n", out)
        self.assertIn("(Pdb) 200\n", out)
        self.assertEqual(self.read("rows.txt"), "2\n")

    def test_who_leaves_the_debugger_ends_it(self):
        code, _, _ = self.run_one("def run(b):\n    return b\n", self.FILES, ["--break"], "q\n")
        self.assertEqual((code, self.result()["outcome"]), (130, "Left"))

    def test_a_module_of_the_user_named_code_is_not_taken_for_pythons(self):
        self.write("code/code.py", "WORD = 'mine'\n")
        code, out, err = self.run_one("import code\ndef run(b):\n    return [code.WORD]\n", self.FILES, ["--break"], "c\n")
        self.assertEqual((code, self.read("rows.txt")), (0, "mine\n"), err)

    def test_a_missing_debugpy_is_said_and_nothing_runs(self):
        self.environment["PYTHONPATH"] = os.path.join(self.folder, "site") + os.pathsep + os.environ.get("PYTHONPATH", "")
        os.mkdir(os.path.join(self.folder, "site"))
        self.write("site/debugpy.py", "raise ImportError('not here')\n")
        code, out, err = self.run_one("print('imported')\ndef run(b): return b\n", self.FILES, ["--debugpy", "5678"])
        self.assertEqual(code, 2)
        self.assertIn("has no debugpy", err)
        self.assertNotIn("imported", out)

    def test_debugpy_is_waited_for_before_the_script_is_imported(self):
        """Against a stand-in that writes down how it was called: the real one is tried where it is installed."""
        self.environment["PYTHONPATH"] = os.path.join(self.folder, "site") + os.pathsep + os.environ.get("PYTHONPATH", "")
        os.mkdir(os.path.join(self.folder, "site"))
        self.write("site/debugpy.py", "def listen(at): print('listens', at)\ndef wait_for_client(): print('waits')\n"
                                      "def breakpoint(): print('stops')\n")
        code, out, _ = self.run_one("print('imported')\ndef run(b):\n    print('runs')\n    return b\n", self.FILES, ["--debugpy", "5678", "--break"])
        self.assertEqual(code, 0)
        told = [line for line in out.splitlines() if line.split()[0] in ("listens", "waits", "imported", "stops", "runs")]
        self.assertEqual(told, ["listens ('127.0.0.1', 5678)", "waits", "imported", "stops", "runs"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
