// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/json.h"

namespace sheaf::json {

Result<boost::json::value> parse(std::string_view text)
{
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 200;
    auto value = boost::json::parse(boost::json::string_view(text.data(), text.size()), error, {}, options);
    if (error) {
        return fail(ErrorCode::Parse, { { "what", "JSON text" }, { "reason", error.message() } });
    }
    return value;
}

} // namespace sheaf::json
