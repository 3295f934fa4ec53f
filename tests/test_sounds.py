"""Sounds: one for a name in kana, in Latin letters and in Chinese, as nearly as can be."""

import pytest
from conftest import collect
from hypothesis import given
from hypothesis import strategies as st

from index.questions import sounds

SOUND = st.text(sounds.PHONES, max_size=10)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ゼレンスキー", "ぜれんすき"),
        ("ウォルツ", "ウオルツ"),
        ("ヴァイオリン", "バイオリン"),
        ("クリミヤ", "クリミア"),
        ("シャルル", "しゃるる"),
        ("ﾆｭｰﾄﾝ", "ニュートン"),
        ("ほっかいどう", "ホッカイドウ"),
        ("おおさか", "オーサカ"),
    ],
)
def test_ways_to_write_a_name_in_kana_sound_the_same(a: str, b: str) -> None:
    assert sounds.of_kana(a) == sounds.of_kana(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ハト", "ホト"),
        ("キセル", "ギセル"),
        ("ティナ", "テナ"),
        ("ツチヤ", "スシヤ"),
        ("ンダ", "ダ"),
    ],
)
def test_other_kana_sound_otherwise(a: str, b: str) -> None:
    assert sounds.of_kana(a) != sounds.of_kana(b)


def test_characters_of_china_and_japan_sound_the_same() -> None:
    assert sounds.of_chinese("习近平") == sounds.of_chinese("習近平")


@pytest.mark.parametrize(
    ("kana", "latin", "chinese"),
    [
        ("メルケル", "Merkel", "默克尔"),
        ("ドビュッシー", "Debussy", "德彪西"),
        ("コペンハーゲン", "Copenhagen", "哥本哈根"),
        ("シベリウス", "Sibelius", "西贝柳斯"),
    ],
)
def test_a_name_is_nearer_to_itself_than_to_another(kana: str, latin: str, chinese: str) -> None:
    own = sounds.of_kana(kana)
    for sound in (sounds.of_latin(latin), sounds.of_chinese(chinese)):
        others = [sounds.of_kana(k) for k in ("マクドナルド", "サンパウロ", "キルケゴール")]
        assert sounds.distance(own, sound) < min(sounds.distance(o, sound) for o in others)


def test_moras() -> None:
    assert sounds.moras(sounds.of_kana("ゼレンスキー")) == ["ze", "re", "n", "su", "ki"]
    assert sounds.moras(sounds.of_kana("カナンダ")) == ["ka", "na", "n", "da"]


def slipped(typed: str, *names: str) -> str | None:
    return sounds.slipped(sounds.of_kana(typed), collect(names), least=4)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("カナタサハ", "カナタサハ"),
        ("カナタサハ", "カナタハ"),  # one put in
        ("カナタハ", "カナタサハ"),  # left out
        ("カナサタハ", "カナタサハ"),  # swapped
        ("カナタサヒ", "カナタサハ"),  # mistaken
        ("カナタサハマヤヒヘ", "カナタサハマヤラレ"),  # two
    ],
)
def test_a_slip_leads_to_the_name(typed: str, name: str) -> None:
    assert slipped(typed, name) == name


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("カナタサヒ", ["カナタレレ"]),  # two, in a short word
        ("ハナタサヒ", ["カナタサハ"]),  # begins otherwise
        ("サロナ", ["サバナ"]),
        ("カナタサヒ", ["カナタサハ", "カナタサマ"]),  # one of two
    ],
)
def test_more_than_a_slip_leads_to_none(typed: str, names: list[str]) -> None:
    assert slipped(typed, *names) is None


@given(SOUND, SOUND)
def test_a_distance_is_the_same_both_ways_and_none_to_itself(a: str, b: str) -> None:
    assert sounds.distance(a, b) == pytest.approx(sounds.distance(b, a))
    assert sounds.distance(a, a) == 0


@given(st.text(max_size=30))
def test_any_text_has_a_sound_of_known_phones(text: str) -> None:
    for sound in (sounds.of_kana(text), sounds.of_latin(text), sounds.of_chinese(text)):
        assert set(sound) <= set(sounds.PHONES)
        assert "".join(sounds.moras(sound)) == sound
