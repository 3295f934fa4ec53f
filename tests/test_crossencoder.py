"""How a question and a window are laid out, and which span of a sentence is the best."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.crossencoder.reading import (
    LONGEST,
    QUESTION_LIMIT,
    TITLE_LIMIT,
    best_span,
    lay,
    pieces,
)
from index.encoder.tokenizer import BOS, EOS, LIMIT, Tokenizer

CANAL = "青沢運河（あおさわうんが）は１９２３年に開通した。\n技師長は倉持宗一、全長㌔単位で12.5㌖ﾊﾞｲﾊﾟｽ付き。"


def test_pieces_know_their_place_in_the_text(tokenizer: Tokenizer) -> None:
    located = tokenizer.locate(CANAL)
    assert [i for i, _, _ in located] == tokenizer.encode(CANAL)[1:-1]
    for words in ("１９２３年", "ﾊﾞｲﾊﾟｽ"):
        start = CANAL.index(words)
        inside = [(a, b) for _, a, b in located if a < b and b > start and a < start + len(words)]
        assert words in CANAL[inside[0][0] : inside[-1][1]]
        assert len(CANAL[inside[0][0] : inside[-1][1]]) <= len(words) + 2


@given(text=st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40))
def test_places_cover_the_text_in_order(tokenizer: Tokenizer, text: str) -> None:
    located = tokenizer.locate(text)
    assert [i for i, _, _ in located][: LIMIT - 2] == tokenizer.encode(text)[1:-1]
    places = [place for _, *place in located]
    assert all(0 <= a <= b <= len(text) for a, b in places)
    assert [a for a, _ in places] == sorted(a for a, _ in places)


def test_a_question_and_the_sentences_of_a_window_are_laid_out() -> None:
    laid = lay([10, 11], [20], [[30, 31, 32], [40]])
    assert laid.ids == (0, 10, 11, 2, 2, 20, 2, 30, 31, 32, 2, 40, 2)
    assert laid.sentences == ((7, 10), (11, 12))
    assert lay([10], [], [[30]]).ids == (0, 10, 2, 2, 30, 2)
    assert lay([10], [], [[], [30]]).sentences == ((4, 4), (5, 6))


def test_a_long_question_and_a_long_title_are_cut() -> None:
    laid = lay([10] * 900, [20] * 900, [[30, 31]])
    assert laid.ids.count(10) == QUESTION_LIMIT
    assert laid.ids.count(20) == TITLE_LIMIT
    assert laid.ids[-3:] == (30, 31, EOS)


def test_a_sentence_that_does_not_fit_whole_is_left_out_with_all_behind_it() -> None:
    laid = lay([10], [], [[30] * 400, [40] * 200, [50]])
    assert laid.sentences == ((4, 404),)
    assert {40, 50}.isdisjoint(laid.ids)
    room = LIMIT - len(laid.ids) - 1
    assert len(lay([10], [], [[30] * 400, [40] * room]).ids) == LIMIT
    assert len(lay([10], [], [[30] * 400, [40] * (room + 1)]).sentences) == 1


def test_a_first_sentence_that_does_not_fit_is_cut() -> None:
    laid = lay([10], [20], [[30] * 900, [40]])
    assert len(laid.ids) == LIMIT
    ((start, end),) = laid.sentences
    assert set(laid.ids[start:end]) == {30}
    assert (end, laid.ids[end]) == (LIMIT - 1, EOS)


tokens = st.lists(st.integers(5, 90), max_size=300)


@given(question=tokens, title=tokens, sentences=st.lists(tokens, min_size=1, max_size=8))
def test_every_sentence_laid_stands_at_its_place(
    question: list[int], title: list[int], sentences: list[list[int]]
) -> None:
    laid = lay(question, title, sentences)
    assert laid.ids[0] == BOS
    assert len(laid.ids) <= LIMIT
    assert laid.sentences
    for at, (start, end) in enumerate(laid.sentences):
        own = list(laid.ids[start:end])
        assert own == sentences[at][: len(own)]
        assert own == sentences[at] or at == 0
        assert laid.ids[end] == EOS


def test_the_best_span_ends_after_it_starts_and_is_not_endless() -> None:
    starts = np.array([0.0, 1.0, 5.0, 0.0], np.float32)
    ends = np.array([9.0, 2.0, 1.0, 3.0], np.float32)
    assert best_span(starts, ends) == (0, 0)
    assert best_span(starts[1:], ends[1:]) == (1, 2)
    starts, ends = np.zeros(200, np.float32), np.zeros(200, np.float32)
    starts[3], ends[150], ends[LONGEST + 2] = 5.0, 4.0, 1.0
    assert best_span(starts, ends) == (3, LONGEST + 2)
    ends[LONGEST + 3] = 3.0  # one token more than are looked for
    assert best_span(starts, ends) == (3, LONGEST + 2)


@pytest.mark.parametrize(
    ("lengths", "sizes"),
    [
        ([], [0]),
        ([0, 0], [2]),
        ([10], [1]),
        ([300], [1]),
        ([26, 27], [2]),
        ([27, 27], [1, 1]),
        ([13] * 8, [4, 4]),
        ([7] * 17, [6, 5, 6]),
        ([100, 6, 6], [1, 2]),
        ([6, 6, 100], [2, 1]),
    ],
)
def test_a_passage_is_cut_into_pieces_of_like_length(lengths: list[int], sizes: list[int]) -> None:
    found = pieces(["橋" * length for length in lengths])
    assert [n for piece in found for n in piece] == [*range(len(lengths))]
    assert [len(piece) for piece in found] == sizes
    latin = pieces(["abc" * length for length in lengths])
    assert latin == found
