// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/edit/pipeline_edit.h"
#include "core/edit/yaml_layout.h"
#include "core/spec/expression.h"
#include "tests/support/result_macros.h"
#include "tests/support/test_runner.h"

#include <algorithm>
#include <filesystem>

/// Whole texts are compared: a failure shows the one that is.
#define COMPARE_TEXT(actual, expected)                                                                                                         \
    do {                                                                                                                                       \
        const std::string actualText = (actual);                                                                                               \
        const std::string expectedText = (expected);                                                                                           \
        QVERIFY2(actualText == expectedText, ("\n--- is:\n" + actualText + "\n--- should be:\n" + expectedText).c_str());                      \
    } while (false)

using namespace sheaf;
using namespace sheaf::spec;
using namespace sheaf::edit;

namespace {

using Kind = PortRef::Kind;

PortRef in(const std::string& step, const std::string& name)
{
    return { Kind::StepInput, step, name };
}
PortRef out(const std::string& step, const std::string& name)
{
    return { Kind::StepOutput, step, name };
}
PortRef source(const std::string& name)
{
    return { Kind::PipelineInput, "", name };
}
PortRef sink(const std::string& name)
{
    return { Kind::PipelineOutput, "", name };
}

/// The new text, or "refused: …".
std::string shown(const Result<std::string>& result)
{
    return result ? *result : "refused: " + errorSentence(result.error());
}

std::string replacedAll(std::string text, const std::string& from, const std::string& to)
{
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

YamlNode tree(const std::string& text)
{
    return parseYaml(SourceText("job.yml", text)).root;
}

std::vector<std::string> stepsOf(const std::string& text)
{
    std::vector<std::string> names;
    const YamlNode root = tree(text);
    for (const auto& entry : root.find("jobs")->entries) {
        names.push_back(entry.key);
    }
    return names;
}

/// The tree without what names the step.
void withoutBindingsTo(YamlNode& node, const std::string& step)
{
    const auto names = [&](const YamlNode& value) {
        const auto all = findExpressions(value.text);
        return std::any_of(all.begin(), all.end(), [&](const Expression& one) { return one.is({ "parent", "jobs", step }, 5); });
    };
    std::erase_if(node.entries, [&](const YamlEntry& entry) { return entry.value.isScalar() && names(entry.value); });
    for (auto& entry : node.entries) {
        withoutBindingsTo(entry.value, step);
    }
}

const std::string kJob = "type: pipeline\n"
                         "\n"
                         "inputs:\n"
                         "  table:\n"
                         "    type: uri_folder\n"
                         "    path: ./data # the table\n"
                         "  rate: 0.5\n"
                         "\n"
                         "outputs:\n"
                         "  model:\n"
                         "    type: uri_folder\n"
                         "  report:\n"
                         "\n"
                         "jobs:\n"
                         "  # one piece each\n"
                         "  clean:\n"
                         "    type: parallel\n"
                         "    inputs:\n"
                         "      rows:\n"
                         "        type: uri_folder\n"
                         "        path: ${{parent.inputs.table}}\n"
                         "        mode: direct # as it lies\n"
                         "    outputs:\n"
                         "      rows:\n"
                         "    input_data: ${{inputs.rows}}\n"
                         "    mini_batch_size: \"10\"\n"
                         "\n"
                         "  # fits\n"
                         "  train:\n"
                         "    type: command\n"
                         "    inputs:\n"
                         "      rows: ${{parent.jobs.clean.outputs.rows}}\n"
                         "      rate: ${{parent.inputs.rate}}\n"
                         "    outputs:\n"
                         "      model: ${{ parent.outputs.model }}\n"
                         "    command: |\n"
                         "      # not ${{parent.jobs.clean}}\n"
                         "\n"
                         "      fit ${{inputs.rows}}\n"
                         "\n"
                         "  report:\n"
                         "    type: command\n"
                         "    inputs:\n"
                         "      model:\n"
                         "        type: uri_folder\n"
                         "        path: \"${{parent.jobs.train.outputs.model}}\"\n"
                         "      title: about ${{ parent.jobs.train.outputs.model }} # and ${{parent.jobs.train.outputs.model}}\n"
                         "    outputs:\n"
                         "      page:\n"
                         "        type: uri_file\n"
                         "        mode: upload\n"
                         "    command: show ${{inputs.model}}\n";

/// kJob with one piece of it other.
std::string jobWith(const std::string& from, const std::string& to)
{
    return replacedAll(kJob, from, to);
}

} // namespace

class tst_pipeline_edit : public QObject
{
    Q_OBJECT

private slots:
    // ---- blocks --------------------------------------------------------------------------------

    void a_block_goes_behind_its_sisters_as_they_are_written()
    {
        const std::string block = "type: command\ncommand: |\n  echo 1\n\n  echo 2\n";
        const std::string at2 = "  new:\n    type: command\n    command: |\n      echo 1\n\n      echo 2\n";
        COMPARE_TEXT(shown(withBlock("type: pipeline\n", { "jobs" }, "new", block)), "type: pipeline\njobs:\n" + at2);
        COMPARE_TEXT(shown(withBlock("type: pipeline\njobs:\n", { "jobs" }, "new", block)), "type: pipeline\njobs:\n" + at2);
        COMPARE_TEXT(shown(withBlock("type: pipeline\njobs: {}\n", { "jobs" }, "new", block)), "type: pipeline\njobs:\n" + at2);
        COMPARE_TEXT(shown(withBlock("type: pipeline\njobs: null # none\nx: 1\n", { "jobs" }, "new", block)), "type: pipeline\njobs: # none\n" + at2 + "x: 1\n");
        COMPARE_TEXT(shown(withBlock("", { "jobs" }, "new", block)), "jobs:\n" + at2);
        COMPARE_TEXT(shown(withBlock("{}", { "jobs" }, "new", "a: 1")), std::string("jobs:\n  new:\n    a: 1"));
        // Blank lines between steps, and none where the sisters have none.
        COMPARE_TEXT(shown(withBlock(kJob, { "jobs" }, "new", block)), kJob + "\n" + at2);
        COMPARE_TEXT(shown(withBlock("jobs:\n  a:\n    type: command\n  b:\n    type: command\n", { "jobs" }, "new", "a: 1\nb: 2")),
            std::string("jobs:\n  a:\n    type: command\n  b:\n    type: command\n  new:\n    a: 1\n    b: 2\n"));
        COMPARE_TEXT(shown(withBlock("x: 1\n\njobs:\n  a:\n    type: command\n\ny:\n  - 1\n", { "jobs" }, "new", "a: 1\nb: 2")),
            std::string("x: 1\n\njobs:\n  a:\n    type: command\n\n  new:\n    a: 1\n    b: 2\n\ny:\n  - 1\n"));
        // What the pipeline takes stands before its jobs.
        COMPARE_TEXT(shown(withBlock("type: pipeline\n\njobs:\n  a:\n    type: command\n", { "inputs" }, "x", "type: uri_file\npath: ./x")),
            std::string("type: pipeline\n\ninputs:\n  x:\n    type: uri_file\n    path: ./x\n\njobs:\n  a:\n    type: command\n"));
    }

