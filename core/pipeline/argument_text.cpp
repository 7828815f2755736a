// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/argument_text.h"

#include "core/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace sheaf::pipeline {

using spec::Severity;

namespace {

/// Drops the optional groups that name an input without value, frees the others of their brackets.
std::string settleGroups(
    StepFields& fields, Binding& binding, const spec::FieldValue& value, const std::string& path)
{
    for (const auto& group : spec::findOptionalGroups(value.text)) {
        if (!group.closed) {
            fields.report(Severity::Error, "unclosed-group", path, "'$[[' has no ']]'",
                { "$[[", "$[[ … ]]", "add ]]" });
        }
    }
    return spec::resolveOptionalGroups(value.text, [&](std::string_view content) {
        const auto expressions = spec::findExpressions(content);
        return std::all_of(
            expressions.begin(), expressions.end(), [&](const spec::Expression& expression) {
                return binding
                    .evaluate(fields.step(), expression, value, fields.path(path),
                        Binding::Use::InOptionalGroup)
                    .has_value();
            });
    });
}

/// Stand-ins for values while the text is split: characters that no job file holds.
std::string standIn(std::size_t index)
{
    return fmt::format("\x01{}\x02", index);
}

std::string fillIn(const std::string& token, const std::vector<std::string>& values)
{
    std::string filled;
    std::size_t at = 0;
    while (at < token.size()) {
        const std::size_t close = token[at] == '\x01' ? token.find('\x02', at) : std::string::npos;
        const auto index = close == std::string::npos
            ? std::nullopt
            : text::toInt(token.substr(at + 1, close - at - 1));
        if (index && *index >= 0 && static_cast<std::size_t>(*index) < values.size()) {
            filled += values[static_cast<std::size_t>(*index)];
            at = close + 1;
        } else {
            filled += token[at++];
        }
    }
    return filled;
}

/// "--a 1 --b 2" given as one value: a line of options, not one token.
bool isOptionLine(const std::string& value)
{
    return value.starts_with("--") && value.find(' ') != std::string::npos;
}

bool isShellSafe(const std::string& text)
{
    return text.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")
        == std::string::npos;
}

std::string singleQuoted(const std::string& text)
{
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

/// Follows the quotes of a shell text up to a point.
class QuoteState
{
public:
    void feed(std::string_view text)
    {
        for (const char c : text) {
            if (m_escaped) {
                m_escaped = false;
            } else if (c == '\\' && m_quote != '\'') {
                m_escaped = true;
            } else if (m_quote != '\0') {
                m_quote = c == m_quote ? '\0' : m_quote;
            } else if (c == '\'' || c == '"') {
                m_quote = c;
            }
        }
    }

    [[nodiscard]] std::string fitted(const std::string& path) const
    {
        if (isShellSafe(path)) {
            return path;
        }
        if (m_quote == '\0') {
            return singleQuoted(path);
        }
        std::string result;
        for (const char c : path) {
            const bool special = m_quote == '"' && (c == '"' || c == '\\' || c == '$' || c == '`');
            const bool closes = m_quote == '\'' && c == '\'';
            result += special ? std::string("\\") + c
                : closes      ? std::string("'\\''")
                              : std::string(1, c);
        }
        return result;
    }

private:
    char m_quote = '\0';
    bool m_escaped = false;
};

} // namespace

std::vector<std::string> programTokens(
    StepFields& fields, Binding& binding, const std::string& name)
{
    const spec::FieldValue* value = fields.find(name);
    if (value == nullptr) {
        return {};
    }
    std::vector<std::string> values;
    const std::string settled = settleGroups(fields, binding, *value, name);
    const std::string open
        = spec::replaceExpressions(settled, [&](const spec::Expression& expression) {
              const auto resolved
                  = binding.evaluate(fields.step(), expression, *value, fields.path(name));
              values.push_back(resolved ? resolved->text : std::string());
              return standIn(values.size() - 1);
          });
    const auto tokens = text::splitCommandLine(open);
    if (!tokens) {
        fields.report(Severity::Error, "unclosed-quote", name,
            fmt::format("{}: a quote is not closed", name),
            { value->text, "a command line", "close the quote, or take it away" });
        return {};
    }
    std::vector<std::string> filled;
    for (const auto& token : *tokens) {
        const std::string whole = fillIn(token, values);
        const bool isLone = token.starts_with('\x01') && token.find('\x02') == token.size() - 1;
        const auto options
            = isLone && isOptionLine(whole) ? text::splitCommandLine(whole) : std::nullopt;
        if (options) {
            filled.insert(filled.end(), options->begin(), options->end());
        } else {
            filled.push_back(whole);
        }
    }
    return filled;
}

std::string commandText(StepFields& fields, Binding& binding, const std::string& name)
{
    const spec::FieldValue* value = fields.find(name);
    if (value == nullptr) {
        return {};
    }
    const std::string settled = settleGroups(fields, binding, *value, name);
    std::string result;
    QuoteState quotes;
    std::size_t done = 0;
    for (const auto& expression : spec::findExpressions(settled)) {
        const std::string_view before
            = std::string_view(settled).substr(done, expression.begin - done);
        quotes.feed(before);
        result += before;
        const auto resolved
            = binding.evaluate(fields.step(), expression, *value, fields.path(name));
        if (resolved) {
            result += resolved->isPath ? quotes.fitted(resolved->text) : resolved->text;
        }
        done = expression.end;
    }
    return result + settled.substr(done);
}

} // namespace sheaf::pipeline
