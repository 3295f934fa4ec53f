import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from index import evaluate
from index.engine import Engine
from index.errors import CorpusError, TenkyoError
from index.evaluate.beir import score
from index.evaluate.figures import answers_figures
from index.evaluate.outcomes import AnswerOutcome, tabulate
from index.settings import Settings

MEASURES = {"success@1": Success @ 1, "recall@10": R @ 10, "mrr@10": RR @ 10, "ndcg@10": nDCG @ 10}


@settings(max_examples=100, deadline=None)
@given(
    ranked=st.permutations([f"d{n}" for n in range(25)]).flatmap(
        lambda order: st.integers(0, 25).map(lambda length: order[:length])
    ),
    relevant=st.sets(st.integers(0, 30).map("d{}".format), min_size=1),
)
def test_the_measures_are_those_of_ir_measures(ranked: list[str], relevant: set[str]) -> None:
    run = {"q": {document: float(-place) for place, document in enumerate(ranked)}}
    qrels = {"q": dict.fromkeys(relevant, 1)}
    expected = ir_measures.calc_aggregate(MEASURES.values(), qrels, run)
    assert score(ranked, relevant) == pytest.approx([expected[m] for m in MEASURES.values()])


def test_measures_by_hand() -> None:
    ranked, relevant = ["x", "a", "y", "b"], {"a", "b", "c"}
    log = np.log2
    gain = (1 / log(3) + 1 / log(5)) / (1 + 1 / log(3) + 1 / log(4))
    assert score(ranked, relevant) == pytest.approx((0, 2 / 3, 1 / 2, gain))
    assert score(["a"], {"a"}) == (1, 1, 1, 1)
    assert score(["x"] * 10 + ["a"], {"a"}) == (0, 0, 0, 0)


def write_lines(path: Path, lines: Sequence[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return path


DOCUMENTS = [
    {"_id": "water", "title": "運河", "text": "運河は1923年に開通した。船が通る。"},
    {"_id": "bread", "title": "パン", "text": "パン屋の窯の温度は230度である。" * 40},
    {"_id": "stars", "title": "", "text": "望遠鏡は山の上にあり、星を見る。"},
    {"_id": "blank", "title": "空", "text": ""},
]
QUERIES = [
    {"_id": "q1", "text": "窯の温度は何度か"},
    {"_id": "q2", "text": "星を見る望遠鏡はどこにあるか"},
    {"_id": "q3", "text": "誰にも問われない"},
]


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    write_lines(folder / "corpus.jsonl", DOCUMENTS)
    write_lines(folder / "queries.jsonl", QUERIES)
    rows = ["query-id\tcorpus-id\tscore", "q1\tbread\t1", "q2\tstars\t1", "q2\twater\t0"]
    (folder / "qrels" / "test.tsv").write_text("\n".join(rows), "utf-8")
    return folder


@pytest.fixture
def nowhere(settings: Settings, tmp_path: Path) -> Settings:
    """Settings whose home must stay untouched."""
    return Settings(tmp_path / "untouched", settings.cache)


def test_retrieval_is_measured_in_a_throw_away_index(beir: Path, nowhere: Settings) -> None:
    run = evaluate.rank_questions(beir, nowhere)
    figures = evaluate.summarise(run)
    assert {name: figures[name] for name in MEASURES} == dict.fromkeys(MEASURES, 1)
    assert figures["overall"]["ndcg@10"] == {"value": 1, "low": 1, "high": 1}
    assert figures["questions"] == 2
    assert figures["passages"] > 3
    assert figures["passages/s"] > 0
    assert figures["questions/s"] == pytest.approx(2 / run.outcomes["seconds"].sum())
    assert not nowhere.home.exists()


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("corpus.jsonl", '{"_id": "a", "text": "一"}\n{"_id": "a"', "2 行目"),
        ("corpus.jsonl", '{"_id": "a", "text": "一"}\n\n{"_id": "b"}', "3 行目.*text"),
        ("corpus.jsonl", "[]", "1 行目"),
        ("corpus.jsonl", "", "本文のある文書"),
        ("queries.jsonl", '{"_id": 3, "text": "一"}', "1 行目.*_id"),
        ("queries.jsonl", "", "質問がありません"),
        ("queries.jsonl", "\udcff", "読めません"),
        ("qrels/test.tsv", "a\tb\tc\n1\t2\t3", "qrels"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1", "qrels"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\thigh", "qrels"),
    ],
)
def test_what_is_broken_is_named(
    beir: Path, nowhere: Settings, file: str, content: str, reason: str
) -> None:
    (beir / file).write_text(content, "utf-8", "surrogateescape")
    with pytest.raises(CorpusError, match=reason):
        evaluate.rank_questions(beir, nowhere)


def test_a_missing_file_is_named(tmp_path: Path, nowhere: Settings) -> None:
    with pytest.raises(CorpusError, match=r"test\.tsv"):
        evaluate.rank_questions(tmp_path, nowhere)


