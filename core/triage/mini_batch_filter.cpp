// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/triage/mini_batch_filter.h"

#include "core/base/text.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace sheaf::triage {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr const char* kKeys = "state, node, proc, try, items, dur, size, group, id, slow, code, err, step";
constexpr std::array<std::string_view, 8> kOutcomes { "done", "exception", "bad return", "time-out", "load time-out", "load failed", "worker died", "lost" };
static_assert(kOutcomes.size() == static_cast<std::size_t>(event::AttemptOutcome::Lost) + 1);

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Place after the quoted text that begins at `at`.
std::size_t afterQuotes(std::string_view text, std::size_t at)
{
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        at += text[at] == '\\' && at + 1 < text.size() ? 1U : 0U;
    }
    return std::min(at + 1, text.size());
}

/// Place after the /regex/ that begins at `at`; `at` when there is none: a path begins with a slash as well.
std::size_t afterRegex(std::string_view text, std::size_t at)
{
    for (std::size_t end = at + 1; end < text.size(); ++end) {
        if (text[end] == '\\') {
            ++end;
        } else if (text[end] == '/' && end > at + 1 && (end + 1 == text.size() || isBlank(text[end + 1]) || text[end + 1] == ',')) {
            return end + 1;
        }
    }
    return at;
}

/// Place after the value that begins at `at`; a value ends at a blank, or at a comma where that parts values.
std::size_t afterValue(std::string_view text, std::size_t at, bool endsAtComma)
{
    if (at < text.size() && text[at] == '/') {
        if (const std::size_t end = afterRegex(text, at); end != at) {
            return end;
        }
    }
    while (at < text.size() && !isBlank(text[at]) && !(endsAtComma && text[at] == ',')) {
        at = text[at] == '"' ? afterQuotes(text, at) : at + 1;
    }
    return at;
}

/// Length of "state:" at the begin of a word, 0 when it has no key.
std::size_t keyLength(std::string_view word)
{
    std::size_t length = 0;
    while (length < word.size() && isLetter(word[length])) {
        ++length;
    }
    return length > 0 && length < word.size() && word[length] == ':' ? length + 1 : 0;
}

std::string withoutQuotes(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i) {
                i += text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\') ? 1U : 0U;
                out += text[i];
            }
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string_view stateWord(event::MiniBatchState state)
{
    return state == event::MiniBatchState::TimedOut ? "timed out" : std::string_view(json::enumName(state));
}

constexpr std::uint32_t bitOf(std::size_t state)
{
    return std::uint32_t { 1 } << state;
}

/// Bits of the states whose name begins so; "unfinished" are those that have not come to an end.
std::uint32_t statesNamed(std::string_view text)
{
    using event::MiniBatchState;
    std::string wanted;
    for (const char c : text::lower(text)) {
        if (c != '-' && c != '_' && c != ' ') {
            wanted += c;
        }
    }
    wanted = wanted == "timeout" ? "timedout" : wanted == "cancelled" ? "canceled" : wanted;
    std::uint32_t states = 0;
    const bool isUnfinished = wanted == "unfinished";
    for (std::size_t i = 0; i < event::kMiniBatchStates && !wanted.empty(); ++i) {
        const auto state = static_cast<MiniBatchState>(i);
        const bool isOpen = state == MiniBatchState::Pending || state == MiniBatchState::Running || state == MiniBatchState::Retrying
            || state == MiniBatchState::Canceled;
        if (isUnfinished ? isOpen : text::lower(json::enumName(state)).starts_with(wanted)) {
            states |= bitOf(i);
        }
    }
    return states;
}

std::string allStates()
{
    std::string names;
    for (std::size_t i = 0; i < event::kMiniBatchStates; ++i) {
        names += text::lower(json::enumName(static_cast<event::MiniBatchState>(i))) + ", ";
    }
    return names + "unfinished";
}

enum class Unit { None, Time, Bytes };

