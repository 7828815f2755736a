// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors

// libsheaf_rows.so: columns of a DataFrame to the text that pandas' to_csv(sep=" ", header=False, index=False) writes,
// called by python/sheaf_worker/rows_native.py through ctypes (so without the interpreter's lock). Plain C interface, no
// other library needed at run time: it must load into any interpreter of this machine.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <vector>

extern "C" {
/// Mirrors _Column of rows_native.py.
struct SheafColumn {
    std::int32_t kind;
    const void* data;
    std::size_t size; // bytes
};
char* sheaf_format_rows(const SheafColumn* columns, std::size_t columnCount, std::size_t rowCount, std::size_t* size);
void sheaf_free_rows(char* rows);
}

namespace {

enum Kind : std::int32_t {
    Int8 = 1,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float64 = 10,
    Bool = 11,
    Text = 12,
};

constexpr char kSeparator = '\x1f';
constexpr char kMissing = '\x1e';

/// A growing block of bytes by malloc, so that the caller can let go of it.
class Buffer
{
public:
    ~Buffer() { std::free(m_bytes); }
    char* room(std::size_t count)
    {
        if (m_size + count > m_capacity) {
            const std::size_t wanted = std::max((m_size + count), m_capacity * 2);
            auto* bytes = static_cast<char*>(std::realloc(m_bytes, wanted));
            if (bytes == nullptr) {
                throw std::bad_alloc();
            }
            m_bytes = bytes;
            m_capacity = wanted;
        }
        return m_bytes + m_size;
    }
    void grew(const char* end) { m_size = static_cast<std::size_t>(end - m_bytes); }
    char* release(std::size_t* size)
    {
        *size = m_size;
        char* bytes = m_bytes;
        m_bytes = nullptr;
        return bytes;
    }

private:
    char* m_bytes = nullptr;
    std::size_t m_size = 0;
    std::size_t m_capacity = 0;
};

/// As Python's repr of a float: shortest digits; exponent form below 1e-4 and from 1e16 on. At most 26 characters.
char* writeFloat(char* out, double value)
{
    if (std::isnan(value)) {
        return out; // missing: an empty field
    }
    if (std::isinf(value)) {
        const char* text = value < 0 ? "-inf" : "inf";
        const std::size_t length = std::strlen(text);
        std::memcpy(out, text, length);
        return out + length;
    }
    char scientific[32];
    const auto end = std::to_chars(scientific, scientific + sizeof scientific, value, std::chars_format::scientific).ptr;
    const char* from = scientific;
    if (*from == '-') {
        *out++ = *from++;
    }
    char digits[24];
    int count = 0;
    while (from != end && *from != 'e') {
        if (*from != '.') {
            digits[count++] = *from;
        }
        ++from;
    }
    int exponent = 0;
    const char* exponentText = from + 1;
    std::from_chars(*exponentText == '+' ? exponentText + 1 : exponentText, end, exponent);
    if (exponent < -4 || exponent >= 16) {
        *out++ = digits[0];
        if (count > 1) {
            *out++ = '.';
            std::memcpy(out, digits + 1, static_cast<std::size_t>(count - 1));
            out += count - 1;
        }
        *out++ = 'e';
        *out++ = exponent < 0 ? '-' : '+';
        const int size = std::abs(exponent);
        if (size < 10) {
            *out++ = '0';
        }
        return std::to_chars(out, out + 4, size).ptr;
    }
    if (exponent < 0) {
        *out++ = '0';
        *out++ = '.';
        for (int i = -1; i > exponent; --i) {
            *out++ = '0';
        }
        std::memcpy(out, digits, static_cast<std::size_t>(count));
        return out + count;
    }
    for (int i = 0; i <= exponent; ++i) {
        *out++ = i < count ? digits[i] : '0';
    }
    *out++ = '.';
    if (count <= exponent + 1) {
        *out++ = '0';
        return out;
    }
    std::memcpy(out, digits + exponent + 1, static_cast<std::size_t>(count - exponent - 1));
    return out + (count - exponent - 1);
}

/// A text field with minimal quoting: quoted when it holds the blank, the quote or a newline.
char* writeText(char* out, const char* from, std::size_t length)
{
    bool quote = false;
    for (std::size_t i = 0; i < length; ++i) {
        quote = quote || from[i] == ' ' || from[i] == '"' || from[i] == '\n';
    }
    if (!quote) {
        std::memcpy(out, from, length);
        return out + length;
    }
    *out++ = '"';
    for (std::size_t i = 0; i < length; ++i) {
        if (from[i] == '"') {
            *out++ = '"';
        }
        *out++ = from[i];
    }
    *out++ = '"';
    return out;
}

template <class Number>
char* writeNumber(char* out, const void* data, std::size_t row)
{
    Number value;
    std::memcpy(&value, static_cast<const char*>(data) + row * sizeof(Number), sizeof(Number));
    if constexpr (sizeof(Number) == 1) {
        return std::to_chars(out, out + 24, static_cast<int>(value)).ptr;
    } else {
        return std::to_chars(out, out + 24, value).ptr;
    }
}

class Formatter
{
public:
    Formatter(const SheafColumn* columns, std::size_t count)
        : m_columns(columns)
        , m_count(count)
        , m_at(count, 0)
    {
    }

