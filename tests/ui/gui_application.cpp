// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "tests/support/test_runner.h"
#include "ui/style/theme.h"

#include <QApplication>

/// The test runner's application object for tests with windows.
static const bool usesGui = sheaf::test::setApplicationFactory([](int& argc, char** argv) {
    auto application = std::make_unique<QApplication>(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("sheaf"));
    QApplication::setApplicationName(QStringLiteral("sheaf-test"));
    sheaf::ui::applyTheme(*application, sheaf::ui::ThemeChoice::Light);
    return std::unique_ptr<QObject>(std::move(application));
});
