// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "ui/source/code_editor.h"

#include "core/edit/completion.h"
#include "core/spec/source_text.h"
#include "ui/source/completion_popup.h"
#include "ui/source/syntax_colors.h"
#include "ui/source/yaml_lexer.h"
#include "ui/state/document_state.h"
#include "ui/style/icons.h"
#include "ui/style/state_tone.h"
#include "ui/style/theme.h"
#include "ui/text/convert.h"

#include <Qsci/qscicommandset.h>
#include <Qsci/qscilexerpython.h>

#include <QContextMenuEvent>
#include <QFileInfo>
#include <QHelpEvent>
#include <QInputDialog>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QToolTip>
#include <QUndoStack>

#include <algorithm>
#include <utility>

namespace sheaf::ui {

namespace {

constexpr int kMovedMilliseconds = 120; // who walks through the text does not mean every step on the way

// Margins, marks and indicators of Scintilla that are ours.
constexpr int kNumbers = 0;
constexpr int kSigns = 1;
constexpr int kFolds = 2;
constexpr int kErrorSign = 2;
constexpr int kWarningSign = 1;
constexpr int kNoteSign = 0; // the greater one is seen
constexpr int kErrorLine = 8;
constexpr int kWarningLine = 9;
constexpr int kNoteLine = 10;
constexpr int kFoundBox = 11;
constexpr std::size_t kMostFound = 10'000;

int signOf(spec::Severity severity)
{
    return severity == spec::Severity::Error ? kErrorSign : severity == spec::Severity::Warning ? kWarningSign : kNoteSign;
}

int indicatorOf(spec::Severity severity)
{
    return severity == spec::Severity::Error ? kErrorLine : severity == spec::Severity::Warning ? kWarningLine : kNoteLine;
}

QColor colorOf(spec::Severity severity)
{
    return severity == spec::Severity::Error ? toneTextColor(Tone::Failed)
        : severity == spec::Severity::Warning ? toneTextColor(Tone::Retry)
                                              : theme().accent;
}

bool isWordByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

} // namespace

CodeEditor::CodeEditor(DocumentState& document, const QString& file, QWidget* parent)
    : QsciScintilla(parent)
    , m_document(document)
    , m_file(toQt(toPath(QFileInfo(file).absoluteFilePath()).lexically_normal()))
    , m_popup(new CompletionPopup(this))
{
    setObjectName(QStringLiteral("source.editor"));
    setAccessibleName(tr("Text of %1").arg(QFileInfo(m_file).fileName()));
    const QString suffix = QFileInfo(m_file).suffix().toLower();
    const bool isYaml = suffix == QLatin1String("yml") || suffix == QLatin1String("yaml") || QFileInfo(m_file).fileName() == QLatin1String("MLTable");
    m_language = isYaml ? Language::Yaml : suffix == QLatin1String("py") ? Language::Python : Language::Plain;
    build();
    takeTheme();
    load();

    connect(this, &QsciScintillaBase::SCN_MODIFIED, this,
        [this](int position, int kind, const char*, int length) { note(position, kind, length); });
    connect(this, &QsciScintillaBase::SCN_UPDATEUI, this, [this](int updated) {
        if ((updated & SC_UPDATE_SELECTION) != 0 && !m_isFollowing && hasFocus()) {
            m_moved.start();
        }
        if ((updated & (SC_UPDATE_V_SCROLL | SC_UPDATE_H_SCROLL)) != 0) {
            m_popup->hide();
        }
    });
    m_moved.setSingleShot(true);
    m_moved.setInterval(kMovedMilliseconds);
    connect(&m_moved, &QTimer::timeout, this, [this] { emit cursorMoved(cursorOffset()); });
    m_settle.setSingleShot(true);
    m_settle.setInterval(0);
    connect(&m_settle, &QTimer::timeout, this, &CodeEditor::flush);
    connect(m_popup, &CompletionPopup::chosen, this, &CodeEditor::take);
    connect(&m_document, &DocumentState::textChanged, this, &CodeEditor::follow);
}

CodeEditor::~CodeEditor() = default;

long CodeEditor::send(unsigned message, std::uintptr_t first, std::intptr_t second) const
{
    return SendScintilla(message, static_cast<unsigned long>(first), static_cast<long>(second));
}

// ---- looks --------------------------------------------------------------------------------------

void CodeEditor::build()
{
    setUtf8(true);
    send(SCI_SETUNDOCOLLECTION, 0); // the document has the one undo
    const int unit = m_language == Language::Python ? 4 : 2;
    setIndentationsUseTabs(false);
    setTabWidth(unit);
    setIndentationWidth(unit);
    setTabIndents(true);
    setBackspaceUnindents(true);
    setAutoIndent(false); // breakLine() knows YAML
    setIndentationGuides(m_language != Language::Plain);
    setBraceMatching(SloppyBraceMatch);
    setCaretLineVisible(true);
    setCaretWidth(2);
    send(SCI_SETSCROLLWIDTH, 1);
    send(SCI_SETSCROLLWIDTHTRACKING, 1);
    send(SCI_SETENDATLASTLINE, 1);
    send(SCI_SETMULTIPLESELECTION, 0); // one change at a time
    send(SCI_SETADDITIONALSELECTIONTYPING, 0);
    send(SCI_SETCARETSTICKY, SC_CARETSTICKY_WHITESPACE);
    setMarginsFont(editorFont(-1));
    setMarginType(kNumbers, NumberMargin);
    setMarginType(kSigns, SymbolMargin);
    setMarginMarkerMask(kSigns, (1 << kErrorSign) | (1 << kWarningSign) | (1 << kNoteSign));
    setMarginWidth(kSigns, 18);
    setFolding(m_language == Language::Plain ? NoFoldStyle : PlainFoldStyle, kFolds);
    if (m_language == Language::Yaml) {
        m_lexer = new YamlLexer(this);
    } else if (m_language == Language::Python) {
        m_lexer = new QsciLexerPython(this);
    }
    if (m_lexer != nullptr) {
        setLexer(m_lexer);
    }
    for (const auto& [indicator, style] : { std::pair(kErrorLine, INDIC_SQUIGGLE), std::pair(kWarningLine, INDIC_SQUIGGLE), std::pair(kNoteLine, INDIC_DOTS) }) {
        send(SCI_INDICSETSTYLE, static_cast<unsigned long>(indicator), style);
        send(SCI_INDICSETUNDER, static_cast<unsigned long>(indicator), 1);
    }
    send(SCI_INDICSETSTYLE, kFoundBox, INDIC_ROUNDBOX);
    send(SCI_INDICSETUNDER, kFoundBox, 1);
    for (const auto& [command, key] : { std::pair(QsciCommand::Undo, 0), std::pair(QsciCommand::Redo, 0) }) {
        if (QsciCommand* bound = standardCommands()->find(command)) {
            bound->setKey(key);
            bound->setAlternateKey(key);
        }
    }
}

void CodeEditor::takeTheme()
{
    const Theme& t = theme();
    const SyntaxColors colors = syntaxColors();
    const QFont font = editorFont();
    if (auto* yaml = qobject_cast<YamlLexer*>(m_lexer)) {
        yaml->takeTheme();
    } else if (m_lexer != nullptr) {
        m_lexer->setDefaultColor(colors.text);
        m_lexer->setDefaultPaper(t.surface);
        m_lexer->setColor(colors.text, -1);
        m_lexer->setPaper(t.surface, -1);
        m_lexer->setFont(font, -1);
        using Python = QsciLexerPython;
        for (const int style : { Python::Comment, Python::CommentBlock }) {
            m_lexer->setColor(colors.comment, style);
        }
        for (const int style : { Python::SingleQuotedString, Python::DoubleQuotedString, Python::TripleSingleQuotedString, Python::TripleDoubleQuotedString,
                 Python::UnclosedString, Python::SingleQuotedFString, Python::DoubleQuotedFString, Python::TripleSingleQuotedFString, Python::TripleDoubleQuotedFString }) {
            m_lexer->setColor(colors.string, style);
        }
        m_lexer->setColor(colors.number, Python::Number);
        m_lexer->setColor(colors.word, Python::Keyword);
        m_lexer->setColor(colors.key, Python::ClassName);
        m_lexer->setColor(colors.key, Python::FunctionMethodName);
        m_lexer->setColor(colors.flag, Python::Decorator);
    } else {
        setFont(font);
        setColor(colors.text);
        setPaper(t.surface);
    }
    setCaretForegroundColor(t.text);
    setCaretLineBackgroundColor(colors.currentLine);
    setSelectionBackgroundColor(colors.selection);
    resetSelectionForegroundColor();
    setMarginsBackgroundColor(t.surface);
    setMarginsForegroundColor(t.muted);
    setFoldMarginColors(t.surface, t.surface);
    setIndentationGuidesForegroundColor(colors.guide);
    setIndentationGuidesBackgroundColor(t.surface);
    setMatchedBraceForegroundColor(t.accent);
    setMatchedBraceBackgroundColor(colors.selection);
    setUnmatchedBraceForegroundColor(toneTextColor(Tone::Failed));
    setUnmatchedBraceBackgroundColor(t.surface);
    for (unsigned long marker = SC_MARKNUM_FOLDEREND; marker <= SC_MARKNUM_FOLDEROPEN; ++marker) {
        SendScintilla(SCI_MARKERSETFORE, marker, t.surface);
        SendScintilla(SCI_MARKERSETBACK, marker, t.muted);
    }
    send(SCI_MARKERDEFINE, SC_MARKNUM_FOLDER, SC_MARK_ARROW);
    send(SCI_MARKERDEFINE, SC_MARKNUM_FOLDEROPEN, SC_MARK_ARROWDOWN);
    send(SCI_MARKERDEFINE, SC_MARKNUM_FOLDEREND, SC_MARK_ARROW);
    send(SCI_MARKERDEFINE, SC_MARKNUM_FOLDEROPENMID, SC_MARK_ARROWDOWN);
    SendScintilla(SCI_INDICSETFORE, static_cast<unsigned long>(kErrorLine), colorOf(spec::Severity::Error));
    SendScintilla(SCI_INDICSETFORE, static_cast<unsigned long>(kWarningLine), colorOf(spec::Severity::Warning));
    SendScintilla(SCI_INDICSETFORE, static_cast<unsigned long>(kNoteLine), colorOf(spec::Severity::Note));
    SendScintilla(SCI_INDICSETFORE, static_cast<unsigned long>(kFoundBox), toneColor(Tone::Retry));
    send(SCI_INDICSETALPHA, kFoundBox, 70);
    send(SCI_INDICSETOUTLINEALPHA, kFoundBox, 160);
    paintMarks();
}

/// The glyphs of the list of problems, in the margin.
void CodeEditor::paintMarks()
{
    const qreal ratio = devicePixelRatioF();
    send(SCI_RGBAIMAGESETSCALE, static_cast<unsigned long>(ratio * 100));
    const std::pair<spec::Severity, const char*> signs[]
        = { { spec::Severity::Error, "error" }, { spec::Severity::Warning, "problems" }, { spec::Severity::Note, "note" } };
    for (const auto& [severity, name] : signs) {
        QImage image(QSize(14, 14) * ratio, QImage::Format_ARGB32);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        paintIcon(painter, QRectF(QPointF(0, 0), QSizeF(image.size())), QString::fromLatin1(name), colorOf(severity));
        painter.end();
        markerDefine(image, signOf(severity));
    }
}

void CodeEditor::changeEvent(QEvent* event)
{
    QsciScintilla::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) {
        takeTheme();
    }
}

