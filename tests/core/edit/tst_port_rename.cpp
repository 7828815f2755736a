// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/edit/port_rename.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::edit;

namespace {

using Kind = PortRef::Kind;

const std::string kJob = R"(type: pipeline
inputs:
  data: {type: uri_folder, path: ./data}
jobs:
  train: # makes data
    command: >-
      python train.py ${{inputs.data}} # ${{inputs.data}} is text
      --to ${{ outputs.model }} $[[--more ${{inputs.data}}]]
    environment: azureml:x:1
    inputs:
      data: ${{parent.inputs.data}}
    outputs:
      model: # ${{outputs.model}}
        type: uri_folder
  score:
    command: ls ${{inputs.data}}
    environment: azureml:x:1
    inputs:
      data: ${{ parent.jobs.train.outputs.model }}
  #| later:
  #|   command: ls ${{parent.jobs.train.outputs.model}}
)";

const std::string kParallel = R"(type: pipeline
jobs:
  a:
    type: parallel
    component: ./part.yml
    inputs:
      files: {type: uri_folder, path: ./data}
  b:
    command: ls ${{inputs.x}}
    environment: azureml:x:1
    inputs:
      x: ${{parent.jobs.a.outputs.rows}}
)";

const std::string kComponent = R"(type: parallel
inputs:
  files: {type: uri_folder}
outputs:
  rows: {type: uri_file}
input_data: ${{inputs.files}}
task:
  type: run_function
  code: ./src
  entry_script: score.py
  program_arguments: --of ${{inputs.files}} --files 3
  append_row_to: ${{outputs.rows}}
  environment: azureml:x:1
)";

std::string replaced(std::string text, const std::string& from, const std::string& to)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
        ++count;
    }
    return count == 0 ? "'" + from + "' is not in the text" : text;
}

std::string shown(const Result<PortTexts>& result)
{
    return result ? result->job + result->component.value_or("") : "refused: " + errorSentence(result.error());
}

void same(const std::string& is, const std::string& expected)
{
    QVERIFY2(is == expected, ("\n--- is:\n" + is + "\n--- should be:\n" + expected).c_str());
}

} // namespace

/// A port of a step gets another name, and everything that names it follows.
class tst_port_rename : public QObject
{
    Q_OBJECT

private slots:
    void an_input_and_the_text_of_its_step()
    {
        std::string expected = replaced(kJob, "train.py ${{inputs.data}} # ${{inputs.data}} is text", "train.py ${{inputs.homes}} # ${{inputs.homes}} is text");
        expected = replaced(expected, "--more ${{inputs.data}}", "--more ${{inputs.homes}}");
        expected = replaced(expected, "      data: ${{parent.inputs.data}}", "      homes: ${{parent.inputs.data}}");
        same(shown(withStepPortRenamed({ kJob, {} }, { Kind::StepInput, "train", "data" }, "homes")), expected);
    }

    void an_output_and_who_reads_it()
    {
        std::string expected = replaced(kJob, "${{ outputs.model }}", "${{ outputs.best }}");
        expected = replaced(expected, "      model: # ${{outputs.model}}", "      best: # ${{outputs.model}}");
        expected = replaced(expected, "${{ parent.jobs.train.outputs.model }}", "${{ parent.jobs.train.outputs.best }}");
        expected = replaced(expected, "ls ${{parent.jobs.train.outputs.model}}", "ls ${{parent.jobs.train.outputs.best}}");
        same(shown(withStepPortRenamed({ kJob, {} }, { Kind::StepOutput, "train", "model" }, "best")), expected);
    }

    void there_and_back_is_the_same_text_in_every_dress()
    {
        for (const std::string& job : { kJob, replaced(kJob, "\n", "\r\n"), "\xEF\xBB\xBF" + kJob, kJob.substr(0, kJob.size() - 1) }) {
            const auto there = withStepPortRenamed({ job, {} }, { Kind::StepOutput, "train", "model" }, "best");
            QVERIFY2(there.has_value(), shown(there).c_str());
            QVERIFY(there->job != job);
            same(shown(withStepPortRenamed(*there, { Kind::StepOutput, "train", "best" }, "model")), job);
        }
    }

