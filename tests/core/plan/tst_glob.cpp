// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/plan/glob.h"
#include "tests/support/test_runner.h"

using sheaf::plan::Glob;

class tst_glob : public QObject
{
    Q_OBJECT
private slots:
    void a_pattern_takes_the_paths_it_describes_data()
    {
        QTest::addColumn<QByteArray>("pattern");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char* pattern, const char* path, bool matches) {
            QTest::addRow("%s %s", pattern, path)
                << QByteArray(pattern) << QByteArray(path) << matches;
        };
        row("*.csv", "a.csv", true);
        row("*.csv", ".csv", true);
        row("*.csv", "a.csv.gz", false);
        row("*.csv", "sub/a.csv", false);
        row("**/*.csv", "a.csv", true);
        row("**/*.csv", "x/y/z/a.csv", true);
        row("./**/*.csv", "x/a.csv", true);
        row("x/**", "x/y/a.txt", true);
        row("x/**", "y/a.txt", false);
        row("x/**/z/*.csv", "x/z/a.csv", true);
        row("x/**/z/*.csv", "x/1/z/2/z/a.csv", true);
        row("x/**/z/*.csv", "x/1/a.csv", false);
        row("a?c", "abc", true);
        row("a?c",
            "a\xC3\xA4"
            "c",
            true);
        row("a?c", "ac", false);
        row("[abc].txt", "b.txt", true);
        row("[abc].txt", "d.txt", false);
        row("[a-f0-9].txt", "e.txt", true);
        row("[a-f0-9].txt", "g.txt", false);
        row("[!ab].txt", "c.txt", true);
        row("[!ab].txt", "a.txt", false);
        row("part[1", "part[1", true);
        row("part[1", "part1", false);
        row("*a*b*", "xxaxxbxx", true);
        row("*a*b*", "xxbxxaxx", false);
        row("dir/*", "dir/a", true);
        row("dir/*", "dir/sub/a", false);
    }
    void a_pattern_takes_the_paths_it_describes()
    {
        QFETCH(QByteArray, pattern);
        QFETCH(QByteArray, path);
        QFETCH(bool, matches);
        QCOMPARE(Glob(pattern.toStdString()).matches(path.toStdString()), matches);
    }

    void folders_in_which_nothing_can_match_are_told()
    {
        QVERIFY(!Glob("*.csv").mayMatchBelow("sub"));
        QVERIFY(Glob("*/a.csv").mayMatchBelow("sub"));
        QVERIFY(!Glob("*/a.csv").mayMatchBelow("sub/deeper"));
        QVERIFY(!Glob("x/*.csv").mayMatchBelow("y"));
        QVERIFY(Glob("x/**").mayMatchBelow("x/1/2/3"));
        QVERIFY(Glob("**/a").mayMatchBelow("anything"));
    }
};

SHEAF_TEST(tst_glob)
#include "tst_glob.moc"
