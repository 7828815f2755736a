// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: The Sheaf authors
#include "core/event/event_codec.h"
#include "tests/support/result_macros.h"
#include "tests/support/test_runner.h"

#include <boost/core/demangle.hpp>
#include <boost/mp11.hpp>

#include <limits>

using namespace sheaf;
using namespace sheaf::event;

namespace {

AttemptEnded fullAttempt()
{
    AttemptEnded ended;
    ended.step = StepIndex(2);
    ended.miniBatch = MiniBatchIndex(4294967295U);
    ended.attempt = AttemptId(18446744073709551615U);
    ended.node = NodeIndex(3);
    ended.process = ProcessNumber(7);
    ended.outcome = AttemptOutcome::BadReturn;
    ended.final = false;
    ended.picked = 65535;
    ended.startMicros = -1;
    ended.elapsedSeconds = 0.1;
    ended.processSeconds = 1e-7;
    ended.runSeconds = 12345.6789;
    ended.items = 10;
    ended.code = 2;
    ended.returned = 9;
    ended.rowsBegin = 1;
    ended.rowsEnd = 9007199254740993U;
    ended.error = "KeyError: \"x\\y\"\t\x01\x7f";
    ended.traceback = "line 1\r\n  line 2 \xC3\xA4\xE2\x82\xAC\xF0\x9F\x8C\xBE\n";
    ended.logs = { { LogStream::Stdout, 0, 12 }, { LogStream::EntryScriptLog, 5, 6 } };
    return ended;
}

std::string allOf(const AttemptEnded& ended)
{
    return json::serialize(ended);
}

} // namespace

class tst_event_codec : public QObject
{
    Q_OBJECT

private slots:
    void every_fact_has_the_name_of_its_struct_and_comes_back()
    {
        boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, Fact>>(
            [](auto type) {
                using T = typename decltype(type)::type;
                const Fact fact = T {};
                const std::string name(factName(fact));
                QVERIFY2(isFactName(name), name.c_str());
                const std::string signature = boost::core::demangle(typeid(T).name());
                QCOMPARE(signature, "sheaf::event::" + name);
                const auto back = factFrom(name, factJson(fact));
                VERIFY_OK(back);
                QVERIFY(std::holds_alternative<T>(*back));
                QCOMPARE(factJson(*back), factJson(fact));
            });
    }

    void an_end_of_an_attempt_comes_back_whole()
    {
        const auto back = factFrom("AttemptEnded", factJson(fullAttempt()));
        VERIFY_OK(back);
        QCOMPARE(allOf(std::get<AttemptEnded>(*back)), allOf(fullAttempt()));
    }

    void the_hand_written_json_says_what_the_described_struct_says()
    {
        const auto read = json::deserialize<AttemptEnded>(factJson(fullAttempt()), "test");
        VERIFY_OK(read);
        QCOMPARE(allOf(*read), allOf(fullAttempt()));
        const auto byHand = json::parse(factJson(fullAttempt()));
        const auto described = json::parse(allOf(fullAttempt()));
        QCOMPARE(byHand->get_object().size(), described->get_object().size());
    }

    void members_in_another_order_left_out_or_unknown_are_read_leniently()
    {
        const auto fact = factFrom(
            "AttemptEnded", R"({ "miniBatch": 5, "newer": [1], "step": 1, "error": "\u00e4" })");
        VERIFY_OK(fact);
        const auto& ended = std::get<AttemptEnded>(*fact);
        QCOMPARE(ended.miniBatch.value, 5U);
        QCOMPARE(ended.step.value, 1U);
        QCOMPARE(ended.error, std::string("\xC3\xA4"));
        QVERIFY(ended.final);
    }

    void bytes_that_are_no_utf8_are_replaced_so_that_the_json_stays_readable()
    {
        AttemptEnded ended;
        ended.error = "caf\xE9 \xC3\xA4 \xED\xA0\x80 \xF5 \xC3";
        const std::string expected
            = "caf\xEF\xBF\xBD \xC3\xA4 \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xEF\xBF\xBD "
              "\xEF\xBF\xBD";
        VERIFY_OK(json::parse(factJson(ended)));
        const auto back = factFrom("AttemptEnded", factJson(ended));
        VERIFY_OK(back);
        QCOMPARE(std::get<AttemptEnded>(*back).error, expected);
        WarningRaised warning;
        warning.text = "\xFF!";
        const auto warned = factFrom("WarningRaised", factJson(warning));
        VERIFY_OK(warned);
        QCOMPARE(std::get<WarningRaised>(*warned).text, std::string("\xEF\xBF\xBD!"));
    }

    void seconds_that_are_no_number_become_zero()
    {
        AttemptEnded ended;
        ended.runSeconds = std::numeric_limits<double>::quiet_NaN();
        ended.elapsedSeconds = std::numeric_limits<double>::infinity();
        const auto back = factFrom("AttemptEnded", factJson(ended));
        VERIFY_OK(back);
        QCOMPARE(std::get<AttemptEnded>(*back).runSeconds, 0.0);
        QCOMPARE(std::get<AttemptEnded>(*back).elapsedSeconds, 0.0);
    }

    void what_cannot_be_read_fails_with_parse()
    {
        COMPARE_ERROR(factFrom("NodeExploded", "{}"), ErrorCode::Parse);
        COMPARE_ERROR(factFrom("RunEnded", "{\"state\":\"Sleeping\"}"), ErrorCode::Parse);
        const std::string whole = factJson(fullAttempt());
        for (std::size_t length = 0; length < whole.size(); ++length) {
            COMPARE_ERROR(factFrom("AttemptEnded", std::string_view(whole).substr(0, length)),
                ErrorCode::Parse);
        }
    }
};

SHEAF_TEST(tst_event_codec)
#include "tst_event_codec.moc"