    void a_block_keeps_the_ways_of_the_file()
    {
        COMPARE_TEXT(shown(withBlock("jobs:\r\n    a:\r\n        type: command\r\n        # tail\r\n\r\n    b:\r\n        type: command", { "jobs" }, "c", "a: 1\nb:\n  c: 2")),
            std::string("jobs:\r\n    a:\r\n        type: command\r\n        # tail\r\n\r\n    b:\r\n        type: command\r\n\r\n    c:\r\n        a: 1\r\n        b:\r\n          c: 2"));
        COMPARE_TEXT(shown(withBlock("\xEF\xBB\xBFjobs:\n  a:\n    t: 1\n    # a comment\twith a tab\n# end\n", { "jobs" }, "b", "t: 2\nu: 3")),
            std::string("\xEF\xBB\xBFjobs:\n  a:\n    t: 1\n    # a comment\twith a tab\n  b:\n    t: 2\n    u: 3\n# end\n"));
        COMPARE_TEXT(shown(withBlock("jobs: {a: {type: command}}\n", { "jobs" }, "b", "type: command\ncommand: echo ${{inputs.x}}\nlist:\n- 1\n- '2'")),
            std::string("jobs: {a: {type: command}, b: {type: command, command: 'echo ${{inputs.x}}', list: [1, '2']}}\n"));
        COMPARE_TEXT(shown(withBlock("x: &x {a: 1}\njobs:\n  a:\n    <<: *x\n", { "jobs" }, "b", "t: 2")), std::string("x: &x {a: 1}\njobs:\n  a:\n    <<: *x\n  b:\n    t: 2\n"));
        COMPARE_TEXT(shown(withBlock("jobs:\n  a:\n    t: |+\n      x\n\n", { "jobs" }, "b", "t: 2\nu: 1")), std::string("jobs:\n  a:\n    t: |+\n      x\n\n  b:\n    t: 2\n    u: 1\n"));
        COMPARE_TEXT(shown(withBlock("jobs:\n  a:\n    t: 1", { "jobs" }, "b", "c: |\n  x\n")), std::string("jobs:\n  a:\n    t: 1\n  b:\n    c: |\n      x\n"));
        COMPARE_TEXT(shown(withBlock("a: 1\n", {}, "b", "'two' # 2")), std::string("a: 1\nb: 'two' # 2\n"));
        COMPARE_TEXT(shown(withBlock("a: 1\n", {}, "b", "- 1\n- 2")), std::string("a: 1\nb:\n  - 1\n  - 2\n"));
    }

    void a_block_that_does_not_fit_is_refused()
    {
        QVERIFY(shown(withBlock(kJob, { "jobs" }, "train", "a: 1")).find("already") != std::string::npos);
        QVERIFY(shown(withBlock(kJob, { "jobs" }, "new", "a: [")).starts_with("refused: "));
        QVERIFY(shown(withBlock(kJob, { "type" }, "new", "a: 1")).find("only a map") != std::string::npos);
        QVERIFY(shown(withBlock("a: [1\n", { "jobs" }, "new", "a: 1")).find("must be YAML first") != std::string::npos);
        QVERIFY(shown(withBlock("x: &x {a: 1}\njobs: *x\n", { "jobs" }, "new", "a: 1")).find("an alias") != std::string::npos);
        QVERIFY(shown(withBlock(kJob, { "jobs" }, "", "a: 1")).starts_with("refused: "));
    }

    void a_block_of_the_file_can_stand_anywhere()
    {
        COMPARE_TEXT(shown(blockOf(kJob, { "jobs", "clean", "outputs" })), std::string("rows:"));
        COMPARE_TEXT(shown(blockOf(kJob, { "jobs", "train" })).substr(0, 20), std::string("type: command\ninputs"));
        COMPARE_TEXT(shown(blockOf(kJob, { "jobs", "train", "command" })), std::string("|\n  # not ${{parent.jobs.clean}}\n\n  fit ${{inputs.rows}}"));
        COMPARE_TEXT(shown(blockOf("a:\r\n  b: 'x' # y\r\n", { "a" })), std::string("b: 'x' # y"));
        COMPARE_TEXT(shown(blockOf("a:\n- 1\n- 2\n", { "a" })), std::string("- 1\n- 2"));
        COMPARE_TEXT(shown(blockOf("a: {b: [1, 2]}\n", { "a", "b" })), std::string("[1, 2]"));
        // What hangs on an anchor is written out.
        COMPARE_TEXT(shown(blockOf("x: &x {num: '1', t: 'yes'}\na:\n  <<: *x\n  b: *x\n  c: |\n    1\n    2\n", { "a" })),
            std::string("b:\n  num: '1'\n  t: 'yes'\nc: |\n  1\n  2\nnum: '1'\nt: 'yes'"));
        COMPARE_TEXT(shown(blockOf("a: &a\n  b: 1\nc: *a\n", { "a" })), std::string("b: 1"));
        QVERIFY(shown(blockOf(kJob, { "jobs", "nobody" })).find("no such entry") != std::string::npos);
        QVERIFY(shown(blockOf(kJob, {})).starts_with("refused: "));
    }

