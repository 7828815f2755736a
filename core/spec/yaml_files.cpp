// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/spec/yaml_files.h"

#include <ctime>
#include <sys/stat.h>

namespace sheaf::spec {

namespace {

constexpr std::size_t kMostFiles = 500;
constexpr std::int64_t kNanos = 1'000'000'000;
/// A file that was changed so shortly ago may change again within the same tick of its file system's clock.
constexpr std::int64_t kTooFresh = 2 * kNanos;

std::int64_t nanosOf(const timespec& time)
{
    return std::int64_t { time.tv_sec } * kNanos + time.tv_nsec;
}

std::int64_t nanosNow()
{
    timespec now {};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return nanosOf(now);
}

} // namespace

YamlFiles::Stamp YamlFiles::stampOf(const std::string& file)
{
    struct stat status
    {
    };
    if (::stat(file.c_str(), &status) != 0) {
        return {};
    }
    return { status.st_dev, status.st_ino, status.st_size, nanosOf(status.st_ctim) };
}

std::shared_ptr<const YamlDocument> YamlFiles::read(const std::filesystem::path& file, const SharedTexts& texts)
{
    const std::string name = file.lexically_normal().string();
    const std::string* edited = editedText(texts, file);
    const Stamp stamp = edited != nullptr ? Stamp {} : stampOf(name);
    const auto known = m_known.find(name);
    if (known != m_known.end() && known->second.stamp == stamp
        && (edited == nullptr ? stamp.size >= 0 : known->second.document->text.bytes() == *edited)) {
        return known->second.document;
    }
    auto document = std::make_shared<const YamlDocument>(readYaml(file, texts));
    const bool isSure = edited != nullptr || (stamp.size >= 0 && nanosNow() - stamp.changed > kTooFresh);
    if (m_known.size() >= kMostFiles) {
        m_known.clear();
    }
    if (isSure) {
        m_known[name] = { stamp, document };
    } else {
        m_known.erase(name);
    }
    return document;
}

} // namespace sheaf::spec
