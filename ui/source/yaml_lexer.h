// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include <Qsci/qscilexercustom.h>

#include <cstddef>
#include <string_view>
#include <vector>

namespace sheaf::ui {

/// A piece of a line in one style, and how the next line begins. See yamlStyles().
struct YamlStyles {
    struct Piece {
        std::size_t length = 0;
        int style = 0;
    };
    std::vector<Piece> pieces; // cover the line
    int state = 0; // 0: an ordinary line follows
};

/// Colours and folding of YAML, with what job files have besides: bindings and flags of the runner in texts. Line by line: a line knows of those
/// before it only the text of several lines that it may be in. Owned by its editor; main thread.
class YamlLexer : public QsciLexerCustom
{
    Q_OBJECT

public:
    enum Style { Plain, Key, String, Number, Word, Comment, Binding, Flag, Mark, Styles };

    explicit YamlLexer(QObject* parent = nullptr);
    [[nodiscard]] const char* language() const override { return "YAML"; }
    [[nodiscard]] QString description(int style) const override;
    [[nodiscard]] QColor defaultColor(int style) const override;
    [[nodiscard]] QColor defaultPaper(int style) const override;
    [[nodiscard]] QFont defaultFont(int style) const override;
    void styleText(int start, int end) override;
    /// Takes the colours of the theme in force.
    void takeTheme();

private:
    void fold(int firstLine, int lastLine);
};

/// `line` with its line end; `state` is what the line before left. Pure.
[[nodiscard]] YamlStyles yamlStyles(std::string_view line, int state);

} // namespace sheaf::ui
