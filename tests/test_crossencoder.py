import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.crossreader import best_span, lay, span_of
from index.crossreader.layout import LIMIT
from index.encoder.tokenizer import Tokenizer

CANAL = "青沢運河（あおさわうんが）は１９２３年に開通した。\n技師長は倉持宗一、全長㌔単位で12.5㌖ﾊﾞｲﾊﾟｽ付き。"


def test_pieces_know_their_place_in_the_text(tokenizer: Tokenizer) -> None:
    located = tokenizer.locate(CANAL)
    assert [i for i, _, _ in located] == tokenizer.encode(CANAL)[1:-1]
    start = CANAL.index("１９２３年")
    first, last = span_of(located, start, start + 5)
    assert CANAL[located[first][1] : located[last][2]].startswith("１９２３年")
    start = CANAL.index("ﾊﾞｲﾊﾟｽ")
    first, last = span_of(located, start, start + 6)
    assert "ﾊﾞｲﾊﾟｽ" in CANAL[located[first][1] : located[last][2]]


@given(text=st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40))
def test_places_cover_the_text_in_order(tokenizer: Tokenizer, text: str) -> None:
    located = tokenizer.locate(text)
    assert [i for i, _, _ in located][: LIMIT - 2] == tokenizer.encode(text)[1:-1]
    places = [place for _, *place in located]
    assert all(0 <= a <= b <= len(text) for a, b in places)
    assert [a for a, _ in places] == sorted(a for a, _ in places)


def test_no_token_stands_in_a_gap(tokenizer: Tokenizer) -> None:
    with pytest.raises(ValueError, match="no token"):
        span_of(tokenizer.locate("運河 開通"), 2, 3)


def test_a_pair_is_laid_out_and_cut_at_the_passage_s_end() -> None:
    laid = lay([10, 11], [20], [30, 31, 32])
    assert laid.ids == (0, 10, 11, 2, 2, 20, 2, 30, 31, 32, 2)
    assert laid.ids[slice(*laid.passage)] == (30, 31, 32)
    assert lay([10], [], [30]).ids == (0, 10, 2, 2, 30, 2)
    long = lay([10] * 900, [20] * 900, [30] * 900)
    assert len(long.ids) == LIMIT
    assert set(long.ids[slice(*long.passage)]) == {30}
    assert long.ids[-1] == 2


def test_the_best_span_ends_after_it_starts_and_is_not_endless() -> None:
    starts = np.array([0.0, 1.0, 5.0, 0.0], np.float32)
    ends = np.array([9.0, 2.0, 1.0, 3.0], np.float32)
    assert best_span(starts, ends) == (0, 0)
    assert best_span(starts[1:], ends[1:]) == (1, 2)
    starts, ends = np.zeros(200, np.float32), np.zeros(200, np.float32)
    starts[3], ends[150], ends[40] = 5.0, 4.0, 1.0
    assert best_span(starts, ends) == (3, 40)
