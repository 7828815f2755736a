// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/runner_arguments.h"

#include "core/base/text.h"
#include "core/spec/field_table.h"
#include "core/spec/findings.h"
#include "core/spec/validator.h"
#include "core/spec/yaml_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace sheaf::spec {

namespace {

class ArgumentReader
{
public:
    ArgumentReader(const FieldValue& source, const std::string& path, const SourceText& sourceText)
        : m_source(source)
        , m_path(path)
        , m_text(sourceText)
    {
    }

    RunnerArguments read(
        const std::vector<std::string>& tokens, const std::vector<std::string>& scriptOptions)
    {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (!tokens[i].starts_with("--") || tokens[i].size() < 3) {
                checkSwallowed(tokens[i]);
                continue;
            }
            const std::size_t equals = tokens[i].find('=');
            const std::string name
                = tokens[i].substr(2, equals == std::string::npos ? equals : equals - 2);
            const RunnerFlag* flag = findRunnerFlag(name);
            if (flag == nullptr) {
                hintMisspelling(tokens[i].substr(0, equals), name, scriptOptions);
                continue;
            }
            if (equals != std::string::npos) {
                take(*flag, tokens[i].substr(equals + 1), tokens[i]);
            } else if (i + 1 < tokens.size() && !tokens[i + 1].starts_with("--")) {
                take(*flag, tokens[i + 1], tokens[i]);
                ++i;
            } else if (flag->valueOptional) {
                take(*flag, "true", tokens[i]);
            } else {
                missingValue(*flag, tokens[i]);
            }
        }
        return std::move(m_result);
    }

private:
    /// Where the token stands: found by its text, since folding and quotes move it about.
    [[nodiscard]] SourceRange placeOf(const std::string& token) const
    {
        const std::string_view bytes = m_text.bytes();
        const std::string_view range = bytes.substr(std::min(m_source.where.begin, bytes.size()),
            m_source.where.end - m_source.where.begin);
        for (std::size_t at = range.find(token); at != std::string_view::npos;
             at = range.find(token, at + 1)) {
            const std::size_t after = at + token.size();
            const auto isWordChar = [](char c) {
                return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
            };
            if ((at == 0 || !isWordChar(range[at - 1]))
                && (after >= range.size() || !isWordChar(range[after]))) {
                return m_text.range(m_source.where.begin + at, m_source.where.begin + after);
            }
        }
        return m_source.where;
    }

    void report(Severity severity,
        const char* code,
        const std::string& token,
        const std::string& name,
        std::string message,
        Finding words)
    {
        m_result.diagnostics.push_back(
            finding(severity, code, { m_source.file, placeOf(token), m_path + ".--" + name },
                std::move(message), std::move(words)));
    }

    void take(const RunnerFlag& flag, const std::string& text, const std::string& token)
    {
        const std::string name(flag.field.name);
        if (!flag.userMaySet) {
            report(Severity::Warning, "reserved-argument", token, name,
                fmt::format(
                    "--{} is a name that the runner uses itself; the script receives your value",
                    name),
                { token, "another name",
                    "rename the argument if the script should run on the service as well" });
            m_result.values[name] = text;
            return;
        }
        FieldValue value;
        value.text = text;
        value.file = m_source.file;
        value.where = placeOf(token);
        if (auto problem = checkValue(flag.field, value, m_path + ".--" + name)) {
            problem->message = "--" + problem->message;
            m_result.diagnostics.push_back(std::move(*problem));
            return;
        }
        m_result.values[name] = text;
    }

    void missingValue(const RunnerFlag& flag, const std::string& token)
    {
        const std::string name(flag.field.name);
        if (!flag.userMaySet) {
            m_result.values[name] = "";
            return;
        }
        report(Severity::Error, "missing-value", token, name,
            fmt::format("--{} has no value", name),
            { token, allowedText(flag.field),
                fmt::format("write --{} and {}", name, allowedText(flag.field)) });
    }

