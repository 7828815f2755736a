// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/graph.h"
#include "tests/support/test_runner.h"

using namespace sheaf::pipeline;

namespace {

std::string orderOf(const std::vector<GraphNode>& nodes)
{
    std::string text;
    for (const std::size_t index : orderSteps(nodes).order) {
        text += nodes[index].name;
    }
    return text;
}

} // namespace

class tst_graph : public QObject
{
    Q_OBJECT

private slots:
    void steps_follow_what_they_wait_for_and_else_stay_as_written()
    {
        QCOMPARE(orderOf({ { "a", {} }, { "b", {} }, { "c", {} } }), std::string("abc"));
        QCOMPARE(orderOf({ { "a", { "c" } }, { "b", {} }, { "c", { "b" } }, { "d", {} } }),
            std::string("bcad"));
        QCOMPARE(orderOf({ { "a", { "nowhere" } } }), std::string("a"));
        QCOMPARE(orderOf({}), std::string());
    }

    void a_cycle_is_named_and_every_step_is_kept()
    {
        const std::vector<GraphNode> nodes { { "x", {} }, { "a", { "x", "c" } }, { "b", { "a" } },
            { "c", { "b" } }, { "y", { "c" } } };
        const GraphOrder graph = orderSteps(nodes);
        QCOMPARE(graph.cycles, (std::vector<std::vector<std::string>> { { "a", "c", "b", "a" } }));
        QCOMPARE(graph.order.size(), nodes.size());
        QCOMPARE(orderSteps({ { "a", { "a" } } }).cycles, (std::vector<std::vector<std::string>> { { "a", "a" } }));
    }

    void each_cycle_is_named_once_and_what_only_waits_for_one_is_in_none()
    {
        const auto graph = orderSteps({ { "late", { "b" } }, { "a", { "b" } }, { "b", { "a" } }, { "e", { "f" } }, { "f", { "e", "a" } },
            { "alone", {} } });
        QCOMPARE(graph.cycles, (std::vector<std::vector<std::string>> { { "b", "a", "b" }, { "e", "f", "e" } }));
        QCOMPARE(graph.order.size(), 6U);
    }
};

SHEAF_TEST(tst_graph)
#include "tst_graph.moc"
