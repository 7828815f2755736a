// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/json.h"

#include <string>
#include <vector>

namespace sheaf::spec {

/// A range of bytes in a text, and where it begins for people (1-based; columns count characters,
/// not bytes).
struct SourceRange
{
    std::size_t begin = 0;
    std::size_t end = 0;
    int line = 0; // 0: the file as a whole
    int column = 0;
};
BOOST_DESCRIBE_STRUCT(SourceRange, (), (begin, end, line, column))

enum class Severity { Error, Warning, Note };
BOOST_DESCRIBE_ENUM(Severity, Error, Warning, Note)

/// One finding about a job file. A job file with five problems gives five of these and the best
/// model possible. `code` is a stable word ("unknown-key", "out-of-range"); the sentence comes from
/// diagnostic_text.cpp.
struct Diagnostic
{
    std::string code;
    Severity severity = Severity::Error;
    std::string file; // absolute: the pipeline, a component file, an MLTable
    SourceRange where;
    std::string path; // dotted: "jobs.score.mini_batch_size"
    std::string found; // what was found, as written
    std::string allowed; // what is allowed, in words
    std::string fix; // how to mend it, in words; "" when there is nothing to say
    std::string message; // the whole sentence, English: what is wrong (found and allowed included)
};
BOOST_DESCRIBE_STRUCT(
    Diagnostic, (), (code, severity, file, where, path, found, allowed, fix, message))

[[nodiscard]] inline bool hasErrors(const std::vector<Diagnostic>& diagnostics)
{
    for (const auto& diagnostic : diagnostics) {
        if (diagnostic.severity == Severity::Error) {
            return true;
        }
    }
    return false;
}

/// "job.yml:12:5: error: …" as compilers print it, with the fix on a second line.
[[nodiscard]] std::string diagnosticText(const Diagnostic& diagnostic);

} // namespace sheaf::spec
