// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/palette/starter_files_dialog.h"

#include "ui/state/local_file.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QVBoxLayout>

namespace sheaf::ui {

namespace {

QString parallelScript(const pipeline::StepSpec& step, bool isTable)
{
    const QString head = QStringLiteral("\"\"\"%1: what is done with each mini-batch.\"\"\"\n\nimport argparse\n%2\n\ndef init():\n"
                                        "    \"\"\"Once per worker process, before its first mini-batch: load models here.\"\"\"\n"
                                        "    global args\n    parser = argparse.ArgumentParser()\n    # parser.add_argument(\"--model\")\n"
                                        "    args, _ = parser.parse_known_args()  # the runner adds arguments of its own\n\n\n")
                             .arg(toQt(step.name), isTable ? QString() : QStringLiteral("import os\n"));
    if (isTable) {
        return head
            + QStringLiteral("def run(mini_batch):\n    \"\"\"mini_batch is a pandas DataFrame. What is returned is collected: a DataFrame, or a list of one item per row.\"\"\"\n"
                             "    return mini_batch\n");
    }
    return head
        + QStringLiteral("def run(mini_batch):\n    \"\"\"mini_batch is a list of file paths. One item per file that was done is returned.\"\"\"\n    results = []\n"
                         "    for path in mini_batch:\n        results.append(\"%s,%d\" % (os.path.basename(path), os.path.getsize(path)))\n    return results\n");
}

QString commandScript(const pipeline::StepSpec& step)
{
    return QStringLiteral("\"\"\"%1: one command, once.\"\"\"\n\nimport argparse\nimport os\n\nparser = argparse.ArgumentParser()\nparser.add_argument(\"--data\")\n"
                          "parser.add_argument(\"--result\")\nargs = parser.parse_args()\n\nos.makedirs(args.result, exist_ok=True)\n"
                          "with open(os.path.join(args.result, \"result.txt\"), \"w\") as out:\n    print(\"read\", args.data, file=out)\n")
        .arg(toQt(step.name));
}

/// "python NAME.py …" → NAME.py
QString scriptOf(const QString& command)
{
    for (const QString& word : command.simplified().split(QLatin1Char(' '))) {
        if (word.endsWith(QStringLiteral(".py"))) {
            return word;
        }
    }
    return {};
}

} // namespace

QVector<StarterFile> starterFiles(const pipeline::StepSpec& step)
{
    QVector<StarterFile> files;
    const bool isParallel = step.kind == pipeline::StepKind::Parallel;
    const auto* input = isParallel ? step.input(step.parallel.inputData) : nullptr;
    const bool isTable = input != nullptr && input->type == pipeline::DataType::MlTable;
    const QString code = toQt(isParallel ? step.parallel.code : step.command.code);
    const QString script = isParallel ? toQt(step.parallel.entryScript) : scriptOf(toQt(step.command.command));
    if (!code.isEmpty() && !script.isEmpty() && !QFileInfo(code).isFile() && !QFileInfo::exists(code + QLatin1Char('/') + script)) {
        files << StarterFile { code + QLatin1Char('/') + script, isParallel ? parallelScript(step, isTable) : commandScript(step) };
    }
    if (isTable && input->fromStep.empty()) {
        const QDir folder(toQt(input->value));
        const QStringList tables = folder.entryList({ QStringLiteral("*.csv") }, QDir::Files, QDir::Name);
        if (folder.exists() && !tables.isEmpty() && !folder.exists(QStringLiteral("MLTable"))) {
            files << StarterFile { folder.filePath(QStringLiteral("MLTable")),
                QStringLiteral("type: mltable\npaths:\n  - pattern: ./*.csv\ntransformations:\n  - read_delimited:\n      delimiter: \",\"\n      header: all_files_same_headers\n"
                               "      encoding: utf8\n") };
        }
    }
    return files;
}

StarterFilesDialog::StarterFilesDialog(const QString& step, const QVector<StarterFile>& files, QWidget* parent)
    : QDialog(parent)
    , m_files(files)
    , m_tabs(new QTabWidget(this))
{
    setObjectName(QStringLiteral("starter.dialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Files for %1").arg(step));
    auto* words = new QLabel(tr("The step names files that are not there yet. This is what would be written; change it as you like, here or later."), this);
    words->setWordWrap(true);
    m_tabs->setObjectName(QStringLiteral("starter.files"));
    m_tabs->setDocumentMode(true);
    for (const StarterFile& file : files) {
        auto* page = new QWidget(m_tabs);
        auto* wanted = new QCheckBox(tr("Write %1").arg(file.path), page);
        wanted->setObjectName(QStringLiteral("starter.wanted"));
        wanted->setChecked(true);
        auto* text = new QPlainTextEdit(file.content, page);
        text->setObjectName(QStringLiteral("starter.text"));
        text->setAccessibleName(tr("Content of %1").arg(QFileInfo(file.path).fileName()));
        text->setFont(monoFont());
        text->setTabChangesFocus(true);
        text->setFrameShape(QFrame::StyledPanel);
        connect(wanted, &QCheckBox::toggled, text, &QWidget::setEnabled);
        auto* column = new QVBoxLayout(page);
        column->setContentsMargins(0, space::kMedium, 0, 0);
        column->addWidget(wanted);
        column->addWidget(text, 1);
        m_tabs->addTab(page, QFileInfo(file.path).fileName());
    }
    auto* buttons = new QDialogButtonBox(this);
    auto* write = buttons->addButton(tr("&Write the files"), QDialogButtonBox::AcceptRole);
    write->setObjectName(QStringLiteral("starter.write"));
    write->setProperty("primary", true);
    write->setDefault(true);
    buttons->addButton(tr("&Not now"), QDialogButtonBox::RejectRole);
    connect(buttons, &QDialogButtonBox::accepted, this, &StarterFilesDialog::write);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kPanel, space::kPanel, space::kPanel, space::kPanel);
    column->setSpacing(space::kLarge);
    column->addWidget(words);
    column->addWidget(m_tabs, 1);
    column->addWidget(buttons);
    resize(680, 480);
}

/// A file that is there by now is left alone.
void StarterFilesDialog::write()
{
    QStringList made;
    for (int i = 0; i < m_tabs->count(); ++i) {
        const QString path = m_files[i].path;
        if (!m_tabs->widget(i)->findChild<QCheckBox*>()->isChecked() || QFileInfo::exists(path)) {
            continue;
        }
        if (const auto file = writeWhole(path, m_tabs->widget(i)->findChild<QPlainTextEdit*>()->toPlainText().toUtf8()); !file) {
            emit failed(errorText(file.error()).sentence);
            continue;
        }
        made << path;
    }
    emit written(made);
    accept();
}

} // namespace sheaf::ui
