// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/shared_traits.h"
#include "tests/support/test_runner.h"

#include <fmt/format.h>

#include <algorithm>

using namespace sheaf;
using namespace sheaf::triage;

namespace {

/// A step of `total` mini-batches, each done on node i % 4 in process i % 2, one file "eu/<i>.csv" each.
struct Stage {
    event::StepPicture step;
    event::FailureGroup group;
    std::vector<std::string> lines;

    explicit Stage(std::uint32_t total)
    {
        step.miniBatches.resize(total);
        for (std::uint32_t i = 0; i < total; ++i) {
            event::MiniBatchNow& now = step.miniBatches[i];
            now.state = event::MiniBatchState::Done;
            now.node = NodeIndex(i % 4);
            now.process = ProcessNumber(i % 2);
            now.lastEvent = i + 1;
            lines.push_back(fmt::format(R"({{"files":["eu/{}.csv"]}})", i));
        }
    }
    void fail(std::uint32_t index, std::uint32_t attempts = 1)
    {
        step.miniBatches[index].state = event::MiniBatchState::Failed;
        group.members.emplace_back(index);
        group.attempts += attempts;
        group.nodes[step.miniBatches[index].node.value] += attempts;
    }
    [[nodiscard]] std::string text(const TraitSources& more = {}) const
    {
        TraitSources sources = more;
        sources.planLine = [this](MiniBatchIndex index) { return std::string_view(lines[index.value]); };
        std::string all;
        for (const SharedTrait& trait : sharedTraits(group, step, sources)) {
            all += fmt::format("{} {}: {}\n", json::enumName(trait.kind), trait.value, trait.sentence);
        }
        return all;
    }
};

/// Spread over the plan, so that place and node say nothing.
const std::vector<std::uint32_t> kSpread { 3, 17, 22, 40, 53, 66, 78, 95, 101, 112 };

} // namespace

class tst_shared_traits : public QObject
{
    Q_OBJECT

private slots:
    void without_anything_in_common_nothing_is_said()
    {
        Stage stage(120);
        for (const std::uint32_t i : kSpread) {
            stage.fail(i);
        }
        QCOMPARE(stage.text(), std::string());
    }

    void a_bad_node_is_named()
    {
        Stage stage(120);
        for (std::uint32_t i = 2; i < 120; i += 12) {
            stage.fail(i);
        }
        for (const MiniBatchIndex member : stage.group.members) { // tried again elsewhere, in another process each time
            stage.step.miniBatches[member.value].node = NodeIndex(member.value / 4 % 2);
            stage.step.miniBatches[member.value].process = ProcessNumber(member.value);
        }
        QCOMPARE(stage.text(), std::string("Node 2: 10 of 10 ran on node 2; of the other mini-batches 20 of 110 ran there.\n"));
    }

    void a_bad_process_says_more_than_its_node()
    {
        Stage stage(120);
        for (std::uint32_t i = 2; i < 120; i += 12) {
            stage.fail(i);
            stage.step.miniBatches[i].process = ProcessNumber(7);
        }
        QCOMPARE(stage.text(), std::string("Process process007 of node 2: 10 of 10 ran in process007 of node 2; of the others 0 of 110 did.\n"));
    }

    void one_node_alone_says_nothing()
    {
        Stage stage(120);
        for (auto& now : stage.step.miniBatches) {
            now.node = NodeIndex(0);
        }
        for (const std::uint32_t i : kSpread) {
            stage.fail(i);
        }
        QCOMPARE(stage.text(), std::string());
    }

    void three_of_three_by_chance_are_not_called_shared()
    {
        Stage stage(40);
        for (auto& now : stage.step.miniBatches) { // two nodes: three on one of them is nothing
            now.node = NodeIndex(now.node.value / 3);
        }
        for (const std::uint32_t i : { 4U, 17U, 33U }) {
            stage.fail(i);
        }
        QVERIFY(stage.text().find("Node") == std::string::npos);
    }

