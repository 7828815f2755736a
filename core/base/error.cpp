// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/error.h"

#include <cerrno>
#include <system_error>

namespace sheaf {

std::string Error::arg(const std::string& name) const
{
    for (const auto& [key, value] : args) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

tl::unexpected<Error> failErrno(const std::string& path, int errorNumber)
{
    const std::string reason = std::generic_category().message(errorNumber);
    switch (errorNumber) {
    case ENOENT:
    case ENOTDIR:
        return fail(ErrorCode::NotFound, { { "path", path }, { "reason", reason } });
    case EACCES:
    case EPERM:
    case EROFS:
        return fail(ErrorCode::NoPermission, { { "path", path }, { "reason", reason } });
    default:
        return fail(ErrorCode::Io, { { "path", path }, { "reason", reason } });
    }
}

} // namespace sheaf
