// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "tests/support/test_runner.h"

#include <QCoreApplication>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <cstdio>
#include <vector>

namespace sheaf::test {

namespace {

struct Registered {
    std::string name;
    Factory factory;
};

std::vector<Registered>& classes()
{
    static std::vector<Registered> all;
    return all;
}

ApplicationFactory& applicationFactory()
{
    static ApplicationFactory factory;
    return factory;
}

} // namespace

bool registerClass(const char* name, Factory factory)
{
    classes().push_back({ name, std::move(factory) });
    return true;
}

bool setApplicationFactory(ApplicationFactory factory)
{
    applicationFactory() = std::move(factory);
    return true;
}

int runAll(int argc, char** argv)
{
    QTemporaryDir home;
    for (const char* name : { "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME" }) {
        qputenv(name, home.path().toUtf8());
    }
    const QString runtimeDir = home.path() + QStringLiteral("/runtime");
    QDir().mkpath(runtimeDir);
    QFile::setPermissions(runtimeDir, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    qputenv("XDG_RUNTIME_DIR", runtimeDir.toUtf8());
    qunsetenv("SHEAF_PYTHON");

    std::string only;
    std::vector<char*> rest;
    for (int i = 0; i < argc; ++i) {
        if (std::string(argv[i]) == "--class" && i + 1 < argc) {
            only = argv[++i];
        } else {
            rest.push_back(argv[i]);
        }
    }
    int count = static_cast<int>(rest.size());
    rest.push_back(nullptr);
    std::unique_ptr<QObject> application = applicationFactory()
        ? applicationFactory()(count, rest.data())
        : std::make_unique<QCoreApplication>(count, rest.data());
    int failed = 0;
    int ran = 0;
    for (const auto& registered : classes()) {
        if (!only.empty() && registered.name != only) {
            continue;
        }
        ++ran;
        auto object = registered.factory();
        failed += QTest::qExec(object.get(), count, rest.data());
    }
    if (ran == 0) {
        std::fprintf(stderr, "no test class %s\n", only.c_str());
        return 2;
    }
    return failed == 0 ? 0 : 1;
}

} // namespace sheaf::test

int main(int argc, char** argv)
{
    return sheaf::test::runAll(argc, argv);
}
