// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/spec/job.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What one does to a pipeline with a gesture, as a new text of the job file: every byte that the gesture does not mean stays. Each function
/// takes the whole text and gives the whole text, or fails with Invalid (what, found, allowed) and nothing is changed. The result has been
/// read again and says what was meant; a way of writing for which that cannot be had is refused. A last line without an end gets one
/// only when a block text in it would else become another one. Pure; any thread.
namespace sheaf::edit {

/// Puts "KEY:" with `block` (lines of YAML, indented from 0) below it into the map at `parent` ({} : the file itself), behind its sisters.
/// Maps on the way are made; inside a flow map the block becomes a flow map. A blank line parts it where its sisters are parted so;
/// `inputs` and `outputs` of the file go before its jobs.
[[nodiscard]] Result<std::string> withBlock(const std::string& text, const std::vector<std::string>& parent, const std::string& key, const std::string& block);
/// The lines of the entry at `path` as a block indented from 0, without its key: what withBlock() takes. What hangs on an anchor is
/// written out.
[[nodiscard]] Result<std::string> blockOf(const std::string& text, const std::vector<std::string>& path);

/// One value set or taken away (edit.h), as a whole text.
[[nodiscard]] Result<std::string> withValue(const std::string& text, const std::vector<std::string>& path, const std::string& value);
[[nodiscard]] Result<std::string> without(const std::string& text, const std::vector<std::string>& path);

/// Where a wire begins or ends.
struct PortRef
{
    enum class Kind { PipelineInput, PipelineOutput, StepInput, StepOutput };
    Kind kind = Kind::StepInput;
    std::string step; // of a step's port
    std::string name;
    bool operator==(const PortRef&) const = default;
};

/// "${{parent.jobs.train.outputs.model}}" for a source; "${{parent.outputs.scores}}" for a pipeline output.
[[nodiscard]] std::string bindingText(const PortRef& port);

/// Binds `to` (a step's input, or a pipeline output) to `from` (a step's output or a pipeline input). A pipeline output is bound at the
/// step that makes it: another one that made it loses its binding, and what an output in object form said of its data goes to the
/// pipeline's output where that says nothing. An input in object form keeps type and mode: only its path is set. A wire that would make
/// a step wait for itself is refused, with the way around in `found`.
[[nodiscard]] Result<std::string> withWire(const std::string& text, const PortRef& from, const PortRef& to);
/// Takes the binding away. The entry of an input stays, with its type and mode; an output keeps the type that it had from the pipeline.
[[nodiscard]] Result<std::string> withoutWire(const std::string& text, const PortRef& from, const PortRef& to);
/// The wire ends at another port: both of the above, or nothing.
[[nodiscard]] Result<std::string> withWireMoved(const std::string& text, const PortRef& from, const PortRef& oldTo, const PortRef& to);

/// Renames a step; every ${{parent.jobs.OLD.…}} of the file follows, in disabled steps too, not in comments.
[[nodiscard]] Result<std::string> withStepRenamed(const std::string& text, const std::string& from, const std::string& to);
/// Renames an input or output of the pipeline; every ${{parent.inputs.OLD}} follows.
[[nodiscard]] Result<std::string> withPipelinePortRenamed(const std::string& text, bool isInput, const std::string& from, const std::string& to);
/// Takes inputs or outputs of the pipeline away, and the bindings to them as withoutWire() does: those that the text has, whatever is drawn.
[[nodiscard]] Result<std::string> withoutPipelinePorts(const std::string& text, bool isInput, const std::vector<std::string>& names);

/// Takes steps away, with the comments right above them. With `heal` the readers of such a step's outputs are bound to what fed its main
/// input; else, or when nothing did, their bindings are taken away: a plain entry goes, of an object its path. Pipeline outputs stay.
[[nodiscard]] Result<std::string> withoutSteps(const std::string& text, const std::vector<std::string>& steps, bool heal);

/// Steps as YAML text that can be pasted: a map of the steps.
[[nodiscard]] Result<std::string> copiedSteps(const std::string& text, const std::vector<std::string>& steps);
/// Pastes what copiedSteps() gave (or such a map under `jobs:`). Names that are taken get a number; bindings among the pasted steps follow,
/// bindings to other steps stay when `keepLinks` and such a step exists, else they are taken away; so are those to a pipeline input that
/// is not there, and to a pipeline output that is not there or has its maker. `names`: what the steps are called now (may be null).
[[nodiscard]] Result<std::string> withPasted(const std::string& text, const std::string& pasted, bool keepLinks, std::vector<std::string>* names);

/// A disabled step is its own lines behind "#| ": other programs do not see it, nothing of it is lost. Several are read and proved together.
[[nodiscard]] Result<std::string> withStepsDisabled(const std::string& text, const std::vector<std::string>& steps);
[[nodiscard]] Result<std::string> withStepsEnabled(const std::string& text, const std::vector<std::string>& steps);
/// The steps that are disabled: their names with their text as a block.
struct DisabledStep
{
    std::string name;
    std::string block;
    std::size_t begin = 0; // its first "#| "
    std::size_t end = 0;
};
[[nodiscard]] std::vector<DisabledStep> disabledSteps(std::string_view text);
/// Takes disabled steps away with their lines; no other program sees a change.
[[nodiscard]] std::string withoutDisabledSteps(std::string text, const std::vector<std::string>& steps);

/// Makes the value at `path` of the step an input of the pipeline: inputs.NAME gets the value, the place gets its binding.
/// For a field (not an input) of a step the step gets an input too.
[[nodiscard]] Result<std::string> promoted(const std::string& text, const std::string& step, const std::vector<std::string>& fieldPath, const std::string& name, const std::string& type);

/// The names below `jobs` (those of disabled steps too), `inputs` or `outputs`; none when the text is no YAML.
[[nodiscard]] std::vector<std::string> namesIn(const std::string& text, const std::string& group);
/// The input of the pipeline that is these data already: of this type, its path written so or with another "./" or "/"; else "".
[[nodiscard]] std::string inputWithPath(const std::string& text, const std::string& type, const std::string& path);
/// How many inputs, or outputs when there are more, a step has in this text; its component may declare others.
[[nodiscard]] std::size_t portCount(const std::string& text, const std::string& step);
/// "score" or, when it is taken, "score_2", …
[[nodiscard]] std::string freeName(const std::vector<std::string>& taken, const std::string& wanted);

} // namespace sheaf::edit
