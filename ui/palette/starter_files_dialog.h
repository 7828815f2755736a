// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/pipeline/run_spec.h"
#endif

#include <QDialog>

class QCheckBox;
class QTabWidget;

namespace sheaf::ui {

/// A file that a new step wants and that is not there yet.
struct StarterFile {
    QString path; // absolute
    QString content;
    bool operator==(const StarterFile&) const = default;
};

/// The files that this step names and that are not there: its script, and an MLTable when its table folder holds CSV files without one. Reads folders.
[[nodiscard]] QVector<StarterFile> starterFiles(const pipeline::StepSpec& step);

/// Shows the files before they are written; each can be left out or changed. Not modal for the program; deletes itself.
class StarterFilesDialog : public QDialog
{
    Q_OBJECT

public:
    StarterFilesDialog(const QString& step, const QVector<StarterFile>& files, QWidget* parent = nullptr);

signals:
    void written(const QStringList& files);
    void failed(const QString& sentence);

private:
    void write();

    QVector<StarterFile> m_files;
    QTabWidget* m_tabs;
};

} // namespace sheaf::ui
