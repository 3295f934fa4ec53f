"""Questions to suggest: which are kept, how many are asked, and which of them a reader is shown."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import article, part_of

from index.answering import suggestions
from index.answering.suggestions import Ask, Suggestion, offer, tried
from index.citations import cite
from index.encoder import Encoder
from index.engine import Engine
from index.errors import QuestionError
from index.records import Answer, Passage
from index.settings import Settings
from index.store import Part

SAID = "モディ首相は演説で、カナダは合意を守るべきだと述べた。"
OTHER = "町の人々は祭りの準備を急ぎ、広場には太鼓の音が響いた。"


def answering(part: Part, words: str, confidence: float = 0.9) -> Ask:
    """Answers with some words of an article."""

    def ask(question: str, is_meant: Callable[[Passage], bool], depth: int) -> Answer | None:
        if not is_meant(part.passages[0][0]):
            return None
        start = part.article.text.index(words)
        cited = cite(part.article, start, start + len(words), number=1, score=0.0)
        told = question, question, "", True, words, (), (cited,), (), ()
        return Answer(*told, confidence)

    return ask


def kept(part: Part, ask: Ask) -> list[str]:
    found = tried({"k": part}, ask, lambda done, total: None)
    assert all((s.key, s.article_id) == ("k", part.article.id) for s in found)
    return [s.question for s in found]


def test_a_question_is_kept_that_is_answered_by_the_sentence_it_was_made_of() -> None:
    part = part_of(article("a1", SAID + OTHER))
    assert kept(part, answering(part, SAID)) == [
        "モディ首相はカナダについて何と述べたか",
        "What did Modi say about Canada?",
        "莫迪对加拿大说了什么？",
    ]
    assert kept(part, answering(part, OTHER)) == []


def test_a_question_is_not_kept_whose_answer_is_not_sure() -> None:
    part = part_of(article("a1", SAID + OTHER))
    assert kept(part, answering(part, SAID, confidence=0.25)) == []


def test_a_question_that_cannot_be_asked_is_passed_over() -> None:
    part = part_of(article("a1", SAID))

    def ask(question: str, is_meant: Callable[[Passage], bool], depth: int) -> Answer | None:
        raise QuestionError("zu lang", code="question-too-long")

    assert kept(part, ask) == []


def test_however_many_articles_there_are_so_many_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestions, "LOOKED", 24)
    monkeypatch.setattr(suggestions, "ASKED", 5)
    places = ("カナダ", "ペルー", "チリ", "ケニア", "ガーナ", "タイ", "トルコ", "キューバ")
    parts = {p: part_of(article(p, SAID.replace("カナダ", p))) for p in places}
    looked: list[str] = []
    told: list[tuple[int, int]] = []

    def ask(question: str, is_meant: Callable[[Passage], bool], depth: int) -> Answer | None:
        looked.append(question)
        return Answer(question, question, "", False, "", (), (), (), (), 0.0)

    assert tried(parts, ask, lambda done, total: told.append((done, total))) == []
    assert len(looked) == 5
    assert sum("Modi" in question for question in looked) == 2  # no language takes all
    assert told[-1] == (48, 48)
    looked.clear()
    tried(parts, lambda question, *_: looked.append(question), lambda done, total: None)
    assert len(looked) == 48  # none was read


KEPT = [
    Suggestion("1", "a1", "ja", "said", "戸川市長は橋について何と述べたか", 0),
    Suggestion("1", "a1", "ja", "said", "蓮見教授は堤防についてどう批判したか", 9),
    Suggestion("2", "a2", "ja", "when", "北浜の灯台が再び灯ったのはいつか", 0),
    Suggestion("3", "a3", "ja", "figure", "港の昨年の水揚げ量はどれくらいか", 0),
    Suggestion("3", "a3", "en", "what", "What does Cuba supply to Peru?", 0),
]


def test_questions_are_in_the_language_of_the_reader() -> None:
    assert offer(KEPT, "en") == ("What does Cuba supply to Peru?",)
    assert offer(KEPT, "zh") == ()


def test_questions_ask_for_different_things_of_different_articles() -> None:
    kinds = {s.question: s.kind for s in KEPT}
    assert {kinds[q] for q in offer(KEPT, "ja")} == {"said", "when", "figure"}


def test_the_articles_at_hand_come_first_in_their_order() -> None:
    first, second, *_ = offer(KEPT, "ja", near=["a3", "a2"])
    assert (first, second) == (KEPT[3].question, KEPT[2].question)


def test_what_was_asked_is_not_suggested_again() -> None:
    asked = ["戸川市長は橋について、何と言いましたか。"]
    shown = offer(KEPT, "ja", asked=asked, most=9)
    assert KEPT[0].question not in shown
    assert len(shown) == 3


def test_of_two_that_ask_the_same_one_is_shown() -> None:
    twin = Suggestion("4", "a4", "ja", "what", "戸川市長が橋について述べたのは何か", 0)
    assert len(offer([KEPT[0], twin], "ja")) == 1


TREATY = """---
title: 運河の通行料をめぐる対立
publisher: 東都日報
published: 2024-06-01
---

パナマは運河の通行料を来年から一割引き上げると発表し、海運の各社に新しい料金表を送った。
モディ首相は国会の演説で、カナダは小麦の関税を約束どおりに下げるべきだと述べた。
2019年、マクロン大統領はペルーを訪問し、港の拡張に資金を出すことで合意した。
"""
SUPPLY = """---
title: 島国の電力事情
publisher: 南海新報
---

キューバは医師と看護師をハイチへ派遣し、薬も届けた。2021年のタイの人口は7000万人で、五人に一人が都に住む。
タイの発電所が止まったのは、干ばつで川の水が減ったためである。
"""


def test_what_is_suggested_is_answered(
    tmp_path: Path, real_encoder: Encoder, settings: Settings
) -> None:
    for name, text in (("treaty", TREATY), ("supply", SUPPLY)):
        (tmp_path / f"{name}.md").write_text(text, "utf-8")
    engine = Engine(Settings(tmp_path / "home", settings.cache), encoder=real_encoder)
    engine.build([tmp_path / "treaty.md", tmp_path / "supply.md"])
    for language in ("ja", "en", "zh"):
        shown = engine.suggestions(language)
        assert shown, language
        for question in shown:
            answer = engine.ask(question)
            assert answer.answered, question
    assert "What did Modi say about Canada?" in engine.suggestions("en", most=9)
