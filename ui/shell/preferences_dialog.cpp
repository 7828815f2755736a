// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/shell/preferences_dialog.h"

#include "ui/state/app_context.h"
#include "ui/style/spacing.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

namespace sheaf::ui {

PreferencesDialog::PreferencesDialog(AppContext& context, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_python(new QLineEdit(this))
    , m_theme(new QComboBox(this))
    , m_workspace(new QLineEdit(this))
{
    setWindowTitle(tr("Preferences"));
    setObjectName(QStringLiteral("preferences"));
    const Settings& settings = context.settings.settings();
    const auto withBrowse = [this](QLineEdit* edit, bool folder) {
        auto* browse = new QPushButton(tr("Browse…"), this);
        connect(browse, &QPushButton::clicked, this, [this, edit, folder] {
            const QString chosen = folder ? QFileDialog::getExistingDirectory(this, tr("Workspace folder"), edit->text())
                                          : QFileDialog::getOpenFileName(this, tr("Python interpreter"), edit->text());
            if (!chosen.isEmpty()) {
                edit->setText(chosen);
            }
        });
        auto* row = new QHBoxLayout;
        row->addWidget(edit, 1);
        row->addWidget(browse);
        return row;
    };
    m_python->setText(settings.python);
    m_python->setObjectName(QStringLiteral("preferences.python"));
    m_python->setPlaceholderText(tr("SHEAF_PYTHON, else python3 on the path"));
    m_python->setMinimumWidth(320);
    m_workspace->setText(settings.workspace);
    m_workspace->setObjectName(QStringLiteral("preferences.workspace"));
    m_workspace->setPlaceholderText(tr("Beside the pipeline file"));
    m_theme->setObjectName(QStringLiteral("preferences.theme"));
    m_theme->addItem(tr("As the system"), QStringLiteral("system"));
    m_theme->addItem(tr("Light"), QStringLiteral("light"));
    m_theme->addItem(tr("Dark"), QStringLiteral("dark"));
    m_theme->setCurrentIndex(std::max(0, m_theme->findData(settings.theme)));
    auto* form = new QFormLayout(this);
    form->setSpacing(space::kLarge);
    form->addRow(tr("Python &interpreter"), withBrowse(m_python, false));
    form->addRow(tr("&Workspace"), withBrowse(m_workspace, true));
    form->addRow(tr("&Theme"), m_theme);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        save();
        accept();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

void PreferencesDialog::save()
{
    Settings settings = m_context.settings.settings();
    settings.python = m_python->text().trimmed();
    settings.workspace = m_workspace->text().trimmed();
    settings.theme = m_theme->currentData().toString();
    m_context.settings.save(settings);
}

} // namespace sheaf::ui
