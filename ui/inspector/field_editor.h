// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#ifndef Q_MOC_RUN // moc of Qt 6.4 cannot parse the C++20 headers that these lead to
#include "ui/inspector/form_model.h"

#include <optional>
#endif

#include <QTimer>
#include <QWidget>

namespace sheaf::ui {

/// What a row is edited with. Says what is to be written when Enter is pressed, when the focus leaves, and a moment after the last key; never
/// what is wrong. All that is said between the focus coming and going is one visit, which undo takes back at once. Values of the model are
/// followed, but what is being typed stays, and the cursor with it. Owned by its row; main thread.
class FieldEditor : public QWidget
{
    Q_OBJECT

public:
    enum class Kind { Line, Choice, Reference, Long, Path, Map, Note };
    [[nodiscard]] static Kind kindOf(const FormRow& row);
    [[nodiscard]] static FieldEditor* make(const FormRow& row, QWidget* parent);

    [[nodiscard]] Kind kind() const { return m_kind; }
    /// The widget that has the keyboard.
    [[nodiscard]] virtual QWidget* input() = 0;
    [[nodiscard]] virtual QString text() const = 0;
    void follow(const FormRow& row);
    /// Before the row becomes that of another step: what is typed is written if it can be, else forgotten.
    void finish();
    /// Puts an expression in: at the cursor of a long text, else in place of the value. Committed at once.
    virtual void insert(const QString& expression);
    /// Says now what is to be written, as if the focus left.
    void settle() { commit(); }
    /// The folder that paths are relative to, for browsing.
    void setFolder(const QString& folder) { m_folder = folder; }
    /// Expressions offered by editors of a reference.
    virtual void setChoices(const QStringList&) { }

signals:
    /// `visit` names the time between the focus coming and going.
    void committed(const QString& text, const QString& visit);
    /// What is typed cannot be written: why; "" when it can.
    void problemChanged(const QString& sentence);
    void entryCommitted(const QString& oldName, const QString& name, const std::optional<QString>& value);

protected:
    FieldEditor(Kind kind, const FormRow& row, QWidget* parent);
    /// Called once by the derived class: keys and focus of this widget are the editor's.
    void watch(QWidget* input);
    void typed();
    void commit();
    [[nodiscard]] const spec::Field& field() const { return *m_field; }
    [[nodiscard]] const QString& folder() const { return m_folder; }
    virtual void show(const QString& text) = 0;
    /// The words of the row beside its value.
    virtual void dress(const FormRow& row) = 0;
    /// What is typed and not written is nobody else's.
    virtual void forget() { }
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    [[nodiscard]] QString problemOf(const QString& text) const;
    void put(const QString& text);
    void judge();
    void endVisit();
    bool onKey(class QKeyEvent& event);
    bool step(int by);

    Kind m_kind;
    const spec::Field* m_field;
    bool m_isStepName;
    bool m_commitsLate; // a name that others follow is not renamed while it is typed
    QString m_visit;
    QString m_default;
    QString m_known; // what the model says
    QString m_shown; // what the widget made of it
    QString m_before; // at the begin of the visit
    QString m_problem;
    QString m_folder;
    QTimer m_soon;
    bool m_isVisited = false;
};

} // namespace sheaf::ui
