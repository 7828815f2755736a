// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace sheaf::ui {

class AppContext;
class LogView;

/// The log files of the step in view: which one, its lines as they come, find. Owned by the frame; main thread.
class LogPanel : public QWidget
{
    Q_OBJECT

public:
    explicit LogPanel(AppContext& context, QWidget* parent = nullptr);
    [[nodiscard]] LogView* view() const { return m_view; }

private:
    void listFiles();
    void onListed(const QString& folder, const QStringList& files);
    void fillNodes();
    void fillFiles(const QString& chosen);
    void openChosen();
    void show(const QString& file, qint64 offset);
    AppContext& m_context;
    QComboBox* m_nodes;
    QComboBox* m_picker;
    QLineEdit* m_find;
    QLabel* m_found;
    QPushButton* m_follow;
    LogView* m_view;
    QTimer m_timer;
    QString m_folder; // logs of the step in view
    QStringList m_files; // below it
    QString m_wanted; // asked for before it was listed
    qint64 m_wantedOffset = -1;
    bool m_isChosen = false; // by the user
};

} // namespace sheaf::ui
