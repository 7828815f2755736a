// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/text.h"
#include "core/edit/completion.h"
#include "core/spec/field_table.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <fstream>

using namespace sheaf;
using namespace sheaf::spec;
using namespace sheaf::edit;

namespace {

/// A text without its mark "^", which is the cursor.
struct Marked
{
    std::string text;
    std::size_t offset = 0;
    explicit Marked(std::string marked)
        : text(std::move(marked))
    {
        offset = text.find("^");
        text.erase(offset, 1);
    }
};

/// "key jobs.score|wo" : kind, path, what is written before the cursor.
std::string place(const std::string& marked)
{
    const Marked m(marked);
    const YamlPlace found = placeAt(m.text, m.offset);
    if (found.kind == YamlPlace::Kind::Nowhere) {
        return "nowhere";
    }
    return (found.kind == YamlPlace::Kind::Key ? "key " : "value ") + text::join(found.path, ".") + "|" + found.word;
}

std::vector<std::string> labels(const Completions& found)
{
    std::vector<std::string> all;
    for (const auto& item : found.items) {
        all.push_back(item.label);
    }
    return all;
}

std::string offered(const std::string& marked, const std::filesystem::path& file = "/no/where/pipeline.yml")
{
    const Marked m(marked);
    return text::join(labels(completions(m.text, m.offset, file)), " ");
}

bool offers(const std::string& marked, const std::string& label, const std::filesystem::path& file = "/no/where/pipeline.yml")
{
    const Marked m(marked);
    const auto all = labels(completions(m.text, m.offset, file));
    return std::find(all.begin(), all.end(), label) != all.end();
}

/// The text after the one completion of that label was taken; the cursor is behind it.
std::string taken(const std::string& marked, const std::string& label, const std::filesystem::path& file = "/no/where/pipeline.yml")
{
    const Marked m(marked);
    const auto found = completions(m.text, m.offset, file);
    for (const auto& item : found.items) {
        if (item.label == label) {
            return m.text.substr(0, found.begin) + item.insert + "^" + m.text.substr(found.end);
        }
    }
    return "not offered: " + text::join(labels(found), " ");
}

const std::string kJob = "type: pipeline\n"
                         "inputs:\n"
                         "  homes:\n"
                         "    type: mltable\n"
                         "    path: ./data\n"
                         "  nodes: 2\n"
                         "outputs:\n"
                         "  scores:\n"
                         "jobs:\n"
                         "  train:\n"
                         "    type: command\n"
                         "    outputs:\n"
                         "      model: {type: uri_folder}\n"
                         "  score:\n"
                         "    type: parallel\n"
                         "    inputs:\n"
                         "      data: ${{parent.inputs.homes}}\n"
                         "      model:\n"
                         "        path: x\n"
                         "    outputs:\n"
                         "      rows:\n";

} // namespace

class tst_completion : public QObject
{
    Q_OBJECT

private slots:
    // ---- where

    void keys_and_values_are_told_apart()
    {
        QCOMPARE(place("^"), std::string("key |"));
        QCOMPARE(place("ty^"), std::string("key |ty"));
        QCOMPARE(place("type: pipe^line"), std::string("value type|pipe"));
        QCOMPARE(place("type: ^"), std::string("value type|"));
        QCOMPARE(place("type:^"), std::string("value type|"));
        QCOMPARE(place("a:\n  b: 1\n  c^"), std::string("key a|c"));
        QCOMPARE(place("a:\n  b: 1\n  ^"), std::string("key a|"));
        QCOMPARE(place("a:\n  b: 1\n^"), std::string("key |"));
        QCOMPARE(place("a:\n  b:\n    c: 1\n  ^\n  d: 2\n"), std::string("key a|"));
        QCOMPARE(place("a: 'wo^rd' # b"), std::string("value a|wo"));
        QCOMPARE(place("a: 'word' # b^"), std::string("nowhere"));
        QCOMPARE(place("# a^"), std::string("nowhere"));
        QCOMPARE(place("a: x   ^"), std::string("value a|x   "));
        QCOMPARE(place("^  a: x"), std::string("nowhere"));
    }

