// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/inspector/field_editor.h"

#include "core/spec/expression.h"
#include "core/spec/validator.h"
#include "ui/inspector/growing_text_edit.h"
#include "ui/inspector/map_editor.h"
#include "ui/inspector/unit_line_edit.h"
#include "ui/style/icons.h"
#include "ui/style/spacing.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"
#include "ui/widgets/elided_label.h"

#include <QComboBox>
#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QRegularExpression>
#include <QStyle>
#include <QToolButton>
#include <QUuid>

namespace sheaf::ui {

namespace {

constexpr int kSoonMilliseconds = 400;

void mark(QWidget* widget, bool isWrong)
{
    if (widget->property("invalid").toBool() != isWrong) {
        widget->setProperty("invalid", isWrong);
        widget->style()->unpolish(widget);
        widget->style()->polish(widget);
    }
}

QHBoxLayout* rowOf(QWidget* parent)
{
    auto* layout = new QHBoxLayout(parent);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::kSmall);
    return layout;
}

QString placeholderOf(const FormRow& row)
{
    return row.isSeveral() ? FieldEditor::tr("several values") : row.defaultText;
}

QString unitOf(const FormRow& row)
{
    return row.caption.isEmpty() ? toQt(row.field->unit) : row.caption;
}

/// One line of text.
class LineEditor : public FieldEditor
{
public:
    LineEditor(Kind kind, const FormRow& row, QWidget* parent)
        : FieldEditor(kind, row, parent)
        , m_line(new UnitLineEdit(this))
    {
        auto* layout = rowOf(this);
        layout->addWidget(m_line, 1);
        if (kind == Kind::Path) {
            m_browse = new QToolButton(this);
            m_browse->setIcon(icon(QStringLiteral("folder")));
            m_browse->setObjectName(QStringLiteral("form.browse.") + toQt(row.id));
            m_browse->setAccessibleName(tr("Choose the path of %1").arg(row.label));
            m_browse->setToolTip(tr("Choose…"));
            layout->addWidget(m_browse);
            connect(m_browse, &QToolButton::clicked, this, [this] { browse(); });
        }
        connect(m_line, &QLineEdit::textEdited, this, [this] { typed(); });
        watch(m_line);
    }
    QWidget* input() override { return m_line; }
    [[nodiscard]] QString text() const override { return m_line->text(); }

protected:
    void show(const QString& text) override
    {
        m_line->setText(text);
        m_line->setCursorPosition(0);
    }
    void dress(const FormRow& row) override
    {
        m_line->setPlaceholderText(placeholderOf(row));
        m_line->setUnit(unitOf(row));
        m_wantsFile = row.caption == QLatin1String("uri_file") || (row.caption.isEmpty() && row.id != "task.code" && row.id != "code");
    }

private:
    void browse()
    {
        auto* dialog = new QFileDialog(this, tr("Choose the path"), QDir(folder()).filePath(m_line->text()));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(m_wantsFile ? QFileDialog::ExistingFile : QFileDialog::Directory);
        if (!dialog->directory().exists()) {
            dialog->setDirectory(folder());
        }
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& chosen) {
            const QString relative = QDir(folder()).relativeFilePath(chosen);
            insert(relative.startsWith(QLatin1Char('.')) || QDir::isAbsolutePath(relative) ? relative : QStringLiteral("./") + relative);
        });
        dialog->open();
    }

    UnitLineEdit* m_line;
    QToolButton* m_browse = nullptr;
    bool m_wantsFile = false;
};

/// A truth value, or one of a few words. An expression or a wrong word that stands in the file is an entry of its own.
class ChoiceEditor : public FieldEditor
{
public:
    ChoiceEditor(const FormRow& row, QWidget* parent)
        : FieldEditor(Kind::Choice, row, parent)
        , m_combo(new QComboBox(this))
    {
        rowOf(this)->addWidget(m_combo, 1);
        m_combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        m_combo->setMinimumContentsLength(6);
        m_words = row.field->type == spec::FieldType::Bool ? boolWords(row) : std::vector<std::string>(spec::allowedWords(*row.field));
        m_combo->addItem(QString());
        for (const auto& word : m_words) {
            m_combo->addItem(toQt(word), toQt(word));
        }
        connect(m_combo, &QComboBox::activated, this, [this] { commit(); });
        watch(m_combo);
    }
    QWidget* input() override { return m_combo; }
    [[nodiscard]] QString text() const override { return m_combo->currentData().toString(); }

protected:
    void show(const QString& text) override
    {
        int index = text.isEmpty() ? 0 : m_combo->findData(text, Qt::UserRole, Qt::MatchFixedString); // words are taken in any case
        if (index < 0) {
            dropStranger();
            m_combo->addItem(text, text);
            index = m_combo->count() - 1;
        } else if (index <= static_cast<int>(m_words.size())) {
            dropStranger();
        }
        m_combo->setCurrentIndex(index);
    }
    void dress(const FormRow& row) override
    {
        m_combo->setItemText(0, row.isSeveral() ? tr("several values") : row.defaultText.isEmpty() ? tr("not set") : tr("default (%1)").arg(row.defaultText));
    }

private:
    void dropStranger()
    {
        if (m_combo->count() > static_cast<int>(m_words.size()) + 1) {
            m_combo->removeItem(m_combo->count() - 1);
        }
    }
    /// Flags are for Python: True and False.
    static std::vector<std::string> boolWords(const FormRow& row)
    {
        const bool isPython = row.isFlag() || row.field->defaultValue == "True" || row.field->defaultValue == "False";
        return isPython ? std::vector<std::string> { "True", "False" } : std::vector<std::string> { "true", "false" };
    }
    QComboBox* m_combo;
    std::vector<std::string> m_words;
};