/// Factor of a unit of time or size; nullopt: there is none of that name.
std::optional<double> factorOf(std::string_view word, Unit unit)
{
    const std::string name = text::lower(word);
    if (name.empty()) {
        return 1;
    }
    struct Named { std::string_view name; double factor; };
    static constexpr std::array<Named, 6> kTimes { { { "ms", 1e-3 }, { "s", 1 }, { "sec", 1 }, { "m", 60 }, { "min", 60 }, { "h", 3600 } } };
    static constexpr std::array<Named, 10> kSizes { { { "b", 1 }, { "k", 1024 }, { "kb", 1024 }, { "kib", 1024 }, { "m", 1048576 }, { "mb", 1048576 },
        { "mib", 1048576 }, { "g", 1073741824 }, { "gb", 1073741824 }, { "gib", 1073741824 } } };
    if (unit == Unit::Time) {
        for (const Named& one : kTimes) {
            if (one.name == name) {
                return one.factor;
            }
        }
    } else if (unit == Unit::Bytes) {
        for (const Named& one : kSizes) {
            if (one.name == name) {
                return one.factor;
            }
        }
    }
    return std::nullopt;
}

/// "1.5MB": its value and the step of its last digit, both in seconds, bytes, or as they are.
struct Figure {
    double value = 0;
    double step = 1;
    bool hasUnit = false;
    double factor = 1;
};

std::optional<Figure> figureOf(std::string_view text, Unit unit)
{
    text = text::trim(text);
    const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string digits(text.substr(0, end));
    const auto value = text::toDouble(digits);
    const auto factor = factorOf(text::trim(text.substr(end)), unit);
    if (digits.empty() || !value || !factor) {
        return std::nullopt;
    }
    const std::size_t point = digits.find('.');
    const double step = point == std::string::npos ? 1 : std::pow(10, -static_cast<double>(digits.size() - point - 1));
    return Figure { *value * *factor, step * *factor, end < text.size(), *factor };
}

} // namespace

std::string FilterComplaint::sentence() const
{
    switch (kind) {
    case Kind::NoSuchKey:
        return "There is no key \"" + found + "\"; there are " + allowed;
    case Kind::NoSuchState:
        return "There is no state \"" + found + "\"; there are " + allowed;
    case Kind::NotANumber:
        return "\"" + key + "\" wants figures, such as " + allowed + ", not \"" + found + "\"";
    case Kind::NotYesOrNo:
        return "\"" + key + "\" is yes or no, not \"" + found + "\"";
    case Kind::BadRegex:
        return "\"" + found + "\" is not a regular expression: " + allowed;
    case Kind::NoValue:
        return "\"" + key + ":\" has no value";
    }
    return {};
}

MiniBatchFacts factsOf(const event::StepPicture& step)
{
    MiniBatchFacts facts;
    facts.step = step.name;
    facts.miniBatches = step.miniBatches;
    facts.groups = step.failures.numbers();
    facts.errors = &step.errors;
    return facts;
}

MiniBatchFilter::MiniBatchFilter(std::string_view text)
{
    for (const std::string& word : filterWords(text)) {
        add(word);
    }
}

std::optional<MiniBatchFilter::Key> MiniBatchFilter::keyNamed(std::string_view name)
{
    struct Named { std::string_view name; Key key; };
    static constexpr std::array<Named, 18> kNames { { { "state", Key::State }, { "node", Key::Node }, { "proc", Key::Process }, { "process", Key::Process },
        { "try", Key::Tries }, { "tries", Key::Tries }, { "items", Key::Items }, { "dur", Key::Duration }, { "elapsed", Key::Duration }, { "size", Key::Size },
        { "group", Key::Group }, { "id", Key::Id }, { "code", Key::Code }, { "slow", Key::Slow }, { "err", Key::Error }, { "error", Key::Error },
        { "step", Key::Step }, { "duration", Key::Duration } } };
    const std::string wanted = text::lower(name);
    const auto found = std::find_if(kNames.begin(), kNames.end(), [&](const Named& one) { return one.name == wanted; });
    return found == kNames.end() ? std::nullopt : std::optional(found->key);
}

bool MiniBatchFilter::asks(Key key) const
{
    return std::any_of(m_terms.begin(), m_terms.end(), [key](const Term& term) { return term.key == key; });
}

