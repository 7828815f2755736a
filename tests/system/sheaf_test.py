# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: The Sheaf authors
"""What the system tests share: a folder of their own, jobs in it, the real `sheaf`, and waiting for states."""
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

BIN = Path(os.environ["SHEAF_BIN_DIR"])
SOURCE = Path(os.environ["SHEAF_SOURCE_DIR"])
SAMPLES = SOURCE / "resources" / "samples"
WAIT = 60  # seconds that a state may take; only reached when something is wrong


def python_with_pandas():
    return sys.executable if importlib.util.find_spec("pandas") else "/usr/bin/python3"


def wait_until(what, condition, seconds=WAIT):
    """The condition's value as soon as it is true; fails naming what was waited for."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        pause.wait(0.02)
    raise AssertionError(f"waited {seconds} s in vain for: {what}")


def processes():
    """(pid, parent, command line, environment) of every process that may be looked at."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
            state, parent = stat.rpartition(")")[2].split()[:2]
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            environment = (entry / "environ").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if state not in "ZX":
            found.append((int(entry.name), int(parent), words, environment))
    return found


class Ranks:
    """The processes of one run that are alive now."""

    def __init__(self, run_dir):
        self.keeper = self.mpirun = self.coordinator = self.agents = None
        every = processes()
        ranks = {}
        for pid, _, words, environment in every:
            if words[0].endswith("sheaf-run") and words[1:3] == ["--keep", str(run_dir)]:
                self.keeper = pid
            elif words[0].endswith("sheaf-run") and str(run_dir) in words:
                for entry in environment:
                    if entry.startswith("OMPI_COMM_WORLD_RANK="):
                        ranks[int(entry.partition("=")[2])] = pid
            elif words[0].endswith(("mpirun", "orterun")) and str(run_dir) in words:
                self.mpirun = pid
        self.coordinator = ranks.get(0)
        self.agents = [pid for rank, pid in sorted(ranks.items()) if rank > 0]
        self.workers = [pid for pid, parent, words, _ in every if parent in self.agents and "sheaf_worker" in " ".join(words)]

    def all(self):
        return [pid for pid in [self.keeper, self.mpirun, self.coordinator, *self.agents, *self.workers] if pid]


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def kill(pid, number=signal.SIGKILL):
    os.kill(pid, number)


