// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/text.h"
#include "core/edit/edit_value.h"
#include "core/edit/folded_text.h"
#include "core/edit/runner_flag_text.h"
#include "core/edit/text_draft.h"
#include "core/spec/override.h"
#include "tests/support/test_runner.h"

using namespace sheaf;
using namespace sheaf::spec;
using namespace sheaf::edit;

namespace {

const std::string kName = "error_threshold";

std::string set(const std::string& arguments, const std::optional<std::string>& value, const std::string& name = kName)
{
    const auto now = withFlag(arguments, name, value);
    return now ? *now : "refused: " + errorSentence(now.error());
}

/// `file` with the flag set below task.
std::string inFile(const std::string& file, const std::optional<std::string>& value)
{
    const auto patches = flagPatches(parseYaml(SourceText("job.yml", file)), { "task", "program_arguments" }, kName, value);
    return patches ? patched(file, *patches) : "refused: " + errorSentence(patches.error());
}

/// Both texts whole when they differ.
#define SAME(actual, expected)                                                                                         \
    do {                                                                                                               \
        const std::string is = (actual);                                                                               \
        QVERIFY2(is == (expected), (is + "\nexpected:\n" + (expected)).c_str());                                       \
    } while (false)

/// Twenty steps with arguments of all kinds; those of 5 are 6's too.
std::string twentySteps(const std::string& argumentsOfNine = "--x 9")
{
    const std::string kinds[] = { " >-\n      --one 1\n      --error_threshold 20", " --one 1", "", " \"--one '1' --error_threshold 3\" # why", " --error_threshold 8" };
    std::string job = "jobs:\n";
    for (int i = 0; i < 20; ++i) {
        const std::string kind = i == 5 ? " &five --y 1" : i == 6 ? " *five" : i == 9 ? " " + argumentsOfNine : kinds[i % 5];
        job += "  s" + std::to_string(i) + ":\n    type: x\n" + (kind.empty() ? "" : "    program_arguments:" + kind + "\n");
    }
    return job;
}

/// All at once, or one after the other.
template <class Wish>
std::string twentyAfter(const std::string& job, const std::vector<Wish>& wishes, Result<void> (*change)(TextDraft&, const std::vector<Wish>&), bool together)
{
    auto draft = TextDraft::of(job);
    auto done = !draft ? Result<void>(tl::unexpected<Error>(draft.error())) : together ? change(*draft, wishes) : Result<void>();
    for (std::size_t i = 0; done && !together && i < wishes.size(); ++i) {
        done = change(*draft, { wishes[i] });
    }
    return done ? draft->text() : "refused: " + errorSentence(done.error());
}

} // namespace

class tst_runner_flag_text : public QObject
{
    Q_OBJECT

private slots:
    void both_forms_are_set_and_all_else_stays()
    {
        SAME(set("--a  1   --error_threshold 5\t--b", "10"), std::string("--a  1   --error_threshold 10\t--b"));
        SAME(set("--error_threshold=5 'x  y' z", "10"), std::string("--error_threshold=10 'x  y' z"));
        SAME(set("--error_threshold -1", "2"), std::string("--error_threshold 2"));
        SAME(set("--error_threshold -1", "-1"), std::string("--error_threshold -1"));
        SAME(set("\"--error_threshold=5\" x", "10"), std::string("--error_threshold 10 x"));
    }

    void the_last_one_counts()
    {
        SAME(set("--error_threshold 1 --x --error_threshold 2", "3"), std::string("--error_threshold 1 --x --error_threshold 3"));
        SAME(set("--error_threshold 1 --x --error_threshold=2 y", std::nullopt), std::string("--x y"));
    }

    void a_new_flag_comes_behind_all_the_rest()
    {
        SAME(set("", "3"), std::string("--error_threshold 3"));
        SAME(set("--m ${{ inputs.m }}\n", "3"), std::string("--m ${{ inputs.m }} --error_threshold 3\n"));
        SAME(set("--m 1\n--n 2\n", "3"), std::string("--m 1\n--n 2\n--error_threshold 3\n"));
        SAME(set("--m 1 \\\n  --n 2", "3"), std::string("--m 1 \\\n  --n 2 \\\n  --error_threshold 3"));
        SAME(set("word --m 1\n  two", "3"), std::string("word --m 1\n  two --error_threshold 3"));
    }

