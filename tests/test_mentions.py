"""The dates that sentences speak of, against hand-made examples."""

from datetime import date

import pytest

from index.mentions import mentions

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
        ("1987年と1987年。", ["1987"]),
        ("昨年11月、今月17日、一昨年、令和2年3月。", ["2024-11", "2025-01-17", "2023", "2020-03"]),
        ("1月20日に就任し、11月5日に選ばれていた。", ["2025-01-20", "2025-11-05"]),
        ("11月5日に選ばれた。", ["2024-11-05"]),
        ("Signed on November 5, 2024 and 3 March 1999; since 1972, in the 1980s.",
         ["2024-11-05", "1999-03-03", "1972", "1980–1989"]),
        ("Published 2019-04-12.", ["2019-04-12"]),
        ("9月号を1000年前の人が2000年間、1500年の歴史で読んだ。", []),
        ("紀元前1200年、12,000年、3.2014年、2025年2月30日。", []),
        ("4万2千人が11年を、3か月と2日間、1990円で。", []),
    ],
)  # fmt: skip
def test_dates_of_a_sentence(sentence: str, spoken: list[str]) -> None:
    assert [str(span) for span in mentions(sentence, DAY)] == spoken


def test_without_a_day_only_what_names_its_year() -> None:
    assert [str(s) for s in mentions("昨年11月、1月20日、17日、平成元年。", None)] == ["1989"]
