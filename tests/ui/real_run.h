// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "tests/support/temp_folder.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QPixmap>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QWidget>

#include <cstdio>
#include <string>

namespace sheaf::test {

/// A job of one parallel step `work` over files 000.txt, 001.txt, …, one a mini-batch, run by the real `sheaf` in a folder of its own.
class RealRun
{
public:
    /// `fields`: more lines of the step. The script may count on `number(path)`.
    void write(const std::string& script, int files, const std::string& fields = "")
    {
        for (int i = 0; i < files; ++i) {
            char name[32];
            std::snprintf(name, sizeof name, "data/%03d.txt", i);
            m_folder.write(name, std::to_string(i) + "\n");
        }
        writeScript(script);
        m_folder.write("pipeline.yml",
            "type: pipeline\njobs:\n  work:\n    type: parallel\n    inputs:\n      files: { type: uri_folder, path: ./data }\n"
            "    outputs:\n      rows: { type: uri_file }\n    input_data: ${{inputs.files}}\n    mini_batch_size: '1'\n"
            "    max_concurrency_per_instance: 2\n"
                + fields
                + "    task:\n      type: run_function\n      code: ./src\n      entry_script: entry.py\n      append_row_to: ${{outputs.rows}}\n"
                  "      environment: azureml:any:1\n");
    }
    void writeScript(const std::string& script)
    {
        m_folder.write("src/entry.py", "import os, pathlib\ndef number(path):\n    return int(pathlib.Path(path).stem)\n" + script);
    }
    [[nodiscard]] const TempFolder& folder() const { return m_folder; }
    [[nodiscard]] QString path() const { return QString::fromStdString(m_folder.path().string()); }

    /// `sheaf words…` in the folder; its exit code, -1 when it did not end.
    int sheaf(const QStringList& words)
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("SHEAF_PYTHON"), python());
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(path());
        process.start(qEnvironmentVariable("SHEAF_BIN_DIR") + QStringLiteral("/sheaf"), words);
        if (!process.waitForFinished(120000)) {
            return -1;
        }
        said = QString::fromUtf8(process.readAllStandardOutput() + process.readAllStandardError());
        return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    }
    int run(const QString& name) { return sheaf({ QStringLiteral("run"), QStringLiteral("pipeline.yml"), QStringLiteral("--name"), name }); }

    /// Debian's own, which has pandas.
    [[nodiscard]] static QString python()
    {
        return QFile::exists(QStringLiteral("/usr/bin/python3")) ? QStringLiteral("/usr/bin/python3") : QStringLiteral("python3");
    }

    QString said; // what the last `sheaf` printed

private:
    TempFolder m_folder;
};

/// A picture for people to look at, beside those of the other tests.
inline bool keepShot(QWidget& widget, const QString& name)
{
    const QString folder = QCoreApplication::applicationDirPath() + QStringLiteral("/../shots");
    return QDir().mkpath(folder) && widget.grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
}

} // namespace sheaf::test
