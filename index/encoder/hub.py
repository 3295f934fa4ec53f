"""Any encoder that sentence-transformers loads, by name or folder (TENKYO_MODEL).

Each model's own prompts are used, as its configuration gives them; a model without configured
prompts gets none. Code that comes with a model is never run.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder.protocol import Vectors
from index.errors import EncoderError

REACH_SECONDS = 5.0


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


def load(name: str, *, prompts: Mapping[str, str] | None = None) -> HubEncoder:
    """Load a model: from its folder, from the local cache of the hub, else from the hub.

    Raises:
        EncoderError: There is no such model, or the hub is out of reach.
    """
    try:
        return HubEncoder(_model(name, prompts, local=True), name=name)
    except Exception as exc:  # whatever a foreign model's loading may raise
        if Path(name).is_dir():
            raise EncoderError(
                "このフォルダーは sentence-transformers のモデルとして読み込めません。",
                at=f"{name}（{exc}）",
            ) from exc
    # The hub's own client tries for more than a minute before it gives up.
    if not reachable():
        raise EncoderError(
            "このモデルがこのコンピューターになく、Hugging Face にも接続できません。"
            "TENKYO_MODEL の名前かフォルダーを確かめるか、ネットワークにつないで実行してください。",
            at=name,
        )
    try:
        return HubEncoder(_model(name, prompts, local=False), name=name)
    except Exception as exc:
        raise EncoderError("モデルを読み込めませんでした。", at=f"{name}（{exc}）") from exc


def _model(name: str, prompts: Mapping[str, str] | None, *, local: bool) -> Any:
    from sentence_transformers import SentenceTransformer

    own = dict(prompts) if prompts else None
    return SentenceTransformer(name, device="cpu", prompts=own, local_files_only=local)


def reachable() -> bool:
    """Tell whether the hub answers."""
    import urllib.error
    import urllib.request

    from huggingface_hub import constants

    try:
        urllib.request.urlopen(constants.ENDPOINT, timeout=REACH_SECONDS).close()
    except urllib.error.HTTPError as exc:
        exc.close()
        return True  # it answered
    except OSError:
        return False
    return True
