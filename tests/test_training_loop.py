"""Steps of a network of two tiny layers with random weights."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import FakeEncoder
from newsqa import replaced, write_folder, write_lines
from safetensors.torch import load_file, save_file
from training import EMBEDDINGS, HIDDEN, INNER, LETTERS, WEIGHTS, averages, letters

from index.crossencoder.reading import ANSWERED, COLUMNS, END, EVIDENCE, START, SUPPORTED, lay
from index.crossencoder.weights import read
from index.errors import TenkyoError
from index.evaluate.sets import NewsArticle, read_news
from index.training import run
from index.training.data import NEAR, find_near, passages
from index.training.examples import Example
from index.training.network import (
    CARD,
    FILE,
    PAIR,
    RARE,
    SPAN,
    VERDICT,
    Network,
    initial,
    loss,
    measure,
    quantise,
)
from index.training.run import (
    CHECKPOINT,
    Course,
    Plan,
    State,
    advance,
    begin,
    rate_at,
    restore,
    save,
    train,
)

PLAN = Plan(4, rate=1e-2, warmup=1)
SPACE, RIGHT = 5, 7
"""Pieces: the mark in front of a sentence, and the letter that answers."""


@dataclass
class FixedExamples:
    """Pairs of windows by the number of the half; what answers is always the same letter."""

    def of(self, half: int) -> list[Example]:
        random = np.random.default_rng(half)
        found = []
        for pair in range(3):
            sentences = [[SPACE, *random.integers(10, 96, 6).tolist()] for _ in range(2)]
            right = [own.copy() for own in sentences]
            at = half % 2
            right[at][pair + 2] = RIGHT
            for own in (right, sentences):
                answers = own is right
                laid = lay([SPACE, 9, 8], [], own)
                token = laid.sentences[at][0] + pair + 2
                evidence = tuple(float(answers and n == at) for n in range(2))
                span = (token, token) if answers else None
                found.append(Example(laid, float(answers), evidence, span, None, pair))
        laid = lay([SPACE, 6], [], [[SPACE, 30 + half % 3]])
        found.append(Example(laid, None, (None,), None, half % 3))
        return found


def course(out: Path, plan: Plan, validation: Sequence[NewsArticle] = ()) -> Course:
    out.mkdir(exist_ok=True)
    examples = FixedExamples()
    return Course(EMBEDDINGS, letters(), examples, validation, plan, out)  # type: ignore[arg-type]


def step(state: State, plan: Plan = PLAN, *halves: int) -> dict[str, float]:
    numbers = halves or (2 * state.step, 2 * state.step + 1)
    with ThreadPoolExecutor(len(numbers)) as pool:
        return advance(state, [FixedExamples().of(n) for n in numbers], EMBEDDINGS, plan, pool)


def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(tmp_path: Path) -> None:
    straight, broken, resumed = (begin(WEIGHTS, PLAN) for _ in range(3))
    for _ in range(4):
        step(straight)
    for _ in range(2):
        step(broken)
    broken.best, broken.best_step = 0.1 + 0.2, 1
    save(broken, tmp_path)
    restore(resumed, tmp_path)
    assert (resumed.step, resumed.best, resumed.best_step) == (2, 0.1 + 0.2, 1)
    for _ in range(2):
        step(resumed)
    first = averages(begin(WEIGHTS, PLAN).network)
    ours, theirs = (averages(state.network) for state in (straight, resumed))
    for name, value in ours.items():
        assert torch.equal(value, theirs[name]), name
        assert torch.equal(straight.average[name], resumed.average[name]), name
        assert not torch.equal(value, first[name]), name


def test_a_run_goes_on_from_its_checkpoint_to_the_end(tmp_path: Path) -> None:
    plan = replace(PLAN, steps=2)
    train(begin(WEIGHTS, plan), course(tmp_path, plan), lambda _: None)
    resumed = begin(WEIGHTS, PLAN)
    restore(resumed, tmp_path)
    train(resumed, course(tmp_path, PLAN), lambda _: None)
    assert resumed.step == resumed.best_step == 4


def test_all_but_the_embeddings_is_trained_and_kept(tmp_path: Path) -> None:
    state = begin(WEIGHTS, PLAN)
    train(state, course(tmp_path, PLAN), lambda _: None)
    for name, value in initial(WEIGHTS).items():
        assert not torch.equal(value, state.network.get_parameter(name)), name
    named = {name for name, _ in state.network.named_parameters()}
    kinds = ("network", "average", "exp_avg", "exp_avg_sq", "step")
    kept = {f"{kind}.{name}" for kind in kinds for name in named}
    assert load_file(tmp_path / CHECKPOINT).keys() == kept
    assert not (tmp_path / f"{CHECKPOINT}.part").exists()


def test_a_checkpoint_of_another_make_is_told(tmp_path: Path) -> None:
    path = tmp_path / CHECKPOINT
    for content in (b"not tensors at all", None):
        path.write_bytes(content) if content else path.unlink()
        with pytest.raises(TenkyoError, match=rf"{CHECKPOINT}.*--resume"):
            restore(begin(WEIGHTS, PLAN), tmp_path)


@pytest.mark.parametrize("name", ["network.head.bias", "exp_avg.l0.q.weight", "step.l1.fo.bias"])
def test_a_checkpoint_that_lacks_something_is_told(name: str, tmp_path: Path) -> None:
    state = begin(WEIGHTS, PLAN)
    step(state)
    save(state, tmp_path)
    path = tmp_path / CHECKPOINT
    tensors = load_file(path)
    del tensors[name]
    save_file(tensors, path, {"step": "1", "best": "0.0", "best_step": "0"})
    with pytest.raises(TenkyoError, match="--resume"):
        restore(begin(WEIGHTS, PLAN), tmp_path)


def test_a_run_learns_logs_and_ships(tmp_path: Path) -> None:
    plan = Plan(120, rate=1e-2, warmup=5, decay=0.2, averaged=0.9, measured=60)
    state = begin(WEIGHTS, plan)
    train(state, course(tmp_path, plan), lambda _: None)
    lines = [json.loads(line) for line in (tmp_path / run.LOG).read_text().splitlines()]
    assert [line["step"] for line in lines] == list(range(10, 121, 10))
    for part in ("answered", "evidence", "span", "pair", "verdict"):
        assert lines[-1][part] < lines[0][part] / 2, part
    assert all(line["tokens/s"] > 0 for line in lines)
    assert state.step == state.best_step == 120
    shipped = read(tmp_path / FILE, WEIGHTS)
    assert shipped.integers["l1.fo.w"].shape == (HIDDEN, INNER)
    exact = state.average["l1.fo.weight"].numpy()
    scales = shipped.scales["l1.fo.w"]
    assert np.abs(shipped.dense("l1.fo.w") - exact).max() <= scales.max() / 2 * 1.001
    np.testing.assert_array_equal(shipped.floats["head.w"], state.average["head.weight"].numpy())
    assert '"step": 120' in (tmp_path / CARD).read_text("utf-8")


def test_a_card_tells_no_measure_where_nothing_was_measured(tmp_path: Path) -> None:
    train(begin(WEIGHTS, PLAN), course(tmp_path, PLAN), lambda _: None)
    assert "auroc" not in (tmp_path / CARD).read_text("utf-8").rpartition("## This run")[2]


def test_the_weights_that_measure_best_are_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores, seen = iter([0.6, 0.9, 0.7]), []

    def told(network: Network, *_: object) -> float:
        seen.append(averages(network))
        return next(scores)

    monkeypatch.setattr(run, "measure", told)
    plan = replace(PLAN, steps=5, measured=2)
    state = begin(WEIGHTS, plan)
    validation = twins(tmp_path / "news.jsonl", ("あ", "い"))
    train(state, course(tmp_path, plan, validation), lambda _: None)
    assert (state.best, state.best_step) == (0.9, 4)
    shipped = read(tmp_path / FILE, WEIGHTS).floats["head.w"]
    np.testing.assert_array_equal(shipped, seen[1]["head.weight"].numpy())
    lines = [json.loads(line) for line in (tmp_path / run.LOG).read_text().splitlines()]
    assert lines == [{"step": n, "twins auroc": s} for n, s in ((2, 0.6), (4, 0.9), (5, 0.7))]
    assert '"twins auroc": 0.9' in (tmp_path / CARD).read_text("utf-8")


REST = "".join(LETTERS[40:46])
ASKED = f"{LETTERS[3]}{LETTERS[2]}"  # as the fixed examples ask


def twins(path: Path, *versions: tuple[str, str]) -> list[NewsArticle]:
    """Articles of a question that one sentence answers, and what stands in its place in the twin."""
    item = {"question": ASKED, "lang": "ja", "type": "one", "answerable": True, "answer": "はい"}
    write_lines(
        path,
        [
            {
                "title": "",
                "paragraphs": [[answered, REST]],
                "questions": [item | {"evidence": [0]}],
                "twins": [{"edits": [replaced(0, unanswered)]}],
            }
            for answered, unanswered in versions
        ],
    )
    return read_news(path)


def test_what_is_learnt_measures_well_on_twins(tmp_path: Path) -> None:
    plan = Plan(60, rate=1e-2, warmup=5, decay=0.3)
    state = begin(WEIGHTS, plan)
    for _ in range(60):
        step(state, plan)
    random = np.random.default_rng(9)
    versions = []
    for _ in range(12):
        text = [LETTERS[at] for at in random.integers(10, 90, 6)]
        holds = [*text[:3], LETTERS[RIGHT - SPACE - 1], *text[3:5]]
        versions.append(("".join(holds), "".join(text)))
    right = twins(tmp_path / "right.jsonl", *versions)
    wrong = twins(tmp_path / "wrong.jsonl", *((b, a) for a, b in versions))
    assert measure(state.network, right, EMBEDDINGS, letters()) > 0.95
    assert measure(state.network, wrong, EMBEDDINGS, letters()) < 0.05


def test_the_surest_piece_of_an_article_counts(tmp_path: Path) -> None:
    """Read by what is the surer the longer a window is; the twin's last sentence is longer."""

    def network(embedded: torch.Tensor, lengths: Sequence[int]) -> list[torch.Tensor]:
        rows = [torch.zeros(length, COLUMNS) for length in lengths]
        for row in rows:
            row[0, ANSWERED] = len(row)
        return rows

    paragraphs = [["".join(LETTERS[:40]) + "。"] for _ in range(14)]
    item = {"question": ASKED, "lang": "ja", "type": "one", "answerable": False, "evidence": [13]}
    twin = {"edits": [replaced(13, "".join(LETTERS[:70]) * 3 + "。")], "answer": LETTERS[69]}
    article = {"title": "", "paragraphs": paragraphs, "questions": [item], "twins": [twin]}
    write_lines(tmp_path / "news.jsonl", [article])
    news = read_news(tmp_path / "news.jsonl")
    assert len(passages(news[0].paragraphs)) == 2
    assert measure(network, news, EMBEDDINGS, letters()) == 1.0  # type: ignore[arg-type]


