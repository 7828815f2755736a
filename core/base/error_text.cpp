// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/error.h"

#include <string_view>

namespace sheaf {

namespace {

/// What happened, then how to mend it; {name} is filled from the error's arguments.
std::string_view sentenceOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Io:
        return "{path}: {reason}. Check the disk and the path, then try again.";
    case ErrorCode::NotFound:
        return "{path} is not there. Check the path's spelling and the folder you are in.";
    case ErrorCode::Parse:
        return "{what} cannot be read: {reason}.";
    case ErrorCode::Invalid:
        return "{what} is '{found}', but {allowed}.";
    case ErrorCode::InvalidJob:
        return "{file} has {count} error(s), listed above; nothing was started. Mend them and run again.";
    case ErrorCode::InputMissing:
        return "Step '{step}': its input '{input}' is not there: {path}. Check the path, or give another with --set.";
    case ErrorCode::InputEmpty:
        return "Step '{step}': its main input has nothing to split: {path}. Mostly a mistake in the path or the pattern.";
    case ErrorCode::InputUnreadable:
        return "Step '{step}': its main input cannot be read: {path}: {reason}.";
    case ErrorCode::InterpreterMissing:
        return "No usable Python: {python}: {reason}. Give one with --python or SHEAF_PYTHON.";
    case ErrorCode::PackageMissing:
        return "The interpreter {python} has no package '{package}', which this step cannot do without. Install it there, or give "
               "another interpreter with --python.";
    case ErrorCode::ProgramMissing:
        return "The program '{program}' is not there. `sheaf doctor` says what to install.";
    case ErrorCode::RunMissing:
        return "No run '{run}' in {workspace}. `sheaf runs` lists those that are there.";
    case ErrorCode::RunActive:
        return "The run '{run}' is still going on. Wait for its end, or stop it with `sheaf stop {run}`.";
    case ErrorCode::RunNotActive:
        return "The run '{run}' is not going on.";
    case ErrorCode::RunExists:
        return "A run '{run}' is there already. Give another name.";
    case ErrorCode::StepMissing:
        return "There is no step '{step}'. There is: {known}.";
    case ErrorCode::NotKept:
        return "{reason} So the run stopped: what happens in it could not be kept.";
    case ErrorCode::InputChanged:
        return "{path} has changed since the plan of the run was made, so its mini-batches no longer hold the rows that they were cut for. "
               "Put the old file back and resume, or start a new run.";
    case ErrorCode::PlanChanged:
        return "The plan of step '{step}' is not the one the run began with, so the run cannot be resumed. Start it anew.";
    case ErrorCode::Database:
        return "{path}: the database refused: {reason}.";
    case ErrorCode::Launch:
        return "The run could not be started: {reason}. `sheaf doctor` checks what is needed.";
    case ErrorCode::Protocol:
        return "{peer} sent what it should not: {reason}.";
    case ErrorCode::NoPermission:
        return "{path}: no permission. Check who owns it.";
    case ErrorCode::Canceled:
        return "Stopped as asked.";
    case ErrorCode::Internal:
        return "A promise inside Sheaf was broken: {reason}. Please report it.";
    }
    return {};
}

} // namespace

std::string errorSentence(const Error& error)
{
    const std::string_view pattern = sentenceOf(error.code);
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const std::size_t close = pattern[i] == '{' ? pattern.find('}', i) : std::string_view::npos;
        if (close == std::string_view::npos) {
            text += pattern[i];
            continue;
        }
        text += error.arg(std::string(pattern.substr(i + 1, close - i - 1)));
        i = close;
    }
    return text;
}

} // namespace sheaf
