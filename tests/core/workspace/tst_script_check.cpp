// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/interpreter.h"
#include "core/workspace/script_check.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

using namespace sheaf;

class tst_script_check : public QObject
{
    Q_OBJECT

    test::TempFolder m_folder;
    std::string m_python;

    /// "Error run-parameters 3" a finding.
    std::string told(const std::string& script, const std::vector<std::string>& generated = {})
    {
        m_folder.write("src/score.py", script);
        pipeline::RunSpec run;
        run.steps.resize(1);
        run.steps.front().name = "score";
        run.steps.front().kind = pipeline::StepKind::Parallel;
        run.steps.front().parallel.code = (m_folder.path() / "src").string();
        run.steps.front().parallel.entryScript = "score.py";
        run.steps.front().parallel.generatedArguments = generated;
        std::string all;
        for (const auto& d : workspace::checkScripts(run, m_python)) {
            all += (all.empty() ? "" : ", ") + std::string(json::enumName(d.severity)) + " " + d.code + " " + std::to_string(d.where.line);
        }
        return all;
    }

private slots:
    void initTestCase()
    {
        const auto python = workspace::findInterpreter("", {});
        if (!python) {
            QSKIP("there is no Python here");
        }
        m_python = python->path;
    }

    void a_good_script_is_no_news()
    {
        QCOMPARE(told("import os\nimport argparse\ndef init(): pass\ndef run(mini_batch): return []\n"), std::string());
        QCOMPARE(told("def run(mini_batch, context=None, *, more=1): return []\n"), std::string());
    }

    void run_must_be_there()
    {
        QCOMPARE(told("class A:\n    def run(self, mini_batch): pass\n"), std::string("Error no-run-function 1"));
        for (const char* good : { "run = print\n", "if True:\n    def run(b): pass\n", "try:\n    from os import path as run\nexcept ImportError:\n    pass\n",
                 "from os import *\nclass A:\n    def run(self): pass\n", "class A:\n    def run(self): pass\nglobals()['run'] = A().run\n",
                 "class A:\n    def run(self): pass\ndef init():\n    global run\n    run = A().run\n" }) {
            QCOMPARE(told(good), std::string());
        }
        QCOMPARE(told("x = 1\n"), std::string()); // resolve() sees that itself
    }

    void run_is_called_with_one_or_two()
    {
        QCOMPARE(told("def run(): pass\n"), std::string("Error run-parameters 1"));
        QCOMPARE(told("def run(a, b, c): pass\n"), std::string("Error run-parameters 1"));
        QCOMPARE(told("def run(a, *, b): pass\n"), std::string("Error run-parameters 1"));
        QCOMPARE(told("def run(a, b, c=1): pass\n"), std::string());
        QCOMPARE(told("def run(*a): pass\n"), std::string());
        QCOMPARE(told("def init(x): pass\ndef run(a): pass\n"), std::string("Error run-parameters 1"));
        QCOMPARE(told("async def run(a): pass\n"), std::string("Error run-async 1"));
    }

    void modules_must_be_there()
    {
        QCOMPARE(told("import no_such_module_here.part\ndef run(a): pass\n"), std::string("Warning import-missing 1"));
        QCOMPARE(told("try:\n    import no_such_module_here\nexcept ImportError:\n    pass\ndef run(a): pass\n"), std::string());
    }

    void unknown_arguments_must_pass()
    {
        QCOMPARE(told("import argparse\ndef init():\n    argparse.ArgumentParser().parse_args()\ndef run(a): pass\n"), std::string("Warning parse-args 3"));
        QCOMPARE(told("import argparse\ndef init():\n    argparse.ArgumentParser().parse_args([])\ndef run(a): pass\n"), std::string());
    }

    void names_of_the_runner_are_told()
    {
        const std::string script = "import argparse\np = argparse.ArgumentParser()\np.add_argument('-r', '--resume_from')\np.add_argument('--mini_batch_size')\n"
                                   "p.add_argument('--logging_level')\np.add_argument('--mine')\ndef run(a): pass\n";
        QCOMPARE(told(script), std::string("Warning reserved-argument 3, Warning reserved-argument 4"));
        QCOMPARE(told(script, { "--mini_batch_size", "10" }), std::string("Warning reserved-argument 3")); // resolve() tells what it receives
    }

    void what_is_no_python_is_told_with_its_line()
    {
        QCOMPARE(told("def run(a):\n    return [\n").substr(0, 19), std::string("Error script-syntax"));
    }
};

SHEAF_TEST(tst_script_check)
#include "tst_script_check.moc"