void MiniBatchFilter::complain(FilterComplaint complaint)
{
    if (!m_complaint) {
        m_complaint = std::move(complaint);
    }
}

void MiniBatchFilter::add(std::string_view word)
{
    using Kind = FilterComplaint::Kind;
    Term term;
    if (word.size() > 1 && word.front() == '-') {
        term.excludes = true;
        word.remove_prefix(1);
    }
    const std::size_t length = keyLength(word);
    const std::string name = length > 0 ? text::lower(word.substr(0, length - 1)) : std::string();
    const auto key = keyNamed(name);
    if (!key) {
        // "KeyError:" or "azureml://…" are words as others; a key with a slip is not, for it would find nothing without a reason.
        static const std::vector<std::string> kNames { "state", "node", "proc", "process", "try", "tries", "items", "dur", "duration", "elapsed", "size", "group", "id", "code",
            "slow", "err", "error", "step" };
        if (length > 1 && length < word.size() && word[0] == name[0] && text::nearest(name, kNames)) {
            complain({ Kind::NoSuchKey, name, name, kKeys });
            return;
        }
        const bool isRegex = word.front() == '/' && afterRegex(word, 0) == word.size();
        if (addValue(term, "", isRegex ? std::string(word.substr(1, word.size() - 2)) : withoutQuotes(word), isRegex)) {
            m_terms.push_back(std::move(term));
        }
        return;
    }
    term.key = *key;
    bool hasValue = false;
    for (std::size_t at = length; at < word.size();) {
        const std::size_t end = afterValue(word, at, true);
        const std::string_view raw = word.substr(at, end - at);
        at = end + 1; // after the comma
        if (raw.empty()) {
            continue;
        }
        hasValue = true;
        const bool isRegex = raw.size() > 2 && raw.front() == '/' && afterRegex(raw, 0) == raw.size();
        if (!addValue(term, name, isRegex ? std::string(raw.substr(1, raw.size() - 2)) : withoutQuotes(raw), isRegex)) {
            return;
        }
    }
    if (!hasValue) {
        complain({ Kind::NoValue, name, "", "" });
        return;
    }
    m_terms.push_back(std::move(term));
}