    void a_value_is_set_or_taken_away()
    {
        COMPARE_TEXT(shown(withValue(kJob, { "inputs", "rate" }, "0.7")), jobWith("rate: 0.5", "rate: 0.7"));
        COMPARE_TEXT(shown(without(kJob, { "inputs", "rate" })), jobWith("  rate: 0.5\n", ""));
        COMPARE_ERROR(without(kJob, { "inputs", "none" }), ErrorCode::Invalid);
    }

    // ---- wires ---------------------------------------------------------------------------------

    void a_wire_sets_the_binding_and_nothing_else()
    {
        COMPARE_TEXT(shown(withWire(kJob, source("table"), in("train", "rows"))), jobWith("rows: ${{parent.jobs.clean.outputs.rows}}", "rows: ${{parent.inputs.table}}"));
        COMPARE_TEXT(shown(withWire(kJob, out("clean", "rows"), in("report", "model"))),
            jobWith("\"${{parent.jobs.train.outputs.model}}\"", "\"${{parent.jobs.clean.outputs.rows}}\""));
        COMPARE_TEXT(shown(withWire(kJob, out("clean", "rows"), in("report", "extra"))),
            jobWith("# and ${{parent.jobs.train.outputs.model}}\n", "# and ${{parent.jobs.train.outputs.model}}\n      extra: ${{parent.jobs.clean.outputs.rows}}\n"));
        // What is so already stays as it is written.
        COMPARE_TEXT(shown(withWire(kJob, out("train", "model"), sink("model"))), kJob);
        QCOMPARE(bindingText(in("a", "b")), std::string("${{parent.jobs.a.inputs.b}}"));
        QCOMPARE(bindingText(sink("b")), std::string("${{parent.outputs.b}}"));
    }

    void a_pipeline_output_has_one_maker()
    {
        // The object of the step's output moves to the pipeline's output.
        const std::string now = shown(withWire(kJob, out("report", "page"), sink("report")));
        QCOMPARE(now,
            replacedAll(jobWith("      page:\n        type: uri_file\n        mode: upload\n", "      page: ${{parent.outputs.report}}\n"), "  report:\n\njobs",
                "  report:\n    type: uri_file\n    mode: upload\n\njobs"));
        // Back: the step's output is of the kind it was.
        COMPARE_TEXT(shown(withoutWire(now, out("report", "page"), sink("report"))), jobWith("  report:\n\njobs", "  report:\n    type: uri_file\n    mode: upload\n\njobs"));
        // The other maker loses it.
        const std::string other = shown(withWire(kJob, out("clean", "rows"), sink("model")));
        QCOMPARE(other,
            replacedAll(jobWith("      model: ${{ parent.outputs.model }}\n", "      model:\n        type: uri_folder\n"), "      rows:\n    input_data",
                "      rows: ${{parent.outputs.model}}\n    input_data"));
    }

    void a_wire_that_makes_no_sense_is_refused()
    {
        const auto says = [](const Result<std::string>& result, const char* words) { return shown(result).find(words) != std::string::npos; };
        QVERIFY(says(withWire(kJob, out("report", "page"), in("clean", "rows")), "report → clean → train → report"));
        QVERIFY(says(withWire(kJob, out("train", "model"), in("train", "rows")), "train → train"));
        QVERIFY(says(withWire(kJob, source("table"), sink("model")), "a wire goes from"));
        QVERIFY(says(withWire(kJob, in("train", "rows"), in("report", "model")), "a wire goes from"));
        QVERIFY(says(withWire(kJob, in("train", "rows"), source("table")), "a wire goes from"));
        QVERIFY(says(withWire(kJob, out("nobody", "x"), in("report", "model")), "no such step"));
        QVERIFY(says(withWire(kJob, source("none"), in("report", "model")), "no such input"));
        QVERIFY(says(withWire(kJob, out("train", "model"), sink("none")), "no such output"));
        QVERIFY(says(withWire(kJob, out("clean", "rows"), in("report", "a b")), "letters, digits"));
        QVERIFY(says(withoutWire(kJob, source("rate"), in("report", "model")), "not bound"));
    }

    void a_wire_taken_away_leaves_its_input()
    {
        COMPARE_TEXT(shown(withoutWire(kJob, out("clean", "rows"), in("train", "rows"))), jobWith("rows: ${{parent.jobs.clean.outputs.rows}}", "rows:"));
        COMPARE_TEXT(shown(withoutWire(kJob, out("train", "model"), in("report", "model"))), jobWith("        path: \"${{parent.jobs.train.outputs.model}}\"\n", ""));
        const std::string flow = "jobs: {a: {outputs: {x: }}, b: {inputs: {x: '${{parent.jobs.a.outputs.x}}', y: 1}}}\n";
        const std::string cut = shown(withoutWire(flow, out("a", "x"), in("b", "x")));
        QCOMPARE(cut, std::string("jobs: {a: {outputs: {x: }}, b: {inputs: {x: null, y: 1}}}\n"));
        COMPARE_TEXT(shown(withWire(cut, out("a", "x"), in("b", "x"))), flow);
    }

    // ---- names ---------------------------------------------------------------------------------

    void a_renamed_step_is_followed_everywhere_but_in_comments()
    {
        std::string expected = jobWith("\n  train:", "\n  fit:");
        expected = replacedAll(expected, "\"${{parent.jobs.train.", "\"${{parent.jobs.fit.");
        expected = replacedAll(expected, "about ${{ parent.jobs.train.", "about ${{ parent.jobs.fit.");
        COMPARE_TEXT(shown(withStepRenamed(kJob, "train", "fit")), expected);
        COMPARE_TEXT(shown(withStepRenamed("jobs:\n  'a':\n    c: x\n  b: {c: '${{parent.jobs . a.outputs.x}} ${{parent.jobs.a2.outputs.x}}'}\n", "a", "z")),
            std::string("jobs:\n  'z':\n    c: x\n  b: {c: '${{parent.jobs . z.outputs.x}} ${{parent.jobs.a2.outputs.x}}'}\n"));
        COMPARE_TEXT(shown(withStepRenamed("jobs:\n  a: &a\n    x: 1\n  b:\n    <<: *a\n    c: | # ${{parent.jobs.a.outputs.x}}\n      ${{parent.jobs.a.outputs.x}}\n", "a", "z")),
            std::string("jobs:\n  z: &a\n    x: 1\n  b:\n    <<: *a\n    c: | # ${{parent.jobs.a.outputs.x}}\n      ${{parent.jobs.z.outputs.x}}\n"));
        COMPARE_TEXT(shown(withStepRenamed(kJob, "train", "train")), kJob);
        QVERIFY(shown(withStepRenamed(kJob, "train", "clean")).find("already") != std::string::npos);
        QVERIFY(shown(withStepRenamed(kJob, "train", "2 x")).find("letters") != std::string::npos);
        QVERIFY(shown(withStepRenamed(kJob, "nobody", "x")).find("no such step") != std::string::npos);
    }

