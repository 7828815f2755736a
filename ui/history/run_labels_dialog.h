// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QDialog>
#include <QStringList>

class QLineEdit;
class QPlainTextEdit;

namespace sheaf::ui {

/// Tags and a note of one run, to be changed. Made by HistoryPanel; main thread.
class RunLabelsDialog : public QDialog
{
    Q_OBJECT

public:
    RunLabelsDialog(const QString& run, const QStringList& tags, const QString& note, QWidget* parent = nullptr);
    [[nodiscard]] QStringList tags() const;
    [[nodiscard]] QString note() const;

private:
    QLineEdit* m_tags;
    QPlainTextEdit* m_note;
};

} // namespace sheaf::ui
