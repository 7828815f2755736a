// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/text/error_text.h"

#include "ui/text/convert.h"

#include <QCoreApplication>

namespace sheaf::ui {

namespace {

struct Words {
    const char* sentence;
    const char* fix;
};

/// {name} is filled from the error's arguments.
Words wordsOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Io:
        return { QT_TRANSLATE_NOOP("error", "{path}: {reason}."), QT_TRANSLATE_NOOP("error", "Check the disk and the path, then try again.") };
    case ErrorCode::NotFound:
        return { QT_TRANSLATE_NOOP("error", "{path} is not there."), QT_TRANSLATE_NOOP("error", "Check the spelling; it may have been moved or deleted.") };
    case ErrorCode::Parse:
        return { QT_TRANSLATE_NOOP("error", "{what} cannot be read: {reason}."), QT_TRANSLATE_NOOP("error", "Open the file in an editor and mend the place named.") };
    case ErrorCode::Invalid:
        return { QT_TRANSLATE_NOOP("error", "{what} is '{found}', but {allowed}."), QT_TRANSLATE_NOOP("error", "Give a value that is allowed.") };
    case ErrorCode::InvalidJob:
        return { QT_TRANSLATE_NOOP("error", "Nothing was started: the job file has {count} error(s)."), QT_TRANSLATE_NOOP("error", "The Problems panel names each, with its line and how to mend it.") };
    case ErrorCode::InputMissing:
        return { QT_TRANSLATE_NOOP("error", "Step '{step}': its input '{input}' is not there: {path}."), QT_TRANSLATE_NOOP("error", "Mend the path in the job file.") };
    case ErrorCode::InputEmpty:
        return { QT_TRANSLATE_NOOP("error", "Step '{step}': its main input has nothing to split: {path}."), QT_TRANSLATE_NOOP("error", "Mostly a mistake in the path or in the pattern of the MLTable.") };
    case ErrorCode::InputUnreadable:
        return { QT_TRANSLATE_NOOP("error", "Step '{step}': its main input cannot be read: {path}: {reason}."), QT_TRANSLATE_NOOP("error", "Check the file and its permissions.") };
    case ErrorCode::InterpreterMissing:
        return { QT_TRANSLATE_NOOP("error", "No usable Python: {python}: {reason}."), QT_TRANSLATE_NOOP("error", "Choose an interpreter in File ▸ Settings.") };
    case ErrorCode::PackageMissing:
        return { QT_TRANSLATE_NOOP("error", "{python} has no package '{package}', which this step cannot do without."), QT_TRANSLATE_NOOP("error", "Install it there, or choose another interpreter in File ▸ Settings.") };
    case ErrorCode::ProgramMissing:
        return { QT_TRANSLATE_NOOP("error", "The program '{program}' is not there."), QT_TRANSLATE_NOOP("error", "In a terminal, `sheaf doctor` says what to install.") };
    case ErrorCode::RunMissing:
        return { QT_TRANSLATE_NOOP("error", "There is no run '{run}' in {workspace}."), QT_TRANSLATE_NOOP("error", "The Runs panel lists those that are there.") };
    case ErrorCode::RunActive:
        return { QT_TRANSLATE_NOOP("error", "The run '{run}' is still going on."), QT_TRANSLATE_NOOP("error", "Wait for its end, or stop it first.") };
    case ErrorCode::RunNotActive:
        return { QT_TRANSLATE_NOOP("error", "The run '{run}' is not going on."), QT_TRANSLATE_NOOP("error", "It has ended, or it was interrupted and can be resumed.") };
    case ErrorCode::RunExists:
        return { QT_TRANSLATE_NOOP("error", "A run '{run}' is there already."), QT_TRANSLATE_NOOP("error", "Give another name.") };
    case ErrorCode::StepMissing:
        return { QT_TRANSLATE_NOOP("error", "There is no step '{step}'."), QT_TRANSLATE_NOOP("error", "There is: {known}.") };
    case ErrorCode::NotKept:
        return { QT_TRANSLATE_NOOP("error", "{reason} So the run stopped: what happens in it could not be kept."), QT_TRANSLATE_NOOP("error", "Make room or mend the cause, then resume it: what is done is kept.") };
    case ErrorCode::InputChanged:
        return { QT_TRANSLATE_NOOP("error", "{path} has changed since the plan of the run was made."), QT_TRANSLATE_NOOP("error", "Its mini-batches no longer hold the rows that they were cut for. Put the old file back and resume, or start a new run.") };
    case ErrorCode::PlanChanged:
        return { QT_TRANSLATE_NOOP("error", "The plan of step '{step}' is not the one the run began with."), QT_TRANSLATE_NOOP("error", "It cannot be resumed; start a new run.") };
    case ErrorCode::Database:
        return { QT_TRANSLATE_NOOP("error", "The run's record cannot be read: {path}: {reason}."), QT_TRANSLATE_NOOP("error", "Check that the folder is whole and readable.") };
    case ErrorCode::Launch:
        return { QT_TRANSLATE_NOOP("error", "The run could not be started: {reason}."), QT_TRANSLATE_NOOP("error", "In a terminal, `sheaf doctor` checks what is needed.") };
    case ErrorCode::Protocol:
        return { QT_TRANSLATE_NOOP("error", "{peer} sent what it should not: {reason}."), QT_TRANSLATE_NOOP("error", "Check that all parts are of the same version.") };
    case ErrorCode::NoPermission:
        return { QT_TRANSLATE_NOOP("error", "{path}: no permission."), QT_TRANSLATE_NOOP("error", "Check who owns it.") };
    case ErrorCode::Canceled:
        return { QT_TRANSLATE_NOOP("error", "Stopped as asked."), QT_TRANSLATE_NOOP("error", "Resume goes on where it stopped.") };
    case ErrorCode::Internal:
        return { QT_TRANSLATE_NOOP("error", "Sheaf broke a promise of its own: {reason}."), QT_TRANSLATE_NOOP("error", "Please report this, with the run's mpirun.log.") };
    }
    return { "", "" };
}

QString filled(const char* words, const Error& error)
{
    QString text = QCoreApplication::translate("error", words);
    for (const auto& [name, value] : error.args) {
        text.replace(QLatin1Char('{') + toQt(name) + QLatin1Char('}'), toQt(value));
    }
    return text;
}

/// A name that is taken is told plainly, by where it is taken.
const char* takenSentence(const std::string& group)
{
    return group == "jobs" ? QT_TRANSLATE_NOOP("error", "There is already a step named {found}.")
        : group == "inputs" ? QT_TRANSLATE_NOOP("error", "There is already an input named {found}.")
                            : QT_TRANSLATE_NOOP("error", "There is already an output named {found}.");
}

} // namespace

ErrorText errorText(const Error& error)
{
    if (const std::string group = error.arg("taken"); error.code == ErrorCode::Invalid && !group.empty()) {
        return { filled(takenSentence(group), error), filled(QT_TRANSLATE_NOOP("error", "Choose another name."), error) };
    }
    const Words words = wordsOf(error.code);
    return { filled(words.sentence, error), filled(words.fix, error) };
}

} // namespace sheaf::ui
