// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/state/code_place.h"

#include "core/base/paths.h"
#include "ui/state/app_context.h"
#include "ui/text/convert.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace sheaf::ui {

namespace {

/// Path below the copy of the code folder that `file` lies in; "" when it lies in none.
QString belowCopy(const AppContext& context, const QString& step, const QString& file)
{
    if (!context.run.isOpen()) {
        return {};
    }
    const QString ofStep = QRegularExpression::escape(toQt(context.run.dir().step(toStd(step))));
    const QString ofDebug = QRegularExpression::escape(context.run.workspaceFolder() + QLatin1String("/.sheaf/debug"));
    const QRegularExpression copy(QStringLiteral("^(?:%1/code(?:-[0-9]+)?|%2/[^/]+/code)/(.+)$").arg(ofStep, ofDebug));
    return copy.match(file).captured(1);
}

/// The user's folder or file; "" when the step has none.
QString codeOf(const AppContext& context, const QString& step)
{
    const auto* spec = context.run.stepSpec(step);
    return spec != nullptr ? toQt(spec->parallel.code) : QString();
}

qint64 offsetOfLine(const std::string& text, int line)
{
    std::size_t at = 0;
    for (int number = 1; number < line; ++number) {
        const std::size_t end = text.find('\n', at);
        if (end == std::string::npos) {
            return static_cast<qint64>(at); // it has become shorter: its last line
        }
        at = end + 1;
    }
    return static_cast<qint64>(at);
}

} // namespace

QStringList userFolders(const AppContext& context, const QString& step)
{
    QStringList folders;
    if (context.run.isOpen()) {
        const auto* picture = context.run.step(step);
        folders << toQt(context.run.dir().code(toStd(step))) + QLatin1Char('/');
        if (picture != nullptr) {
            for (const auto& code : picture->codes) {
                folders << toQt(context.run.dir().code(toStd(step), code.number)) + QLatin1Char('/');
            }
        }
        folders << context.run.workspaceFolder() + QLatin1String("/.sheaf/debug/");
    }
    if (const QString code = codeOf(context, step); !code.isEmpty()) {
        folders << (QFileInfo(code).isDir() ? code : QFileInfo(code).path()) + QLatin1Char('/');
    }
    return folders;
}

QString userFile(const AppContext& context, const QString& step, const QString& file)
{
    const QString code = codeOf(context, step);
    if (code.isEmpty()) {
        return {};
    }
    const QFileInfo info(code);
    const QString folder = (info.isDir() ? code : info.path()) + QLatin1Char('/');
    if (const QString below = belowCopy(context, step, file); !below.isEmpty()) {
        return folder + below;
    }
    return file.startsWith(folder) && !file.contains(QLatin1String("/.sheaf/")) ? file : QString();
}

void showUserLine(AppContext& context, QObject* guard, const QString& step, const QString& file, int line)
{
    const QString own = userFile(context, step, file);
    if (own.isEmpty()) {
        return;
    }
    context.reader.ask(
        guard, [path = toPath(own), line]() -> qint64 {
            const auto text = paths::readFile(path);
            return text ? offsetOfLine(*text, line) : 0;
        },
        [&context, own](qint64 offset) { context.selection.showPlace(own, offset); });
}

} // namespace sheaf::ui
