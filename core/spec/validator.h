// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/diagnostic.h"
#include "core/spec/field_table.h"
#include "core/spec/findings.h"
#include "core/spec/job.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The rules of values and names, each one question. Nothing here reads files or knows how a
/// pipeline hangs together.
namespace sheaf::spec {

/// What is wrong with a scalar for this field (type and range), or nothing. Expressions must be
/// resolved before.
[[nodiscard]] std::optional<Diagnostic> checkValue(
    const Field& field, const FieldValue& value, const std::string& path);

/// "10", "10kb", "1 MB": nullopt when it is none of these or too large. Whether it fits files or
/// tables is for the caller.
struct MiniBatchSize
{
    std::int64_t value = 0; // files, or bytes
    bool hasUnit = false;
};
[[nodiscard]] std::optional<MiniBatchSize> parseMiniBatchSize(std::string_view text);

/// Letters, digits and _, not a digit first.
[[nodiscard]] bool isIdentifier(std::string_view name);
/// Names that the service keeps for itself: path, home, user …
[[nodiscard]] bool isReservedName(std::string_view name);
/// Rules that the fields of a step must keep among each other: what is required and not there, what
/// excludes what. `fields` are the merged ones.
[[nodiscard]] std::vector<Diagnostic> checkStep(const StepDefinition& step, const FieldSet& fields);

} // namespace sheaf::spec
