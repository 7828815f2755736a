// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "tests/core/pipeline/resolved_job.h"
#include "tests/support/test_runner.h"

#include <QRegularExpression>

using namespace sheaf;
using namespace sheaf::pipeline;
using sheaf::test::argument;
using sheaf::test::kJobs;
using sheaf::test::step;
using sheaf::test::words;
using Names = std::vector<std::string>;

namespace {

Resolved resolveClean(const std::string& name)
{
    return resolve({ kJobs / name / "pipeline.yml", {}, "/runs/r1", true });
}

const std::string kEnvironment = "    environment: azureml:x:1\n";

} // namespace

class tst_resolver : public QObject
{
    Q_OBJECT

    test::ResolvedJob m_job;

private slots:
    void clean_jobs_have_no_finding_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : { "score", "regions", "files" }) {
            QTest::newRow(name) << name;
        }
    }
    void clean_jobs_have_no_finding()
    {
        QFETCH(QString, name);
        QCOMPARE(words(resolveClean(name.toStdString())), std::string());
    }

    void settings_in_force_are_all_there()
    {
        const Resolved resolved = resolveClean("score");
        QCOMPARE(resolved.spec.displayName, std::string("score a table"));
        QCOMPARE(resolved.spec.continueOnStepFailure, false);
        const StepSpec& score = step(resolved, "score");
        QCOMPARE(score.kind, StepKind::Parallel);
        QCOMPARE(score.instanceCount, 2);
        QCOMPARE(score.environmentVariables.at("ROUND"), std::string("3"));
        QCOMPARE(score.condaPackages, (Names { "pandas", "scikit-learn", "joblib" }));
        const ParallelSettings& p = score.parallel;
        QCOMPARE(p.inputData, std::string("table"));
        QCOMPARE(p.miniBatchSize, std::int64_t { 10240 });
        QCOMPARE(p.miniBatchSizeText, std::string("10kb"));
        QCOMPARE(p.maxConcurrencyPerInstance, 3);
        QCOMPARE(p.errorThreshold, std::int64_t { 5 });
        QCOMPARE(p.miniBatchErrorThreshold, std::int64_t { 4 });
        QCOMPARE(p.allowedFailedPercent, 12.5);
        QCOMPARE(p.maxRetries, 1);
        QCOMPARE(p.timeoutSeconds, 90.0);
        QCOMPARE(p.taskOverheadTimeoutSeconds, 300.0);
        QCOMPARE(p.progressUpdateTimeoutSeconds, 780.0); // 2 × (90 + 300)
        QCOMPARE(p.firstTaskCreationTimeoutSeconds, 120.0);
        QCOMPARE(p.resourceMonitorIntervalSeconds, 20.0);
        QCOMPARE(p.loggingLevel, std::string("DEBUG"));
        QCOMPARE(p.code, (kJobs / "score" / "src").string());
        QCOMPARE(p.entryScript, std::string("score.py"));
        QVERIFY(p.appendRowDataframeHeader);
        QCOMPARE(p.appendRowTo, std::string("rows"));
        QCOMPARE(p.appendRowFile, std::string("/runs/r1/outputs/scores"));
        QCOMPARE(argument(p.programArguments, "model"), (kJobs / "score" / "model").string());
        QCOMPARE(
            argument(p.programArguments, "extra"), std::string("/runs/r1/outputs/score/extra"));
        QVERIFY(std::count(score.setByUser.begin(), score.setByUser.end(), "retry_settings.timeout")
            == 1);
        QVERIFY(std::count(score.setByUser.begin(), score.setByUser.end(), "allowed_failed_percent")
            == 1);
        const StepSpec& count = step(resolved, "count");
        QCOMPARE(count.dependsOn, (Names { "score" }));
        QCOMPARE(count.input("rows")->fromStep, std::string("score"));
        QCOMPARE(count.input("rows")->type, DataType::UriFile);
        QCOMPARE(count.command.timeoutSeconds, 600.0);
        QCOMPARE(count.command.command,
            std::string("echo \"counting\"\nwc -l /runs/r1/outputs/scores\n"));
        QCOMPARE(resolved.spec.outputs.size(), std::size_t { 1 });
        QCOMPARE(resolved.spec.outputs.front().name, std::string("scores"));
        QCOMPARE(resolved.files.size(), std::size_t { 2 });
        QCOMPARE(resolved.files.back(), kJobs / "score" / "data" / "MLTable");
    }

    void components_are_merged_and_the_step_wins()
    {
        const Resolved resolved = resolveClean("regions");
        QCOMPARE(resolved.files.size(), std::size_t { 3 });
        QCOMPARE(resolved.spec.steps.size(), std::size_t { 3 });
        const StepSpec& train = step(resolved, "train");
        QCOMPARE(train.parallel.maxRetries, 0); // zero is a value
        QCOMPARE(train.parallel.timeoutSeconds, 30.0); // of the component
        QCOMPARE(train.instanceCount, 2); // ${{parent.inputs.nodes}}
        QCOMPARE(train.environmentVariables.at("TARGET"), std::string("amount"));
        QCOMPARE(train.environmentVariables.at("MODE"), std::string("batch"));
        QCOMPARE(train.condaPackages, (Names { "numpy", "pandas" }));
        QCOMPARE(train.parallel.partitionKeys, (Names { "region", "year" }));
        QCOMPARE(train.parallel.code, (kJobs / "regions/components/train/src").string());
        QCOMPARE(train.parallel.programArguments,
            (Names { "--target", "amount", "--label", "run of amount", "--depth=4", "--models",
                "/runs/r1/outputs/models" }));
        const StepSpec& split = step(resolved, "split");
        QCOMPARE(split.kind, StepKind::Command);
        QVERIFY(split.command.command.find("--columns region,year  --parts")
            != std::string::npos); // no limit: bracket dropped
        QVERIFY(split.input("limit") == nullptr);
        QCOMPARE(step(resolved, "report").dependsOn, (Names { "train" }));
        QCOMPARE(step(resolved, "report").input("target")->value, std::string("amount"));
        QCOMPARE(train.input("parts")->value, std::string("/runs/r1/outputs/split/parts"));
        QCOMPARE(train.input("parts")->mode, std::string("direct"));
    }

    void a_run_spec_survives_its_json()
    {
        const Resolved resolved = resolveClean("regions");
        const auto back = json::deserialize<RunSpec>(json::serialize(resolved.spec), "spec");
        QVERIFY(back.has_value());
        QCOMPARE(json::serialize(*back), json::serialize(resolved.spec));
    }

    // ------------------------------------------------------------------------------------------
    // sys.argv

    void generated_flags_are_those_the_user_did_not_write()
    {
        const Resolved resolved
            = m_job.parallel("    mini_batch_size: 3\n", "--mine 1 --error_threshold=2");
        const ParallelSettings& p = step(resolved, "p").parallel;
        QCOMPARE(p.programArguments, (Names { "--mine", "1", "--error_threshold=2" }));
        QCOMPARE(p.errorThreshold, std::int64_t { 2 });
        QCOMPARE(argument(p.generatedArguments, "error_threshold"), std::string());
        QCOMPARE(argument(p.generatedArguments, "allowed_failed_count"), std::string("-1"));
        QCOMPARE(argument(p.generatedArguments, "allowed_failed_percent"), std::string("100"));
        QCOMPARE(argument(p.generatedArguments, "logging_level"), std::string("INFO"));
        QCOMPARE(argument(p.generatedArguments, "mini_batch_size"), std::string("3"));
        QCOMPARE(argument(p.generatedArguments, "run_invocation_timeout"), std::string("60"));
        QCOMPARE(argument(p.generatedArguments, "output_action"), std::string("append_row"));
        QCOMPARE(argument(p.generatedArguments, "append_row_file_name"), std::string("out"));
        QCOMPARE(
            argument(p.generatedArguments, "output_uri_file"), m_job.path("run/outputs/p/out/out"));
        QCOMPARE(argument(p.generatedArguments, "input_asset_main"), m_job.path("data"));
        QVERIFY(!argument(p.generatedArguments, "process_count_per_node").empty());
    }

    void a_generated_flag_never_falls_into_an_option_of_the_script()
    {
        m_job.write("src/own.py",
            "import "
            "argparse\np.add_argument('--output_uri_file_name')\np.add_argument('--logging_level')"
            "\ndef run(b): pass\n");
        const Resolved resolved = m_job.resolve(
            test::ResolvedJob::parallelYaml(""), { "jobs.p.task.entry_script=own.py" });
        const ParallelSettings& p = step(resolved, "p").parallel;
        QCOMPARE(argument(p.generatedArguments, "output_uri_file"),
            std::string()); // would be read as its abbreviation
        QCOMPARE(argument(p.generatedArguments, "logging_level"),
            std::string("INFO")); // an option of that very name gets it
    }

    void a_script_that_defines_a_name_of_the_runner_is_told()
    {
        m_job.write("src/own.py", "p.add_argument('--error_threshold')\ndef run(b): pass\n");
        const Resolved resolved = m_job.resolve(
            test::ResolvedJob::parallelYaml(""), { "jobs.p.task.entry_script=own.py" });
        QCOMPARE(words(resolved), std::string("Warning reserved-argument jobs.p.task.entry_script\n"));
    }

    void flags_win_over_fields()
    {
        const Resolved resolved = m_job.parallel(
            "    max_concurrency_per_instance: 2\n    retry_settings: {timeout: 10}\n",
            "--process_count_per_node 5 --run_invocation_timeout 20 --run_max_try 1 "
            "--logging_level debug "
            "--allowed_failed_count 3 --progress_update_timeout 700 --profiling_module cprofile");
        const ParallelSettings& p = step(resolved, "p").parallel;
        QCOMPARE(words(resolved), std::string());
        QCOMPARE(p.maxConcurrencyPerInstance, 5);
        QCOMPARE(p.timeoutSeconds, 20.0);
        QCOMPARE(p.maxRetries, 0);
        QCOMPARE(p.loggingLevel, std::string("DEBUG"));
        QCOMPARE(p.miniBatchErrorThreshold, std::int64_t { 3 });
        QCOMPARE(p.progressUpdateTimeoutSeconds, 700.0);
        QCOMPARE(p.profilingModule, std::string("cProfile"));
    }

    void a_misspelt_flag_stays_in_the_arguments_and_is_told()
    {
        const Resolved resolved = m_job.parallel("", "--resource_monitor_interva 20");
        QCOMPARE(words(resolved),
            std::string("Warning misspelt-flag "
                        "jobs.p.task.program_arguments.--resource_monitor_interva\n"));
        QCOMPARE(resolved.diagnostics.front().where.line, 16);
        QCOMPARE(resolved.diagnostics.front().where.column, 26);
        QCOMPARE(step(resolved, "p").parallel.programArguments,
            (Names { "--resource_monitor_interva", "20" }));
        QCOMPARE(step(resolved, "p").parallel.resourceMonitorIntervalSeconds, 600.0);
    }

    void arguments_keep_values_with_blanks_whole()
    {
        m_job.write("my data/a.txt", "a");
        const Resolved resolved = m_job.resolve(
            "type: pipeline\njobs:\n  p:\n    type: parallel\n    inputs:\n"
            "      main: {type: uri_folder, path: ./my data}\n      title: \"it's so\"\n"
            "      more: --a 1 --b 2\n"
            "    input_data: ${{inputs.main}}\n    task:\n      type: run_function\n      code: "
            "src\n"
            "      entry_script: run.py\n      environment: azureml:x:1\n"
            "      program_arguments: --in ${{inputs.main}}/a.txt --t=${{inputs.title}} \"q "
            "${{inputs.title}}\" ${{inputs.more}}\n");
        QCOMPARE(words(resolved), std::string());
        QCOMPARE(step(resolved, "p").parallel.programArguments,
            (Names { "--in", m_job.path("my data/a.txt"), "--t=it's so", "q it's so", "--a", "1",
                "--b", "2" }));
        QVERIFY(hasErrors(m_job.parallel("", "--a \"open").diagnostics));
    }

    // ------------------------------------------------------------------------------------------
    // commands

    void paths_in_a_command_are_quoted_where_the_text_does_not()
    {
        m_job.write("my $data/a.txt", "a");
        const Resolved resolved = m_job.resolve("type: pipeline\njobs:\n  c:\n" + kEnvironment
            + "    inputs: {d: {type: uri_folder, path: './my $data'}, words: a b}\n"
              "    command: cat ${{inputs.d}}/a.txt \"${{inputs.d}}\" '${{inputs.d}}' "
              "${{inputs.words}}\n");
        QCOMPARE(words(resolved), std::string());
        const std::string d = m_job.path("my $data");
        const std::string escaped = m_job.path("my \\$data");
        QCOMPARE(step(resolved, "c").command.command,
            "cat '" + d + "'/a.txt \"" + escaped + "\" '" + d + "' a b");
    }

    void an_optional_input_may_only_stand_in_its_brackets()
    {
        m_job.write("c.yml",
            "type: command\nenvironment: azureml:x:1\ninputs: {n: {type: integer, optional: "
            "true}}\n"
            "command: run ${{inputs.n}} $[[--n ${{inputs.n}}]]\n");
        const std::string yaml = "type: pipeline\njobs:\n  c:\n    component: ./c.yml\n";
        QCOMPARE(words(m_job.resolve(yaml)), std::string("Error optional-bare jobs.c.command\n"));
        const Resolved given = m_job.resolve(yaml + "    inputs: {n: 4}\n");
        QCOMPARE(words(given), std::string());
        QCOMPARE(step(given, "c").command.command, std::string("run 4 --n 4"));
    }

    // ------------------------------------------------------------------------------------------
    // expressions

    void a_reference_that_names_nothing_is_an_error_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("finding");
        const auto row
            = [](const char* line, const char* finding) { QTest::newRow(line) << line << finding; };
        row("inputs: {x: '${{parent.inputs.none}}'}", "unknown-reference jobs.c.inputs.x");
        row("inputs: {x: '${{parent.jobs.none.outputs.y}}'}", "unknown-reference jobs.c.inputs.x");
        row("inputs: {x: '${{parent.jobs.c.outputs.none}}'}", "unknown-reference jobs.c.inputs.x");
        row("inputs: {x: '${{parent.jobs.c.inputs.none}}'}", "unknown-reference jobs.c.inputs.x");
        row("inputs: {x: '${{jobs.c.outputs.y}}'}", "unknown-reference jobs.c.inputs.x");
        row("inputs: {x: {path: '${{parent.nothing}}'}}", "unknown-reference jobs.c.inputs.x.path");
        row("inputs: {x: 'a ${{inputs'}", "unknown-reference jobs.c.inputs.x");
        row("outputs: {x: '${{parent.outputs.none}}'}", "unknown-reference jobs.c.outputs.x");
        row("outputs: {x: somewhere}", "unknown-reference jobs.c.outputs.x");
        row("environment_variables: {A: '${{parent.inputs.none}}'}",
            "unknown-reference jobs.c.environment_variables.A");
        row("compute: ${{parent.inputs.none}}", "unknown-reference jobs.c.compute");
    }
    void a_reference_that_names_nothing_is_an_error()
    {
        QFETCH(QString, line);
        QFETCH(QString, finding);
        const Resolved resolved = m_job.resolve("type: pipeline\njobs:\n  c:\n    command: ls\n"
            + kEnvironment + "    " + line.toStdString() + "\n");
        QCOMPARE(QString::fromStdString(words(resolved)), "Error " + finding + "\n");
        QVERIFY(resolved.diagnostics.front().where.line == 6);
        QVERIFY(!resolved.diagnostics.front().fix.empty());
    }

    void a_name_near_to_another_is_proposed()
    {
        const Resolved resolved = m_job.resolve("type: pipeline\ninputs: {threshold: 3}\njobs:\n  "
                                                "c:\n    command: ls ${{inputs.treshold}}\n"
            + kEnvironment + "    inputs: {threshold: '${{parent.inputs.threshhold}}'}\n");
        QCOMPARE(resolved.diagnostics.size(), std::size_t { 2 });
        for (const auto& d : resolved.diagnostics) {
            QVERIFY2(
                d.message.find("did you mean 'threshold'") != std::string::npos, d.message.c_str());
        }
    }

    void a_field_given_by_a_pipeline_input_is_checked_like_any_other()
    {
        const std::string head = "type: pipeline\ninputs: {nodes: 0, size: many}\n";
        std::string yaml = test::ResolvedJob::parallelYaml(
            "    resources: {instance_count: '${{parent.inputs.nodes}}'}\n    mini_batch_size: "
            "${{parent.inputs.size}}\n");
        yaml.replace(0, std::string("type: pipeline\n").size(), head);
        QCOMPARE(words(m_job.resolve(yaml)),
            std::string("Error out-of-range jobs.p.resources.instance_count\nError wrong-type "
                        "jobs.p.mini_batch_size\n"));
        QCOMPARE(words(m_job.resolve(yaml, { "inputs.nodes=2", "inputs.size=10" })), std::string());
    }

    void values_are_checked_against_what_the_component_declares()
    {
        m_job.write("c.yml",
            "type: command\nenvironment: azureml:x:1\ncommand: ls\ninputs:\n  n: {type: integer, "
            "min: 1, max: 5}\n"
            "  w: {type: string, enum: [red, green]}\n  b: {type: boolean, default: true}\n  d: "
            "{type: uri_folder}\n");
        const std::string yaml
            = "type: pipeline\njobs:\n  c:\n    component: ./c.yml\n    inputs: ";
        QCOMPARE(words(m_job.resolve(yaml + "{n: 3, w: red, d: ./data}\n")), std::string());
        QCOMPARE(
            words(m_job.resolve(yaml + "{n: 9, w: blue, b: maybe, d: {path: ./data}, x: 1}\n")),
            std::string("Error out-of-range jobs.c.inputs.n\nError unknown-word "
                        "jobs.c.inputs.w\nError wrong-type jobs.c.inputs.b\n"
                        "Warning unknown-input jobs.c.inputs.x\n"));
        QCOMPARE(words(m_job.resolve(yaml + "{n: three, w: red}\n")),
            std::string("Error missing-input jobs.c.inputs.d\nError wrong-type jobs.c.inputs.n\n"));
        QCOMPARE(words(m_job.resolve(yaml + "{n: {path: ./data}, w: red, d: ./data}\n")),
            std::string("Error type-mismatch jobs.c.inputs.n.path\n"));
    }

    void types_of_values_are_those_of_their_text()
    {
        const Resolved resolved
            = m_job.resolve("type: pipeline\njobs:\n  c:\n    command: ls\n" + kEnvironment
                + "    inputs: {i: 3, n: 1.5, b: true, s: word, q: '3', o: {type: integer, "
                  "default: 7}}\n");
        QCOMPARE(words(resolved), std::string());
        const StepSpec& c = step(resolved, "c");
        QCOMPARE(c.input("i")->type, DataType::Integer);
        QCOMPARE(c.input("n")->type, DataType::Number);
        QCOMPARE(c.input("b")->type, DataType::Boolean);
        QCOMPARE(c.input("s")->type, DataType::String);
        QCOMPARE(c.input("q")->type, DataType::String);
        QCOMPARE(c.input("o")->value, std::string("7"));
    }

    // ------------------------------------------------------------------------------------------
    // order

    void steps_come_in_the_order_of_their_bindings()
    {
        const Resolved resolved = m_job.resolve("type: pipeline\njobs:\n"
                                                "  last:\n    command: cat ${{inputs.x}}\n"
            + kEnvironment
            + "    inputs: {x: '${{parent.jobs.first.outputs.o}}'}\n"
              "  first:\n    command: ls > ${{outputs.o}}\n"
            + kEnvironment + "    outputs: {o: }\n");
        QCOMPARE(words(resolved), std::string());
        QCOMPARE(resolved.spec.steps.front().name, std::string("first"));
    }

    void a_cycle_is_an_error_that_names_it()
    {
        const Resolved resolved = m_job.resolve("type: pipeline\njobs:\n"
                                                "  a:\n    command: ls\n"
            + kEnvironment
            + "    inputs: {x: '${{parent.jobs.b.outputs.o}}'}\n    outputs: {o: }\n"
              "  b:\n    command: ls\n"
            + kEnvironment
            + "    inputs: {x: '${{parent.jobs.a.outputs.o}}'}\n    outputs: {o: }\n");
        QCOMPARE(words(resolved), std::string("Error cycle jobs.a\n"));
        QVERIFY(resolved.diagnostics.front().message.find("a → b → a") != std::string::npos);
        QCOMPARE(resolved.spec.steps.size(), std::size_t { 2 });
    }

    void inputs_that_stand_for_each_other_do_not_hang()
    {
        const Resolved resolved = m_job.resolve("type: pipeline\njobs:\n"
                                                "  a:\n    command: ls\n"
            + kEnvironment
            + "    inputs: {x: '${{parent.jobs.b.inputs.x}}'}\n"
              "  b:\n    command: ls\n"
            + kEnvironment + "    inputs: {x: '${{parent.jobs.a.inputs.x}}'}\n");
        QCOMPARE(words(resolved), std::string("Error cycle jobs.a.inputs.x\n"));
    }

    void steps_that_cannot_run_are_kept_for_the_picture()
    {
        const Resolved resolved = m_job.resolve("type: pipeline\njobs:\n"
                                                "  tune:\n    type: sweep\n    outputs: {best: }\n"
                                                "  use:\n    command: cat ${{inputs.m}}\n"
            + kEnvironment + "    inputs: {m: '${{parent.jobs.tune.outputs.best}}'}\n");
        QCOMPARE(words(resolved), std::string("Error step-type-not-supported jobs.tune.type\n"));
        QCOMPARE(step(resolved, "use").dependsOn, (Names { "tune" }));
        QCOMPARE(resolved.spec.steps.size(), std::size_t { 2 });
    }

    // ------------------------------------------------------------------------------------------
    // outputs

    void outputs_lie_where_the_step_and_name_say()
    {
        const Resolved resolved
            = m_job.resolve("type: pipeline\noutputs: {whole: {type: uri_folder}, file: {type: "
                            "uri_file, path: ./made/here.csv}}\n"
                            "jobs:\n  c:\n    command: ls\n"
                + kEnvironment
                + "    outputs:\n      folder:\n      one: {type: uri_file}\n      bound: "
                  "${{parent.outputs.whole}}\n"
                  "      alike: {path: '${{parent.outputs.file}}', mode: upload}\n      mine: "
                  "{path: ./mine}\n"
                  "      named: {type: uri_file, path: "
                  "'azureml://datastores/${{default_datastore}}/paths/${{name}}/rows.csv'}\n"
                  "      artifacts:\n      kept: {name: asset, version: 2}\n");
        QCOMPARE(words(resolved), std::string("Note output-elsewhere jobs.c.outputs.named.path\n"));
        const std::string run = m_job.path("run");
        std::map<std::string, std::string> paths;
        for (const auto& output : step(resolved, "c").outputs) {
            paths[output.name] = output.path;
        }
        QCOMPARE(paths["folder"], run + "/outputs/c/folder");
        QCOMPARE(paths["one"], run + "/outputs/c/one/one");
        QCOMPARE(paths["bound"], run + "/outputs/whole");
        QCOMPARE(paths["alike"], m_job.path("made/here.csv"));
        QCOMPARE(paths["mine"], m_job.path("mine"));
        QCOMPARE(paths["named"], run + "/outputs/c/named/rows.csv");
        QCOMPARE(paths["artifacts"], run + "/steps/c/code");
        QCOMPARE(step(resolved, "c").outputs.back().assetName, std::string("asset"));
        QCOMPARE(step(resolved, "c").outputs[3].type, DataType::UriFile);
        QCOMPARE(resolved.spec.outputs.size(), std::size_t { 2 });
    }

    void a_pipeline_output_with_the_name_of_a_step_keeps_out_of_its_way()
    {
        const Resolved resolved
            = m_job.resolve("type: pipeline\noutputs: {c: }\njobs:\n  c:\n    command: ls\n"
                + kEnvironment + "    outputs: {x: '${{parent.outputs.c}}', y: }\n");
        QCOMPARE(words(resolved), std::string());
        QCOMPARE(step(resolved, "c").outputs[0].path, m_job.path("run/outputs/c_output"));
    }

    void two_outputs_never_share_a_place()
    {
        const Resolved resolved = m_job.resolve(
            "type: pipeline\noutputs: {o: , idle: }\njobs:\n  c:\n    command: ls\n" + kEnvironment
            + "    outputs: {x: '${{parent.outputs.o}}', y: '${{parent.outputs.o}}'}\n");
        QCOMPARE(words(resolved),
            std::string(
                "Warning unused-output outputs.idle\nError output-twice jobs.c.outputs.y\n"));
    }

    void rows_go_into_the_file_or_into_a_file_of_the_folder()
    {
        const auto file = [&](const std::string& output, const std::string& arguments) {
            std::string yaml = test::ResolvedJob::parallelYaml("", arguments);
            yaml.replace(yaml.find("{type: uri_file}"), 16, output);
            const Resolved resolved = m_job.resolve(yaml);
            return words(resolved) + step(resolved, "p").parallel.appendRowFile;
        };
        QCOMPARE(
            file("{type: uri_folder}", ""), m_job.path("run/outputs/p/out/parallel_run_step.txt"));
        QCOMPARE(file("{type: uri_folder}", "--append_row_file_name my.csv"),
            m_job.path("run/outputs/p/out/my.csv"));
        QCOMPARE(file("{type: uri_file}", ""), m_job.path("run/outputs/p/out/out"));
        QVERIFY(
            file("{type: uri_folder}", "--append_row_file_name a/b").starts_with("Error bad-name"));
    }

    // ------------------------------------------------------------------------------------------
    // data

    void data_that_are_not_there_are_named_with_their_path()
    {
        const Resolved resolved = m_job.parallel("", "", "{type: uri_folder, path: ./none}");
        QCOMPARE(words(resolved), std::string("Error input-missing jobs.p.inputs.main.path\n"));
        QVERIFY(resolved.diagnostics.front().message.find(m_job.path("none")) != std::string::npos);
        const std::string yaml
            = test::ResolvedJob::parallelYaml("", "", "{type: uri_folder, path: ./none}");
        QCOMPARE(words(m_job.resolve(yaml, { "jobs.p.inputs.main.path=./data" })), std::string());
        QCOMPARE(words(m_job.resolve(yaml, {}, false)), std::string());
    }

    void data_in_the_cloud_are_refused_with_a_way_out_data()
    {
        QTest::addColumn<QString>("path");
        for (const char* path :
            { "azureml:sales:1", "azureml:sales@latest", "azureml://datastores/d/paths/p",
                "https://x.org/a.csv", "wasbs://c@a.b/p", "abfss://c@a.b/p",
                "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/d/paths/p" }) {
            QTest::newRow(path) << path;
        }
    }
    void data_in_the_cloud_are_refused_with_a_way_out()
    {
        QFETCH(QString, path);
        const Resolved resolved
            = m_job.parallel("", "", "{type: uri_folder, path: '" + path.toStdString() + "'}");
        QCOMPARE(words(resolved), std::string("Error cloud-data jobs.p.inputs.main.path\n"));
        QVERIFY(resolved.diagnostics.front().message.find(path.toStdString()) != std::string::npos);
        QVERIFY(resolved.diagnostics.front().fix.find("--set jobs.p.inputs.main.path=")
            != std::string::npos);
    }

    void local_paths_in_every_form()
    {
        for (const std::string& path : { std::string("data"), std::string("./data/"),
                 std::string("../")
                     + std::filesystem::path(m_job.path("")).parent_path().filename().string()
                     + "/data",
                 m_job.path("data"), std::string("file:./data"), "file://" + m_job.path("data") }) {
            const Resolved resolved
                = m_job.parallel("", "", "{type: uri_folder, path: '" + path + "'}");
            QCOMPARE(words(resolved), std::string());
            QCOMPARE(step(resolved, "p").input("main")->value, m_job.path("data"));
        }
        QCOMPARE(words(m_job.parallel("", "", "{type: uri_folder, path: 'C:\\data'}")),
            std::string("Error windows-path jobs.p.inputs.main.path\n"));
    }

    void pipeline_data_that_nobody_uses_are_only_a_warning()
    {
        const Resolved resolved
            = m_job.resolve("type: pipeline\ninputs: {x: {path: ./none}, y: {path: "
                            "'azureml:a:1'}}\njobs:\n  c:\n    command: ls\n"
                + kEnvironment);
        QCOMPARE(words(resolved),
            std::string("Warning input-missing inputs.x.path\nWarning cloud-data inputs.y.path\n"));
    }

    // ------------------------------------------------------------------------------------------
    // rules of the parallel step

    void what_cannot_be_split_is_refused()
    {
        m_job.write("rows.jsonl", "{}\n");
        QCOMPARE(words(m_job.parallel("", "", "{type: uri_file, path: ./data/a.txt}")),
            std::string("Error uri-file-input jobs.p.input_data\n"));
        QCOMPARE(words(m_job.parallel("", "", "12")),
            std::string("Error type-mismatch jobs.p.input_data\n"));
        const Resolved rows = m_job.parallel("",
            "--amlbi_pf_enabled True --amlbi_pf_run_mode component --amlbi_file_format jsonl "
            "--amlbi_mini_batch_rows 4",
            "{type: uri_file, path: ./rows.jsonl}");
        QCOMPARE(words(rows), std::string());
        QVERIFY(step(rows, "p").parallel.jsonLines);
        QCOMPARE(step(rows, "p").parallel.jsonLinesRows, std::int64_t { 4 });
    }

    void sizes_fit_files_or_tables()
    {
        const std::string table = "{type: mltable, path: ./table, mode: direct}";
        QCOMPARE(words(m_job.parallel("    mini_batch_size: 10kb\n")),
            std::string("Error size-of-files jobs.p.mini_batch_size\n"));
        QCOMPARE(words(m_job.parallel("    mini_batch_size: 100 kb\n", "", table)), std::string());
        QCOMPARE(words(m_job.parallel("    mini_batch_size: 10\n", "", table)),
            std::string("Warning tiny-size jobs.p.mini_batch_size\n"));
        QCOMPARE(argument(step(m_job.parallel("", "", table), "p").parallel.generatedArguments,
                     "mini_batch_size"),
            std::string("1048576"));
        QCOMPARE(
            argument(step(m_job.parallel(""), "p").parallel.generatedArguments, "mini_batch_size"),
            std::string("1"));
    }

    void partition_keys_need_a_table_with_these_columns()
    {
        const std::string table = "{type: mltable, path: ./parts, mode: direct}";
        m_job.write("parts/MLTable",
            "paths: [{pattern: './**/*.csv'}]\ntransformations:\n  - "
            "extract_columns_from_partition_format: '{Store}/{file}.csv'\n");
        m_job.write("parts/a/x.csv", "1\n");
        QCOMPARE(words(m_job.parallel("    partition_keys: [Store]\n", "", table)), std::string());
        QCOMPARE(words(m_job.parallel("    partition_keys: [Stor]\n", "", table)),
            std::string("Error unknown-partition-key jobs.p.partition_keys\n"));
        QCOMPARE(words(m_job.parallel("    partition_keys: [Store]\n")),
            std::string("Error keys-need-table jobs.p.partition_keys\n"));
        QCOMPARE(words(m_job.parallel(
                     "    partition_keys: [x]\n", "", "{type: mltable, path: ./table, mode: direct}")),
            std::string("Error keys-need-format jobs.p.partition_keys\n"));
        QCOMPARE(words(m_job.parallel("    partition_keys: Store\n", "", table)),
            std::string("Error wrong-type jobs.p.partition_keys\n"));
    }

    void an_input_without_a_file_is_told_before_the_run()
    {
        std::filesystem::create_directories(m_job.path("empty/in/side"));
        QCOMPARE(words(m_job.parallel("", "", "{type: uri_folder, path: ./empty}")),
            std::string("Error input-empty jobs.p.input_data\n"));
        m_job.write("empty/in/side/.x", "");
        QCOMPARE(words(m_job.parallel("", "", "{type: uri_folder, path: ./empty}")), std::string());
        m_job.write("hollow/MLTable", "paths: [{pattern: './*.csv'}, {pattern: './a/*'}]\n");
        QCOMPARE(words(m_job.parallel("", "", "{type: mltable, path: ./hollow}")),
            std::string("Error input-empty jobs.p.input_data\n"));
        m_job.write("hollow/x.csv", "");
        QCOMPARE(words(m_job.parallel("", "", "{type: mltable, path: ./hollow}")), std::string());
    }

    void an_empty_folder_that_a_step_fills_is_good()
    {
        std::filesystem::create_directories(m_job.path("filled"));
        const std::string maker = "  make:\n    command: touch ${{outputs.o}}/a\n    environment: azureml:x:1\n"
                                  "    outputs:\n      o: {type: uri_folder, path: ./filled}\n";
        QCOMPARE(words(m_job.parallel(maker, "", "{type: uri_folder, path: ./filled}")), std::string());
    }

    void a_table_in_rows_wants_mode_direct()
    {
        const auto told = [&](const std::string& input, const std::string& extra = "") {
            return words(m_job.parallel(extra, "", input));
        };
        const std::string warning = "Warning table-mode jobs.p.inputs.main.mode\n";
        QCOMPARE(told("{type: mltable, path: ./table}"), warning);
        QCOMPARE(told("{type: mltable, path: ./table, mode: ro_mount}"), warning);
        QCOMPARE(told("{type: mltable, path: ./table, mode: direct}"), std::string());
        m_job.write("list/MLTable", "paths: [{file: ./a.csv}]\n");
        m_job.write("list/a.csv", "x\n");
        QCOMPARE(told("{type: mltable, path: ./list}"), std::string()); // a list of files may be mounted
    }

    void a_path_that_is_not_there_names_its_neighbour()
    {
        m_job.write("src/other.py", "def run(b): pass\n");
        const auto message = [&](const std::string& set) {
            const Resolved resolved = m_job.resolve(test::ResolvedJob::parallelYaml(""), { set });
            return resolved.diagnostics.empty() ? std::string() : resolved.diagnostics.front().message;
        };
        const auto means = [&](const std::string& set, const std::string& near) {
            return message(set).find("(did you mean '" + near + "'?)") != std::string::npos;
        };
        QVERIFY(means("jobs.p.task.entry_script=othr.py", "other.py"));
        QVERIFY(means("jobs.p.task.code=./scr", "./src"));
        QVERIFY(means("jobs.p.inputs.main.path=file:./dta/a.text", "file:./data/a.txt"));
        QVERIFY(!means("jobs.p.task.code=./elsewhere", "./src"));
    }

    void findings_of_an_mltable_are_part_of_the_job()
    {
        m_job.write(
            "bad/MLTable", "paths: [{file: './a.csv'}]\ntransformations: [reed_delimited]\n");
        QCOMPARE(words(m_job.parallel("", "", "{type: mltable, path: ./bad}")),
            std::string("Error input-missing paths\nError unknown-transformation transformations.0\n"));
        m_job.write("bad/a.csv", "x\n");
        const Resolved resolved = m_job.parallel("", "", "{type: mltable, path: ./bad}");
        QCOMPARE(words(resolved), std::string("Error unknown-transformation transformations.0\n"));
        QCOMPARE(resolved.diagnostics.front().file, m_job.path("bad/MLTable"));
        QCOMPARE(words(m_job.parallel("", "", "{type: mltable, path: ./data}")),
            std::string("Error no-mltable \n"));
        QCOMPARE(words(m_job.parallel("", "", "{type: mltable, path: ./table/MLTable}")),
            std::string("Error wrong-kind jobs.p.inputs.main.path\n"));
    }

    void what_a_parallel_step_needs_is_asked_for()
    {
        const Resolved resolved
            = m_job.resolve("type: pipeline\njobs:\n  p:\n    type: parallel\n");
        QCOMPARE(words(resolved),
            std::string("Error missing-field jobs.p.input_data\nError missing-field "
                        "jobs.p.task.code\nError missing-field jobs.p.task.entry_script\n"
                        "Error missing-field jobs.p.task.type\nWarning missing-environment "
                        "jobs.p.task.environment\n"));
    }

    void scripts_are_looked_for_before_the_run()
    {
        m_job.write("src/pkg/main.py", "def run(b): pass\n");
        m_job.write("src/empty.py", "print(1)\n");
        m_job.write("src/other.py", "from lib import run\n");
        const auto script = [&](const std::string& name) {
            return words(m_job.resolve(
                test::ResolvedJob::parallelYaml(""), { "jobs.p.task.entry_script=" + name }));
        };
        QCOMPARE(script("pkg.main"), std::string());
        QCOMPARE(script("pkg/main.py"), std::string());
        QCOMPARE(script("other.py"), std::string());
        QCOMPARE(script("none.py"), std::string("Error script-missing jobs.p.task.entry_script\n"));
        QCOMPARE(
            script("empty.py"), std::string("Warning no-run-function jobs.p.task.entry_script\n"));
        const auto code = [&](const std::string& path) {
            return words(
                m_job.resolve(test::ResolvedJob::parallelYaml(""), { "jobs.p.task.code=" + path }));
        };
        QCOMPARE(code("./none"), std::string("Error code-missing jobs.p.task.code\n"));
        QCOMPARE(code("./src/run.py"), std::string());
        QCOMPARE(code("azureml:code:1"), std::string("Error cloud-data jobs.p.task.code\n"));
        QCOMPARE(code("git@host:x/y.git"), std::string("Error git-code jobs.p.task.code\n"));
    }

    void node_counts()
    {
        const Resolved minus = m_job.parallel("    resources: {instance_count: -1}\n");
        QCOMPARE(
            words(minus), std::string("Note instance-count jobs.p.resources.instance_count\n"));
        QCOMPARE(step(minus, "p").instanceCount, 1);
        QCOMPARE(step(m_job.parallel("    instance_count: 3\n"), "p").instanceCount, 3);
        QCOMPARE(words(m_job.parallel("    resources: {instance_count: 0}\n")),
            std::string("Error out-of-range jobs.p.resources.instance_count\n"));
        const Resolved command = m_job.resolve("type: pipeline\njobs:\n  c:\n    command: ls\n"
            + kEnvironment + "    resources: {instance_count: 4}\n");
        QCOMPARE(words(command),
            std::string("Warning instance-count jobs.c.resources.instance_count\n"));
        QCOMPARE(command.spec.nodeCount(), 1);
    }

    void an_unknown_compute_is_noted_once()
    {
        const Resolved resolved = m_job.resolve("type: pipeline\nsettings: {default_compute: "
                                                "azureml:cpu}\njobs:\n  a:\n    command: ls\n"
            + kEnvironment + "  b:\n    command: ls\n" + kEnvironment
            + "  c:\n    command: ls\n    compute: serverless\n" + kEnvironment);
        QCOMPARE(words(resolved), std::string());
        QCOMPARE(resolved.spec.notes.size(), std::size_t { 2 });
        QVERIFY(resolved.spec.notes.front().find("azureml:cpu") != std::string::npos);
        QCOMPARE(step(resolved, "c").compute, std::string("serverless"));
    }

    void defaults_are_those_of_the_service()
    {
        const Resolved resolved
            = m_job.resolve("type: pipeline\njobs:\n  c:\n    command: ls\n" + kEnvironment);
        QVERIFY(resolved.spec.continueOnStepFailure);
        const ParallelSettings& p = step(m_job.parallel(""), "p").parallel;
        QCOMPARE(p.miniBatchSize, std::int64_t { 0 });
        QCOMPARE(p.maxRetries, 2);
        QCOMPARE(p.timeoutSeconds, 60.0);
        QCOMPARE(p.progressUpdateTimeoutSeconds, 1320.0);
        QCOMPARE(p.errorThreshold, std::int64_t { -1 });
        QCOMPARE(p.maxConcurrencyPerInstance, 0);
        QVERIFY(!p.keepDirectoriesApart);
    }

    void findings_come_in_the_order_of_files_and_lines()
    {
        m_job.write("c.yml", "type: command\ncolour: red\ncommand: ls\nenvironment: azureml:x:1\n");
        const Resolved resolved
            = m_job.resolve("type: pipeline\nx1: 1\njobs:\n  a:\n    component: ./c.yml\n    y1: "
                            "1\n  b:\n    component: ./c.yml\n    z1: 1\n");
        QCOMPARE(words(resolved),
            std::string("Warning unknown-key x1\nWarning unknown-key jobs.a.y1\nWarning "
                        "unknown-key jobs.b.z1\nWarning unknown-key colour\n"));
        for (const auto& d : resolved.diagnostics) {
            QVERIFY(d.where.line > 0 && d.where.column > 0
                && std::filesystem::path(d.file).is_absolute());
        }
    }

    void a_broken_file_gives_one_error_and_the_steps_before_it()
    {
        const Resolved resolved
            = m_job.resolve(test::ResolvedJob::parallelYaml("  next:\n\tcommand: ls\n"));
        QCOMPARE(words(resolved), std::string("Error yaml-tab \n"));
        QCOMPARE(resolved.spec.steps.front().name, std::string("p"));
    }
};

SHEAF_TEST(tst_resolver)
#include "tst_resolver.moc"