// ---- the text -----------------------------------------------------------------------------------

void CodeEditor::setNotice(const QString& notice)
{
    if (notice != m_notice) {
        m_notice = notice;
        emit noticeChanged();
    }
}

/// Shows what the document says, whole.
void CodeEditor::load()
{
    m_isFollowing = true;
    m_pending.reset();
    setReadOnly(false);
    const std::string* text = m_document.text(m_file);
    const long cursor = send(SCI_GETCURRENTPOS);
    send(SCI_CLEARALL);
    if (text == nullptr) {
        setNotice(tr("%1 cannot be read.").arg(m_file));
        setReadOnly(true);
        m_isFollowing = false;
        return;
    }
    m_mark = text->starts_with("\xEF\xBB\xBF") ? 3 : 0;
    const std::size_t firstEnd = text->find('\n');
    const bool isCrlf = firstEnd != std::string::npos && firstEnd > 0 && (*text)[firstEnd - 1] == '\r';
    setEolMode(isCrlf ? EolWindows : EolUnix);
    SendScintilla(SCI_ALLOCATE, static_cast<unsigned long>(text->size() + 1024));
    SendScintilla(SCI_APPENDTEXT, static_cast<std::uintptr_t>(text->size() - m_mark), text->data() + m_mark);
    send(SCI_GOTOPOS, static_cast<unsigned long>(std::min(cursor, send(SCI_GETLENGTH))));
    const auto bad = spec::SourceText(toStd(m_file), *text).firstBadByte();
    setNotice(bad ? tr("Byte %1 is not UTF-8: the file is shown, but cannot be changed here.").arg(*bad + 1) : QString());
    setReadOnly(bad.has_value());
    const auto digits = QString::number(std::max(send(SCI_GETLINECOUNT), 999L)).size();
    setMarginWidth(kNumbers, QString(digits + 1, QLatin1Char('0')));
    m_isFollowing = false;
    showDiagnostics();
}

