"""Questions that an article may answer: what they are made of, and of what none are made."""

import re

import pytest
from conftest import article, part_of

from index.answering.candidates import Candidate, bare, candidates
from index.questions.tables import abroad


def made(text: str, title: str | None = None, **fields: object) -> list[Candidate]:
    told = article("a1", text, title=title, **fields)
    found = candidates(part_of(told))
    assert all(0 <= a < b <= len(told.text) for one in found for a, b in one.spans)
    return found


def asked(text: str, language: str = "ja", title: str | None = None) -> list[str]:
    return [one.question for one in made(text, title) if one.language == language]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("モディ首相は演説で、カナダは合意を守るべきだと述べた。", "モディ首相はカナダについて何と述べたか"),
        ("マクロン大統領はトルコを強く批判した。", "マクロン大統領はトルコについてどう批判したか"),
        ("1987年、ポルトガルは遺跡を初めて公開した。", "ポルトガルが遺跡を初めて公開したのはいつか"),
        ("ケニアが新しい港を築いた理由は、内陸の国々が海へ出る道を求めたことにある。", "ケニアが新しい港を築いた理由は何か"),
        ("ペルーの銅を最も多く買う国は日本であり、その量は年に三十万トンになる。", "ペルーの銅を最も多く買う国はどこか"),
        ("ガーナの港で荷揚げが止まったのは、働き手が賃上げを求めたためである。", "ガーナの港で荷揚げが止まったのはなぜか"),
        ("昨年のチリの人口は2000万人で、半分が首都に住む。", "昨年のチリの人口は何人か"),
    ],
)  # fmt: skip
def test_a_sentence_becomes_the_question_that_it_answers(text: str, question: str) -> None:
    assert question in asked(text)


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("モディ首相は演説で、カナダは合意を守るべきだと述べた。", "What did Modi say about Canada?", "莫迪对加拿大说了什么？"),
    ],
)  # fmt: skip
def test_names_that_are_known_abroad_are_asked_of_abroad(
    text: str, english: str, chinese: str
) -> None:
    assert english in asked(text, "en")
    assert chinese in asked(text, "zh")


def test_a_name_is_spelt_as_the_article_spells_it() -> None:
    text = "所長のアンナ・ベルクソン（Anna Bergson）氏は、ノルウェーは漁をやめると述べた。"
    assert "What did Bergson say about Norway?" in asked(text, "en")
    assert asked(text, "zh") == []


def test_a_name_that_is_not_known_abroad_is_not_asked_of() -> None:
    assert asked("所長のアンナ・ベルクソン氏は、ノルウェーは漁をやめると述べた。", "en") == []


def test_whom_everybody_knows_is_asked_only_of_something() -> None:
    assert asked("モディ首相は会見で、もう待てないと述べた。") == []
    assert asked("戸川隆志市長は会見で、もう待てないと述べた。") == ["戸川隆志市長は何と述べたか"]


def test_who_names_nothing_is_asked_of_what_the_title_names() -> None:
    text = "戸川隆志市長は会見で、もう待てないと述べた。"
    assert asked(text, title="北浜橋の工事、再び延期") == [
        "戸川隆志市長は北浜橋の工事について何と述べたか"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "筆者は、ノルウェーは漁をやめるべきだと述べた。",  # the writer is no name
        "同氏はノルウェーの漁について、やめるべきだと述べた。",
        "その理由は、ノルウェーの海で魚が減ったことにある。",  # of what?
        "ノルウェーはロシアからロシア産の魚を買っていない。",
        "当時ケニアが新しい港を築いた理由は、内陸の国々の求めにある。",
        "専門家が調べたのは、古い船の底である。",  # of nothing named
    ],
)
def test_no_question_is_made_that_cannot_be_asked_alone(text: str) -> None:
    assert not [q for q in asked(text) if re.search("同氏|その|筆者|専門家|当時", q)]
    assert not any(q.count("Russia") > 1 for q in asked(text, "en"))


def test_two_places_of_one_count_are_not_asked_of() -> None:
    assert asked("マラウイとモザンビークの国境地帯で318人が亡くなった。", "en") == []


def test_headings_that_ask_are_questions_with_all_that_stands_below() -> None:
    text = "## 一、橋はいつ開くのか\n\n" + "橋の工事は三年目に入り、柱が川の底に立った。" * 3
    [one] = [one for one in made(text) if one.kind == "heading"]
    assert one.question == "橋はいつ開くのか"
    assert len(text) - one.spans[0][1] < 3


def test_of_an_article_in_another_language_only_headings_are_asked() -> None:
    text = "モディ首相は演説で、カナダは合意を守るべきだと述べた。"
    assert made(text, language="zh") == []


def test_a_question_is_made_once_with_all_its_sentences() -> None:
    text = "モディ首相は、カナダは誤っていると述べた。モディ首相は、カナダは変わると述べた。"
    [one] = [one for one in made(text) if one.question == "モディ首相はカナダについて何と述べたか"]
    assert len(one.spans) == 2


@pytest.mark.parametrize(
    ("heading", "name"),
    [("<港は残るか>", "港は残るか"), ("2. 港の今", "港の今"), ("予測：古い港はいつまで残るのか", "古い港はいつまで残るのか"), ("2025年の港", "2025年の港")],
)  # fmt: skip
def test_a_heading_stands_bare(heading: str, name: str) -> None:
    assert bare(heading) == name


def test_the_tables_name_each_once_in_all_languages() -> None:
    assert abroad()["プーチン"] == ("Putin", "普京")
    assert abroad()["カナダ"] == ("Canada", "加拿大")
    assert "" not in abroad()
