// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Every field of the job file that is known, and every flag that the runner understands in
/// `program_arguments`: type, range, default, help. The one table that drives reading, checking,
/// forms and completion. Adding a field begins here.
namespace sheaf::spec {

enum class FieldType {
    Text, // any scalar
    Path, // local path or a name in the cloud
    Bool,
    Int,
    Number,
    Word, // one of `words`
    Size, // digits, or digits with kb, mb, gb
    TextList,
    TextMap, // name → scalar
    Reference, // one ${{…}}
    Group, // a map of the fields of scope `group`
    Inputs, // name → input
    Outputs, // name → output
    Environment, // a name, a file or a map
    Component, // a reference or a map
    Jobs, // name → step
    Any, // not looked into
};

/// What becomes of a field that is there.
enum class FieldUse {
    Used,
    Recorded, // means nothing on this machine and needs no word
    Noted, // means nothing on this machine: said once
    Refused, // would change what runs and is not supported yet: an error
};

enum class Scope {
    Pipeline,
    Settings,
    ParallelNode,
    ParallelComponent,
    CommandNode,
    CommandComponent,
    Task,
    RetrySettings,
    Resources,
    Limits,
    Input, // of a pipeline or a step: the object form
    InputDeclaration, // of a component
    Output,
    Environment,
    EnvironmentBuild,
    MlTable,
};

struct Field
{
    std::string_view name;
    FieldType type = FieldType::Text;
    std::string_view help = {}; // one line
    std::string_view defaultValue = {}; // as it would be written; "" : none
    double minimum = 0; // of Int and Number, with `hasRange`
    double maximum = 0;
    bool hasRange = false;
    bool aboveMinimum = false; // the minimum itself is not allowed
    bool minusOneToo = false; // -1 is allowed besides the range
    std::string_view unit = {};
    std::string_view words = {}; // of Word: "a|b|c"
    Scope group = Scope::Pipeline; // of Group
    FieldUse use = FieldUse::Used;
    bool required = false;
    std::string_view formerly = {}; // its name in older files; still read, with a warning
};

[[nodiscard]] std::span<const Field> fields(Scope scope);
[[nodiscard]] const Field* findField(Scope scope, std::string_view name);
/// The field that older files call `name`.
[[nodiscard]] const Field* findFormerField(Scope scope, std::string_view name);
[[nodiscard]] std::vector<std::string> fieldNames(Scope scope);
/// A field by its dotted name below `scope`: "retry_settings.timeout".
[[nodiscard]] const Field* findFieldByPath(Scope scope, std::string_view dotted);

/// A flag in `program_arguments`. `field` holds its name without dashes, type and range.
struct RunnerFlag
{
    Field field;
    std::string_view sameAs = {}; // dotted name of the step's field that it sets, or ""
    bool userMaySet = true; // false: the runner makes it, a user's own is left alone
    bool valueOptional = false; // may stand alone: true
};

[[nodiscard]] std::span<const RunnerFlag> runnerFlags();
[[nodiscard]] const RunnerFlag* findRunnerFlag(std::string_view nameWithoutDashes);

/// The words of a Word field.
[[nodiscard]] std::vector<std::string> allowedWords(const Field& field);
/// "a whole number from 0 to 2147483647", "INFO, WARNING or DEBUG": for messages.
[[nodiscard]] std::string allowedText(const Field& field);

} // namespace sheaf::spec
