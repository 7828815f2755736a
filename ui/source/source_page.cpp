// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/source/source_page.h"

#include "ui/source/code_editor.h"
#include "ui/source/find_bar.h"
#include "ui/style/spacing.h"

#include <QLabel>
#include <QVBoxLayout>

namespace sheaf::ui {

SourcePage::SourcePage(DocumentState& document, const QString& file, QWidget* parent)
    : QWidget(parent)
    , m_notice(new QLabel(this))
    , m_editor(new CodeEditor(document, file, this))
    , m_find(new FindBar(*m_editor, this))
{
    m_notice->setObjectName(QStringLiteral("source.notice"));
    m_notice->setTextFormat(Qt::PlainText);
    m_notice->setWordWrap(true);
    m_notice->setContentsMargins(space::kMedium, space::kSmall, space::kMedium, space::kSmall);
    m_editor->setFrameShape(QFrame::NoFrame);
    setFocusProxy(m_editor);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_notice);
    layout->addWidget(m_editor, 1);
    layout->addWidget(m_find);
    const auto tell = [this] {
        m_notice->setText(m_editor->notice());
        m_notice->setVisible(!m_editor->notice().isEmpty());
    };
    connect(m_editor, &CodeEditor::noticeChanged, this, tell);
    connect(m_editor, &CodeEditor::findRequested, m_find, &FindBar::open);
    tell();
}

} // namespace sheaf::ui
