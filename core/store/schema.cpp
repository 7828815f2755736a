// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/store/schema.h"

#include <string>

namespace sheaf::store {

namespace {

struct Version
{
    std::int64_t schema = 0;
    std::int64_t format = 0;
};

Result<Version> versionOf(Database& database)
{
    auto find = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'");
    if (!find) {
        return tl::unexpected<Error>(find.error());
    }
    const auto found = find->step();
    if (!found) {
        return tl::unexpected<Error>(found.error());
    }
    if (!*found) {
        return Version {};
    }
    auto read = database.prepare("SELECT version, format FROM schema_version");
    if (!read) {
        return tl::unexpected<Error>(read.error());
    }
    const auto row = read->step();
    if (!row) {
        return tl::unexpected<Error>(row.error());
    }
    return *row ? Version { read->integer(0), read->integer(1) } : Version {};
}

Result<void> refuseNewer(
    Database& database, const Version& version, std::size_t migrations, int format)
{
    if (version.schema > static_cast<std::int64_t>(migrations) || version.format > format) {
        return tl::unexpected<Error>(database.error("written by a newer version of Sheaf (format "
            + std::to_string(version.schema) + "." + std::to_string(version.format)
            + "); this one reads up to " + std::to_string(migrations) + "."
            + std::to_string(format)));
    }
    return {};
}

Result<void> writeVersion(Database& database, std::size_t schema, int format)
{
    auto write = database.prepare(
        "INSERT INTO schema_version (one, version, format) VALUES (1, ?1, ?2) "
        "ON CONFLICT (one) DO UPDATE SET version = excluded.version, format = excluded.format");
    if (!write) {
        return tl::unexpected<Error>(write.error());
    }
    write->bind(1, static_cast<std::int64_t>(schema));
    write->bind(2, std::int64_t { format });
    return write->run();
}

} // namespace

Result<void> migrate(Database& database, std::span<const char* const> migrations, int format)
{
    auto transaction = Transaction::begin(database);
    if (!transaction) {
        return tl::unexpected<Error>(transaction.error());
    }
    const auto version = versionOf(database);
    if (!version) {
        return tl::unexpected<Error>(version.error());
    }
    auto done = refuseNewer(database, *version, migrations.size(), format);
    if (done && version->schema == 0) {
        done = database.execute("CREATE TABLE IF NOT EXISTS schema_version "
                                "(one INTEGER PRIMARY KEY, version INTEGER, format INTEGER)");
    }
    for (auto next = static_cast<std::size_t>(version->schema); done && next < migrations.size();
         ++next) {
        done = database.execute(migrations[next]);
    }
    if (done) {
        done = writeVersion(database, migrations.size(), format);
    }
    return done ? transaction->commit() : done;
}

Result<void> checkSchema(Database& database, std::span<const char* const> migrations, int format)
{
    const auto version = versionOf(database);
    if (!version) {
        return tl::unexpected<Error>(version.error());
    }
    if (version->schema == 0) {
        return fail(ErrorCode::NotFound, { { "path", database.error("").arg("path") } });
    }
    return refuseNewer(database, *version, migrations.size(), format);
}

} // namespace sheaf::store
