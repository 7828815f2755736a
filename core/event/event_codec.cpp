// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/event_codec.h"

#include <boost/mp11.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace sheaf::event {

namespace {

/// In the order of Fact's alternatives; tst_event_codec checks each against its type.
constexpr std::array<std::string_view, std::variant_size_v<Fact>> kFactNames { "RunStarted",
    "RunEnded", "StopAsked", "NodeJoined", "StepStarted", "StepPlanned", "StepFinalizing",
    "StepEnded", "WorkerStarted", "WorkerInitialized", "WorkerEnded", "AttemptStarted",
    "AttemptEnded", "MiniBatchesReopened", "CommandStarted", "WarningRaised", "RepairAsked",
    "MiniBatchesIgnored", "CodeChanged", "StepReset" };

bool isAscii(std::string_view text)
{
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        if ((word & 0x8080808080808080U) != 0) {
            return false;
        }
    }
    for (; at < text.size(); ++at) {
        if ((static_cast<unsigned char>(text[at]) & 0x80U) != 0) {
            return false;
        }
    }
    return true;
}

/// Length of the well-formed UTF-8 sequence at `at`, 0 when there is none.
std::size_t sequenceLength(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t place) { return static_cast<unsigned char>(text[place]); };
    const unsigned char lead = byte(at);
    if (lead < 0x80) {
        return 1;
    }
    const std::size_t length = lead >= 0xC2 && lead <= 0xDF ? 2
        : lead >= 0xE0 && lead <= 0xEF                      ? 3
        : lead >= 0xF0 && lead <= 0xF4                      ? 4
                                                            : 0;
    if (length == 0 || at + length > text.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80) {
            return 0;
        }
    }
    const unsigned char second = byte(at + 1);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
    return overlong || outside ? 0 : length;
}

/// What user code prints or raises may hold any bytes, and JSON readers refuse what is not UTF-8:
/// each byte that does not fit becomes U+FFFD. All such bytes are inside of strings, so the text
/// stays JSON.
std::string withValidUtf8(std::string text)
{
    if (isAscii(text)) {
        return text;
    }
    std::string valid;
    valid.reserve(text.size() + 16);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequenceLength(text, at);
        if (length == 0) {
            valid += "\xEF\xBF\xBD";
            ++at;
        } else {
            valid.append(text, at, length);
            at += length;
        }
    }
    return valid;
}

/// Writes the members of one object; keys are given with their comma and colon.
class MemberWriter
{
public:
    MemberWriter() { m_text.reserve(512); }

    void raw(std::string_view bytes) { m_text += bytes; }

    template <class Number> void number(std::string_view key, Number value)
    {
        m_text += key;
        if constexpr (std::is_floating_point_v<Number>) {
            if (!std::isfinite(value)) {
                value = 0;
            }
        }
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof digits, value);
        m_text.append(digits, end.ptr);
    }

    void boolean(std::string_view key, bool value)
    {
        m_text += key;
        m_text += value ? "true" : "false";
    }

    void string(std::string_view key, std::string_view value)
    {
        m_text += key;
        m_text += '"';
        std::size_t plain = 0;
        for (std::size_t at = 0; at < value.size(); ++at) {
            const auto byte = static_cast<unsigned char>(value[at]);
            if (byte >= 0x20 && byte != '"' && byte != '\\') {
                continue;
            }
            m_text.append(value, plain, at - plain);
            plain = at + 1;
            escape(byte);
        }
        m_text.append(value, plain);
        m_text += '"';
    }

    [[nodiscard]] std::string take() { return std::move(m_text); }

private:
    void escape(unsigned char byte)
    {
        constexpr char kHex[] = "0123456789abcdef";
        switch (byte) {
        case '"':
            m_text += "\\\"";
            break;
        case '\\':
            m_text += "\\\\";
            break;
        case '\n':
            m_text += "\\n";
            break;
        case '\r':
            m_text += "\\r";
            break;
        case '\t':
            m_text += "\\t";
            break;
        default:
            m_text += "\\u00";
            m_text += kHex[byte >> 4U];
            m_text += kHex[byte & 0xFU];
        }
    }

    std::string m_text;
};

