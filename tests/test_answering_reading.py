"""The passages read with the question: their order, what answers, what is quoted, and the bar."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from conftest import Choosing, FakeEncoder, article, publish, read

from index import answering
from index.answering import ANSWER_FROM, Found, Scored, choose
from index.answering.reading import (
    BIAS,
    DEPTH,
    FAR,
    MARGIN,
    MOST,
    NEARNESS,
    RETRIEVED,
    SURE,
    TRUSTED,
    WEIGHT,
)
from index.answering.statements import state
from index.crossencoder import Key, Reading, Window
from index.crossencoder.reading import PIECE
from index.retriever import Evidence, retrieve
from index.store import Generation, Home
from index.text.normal import in_one_form

QUESTION = "橋は何色か"


@dataclass
class Odds:
    """Gives a sentence the odds of the first words that it holds, a window those of its best one."""

    odds: dict[str, float]
    key: Key | None = None
    name: str = "odds"
    asked: list[str] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        self.asked.append(question)
        self.windows += windows
        return [self._read(window.sentences) for window in windows]

    def _read(self, sentences: Sequence[str]) -> Reading:
        found = [next((o for w, o in self.odds.items() if w in s), -9.0) for s in sentences]
        return Reading(max(found, default=-9.0), tuple(found), (self.key,) * len(found))


def opened(home: Home, *texts: str, **fields: object) -> Generation:
    publish(home, [article(f"a{n}", text, **fields) for n, text in enumerate(texts)])
    return home.open()


def evidence(generation: Generation, reader: Odds, question: str = QUESTION) -> list[Evidence]:
    """The passages in their order after reading."""
    return [*read(generation, question, reader).evidence]


def scored(generation: Generation, question: str, reader: Odds | Choosing) -> list[Scored]:
    """The sentences read, best first."""
    return [*read(generation, question, reader).sentences]


def stated(found: Found) -> list[str]:
    """The texts of the statements, in reading order."""
    return [statement.text for statement in state(found.chosen, found)[0]]


def texts(sentences: Sequence[Scored]) -> list[str]:
    return [s.sentence.text for s in sentences]


def quotes(chosen: Sequence[Scored]) -> list[str]:
    return ["".join(q.text for q in s.quoted) for s in chosen]


BRIDGES = [f"橋は{colour}い。" for colour in ("赤", "青", "白", "黒", "丸", "長", "短", "古")]


def test_the_passage_that_answers_comes_first(home: Home) -> None:
    generation = opened(home, *BRIDGES)
    before = retrieve(generation, FakeEncoder(), QUESTION)
    for e in before[:DEPTH]:
        text = e.hit.passage.text
        after = evidence(generation, Odds({text: 30.0}))
        assert after[0].hit.passage.text == text
        assert [r.hit.rank for r in after] == list(range(1, len(after) + 1))
        scores = [r.hit.score for r in after]
        assert scores == sorted(scores, reverse=True)


def test_passages_equally_likely_keep_their_order(home: Home) -> None:
    generation = opened(home, *BRIDGES)
    before = retrieve(generation, FakeEncoder(), QUESTION)
    after = evidence(generation, Odds({"橋": 3.0}))
    assert [e.hit for e in after] == [e.hit for e in before]


def test_views_add_up_to_the_score(home: Home) -> None:
    generation = opened(home, *BRIDGES)
    after = evidence(generation, Odds({"赤": 4.0, "青": 1.0, "橋": -2.0}))
    for e in after:
        assert sum(e.views.values()) == pytest.approx(e.hit.score, abs=1e-5)
    odds = [max((reading.answered for reading in e.readings), default=-2.0) for e in after]
    assert [e.views["reading"] / WEIGHT for e in after] == pytest.approx(
        [its - max(odds) for its in odds]
    )


def test_the_score_of_a_sentence_tells_how_its_passage_was_retrieved(home: Home) -> None:
    generation = opened(home, *BRIDGES)
    before = retrieve(generation, FakeEncoder(), QUESTION)
    found = scored(generation, QUESTION, Odds({"赤": 4.0, "橋": -2.0}))
    retrieved = {e.hit.passage.id: e.hit.score for e in before}
    assert [s.retrieved for s in found] == pytest.approx(
        [retrieved[s.hit.passage.id] for s in found], abs=1e-5
    )
    assert found[0].parts["retrieved"] == RETRIEVED * found[0].retrieved > 0


def test_passages_beyond_the_depth_are_not_read_and_keep_their_order(home: Home) -> None:
    generation = opened(home, *BRIDGES)
    before = [e.hit.passage.id for e in retrieve(generation, FakeEncoder(), QUESTION)]
    reader = Odds({"橋": 9.0, "": -9.0})
    after = evidence(generation, reader)
    assert len(reader.windows) == DEPTH
    assert [e.hit.passage.id for e in after[DEPTH:]] == before[DEPTH:]
    assert [len(e.readings) for e in after] == [1] * DEPTH + [0] * (len(BRIDGES) - DEPTH)
    assert len(scored(generation, QUESTION, reader)) == DEPTH


def test_a_long_passage_is_read_in_pieces_of_like_length(home: Home) -> None:
    lengths = [12, 16, 6, 20, 10, 14, 8, 18]
    sentences = [f"{n}橋{'は' * (length - 3)}。" for n, length in enumerate(lengths)]
    generation = opened(home, "".join(sentences))
    (before,) = retrieve(generation, FakeEncoder(), QUESTION)
    reader = Odds({"3橋": 2.0, "7橋": 5.0})
    found = read(generation, QUESTION, reader)
    pieces = [window.sentences for window in reader.windows]
    assert [s for piece in pieces for s in piece] == sentences
    assert len(pieces) == math.ceil(sum(lengths) * 3 / PIECE)
    assert max(len("".join(p)) for p in pieces) - min(len("".join(p)) for p in pieces) < max(
        lengths
    )
    assert found.hits[0].score == pytest.approx(before.hit.score)
    best, second, *_ = found.sentences
    assert (best.sentence.text, best.answered) == (sentences[7], 5.0)
    assert (second.sentence.text, second.answered) == (sentences[3], 2.0)


def test_nothing_found_is_not_read(home: Home) -> None:
    reader = Odds({})
    found = answering.read(QUESTION, [], opened(home, "橋は赤い。"), reader)
    assert (found.evidence, found.sentences, found.chosen) == ((), (), [])
    assert (found.trust, found.confidence) == ({}, 0.0)
    assert reader.asked == []


@pytest.mark.parametrize("question", ["？", "。", "#!", "🌸"])
def test_a_question_without_a_letter_is_not_read(home: Home, question: str) -> None:
    assert scored(opened(home, "橋は赤い。"), question, Odds({"橋": 9.0})) == []


def test_sentences_of_several_passages_stand_in_reading_order(home: Home) -> None:
    generation = opened(home, "橋は赤い。川は深い。橋は長い。", "空は青い。橋は古い。")
    reader = Odds({"長い": 9.0, "赤い": 8.0, "古い": 8.5})
    found = read(generation, QUESTION, reader)
    assert texts(found.sentences)[0] == "橋は長い。"
    assert set(texts(found.sentences)[1:3]) == {"橋は赤い。", "橋は古い。"}
    assert stated(found) == ["橋は赤い。", "橋は長い。", "橋は古い。"]


def test_the_article_of_the_best_sentence_comes_first(home: Home) -> None:
    generation = opened(home, "橋は赤い。", "橋は古い。")
    for best, other in (("赤", "古"), ("古", "赤")):
        found = read(generation, QUESTION, Odds({best: 9.0, other: 8.5}))
        assert stated(found) == texts(found.sentences)[:2]


def test_no_more_sentences_than_an_answer_quotes(home: Home) -> None:
    found = scored(opened(home, "".join(BRIDGES)), QUESTION, Choosing("橋"))
    assert len(found) == len(BRIDGES)
    assert len(choose(found)) == MOST


def test_the_best_sentence_is_chosen_however_unlikely_and_others_only_if_likely(home: Home) -> None:
    generation = opened(home, "橋は赤い。川は深い。")
    assert texts(choose(scored(generation, QUESTION, Odds({"橋": -5.0})))) == ["橋は赤い。"]
    assert texts(choose(scored(generation, QUESTION, Odds({"橋": 9.0, "川": -5.0})))) == [
        "橋は赤い。"
    ]
    assert choose([]) == []


@pytest.mark.parametrize(("behind", "chosen"), [(MARGIN, 2), (MARGIN + 0.5, 1)])
def test_a_sentence_of_a_piece_much_less_likely_is_left_out(
    home: Home, behind: float, chosen: int
) -> None:
    generation = opened(home, "橋は赤い。", "橋は古い。")
    found = scored(generation, QUESTION, Odds({"赤": 9.0, "古": 9.0 - behind}))
    assert len(choose(found)) == chosen


def test_the_same_words_of_two_articles_are_quoted_from_both(home: Home) -> None:
    generation = opened(home, "橋は赤い。", "橋は赤い。")
    chosen = choose(scored(generation, QUESTION, Odds({"橋": 9.0})))
    assert {s.hit.passage.article_id for s in chosen} == {"a0", "a1"}


LEANING = "市長は三月に辞意を表明した。同氏は健康上の理由を挙げた。"


@pytest.mark.parametrize("odds", [{"同氏": 9.0, "市長": 8.0}, {"市長": 9.0, "同氏": 8.0}])
def test_no_words_are_quoted_twice(home: Home, odds: dict[str, float]) -> None:
    chosen = choose(scored(opened(home, LEANING), "辞意の理由は何か", Odds(odds)))
    assert "".join(quotes(sorted(chosen, key=lambda s: s.sentence.start))) == LEANING


def test_what_is_quoted_stands_in_its_order_and_together(home: Home) -> None:
    first, second, third = (
        "市長は雨の中を歩いた。",
        "同氏は川を見た。",
        "しかし同氏は橋を渡らなかった。",
    )
    generation = opened(home, first + second + third)
    asked = "市長はどうしたか"
    assert quotes(choose(scored(generation, asked, Odds({"しかし": 9.0})))) == [
        first + second + third
    ]
    chosen = choose(scored(generation, asked, Odds({"市長": 9.0, "しかし": 8.0})))
    assert quotes(chosen) == [first, second + third]


HEADED = "## 秋の祭りはいつか\n\n――――――\n\n祭りは十月にある。\n\n※※※\n"


def test_a_heading_is_read_with_the_title_and_marks_not_at_all(home: Home) -> None:
    reader = Odds({"": 9.0})
    found = read(opened(home, HEADED, title="町の暦"), "祭りはいつか", reader)
    assert reader.windows == [Window("町の暦 秋の祭りはいつか", ("祭りは十月にある。",))]
    assert quotes(found.chosen) == ["祭りは十月にある。"]


def test_a_heading_that_stands_alone_is_read(home: Home) -> None:
    reader = Odds({})
    scored(opened(home, "## 秋の祭り\n"), "祭りはいつか", reader)
    assert [w.sentences for w in reader.windows] == [("秋の祭り",)]


def test_a_passage_without_title_or_heading_has_none_above(home: Home) -> None:
    reader = Odds({})
    scored(opened(home, "祭りは十月にある。"), "祭りはいつか", reader)
    assert reader.windows == [Window(None, ("祭りは十月にある。",))]


@pytest.mark.parametrize(
    ("question", "text", "asked"),
    [
        ("令和六年の祭りは", "２０２４年の祭りは秋だった。", "2024年の祭りは"),
        ("午後3時半の祭りは", "祭りは15:30に始まった。", "15時30分の祭りは"),
        ("祭りはいつか", "令和6年の祭りは秋だった。", "祭りはいつか"),
    ],
)
def test_figures_are_read_in_one_form_where_the_question_tells_any(
    home: Home, question: str, text: str, asked: str
) -> None:
    reader = Odds({})
    evidence(opened(home, text), reader, question)
    assert reader.asked == [asked]
    figures = asked != question
    assert [w.sentences[0] for w in reader.windows] == [in_one_form(text) if figures else text]


@pytest.mark.parametrize(("start", "end", "key"), [(0, 5, "令和六年"), (7, 9, "は秋")])
def test_words_that_answer_are_pointed_out_as_written(
    home: Home, start: int, end: int, key: str
) -> None:
    text = "令和六年の祭は秋だった。"
    reader = Odds({"祭": 9.0}, Key(start, end, SURE / 2))
    [found] = scored(opened(home, text), "2024年の祭は", reader)
    assert found.key is not None
    assert text[slice(*found.key)] == key


def test_words_that_answer_are_pointed_out_where_the_model_is_sure(home: Home) -> None:
    generation = opened(home, "空は青い。橋は赤い。")
    [sure, unsure] = [
        scored(generation, QUESTION, Odds({"橋": 9.0}, Key(2, 3, value)))[0]
        for value in (SURE / 2, SURE * 2)
    ]
    assert sure.key is not None
    assert "空は青い。橋は赤い。"[slice(*sure.key)] == "赤"
    assert unsure.key is None


def test_the_score_of_a_sentence_is_the_sum_of_its_parts(home: Home) -> None:
    [best, other] = scored(opened(home, "橋は赤い。川は深い。"), QUESTION, Odds({"橋": 2.0}))
    for s in (best, other):
        assert s.score == sum(s.parts.values()) < 0
    assert math.exp(best.parts["sentence"]) == pytest.approx(1 / (1 + math.exp(-2.0)))
    assert best.parts["passage"] == other.parts["passage"]


def test_an_answer_is_given_from_the_bar_on(home: Home) -> None:
    generation = opened(home, "橋は赤い。")
    found = [read(generation, QUESTION, Odds({"橋": odds / 2})) for odds in range(-40, 41)]
    answers = [answering.answer(f) for f in found]
    sure = [a.confidence for a in answers]
    assert sure == sorted(sure)
    assert [a.answered for a in answers] == [a.confidence >= ANSWER_FROM for a in answers]
    assert (answers[0].answered, answers[-1].answered) == (False, True)
    assert all(bool(a.citations) == a.answered != bool(a.nearest) for a in answers)


def test_the_parts_of_the_trust_give_the_confidence(home: Home) -> None:
    found = read(opened(home, *BRIDGES), QUESTION, Odds({"橋": 1.5}))
    best = found.sentences[0]
    assert found.trust == pytest.approx(
        {
            "passage": TRUSTED * 1.5,
            "nearness": -math.log1p(math.exp(FAR - NEARNESS * best.nearness)),
            "bias": BIAS,
        }
    )
    odds = math.exp(sum(found.trust.values()))
    assert found.confidence == pytest.approx(odds / (1 + odds))
