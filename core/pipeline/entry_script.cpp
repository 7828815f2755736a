// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/pipeline/entry_script.h"

#include "core/base/text.h"

#include <algorithm>
#include <cctype>

namespace sheaf::pipeline {

namespace fs = std::filesystem;

namespace {

bool hasWord(std::string_view line, std::string_view word)
{
    const auto isPart
        = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (std::size_t at = line.find(word); at != std::string_view::npos;
         at = line.find(word, at + 1)) {
        const std::size_t after = at + word.size();
        if ((at == 0 || !isPart(line[at - 1])) && (after >= line.size() || !isPart(line[after]))) {
            return true;
        }
    }
    return false;
}

bool isAssignment(std::string_view line, std::string_view name)
{
    if (!line.starts_with(name)) {
        return false;
    }
    const std::string_view rest = text::trim(line.substr(name.size()));
    return rest.starts_with('=') && !rest.starts_with("==");
}

} // namespace

fs::path findEntryScript(const fs::path& code, const std::string& entryScript)
{
    std::error_code error;
    if (fs::is_regular_file(code, error)) {
        return code.filename() == fs::path(entryScript).filename() || code.stem() == entryScript
            ? code
            : fs::path();
    }
    std::string dotted = entryScript;
    std::replace(dotted.begin(), dotted.end(), '.', '/');
    for (const fs::path& candidate :
        { fs::path(entryScript), fs::path(dotted + ".py"), fs::path(dotted) / "__init__.py" }) {
        const fs::path file = code / candidate;
        if (fs::is_regular_file(file, error)) {
            return file.lexically_normal();
        }
    }
    return {};
}

bool definesFunction(std::string_view script, std::string_view name)
{
    for (const auto& whole : text::split(script, '\n')) {
        const std::string_view line = text::trim(whole);
        const bool begins = line.starts_with("def ") || line.starts_with("async def ");
        const bool imports
            = (line.starts_with("from ") || line.starts_with("import ")) && hasWord(line, name);
        const bool importsAll = line.starts_with("from ") && line.ends_with("import *");
        if ((begins && hasWord(line.substr(0, line.find('(')), name)) || imports || importsAll
            || isAssignment(line, name)) {
            return true;
        }
    }
    return false;
}

} // namespace sheaf::pipeline
