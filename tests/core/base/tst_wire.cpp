// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/base/wire.h"
#include "tests/support/test_runner.h"

using namespace sheaf;

namespace {

struct Ping
{
    StepIndex step;
    std::string_view text {};
};
BOOST_DESCRIBE_STRUCT(Ping, (), (step, text))

struct Pong
{
    std::vector<Ping> pings {};
    double seconds = 0;
    bool ok = false;
    std::string owned {};
};
BOOST_DESCRIBE_STRUCT(Pong, (), (pings, seconds, ok, owned))

using Message = std::variant<Ping, Pong>;

std::string bytesOf(const Message& message)
{
    std::string bytes;
    wire::write(bytes, message);
    return bytes;
}

Message fullMessage()
{
    return Pong { { { StepIndex(3), "one" }, { StepIndex(4), std::string_view("\0two\n", 5) } },
        0.25, true, "mine" };
}

} // namespace

class tst_wire : public QObject
{
    Q_OBJECT

private slots:
    void what_is_written_is_read_back()
    {
        const std::string bytes = bytesOf(fullMessage());
        wire::Reader reader(bytes);
        Message message;
        reader.read(message);
        QVERIFY(reader.ok());
        QVERIFY(reader.atEnd());
        const auto& pong = std::get<Pong>(message);
        QCOMPARE(pong.pings.size(), std::size_t(2));
        QCOMPARE(pong.pings[0].step, StepIndex(3));
        QCOMPARE(pong.pings[1].text, std::string_view("\0two\n", 5));
        QCOMPARE(pong.seconds, 0.25);
        QVERIFY(pong.ok);
        QCOMPARE(pong.owned, std::string("mine"));
    }

    void views_point_into_the_bytes()
    {
        const std::string bytes = bytesOf(Ping { StepIndex(1), "hello" });
        wire::Reader reader(bytes);
        Message message;
        reader.read(message);
        const std::string_view text = std::get<Ping>(message).text;
        QVERIFY(text.data() >= bytes.data()
            && text.data() + text.size() <= bytes.data() + bytes.size());
    }

    void several_messages_lie_one_behind_the_other()
    {
        std::string bytes = bytesOf(Ping { StepIndex(1), "a" });
        wire::write(bytes, fullMessage());
        wire::Reader reader(bytes);
        Message message;
        reader.read(message);
        QCOMPARE(std::get<Ping>(message).text, std::string_view("a"));
        QVERIFY(!reader.atEnd());
        reader.read(message);
        QVERIFY(reader.ok() && reader.atEnd());
        QCOMPARE(std::get<Pong>(message).owned, std::string("mine"));
    }

    void bytes_cut_anywhere_are_noticed()
    {
        const std::string bytes = bytesOf(fullMessage());
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            const std::string cut = bytes.substr(
                0, length); // its own memory: a read beyond is seen by the sanitizers
            wire::Reader reader(cut);
            Message message;
            reader.read(message);
            QVERIFY2(!reader.ok(), std::to_string(length).c_str());
        }
    }

    void a_length_that_lies_takes_no_memory()
    {
        std::string bytes(1, '\1'); // a Pong …
        bytes += "\xff\xff\xff\xff"; // … of four milliards of Pings
        wire::Reader reader(bytes);
        Message message;
        reader.read(message);
        QVERIFY(!reader.ok());
        QVERIFY(std::get<Pong>(message).pings.size() <= 1);
    }

    void an_unknown_message_is_noticed()
    {
        wire::Reader reader(std::string_view("\x02rest", 5));
        Message message;
        reader.read(message);
        QVERIFY(!reader.ok());
    }
};

SHEAF_TEST(tst_wire)
#include "tst_wire.moc"