/// Adds one change that Scintilla tells to what is not told yet: one range grows around all of them.
void CodeEditor::note(int position, int kind, int length)
{
    if (m_isFollowing || (kind & (SC_MOD_INSERTTEXT | SC_MOD_DELETETEXT)) == 0) {
        return;
    }
    const auto at = static_cast<std::size_t>(position);
    const auto count = static_cast<std::size_t>(length);
    const std::size_t gone = (kind & SC_MOD_DELETETEXT) != 0 ? count : 0;
    const std::size_t fresh = (kind & SC_MOD_INSERTTEXT) != 0 ? count : 0;
    if (!m_pending) {
        m_pending = Pending { at, 0, 0 };
    }
    Pending& all = *m_pending;
    const std::size_t end = all.begin + all.newLength;
    const std::size_t begin = std::min(all.begin, at);
    const std::size_t behind = std::max(end, at + gone);
    all.oldLength += (all.begin - begin) + (behind - end);
    all.newLength = behind - begin - gone + fresh;
    all.begin = begin;
    m_settle.start(); // for what no key makes: drop, menu, middle button
}

/// Tells the document what was changed here, as one patch.
void CodeEditor::flush()
{
    m_settle.stop();
    if (!m_pending || m_isTelling || m_isComposing) {
        return;
    }
    const Pending changed = *std::exchange(m_pending, std::nullopt);
    if (changed.oldLength == 0 && changed.newLength == 0) {
        return; // composed and given up
    }
    const auto* bytes = reinterpret_cast<const char*>(send(SCI_GETRANGEPOINTER, changed.begin, static_cast<long>(changed.newLength)));
    edit::TextPatch patch { changed.begin + m_mark, changed.begin + changed.oldLength + m_mark, std::string(bytes, changed.newLength) };
    // A burst is what is typed or deleted in one go at one place; a new line or a paste begins another.
    const bool isTyping = m_gesture.isEmpty() && changed.oldLength + changed.newLength <= 4 && patch.text.find('\n') == std::string::npos;
    const auto here = static_cast<long>(changed.begin);
    const bool goesOn = isTyping && (here == m_burstEnd || here + static_cast<long>(changed.oldLength) == m_burstEnd);
    m_burst += goesOn ? 0 : 1;
    m_burstEnd = isTyping ? here + static_cast<long>(changed.newLength) : -1;
    const QString name = QFileInfo(m_file).fileName();
    m_isTelling = true;
    m_document.apply({ m_gesture.isEmpty() ? tr("Typing in %1").arg(name) : m_gesture.arg(name),
        { { m_file, { std::move(patch) } } },
        {},
        isTyping ? QStringLiteral("typing %1 %2").arg(m_burst).arg(m_file) : QString() });
    m_isTelling = false;
    const std::string* text = m_document.text(m_file);
    if (text == nullptr || text->size() != static_cast<std::size_t>(send(SCI_GETLENGTH)) + m_mark) {
        load(); // it was refused: what the document says is the truth
    }
}