    bool rows(std::size_t count, Buffer& out)
    {
        for (std::size_t row = 0; row < count; ++row) {
            for (std::size_t column = 0; column < m_count; ++column) {
                if (!field(column, row, out)) {
                    return false;
                }
            }
        }
        return true;
    }

private:
    bool field(std::size_t column, std::size_t row, Buffer& out)
    {
        const SheafColumn& from = m_columns[column];
        const char after = column + 1 < m_count ? ' ' : '\n';
        char* at = nullptr;
        switch (from.kind) {
        case Int8:
            at = writeNumber<std::int8_t>(out.room(32), from.data, row);
            break;
        case Int16:
            at = writeNumber<std::int16_t>(out.room(32), from.data, row);
            break;
        case Int32:
            at = writeNumber<std::int32_t>(out.room(32), from.data, row);
            break;
        case Int64:
            at = writeNumber<std::int64_t>(out.room(32), from.data, row);
            break;
        case UInt8:
            at = writeNumber<std::uint8_t>(out.room(32), from.data, row);
            break;
        case UInt16:
            at = writeNumber<std::uint16_t>(out.room(32), from.data, row);
            break;
        case UInt32:
            at = writeNumber<std::uint32_t>(out.room(32), from.data, row);
            break;
        case UInt64:
            at = writeNumber<std::uint64_t>(out.room(32), from.data, row);
            break;
        case Float64: {
            double value = 0;
            std::memcpy(&value, static_cast<const char*>(from.data) + row * sizeof value, sizeof value);
            at = writeFloat(out.room(40), value);
            break;
        }
        case Bool: {
            const bool value = static_cast<const char*>(from.data)[row] != 0;
            at = writeText(out.room(8), value ? "True" : "False", value ? 4 : 5);
            break;
        }
        case Text:
            at = textField(from, column, out);
            break;
        default:
            return false;
        }
        *at++ = after;
        out.grew(at);
        return true;
    }

    char* textField(const SheafColumn& from, std::size_t column, Buffer& out)
    {
        const char* begin = static_cast<const char*>(from.data) + m_at[column];
        const std::size_t left = from.size - m_at[column];
        const void* found = left > 0 ? std::memchr(begin, kSeparator, left) : nullptr;
        const std::size_t length = found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - begin) : left;
        m_at[column] += length + (found != nullptr ? 1 : 0);
        char* room = out.room(2 * length + 4);
        return length == 1 && *begin == kMissing ? room : writeText(room, begin, length);
    }

    const SheafColumn* m_columns;
    std::size_t m_count;
    std::vector<std::size_t> m_at; // of texts: where the next one begins
};

} // namespace

char* sheaf_format_rows(const SheafColumn* columns, std::size_t columnCount, std::size_t rowCount, std::size_t* size)
{
    try {
        Buffer out;
        Formatter formatter(columns, columnCount);
        return formatter.rows(rowCount, out) ? out.release(size) : nullptr;
    } catch (...) {
        return nullptr; // no memory: to_csv may say so in its own words
    }
}

void sheaf_free_rows(char* rows)
{
    std::free(rows);
}