    void a_renamed_port_of_the_pipeline_is_followed()
    {
        COMPARE_TEXT(shown(withPipelinePortRenamed(kJob, true, "table", "rows")),
            replacedAll(jobWith("  table:\n", "  rows:\n"), "${{parent.inputs.table}}", "${{parent.inputs.rows}}"));
        COMPARE_TEXT(shown(withPipelinePortRenamed(kJob, false, "model", "best")),
            replacedAll(jobWith("outputs:\n  model:\n", "outputs:\n  best:\n"), "${{ parent.outputs.model }}", "${{ parent.outputs.best }}"));
        QVERIFY(shown(withPipelinePortRenamed(kJob, true, "table", "rate")).find("already") != std::string::npos);
        QVERIFY(shown(withPipelinePortRenamed(kJob, false, "table", "x")).find("no such output") != std::string::npos);
    }

    void a_free_name_counts_on()
    {
        QCOMPARE(freeName({ "a" }, "score"), std::string("score"));
        QCOMPARE(freeName({ "score" }, "score"), std::string("score_2"));
        QCOMPARE(freeName({ "score", "score_2" }, "score_2"), std::string("score_3"));
        QCOMPARE(freeName({ "_2" }, "_2"), std::string("_2_2"));
    }

    // ---- steps that go -------------------------------------------------------------------------

    void a_step_that_goes_is_bridged_when_healed()
    {
        const auto cut = [](const std::string& text, const char* from, const char* to) {
            const std::size_t begin = text.find(from);
            return text.substr(0, begin) + text.substr(text.find(to, begin));
        };
        const std::string clean = cut(kJob, "  clean:\n", "  # fits\n");
        COMPARE_TEXT(shown(withoutSteps(kJob, { "clean" }, true)), replacedAll(clean, "${{parent.jobs.clean.outputs.rows}}", "${{parent.inputs.table}}"));
        COMPARE_TEXT(shown(withoutSteps(kJob, { "clean" }, false)), replacedAll(clean, "      rows: ${{parent.jobs.clean.outputs.rows}}\n", ""));
        // Two at once: the way back goes through both.
        std::string both = cut(kJob, "  clean:\n", "  report:\n    type");
        both = replacedAll(both, "\"${{parent.jobs.train.outputs.model}}\"", "\"${{parent.inputs.table}}\"");
        both = replacedAll(both, "about ${{ parent.jobs.train.outputs.model }}", "about ${{parent.inputs.table}}");
        COMPARE_TEXT(shown(withoutSteps(kJob, { "train", "clean" }, true)), both);
        // The last one goes with the blank line before it, and with what was said of it.
        COMPARE_TEXT(shown(withoutSteps(kJob, { "report" }, false)), kJob.substr(0, kJob.find("\n  report:\n    type")));
        COMPARE_TEXT(shown(withoutSteps("jobs:\n  a:\n    t: 1\n\n  # of b\n  b:\n    t: 2\n    # of b too", { "b" }, true)), std::string("jobs:\n  a:\n    t: 1"));
        COMPARE_TEXT(shown(withoutSteps("jobs:\n  a:\n    t: 1\n\nx: 1\n", { "a" }, true)), std::string("jobs:\n\nx: 1\n"));
        COMPARE_TEXT(shown(withoutSteps("jobs: {a: {t: 1}, b: {t: 2}}\n", { "a" }, true)), std::string("jobs: {b: {t: 2}}\n"));
    }

    void a_place_that_fed_a_step_feeds_its_readers()
    {
        const std::string job = "jobs:\n  a:\n    type: command\n    inputs:\n      n: 5\n      d:\n        type: uri_file\n        path: ./x.csv\n"
                                "  b:\n    inputs:\n      d: ${{parent.jobs.a.outputs.o}} # why\n      e:\n        path: ${{parent.jobs.a.outputs.o}}\n";
        COMPARE_TEXT(shown(withoutSteps(job, { "a" }, true)),
            std::string("jobs:\n  b:\n    inputs:\n      d:\n        type: uri_file\n        path: ./x.csv # why\n      e:\n        path: ./x.csv\n"));
        // The main input of a parallel step is the one it names.
        COMPARE_TEXT(shown(withoutSteps("inputs:\n  p: {path: x}\n  q: {path: y}\njobs:\n  a:\n    inputs: {x: '${{parent.inputs.p}}', y: '${{parent.inputs.q}}'}\n"
                                        "    input_data: ${{inputs.y}}\n  b:\n    inputs: {z: '${{parent.jobs.a.outputs.o}}', w: '${{parent.jobs.a.inputs.x}}'}\n", { "a" }, true)),
            std::string("inputs:\n  p: {path: x}\n  q: {path: y}\njobs:\n  b:\n    inputs: {z: '${{parent.inputs.q}}', w: '${{parent.inputs.p}}'}\n"));
        QVERIFY(shown(withoutSteps("jobs:\n  a: &a\n    t: 1\n  b:\n    <<: *a\n", { "a" }, true)).starts_with("refused: "));
        QVERIFY(shown(withoutSteps(kJob, { "nobody" }, true)).find("no such step") != std::string::npos);
    }

