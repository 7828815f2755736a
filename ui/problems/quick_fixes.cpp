// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/problems/quick_fixes.h"

#include "ui/state/app_context.h"
#include "ui/state/local_file.h"
#include "ui/text/convert.h"
#include "ui/text/error_text.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace sheaf::ui {

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("fixes", text);
}

QString shown(const std::string& text)
{
    const QString line = toQt(text).simplified();
    return line.size() > 60 ? line.left(58) + QStringLiteral("…") : line;
}

} // namespace

QString fixTitle(const edit::QuickFix& fix)
{
    using edit::FixKind;
    switch (fix.kind) {
    case FixKind::RenameKey:
    case FixKind::RenameFlag:
        return say("Rename %1 to %2").arg(shown(fix.from), shown(fix.to));
    case FixKind::ReplaceValue:
        return fix.from.empty() ? say("Write %1").arg(shown(fix.to)) : say("Write %1 in place of %2").arg(shown(fix.to), shown(fix.from));
    case FixKind::AddEntry:
        return fix.to.empty() ? say("Add %1").arg(shown(fix.path)) : say("Add %1: %2").arg(shown(fix.path), shown(fix.to));
    case FixKind::RemoveEntry:
        return say("Remove %1").arg(shown(fix.path));
    case FixKind::MoveEntry:
        return say("Move %1 to %2").arg(shown(fix.from), shown(fix.to));
    case FixKind::InsertText:
        return say("Insert %1").arg(shown(fix.to));
    case FixKind::ReplaceLine:
        return say("Write %1").arg(shown(fix.to));
    case FixKind::Reindent:
        return fix.path.empty() ? say("Indent %1 like its neighbours").arg(shown(fix.from)) : say("Indent %1 as a part of %2").arg(shown(fix.from), shown(fix.path));
    case FixKind::CreateFile:
        return say("Create %1").arg(shown(fix.path));
    }
    return {};
}

std::vector<edit::QuickFix> fixesOf(AppContext& context, const spec::Diagnostic& diagnostic)
{
    const std::string* text = context.document.text(toQt(diagnostic.file));
    return edit::quickFixes(diagnostic, text != nullptr ? std::string_view(*text) : std::string_view());
}

QString applyFix(AppContext& context, const edit::QuickFix& fix)
{
    if (!fix.patches.empty()) {
        context.document.apply({ fixTitle(fix), { { toQt(fix.file), fix.patches } }, {}, {} });
    }
    QString problem;
    for (const auto& file : fix.newFiles) {
        const QString path = toQt(file.path);
        if (QFileInfo::exists(path)) {
            continue;
        }
        if (const auto written = writeWhole(path, QByteArray::fromStdString(file.content)); !written) {
            problem = errorText(written.error()).sentence;
        }
    }
    if (!fix.newFiles.empty()) {
        context.pipeline.reload();
        context.catalog.refresh();
    }
    return problem;
}

} // namespace sheaf::ui
