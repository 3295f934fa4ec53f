"""The weights that are shipped, over invented articles: what they read, and what an answer shows of it."""

from pathlib import Path

import pytest

from index.crossreader import CrossReader, load_crossreader
from index.encoder import Encoder
from index.engine import Engine
from index.reader import model
from index.settings import Settings

TITLE = "青沢運河"
HELD = [
    ("青沢運河が開通したのは何年か", "青沢運河は1923年に開通し、船が通い始めた。", "1923年"),
    ("技師長は誰か", "工事は倉持宗一が技師長として率いた。", "倉持宗一"),
    ("工事には何人が加わったか", "完成まで11年を要し、延べ4万2千人が加わった。", "4万2千人"),
    ("護岸の石はどこから運ばれたか", "護岸の石は白根山の麓から船で運ばれた。", "白根山"),
]
LACKING = [
    ("青沢運河が開通したのは何年か", "青沢運河は開通の日、船で埋まったという。"),
    ("技師長は誰か", "技師長は工事が終わると町を去り、二度と戻らなかった。"),
    ("工事には何人が加わったか", "工事に加わった人々は、冬も仕事を休まなかった。"),
    ("護岸の石はどこから運ばれたか", "護岸の石は重く、冬には氷が付いた。"),
]


@pytest.fixture(scope="module")
def reader(real_encoder: Encoder) -> CrossReader:
    reader = load_crossreader("trained", real_encoder)
    assert reader is not None
    return reader


def test_a_passage_that_answers_is_told_from_one_that_does_not(reader: CrossReader) -> None:
    for (question, held, _), (_, lacking) in zip(HELD, LACKING, strict=True):
        with_answer, without = reader.read(question, [(TITLE, held), (TITLE, lacking)])
        assert with_answer.odds > without.odds + 1, question


def test_the_words_that_answer_are_found(reader: CrossReader) -> None:
    found = {}
    for question, text, _ in HELD:
        [reading] = reader.read(question, [(TITLE, text)])
        span = reading.span(0, len(text))
        found[question] = text[slice(*span)] if span else ""
    right = [answer in found[question] for question, _, answer in HELD]
    assert all(right), found


def test_the_sentence_that_answers_has_the_greater_share(reader: CrossReader) -> None:
    for (question, held, _), (_, lacking) in zip(HELD, LACKING, strict=True):
        [reading] = reader.read(question, [(TITLE, lacking + held)])
        apart = len(lacking)
        shares = reading.share(0, apart), reading.share(apart, apart + len(held))
        assert shares[1] > shares[0], question


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("青沢運河はいつ開通したか", "1923年"),
        ("How many ships use the canal each year?", "860隻"),
    ],
)
def test_an_answer_points_out_the_words(
    question: str, words: str, real_home: Path, real_encoder: Encoder, settings: Settings
) -> None:
    asked = Engine(Settings(real_home, settings.cache), encoder=real_encoder).ask(question)
    best = max(asked.citations, key=lambda citation: citation.score)
    assert best.key is not None
    assert words in best.quote[best.key[0] - best.start : best.key[1] - best.start]
    lexical = Settings(real_home, settings.cache, reader="lexical")
    plain = Engine(lexical, encoder=real_encoder).ask(question)
    assert plain.answered
    assert [citation.key for citation in plain.citations] == [None] * len(plain.citations)


@pytest.mark.parametrize(
    ("question", "counts", "reads"),
    [
        ("青沢運河はいつ開通したか", True, True),
        ("青沢運河の工事が長くかかったのはなぜか", False, False),
        ("「護岸の工事」とはどういうことか", False, False),
        ("When was the canal opened?", False, True),
    ],
)
def test_it_counts_where_it_has_learnt(
    question: str,
    counts: bool,
    reads: bool,
    real_home: Path,
    real_encoder: Encoder,
    settings: Settings,
) -> None:
    engine = Engine(Settings(real_home, settings.cache), encoder=real_encoder)
    explained = engine.explain(engine.ask(question))
    assert ("odds" in explained.trust) == counts
    assert any("read" in parts for _, parts in explained.sentences) == reads
    expected = model.TRAINED if counts else model.LEXICAL
    assert explained.answer_from == expected.answer_from
