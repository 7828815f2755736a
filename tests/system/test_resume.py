# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: The Sheaf authors
"""Stop, kill and resume: nothing that was done runs again, and the output is that of an undisturbed run."""
import collections
import signal
import threading
import unittest

from sheaf_test import ENTRY, Ranks, SheafTest, is_alive, kill, wait_until

FILES = 30
HELD = 12  # mini-batches from this one on wait for the file `go`

# Each start of a mini-batch is noted outside the run. init() waits for `init`, later mini-batches for `go`.
SCRIPT = ENTRY + f'''
def wait_for(name):
    while not (side / name).exists():
        threading.Event().wait(0.02)

def init():
    note("inits", "x")
    wait_for("init")

def run(mini_batch):
    n = number(mini_batch[0])
    note("starts", str(n))
    if n >= {HELD}:
        wait_for("go")
    print("line of", n)
    return [f"row {{n}} {{'x' * n}}"]
'''
EXPECTED = "".join(f"row {n} {'x' * n}\n" for n in range(FILES))


class Resume(SheafTest):
    def setUp(self):
        super().setUp()
        self.waiting = []
        self.job = self.parallel_job(SCRIPT, files=FILES, instance_count=2, timeout=600)

    def tearDown(self):
        for process in self.waiting:
            process.kill()
            for stream in (process.stdout, process.stderr):
                stream.close()
            process.wait()

    def allow(self, *names):
        for name in names:
            self.write(f"side/{name}", "")

    def starts(self):
        file = self.folder / "side" / "starts"
        return collections.Counter(int(line) for line in file.read_text().split()) if file.exists() else collections.Counter()

    def wait_for_noted(self, file, count):
        path = self.folder / "side" / file
        wait_until(f"{count} lines in {file}", lambda: path.exists() and len(path.read_text().split()) >= count)

    def done(self, run):
        return {b["miniBatch"] for b in self.batches(run, "work", "--state", "Done")}

    def kill_and_wait(self, run_dir, choose):
        """Kills one, and before it the keeper, that would begin the run again."""
        ranks = Ranks(run_dir)
        everything = ranks.all()
        kill(ranks.keeper)
        kill(choose(ranks))
        wait_until("all processes of the run are gone", lambda: not any(is_alive(pid) for pid in everything))

    def resume_to_the_end(self, run):
        """Resumes; what was done before must not start again, and the output must be the undisturbed one."""
        done = self.done(run)
        before = self.starts()
        self.allow("init", "go")
        status = self.sheaf_json("resume", run)
        self.assertEqual(status["state"], "Completed")
        self.assertEqual(self.rows(status), EXPECTED)
        after = self.starts()
        self.assertEqual({n: after[n] - before[n] for n in done if after[n] != before[n]}, {})
        self.assertEqual({n for n in range(FILES) if after[n] == 0}, set())
        return status

    VICTIMS = {"mpirun": lambda ranks: ranks.mpirun, "rank 0": lambda ranks: ranks.coordinator, "an agent": lambda ranks: ranks.agents[-1]}

    def test_an_undisturbed_run_is_what_the_others_are_compared_with(self):
        self.allow("init", "go")
        status = self.run_job(self.job)
        self.assertEqual(self.rows(status), EXPECTED)
        self.assertEqual(set(self.starts().values()), {1})

    def test_killed_while_workers_start(self):
        for number, (victim, choose) in enumerate(self.VICTIMS.items()):
            with self.subTest(victim=victim):
                (self.folder / "side").mkdir(exist_ok=True)
                for file in (self.folder / "side").iterdir():
                    file.unlink()
                run_dir = self.detach(self.job, f"early{number}")
                self.wait_for_noted("inits", 2)
                self.kill_and_wait(run_dir, choose)
                self.assertEqual(self.status(run_dir.name)["state"], "Interrupted")
                self.resume_to_the_end(run_dir.name)

    def test_killed_in_the_middle(self):
        for number, (victim, choose) in enumerate(self.VICTIMS.items()):
            with self.subTest(victim=victim):
                (self.folder / "side").mkdir(exist_ok=True)
                for file in (self.folder / "side").iterdir():
                    file.unlink()
                self.allow("init")
                run_dir = self.detach(self.job, f"middle{number}")
                self.wait_for_done(run_dir.name, "work", HELD)
                self.kill_and_wait(run_dir, choose)
                self.assertEqual(self.done(run_dir.name), set(range(HELD)))
                self.resume_to_the_end(run_dir.name)

    def test_the_run_goes_on_by_itself_whoever_is_lost(self):
        for number, (victim, choose) in enumerate(self.VICTIMS.items()):
            with self.subTest(victim=victim):
                (self.folder / "side").mkdir(exist_ok=True)
                for file in (self.folder / "side").iterdir():
                    file.unlink()
                self.allow("init")
                run_dir = self.detach(self.job, f"lost{number}")
                self.wait_for_done(run_dir.name, "work", HELD)
                before = Ranks(run_dir)
                started = self.starts()
                kill(choose(before))
                wait_until("all ranks of that life are gone", lambda: not any(is_alive(pid) for pid in before.all() if pid != before.keeper))
                self.allow("go")
                status = self.wait_for_state(run_dir.name, "Completed", "Failed", "Interrupted")
                self.assertEqual(status["state"], "Completed", self.launch_logs())
                self.assertEqual(self.rows(status), EXPECTED)
                self.assertEqual(status["resumes"], 1)
                self.assertEqual([n for n in range(HELD) if self.starts()[n] != started[n]], [])
                self.assertIn("The run went on by itself at", self.sheaf("status", run_dir.name))
                wait_until("the keeper is gone", lambda: not is_alive(before.keeper))

    def test_a_frozen_agent_costs_its_unfinished_mini_batches_only(self):
        self.allow("init")
        run_dir = self.detach(self.job, "frozen")
        self.wait_for_done("frozen", "work", HELD)
        before = Ranks(run_dir)
        kill(before.agents[-1], signal.SIGSTOP)
        wait_until("it is given up", lambda: not is_alive(before.agents[-1]))
        self.allow("go")
        status = self.wait_for_state("frozen", "Completed", "Failed", "Interrupted")
        self.assertEqual(self.rows(status), EXPECTED)
        self.assertIn("Node 1 was lost: it said nothing for", self.sheaf("status", "frozen"))

    def test_a_coordinator_that_stood_still_loses_nobody(self):
        self.allow("init")
        run_dir = self.detach(self.job, "still")
        self.wait_for_done("still", "work", HELD)
        ranks = Ranks(run_dir)
        kill(ranks.coordinator, signal.SIGSTOP)
        threading.Event().wait(10)  # time itself is what is tried here: longer than an agent may be silent
        kill(ranks.coordinator, signal.SIGCONT)
        self.allow("go")
        status = self.wait_for_state("still", "Completed", "Failed", "Interrupted")
        self.assertEqual(self.rows(status), EXPECTED)
        self.assertEqual(status["resumes"], 0)

    def test_a_run_whose_node_always_dies_is_not_begun_for_ever(self):
        job = self.parallel_job(ENTRY + "\ndef run(mini_batch):\n    note('starts', '0')\n    os.kill(os.getppid(), 9)\n", files=3, name="dies")
        run_dir = self.detach(job, "dies")
        status = self.wait_for_state("dies", "Interrupted", "Completed", "Failed")
        self.assertEqual(status["state"], "Interrupted")
        self.assertIn("lives in a row brought nothing forward", (run_dir / "mpirun.log").read_text())
        self.assertLess(len((self.folder / "side" / "starts").read_text().split()), 12)

    def test_a_keeper_that_is_asked_to_end_stops_the_run(self):
        self.allow("init")
        run_dir = self.detach(self.job, "asked")
        self.wait_for_done("asked", "work", HELD)
        ranks = Ranks(run_dir)
        kill(ranks.keeper, signal.SIGTERM)
        wait_until("all of it is gone", lambda: not any(is_alive(pid) for pid in ranks.all()))
        self.assertEqual(self.status("asked")["state"], "Canceled")
        self.resume_to_the_end("asked")

    def test_killed_again_and_again_at_any_moment(self):
        self.allow("init", "go")
        slow = self.parallel_job(SCRIPT.replace("    print(", "    threading.Event().wait(0.1)\n    print("), files=FILES, timeout=600,
                                 max_concurrency_per_instance=1)
        run_dir = self.detach(slow, "often")
        done, kills = set(), 0
        for choose in list(self.VICTIMS.values()) * 3:
            self.wait_for_done("often", "work", min(FILES, len(done) + 1))
            if not Ranks(run_dir).mpirun:
                break
            try:
                self.kill_and_wait(run_dir, choose)
            except (ProcessLookupError, TypeError, IndexError):
                break  # it ended by itself meanwhile
            if self.status("often")["state"] == "Completed":
                break
            kills += 1
            done, before = self.done("often"), self.starts()
            self.sheaf("resume", "often", "--detach")
            wait_until("it runs again", lambda: self.starts() != before or self.status("often")["state"] == "Completed")
            self.assertEqual([n for n in done if self.starts()[n] != before[n]], [])
        status = self.wait_for_state("often", "Completed", "Failed", "Interrupted")
        self.assertEqual(status["state"], "Completed")
        self.assertEqual(self.rows(status), EXPECTED)
        self.assertGreaterEqual(kills, 2)

    def test_a_killed_worker_needs_no_resume(self):
        self.allow("init")
        run_dir = self.detach(self.job, "worker")
        self.wait_for_done("worker", "work", HELD)
        victim = wait_until("workers at work", lambda: Ranks(run_dir).workers)[0]
        kill(victim)
        wait_until("the worker is gone", lambda: not is_alive(victim))
        self.allow("go")
        status = self.wait_for_state("worker", "Completed", "Failed")
        self.assertEqual(self.rows(status), EXPECTED)
        self.assertEqual(status["resumes"], 0)

    def test_stop_lets_running_mini_batches_finish_and_resume_does_the_rest(self):
        self.allow("init")
        self.detach(self.job, "stopped")
        self.wait_for_done("stopped", "work", HELD)
        wait_until("held ones have started", lambda: sum(self.starts().values()) > HELD)
        self.sheaf("stop", "stopped")
        self.allow("go")
        self.assertEqual(self.wait_for_state("stopped", "Canceled", "Completed")["state"], "Canceled")
        started = {n for n, count in self.starts().items() if count}
        self.assertEqual(self.done("stopped"), started)
        self.resume_to_the_end("stopped")
        self.assertEqual(set(self.starts().values()), {1})

    def test_stop_now_does_not_wait(self):
        self.allow("init")
        self.detach(self.job, "now")
        self.wait_for_done("now", "work", HELD)
        self.sheaf("stop", "now", "--now")
        self.assertEqual(self.wait_for_state("now", "Canceled")["state"], "Canceled")
        self.assertEqual(self.done("now"), set(range(HELD)))
        self.resume_to_the_end("now")

    def test_ctrl_c_cancels_with_130_and_says_how_to_go_on(self):
        self.allow("init")
        process = self.start_sheaf("run", self.job, "--workspace", self.folder, "--name", "ctrlc")
        self.waiting.append(process)
        self.wait_for_done("ctrlc", "work", HELD)
        process.send_signal(signal.SIGINT)
        wait_until("the stop was heard", lambda: "Stopping" in process.stdout.readline())
        self.allow("go")
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertIn("sheaf resume ctrlc", out)
        self.resume_to_the_end("ctrlc")

    def test_the_run_outlives_the_command_that_started_it(self):
        self.allow("init")
        process = self.start_sheaf("run", self.job, "--workspace", self.folder, "--name", "alone")
        self.waiting.append(process)
        self.wait_for_done("alone", "work", HELD)
        process.kill()
        self.allow("go")
        self.assertEqual(self.rows(self.wait_for_state("alone", "Completed", "Interrupted")), EXPECTED)

    def test_a_coordinator_that_dies_is_told_by_the_command_that_waits(self):
        self.allow("init")
        process = self.start_sheaf("run", self.job, "--workspace", self.folder, "--name", "died")
        self.waiting.append(process)
        self.wait_for_done("died", "work", HELD)
        self.kill_and_wait(self.run_dir("died"), lambda ranks: ranks.mpirun)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertIn("sheaf resume died", err)
        self.resume_to_the_end("died")

    def test_a_failed_run_tries_its_failed_mini_batches_again(self):
        script = ENTRY + "\ndef run(mini_batch):\n    n = number(mini_batch[0])\n    note('starts', str(n))\n" \
            "    if n == 3 and not (side / 'mended').exists(): raise ValueError('not mended')\n    return [f'row {n}']\n"
        job = self.parallel_job(script, files=5, name="mend", max_retries=0, mini_batch_error_threshold=0, max_concurrency_per_instance=1)
        status = self.run_job(job, code=1)
        self.allow("mended")
        status = self.sheaf_json("resume", status["run"])
        self.assertEqual(self.rows(status), "".join(f"row {n}\n" for n in range(5)))
        self.assertEqual([self.starts()[n] for n in (0, 1, 2)], [1, 1, 1])

    def test_a_run_that_goes_on_cannot_be_resumed_and_a_completed_one_neither(self):
        self.allow("init")
        self.detach(self.job, "busy")
        self.wait_for_done("busy", "work", HELD)
        self.sheaf("resume", "busy", code=2)
        self.assertIn("still going on", self.stderr)
        self.allow("go")
        self.wait_for_state("busy", "Completed")
        self.sheaf("resume", "busy", code=2)


if __name__ == "__main__":
    unittest.main()
