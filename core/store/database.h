// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sheaf::store {

class Statement;

/// One connection to one SQLite file. Every failure is an Error Database with `path` and `reason`.
/// Owned by a store; one thread at a time, may be handed over. Statements must go before their
/// database.
class Database
{
public:
    /// For reading and writing; made with its folder's rights when it is not there. WAL,
    /// synchronous NORMAL.
    [[nodiscard]] static Result<Database> openForWriting(const std::filesystem::path& file);
    /// For reading only, while others write or long after. NotFound when there is no file. In a
    /// folder that cannot be written SQLite can neither make its index of the write-ahead log nor
    /// take locks: then the file is read as it lies there, or, when a killed writer has left facts
    /// in the log, from a private copy of both.
    [[nodiscard]] static Result<Database> openForReading(const std::filesystem::path& file);

    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    /// Runs statements that give no rows and need no values.
    [[nodiscard]] Result<void> execute(const char* sql);
    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    /// How long a call waits for another connection's lock before it fails.
    void setBusyTimeout(int milliseconds);
    [[nodiscard]] Error error(const std::string& reason) const;

private:
    friend class Statement;
    struct Connection;
    explicit Database(std::unique_ptr<Connection> connection);
    std::unique_ptr<Connection> m_connection;
};

/// A prepared statement, used again and again: bind, step, read columns, reset.
class Statement
{
public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    /// Places count from 1. Text must live until the next reset().
    void bind(int place, std::int64_t value);
    void bind(int place, std::string_view value);
    void bindNull(int place);
    /// True: there is a row. False: done.
    [[nodiscard]] Result<bool> step();
    /// Steps a statement that gives no rows and makes it ready for the next use.
    [[nodiscard]] Result<void> run();
    void reset();

    /// Columns count from 0; texts are valid until the next step() or reset().
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string_view text(int column) const;

private:
    friend class Database;
    Statement(const Database::Connection& connection, sqlite3_stmt* statement);
    const Database::Connection* m_connection;
    sqlite3_stmt* m_statement;
};

/// Resets a statement when a reader leaves, so that no read lock is held between two calls.
class StatementUse
{
public:
    explicit StatementUse(Statement& statement)
        : m_statement(statement)
    {
    }
    ~StatementUse() { m_statement.reset(); }
    StatementUse(const StatementUse&) = delete;
    StatementUse& operator=(const StatementUse&) = delete;

private:
    Statement& m_statement;
};

/// All or nothing: rolls back unless commit() has succeeded.
class Transaction
{
public:
    /// Takes the write lock at once, so that a transaction cannot fail half-way for want of it.
    [[nodiscard]] static Result<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    [[nodiscard]] Result<void> commit();

private:
    explicit Transaction(Database& database);
    Database* m_database;
};

} // namespace sheaf::store