std::string attemptJson(const AttemptEnded& ended)
{
    MemberWriter writer;
    writer.number("{\"step\":", ended.step.value);
    writer.number(",\"miniBatch\":", ended.miniBatch.value);
    writer.number(",\"attempt\":", ended.attempt.value);
    writer.number(",\"node\":", ended.node.value);
    writer.number(",\"process\":", ended.process.value);
    writer.string(",\"outcome\":", json::enumName(ended.outcome));
    writer.boolean(",\"final\":", ended.final);
    writer.number(",\"picked\":", ended.picked);
    writer.number(",\"startMicros\":", ended.startMicros);
    writer.number(",\"elapsedSeconds\":", ended.elapsedSeconds);
    writer.number(",\"processSeconds\":", ended.processSeconds);
    writer.number(",\"runSeconds\":", ended.runSeconds);
    writer.number(",\"items\":", ended.items);
    writer.number(",\"returned\":", ended.returned);
    writer.number(",\"rowsBegin\":", ended.rowsBegin);
    writer.number(",\"rowsEnd\":", ended.rowsEnd);
    writer.string(",\"error\":", ended.error);
    writer.string(",\"traceback\":", ended.traceback);
    writer.raw(",\"logs\":[");
    for (std::size_t i = 0; i < ended.logs.size(); ++i) {
        const LogRange& range = ended.logs[i];
        writer.string(i == 0 ? "{\"stream\":" : ",{\"stream\":", json::enumName(range.stream));
        writer.number(",\"begin\":", range.begin);
        writer.number(",\"end\":", range.end);
        writer.raw("}");
    }
    writer.raw("]");
    if (ended.code != 0) { // nearly always 0: a million attempts need not say it
        writer.number(",\"code\":", ended.code);
    }
    writer.raw("}");
    return withValidUtf8(writer.take());
}

/// Reads exactly what attemptJson writes, member by member; isOk() is false at the first
/// difference.
class MemberReader
{
public:
    explicit MemberReader(std::string_view text)
        : m_at(text.data())
        , m_end(text.data() + text.size())
    {
    }

    [[nodiscard]] bool isOk() const { return m_ok; }
    [[nodiscard]] bool isAtEnd() const { return m_ok && m_at == m_end; }

    /// Passes `text` if it is next.
    bool accept(std::string_view text)
    {
        const auto left = static_cast<std::size_t>(m_end - m_at);
        if (!m_ok || left < text.size() || std::memcmp(m_at, text.data(), text.size()) != 0) {
            return false;
        }
        m_at += text.size();
        return true;
    }
    void expect(std::string_view text) { m_ok = accept(text); }

    template <class Number> void number(std::string_view key, Number& value)
    {
        expect(key);
        if (m_ok) {
            const auto [next, error] = std::from_chars(m_at, m_end, value);
            m_ok = error == std::errc();
            m_at = next;
        }
    }

    void boolean(std::string_view key, bool& value)
    {
        expect(key);
        value = accept("true");
        if (!value) {
            expect("false");
        }
    }

    template <class Enum> void enumeration(std::string_view key, Enum& value)
    {
        expect(key);
        expect("\"");
        if (!m_ok) {
            return;
        }
        const auto* const quote = static_cast<const char*>(
            std::memchr(m_at, '"', static_cast<std::size_t>(m_end - m_at)));
        if (quote == nullptr) {
            m_ok = false;
            return;
        }
        const std::string_view name(m_at, static_cast<std::size_t>(quote - m_at));
        m_ok = false;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&](auto entry) {
            if (name == entry.name) {
                value = entry.value;
                m_ok = true;
            }
        });
        m_at = quote + 1;
    }

    void string(std::string_view key, std::string& value)
    {
        expect(key);
        expect("\"");
        value.clear();
        while (m_ok) {
            const char* plain = m_at;
            while (m_at != m_end && *m_at != '"' && *m_at != '\\') {
                ++m_at;
            }
            value.append(plain, m_at);
            if (m_at == m_end) {
                m_ok = false;
            } else if (*m_at++ == '"') {
                return;
            } else {
                unescape(value);
            }
        }
    }

