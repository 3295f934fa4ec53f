"""Phrases that a sentence can do without, and the sentences that give a reason."""

import pytest

from index import lexicon
from index.training.jaquad import Asked, Window
from index.training.phrases import spare
from index.training.reasons import reasons


def phrases(sentence: str) -> set[str]:
    return {sentence[start:end] for start, end in spare(sentence)}


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("市長は港で会見した。", {"市長は", "港で"}),
        ("運河には閘門がある。", {"運河には", "閘門が"}),
        ("望遠鏡は県の予算で作られた。", {"望遠鏡は", "県の予算で", "県の"}),
        ("三つの塔の鐘の音が響いた。", {"三つの", "塔の", "鐘の", "三つの塔の鐘の音が"}),
        ("船は1923年に約860隻を数えた。", {"船は", "1923年に", "約860隻を"}),
        ("カレル・ノヴォトナは港から帰った。", {"カレル・ノヴォトナは", "港から"}),
        ("静かに、ゆっくり揺れた。", set()),
        ("", set()),
    ],
)
def test_nouns_with_their_particles_can_be_left_out(sentence: str, found: set[str]) -> None:
    assert phrases(sentence) == found


@pytest.mark.parametrize(
    ("sentence", "noun"),
    [
        ("船長が書いた日誌は倉庫で見つかった。", "日誌"),
        ("町長が植えた桜の木は枯れた。", "桜"),
        ("町長が植えた桜の木は枯れた。", "木"),
        ("図書館は古い駅舎に移った。", "駅舎"),
        ("その船は静かな港で錆びた。", "船"),
        ("その船は静かな港で錆びた。", "港"),
        ("堤防が切れた後に船は沈んだ。", "後"),
    ],
)
def test_a_noun_after_a_clause_is_never_left_out(sentence: str, noun: str) -> None:
    assert noun in sentence
    assert not any(noun in phrase for phrase in phrases(sentence))


def test_a_noun_tied_by_two_particles_is_not_torn_apart() -> None:
    assert phrases("夏は港からの船が着いた。") == {"夏は"}


@pytest.mark.parametrize(
    "sentence",
    [
        "霧原天文台は県の予算で望遠鏡を尾根に立てた。",
        "窯の温度は朝の四時に230度まで上がる。",
        "𠮷田は㌔単位で港へ荷を運んだ。",
    ],
)
def test_what_is_left_has_all_the_other_words(sentence: str) -> None:
    found = spare(sentence)
    assert len(found) > 2
    for start, end in found:
        left = lexicon.terms(sentence[:start] + sentence[end:])
        cut = lexicon.terms(sentence[start:end])
        assert cut
        assert sorted(left + cut) == sorted(lexicon.terms(sentence))


def asked(*sentences: str) -> list[Asked]:
    return list(reasons([Window("w", None, sentences)]))


@pytest.mark.parametrize(
    ("sentence", "cause", "clause", "effect"),
    [
        (
            "上流の水門が壊れたため、運河の水位は一晩で下がった。",
            "上流の水門が壊れた",
            "上流の水門が壊れたため、",
            "運河の水位は一晩で下がった",
        ),
        (
            "しかし、堤防の土台が緩んでいたことから、市は通行を止めることにした",
            "堤防の土台が緩んでいた",
            "堤防の土台が緩んでいたことから、",
            "市は通行を止めることにした",
        ),
    ],
)
def test_a_sentence_with_a_reason_becomes_a_question(
    sentence: str, cause: str, clause: str, effect: str
) -> None:
    other = "運河の長さは三十キロである。"
    (made,) = asked(other, sentence)
    assert made.text.startswith(effect)
    assert made.text.endswith(("か", "？"))
    assert made.answers == (cause,)
    assert (made.window, made.sentence) == ("w", 1)
    assert made.clause is not None
    assert sentence[slice(*made.span)] == cause
    assert sentence[slice(*made.clause)] == clause
    assert asked(other, sentence) == [made]


@pytest.mark.parametrize(
    "sentence",
    [
        "運河の長さは三十キロで、幅は八メートルである。",
        "水が減ったため、市は船の通行を夏のあいだ止めた。",
        "上流の水門が壊れたため、船は止まった。",
        "技師長が「水門が重い」と訴えたため、市は新しい鎖を買い足した。",
        "技師長は「雨が降らなかったため、水が足りない」と日誌に書いた。",
    ],
)
def test_a_sentence_without_a_clear_reason_makes_no_question(sentence: str) -> None:
    assert asked(sentence) == []


def test_the_questions_made_are_told_apart_and_asked_in_several_ways() -> None:
    made = asked(*(f"第{n}号の水門が壊れたため、運河の水位は一晩で下がった。" for n in range(40)))
    assert len({question.id for question in made}) == 40
    assert len({question.text for question in made}) > 3
