// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/edit/pipeline_edit.h"
#include "core/edit/text_draft.h"
#include "core/spec/expression.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the gestures of pipeline_edit.h share: steps and ports of a tree. Only for the files that carry them out; pure.
namespace sheaf::edit {

inline constexpr const char* kNameRule = "a name has letters, digits and _, and no digit first";

/// Runs the steps of a gesture on the text; what they fail with is the result.
[[nodiscard]] Result<std::string> drafted(const std::string& text, const std::function<Result<void>(TextDraft&)>& gesture);

[[nodiscard]] const spec::YamlNode* stepNode(const spec::YamlNode& root, const std::string& step);
[[nodiscard]] Result<void> mustBeStep(const spec::YamlNode& root, const std::string& step);
/// The steps' names, those of disabled steps too.
[[nodiscard]] std::vector<std::string> stepNames(const TextDraft& draft);
[[nodiscard]] std::vector<std::string> keysOf(const spec::YamlNode* map);
[[nodiscard]] bool contains(const std::vector<std::string>& words, const std::string& word);
/// A new name for `what` ("jobs.score.inputs.data") must be a name, and not one of those that are taken in its group: jobs, inputs or outputs.
[[nodiscard]] Result<void> mustBeFree(const std::string& group, const std::string& what, const std::string& name, const std::vector<std::string>& taken);

/// "jobs.score.inputs.data": for messages.
[[nodiscard]] std::string nameOf(const PortRef& port);
[[nodiscard]] KeyPath pathOf(const PortRef& port);
/// What an expression names, when it names a port from outside of a step; a text only when it is nothing but that expression.
[[nodiscard]] std::optional<PortRef> portOf(const spec::Expression& expression);
[[nodiscard]] std::optional<PortRef> portOf(const std::string& text);
/// The scalar of an input or output that holds its binding or place: itself, or its `path`; else null.
[[nodiscard]] const spec::YamlNode* bindingOf(const spec::YamlNode* port);
[[nodiscard]] bool isBoundTo(const spec::YamlNode* port, const PortRef& wanted);

/// A step output that is bound to a pipeline output (given as it is declared, or null) loses its binding, and keeps the kind of data that
/// it had by it.
Result<void> unbindOutput(TextDraft& draft, const KeyPath& path, const spec::YamlNode* pipelineOutput);

/// The bytes of an expression with another word in the place of one of its parts, the first is 0: blanks in it stay.
[[nodiscard]] std::string withPart(const spec::Expression& expression, std::string_view raw, std::size_t part, const std::string& word);
/// Steps that are disabled are comments to YAML, and follow a renaming all the same.
Result<void> rewriteDisabled(TextDraft& draft, const TextDraft::Rewrite& rewrite);

} // namespace sheaf::edit
