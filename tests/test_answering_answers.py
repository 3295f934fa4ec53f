"""What a refusal names and shows; that it says nothing false matters more than that it says much."""

from dataclasses import replace

import pytest
from conftest import FakeCrossEncoder, article, publish, read

from index import answering
from index.answering.answers import SHOWN, refuse
from index.store import Home


def refused(
    home: Home, question: str, *texts: str, **fields: object
) -> tuple[str, tuple[str, ...]]:
    """A refusal over these articles, all on the subject, and what it calls missing."""
    publish(home, [article(f"a{n}", text, **fields) for n, text in enumerate(texts)])
    found = read(home.open(), question)
    sure = {"nearness": 1.0, "answered": 0.0}  # the fake encoder knows one language at a time
    return refuse(replace(found, sentences=tuple(replace(s, **sure) for s in found.sentences)))


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("ブラジルの首都はどこか", "ブラジル"),
        ("ブラジルの首都とブラジルの人口は", "ブラジル"),
        ("篠田氏の年齢は？", "篠田"),
        ("新潟の人口は何人か", "新潟"),
        ("ゼレンスキー氏は何と述べたか。", "ゼレンスキー"),
    ],
)
def test_a_name_that_stands_nowhere_is_named(home: Home, question: str, word: str) -> None:
    said, missing = refused(home, question, "港の灯台は白い。", "川は深い。")
    assert missing == (word,)
    assert f"「{word}」は、どの記事にも出てきません。" in said
    assert "灯台" not in said
    assert "川は" not in said


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("米国の首都はどこか", "アメリカは広い。"),
        ("アメリカの大統領は誰か", "米大統領は会見した。"),
        ("中国の主席は誰か", "日中は会談を開いた。"),
        ("ドイツの首相は誰か", "独首相は会見した。"),
        ("EUの人口は何人か", "欧州連合は会議を開いた。"),
        ("OPECの本部はどこか", "石油輸出国機構は会議を開いた。"),
        ("国連の本部はどこか", "国際連合は会議を開いた。"),
        ("北朝鮮の人口は何人か", "朝鮮民主主義人民共和国は遠い。"),
        ("髙橋氏の年齢は", "高橋氏は会見した。"),
        ("齋藤氏の年齢は", "斎藤氏は会見した。"),
        ("渡邊氏の年齢は", "渡辺氏は会見した。"),
        ("ヴェネツィアの人口は", "ベネチアの橋は古い。"),
        ("サカイさんの年齢は", "坂井さんはパンを焼く。"),
        ("坂井さんの年齢は", "サカイさんはパンを焼く。"),
        ("坂井さんの年齢は", "さかいさんはパンを焼く。"),
        ("トウキョウの人口は", "東京の橋は古い。"),
        ("ＮＡＴＯの本部はどこか", "NATOは会議を開いた。"),
        ("ドナルドトランプの年齢は", "ドナルド・トランプは会見した。"),
        ("トランプ氏の年齢は", "トランプ大統領は会見した。"),
    ],
)
def test_a_name_that_stands_there_otherwise_written_is_not(
    home: Home, question: str, text: str
) -> None:
    said, missing = refused(home, question, text, "港の灯台は白い。")
    assert "どの記事にも" not in said
    assert not any(word in question.partition("の")[0] for word in missing)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("金正恩氏は何と発言したか", "金正恩朝鮮労働党総書記は会見を開いた。"),
        ("合同演習の成果は何か", "共同軍事演習の成果は乏しい。"),
        ("安保会議の議題は何か", "安全保障会議は春に開かれた。"),
        ("政府の方針は何か", "政権は方針を変えた。"),
        ("あと何年続くのか", "工事は三年のあいだ続く。"),
        ("戦いの終わりは近いか", "戦争の終わりは遠い。"),
    ],
)
def test_a_piece_of_a_name_or_another_word_for_it_is_not_missing(
    home: Home, question: str, text: str
) -> None:
    assert refused(home, question, text)[1] == ()


