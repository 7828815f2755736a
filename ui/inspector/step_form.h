// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/inspector/form_gestures.h"
#include "ui/inspector/form_model.h"
#include "ui/inspector/form_row.h"

#include <map>
#include <set>
#endif

#include <QWidget>

class QFrame;
class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;
class QStackedLayout;
class QVBoxLayout;

namespace sheaf::ui {

class AppContext;
class DisabledNote;
class EmptyHint;
class PortAdder;
class SectionHeader;

/// The settings of the chosen step as a form; of several steps at once; of the pipeline when none is chosen. It shows what the text of the
/// files says and changes nothing but that text, through DocumentState, each where it is written: the pipeline file, a component's own file,
/// the program arguments. Groups are built when they are opened for the first time. Owned by the shell; main thread.
class StepForm : public QWidget
{
    Q_OBJECT

public:
    explicit StepForm(AppContext& context, QWidget* parent = nullptr);
    /// Shows a field ("retry_settings.timeout", "--resume_from", "inputs.data", or a finding's path below the step) and gives it the keyboard.
    /// False when there is none.
    bool focusField(const QString& path);
    /// Gives the keyboard to the first field that is open.
    void focusFirst();
    [[nodiscard]] const FormModel& model() const { return m_model; }

signals:
    /// What the form shows has been brought up to date with the text.
    void refreshed();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    struct Section {
        SectionHeader* header = nullptr;
        QWidget* body = nullptr; // made when it is opened first
        QVBoxLayout* column = nullptr;
        PortAdder* adder = nullptr;
        std::map<std::string, FormRowView*> views;
        std::vector<std::string> order; // as they lie in the column
    };

    // what is shown
    void buildBar(QVBoxLayout* column);
    void buildSections();
    void readAgain();
    void take(FormSource source);
    void choose();
    void rebuild();
    void render();
    void fill(FormGroup group, Section& section);
    void fillAdder(FormGroup group, Section& section);
    void noteChanges(FormGroup group, Section& section) const;
    void orderTabs();
    FormRowView* viewFor(const FormRow& row, Section& section);
    void connectView(FormRowView* view);
    [[nodiscard]] bool isShown(const FormRow& row) const;
    [[nodiscard]] bool hasChildren(const FormRow& row) const;
    [[nodiscard]] bool isFiltering() const;
    [[nodiscard]] QStringList disabledSteps() const;
    [[nodiscard]] int labelWidth() const;
    [[nodiscard]] FormRowView* view(const std::string& id) const;
    void finishEditors();

    // what is changed
    void onCommitted(const std::string& id, const QString& text, const QString& visit);
    void onEntry(const std::string& id, const QString& oldName, const QString& name, const std::optional<QString>& value);
    void reset(const std::string& id);
    bool carryOut(const QString& title, const std::vector<FormChange>& changes, const std::string& row, const QString& visit = {});
    bool told(const std::string& row, const Result<void>& done);
    void refuse(const std::string& row, const Error& error);
    void addPort(PortAdder& adder, bool isInput, const QString& name, const QString& type, const QString& value);
    void renameStep(const QString& name);
    void renamePort(const std::string& id);
    void promote(const std::string& id);
    void pickBinding(const std::string& id, const QPoint& at);
    void showInFile(const FormPlace& place);
    void showMenu(const std::string& id, const QPoint& at);
    [[nodiscard]] QString who() const;

    AppContext& m_context;
    FormGestures m_gestures;
    FormSource m_source;
    FormModel m_model;
    std::map<FormGroup, Section> m_sections;
    std::set<FormGroup> m_open { FormGroup::Parallel, FormGroup::Command, FormGroup::Settings };
    std::set<std::string> m_unfolded;
    QString m_renamedTo; // chosen as soon as the pipeline has it
    quint64 m_textNumber = 0; // counts changes of the text: what was read before one of them is old
    int m_labelWidth = 0;

    QLabel* m_about;
    QLineEdit* m_filter;
    QPushButton* m_changedOnly;
    QStackedLayout* m_stack;
    QScrollArea* m_scroll;
    QFrame* m_sheet;
    EmptyHint* m_hint;
    DisabledNote* m_disabled;
};

} // namespace sheaf::ui