    void many_readers_are_told_at_once()
    {
        std::string job = "jobs:\n  a:\n    type: command\n    inputs:\n      d: ${{parent.inputs.d}}\n";
        std::string healed = "inputs:\n  d: {type: uri_file, path: x}\n" + job.substr(0, 6);
        std::string cut = healed;
        for (int i = 0; i < 5; ++i) {
            const std::string step = "  s" + std::to_string(i) + ":\n    type: command\n    inputs:\n      k: 1\n";
            job += step + "      x: ${{parent.jobs.a.outputs.o}}\n      y: {path: '${{parent.jobs.a.outputs.o}}', mode: direct}\n    list: ['${{parent.jobs.a.outputs.o}}', b, '${{parent.jobs.a.outputs.p}}']\n";
            healed += step + "      x: ${{parent.inputs.d}}\n      y: {path: '${{parent.inputs.d}}', mode: direct}\n    list: ['${{parent.inputs.d}}', b, '${{parent.inputs.d}}']\n";
            cut += step + "      y: {mode: direct}\n    list: [b]\n";
        }
        job = "inputs:\n  d: {type: uri_file, path: x}\n" + job;
        COMPARE_TEXT(shown(withoutSteps(job, { "a" }, true)), healed);
        COMPARE_TEXT(shown(withoutSteps(job, { "a" }, false)), cut);
    }

    void texts_that_count_their_blank_lines_stay()
    {
        const std::string keeps = "jobs:\n  a:\n    c: |+\n      x\n  b:\n    c: 1\n\n  d:\n    c: 2\n";
        COMPARE_TEXT(shown(withoutSteps(keeps, { "b" }, true)), std::string("jobs:\n  a:\n    c: |+\n      x\n  d:\n    c: 2\n"));
        // A last line without an end gets one when the text in it needs it.
        const std::string bare = "jobs:\n  a:\n    inputs: {}\n  b:\n    command: |\n      x";
        COMPARE_TEXT(shown(withValue(bare, { "type" }, "pipeline")), bare + "\ntype: pipeline");
        COMPARE_TEXT(shown(withBlock(bare, { "jobs" }, "c", "t: 1")), bare + "\n  c:\n    t: 1");
    }

    // ---- copies --------------------------------------------------------------------------------

    void copies_follow_each_other_and_get_names_of_their_own()
    {
        const std::string copied = shown(copiedSteps(kJob, { "train", "clean" }));
        QVERIFY(copied.starts_with("clean:\n  type: parallel\n"));
        std::vector<std::string> names;
        const std::string now = shown(withPasted(kJob, copied, true, &names));
        QCOMPARE(text::join(names, " "), std::string("clean_2 train_2"));
        QVERIFY(now.starts_with(kJob + "\n  clean_2:\n    type: parallel\n"));
        const YamlNode root = tree(now);
        const YamlNode& train = *root.find("jobs")->find("train_2");
        QCOMPARE(train.find("inputs")->find("rows")->text, std::string("${{parent.jobs.clean_2.outputs.rows}}"));
        QCOMPARE(train.find("inputs")->find("rate")->text, std::string("${{parent.inputs.rate}}"));
        // A pipeline output has its maker already: the copy makes data of the same kind.
        QCOMPARE(train.find("outputs")->find("model")->find("type")->text, std::string("uri_folder"));
        COMPARE_TEXT(train.find("command")->text, std::string("# not ${{parent.jobs.clean_2}}\n\nfit ${{inputs.rows}}\n"));
    }

    void a_copy_keeps_the_links_that_lead_somewhere()
    {
        const std::string copied = shown(copiedSteps(kJob, { "train" }));
        const auto rowsOf = [](const std::string& text, const std::string& step) {
            const YamlNode root = tree(text);
            const YamlNode* rows = root.find("jobs")->find(step)->find("inputs")->find("rows");
            return rows == nullptr ? std::string("none") : rows->text;
        };
        QCOMPARE(rowsOf(shown(withPasted(kJob, copied, true, nullptr)), "train_2"), std::string("${{parent.jobs.clean.outputs.rows}}"));
        QCOMPARE(rowsOf(shown(withPasted(kJob, copied, false, nullptr)), "train_2"), std::string("none"));
        // In another file: no such step, no such input, no such output.
        COMPARE_TEXT(shown(withPasted("type: pipeline\n", copied, true, nullptr)),
            std::string("type: pipeline\njobs:\n  train:\n    type: command\n    inputs: {}\n    outputs:\n      model:\n    command: |\n"
                        "      # not ${{parent.jobs.clean}}\n\n      fit ${{inputs.rows}}\n"));
        // A whole pipeline can be pasted.
        std::vector<std::string> names;
        const auto whole = withPasted("jobs:\n  clean:\n    type: command\n", replacedAll(kJob, "\n", "\r\n"), true, &names);
        QCOMPARE(text::join(names, " "), std::string("clean_2 train report"));
        QVERIFY(shown(whole).find("\r") == std::string::npos);
    }

    void what_is_no_step_is_not_pasted()
    {
        QVERIFY(shown(withPasted(kJob, "type: command\ncommand: x\n", true, nullptr)).find("must be steps") != std::string::npos);
        QVERIFY(shown(withPasted(kJob, "", true, nullptr)).find("must be steps") != std::string::npos);
        QVERIFY(shown(withPasted(kJob, "a: [", true, nullptr)).starts_with("refused: "));
        QVERIFY(shown(withPasted(kJob, "hello world", true, nullptr)).starts_with("refused: "));
        QVERIFY(shown(withPasted(kJob, "my step:\n  type: command\n", true, nullptr)).find("letters") != std::string::npos);
        QVERIFY(shown(copiedSteps(kJob, { "nobody" })).find("no such step") != std::string::npos);
    }

    // ---- of the pipeline -----------------------------------------------------------------------

    void a_wire_moves_as_a_whole_or_not_at_all()
    {
        const std::string job = "jobs:\n  a:\n    outputs:\n      x: {type: uri_folder}\n  b:\n    inputs:\n      x: ${{parent.jobs.a.outputs.x}} # old\n  c:\n    inputs:\n      y:\n";
        const std::string moved = shown(withWireMoved(job, out("a", "x"), in("b", "x"), in("c", "y")));
        COMPARE_TEXT(moved, replacedAll(replacedAll(job, "x: ${{parent.jobs.a.outputs.x}} # old", "x: # old"), "y:", "y: ${{parent.jobs.a.outputs.x}}"));
        QVERIFY(shown(withWireMoved(job, out("a", "x"), in("b", "x"), in("nobody", "y"))).find("no such step") != std::string::npos);
        QVERIFY(shown(withWireMoved(job, out("a", "x"), in("c", "y"), in("b", "x"))).find("not bound") != std::string::npos);
    }

