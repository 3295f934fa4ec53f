"""Dates of mastheads, dates that sentences speak of, and the days that those may mean."""

from datetime import date

import pytest

from index.text.dates import (
    in_full,
    is_date_line,
    is_day_line,
    published_on,
    spell_out,
)

DAY = date(2025, 1, 22)


class TestMastheads:
    @pytest.mark.parametrize(
        "line",
        [
            "2025年01月22日(水)16時40分",
            "2025年1月22日（水） 午後4時40分",
            "2025/01/22 16:40",
            "2025-01-22",
            "2025-01-22T16:40:00+09:00",
            "2025.1.22",
            "２０２５年１月２２日",
            "令和7年1月22日",
            "令和七年".replace("七", "7") + "1月22日",
            "2025年（令和7年）1月22日",
            "令和7（2025）年1月22日",
            "Jan. 22, 2025",
            "January 22, 2025 4:40 p.m. JST",
            "Wednesday, January 22, 2025",
            "22 January 2025",
            "2025年1月22日 星期三",
            "2025年1月22日午後 4:05 GMT+9 · 2時間前更新",
            "配信 2025/01/22 11:00 (JST)",
            "公開：2025年1月22日 更新：2025年1月25日",
            "更新：2025年1月25日 公開：2025年1月22日",
            "2025年1月22日公開 2025年1月25日更新",
        ],
    )
    def test_forms(self, line: str) -> None:
        found = published_on(line)
        assert found is not None
        assert found[0] == DAY
        assert is_date_line(line)

    def test_eras(self) -> None:
        assert published_on("平成31年4月30日") == (date(2019, 4, 30), False)
        assert published_on("令和元年5月1日") == (date(2019, 5, 1), False)
        assert published_on("昭和64年1月7日") == (date(1989, 1, 7), False)

    def test_the_day_that_a_label_says_goes_before_others(self) -> None:
        assert published_on("2025年1月21日 2025年1月22日公開") == (DAY, True)
        assert published_on("1850年1月1日") == (date(1850, 1, 1), False)

    def test_a_line_without_a_date_is_no_date_line(self) -> None:
        assert not is_date_line("(水) 16:40")
        assert not is_date_line("")

    @pytest.mark.parametrize(
        "line",
        [
            "03/04/2025",
            "2025年2月30日",
            "2025年1月",
            "21日",
            "最終更新日: 2025年1月22日",
            "2025/01/22 16:40 更新",
            "2025年1月22日の株価まとめ",
            "電話 2025-01-2234",
            "1849年12月31日",
            "2151年1月1日",
            "春の大雨で川の水位が上がり、町は橋を閉じて注意を呼びかけた 2025年1月22日 16:40",
        ],
    )
    def test_what_is_no_day_of_publication(self, line: str) -> None:
        assert published_on(line) is None

    def test_a_sites_name_may_stand_beside(self) -> None:
        assert published_on("みどり新聞 2025/1/22 5:00") == (DAY, False)
        assert not is_date_line("みどり新聞 2025/1/22 5:00")


def test_an_update_without_a_year_belongs_to_the_day_before_it() -> None:
    assert published_on("2025/1/22 16:00(最終更新 1/22 16:12)") == (DAY, False)
    assert published_on("最終更新 2025/1/22 16:12") is None


def test_a_day_without_its_year_is_a_mark_and_no_date() -> None:
    assert is_day_line("1/22(水) 16:40配信")
    assert is_day_line("1月22日 16時40分")
    assert not is_day_line("1月22日の株価まとめ")
    assert published_on("1/22(水) 16:40配信") is None


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("昨年11月の取材で語った。", "2024年"),
        ("一昨年から続く。", "2023年"),
        ("今月17日に署名した。", "2025年 1月"),
        ("先月の会合では決まらなかった。", "2024年 12月"),
        ("来月に始まる。", "2025年 2月"),
        ("24年6月に調印した。", "2024年"),
        ("74年6月に完成する。", "2074年"),
        ("75年6月に完成した。", "1975年"),
        ("先々月に始まり、来年に終わる。", "2024年 11月 2026年"),
        ("９０年代の話ではなく、９８年に起きた。", "1998年"),
        ("令和12年に、平成10年の、2024年に。", ""),
        ("17日の会合で述べた。", "2025年 1月"),
        ("25日に始まった。", "2024年 12月"),
        ("先週から続き、昨日終わった。", "2025年 1月"),
        ("3日間、2日目、1月25日、20〜22日。", ""),
        ("2024年6月、10年間で、50年前、第24年度に。", ""),
        ("1941年から45年の間、1990〜95年に。", ""),
        ("11年を要した。", ""),
        ("31日に発表した。", "2024年 12月"),
        ("10日ぶりに開き、15日連続で上がり、3日後に閉じた。", ""),
        ("令和六年十一月三日と一一月五日。", ""),
    ],
)
def test_spelled_out_against_the_day_of_the_article(text: str, spelled: str) -> None:
    assert spell_out(text, DAY) == spelled


@pytest.mark.parametrize(
    ("word", "day", "spelled"),
    [
        ("一昨日", date(2025, 3, 2), "2025年 2月"),
        ("昨日", date(2025, 3, 1), "2025年 2月"),
        ("本日", date(2025, 3, 1), "2025年 3月"),
        ("先々週", date(2025, 3, 14), "2025年 2月"),
        ("先週", date(2025, 3, 7), "2025年 2月"),
        ("今週", date(2025, 3, 1), "2025年 3月"),
        ("来週", date(2025, 2, 22), "2025年 3月"),
    ],
)
def test_days_and_weeks_are_counted_across_the_months(word: str, day: date, spelled: str) -> None:
    assert spell_out(f"{word}に会った。", day) == spelled


def test_without_a_day_nothing_is_told() -> None:
    assert spell_out("昨年、今月、24年6月、令和2年", None) == ""


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("昨年11月の取材", "2024年11月の取材"),
        ("今月17日に署名", "2025年1月17日に署名"),
        ("25日に始まり、令和7年３月に終わる", "2024年12月25日に始まり、2025年3月に終わる"),
        ("24年6月に調印", "2024年6月に調印"),
        ("2024年6月の3日間", "2024年6月の3日間"),
    ],
)
def test_written_in_full_in_place(text: str, written: str) -> None:
    assert in_full(text, DAY) == written


def test_what_cannot_be_read_without_a_day_stays_as_it_is() -> None:
    assert in_full("昨年、17日、令和2年", None) == "昨年、17日、2020年"


def test_a_day_that_a_month_lacks_belongs_to_the_month_before() -> None:
    assert spell_out("31日に会った。", date(2025, 3, 5)) == "2025年 1月"
    assert spell_out("29日に会った。", date(2024, 3, 5)) == "2024年 2月"
    assert spell_out("30日に会った。", date(2025, 3, 31)) == "2025年 3月"