    void a_component_of_ones_own_follows()
    {
        const auto done = withStepPortRenamed({ kParallel, kComponent }, { Kind::StepInput, "a", "files" }, "homes");
        QVERIFY2(done.has_value(), shown(done).c_str());
        same(done->job, replaced(kParallel, "      files: {", "      homes: {"));
        same(*done->component, replaced(replaced(kComponent, "  files: {", "  homes: {"), "inputs.files", "inputs.homes"));
        const auto output = withStepPortRenamed({ kParallel, kComponent }, { Kind::StepOutput, "a", "rows" }, "table"); // only declared
        QVERIFY2(output.has_value(), shown(output).c_str());
        same(output->job, replaced(kParallel, "outputs.rows", "outputs.table"));
        same(*output->component, replaced(replaced(kComponent, "  rows: {", "  table: {"), "outputs.rows", "outputs.table"));
    }

    void a_component_in_the_job_file_follows()
    {
        const std::string job = "type: pipeline\njobs:\n  a:\n    component:\n      type: command\n      inputs:\n        n: {type: integer}\n      environment: azureml:x:1\n"
                                "      command: echo ${{inputs.n}}\n    inputs:\n      n: 3\n";
        same(shown(withStepPortRenamed({ job, {} }, { Kind::StepInput, "a", "n" }, "count")),
            replaced(replaced(job, " n: ", " count: "), "inputs.n}", "inputs.count}"));
    }

    void what_others_use_or_is_not_here_is_refused_data()
    {
        QTest::addColumn<QString>("job");
        QTest::addColumn<QString>("component");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* name, const std::string& job, const std::string& component, const char* to, const char* why) {
            QTest::newRow(name) << QString::fromStdString(job) << QString::fromStdString(component) << to << why;
        };
        row("another step", kParallel + "  c:\n    component: part.yml\n    inputs: {files: {type: uri_folder, path: ./data}}\n", kComponent, "homes", "step 'c' uses as well");
        row("a disabled step", kParallel + "  #| c:\n  #|   component: ./part.yml\n", kComponent, "homes", "step 'c' uses as well");
        row("no file", kParallel, "", "homes", "can be read");
        row("taken", replaced(kParallel, "      files: {", "      homes: 4\n      files: {"), kComponent, "homes", "already");
        row("taken in the component", kParallel, replaced(kComponent, "  files: {", "  homes: {type: integer, default: 1}\n  files: {"), "homes", "already");
        row("no name", kParallel, kComponent, "1st", "no digit first");
        row("no such input", replaced(kParallel, "files", "other"), replaced(kComponent, "files", "other"), "homes", "no such input");
        row("no YAML", kParallel + "  - x\n", kComponent, "homes", "YAML");
    }

    void a_name_that_is_taken_says_among_what()
    {
        const auto said = [](const Result<PortTexts>& result) { return result ? std::string("done") : result.error().arg("taken"); };
        const std::string two = replaced(kParallel, "      files: {", "      homes: 4\n      files: {");
        QCOMPARE(said(withStepPortRenamed({ two, kComponent }, { Kind::StepInput, "a", "files" }, "homes")), std::string("inputs"));
        const std::string outputs = replaced(kJob, "    outputs:\n      model:", "    outputs:\n      best: {type: uri_file}\n      model:");
        QCOMPARE(said(withStepPortRenamed({ outputs, {} }, { Kind::StepOutput, "train", "model" }, "best")), std::string("outputs"));
    }

    void what_others_use_or_is_not_here_is_refused()
    {
        QFETCH(const QString, job);
        QFETCH(const QString, component);
        QFETCH(const QString, to);
        QFETCH(const QString, why);
        PortTexts texts { job.toStdString(), {} };
        if (!component.isEmpty()) {
            texts.component = component.toStdString();
        }
        const std::string said = shown(withStepPortRenamed(texts, { Kind::StepInput, "a", "files" }, to.toStdString()));
        QVERIFY2(said.starts_with("refused") && said.find(why.toStdString()) != std::string::npos, said.c_str());
    }
};

SHEAF_TEST(tst_port_rename)
#include "tst_port_rename.moc"
