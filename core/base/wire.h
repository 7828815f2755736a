// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/ids.h"

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

/// Described structs to bytes and back, for messages between processes of one build on machines of one kind: numbers as
/// they lie in memory, texts and lists with a u32 length in front. A `std::string_view` member is read without a
/// copy: it points into the bytes that were read and lives as long as they do.
namespace sheaf::wire {

template <class T>
void write(std::string& out, const T& value);

/// Reads from the front of some bytes. After a read beyond the end `ok()` is false and everything read is zero or empty.
class Reader
{
public:
    explicit Reader(std::string_view bytes)
        : m_bytes(bytes)
    {
    }
    [[nodiscard]] bool ok() const { return m_ok; }
    [[nodiscard]] bool atEnd() const { return m_bytes.empty(); }

    [[nodiscard]] std::string_view take(std::size_t count)
    {
        if (count > m_bytes.size()) {
            m_ok = false;
            m_bytes = {};
            return {};
        }
        const std::string_view taken = m_bytes.substr(0, count);
        m_bytes.remove_prefix(count);
        return taken;
    }

    /// Everything that is left.
    [[nodiscard]] std::string_view rest() { return take(m_bytes.size()); }

    template <class T>
    void read(T& value);

private:
    std::string_view m_bytes;
    bool m_ok = true;
};

namespace detail {

template <class T>
struct IsVector : std::false_type { };
template <class T>
struct IsVector<std::vector<T>> : std::true_type { };
template <class T>
struct IsId : std::false_type { };
template <class Tag, class Number>
struct IsId<Id<Tag, Number>> : std::true_type { };
template <class T>
struct IsVariant : std::false_type { };
template <class... T>
struct IsVariant<std::variant<T...>> : std::true_type { };

template <std::size_t N, class V>
void readAlternative(Reader& reader, V& value, std::size_t index)
{
    if constexpr (N < std::variant_size_v<V>) {
        if (index == N) {
            reader.read(value.template emplace<N>());
        } else {
            readAlternative<N + 1>(reader, value, index);
        }
    }
}

} // namespace detail

template <class T>
void write(std::string& out, const T& value)
{
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
        char bytes[sizeof(T)];
        std::memcpy(bytes, &value, sizeof(T));
        out.append(bytes, sizeof(T));
    } else if constexpr (detail::IsId<T>::value) {
        write(out, value.value);
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
        write(out, static_cast<std::uint32_t>(value.size()));
        out.append(value);
    } else if constexpr (detail::IsVector<T>::value) {
        write(out, static_cast<std::uint32_t>(value.size()));
        for (const auto& item : value) {
            write(out, item);
        }
    } else if constexpr (detail::IsVariant<T>::value) {
        write(out, static_cast<std::uint8_t>(value.index()));
        std::visit([&](const auto& alternative) { write(out, alternative); }, value);
    } else {
        boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_any_access>>(
            [&](auto member) { write(out, value.*member.pointer); });
    }
}

template <class T>
void Reader::read(T& value)
{
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
        const std::string_view bytes = take(sizeof(T));
        value = {};
        if (!bytes.empty()) {
            std::memcpy(&value, bytes.data(), sizeof(T));
        }
    } else if constexpr (detail::IsId<T>::value) {
        read(value.value);
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
        std::uint32_t size = 0;
        read(size);
        value = T(take(size));
    } else if constexpr (detail::IsVector<T>::value) {
        std::uint32_t size = 0;
        read(size);
        value.clear();
        for (std::uint32_t i = 0; i < size && m_ok; ++i) {
            read(value.emplace_back());
        }
    } else if constexpr (detail::IsVariant<T>::value) {
        std::uint8_t index = 0;
        read(index);
        if (index >= std::variant_size_v<T>) {
            m_ok = false;
            return;
        }
        detail::readAlternative<0>(*this, value, index);
    } else {
        boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_any_access>>(
            [&](auto member) { read(value.*member.pointer); });
    }
}

} // namespace sheaf::wire
