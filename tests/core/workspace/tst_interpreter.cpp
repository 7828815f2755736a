// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/workspace/interpreter.h"
#include "core/workspace/run_name.h"
#include "core/workspace/tool_output.h"
#include "tests/support/result_macros.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_runner.h"

#include <set>

namespace fs = std::filesystem;
using namespace sheaf;

class tst_interpreter : public QObject
{
    Q_OBJECT
private slots:
    void cleanup() { qunsetenv("SHEAF_PYTHON"); }
    void resolvesAShimToTheRealExecutable();
    void asksAShimOnceUntilItChanges();
    void theOptionWinsOverTheEnvironmentVariable();
    void aMissingInterpreterIsNamed();
    void aProgramThatIsNoPythonIsRefused();
    void namesOfPackagesAreComparedAsPipDoes();
    void packagesThatAreMissingAreNamedAsWritten();
    void aToolThatHangsIsEnded();
    void namesOfRuns();
};

namespace {

/// A script that hands over to the real interpreter and counts how often it was asked.
fs::path shim(const test::TempFolder& temp)
{
    const auto path = temp.write("shims/python3",
        "#!/bin/sh\necho asked >>" + (temp.path() / "count").string()
            + "\nexec /usr/bin/python3 \"$@\"\n");
    fs::permissions(path, fs::perms::owner_all);
    return path;
}

} // namespace

void tst_interpreter::resolvesAShimToTheRealExecutable()
{
    const test::TempFolder temp;
    const auto python = workspace::findInterpreter(shim(temp).string(), {});
    VERIFY_OK(python);
    QCOMPARE(python->path, std::string("/usr/bin/python3"));
    QVERIFY(python->version.starts_with("3."));
}

void tst_interpreter::asksAShimOnceUntilItChanges()
{
    const test::TempFolder temp;
    const auto path = shim(temp);
    const auto cache = temp.path() / "cache";
    VERIFY_OK(workspace::findInterpreter(path.string(), cache));
    const auto again = workspace::findInterpreter(path.string(), cache);
    VERIFY_OK(again);
    QCOMPARE(again->path, std::string("/usr/bin/python3"));
    QCOMPARE(test::readAll(temp.path() / "count"), std::string("asked\n"));
    fs::last_write_time(path, fs::last_write_time(path) + std::chrono::seconds(5));
    VERIFY_OK(workspace::findInterpreter(path.string(), cache));
    QCOMPARE(test::readAll(temp.path() / "count"), std::string("asked\nasked\n"));
}

void tst_interpreter::theOptionWinsOverTheEnvironmentVariable()
{
    qputenv("SHEAF_PYTHON", "/nowhere/python");
    COMPARE_ERROR(workspace::findInterpreter("", {}), ErrorCode::InterpreterMissing);
    VERIFY_OK(workspace::findInterpreter("/usr/bin/python3", {}));
}

void tst_interpreter::aMissingInterpreterIsNamed()
{
    const auto python = workspace::findInterpreter("python-of-the-year-3000", {});
    COMPARE_ERROR(python, ErrorCode::InterpreterMissing);
    QCOMPARE(python.error().arg("python"), std::string("python-of-the-year-3000"));
}

void tst_interpreter::aProgramThatIsNoPythonIsRefused()
{
    COMPARE_ERROR(workspace::findInterpreter("/bin/true", {}), ErrorCode::InterpreterMissing);
    COMPARE_ERROR(workspace::findInterpreter("/bin/false", {}), ErrorCode::InterpreterMissing);
}

void tst_interpreter::namesOfPackagesAreComparedAsPipDoes()
{
    QCOMPARE(workspace::normalizedPackage("Typing_Extensions"), std::string("typing-extensions"));
    QCOMPARE(workspace::normalizedPackage("zope.interface>=5"), std::string("zope-interface"));
    QCOMPARE(workspace::normalizedPackage("a-_.b==1.0"), std::string("a-b"));
}

void tst_interpreter::packagesThatAreMissingAreNamedAsWritten()
{
    const auto missing = workspace::missingPackages(
        "/usr/bin/python3", { "Pandas", "No_Such.Package", "python", "pip", "numpy" });
    QCOMPARE(missing, (std::vector<std::string> { "No_Such.Package" }));
}

void tst_interpreter::aToolThatHangsIsEnded()
{
    const auto answer
        = workspace::toolOutput({ "/bin/sleep", "1000" }, std::chrono::milliseconds(50));
    COMPARE_ERROR(answer, ErrorCode::Launch);
}

void tst_interpreter::namesOfRuns()
{
    std::set<std::string> names;
    for (int i = 0; i < 200; ++i) {
        names.insert(workspace::newRunName());
    }
    QCOMPARE(names.size(), 200U);
    for (const auto& name : names) {
        QVERIFY2(workspace::isValidRunName(name), name.c_str());
    }
    for (const char* bad : { "", "-x", ".x", "a b", "a/b", "..", "latest", "ü" }) {
        QVERIFY2(!workspace::isValidRunName(bad), bad);
    }
    QVERIFY(workspace::isValidRunName("Run-1.b_2"));
    QVERIFY(!workspace::isValidRunName(std::string(101, 'a')));
}

SHEAF_TEST(tst_interpreter)
#include "tst_interpreter.moc"
