"""TENKYO_MODEL: anything sentence-transformers loads, or a clear refusal."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from index import encoder as encoders
from index.encoder import load, load_encoder
from index.errors import EncoderError

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "運", "河", "窯", "の", "q", "d", ":"]


def make_model(folder: Path, *, seed: int) -> str:
    """Save a tiny BERT with random weights and a tokenizer of single characters."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, BertTokenizer

    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    bert = folder / "bert"
    BertModel(config).save_pretrained(bert)
    (bert / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizer(str(bert / "vocab.txt")).save_pretrained(bert)
    model = SentenceTransformer(
        modules=[Transformer(str(bert)), Pooling(16, "mean")],
        prompts={"query": "q: ", "document": "d: "},
        device="cpu",
    )
    model.save(str(folder / "model"), create_model_card=False)
    return str(folder / "model")


def test_a_folder_is_loaded_with_its_own_prompts(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    name = make_model(tmp_path, seed=1)
    encoder = load_encoder(name, cache=tmp_path)
    vectors = encoder.encode_queries(["運河", "窯の河"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (2, encoder.dimensions) == (2, 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    plain = SentenceTransformer(name, device="cpu")
    prompted = plain.encode(["q: 運河", "q: 窯の河"], normalize_embeddings=True)
    np.testing.assert_allclose(vectors, prompted, atol=1e-6)
    assert not np.allclose(vectors, encoder.encode_documents(["運河", "窯の河"]))
    assert encoder.encode_documents([]).shape == (0, 16)
    assert encoders.as_sentence_transformer(encoder).encode_query("運河").shape == (16,)


def test_fingerprint_changes_with_the_weights_and_with_them_only(tmp_path: Path) -> None:
    first, same, other = (make_model(tmp_path / str(n), seed=s) for n, s in enumerate([1, 1, 2]))
    fingerprint = encoders.fingerprint(first)
    assert fingerprint == load_encoder(first, cache=tmp_path).fingerprint
    assert fingerprint == encoders.fingerprint(same)
    assert fingerprint != encoders.fingerprint(other)


def test_a_name_nobody_has_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(EncoderError, match=r"no-such/model.*TENKYO_MODEL"):
        load_encoder("no-such/model", cache=tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="フォルダー"):
        load_encoder(str(tmp_path), cache=tmp_path)


def test_a_hub_that_answers_with_an_error_is_within_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:  # 501 to everything
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        monkeypatch.setattr(BaseHTTPRequestHandler, "log_message", lambda *_: None)
        serving = threading.Thread(target=server.handle_request)
        serving.start()
        assert load._reachable()
        serving.join()