def test_two_halves_learn_what_their_mean_is() -> None:
    both, one = begin(WEIGHTS, PLAN), begin(WEIGHTS, PLAN)
    parts = step(both, PLAN, 4, 4), step(one, PLAN, 4)
    assert parts[0] == pytest.approx(parts[1] | {"tokens": 2 * parts[1]["tokens"]})
    for name, value in averages(one.network).items():
        torch.testing.assert_close(value, both.network.get_parameter(name).detach())
    apart, turned = begin(WEIGHTS, PLAN), begin(WEIGHTS, PLAN)
    assert step(apart, PLAN, 4, 5) == pytest.approx(step(turned, PLAN, 5, 4))
    for name, value in averages(apart.network).items():
        torch.testing.assert_close(value, turned.network.get_parameter(name).detach())
        assert not torch.equal(value, both.network.get_parameter(name)), name


def test_the_running_mean_follows_the_weights() -> None:
    state = begin(WEIGHTS, PLAN)
    first = averages(state.network)
    step(state)
    second = averages(state.network)
    for name, value in state.average.items():  # after one step it keeps an eleventh
        torch.testing.assert_close(value, first[name] / 11 + second[name] * 10 / 11)
    before = {name: value.clone() for name, value in state.average.items()}
    slow = replace(PLAN, averaged=0.1)
    step(state, slow)
    third = averages(state.network)
    for name, value in state.average.items():
        torch.testing.assert_close(value, before[name] * 0.1 + third[name] * 0.9)


