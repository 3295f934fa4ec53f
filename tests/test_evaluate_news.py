"""Questions and claims put to articles as written, and to the same after the edit that turns them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st
from newsqa import (
    BAKERY,
    LIGHTHOUSE,
    LIGHTHOUSE_CLAIM_TWINS,
    LIGHTHOUSE_CLAIMS,
    LIGHTHOUSE_TWINS,
    inserted,
    replaced,
    write_file,
    write_folder,
    write_lines,
)
from typer.testing import CliRunner

from index import evaluate
from index.cli.commands import app
from index.crossencoder import CrossEncoder, Key, Reading, Window
from index.encoder import Encoder
from index.errors import CorpusError
from index.evaluate.asking import questions_alone
from index.evaluate.figures import claim_figures, news_figures
from index.evaluate.outcomes import ClaimOutcome, NewsOutcome, Outcomes, Run, tabulate
from index.evaluate.selective import cross_fitted
from index.evaluate.sets import NewsArticle, edit, read_news
from index.reports import Progress
from index.settings import Settings

QUESTIONS = [line["question"] for line in LIGHTHOUSE["questions"]]
CLAIMS = [line["claim"] for line in LIGHTHOUSE_CLAIMS]


# Edits.


def test_sentences_are_replaced_and_inserted() -> None:
    edits = [inserted(1, "い"), replaced(1, "B"), inserted(1, "ろ"), inserted(3, "は")]
    new, places, changed = edit((("a", "b"), ("c",), ("d",)), edits)
    assert new == (("a", "B", "い", "ろ"), ("c",), ("d", "は"))
    assert places == {0: 0, 1: 1, 2: 4, 3: 5}
    assert changed == (1, 2, 3, 6)


sizes = st.lists(st.integers(1, 4), min_size=1, max_size=4)


@given(sizes=sizes, drawn=st.lists(st.tuples(st.integers(0, 15), st.booleans()), max_size=6))
def test_what_is_not_edited_stands_at_its_new_place(
    sizes: list[int], drawn: list[tuple[int, bool]]
) -> None:
    old = [[f"{p}.{n}" for n in range(size)] for p, size in enumerate(sizes)]
    count = sum(sizes)
    edits = [
        (inserted if insert else replaced)(at % count, f"new {n}")
        for n, (at, insert) in enumerate(drawn)
    ]
    new, places, changed = edit(tuple(map(tuple, old)), edits)
    flat = [s for p in new for s in p]
    put = {e["sentence"] for e in edits if not e["insert"]}
    for at, sentence in enumerate(s for p in old for s in p):
        assert (flat[places[at]] == sentence) == (at not in put)
    assert [flat[n].startswith("new") for n in range(len(flat))] == [
        n in changed for n in range(len(flat))
    ]
    assert len(flat) == count + sum(e["insert"] for e in edits)
    assert [p[0].partition(".")[0] for p in new if not p[0].startswith("new")] == [
        str(p) for p, paragraph in enumerate(new) if not paragraph[0].startswith("new")
    ]


# Reading.


def test_a_folder_is_read_with_its_twins(tmp_path: Path) -> None:
    lighthouse, bakery = read_news(write_folder(tmp_path / "news"))
    assert (lighthouse.title, lighthouse.publisher) == ("白浜灯台の百年", "青沢新報")
    assert lighthouse.published == "2024-05-01"
    when, museum, power = lighthouse.questions
    assert [(q.text, q.language) for q in lighthouse.questions] == [
        (text, language) for text, language in zip(QUESTIONS, ("ja", "en", "ja"), strict=True)
    ]
    assert [(v.label, v.evidence, v.near, v.answer, v.written) for v in when.variants] == [
        ("answered", (0,), (0,), "1931年", True),
        ("unanswered", (), (0,), None, False),
    ]
    assert [(v.label, v.evidence, v.near, v.answer, v.written) for v in museum.variants] == [
        ("unanswered", (), (9,), None, True),
        ("answered", (10, 12), (9, 10, 12), "2027年の春", False),
    ]
    assert [(v.label, v.evidence, v.near, v.answer, v.written) for v in power.variants] == [
        ("answered", (4, 6), (4, 6), None, True),
        ("unanswered", (), (4, 6), None, False),
    ]
    assert museum.variants[1].sentences[10] == "資料館は2027年の春に開く。"
    assert museum.variants[1].sentences[11] == museum.variants[0].sentences[10]
    assert museum.variants[1].sentences[13:] == museum.variants[0].sentences[12:]
    assert [len(q.variants) for q in bakery.questions] == [2, 1, 1]
    assert bakery.claims == ()


def test_claims_are_read_with_their_verdicts(tmp_path: Path) -> None:
    lighthouse, _ = read_news(write_folder(tmp_path / "news"))
    found = [[(v.label, v.evidence, v.near) for v in c.variants] for c in lighthouse.claims]
    assert found == [
        [("supported", (1,), (1,)), ("contradicted", (1,), (1,))],
        [("not found", (), (9,)), ("supported", (9, 10), (9, 10))],
        [("contradicted", (5,), (5,))],
    ]
    settled = [[v.settled for v in c.variants] for c in lighthouse.claims]
    assert settled == [[True, True], [False, True], [True]]


def test_one_file_holds_the_same_as_a_folder(tmp_path: Path) -> None:
    folder, file = write_folder(tmp_path / "news"), write_file(tmp_path / "newsqa.jsonl.gz")
    assert read_news(file) == read_news(folder)


def without(line: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != name}


TITLE = {"title": LIGHTHOUSE["title"]}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("articles-01.jsonl", without(LIGHTHOUSE, "paragraphs")),
        ("articles-01.jsonl", without(LIGHTHOUSE, "title")),
        ("articles-01.jsonl", LIGHTHOUSE | {"questions": [{"question": "何か"}]}),
        ("articles-01.jsonl", LIGHTHOUSE | {"questions": 3}),
        ("twins-01.jsonl", TITLE | {"twins": [{"edits": [{"sentence": 0}]}, None, None]}),
        ("twins-01.jsonl", TITLE | {"twins": LIGHTHOUSE_TWINS[:2]}),
        ("claim-twins-01.jsonl", TITLE | {"twins": [*LIGHTHOUSE_CLAIM_TWINS, None]}),
        ("claims-01.jsonl", TITLE | {"claims": [without(LIGHTHOUSE_CLAIMS[0], "evidence")]}),
    ],
)
def test_what_is_broken_is_named(name: str, line: dict[str, Any], tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "news")
    if name.startswith("claims"):
        (folder / "claim-twins-01.jsonl").unlink()
    write_lines(folder / name, [line])
    with pytest.raises(CorpusError, match="news"):
        read_news(folder)


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "news")
    (folder / "claims-01.jsonl").write_text("{}\n[", "utf-8")
    with pytest.raises(CorpusError, match=r"claims-01\.jsonl.*1 行目.*title"):
        read_news(folder)


def test_where_there_is_no_article_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(CorpusError, match=rf"{path.name}.*articles"):
            read_news(path)
    (tmp_path / "empty" / "articles-01.jsonl").touch()
    with pytest.raises(CorpusError, match="empty"):
        read_news(tmp_path / "empty")


# Asking.


class KnowingCrossEncoder:
    """Knows by heart which sentences answer each question or settle each claim, and how surely."""

    name = "by heart"
    ANSWERS: Mapping[str, Mapping[str, str | None]] = {
        QUESTIONS[0]: {"白浜灯台は1931年に、岬の先の岩場に建てられた。": "1931年"},
        QUESTIONS[1]: {"資料館は2027年の春に開く。": "2027年"},
        QUESTIONS[2]: {
            "光は30キロ先の船からも見え、漁師はその回り方で港の方角を知った。": None,
            "戦のあとは電気で回るようになり、番人の仕事は帳面をつけることが主になった。": None,
        },
        # Of the bakery: the right sentence with the wrong words, the right words in a wrong sentence,
        # and a sentence of the other article where the right one would stand.
        BAKERY["questions"][0]["question"]: {
            "一番売れるのはくるみパンで、一個240円である。": "くるみ"
        },
        BAKERY["questions"][1]["question"]: {"配達の袋は一つで35キロになる。": "35キロ"},
        BAKERY["questions"][2]["question"]: {
            "白浜灯台は1931年に、岬の先の岩場に建てられた。": None
        },
    }
    VERDICTS: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
        CLAIMS[0]: {
            "塔の高さは24メートル": (0.8, 0.1, 0.1),
            "塔の高さは31メートル": (0.1, 0.7, 0.2),
        },
        CLAIMS[1]: {"入館料は誰からもとらない。": (0.6, 0.0, 0.4)},
        CLAIMS[2]: {"番人は三人がかわるがわる": (0.0, 0.4, 0.6)},
    }

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        return [self._read(question, window.sentences) for window in windows]

    def _read(self, question: str, sentences: Sequence[str]) -> Reading:
        known = self.ANSWERS.get(question, {})
        keys = []
        for sentence in sentences:
            words = known.get(sentence)
            start = sentence.index(words) if words else 0
            keys.append(Key(start, start + len(words), -0.1) if words else None)
        odds = tuple(6.0 if sentence in known else -6.0 for sentence in sentences)
        shares = (0.05, 0.05, 0.9)
        for words, told in self.VERDICTS.get(question, {}).items():
            if words in "".join(sentences):
                shares = told
        verdict = tuple(float(np.log(max(share, 1e-9))) for share in shares)
        return Reading(max(odds), odds, tuple(keys), verdict)  # type: ignore[arg-type]


@pytest.fixture
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    def encoder(model: str | None, **options: object) -> Encoder:
        return FakeEncoder()

    def crossencoder(name: str, **options: object) -> CrossEncoder:
        return KnowingCrossEncoder()

    monkeypatch.setattr("index.encoder.load_encoder", encoder)
    monkeypatch.setattr("index.models.load_crossencoder", crossencoder)


@pytest.fixture
def nowhere(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "untouched", tmp_path / "cache")


@pytest.mark.usefixtures("_known")
def test_questions_are_asked_of_both_versions(tmp_path: Path, nowhere: Settings) -> None:
    told: list[Progress] = []
    run = evaluate.ask_news(write_folder(tmp_path / "news"), nowhere, on_progress=told.append)
    assert run.measure == "news"
    noted = ("id", "kind", "written", "answerable", "answered", "cited", "best", "every", "key")
    assert [o.item() for o in run.outcomes[list(noted)]] == [
        ("0/0", "ja", True, True, True, 1, True, True, True),
        ("0/1", "en", True, False, False, 0, False, False, False),
        ("0/2", "ja", True, True, True, 2, True, True, False),  # no words say yes
        ("1/0", "ja", True, True, True, 1, True, True, False),  # the wrong words
        ("1/1", "ja", True, True, True, 1, False, False, False),  # in the wrong sentence
        ("1/2", "ja", True, True, True, 1, False, False, False),  # of the wrong article
        ("0/0", "ja", False, False, False, 0, False, False, False),
        ("1/0", "ja", False, False, False, 0, False, False, False),
        ("0/1", "en", False, True, True, 1, True, False, True),  # half of the evidence
        ("0/2", "ja", False, False, True, 1, False, False, False),  # half of it is left
    ]
    sure = run.outcomes["confidence"]
    assert sure[run.outcomes["answered"]].min() > 0.7
    assert sure[~run.outcomes["answered"]].max() < 0.25
    assert (run.outcomes["seconds"] > 0).all()
    assert told[-3:] == [Progress("ask", n, 3) for n in (1, 2, 3)]
    assert not nowhere.home.exists()


@pytest.mark.usefixtures("_known")
def test_claims_are_judged_by_the_passage_that_settles_them(
    tmp_path: Path, nowhere: Settings
) -> None:
    run = evaluate.ask_news(write_folder(tmp_path / "news"), nowhere, claims=True)
    assert run.measure == "claims"
    noted = ("id", "kind", "written", "verdict", "judged")
    assert [o.item() for o in run.outcomes[list(noted)]] == [
        ("0/0", "ja", True, "supported", "supported"),
        ("0/1", "en", True, "not found", "not found"),
        ("0/2", "ja", True, "contradicted", "not found"),  # more likely not found than either
        ("0/0", "ja", False, "contradicted", "contradicted"),
        ("0/1", "en", False, "supported", "supported"),
    ]


@pytest.mark.usefixtures("_known")
def test_where_nothing_is_asked_is_named(tmp_path: Path, nowhere: Settings) -> None:
    (tmp_path / "news").mkdir()
    write_lines(tmp_path / "news" / "articles.jsonl", [LIGHTHOUSE | {"questions": []}])
    for claims in (False, True):
        with pytest.raises(CorpusError, match="news"):
            evaluate.ask_news(tmp_path / "news", nowhere, claims=claims)


@pytest.mark.usefixtures("_known")
def test_the_command_prints_a_table_or_json(tmp_path: Path) -> None:
    folder = str(write_folder(tmp_path / "news"))
    table = CliRunner().invoke(app, ["evaluate", "news", folder]).stdout
    names = [line.split("  ")[0] for line in table.splitlines()]
    assert [name for name in names if name in ("en", "ja", "as written", "pairs", "key")] == [
        "en", "ja", "as written", "pairs", "key",
    ]  # fmt: skip
    assert "refused at 95" in table
    saved = str(tmp_path / "run.json")
    asked = ["evaluate", "news", folder, "--claims", "--json", "--save", saved]
    figures = json.loads(CliRunner().invoke(app, asked).stdout)
    assert figures["questions"] == 3
    assert figures["overall"]["supported"]["value"] == 1
    again = ["evaluate", "news", folder, "--claims", "--json", "--against", saved]
    against = json.loads(CliRunner().invoke(app, again).stdout)["overall"]["macro-F1"]["against"]
    assert against["difference"] == 0


def test_the_models_of_the_settings_are_asked(tmp_path: Path, settings: Settings) -> None:
    """Whatever they say: of every question both versions are asked, once each."""
    asking = Settings(tmp_path / "untouched", settings.cache)
    outcomes = evaluate.ask_news(write_folder(tmp_path / "news"), asking).outcomes
    asked = [("0/0", True), ("0/0", False), ("0/1", True), ("0/1", False), ("0/2", True),
             ("0/2", False), ("1/0", True), ("1/0", False), ("1/1", True), ("1/2", True)]  # fmt: skip
    found = [(str(o["id"]), bool(o["written"])) for o in outcomes]
    assert sorted(found) == sorted(asked)
    sure = {key: o["confidence"] for key, o in zip(found, outcomes, strict=True)}
    assert ((outcomes["confidence"] >= 0) & (outcomes["confidence"] <= 1)).all()
    assert sure["0/0", True] > sure["0/0", False]  # only there does the year stand
    assert sure["1/0", True] > sure["1/0", False]
    assert (outcomes["best"] <= outcomes["answerable"]).all()
    assert (outcomes["key"] <= outcomes["best"]).all()


# Figures.


def outcome(name: str, kind: str, confidence: float, **fields: Any) -> NewsOutcome:
    known: dict[str, Any] = {"written": True, "answerable": True, "cited": 1} | fields
    marks = dict.fromkeys(("best", "every", "key"), False)
    given = {"answered": confidence >= 0.5}
    return NewsOutcome(name, kind, 0.01, confidence=confidence, **(marks | given | known))


@pytest.fixture
def outcomes() -> Outcomes:
    """Four questions of two articles, of each both versions but for the last."""
    return tabulate(
        [
            outcome("0/0", "ja", 0.9, best=True, every=True, key=True, cited=2),
            outcome("0/1", "en", 0.3, answerable=False),
            outcome("1/0", "ja", 0.6, best=True),
            outcome("1/1", "ja", 0.8),
            outcome("0/0", "ja", 0.2, written=False, answerable=False),
            outcome("0/1", "en", 0.4, written=False),
            outcome("1/0", "ja", 0.7, written=False, answerable=False),
        ]
    )


def test_figures_of_questions_by_hand(outcomes: Outcomes) -> None:
    figures = news_figures(outcomes)
    assert list(figures) == ["en", "ja", "as written", "overall"]
    overall = figures["overall"]
    # Those that can be answered: .9 .6 .8 .4; the others: .3 .2 .7.
    assert overall["auroc"] == pytest.approx((3 + 2 + 3 + 2) / 12)
    assert overall["refused at 95"] == pytest.approx(2 / 3)  # those below .4
    assert overall["pairs"] == pytest.approx(2 / 3)  # .9 over .2, .4 over .3, not .6 over .7
    assert overall["answered"] == pytest.approx(3 / 4)
    assert overall["refused"] == pytest.approx(2 / 3)
    assert overall["evidence@best"] == pytest.approx(2 / 3)
    assert overall["evidence, all"] == pytest.approx(1 / 3)
    assert overall["key"] == pytest.approx(1 / 3)
    assert overall["citations"] == pytest.approx(4 / 3)
    assert figures["ja"]["pairs"] == 1 / 2
    assert figures["en"] == pytest.approx(
        {"pairs": 1, "auroc": 1, "answered": 0, "refused": 1, "refused at 95": 1}
        | dict.fromkeys(("evidence@best", "evidence, all", "key", "citations"), np.nan)
        | {"calibration error": np.nan},  # of one article alone
        nan_ok=True,
    )
    written = figures["as written"]
    assert written["answered"] == 1
    assert written["refused"] == 1
    assert written["auroc"] == 1
    assert "pairs" not in written


def test_confidence_is_fitted_on_the_other_half_of_the_articles(outcomes: Outcomes) -> None:
    right = outcomes["answerable"] & outcomes["best"]
    half = np.array([name.startswith("0/") for name in outcomes["id"]])
    expected = cross_fitted(outcomes["confidence"], right, half)
    assert news_figures(outcomes)["overall"]["calibration error"] == pytest.approx(expected)
    other = cross_fitted(outcomes["confidence"], outcomes["answerable"], half)
    assert expected != pytest.approx(other)


def test_the_interval_of_pairs_is_as_wide_as_the_sample_is_small() -> None:
    """A question drawn twice counts twice: else the interval would be a quarter too narrow."""
    rows = []
    for n in range(500):
        surer = 0.9 if n % 5 else 0.1
        rows.append(outcome(f"{n}/0", "ja", surer))
        rows.append(outcome(f"{n}/0", "ja", 0.5, written=False, answerable=False))
    found = evaluate.summarise(Run("news", tabulate(rows)))["overall"]["pairs"]
    error = (0.2 * 0.8 / 500) ** 0.5
    assert found["value"] == pytest.approx(0.8)
    assert found["high"] - found["low"] == pytest.approx(2 * 1.96 * error, rel=0.15)


def test_the_questions_of_articles_as_written_are_counted(outcomes: Outcomes) -> None:
    kinds = evaluate.summarise(Run("news", outcomes))["kinds"]
    assert kinds["as written"]["questions"] == 4


def asking(path: Path, endings: Mapping[bool, str]) -> list[NewsArticle]:
    """Ten articles, each with a question that it answers and one that it does not."""
    items = [
        {"question": f"運河の{name}{ending}", "answerable": answerable, "answer": "水"}
        for answerable, ending in endings.items()
        for name in ("長さ", "深さ")
    ]
    questions = [item | {"lang": "ja", "type": "one", "evidence": [0]} for item in items]
    article = {"paragraphs": [["運河に水が入る。"]], "questions": questions}
    write_lines(path, [article | {"title": f"運河の{n}"} for n in range(10)])
    return read_news(path)


def test_what_the_question_alone_gives_away_is_told(tmp_path: Path) -> None:
    plain = questions_alone(asking(tmp_path / "a", {True: "は何か", False: "はいくらか"}))
    assert plain["question alone, as written"] == 1
    assert plain["changed sentence alone"] == 0.5
    silent = questions_alone(asking(tmp_path / "b", {True: "は何か", False: "は何か"}))
    assert silent["question alone, as written"] == 0.5


def claim(kind: str, verdict: str, judged: str) -> ClaimOutcome:
    return ClaimOutcome("0/0", kind, 0.01, True, verdict, judged)


def test_figures_of_claims_by_hand() -> None:
    rows = [
        claim("ja", "supported", "supported"),
        claim("ja", "supported", "supported"),
        claim("ja", "supported", "contradicted"),
        claim("ja", "contradicted", "contradicted"),
        claim("en", "contradicted", "not found"),
        claim("en", "not found", "not found"),
        claim("en", "not found", "supported"),
    ]
    figures = claim_figures(tabulate(rows))
    expected = {"supported": 2 * 2 / 6, "contradicted": 2 / 4, "not found": 2 / 4}
    assert figures["overall"] == pytest.approx(
        {"macro-F1": sum(expected.values()) / 3, "contradicted, precision": 1 / 2} | expected
    )
    assert figures["ja"]["contradicted"] == pytest.approx(2 / 3)
    assert figures["en"]["contradicted"] == 0
    assert np.isnan(figures["ja"]["not found"])  # neither is nor was said
