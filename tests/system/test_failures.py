# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: The Sheaf authors
"""The failure rules of parallel steps, each with real workers: retries, time-outs, crashes, thresholds, what ends a job."""
import os
import unittest
from pathlib import Path

from sheaf_test import ENTRY, SheafTest, wait_until

ECHO = ENTRY + '''
def run(mini_batch):
    note("ran", " ".join(str(number(path)) for path in mini_batch))
    return [f"row {number(path)}" for path in mini_batch]
'''


def entry(body):
    """An entry script whose run() does `body` before it returns one row per file."""
    return ENTRY + "\ndef run(mini_batch):\n    n = number(mini_batch[0])\n    note('ran', str(n))\n" \
        + "".join(f"    {line}\n" for line in body.splitlines()) + "    return [f'row {number(path)}' for path in mini_batch]\n"


class Failures(SheafTest):
    def ran(self):
        return sorted(int(line) for line in (self.folder / "side" / "ran").read_text().split())

    def assertCounts(self, status, **expected):
        counts = self.step(status, "work")["miniBatches"]
        self.assertEqual({key: counts[key] for key in expected}, expected)

    # ---- retries

    def test_a_mini_batch_that_raises_once_is_tried_again_and_done(self):
        status = self.run_job(self.parallel_job(entry("if n == 3 and once('x'): raise ValueError('first time')")))
        self.assertCounts(status, Done=10, Failed=0)
        self.assertEqual(self.rows(status), "".join(f"row {n}\n" for n in range(10)))
        self.assertEqual([b["picked"] for b in self.batches(status["run"], "work")], [1, 1, 1, 2, 1, 1, 1, 1, 1, 1])

    def test_max_retries_is_the_number_of_tries_after_the_first(self):
        job = self.parallel_job(entry("if n == 3: raise ValueError('always')"), files=5, max_retries=3)
        status = self.run_job(job)
        self.assertEqual(self.ran().count(3), 4)
        self.assertCounts(status, Done=4, Failed=1)

    def test_max_retries_0_tries_once(self):
        status = self.run_job(self.parallel_job(entry("if n == 3: raise ValueError('always')"), files=5, max_retries=0))
        self.assertEqual(self.ran().count(3), 1)
        self.assertCounts(status, Done=4, Failed=1)

    def test_a_worker_keeps_its_state_after_an_exception(self):
        script = ENTRY + "\ndef init():\n    note('init', 'x')\n" + entry("if n == 1: raise ValueError('x')")[len(ENTRY):]
        self.run_job(self.parallel_job(script, files=6, max_concurrency_per_instance=1))
        self.assertEqual((self.folder / "side" / "init").read_text(), "x\n")

    # ---- what fails an attempt

    def test_a_run_that_takes_too_long_is_ended_and_the_others_go_on(self):
        status = self.run_job(self.parallel_job(entry("if n == 4: hang()"), max_retries=1, timeout=1))
        self.assertCounts(status, Done=9, TimedOut=1)
        self.assertEqual(self.ran().count(4), 2)
        self.assertEqual(self.batches(status["run"], "work", "--state", "TimedOut")[0]["outcome"], "Timeout")

    def test_a_worker_that_is_killed_is_replaced_and_the_mini_batch_tried_again(self):
        status = self.run_job(self.parallel_job(entry("if n == 4 and once('x'): os.kill(os.getpid(), signal.SIGKILL)")))
        self.assertCounts(status, Done=10)

    def test_a_script_that_ends_its_process_gets_a_fresh_one(self):
        status = self.run_job(self.parallel_job(entry("if n == 4 and once('x'): sys.exit(0)\nif n == 5 and once('y'): os._exit(3)")))
        self.assertCounts(status, Done=10)

    def test_returning_none_fails_the_attempt_and_names_the_type(self):
        status = self.run_job(self.parallel_job(entry("if n == 2: return None"), files=4, max_retries=0))
        self.assertCounts(status, Done=3, Failed=1)
        failed = self.batches(status["run"], "work", "--state", "Failed")[0]
        self.assertEqual(failed["outcome"], "BadReturn")
        self.assertIn("None", failed["error"])

    def test_one_kill_one_exception_one_hang_and_all_40_are_done(self):
        body = ("if n == 7 and once('kill'): os.kill(os.getpid(), signal.SIGKILL)\n"
                "if n == 17 and once('raise'): raise RuntimeError('once')\n"
                "if n == 27 and once('hang'): hang()")
        status = self.run_job(self.parallel_job(entry(body), files=40, timeout=1))
        self.assertCounts(status, Done=40)
        self.assertEqual(self.rows(status), "".join(f"row {n}\n" for n in range(40)))

    def test_one_that_always_kills_its_worker_is_named_and_39_are_done(self):
        status = self.run_job(self.parallel_job(entry("if n == 7: os.kill(os.getpid(), signal.SIGKILL)"), files=40))
        self.assertCounts(status, Done=39, Failed=1)
        failed = self.batches(status["run"], "work", "--state", "Failed")
        self.assertEqual([(b["miniBatch"], b["outcome"], b["picked"]) for b in failed], [(7, "WorkerDied", 3)])

    # ---- thresholds

    def test_failed_mini_batches_up_to_the_threshold_are_tolerated(self):
        job = self.parallel_job(entry("if n < 2: raise ValueError('bad')"), max_retries=0, mini_batch_error_threshold=2)
        self.assertEqual(self.run_job(job)["state"], "Completed")

    def test_one_failed_mini_batch_more_ends_the_job_early(self):
        job = self.parallel_job(entry("if n < 3: raise ValueError('bad one')"), files=400, max_retries=0,
                                mini_batch_error_threshold=2, max_concurrency_per_instance=1)
        status = self.run_job(job, code=1)
        self.assertEqual(self.step(status, "work")["reason"], "mini_batch_error_threshold")
        self.assertLess(len(self.ran()), 400)
        result = self.job_result(status)
        self.assertIn("mini_batch_error_threshold", result)
        self.assertIn("ValueError: bad one", result)

    def test_a_recovered_mini_batch_does_not_count(self):
        job = self.parallel_job(entry("if n == 3 and once('x'): raise ValueError('x')"), mini_batch_error_threshold=0)
        self.assertEqual(self.run_job(job)["state"], "Completed")

    def test_missing_items_count_for_the_item_threshold_only(self):
        script = entry("if n in (1, 2): return []")
        status = self.run_job(self.parallel_job(script, error_threshold=1, mini_batch_error_threshold=0), code=1)
        self.assertEqual(self.step(status, "work")["reason"], "error_threshold")
        self.assertCounts(status, Failed=0)

    def test_missing_items_up_to_the_threshold_are_tolerated(self):
        status = self.run_job(self.parallel_job(entry("if n in (1, 2): return []"), error_threshold=2, mini_batch_error_threshold=0))
        self.assertEqual(status["state"], "Completed")
        self.assertEqual(self.step(status, "work")["itemsFailed"], 2)

    def test_the_items_of_a_failed_mini_batch_count_as_failed_items(self):
        status = self.run_job(self.parallel_job(entry("if n == 1: raise ValueError('x')"), max_retries=0, error_threshold=0), code=1)
        self.assertEqual(self.step(status, "work")["reason"], "error_threshold")

    def test_rows_of_a_table_mini_batch_that_hangs_count_as_failed_items(self):
        self.write("job/table/MLTable", "paths:\n  - file: ./t.csv\ntransformations:\n  - read_delimited:\n      delimiter: ','\n")
        self.write("job/table/t.csv", "n\n" + "".join(f"{n:03}\n" for n in range(600)))
        job = self.parallel_job(ENTRY + """
import threading
def run(frame):
    if 400 in list(frame["n"]):
        threading.Event().wait()
    return frame
""", files=0, mini_batch_size="1kb", error_threshold=255, max_retries=0, timeout=1)
        job.write_text(job.read_text().replace("type: uri_folder\n        path: ./data", "type: mltable\n        path: ./table"))
        status = self.run_job(job, code=1)
        self.assertEqual(self.step(status, "work")["reason"], "error_threshold")
        self.assertEqual([b["items"] for b in self.batches(status["run"], "work", "--state", "timedout")], [256])

    def test_a_surplus_is_written_and_hides_no_shortfall(self):
        script = entry("if n == 1: return ['a', 'b', 'c']\nif n == 2: return []")
        status = self.run_job(self.parallel_job(script, files=3, max_concurrency_per_instance=1))
        self.assertEqual(self.rows(status), "row 0\na\nb\nc\n")
        self.assertEqual(self.step(status, "work")["itemsFailed"], 1)

    def test_allowed_failed_percent(self):
        script = entry("if n < 2: raise ValueError('x')")
        job = self.parallel_job(script, max_retries=0, arguments="--allowed_failed_percent 20")
        self.assertEqual(self.run_job(job)["state"], "Completed")
        job = self.parallel_job(script, max_retries=0, arguments="--allowed_failed_percent 19.5")
        status = self.run_job(job, code=1)
        self.assertEqual(self.step(status, "work")["reason"], "allowed_failed_percent")

    # ---- what ends a job

    def test_nothing_to_append_fails_the_job(self):
        status = self.run_job(self.parallel_job(entry("raise ValueError('all')"), files=3, max_retries=0), code=1)
        self.assertEqual(self.step(status, "work")["reason"], "no_result")
        self.assertIn("no succeeded mini batch item returned from run()", self.job_result(status))

    def test_with_a_summary_only_nothing_need_be_returned(self):
        status = self.run_job(self.parallel_job(entry("return []"), files=3, append_row=False, mini_batch_error_threshold=0))
        self.assertEqual(status["state"], "Completed")

    def test_an_init_that_always_raises_ends_the_job_with_its_traceback(self):
        script = ENTRY + "\ndef init():\n    note('init', 'x')\n    raise RuntimeError('no model here')\n\ndef run(mini_batch):\n    return []\n"
        status = self.run_job(self.parallel_job(script), code=1)
        self.assertEqual(self.step(status, "work")["reason"], "init_failed")
        self.assertIn("no model here", self.job_result(status))
        self.assertEqual((self.folder / "side" / "init").read_text(), "x\n" * 4)  # two workers, twice each

    def test_an_init_that_raises_once_is_tried_again(self):
        script = ENTRY + "\ndef init():\n    if once('init'): raise RuntimeError('not yet')\n" + ECHO[len(ENTRY):]
        self.assertEqual(self.run_job(self.parallel_job(script, files=4))["state"], "Completed")

    def test_a_script_that_cannot_be_imported_fails_before_any_mini_batch(self):
        status = self.run_job(self.parallel_job("import no_such_module_anywhere\n\ndef run(mini_batch):\n    return []\n"), code=1)
        self.assertEqual(self.step(status, "work")["state"], "Failed")
        self.assertIn("no_such_module_anywhere", self.job_result(status))
        self.assertCounts(status, Done=0, Failed=0)

    def test_an_empty_input_is_refused_before_the_run(self):
        job = self.parallel_job(ECHO, files=0)
        self.assertIn("input-empty", self.sheaf("validate", job, code=1))
        self.sheaf("run", job, "--workspace", self.folder, code=2)
        self.assertFalse((self.folder / ".sheaf" / "runs").exists())

    def test_an_input_that_a_step_leaves_empty_fails_the_job_and_names_the_folder(self):
        job = self.parallel_job(ECHO, files=0)
        maker = ("  make:\n    command: mkdir -p ${{outputs.files}}\n    environment: azureml:any:1\n"
                 "    outputs:\n      files: {type: uri_folder}\n")
        job.write_text(job.read_text().replace("jobs:\n", "jobs:\n" + maker)
                       .replace("path: ./data", "path: ${{parent.jobs.make.outputs.files}}"))
        status = self.run_job(job, code=1)
        self.assertEqual(self.step(status, "work")["reason"], "input")
        self.assertIn(self.step(status, "make")["outputs"]["files"], self.step(status, "work")["message"])

    def test_no_progress_ends_the_job(self):
        job = self.parallel_job(entry("hang()"), timeout=100, arguments="--progress_update_timeout 1 --task_overhead_timeout 1")
        status = self.run_job(job, code=1)
        self.assertEqual(self.step(status, "work")["reason"], "no_progress")

    def test_a_table_that_takes_too_long_to_load_is_a_failed_attempt(self):
        self.write("job/table/MLTable", "paths:\n  - file: ./t.csv\ntransformations:\n  - read_delimited:\n      delimiter: ','\n")
        self.write("job/table/t.csv", "n\n" + "".join(f"{n:03}\n" for n in range(600)))
        job = self.parallel_job(ENTRY + """
import pandas, threading
real = pandas.read_csv
def read_csv(data, **options):
    if b"400" in data.getvalue() and once("load"):
        threading.Event().wait()
    return real(data, **options)
def run(frame):
    pandas.read_csv = read_csv
    return frame
""", files=0, mini_batch_size="1kb", max_concurrency_per_instance=1, arguments="--task_overhead_timeout 1")
        job.write_text(job.read_text().replace("type: uri_folder\n        path: ./data", "type: mltable\n        path: ./table"))
        status = self.run_job(job)
        self.assertCounts(status, Done=3, Failed=0, TimedOut=0)
        self.assertEqual([b["picked"] for b in self.batches(status["run"], "work")], [1, 2, 1])
        self.assertEqual(len(self.rows(status).splitlines()), 600)
        errors = self.sheaf("logs", status["run"], "work", "--batch", 1)
        self.assertIn("--task_overhead_timeout", errors)

    def test_a_table_that_changes_under_way_fails_the_step_and_is_finished_when_it_is_put_back(self):
        self.write("job/table/MLTable", "paths:\n  - file: ./t.csv\ntransformations:\n  - read_delimited:\n      delimiter: ','\n")
        table = self.write("job/table/t.csv", "n\n" + "".join(f"{n:03}\n" for n in range(600)))
        job = self.parallel_job(ENTRY + """
def run(frame):
    if 0 in list(frame["n"]):
        note("begun", "x")
        while not (side / "changed").exists():
            threading.Event().wait(0.02)
    return frame
""", files=0, mini_batch_size="1kb", max_concurrency_per_instance=1)
        job.write_text(job.read_text().replace("type: uri_folder\n        path: ./data", "type: mltable\n        path: ./table"))
        self.detach(job, "edited")
        wait_until("the first mini-batch", (self.folder / "side" / "begun").exists)
        old = (table.stat().st_atime_ns, table.stat().st_mtime_ns)
        table.write_text("n\nnew\n" + "".join(f"{n:03}\n" for n in range(600)))
        self.write("side/changed", "")
        status = self.wait_for_state("edited", "Failed")
        self.assertEqual(self.step(status, "work")["reason"], "input")
        self.assertIn("t.csv has changed", self.step(status, "work")["message"])
        table.write_text("n\n" + "".join(f"{n:03}\n" for n in range(600)))
        os.utime(table, ns=old)
        status = self.sheaf_json("resume", "edited")
        self.assertEqual(self.rows(status), "".join(f"{n}\n" for n in range(600)))

    def test_a_step_after_a_failed_one_does_not_run_and_others_do(self):
        job = self.write("pipeline.yml", """type: pipeline
jobs:
  bad:
    type: command
    command: echo out of luck >&2; exit 3
    environment: azureml:any:1
    outputs:
      o: {type: uri_folder}
  after:
    type: command
    command: echo never ${{inputs.i}}
    environment: azureml:any:1
    inputs:
      i: ${{parent.jobs.bad.outputs.o}}
  apart:
    type: command
    command: echo here > ${{outputs.o}}/file
    environment: azureml:any:1
    outputs:
      o: {type: uri_folder}
""")
        status = self.run_job(job, code=1)
        states = {step["name"]: step["state"] for step in status["steps"]}
        self.assertEqual(states, {"bad": "Failed", "after": "Canceled", "apart": "Completed"})
        self.assertEqual(self.step(status, "bad")["exitCode"], 3)
        self.assertEqual((Path(self.step(status, "apart")["outputs"]["o"]) / "file").read_text(), "here\n")
        self.assertIn("out of luck", self.sheaf("logs", status["run"], "bad"))

    def test_a_script_that_prints_a_lot_harms_nothing(self):
        status = self.run_job(self.parallel_job(entry("if n == 2: [print('x' * 1000) for _ in range(100000)]"), files=4, timeout=60))
        self.assertCounts(status, Done=4)


if __name__ == "__main__":
    unittest.main()