def test_a_name_in_a_title_or_of_a_writer_stands_there(home: Home) -> None:
    own = {"title": "北浜の港", "publisher": "新潟日報"}
    for question in ("北浜の人口は何人か", "新潟日報の社長は誰か"):
        assert refused(home, question, "灯台は白い。", **own)[1] == ()


@pytest.mark.parametrize(
    "question",
    ["要約して", "記事を要約してください。", "運河の見方は？", "三行で述べよ。", "この行は何か", "？", "。", "運河？。！", "一人で日誌を書いたのは", "1日に通る船は"],
)  # fmt: skip
@pytest.mark.parametrize(
    "text",
    ["技師長の倉持宗一は日誌に記している。", "工事には4万2千人が加わった。5月12日に祭りがある。"],
)
def test_what_names_nothing_is_never_missing(home: Home, question: str, text: str) -> None:
    assert refused(home, question, text)[1] == ()


@pytest.mark.parametrize(
    ("question", "missing", "nearest"),
    [
        ("日本の輸入額はいくらか", ("輸入",), "日本の輸出額は3兆円である。"),
        ("1985年の船の数は何隻か", (), "2024年の船の数は860隻である。"),
        ("輸入額と輸入量はいくらか", ("輸入",), "輸出額と輸出量が増えた。"),
    ],
)
def test_a_sibling_is_told_with_the_nearest_sentence(
    home: Home, question: str, missing: tuple[str, ...], nearest: str
) -> None:
    said, named = refused(home, question, nearest)
    assert named == missing
    assert all(f"「{word}」" in said for word in missing)
    assert said.endswith(f"近い記述：「{nearest}」")


def test_of_a_word_that_other_articles_hold_no_more_is_said_than_that_it_is_not_near(
    home: Home,
) -> None:
    osaka = [f"大阪の橋の長さは{n}メートルである。" for n in range(2, 9)]
    said, missing = refused(home, "東京の橋の長さは何メートルか", *osaka, "東京には塔がある。")
    assert missing == ("東京",)
    assert "近い記述に「東京」は出てきません。" in said
    assert "どの記事にも" not in said
    assert "書かれていません" not in said


@pytest.mark.parametrize(
    ("question", "opening", "near"),
    [
        ("港の灯台の費用はいくらか", "この質問に", "近い記述：「{}」"),
        (
            "How much did Brazil pay for the lighthouse?",
            "I could not",
            "The nearest statements: “{}”",
        ),
        ("巴西的灯塔花了多少钱？", "在所检索", "相近的记述：“{}”"),
    ],
)
def test_a_refusal_shows_the_nearest_sentence_in_the_language_asked(
    home: Home, question: str, opening: str, near: str
) -> None:
    said, missing = refused(home, question, "港の灯台は白い。")
    assert said.startswith(opening)
    assert said.endswith(near.format("港の灯台は白い。"))
    assert missing == ()


def test_what_has_nothing_to_do_with_the_question_is_not_shown(home: Home) -> None:
    publish(home, [article("a", "港の灯台は白い。")])
    found = read(home.open(), "港の費用はいくらか")
    far = tuple(replace(s, nearness=0.0, answered=-5.0) for s in found.sentences)
    assert "灯台" not in refuse(replace(found, sentences=far))[0]


def test_a_long_sentence_is_shown_in_part(home: Home) -> None:
    said, _ = refused(home, "港の費用はいくらか", f"港の灯台は{'白く' * SHOWN}見える。")
    assert said.endswith("…」")
    assert len(said) < SHOWN + 60


@pytest.mark.parametrize(
    ("question", "opening"),
    [("港はどこか", "この質問に"), ("Where is it?", "I could not"), ("它在哪里？", "在所检索")],
)
def test_where_no_passage_was_found_nothing_is_shown(
    home: Home, question: str, opening: str
) -> None:
    publish(home, [article("a", "港の灯台は白い。")])
    said, missing = refuse(answering.read(question, [], home.open(), FakeCrossEncoder()))
    assert said.startswith(opening)
    assert "灯台" not in said
    assert missing == ()
