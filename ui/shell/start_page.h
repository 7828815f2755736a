// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <QWidget>

class QVBoxLayout;

namespace sheaf::ui {

class AppContext;

/// What one sees before a pipeline is open: the samples, the files opened last and their last runs, and a way to open another. Owned by the main window.
class StartPage : public QWidget
{
    Q_OBJECT

public:
    explicit StartPage(AppContext& context, QWidget* parent = nullptr);

signals:
    void openRequested(const QString& file);
    void newRequested();
    void browseRequested();
    /// The folder of a sample: it is copied to where it can be written before it is opened.
    void sampleRequested(const QString& folder);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void listRecent();
    void listRuns();
    QWidget* sampleCard(const QString& folder);
    AppContext& m_context;
    QVBoxLayout* m_recent;
    QVBoxLayout* m_runs;
};

} // namespace sheaf::ui
