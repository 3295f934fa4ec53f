"""TENKYO_READER: any reranker that sentence-transformers loads, or a clear refusal."""

import json
import math
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from conftest import BAKERY, CANAL, OBSERVATORY, FakeEncoder
from newsqa import write_folder

from index.answering.reading import DEPTH, TRUSTED, WEIGHT
from index.crossencoder import Window, load_crossencoder
from index.crossencoder.reading import pieces
from index.engine import Engine
from index.errors import EncoderError, TenkyoError
from index.evaluate import ask_news
from index.settings import Settings

QUESTION = "運河の工事に加わった人は何人か"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
KANJI = sorted({c for c in CANAL + BAKERY + OBSERVATORY if "一" <= c <= "龥"})


def make_model(
    folder: Path, *, labels: int = 1, bias: float | None = None, head: bool = True
) -> str:
    """Save a tiny BERT with random weights and a tokenizer of single characters.

    Args:
        folder: Where it goes.
        labels: How many it tells.
        bias: What it answers to everything; None where its random weights decide.
        head: False for a BERT that was never made to tell labels.
    """
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizer

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(SPECIAL) + len(KANJI),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        num_labels=labels,
        initializer_range=0.6,  # so that its logits lie apart
    )
    model = BertForSequenceClassification(config)
    if bias is not None:
        torch.nn.init.zeros_(model.classifier.weight)
        torch.nn.init.constant_(model.classifier.bias, bias)
    (model if head else BertModel(config)).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join([*SPECIAL, *KANJI]), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


def engine_of(tmp_path: Path, corpus: Path, name: str) -> Engine:
    settings = Settings(tmp_path / "home", tmp_path / "cache", reader=name)
    engine = Engine(settings, encoder=FakeEncoder())
    engine.build([corpus])
    return engine


def logits(name: str, question: str, texts: list[str]) -> list[float]:
    from sentence_transformers import CrossEncoder
    from torch import nn

    model = CrossEncoder(name, device="cpu")
    pairs = [(question, text) for text in texts]
    found = [
        model.predict([pair], activation_fn=nn.Identity(), show_progress_bar=False)
        for pair in pairs
    ]
    return [float(odds[0]) for odds in found]


def test_a_window_and_its_sentences_with_their_neighbours_have_their_logits(tmp_path: Path) -> None:
    name = make_model(tmp_path)
    sentences = ("運河は開通した。", "技師長は倉持宗一。", "船が通る。", "窯の温度。")
    windows = [Window("青沢運河", sentences), Window(None, ("望遠鏡の費用。",))]
    first, second = load_crossencoder(name, cache=tmp_path / "cache").read(QUESTION, windows)
    whole = ["青沢運河\n" + "".join(sentences), "望遠鏡の費用。"]
    around = ["".join(sentences[a:b]) for a, b in ((0, 2), (0, 3), (1, 4), (2, 4))]
    expected = logits(name, QUESTION, [*whole, *around])
    assert len({round(odds, 3) for odds in expected}) == 6
    assert [first.answered, second.answered] == pytest.approx(expected[:2], abs=1e-4)
    assert first.sentences == pytest.approx(expected[2:], abs=1e-4)
    assert second.sentences == pytest.approx(expected[1:2], abs=1e-4)


def test_it_tells_neither_words_nor_verdicts(tmp_path: Path) -> None:
    crossencoder = load_crossencoder(make_model(tmp_path), cache=tmp_path / "cache")
    (found,) = crossencoder.read(QUESTION, [Window(None, ("運河は開通した。", "船が通る。"))])
    assert found.keys == (None, None)
    assert found.verdict is None
    assert crossencoder.name == str(tmp_path)
    assert crossencoder.read(QUESTION, []) == []


@pytest.mark.parametrize(("bias", "answered"), [(6.0, True), (-9.0, False)])
def test_it_answers_or_refuses_as_surely_as_its_logit_says(
    bias: float, answered: bool, tmp_path: Path, corpus: Path
) -> None:
    engine = engine_of(tmp_path, corpus, make_model(tmp_path / "model", bias=bias))
    answer, found = engine.explain(QUESTION)
    assert answer.answered == answered
    trust = found.trust
    assert trust["passage"] == pytest.approx(bias * TRUSTED, abs=1e-6)
    assert answer.confidence == pytest.approx(1 / (1 + math.exp(-sum(trust.values()))))
    assert {citation.key for citation in answer.citations} <= {None}
    assert not (tmp_path / "cache").exists()  # nothing is unpacked for it


def test_the_order_comes_from_its_logits(tmp_path: Path, corpus: Path) -> None:
    name = make_model(tmp_path / "model")
    engine = engine_of(tmp_path, corpus, name)
    passages = engine.explain(QUESTION)[1].evidence[:DEPTH]
    for e in passages:
        heading = e.hit.passage.heading
        title = engine.article(e.hit.passage.article_id).title
        above = f"{title} {heading}" if heading else title
        own = [s.text for s in e.sentences if s.text != heading]
        texts = [f"{above}\n" + "".join(own[at] for at in piece) for piece in pieces(own)]
        told = [reading.answered for reading in e.readings]
        assert told == pytest.approx(logits(name, QUESTION, texts), abs=1e-4)
    odds = [max(r.answered for r in e.readings) for e in passages]
    added = [WEIGHT * (own - max(odds)) for own in odds]
    assert [e.views["reading"] for e in passages] == pytest.approx(added)
    scores = [sum(e.views.values()) for e in passages]
    assert scores == sorted(scores, reverse=True)
    assert len({round(own, 3) for own in odds}) == DEPTH


def test_claims_are_not_judged_by_what_tells_no_verdicts(
    tmp_path: Path, settings: Settings
) -> None:
    name = make_model(tmp_path / "model")
    asking = Settings(tmp_path / "home", settings.cache, reader=name)
    with pytest.raises(TenkyoError, match="TENKYO_READER"):
        ask_news(write_folder(tmp_path / "news"), asking, claims=True)


def test_a_model_with_two_labels_is_refused(tmp_path: Path) -> None:
    name = make_model(tmp_path, labels=2)
    with pytest.raises(EncoderError, match=r"TENKYO_READER.*2 個"):
        load_crossencoder(name, cache=tmp_path)


def test_a_model_that_was_never_made_to_tell_labels_is_refused(tmp_path: Path) -> None:
    """Loaded as it is, it would get a head of random weights."""
    name = make_model(tmp_path, head=False)
    assert json.loads((tmp_path / "config.json").read_text())["architectures"] == ["BertModel"]
    with pytest.raises(EncoderError, match="TENKYO_READER"):
        load_crossencoder(name, cache=tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="フォルダー"):
        load_crossencoder(str(tmp_path), cache=tmp_path)


@contextmanager
def hanging_up() -> Iterator[tuple[str, list[object]]]:
    """A hub that answers nobody; yield its address and who came."""
    callers: list[object] = []

    def hang_up(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, caller = listener.accept()
                callers.append(caller)
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as threads:
        threads.submit(hang_up, listener)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", callers
        listener.shutdown(socket.SHUT_RDWR)


def test_a_name_nobody_has_is_refused_without_the_tries_of_the_hub_s_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hanging_up() as (nowhere, callers):
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", nowhere)
        template = nowhere + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
        with pytest.raises(
            EncoderError, match=r"no-such/model.*TENKYO_READER|TENKYO_READER.*no-such"
        ):
            load_crossencoder("no-such/model", cache=tmp_path)
    assert 1 <= len(callers) <= 2
