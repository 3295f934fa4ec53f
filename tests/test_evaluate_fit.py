import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEncoder, article, publish

from index import evaluate
from index.evaluate.logistic import fit_logistic
from index.evaluate.solve import Row, balanced, fit_choice, rescored, solve
from index.questions import read_question
from index.reader import Scored, model, score_sentences
from index.reader.model import log_odds, probability
from index.retriever import retrieve
from index.settings import Settings
from index.store import Home

TITLES = ("運河", "天文台")
QUESTION = "灯台の高さは何メートルか"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two articles of six documents, each with a question, and two questions about neither."""
    path = tmp_path / "beir"
    path.mkdir()
    corpus, queries, qrels = [], [], ["query-id\tcorpus-id\tscore"]
    for t, title in enumerate(TITLES):
        for n in range(6):
            number, fact = f"{t}{n}", 100 + 37 * n + t
            text = f"{title}の第{n + 1}の塔は高い。第{n + 1}の塔の重さは{fact}トンである。"
            corpus.append({"_id": number, "title": title, "text": text})
            asked = f"{title}の第{n + 1}の塔の重さはいくらか"
            queries.append({"_id": f"q{number}", "text": asked, "answers": [f"{fact}トン"]})
            qrels.append(f"q{number}\t{number}\t1")
    others = [{"_id": f"u{n}", "text": f"鯨は{n}年に何を食べたか"} for n in range(3)]
    for name, lines in (("corpus", corpus), ("queries", queries), ("unanswerable", others)):
        written = [json.dumps(line, ensure_ascii=False) for line in lines]
        (path / f"{name}.jsonl").write_text("\n".join(written), "utf-8")
    (path / "qrels.tsv").write_text("\n".join(qrels), "utf-8")
    return path


def test_weights_are_fitted_for_each_language(folder: Path, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "untouched", tmp_path / "cache")
    found = evaluate.fit_weights([folder], settings, part=None, encoder=FakeEncoder())["trust"]
    assert set(found) == set(model.LEXICAL.trust) == {"ja", "en", "zh"}
    for language, weights in found.items():
        assert set(weights) == set(model.LEXICAL.trust[language])
        assert np.isfinite(list(weights.values())).all()
    assert found["ja"]["context"] > 0  # what covers the question answers it
    assert not (tmp_path / "untouched").exists()


def test_a_logistic_model_is_recovered() -> None:
    chance = np.random.default_rng(1)
    signals = np.c_[chance.normal(size=(20_000, 2)), np.ones(20_000)]
    given = chance.normal(size=20_000)
    odds = given + signals @ [2.0, -1.0, 0.5]
    right = (chance.random(20_000) < 1 / (1 + np.exp(-odds))).astype(float)
    found = fit_logistic(signals, right, np.ones(20_000), given)
    assert found == pytest.approx([2.0, -1.0, 0.5], abs=0.1)


def test_questions_with_and_without_an_answer_weigh_the_same() -> None:
    kinds = ["as asked"] * 3 + ["swapped"] * 2 + ["off topic"]
    weights = balanced([Row(kind, (), ()) for kind in kinds])
    assert weights == pytest.approx([500 / 3] * 3 + [125] * 2 + [250])


@pytest.fixture
def scored(home: Home) -> tuple[Scored, ...]:
    publish(home, [article("lamp", "港の灯台は白い。高さは31メートルである。")])
    generation = home.open()
    evidence = retrieve(generation, FakeEncoder(), QUESTION)
    return tuple(score_sentences(read_question(QUESTION), evidence, generation))


def test_every_weight_is_of_a_signal(scored: tuple[Scored, ...]) -> None:
    for weights in (model.LEXICAL.choice, *model.LEXICAL.trust.values()):
        assert set(weights) - {"bias"} <= set(scored[0].signals)
    for weights in (model.TRAINED.choice, *model.TRAINED.trust.values()):
        assert set(weights) - {"bias", "odds", "read"} <= set(scored[0].signals)


def test_what_was_read_weighs_as_it_tells(scored: tuple[Scored, ...]) -> None:
    chance = np.random.default_rng(2)

    def row(read: float) -> Row:
        """Two sentences, of which one holds the answer; what was read weighs 20 times the rest."""
        found = [
            replace(s, signals=s.signals | {"odds": 1.0, "read": x})
            for s, x in zip(scored, (read, 1 - read), strict=True)
        ]
        sums = [log_odds(model.LEXICAL.choice, s.signals) + 20 * s.signals["read"] for s in found]
        first = bool(chance.random() < probability((sums[0] - sums[1]) / 4))
        return Row("as asked", tuple(found), (first, not first))

    rows = [row(x) for x in chance.uniform(0, 1, 1000)]
    choice = fit_choice(rows)
    assert set(choice) == set(model.TRAINED.choice)
    assert 10 < choice["read"] < 40
    best = [rescored(row, choice) for row in rows]
    assert np.mean([row.held[0] for row in best]) > 0.8
    assert all(len(row.scored) == 2 for row in best)


def test_questions_that_were_not_read_are_left_out(scored: tuple[Scored, ...]) -> None:
    def row(right: bool, **read: float) -> Row:
        found = tuple(replace(s, signals=s.signals | read) for s in scored)
        return Row("as asked" if right else "off topic", found, (right, False))

    read = [row(odds > 0, odds=odds, read=odds > 0) for odds in (2.0, -1.0, 3.0, -2.0, 1.0)]
    unread = [row(False), row(True)]
    fitted = solve([unread[0], *read, unread[1]], np.ones(7))
    assert fitted == solve(read, np.ones(5))
    assert set(fitted["trust"]) == {"ja"}
    assert set(solve(unread, np.ones(2))) == {"trust"}
