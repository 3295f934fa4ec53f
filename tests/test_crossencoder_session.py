"""The reader at work, on random weights of two tiny layers, and what it makes of its logits."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from training import EMBEDDINGS, WEIGHTS, averages

from index.crossreader import CrossReader, Reading, lay
from index.crossreader.graph import build
from index.crossreader.session import GRAPH, LEAST
from index.crossreader.weights import read
from index.encoder.tokenizer import SPECIAL, Tokenizer
from index.training.network import Network
from index.training.saving import FILE, reaches, ship

LETTERS = [chr(ord("ぁ") + n) for n in range(90)]
TEXT = "".join(LETTERS[10:40])


@pytest.fixture
def network() -> Network:
    torch.manual_seed(1)
    return Network(WEIGHTS, frozen=1)


@pytest.fixture
def letters() -> Tokenizer:
    """A vocabulary of single letters."""
    pieces = [*SPECIAL, "▁", *LETTERS]
    return Tokenizer(pieces, [-1.0] * len(pieces))


@pytest.fixture
def crossreader(network: Network, letters: Tokenizer, tmp_path: Path) -> CrossReader:
    ship(averages(network), reaches(network, EMBEDDINGS, [[0, 5, 6, 2]]), tmp_path, {})
    onnx.save(build(read(tmp_path / FILE, WEIGHTS), precision="fp32"), tmp_path / GRAPH)
    EMBEDDINGS.save(tmp_path)
    return CrossReader(tmp_path, letters)


def test_it_reads_what_the_network_was_trained_on(
    crossreader: CrossReader, network: Network, letters: Tokenizer
) -> None:
    ids = [[i for i, _, _ in letters.locate(text)] for text in ("ぁあ", "い", TEXT)]
    laid = lay(*ids)
    with torch.no_grad():
        (rows,) = network(torch.from_numpy(EMBEDDINGS.embed([laid.ids])), [len(laid.ids)])
    (found,) = crossreader.read("ぁあ", [("い", TEXT)])
    assert found.odds == pytest.approx(float(rows[0, 2]), abs=0.02)
    expected = torch.log_softmax(rows[slice(*laid.passage), 0], dim=0).numpy()
    np.testing.assert_allclose(found.starts, expected, atol=0.02)
    assert len(found.located) == len(found.starts) == len(found.ends)


def test_passages_do_not_depend_on_their_neighbours(crossreader: CrossReader) -> None:
    passages = [(None, TEXT), ("ゑ", TEXT[::-1]), (None, TEXT[5:9])]
    together = crossreader.read("ぁあ", passages)
    for passage, found in zip(passages, together, strict=True):
        (alone,) = crossreader.read("ぁあ", [passage])
        assert found.odds == alone.odds
        np.testing.assert_array_equal(found.starts, alone.starts)
    assert together[0].odds != crossreader.read("ぁあ", [("ゑ", TEXT)])[0].odds


def test_what_lies_beyond_the_model_s_reach_is_not_read(crossreader: CrossReader) -> None:
    (found,) = crossreader.read("ぁあ", [(None, TEXT * 30)])
    assert len(found.located) == len(found.starts) < 512
    assert found.share(0, 30) > found.share(800, 900) == LEAST
    assert found.span(800, 900) is None


class TestReading:
    """The sentences 運河は開通。 and 隻は860。 with the answer in the second."""

    TEXT = "運河は開通。隻は860。"
    SURE = np.log(np.array([0.01, 0.01, 0.01, 0.05, 0.02, 0.05, 0.8, 0.05], np.float32))
    PLACES = (
        (0, 0, 2),
        (1, 2, 3),
        (2, 3, 5),
        (3, 5, 6),
        (4, 6, 7),
        (5, 7, 8),
        (6, 8, 11),
        (7, 11, 12),
    )
    READING = Reading(1.0, SURE, SURE, PLACES)

    def test_the_shares_of_the_sentences_are_their_probability(self) -> None:
        first, second = (self.READING.share(*place) for place in ((0, 6), (6, 12)))
        assert np.exp(first) == pytest.approx(0.08, abs=1e-4)
        assert np.exp(second) == pytest.approx(0.92, abs=1e-4)

    def test_the_likeliest_words_are_those_of_the_sentence_asked_for(self) -> None:
        start, end = self.READING.span(6, 12) or (0, 0)
        assert self.TEXT[start:end] == "860"
        start, end = self.READING.span(0, 6) or (0, 0)
        assert self.TEXT[start:end] == "。"

    def test_where_nothing_was_read_there_is_no_answer(self) -> None:
        assert self.READING.span(12, 20) is None
        assert self.READING.share(12, 20) == LEAST
