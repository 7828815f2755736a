// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/problems/problem_model.h"

#include "ui/style/icons.h"
#include "ui/text/convert.h"

#include <QFileInfo>

namespace sheaf::ui {

namespace {

QString word(spec::Severity severity)
{
    switch (severity) {
    case spec::Severity::Error:
        return ProblemModel::tr("Error");
    case spec::Severity::Warning:
        return ProblemModel::tr("Warning");
    case spec::Severity::Note:
        return ProblemModel::tr("Note");
    }
    return {};
}

QString iconName(spec::Severity severity)
{
    return severity == spec::Severity::Error ? QStringLiteral("error") : severity == spec::Severity::Warning ? QStringLiteral("problems") : QStringLiteral("note");
}

QString place(const spec::Diagnostic& diagnostic)
{
    QString text = QFileInfo(toQt(diagnostic.file)).fileName();
    if (diagnostic.where.line > 0) {
        text += QStringLiteral(":%1:%2").arg(diagnostic.where.line).arg(diagnostic.where.column);
    }
    return text;
}

} // namespace

void ProblemModel::setDiagnostics(std::vector<spec::Diagnostic> diagnostics)
{
    beginResetModel();
    m_diagnostics = std::move(diagnostics);
    std::stable_sort(m_diagnostics.begin(), m_diagnostics.end(), [](const auto& a, const auto& b) { return a.severity < b.severity; });
    endResetModel();
}

QString ProblemModel::stepOf(int row) const
{
    const QString path = toQt(at(row).path);
    return path.startsWith(QLatin1String("jobs.")) ? path.section(QLatin1Char('.'), 1, 1) : QString();
}

int ProblemModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_diagnostics.size());
}

int ProblemModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QVariant ProblemModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const auto& diagnostic = at(index.row());
    if (role == Qt::DecorationRole && index.column() == Severity) {
        return icon(iconName(diagnostic.severity));
    }
    if (role == Qt::ToolTipRole) {
        QStringList lines; // as rich text they wrap
        for (const auto* words : { &diagnostic.file, &diagnostic.message, &diagnostic.fix }) {
            if (!words->empty()) {
                lines << QStringLiteral("<p>%1</p>").arg(toQt(*words).toHtmlEscaped());
            }
        }
        return QString(QStringLiteral("<qt>") + lines.join(QString()) + QStringLiteral("</qt>"));
    }
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case Severity:
            return word(diagnostic.severity);
        case Place:
            return place(diagnostic);
        case Message:
            return toQt(diagnostic.message);
        case Fix:
            return toQt(diagnostic.fix);
        default:
            break;
        }
    }
    return {};
}

QVariant ProblemModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    const QString names[] = { tr("Severity"), tr("Place"), tr("What is wrong"), tr("How to mend it") };
    return section < Columns ? names[section] : QString();
}

} // namespace sheaf::ui
