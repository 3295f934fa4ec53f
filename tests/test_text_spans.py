"""The days that a sentence may mean, and those that a question asks about."""

from datetime import date

import pytest

from index.text.spans import asked_about, mentions

DAY = date(2025, 1, 22)


@pytest.mark.parametrize(
    ("sentence", "spoken"),
    [
        ("運河は1923年に開通した。", ["1923"]),
        ("２０２４年11月５日に投票があった。", ["2024-11-05"]),
        ("2024年11月に会った。", ["2024-11"]),
        ("2024年12月に始まる。", ["2024-12"]),
        ("内戦（1950〜1953年）と1941年から45年の戦い。", ["1950–1953", "1941–1945"]),
        ("1970年代と90年代の話。", ["1970–1979", "1990–1999"]),
        ("2010年前後、2024年前半。", ["2010", "2024"]),
        ("2024年2月3日に始まり、5月に終わった。", ["2024-02-03", "2024-05"]),
        ("2023年2月3日に始まり、2024年5月に延び、6月に終わった。", ["2023-02-03", "2024-05", "2024-06"]),
        ("1月21日に発表した。1月22日に会った。", ["2025-01-21", "2025-01-22"]),
        ("1月23日に会った。", ["2024-01-23"]),
        ("1953〜1950年の内戦。", []),
        ("1987年と1987年。", ["1987"]),
        ("昨年11月、今月17日、一昨年、令和2年3月。", ["2024-11", "2025-01-17", "2023", "2020-03"]),
        ("1月20日に就任し、11月5日に選ばれていた。", ["2025-01-20", "2024-11-05"]),
        ("11月5日に選ばれた。", ["2024-11-05"]),
        ("Signed on November 5, 2024 and 3 March 1999; since 1972, in the 1980s.",
         ["2024-11-05", "1999-03-03", "1972", "1980–1989"]),
        ("Published 2019-04-12.", ["2019-04-12"]),
        ("会議を終え，1988年4月，帰国した。平成12（2000）年6月20日の決定。", ["1988-04", "2000-06-20"]),
        ("9月号を1000年前の人が2000年間、1500年の歴史で読んだ。", []),
        ("紀元前1200年、12,000年、3.2014年、2025年2月30日。", []),
        ("4万2千人が11年を、3か月と2日間、1990円で。", []),
    ],
)  # fmt: skip
def test_dates_of_a_sentence(sentence: str, spoken: list[str]) -> None:
    assert [str(span) for span in mentions(sentence, DAY)] == spoken


def test_without_a_day_only_what_names_its_year_is_a_mention() -> None:
    assert [str(s) for s in mentions("昨年11月、1月20日、17日、平成元年。", None)] == ["1989"]


@pytest.mark.parametrize(
    ("sentence", "spoken"),
    [
        (
            "2022（令和4）年4月に当選し、同年9月に決め、翌年5月に始めた。",
            ["2022-04", "2022-09", "2023-05"],
        ),
        ("同じ1月20日に会い、同日午後に署名した。", ["2025-01-20"]),
        ("6月2日に再開し、2028年の開業を目指す。", ["2025-06-02", "2028"]),
        ("12月の市議会で答えた。", ["2024-12"]),
        ("4月の漁をやめることで合意した。", []),
        ("2025年3月期の売上高は、1日9,400人、週3日、築56年、この10年で増えた。", []),
        ("前年比で増え、同年代の人が前日比で減った。", []),
    ],
)
def test_dates_that_count_from_others_or_leave_the_year(sentence: str, spoken: list[str]) -> None:
    assert [str(span) for span in mentions(sentence, DAY)] == spoken


def test_the_sentences_before_tell_the_year_and_the_day() -> None:
    before = mentions("2024年3月3日に決めた。", None)
    assert [str(s) for s in mentions("同じ3月4日に始め、翌日に終えた。", None, before)] == [
        "2024-03-04",
        "2024-03-05",
    ]
    assert mentions("同年9月、4月5日。", None) == []


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("2025年3月に何が起きた？", "2025-03-01", "2025-03-31"),
        ("What happened in March 2025?", "2025-03-01", "2025-03-31"),
        ("二〇二五年三月发生了什么", "2025-03-01", "2025-03-31"),
        ("三月に何があった", "2024-03-01", "2024-03-31"),
        ("what happened last year", "2024-01-01", "2024-12-31"),
        ("去年の7月", "2024-07-01", "2024-07-31"),
        ("2022年から2024年まで", "2022-01-01", "2024-12-31"),
        ("从2008年到2010年", "2008-01-01", "2010-12-31"),
        ("timeline of the 1970s", "1970-01-01", "1979-12-31"),
        ("平成の30年間に", "1989-01-01", "2018-12-31"),
        ("since 2022", "2022-01-01", "9999-12-31"),
        ("2024年7月の水害の後", "2024-07-01", "9999-12-31"),
        ("until March 9, 2024", "0001-01-01", "2024-03-09"),
        ("先月", "2024-12-01", "2024-12-31"),
    ],
)  # fmt: skip
def test_the_days_that_a_question_asks_about(question: str, first: str, last: str) -> None:
    span, _ = asked_about(question, DAY)
    assert span is not None
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)


def test_what_a_question_says_beside_its_days() -> None:
    assert asked_about("2025年3月のダムの動き", DAY)[1].split() == ["のダムの動き"]
    assert asked_about("ダムの経緯", DAY) == (None, "ダムの経緯")
