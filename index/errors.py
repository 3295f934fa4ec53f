"""The exceptions of the house. Every message is fit to show to a user.

TenkyoError
├── CorpusError     a file cannot be read, or holds no article; names the file
├── CitationError   a citation does not match the words it points to
├── EncoderError    a model cannot be loaded or does not fit the index
├── StoreError      the index is missing, broken or of another make; names the repairing command
├── QuestionError   a question that cannot be asked (empty, too long)
├── BusyError       too many questions at once; the same one may be asked a little later
└── SettingsError   a setting is misspelt or out of range; names the variable and what is allowed
"""


class TenkyoError(Exception):
    """Base of every error a user may be shown."""


class CorpusError(TenkyoError):
    """A file that cannot become an article. The message names the file and the reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason

    def __reduce__(self) -> tuple[type["CorpusError"], tuple[str, str]]:
        """Survive the way out of the parsing process, which pickles exceptions."""
        return CorpusError, (self.path, self.reason)


class CitationError(TenkyoError):
    """A citation whose quote is not what stands at its place."""


class EncoderError(TenkyoError):
    """A model that cannot be loaded."""


class StoreError(TenkyoError):
    """An index that is missing, broken or made by something else. The message says what repairs it."""


class QuestionError(TenkyoError):
    """A question that cannot be asked."""


class BusyError(TenkyoError):
    """More questions than can be answered at once."""


class SettingsError(TenkyoError):
    """A setting that is misspelt or out of range."""
