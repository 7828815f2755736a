// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "core/pipeline/plan_figures.h"
#include "core/plan/line_content.h"
#include "core/plan/plan_sizes.h"
#endif

#include <QString>

/// The figures of a plan in words, translated. Pure.
namespace sheaf::ui {

[[nodiscard]] QString sizeText(std::uint64_t size, plan::SizeUnit unit); // 12 files, 16.0 KiB, 10 rows
[[nodiscard]] QString sizesText(const plan::PlanSizes& sizes); // 16.0 KiB to 17.2 KiB, median 16.4 KiB
[[nodiscard]] QString headlineText(const pipeline::PlanFigures& figures); // 1,240 mini-batches · 8 workers · 155 waves
[[nodiscard]] QString workersText(const pipeline::PlanFigures& figures);
[[nodiscard]] QString failuresText(const pipeline::PlanFigures& figures);
[[nodiscard]] QString memoryText(const pipeline::PlanFigures& figures);
/// What is in a mini-batch: its first file or slice, and how many more. `rows` of a mini-batch of JSON rows, or -1.
[[nodiscard]] QString contentText(const plan::LineContent& content, plan::SizeUnit unit, std::int64_t rows);
[[nodiscard]] QString keyText(const plan::LineContent& content); // Store=12, Brand=x
/// On one line, whatever a name or a cell holds: control characters are shown as pictures.
[[nodiscard]] QString oneLine(QString text);

} // namespace sheaf::ui
