// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <CLI/CLI.hpp>

/// One function per verb: puts its sub-command with options and help into `app`; what runs it puts
/// the exit code into `exitCode`.
namespace sheaf::cli {

void addValidate(CLI::App& app, int& exitCode);
void addEdit(CLI::App& app, int& exitCode);
void addPlan(CLI::App& app, int& exitCode);
void addRun(CLI::App& app, int& exitCode);
void addResume(CLI::App& app, int& exitCode);
void addRetry(CLI::App& app, int& exitCode);
void addIgnore(CLI::App& app, int& exitCode);
void addCompare(CLI::App& app, int& exitCode);
void addLabel(CLI::App& app, int& exitCode);
void addRemove(CLI::App& app, int& exitCode);
void addStop(CLI::App& app, int& exitCode);
void addRuns(CLI::App& app, int& exitCode);
void addStatus(CLI::App& app, int& exitCode);
void addBatches(CLI::App& app, int& exitCode);
void addLogs(CLI::App& app, int& exitCode);
void addDebug(CLI::App& app, int& exitCode);
void addReport(CLI::App& app, int& exitCode);
void addOutputs(CLI::App& app, int& exitCode);
void addDoctor(CLI::App& app, int& exitCode);

} // namespace sheaf::cli
