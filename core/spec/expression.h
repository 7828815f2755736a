// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sheaf::spec {

/// One `${{ a.b.c }}` of a text: where it stands and what it names. Pure values, no evaluation.
struct Expression
{
    std::size_t begin = 0; // of "${{"
    std::size_t end = 0; // behind "}}"
    std::string inner; // "a.b.c", blanks cut off
    std::vector<std::string> parts; // {"a", "b", "c"}
    bool closed = true; // false: "}}" is missing

    /// Whether it has `count` parts and begins with the words of `head`.
    [[nodiscard]] bool is(std::initializer_list<std::string_view> head, std::size_t count) const;
};

/// One `$[[ … ]]` of a text: dropped whole when what it names has no value (reference §1.9).
struct OptionalGroup
{
    std::size_t begin = 0; // of "$[["
    std::size_t end = 0; // behind "]]"
    bool closed = true;
};

[[nodiscard]] std::vector<Expression> findExpressions(std::string_view text);
[[nodiscard]] std::vector<OptionalGroup> findOptionalGroups(std::string_view text);
[[nodiscard]] bool hasExpression(std::string_view text);
/// The expression when the text is nothing but it (and blanks around it).
[[nodiscard]] std::optional<Expression> wholeExpression(std::string_view text);

using ExpressionValue = std::function<std::string(const Expression&)>;
/// The text with each expression replaced by what `value` gives for it.
[[nodiscard]] std::string replaceExpressions(std::string_view text, const ExpressionValue& value);
/// The text with each `$[[ … ]]` whose content `keep` wants freed of its brackets, the others cut
/// out.
[[nodiscard]] std::string resolveOptionalGroups(
    std::string_view text, const std::function<bool(std::string_view content)>& keep);

} // namespace sheaf::spec