/// Something else changed the document: just these ranges change here, and what the eye looks at stays.
void CodeEditor::follow(const QString& file, const std::vector<edit::TextPatch>& patches)
{
    if (file != m_file || m_isTelling) {
        return;
    }
    const bool touchesMark = std::any_of(patches.begin(), patches.end(), [this](const auto& patch) { return patch.begin < m_mark; });
    if (m_pending || touchesMark || isReadOnly()) {
        load();
        return;
    }
    m_isFollowing = true;
    m_popup->hide();
    const long topLine = send(SCI_DOCLINEFROMVISIBLE, static_cast<unsigned long>(send(SCI_GETFIRSTVISIBLELINE)));
    long top = send(SCI_POSITIONFROMLINE, static_cast<unsigned long>(topLine));
    long last = -1;
    for (auto patch = patches.rbegin(); patch != patches.rend(); ++patch) {
        const auto begin = static_cast<long>(patch->begin - m_mark);
        const auto end = static_cast<long>(patch->end - m_mark);
        replaceRange(begin, end, patch->text);
        const auto grown = static_cast<long>(patch->text.size()) - (end - begin);
        top += end <= top && !(begin == top && end == top) ? grown : begin < top ? begin - top : 0;
        last = last < 0 ? begin + static_cast<long>(patch->text.size()) : last + grown;
    }
    const long line = send(SCI_LINEFROMPOSITION, static_cast<unsigned long>(top));
    send(SCI_SETFIRSTVISIBLELINE, static_cast<unsigned long>(send(SCI_VISIBLEFROMDOCLINE, static_cast<unsigned long>(line))));
    m_burstEnd = -1;
    m_isFollowing = false;
    const std::string* text = m_document.text(m_file);
    if (text == nullptr || text->size() != static_cast<std::size_t>(send(SCI_GETLENGTH)) + m_mark) {
        load();
    }
    if (m_isUndoing && last >= 0) {
        send(SCI_GOTOPOS, static_cast<unsigned long>(last));
    }
}

void CodeEditor::replaceRange(long begin, long end, const std::string& text)
{
    send(SCI_SETTARGETRANGE, static_cast<unsigned long>(begin), end);
    SendScintilla(SCI_REPLACETARGET, static_cast<std::uintptr_t>(text.size()), text.data());
}

void CodeEditor::undo()
{
    flush();
    m_isUndoing = true;
    m_document.undoStack().undo();
    m_isUndoing = false;
}

void CodeEditor::redo()
{
    flush();
    m_isUndoing = true;
    m_document.undoStack().redo();
    m_isUndoing = false;
}

// ---- places -------------------------------------------------------------------------------------

qint64 CodeEditor::cursorOffset() const
{
    return send(SCI_GETCURRENTPOS) + static_cast<qint64>(m_mark);
}

void CodeEditor::showOffset(qint64 offset)
{
    const long wanted = std::clamp<long>(static_cast<long>(offset) - static_cast<long>(m_mark), 0, send(SCI_GETLENGTH));
    const long line = send(SCI_LINEFROMPOSITION, static_cast<unsigned long>(wanted));
    send(SCI_ENSUREVISIBLE, static_cast<unsigned long>(line));
    send(SCI_GOTOPOS, static_cast<unsigned long>(wanted));
    // A third from the top: what follows is what one wants to read.
    const long shown = send(SCI_VISIBLEFROMDOCLINE, static_cast<unsigned long>(line));
    const long first = send(SCI_GETFIRSTVISIBLELINE);
    const long count = send(SCI_LINESONSCREEN);
    if (shown < first + 1 || shown > first + count * 2 / 3) {
        send(SCI_SETFIRSTVISIBLELINE, static_cast<unsigned long>(std::max(0L, shown - count / 3)));
    }
    m_moved.stop(); // nobody walked there
}

QRect CodeEditor::caretBox() const
{
    const auto position = static_cast<long>(send(SCI_GETCURRENTPOS));
    const QPoint at(static_cast<int>(send(SCI_POINTXFROMPOSITION, 0, position)), static_cast<int>(send(SCI_POINTYFROMPOSITION, 0, position)));
    return { viewport()->mapToGlobal(at), QSize(1, static_cast<int>(send(SCI_TEXTHEIGHT, 0))) };
}

