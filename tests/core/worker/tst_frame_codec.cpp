// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/wire.h"
#include "core/worker/frame_codec.h"
#include "tests/support/test_runner.h"

#include <cstring>

using namespace sheaf;
using namespace sheaf::worker;

namespace {

/// A frame as a worker sends it: length, kind, body.
std::string frameOf(FromWorker kind, const std::string& body)
{
    std::string bytes;
    wire::write(bytes, static_cast<std::uint32_t>(body.size() + 1));
    wire::write(bytes, static_cast<std::uint8_t>(kind));
    return bytes + body;
}

std::string doneBody(std::uint64_t attempt, const std::string& rows)
{
    std::string body;
    wire::write(body, attempt);
    wire::write(body, std::uint32_t { 3 });
    wire::write(body, std::uint32_t { 2 });
    wire::write(body, std::int64_t { 1000 });
    wire::write(body, 0.5);
    wire::write(body, 0.25);
    wire::write(body, 0.4);
    wire::write(body, std::string_view("a b"));
    return body + rows;
}

void give(FrameReader& reader, std::string_view bytes)
{
    std::memcpy(reader.room(bytes.size()), bytes.data(), bytes.size());
    reader.received(bytes.size());
}

} // namespace

class tst_frame_codec : public QObject
{
    Q_OBJECT

private slots:
    void frames_come_whole_however_the_bytes_come()
    {
        const std::string all = frameOf(FromWorker::Log, std::string("\0out", 4)) + frameOf(FromWorker::Done, doneBody(7, "rows\n"))
            + frameOf(FromWorker::Finished, "\x01");
        for (std::size_t piece = 1; piece <= all.size(); ++piece) {
            FrameReader reader;
            std::vector<FromWorker> kinds;
            std::string rows;
            for (std::size_t at = 0; at < all.size(); at += piece) {
                give(reader, std::string_view(all).substr(at, piece));
                while (const auto frame = reader.next()) {
                    kinds.push_back(frame->kind);
                    if (frame->kind == FromWorker::Done) {
                        const auto done = readDone(frame->body);
                        QVERIFY(done.has_value());
                        QCOMPARE(done->attempt, AttemptId(7));
                        QCOMPARE(done->items, 3U);
                        QCOMPARE(done->returned, 2U);
                        QCOMPARE(done->header, std::string_view("a b"));
                        rows = done->rows;
                    }
                }
            }
            QVERIFY(!reader.broken());
            QCOMPARE(kinds, (std::vector { FromWorker::Log, FromWorker::Done, FromWorker::Finished }));
            QCOMPARE(rows, std::string("rows\n"));
        }
    }

    void a_large_frame_says_how_much_it_still_needs()
    {
        const std::string frame = frameOf(FromWorker::Done, doneBody(1, std::string(3U << 20, 'x')));
        FrameReader reader;
        give(reader, std::string_view(frame).substr(0, 100));
        QVERIFY(!reader.next());
        QCOMPARE(reader.missing(), frame.size() - 100);
        give(reader, std::string_view(frame).substr(100));
        QCOMPARE(readDone(reader.next()->body)->rows.size(), std::size_t { 3U << 20 });
        QVERIFY(!reader.next());
        QCOMPARE(reader.missing(), std::size_t { 0 });
    }

    void bytes_that_are_no_frame_break_it_off()
    {
        for (const std::string& bytes : { std::string("GET / HTTP/1.1\r\n"), std::string(8, '\0'), frameOf(static_cast<FromWorker>(99), "") }) {
            FrameReader reader;
            give(reader, bytes);
            QVERIFY(!reader.next());
            QVERIFY(reader.broken());
        }
    }

    void a_body_that_is_cut_off_is_refused()
    {
        const std::string body = doneBody(1, "");
        for (std::size_t length = 0; length < body.size(); ++length) {
            QVERIFY2(!readDone(std::string_view(body).substr(0, length)), std::to_string(length).c_str());
        }
        QVERIFY(readDone(body).has_value());
        QVERIFY(!readFailed("short"));
    }

    void a_run_frame_carries_the_line_as_it_is()
    {
        std::string out;
        appendRun(out, AttemptId(0x0102030405060708), MiniBatchIndex(9), "{\"files\":[\"a\"]}");
        std::uint32_t length = 0;
        std::memcpy(&length, out.data(), 4);
        QCOMPARE(std::size_t { length } + 4, out.size());
        QCOMPARE(static_cast<ToWorker>(out[4]), ToWorker::Run);
        QVERIFY(out.ends_with("{\"files\":[\"a\"]}"));
    }
};

SHEAF_TEST(tst_frame_codec)
#include "tst_frame_codec.moc"
