import hashlib
import json
from pathlib import Path

import pytest

from index.evaluate.sets import PARTS, is_asked_in, lies_in, part_of, read_queries

TITLES = ("運河", "パン", "望遠鏡", "港", "時計", "鉄道")


def test_the_rule_is_fixed() -> None:
    """By the last bit of the digest; another rule would mix what was tuned on with the rest."""
    assert hashlib.sha256("運河".encode()).hexdigest()[-1] == "7"
    assert part_of("運河") == "report"
    assert hashlib.sha256("パン".encode()).hexdigest()[-1] == "2"
    assert part_of("パン") == "tune"


def test_the_parts_are_halves() -> None:
    tuned = sum(part_of(f"題名{n}") == "tune" for n in range(2000))
    assert 900 < tuned < 1100


def test_a_question_about_both_parts_lies_in_neither() -> None:
    assert lies_in("report", ["運河"])
    assert not lies_in("tune", ["運河"])
    assert not any(lies_in(part, ["運河", "パン"]) for part in PARTS)
    assert lies_in(None, ["運河", "パン"])


@pytest.mark.parametrize(
    ("identity", "part"), [("q001", "tune"), ("q002", "report"), (13, "tune"), ("d20x", "report")]
)
def test_the_number_of_a_question_decides(identity: object, part: str) -> None:
    line = {"id": identity, "question": "橋は何色か"}
    assert [p for p in PARTS if is_asked_in(p, line)] == [part]
    assert is_asked_in(None, line)


@pytest.mark.parametrize("line", [{}, {"id": "bridge"}, {"id": "set7-q12"}, {"id": None}])
def test_without_one_number_its_text_decides(line: dict[str, object]) -> None:
    for question in TITLES:
        asked = [p for p in PARTS if is_asked_in(p, line | {"question": question})]
        assert asked == [part_of(question)]


def test_all_questions_of_an_article_fall_on_one_side(tmp_path: Path) -> None:
    documents = [{"_id": f"{t}{n}", "title": t, "text": "文"} for t in TITLES for n in range(3)]
    documents.append({"_id": "パン", "text": "題名のない文書"})
    queries = [{"_id": f"q-{d['_id']}", "text": "問い"} for d in documents]
    rows = ["query-id\tcorpus-id\tscore", *(f"q-{d['_id']}\t{d['_id']}\t1" for d in documents)]
    for name, lines in (("corpus", documents), ("queries", queries)):
        text = "\n".join(map(json.dumps, lines))
        (tmp_path / f"{name}.jsonl").write_text(text, "utf-8")
    (tmp_path / "qrels.tsv").write_text("\n".join(rows), "utf-8")
    found = {part: [q["_id"] for q in read_queries(tmp_path, part)] for part in (*PARTS, None)}
    assert sorted(found["tune"] + found["report"]) == sorted(found[None])
    assert "q-パン" in found["tune"]  # by its id
    for title in TITLES:
        sides = [part for part in PARTS for q in found[part] if q.startswith(f"q-{title}")]
        assert set(sides) == {part_of(title)}
