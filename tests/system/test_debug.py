# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: The Sheaf authors
"""`sheaf debug`: one mini-batch of a real run, alone, with and without a debugger; and that the run stays as it is."""
import hashlib
import os
import pty
import re
import select
import subprocess
import time
import unittest

from sheaf_test import BIN, ENTRY, WAIT, SheafTest

SCRIPT = ENTRY + '''
import json
parser.add_argument("--extra", type=pathlib.Path)
extra = parser.parse_known_args()[0].extra
def init():
    print("init", flush=True)
def run(mini_batch):
    n = number(mini_batch[0])
    note("ran", str(n))
    (extra / f"{n}.json").write_text(json.dumps(dict(os.environ)))
    if n == 2:
        prices = {}
        return [prices["x"]]
    return [f"row {n}"]
'''


def talk(command, folder, environment, answers):
    """Runs a command in a terminal of its own. `answers`: (what to wait for, what to type). Returns (exit code, all that was shown)."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe(command[0], command, environment)
    shown = ""
    end = time.monotonic() + WAIT
    answers = list(answers)
    at = 0
    while time.monotonic() < end:
        if answers and (found := shown.find(answers[0][0], at)) >= 0:
            at = found + len(answers[0][0])
            os.write(terminal, answers.pop(0)[1].encode())
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # what Linux says when the other end is closed
            piece = b""
        if not piece:
            break
        shown += piece.decode(errors="replace").replace("\r\n", "\n")
    else:
        os.kill(pid, 9)
    os.close(terminal)
    status = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(status), shown


class Debug(SheafTest):
    def job(self, script=SCRIPT, **fields):
        job = self.parallel_job(script, files=4, arguments="--extra ${{outputs.extra}}", max_retries=0, **fields)
        job.write_text(job.read_text().replace("      rows:\n", "      extra:\n        type: uri_folder\n      rows:\n"))
        return job

    def hashes(self, run):
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(self.run_dir(run).rglob("*"))
                if path.is_file() and path.suffix not in (".db-shm", ".db-wal") and path.name not in ("run.db-shm", "run.db-wal")}

    def folder_of(self, run, batch, number=1):
        return self.folder / ".sheaf" / "debug" / f"{run}-work-{batch}-{number}"

    def test_what_failed_is_run_again_alone_and_the_run_stays_as_it_is(self):
        run = self.run_job(self.job(error_threshold=-1))["run"]
        before = self.hashes(run)
        out = self.sheaf("debug", "latest", "work", "--batch", 2, code=1)
        self.assertEqual(self.hashes(run), before)
        self.assertIn("KeyError: 'x'", self.stderr)
        self.assertIn("\ninit\n", out)
        self.assertRegex(out, r"was  Exception on node 0 process00\d: KeyError: 'x'\nnow  Exception: KeyError: 'x'.*the same")
        self.assertIn(str(self.folder_of(run, 2)), out)
        self.assertTrue((self.folder_of(run, 2) / "outputs" / "extra" / "2.json").exists(), "outputs in the arguments lie aside")

        for number in range(30):  # the newest 20 are kept
            old = self.folder / ".sheaf" / "debug" / f"older-work-1-{number}"
            old.mkdir()
            os.utime(old, (number, number))
        out = self.sheaf("debug", run, "work", "--batch", 1)
        self.assertEqual((self.folder_of(run, 1) / "rows.txt").read_text(), "row 1\n")
        self.assertRegex(out, r"was  returned 1 item in .*\nnow  returned 1 item")
        self.assertEqual({folder.name for folder in (self.folder / ".sheaf" / "debug").iterdir()},
                         {f"{run}-work-1-1", f"{run}-work-2-1", *(f"older-work-1-{number}" for number in range(12, 30))})
        self.assertEqual(self.hashes(run), before)

    def test_variables_and_arguments_are_those_of_the_run(self):
        self.environment["FROM_OUTSIDE"] = "yes"
        run = self.run_job(self.job(SCRIPT.replace("dict(os.environ)", "[dict(os.environ), sys.argv, sys.path, os.getcwd()]"),
                                    environment_variables="{ MINE: a b }"))["run"]
        self.sheaf("debug", run, "work", "--batch", 1)
        import json
        recorded = json.loads((self.run_dir(run) / "outputs" / "work" / "extra" / "1.json").read_text())
        aside = (self.folder_of(run, 1) / "outputs" / "extra" / "1.json").read_text()
        folder = str(self.folder_of(run, 1))
        as_recorded = json.loads(aside.replace(folder + "/outputs", str(self.run_dir(run) / "outputs" / "work"))
                                 .replace(folder + "/code", str(self.run_dir(run) / "steps" / "work" / "code")))
        mpi = re.compile("OMPI_|PMIX_|PWD$|OLDPWD$|TMPDIR$|_$|LINES$|COLUMNS$|IPATH_|HFI_|HWLOC_|SHLVL$")
        clean = lambda variables: {name: value for name, value in variables.items() if not mpi.match(name)}
        self.assertEqual(clean(as_recorded[0]), clean(recorded[0]))
        self.assertEqual(as_recorded[1:], recorded[1:])
        self.assertEqual(as_recorded[0]["MINE"], "a b")

    def test_the_code_of_the_run_or_that_of_now(self):
        run = self.run_job(self.job(error_threshold=-1))["run"]
        self.write("job/src/entry.py", SCRIPT.replace("prices = {}", "prices = dict(x='mended')"))
        out = self.sheaf("debug", run, "work", "--batch", 2, code=1)
        self.assertIn("has changed since (entry.py)", out)
        out = self.sheaf("debug", run, "work", "--batch", 2, "--current-code")
        self.assertRegex(out, r"was  Exception .*KeyError: 'x'\nnow  returned 1 item")
        self.assertEqual((self.folder_of(run, 2, 2) / "rows.txt").read_text(), "mended\n")

    def test_pdb_in_a_terminal_at_the_place_where_it_was_raised(self):
        run = self.run_job(self.job(error_threshold=-1))["run"]
        code, shown = talk([str(BIN / "sheaf"), "debug", run, "work", "--batch", "2", "--pdb"], self.folder, self.environment,
                           [("(Pdb) ", "p n * 21\n"), ("42\n(Pdb) ", "q\n")])
        self.assertEqual(code, 1, shown)
        self.assertIn('return [prices["x"]]', shown)
        self.assertIn("was  Exception", shown)

    def test_pdb_at_the_first_line_and_control_c_belongs_to_the_script(self):
        run = self.run_job(self.job())["run"]
        code, shown = talk([str(BIN / "sheaf"), "debug", run, "work", "--batch", "1", "--break"], self.folder, self.environment,
                           [("(Pdb) ", "n\n"), ("(Pdb) ", "p n + 40\n"), ("41\n(Pdb) ", "c\n")])
        self.assertEqual(code, 0, shown)
        self.write("job/src/entry.py", ENTRY + "\ndef run(b):\n    print('hangs', flush=True)\n    hang()\n")
        code, shown = talk([str(BIN / "sheaf"), "debug", run, "work", "--batch", "1", "--current-code"], self.folder, self.environment,
                           [("\nhangs\n", "\x03")])
        self.assertEqual(code, 130, shown)
        self.assertIn("now  left", shown)

    def test_a_crash_is_told_as_what_it_is(self):
        run = self.run_job(self.job())["run"]
        self.write("job/src/entry.py", ENTRY + "\ndef run(b):\n    os.kill(os.getpid(), signal.SIGSEGV)\n    hang()\n")
        out = self.sheaf("debug", run, "work", "--batch", 1, "--current-code", code=1)
        self.assertIn("now  the process was killed by signal 11", out)

    def test_while_the_run_goes_on_and_a_mini_batch_that_nobody_tried(self):
        script = ENTRY + "\ndef run(b):\n    if 'HERE' not in os.environ:\n        hang()\n    return ['x']\n"
        self.detach(self.parallel_job(script, files=4, timeout=100), "going")
        self.wait_for_state("going", "Running")
        from sheaf_test import wait_until
        wait_until("the plan", lambda: (self.run_dir("going") / "steps" / "work" / "plan.json").exists())
        self.environment["HERE"] = "1"
        self.assertIn("was  not tried yet\nnow  returned 1 item", self.sheaf("debug", "going", "work", "--batch", 3))
        self.sheaf("stop", "going", "--now")

    def test_what_cannot_be_begun_ends_with_2(self):
        run = self.run_job(self.job())["run"]
        for words, said in (((run, "other", "--batch", 1), "other"), ((run, "work", "--batch", 4), "numbered from 0"),
                            (("none", "work", "--batch", 1), "none"), ((run, "work"), "--batch"),
                            ((run, "work", "--batch", 1, "--pdb", "--debugpy", 5678), "--debugpy")):
            with self.subTest(words=words):
                self.sheaf("debug", *words, code=2)
                self.assertIn(said, self.stderr)
        site = self.write("site/debugpy.py", "raise ImportError('not here')\n").parent
        self.environment["PYTHONPATH"] = str(site)
        self.sheaf("debug", run, "work", "--batch", 1, "--debugpy", 5678, code=2)
        self.assertIn("has no debugpy", self.stderr)

    def test_rows_of_a_table_and_asynchronous_scripts(self):
        rows = self.write("tables/data/rows.csv", "id,name\n" + "".join(f"{n},n{n}\n" for n in range(10)))
        self.write("tables/data/MLTable", "type: mltable\npaths:\n  - file: ./rows.csv\ntransformations:\n  - read_delimited:\n"
                                          "      delimiter: ','\n      header: all_files_same_headers\n")
        job = self.parallel_job("def run(frame): return frame[frame.id > 3]\n", files=0, name="tables", mini_batch_size='"40"')
        job.write_text(job.read_text().replace("uri_folder", "mltable"))
        run = self.run_job(job)["run"]
        self.assertTrue(rows.exists())
        self.sheaf("debug", run, "work", "--batch", 1)
        self.assertTrue((self.folder_of(run, 1) / "rows.txt").read_text().startswith(("4 n4\n", "5 n5\n", "6 n6\n", "7 n7\n", "8 n8\n")))

        script = ("done = {}\ndef enqueue(b, context): done[context.minibatch_index] = dict(mini_batch_context=context, ret=['a'])\n"
                  "def get_finished_batch_result():\n    found = dict(done)\n    done.clear()\n    return found\n"
                  "def check_all_tasks_processed(): return not done\n")
        run = self.run_job(self.parallel_job(script, files=3, name="async", arguments="--amlbi_async_mode"))["run"]
        self.sheaf("debug", run, "work", "--batch", 2)
        self.assertEqual((self.folder_of(run, 2) / "rows.txt").read_text(), "a\n")


if __name__ == "__main__":
    unittest.main()