ASKED, REFUSED = "青沢運河はいつ開通したか", "ペンギンの好物は何味のアイスか"


def test_answers_are_noted(engine: Engine, tmp_path: Path) -> None:
    assert not engine.ask(REFUSED).answered
    lines = [
        {"id": "1", "question": ASKED, "evidence": ["1923年", "11年"], "answer": ["1923", "大正"]},
        {"id": "2", "question": ASKED, "evidence": ["2031年に開通"], "answer": ["2031"]},
        {"question": REFUSED, "evidence": ["アイス"], "answer": ["アイス"], "lang": "ja"},
        {"id": 4, "question": REFUSED, "type": "off-topic"},
        {"id": "5", "question": ASKED},
    ]
    run = evaluate.ask_questions(write_lines(tmp_path / "q.jsonl", lines), engine)
    noted = ("id", "kind", "answerable", "answered", "best", "right", "match")
    assert [o.item() for o in run.outcomes[list(noted)]] == [
        ("1", "answerable", True, True, True, True, True),
        ("2", "answerable", True, True, False, False, False),
        ("line 3", "answerable ja", True, False, False, False, False),
        ("4", "off-topic", False, False, False, False, False),
        ("5", "unanswerable", False, True, False, False, False),
    ]
    assert (run.outcomes["cited"] > 0).tolist() == run.outcomes["answered"].tolist()
    summary = evaluate.summarise(run)
    plain = ("answered", "evidence@best", "evidence@cited", "answer match", "refused", "questions")
    assert [summary[name] for name in plain] == [2 / 3, 1 / 2, 1 / 2, 1 / 2, 1 / 2, 5]


def answer(number: int, kind: str, confidence: float, **fields: Any) -> AnswerOutcome:
    answerable = kind.startswith("answerable")
    known = {"answerable": answerable, "answered": confidence >= 0.5} | fields
    return AnswerOutcome(f"q{number}", kind, number / 1000, confidence=confidence, **known)


def test_figures_of_answers_by_hand() -> None:
    rows = [
        answer(1, "answerable ja", 0.9, cited=2, best=True, right=True, match=True),
        answer(2, "answerable ja", 0.7, cited=1, right=True),
        answer(3, "answerable ja", 0.2),
        answer(4, "answerable en", 0.6, cited=3, best=True, right=True),
        answer(5, "on-topic", 0.8, cited=1),
        answer(6, "on-topic", 0.1),
        answer(9, "off-topic", 0.2),
    ]
    figures = answers_figures(tabulate(rows))
    assert figures == {
        "answerable en": {"answered": 1, "evidence@best": 1, "evidence@cited": 1},
        "answerable ja": {"answered": 2 / 3, "evidence@best": 1 / 2, "evidence@cited": 1},
        # All four lie at .2 or above, so that there 95 % are answered.
        "off-topic": {"refused": 1, "refused at 95": 0, "auroc": 3.5 / 4},
        "on-topic": {"refused": 1 / 2, "refused at 95": 1 / 2, "auroc": (4 + 1) / 8},
        "overall": {
            "answered": 3 / 4,
            "evidence@best": 2 / 3,
            "evidence@cited": 1,
            "answer match": 1 / 3,
            "refused": 2 / 3,
            "citations": 2,
        },
    }


def test_a_share_of_nothing_is_none(engine: Engine, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "q.jsonl", [{"question": REFUSED}])
    summary = evaluate.summarise(evaluate.ask_questions(file, engine))
    assert summary["answered"] is None
    nothing = dict.fromkeys(("value", "low", "high"))
    assert summary["kinds"]["unanswerable"] == {
        "questions": 1, "refused": {"value": 1, "low": 1, "high": 1},
        "refused at 95": nothing, "auroc": nothing,
    }  # fmt: skip
    json.dumps(summary, allow_nan=False)


def test_the_parts_share_out_a_question_set(engine: Engine, tmp_path: Path) -> None:
    lines = [{"id": f"q{n}", "question": f"{REFUSED}{n}"} for n in range(4)]
    file = write_lines(tmp_path / "q.jsonl", lines)
    for part, ids in {"tune": ["q1", "q3"], "report": ["q0", "q2"]}.items():
        run = evaluate.ask_questions(file, engine, part=part)  # type: ignore[arg-type]
        assert run.outcomes["id"].tolist() == ids


def test_a_set_without_a_question_is_named(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="質問がありません"):
        evaluate.ask_questions(write_lines(tmp_path / "q.jsonl", []), engine)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"id": 1}, "1 行目.*question"),
        ({"question": "橋", "evidence": ["("]}, "橋.*正規表現"),
        ({"question": "橋", "evidence": [3]}, "橋.*正規表現"),
        ({"question": ""}, "空"),
    ],
)
def test_a_broken_question_is_named(
    engine: Engine, tmp_path: Path, line: dict[str, object], reason: str
) -> None:
    with pytest.raises(TenkyoError, match=reason):
        evaluate.ask_questions(write_lines(tmp_path / "q.jsonl", [line]), engine)
