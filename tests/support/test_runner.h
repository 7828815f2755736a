// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QObject>
#include <QTest>

#include <functional>
#include <memory>
#include <string>

/// Several test classes in one program: each says SHEAF_TEST(ClassName) after its definition, and the program is run as
/// `tst_x [--class tst_planner] [QtTest options, function names]`. The program's folders (XDG_*, HOME) are private to the run.
namespace sheaf::test {

using Factory = std::function<std::unique_ptr<QObject>()>;
bool registerClass(const char* name, Factory factory);
/// Makes the application object before the tests; a GUI test program sets one that makes a QApplication.
using ApplicationFactory = std::function<std::unique_ptr<QObject>(int& argc, char** argv)>;
bool setApplicationFactory(ApplicationFactory factory);

} // namespace sheaf::test

#define SHEAF_TEST(ClassName)                                                                                          \
    static const bool registered_##ClassName = sheaf::test::registerClass(                                             \
        #ClassName, [] { return std::unique_ptr<QObject>(std::make_unique<ClassName>()); });