void CodeEditor::askLine()
{
    auto* dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("source.line"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setInputMode(QInputDialog::IntInput);
    dialog->setWindowTitle(tr("Go to line"));
    dialog->setLabelText(tr("Line, from 1 to %1:").arg(lines()));
    dialog->setIntRange(1, std::max(1, lines()));
    dialog->setIntValue(static_cast<int>(send(SCI_LINEFROMPOSITION, static_cast<unsigned long>(send(SCI_GETCURRENTPOS)))) + 1);
    connect(dialog, &QInputDialog::intValueSelected, this, [this](int line) {
        showOffset(send(SCI_POSITIONFROMLINE, static_cast<unsigned long>(line - 1)) + static_cast<qint64>(m_mark));
        setFocus(Qt::OtherFocusReason);
    });
    dialog->open();
}

// ---- findings and help --------------------------------------------------------------------------

void CodeEditor::setDiagnostics(std::vector<spec::Diagnostic> diagnostics)
{
    m_diagnostics = std::move(diagnostics);
    showDiagnostics();
}

void CodeEditor::showDiagnostics()
{
    const long length = send(SCI_GETLENGTH);
    for (const int indicator : { kErrorLine, kWarningLine, kNoteLine }) {
        send(SCI_SETINDICATORCURRENT, static_cast<unsigned long>(indicator));
        send(SCI_INDICATORCLEARRANGE, 0, length);
    }
    for (const int sign : { kErrorSign, kWarningSign, kNoteSign }) {
        send(SCI_MARKERDELETEALL, static_cast<unsigned long>(sign));
    }
    for (const auto& diagnostic : m_diagnostics) {
        if (diagnostic.where.line == 0) { // the file as a whole
            send(SCI_MARKERADD, 0, signOf(diagnostic.severity));
            continue;
        }
        const auto mark = static_cast<long>(m_mark);
        long begin = std::clamp(static_cast<long>(diagnostic.where.begin) - mark, 0L, length);
        const auto line = static_cast<unsigned long>(send(SCI_LINEFROMPOSITION, static_cast<unsigned long>(begin)));
        const long lineEnd = send(SCI_GETLINEENDPOSITION, line);
        // Of a whole step its first line is enough.
        const long end = std::clamp(static_cast<long>(diagnostic.where.end) - mark, begin, lineEnd);
        if (end == begin) {
            begin = std::max(send(SCI_POSITIONFROMLINE, line), std::min(begin, lineEnd - 1));
        }
        send(SCI_SETINDICATORCURRENT, static_cast<unsigned long>(indicatorOf(diagnostic.severity)));
        send(SCI_INDICATORFILLRANGE, static_cast<unsigned long>(begin), std::max(end - begin, 1L));
        send(SCI_MARKERADD, line, signOf(diagnostic.severity));
    }
}

QString CodeEditor::helpText(qint64 offset) const
{
    QString words;
    const auto add = [&words](const QString& part) { words += (words.isEmpty() ? QString() : QStringLiteral("<br>")) + part; };
    for (const auto& diagnostic : m_diagnostics) {
        const auto at = static_cast<std::size_t>(offset);
        if (diagnostic.where.line > 0 && at >= diagnostic.where.begin && at <= std::max(diagnostic.where.end, diagnostic.where.begin + 1)) {
            add(QStringLiteral("<b>%1</b>").arg(toQt(diagnostic.message).toHtmlEscaped()));
            if (!diagnostic.fix.empty()) {
                add(tr("To mend it: %1").arg(toQt(diagnostic.fix).toHtmlEscaped()));
            }
        }
    }
    const std::string* text = m_language == Language::Yaml ? m_document.text(m_file) : nullptr;
    const auto help = text == nullptr ? std::nullopt : edit::helpAt(*text, static_cast<std::size_t>(offset), toPath(m_file));
    if (help) {
        words += words.isEmpty() ? QString() : QStringLiteral("<hr>");
        words += QStringLiteral("<b>%1</b><br>%2").arg(toQt(help->name).toHtmlEscaped(), toQt(help->help).toHtmlEscaped());
        if (help->allowed != "anything") {
            add(tr("Value: %1").arg(toQt(help->allowed).toHtmlEscaped()));
        }
        if (!help->defaultValue.empty()) {
            add(help->unit.empty() ? tr("Default: %1").arg(toQt(help->defaultValue).toHtmlEscaped())
                                   : tr("Default: %1 %2").arg(toQt(help->defaultValue).toHtmlEscaped(), toQt(help->unit).toHtmlEscaped()));
        }
        if (help->required) {
            add(tr("Must be there."));
        }
        if (help->use == spec::FieldUse::Recorded || help->use == spec::FieldUse::Noted) {
            add(tr("Has no meaning on this machine."));
        } else if (help->use == spec::FieldUse::Refused) {
            add(tr("Is not supported yet."));
        }
    }
    return words;
}

void CodeEditor::showHelpAt(long position, const QPoint& at)
{
    const QString words = position < 0 ? QString() : helpText(position + static_cast<qint64>(m_mark));
    if (words.isEmpty()) {
        QToolTip::hideText();
    } else {
        QToolTip::showText(at, QStringLiteral("<qt>%1</qt>").arg(words), viewport());
    }
}

bool CodeEditor::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const long margins = send(SCI_GETMARGINWIDTHN, kNumbers) + send(SCI_GETMARGINWIDTHN, kSigns);
        if (help->x() < margins) { // the first finding of the line
            const long line = send(SCI_LINEFROMPOSITION, static_cast<unsigned long>(send(SCI_POSITIONFROMPOINT, static_cast<unsigned long>(margins + 40), help->y())));
            for (const auto& diagnostic : m_diagnostics) {
                const long where = diagnostic.where.line == 0 ? 0 : static_cast<long>(diagnostic.where.begin) - static_cast<long>(m_mark);
                if (send(SCI_LINEFROMPOSITION, static_cast<unsigned long>(std::max(0L, where))) == line) {
                    QToolTip::showText(help->globalPos(), QStringLiteral("<qt><b>%1</b><br>%2</qt>").arg(toQt(diagnostic.message).toHtmlEscaped(), toQt(diagnostic.fix).toHtmlEscaped()), viewport());
                    return true;
                }
            }
            QToolTip::hideText();
            return true;
        }
        showHelpAt(send(SCI_POSITIONFROMPOINTCLOSE, static_cast<unsigned long>(help->x()), help->y()), help->globalPos());
        return true;
    }
    return QsciScintilla::viewportEvent(event);
}

