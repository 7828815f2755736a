// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/store/database.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstdlib>
#include <sys/stat.h>
#include <utility>

namespace sheaf::store {

namespace fs = std::filesystem;

namespace {

constexpr int kBusyMilliseconds = 5000;
constexpr int kOpenFlags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI;

/// "file:" and the path with what means something in a URI escaped.
std::string uriOf(const fs::path& file, const char* query)
{
    constexpr char kHex[] = "0123456789ABCDEF";
    std::string uri = "file:";
    for (const char letter : fs::absolute(file).string()) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '%' || letter == '?' || letter == '#' || byte < 0x20) {
            uri += '%';
            uri += kHex[byte >> 4U];
            uri += kHex[byte & 0xFU];
        } else {
            uri += letter;
        }
    }
    return uri + query;
}

fs::path walOf(const fs::path& file)
{
    fs::path wal = file;
    wal += "-wal";
    return wal;
}

/// A folder of our own that is gone with this object.
class PrivateFolder
{
public:
    [[nodiscard]] static std::unique_ptr<PrivateFolder> make()
    {
        std::error_code error;
        std::string pattern = (fs::temp_directory_path(error) / "sheaf-read-XXXXXX").string();
        if (error || mkdtemp(pattern.data()) == nullptr) {
            return nullptr;
        }
        return std::unique_ptr<PrivateFolder>(new PrivateFolder(pattern));
    }
    ~PrivateFolder()
    {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    PrivateFolder(const PrivateFolder&) = delete;
    PrivateFolder& operator=(const PrivateFolder&) = delete;

    [[nodiscard]] const fs::path& path() const { return m_path; }

private:
    explicit PrivateFolder(fs::path path)
        : m_path(std::move(path))
    {
    }
    fs::path m_path;
};

} // namespace

struct Database::Connection
{
    explicit Connection(const fs::path& file)
        : path(file.string())
    {
    }
    ~Connection() { sqlite3_close_v2(handle); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] int open(const std::string& uri, int flags)
    {
        const int code = sqlite3_open_v2(uri.c_str(), &handle, flags | kOpenFlags, nullptr);
        sqlite3_busy_timeout(handle, kBusyMilliseconds);
        return code;
    }
    /// Opening reads nothing yet; this shows whether the file can be read at all.
    [[nodiscard]] int probe() const
    {
        return sqlite3_exec(
            handle, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
    }
    [[nodiscard]] Error error(std::string reason) const
    {
        return { ErrorCode::Database, { { "path", path }, { "reason", std::move(reason) } } };
    }
    [[nodiscard]] Error lastError() const
    {
        return error(handle == nullptr ? "out of memory" : sqlite3_errmsg(handle));
    }

    std::string path;
    std::unique_ptr<PrivateFolder> copy; // before the handle: goes after it
    sqlite3* handle = nullptr;
};

Database::Database(std::unique_ptr<Connection> connection)
    : m_connection(std::move(connection))
{
}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::openForWriting(const fs::path& file)
{
    auto connection = std::make_unique<Connection>(file);
    if (connection->open(uriOf(file, ""), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) != SQLITE_OK
        || connection->probe() != SQLITE_OK) {
        return tl::unexpected<Error>(connection->lastError());
    }
    Database database(std::move(connection));
    // The limit cuts a log that grew behind a slow reader back once it has been written home.
    auto pragmas
        = database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                           "PRAGMA journal_size_limit=67108864; PRAGMA temp_store=MEMORY;");
    if (!pragmas) {
        return tl::unexpected<Error>(pragmas.error());
    }
    return database;
}

