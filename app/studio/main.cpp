// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors

// sheaf-studio [FILE | RUN_FOLDER] [--python P] [--workspace DIR] [--run]

#include "ui/shell/main_window.h"
#include "ui/state/app_context.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QCommandLineParser>

#include <algorithm>
#include <csignal>
#include <memory>
#include <string_view>

using namespace sheaf::ui;

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    // Help and version are words: they need no display.
    const bool onlyWords = std::any_of(argv + 1, argv + argc, [](std::string_view word) {
        return word == "--help" || word == "-h" || word == "--help-all" || word == "--version" || word == "-v";
    });
    const std::unique_ptr<QCoreApplication> core
        = onlyWords ? std::make_unique<QCoreApplication>(argc, argv) : std::make_unique<QApplication>(argc, argv);
    QApplication::setApplicationName(QStringLiteral("sheaf-studio"));
    QApplication::setOrganizationName(QStringLiteral("sheaf"));
    QApplication::setApplicationDisplayName(QStringLiteral("Sheaf"));
    QApplication::setApplicationVersion(QStringLiteral(SHEAF_VERSION));

    QCommandLineParser parser;
    parser.setApplicationDescription(QObject::tr("A studio for parallel batch jobs over MPI."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("path"), QObject::tr("A pipeline file, or the folder of a run."), QStringLiteral("[path]"));
    const QCommandLineOption python(QStringLiteral("python"), QObject::tr("The interpreter of the workers."), QStringLiteral("path"));
    const QCommandLineOption workspace(QStringLiteral("workspace"), QObject::tr("The folder whose .sheaf/ holds the runs."), QStringLiteral("folder"));
    const QCommandLineOption run(QStringLiteral("run"), QObject::tr("Run the pipeline at once."));
    parser.addOptions({ python, workspace, run });
    parser.process(*core); // leaves after help and version

    AppContext context;
    context.settings.overrideForSession(parser.value(python), parser.value(workspace));
    applyTheme(*qApp, themeFromKey(context.settings.settings().theme));
    MainWindow window(context);
    window.show();
    if (!parser.positionalArguments().isEmpty()) {
        window.openPath(parser.positionalArguments().first());
        if (parser.isSet(run)) {
            window.run();
        }
    }
    return QApplication::exec();
}
