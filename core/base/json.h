// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"
#include "core/base/ids.h"

#include <boost/describe.hpp>
#include <boost/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

/// Plain structs to JSON and back. A struct says its members once with BOOST_DESCRIBE_STRUCT and an
/// enum its values with BOOST_DESCRIBE_ENUM; then toJson and fromJson do the rest. Reading is lenient:
/// a member that is not there keeps its default, so older files stay readable; an unknown one is passed over.
namespace sheaf::json {

template <class T>
boost::json::value toJson(const T& value);
template <class T>
bool fromJson(const boost::json::value& json, T& value);

template <class T>
concept DescribedStruct = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;
template <class T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;

/// The name an enum value was described with.
template <DescribedEnum E>
[[nodiscard]] const char* enumName(E value)
{
    return boost::describe::enum_to_string(value, "");
}

template <DescribedEnum E>
[[nodiscard]] std::optional<E> enumFromName(const std::string& name)
{
    E value {};
    if (boost::describe::enum_from_string(name.c_str(), value)) {
        return value;
    }
    return std::nullopt;
}

/// Text to a value; fails with Parse and the parser's reason.
[[nodiscard]] Result<boost::json::value> parse(std::string_view text);

namespace detail {

template <class T>
struct Codec;

template <class T>
    requires(std::is_arithmetic_v<T>)
struct Codec<T> {
    static boost::json::value to(T value) { return boost::json::value(value); }
    static bool from(const boost::json::value& json, T& value)
    {
        if constexpr (std::is_same_v<T, bool>) {
            if (!json.is_bool()) {
                return false;
            }
            value = json.get_bool();
            return true;
        } else {
            boost::json::error_code error;
            value = json.to_number<T>(error);
            return !error;
        }
    }
};

template <>
struct Codec<std::string> {
    static boost::json::value to(const std::string& value) { return boost::json::value(value); }
    static bool from(const boost::json::value& json, std::string& value)
    {
        if (!json.is_string()) {
            return false;
        }
        value.assign(json.get_string().data(), json.get_string().size());
        return true;
    }
};

template <>
struct Codec<boost::json::value> {
    static boost::json::value to(const boost::json::value& value) { return value; }
    static bool from(const boost::json::value& json, boost::json::value& value)
    {
        value = json;
        return true;
    }
};

template <DescribedEnum E>
struct Codec<E> {
    static boost::json::value to(E value) { return boost::json::value(enumName(value)); }
    static bool from(const boost::json::value& json, E& value)
    {
        if (!json.is_string()) {
            return false;
        }
        return boost::describe::enum_from_string(
            std::string(json.get_string().data(), json.get_string().size()).c_str(), value);
    }
};

template <class Tag, class Number>
struct Codec<Id<Tag, Number>> {
    static boost::json::value to(Id<Tag, Number> id) { return boost::json::value(id.value); }
    static bool from(const boost::json::value& json, Id<Tag, Number>& id)
    {
        return Codec<Number>::from(json, id.value);
    }
};

template <class T>
struct Codec<std::vector<T>> {
    static boost::json::value to(const std::vector<T>& values)
    {
        boost::json::array array;
        array.reserve(values.size());
        for (const auto& value : values) {
            array.push_back(toJson(value));
        }
        return array;
    }
    static bool from(const boost::json::value& json, std::vector<T>& values)
    {
        if (!json.is_array()) {
            return false;
        }
        values.clear();
        for (const auto& item : json.get_array()) {
            T value {};
            if (!fromJson(item, value)) {
                return false;
            }
            values.push_back(std::move(value));
        }
        return true;
    }
};

template <class A, class B>
struct Codec<std::pair<A, B>> {
    static boost::json::value to(const std::pair<A, B>& pair)
    {
        return boost::json::array { toJson(pair.first), toJson(pair.second) };
    }
    static bool from(const boost::json::value& json, std::pair<A, B>& pair)
    {
        return json.is_array() && json.get_array().size() == 2
            && fromJson(json.get_array()[0], pair.first) && fromJson(json.get_array()[1], pair.second);
    }
};

template <class T>
struct Codec<std::map<std::string, T>> {
    static boost::json::value to(const std::map<std::string, T>& values)
    {
        boost::json::object object;
        for (const auto& [key, value] : values) {
            object[key] = toJson(value);
        }
        return object;
    }
    static bool from(const boost::json::value& json, std::map<std::string, T>& values)
    {
        if (!json.is_object()) {
            return false;
        }
        values.clear();
        for (const auto& item : json.get_object()) {
            if (!fromJson(item.value(), values[std::string(item.key())])) {
                return false;
            }
        }
        return true;
    }
};

template <class T>
struct Codec<std::optional<T>> {
    static boost::json::value to(const std::optional<T>& value)
    {
        return value ? toJson(*value) : boost::json::value(nullptr);
    }
    static bool from(const boost::json::value& json, std::optional<T>& value)
    {
        if (json.is_null()) {
            value.reset();
            return true;
        }
        return fromJson(json, value.emplace());
    }
};

template <DescribedStruct S>
struct Codec<S> {
    static boost::json::value to(const S& value)
    {
        boost::json::object object;
        boost::mp11::mp_for_each<boost::describe::describe_members<S, boost::describe::mod_any_access>>(
            [&](auto member) { object[member.name] = toJson(value.*member.pointer); });
        return object;
    }
    static bool from(const boost::json::value& json, S& value)
    {
        if (!json.is_object()) {
            return false;
        }
        bool ok = true;
        boost::mp11::mp_for_each<boost::describe::describe_members<S, boost::describe::mod_any_access>>(
            [&](auto member) {
                if (const auto* item = json.get_object().if_contains(member.name)) {
                    ok = fromJson(*item, value.*member.pointer) && ok;
                }
            });
        return ok;
    }
};

} // namespace detail

template <class T>
boost::json::value toJson(const T& value)
{
    return detail::Codec<T>::to(value);
}

template <class T>
bool fromJson(const boost::json::value& json, T& value)
{
    return detail::Codec<T>::from(json, value);
}

template <class T>
[[nodiscard]] std::string serialize(const T& value)
{
    return boost::json::serialize(toJson(value));
}

/// Text to a described struct; fails with Parse.
template <class T>
[[nodiscard]] Result<T> deserialize(std::string_view text, const std::string& what)
{
    auto json = parse(text);
    if (!json) {
        return tl::unexpected<Error>(json.error());
    }
    T value {};
    if (!fromJson(*json, value)) {
        return fail(ErrorCode::Parse, { { "what", what }, { "reason", "a member has another type" } });
    }
    return value;
}

} // namespace sheaf::json
