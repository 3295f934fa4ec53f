"""The errors that a user may be shown. Every message is fit for that, in Japanese.

``code`` names an error for programs and for those who tell it in another language. All are caught at
the edges only: by the command line, the server and the build.
"""

from pathlib import Path


class TenkyoError(Exception):
    """Base of every error a user may be shown.

    Attributes:
        code: What went wrong, in a word.
        told: The message as anybody may read it. ``str`` says first in which file or folder, which
            is for those at the machine and not for its visitors.
    """

    code = "error"

    def __init__(self, told: str, *, code: str | None = None, at: Path | str | None = None) -> None:
        super().__init__(f"{at}: {told}" if at else told)
        self.told = told
        self.code = code or self.code


class CorpusError(TenkyoError):
    """A file that cannot be read, or holds no article; the message names it and the reason."""

    code = "corpus"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason, at=path)
        self.path = path
        self.reason = reason

    def __reduce__(self) -> tuple[type["CorpusError"], tuple[str, str]]:
        """Survive the way out of the parsing process, which pickles exceptions."""
        return CorpusError, (self.path, self.reason)


class CitationError(TenkyoError):
    """A citation whose quote is not what stands at its place."""

    code = "citation"


class EncoderError(TenkyoError):
    """A model that cannot be loaded, or does not fit the index."""

    code = "model"


class StoreError(TenkyoError):
    """An index that is missing, broken or of another make; the message says what repairs it."""

    code = "index"


class DamagedError(StoreError):
    """An index of which a file is missing, or is not as it was written; the message names it."""


class OutdatedError(StoreError):
    """An index that an earlier version of this program made; a build takes it over."""


class QuestionError(TenkyoError):
    """A question that cannot be asked: empty, too long, filtered by what is no date."""

    code = "question"


class BusyError(TenkyoError):
    """Too many questions at once; the same one may be asked a little later."""

    code = "busy"


class WritingError(TenkyoError):
    """A language model that worded nothing whole; the code says why. The answer in quotes is given instead."""

    def __init__(self, code: str) -> None:
        super().__init__(code, code=code)


class SettingsError(TenkyoError):
    """A setting that is misspelt or out of range; the message says what is allowed."""

    code = "setting"


def cause(error: Exception) -> str:
    """Return what an error of Python's says, without the path that one of the system's would name."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
