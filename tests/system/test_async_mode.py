# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: The Sheaf authors
"""--amlbi_async_mode: a worker holds many mini-batches at once and says later which are finished."""
import unittest

from sheaf_test import ENTRY, SheafTest

# Each mini-batch waits in a thread until eight of its worker are in flight together: one at a time would never end.
SCRIPT = ENTRY + '''
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(32)
together = threading.Barrier(8)
running = {}
barrier = True

def work(paths):
    n = number(paths[0])
    note("starts", str(n))
    if n == 5 and once("five"):
        raise KeyError("five")
    if n == 6 and once("six"):
        return None
    if barrier and n not in (5, 6):
        together.wait(30)
    return [f"row {n}"]

def enqueue(paths, context):
    running[context.minibatch_index] = (pool.submit(work, paths), context)

def check_all_tasks_processed():
    return not running

def get_processing_batch_number():
    return len(running)

def get_finished_batch_result():
    found = {}
    for key, (future, context) in list(running.items()):
        if future.done():
            error = future.exception()
            found[key] = {"ret": None if error else future.result(), "mini_batch_context": context, "exception": error}
            del running[key]
    return found
'''


class AsyncMode(SheafTest):
    def test_many_are_in_flight_and_failed_ones_are_tried_again(self):
        # 26 of which 24 meet at the barrier, in three rounds of eight.
        job = self.parallel_job(SCRIPT, files=26, max_concurrency_per_instance=1, max_retries=1,
                                arguments="--amlbi_async_mode True")
        status = self.run_job(job)
        self.assertEqual(status["state"], "Completed")
        self.assertEqual(self.rows(status), "".join(f"row {n}\n" for n in range(26)))
        attempts = {batch["miniBatch"]: batch["picked"] for batch in self.batches(status["run"], "work")}
        self.assertEqual({n for n, picked in attempts.items() if picked > 1}, {5, 6})

    def test_a_mini_batch_that_hangs_ends_its_worker_and_the_others_go_on(self):
        script = SCRIPT.replace("    note(", "    if n == 3 and once('hang'):\n        hang()\n    note(", 1).replace("barrier = True", "barrier = False")
        job = self.parallel_job(script, files=12, max_concurrency_per_instance=1, max_retries=1, timeout=2,
                                arguments="--amlbi_async_mode True")
        status = self.run_job(job)
        self.assertEqual(self.rows(status), "".join(f"row {n}\n" for n in range(12)))
        attempts = {batch["miniBatch"]: batch["picked"] for batch in self.batches(status["run"], "work")}
        self.assertEqual({n for n, picked in attempts.items() if picked > 1}, {3, 5, 6})

    def test_a_script_without_the_functions_is_told_which_it_lacks(self):
        job = self.parallel_job(ENTRY + "def run(mini_batch):\n    return mini_batch\n", files=2, max_retries=0,
                                arguments="--amlbi_async_mode True")
        status = self.run_job(job, code=1)
        self.assertIn("needs enqueue() and get_finished_batch_result()", self.step(status, "work")["message"])


if __name__ == "__main__":
    unittest.main()