def test_what_is_shipped_is_named_as_the_encoder_s_weights_are() -> None:
    parameters = {name: v.numpy() for name, v in averages(Network(WEIGHTS)).items()}
    names = {name for name in quantise(parameters) if not name.endswith(".s")}
    own = {*WEIGHTS.floats, *WEIGHTS.blocks}
    assert names - own == {"head.w", "head.b"}
    assert own - names == {"emb.word", "emb.pos", "emb.type", "emb.ln.w", "emb.ln.b"}


def test_a_run_may_begin_from_what_another_has_shipped(tmp_path: Path) -> None:
    state = begin(WEIGHTS, PLAN)
    train(state, course(tmp_path, PLAN), lambda _: None)
    found = initial(read(tmp_path / FILE, WEIGHTS))
    assert found.keys() == state.average.keys()
    for name, value in state.average.items():
        near = 0 if value.ndim == 1 or name.startswith("head") else float(value.abs().max()) / 250
        torch.testing.assert_close(found[name], value, rtol=0, atol=near)


def test_the_learning_rate_rises_stays_and_falls() -> None:
    plan = Plan(100, rate=1.0, warmup=10, decay=0.2)
    assert [rate_at(step, plan) for step in (0, 4, 9, 50, 80, 90, 99)] == pytest.approx(
        [0.1, 0.5, 1.0, 1.0, 1.0, 0.5, 0.05]
    )