// ---- keys ---------------------------------------------------------------------------------------

bool CodeEditor::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) { // ours, before the window's
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isCtrl = key->modifiers() == Qt::ControlModifier;
        const bool isOurs = key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo) || key->matches(QKeySequence::Find)
            || (isCtrl && (key->key() == Qt::Key_Slash || key->key() == Qt::Key_Space || key->key() == Qt::Key_G)) || key->key() == Qt::Key_F1
            || (m_popup->isVisible() && key->key() == Qt::Key_Escape);
        if (isOurs) {
            event->accept();
            return true;
        }
    }
    return QsciScintilla::event(event);
}

bool CodeEditor::handleOwnKey(QKeyEvent* event)
{
    const bool isCtrl = event->modifiers() == Qt::ControlModifier;
    if (m_popup->isVisible() && m_popup->handleKey(event)) {
        return true;
    }
    if (event->matches(QKeySequence::Undo)) {
        undo();
    } else if (event->matches(QKeySequence::Redo)) {
        redo();
    } else if (event->matches(QKeySequence::Find)) {
        emit findRequested();
    } else if (isCtrl && event->key() == Qt::Key_Slash) {
        toggleComment();
    } else if (isCtrl && event->key() == Qt::Key_Space) {
        complete();
    } else if (isCtrl && event->key() == Qt::Key_G) {
        askLine();
    } else if (event->key() == Qt::Key_F1 && event->modifiers() == Qt::NoModifier) {
        showHelpAt(send(SCI_GETCURRENTPOS), caretBox().bottomLeft());
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier && !isReadOnly()) {
        breakLine();
    } else {
        return false;
    }
    return true;
}

void CodeEditor::keyPressEvent(QKeyEvent* event)
{
    if (handleOwnKey(event)) {
        event->accept();
        flush();
        return;
    }
    const long before = send(SCI_GETLENGTH);
    QsciScintilla::keyPressEvent(event);
    const bool isTyped = m_pending.has_value();
    flush();
    const QString typed = event->text();
    const bool isWord = typed.size() == 1 && (typed.front().isLetterOrNumber() || QStringLiteral("_-$./{").contains(typed.front()));
    const bool isErased = m_popup->isVisible() && send(SCI_GETLENGTH) < before;
    if (isTyped && (isWord || isErased)) {
        complete(false);
    } else if (event->key() != Qt::Key_Shift && event->key() != Qt::Key_Control && event->key() != Qt::Key_Alt) {
        m_popup->hide();
    }
}

/// What is being composed stands in the text already, and Scintilla takes it back by its own undo: that is on for so long, and nothing is told.
void CodeEditor::inputMethodEvent(QInputMethodEvent* event)
{
    if (!event->preeditString().isEmpty() && !m_isComposing && !isReadOnly()) {
        flush();
        send(SCI_SETUNDOCOLLECTION, 1);
        m_isComposing = true;
    }
    QsciScintilla::inputMethodEvent(event);
    if (event->preeditString().isEmpty()) {
        endComposing();
        flush();
    }
}

void CodeEditor::endComposing()
{
    if (std::exchange(m_isComposing, false)) {
        send(SCI_SETUNDOCOLLECTION, 0);
        send(SCI_EMPTYUNDOBUFFER);
    }
}

void CodeEditor::mousePressEvent(QMouseEvent* event)
{
    m_popup->hide();
    QsciScintilla::mousePressEvent(event);
}

void CodeEditor::focusOutEvent(QFocusEvent* event)
{
    m_popup->hide();
    QsciScintilla::focusOutEvent(event);
    endComposing(); // what is shown is what stays
    flush();
}

/// A new line begins where the one before did; further in below a key without value and a text block, at the content of an item.
void CodeEditor::breakLine()
{
    const long position = std::min(send(SCI_GETCURRENTPOS), send(SCI_GETANCHOR));
    const auto line = static_cast<unsigned long>(send(SCI_LINEFROMPOSITION, static_cast<unsigned long>(position)));
    const long begin = send(SCI_POSITIONFROMLINE, line);
    const auto* bytes = reinterpret_cast<const char*>(send(SCI_GETRANGEPOINTER, static_cast<unsigned long>(begin), position - begin));
    std::string_view before(bytes, static_cast<std::size_t>(position - begin));
    std::size_t indent = std::min(before.find_first_not_of(" \t"), before.size());
    std::string lead(before.substr(0, indent));
    const auto unit = static_cast<std::size_t>(indentationWidth());
    std::string_view words = before.substr(indent);
    while (!words.empty() && (words.back() == ' ' || words.back() == '\t')) {
        words.remove_suffix(1);
    }
    if (m_language == Language::Yaml) {
        while (words.starts_with("- ")) {
            const std::size_t content = std::min(words.find_first_not_of(" ", 1), words.size());
            const bool isMap = words.find(": ", content) != words.npos || words.ends_with(':');
            if (!isMap) {
                break; // one more item of the list
            }
            lead += std::string(content, ' ');
            words.remove_prefix(content);
        }
        const bool isBlock = words.ends_with('|') || words.ends_with('>') || words.ends_with("|-") || words.ends_with(">-") || words.ends_with("|+") || words.ends_with(">+");
        if (!words.starts_with('#') && (words.ends_with(':') || (isBlock && words.find(": ") != words.npos))) {
            lead += std::string(unit, ' ');
        }
    } else if (m_language == Language::Python && words.ends_with(':') && !words.starts_with('#')) {
        lead += std::string(unit, ' ');
    }
    const std::string eol = eolMode() == EolWindows ? "\r\n" : "\n";
    SendScintilla(SCI_REPLACESEL, (eol + lead).c_str());
    send(SCI_SCROLLCARET);
    send(SCI_CHOOSECARETX);
}