bool MiniBatchFilter::addValue(Term& term, std::string_view name, std::string_view value, bool isRegex)
{
    using Kind = FilterComplaint::Kind;
    const auto addText = [&] {
        const bool hasCapital = std::any_of(value.begin(), value.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
        re2::RE2::Options options;
        options.set_log_errors(false);
        options.set_case_sensitive(hasCapital);
        options.set_literal(!isRegex);
        auto regex = std::make_shared<const re2::RE2>(re2::StringPiece(value.data(), value.size()), options);
        if (!regex->ok()) {
            complain({ Kind::BadRegex, std::string(name), std::string(value), regex->error() });
            return false;
        }
        term.texts.push_back(std::move(regex));
        return true;
    };
    const auto addRange = [&](Unit unit, const char* examples) {
        const auto bad = [&] {
            complain({ Kind::NotANumber, std::string(name), std::string(value), examples });
            return false;
        };
        const bool isMore = value.starts_with('>');
        const bool isLess = value.starts_with('<');
        if (isMore || isLess) {
            const bool isEqual = value.substr(1).starts_with('=');
            const auto figure = figureOf(value.substr(isEqual ? 2 : 1), unit);
            if (!figure) {
                return bad();
            }
            const double edge = isEqual ? figure->value : std::nextafter(figure->value, isMore ? kInfinity : -kInfinity);
            term.ranges.push_back(isMore ? Range { edge, kInfinity } : Range { -kInfinity, edge });
            return true;
        }
        const std::size_t dash = value.find('-');
        if (dash != std::string_view::npos) {
            auto from = figureOf(value.substr(0, dash), unit);
            const auto to = figureOf(value.substr(dash + 1), unit);
            if (!from || !to) {
                return bad();
            }
            if (!from->hasUnit) {
                from->value *= to->factor; // "10-30s"
            }
            term.ranges.push_back({ std::min(from->value, to->value), std::max(from->value, to->value) });
            return true;
        }
        const auto figure = figureOf(value, unit);
        if (!figure) {
            return bad();
        }
        // Times and sizes are told rounded, and are meant so: 2.5s is what is shown as 2.5 s.
        const double slack = unit == Unit::None ? 0 : figure->step / 2;
        term.ranges.push_back({ figure->value - slack, figure->value + slack });
        return true;
    };
    switch (term.key) {
    case Key::Word:
        if (const auto number = text::toInt(value); number && *number >= 0 && *number <= std::numeric_limits<std::uint32_t>::max() && !isRegex) {
            term.number = static_cast<std::uint32_t>(*number);
        }
        return addText();
    case Key::Error:
    case Key::Step:
        return addText();
    case Key::State: {
        const std::uint32_t states = statesNamed(value);
        if (states == 0) {
            complain({ Kind::NoSuchState, std::string(name), std::string(value), allStates() });
            return false;
        }
        term.states |= states;
        return true;
    }
    case Key::Slow: {
        const std::string word = text::lower(value);
        if (word != "yes" && word != "no") {
            complain({ Kind::NotYesOrNo, std::string(name), std::string(value), "yes, no" });
            return false;
        }
        term.wanted = word == "yes";
        return true;
    }
    case Key::Duration:
        return addRange(Unit::Time, ">30s, <500ms, 1m-5m");
    case Key::Size:
        return addRange(Unit::Bytes, ">1MB, <64KB, 1MB-2MB");
    case Key::Id:
        return addRange(Unit::None, "3, 3-17, >100");
    case Key::Node:
    case Key::Process:
    case Key::Tries:
    case Key::Items:
    case Key::Group:
    case Key::Code:
        return addRange(Unit::None, "2, >2, 2-5");
    }
    return false;
}

/// One walk of a filter over a step: what a text says is found out once for each distinct text.
class FilterPass
{
public:
    FilterPass(const MiniBatchFilter& filter, const MiniBatchFacts& facts)
        : m_filter(filter)
        , m_facts(facts)
        , m_memos(filter.m_terms.size())
    {
        for (std::size_t i = 0; i < filter.m_terms.size(); ++i) {
            const auto& term = filter.m_terms[i];
            if (term.key == Key::Step) {
                m_memos[i].states = finds(term, facts.step) ? ~std::uint32_t { 0 } : 0;
            } else if (term.key == Key::Word) {
                for (std::size_t state = 0; state < event::kMiniBatchStates; ++state) {
                    m_memos[i].states |= finds(term, text::lower(stateWord(static_cast<event::MiniBatchState>(state)))) ? bitOf(state) : 0;
                }
                for (std::size_t outcome = 1; outcome < kOutcomes.size(); ++outcome) { // "done" is the state's word
                    m_memos[i].outcomes |= finds(term, kOutcomes[outcome]) ? bitOf(outcome) : 0;
                }
            }
        }
    }

    [[nodiscard]] bool operator()(std::uint32_t number)
    {
        const event::MiniBatchNow& now = m_facts.miniBatches[number];
        for (std::size_t i = 0; i < m_filter.m_terms.size(); ++i) {
            if (matches(i, number, now) == m_filter.m_terms[i].excludes) {
                return false;
            }
        }
        return true;
    }

private:
    using Key = MiniBatchFilter::Key;
    using Term = MiniBatchFilter::Term;
    struct Memo {
        std::vector<std::int8_t> errors; // by number of the text: -1 not looked at yet
        std::uint32_t states = 0;
        std::uint32_t outcomes = 0;
    };

    static bool finds(const Term& term, std::string_view text)
    {
        const re2::StringPiece piece(text.data(), text.size());
        return std::any_of(term.texts.begin(), term.texts.end(), [&](const auto& regex) { return re2::RE2::PartialMatch(piece, *regex); });
    }

    static bool isWithin(const Term& term, double value)
    {
        return std::any_of(term.ranges.begin(), term.ranges.end(), [value](const auto& range) { return value >= range.from && value <= range.to; });
    }

    bool errorMatches(std::size_t place, std::uint32_t error)
    {
        if (error == 0 || m_facts.errors == nullptr) {
            return false;
        }
        auto& memo = m_memos[place].errors;
        if (memo.empty()) {
            memo.assign(m_facts.errors->size() + 1, -1);
        }
        if (error >= memo.size()) {
            return false;
        }
        if (memo[error] < 0) {
            memo[error] = finds(m_filter.m_terms[place], m_facts.errors->text(error)) ? 1 : 0;
        }
        return memo[error] == 1;
    }

    bool matches(std::size_t place, std::uint32_t number, const event::MiniBatchNow& now)
    {
        const Term& term = m_filter.m_terms[place];
        switch (term.key) {
        case Key::Word:
            return term.number == number || (m_memos[place].states & bitOf(static_cast<std::size_t>(now.state))) != 0
                || (now.lastEvent != 0 && (m_memos[place].outcomes & bitOf(static_cast<std::size_t>(now.outcome))) != 0) || errorMatches(place, now.error);
        case Key::State:
            return (term.states & bitOf(static_cast<std::size_t>(now.state))) != 0;
        case Key::Node:
            return now.wasTried() && isWithin(term, now.node.value);
        case Key::Process:
            return now.wasTried() && isWithin(term, now.process.value);
        case Key::Tries:
            return isWithin(term, now.tries());
        case Key::Items:
            return now.lastEvent != 0 && isWithin(term, now.items);
        case Key::Duration:
            if (now.state == event::MiniBatchState::Running) {
                return m_facts.nowMicros > 0 && isWithin(term, static_cast<double>(m_facts.nowMicros - now.startMicros) / 1e6);
            }
            return now.lastEvent != 0 && isWithin(term, static_cast<double>(now.elapsedSeconds));
        case Key::Size:
            return number < m_facts.inputBytes.size() && isWithin(term, static_cast<double>(m_facts.inputBytes[number]));
        case Key::Group:
            return number < m_facts.groups.size() && m_facts.groups[number] != 0 && isWithin(term, m_facts.groups[number]);
        case Key::Id:
            return isWithin(term, number);
        case Key::Code:
            return now.wasTried() && isWithin(term, now.code);
        case Key::Slow:
            return (number < m_facts.slow.size() && m_facts.slow[number] != 0) == term.wanted;
        case Key::Error:
            return errorMatches(place, now.error);
        case Key::Step:
            return m_memos[place].states != 0;
        }
        return false;
    }

    const MiniBatchFilter& m_filter;
    const MiniBatchFacts& m_facts;
    std::vector<Memo> m_memos;
};

bool MiniBatchFilter::matches(const MiniBatchFacts& facts, MiniBatchIndex miniBatch) const
{
    return miniBatch.value < facts.miniBatches.size() && FilterPass(*this, facts)(miniBatch.value);
}

std::vector<MiniBatchIndex> matching(const MiniBatchFilter& filter, const MiniBatchFacts& facts)
{
    std::vector<MiniBatchIndex> found;
    const auto count = static_cast<std::uint32_t>(facts.miniBatches.size());
    found.reserve(filter.isEmpty() ? count : 0);
    FilterPass pass(filter, facts);
    for (std::uint32_t i = 0; i < count; ++i) {
        if (pass(i)) {
            found.emplace_back(i);
        }
    }
    return found;
}

std::vector<MiniBatchIndex> matching(const MiniBatchFilter& filter, const event::StepPicture& step)
{
    return matching(filter, factsOf(step));
}

std::vector<std::string> filterWords(std::string_view text)
{
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        if (isBlank(text[at])) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        at += text[at] == '-' ? 1U : 0U;
        at += keyLength(text.substr(at));
        for (;;) {
            at = afterValue(text, at, true);
            if (at >= text.size() || text[at] != ',') {
                break;
            }
            ++at;
        }
        words.emplace_back(text.substr(begin, at - begin));
    }
    return words;
}

std::string filterKey(std::string_view word)
{
    if (word.size() > 1 && word.front() == '-') {
        word.remove_prefix(1);
    }
    const std::size_t length = keyLength(word);
    return length > 0 ? text::lower(word.substr(0, length - 1)) : std::string();
}

} // namespace sheaf::triage
