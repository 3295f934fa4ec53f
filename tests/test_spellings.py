"""Spellings: misspelt and foreign names find those of the articles, and nothing else is touched."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import article, collect, publish

from index.engine import Engine
from index.questions import lexicon, spellings
from index.questions.sounds import Names
from index.questions.spellings import understand
from index.questions.tables import people
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
    assert understand(question, names, known).text == respelled


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
    assert name in understand(question, names, known).text


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
    assert understand(question, names, known).text == question


PLACES = {
    "ja": [
        "アメリカと米国とドイツと北朝鮮、英国、中国、ジョージア、マリ、オマーン、台湾、ロシア、NATO。"
    ],
    "en": [
        "The US, the US and the U.S. met Britain, North Korea, China, Germany, Russia and NATO."
    ],
    "zh": ["美国、英国、朝鲜、中国、德国和俄罗斯。"],
}


@pytest.mark.parametrize(
    ("articles", "question", "understood"),
    [
        ("ja", "What did Germany say?", "What did Germany (ドイツ) say?"),
        ("ja", "What did the German minister say?", "What did the German (ドイツ) minister say?"),
        ("ja", "Who are the Russians?", "Who are the Russians (ロシア)?"),
        ("ja", "what did germany say", "what did germany (ドイツ) say"),
        ("ja", "德国说了什么？", "德国（ドイツ）说了什么？"),
        ("ja", "德國說了什麼？", "德國（ドイツ）說了什麼？"),
        ("ja", "What is US policy?", "What is US (アメリカ) policy?"),
        ("ja", "Did the USA agree?", "Did the USA (アメリカ) agree?"),
        ("ja", "USの関税", "US (アメリカ)の関税"),
        ("ja", "Did the UK agree?", "Did the UK (英国) agree?"),
        ("ja", "What did the DPRK do?", "What did the DPRK (北朝鮮) do?"),
        ("ja", "朝鲜派了谁？", "朝鲜（北朝鮮）派了谁？"),
        ("ja", "中华人民共和国在哪里？", "中华人民共和国（中国）在哪里？"),
        ("ja", "グルジアの首都", "グルジア（ジョージア）の首都"),
        ("en", "米国の関税", "米国（US）の関税"),
        ("en", "アメリカの関税", "アメリカ（US）の関税"),
        ("en", "イギリスの首相", "イギリス（Britain）の首相"),
        ("en", "北朝鮮の部隊", "北朝鮮（North Korea）の部隊"),
        ("en", "中国的经济", "中国（China）的经济"),
        ("en", "What did the USA say?", "What did the USA (US) say?"),
        ("zh", "米国の関税", "米国（美国）の関税"),
        ("zh", "Did the UK agree?", "Did the UK (英国) agree?"),
        ("zh", "北朝鮮の部隊", "北朝鮮（朝鲜）の部隊"),
        ("zh", "ドイツの首相", "ドイツ（德国）の首相"),
    ],
)
def test_a_place_finds_its_name_in_another_language(
    articles: str, question: str, understood: str
) -> None:
    names = collect(PLACES[articles])
    known = {term for text in PLACES[articles] for term in lexicon.terms(text)}
    assert understand(question, names, known).text == understood
    assert understand(understood, names, known).text == understood


@pytest.mark.parametrize(
    ("articles", "question"),
    [
        ("ja", "米国とイギリスの関係"),  # one term with アメリカ and 英国
        ("ja", "マリアとローマンはどこにいるか"),
        ("ja", "Who sang in Romania?"),
        ("ja", "Tell us about turkey"),
        ("ja", "Did NATO agree?"),
        ("ja", "中国はどう見るか"),
        ("zh", "中国はどう見るか"),
        ("en", "What did China say?"),
        ("zh", "美国说了什么？"),
        ("ja", "What did France say?"),  # in no article
    ],
)
def test_a_place_that_is_called_so_is_left_alone(articles: str, question: str) -> None:
    names = collect(PLACES[articles])
    known = {term for text in PLACES[articles] for term in lexicon.terms(text)}
    assert understand(question, names, known).text == question


def test_the_table_names_each_place_once_and_in_several_languages() -> None:
    path = Path(spellings.__file__).with_name("places.tsv")
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    rows = [[cell.split("|") if cell else [] for cell in line.split("\t")] for line in lines]
    assert {len(row) for row in rows} == {4}
    assert all(sum(map(bool, row)) > 1 for row in rows)
    in_other_rows = Counter(name for row in rows for name in {n for cell in row for n in cell})
    assert {name for name, count in in_other_rows.items() if count > 1} == set()


def test_a_person_is_known_by_other_names() -> None:
    path = Path(spellings.__file__).with_name("people.tsv")
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    names = [{n for c in line.split("\t") for n in c.split("|") if n} for line in lines]
    assert [n for n, count in Counter(n for own in names for n in own).items() if count > 1] == []
    assert {"ルビオ", "Rubio", "鲁比奥", "卢比奥"} <= next(own for own in names if "ルビオ" in own)
    assert people()[0]["卢比奥"] == "ルビオ"


@pytest.mark.parametrize(
    ("previous", "question", "understood"),
    [
        (
            "Why did Sibelius (シベリウス) praise Germany (ドイツ)?",
            "What about Russia?",
            "Sibelius (シベリウス) praise Germany (ドイツ). What about Russia (ロシア)?",
        ),
        (
            "德国（ドイツ）的总统是谁？",
            "那俄罗斯呢？",
            "德国（ドイツ）的总统。那俄罗斯（ロシア）呢？",
        ),
        ("ドイツの首都（2020年）は？", "ろしあは？", "ドイツの首都（2020年）。ロシアは？"),
    ],
)
def test_a_follow_up_is_filled_in_before_names_are_added(
    previous: str, question: str, understood: str
) -> None:
    names = collect([*TEXTS, *PLACES["ja"]])
    assert understand(question, names, {"ロシア"}, previous=previous).text == understood


@pytest.mark.parametrize(("question", "other"), [("米国の関税", "en"), ("US tariffs", "ja")])
def test_a_place_finds_the_article_in_another_language(
    make_engine: Callable[..., Engine], tmp_path: Path, question: str, other: str
) -> None:
    for language, texts in {**PLACES, "": ["The weather was fine. 晴れ。"]}.items():
        if language in {other, ""}:
            (tmp_path / f"{language}.txt").write_text(texts[0] * 5, "utf-8")
    engine = make_engine()
    engine.build([tmp_path])
    assert engine.search(question)[0].passage.text.startswith(PLACES[other][0][:10])


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("万斯说了什么？", "万斯（バンス）"),
        ("What did Rubio say?", "Rubio (ルビオ)"),
        ("鲁比奥和奥巴马", "鲁比奥（ルビオ）和奥巴马"),
    ],
)
def test_a_person_of_the_table_finds_the_name_in_another_language(question: str, name: str) -> None:
    texts = ["ヴァンス氏とルビオ氏が会った。"]
    known = {term for text in texts for term in lexicon.terms(text)}
    assert name in understand(question, collect([]), known).text


def test_of_two_names_of_one_sound_the_more_frequent_is_taken() -> None:
    names = collect(["バイオレッタ", "ヴァイオレッタとヴァイオレッタ"])
    assert understand("ばいおれった", names, set()).text == "ヴァイオレッタ"


def test_a_slip_that_two_names_share_is_left_alone() -> None:
    names = collect(["ゾルベキノン、ゾルベキロン"])
    assert understand("ゾルベキモンはどこ", names, set()).text == "ゾルベキモンはどこ"
    assert understand("ゾルベロキンはどこ", names, set()).text == "ゾルベキロンはどこ"


def test_names_are_sorted_by_sound_and_none_is_none() -> None:
    names = collect(TEXTS)
    assert names["sound"].tolist() == sorted(names["sound"].tolist())
    assert len(names["sound"]) == len(names["name"]) == len(names["foreign"])
    empty = collect(["それはこれではない。"])
    assert empty["name"].size == 0
    assert understand("コペンハーゲンとSibeliusとこぺんはーげん", empty, set()).text.startswith(
        "コペン"
    )
    assert understand("Sibelius and 西贝柳斯", empty, set()).text == "Sibelius and 西贝柳斯"


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


@pytest.mark.parametrize(
    ("question", "understood", "previous", "follow_up"),
    [
        ("グルジアの首都はどこか", "グルジア（ジョージア）の首都はどこか", "ドイツの首都はどこか", "ろしあは？"),
        ("When did Germany agree?", "When did Germany (ドイツ) agree?", "Who leads Germany?",
         "What about Russia?"),
        ("德国说了什么？", "德国（ドイツ）说了什么？", "德国的总统是谁？", "那俄罗斯呢？"),
    ],
)  # fmt: skip
def test_only_what_is_filled_in_from_the_question_before_is_a_follow_up(
    make_engine: Callable[..., Engine],
    tmp_path: Path,
    question: str,
    understood: str,
    previous: str,
    follow_up: str,
) -> None:
    (tmp_path / "places.txt").write_text(PLACES["ja"][0] * 5, "utf-8")
    engine = make_engine()
    engine.build([tmp_path])
    for before in (None, "", " \n", previous):
        *_, step = engine.steps(question, previous=before)
        answer = step.answer
        assert answer is not None
        assert (answer.question, answer.understood) == (question, understood)
        assert not answer.follow_up
    assert not engine.ask(follow_up).follow_up
    assert engine.ask(follow_up, previous=previous).follow_up