void CodeEditor::toggleComment()
{
    if (isReadOnly()) {
        return;
    }
    flush();
    const long anchor = send(SCI_GETANCHOR);
    const long caret = send(SCI_GETCURRENTPOS);
    const long first = send(SCI_LINEFROMPOSITION, static_cast<unsigned long>(std::min(anchor, caret)));
    long last = send(SCI_LINEFROMPOSITION, static_cast<unsigned long>(std::max(anchor, caret)));
    if (last > first && send(SCI_POSITIONFROMLINE, static_cast<unsigned long>(last)) == std::max(anchor, caret)) {
        --last; // nothing of it is selected
    }
    // The lines with words, and the column that all of them reach.
    std::vector<unsigned long> wanted;
    long column = 10'000;
    bool isAll = true;
    for (long line = first; line <= last; ++line) {
        const auto number = static_cast<unsigned long>(line);
        const long at = send(SCI_GETLINEINDENTPOSITION, number);
        if (at < send(SCI_GETLINEENDPOSITION, number)) {
            wanted.push_back(number);
            column = std::min(column, at - send(SCI_POSITIONFROMLINE, number));
            isAll = isAll && send(SCI_GETCHARAT, static_cast<unsigned long>(at)) == '#';
        }
    }
    if (wanted.empty()) {
        return;
    }
    m_gesture = isAll ? tr("Uncomment lines of %1") : tr("Comment lines of %1");
    for (auto line = wanted.rbegin(); line != wanted.rend(); ++line) {
        if (isAll) {
            const long at = send(SCI_GETLINEINDENTPOSITION, *line);
            const bool isSpaced = send(SCI_GETCHARAT, static_cast<unsigned long>(at + 1)) == ' ';
            replaceRange(at, at + (isSpaced ? 2 : 1), {});
        } else {
            const long at = send(SCI_POSITIONFROMLINE, *line) + column;
            replaceRange(at, at, "# ");
        }
    }
    flush();
    m_gesture.clear();
}

void CodeEditor::contextMenuEvent(QContextMenuEvent* event)
{
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("source.menu"));
    const auto add = [&](const QString& text, const QKeySequence& keys, bool isPossible, auto does) {
        QAction* action = menu.addAction(text);
        action->setShortcut(keys);
        action->setEnabled(isPossible);
        connect(action, &QAction::triggered, this, does);
    };
    const bool canEdit = !isReadOnly();
    add(tr("&Undo"), QKeySequence::Undo, m_document.undoStack().canUndo(), [this] { undo(); });
    add(tr("&Redo"), QKeySequence::Redo, m_document.undoStack().canRedo(), [this] { redo(); });
    menu.addSeparator();
    add(tr("Cu&t"), QKeySequence::Cut, canEdit && hasSelectedText(), [this] { cut(); });
    add(tr("&Copy"), QKeySequence::Copy, hasSelectedText(), [this] { copy(); });
    add(tr("&Paste"), QKeySequence::Paste, canEdit, [this] { paste(); });
    add(tr("Select &all"), QKeySequence::SelectAll, true, [this] { selectAll(); });
    menu.addSeparator();
    add(tr("Co&mplete"), QKeySequence(Qt::CTRL | Qt::Key_Space), canEdit && m_language == Language::Yaml, [this] { complete(); });
    add(tr("Comm&ent lines"), QKeySequence(Qt::CTRL | Qt::Key_Slash), canEdit && m_language != Language::Plain, [this] { toggleComment(); });
    add(tr("&Find…"), QKeySequence::Find, true, [this] { emit findRequested(); });
    add(tr("&Go to line…"), QKeySequence(Qt::CTRL | Qt::Key_G), true, [this] { askLine(); });
    menu.exec(event->globalPos());
}

// ---- completion ---------------------------------------------------------------------------------

void CodeEditor::complete(bool isAsked)
{
    const std::string* text = m_document.text(m_file);
    if (m_language != Language::Yaml || text == nullptr || isReadOnly() || hasSelectedText()) {
        m_popup->hide();
        return;
    }
    const auto offset = static_cast<std::size_t>(cursorOffset());
    const edit::Completions found = edit::completions(*text, offset, toPath(m_file), m_document.texts());
    // Unasked only for what has been begun, and not in the middle of a word.
    const bool isBegun = found.begin < offset;
    const bool isInside = offset < text->size() && isWordByte((*text)[offset]);
    const auto written = std::string_view(*text).substr(found.begin, offset - std::min(offset, found.begin));
    const bool isWhole = !found.items.empty() && found.items.front().insert == written; // Enter is to end the line then
    if (found.items.empty() || (!isAsked && !m_isTaking && (!isBegun || isInside || isWhole))) {
        m_popup->hide();
        return;
    }
    QRect line = caretBox();
    const auto begin = static_cast<long>(found.begin - m_mark);
    line.moveLeft(viewport()->mapToGlobal(QPoint(static_cast<int>(send(SCI_POINTXFROMPOSITION, 0, begin)), 0)).x());
    m_popup->offer(found, line);
}

