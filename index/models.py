"""The two models that answer questions, each loaded when it is first needed."""

import threading

from index import encoder as encoders
from index.crossencoder import CrossEncoder, load_crossencoder
from index.encoder import Encoder
from index.reports import OnProgress
from index.settings import Settings


class Models:
    """The encoder and the cross-encoder of some settings. Safe to use from several threads."""

    def __init__(
        self,
        settings: Settings,
        encoder: Encoder | None = None,
        crossencoder: CrossEncoder | None = None,
    ) -> None:
        """Take settings and, where those of the settings are not meant, models."""
        self._settings = settings
        self._encoder = encoder
        self._crossencoder = crossencoder
        self._lock = threading.RLock()

    @property
    def ready(self) -> bool:
        """Whether the encoder is loaded."""
        return self._encoder is not None

    def encoder(self, on_progress: OnProgress | None = None) -> Encoder:
        """Return the encoder.

        Raises:
            EncoderError: It cannot be loaded.
        """
        with self._lock:
            if self._encoder is None:
                model, cache = self._settings.model, self._settings.cache
                self._encoder = encoders.load_encoder(model, cache=cache, on_progress=on_progress)
            return self._encoder

    def crossencoder(self, on_progress: OnProgress | None = None) -> CrossEncoder:
        """Return the cross-encoder.

        Raises:
            EncoderError: It cannot be loaded.
        """
        with self._lock:
            if self._crossencoder is None:
                name, cache = self._settings.reader, self._settings.cache
                self._crossencoder = load_crossencoder(
                    name, cache=cache, encoder=self.encoder(on_progress), on_progress=on_progress
                )
            return self._crossencoder

    @property
    def version(self) -> str:
        """Names both, as far as the settings tell."""
        return f"{self.fingerprint()} {self._settings.reader}"

    def fingerprint(self) -> str:
        """Return that of the encoder, if need be without loading it."""
        encoder = self._encoder
        return encoder.fingerprint if encoder else encoders.fingerprint(self._settings.model)