    void taking_it_away_takes_its_blanks_line_and_group()
    {
        SAME(set("--error_threshold 3 --m", std::nullopt), std::string("--m"));
        SAME(set("--m 1 --error_threshold 3", std::nullopt), std::string("--m 1"));
        SAME(set("--m 1\n--error_threshold 3\n--n 2\n", std::nullopt), std::string("--m 1\n--n 2\n"));
        SAME(set("--m 1 \\\n  --error_threshold 3", std::nullopt), std::string("--m 1"));
        SAME(set("--m 1 \\\n  --error_threshold 3 \\\n  --n", std::nullopt), std::string("--m 1 \\\n  --n"));
        SAME(set("--m $[[--error_threshold ${{inputs.e}}]] --n", std::nullopt), std::string("--m --n"));
        SAME(set("$[[--error_threshold ${{ inputs.e }} --n 2]]", std::nullopt), std::string("$[[--n 2]]"));
        SAME(set("--other 1", std::nullopt), std::string("--other 1"));
    }

    void expressions_are_one_value()
    {
        SAME(set("--error_threshold ${{ inputs.e }} --n", "4"), std::string("--error_threshold 4 --n"));
        SAME(set("--error_threshold 4", "${{ inputs.e }}"), std::string("--error_threshold ${{ inputs.e }}"));
        QCOMPARE(findFlags("--error_threshold ${{ inputs.e }} x", kName).front().value, std::string("${{ inputs.e }}"));
    }

    void values_are_quoted_when_they_must_be()
    {
        SAME(set("", "a b", "metrics_name_prefix"), std::string("--metrics_name_prefix \"a b\""));
        SAME(set("", "a\"b\\", "metrics_name_prefix"), std::string("--metrics_name_prefix \"a\\\"b\\\\\""));
        SAME(set("", "--x", "metrics_name_prefix"), std::string("--metrics_name_prefix=--x"));
        QVERIFY(set("--a 'open", "1").starts_with("refused"));
        QVERIFY(set("--a", "1\n2").starts_with("refused"));
    }

    void what_is_in_quotes_is_no_flag()
    {
        SAME(set("--note 'is --error_threshold 5'", std::nullopt), std::string("--note 'is --error_threshold 5'"));
        QVERIFY(findFlags("--error_threshold_more 5", kName).empty());
    }

    /// Whatever stood there: after setting it the runner reads the value, and the script's own words are as before.
    void the_script_reads_the_same_as_before()
    {
        for (const char* text : { "", "a", "--m 1 --error_threshold 2 'x y'", "--error_threshold=2\n--m \"a \\\" b\"\n", "--m 1 \\\n --n 2\n",
                 "$[[--x 1]] --error_threshold", "--error_threshold --n" }) {
            const std::string now = set(text, "7");
            const auto before = text::splitCommandLine(set(text, std::nullopt));
            const auto after = text::splitCommandLine(set(now, std::nullopt));
            QVERIFY2(before && after && *before == *after, (std::string(text) + " → " + now).c_str());
            QCOMPARE(findFlags(now, kName).back().value, std::string("7"));
        }
    }

    void in_a_file_the_lines_of_a_block_stay()
    {
        const std::string folded = "task:\n  program_arguments: >-  # why\n    --m ${{inputs.m}}\n    --error_threshold 3\n    --n\n  type: x\n";
        SAME(inFile(folded, "4"), std::string("task:\n  program_arguments: >-  # why\n    --m ${{inputs.m}}\n    --error_threshold 4\n    --n\n  type: x\n"));
        SAME(inFile(folded, std::nullopt), std::string("task:\n  program_arguments: >-  # why\n    --m ${{inputs.m}}\n    --n\n  type: x\n"));
        SAME(inFile("task:\n  program_arguments: |\n    --m 1\n    --n 2\n", "4"),
            std::string("task:\n  program_arguments: |\n    --m 1\n    --n 2\n    --error_threshold 4\n"));
        SAME(inFile("task:\r\n  program_arguments: |\r\n    --m 1\r\n    --n 2\r\n", "4"),
            std::string("task:\r\n  program_arguments: |\r\n    --m 1\r\n    --n 2\r\n    --error_threshold 4\r\n"));
    }

    void in_a_file_quotes_and_comments_stay()
    {
        SAME(inFile("task: {program_arguments: '--m 1', type: x} # c\n", "4"),
            std::string("task: {program_arguments: '--m 1 --error_threshold 4', type: x} # c\n"));
        SAME(inFile("task:\n  program_arguments: \"--m \\\"a b\\\"\"\n", "4"),
            std::string("task:\n  program_arguments: \"--m \\\"a b\\\" --error_threshold 4\"\n"));
        SAME(inFile("task:\n  program_arguments: --m 1\n    --n 2 # c\n", "4"),
            std::string("task:\n  program_arguments: --m 1\n    --n 2\n    --error_threshold 4 # c\n"));
    }

