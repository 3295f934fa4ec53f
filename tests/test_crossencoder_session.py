"""The cross-encoder at work, on random weights of two tiny layers, and what it makes of its logits."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from training import EMBEDDINGS, LETTERS, WEIGHTS, averages, letters

from index.crossencoder import Key, Window
from index.crossencoder.load import GRAPH, OnnxCrossEncoder
from index.crossencoder.reading import ANSWERED, END, EVIDENCE, LONGEST, START, SUPPORTED, lay
from index.crossencoder.weights import build, read
from index.training.network import FILE, Network, reaches, ship

QUESTION = "ぁあ"
SENTENCES = tuple("".join(LETTERS[at : at + 10]) for at in (10, 20, 30))
WINDOW = Window("い", SENTENCES)


@pytest.fixture
def network() -> Network:
    torch.manual_seed(1)
    return Network(WEIGHTS)


@pytest.fixture
def crossencoder(network: Network, tmp_path: Path) -> OnnxCrossEncoder:
    ship(averages(network), reaches(network, EMBEDDINGS, [[0, 5, 6, 2]]), tmp_path, {})
    onnx.save(build(read(tmp_path / FILE, WEIGHTS), precision="fp32"), tmp_path / GRAPH)
    EMBEDDINGS.save(tmp_path)
    return OnnxCrossEncoder(tmp_path, letters())


def test_it_reads_what_the_network_was_trained_on(
    crossencoder: OnnxCrossEncoder, network: Network
) -> None:
    question, title, *own = (
        [i for i, _, _ in letters().locate(text)] for text in (QUESTION, "い", *SENTENCES)
    )
    laid = lay(question, title, own)
    with torch.no_grad():
        (rows,) = network(torch.from_numpy(EMBEDDINGS.embed([laid.ids])), [len(laid.ids)])
    (found,) = crossencoder.read(QUESTION, [WINDOW])
    assert found.answered == pytest.approx(float(rows[0, ANSWERED]), abs=0.02)
    evidence = [float(rows[a : b + 1, EVIDENCE].logsumexp(0)) for a, b in laid.sentences]
    assert found.sentences == pytest.approx(evidence, abs=0.02)
    verdict = torch.log_softmax(rows[0, SUPPORTED:], dim=0).tolist()
    assert found.verdict == pytest.approx(verdict, abs=0.02)
    assert np.exp(found.verdict).sum() == pytest.approx(1)


def test_the_words_that_answer_are_the_likeliest_of_each_sentence(
    crossencoder: OnnxCrossEncoder,
) -> None:
    logits, places = crossencoder.logits(QUESTION, WINDOW)
    (found,) = crossencoder.read(QUESTION, [WINDOW])
    inside = logits[places[0][0] :]
    shares = inside[:, :2] - np.log(np.exp(inside[:, :2]).sum(axis=0))
    for (start, end), key in zip(places, found.keys, strict=True):
        assert key is not None
        own = shares[start + 1 - places[0][0] : end - places[0][0]]  # the first marks the space
        spans = {
            (first, last): own[first, START] + own[last, END]
            for first in range(len(own))
            for last in range(first, min(first + LONGEST, len(own)))
        }
        (first, last), best = max(spans.items(), key=lambda span: span[1])
        assert key == Key(first, last + 1, pytest.approx(best / 2, abs=1e-4))


def test_windows_do_not_depend_on_their_neighbours(crossencoder: OnnxCrossEncoder) -> None:
    windows = [WINDOW, Window("ゑ", SENTENCES[::-1]), Window(None, (SENTENCES[0][5:9],))]
    together = crossencoder.read(QUESTION, windows)
    assert together == [crossencoder.read(QUESTION, [window])[0] for window in windows]
    assert len({reading.answered for reading in together}) == 3


def test_the_title_and_the_question_are_read(crossencoder: OnnxCrossEncoder) -> None:
    (first,) = crossencoder.read(QUESTION, [WINDOW])
    (untitled,) = crossencoder.read(QUESTION, [Window(None, SENTENCES)])
    (other,) = crossencoder.read(QUESTION[::-1], [WINDOW])
    assert len({reading.answered for reading in (first, untitled, other)}) == 3


def test_sentences_beyond_the_model_s_reach_are_taken_for_the_least_likely(
    crossencoder: OnnxCrossEncoder,
) -> None:
    many = SENTENCES * 20
    (found,) = crossencoder.read(QUESTION, [Window(None, many)])
    _, places = crossencoder.logits(QUESTION, Window(None, many))
    assert len(found.sentences) == len(found.keys) == len(many) > len(places)
    read = found.sentences[: len(places)]
    assert set(found.sentences[len(places) :]) == {min(read)} != {max(read)}
    assert set(found.keys[len(places) :]) == {None}
    assert None not in found.keys[: len(places)]


def test_of_a_sentence_longer_than_the_model_s_reach_the_beginning_is_read(
    crossencoder: OnnxCrossEncoder,
) -> None:
    (found,) = crossencoder.read(QUESTION, [Window(None, (SENTENCES[0] * 90, SENTENCES[1]))])
    key, other = found.keys
    assert key is not None
    assert key.end <= 512
    assert other is None


def test_a_sentence_without_letters_has_no_words_that_answer(
    crossencoder: OnnxCrossEncoder,
) -> None:
    (found,) = crossencoder.read(QUESTION, [Window(None, (SENTENCES[0], " ", ""))])
    assert [key is None for key in found.keys] == [False, True, True]
    assert len({*found.sentences}) == 3


def test_words_never_begin_or_end_at_the_mark_of_a_space(crossencoder: OnnxCrossEncoder) -> None:
    text = " ".join(SENTENCES[0])
    for asked in LETTERS[:30]:
        (found,) = crossencoder.read(asked, [Window(None, (text,))])
        (key,) = found.keys
        assert key is not None
        words = text[key.start : key.end]
        assert words
        assert words == words.strip()
