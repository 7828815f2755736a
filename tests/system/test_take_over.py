# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: The Sheaf authors
"""--resume_from: a new run takes over what an earlier one has done, by the content of its mini-batches."""
import shutil
import unittest

from sheaf_test import ENTRY, SheafTest

# Mini-batch 003 fails until the file `mended` is there; every start is noted outside the run.
SCRIPT = ENTRY + '''
def run(mini_batch):
    n = number(mini_batch[0])
    note("starts", str(n))
    if n == 3 and not (side / "mended").exists():
        raise ValueError("three")
    return [f"row {n}"]
'''


class TakeOver(SheafTest):
    def starts(self):
        file = self.folder / "side" / "starts"
        return sorted(int(line) for line in file.read_text().split())

    def forget_starts(self):
        (self.folder / "side" / "starts").unlink()

    def first_run(self):
        job = self.parallel_job(SCRIPT, files=6, max_retries=0, mini_batch_error_threshold=0)
        self.assertEqual(self.run_job(job, "--name", "first", code=1)["state"], "Failed")
        self.done_first = {batch["miniBatch"] for batch in self.batches("first", "work", "--state", "Done")}
        self.assertGreater(len(self.done_first), 0)
        self.forget_starts()
        self.write("side/mended", "")

    def second_job(self, run="first", files=6):
        return self.parallel_job(SCRIPT, files=files, max_retries=0, mini_batch_error_threshold=0,
                                 arguments=f"--resume_from {run}")

    def test_what_was_done_is_not_done_again_and_its_rows_are_there(self):
        self.first_run()
        status = self.run_job(self.second_job(), "--name", "second")
        self.assertEqual(self.rows(status), "".join(f"row {n}\n" for n in range(6)))
        self.assertEqual(self.starts(), sorted(set(range(6)) - self.done_first))
        self.assertIn(f"{len(self.done_first)} of 6 mini-batches are taken over from run first", self.job_result(status))

    def test_a_chain_of_runs_and_a_grown_input(self):
        self.first_run()
        self.run_job(self.second_job(), "--name", "second")
        self.forget_starts()
        status = self.run_job(self.second_job("second", files=8), "--name", "third")
        self.assertEqual(self.rows(status), "".join(f"row {n}\n" for n in range(8)))
        self.assertEqual(self.starts(), [6, 7])

    def test_nothing_is_taken_from_another_folder(self):
        self.first_run()
        job = self.second_job()
        moved = self.folder / "moved"
        shutil.copytree(job.parent, moved)
        status = self.run_job(moved / job.name, "--name", "second")
        self.assertEqual(self.starts(), list(range(6)))
        self.assertIn("0 of 6 mini-batches are taken over", self.job_result(status))

    def test_a_run_that_is_not_there_is_named_and_nothing_starts(self):
        self.first_run()
        self.sheaf("run", self.second_job("nowhere"), "--workspace", self.folder, "--name", "second", code=2)
        self.assertIn("nowhere", self.stderr)
        self.assertFalse(self.run_dir("second").exists())


if __name__ == "__main__":
    unittest.main()
