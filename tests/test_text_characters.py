"""Characters repaired, lines tidied, languages told apart."""

import pytest

from index.text.characters import detect_language, drop_ruby, repair
from index.text.lines import columns, join, tidy

BODY = "朝から雨が降り、川の水位が上がった。町は橋を閉じ、住民に注意を呼びかけている。"


class TestCharacters:
    def test_radicals_become_ideographs_and_the_rest_stays(self) -> None:
        assert repair("⼤⾬の⻄⽇本、⻘い⿂") == "大雨の西日本、青い魚"
        assert repair("①㎡ｶﾅ（株）㍻") == "①㎡ｶﾅ（株）㍻"
        assert repair("か\u3099") == "が"

    def test_what_is_not_seen_goes(self) -> None:
        assert repair("\ufeff雨\u200bが\u202e降\u00adる\x07\ud800") == "雨が降る"
        assert repair("一\r\n二\r三\u2028四") == "一\n二\n三\n四"

    def test_tidy(self) -> None:
        assert tidy("\n\u3000雨。 \n\n\n\n風。\u3000\n\n") == "雨。\n\n風。"

    def test_ruby(self) -> None:
        assert drop_ruby("｜霧雨《きりさめ》と五月雨《さみだれ》") == "霧雨と五月雨"
        assert drop_ruby("｜Night《ナイト》") == "Night"
        assert drop_ruby("絵画《ゲルニカ》と《雨》") == "絵画《ゲルニカ》と《雨》"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (BODY, "ja"),
        ("USB Type-Cの新しい規格について、会社はWebサイトで説明した。", "ja"),
        ("今天天气很好，我们一起去公园散步。", "zh"),
        ("오늘은 날씨가 좋아서 공원에 갔다.", "ko"),
        ("The river rose after the rain, and the town closed the bridge.", "en"),
        ("Der Fluss stieg nach dem Regen, und die Stadt sperrte eine Brücke.", None),
        ("12345", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("雨が", "降った", "雨が降った"),
        ("the", "river", "the river"),
        ("雨が", "USB", "雨がUSB"),
        ("USB", "が", "USBが"),
        ("", "river", " river"),
    ],
)
def test_lines_are_joined_with_a_space_between_latin_words_only(
    before: str, after: str, joined: str
) -> None:
    assert join(before, after) == joined


def test_columns() -> None:
    assert columns("雨aｱ①") == 6
