// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/findings.h"
#include "core/spec/job_reader.h"
#include "core/spec/yaml_files.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <algorithm>

using namespace sheaf;
using namespace sheaf::spec;

namespace {

const std::filesystem::path kJobs = std::filesystem::path(SHEAF_TEST_DATA) / "jobs";

/// "error wrong-type 3:5 jobs.x" a line.
std::string words(const JobFile& job)
{
    std::string text;
    for (const auto& d : job.diagnostics) {
        text += std::string(json::enumName(d.severity)) + " " + d.code + " "
            + std::to_string(d.where.line) + ":" + std::to_string(d.where.column) + " " + d.path
            + "\n";
    }
    return text;
}

const Diagnostic* findCode(const JobFile& job, const std::string& code)
{
    const auto found = std::find_if(job.diagnostics.begin(), job.diagnostics.end(),
        [&](const Diagnostic& d) { return d.code == code; });
    return found == job.diagnostics.end() ? nullptr : &*found;
}

const std::string kCommand
    = "type: pipeline\njobs:\n  a:\n    command: ls\n    environment: azureml:x:1\n";

} // namespace

class tst_job_reader : public QObject
{
    Q_OBJECT

    JobFile readText(const std::string& yaml, const std::vector<std::string>& overrides = {})
    {
        return readJobText(SourceText((m_folder.path() / "job.yml").string(), yaml), overrides);
    }

