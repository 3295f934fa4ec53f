"""Lists: what asks for several things, and the sentences that tell them."""

from collections.abc import Callable

import pytest
from conftest import Choosing, FakeEncoder, fake_engine

from index.engine import Engine
from index.questions.forms import form_of
from index.records import Answer
from index.settings import Settings

BRIDGE = """---
title: 白浜大橋の課題
publisher: 青沢新報
published: 2024-05-01
language: ja
---
## 三つの課題

市は白浜大橋が抱える課題を三つ挙げた。第一に、鋼材の値段が上がった。第二に、川底の岩が硬い。第三に、作業員が足りない。

## 通る町

橋を渡るバスは、赤浜、青浜、黒浜の町を結ぶ。

## 受け止め

漁協の間宮修氏は「潮が変わる」と反対した。商店会の浅田玲子氏は「客が遠のく」と反対した。\
町内会の倉持宗一氏は「音が響く」と反対した。

## 色の候補

白が候補に残った。黒も候補に残った。
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Engine]:
    """Engines whose cross-encoder finds that the sentences with some words answer."""
    folder = tmp_path_factory.mktemp("bridge")
    (folder / "bridge.md").write_text(BRIDGE, "utf-8")
    settings = Settings(folder / "home", folder / "cache")
    fake_engine(settings).build([folder / "bridge.md"])
    return lambda *words: Engine(settings, encoder=FakeEncoder(), crossencoder=Choosing(*words))


@pytest.fixture(scope="module")
def ask(engine: Callable[..., Engine]) -> Callable[..., Answer]:
    return lambda question, *words: engine(*words).ask(question)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("白浜大橋が抱える三つの課題とは？", 3), ("減益になった要因を2つ", 2), ("輸出先を列挙してください", 0),
        ("渡したものは何と何か", 0), ("どんな被害がある？", 0), ("だれが工事に反対したか", 0), ("国を全部教えて", 0),
        ("Which three countries signed?", 3), ("List the members", 0), ("Who criticized the plan?", 0),
        ("What are the two reasons for it?", 2), ("有哪些国家签署了？", 0), ("三个障碍是什么", 3), ("请列出理由", 0),
        ("谁批评了市长？", 0),
    ],
)  # fmt: skip
def test_some_questions_ask_for_several(question: str, count: int) -> None:
    form = form_of(question)
    assert (form.name, form.count) == ("list", count)


@pytest.mark.parametrize(
    "question",
    ["だれが橋を設計したか", "橋の長さは何メートルか", "三つの町のうち橋に近いのはどこか", "2025年3月に何があった？",
     "Who signed the treaty?", "What is the length of the bridge?", "Which country does it belong to?", "谁设计了桥？"],
)  # fmt: skip
def test_others_ask_for_one(question: str) -> None:
    assert form_of(question).name != "list"


def texts(answer: Answer) -> list[str]:
    return [statement.text for statement in answer.statements]


def test_an_announced_list_brings_all_its_items(ask: Callable[..., Answer]) -> None:
    answer = ask("白浜大橋が抱える課題を三つ挙げて", "三つ挙げた")
    assert texts(answer) == [
        "市は白浜大橋が抱える課題を三つ挙げた。",
        "第一に、鋼材の値段が上がった。",
        "第二に、川底の岩が硬い。",
        "第三に、作業員が足りない。",
    ]
    assert not answer.lead


def test_sentences_that_each_answer_stand_together(ask: Callable[..., Answer]) -> None:
    answer = ask("だれが橋に反対したか", "反対した")
    assert [text[:2] for text in texts(answer)] == ["漁協", "商店", "町内"]


def test_what_nothing_answers_is_refused(ask: Callable[..., Answer]) -> None:
    assert not ask("橋の色の候補を三つ挙げて", "なし").answered
