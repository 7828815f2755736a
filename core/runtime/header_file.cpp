// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/runtime/header_file.h"

#include "core/base/json.h"
#include "core/base/paths.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace sheaf::runtime {

HeaderFile::HeaderFile(std::filesystem::path path, UniqueFd file)
    : m_path(std::move(path))
    , m_file(std::move(file))
{
}

Result<HeaderFile> HeaderFile::open(const std::filesystem::path& path)
{
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!file.isOpen()) {
        return failErrno(path.string(), errno);
    }
    HeaderFile headers(path, std::move(file));
    const auto text = paths::readFile(path);
    if (!text) {
        return tl::unexpected<Error>(text.error());
    }
    std::size_t whole = 0;
    for (std::size_t end = text->find('\n'); end != std::string::npos; end = text->find('\n', whole)) {
        const auto line = json::parse(std::string_view(*text).substr(whole, end - whole));
        if (!line || !line->is_array() || line->get_array().size() != 2) {
            break;
        }
        const auto& pair = line->get_array();
        headers.m_all.emplace(MiniBatchIndex(pair[0].to_number<std::uint32_t>()), std::string(pair[1].as_string()));
        whole = end + 1;
    }
    if (whole < text->size() && ::ftruncate(headers.m_file.get(), static_cast<off_t>(whole)) != 0) {
        return failErrno(path.string(), errno);
    }
    return headers;
}

Result<bool> HeaderFile::keep(MiniBatchIndex miniBatch, std::string_view header)
{
    if (!m_all.empty() && m_all.begin()->first <= miniBatch) {
        return false;
    }
    const std::string line = boost::json::serialize(boost::json::array { miniBatch.value, header }) + "\n";
    const ssize_t written = ::write(m_file.get(), line.data(), line.size());
    if (written != static_cast<ssize_t>(line.size())) {
        return failErrno(m_path.string(), written < 0 ? errno : ENOSPC);
    }
    m_all.emplace(miniBatch, header);
    return true;
}

std::string_view HeaderFile::header() const
{
    return m_all.empty() ? std::string_view() : std::string_view(m_all.begin()->second);
}

} // namespace sheaf::runtime
