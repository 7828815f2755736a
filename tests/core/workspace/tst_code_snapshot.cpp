// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/code_snapshot.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <algorithm>

namespace fs = std::filesystem;
using namespace sheaf;

class tst_code_snapshot : public QObject
{
    Q_OBJECT
private slots:
    void copiesAFolderWithItsModes();
    void amlignoreWinsOverGitignore();
    void gitignoreCountsWhereThereIsNoAmlignore();
    void neverTakesGitOrSheaf();
    void aSingleFileLiesInTheSnapshotUnderItsName();
    void noCodeMakesAnEmptyFolder();
    void aLinkInsideIsCopiedAsItsTarget();
    void aLinkThatLeadsOutStaysALinkAndIsTold();
    void aLinkToItsOwnParentIsLeftOutAndTold();
    void aMissingFolderIsAnError();
    void whatChangedSinceIsNamed();
};

namespace {

std::string listing(const fs::path& folder)
{
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_directory()) {
            names.push_back(entry.path().lexically_relative(folder).string());
        }
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (const auto& name : names) {
        text += name + " ";
    }
    return text;
}

} // namespace

void tst_code_snapshot::copiesAFolderWithItsModes()
{
    const test::TempFolder temp;
    const auto script = temp.write("code/run.sh", "#!/bin/sh\n");
    fs::permissions(script, fs::perms::owner_all);
    temp.write("code/pkg/a.py", "x = 1\n");
    const auto snapshot = workspace::takeCodeSnapshot(temp.path() / "code", temp.path() / "copy");
    VERIFY_OK(snapshot);
    QCOMPARE(listing(temp.path() / "copy"), std::string("pkg/a.py run.sh "));
    QCOMPARE(test::readAll(temp.path() / "copy/pkg/a.py"), std::string("x = 1\n"));
    QVERIFY((fs::status(temp.path() / "copy/run.sh").permissions() & fs::perms::owner_exec)
        != fs::perms::none);
    QCOMPARE(snapshot->files, 2U);
    QCOMPARE(snapshot->bytes, 16U);
}

void tst_code_snapshot::amlignoreWinsOverGitignore()
{
    const test::TempFolder temp;
    temp.write("code/.amlignore", "data/\n");
    temp.write("code/.gitignore", "*.py\n");
    temp.write("code/a.py", "");
    temp.write("code/data/big.csv", "");
    VERIFY_OK(workspace::takeCodeSnapshot(temp.path() / "code", temp.path() / "copy"));
    QCOMPARE(listing(temp.path() / "copy"), std::string(".amlignore .gitignore a.py "));
}

void tst_code_snapshot::gitignoreCountsWhereThereIsNoAmlignore()
{
    const test::TempFolder temp;
    temp.write("code/.gitignore", "__pycache__/\n*.csv\n");
    temp.write("code/sub/.gitignore", "!keep.csv\n");
    temp.write("code/a.py", "");
    temp.write("code/__pycache__/a.pyc", "");
    temp.write("code/sub/keep.csv", "");
    temp.write("code/sub/drop.csv", "");
    VERIFY_OK(workspace::takeCodeSnapshot(temp.path() / "code", temp.path() / "copy"));
    QCOMPARE(
        listing(temp.path() / "copy"), std::string(".gitignore a.py sub/.gitignore sub/keep.csv "));
}

void tst_code_snapshot::neverTakesGitOrSheaf()
{
    const test::TempFolder temp;
    temp.write("code/.git/HEAD", "");
    temp.write("code/.sheaf/runs/x/run.json", "");
    temp.write("code/a.py", "");
    VERIFY_OK(
        workspace::takeCodeSnapshot(temp.path() / "code", temp.path() / "code/.sheaf/runs/y/code"));
    QCOMPARE(listing(temp.path() / "code/.sheaf/runs/y/code"), std::string("a.py "));
}

void tst_code_snapshot::aSingleFileLiesInTheSnapshotUnderItsName()
{
    const test::TempFolder temp;
    const auto file = temp.write("code/entry.py", "pass\n");
    VERIFY_OK(workspace::takeCodeSnapshot(file, temp.path() / "copy"));
    QCOMPARE(listing(temp.path() / "copy"), std::string("entry.py "));
}