/// One expression: those that are legal can be chosen, others be typed.
class ReferenceEditor : public FieldEditor
{
public:
    ReferenceEditor(const FormRow& row, QWidget* parent)
        : FieldEditor(Kind::Reference, row, parent)
        , m_combo(new QComboBox(this))
    {
        rowOf(this)->addWidget(m_combo, 1);
        m_combo->setEditable(true);
        m_combo->setInsertPolicy(QComboBox::NoInsert);
        m_combo->setCompleter(nullptr);
        m_combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        m_combo->setMinimumContentsLength(6);
        connect(m_combo, &QComboBox::activated, this, [this] { commit(); });
        connect(m_combo->lineEdit(), &QLineEdit::textEdited, this, [this] { typed(); });
        watch(m_combo); // its line edit is given the keys by it
    }
    QWidget* input() override { return m_combo; }
    [[nodiscard]] QString text() const override { return m_combo->currentText(); }
    void setChoices(const QStringList& choices) override
    {
        QStringList old;
        for (int i = 0; i < m_combo->count(); ++i) {
            old << m_combo->itemText(i);
        }
        if (old != choices) {
            const QString now = text();
            m_combo->clear();
            m_combo->addItems(choices);
            m_combo->setCurrentIndex(m_combo->findText(now));
            show(now);
        }
    }

protected:
    void show(const QString& text) override
    {
        m_combo->setEditText(text);
        m_combo->lineEdit()->setCursorPosition(0);
    }
    void dress(const FormRow& row) override { m_combo->lineEdit()->setPlaceholderText(placeholderOf(row)); }

private:
    QComboBox* m_combo;
};

/// Text of several lines.
class LongEditor : public FieldEditor
{
public:
    LongEditor(const FormRow& row, QWidget* parent)
        : FieldEditor(Kind::Long, row, parent)
        , m_edit(new GrowingTextEdit(this))
    {
        rowOf(this)->addWidget(m_edit, 1);
        m_edit->setProperty("boxed", true);
        m_edit->setTabChangesFocus(true);
        if (row.id != "description") {
            m_edit->setFont(monoFont());
        }
        connect(m_edit, &QPlainTextEdit::textChanged, this, [this] {
            if (!m_isShowing) {
                typed();
            }
        });
        watch(m_edit);
    }
    QWidget* input() override { return m_edit; }
    [[nodiscard]] QString text() const override
    {
        const QString now = m_edit->toPlainText();
        return now.isEmpty() ? now : now + m_tail;
    }
    void insert(const QString& expression) override
    {
        m_edit->insertPlainText(expression);
        commit();
    }

protected:
    void show(const QString& text) override
    {
        m_isShowing = true;
        // The line end of a block text is no empty line to a person.
        m_tail = text.endsWith(QLatin1Char('\n')) ? QStringLiteral("\n") : QString();
        m_edit->setPlainText(text.chopped(m_tail.size()));
        m_isShowing = false;
    }
    void dress(const FormRow& row) override { m_edit->setPlaceholderText(placeholderOf(row)); }

private:
    GrowingTextEdit* m_edit;
    QString m_tail;
    bool m_isShowing = false;
};

