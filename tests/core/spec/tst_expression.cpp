// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/expression.h"
#include "tests/support/test_runner.h"

using namespace sheaf::spec;

class tst_expression : public QObject
{
    Q_OBJECT

private slots:
    void blanks_inside_are_allowed()
    {
        const auto expression = wholeExpression("  ${{ parent . inputs.x }} ");
        QVERIFY(expression.has_value());
        QVERIFY(expression->is({ "parent", "inputs" }, 3));
        QCOMPARE(expression->parts[2], std::string("x"));
    }

    void text_around_makes_it_not_whole()
    {
        QVERIFY(!wholeExpression("a ${{inputs.x}}"));
        QVERIFY(!wholeExpression("${{inputs.x}}${{inputs.y}}"));
        QVERIFY(!wholeExpression("${{inputs.x"));
        QVERIFY(!wholeExpression(""));
    }

    void every_expression_is_replaced_once()
    {
        const auto upper = [](const Expression& e) { return "<" + e.inner + ">"; };
        QCOMPARE(replaceExpressions("a ${{x.y}} b ${{ z }}", upper), std::string("a <x.y> b <z>"));
        // A value that looks like an expression is not looked at again.
        QCOMPARE(
            replaceExpressions("${{x}}", [](const Expression&) { return std::string("${{x}}"); }),
            std::string("${{x}}"));
    }

    void an_unclosed_expression_is_told()
    {
        const auto found = findExpressions("ok ${{a.b}} bad ${{c");
        QCOMPARE(found.size(), std::size_t { 2 });
        QVERIFY(found[0].closed);
        QVERIFY(!found[1].closed);
    }

    void optional_groups_are_freed_or_dropped_whole()
    {
        const std::string text = "run $[[--a ${{inputs.a}}]] $[[--b ${{inputs.b}}]] end";
        const auto keepA = [](std::string_view content) {
            return content.find("inputs.a") != std::string_view::npos;
        };
        QCOMPARE(resolveOptionalGroups(text, keepA), std::string("run --a ${{inputs.a}}  end"));
        QVERIFY(!findOptionalGroups("$[[ x").front().closed);
    }
};

SHEAF_TEST(tst_expression)
#include "tst_expression.moc"
