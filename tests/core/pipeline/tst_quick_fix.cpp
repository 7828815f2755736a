// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/text.h"
#include "core/edit/better_value.h"
#include "core/edit/quick_fix.h"
#include "core/spec/field_table.h"
#include "core/spec/validator.h"
#include "tests/core/pipeline/job_mutations.h"
#include "tests/core/pipeline/resolved_job.h"
#include "tests/support/test_runner.h"

#include <cstdlib>
#include <map>
#include <set>

using namespace sheaf;
namespace fs = std::filesystem;
using spec::Diagnostic;
using edit::FixKind;
using edit::QuickFix;

namespace {

std::string nameOf(const Diagnostic& d)
{
    return d.code + " " + d.path + ": " + d.message;
}

/// How often a finding of this code is told at this path: messages may change with what is near.
std::map<std::string, int> countsOf(const pipeline::Resolved& resolved, bool errorsOnly)
{
    std::map<std::string, int> counts;
    for (const auto& d : resolved.diagnostics) {
        if (!errorsOnly || d.severity == spec::Severity::Error) {
            ++counts[d.code + " " + d.path];
        }
    }
    return counts;
}

bool isSyntax(const Diagnostic& d)
{
    return d.code.starts_with("yaml");
}

const char* const kTail = "    environment: azureml:x:1\n";

} // namespace

/// Every fix that is offered makes its finding vanish and brings no new error.
class tst_quick_fix : public QObject
{
    Q_OBJECT

    test::TempFolder m_folder;

    struct Applied
    {
        pipeline::Resolved resolved;
        std::string text; // of the file that was patched
    };

    /// The job as it is with the fix; files that the fix made are gone afterwards.
    Applied apply(const fs::path& home, const spec::FileTexts& texts, const QuickFix& fix) const
    {
        auto changed = std::make_shared<spec::FileTexts>(texts);
        Applied applied;
        if (!fix.patches.empty()) {
            const auto edited = texts.find(fix.file);
            applied.text = edit::patched(edited != texts.end() ? edited->second : test::readAll(fix.file), fix.patches);
            (*changed)[fix.file] = applied.text;
        }
        std::vector<fs::path> made;
        for (const auto& file : fix.newFiles) {
            if (!fs::exists(file.path)) {
                for (fs::path missing = file.path; !fs::exists(missing); missing = missing.parent_path()) {
                    made.push_back(missing);
                }
                m_folder.write(fs::relative(file.path, m_folder.path()), file.content);
            }
        }
        applied.resolved = resolve(home, changed);
        std::sort(made.begin(), made.end(), std::greater<>()); // what lies in a folder before the folder
        for (const auto& path : made) {
            fs::remove(path);
        }
        return applied;
    }

    pipeline::Resolved resolve(const fs::path& home, spec::SharedTexts texts) const
    {
        return pipeline::resolve({ home / "pipeline.yml", {}, m_folder.path() / "run", true, std::move(texts) });
    }

    /// A job of one's own: its files lie in home/.
    fs::path makeHome(const std::string& yaml) const
    {
        m_folder.write("home/pipeline.yml", yaml);
        m_folder.write("home/src/score.py", "import argparse\np.add_argument('--scale')\ndef run(b): return []\n");
        m_folder.write("home/data/a.txt", "a\n");
        m_folder.write("home/rows/a.csv", "x\n1\n");
        m_folder.write("home/table/MLTable", "paths:\n  - pattern: ./*.csv\ntransformations:\n  - read_delimited\n");
        m_folder.write("home/table/a.csv", "x\n1\n");
        m_folder.write("home/part/MLTable",
            "paths: [{pattern: './**/*.csv'}]\ntransformations:\n  - extract_columns_from_partition_format: '{Store}/{file}.csv'\n");
        m_folder.write("home/part/a/b.csv", "x\n1\n");
        m_folder.write("home/component.yml",
            "type: command\ninputs:\n  data: {type: uri_folder}\n  depth: {type: integer, min: 2, max: 9}\n  way: {type: string, enum: [fast, good]}\n"
            "  seed: {type: integer, optional: true}\noutputs:\n  made: {type: uri_folder}\nenvironment: azureml:x:1\n"
            "command: echo ${{inputs.data}} ${{inputs.depth}} ${{inputs.way}} ${{outputs.made}}\n");
        return m_folder.path() / "home";
    }

