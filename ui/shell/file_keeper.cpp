// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/shell/file_keeper.h"

#include "core/base/paths.h"
#include "ui/state/app_context.h"
#include "ui/state/local_file.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QSettings>
#include <QStandardPaths>

#include <filesystem>

namespace sheaf::ui {

namespace fs = std::filesystem;

namespace {

QString conflictKey(const QString& file)
{
    return QStringLiteral("conflict ") + file;
}

} // namespace

FileKeeper::FileKeeper(AppContext& context, MessageBar* message, QWidget* window)
    : QObject(window)
    , m_context(context)
    , m_message(message)
    , m_window(window)
{
    connect(&context.document, &DocumentState::draftFound, this, &FileKeeper::offerDraft);
    connect(&context.document, &DocumentState::conflictFound, this, &FileKeeper::askConflict);
    connect(&context.document, &DocumentState::conflictOver, this, [this](const QString& file) { m_message->withdraw(conflictKey(file)); });
    connect(&context.document, &DocumentState::reloaded, this, [this](const QString& file) {
        m_message->showMessage(MessageBar::Kind::Note, tr("%1 was changed by another program and read again.").arg(QFileInfo(file).fileName()),
            tr("Undo brings back the text that was here."));
    });
    connect(&context.document, &DocumentState::failed, this, [this](const Error& error) {
        const ErrorText text = errorText(error);
        m_message->showMessage(MessageBar::Kind::Error, text.sentence, text.fix);
    });
}

void FileKeeper::askNew()
{
    if (!mayLeave()) {
        return;
    }
    auto* dialog = new QFileDialog(m_window, tr("New pipeline"), QSettings().value(QStringLiteral("files/folder"), QDir::homePath()).toString(),
        tr("Pipeline files (*.yml *.yaml)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("yml"));
    dialog->selectFile(QStringLiteral("pipeline.yml"));
    connect(dialog, &QFileDialog::fileSelected, this, &FileKeeper::createPipeline);
    dialog->open();
}

bool FileKeeper::createPipeline(const QString& file)
{
    const QFileInfo info(file);
    const QString title = info.completeBaseName() == QStringLiteral("pipeline") ? info.absoluteDir().dirName() : info.completeBaseName();
    // A name in single quotes may hold everything but a quote and a line end, and none is in a file's name that is shown.
    QString quoted = title;
    quoted.replace(QLatin1Char('\''), QStringLiteral("''"));
    const std::string text = "$schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json\ntype: pipeline\ndisplay_name: '" + toStd(quoted)
        + "'\n\njobs:\n";
    std::error_code error;
    fs::create_directories(toPath(info.absolutePath()), error);
    if (auto written = paths::writeFile(toPath(info.absoluteFilePath()), text); !written) {
        const ErrorText words = errorText(written.error());
        m_message->showMessage(MessageBar::Kind::Error, words.sentence, words.fix);
        return false;
    }
    QSettings().setValue(QStringLiteral("files/folder"), info.absolutePath());
    emit openRequested(info.absoluteFilePath());
    return true;
}

void FileKeeper::askOpen()
{
    if (!mayLeave()) {
        return;
    }
    auto* dialog = new QFileDialog(m_window, tr("Open a pipeline file"), QSettings().value(QStringLiteral("files/folder"), QDir::homePath()).toString(),
        tr("Pipeline files (*.yml *.yaml);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        QSettings().setValue(QStringLiteral("files/folder"), QFileInfo(file).absolutePath());
        emit openRequested(file);
    });
    dialog->open();
}

/// Samples may lie where one cannot write, and runs lie beside the file.
void FileKeeper::askSample(const QString& folder)
{
    if (!mayLeave()) {
        return;
    }
    const QString usual = QStandardPaths::writableLocation(QStandardPaths::HomeLocation) + QStringLiteral("/sheaf-samples");
    const QString last = QSettings().value(QStringLiteral("files/samples"), usual).toString();
    QDir().mkpath(last);
    auto* dialog = new QFileDialog(m_window, tr("Copy the sample %1 into this folder").arg(QFileInfo(folder).fileName()), last);
    dialog->setObjectName(QStringLiteral("sample.place"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    dialog->setLabelText(QFileDialog::Accept, tr("Copy and open"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, folder](const QString& chosen) {
        QSettings().setValue(QStringLiteral("files/samples"), chosen);
        copySample(folder, chosen + QLatin1Char('/') + QFileInfo(folder).fileName());
    });
    dialog->open();
}

void FileKeeper::copySample(const QString& folder, const QString& place)
{
    m_context.worker.ask(
        this,
        [from = toPath(folder), to = toPath(place)]() -> std::string {
            std::error_code error;
            fs::create_directories(to.parent_path(), error);
            if (!fs::exists(to / "pipeline.yml")) {
                fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::skip_existing, error);
            }
            return error ? error.message() : std::string();
        },
        [this, place](const std::string& problem) {
            if (!problem.empty()) {
                m_message->showMessage(MessageBar::Kind::Error, tr("The sample cannot be copied to %1: %2").arg(place, toQt(problem)));
                return;
            }
            emit openRequested(place + QStringLiteral("/pipeline.yml"));
        });
}

bool FileKeeper::save()
{
    if (!m_context.document.isOpen()) {
        return true;
    }
    m_context.document.settleEdits();
    const bool all = m_context.document.save();
    insistOnConflict();
    return all;
}

/// Who saves while it is open hears why nothing was written.
void FileKeeper::insistOnConflict()
{
    if (const QStringList conflicts = m_context.document.conflicts(); !conflicts.isEmpty()) {
        m_message->insist(conflictQuestion(conflicts.first(), true));
    }
}

void FileKeeper::askSaveAs()
{
    m_context.document.settleEdits();
    auto* dialog = new QFileDialog(m_window, tr("Save the pipeline as"), m_context.document.jobFile(), tr("Pipeline files (*.yml *.yaml)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("yml"));
    dialog->selectFile(m_context.document.jobFile());
    connect(dialog, &QFileDialog::fileSelected, this, &FileKeeper::saveAs);
    dialog->open();
}

bool FileKeeper::saveAs(const QString& file)
{
    if (tidyPath(file) == m_context.document.jobFile()) {
        return save();
    }
    m_context.document.settleEdits();
    if (!m_context.document.saveAs(file)) {
        insistOnConflict();
        return false;
    }
    emit openRequested(file);
    return true;
}

bool FileKeeper::mayLeave()
{
    m_context.document.settleEdits();
    if (!m_context.document.isOpen() || !m_context.document.isDirty()) {
        return true;
    }
    QStringList names;
    for (const QString& file : m_context.document.dirtyFiles()) {
        names << QFileInfo(file).fileName();
    }
    QMessageBox box(QMessageBox::Question, tr("Unsaved changes"), tr("%1 is changed and not saved.").arg(names.join(QStringLiteral(", "))),
        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, m_window);
    box.setObjectName(QStringLiteral("leave.question"));
    box.setInformativeText(tr("Save the changes before it is closed?"));
    box.setDefaultButton(QMessageBox::Save);
    const int answer = box.exec();
    if (answer == QMessageBox::Save) {
        return save();
    }
    if (answer == QMessageBox::Discard) {
        m_context.document.discardOnClose(); // not yet: who is asked next, which file to open, may still cancel
        return true;
    }
    return false;
}

void FileKeeper::offerDraft()
{
    m_message->ask({ QStringLiteral("draft"), MessageBar::Kind::Warning,
        tr("Changes of %1 were not saved when Sheaf ended last time.").arg(QFileInfo(m_context.document.jobFile()).fileName()),
        tr("Restored changes can be undone; the file on disk is not touched before you save."),
        { { QStringLiteral("draft.restore"), tr("Restore"), [this] { m_context.document.restoreDraft(); } },
            { QStringLiteral("draft.discard"), tr("Discard"), [this] { m_context.document.discardDraft(); } } } });
}

void FileKeeper::askConflict(const QString& file)
{
    m_message->ask(conflictQuestion(file, false));
}

/// `isInTheWay`: somebody wants to save.
MessageBar::Question FileKeeper::conflictQuestion(const QString& file, bool isInTheWay)
{
    const QString name = QFileInfo(file).fileName();
    const MessageBar::Choice mine { QStringLiteral("conflict.mine"), tr("Keep mine"), [this, file] { m_context.document.settle(file, DocumentState::Choice::Mine); } };
    const MessageBar::Choice theirs { QStringLiteral("conflict.theirs"), tr("Take the disk's"), [this, file] { m_context.document.settle(file, DocumentState::Choice::Theirs); } };
    const MessageBar::Question sameLines { conflictKey(file), MessageBar::Kind::Warning, tr("The same lines of %1 were changed here and on disk.").arg(name),
        tr("Which of the two shall stay? The other can be had back with Undo, or from the disk."), { mine, theirs } };
    const MessageBar::Choice both { QStringLiteral("conflict.both"), tr("Merge both"), [this, file, sameLines] {
                                       if (!m_context.document.settle(file, DocumentState::Choice::Both)) {
                                           m_message->insist(sameLines);
                                       }
                                   } };
    return { conflictKey(file), MessageBar::Kind::Warning,
        isInTheWay ? tr("%1 is not saved: choose first, for another program changed it too.").arg(name) : tr("%1 was changed by another program, and here.").arg(name),
        isInTheWay ? tr("Then save again. Whatever you take, Undo brings the other back.")
                   : tr("Nothing is written until you choose. Whatever you take, Undo brings the other back."),
        { both, mine, theirs } };
}

} // namespace sheaf::ui
