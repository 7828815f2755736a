// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <utility>
#include <vector>

namespace sheaf {

/// What went wrong, as a word that tests and programs can compare. Each code has a sentence and a
/// way to mend it in core/base/error_text.cpp; a test checks that none is missing.
enum class ErrorCode {
    Io, // a system call on a file failed: path, reason
    NotFound, // a file or folder is not there: path
    Parse, // text is not in the format it should be: what, reason
    Invalid, // a value is out of its range: what, found, allowed
    InvalidJob, // the job file has errors; the diagnostics say which: file, count
    InputMissing, // an input of a step is not there: step, input, path
    InputEmpty, // the main input of a step has nothing to split: step, path
    InputUnreadable, // the main input cannot be read: step, path, reason
    InterpreterMissing, // no usable Python: python, reason
    PackageMissing, // the interpreter lacks a package that the step cannot do without: package, python
    ProgramMissing, // an outside program is not there: program
    RunMissing, // no run of that name: run, workspace
    RunActive, // the run has a living coordinator: run
    RunNotActive, // the run has no living coordinator: run
    RunExists, // a run of that name is there already: run
    StepMissing, // the run has no such step: step, known
    NotKept, // rows or events of a run cannot be written: reason
    InputChanged, // a file that the plan cut at bytes is not as it was: path
    PlanChanged, // the plan on disk is not the one the run began with: step
    Database, // SQLite refused: path, reason
    Launch, // mpirun could not be started or ended at once: reason
    Protocol, // a peer sent what it should not: peer, reason
    NoPermission, // the path may not be written: path
    Canceled, // somebody asked to stop
    Internal, // a broken promise of ours: reason
};

/// An error is a code and the words that fill its sentence; `core` makes no sentences for people.
/// Belongs to nobody: it is a value. Failures of user work are not errors, they are events.
struct Error {
    using Args = std::vector<std::pair<std::string, std::string>>;

    ErrorCode code = ErrorCode::Internal;
    Args args;

    /// The value of an argument, or "" when the error has none of that name.
    [[nodiscard]] std::string arg(const std::string& name) const;
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, Error::Args args = {})
{
    return tl::unexpected<Error>(Error { code, std::move(args) });
}

/// Fails with Io (or NotFound, NoPermission) for `path`, saying what errno says.
[[nodiscard]] tl::unexpected<Error> failErrno(const std::string& path, int errorNumber);

/// The sentence for people, in English, and how to mend it: used by the terminal. The studio translates by code.
[[nodiscard]] std::string errorSentence(const Error& error);

} // namespace sheaf
