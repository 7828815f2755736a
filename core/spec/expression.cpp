// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/expression.h"

#include "core/base/text.h"

#include <algorithm>

namespace sheaf::spec {

bool Expression::is(std::initializer_list<std::string_view> head, std::size_t count) const
{
    return parts.size() == count && head.size() <= count
        && std::equal(head.begin(), head.end(), parts.begin());
}

std::vector<Expression> findExpressions(std::string_view text)
{
    std::vector<Expression> found;
    std::size_t at = text.find("${{");
    while (at != std::string_view::npos) {
        Expression expression;
        expression.begin = at;
        const std::size_t close = text.find("}}", at + 3);
        expression.closed = close != std::string_view::npos;
        expression.end = expression.closed ? close + 2 : text.size();
        const std::size_t innerEnd = expression.closed ? close : text.size();
        expression.inner = std::string(text::trim(text.substr(at + 3, innerEnd - at - 3)));
        for (const auto& part : text::split(expression.inner, '.')) {
            expression.parts.emplace_back(text::trim(part));
        }
        at = text.find("${{", expression.end);
        found.push_back(std::move(expression));
    }
    return found;
}

std::vector<OptionalGroup> findOptionalGroups(std::string_view text)
{
    std::vector<OptionalGroup> found;
    std::size_t at = text.find("$[[");
    while (at != std::string_view::npos) {
        const std::size_t close = text.find("]]", at + 3);
        const bool closed = close != std::string_view::npos;
        const std::size_t end = closed ? close + 2 : text.size();
        found.push_back({ at, end, closed });
        at = text.find("$[[", end);
    }
    return found;
}

bool hasExpression(std::string_view text)
{
    return text.find("${{") != std::string_view::npos;
}

std::optional<Expression> wholeExpression(std::string_view text)
{
    const std::string_view trimmed = text::trim(text);
    if (!trimmed.starts_with("${{")) {
        return std::nullopt;
    }
    auto all = findExpressions(trimmed);
    if (all.size() != 1 || !all.front().closed || all.front().end != trimmed.size()) {
        return std::nullopt;
    }
    return all.front();
}

std::string replaceExpressions(std::string_view text, const ExpressionValue& value)
{
    std::string result;
    std::size_t done = 0;
    for (const auto& expression : findExpressions(text)) {
        result += text.substr(done, expression.begin - done);
        result += value(expression);
        done = expression.end;
    }
    result += text.substr(done);
    return result;
}

std::string resolveOptionalGroups(
    std::string_view text, const std::function<bool(std::string_view content)>& keep)
{
    std::string result;
    std::size_t done = 0;
    for (const auto& group : findOptionalGroups(text)) {
        result += text.substr(done, group.begin - done);
        const std::size_t contentEnd = group.closed ? group.end - 2 : group.end;
        const std::string_view content = text.substr(group.begin + 3, contentEnd - group.begin - 3);
        if (keep(content)) {
            result += content;
        }
        done = group.end;
    }
    result += text.substr(done);
    return result;
}

} // namespace sheaf::spec
