// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/failure_groups.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cctype>
#include <optional>

namespace sheaf::event {

namespace {

constexpr std::size_t kMostGroups = 1000;

bool isDigit(char c)
{
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool isHex(char c)
{
    return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}

bool isWord(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

/// Code that the user did not write: the interpreter's, of packages, and the worker's own.
bool isForeign(std::string_view file)
{
    static constexpr std::array<std::string_view, 6> kMarks { "/site-packages/", "/dist-packages/", "/lib/python", "/lib64/python", "/sheaf_worker/",
        "<frozen " };
    return std::any_of(kMarks.begin(), kMarks.end(), [&](std::string_view mark) { return file.find(mark) != std::string_view::npos; });
}

/// `  File "/x/score.py", line 12, in run`
std::optional<CodePlace> frameOf(std::string_view line)
{
    constexpr std::string_view kBegin = "  File \"";
    if (!line.starts_with(kBegin)) {
        return std::nullopt;
    }
    const std::size_t end = line.find("\", line ", kBegin.size());
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    CodePlace place;
    place.file = line.substr(kBegin.size(), end - kBegin.size());
    std::string_view rest = line.substr(end + 8);
    const auto number = std::from_chars(rest.data(), rest.data() + rest.size(), place.line);
    rest.remove_prefix(static_cast<std::size_t>(number.ptr - rest.data()));
    constexpr std::string_view kIn = ", in ";
    place.function = rest.starts_with(kIn) ? rest.substr(kIn.size()) : std::string_view();
    return place;
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
        text.remove_suffix(1);
    }
    return text;
}

/// "pandas.errors.ParserError" of "pandas.errors.ParserError: Error tokenizing data"; "" when the line does not begin with one.
std::string_view exceptionOf(std::string_view error)
{
    std::size_t end = 0;
    while (end < error.size() && (isWord(error[end]) || error[end] == '.')) {
        ++end;
    }
    const bool isWhole = end == error.size() || error[end] == ':';
    return isWhole && end > 0 && !isDigit(error.front()) ? error.substr(0, end) : std::string_view();
}

/// The number after "signal ".
std::optional<int> signalOf(std::string_view error)
{
    constexpr std::string_view kWords = "killed by signal ";
    const std::size_t at = error.find(kWords);
    int number = 0;
    if (at == std::string_view::npos || std::from_chars(error.data() + at + kWords.size(), error.data() + error.size(), number).ec != std::errc()) {
        return std::nullopt;
    }
    return number;
}

bool isOutOfMemory(std::string_view exception)
{
    return exception == "MemoryError" || exception.ends_with(".OutOfMemoryError") || exception.ends_with("._ArrayMemoryError");
}

} // namespace

CodePlace userPlace(std::string_view traceback)
{
    CodePlace found;
    bool wantsText = false;
    while (!traceback.empty()) {
        const std::size_t end = std::min(traceback.find('\n'), traceback.size());
        const std::string_view line = traceback.substr(0, end);
        traceback.remove_prefix(std::min(end + 1, traceback.size()));
        if (const auto frame = frameOf(line)) {
            wantsText = !isForeign(frame->file);
            if (wantsText) {
                found = *frame;
            }
        } else if (wantsText) {
            found.text = line.starts_with("    ") ? trimmed(line) : std::string_view();
            wantsText = false;
        } else if (line.starts_with("Traceback ")) { // another exception of the chain begins
            found = {};
        }
    }
    return found;
}

std::string withoutDetails(std::string_view message)
{
    static constexpr std::string_view kAny = "…";
    std::string out;
    const auto any = [&out] {
        if (!out.ends_with(kAny)) {
            out += kAny;
        }
    };
    for (std::size_t i = 0; i < message.size();) {
        const char c = message[i];
        const bool isInWord = i > 0 && isWord(message[i - 1]);
        if ((c == '\'' || c == '"' || c == '`') && !isInWord) { // a quoted text; a lone ' is an apostrophe
            const std::size_t end = message.find(c, i + 1);
            if (end != std::string_view::npos) {
                out += c;
                out += kAny;
                out += c;
                i = end + 1;
                continue;
            }
        }
        if (!isInWord && (isWord(c) || c == '/' || c == '\\' || c == '~' || c == '.')) { // a word, or a path
            std::size_t end = i;
            bool isPath = false;
            std::size_t digits = 0;
            std::size_t hex = 0;
            while (end < message.size()
                && (isWord(message[end]) || message[end] == '/' || message[end] == '\\' || message[end] == '~' || message[end] == '-'
                    || (message[end] == '.' && end + 1 < message.size() && (isWord(message[end + 1]) || message[end + 1] == '/' || message[end + 1] == '.')))) {
                isPath = isPath || message[end] == '/' || message[end] == '\\';
                digits += isDigit(message[end]) ? 1 : 0;
                hex += isHex(message[end]) ? 1 : 0;
                ++end;
            }
            if (end > i) {
                const std::string_view word = message.substr(i, end - i);
                const bool isFile = word.find('.') != std::string_view::npos && digits > 0;
                const bool isId = digits >= 2 && word.size() >= 8 && hex + static_cast<std::size_t>(std::count(word.begin(), word.end(), '-')) == word.size();
                if (isPath || isId || (isFile && digits < word.size() - 1) || word.starts_with("0x")) {
                    any();
                } else if (digits > 0) { // its letters stay, each number becomes one mark
                    for (std::size_t k = 0; k < word.size(); ++k) {
                        const bool isNumber = isDigit(word[k]) || (word[k] == '.' && k > 0 && isDigit(word[k - 1]) && k + 1 < word.size() && isDigit(word[k + 1]));
                        if (!isNumber) {
                            out += word[k];
                        } else if (!out.ends_with('#')) {
                            out += '#';
                        }
                    }
                } else {
                    out += word;
                }
                i = end;
                continue;
            }
        }
        out += c;
        ++i;
    }
    return out;
}

FailureSignature signatureOf(AttemptOutcome outcome, std::string_view error, std::string_view traceback)
{
    FailureSignature signature;
    const std::string_view exception = exceptionOf(error);
    switch (outcome) {
    case AttemptOutcome::Timeout:
        signature.cause = FailureCause::Timeout; // where it was is in the traceback, and differs by chance
        return signature;
    case AttemptOutcome::LoadTimeout:
        signature.cause = FailureCause::LoadTimeout;
        return signature;
    case AttemptOutcome::Lost:
        signature.cause = FailureCause::Lost;
        return signature;
    case AttemptOutcome::WorkerDied: {
        const auto number = signalOf(error);
        signature.cause = number ? FailureCause::Signal : FailureCause::Exit;
        signature.exception = number ? "signal " + std::to_string(*number) : std::string();
        signature.message = number ? std::string() : withoutDetails(error);
        return signature;
    }
    case AttemptOutcome::BadReturn:
        signature.cause = FailureCause::BadReturn;
        break;
    case AttemptOutcome::LoadFailed:
        signature.cause = FailureCause::LoadFailed;
        break;
    case AttemptOutcome::Exception:
    case AttemptOutcome::Done:
        signature.cause = isOutOfMemory(exception) ? FailureCause::OutOfMemory : FailureCause::Exception;
        break;
    }
    signature.exception = exception;
    signature.message = withoutDetails(exception.empty() ? error : trimmed(error.substr(std::min(exception.size() + 1, error.size()))));
    signature.place = userPlace(traceback);
    return signature;
}

void FailureGroups::add(const AttemptEnded& ended, std::int64_t timeMicros)
{
    FailureSignature signature = signatureOf(ended.outcome, ended.error, ended.traceback);
    if (m_groups.size() >= kMostGroups && !m_places.contains(signature)) {
        signature.message.clear();
        signature.place = {};
    }
    const auto [place, isNew] = m_places.try_emplace(signature, m_groups.size());
    if (isNew) {
        FailureGroup group;
        group.signature = std::move(signature);
        group.outcome = ended.outcome;
        group.firstError = ended.error;
        group.firstTraceback = ended.traceback;
        group.firstMiniBatch = ended.miniBatch;
        group.firstMicros = timeMicros;
        m_groups.push_back(std::move(group));
    }
    FailureGroup& group = m_groups[place->second];
    group.firstMicros = std::min(group.firstMicros, timeMicros);
    group.lastMicros = std::max(group.lastMicros, timeMicros);
    ++group.attempts;
    ++group.nodes[ended.node.value];
    if (m_last.size() <= ended.miniBatch.value) {
        m_last.resize(ended.miniBatch.value + std::size_t { 1 });
    }
    std::uint32_t& last = m_last[ended.miniBatch.value];
    const auto now = static_cast<std::uint32_t>(place->second + 1);
    if (last != now) {
        const auto key = [&](std::uint32_t number) { return (std::uint64_t { number } << 32U) | ended.miniBatch.value; };
        if (!m_left.contains(key(now))) { // else it was in this group, then in another, and comes back
            group.members.push_back(ended.miniBatch);
        }
        if (last != 0) {
            m_left.insert(key(last));
        }
        last = now;
    }
}

std::size_t FailureGroups::numberOf(MiniBatchIndex miniBatch) const
{
    return miniBatch.value < m_last.size() ? m_last[miniBatch.value] : 0;
}

const FailureGroup* FailureGroups::groupOf(MiniBatchIndex miniBatch) const
{
    const std::size_t number = numberOf(miniBatch);
    return number == 0 ? nullptr : &m_groups[number - 1];
}

} // namespace sheaf::event
