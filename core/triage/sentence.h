// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Sentences whose nouns lead somewhere: values that a window draws with links and a terminal prints as text.
namespace sheaf::triage {

enum class LinkKind {
    Step, // step
    MiniBatches, // of step; target: words of MiniBatchFilter
    MiniBatch, // of step; number
    Node, // number
    Setting, // target: dotted path in the job file, "jobs.score.error_threshold"; a runner flag as "jobs.score.--logging_level"
    LogLine, // of step; target: file below its log folder, number: byte, -1: the end
    File, // target: absolute path
    Code, // of step; target: path as the traceback has it, number: line
    Moment, // number: wall time in µs
    Repair, // of step: run again; target: words of MiniBatchFilter
    Debug, // of step: run here, alone; number: mini-batch
    Resume, // the run goes on
    Page, // of the run; target: "outputs", "batches", …
};
BOOST_DESCRIBE_ENUM(
    LinkKind, Step, MiniBatches, MiniBatch, Node, Setting, LogLine, File, Code, Moment, Repair, Debug, Resume, Page)

/// Where a noun leads. A value: who shows the sentence knows how to get there.
struct Link {
    LinkKind kind = LinkKind::Step;
    std::string step;
    std::string target;
    std::int64_t number = -1;

    bool operator==(const Link&) const = default;
};
BOOST_DESCRIBE_STRUCT(Link, (), (kind, step, target, number))

struct Part {
    std::string text;
    std::optional<Link> link;

    bool operator==(const Part&) const = default;
};
BOOST_DESCRIBE_STRUCT(Part, (), (text, link))

/// English, one sentence, in parts. A value.
struct Sentence {
    std::vector<Part> parts;

    Sentence() = default;
    explicit Sentence(std::string text) { add(std::move(text)); }

    Sentence& add(std::string text)
    {
        if (!text.empty()) {
            parts.push_back({ std::move(text), std::nullopt });
        }
        return *this;
    }
    Sentence& add(std::string text, Link link)
    {
        parts.push_back({ std::move(text), std::move(link) });
        return *this;
    }
    Sentence& add(const Sentence& other)
    {
        parts.insert(parts.end(), other.parts.begin(), other.parts.end());
        return *this;
    }
    [[nodiscard]] bool isEmpty() const { return parts.empty(); }
    /// All of it, without links.
    [[nodiscard]] std::string text() const
    {
        std::string all;
        for (const Part& part : parts) {
            all += part.text;
        }
        return all;
    }
    bool operator==(const Sentence&) const = default;
};
BOOST_DESCRIBE_STRUCT(Sentence, (), (parts))

} // namespace sheaf::triage