    void in_a_file_arguments_are_made_and_taken_away()
    {
        SAME(inFile("task:\n  type: x\n", "4"), std::string("task:\n  type: x\n  program_arguments: --error_threshold 4\n"));
        SAME(inFile("task:\n  type: x\n  program_arguments: --error_threshold 4\n", std::nullopt), std::string("task:\n  type: x\n"));
        SAME(inFile("task:\n  type: x\n", std::nullopt), std::string("task:\n  type: x\n"));
        QVERIFY(inFile("task:\n  program_arguments: [a]\n", "4").starts_with("refused"));
    }

    void the_lines_of_a_folded_text_are_shown_and_changed_as_they_stand()
    {
        const std::vector<std::string> path { "task", "program_arguments" };
        const auto lines = [&](const std::string& file) { return foldedLines(parseYaml(SourceText("job.yml", file)), path).value_or("none"); };
        const auto put = [&](const std::string& file, const std::string& to) {
            const auto patches = foldedPatches(parseYaml(SourceText("job.yml", file)), path, to);
            return patches ? patched(file, *patches) : "refused: " + errorSentence(patches.error());
        };
        const std::string folded = "task:\n  program_arguments: >- # why\n    --m 1\n    --n\n  type: x\n";
        SAME(lines(folded), std::string("--m 1\n--n"));
        SAME(put(folded, "--m 2\n--n\n--o"), std::string("task:\n  program_arguments: >- # why\n    --m 2\n    --n\n    --o\n  type: x\n"));
        SAME(put(folded, "--m"), std::string("task:\n  program_arguments: >- # why\n    --m\n  type: x\n"));
        SAME(put("task:\r\n  program_arguments: >\r\n    a\r\n", "b\nc"), std::string("task:\r\n  program_arguments: >\r\n    b\r\n    c\r\n"));
        SAME(lines("task:\n  program_arguments: |\n    a\n"), std::string("none"));
        SAME(lines("task:\n  program_arguments: a\n"), std::string("none"));
        QVERIFY(put(folded, " ").starts_with("refused"));
    }

    void flags_of_many_steps_are_the_text_of_one_after_the_other()
    {
        for (const auto& value : { std::optional<std::string>("42"), std::optional<std::string>() }) {
            std::vector<FlagEdit> wishes;
            for (int i = 0; i < 20; ++i) {
                if (i != 6) {
                    wishes.push_back({ { "jobs", "s" + std::to_string(i), "program_arguments" }, kName, value });
                }
            }
            const std::string together = twentyAfter(twentySteps(), wishes, changeFlags, true);
            SAME(together, twentyAfter(twentySteps(), wishes, changeFlags, false));
            QVERIFY(together.starts_with("jobs:") && together != twentySteps());
            QVERIFY(twentyAfter(twentySteps("[a]"), wishes, changeFlags, true).starts_with("refused"));
        }
    }

    void folded_texts_of_many_steps_are_the_text_of_one_after_the_other()
    {
        std::string job = "jobs:\n";
        std::vector<FoldedEdit> wishes;
        for (int i = 0; i < 20; ++i) {
            const std::string step = "s" + std::to_string(i);
            job += "  " + step + ":\n    command:" + (i == 6 ? " *five\n" : std::string(i == 5 ? " &five" : "") + " >-\n      ls " + step + "\n      -l\n");
            if (i != 6) {
                wishes.push_back({ { "jobs", step, "command" }, "cat " + step + "\n--all" });
            }
        }
        const std::string together = twentyAfter(job, wishes, changeFolded, true);
        SAME(together, twentyAfter(job, wishes, changeFolded, false));
        QVERIFY2(together.find("      cat s19\n      --all\n") != std::string::npos, together.c_str());
        wishes[9].lines = " ";
        QVERIFY(twentyAfter(job, wishes, changeFolded, true).find("jobs.s10.command") != std::string::npos);
    }

    void typed_text_is_read_as_it_was_typed()
    {
        for (const char* typed : { "5", "word", "a: b", "[x", "[a, b]", "{a}", "null", "~", "'quoted'", "\"q\"", "# no", "- x", "${{parent.inputs.x}}", "it's" }) {
            const YamlNode read = valueFromText(editValue(typed));
            QVERIFY2(read.isScalar() && read.text == typed, typed);
        }
        QCOMPARE(editValue("5"), std::string("5"));
        QCOMPARE(editText("5"), std::string("'5'"));
        QCOMPARE(editText("true"), std::string("'true'"));
        QCOMPARE(editList({ "store", "2024", "a, b" }), std::string("[store, '2024', 'a, b']"));
    }
};

SHEAF_TEST(tst_runner_flag_text)
#include "tst_runner_flag_text.moc"