void tst_code_snapshot::noCodeMakesAnEmptyFolder()
{
    const test::TempFolder temp;
    VERIFY_OK(workspace::takeCodeSnapshot({}, temp.path() / "copy"));
    QVERIFY(fs::is_empty(temp.path() / "copy"));
}

void tst_code_snapshot::aLinkInsideIsCopiedAsItsTarget()
{
    const test::TempFolder temp;
    temp.write("code/lib/a.py", "inside\n");
    fs::create_symlink("lib/a.py", temp.path() / "code/b.py");
    fs::create_directory_symlink("lib", temp.path() / "code/lib2");
    const auto snapshot = workspace::takeCodeSnapshot(temp.path() / "code", temp.path() / "copy");
    VERIFY_OK(snapshot);
    QCOMPARE(listing(temp.path() / "copy"), std::string("b.py lib/a.py lib2/a.py "));
    QVERIFY(!fs::is_symlink(temp.path() / "copy/b.py"));
    QVERIFY(snapshot->warnings.empty());
}

void tst_code_snapshot::aLinkThatLeadsOutStaysALinkAndIsTold()
{
    const test::TempFolder temp;
    const auto shared = temp.write("shared/tool.py", "shared\n");
    temp.write("code/a.py", "");
    fs::create_symlink(shared, temp.path() / "code/tool.py");
    const auto snapshot = workspace::takeCodeSnapshot(temp.path() / "code", temp.path() / "copy");
    VERIFY_OK(snapshot);
    QCOMPARE(fs::read_symlink(temp.path() / "copy/tool.py"), shared);
    QCOMPARE(snapshot->warnings.size(), 1U);
    QVERIFY(snapshot->warnings.front().find("tool.py") != std::string::npos);
}

void tst_code_snapshot::aLinkToItsOwnParentIsLeftOutAndTold()
{
    const test::TempFolder temp;
    temp.write("code/sub/a.py", "");
    fs::create_directory_symlink("..", temp.path() / "code/sub/up");
    const auto snapshot = workspace::takeCodeSnapshot(temp.path() / "code", temp.path() / "copy");
    VERIFY_OK(snapshot);
    QCOMPARE(listing(temp.path() / "copy"), std::string("sub/a.py "));
    QCOMPARE(snapshot->warnings.size(), 1U);
}

void tst_code_snapshot::aMissingFolderIsAnError()
{
    const test::TempFolder temp;
    COMPARE_ERROR(workspace::takeCodeSnapshot(temp.path() / "nowhere", temp.path() / "copy"),
        ErrorCode::NotFound);
}

void tst_code_snapshot::whatChangedSinceIsNamed()
{
    const test::TempFolder temp;
    const auto code = temp.path() / "code";
    const auto copy = temp.path() / "copy";
    temp.write("code/entry.py", "x = 1\n");
    temp.write("code/pkg/same.py", "y\n");
    temp.write("code/.amlignore", "*.log\n");
    VERIFY_OK(workspace::takeCodeSnapshot(code, copy));
    temp.write("copy/__pycache__/entry.pyc", "made by a run");
    temp.write("copy/cache.json", "written by the script");
    auto changed = workspace::changedCode(code, copy);
    VERIFY_OK(changed);
    QVERIFY(changed->empty());

    temp.write("code/entry.py", "x = 2\n"); // as long as before
    temp.write("code/pkg/new.py", "");
    temp.write("code/noise.log", "left out of snapshots");
    temp.write("code/__pycache__/entry.pyc", "made by the user's own try");
    changed = workspace::changedCode(code, copy);
    VERIFY_OK(changed);
    QCOMPARE(*changed, (std::vector<std::string> { "entry.py", "pkg/new.py" }));

    VERIFY_OK(workspace::takeCodeSnapshot(code / "entry.py", temp.path() / "one"));
    QVERIFY(workspace::changedCode(code / "entry.py", temp.path() / "one")->empty());
    temp.write("code/entry.py", "x = 3\n");
    QCOMPARE(*workspace::changedCode(code / "entry.py", temp.path() / "one"), std::vector<std::string> { "entry.py" });
    QVERIFY(!workspace::changedCode(temp.path() / "none", copy));
}

SHEAF_TEST(tst_code_snapshot)
#include "tst_code_snapshot.moc"