    /// An entry that is indented too far becomes part of the folded text above it.
    void checkSwallowed(const std::string& token)
    {
        const std::string name = token.ends_with(':') ? token.substr(0, token.size() - 1) : std::string();
        if (findField(Scope::Task, name) != nullptr || findField(Scope::ParallelNode, name) != nullptr) {
            report(Severity::Warning, "misplaced-key", token, name,
                fmt::format("'{}' is part of the arguments, and not an entry of its own", token),
                { token, "arguments of the script", fmt::format("indent {} less, as deep as the key of the arguments", name) });
        }
    }

    void hintMisspelling(const std::string& token,
        const std::string& name,
        const std::vector<std::string>& scriptOptions)
    {
        if (std::find(scriptOptions.begin(), scriptOptions.end(), name) != scriptOptions.end()) {
            return;
        }
        const std::string meant = meantFlag(name);
        if (!meant.empty()) {
            report(Severity::Warning, "misspelt-flag", token, name,
                fmt::format("--{} is not a flag of the runner and goes to the script as it is (did "
                            "you mean '--{}'?)",
                    name, meant),
                { "--" + name, "--" + meant, fmt::format("write --{}", meant) });
        } else if (const std::string own = ownOption(name, scriptOptions); !own.empty()) {
            report(Severity::Warning, "misspelt-flag", token, name,
                fmt::format("the script has no option --{} (did you mean '--{}'?)", name, own),
                { "--" + name, "--" + own, fmt::format("write --{}", own) });
        }
    }

    /// An option of the script that `name` is most likely a misspelling of. argparse takes a name that is cut short.
    static std::string ownOption(const std::string& name, const std::vector<std::string>& scriptOptions)
    {
        for (const auto& option : scriptOptions) {
            const int allowed = option.size() >= 8 ? 2 : option.size() >= 4 ? 1 : 0;
            if (!option.starts_with(name) && text::editDistance(name, option) <= allowed) {
                return option;
            }
        }
        return {};
    }

    /// The runner's flag that `name` is most likely a misspelling of: two edits at most, other
    /// dashes, or cut short.
    static std::string meantFlag(const std::string& name)
    {
        std::string plain = name;
        std::replace(plain.begin(), plain.end(), '-', '_');
        plain = text::lower(plain);
        std::string prefixOf;
        for (const auto& flag : runnerFlags()) {
            const std::string candidate(flag.field.name);
            if (!flag.userMaySet) {
                continue;
            }
            const int allowed = candidate.size() >= 12 ? 2 : 1;
            if (plain == text::lower(candidate)
                || text::editDistance(plain, candidate) <= allowed) {
                return candidate;
            }
            if (plain.size() >= 10 && candidate.starts_with(plain)) {
                prefixOf = prefixOf.empty() ? candidate : prefixOf;
            }
        }
        return prefixOf;
    }

    const FieldValue& m_source;
    const std::string& m_path;
    const SourceText& m_text;
    RunnerArguments m_result;
};

} // namespace

RunnerArguments readRunnerArguments(const std::vector<std::string>& tokens,
    const FieldValue& source,
    const std::string& path,
    const SourceText& sourceText,
    const std::vector<std::string>& scriptOptions)
{
    return ArgumentReader(source, path, sourceText).read(tokens, scriptOptions);
}

std::vector<std::string> optionNames(std::string_view script)
{
    std::vector<std::string> names;
    for (std::size_t at = script.find("--"); at != std::string_view::npos;
         at = script.find("--", at + 2)) {
        if (at == 0 || (script[at - 1] != '"' && script[at - 1] != '\'')) {
            continue;
        }
        std::size_t end = at + 2;
        while (end < script.size()
            && (std::isalnum(static_cast<unsigned char>(script[end])) != 0 || script[end] == '_'
                || script[end] == '-')) {
            ++end;
        }
        const bool isWhole = end > at + 2 && end < script.size() && script[end] == script[at - 1];
        if (isWhole) {
            names.emplace_back(script.substr(at + 2, end - at - 2));
        }
    }
    return names;
}

} // namespace sheaf::spec
