# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the dependency rule of the house: reads every #include and compares it with the table below."""

import os
import re
import sys
import unittest

ROOT = sys.argv.pop() if len(sys.argv) > 1 and os.path.isdir(sys.argv[-1]) else os.getcwd()

CORE = {
    "base": [], "event": ["base"], "spec": ["base"], "edit": ["base", "spec"], "monitor": ["base"], "logs": ["base"], "worker": ["base", "event"],
    "plan": ["base", "spec"], "store": ["base", "event", "monitor"], "pipeline": ["base", "spec", "edit", "plan", "event"],
    "runtime": ["base", "event", "spec", "plan", "pipeline", "worker", "monitor", "logs"], "mpi": ["base", "runtime"],
    "triage": ["base", "event", "plan", "pipeline", "monitor"],
    "workspace": ["base", "spec", "event", "plan", "pipeline", "store", "logs", "monitor", "runtime", "worker", "triage"],
}
PANELS = ["canvas", "inspector", "plan", "problems", "palette", "source", "verdict", "run", "repair", "timeline", "logs", "metrics", "history", "preferences"]
SEEN_BY_PANELS = ["state", "widgets", "style", "text"]
# (header, the one folder that may include it)
ONE_PLACE = [("mpi.h", "core/mpi"), ("sqlite3.h", "core/store"), ("yaml-cpp/", "core/spec")]
LOCK = re.compile(r"std::(\w*mutex|condition_variable\w*|(lock|unique|scoped|shared)_(guard|lock)|counting_semaphore|binary_semaphore)\b"
                  r"|\bQ(Mutex|RecursiveMutex|ReadWriteLock|Semaphore|WaitCondition)\b|pthread_(mutex|rwlock|cond)|boost::\w*mutex")
SLEEP = re.compile(r"qWait\(|qSleep\(|QThread::m?u?sleep|sleep_(for|until)\(|\b(u|nano)?sleep\(\s*[0-9&]|time\.sleep\(")


def sources(*folders, endings=(".h", ".cpp")):
    for folder in folders:
        for place, _, names in os.walk(os.path.join(ROOT, folder)):
            for name in sorted(names):
                if name.endswith(endings):
                    yield os.path.relpath(os.path.join(place, name), ROOT)


def lines(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            yield number, line


def includes(path):
    for number, line in lines(path):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if found:
            yield number, found.group(1)


class Layers(unittest.TestCase):
    def nothing(self, wrong):
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_a_core_module_includes_only_what_its_row_allows(self):
        wrong = []
        for path in sources("core"):
            module = path.split("/")[1]
            if module not in CORE:
                wrong.append("%s: core/%s has no row in the table" % (path, module))
                continue
            for number, name in includes(path):
                parts = name.split("/")
                if parts[0] in ("ui", "app"):
                    wrong.append("%s:%d: core never includes %s" % (path, number, name))
                elif parts[0] == "core" and len(parts) > 1 and parts[1] not in CORE:
                    wrong.append("%s:%d: %s is no module of the table" % (path, number, name))
                elif parts[0] == "core" and parts[1] != module and parts[1] not in CORE[module]:
                    wrong.append("%s:%d: %s may not include %s (it may: %s)" % (path, number, module, name, CORE[module]))
        self.nothing(wrong)

    def test_qt_stays_in_the_window_and_the_tests(self):
        self.nothing(["%s:%d: %s" % (path, number, name) for path in sources("core", "app/run", "app/cli")
                      for number, name in includes(path) if re.match(r"Q[A-Z]|Qt", name)])

    def test_mpi_sql_and_yaml_are_each_in_one_folder(self):
        wrong = []
        for path in sources("core", "app", "ui"):
            for number, name in includes(path):
                for header, place in ONE_PLACE:
                    if (name == header or name.startswith(header)) and not path.startswith(place + "/"):
                        wrong.append("%s:%d: %s belongs into %s alone" % (path, number, name, place))
        self.nothing(wrong)

    def test_panels_do_not_know_each_other(self):
        wrong = []
        for path in sources("ui"):
            area = path.split("/")[1]
            for number, name in includes(path):
                parts = name.split("/")
                if parts[0] != "ui" or parts[1] == area or area == "shell":
                    continue
                allowed = SEEN_BY_PANELS if area in PANELS else {"state": ["text"], "widgets": ["style", "text"]}.get(area, [])
                if parts[1] not in allowed:
                    wrong.append("%s:%d: ui/%s may not include %s" % (path, number, area, name))
        self.nothing(wrong)

    def test_the_window_never_sees_mpi_and_only_its_state_sees_stores(self):
        # (module of core, areas of ui that may include it)
        closed = [("mpi", []), ("store", ["state", "shell"]), ("runtime", ["state", "shell"]), ("worker", ["state"])]
        self.nothing(["%s:%d: ui/%s may not include %s" % (path, number, path.split("/")[1], name)
                      for path in sources("ui") for number, name in includes(path) for module, allowed in closed
                      if name.startswith("core/%s/" % module) and path.split("/")[1] not in allowed])

    def test_widgets_know_no_core(self):
        self.nothing(["%s:%d: ui/widgets may not include %s" % (path, number, name) for path in sources("ui/widgets")
                      for number, name in includes(path) if name.startswith("core/")])

    def test_includes_are_from_the_root_of_the_repository(self):
        wrong = []
        for path in sources("core", "ui", "app"):
            for number, line in lines(path):
                found = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
                if found and not found.group(1).endswith(".moc") and found.group(1).split("/")[0] not in ("core", "ui", "app"):
                    wrong.append("%s:%d: \"%s\" is not from the root" % (path, number, found.group(1)))
        self.nothing(wrong)

    def test_nothing_includes_a_program(self):
        self.nothing(["%s:%d: %s" % (path, number, name) for path in sources("core", "ui") for number, name in includes(path)
                      if name.startswith("app/")])

    def test_the_only_lock_of_core_is_the_mailbox(self):
        self.nothing(["%s:%d: %s" % (path, number, line.strip()) for path in sources("core", "ui", "app")
                      if path != "core/base/mailbox.h" for number, line in lines(path)
                      if LOCK.search(line)])

    def test_tests_wait_for_states_and_not_for_clocks(self):
        own = os.path.relpath(os.path.abspath(__file__), ROOT)
        self.nothing(["%s:%d: a blind wait, wait for the state instead: %s" % (path, number, line.strip())
                      for path in sources("tests", endings=(".h", ".cpp", ".py")) if path != own
                      and not path.startswith("tests/bench/") for number, line in lines(path) if SLEEP.search(line)])

    def test_each_folder_of_the_house_says_what_lives_there(self):
        wrong = []
        for path in ["core/%s/README.md" % module for module in CORE] + ["ui/README.md", "app/README.md"]:
            if not os.path.exists(os.path.join(ROOT, path)):
                wrong.append("%s is missing" % path)
            elif sum(1 for _ in lines(path)) > 25:
                wrong.append("%s has more than 25 lines" % path)
        self.nothing(wrong)

    def test_the_readme_names_every_module(self):
        text = "".join(line for _, line in lines("README.md"))
        self.nothing(["README.md's map has no `core/%s`" % module for module in CORE if "`core/%s`" % module not in text])


if __name__ == "__main__":
    unittest.main(verbosity=1)