    /// What is wrong after the fix of a finding is not more than before, and not the finding. "" when it is so.
    std::string judge(const pipeline::Resolved& before, const Diagnostic& d, const Applied& after) const
    {
        const std::string own = d.code + " " + d.path;
        if (countsOf(after.resolved, false)[own] >= countsOf(before, false)[own]) {
            return "is still there";
        }
        auto known = countsOf(before, true);
        for (const auto& [error, count] : countsOf(after.resolved, true)) {
            if (count > known[error]) {
                return "brings " + error;
            }
        }
        return {};
    }

    /// All fixes of all findings of a text: each must do what it says. Gives their kinds, in order.
    std::string tryAll(const std::string& yaml, const std::string& code)
    {
        const fs::path home = makeHome(yaml);
        const spec::FileTexts none;
        const auto before = resolve(home, nullptr);
        std::string kinds;
        bool found = false;
        for (const auto& d : before.diagnostics) {
            for (const auto& fix : edit::quickFixes(d, test::readAll(d.file))) {
                const Applied after = apply(home, none, fix);
                const std::string wrong = judge(before, d, after);
                if (!wrong.empty()) {
                    return nameOf(d) + "\n" + json::enumName(fix.kind) + " " + fix.from + " → " + fix.to + " " + wrong + "\n" + after.text;
                }
                if (d.code == code) {
                    kinds += (kinds.empty() ? "" : ", ") + std::string(json::enumName(fix.kind)) + " " + (fix.to.empty() ? fix.path : fix.to);
                }
            }
            found = found || d.code == code;
        }
        return found ? kinds : "no such finding: " + test::words(before);
    }