    void the_kind_of_file_the_folder_and_the_key_are_found()
    {
        Stage stage(120);
        for (const std::uint32_t i : kSpread) {
            stage.fail(i);
            stage.lines[i] = fmt::format(R"({{"files":["us/{0}.tsv","us/{0}.csv"]}})", i);
        }
        QCOMPARE(stage.text(), std::string("FileKind .tsv: 10 of 10 hold a .tsv file; of the others 0 of 110 do.\n"
                                           "Folder us/: 10 of 10 hold files of us/; of the others 0 of 110 do.\n"));
        for (std::uint32_t i = 0; i < 120; ++i) {
            const bool isMember = std::find(kSpread.begin(), kSpread.end(), i) != kSpread.end();
            stage.lines[i] = fmt::format(R"({{"slices":[["a.csv",0,100]],"key":{{"Store":"{}","Brand":"{}"}}}})", isMember ? 12 : i % 40 + 100, i);
        }
        QCOMPARE(stage.text(), std::string("Key Store=12: 10 of 10 have the key Store=12; of the others 0 of 110 do.\n"));
    }

    void a_size_out_of_the_usual_is_said()
    {
        Stage stage(120);
        for (std::uint32_t i = 0; i < 120; ++i) {
            stage.lines[i] = fmt::format(R"({{"slices":[["a.csv",0,{}]]}})", 1000 + i % 7);
        }
        for (const std::uint32_t i : kSpread) {
            stage.fail(i);
            stage.lines[i] = fmt::format(R"({{"slices":[["a.csv",0,{}]]}})", 500'000 + i);
        }
        QCOMPARE(stage.text(), std::string("Size ≥ 488.3 KiB: 10 of 10 have 488.3 KiB of input or more; of the others 0 of 110 do, where 1003 B is usual.\n"));
        TraitSources groups;
        groups.slicesAreBytes = false; // row groups: their numbers are no bytes
        QCOMPARE(stage.text(groups), std::string());
    }

    void empty_files_are_said()
    {
        Stage stage(120);
        for (const std::uint32_t i : kSpread) {
            stage.fail(i);
        }
        TraitSources sources;
        sources.fileBytes = [&](const std::string& path) -> std::optional<std::uint64_t> {
            const auto number = static_cast<std::uint32_t>(std::stoul(path.substr(3)));
            return std::find(kSpread.begin(), kSpread.end(), number) != kSpread.end() ? 0 : 4096;
        };
        QCOMPARE(stage.text(sources), std::string("Size empty: 10 of 10 have empty files only; of the others 0 of 110 do, where 4.0 KiB is usual.\n"));
    }

    void a_place_in_the_plan_is_said()
    {
        Stage middle(120);
        for (std::uint32_t i = 50; i < 57; ++i) {
            middle.fail(i);
        }
        QCOMPARE(middle.text(), std::string("Position 50-56: All lie between mini-batch 50 and 56, one after another.\n"));
        Stage end(120);
        for (const std::uint32_t i : { 112U, 114U, 115U, 117U, 119U }) {
            end.fail(i);
        }
        QCOMPARE(end.text(), std::string("Position 112-119: All are among the last 8 of 120 mini-batches, where 3 others are.\n"));
        Stage last(120);
        last.fail(119);
        QCOMPARE(last.text(), std::string("Position 119: It is the last mini-batch, which may be smaller than the others.\n"));
    }

    void those_not_tried_yet_are_not_compared_with()
    {
        Stage stage(400); // 120 of them have been tried, which the failed ones are spread over
        for (std::uint32_t i = 120; i < 400; ++i) {
            stage.step.miniBatches[i] = {};
            stage.lines[i] = fmt::format(R"({{"files":["us/{}.tsv"]}})", i);
        }
        for (const std::uint32_t i : kSpread) {
            stage.fail(i);
        }
        QCOMPARE(stage.text(), std::string());
    }

    void nobody_to_compare_with_nothing_to_say()
    {
        Stage stage(12);
        for (std::uint32_t i = 0; i < 12; ++i) {
            stage.fail(i);
        }
        QCOMPARE(stage.text(), std::string());
    }

    void ten_thousand_members_of_a_hundred_thousand()
    {
        Stage stage(100'000);
        for (std::uint32_t i = 0; i < 100'000; i += 10) {
            stage.fail(i);
            stage.lines[i] = fmt::format(R"({{"files":["eu/{}.tsv"]}})", i);
        }
        QVERIFY(stage.text().starts_with("FileKind .tsv: 10,000 of 10,000"));
    }
};

SHEAF_TEST(tst_shared_traits)
#include "tst_shared_traits.moc"