    void lists_are_places()
    {
        QCOMPARE(place("a:\n- ^"), std::string("key a.0|"));
        QCOMPARE(place("a:\n- x\n- y^"), std::string("value a.1|y"));
        QCOMPARE(place("a:\n  - b: 1\n    c: 2^\n"), std::string("value a.0.c|2"));
        QCOMPARE(place("a:\n  - b: 1\n    ^\n"), std::string("key a.0|"));
        QCOMPARE(place("a:\n- x\nb: ^"), std::string("value b|"));
    }

    void brackets_are_places()
    {
        QCOMPARE(place("a: {b: 1, ^}"), std::string("key a|"));
        QCOMPARE(place("a: {b: 1, c^}"), std::string("key a|c"));
        QCOMPARE(place("a: {b: ^}"), std::string("value a.b|"));
        QCOMPARE(place("a: {b: {c: x^"), std::string("value a.b.c|x"));
        QCOMPARE(place("a: [x, y^]"), std::string("value a.1|y"));
        QCOMPARE(place("a: [x, ^]"), std::string("value a.1|"));
        QCOMPARE(place("a: {b: 1}^"), std::string("nowhere"));
        QCOMPARE(place("a: {b: 1,\n  c: ^}\nd: 2"), std::string("value a.c|"));
        QCOMPARE(place("a: {b: 1\nd: 2^"), std::string("value d|2")); // a bracket that is not closed eats nothing
    }

    void texts_of_several_lines_are_one_value()
    {
        QCOMPARE(place("a:\n  c: >-\n    x --y^\n    z\n  d: 1\n"), std::string("value a.c|\n    x --y"));
        QCOMPARE(place("a: |\n  key: not^ one\nb: 1\n").substr(0, 8), std::string("value a|"));
        QCOMPARE(place("a: |\n  x\n  ^\nb: 1\n"), std::string("value a|"));
        QCOMPARE(place("a: x\n  y: ^\n").substr(0, 9), std::string("value a.y")); // not YAML, read as meant
        QCOMPARE(place("a: --x\n  --y^\n"), std::string("value a|--x\n  --y"));
        QCOMPARE(place("a: \"x\n  y^\"\nb: 1"), std::string("value a|x\n  y"));
        QCOMPARE(place("a: \"x\nb: 1^"), std::string("value b|1")); // a quote that is not closed eats nothing
    }

    void marks_and_line_ends_do_not_matter()
    {
        QCOMPARE(place("\xEF\xBB\xBFty^: x"), std::string("key |ty"));
        QCOMPARE(place("\xEF\xBB\xBF" "a:\r\n  b: 1\r\n  ^\r\n"), std::string("key a|"));
        QCOMPARE(place("a: x^\r\n"), std::string("value a|x"));
        QCOMPARE(place("---\na: &anchor x^\n"), std::string("value a|x"));
        QCOMPARE(place("\"a b\": !!str x^"), std::string("value a b|x"));
    }

    void the_entry_under_the_cursor_has_a_dotted_path()
    {
        const auto at = [](const std::string& marked) {
            const Marked m(marked);
            return pathAt(m.text, m.offset);
        };
        QCOMPARE(at("jobs:\n  a:\n    ^type: x\n"), std::string("jobs.a.type"));
        QCOMPARE(at("jobs:\n  a:\n ^   type: x\n"), std::string("jobs.a.type"));
        QCOMPARE(at("jobs:\n  a:\n    type: x # ^ \n"), std::string("jobs.a.type"));
        QCOMPARE(at("jobs:\n  a:\n    c: >-\n      one\n      tw^o\n  b:\n"), std::string("jobs.a.c"));
        QCOMPARE(at("jobs:\n  a:\n    l:\n    - x\n    -^ y\n"), std::string("jobs.a.l.1"));
        QCOMPARE(at("jobs:\n  a:\n    i: {x: {type: ^u}}\n"), std::string("jobs.a.i.x.type"));
        QCOMPARE(at("jobs:\n  a:\n    type: x\n\n    # words^\n"), std::string("jobs.a"));
        QCOMPARE(at("jobs:\n  a:\n    type: x\n^\n  b:\n"), std::string(""));
        QCOMPARE(at("^"), std::string(""));
    }

