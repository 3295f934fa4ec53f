"""The two models that answer questions, each loaded when it is first needed."""

import threading

from index import encoder as encoders
from index.crossreader import CrossReader, load_crossreader
from index.encoder import Encoder
from index.records import OnProgress
from index.settings import Settings


class Models:
    """The encoder and the trained reader of some settings. Safe to use from several threads."""

    def __init__(self, settings: Settings, encoder: Encoder | None = None) -> None:
        """Take settings and, where the one of the settings is not meant, an encoder."""
        self._settings = settings
        self._encoder = encoder
        self._crossreader: CrossReader | None = None
        self._looked = False  # whether there is one, which need not be
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

    def crossreader(self, on_progress: OnProgress | None = None) -> CrossReader | None:
        """Return the trained reader; None where the settings want none or the encoder is another.

        Raises:
            EncoderError: One of the two cannot be loaded.
        """
        with self._lock:
            if not self._looked:
                encoder = self.encoder(on_progress)
                self._crossreader = load_crossreader(self._settings.reader, encoder, on_progress)
                self._looked = True
            return self._crossreader

    def fingerprint(self) -> str:
        """Return that of the encoder, if need be without loading it."""
        encoder = self._encoder
        return encoder.fingerprint if encoder else encoders.fingerprint(self._settings.model)
