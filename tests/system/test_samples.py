# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: The Sheaf authors
"""The three samples through `sheaf run`, with what they must leave."""
import json
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from sheaf_test import SAMPLES, SheafTest


class Samples(SheafTest):
    def setUp(self):
        super().setUp()
        shutil.copytree(SAMPLES, self.folder / "samples")

    def sample(self, name):
        return self.folder / "samples" / name / "pipeline.yml"

    def test_each_has_a_title_and_a_sentence(self):
        for folder in [path for path in SAMPLES.iterdir() if path.is_dir()]:
            paragraphs = (folder / "README.md").read_text().split("\n\n")
            self.assertRegex(paragraphs[0], r"^# \S", folder.name)
            self.assertRegex(paragraphs[1].strip().replace("\n", " "), r"^[A-Z][^#]*\.$", folder.name)
            self.assertEqual(self.sheaf("validate", folder / "pipeline.yml").strip().rpartition(": ")[2], "no problems")

    def test_generators_write_the_bytes_that_are_shipped(self):
        for generator in SAMPLES.glob("*/generate.py"):
            copy = self.folder / "samples" / generator.parent.name
            before = {file.name: file.read_bytes() for file in (copy / "data").iterdir()}
            for file in (copy / "data").glob("*.csv"):
                file.unlink()
            subprocess.run([sys.executable, copy / "generate.py"], check=True)
            self.assertEqual({file.name: file.read_bytes() for file in (copy / "data").iterdir()}, before)

    def test_score_table(self):
        status = self.run_job(self.sample("score-table"))
        self.assertEqual(status["state"], "Completed")
        score = self.step(status, "score")
        self.assertEqual(score["miniBatches"]["Done"], score["miniBatches"]["total"])
        rows = [line.split(" ") for line in self.rows(status, "score", "scores").splitlines()]
        self.assertEqual([row[0] for row in rows], [str(home) for home in range(1, 20001)])
        errors = [abs(float(price) - float(predicted)) for _, price, predicted in rows]
        self.assertLess(sum(errors) / len(errors), 12)
        self.assertIn("32", self.job_result(status, "score"))

    def test_seven_bad_files(self):
        status = self.run_job(self.sample("seven-bad-files"))
        self.assertEqual(status["state"], "Completed")
        counts = self.step(status, "check")["miniBatches"]
        self.assertEqual((counts["total"], counts["Done"], counts["Failed"], counts["TimedOut"]), (80, 72, 7, 1))
        batches = self.batches(status["run"], "check", "--state", "failed,timedout")
        self.assertEqual([b["miniBatch"] for b in batches], [7, 19, 23, 30, 41, 48, 55, 66])
        self.assertEqual({b["error"] for b in batches if b["miniBatch"] in (30, 55, 66)}, {"KeyError: 'station'"})
        self.assertEqual({b["picked"] for b in batches}, {2})
        rows = self.rows(status, "check", "summary").splitlines()
        self.assertEqual(len(rows), 360)
        self.assertEqual(rows, sorted(rows))
        result = self.job_result(status, "check")
        for words in ("KeyError: 'station'", "could not convert string to float"):
            self.assertIn(words, result)

    def test_seven_bad_files_fails_with_a_lower_threshold(self):
        status = self.run_job(self.sample("seven-bad-files"), "--set", "jobs.check.mini_batch_error_threshold=5", code=1)
        self.assertEqual(self.step(status, "check")["reason"], "mini_batch_error_threshold")
        self.assertFalse(Path(self.step(status, "check")["outputs"]["summary"]).exists())

    def test_many_models(self):
        status = self.run_job(self.sample("many-models"))
        self.assertEqual(status["state"], "Completed")
        rows = [line.split(" ") for line in self.rows(status, "train", "report").splitlines()]
        self.assertEqual(len(rows), 36 * 60)
        keys = {(str(store), brand) for store in range(1, 13) for brand in ("dawn", "meadow", "north")}
        self.assertEqual({(row[0], row[1]) for row in rows}, keys)
        errors = [abs(float(row[3]) - float(row[4])) for row in rows]
        self.assertLess(sum(errors) / len(errors), 6)
        self.assertEqual(self.step(status, "train")["itemsFailed"], 0)
        models = Path(self.step(status, "train")["outputs"]["models"])
        self.assertEqual({file.name for file in models.iterdir()}, {f"store-{store}-{brand}.json" for store, brand in keys})
        self.assertAlmostEqual(json.loads((models / "store-3-dawn.json").read_text())["weights"][0], -25, delta=5)


if __name__ == "__main__":
    unittest.main()