    test::TempFolder m_folder;

private slots:
    void clean_files_have_no_finding_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : { "score", "regions", "files" }) {
            QTest::newRow(name) << name;
        }
    }
    void clean_files_have_no_finding()
    {
        QFETCH(QString, name);
        const JobFile job = readJob(kJobs / name.toStdString() / "pipeline.yml");
        QCOMPARE(words(job), std::string());
        QVERIFY(!job.pipeline.steps.empty());
    }

    void values_know_where_they_are_written()
    {
        const JobFile job = readJob(kJobs / "score" / "pipeline.yml");
        const StepDefinition* score = job.pipeline.step("score");
        const FieldValue* timeout = score->fields.find("retry_settings.timeout");
        QCOMPARE(timeout->text, std::string("90"));
        QCOMPARE(timeout->where.line, 51);
        QCOMPARE(timeout->where.column, 16);
        QVERIFY(score->fields.find("retry_settings.nothing") == nullptr);
        QCOMPARE(score->fields.text("environment_variables.ROUND"), std::string("3"));
        QCOMPARE(score->environment->condaPackages,
            (std::vector<std::string> { "pandas", "scikit-learn", "joblib" }));
    }

    void all_problems_are_told_at_once()
    {
        const JobFile job = readText("type: pipeline\n"
                                     "setings: {}\n"
                                     "jobs:\n"
                                     "  a:\n"
                                     "    type: parallel\n"
                                     "    eror_threshold: 3\n"
                                     "    error_threshold: many\n"
                                     "    retry_settings: 3\n"
                                     "    append_row_to: ${{outputs.x}}\n"
                                     "    task:\n"
                                     "      code: [1]\n"
                                     "  2b:\n"
                                     "    type: paralel\n");
        QCOMPARE(words(job),
            std::string("Warning unknown-key 2:1 setings\n"
                        "Warning unknown-key 6:5 jobs.a.eror_threshold\n"
                        "Error wrong-type 7:22 jobs.a.error_threshold\n"
                        "Error wrong-type 8:21 jobs.a.retry_settings\n"
                        "Warning unknown-key 9:5 jobs.a.append_row_to\n"
                        "Error wrong-type 11:13 jobs.a.task.code\n"
                        "Error bad-name 12:3 jobs.2b\n"
                        "Error unknown-step-type 13:11 jobs.2b.type\n"));
        QVERIFY(job.diagnostics[0].message.find("did you mean 'settings'") != std::string::npos);
        QVERIFY(
            job.diagnostics[1].message.find("did you mean 'error_threshold'") != std::string::npos);
        QVERIFY(job.diagnostics[4].message.find("belongs below task") != std::string::npos);
        QVERIFY(job.diagnostics[7].message.find("did you mean 'parallel'") != std::string::npos);
        for (const auto& d : job.diagnostics) {
            QVERIFY2(!d.message.empty() && !d.fix.empty() && !d.found.empty() && !d.allowed.empty(),
                d.code.c_str());
        }
    }

    void other_kinds_of_steps_are_refused_by_name_data()
    {
        QTest::addColumn<QString>("type");
        for (const char* type : { "sweep", "pipeline", "automl", "spark", "import", "data_transfer",
                 "do_while", "if_else", "parallel_for", "finetuning" }) {
            QTest::newRow(type) << type;
        }
    }
    void other_kinds_of_steps_are_refused_by_name()
    {
        QFETCH(QString, type);
        const JobFile job = readText("type: pipeline\njobs:\n  tune:\n    type: "
            + type.toStdString() + "\n    whatever: 1\n");
        QCOMPARE(words(job), std::string("Error step-type-not-supported 4:11 jobs.tune.type\n"));
        QVERIFY(job.diagnostics.front().message.find("'tune'") != std::string::npos);
        QVERIFY(job.diagnostics.front().message.find(type.toStdString()) != std::string::npos);
        QCOMPARE(job.pipeline.steps.size(), std::size_t { 1 });
    }

    void other_root_types_are_refused()
    {
        QCOMPARE(words(readText("type: command\ncommand: ls\n")),
            std::string("Error not-a-pipeline 1:7 type\n"));
        QCOMPARE(
            words(readText("command: ls\n")).substr(0, 20), std::string("Error not-a-pipeline"));
        QVERIFY(findCode(readText("jobs:\n  a:\n    command: ls\n"), "not-a-pipeline") == nullptr);
        QCOMPARE(
            words(readText("type: pipeline\n")), std::string("Error missing-field 0:0 jobs\n"));
        QCOMPARE(
            words(readText("type: pipeline\njobs:\n")), std::string("Error no-steps 2:6 jobs\n"));
        QCOMPARE(words(readText("")), std::string("Error empty-file 0:0 \n"));
        QCOMPARE(words(readText("- a\n- b\n")), std::string("Error wrong-type 1:1 \n"));
    }

    void what_is_not_supported_yet_is_an_error_and_what_means_nothing_a_note()
    {
        const std::string base = kCommand;
        QVERIFY(hasErrors(readText(base + "    distribution: {type: mpi}\n").diagnostics));
        QVERIFY(hasErrors(readText("settings: {on_init: a}\n" + base).diagnostics));
        for (const char* key : { "identity: {type: aml_token}", "services: {x: {type: ssh}}",
                 "queue_settings: {job_tier: spot}" }) {
            const JobFile job = readText(base + "    " + key + "\n");
            QCOMPARE(job.diagnostics.size(), std::size_t { 1 });
            QCOMPARE(job.diagnostics.front().severity, Severity::Note);
        }
        QCOMPARE(words(readText(base + "    distribution:\n")),
            std::string()); // nothing after it: not there
    }

    void components_that_are_not_here_say_how_to_mend_it_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : { "azureml:train:3", "azureml:train@latest", "azureml:train",
                 "azureml://registries/azureml/components/train/versions/1" }) {
            QTest::newRow(name) << name;
        }
    }
    void components_that_are_not_here_say_how_to_mend_it()
    {
        QFETCH(QString, name);
        const JobFile job
            = readText("type: pipeline\njobs:\n  a:\n    component: " + name.toStdString() + "\n");
        QCOMPARE(words(job), std::string("Error component-not-known 4:16 jobs.a.component\n"));
        QVERIFY(job.diagnostics.front().fix.find("component: ./") != std::string::npos);
    }

    void component_files_are_found_in_every_form()
    {
        m_folder.write("sub/c.yml", "type: command\ncommand: ls\nenvironment: azureml:x:1\n");
        for (const char* form :
            { "./sub/c.yml", "sub/c.yml", "file:./sub/c.yml", "file:sub/c.yml" }) {
            const JobFile job = readText(
                std::string("type: pipeline\njobs:\n  a:\n    component: ") + form + "\n");
            QCOMPARE(words(job), std::string());
            QVERIFY(job.pipeline.steps.front().component);
            QCOMPARE(job.files.size(), std::size_t { 2 });
        }
        const JobFile missing
            = readText("type: pipeline\njobs:\n  a:\n    component: ./none.yml\n");
        QCOMPARE(words(missing), std::string("Error component-missing 4:16 jobs.a.component\n"));
    }

    void a_former_name_is_read_as_the_one_of_today()
    {
        const std::string head = "type: pipeline\njobs:\n  a:\n    type: parallel\n    task:\n      type: function\n"
                                 "      code: .\n      entry_script: x.py\n";
        const JobFile old = readText(head + "      args: --model 3\n");
        const Diagnostic* told = findCode(old, "former-name");
        QVERIFY(told != nullptr);
        QCOMPARE(told->severity, Severity::Warning);
        QCOMPARE(told->where.line, 9);
        QCOMPARE(old.pipeline.step("a")->fields.text("task.program_arguments"), std::string("--model 3"));

        const JobFile both = readText(head + "      args: --model 3\n      program_arguments: --model 4\n");
        QVERIFY(findCode(both, "former-name") == nullptr);
        QVERIFY(findCode(both, "unknown-key") != nullptr);
        QCOMPARE(both.pipeline.step("a")->fields.text("task.program_arguments"), std::string("--model 4"));
    }

    void problems_in_a_component_are_told_in_its_file()
    {
        const auto file = m_folder.write(
            "bad.yml", "type: command\ncommand: ls\nenvironment: azureml:x:1\ncolour: red\n");
        const JobFile job = readText("type: pipeline\njobs:\n  a:\n    component: ./bad.yml\n");
        QCOMPARE(words(job), std::string("Warning unknown-key 4:1 colour\n"));
        QCOMPARE(job.diagnostics.front().file, file.string());
    }

    void a_component_may_be_written_in_place()
    {
        const JobFile job = readText("type: pipeline\njobs:\n  a:\n    component:\n      command: "
                                     "ls\n      inputs: {n: {type: integer}}\n"
                                     "      environment: azureml:x:1\n    inputs: {n: 3}\n");
        QCOMPARE(words(job), std::string());
        QCOMPARE(job.pipeline.steps.front().component->inputs.front().fields.text("type"),
            std::string("integer"));
    }

    void a_component_of_another_type_is_told()
    {
        m_folder.write("p.yml", "type: parallel\n");
        m_folder.write("pipe.yml", "type: pipeline\njobs: {}\n");
        m_folder.write("flow.dag.yaml", "nodes: []\n");
        QVERIFY(findCode(
                    readText(
                        "type: pipeline\njobs:\n  a:\n    type: command\n    component: ./p.yml\n"),
                    "type-mismatch")
            != nullptr);
        QVERIFY(findCode(readText("type: pipeline\njobs:\n  a:\n    component: ./pipe.yml\n"),
                    "step-type-not-supported")
            != nullptr);
        QVERIFY(findCode(readText("type: pipeline\njobs:\n  a:\n    component: ./flow.dag.yaml\n"),
                    "step-type-not-supported")
            != nullptr);
        QCOMPARE(readText("type: pipeline\njobs:\n  a:\n    component: ./p.yml\n")
                     .pipeline.steps.front()
                     .type,
            std::string("parallel"));
    }

    void files_copied_beside_the_code_are_refused()
    {
        m_folder.write("inc.yml",
            "type: command\ncommand: ls\nenvironment: azureml:x:1\nadditional_includes: "
            "[../lib]\n");
        QVERIFY(findCode(readText("type: pipeline\njobs:\n  a:\n    component: ./inc.yml\n"),
                    "not-supported")
            != nullptr);
        m_folder.write("old.yml", "type: command\ncommand: ls\nenvironment: azureml:x:1\n");
        m_folder.write("old.additional_includes", "../lib\n");
        QVERIFY(findCode(readText("type: pipeline\njobs:\n  a:\n    component: ./old.yml\n"),
                    "not-supported")
            != nullptr);
    }

    void names_of_inputs_are_checked()
    {
        const JobFile job = readText("type: pipeline\ninputs: {path: 1, a-b: 2}\njobs:\n  a:\n    "
                                     "command: ls\n    environment: azureml:x:1\n");
        QCOMPARE(words(job),
            std::string(
                "Warning reserved-name 2:10 inputs.path\nError bad-name 2:19 inputs.a-b\n"));
    }

    void environments_in_all_forms()
    {
        m_folder.write("env/env.yml", "name: e\nimage: x\nconda_file: ./conda.yml\n");
        m_folder.write("env/conda.yml", "dependencies: [python=3.9, numpy, {pip: [pandas]}]\n");
        const auto environment = [&](const std::string& yaml) {
            return readText(
                "type: pipeline\njobs:\n  a:\n    command: ls\n    environment: " + yaml + "\n");
        };
        for (const char* name : { "azureml:e:1", "azureml:e@latest",
                 "azureml://registries/azureml/environments/e/labels/latest" }) {
            const JobFile job = environment(name);
            QCOMPARE(words(job), std::string());
            QCOMPARE(job.pipeline.steps.front().environment->words, std::string(name));
        }
        const JobFile file = environment("file:./env/env.yml");
        QCOMPARE(file.pipeline.steps.front().environment->condaPackages,
            (std::vector<std::string> { "numpy", "pandas" }));
        const JobFile built
            = environment("{name: e, version: 1, build: {path: ., dockerfile_path: Dockerfile}}");
        QCOMPARE(words(built), std::string());
        QCOMPARE(words(environment("{image: x, conda_file: ./none.yml}")),
            std::string("Warning conda-file-unreadable 5:41 jobs.a.environment.conda_file\n"));
        QCOMPARE(
            words(environment("[a]")), std::string("Error wrong-type 5:18 jobs.a.environment\n"));
    }

    void overrides_lie_over_the_file()
    {
        const JobFile job = readText(kCommand,
            { "jobs.a.command=echo x=y", "jobs.a.resources.instance_count=3", "display_name='7'" });
        QCOMPARE(words(job), std::string());
        QCOMPARE(job.pipeline.steps.front().fields.text("command"), std::string("echo x=y"));
        QCOMPARE(
            job.pipeline.steps.front().fields.text("resources.instance_count"), std::string("3"));
        QVERIFY(job.pipeline.steps.front().fields.find("command")->fromOverride);
        QCOMPARE(job.pipeline.fields.text("display_name"), std::string("7"));
    }

    void overrides_that_lead_nowhere_are_errors()
    {
        QCOMPARE(words(readText(kCommand, { "job.a.command=ls" })),
            std::string("Error override-unknown-key 0:0 job.a.command\n"));
        QCOMPARE(words(readText(kCommand, { "jobs.b.command=ls" })),
            std::string("Error override-unknown-key 0:0 jobs.b.command\n"));
        QCOMPARE(
            words(readText(kCommand, { "jobs.a" })), std::string("Error override-syntax 0:0 \n"));
        QCOMPARE(words(readText(kCommand, { "jobs..a=1" })),
            std::string("Error override-syntax 0:0 jobs..a\n"));
        QCOMPARE(words(readText(kCommand, { "jobs.a.resources.instance_count=x" })),
            std::string("Error wrong-type 0:0 jobs.a.resources.instance_count\n"));
        QCOMPARE(words(readText(kCommand, { "jobs.a.comand=x" })),
            std::string("Warning unknown-key 0:0 jobs.a.comand\n"));
    }

    void a_broken_file_still_gives_the_steps_before_the_break()
    {
        const JobFile job = readText(kCommand + "  b:\n    command: 'never closed\n");
        QVERIFY(hasErrors(job.diagnostics));
        QVERIFY(job.pipeline.step("a") != nullptr);
    }

    void a_file_that_is_not_there_is_one_error()
    {
        const JobFile job = readJob(m_folder.path() / "none.yml");
        QCOMPARE(words(job), std::string("Error file-missing 0:0 \n"));
        QVERIFY(findCode(readJob(m_folder.path()), "file-unreadable") != nullptr);
    }

    void a_file_that_did_not_change_is_not_parsed_again()
    {
        YamlFiles files;
        const auto file = m_folder.write("part.yml", "a: 1\n");
        const auto edited = [&](const std::string& text) { return std::make_shared<const FileTexts>(FileTexts { { file.string(), text } }); };
        const auto first = files.read(file, edited("a: 2\n"));
        QCOMPARE(first->root.find("a")->text, std::string("2"));
        QVERIFY(files.read(file, edited("a: 2\n")) == first);
        QCOMPARE(files.read(file, edited("a: 3\n"))->root.find("a")->text, std::string("3"));
        // As it is on disk, however soon one write follows another.
        QCOMPARE(files.read(file, {})->root.find("a")->text, std::string("1"));
        m_folder.write("part.yml", "a: 4\n");
        QCOMPARE(files.read(file, {})->root.find("a")->text, std::string("4"));
        QCOMPARE(files.read(file, edited("a: 2\n"))->root.find("a")->text, std::string("2"));
        std::filesystem::remove(file);
        QVERIFY(hasErrors(files.read(file, {})->diagnostics));
    }

    void diagnostics_print_like_a_compiler_does()
    {
        const JobFile job = readText("type: pipeline\njobs:\n  a:\n    command: ls\n    "
                                     "environment: azureml:x:1\n    limits: {timeout: 0}\n");
        QCOMPARE(job.diagnostics.size(), std::size_t { 1 });
        const std::string text = diagnosticText(job.diagnostics.front());
        QVERIFY2(
            text.find("job.yml:6:23: error: timeout: '0' is out of range") != std::string::npos,
            text.c_str());
        QVERIFY2(text.find("\n    fix: ") != std::string::npos, text.c_str());
    }

    void sorting_goes_by_file_then_place_and_keeps_one_of_the_same()
    {
        std::vector<Diagnostic> all;
        for (const auto& [file, line] : std::vector<std::pair<std::string, int>> {
                 { "b", 1 }, { "a", 9 }, { "a", 2 }, { "a", 9 } }) {
            all.push_back(finding(Severity::Error, "x", { file, { 0, 0, line, 1 }, "" }, "m"));
        }
        sortDiagnostics(all, { "a", "b" });
        QCOMPARE(all.size(), std::size_t { 3 });
        QCOMPARE(all[0].where.line, 2);
        QCOMPARE(all[2].file, std::string("b"));
    }
};

SHEAF_TEST(tst_job_reader)
#include "tst_job_reader.moc"
