// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/plan/plan_text.h"

#include "ui/text/convert.h"
#include "ui/text/format.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace sheaf::ui {

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("plan", text);
}

QString counted(std::uint64_t count, const char* one, const char* many)
{
    return count == 1 ? say(one) : say(many).arg(countText(count));
}

} // namespace

QString sizeText(std::uint64_t size, plan::SizeUnit unit)
{
    switch (unit) {
    case plan::SizeUnit::Files:
        return counted(size, "1 file", "%1 files");
    case plan::SizeUnit::Bytes:
        return bytesText(static_cast<double>(size));
    case plan::SizeUnit::Rows:
        return counted(size, "1 row", "%1 rows");
    case plan::SizeUnit::RowGroups:
        // A slice "up to the last" tells no number.
        return size == 0 ? QStringLiteral("–") : counted(size, "1 row group", "%1 row groups");
    }
    return {};
}

QString sizesText(const plan::PlanSizes& sizes)
{
    if (sizes.miniBatches == 0) {
        return QStringLiteral("–");
    }
    if (sizes.unit == plan::SizeUnit::RowGroups) {
        return say("whole row groups"); // the last slice of each file tells no number
    }
    const auto text = [&](std::uint64_t size) { return sizeText(size, sizes.unit); };
    if (sizes.smallest == sizes.largest) {
        return sizes.miniBatches == 1 ? text(sizes.largest) : say("%1 each").arg(text(sizes.largest));
    }
    // "2 to 4 files": the unit of bytes changes with their number, words for things need to be said but once.
    const bool areBytes = sizes.unit == plan::SizeUnit::Bytes;
    const auto figure = [&](std::uint64_t size) { return areBytes ? text(size) : countText(size); };
    const QString range = say("%1 to %2").arg(figure(sizes.smallest), text(sizes.largest));
    return sizes.median ? say("%1, median %2").arg(range, figure(*sizes.median)) : range;
}

QString headlineText(const pipeline::PlanFigures& figures)
{
    return QStringList { counted(figures.miniBatches, "1 mini-batch", "%1 mini-batches"), counted(figures.workers, "1 worker", "%1 workers"),
        counted(figures.waves, "1 wave", "%1 waves") }
        .join(QStringLiteral(" · "));
}

QString workersText(const pipeline::PlanFigures& figures)
{
    const auto nodes = static_cast<std::uint64_t>(figures.nodes);
    const auto perNode = static_cast<std::uint64_t>(figures.workersPerNode);
    return nodes == 1 ? say("%1 on one node").arg(countText(perNode)) : say("%1 on each of %2 nodes").arg(countText(perNode), countText(nodes));
}

QString failuresText(const pipeline::PlanFigures& figures)
{
    QStringList limits;
    if (figures.failures) {
        const QString count = *figures.failures == 0 ? say("none") : counted(*figures.failures, "1 mini-batch", "%1 mini-batches");
        limits << say("%1 (%2)").arg(count, toQt(figures.failuresSetting));
    }
    if (figures.failedRows) {
        limits << say("%1 (%2)").arg(counted(*figures.failedRows, "1 row", "%1 rows"), QStringLiteral("error_threshold"));
    }
    return limits.isEmpty() ? say("any number") : limits.join(QStringLiteral(", "));
}

QString memoryText(const pipeline::PlanFigures& figures)
{
    const QString need = bytesText(static_cast<double>(figures.memoryBytes));
    if (figures.machineBytes == 0) {
        return say("about %1").arg(need);
    }
    const QString all = bytesText(static_cast<double>(figures.machineBytes));
    return figures.isMemoryHigh ? say("about %1 of this machine's %2: too much. Take smaller mini-batches or fewer workers.").arg(need, all)
                                : say("about %1 of this machine's %2").arg(need, all);
}

QString contentText(const plan::LineContent& content, plan::SizeUnit unit, std::int64_t rows)
{
    QString text = oneLine(toQt(content.firstPath));
    const auto number = [](std::int64_t value) { return countText(static_cast<std::uint64_t>(std::max<std::int64_t>(0, value))); };
    if (content.firstRow >= 0) {
        text += rows > 1 ? say(" · rows %1–%2").arg(number(content.firstRow), number(content.firstRow + rows - 1))
            : rows == 1 ? say(" · row %1").arg(number(content.firstRow))
                        : say(" · from row %1").arg(number(content.firstRow));
    } else if (content.hasSlices && content.end < 0) {
        text += content.begin > 0 ? say(" · from row group %1").arg(number(content.begin)) : QString();
    } else if (content.hasSlices) {
        text += (unit == plan::SizeUnit::RowGroups ? say(" · row groups %1–%2") : say(" · bytes %1–%2"))
                    .arg(number(content.begin), number(content.end - 1));
    }
    if (content.parts > 1) {
        text += say(" and %1 more").arg(countText(content.parts - 1));
    }
    return text;
}

QString keyText(const plan::LineContent& content)
{
    QStringList pairs;
    for (const auto& [column, value] : content.key) {
        pairs << QStringLiteral("%1=%2").arg(toQt(column), toQt(value));
    }
    return oneLine(pairs.join(QStringLiteral(", ")));
}

QString oneLine(QString text)
{
    constexpr char16_t kPictures = 0x2400; // ␀, ␁, … ␊
    for (QChar& letter : text) {
        if (letter.unicode() < 0x20) {
            letter = QChar(static_cast<char16_t>(kPictures + letter.unicode()));
        }
    }
    return text;
}

} // namespace sheaf::ui
