"""Years and months a sentence speaks of without their number."""

from datetime import date

import pytest

from index.dates import in_full, in_other_calendar, spell_out

DAY = date(2025, 1, 22)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("昨年11月の取材で語った。", "2024年"),
        ("一昨年から続く。", "2023年"),
        ("今月17日に署名した。", "2025年 1月"),
        ("先月の会合では決まらなかった。", "2024年 12月"),
        ("来月に始まる。", "2025年 2月"),
        ("24年6月に調印した。", "2024年"),
        ("９０年代の話ではなく、９８年に起きた。", "1998年"),
        ("令和7年と平成元年と昭和39年。", "2025年 1989年 1964年"),
        ("17日の会合で述べた。", "2025年 1月"),
        ("25日に始まった。", "2024年 12月"),
        ("先週から続き、昨日終わった。", "2025年 1月"),
        ("3日間、2日目、1月25日、20〜22日。", ""),
        ("2024年6月、10年間で、50年前、第24年度に。", ""),
        ("1941年から45年の間、1990〜95年に。", ""),
        ("11年を要した。", ""),
        ("31日に発表した。", "2024年 12月"),
        ("10日ぶりに開き、15日連続で上がり、3日後に閉じた。", ""),
        ("令和六年十一月と昭和三十九年と平成元年。", "2024年 1964年 1989年"),
    ],
)
def test_spelled_out_against_the_day_of_the_article(text: str, spelled: str) -> None:
    assert spell_out(text, DAY) == spelled


def test_without_a_day_only_eras_are_known() -> None:
    assert spell_out("昨年、今月、24年6月、令和2年", None) == "2020年"


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


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("昭和39年に建った塔", "1964年"),
        ("2024年に完成した", "令和6年"),
        ("1925年と令和元年", "2019年 大正14年"),
        ("10年間で2倍、2024年間", ""),
    ],
)
def test_years_in_the_other_calendar(text: str, other: str) -> None:
    assert in_other_calendar(text) == other