/// Names and values.
class MapFieldEditor : public FieldEditor
{
public:
    MapFieldEditor(const FormRow& row, QWidget* parent)
        : FieldEditor(Kind::Map, row, parent)
        , m_map(new MapEditor(row.label, toQt(row.id), this))
    {
        rowOf(this)->addWidget(m_map, 1);
        connect(m_map, &MapEditor::entryChanged, this, &FieldEditor::entryCommitted);
        connect(m_map, &MapEditor::problemChanged, this, &FieldEditor::problemChanged);
        setFocusProxy(m_map->input());
    }
    QWidget* input() override { return m_map->input(); }
    [[nodiscard]] QString text() const override { return {}; }

protected:
    void show(const QString&) override { }
    void dress(const FormRow& row) override
    {
        QList<QPair<QString, QString>> entries;
        for (const FormEntry& entry : row.isSeveral() ? std::vector<FormEntry> {} : row.cell().entries) {
            entries.append({ toQt(entry.name), toQt(entry.value) });
        }
        m_map->setEntries(entries, row.isSeveral() ? tr("several values") : tr("none"));
    }
    void forget() override { m_map->forget(); }

private:
    MapEditor* m_map;
};

/// Told, not edited.
class NoteEditor : public FieldEditor
{
public:
    NoteEditor(const FormRow& row, QWidget* parent)
        : FieldEditor(Kind::Note, row, parent)
        , m_label(new ElidedLabel(this))
    {
        rowOf(this)->addWidget(m_label, 1);
        m_label->setProperty("muted", true);
    }
    QWidget* input() override { return m_label; }
    [[nodiscard]] QString text() const override { return {}; }

protected:
    void show(const QString&) override { }
    void dress(const FormRow& row) override
    {
        const QString words = row.cell().isElsewhere ? tr("%1, written in the file").arg(row.text()) : row.text();
        m_label->setFullText(words.isEmpty() ? row.caption : words);
    }

private:
    ElidedLabel* m_label;
};

} // namespace

namespace {

/// A value, not a place of data.
bool isLiteral(const FormRow& row)
{
    const std::string type = toStd(row.caption);
    const std::string text = toStd(row.text());
    return type == "string" || type == "number" || type == "integer" || type == "boolean" || (type.empty() && (spec::yamlNumber(text) || spec::yamlBool(text)));
}

} // namespace

FieldEditor::Kind FieldEditor::kindOf(const FormRow& row)
{
    const bool isElsewhere = std::any_of(row.cells.begin(), row.cells.end(), [](const FormCell& cell) { return cell.isElsewhere; });
    if (row.kind == FormRow::Kind::Note || isElsewhere) {
        return Kind::Note;
    }
    if (row.isLong) {
        return Kind::Long;
    }
    switch (row.field->type) {
    case spec::FieldType::Bool:
    case spec::FieldType::Word:
        return Kind::Choice;
    case spec::FieldType::Reference:
        return Kind::Reference;
    case spec::FieldType::Path:
    case spec::FieldType::Component:
    case spec::FieldType::Environment:
        return row.kind == FormRow::Kind::Port && (!row.isInput() || isLiteral(row)) ? Kind::Line : Kind::Path;
    case spec::FieldType::TextMap:
        return Kind::Map;
    default:
        return Kind::Line;
    }
}

FieldEditor* FieldEditor::make(const FormRow& row, QWidget* parent)
{
    FieldEditor* editor = nullptr;
    switch (const Kind kind = kindOf(row)) {
    case Kind::Choice:
        editor = new ChoiceEditor(row, parent);
        break;
    case Kind::Reference:
        editor = new ReferenceEditor(row, parent);
        break;
    case Kind::Long:
        editor = new LongEditor(row, parent);
        break;
    case Kind::Map:
        editor = new MapFieldEditor(row, parent);
        break;
    case Kind::Note:
        editor = new NoteEditor(row, parent);
        break;
    case Kind::Line:
    case Kind::Path:
        editor = new LineEditor(kind, row, parent);
        break;
    }
    editor->input()->setObjectName(QStringLiteral("form.") + toQt(row.id));
    editor->follow(row);
    return editor;
}

FieldEditor::FieldEditor(Kind kind, const FormRow& row, QWidget* parent)
    : QWidget(parent)
    , m_kind(kind)
    , m_field(row.field)
    , m_isStepName(row.kind == FormRow::Kind::StepName)
    , m_commitsLate(m_isStepName)
    , m_visit(QUuid::createUuid().toString())
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoonMilliseconds);
    connect(&m_soon, &QTimer::timeout, this, &FieldEditor::commit);
}

void FieldEditor::watch(QWidget* input)
{
    setFocusProxy(input);
    input->installEventFilter(this);
}

void FieldEditor::follow(const FormRow& row)
{
    m_field = row.field;
    m_default = row.defaultText;
    const QString now = row.text();
    const bool isTyping = text() != m_shown && (m_isVisited || m_soon.isActive() || !m_problem.isEmpty());
    dress(row);
    if ((now != m_known || text() != m_shown) && !isTyping) {
        put(now);
        m_problem.clear();
        mark(input(), false);
        emit problemChanged({});
    }
    m_known = now;
    if (!m_isVisited) {
        m_before = text();
    }
    input()->setAccessibleName(row.label);
    if (const auto* combo = qobject_cast<QComboBox*>(input()); combo != nullptr && combo->isEditable()) {
        combo->lineEdit()->setAccessibleName(row.label);
    }
    input()->setAccessibleDescription(FormModel::helpText(row));
}

