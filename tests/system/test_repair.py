# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: The Sheaf authors
"""Repair: what is listed runs again and nothing else, the output is as if it had never failed, and the run knows which code ran what."""
import collections
import os
import random
import unittest

from sheaf_test import ENTRY, WAIT, SheafTest, wait_until

FILES = 24
BAD = {2, 5, 11, 17, 18, 23}
SELECTIONS = int(os.environ.get("SHEAF_SELECTIONS", "4"))  # the whole of it: 100

# Each start of a mini-batch is noted outside the run; those in `bad` raise.
SCRIPT = ENTRY + '''
def run(mini_batch):
    n = number(mini_batch[0])
    note("starts", str(n))
    if str(n) in (side / "bad").read_text().split():
        raise KeyError(f"station {n}")
    return [f"row {n} {'x' * n}"]
'''
EXPECTED = [f"row {n} {'x' * n}\n" for n in range(FILES)]


class Repair(SheafTest):
    def setUp(self):
        super().setUp()
        self.job = self.parallel_job(SCRIPT, files=FILES, max_retries=0, timeout=600)
        self.bad(BAD)

    def bad(self, numbers):
        self.write("side/bad", " ".join(map(str, sorted(numbers))))

    def started(self):
        """What has been started since the last look."""
        file = self.folder / "side" / "starts"
        numbers = collections.Counter(int(word) for word in file.read_text().split()) if file.exists() else collections.Counter()
        if file.exists():
            file.unlink()
        return numbers

    def output(self, run):
        return self.rows(self.status(run)).splitlines(keepends=True)

    def failed(self, run):
        return {b["miniBatch"] for b in self.batches(run, "work", "--state", "Failed")}

    def begin(self):
        run = self.run_job(self.job)["run"]
        self.assertEqual(self.failed(run), BAD)
        self.assertEqual(self.output(run), [row for n, row in enumerate(EXPECTED) if n not in BAD])
        self.started()
        return run

    def test_exactly_what_is_listed_is_executed_in_random_selections(self):
        draw = random.Random(4)
        run = self.begin()
        failed = set(BAD)
        for _ in range(SELECTIONS):
            if not failed:  # all mended: what succeeded never runs again, so a new run begins
                self.bad(BAD)
                run = self.begin()
                failed = set(BAD)
            chosen = set(draw.sample(sorted(failed), draw.randint(1, len(failed))))
            mended = set(draw.sample(sorted(chosen), draw.randint(0, len(chosen))))
            self.bad(failed - mended)
            self.sheaf("retry", run, "work", "--batch", ",".join(map(str, sorted(chosen))))
            self.assertEqual(self.started(), collections.Counter(chosen))
            failed -= mended
            self.assertEqual(self.failed(run), failed)
            self.assertEqual(self.output(run), [row for n, row in enumerate(EXPECTED) if n not in failed])

    def test_a_mended_script_runs_only_what_failed_and_each_attempt_knows_its_code(self):
        run = self.begin()
        script = self.folder / "job" / "src" / "entry.py"
        script.write_text(script.read_text().replace("raise KeyError", "print"))
        self.sheaf("retry", run, "work", "--batch", "2")
        self.assertEqual(self.failed(run), BAD)  # the run's code still, and it says that yours differs
        said = self.sheaf("retry", run, "work", "--dry-run")
        self.assertIn("entry.py", said)
        self.assertIn("--with-current-code", said)
        self.started()
        self.sheaf("retry", run, "work", "--failed", "--with-current-code")
        self.assertEqual(self.started(), collections.Counter(BAD))
        self.assertEqual(self.output(run), EXPECTED)
        codes = {b["miniBatch"]: b["code"] for b in self.batches(run, "work")}
        self.assertEqual({n for n, code in codes.items() if code == 1}, BAD)
        self.assertEqual(self.sheaf_json("status", run)["state"], "Completed")

    def test_a_file_that_was_removed_from_the_code_is_a_change(self):
        self.write("job/src/helper.py", "raise ImportError('stale')\n")
        run = self.begin()
        (self.folder / "job" / "src" / "helper.py").unlink()
        self.assertIn("helper.py", self.sheaf("retry", run, "work", "--dry-run"))

    def test_what_succeeded_is_refused_and_numbers_that_are_not_there(self):
        run = self.begin()
        self.sheaf("retry", run, "work", "--batch", "3", code=2)
        self.assertIn("never runs twice", self.stderr)
        self.sheaf("retry", run, "work", "--batch", "2,99", code=2)
        self.assertIn("0 to 23", self.stderr)
        self.sheaf("retry", run, "work", "--batch", "x", code=2)
        self.sheaf("retry", run, "nothing", code=2)
        self.assertEqual(self.started(), collections.Counter())

    def test_of_two_that_come_at_once_one_is_told_that_somebody_is_at_it(self):
        script = SCRIPT.replace('note("starts", str(n))', """note("starts", str(n))
    while (side / "closed").exists():
        threading.Event().wait(0.02)""")
        self.job = self.parallel_job(script, files=FILES, max_retries=0, timeout=600)
        for _ in range(3):
            self.bad(BAD)
            run = self.begin()
            self.bad(())
            self.write("side/closed", "")
            both = [self.start_sheaf("retry", run, "work"), self.start_sheaf("retry", run, "work")]
            wait_until("one of them to leave", lambda: any(one.poll() is not None for one in both))
            late = next(one for one in both if one.poll() is not None)
            first = next(one for one in both if one is not late)
            out, err = late.communicate()
            if "Nothing to run again" not in out:  # what one so late that it finds them at work says
                self.assertEqual(late.returncode, 2, out + err)
                self.assertIn("going on", err)
            (self.folder / "side" / "closed").unlink()
            out, err = first.communicate(timeout=2 * WAIT)
            self.assertEqual(first.returncode, 0, out + err + self.launch_logs())
            self.assertEqual(self.started(), collections.Counter(BAD))
            self.assertEqual(self.output(run), EXPECTED)

    def test_ignored_ones_let_the_step_complete_and_can_be_counted_again(self):
        self.job = self.parallel_job(SCRIPT, files=FILES, max_retries=0, timeout=600, mini_batch_error_threshold=5)
        run = self.run_job(self.job, code=1)["run"]
        self.started()
        self.sheaf("retry", run, "work", "--unfinished", code=1)
        self.assertEqual(self.failed(run), BAD)
        self.started()
        self.sheaf("ignore", run, "work", "--filter", "err:station", "--batch", "2,5")
        self.assertEqual(self.started(), collections.Counter())
        self.assertEqual({b["miniBatch"] for b in self.batches(run, "work", "--state", "Ignored")}, {2, 5})
        self.assertEqual(self.output(run), [row for n, row in enumerate(EXPECTED) if n not in BAD])
        self.sheaf("ignore", run, "work", "--undo", "--batch", "2,5", code=1)
        self.assertEqual(self.failed(run), BAD)
        self.sheaf("ignore", run, "work", "--batch", "3", code=2)

    def test_code_that_cannot_be_loaded_is_not_taken(self):
        run = self.begin()
        script = self.folder / "job" / "src" / "entry.py"
        good = script.read_text()
        for spoil in (lambda: script.unlink(), lambda: script.write_text("def run(mini_batch:\n")):
            spoil()
            self.sheaf("retry", run, "work", "--with-current-code", code=2)
            self.assertIn("nothing was run again", self.stderr)
            self.assertEqual(self.status(run)["state"], "Completed")
            self.assertEqual(self.failed(run), BAD)
        script.write_text(good)
        self.bad(())
        self.sheaf("retry", run, "work")
        self.assertEqual(self.output(run), EXPECTED)

    def test_to_ignore_is_done_as_asked_though_the_run_has_more_to_do(self):
        waits = SCRIPT.replace('note("starts", str(n))', """while n > 2 and (side / "closed").exists():
        threading.Event().wait(0.02)""")
        self.job = self.parallel_job(waits, files=FILES, max_retries=0, timeout=600, mini_batch_error_threshold=2)
        self.bad({0, 1, 2})
        self.write("side/closed", "")
        run = self.run_job(self.job, code=1)["run"]
        self.assertEqual(self.failed(run), {0, 1, 2})
        self.sheaf("ignore", run, "work", "--batch", "1")
        self.assertIn("is not finished", self.sheaf("status", run))
        self.assertEqual(self.failed(run), {0, 2})


if __name__ == "__main__":
    unittest.main()