def test_lower_layers_learn_slower() -> None:
    state = begin(WEIGHTS, PLAN)
    step(state)
    rates = {}
    for group in state.optimiser.param_groups:
        for name, parameter in state.network.named_parameters():
            if parameter is group["params"][0]:
                rates.setdefault(name.split(".")[0], set()).add(round(group["lr"] / PLAN.rate, 4))
    assert rates == {"head": {2.0}, "l1": {0.92}, "l0": {round(0.92**2, 4)}}


def test_a_text_does_not_depend_on_its_neighbours() -> None:
    network = Network(WEIGHTS)
    texts = [[0, 5, 6, 7, 2], [0, 20, 2], list(range(30, 60))]
    with torch.no_grad():
        together = network(torch.from_numpy(EMBEDDINGS.embed(texts)), [len(t) for t in texts])
        for text, rows in zip(texts, together, strict=True):
            (alone,) = network(torch.from_numpy(EMBEDDINGS.embed([text])), [len(text)])
            torch.testing.assert_close(alone, rows)


LAID = lay([10], [], [[20, 21], [30]])
"""``<s> 10 </s></s> 20 21 </s> 30 </s>``: with their marks a sentence of three tokens and one of two."""
RIGHT_ONE = Example(LAID, 1.0, (1.0, None), (4, 5), None, 0)
WRONG_ONE = Example(LAID, 0.0, (0.0, 0.0), None, None, 0)
CLAIM = Example(LAID, None, (None, None), None, 1)


def even() -> torch.Tensor:
    """Logits that tell nothing, but where nobody looks."""
    logits = torch.zeros(len(LAID.ids), COLUMNS)
    logits[:4, [START, END, EVIDENCE]] = 50.0  # of the question
    logits[1:, [ANSWERED, SUPPORTED, SUPPORTED + 1, SUPPORTED + 2]] = 50.0
    return logits


def test_the_loss_by_hand() -> None:
    parts = loss([even(), even(), even()], [RIGHT_ONE, WRONG_ONE, CLAIM])
    told = {name: float(value) for name, value in parts.items()}
    log = np.log
    assert told == pytest.approx(
        {
            "answered": log(2),  # of the two that are told
            # The log-odds of a sentence whose tokens are all nought are the log of their number.
            "evidence": (RARE * log(4 / 3) + log(4) + log(3)) / 3,
            "span": SPAN * log(5),
            "pair": PAIR * log(2),
            "verdict": VERDICT * log(3),
        }
    )


def test_each_part_of_the_loss_falls_with_its_own_logits() -> None:
    logits = [even(), even(), even()]
    logits[0][0, ANSWERED], logits[1][0, ANSWERED] = 20.0, -20.0
    parts = loss(logits, [RIGHT_ONE, WRONG_ONE, CLAIM])
    assert float(parts["answered"]) == pytest.approx(0, abs=1e-6)
    assert float(parts["pair"]) == pytest.approx(0, abs=1e-6)
    logits[0][5, EVIDENCE], logits[1][4:, EVIDENCE] = 20.0, -20.0
    logits[0][4, START], logits[0][5, END] = 20.0, 20.0
    logits[2][0, SUPPORTED + 1] = 20.0
    parts = loss(logits, [RIGHT_ONE, WRONG_ONE, CLAIM])
    assert sum(map(float, parts.values())) == pytest.approx(0, abs=1e-5)


def test_what_answers_is_set_against_each_that_does_not() -> None:
    logits = [even(), even(), even()]
    logits[1][0, ANSWERED], logits[2][0, ANSWERED] = -1.0, 2.0
    told = loss(logits, [RIGHT_ONE, WRONG_ONE, WRONG_ONE])["pair"]
    assert float(told) == pytest.approx(PAIR * np.log1p(np.exp([-1, 2])).mean())


def test_what_is_not_there_has_no_part_in_the_loss() -> None:
    alone = replace(RIGHT_ONE, span=None)
    other = replace(WRONG_ONE, pair=1)
    assert loss([even(), even()], [alone, other]).keys() == {"answered", "evidence"}


def test_near_passages_are_of_other_articles(tmp_path: Path) -> None:
    articles = read_news(write_folder(tmp_path / "news"))
    near = find_near(articles, FakeEncoder(), lambda _: None)  # type: ignore[arg-type]
    asked = {item.text: a.title for a in articles for item in (*a.questions, *a.claims)}
    assert near.keys() == asked.keys()
    for text, title in asked.items():
        assert near[text]
        assert len(near[text]) <= NEAR
        for shown in near[text]:
            assert shown.title != title
            assert set(shown.evidence) == {0.0}
            assert shown.span is None
