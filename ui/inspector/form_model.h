// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/spec/diagnostic.h"
#include "core/spec/field_table.h"
#include "ui/inspector/form_source.h"

#include <QCoreApplication>
#include <QString>
#include <QStringList>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sheaf::ui {

/// The groups of the form, in the order in which they are shown.
enum class FormGroup { Parallel, Command, Failures, Script, Result, Watching, Flags, Settings, Inputs, Outputs, Environment, General };

/// Who says the value that is in force.
enum class FormOrigin { Default, Pipeline, Component, Flag };

/// Where a value is written, or would be.
struct FormPlace {
    FormOrigin origin = FormOrigin::Pipeline;
    std::string file; // absolute
    std::vector<std::string> path; // from the root of the file; of program_arguments for a flag
    std::string flag; // name of a flag inside the text at `path`, or ""
    bool isWritten = false;

    bool operator==(const FormPlace&) const = default;
};

/// One name and value of a map such as environment_variables.
struct FormEntry {
    std::string name;
    std::string value;
    FormPlace place;
};

/// What one step (or the pipeline) says about a row.
struct FormCell {
    std::string step; // "" : the pipeline itself
    FormPlace place; // of the value in force; when nothing is written: where an edit goes
    FormOrigin origin = FormOrigin::Default;
    bool isWritten = false;
    std::string text; // as written; items of a list joined
    std::string byDefault; // in force when nothing is written
    bool isFolded = false; // `text` is the lines of a folded text, as they stand in the file
    std::vector<std::string> items; // of a list
    std::vector<FormEntry> entries; // of a map
    bool isElsewhere = false; // a map or a list where the form edits a text: only shown
    std::vector<FormPlace> places; // every place where it may be written: the pipeline file, the component, a flag
    std::size_t root = 0; // so many keys of the path are the step itself; maps below it are taken away when they become empty
    /// What holds the field is written as a lone value: to set the field it has to become a map, with the value below `valueKey` ("path"; "":
    /// the value goes).
    bool isLone = false;
    std::string loneText;
    std::string valueKey;
    int offset = 0; // what a flag says beyond the field: run_max_try counts the first try too
};

/// One line of the form: a field of the job file, a flag of the runner, an input or an output. For several steps it has a cell of each.
struct FormRow {
    enum class Kind {
        Field,
        StepName,
        Port, // the value, path or binding of an input or output; its fields are rows with this one as parent
        Note, // told, not edited here
    };
    Kind kind = Kind::Field;
    FormGroup group = FormGroup::General;
    std::string id; // "retry_settings.timeout", "--resume_from", "inputs.data", "inputs.data.type": the same for every step
    QString label; // in the words of the job file
    const spec::Field* field = nullptr; // type, range, help; never null
    std::string parent; // id of the row that this one unfolds from, or ""
    QString defaultText; // in force when nothing is written
    QString caption; // a word behind the editor in place of the unit
    bool isRequired = false; // cannot be reset
    bool isLong = false; // text of several lines
    std::vector<FormCell> cells; // one per step; never empty
    std::vector<spec::Diagnostic> diagnostics;

    [[nodiscard]] const FormCell& cell() const { return cells.front(); }
    [[nodiscard]] bool isFlag() const { return id.starts_with("--"); }
    [[nodiscard]] bool isInput() const { return id.starts_with("inputs."); }
    /// Not for all steps the same is in force: written or by default.
    [[nodiscard]] bool isSeveral() const;
    /// Something is written that could be taken away.
    [[nodiscard]] bool canReset() const;
    /// Something else than the default is written, and it need not be.
    [[nodiscard]] bool isChanged() const;
    /// The value of all steps as it is written, by one of them at least; "" when there is none or they differ.
    [[nodiscard]] QString text() const;
};

/// What the form shows for the chosen steps; for none of them: the pipeline itself. Pure; made anew after every change.
class FormModel
{
    Q_DECLARE_TR_FUNCTIONS(FormModel)

public:
    FormModel() = default;
    /// Steps that the pipeline does not have are left out.
    FormModel(const FormSource& source, const QStringList& steps);

    /// In the order of groups, then as they are shown. With several steps: those that all of them have.
    [[nodiscard]] const std::vector<FormRow>& rows() const { return m_rows; }
    [[nodiscard]] const FormRow* row(const std::string& id) const;
    [[nodiscard]] std::vector<FormGroup> groups() const;
    [[nodiscard]] const std::vector<std::string>& steps() const { return m_steps; }
    [[nodiscard]] bool isPipeline() const { return m_steps.empty(); }
    [[nodiscard]] bool hasComponent() const { return m_hasComponent; }

    [[nodiscard]] static QString groupName(FormGroup group);
    /// "a whole number from 0 to 10 (seconds). Default: 2": for tooltips.
    [[nodiscard]] static QString helpText(const FormRow& row);
    /// "in score.yml" for a value that is not in the pipeline file; "" for one that is.
    [[nodiscard]] static QString originText(const FormRow& row);

    /// An expression that may stand in a row, and what it stands for.
    struct Binding {
        QString text;
        QString hint;
    };
    /// For one step; never one that would make a circle.
    [[nodiscard]] static std::vector<Binding> bindings(const FormSource& source, const FormRow& row);

private:
    std::vector<FormRow> m_rows;
    std::vector<std::string> m_steps;
    bool m_hasComponent = false;
};

} // namespace sheaf::ui