/// What the widget makes of a text (a word in its own case, one line of several) counts as that text until somebody changes it.
void FieldEditor::put(const QString& text)
{
    show(text);
    m_shown = this->text();
}

void FieldEditor::finish()
{
    endVisit();
    forget();
    if (text() != m_shown) { // it was refused: nobody else's value
        put(m_known);
    }
    if (!m_problem.isEmpty()) {
        m_problem.clear();
        mark(input(), false);
        emit problemChanged({});
    }
}

void FieldEditor::insert(const QString& expression)
{
    show(expression);
    judge();
    commit();
}

void FieldEditor::typed()
{
    judge();
    if (!m_commitsLate) {
        m_soon.start();
    }
}

QString FieldEditor::problemOf(const QString& text) const
{
    const std::string plain = toStd(text.trimmed());
    if (m_isStepName) {
        return spec::isIdentifier(plain) ? QString() : tr("A name is letters, digits and _, and does not begin with a digit.");
    }
    const bool isOpen = spec::hasExpression(plain) && m_field->type != spec::FieldType::Reference;
    if (plain.empty() || isOpen || m_kind == Kind::Map || m_kind == Kind::Note || m_kind == Kind::Choice) {
        return {};
    }
    spec::FieldValue value;
    value.text = plain;
    const auto finding = spec::checkValue(*m_field, value, {});
    return finding ? tr("Not written: %1").arg(toQt(finding->message)) : QString();
}

void FieldEditor::judge()
{
    const QString problem = text() == m_shown ? QString() : problemOf(text());
    mark(input(), !problem.isEmpty());
    if (problem != m_problem) {
        m_problem = problem;
        emit problemChanged(problem);
    }
}

void FieldEditor::commit()
{
    m_soon.stop();
    const QString now = text();
    if (now == m_shown || !problemOf(now).isEmpty()) {
        return;
    }
    m_shown = now;
    m_known = now;
    emit committed(now, m_visit);
}

void FieldEditor::endVisit()
{
    commit();
    m_visit = QUuid::createUuid().toString();
    m_isVisited = false;
}

/// The number in the text one more or less; what stands behind it ("kb") stays.
bool FieldEditor::step(int by)
{
    const auto type = m_field->type;
    if (m_kind != Kind::Line || (type != spec::FieldType::Int && type != spec::FieldType::Number && type != spec::FieldType::Size)) {
        return false;
    }
    static const QRegularExpression pattern(QStringLiteral("^\\s*(-?\\d+)(\\.\\d+)?(.*)$"));
    const auto match = pattern.match(text().isEmpty() ? m_default : text());
    const bool isSize = type == spec::FieldType::Size;
    const QString next = match.hasMatch()
        ? QString::number(match.captured(1).toLongLong() + by) + match.captured(2) + (isSize && text().isEmpty() ? QString() : match.captured(3))
        : QString::number(qMax(1.0, m_field->hasRange ? m_field->minimum : 1.0));
    if (problemOf(next).isEmpty()) {
        show(next);
        typed();
    }
    return true;
}

bool FieldEditor::onKey(QKeyEvent& event)
{
    const bool isLong = m_kind == Kind::Long;
    switch (event.key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (isLong && event.modifiers() == Qt::NoModifier) {
            return false; // a new line
        }
        judge();
        commit();
        return m_kind != Kind::Choice;
    case Qt::Key_Escape:
        if (text() == m_before) {
            return false;
        }
        show(m_before);
        judge();
        commit();
        return true;
    case Qt::Key_Up:
    case Qt::Key_Down:
        return event.modifiers() == Qt::NoModifier && step(event.key() == Qt::Key_Up ? 1 : -1);
    default:
        return false;
    }
}

bool FieldEditor::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::KeyPress:
        if (onKey(*static_cast<QKeyEvent*>(event))) {
            return true;
        }
        break;
    case QEvent::FocusIn:
        if (!m_isVisited) {
            m_isVisited = true;
            m_before = text();
        }
        break;
    case QEvent::FocusOut:
        if (static_cast<QFocusEvent*>(event)->reason() != Qt::PopupFocusReason) {
            endVisit();
        }
        break;
    case QEvent::Wheel: // turning the wheel scrolls the form; it must not change a value on its way
        event->ignore();
        return true;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace sheaf::ui
