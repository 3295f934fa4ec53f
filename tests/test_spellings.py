"""Spellings: misspelt and foreign names find those of the articles, and nothing else is touched."""

from pathlib import Path

import numpy as np
import pytest
from conftest import article, publish

from index.engine import Engine
from index.questions import lexicon
from index.questions.sounds import Names
from index.questions.spellings import collect, understand
from index.store import Home

TEXTS = (
    "コペンハーゲンでシベリウスとドビュッシーが会い、ヴァレンシュタイン将軍の伝記を語った。",
    "北海道の旭川では、指揮者の黒柳朔太郎がスケルツォを振った。評論家はカール・ニールセンを推す。",
    "張学良は蓬莱島を訪れた。メルケルは留守だった。会場のスピーカーは新しい。",
)


@pytest.fixture(scope="module")
def names() -> Names:
    return collect(TEXTS)


@pytest.fixture(scope="module")
def known() -> set[str]:
    return {term for text in TEXTS for term in lexicon.terms(text)}


@pytest.mark.parametrize(
    ("question", "respelled"),
    [
        ("こぺんはーげんはどこの首都？", "コペンハーゲンはどこの首都？"),
        ("コペンハゲンの人口は", "コペンハーゲンの人口は"),
        ("コペハンーゲンの人口は", "コペンハーゲンの人口は"),
        ("どびゅっしーとしべりうすはいつ会ったか", "ドビュッシーとシベリウスはいつ会ったか"),
        ("シベリスの交響曲", "シベリウスの交響曲"),
        ("ドヴュッシーの曲", "ドビュッシーの曲"),
        ("カルニルセンの曲", "カール・ニールセンの曲"),
        ("くろやなぎさくたろうの曲は？", "黒柳朔太郎の曲は？"),
    ],
)
def test_misspelt_kana_becomes_the_name(
    question: str, respelled: str, names: Names, known: set[str]
) -> None:
    assert understand(question, names, known) == respelled


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Who met Sibelius in the city?", "Sibelius (シベリウス)"),
        ("When was Copenhagen visited?", "Copenhagen (コペンハーゲン)"),
        ("What does Carl Nielsen say?", "Carl Nielsen (カール・ニールセン)"),
        ("where is copenhagen", "copenhagen (コペンハーゲン)"),
        ("Sibeliusの曲は？", "Sibelius (シベリウス)の曲は？"),
        ("Zhang Xueliang was where?", "Zhang Xueliang (張学良)"),
        ("西贝柳斯是谁？", "西贝柳斯（シベリウス）是谁？"),
        ("张学良去了哪里？", "张学良（張学良）去了哪里？"),
    ],
)
def test_a_name_in_another_script_is_followed_by_that_of_the_articles(
    question: str, name: str, names: Names, known: set[str]
) -> None:
    assert name in understand(question, names, known)


@pytest.mark.parametrize(
    "question",
    [
        "コペンハーゲンとドビュッシーの関係は？",  # spelt right
        "シンガポールのメンデルスゾーンとは？",  # other names
        "メンケルはどこにいたか",  # a short name may be another's
        "スピーカーの値段は？",
        "なぜそこへいったのですか",  # words in hiragana
        "そのときどうしたらよかったのでしょうか",
        "How was the speech of the new minister received?",
        "Who was Schubert?",
        "舒伯特是谁？",
        "習金評 発言 普通選挙",
        "章雪凉是谁？",  # sounds like 張学良, but shares no character with it
        "What A Wonderful Worldを歌ったのは誰",
        "他后来去了哪里，为什么？",
        "",
    ],
)
def test_everything_else_is_left_alone(question: str, names: Names, known: set[str]) -> None:
    assert understand(question, names, known) == question


def test_of_two_names_of_one_sound_the_more_frequent_is_taken() -> None:
    names = collect(["バイオレッタ", "ヴァイオレッタとヴァイオレッタ"])
    assert understand("ばいおれった", names, set()) == "ヴァイオレッタ"


def test_a_slip_that_two_names_share_is_left_alone() -> None:
    names = collect(["ゾルベキノン、ゾルベキロン"])
    assert understand("ゾルベキモンはどこ", names, set()) == "ゾルベキモンはどこ"
    assert understand("ゾルベロキンはどこ", names, set()) == "ゾルベキロンはどこ"


def test_names_are_sorted_by_sound_and_none_is_none() -> None:
    names = collect(TEXTS)
    assert names["sound"].tolist() == sorted(names["sound"].tolist())
    assert len(names["sound"]) == len(names["name"]) == len(names["foreign"])
    empty = collect(["それはこれではない。"])
    assert empty["name"].size == 0
    assert understand("コペンハーゲンとSibeliusとこぺんはーげん", empty, set()).startswith("コペン")
    assert understand("Sibelius and 西贝柳斯", empty, set()) == "Sibelius and 西贝柳斯"


def test_names_survive_the_disk(tmp_path: Path, names: Names) -> None:
    home = Home(tmp_path / "home")
    publish(home, [article(f"a{n}", text) for n, text in enumerate(TEXTS)])
    kept = home.open().names
    assert kept.keys() == names.keys()
    assert all(np.array_equal(kept[key], names[key]) for key in names)


def test_an_answer_shows_the_question_as_understood(engine: Engine) -> None:
    answer = engine.ask("くらもちそういちは日誌に何と記したか")
    assert answer.question == "くらもちそういちは日誌に何と記したか"
    assert answer.understood == "倉持宗一は日誌に何と記したか"
    assert engine.search("くらもちそういち") == engine.search("倉持宗一")