    void a_dotted_path_has_a_range()
    {
        const std::string text = "jobs:\n  a:\n    type: x\n    l: [p, q]\n  a.b:\n    c: 1\n";
        const auto range = [&](const std::string& path) {
            const auto found = rangeOfPath(text, path);
            return found ? text.substr(found->begin, found->end - found->begin) + "|" + text.substr(found->begin, found->wholeEnd - found->begin) : "none";
        };
        QCOMPARE(range("jobs.a"), std::string("a|a:\n    type: x\n    l: [p, q]"));
        QCOMPARE(range("jobs.a.type"), std::string("type|type: x"));
        QCOMPARE(range("jobs.a.b.c"), std::string("c|c: 1"));
        QCOMPARE(range("jobs.z"), std::string("none"));
        QCOMPARE(range(""), std::string("none"));
        QCOMPARE(rangeOfPath(text, "jobs.a.l.1")->begin, text.find('q'));
    }

    /// Whatever is cut off wherever: nothing breaks, and all ranges lie in the text.
    void no_half_text_breaks_anything()
    {
        std::ifstream in(SHEAF_TEST_SOURCE "/resources/samples/score-table/pipeline.yml");
        const std::string whole((std::istreambuf_iterator<char>(in)), {});
        QVERIFY(whole.size() > 1000);
        for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
            for (const bool isRest : { false, true }) {
                const std::string text = isRest ? whole.substr(cut) : whole.substr(0, cut);
                const std::size_t offset = isRest ? 0 : cut;
                const auto found = completions(text, offset, "/no/where/x.yml");
                QVERIFY(found.begin <= found.end && found.end <= text.size());
                const auto here = placeAt(text, offset);
                QVERIFY(here.begin <= here.end && here.end <= text.size());
                (void)helpAt(text, offset, "/no/where/x.yml");
                (void)pathAt(text, offset);
            }
        }
        for (const std::string text : { "[[[[", "{{{{{", "}", "]", "- - - -", "? x", "a: {b: [c, {", "a: ]", "'", "\"", "&", "*", "a: &", "{a: b: c}", "[,,,]", "\xEF\xBB\xBF",
                 ":", "- :", "{:}", "{,", "a:\n\tb" }) {
            for (std::size_t at = 0; at <= text.size(); ++at) {
                (void)completions(text, at, "/no/where/x.yml");
                (void)pathAt(text, at);
            }
        }
    }

    // ---- what

    void keys_come_from_the_table_of_the_place()
    {
        QCOMPARE(offered("type: pipeline\njo^"), std::string("jobs"));
        QVERIFY(!offers("type: pipeline\njobs:\n  a:\n    type: command\n    ^", "mini_batch_size"));
        QVERIFY(offers("type: pipeline\njobs:\n  a:\n    type: command\n    ^", "command"));
        QVERIFY(offers("type: pipeline\njobs:\n  a:\n    type: parallel\n    ^", "mini_batch_size"));
        QVERIFY(!offers("type: pipeline\njobs:\n  a:\n    type: parallel\n    ^", "command"));
        QVERIFY(offers("type: pipeline\njobs:\n  a:\n    ^\n    task:\n      type: run_function\n", "mini_batch_size")); // by what it has
        QVERIFY(offers("type: pipeline\njobs:\n  a:\n    type: parallel\n    ^", "component"));
        QVERIFY(!offers("type: parallel\n^", "component")); // a component has none
        QVERIFY(offers("type: parallel\n^", "task"));
        QCOMPARE(offered("type: pipeline\njobs:\n  a:\n    type: parallel\n    retry_settings:\n      ^"), std::string("max_retries timeout"));
        QCOMPARE(offered("type: pipeline\njobs:\n  a:\n    type: parallel\n    retry_settings: {^}"), std::string("max_retries timeout"));
    }

    void what_is_written_is_not_offered_again()
    {
        QCOMPARE(offered("type: pipeline\njobs:\n  a:\n    type: parallel\n    retry_settings:\n      ^\n      timeout: 5\n"), std::string("max_retries"));
        QCOMPARE(offered("type: pipeline\njobs:\n  a:\n    type: parallel\n    retry_settings:\n      time^out: 5\n"), std::string("timeout"));
        QCOMPARE(offered("type: pipeline\njobs:\n  a:\n    type: parallel\n    retry_settings:\n      x: 1\n  b:\n    ^"), offered("type: pipeline\njobs:\n  b:\n    ^"));
    }

    void what_is_taken_is_ready_for_its_value()
    {
        QCOMPARE(taken("type: pipeline\nexp^", "experiment_name"), std::string("type: pipeline\nexperiment_name: ^"));
        QCOMPARE(taken("type: pipeline\njobs:\n  a:\n    type: parallel\n    re^", "retry_settings"),
            std::string("type: pipeline\njobs:\n  a:\n    type: parallel\n    retry_settings:\n      ^"));
        QCOMPARE(taken("type: pipeline\r\njo^\r\n", "jobs"), std::string("type: pipeline\r\njobs:\r\n  ^\r\n"));
        QCOMPARE(taken("typ^: pipeline\n", "type"), std::string("type^: pipeline\n"));
        QCOMPARE(taken("jobs:\n  a:\n    type: parallel\n    partition^", "partition_keys"), std::string("jobs:\n  a:\n    type: parallel\n    partition_keys:\n      - ^"));
        QCOMPARE(taken("jobs:\n  a:\n    type: parallel\n    retry_settings: {ma^}", "max_retries"),
            std::string("jobs:\n  a:\n    type: parallel\n    retry_settings: {max_retries: ^}"));
    }

    void words_of_a_field_are_offered()
    {
        QCOMPARE(offered("jobs:\n  a:\n    type: parallel\n    logging_level: ^"), std::string("INFO WARNING DEBUG"));
        QCOMPARE(offered("jobs:\n  a:\n    type: parallel\n    logging_level: w^"), std::string("WARNING"));
        QCOMPARE(taken("jobs:\n  a:\n    type: parallel\n    logging_level: \"IN^\" # x", "INFO"), std::string("jobs:\n  a:\n    type: parallel\n    logging_level: \"INFO^\" # x"));
        QCOMPARE(offered("settings:\n  force_rerun: ^\n"), std::string("true false"));
        QCOMPARE(offered("type: ^"), std::string("pipeline"));
        QCOMPARE(offered("jobs:\n  a:\n    type: ^"), std::string("parallel command"));
        QCOMPARE(offered("jobs:\n  a:\n    type: parallel^"), std::string("")); // is complete
        QCOMPARE(offered("inputs:\n  a:\n    mode: ro^"), std::string("ro_mount"));
        QCOMPARE(offered("jobs:\n  a:\n    type: parallel\n    retry_settings: {timeout: ^}"), std::string("60"));
        QCOMPARE(offered("inputs:\n  a: {type: uri_fi^}"), std::string("uri_file"));
    }

    void bindings_are_offered_where_they_are_legal()
    {
        QCOMPARE(offered(kJob + "    input_data: ^"), std::string("${{inputs.data}} ${{inputs.model}}"));
        QCOMPARE(offered(kJob + "    input_data: ${{inputs.m^"), std::string("${{inputs.model}}"));
        QCOMPARE(offered(kJob + "    task:\n      append_row_to: ^"), std::string("${{outputs.rows}}"));
        QCOMPARE(offered(kJob + "      more: ${{^"), std::string("${{parent.outputs.scores}}"));
        const std::string inputs = "jobs:\n  b:\n    inputs:\n      x: ^\n";
        const std::string text = kJob.substr(0, kJob.find("jobs:")) + inputs + kJob.substr(kJob.find("  train:"));
        QCOMPARE(offered(text), std::string("${{parent.inputs.homes}} ${{parent.inputs.nodes}} ${{parent.jobs.train.outputs.model}} ${{parent.jobs.score.outputs.rows}}"));
        QCOMPARE(offered(kJob + "    task:\n      program_arguments: --x ${{^"), std::string("${{inputs.data}} ${{inputs.model}} ${{outputs.rows}}"));
        QCOMPARE(offered("type: pipeline\ninputs:\n  a: ${{^"), std::string(""));
    }

    void a_binding_replaces_what_is_between_the_braces()
    {
        QCOMPARE(taken(kJob + "    input_data: ${{inputs.m^o}} # x", "${{inputs.model}}"), kJob + "    input_data: ${{inputs.model}}^ # x");
        QCOMPARE(taken(kJob + "    input_data: ${{ inp^ }}", "${{ inputs.model }}"), kJob + "    input_data: ${{ inputs.model }}^");
        QCOMPARE(taken(kJob + "    input_data: $^", "${{inputs.model}}"), kJob + "    input_data: ${{inputs.model}}^");
        QCOMPARE(taken(kJob + "    input_data: mod^", "${{inputs.model}}"), kJob + "    input_data: ${{inputs.model}}^");
        QCOMPARE(taken(kJob + "    task:\n      program_arguments: >-\n        --m ${{inp^ --n 5\n", "${{inputs.model}}"),
            kJob + "    task:\n      program_arguments: >-\n        --m ${{inputs.model}}^ --n 5\n");
    }

    void flags_of_the_runner_are_offered_in_program_arguments()
    {
        const std::string task = "jobs:\n  a:\n    type: parallel\n    task:\n      program_arguments: ";
        QVERIFY(offers(task + "--err^", "--error_threshold"));
        QCOMPARE(offered(task + "--err^"), std::string("--error_threshold"));
        QCOMPARE(taken(task + "--x 5 --err^ --y", "--error_threshold"), task + "--x 5 --error_threshold ^ --y");
        QCOMPARE(offered(task + "--error_threshold 5 --err^"), std::string("")); // written already
        QVERIFY(!offers(task + "--out^", "--output")); // the runner's own
        QCOMPARE(offered(task + "--logging_level ^"), std::string("INFO WARNING DEBUG"));
        QVERIFY(offers(task + ">-\n        --a b\n        --mini^\n", "--mini_batch_size"));
        QVERIFY(!offers("jobs:\n  a:\n    type: command\n    command: python x.py --err^", "--error_threshold"));
    }

    void paths_below_the_folder_of_the_file_are_offered()
    {
        const test::TempFolder folder;
        folder.write("src/score.py", "");
        folder.write("src/help.txt", "");
        folder.write("src/deep/more.py", "");
        folder.write("src/.hidden.py", "");
        folder.write("components/a.yml", "type: command\ninputs:\n  data: {type: uri_folder}\n  limit: {type: integer}\noutputs:\n  rows: {type: uri_file}\n");
        folder.write("data.csv", "");
        const auto file = folder.path() / "pipeline.yml";
        QCOMPARE(offered("jobs:\n  a:\n    type: parallel\n    task:\n      code: ^", file), std::string("./components/ ./src/ ./data.csv"));
        QCOMPARE(offered("jobs:\n  a:\n    type: parallel\n    task:\n      code: ./s^", file), std::string("./src/"));
        QCOMPARE(taken("jobs:\n  a:\n    type: parallel\n    task:\n      code: s^", "./src/", file), std::string("jobs:\n  a:\n    type: parallel\n    task:\n      code: ./src/^"));
        QCOMPARE(offered("jobs:\n  a:\n    type: parallel\n    task:\n      code: ./src\n      entry_script: ^", file), std::string("deep/ score.py"));
        QCOMPARE(offered("jobs:\n  a:\n    type: parallel\n    task:\n      entry_script: deep/^\n      code: ./src\n", file), std::string("deep/more.py"));
        QCOMPARE(offered("jobs:\n  a:\n    component: ./components/^", file), std::string("./components/a.yml"));
        QCOMPARE(offered("inputs:\n  a:\n    path: file:./da^", file), std::string("file:./data.csv"));
        QCOMPARE(offered("inputs:\n  a:\n    path: azureml:^", file), std::string(""));
        // The component tells what its step may be given.
        QCOMPARE(offered("jobs:\n  a:\n    component: ./components/a.yml\n    inputs:\n      data: x\n      ^", file), std::string("limit"));
        QCOMPARE(offered("jobs:\n  a:\n    component: ./components/a.yml\n    inputs:\n      data: x\n  b:\n    inputs:\n      y: ^", file), std::string("${{parent.jobs.a.outputs.rows}}"));
        QVERIFY(!offers("jobs:\n  a:\n    component: ./components/a.yml\n    ^", "mini_batch_size", file));
    }

    void tables_have_keys_too()
    {
        const std::filesystem::path file = "/no/where/MLTable";
        QVERIFY(offers("^", "paths", file));
        QCOMPARE(taken("pa^", "paths", file), std::string("paths:\n  - ^"));
        QCOMPARE(offered("paths:\n  - ^", file), std::string("file folder pattern"));
        QCOMPARE(offered("paths:\n  - f^", file), std::string("file folder"));
        QCOMPARE(offered("transformations:\n  - read_d^", file), std::string("read_delimited read_delta_lake"));
        QCOMPARE(taken("transformations:\n  - read_del^", "read_delimited", file), std::string("transformations:\n  - read_delimited:\n      ^"));
        QCOMPARE(offered("transformations:\n  - read_delimited:\n      header: f^", file), std::string("from_first_file"));
        QVERIFY(offers("transformations:\n  - read_delimited:\n      ^", "delimiter", file));
        QCOMPARE(offered("transformations:\n  - convert_column_types:\n      - columns: x\n        column_type: da^", file), std::string("datetime"));
    }

    // ---- help

    void a_field_explains_itself()
    {
        const auto help = [](const std::string& marked) {
            const Marked m(marked);
            const auto found = helpAt(m.text, m.offset, "/no/where/pipeline.yml");
            return found ? found->name + "|" + found->help + "|" + found->allowed + "|" + found->unit + "|" + found->defaultValue + "|"
                    + m.text.substr(found->begin, found->end - found->begin)
                         : "none";
        };
        const Field* timeout = findFieldByPath(Scope::ParallelNode, "retry_settings.timeout");
        const std::string wanted = "timeout|" + std::string(timeout->help) + "|" + allowedText(*timeout) + "|s|60|timeout";
        QCOMPARE(help("jobs:\n  a:\n    type: parallel\n    retry_settings:\n      time^out: 5\n"), wanted);
        QCOMPARE(help("jobs:\n  a:\n    type: parallel\n    retry_settings: {timeout: ^5}\n"), wanted);
        QVERIFY(help("jobs:\n  a:\n    type: parallel\n    task:\n      program_arguments: --a 1 --error_^threshold 5\n").starts_with("--error_threshold|"));
        QVERIFY(help("jobs:\n  a:\n    type: parallel\n    task:\n      program_arguments: --^a 1\n").starts_with("program_arguments|"));
        QCOMPARE(help("jobs:\n  ^a:\n    type: parallel\n"), std::string("none"));
        QCOMPARE(help("# ^type: x\n"), std::string("none"));
        QCOMPARE(help("my_^own: x\n"), std::string("none"));
    }
};

SHEAF_TEST(tst_completion)
#include "tst_completion.moc"