private:
    void unescape(std::string& value)
    {
        constexpr std::string_view kFrom = "\"\\nrt";
        constexpr std::string_view kTo = "\"\\\n\r\t";
        if (m_at == m_end) {
            m_ok = false;
            return;
        }
        const char letter = *m_at++;
        if (const auto place = kFrom.find(letter); place != std::string_view::npos) {
            value += kTo[place];
            return;
        }
        unsigned code = 0;
        const bool isControl = letter == 'u' && m_end - m_at >= 4 && m_at[0] == '0'
            && m_at[1] == '0' && std::from_chars(m_at + 2, m_at + 4, code, 16).ptr == m_at + 4
            && code < 0x80;
        m_ok = isControl;
        if (isControl) {
            value += static_cast<char>(code);
            m_at += 4;
        }
    }

    const char* m_at;
    const char* m_end;
    bool m_ok = true;
};

void readLogs(MemberReader& reader, std::vector<LogRange>& logs)
{
    reader.expect(",\"logs\":[");
    while (reader.isOk() && !reader.accept("]")) {
        if (!logs.empty()) {
            reader.expect(",");
        }
        LogRange& range = logs.emplace_back();
        reader.enumeration("{\"stream\":", range.stream);
        reader.number(",\"begin\":", range.begin);
        reader.number(",\"end\":", range.end);
        reader.expect("}");
    }
}

/// False when the text has another form than attemptJson's; it may still be good JSON.
bool readAttempt(std::string_view text, AttemptEnded& ended)
{
    MemberReader reader(text);
    reader.number("{\"step\":", ended.step.value);
    reader.number(",\"miniBatch\":", ended.miniBatch.value);
    reader.number(",\"attempt\":", ended.attempt.value);
    reader.number(",\"node\":", ended.node.value);
    reader.number(",\"process\":", ended.process.value);
    reader.enumeration(",\"outcome\":", ended.outcome);
    reader.boolean(",\"final\":", ended.final);
    reader.number(",\"picked\":", ended.picked);
    reader.number(",\"startMicros\":", ended.startMicros);
    reader.number(",\"elapsedSeconds\":", ended.elapsedSeconds);
    reader.number(",\"processSeconds\":", ended.processSeconds);
    reader.number(",\"runSeconds\":", ended.runSeconds);
    reader.number(",\"items\":", ended.items);
    reader.number(",\"returned\":", ended.returned);
    reader.number(",\"rowsBegin\":", ended.rowsBegin);
    reader.number(",\"rowsEnd\":", ended.rowsEnd);
    reader.string(",\"error\":", ended.error);
    reader.string(",\"traceback\":", ended.traceback);
    readLogs(reader, ended.logs);
    if (!reader.accept("}")) {
        reader.number(",\"code\":", ended.code);
        reader.expect("}");
    }
    return reader.isAtEnd();
}

template <class T> Result<Fact> readAs(std::string_view json)
{
    if constexpr (std::is_same_v<T, AttemptEnded>) {
        AttemptEnded ended;
        if (readAttempt(json, ended)) {
            return Fact(std::move(ended));
        }
    }
    auto fact = json::deserialize<T>(json, "an event");
    if (!fact) {
        return tl::unexpected<Error>(fact.error());
    }
    return Fact(std::move(*fact));
}

} // namespace

std::string_view factName(const Fact& fact)
{
    return kFactNames[fact.index()];
}

bool isFactName(std::string_view name)
{
    return std::find(kFactNames.begin(), kFactNames.end(), name) != kFactNames.end();
}

std::string factJson(const Fact& fact)
{
    if (const auto* ended = std::get_if<AttemptEnded>(&fact)) {
        return attemptJson(*ended);
    }
    return withValidUtf8(
        std::visit([](const auto& members) { return json::serialize(members); }, fact));
}

Result<Fact> factFrom(std::string_view name, std::string_view json)
{
    for (std::size_t index = 0; index < kFactNames.size(); ++index) {
        if (kFactNames[index] == name) {
            return boost::mp11::mp_with_index<std::variant_size_v<Fact>>(index, [json](auto place) {
                return readAs<boost::mp11::mp_at<Fact, decltype(place)>>(json);
            });
        }
    }
    return fail(ErrorCode::Parse,
        { { "what", "an event" }, { "reason", "no event is called " + std::string(name) } });
}

} // namespace sheaf::event
