"""Comparisons: the sides of a question in three languages, and what the articles say of each."""

from collections.abc import Callable

import pytest
from conftest import Choosing, FakeCrossEncoder, FakeEncoder, fake_engine

from index.engine import Engine
from index.questions.forms import form_of
from index.questions.sides import sides_of
from index.records import Answer
from index.settings import Settings

PORTS = """---
title: 二つの港の夏
publisher: 青沢新報
published: 2024-08-01
language: ja
---
## 白浜港

白浜港の貨物の取扱量は年に120万トンだった。港長の浅田玲子氏は「次は客船を呼びたい」と述べた。

## 黒浜港

黒浜港の貨物の取扱量は年に45万トンにとどまる。港長の間宮修氏は「人手が足りない」と嘆いた。

## 見通し

倉庫の広さは、白浜港が8ヘクタール、黒浜港が3ヘクタールである。
"""
PAPER = """---
title: 港の祭り
publisher: 南浜日報
published: 2024-08-02
language: ja
---
夏祭りの人出は3万人だったと主催者は言う。
"""
RIVAL = """---
title: 港の夜
publisher: 青沢新報
published: 2024-08-02
language: ja
---
夏祭りの人出は1万人にすぎなかったと警察は言う。
"""


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Engine]:
    """Engines over the ports, with a cross-encoder each."""
    folder = tmp_path_factory.mktemp("ports")
    (folder / "corpus").mkdir()
    for name, text in (("ports", PORTS), ("paper", PAPER), ("rival", RIVAL)):
        (folder / "corpus" / f"{name}.md").write_text(text, "utf-8")
    settings = Settings(folder / "home", folder / "cache")
    fake_engine(settings).build([folder / "corpus"])
    return lambda reader: Engine(settings, encoder=FakeEncoder(), crossencoder=reader)


@pytest.fixture(scope="module")
def ask(engines: Callable[..., Engine]) -> Callable[..., Answer]:
    return engines(FakeCrossEncoder()).ask


def parts(answer: Answer) -> dict[str, list[str]]:
    return {g.heading: [answer.statements[at].text for at in g.statements] for g in answer.groups}


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("米国の1970年代の政策と現在の政策の違いは", ["米国の1970年代の政策", "米国の現在の政策"]),
        ("A級の成果とB級の成果ってどう違うんですか", ["A級の成果", "B級の成果"]),
        ("浅田氏と間宮氏、港との取引についての見方はどう食い違う",
         ["浅田氏の港との取引についての見方", "間宮氏の港との取引についての見方"]),
        ("中国のGDPを1970年と2010年で比べて", ["1970年の中国のGDP", "2010年の中国のGDP"]),
        ("バイデン政権の対中政策とトランプ政権の違い", ["バイデン政権の対中政策", "トランプ政権の対中政策"]),
        ("白浜港は黒浜港とどう違う", ["白浜港", "黒浜港"]),
        ("白浜港と黒浜港ではどちらが貨物が多い", ["白浜港は貨物が多い", "黒浜港は貨物が多い"]),
        ("浅田氏と間宮氏はそれぞれ何と述べたか", ["浅田氏は何と述べたか", "間宮氏は何と述べたか"]),
        ("开通前的港口和现在的港口有什么不同", ["开通前的港口", "现在的港口"]),
        ("比较一下日本和韩国对俄罗斯的制裁", ["日本对俄罗斯的制裁", "韩国对俄罗斯的制裁"]),
        ("客流量,2014年和2024年相比如何", ["客流量,2014年", "客流量,2024年"]),
        ("difference between Trump's first and second term", ["Trump's first term", "Trump's second term"]),
        ("How do Cooper and Froman differ on Korea", ["Cooper on Korea", "Froman on Korea"]),
        ("compare the budget in 2024 with 2025", ["the budget in 2024", "the budget in 2025"]),
        ("Births: fiscal 2014 vs fiscal 2023", ["Births fiscal 2014", "Births fiscal 2023"]),
        ("Which is larger, the port of Asada or that of Mamiya",
         ["Which is larger the port of Asada", "Which is larger the port of Mamiya"]),
    ],
)  # fmt: skip
def test_each_side_is_a_question(question: str, sides: list[str]) -> None:
    assert [asked for _, asked in sides_of(question)[1]] == sides


@pytest.mark.parametrize(
    "question",
    ["米国と中国の関係はどう変わったか", "白浜港の貨物はどう変わった？", "橋と道路を設計したのは誰か",
     "How are the Chinese and Russians trying to do without the dollar?", "谁和谁在港口会谈？"],
)  # fmt: skip
def test_other_questions_compare_nothing(question: str) -> None:
    assert form_of(question).name != "comparison"


def test_a_section_is_of_the_side_that_its_heading_names(ask: Callable[..., Answer]) -> None:
    answer = ask("白浜港と黒浜港の貨物の取扱量の違いは？")
    assert answer.form == "comparison"
    assert parts(answer) == {
        "白浜港": ["白浜港の貨物の取扱量は年に120万トンだった。"],
        "黒浜港": ["黒浜港の貨物の取扱量は年に45万トンにとどまる。"],
    }


def test_one_sentence_of_both_sides_stands_alone(ask: Callable[..., Answer]) -> None:
    answer = ask("白浜港と黒浜港の倉庫の広さを比べて")
    assert [s.text for s in answer.statements] == [
        "倉庫の広さは、白浜港が8ヘクタール、黒浜港が3ヘクタールである。"
    ]


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("白浜港と赤浜港の貨物の取扱量の違いは？", "「赤浜港」については、答えになる記述が見つかりませんでした。"),
        ("白浜港和马赛的质物取扱量有什么不同", "关于“马赛”"),
    ],
)  # fmt: skip
def test_of_an_empty_side_a_note_says_so(
    ask: Callable[..., Answer], question: str, note: str
) -> None:
    answer = ask(question)
    assert note in answer.text
    assert any("120万トン" in citation.quote for citation in answer.citations)
    assert not any("黒浜港" in citation.quote for citation in answer.citations)


def test_papers_are_told_apart_by_who_published(engines: Callable[..., Engine]) -> None:
    answer = engines(Choosing("人出")).ask("夏祭りの人出は南浜日報と青沢新報でどう違う？")
    assert parts(answer) == {
        "南浜日報": ["夏祭りの人出は3万人だったと主催者は言う。"],
        "青沢新報": ["夏祭りの人出は1万人にすぎなかったと警察は言う。"],
    }


def test_nothing_of_either_side_is_refused(ask: Callable[..., Answer]) -> None:
    assert not ask("赤浜港と青浜港の水深の違いは？").answered
