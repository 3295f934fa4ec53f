"""Steps of a network of two tiny layers with random weights."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from training import EMBEDDINGS, HIDDEN, INNER, PIECES, WEIGHTS

from index.crossreader import lay
from index.encoder.tokenizer import SPECIAL, Tokenizer
from index.errors import TenkyoError
from index.training import checkpoint
from index.training.batches import Text
from index.training.loop import Plan, advance, begin, rate_at
from index.training.network import Network, initial
from index.training.objective import loss
from index.training.run import Course, train
from index.training.saving import FILE, quantise

PLAN = Plan(4, frozen=1, rate=1e-2, warmup=1, decay=2, threads=1)


@dataclass
class FixedBatches:
    """Texts by the number of the step; the answer is always piece 7."""

    def texts(self, step: int) -> list[Text]:
        random = np.random.default_rng(step)
        found = []
        for group in range(3):
            for right in (True, False):
                passage = random.integers(10, PIECES, 12).tolist()
                if right:
                    passage[group + 2] = 7
                laid = lay([9, 8], [], passage)
                at = laid.passage[0] + group + 2 if right else 0
                found.append(Text(laid.ids, laid.passage, (at, at), group))
        return found


def course(out: Path, plan: Plan = PLAN) -> Course:
    out.mkdir(exist_ok=True)
    tokenizer = Tokenizer(SPECIAL, [0.0] * len(SPECIAL))
    return Course(WEIGHTS, EMBEDDINGS, tokenizer, FixedBatches(), (), plan, out)  # type: ignore[arg-type]


def weights_of(network: Network) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in network.trained().items()}


def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(tmp_path: Path) -> None:
    straight = begin(WEIGHTS, PLAN)
    for _ in range(4):
        advance(straight, FixedBatches(), EMBEDDINGS, PLAN)  # type: ignore[arg-type]
    broken = begin(WEIGHTS, PLAN)
    for _ in range(2):
        advance(broken, FixedBatches(), EMBEDDINGS, PLAN)  # type: ignore[arg-type]
    checkpoint.save(broken, tmp_path)
    resumed = begin(WEIGHTS, PLAN)
    checkpoint.restore(resumed, tmp_path)
    assert resumed.step == 2
    for _ in range(2):
        advance(resumed, FixedBatches(), EMBEDDINGS, PLAN)  # type: ignore[arg-type]
    for name, value in weights_of(straight.network).items():
        assert torch.equal(value, weights_of(resumed.network)[name]), name
        assert torch.equal(straight.average[name], resumed.average[name]), name
        assert not torch.equal(value, weights_of(begin(WEIGHTS, PLAN).network)[name]), name


def test_frozen_layers_stay_the_encoder_s_own_and_are_not_kept(tmp_path: Path) -> None:
    state = begin(WEIGHTS, PLAN)
    train(state, course(tmp_path), lambda _: None)
    for name, value in initial(WEIGHTS).items():
        kept = torch.equal(value, state.network.get_parameter(name))
        assert kept == name.startswith("l0."), name
    for file in (checkpoint.FILE, FILE):
        names = (name for name in load_file(tmp_path / file) if not name.endswith("fo.m"))
        parts = {part for name in names for part in name.split(".")}
        assert {"l1", "head"} <= parts, file
        assert "l0" not in parts, file  # but for how far its values go


def test_a_checkpoint_of_another_make_is_told(tmp_path: Path) -> None:
    (tmp_path / checkpoint.FILE).write_bytes(b"not tensors at all")
    with pytest.raises(TenkyoError, match="--resume"):
        checkpoint.restore(begin(WEIGHTS, PLAN), tmp_path)


def test_a_checkpoint_with_fewer_layers_than_are_trained_is_told(tmp_path: Path) -> None:
    state = begin(WEIGHTS, PLAN)
    advance(state, FixedBatches(), EMBEDDINGS, PLAN)  # type: ignore[arg-type]
    checkpoint.save(state, tmp_path)
    with pytest.raises(TenkyoError, match="--resume"):
        checkpoint.restore(begin(WEIGHTS, replace(PLAN, frozen=0)), tmp_path)


def test_a_run_learns_logs_and_ships(tmp_path: Path) -> None:
    plan = Plan(120, frozen=1, rate=1e-2, warmup=5, decay=20, averaged=0.9, measured=60, threads=1)
    state = begin(WEIGHTS, plan)
    train(state, course(tmp_path, plan), lambda _: None)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    losses = [line["span"] + line["holds"] + line["ranking"] for line in lines if "span" in line]
    assert losses[-1] < losses[0] / 2
    assert state.step == state.best_step == 120
    shipped = load_file(tmp_path / "reader.safetensors")
    assert shipped["l1.fo.w"].dtype == np.int8
    assert shipped["l1.fo.w"].shape == (HIDDEN, INNER)
    restored = shipped["l1.fo.w"] * shipped["l1.fo.s"][:, None]
    exact = state.average["l1.fo.weight"].numpy()
    assert np.abs(restored - exact).max() <= shipped["l1.fo.s"].max() / 2 * 1.001
    np.testing.assert_array_equal(shipped["head.w"], state.average["head.weight"].numpy())
    assert '"step": 120' in (tmp_path / "reader.md").read_text()


def test_what_is_shipped_is_named_as_the_encoder_s_weights_are() -> None:
    parameters = {name: v.numpy() for name, v in weights_of(Network(WEIGHTS)).items()}
    names = {name for name in quantise(parameters) if not name.endswith(".s")}
    own = {*WEIGHTS.floats, *WEIGHTS.blocks}
    assert names - own == {"head.w", "head.b"}
    assert own - names == {"emb.word", "emb.pos", "emb.type", "emb.ln.w", "emb.ln.b"}


def test_the_learning_rate_rises_stays_and_falls() -> None:
    plan = Plan(100, rate=1.0, warmup=10, decay=20)
    assert [rate_at(step, plan) for step in (0, 4, 9, 50, 80, 90, 99)] == pytest.approx(
        [0.1, 0.5, 1.0, 1.0, 1.0, 0.5, 0.05]
    )


def test_a_text_does_not_depend_on_its_neighbours() -> None:
    network = Network(WEIGHTS)
    texts = [[0, 5, 6, 7, 2], [0, 20, 2], list(range(30, 60))]
    with torch.no_grad():
        together = network(torch.from_numpy(EMBEDDINGS.embed(texts)), [len(t) for t in texts])
        for text, rows in zip(texts, together, strict=True):
            (alone,) = network(torch.from_numpy(EMBEDDINGS.embed([text])), [len(text)])
            torch.testing.assert_close(alone, rows)


def test_the_loss_by_hand() -> None:
    right = Text((0, 1, 2, 3, 4), (2, 4), (3, 3), 0)
    wrong = Text((0, 1, 2, 3, 4), (2, 4), (0, 0), 0)
    logits = torch.zeros(5, 3)
    logits[1] = 50.0  # of the question: nobody looks there
    parts = loss([logits, logits.clone()], [right, wrong])
    assert float(parts["span"]) == pytest.approx(np.log(3))  # <s> and two tokens, all alike
    assert float(parts["holds"]) == pytest.approx(np.log(2))
    assert float(parts["ranking"]) == pytest.approx(np.log(2) / 2)
    sure = logits.clone()
    sure[0, 2] = 20.0
    assert float(loss([sure, logits - sure], [right, wrong])["ranking"]) < 1e-6
