"""What is left out of a passage, of which the answer is and of which it is not."""

from collections.abc import Iterator
from itertools import combinations
from random import Random

import pytest

from index.evaluate.kinds import holds
from index.training.examples import LONGEST, Examples, Pair, _run
from index.training.jaquad import Asked, Window
from index.training.reasons import reasons

CANAL = Window(
    "canal",
    "青沢運河",
    (
        "堤防の土台が雪解け水で緩んだため、市は船の通行を二か月のあいだ止めた。",
        "青沢運河は1923年に県の予算で開通した。",
        "式には1923年に生まれた双子が招かれた。",
        "技師長は倉持宗一である。",
    ),
)
TELESCOPE = Window(
    "telescope",
    None,
    ("霧原天文台は秋の初めに県の予算で望遠鏡を尾根の東に立てた。", "台長は毎晩そこで星を数える。"),
)
WINDOWS = {window.id: window for window in (CANAL, TELESCOPE)}


def ask(text: str, answer: str, window: Window, sentence: int) -> Asked:
    start = window.sentences[sentence].index(answer)
    span = (start, start + len(answer))
    return Asked(text, text, (answer,), window.id, sentence, span)


OPENED = ask("青沢運河が開通したのはいつか", "1923年", CANAL, 1)
ENGINEER = ask("技師長は誰か", "倉持宗一", CANAL, 3)
PLACE = ask("霧原天文台が望遠鏡を立てた場所は", "尾根", TELESCOPE, 0)
SEASON = ask("霧原天文台が望遠鏡を立てたのは", "秋", TELESCOPE, 0)
(CAUSE,) = reasons(WINDOWS.values())
QUESTIONS = (OPENED, ENGINEER, PLACE, SEASON, CAUSE)


@pytest.fixture(scope="module")
def examples() -> Examples:
    return Examples(QUESTIONS, WINDOWS, {}, {"en": {}, "zh": {}})


def shown(examples: Examples, asked: Asked) -> Iterator[tuple[Pair, Pair]]:
    """The right pair, and the one made of it, of many chances."""
    for seed in range(150):
        right, made = examples.pairs(asked, Random(seed))
        yield right, made


def choices(sentences: tuple[str, ...], needed: str) -> set[str]:
    """What may be shown of a passage: some of its sentences, the needed one among them."""
    return {
        "".join(some)
        for count in range(1, len(sentences) + 1)
        for some in combinations(sentences, count)
        if needed in some
    }


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.text)
def test_the_span_of_the_right_passage_is_the_answer(examples: Examples, asked: Asked) -> None:
    texts = set()
    for right, _ in shown(examples, asked):
        assert right.span is not None
        assert right.text[slice(*right.span)] == asked.answers[0]
        texts.add(right.text)
    assert len(texts) > 2


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.text)
def test_what_is_made_of_it_does_not_hold_the_answer(examples: Examples, asked: Asked) -> None:
    for right, made in shown(examples, asked):
        assert made.span is None
        assert made.question != right.question or not holds(made.text, asked.answers)


@pytest.mark.parametrize(
    ("asked", "emptied"),
    [
        (OPENED, "青沢運河は県の予算で開通した。"),
        (PLACE, "霧原天文台は秋の初めに県の予算で望遠鏡を東に立てた。"),
        (CAUSE, "市は船の通行を二か月のあいだ止めた。"),
    ],
    ids=lambda value: getattr(value, "text", value),
)
def test_an_emptied_passage_lacks_only_the_phrase_that_answers(
    examples: Examples, asked: Asked, emptied: str
) -> None:
    window = WINDOWS[asked.window]
    full = window.sentences[asked.sentence]
    left = [emptied if s == full else s for s in window.sentences]
    allowed = choices(tuple(s for s in left if not holds(s, asked.answers)), emptied)
    found = {
        made.text.replace("\n", "")
        for right, made in shown(examples, asked)
        if made.question == right.question and emptied in made.text
    }
    assert len(found) > 1
    assert found <= allowed


def test_an_emptied_sentence_is_always_shown() -> None:
    sentences = ("1923年は雨が多かった。", "青沢運河は1923年に開通した。", "技師長は泳げなかった。")
    window = Window("w", None, sentences)
    asked = ask("青沢運河が開通したのはいつか", "1923年", window, 1)
    examples = Examples((asked,), {"w": window}, {}, {"en": {}, "zh": {}})
    made = [examples._emptied(asked, asked.text, Random(seed)) for seed in range(50)]
    assert all(pair and pair.text.startswith("青沢運河は開通した。") for pair in made)
    assert len({pair and pair.text for pair in made}) == 3


def test_an_answer_without_a_phrase_around_it_takes_its_sentence_along(examples: Examples) -> None:
    others = CANAL.sentences[:3]
    for right, made in shown(examples, ENGINEER):
        if made.question == right.question:
            assert "技師長は" not in made.text
            assert any(sentence in made.text for sentence in others)


def test_an_answer_said_twice_is_not_left_in_half(examples: Examples) -> None:
    window = Window("w", None, ("市は1923年に閘門を、1923年に橋を作った。", "橋は木でできている。"))
    asked = ask("閘門はいつできたか", "1923年", window, 0)
    made = Examples((asked,), {"w": window}, {}, {"en": {}, "zh": {}})
    texts = {pair.text for _, pair in shown(made, asked)}
    assert texts == {"橋は木でできている。"}


@pytest.mark.parametrize(
    ("asked", "thinned"),
    [
        (
            PLACE,
            {
                "霧原天文台は県の予算で望遠鏡を尾根の東に立てた。",
                "霧原天文台は初めに県の予算で望遠鏡を尾根の東に立てた。",
                "霧原天文台は秋の初めに望遠鏡を尾根の東に立てた。",
                "霧原天文台は秋の初めに予算で望遠鏡を尾根の東に立てた。",
            },
        ),
        (
            SEASON,
            {
                "霧原天文台は秋の初めに望遠鏡を尾根の東に立てた。",
                "霧原天文台は秋の初めに予算で望遠鏡を尾根の東に立てた。",
                "霧原天文台は秋の初めに県の予算で望遠鏡を立てた。",
                "霧原天文台は秋の初めに県の予算で望遠鏡を東に立てた。",
            },
        ),
        (ENGINEER, set()),
    ],
    ids=lambda value: getattr(value, "text", ""),
)
def test_only_what_is_neither_asked_nor_answers_is_thinned_out(
    examples: Examples, asked: Asked, thinned: set[str]
) -> None:
    window = WINDOWS[asked.window]
    full = window.sentences[asked.sentence]
    others = [s for s in window.sentences if s != full]
    found = set()
    for right, _ in shown(examples, asked):
        text = right.text.replace("\n", "")
        for sentence in others:
            text = text.replace(sentence, "")
        found.add(text)
    assert found == {full} | thinned


def test_a_run_of_sentences_ends_where_the_next_has_no_room() -> None:
    lengths = [30, 30, 30, 100, 30, 90]
    for seed in range(300):
        shown = _run(lengths, 2, Random(seed))
        assert shown == list(range(shown[0], shown[-1] + 1))
        assert 2 in shown
        assert len(shown) == 1 or sum(lengths[at] for at in shown) <= LONGEST
    assert {len(_run(lengths, 2, Random(seed))) for seed in range(300)} >= {1, 2, 3}
    assert _run([500, 10], 0, Random(1)) == [0]
