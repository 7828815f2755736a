# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: The Sheaf authors
"""The verbs: exit codes, JSON forms, options, help and man page."""
import json
import re
import subprocess
import unittest
from pathlib import Path

from sheaf_test import BIN, ENTRY, SAMPLES, SOURCE, SheafTest, wait_until

VERBS = "validate edit plan run resume retry ignore stop runs status batches logs debug compare report outputs label remove doctor".split()

TALKS = ENTRY + '''
from azureml_user.parallel_run import EntryScript
def run(mini_batch):
    n = number(mini_batch[0])
    print("out of", n)
    print("err of", n, file=sys.stderr)
    EntryScript().logger.info("log of %d", n)
    if n == 2:
        raise ValueError("bad two")
    return [n]
'''


class Verbs(SheafTest):
    def finished(self, **options):
        return self.run_job(self.parallel_job(TALKS, files=4, max_retries=1, **options))

    # ---- before a run

    def test_validate_says_0_for_clean_files_and_1_for_errors(self):
        good = SAMPLES / "score-table" / "pipeline.yml"
        self.assertIn("no problems", self.sheaf("validate", good))
        bad = self.write("bad.yml", "type: pipeline\njobs:\n  a:\n    type: parallel\n    mini_batch_size: many\n")
        out = self.sheaf("validate", good, bad, code=1)
        self.assertRegex(out, r"bad\.yml:5:\d+: error: ")
        found = json.loads(self.sheaf("validate", good, bad, "--json", code=1))
        self.assertEqual([file["errors"] > 0 for file in found], [False, True])
        self.assertEqual(set(found[1]["diagnostics"][0]) >= {"code", "severity", "file", "where", "path", "message", "fix"}, True)

    def test_validate_of_a_missing_file_is_an_error(self):
        self.sheaf("validate", "nowhere.yml", code=1)

    def test_warnings_alone_are_no_error(self):
        job = self.parallel_job(TALKS, arguments="--resource_monitor_interva 30")
        out = self.sheaf("validate", job)
        self.assertIn("warning", out)
        self.assertIn("resource_monitor_interval", out)

    def test_plan_shows_what_the_run_then_does(self):
        job = self.parallel_job(TALKS, files=7, mini_batch_size='"3"')
        planned = self.sheaf_json("plan", job)[0]
        self.assertEqual(planned["plan"]["miniBatches"], 3)
        self.assertEqual(planned["firstMiniBatches"][0]["files"], ["000.txt", "001.txt", "002.txt"])
        self.assertIn("3 mini-batches", self.sheaf("plan", job, "--step", "work"))
        self.sheaf("plan", job, "--step", "nowhere", code=2)
        self.assertFalse((self.folder / "job" / ".sheaf").exists())
        status = self.run_job(job)
        kept = json.loads((Path(status["folder"]) / "steps/work/plan.json").read_text())
        self.assertEqual(kept["fingerprint"], planned["plan"]["fingerprint"])

    def test_plan_says_when_a_step_is_split_later(self):
        out = self.sheaf("plan", SAMPLES / "many-models" / "pipeline.yml")
        self.assertIn("split when step partition has made its output parts", out)

    # ---- run

    def test_a_job_with_errors_is_not_started_and_leaves_nothing(self):
        bad = self.write("bad.yml", "type: pipeline\njobs:\n  a:\n    type: parallel\n")
        self.sheaf("run", bad, code=2)
        self.assertIn("bad.yml:", self.stderr)
        self.assertFalse((self.folder / ".sheaf").exists())
        self.sheaf("run", "nowhere.yml", code=2)
        self.sheaf("run", self.parallel_job(TALKS), "--python", "no-such-python", code=2)
        self.assertIn("no-such-python", self.stderr)
        self.sheaf("run", code=2)
        self.sheaf("fly", code=2)

    def test_set_changes_the_run_and_is_recorded(self):
        job = self.parallel_job(TALKS, files=6)
        status = self.run_job(job, "--set", "jobs.work.mini_batch_size=3", "--set", "jobs.work.retry_settings.max_retries=0")
        self.assertEqual(self.step(status, "work")["miniBatches"]["total"], 2)
        spec = json.loads((Path(status["folder"]) / "run.json").read_text())
        self.assertEqual(spec["overrides"], ["jobs.work.mini_batch_size=3", "jobs.work.retry_settings.max_retries=0"])
        self.assertEqual((Path(status["folder"]) / "job.yml").read_bytes(), job.read_bytes())

    def test_run_prints_state_outputs_logs_and_result(self):
        out = self.sheaf("run", self.parallel_job(TALKS, files=4, max_retries=0), "--name", "talk")
        self.assertRegex(out, r"(?m)^Run talk in ")
        self.assertRegex(out, r"(?m)^Completed in ")
        for path in ("rows", "logs", "job_result.txt"):
            self.assertIn(path, out)
        self.assertNotIn("\x1b", out)

    def test_a_failed_run_names_the_first_error(self):
        out = self.sheaf("run", self.parallel_job(TALKS, files=4, max_retries=0, mini_batch_error_threshold=0), "--name", "bad", code=1)
        self.assertIn("ValueError: bad two", out)
        self.assertIn("sheaf logs bad work --batch 2", out)

    def test_names_of_runs(self):
        job = self.parallel_job(TALKS, files=1)
        self.assertEqual(self.run_job(job, "--name", "mine")["run"], "mine")
        self.sheaf("run", job, "--workspace", self.folder, "--name", "mine", code=2)
        self.assertIn("there already", self.stderr)
        self.sheaf("run", job, "--workspace", self.folder, "--name", "../x", code=2)
        self.assertRegex(self.run_job(job)["run"], r"^[a-z]+_[a-z]+_[a-z0-9]{6}$")

    def test_the_workspace_is_the_nearest_folder_with_a_dot_sheaf_else_the_files(self):
        job = self.parallel_job(TALKS, files=1)
        self.sheaf("run", job, "--name", "here")
        self.assertTrue((self.folder / "job/.sheaf/runs/here/run.json").exists())
        (self.folder / ".sheaf").mkdir()
        inner = self.parallel_job(TALKS, files=1, name="other")
        self.sheaf("run", inner, "--name", "above")
        self.assertTrue((self.folder / ".sheaf/runs/above/run.json").exists())

    def test_packages_that_the_interpreter_lacks_are_told_before_the_run(self):
        job = self.parallel_job(TALKS, files=1)
        job.write_text(job.read_text().replace("environment: azureml:any:1", """environment:
        image: any
        conda_file:
          dependencies:
            - pip
            - pip:
                - no-such-package-of-ours==1.0"""))
        self.sheaf("run", job)
        self.assertIn("no-such-package-of-ours", self.stderr)

    # ---- after a run

    def test_runs_status_batches_and_outputs_as_json(self):
        status = self.finished()
        run = status["run"]
        self.assertEqual([(r["run"], r["state"], r["miniBatches"], r["miniBatchesFailed"]) for r in self.sheaf_json_lines("runs")],
                         [(run, "Completed", 4, 1)])
        self.assertEqual(self.status("latest"), self.status(run[:6]))
        verdict = status["verdict"]
        self.assertEqual(verdict["outcome"], "CompletedWithFailures")
        self.assertIn({"kind": "MiniBatches", "step": "work", "target": "state:failed,timedout", "number": -1},
                      [part["link"] for part in verdict["what"]["parts"]])
        self.assertIn(f"sheaf retry {run} work --failed", [(action["command"] or "").split(" --workspace")[0] for action in verdict["next"]])
        batches = self.batches(run, "work")
        self.assertEqual([(b["miniBatch"], b["state"], b["returned"]) for b in batches],
                         [(0, "Done", 1), (1, "Done", 1), (2, "Failed", 0), (3, "Done", 1)])
        self.assertEqual([b["error"] for b in self.batches(run, "work", "--state", "failed")], ["ValueError: bad two"])
        outputs = self.sheaf_json_lines("outputs", run, "work")
        self.assertEqual([(o["step"], o["output"], o["exists"]) for o in outputs], [("work", "rows", True)])
        self.assertEqual(Path(outputs[0]["path"]).read_text(), "0\n1\n3\n")

    def test_tables_for_people(self):
        run = self.finished()["run"]
        self.assertIn(run, self.sheaf("runs"))
        self.assertIn("Completed", self.sheaf("status", run))
        self.assertIn("work is done, but 1 of 4 mini-batches failed", self.sheaf("status", run))
        self.assertIn(f"sheaf retry {run} work --failed", self.sheaf("status", run))
        self.assertIn("ValueError: bad two", self.sheaf("batches", run, "work", "--state", "Failed"))
        self.sheaf("batches", run, "work", "--state", "sleepy", code=2)
        self.sheaf("batches", run, "nowhere", code=2)
        self.sheaf("status", "nosuchrun", code=2)
        self.sheaf("stop", run, code=1)

    def test_logs_of_a_run(self):
        run = self.finished()["run"]
        out = self.sheaf("logs", run)
        for number in range(4):
            self.assertEqual(len(re.findall(f"(?m)^out of {number}$", out)), 2 if number == 2 else 1)
            self.assertIn(f"err of {number}", out)
            self.assertIn(f"log of {number}", out)
        heads = re.findall(r"(?m)^==> (.*) <==$", out)
        self.assertTrue(all(head.startswith("work  node 0  process") for head in heads), heads)
        self.assertEqual(self.sheaf("logs", run, "work", "--node", "7"), "")
        process = re.search(r"process\d+", heads[0]).group()
        self.assertEqual(set(re.findall(r"process\d+", self.sheaf("logs", run, "--process", process[7:]))), {process})

    def test_logs_of_one_mini_batch_have_its_attempts_and_errors_only(self):
        run = self.finished()["run"]
        out = self.sheaf("logs", run, "work", "--batch", "2")
        self.assertEqual(len(re.findall("==> mini-batch 2, hand-out", out)), 2)
        self.assertEqual(len(re.findall("(?m)^out of 2$", out)), 2)
        self.assertEqual(len(re.findall("(?m)^ValueError: bad two$", out)), 2)
        self.assertNotIn("of 1", out)
        self.assertIn("out of 1", self.sheaf("logs", run, "--batch", "1"))
        self.sheaf("logs", run, "work", "--batch", "9", code=2)

    def test_follow_prints_until_the_run_ends(self):
        script = TALKS.replace("    if n == 2:", "    while n == 1 and not (side / 'go').exists():\n        threading.Event().wait(0.02)\n    if n == 2:")
        self.detach(self.parallel_job(script, files=4, max_retries=0, max_concurrency_per_instance=1), "follow")
        process = self.start_sheaf("logs", "follow", "--follow")
        lines = []
        wait_until("a line of the run", lambda: lines.append(process.stdout.readline()) or "out of 0" in lines[-1])
        self.write("side/go", "")
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertIn("out of 3", out)

    def test_doctor(self):
        findings = self.sheaf_json("doctor")
        self.assertEqual({f["what"] for f in findings} >= {"mpirun", "sheaf-run", "worker package", "SHEAF_PYTHON", "cores", "memory", "disk"}, True)
        self.environment["PATH"] = "/nowhere"
        findings = self.sheaf_json("doctor", code=1)
        mpirun = next(f for f in findings if f["what"] == "mpirun")
        self.assertEqual((mpirun["grade"], "openmpi-bin" in mpirun["fix"]), ("Missing", True))

    # ---- more than one run, and what is kept of one

    def test_a_tag_that_is_not_there_cannot_be_taken_off(self):
        run = self.finished()["run"]
        self.sheaf("label", run, "--tag", "baseline")
        self.sheaf("label", run, "--untag", "basline", code=2)
        self.assertIn("its tags are baseline", self.stderr)
        self.assertIn("(no tags)", self.sheaf("label", run, "--untag", "baseline"))

    def test_runs_that_differ_in_code_are_told_apart(self):
        first = self.finished()["run"]
        second = self.run_job(self.folder / "job" / "pipeline.yml")["run"]
        self.assertIn("Code: the same", self.sheaf("compare", first, second))
        script = self.folder / "job" / "src" / "entry.py"
        script.write_text(script.read_text() + "\n# another\n")
        third = self.run_job(self.folder / "job" / "pipeline.yml")["run"]
        self.assertIn("work: entry.py is not the same", self.sheaf("compare", second, third))

    def test_a_report_is_one_file_that_names_what_failed(self):
        status = self.finished()
        out = self.folder / "page.html"
        self.assertEqual(self.sheaf("report", status["run"], "-o", out).strip(), str(out))
        page = out.read_text()
        self.assertIn("ValueError: bad two", page)
        self.assertNotRegex(page, r"src=|href=|@import")
        self.assertEqual(self.sheaf("report", status["run"], "-o", "-")[:15], "<!DOCTYPE html>")
        self.sheaf("report", "nowhere", code=2)
        self.sheaf("report", status["run"], "-o", self.folder / "no" / "page.html", code=1)

    # ---- help

    def help(self, *words):
        return self.sheaf(*words, "--help")

    def test_every_verb_and_option_is_in_the_man_page(self):
        page = (SOURCE / "installer" / "man" / "sheaf.1").read_text().replace("\\-", "-")
        for verb in VERBS:
            self.assertIn(verb, self.help())
            section = re.search(rf"(?ms)^\.SS sheaf {verb}\b.*?(?=^\.S[SH] )", page)
            self.assertTrue(section, f"no section for {verb}")
            for option in re.findall(r"(?m)^  (?:-\w,)?(--[a-z]+)", self.help(verb)):
                if option != "--help":
                    self.assertIn(option, section.group(), f"{verb} {option}")

    def test_the_man_page_names_nothing_that_is_not_there(self):
        page = (SOURCE / "installer" / "man" / "sheaf.1").read_text().replace("\\-", "-")
        for verb, text in re.findall(r"(?ms)^\.SS sheaf (\w+)(.*?)(?=^\.S[SH] )", page):
            self.assertIn(verb, VERBS)
            for option in re.findall(r"(?m)^\.BR? (--[a-z]+)", text):
                self.assertIn(option, self.help(verb), f"{verb} {option}")

    def test_validate_looks_at_the_scripts_without_running_them(self):
        job = self.parallel_job("import nosuchmodule\nraise SystemExit('was run')\ndef run(a, b, c):\n    return a\n")
        printed = self.sheaf("validate", job, code=1)
        self.assertRegex(printed, r"entry.py:3:1: error: run\(\) takes 3 parameters")
        self.assertRegex(printed, r"entry.py:1:1: warning: there is no module 'nosuchmodule'")
        self.assertNotIn("was run", printed)
        (job.parent / "src" / "entry.py").write_text("def run(a):\n  return [\n")
        self.assertRegex(self.sheaf("validate", job, code=1), r"entry.py:2:\d+: error: Python 3\.\d+ cannot read the script")
        (job.parent / "src" / "entry.py").write_text("import os, json\ndef run(a, context=None, *more):\n  return a\n")
        self.assertIn("no problems", self.sheaf("validate", job))
        self.sheaf("validate", job, "--python", "/no/python", code=2)

    def test_edit_changes_just_what_is_meant_or_nothing(self):
        text = "# mine\r\ntype: pipeline\r\njobs:\r\n  s:   {type: command, command: 'echo 1'}   # s\r\n\r\nunknown: [1,2]"
        job = self.folder / "job.yml"
        job.write_bytes(text.encode())
        job.chmod(0o640)
        link = self.folder / "link.yml"
        link.symlink_to(job)
        printed = self.sheaf("edit", link, "--set", "jobs.s.command=echo 2", "--set", "name=x", "--unset", "unknown.0")
        self.assertEqual(job.read_bytes().decode(), text.replace("echo 1", "echo 2").replace("[1,2]", "[2]") + "\r\nname: x")
        self.assertIn("+ name: x", printed)
        self.assertEqual(job.stat().st_mode & 0o777, 0o640)
        self.assertTrue(link.is_symlink())
        before = job.read_bytes()
        printed = self.sheaf("edit", job, "--set", "jobs.s.command=echo 3", "--set", "jobs.s.command.x=1", code=2)
        self.assertEqual(printed, "")  # what was not done is not shown as done
        self.assertIn("jobs.s.command", self.stderr)
        self.sheaf("edit", job, "--set", "jobs.s.command=echo 3", "--dry-run")
        self.assertIn("+   a.b=c: 5", self.sheaf("edit", job, "--set", 'tags."a.b=c"=5', "--dry-run"))
        self.assertIn("says so already", self.sheaf("edit", job, "--set", "jobs.s.command=echo 2"))
        self.sheaf("edit", self.folder / "none.yml", "--set", "a=1", code=2)
        self.assertEqual(job.read_bytes(), before)
        lines = self.folder / "lines.yml"
        lines.write_text("type: pipeline\njobs:\n  s:\n    type: command\n    inputs:\n      i: 1\n      j: 2\n    outputs:\n      o: {}\n")
        self.assertEqual(self.sheaf("edit", lines, "--unset", "jobs.s.inputs.j", "--dry-run"), "-       j: 2\n")  # nothing beside it
        lines.chmod(0o444)
        self.assertIn("permission", self.sheaf("edit", lines, "--unset", "jobs.s.inputs.j", code=2) + self.stderr)
        self.assertIn("j: 2", lines.read_text())

    def test_version(self):
        self.assertRegex(self.sheaf("--version"), r"^sheaf \d+\.\d+\.\d+$")

    def test_a_terminal_never_gets_control_characters_of_the_user(self):
        script = ENTRY + "\ndef run(mini_batch):\n    print('\\x1b]0;title\\x07 text')\n    return [1]\n"
        run = self.run_job(self.parallel_job(script, files=1))["run"]
        command = f"{BIN / 'sheaf'} logs {run}"
        shown = subprocess.run(["script", "-qec", command, "/dev/null"], cwd=self.folder, env=self.environment, check=True,
                               stdin=subprocess.DEVNULL, capture_output=True).stdout
        self.assertIn(b"^[]0;title^G text", shown)
        self.assertIn(b"\x1b]0;title\x07", self.sheaf("logs", run).encode())


if __name__ == "__main__":
    unittest.main()