    void an_input_of_the_pipeline_goes_with_its_bindings()
    {
        const std::string job = "inputs:\n  a: {type: uri_folder, path: ./a}\n  b: 1\njobs:\n  s:\n    inputs:\n      x: ${{parent.inputs.a}}\n      y:\n        type: uri_folder\n"
                                "        path: ${{parent.inputs.a}}\n      z: ${{parent.inputs.b}}\n";
        COMPARE_TEXT(shown(withoutPipelinePorts(job, true, { "a" })),
            std::string("inputs:\n  b: 1\njobs:\n  s:\n    inputs:\n      x:\n      y:\n        type: uri_folder\n      z: ${{parent.inputs.b}}\n"));
        QVERIFY(shown(withoutPipelinePorts(job, true, { "a", "c" })).find("no such input") != std::string::npos);
        // Behind a step that was healed away: what feeds the reader then is what is cut.
        const std::string chain = job + "    outputs:\n      o: {type: uri_folder}\n  t:\n    inputs:\n      i: ${{parent.jobs.s.outputs.o}}\n";
        const std::string healed = shown(withoutSteps(chain, { "s" }, true));
        QVERIFY2(healed.find("i: ${{parent.inputs.a}}") != std::string::npos, healed.c_str());
        COMPARE_TEXT(shown(withoutPipelinePorts(healed, true, { "a" })), std::string("inputs:\n  b: 1\njobs:\n  t:\n    inputs:\n      i:\n"));
        const std::string made = "outputs:\n  best: {type: mltable}\njobs:\n  s:\n    outputs:\n      o: ${{parent.outputs.best}}\n";
        const std::string unmade = shown(withoutPipelinePorts(made, false, { "best" }));
        QVERIFY2(unmade.find("parent.outputs") == std::string::npos && unmade.find("type: mltable") != std::string::npos, unmade.c_str());
    }

    void names_and_places_are_those_of_the_text()
    {
        const std::string off = shown(withStepsDisabled(kJob, { "report" }));
        QVERIFY(namesIn(off, "jobs") == namesIn(kJob, "jobs") || namesIn(off, "jobs").size() == namesIn(kJob, "jobs").size());
        QVERIFY(namesIn("jobs: [", "jobs").empty());
        const std::string job = "inputs:\n  a: {type: uri_folder, path: ./data/}\n  b: {path: data}\n  c: {type: uri_file, path: data}\njobs: {s: {inputs: {x: 1, y: 2}, outputs: {z: }}}\n";
        QCOMPARE(inputWithPath(job, "uri_folder", "./data"), std::string("a"));
        QCOMPARE(inputWithPath(job, "uri_file", "./data"), std::string("c"));
        QCOMPARE(inputWithPath(job, "mltable", "./data"), std::string());
        QCOMPARE(portCount(job, "s"), 2U);
        QCOMPARE(portCount(job, "t"), 0U);
    }

    // ---- disabled steps ------------------------------------------------------------------------

    void a_disabled_step_is_its_lines_behind_a_mark()
    {
        const std::string job = "jobs:\n  a:\n    t: 1 # one\n\n# at the edge\n    c: |\n      x\n    \n      y\n  # tail\n  b:\n    t: 2\n";
        const std::string off = shown(withStepsDisabled(job, { "a" }));
        QCOMPARE(off, std::string("jobs:\n  #| a:\n  #|   t: 1 # one\n  #|\n  #|<# at the edge\n  #|   c: |\n  #|     x\n  #|   \n  #|     y\n  # tail\n  b:\n    t: 2\n"));
        const auto steps = disabledSteps(off);
        QCOMPARE(steps.size(), 1U);
        QCOMPARE(steps[0].name, std::string("a"));
        QCOMPARE(steps[0].block, std::string("t: 1 # one\n\n# at the edge\nc: |\n  x\n\n  y"));
        QCOMPARE(off.substr(steps[0].begin, 5), std::string("#| a:"));
        QCOMPARE(off.substr(steps[0].end, 4), std::string("\n  #"));
        COMPARE_TEXT(shown(withStepsEnabled(off, { "a" })), job);
        // Both: neighbours stay apart.
        const std::string both = shown(withStepsDisabled(off, { "b" }));
        QCOMPARE(disabledSteps(both).size(), 2U);
        COMPARE_TEXT(shown(withStepsEnabled(shown(withStepsEnabled(both, { "a" })), { "b" })), job);
        COMPARE_TEXT(shown(withStepsEnabled("jobs: {} # none\n  #| a:\n  #|   t: 1\n", { "a" })), std::string("jobs: # none\n  a:\n    t: 1\n"));
    }

    void what_only_looks_disabled_is_left_alone()
    {
        QCOMPARE(disabledSteps("jobs:\n  a:\n    c: |\n      #| b: 1\n    d: 1\n").size(), 0U);
        QVERIFY(shown(withStepsEnabled("jobs:\n  a:\n    c: |\n      #| b: 1\n    d: 1\n", { "b" })).find("no disabled step") != std::string::npos);
        QCOMPARE(disabledSteps("jobs:\n  #| name | what: it |\n  #|---\n  a:\n    c: 1\n").size(), 0U);
        QCOMPARE(disabledSteps("inputs:\n  #| a:\n  #|   b: 1\njobs:\n  a:\n    c: 1\n").size(), 0U);
        QCOMPARE(disabledSteps("jobs:\n  #| a: {type: command, inputs: {x: 1}}\n")[0].block, std::string("{type: command, inputs: {x: 1}}"));
    }

    void a_disabled_step_goes_with_its_lines()
    {
        const std::string text = "jobs:\n  a: {type: command}\n  b:\n    type: command # b\n\n    command: x\n  c: {type: command}\n";
        const std::string without = "jobs:\n  a: {type: command}\n  c: {type: command}\n";
        QCOMPARE(withoutDisabledSteps(withStepsDisabled(text, { "b" }).value(), { "b", "none" }), without);
        const std::string all = withStepsDisabled(text, { "b", "c" }).value();
        QCOMPARE(withoutDisabledSteps(all, { "c" }), withStepsDisabled("jobs:\n  a: {type: command}\n  b:\n    type: command # b\n\n    command: x\n", { "b" }).value());
        QCOMPARE(withoutDisabledSteps(all, { "a" }), all);
    }

