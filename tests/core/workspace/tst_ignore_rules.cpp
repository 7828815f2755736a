// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/ignore_rules.h"
#include "tests/support/test_runner.h"

using sheaf::workspace::IgnoreRules;

class tst_ignore_rules : public QObject
{
    Q_OBJECT
private slots:
    void decidesAsGitDoes_data();
    void decidesAsGitDoes();
    void aFileInASubfolderRulesOnlyThereAndWinsOverThoseAbove();
};

void tst_ignore_rules::decidesAsGitDoes_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<bool>("isFolder");
    QTest::addColumn<bool>("ignored");
    const auto row
        = [](const char* name, const char* lines, const char* path, bool isFolder, bool ignored) {
              QTest::newRow(name) << QByteArray(lines) << QByteArray(path) << isFolder << ignored;
          };
    row("a name matches at any depth", "*.csv", "a/b/c.csv", false, true);
    row("a name does not match a part of a name", "data", "database", false, false);
    row("a slash in front ties it to the root", "/build", "src/build", true, false);
    row("a slash in front matches at the root", "/build", "build", true, true);
    row("a slash in the middle ties it as well", "a/*.txt", "b/a/x.txt", false, false);
    row("a star does not cross a slash", "a/*.txt", "a/b/x.txt", false, false);
    row("a slash at the end means folders only", "out/", "out", false, false);
    row("a slash at the end matches the folder", "out/", "deep/out", true, true);
    row("two stars in front match at any depth", "**/cache/x", "a/b/cache/x", false, true);
    row("two stars in front match no depth too", "**/cache/x", "cache/x", false, true);
    row("two stars in the middle match any number of folders", "a/**/z", "a/b/c/z", false, true);
    row("two stars in the middle match none too", "a/**/z", "a/z", false, true);
    row("two stars at the end match what is inside", "logs/**", "logs/a/b", false, true);
    row("two stars at the end do not match the folder", "logs/**", "logs", true, false);
    row("the last rule decides", "*.csv\n!keep.csv", "keep.csv", false, false);
    row("an earlier taking back is overruled", "!keep.csv\n*.csv", "keep.csv", false, true);
    row("a comment is no rule", "#x", "#x", false, false);
    row("an escaped hash is a name", "\\#x", "#x", false, true);
    row("an escaped mark is a name", "\\!x", "!x", false, true);
    row("blanks at the end are cut", "x.txt   ", "x.txt", false, true);
    row("an escaped blank at the end stays", "x\\ ", "x ", false, true);
    row("line ends of Windows are cut", "x.txt\r\n", "x.txt", false, true);
    row("a range of characters", "run[0-9]", "run7", false, true);
    row("a question mark is one character", "run?", "run77", false, false);
    row("an empty line is no rule", "\n\n", "x", false, false);
}

void tst_ignore_rules::decidesAsGitDoes()
{
    QFETCH(QByteArray, lines);
    QFETCH(QByteArray, path);
    QFETCH(bool, isFolder);
    IgnoreRules rules;
    rules.add("", lines.toStdString());
    QTEST(rules.isIgnored(path.toStdString(), isFolder), "ignored");
}

void tst_ignore_rules::aFileInASubfolderRulesOnlyThereAndWinsOverThoseAbove()
{
    IgnoreRules rules;
    rules.add("", "*.log");
    rules.add("sub", "!a.log\n/only.txt");
    QVERIFY(rules.isIgnored("a.log", false));
    QVERIFY(!rules.isIgnored("sub/a.log", false));
    QVERIFY(rules.isIgnored("sub/b.log", false));
    QVERIFY(rules.isIgnored("sub/only.txt", false));
    QVERIFY(!rules.isIgnored("only.txt", false));
    QVERIFY(!rules.isIgnored("subway/only.txt", false));
}

SHEAF_TEST(tst_ignore_rules)
#include "tst_ignore_rules.moc"
