"""The weights that are shipped, over invented articles: what any sensible reader tells apart."""

import math
from pathlib import Path

import numpy as np
import onnx
import pytest

from index.crossencoder import DEFAULT, CrossEncoder, Window, load_crossencoder
from index.crossencoder.load import GRAPH, WEIGHTS, OnnxCrossEncoder
from index.crossencoder.reading import VERDICTS
from index.crossencoder.weights import Embeddings, build, read
from index.encoder import Encoder, load_encoder
from index.encoder.weights import Weights
from index.engine import Engine
from index.evaluate.selective import auroc
from index.evaluate.sets import read_news
from index.settings import Settings
from index.training import NEWS

TITLE = "青沢運河"
HELD = [
    ("青沢運河が開通したのは何年か", "青沢運河は1923年に開通し、船が通い始めた。", "1923年"),
    ("技師長は誰か", "工事は倉持宗一が技師長として率いた。", "倉持宗一"),
    ("工事には何人が加わったか", "完成まで11年を要し、延べ4万2千人が加わった。", "4万2千人"),
    ("護岸の石はどこから運ばれたか", "護岸の石は白根山の麓から船で運ばれた。", "白根山"),
    ("In what year was the canal opened?", "青沢運河は1923年に開通し、船が通い始めた。", "1923年"),
]
LACKING = [
    "青沢運河は開通の日、船で埋まったという。",
    "技師長は工事が終わると町を去り、二度と戻らなかった。",
    "工事に加わった人々は、冬も仕事を休まなかった。",
    "護岸の石は重く、冬には氷が付いた。",
    "青沢運河は開通の日、船で埋まったという。",
]
CLAIMS = [
    ("青沢運河は1923年に開通した。", "青沢運河は1923年に開通し、船が通い始めた。", "supported"),
    ("青沢運河は1923年に開通した。", "青沢運河は1950年に開通し、船が通い始めた。", "contradicted"),
    ("青沢運河は1923年に開通した。", "運河の護岸の石は重く、冬には氷が付いた。", "not found"),
    ("工事には延べ4万2千人が加わった。", "工事には延べ4万2千人が加わった。", "supported"),
    ("工事には延べ4万2千人が加わった。", "工事には延べ7千人が加わった。", "contradicted"),
    ("工事には延べ4万2千人が加わった。", "工事は冬も休みなく続いた。", "not found"),
]
MARGIN = 1.0
"""Log-odds, or a log-probability, by which what is right lies above what is wrong."""


@pytest.fixture(scope="module")
def crossencoder(settings: Settings) -> CrossEncoder:
    return load_crossencoder(DEFAULT, cache=settings.cache)


def test_a_window_that_answers_is_told_from_one_that_does_not(crossencoder: CrossEncoder) -> None:
    for (question, held, _), lacking in zip(HELD, LACKING, strict=True):
        windows = [Window(TITLE, (text,)) for text in (held, lacking)]
        with_answer, without = crossencoder.read(question, windows)
        assert with_answer.answered > 0 > without.answered, question
        assert with_answer.answered > without.answered + 2 * MARGIN, question


def test_a_window_of_something_else_does_not_answer(crossencoder: CrossEncoder) -> None:
    other = Window("丘の上の窯", ("窯の温度は230度に保つという。", "日曜日には昼前に売り切れる。"))
    for question, *_ in HELD:
        assert crossencoder.read(question, [other])[0].answered < -MARGIN, question


def test_the_words_that_answer_are_found(crossencoder: CrossEncoder) -> None:
    found = {}
    for question, text, _ in HELD:
        ((key,),) = (
            reading.keys for reading in crossencoder.read(question, [Window(TITLE, (text,))])
        )
        assert key is not None
        found[question] = text[key.start : key.end]
    right = [answer in found[question] for question, _, answer in HELD]
    assert all(right), found
    assert all(len(found[q]) <= len(answer) + 6 for q, _, answer in HELD), found


def test_the_sentence_that_answers_is_the_evidence(crossencoder: CrossEncoder) -> None:
    for (question, held, _), lacking in zip(HELD, LACKING, strict=True):
        for order in (1, -1):
            sentences = (lacking, held)[::order]
            (reading,) = crossencoder.read(question, [Window(TITLE, sentences)])
            odds = dict(zip(sentences, reading.sentences, strict=True))
            assert odds[held] > odds[lacking] + MARGIN, question


def test_a_verdict_is_likelier_where_it_is_right(crossencoder: CrossEncoder) -> None:
    of: dict[bool, dict[str, list[float]]] = {b: {v: [] for v in VERDICTS} for b in (True, False)}
    for claim, text, right in CLAIMS:
        (reading,) = crossencoder.read(claim, [Window(TITLE, (text,))])
        assert reading.verdict is not None
        assert sum(map(math.exp, reading.verdict)) == pytest.approx(1)
        for verdict, log in zip(VERDICTS, reading.verdict, strict=True):
            of[verdict == right][verdict].append(log)
    for verdict in VERDICTS:
        assert np.mean(of[True][verdict]) > np.mean(of[False][verdict]), verdict


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
    assert asked.answered
    best = max(asked.citations, key=lambda citation: citation.score)
    assert best.key is not None
    assert words in best.quote[best.key[0] - best.start : best.key[1] - best.start]


@pytest.mark.parametrize(
    "question", ["青沢運河の水の深さは何メートルか", "坂井ミツ子の弟の名前は何か"]
)
def test_what_the_articles_do_not_say_is_not_answered(
    question: str, real_home: Path, real_encoder: Encoder, settings: Settings
) -> None:
    asked = Engine(Settings(real_home, settings.cache), encoder=real_encoder).ask(question)
    assert not asked.answered


def test_int8_reads_as_fp32_does(
    crossencoder: CrossEncoder, settings: Settings, stored: Weights, tmp_path: Path
) -> None:
    asked = [(a.title, q) for a in read_news(NEWS)[:20] for q in a.questions[:3]]
    pairs = [
        (q.text, Window(title, v.sentences[:4]), v.settled)
        for title, q in asked
        for v in q.variants
    ]
    onnx.save(build(read(WEIGHTS, stored), precision="fp32"), tmp_path / GRAPH)
    Embeddings.of(stored).save(tmp_path)
    tokenizer = load_encoder(None, cache=settings.cache).tokenizer
    exact, ours = (
        np.array([reader.read(question, [window])[0].answered for question, window, _ in pairs])
        for reader in (OnnxCrossEncoder(tmp_path, tokenizer), crossencoder)
    )
    settled = np.array([told for *_, told in pairs])
    assert len(pairs) >= 110
    assert np.abs(ours - exact).mean() < 0.07 * np.abs(exact).mean()  # .055 (.22 of 4.1)
    assert ((ours > 0) != (exact > 0)).mean() < 0.05
    areas = [auroc(odds[settled], odds[~settled]) for odds in (exact, ours)]
    assert areas[1] == pytest.approx(areas[0], abs=0.015)