    void a_disabled_step_follows_and_holds_its_name()
    {
        const std::string off = shown(withStepsDisabled(kJob, { "report" }));
        QVERIFY(shown(withStepRenamed(off, "train", "report")).find("already") != std::string::npos);
        const std::string renamed = shown(withStepRenamed(off, "train", "fit"));
        QVERIFY(shown(withStepsEnabled(renamed, { "report" })).find("path: \"${{parent.jobs.fit.outputs.model}}\"") != std::string::npos);
        std::vector<std::string> names;
        QVERIFY(withPasted(off, "report:\n  type: command\n", true, &names).has_value());
        QCOMPARE(names.front(), std::string("report_2"));
        QVERIFY(shown(withStepsEnabled(off + "\n  report:\n    type: command\n", { "report" })).find("already") != std::string::npos);
        QVERIFY(shown(withStepsEnabled(off, { "train" })).find("no disabled step") != std::string::npos);
        QVERIFY(shown(withStepsDisabled("jobs: {a: {t: 1}}\n", { "a" })).find("lines of its own") != std::string::npos);
        QVERIFY(shown(withStepsDisabled("jobs:\n  a: &a\n    t: 1\n  b:\n    <<: *a\n", { "a" })).starts_with("refused: "));
    }

    void several_steps_are_disabled_and_enabled_at_once()
    {
        const std::string job = "jobs:\n  a: &a\n    t: 1\n\n  # of b\n  b:\n    <<: *a\n\n  c:\n    t: 3\n";
        const std::string off = shown(withStepsDisabled(job, { "b", "a" })); // each in any order: b needs the anchor of a
        QCOMPARE(off, std::string("jobs:\n  #| a: &a\n  #|   t: 1\n\n  # of b\n  #| b:\n  #|   <<: *a\n\n  c:\n    t: 3\n"));
        COMPARE_TEXT(shown(withStepsEnabled(off, { "b", "a" })), job);
        const std::string all = shown(withStepsDisabled(kJob, stepsOf(kJob)));
        std::string each = kJob;
        for (const auto& step : stepsOf(kJob)) {
            each = shown(withStepsDisabled(each, { step }));
        }
        COMPARE_TEXT(all, each);
        COMPARE_TEXT(shown(withStepsEnabled(all, stepsOf(kJob))), kJob);
        COMPARE_TEXT(shown(withStepsDisabled(kJob, {})), kJob);
        // What hinders is named, and nothing is half done.
        QVERIFY(shown(withStepsDisabled(kJob, { "train", "nobody" })).find("jobs.nobody") != std::string::npos);
        QVERIFY(shown(withStepsEnabled(off, { "a", "c" })).find("jobs.c") != std::string::npos);
    }

    void one_step_of_many_that_cannot_be_disabled_is_named()
    {
        std::string job = "jobs:\n";
        std::vector<std::string> steps;
        for (int i = 0; i < 20; ++i) {
            steps.push_back("s" + std::to_string(i));
            job += "  " + steps.back() + (i == 7 ? ": &seven" : ":") + "\n    t: " + std::to_string(i) + "\n";
        }
        std::string each = job;
        for (const auto& step : steps) {
            each = shown(withStepsDisabled(each, { step }));
        }
        COMPARE_TEXT(shown(withStepsDisabled(job, steps)), each);
        const std::string needed = job + "  last: *seven\n"; // and is not disabled itself
        const auto off = withStepsDisabled(needed, steps);
        QVERIFY(!off.has_value());
        QCOMPARE(off.error().arg("what"), std::string("jobs.s7"));
    }

    // ---- promoting -----------------------------------------------------------------------------

    void a_value_becomes_an_input_of_the_pipeline()
    {
        const std::string job = "type: pipeline\njobs:\n  a:\n    type: parallel\n    inputs:\n      num: 5 # five\n      d:\n        type: uri_folder\n        path: ./d # here\n        mode: direct\n"
                                "      e: {path: ./e}\n    mini_batch_size: \"10\"\n    task:\n      args: >-\n        --x 1\n        --y 2\n  c:\n    component: ./c.yml\n    timeout: 5\n";
        COMPARE_TEXT(shown(promoted(job, "a", { "inputs", "num" }, "num", "")),
            replacedAll(replacedAll(job, "num: 5", "num: ${{parent.inputs.num}}"), "type: pipeline\n", "type: pipeline\ninputs:\n  num: 5\n"));
        COMPARE_TEXT(shown(promoted(job, "a", { "inputs", "num" }, "num", "uri_file")),
            replacedAll(replacedAll(job, "num: 5", "num: ${{parent.inputs.num}}"), "type: pipeline\n", "type: pipeline\ninputs:\n  num:\n    type: uri_file\n    path: 5\n"));
        const std::string data = replacedAll(replacedAll(job, "path: ./d", "path: ${{parent.inputs.data}}"), "type: pipeline\n",
            "type: pipeline\ninputs:\n  data:\n    type: uri_folder\n    path: ./d # here\n    mode: direct\n");
        COMPARE_TEXT(shown(promoted(job, "a", { "inputs", "d" }, "data", "uri_folder")), data);
        COMPARE_TEXT(shown(promoted(job, "a", { "inputs", "d", "path" }, "data", "")), data);
        COMPARE_TEXT(shown(promoted(job, "a", { "inputs", "e" }, "e", "mltable")),
            replacedAll(replacedAll(job, "{path: ./e}", "{path: '${{parent.inputs.e}}'}"), "type: pipeline\n", "type: pipeline\ninputs:\n  e:\n    type: mltable\n    path: ./e\n"));
        // A field: by an input of the step; of a component without.
        COMPARE_TEXT(shown(promoted(job, "a", { "mini_batch_size" }, "num", "")),
            replacedAll(replacedAll(replacedAll(job, "\"10\"", "\"${{inputs.num_2}}\""), "{path: ./e}\n", "{path: ./e}\n      num_2: ${{parent.inputs.num}}\n"), "type: pipeline\n",
                "type: pipeline\ninputs:\n  num: \"10\"\n"));
        COMPARE_TEXT(shown(promoted(job, "c", { "timeout" }, "t", "")),
            replacedAll(replacedAll(job, "timeout: 5", "timeout: ${{parent.inputs.t}}"), "type: pipeline\n", "type: pipeline\ninputs:\n  t: 5\n"));
        const YamlNode text = tree(shown(promoted(job, "a", { "task", "args" }, "args", "string")));
        QCOMPARE(text.find("inputs")->find("args")->text, std::string("--x 1 --y 2"));
        QCOMPARE(text.find("jobs")->find("a")->find("task")->find("args")->text, std::string("${{inputs.args}}"));
    }