void CodeEditor::take(const edit::Completion& completion)
{
    const auto& found = m_popup->completions();
    const auto begin = static_cast<long>(found.begin) - static_cast<long>(m_mark);
    const auto end = static_cast<long>(found.end) - static_cast<long>(m_mark);
    if (begin < 0 || end < begin || end > send(SCI_GETLENGTH)) {
        return;
    }
    // A blank that is there already is not put twice.
    std::string words = completion.insert;
    const bool hasBlank = send(SCI_GETCHARAT, static_cast<unsigned long>(end)) == ' ';
    if (words.ends_with(' ') && hasBlank && words.find('\n') == std::string::npos) {
        words.pop_back();
    }
    m_gesture = tr("Complete in %1");
    replaceRange(begin, end, words);
    send(SCI_GOTOPOS, static_cast<unsigned long>(begin) + words.size() + (words.size() < completion.insert.size() ? 1 : 0));
    send(SCI_CHOOSECARETX);
    flush();
    m_gesture.clear();
    // A key asks for its value, a folder for what is in it.
    const bool goesOn = completion.kind == edit::Completion::Kind::Key || (completion.kind == edit::Completion::Kind::Path && words.ends_with('/'))
        || completion.kind == edit::Completion::Kind::Flag;
    if (goesOn) {
        m_isTaking = true;
        complete(false);
        m_isTaking = false;
    }
}

// ---- find ---------------------------------------------------------------------------------------

long CodeEditor::findFrom(long begin, long end, const std::string& words, bool matchCase) const
{
    send(SCI_SETSEARCHFLAGS, matchCase ? SCFIND_MATCHCASE : 0);
    send(SCI_SETTARGETRANGE, static_cast<unsigned long>(begin), end);
    return SendScintilla(SCI_SEARCHINTARGET, static_cast<std::uintptr_t>(words.size()), words.data());
}

bool CodeEditor::findWords(const QString& words, bool isBackwards, bool matchCase)
{
    const std::string wanted = toStd(words);
    if (wanted.empty()) {
        return false;
    }
    const long length = send(SCI_GETLENGTH);
    const long from = isBackwards ? std::min(send(SCI_GETCURRENTPOS), send(SCI_GETANCHOR)) : std::max(send(SCI_GETCURRENTPOS), send(SCI_GETANCHOR));
    long found = isBackwards ? findFrom(from, 0, wanted, matchCase) : findFrom(from, length, wanted, matchCase);
    if (found < 0) { // once around
        found = isBackwards ? findFrom(length, 0, wanted, matchCase) : findFrom(0, length, wanted, matchCase);
    }
    if (found < 0) {
        return false;
    }
    const long end = send(SCI_GETTARGETEND);
    send(SCI_ENSUREVISIBLE, static_cast<unsigned long>(send(SCI_LINEFROMPOSITION, static_cast<unsigned long>(found))));
    send(SCI_SETSEL, static_cast<unsigned long>(found), end);
    return true;
}

int CodeEditor::markWords(const QString& words, bool matchCase)
{
    const std::string wanted = toStd(words);
    const long length = send(SCI_GETLENGTH);
    send(SCI_SETINDICATORCURRENT, kFoundBox);
    send(SCI_INDICATORCLEARRANGE, 0, length);
    int count = 0;
    for (long at = 0; !wanted.empty() && static_cast<std::size_t>(count) < kMostFound; ++count) {
        const long found = findFrom(at, length, wanted, matchCase);
        if (found < 0) {
            break;
        }
        at = std::max(send(SCI_GETTARGETEND), found + 1);
        send(SCI_INDICATORFILLRANGE, static_cast<unsigned long>(found), at - found);
    }
    return count;
}

bool CodeEditor::replaceFound(const QString& words, const QString& with, bool matchCase)
{
    const std::string wanted = toStd(words);
    const long begin = send(SCI_GETSELECTIONSTART);
    const long end = send(SCI_GETSELECTIONEND);
    if (!wanted.empty() && !isReadOnly() && begin < end && findFrom(begin, end, wanted, matchCase) == begin && send(SCI_GETTARGETEND) == end) {
        m_gesture = tr("Replace in %1");
        const std::string text = toStd(with);
        replaceRange(begin, end, text);
        send(SCI_GOTOPOS, static_cast<unsigned long>(begin) + text.size());
        flush();
        m_gesture.clear();
    }
    return findWords(words, false, matchCase);
}

int CodeEditor::replaceAll(const QString& words, const QString& with, bool matchCase)
{
    const std::string wanted = toStd(words);
    const std::string text = toStd(with);
    if (wanted.empty() || isReadOnly()) {
        return 0;
    }
    flush();
    m_gesture = tr("Replace all in %1");
    int count = 0;
    for (long at = 0;; ++count) {
        const long found = findFrom(at, send(SCI_GETLENGTH), wanted, matchCase);
        if (found < 0) {
            break;
        }
        replaceRange(found, send(SCI_GETTARGETEND), text);
        at = found + static_cast<long>(text.size());
    }
    flush();
    m_gesture.clear();
    return count;
}

} // namespace sheaf::ui