Result<Database> Database::openForReading(const fs::path& file)
{
    struct stat status
    {
    };
    if (stat(file.c_str(), &status) != 0) {
        return failErrno(file.string(), errno);
    }
    auto connection = std::make_unique<Connection>(file);
    int code = connection->open(uriOf(file, ""), SQLITE_OPEN_READONLY);
    if (code == SQLITE_OK) {
        code = connection->probe();
    }
    const int kind = code & 0xFF;
    if (kind == SQLITE_CANTOPEN || kind == SQLITE_READONLY) {
        const bool hasLog = stat(walOf(file).c_str(), &status) == 0 && status.st_size > 0;
        connection = std::make_unique<Connection>(file);
        fs::path readable = file;
        if (hasLog && (connection->copy = PrivateFolder::make()) != nullptr) {
            std::error_code ignored; // an incomplete copy shows itself at the probe
            readable = connection->copy->path() / "copy.db";
            fs::copy_file(file, readable, ignored);
            fs::copy_file(walOf(file), walOf(readable), ignored);
        }
        code = connection->open(uriOf(readable, hasLog ? "" : "?immutable=1"),
            hasLog ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
        if (code == SQLITE_OK) {
            code = connection->probe();
        }
    }
    if (code != SQLITE_OK) {
        return tl::unexpected<Error>(connection->lastError());
    }
    return Database(std::move(connection));
}

Result<void> Database::execute(const char* sql)
{
    if (sqlite3_exec(m_connection->handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return tl::unexpected<Error>(m_connection->lastError());
    }
    return {};
}

Result<Statement> Database::prepare(std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(m_connection->handle, sql.data(), static_cast<int>(sql.size()),
            SQLITE_PREPARE_PERSISTENT, &statement, nullptr)
        != SQLITE_OK) {
        return tl::unexpected<Error>(m_connection->lastError());
    }
    return Statement(*m_connection, statement);
}

void Database::setBusyTimeout(int milliseconds)
{
    sqlite3_busy_timeout(m_connection->handle, milliseconds);
}

Error Database::error(const std::string& reason) const
{
    return m_connection->error(reason);
}

Statement::Statement(const Database::Connection& connection, sqlite3_stmt* statement)
    : m_connection(&connection)
    , m_statement(statement)
{
}

Statement::Statement(Statement&& other) noexcept
    : m_connection(other.m_connection)
    , m_statement(std::exchange(other.m_statement, nullptr))
{
}

Statement& Statement::operator=(Statement&& other) noexcept
{
    std::swap(m_connection, other.m_connection);
    std::swap(m_statement, other.m_statement);
    return *this;
}

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

// A bind can only fail for a wrong place or a statement under way, both shown by the step after it.
void Statement::bind(int place, std::int64_t value)
{
    sqlite3_bind_int64(m_statement, place, value);
}

void Statement::bind(int place, std::string_view value)
{
    sqlite3_bind_text64(m_statement, place, value.data() == nullptr ? "" : value.data(),
        value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bindNull(int place)
{
    sqlite3_bind_null(m_statement, place);
}

Result<bool> Statement::step()
{
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        return code == SQLITE_ROW;
    }
    return tl::unexpected<Error>(m_connection->lastError());
}

Result<void> Statement::run()
{
    const auto stepped = step();
    reset();
    if (!stepped) {
        return tl::unexpected<Error>(stepped.error());
    }
    return {};
}

void Statement::reset()
{
    sqlite3_reset(m_statement);
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

std::string_view Statement::text(int column) const
{
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return text == nullptr ? std::string_view()
                           : std::string_view(text,
                               static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)));
}

Transaction::Transaction(Database& database)
    : m_database(&database)
{
}

Transaction::Transaction(Transaction&& other) noexcept
    : m_database(std::exchange(other.m_database, nullptr))
{
}

Result<Transaction> Transaction::begin(Database& database)
{
    auto begun = database.execute("BEGIN IMMEDIATE");
    if (!begun) {
        return tl::unexpected<Error>(begun.error());
    }
    return Transaction(database);
}

Result<void> Transaction::commit()
{
    auto committed = m_database->execute("COMMIT");
    if (committed) {
        m_database = nullptr;
    }
    return committed;
}

Transaction::~Transaction()
{
    if (m_database != nullptr) {
        // A failed statement may have ended the transaction already; then there is nothing to roll
        // back.
        [[maybe_unused]] const auto ignored = m_database->execute("ROLLBACK");
    }
}

} // namespace sheaf::store