class SheafTest(unittest.TestCase):
    """A test with a temporary folder, which is the workspace. Kept with SHEAF_KEEP=1."""

    maxDiff = None

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sheaf-system-")).resolve()
        self.environment = dict(os.environ, HOME=str(self.folder / "home"), SHEAF_PYTHON=python_with_pandas())
        (self.folder / "home").mkdir()
        self.addCleanup(self.leave)

    def leave(self):
        for run in (self.folder / ".sheaf" / "runs").glob("[!.]*"):
            for pid in Ranks(run).all():
                kill(pid)
        if "SHEAF_KEEP" in os.environ:
            print("kept:", self.folder, file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    # ---- the command line

    def start_sheaf(self, *words, **options):
        return subprocess.Popen([BIN / "sheaf", *map(str, words)], cwd=self.folder, env=self.environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def sheaf(self, *words, code=0):
        """Runs `sheaf words…` to its end; fails when the exit code is another. Returns what it printed."""
        with self.start_sheaf(*words) as process:
            try:
                out, err = process.communicate(timeout=2 * WAIT)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        self.assertEqual(process.returncode, code, f"sheaf {' '.join(map(str, words))}\n{out}\n{err}{self.launch_logs()}")
        self.stderr = err
        return out

    def launch_logs(self):
        return "".join(f"\n--- {log}\n{log.read_text(errors='replace')[-2000:]}"
                       for log in (self.folder / ".sheaf" / "runs").glob("*/mpirun.log"))

    def sheaf_json(self, *words, code=0):
        return json.loads(self.sheaf(*words, "--json", code=code))

    def sheaf_json_lines(self, *words):
        return [json.loads(line) for line in self.sheaf(*words, "--json").splitlines()]

    def run_job(self, job, *words, code=0):
        """Runs a job to its end; returns its status."""
        return self.sheaf_json("run", job, "--workspace", self.folder, *words, code=code)

    def detach(self, job, name, *words):
        self.sheaf("run", job, "--workspace", self.folder, "--name", name, "--detach", *words)
        return self.run_dir(name)

    def run_dir(self, name):
        return self.folder / ".sheaf" / "runs" / name

    def status(self, run):
        return self.sheaf_json("status", run)

    def batches(self, run, step, *words):
        return self.sheaf_json_lines("batches", run, step, *words)

    def wait_for_state(self, run, *states):
        return wait_until(f"run {run} in {states}", lambda: next((s for s in [self.status(run)] if s["state"] in states), None))

    def wait_for_done(self, run, step, count):
        wait_until(f"the folder of run {run}", self.run_dir(run).exists)
        return wait_until(f"{count} mini-batches done",
                          lambda: next((s for s in [self.step(self.status(run), step)] if s["miniBatches"]["Done"] >= count), None))

    @staticmethod
    def step(status, name):
        return next((step for step in status["steps"] if step["name"] == name),
                    {"state": "NotStarted", "miniBatches": {"Done": 0, "Running": 0, "total": 0}})

    # ---- jobs

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def parallel_job(self, entry_script, files=10, append_row=True, arguments="", name="job", **fields):
        """A pipeline with one parallel step `work` over files named 000.txt and so on, one a mini-batch."""
        for number in range(files):
            self.write(f"{name}/data/{number:03}.txt", f"{number}\n")
        (self.folder / name / "data").mkdir(parents=True, exist_ok=True)
        self.write(f"{name}/src/entry.py", entry_script)
        settings = {"mini_batch_size": '"1"', "max_concurrency_per_instance": 2, **fields}
        retry = {key: settings.pop(key) for key in ("max_retries", "timeout") if key in settings}
        instances = settings.pop("instance_count", 1)
        lines = [f"    {key}: {value}" for key, value in settings.items()]
        if retry:
            lines += ["    retry_settings:"] + [f"      {key}: {value}" for key, value in retry.items()]
        append = "      append_row_to: ${{outputs.rows}}\n" if append_row else ""
        return self.write(f"{name}/pipeline.yml", f"""type: pipeline
jobs:
  work:
    type: parallel
    inputs:
      files:
        type: uri_folder
        path: ./data
    outputs:
      rows:
        type: uri_file
    input_data: ${{{{inputs.files}}}}
    resources:
      instance_count: {instances}
""" + "\n".join(lines) + f"""
    task:
      type: run_function
      code: ./src
      entry_script: entry.py
      program_arguments: >-
        --side {self.folder / 'side'} {arguments}
{append}      environment: azureml:any:1
""")

    @staticmethod
    def rows(status, step="work", output="rows"):
        return Path(SheafTest.step(status, step)["outputs"][output]).read_text()

    def job_result(self, status, step="work"):
        return Path(self.step(status, step)["jobResult"]).read_text()


# The beginning of every test's entry script: `side` is a folder outside the run, `once(name)` is true the first time only.
ENTRY = '''
import argparse, os, pathlib, signal, sys, threading
parser = argparse.ArgumentParser()
parser.add_argument("--side", type=pathlib.Path)
side = parser.parse_known_args()[0].side
side.mkdir(exist_ok=True)

def note(file, text):
    """One write of less than a page to a file opened for appending: whole, whoever else writes."""
    handle = os.open(side / file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, (text + "\\n").encode())
    os.close(handle)

def once(name):
    try:
        os.close(os.open(side / ("once-" + name), os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False

def number(path):
    return int(pathlib.Path(path).stem)

def hang():
    threading.Event().wait()
'''