    void what_cannot_be_promoted_is_refused()
    {
        const auto says = [](const Result<std::string>& result, const char* words) { return shown(result).find(words) != std::string::npos; };
        QVERIFY(says(promoted(kJob, "train", { "inputs", "rows" }, "rows", ""), "without ${{ }}"));
        QVERIFY(says(promoted(kJob, "clean", { "inputs", "rows" }, "rows", ""), "without ${{ }}"));
        QVERIFY(says(promoted(kJob, "clean", { "mini_batch_size" }, "rate", ""), "already"));
        QVERIFY(says(promoted(kJob, "clean", { "mini_batch_size" }, "a-b", ""), "letters"));
        QVERIFY(says(promoted(kJob, "clean", { "outputs" }, "x", ""), "single value"));
        QVERIFY(says(promoted(kJob, "clean", { "nothing" }, "x", ""), "single value"));
        QVERIFY(says(promoted(kJob, "nobody", { "a" }, "x", ""), "no such step"));
    }

    // ---- every job file of ours ----------------------------------------------------------------

    void every_step_of_our_job_files_goes_there_and_back_data()
    {
        QTest::addColumn<QString>("file");
        for (const char* folder : { "/resources/samples", "/tests/data/jobs" }) {
            for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(SHEAF_TEST_SOURCE) + folder)) {
                if (entry.path().filename() == "pipeline.yml") {
                    const auto name = QString::fromStdString(entry.path().string());
                    QTest::newRow(qPrintable(name.section(QLatin1Char('/'), -2))) << name;
                }
            }
        }
        QTest::newRow("of this test") << QString();
    }
    void every_step_of_our_job_files_goes_there_and_back()
    {
        QFETCH(QString, file);
        const std::string plain = file.isEmpty() ? kJob : paths::readFile(file.toStdString()).value();
        const std::vector<std::string> forms { plain, replacedAll(plain, "\n", "\r\n"), "\xEF\xBB\xBF" + plain, plain.substr(0, plain.size() - 1) };
        for (const auto& text : forms) {
            const auto steps = stepsOf(text);
            QVERIFY(!steps.empty());
            const bool crlf = text.find("\r\n") != std::string::npos;
            const auto keepsLineEnds = [&](const std::string& now) { return !crlf || replacedAll(now, "\r\n", "").find('\n') == std::string::npos; };
            const bool hasAnchors = text.find("<<: *") != std::string::npos;
            for (const auto& step : steps) {
                const auto renamed = withStepRenamed(text, step, "another_name");
                VERIFY_OK(renamed);
                QVERIFY(*renamed != text);
                COMPARE_TEXT(shown(withStepRenamed(*renamed, "another_name", step)), text);

                if (!hasAnchors || step == steps.back()) { // the first step of such a file has the anchor of the others
                    const auto disabled = withStepsDisabled(text, { step });
                    VERIFY_OK(disabled);
                    QVERIFY(keepsLineEnds(*disabled));
                    QCOMPARE(disabledSteps(*disabled).size(), 1U);
                    COMPARE_TEXT(shown(withStepsEnabled(*disabled, { step })), text);

                    const auto removed = withoutSteps(text, { step }, false);
                    VERIFY_OK(removed);
                    YamlNode before = tree(text);
                    YamlNode after = tree(*removed);
                    std::erase_if(before.find("jobs")->entries, [&](const YamlEntry& entry) { return entry.key == step; });
                    withoutBindingsTo(before, step);
                    withoutBindingsTo(after, step);
                    if (!before.find("jobs")->entries.empty()) {
                        QVERIFY2(sameMeaning(before, after), removed->c_str());
                    }
                    VERIFY_OK(withoutSteps(text, { step }, true));
                }

                const auto copied = copiedSteps(text, { step });
                VERIFY_OK(copied);
                std::vector<std::string> names;
                const auto pasted = withPasted(text, *copied, true, &names);
                VERIFY_OK(pasted);
                QVERIFY(keepsLineEnds(*pasted));
                QCOMPARE(names.size(), 1U);
                QCOMPARE(stepsOf(*pasted).size(), steps.size() + 1);
                // All that was there is there: cut out again, the text is the old one. A last line without an end may have got one, which
                // block texts need.
                std::string back = shown(withoutSteps(*pasted, names, false));
                if (!text.ends_with('\n') && back.ends_with('\n')) {
                    back.pop_back();
                }
                COMPARE_TEXT(back, text);
            }
        }
    }

    void a_file_that_is_no_yaml_is_never_touched()
    {
        const std::string broken = "jobs:\n  a: [\n";
        for (const auto& result : { withBlock(broken, { "jobs" }, "b", "x: 1"), blockOf(broken, { "jobs", "a" }), withWire(broken, source("a"), in("a", "b")),
                 withoutWire(broken, source("a"), in("a", "b")), withStepRenamed(broken, "a", "b"), withPipelinePortRenamed(broken, true, "a", "b"),
                 withoutSteps(broken, { "a" }, true), copiedSteps(broken, { "a" }), withPasted(broken, "a:\n  type: command\n", true, nullptr),
                 withStepsDisabled(broken, { "a" }), withStepsEnabled(broken, { "a" }), promoted(broken, "a", { "b" }, "c", ""), withValue(broken, { "a" }, "1"),
                 without(broken, { "jobs" }) }) {
            COMPARE_ERROR(result, ErrorCode::Invalid);
        }
    }
};

SHEAF_TEST(tst_pipeline_edit)
#include "tst_pipeline_edit.moc"