    static std::string parallel(const std::string& inputs, const std::string& more, const std::string& task = "")
    {
        return "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: {type: uri_folder, path: ./data}\n" + inputs
            + "    outputs:\n      rows: {type: uri_file}\n    input_data: ${{inputs.data}}\n" + more
            + "    task:\n      type: run_function\n      code: ./src\n      entry_script: score.py\n      environment: azureml:x:1\n" + task;
    }

private slots:
    void one_finding_one_choice_data()
    {
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("fixes");
        const auto row = [](const char* name, const char* code, const std::string& yaml, const char* fixes) {
            QTest::newRow(name) << code << QString::fromStdString(yaml) << fixes;
        };
        row("key", "unknown-key", parallel("", "    mini_batch_sise: 3\n"), "RenameKey mini_batch_size, RemoveEntry jobs.p.mini_batch_sise");
        row("key of nothing", "unknown-key", parallel("", "    colour: red\n"), "RemoveEntry jobs.p.colour");
        row("key in the wrong place", "unknown-key", parallel("", "    max_retries: 3\n"),
            "MoveEntry jobs.p.retry_settings.max_retries, RemoveEntry jobs.p.max_retries");
        row("key below task", "unknown-key", parallel("", "    append_row_to: ${{outputs.rows}}\n"),
            "MoveEntry jobs.p.task.append_row_to, RemoveEntry jobs.p.append_row_to");
        row("former name", "former-name", parallel("", "", "      args: --a 1\n"), "RenameKey program_arguments");
        row("twice", "duplicate-key", parallel("", "    mini_batch_size: 3\n    mini_batch_size: 4\n"),
            "RemoveEntry jobs.p.mini_batch_size, RemoveEntry jobs.p.mini_batch_size");
        row("flag", "misspelt-flag", parallel("", "", "      program_arguments: --eror_threshold 4\n"), "RenameFlag --error_threshold");
        row("own option", "misspelt-flag", parallel("", "", "      program_arguments: --sclae 4\n"), "RenameFlag --scale");
        row("flag out of range", "out-of-range", parallel("", "", "      program_arguments: >-\n        --scale 1\n        --error_threshold -4\n"),
            "ReplaceValue -1");
        row("flag of a wrong type", "wrong-type", parallel("", "", "      program_arguments: --run_max_try=many --scale 1\n"), "ReplaceValue 3");
        row("flag without value", "missing-value", parallel("", "", "      program_arguments: --error_threshold\n"), "InsertText -1, RemoveEntry jobs.p.task.program_arguments.--error_threshold");
        row("range", "out-of-range", parallel("", "    retry_settings: {timeout: 0}\n"), "ReplaceValue 1, RemoveEntry jobs.p.retry_settings.timeout");
        row("range above", "out-of-range", parallel("", "    retry_settings: {timeout: 300000}\n"),
            "ReplaceValue 259200, RemoveEntry jobs.p.retry_settings.timeout");
        row("unit", "wrong-type", parallel("", "    retry_settings:\n      timeout: 2 min\n"), "ReplaceValue 120, RemoveEntry jobs.p.retry_settings.timeout");
        row("size", "wrong-type", parallel("", "    mini_batch_size: 10 kilobytes\n"), "ReplaceValue 10");
        row("size of a table", "wrong-type",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: {type: mltable, path: ./table, mode: direct}\n    input_data: ${{inputs.data}}\n    mini_batch_size: 1.5 M\n"
            "    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "ReplaceValue 1536kb");
        row("list of one", "wrong-type", parallel("", "    error_threshold: [5]\n"), "ReplaceValue 5, RemoveEntry jobs.p.error_threshold");
        row("word", "unknown-word", parallel("", "    logging_level: WARN\n"), "ReplaceValue WARNING, RemoveEntry jobs.p.logging_level");
        row("word for word", "unknown-word", parallel("      n: {type: int, value: 3}\n", ""), "ReplaceValue integer");
        row("list", "wrong-type",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: {type: mltable, path: ./part, mode: direct}\n    input_data: ${{inputs.data}}\n    partition_keys: Store, file\n"
            "    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "ReplaceValue [Store, file]");
        row("text", "wrong-type", parallel("", "", "      program_arguments:\n        - --scale\n        - it's\n"), "ReplaceValue '--scale \"it''s\"', RemoveEntry jobs.p.task.program_arguments");
        row("reference without braces", "wrong-type",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: {type: uri_folder, path: ./data}\n    input_data: inputs.dat\n"
            "    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "ReplaceValue ${{inputs.data}}");
        row("name of an output", "unknown-reference", parallel("", "", "      append_row_to: ${{outputs.row}}\n"),
            "ReplaceValue ${{outputs.rows}}, AddEntry uri_file");
        row("input not declared", "unknown-reference", parallel("", "", "      program_arguments: --scale ${{inputs.scale}}\n"), "AddEntry jobs.p.inputs.scale");
        row("input that the pipeline has", "unknown-reference",
            "inputs: {scale: 2}\n" + parallel("", "", "      program_arguments: --scale ${{inputs.scale}}\n"), "AddEntry ${{parent.inputs.scale}}, AddEntry jobs.p.inputs.scale");
        row("not closed", "unknown-reference", parallel("      n: 2\n", "", "      program_arguments: --scale ${{inputs.n --b 1\n"), "InsertText }}");
        row("half closed", "unknown-reference", parallel("      n: 2\n", "", "      program_arguments: --scale ${{inputs.n} --b ${{inputs.n}}\n"),
            "InsertText }}");
        row("form", "unknown-reference", parallel("      n: 2\n", "", "      program_arguments: --scale ${{input.n}}\n"), "ReplaceValue ${{inputs.n}}");
        row("parent forgotten", "unknown-reference",
            parallel("      made: ${{jobs.c.outputs.o}}\n", "") + "  c:\n    command: ls\n    outputs: {o: }\n" + kTail,
            "ReplaceValue ${{parent.jobs.c.outputs.o}}");
        row("step", "unknown-reference",
            parallel("      made: ${{parent.jobs.cleen.outputs.o}}\n", "") + "  clean:\n    command: ls\n    outputs: {o: }\n" + kTail,
            "ReplaceValue ${{parent.jobs.clean.outputs.o}}");
        row("pipeline output", "unknown-reference", "outputs: {all: }\n" + parallel("", "").replace(parallel("", "").find("{type: uri_file}"), 16, "${{parent.outputs.al}}"),
            "ReplaceValue ${{parent.outputs.all}}, AddEntry uri_folder");
        row("group", "unclosed-group", parallel("      n: 2\n", "", "      program_arguments: $[[--scale ${{inputs.n}} --b 1\n"), "InsertText ]]");
        row("quote", "unclosed-quote", parallel("", "", "      program_arguments: --scale \"a b\n"), "InsertText \"");
        row("no input_data", "missing-field",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: {type: uri_folder, path: ./data}\n      n: 3\n"
            "    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "AddEntry ${{inputs.data}}");
        row("no code", "missing-field",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: {type: uri_folder, path: ./data}\n    input_data: ${{inputs.data}}\n"
            "    task:\n      type: run_function\n      entry_script: other.py\n      environment: azureml:x:1\n",
            "AddEntry ./src");
        row("no script", "missing-field",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: {type: uri_folder, path: ./data}\n    input_data: ${{inputs.data}}\n"
            "    task:\n      type: run_function\n      code: ./data\n      environment: azureml:x:1\n",
            "AddEntry score.py");
        row("no environment", "missing-environment", "type: pipeline\njobs:\n  c:\n    command: ls\n", "AddEntry mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04");
        row("no command", "missing-field", std::string("type: pipeline\njobs:\n  c:\n    type: command\n") + kTail, "AddEntry echo c");
        row("no jobs", "missing-field", "type: pipeline\n", "AddEntry jobs");
        row("no steps", "no-steps", "type: pipeline\njobs:\n", "AddEntry jobs.hello");
        row("no steps in braces", "no-steps", "type: pipeline\njobs: {}\n", "AddEntry jobs.hello");
        row("nothing", "empty-file", "# to do\n", "AddEntry ");
        row("type of the file", "not-a-pipeline", std::string("type: pipelin\njobs:\n  c:\n    command: ls\n") + kTail, "ReplaceValue pipeline");
        row("type of a step", "unknown-step-type", "type: pipeline\njobs:\n  c:\n    type: comand\n    command: ls\n    environment: azureml:x:1\n",
            "ReplaceValue command");
        row("input of a component", "missing-input",
            "type: pipeline\ninputs:\n  depth: 4\njobs:\n  c:\n    component: ./component.yml\n    inputs:\n      data: {path: ./data}\n      way: good\n",
            "AddEntry ${{parent.inputs.depth}}, AddEntry 2");
        row("word of a component", "missing-input",
            "type: pipeline\njobs:\n  c:\n    component: ./component.yml\n    inputs:\n      data: {path: ./data}\n      depth: 3\n",
            "AddEntry fast, AddEntry good");
        row("value of a component", "out-of-range",
            "type: pipeline\njobs:\n  c:\n    component: ./component.yml\n    inputs:\n      data: {path: ./data}\n      depth: 30\n      way: fast\n", "ReplaceValue 9");
        row("word for a component", "unknown-word",
            "type: pipeline\njobs:\n  c:\n    component: ./component.yml\n    inputs:\n      data: {path: ./data}\n      depth: 3\n      way: fost\n", "ReplaceValue fast");
        row("name a component has not", "unknown-input",
            "type: pipeline\njobs:\n  c:\n    component: ./component.yml\n    inputs:\n      data: {path: ./data}\n      depth: 3\n      way: fast\n      sead: 4\n",
            "RenameKey seed, RemoveEntry jobs.c.inputs.sead");
        row("output a component has not", "unknown-output",
            "type: pipeline\njobs:\n  c:\n    component: ./component.yml\n    inputs:\n      data: {path: ./data}\n      depth: 3\n      way: fast\n"
            "    outputs:\n      mede: {type: uri_folder}\n  d:\n    command: ls ${{inputs.i}}\n    environment: azureml:x:1\n"
            "    inputs: {i: '${{parent.jobs.c.outputs.mede}}'}\n",
            "RenameKey made");
        row("type of a component", "type-mismatch",
            "type: pipeline\njobs:\n  c:\n    type: parallel\n    component: ./component.yml\n    inputs:\n      data: {path: ./data}\n      depth: 3\n      way: fast\n",
            "ReplaceValue command, RemoveEntry jobs.c.type");
        row("name with a sign", "bad-name",
            "type: pipeline\njobs:\n  my-step:\n    command: ls\n    outputs:\n      o:\n    environment: azureml:x:1\n"
            "  b:\n    command: ls ${{inputs.i}}\n    inputs:\n      i: ${{ parent.jobs.my-step.outputs.o }}\n    environment: azureml:x:1\n",
            "RenameKey my_step");
        row("reserved name", "reserved-name",
            "type: pipeline\njobs:\n  b:\n    command: ls ${{inputs.home}}\n    inputs:\n      home: 3\n    environment: azureml:x:1\n", "RenameKey my_home");
        row("unused output", "unused-output", std::string("type: pipeline\noutputs:\n  a:\n  b:\njobs:\n  c:\n    command: ls\n    outputs: {x: '${{parent.outputs.b}}'}\n") + kTail,
            "RemoveEntry outputs.a");
        row("mode of a table", "table-mode",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: {type: mltable, path: ./table}\n    input_data: ${{inputs.data}}\n"
            "    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "AddEntry direct");
        row("mode of a bound table", "table-mode",
            "type: pipeline\ninputs:\n  data: {type: mltable, path: ./table}\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: ${{parent.inputs.data}}\n"
            "    input_data: ${{inputs.data}}\n    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "ReplaceValue {type: mltable, path: '${{parent.inputs.data}}', mode: direct}");
        row("file that is split", "uri-file-input",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data:\n        type: uri_file\n        path: ./rows/a.csv\n    input_data: ${{inputs.data}}\n"
            "    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "ReplaceValue uri_folder");
        row("file for a folder", "wrong-kind", std::string("type: pipeline\njobs:\n  c:\n    command: ls ${{inputs.i}}\n    inputs:\n      i: {type: uri_folder, path: ./rows/a.csv}\n") + kTail,
            "ReplaceValue uri_file");
        row("bytes of files", "size-of-files", parallel("", "    mini_batch_size: 10kb\n"), "ReplaceValue 10");
        row("bytes of files in a flag", "size-of-files", parallel("", "", "      program_arguments: --mini_batch_size 10kb\n"), "ReplaceValue 10");
        row("rows of a table", "tiny-size",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: {type: mltable, path: ./table, mode: direct}\n    input_data: ${{inputs.data}}\n    mini_batch_size: 10\n"
            "    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "ReplaceValue 100kb, ReplaceValue 1mb");
        row("partition key", "unknown-partition-key",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: {type: mltable, path: ./part, mode: direct}\n    input_data: ${{inputs.data}}\n    partition_keys: [Stor]\n"
            "    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "ReplaceValue Store");
        row("nodes of a command", "instance-count", std::string("type: pipeline\njobs:\n  c:\n    command: ls\n    resources:\n      instance_count: 4\n") + kTail, "ReplaceValue 1");
        row("optional", "optional-bare",
            "type: pipeline\njobs:\n  c:\n    component:\n      type: command\n      inputs:\n        seed: {type: integer, optional: true}\n      environment: azureml:x:1\n"
            "      command: echo --seed ${{inputs.seed}} --rest\n",
            "InsertText $[[ ]]");
        row("code", "code-missing", parallel("", "").replace(parallel("", "").find("./src"), 5, "./scr"), "ReplaceValue ./src, CreateFile /home/scr/score.py");
        row("code of a command", "code-missing", std::string("type: pipeline\njobs:\n  c:\n    command: python tool.py --x 1\n    code: ./elsewhere\n") + kTail,
            "CreateFile /home/elsewhere/tool.py");
        row("script", "script-missing", parallel("", "").replace(parallel("", "").find("score.py"), 8, "scor.py"),
            "ReplaceValue score.py, CreateFile /home/src/scor.py");
        row("script as a module", "script-missing", parallel("", "").replace(parallel("", "").find("score.py"), 8, "pkg.embedding"),
            "CreateFile /home/src/pkg/embedding.py");
        row("data", "input-missing", parallel("      i: {path: ./dta}\n", ""), "ReplaceValue ./data");
        row("component", "component-missing",
            "type: pipeline\ninputs:\n  n: 3\njobs:\n  c:\n    component: ./made/up.yml\n    inputs:\n      a: {type: uri_folder, path: ./data}\n      b: 4.5\n      n: ${{parent.inputs.n}}\n"
            "    outputs:\n      o:\n",
            "CreateFile /home/made/up.yml");
        row("parallel component", "component-missing",
            "type: pipeline\njobs:\n  c:\n    type: parallel\n    component: ./made/score.yml\n    inputs:\n      n: 4\n      a: {type: uri_folder, path: ./data}\n    outputs:\n      o: {type: uri_file}\n",
            "CreateFile /home/made/score.yml");
        row("conda file", "conda-file-unreadable", "type: pipeline\njobs:\n  c:\n    command: ls\n    environment:\n      image: x\n      conda_file: ./env/conda.yml\n",
            "CreateFile /home/env/conda.yml");
        row("environment file", "environment-unreadable", "type: pipeline\njobs:\n  c:\n    command: ls\n    environment: ./env.yml\n", "CreateFile /home/env.yml");
        row("table", "no-mltable",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data: {type: mltable, path: ./rows, mode: direct}\n    input_data: ${{inputs.data}}\n"
            "    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "CreateFile /home/rows/MLTable");
        row("tab", "yaml-tab", std::string("type: pipeline\njobs:\n\tc:\n\t\tcommand: ls\n\t\tenvironment: azureml:x:1\n"), "Reindent c:");
        row("colon", "yaml-syntax", std::string("type: pipeline\njobs:\n  c:\n    type command\n    command: ls\n") + kTail, "ReplaceLine type: command");
        row("open quote", "yaml-syntax", std::string("type: pipeline\ndisplay_name: \"my job\njobs:\n  c:\n    command: ls\n") + kTail,
            "ReplaceLine display_name: \"my job\", ReplaceLine display_name: '\"my job'");
        row("colon in a value", "yaml-syntax", std::string("type: pipeline\ndescription: note: this\njobs:\n  c:\n    command: ls\n") + kTail, "ReplaceLine description: 'note: this'");
        row("depth", "yaml-syntax", std::string("type: pipeline\njobs:\n  c:\n    command: ls\n   code: ./src\n") + kTail, "Reindent code: ./src");
        row("too far left", "misplaced-key",
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n      data:\n        type: mltable\n        path: ./table\n      mode: direct\n    input_data: ${{inputs.data}}\n"
            "    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "Reindent mode: direct");
        row("too far right", "misplaced-key", parallel("", "", "      program_arguments: >-\n        --scale 1\n        append_row_to: ${{outputs.rows}}\n"),
            "Reindent append_row_to: ${{outputs.rows}}");
        row("colon in a map", "wrong-type", parallel("", "    retry_settings:\n      timeout 60\n"), "ReplaceLine timeout: 60, RemoveEntry jobs.p.retry_settings");
        row("parallel by its keys", "unknown-key",
            "type: pipeline\njobs:\n  p:\n    inputs:\n      data: {type: uri_folder, path: ./data}\n    input_data: ${{inputs.data}}\n"
            "    task: {type: run_function, code: ./src, entry_script: score.py, environment: azureml:x:1}\n",
            "AddEntry parallel, RemoveEntry jobs.p.input_data, AddEntry parallel, RemoveEntry jobs.p.task");
        // What only a person can tell.
        row("cycle", "cycle", std::string("type: pipeline\njobs:\n  c:\n    command: ls ${{inputs.i}}\n    inputs: {i: '${{parent.jobs.c.outputs.o}}'}\n    outputs: {o: }\n") + kTail, "");
        row("not supported", "not-supported", std::string("type: pipeline\njobs:\n  c:\n    command: ls\n    distribution: {type: mpi}\n") + kTail, "");
        row("in the cloud", "cloud-data", parallel("      i: {path: 'azureml:x:1'}\n", ""), "");
    }
    void one_finding_one_choice()
    {
        QFETCH(QString, code);
        QFETCH(QString, yaml);
        QFETCH(QString, fixes);
        fs::remove_all(m_folder.path() / "home");
        std::string done = tryAll(yaml.toStdString(), code.toStdString());
        for (std::size_t at = done.find(m_folder.path().string()); at != std::string::npos; at = done.find(m_folder.path().string())) {
            done.erase(at, m_folder.path().string().size());
        }
        QCOMPARE(QString::fromStdString(done), fixes);
    }

    /// A line that may belong to two maps: each choice says which one it means; what reads the same is one choice.
    void a_line_that_may_be_moved_to_two_places()
    {
        const std::string yaml = std::string("type: pipeline\njobs:\n  c:\n    command: ls\n    inputs:\n      data:\n        type: uri_folder\n       path: ./data\n") + kTail;
        const fs::path home = makeHome(yaml);
        std::vector<std::string> places;
        for (const auto& d : resolve(home, nullptr).diagnostics) {
            for (const auto& fix : d.code == "yaml-syntax" ? edit::quickFixes(d, yaml) : std::vector<QuickFix> {}) {
                QCOMPARE(fix.kind, FixKind::Reindent);
                places.push_back(fix.from + " in " + fix.path);
            }
        }
        std::sort(places.begin(), places.end());
        QCOMPARE(text::join(places, "; "), std::string("path: ./data in jobs.c.inputs; path: ./data in jobs.c.inputs.data"));
    }

    /// What people get wrong, over all good files: no fix makes it worse.
    void fixes_of_mistakes_hold_what_they_say()
    {
        std::map<std::string, std::pair<int, int>> codes; // findings with a fix, findings
        std::string wrong;
        std::string without;
        std::map<std::string, int> seen;
        int tried = 0;
        int broken = 0;
        int repaired = 0;
        int syntaxErrors = 0;
        for (const auto& good : test::goodFiles()) {
            const fs::path home = m_folder.path() / "mistakes" / good.folder.filename();
            fs::create_directories(home.parent_path());
            fs::remove_all(home);
            fs::copy(good.folder, home, fs::copy_options::recursive);
            const fs::path target = home / good.file;
            for (const auto& mutant : test::mutantsOf(test::readAll(target))) {
                if (std::getenv("SHEAF_ALL_MISTAKES") == nullptr && seen[mutant.kind]++ % 8 != 0) {
                    continue; // an eighth of them is enough for every day
                }
                const spec::FileTexts texts { { target.string(), mutant.text } };
                const auto before = resolve(home, std::make_shared<spec::FileTexts>(texts));
                for (const auto& d : before.diagnostics) {
                    if (d.severity == spec::Severity::Note) {
                        continue;
                    }
                    const auto fixes = edit::quickFixes(d, d.file == target.string() ? mutant.text : test::readAll(d.file));
                    ++codes[d.code].second;
                    codes[d.code].first += fixes.empty() ? 0 : 1;
                    if (fixes.empty()) {
                        without += "no fix: " + mutant.kind + " " + good.file + ": " + mutant.what + "\n  " + nameOf(d) + "\n";
                    }
                    bool isWhole = false;
                    for (const auto& fix : fixes) {
                        ++tried;
                        const Applied after = apply(home, texts, fix);
                        const std::string what = judge(before, d, after);
                        isWhole = isWhole || countsOf(after.resolved, true).empty();
                        if (!what.empty() && !isSyntax(d)) {
                            ++broken;
                            wrong += mutant.kind + " " + good.file + ": " + mutant.what + "\n  " + nameOf(d) + "\n  "
                                + json::enumName(fix.kind) + " " + fix.from + " → " + fix.to + " " + fix.path + " " + what + "\n";
                        }
                    }
                    if (isSyntax(d)) {
                        ++syntaxErrors;
                        repaired += isWhole ? 1 : 0;
                        if (!isWhole && std::getenv("SHEAF_MISSED") != nullptr) {
                            wrong += "not repaired: " + mutant.kind + ": " + mutant.what + "\n";
                        }
                    }
                }
            }
        }
        for (const auto& [code, counts] : codes) {
            qInfo("%-24s %4d of %4d have a fix", code.c_str(), counts.first, counts.second);
        }
        qInfo("%d fixes tried, %d of them wrong; %d of %d files that were no YAML are jobs again", tried, broken, repaired, syntaxErrors);
        if (std::getenv("SHEAF_MISSED") != nullptr) {
            qInfo("%s", (wrong + without).c_str());
        }
        QVERIFY(tried > 300);
        QVERIFY2(broken == 0, wrong.c_str());
        QVERIFY2(repaired * 100 >= syntaxErrors * 85, wrong.c_str());
    }

    void better_values_are_allowed_for_every_field()
    {
        using spec::Scope;
        for (const Scope scope : { Scope::Pipeline, Scope::Settings, Scope::ParallelNode, Scope::CommandNode, Scope::Task, Scope::RetrySettings,
                 Scope::Resources, Scope::Limits, Scope::Input, Scope::InputDeclaration, Scope::Output }) {
            for (const auto& field : spec::fields(scope)) {
                for (const char* text : { "", "-5", "0", "7.5", "1e12", "10 min", "2GB", "tru", "INF", "folder", "[x]", "many" }) {
                    for (const auto& value : edit::betterValues(text, spec::allowedText(field), field.defaultValue)) {
                        spec::FieldValue written;
                        written.text = value;
                        QVERIFY2(!spec::checkValue(field, written, ""), (std::string(field.name) + ": " + text + " → " + value).c_str());
                    }
                }
            }
        }
    }

    void findings_of_a_script_are_mended_in_it()
    {
        const std::string script = "import argparse\ndef init():\n    args = argparse.ArgumentParser().parse_args()\ndef run():\n    pass\n";
        const auto finding = [&](const char* code, std::size_t begin) {
            Diagnostic d;
            d.code = code;
            d.file = "/x/score.py";
            d.where = spec::SourceText("/x/score.py", script).range(begin, script.find('\n', begin));
            return d;
        };
        const auto parse = edit::quickFixes(finding("parse-args", script.find("argparse.Arg")), script);
        QCOMPARE(parse.size(), std::size_t { 1 });
        QVERIFY(edit::patched(script, parse.front().patches).find("args = argparse.ArgumentParser().parse_known_args()[0]\n") != std::string::npos);
        const auto parameters = edit::quickFixes(finding("run-parameters", script.find("def run")), script);
        QCOMPARE(parameters.size(), std::size_t { 1 });
        QVERIFY(edit::patched(script, parameters.front().patches).find("def run(mini_batch):\n") != std::string::npos);
    }

    void what_comes_from_the_command_line_has_no_fix()
    {
        const fs::path home = makeHome(parallel("", ""));
        const auto resolved = pipeline::resolve({ home / "pipeline.yml", { "jobs.p.mini_batch_size=0", "jobs.p.retry_settings.timeout=0" }, m_folder.path() / "run", true });
        QCOMPARE(resolved.diagnostics.size(), std::size_t { 2 });
        for (const auto& d : resolved.diagnostics) {
            QVERIFY(edit::quickFixes(d, test::readAll(d.file)).empty());
        }
    }
};

SHEAF_TEST(tst_quick_fix)
#include "tst_quick_fix.moc"
