"""What a language model returns, read as it comes: each object of its list when the bracket closes."""

import json
import re
from collections.abc import Iterator
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from index.errors import WritingError

LONGEST = 30_000
"""Characters of a reply."""

_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_FENCE = re.compile(r"^[^{]*?(?={)", re.DOTALL)
_BETWEEN = re.compile(r"[\s,]*")


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class Stated(_Strict):
    """A statement and the numbers of the sentences it rests on."""

    text: str
    sentences: list[int]


class Written(_Strict):
    """Statements, or that there are none to be made, and what is missing."""

    answered: bool
    statements: list[Stated]
    missing: str = ""


class Turned(_Strict):
    """A sentence in another language, by its number."""

    sentence: int
    text: str


class Translated(_Strict):
    """Sentences in another language."""

    translations: list[Turned]


Whole = TypeVar("Whole", bound=BaseModel)


class Reply(Generic[Whole]):
    """A reply that comes in pieces.

    Args:
        name: Of its list.
        whole: What it comes to.

    Attributes:
        text: What has come so far.
    """

    def __init__(self, name: str, whole: type[Whole]) -> None:
        self.text = ""
        self._name, self._kind = name, whole
        self._read = 0

    def read(self, piece: str) -> Iterator[Stated | Turned]:
        """Take a piece; yield the objects that are whole with it. Raises WritingError: they are not of the form."""
        self.text += piece
        if len(self.text) > LONGEST:
            raise WritingError("cut")
        if "}" not in piece:
            return
        text = self._json
        opened = re.search(rf'"{self._name}"\s*:\s*\[', text)
        at, number = (opened.end(), 0) if opened else (len(text), 0)
        kind = Stated if self._kind is Written else Turned
        while (at := _BETWEEN.match(text, at).end()) < len(text):  # type: ignore[union-attr]
            try:
                one, at = json.JSONDecoder().raw_decode(text, at)
            except ValueError:
                return  # not whole yet, or the end of the list
            number += 1
            if number > self._read:
                self._read = number
                try:
                    yield kind.model_validate(one)
                except ValidationError as exc:
                    raise WritingError("nonsense") from exc

    def whole(self) -> Whole:
        """Return all of it. Raises WritingError: it is not of the form."""
        try:
            return self._kind.model_validate(json.JSONDecoder().raw_decode(self._json)[0])
        except (ValueError, ValidationError, RecursionError) as exc:
            raise WritingError("nonsense") from exc

    @property
    def _json(self) -> str:
        """What stands from the first brace on, behind what the model thought aloud."""
        return _FENCE.sub("", _THOUGHT.sub("", self.text), count=1)


def again(reply: str, asked: str) -> list[dict[str, str]]:
    """Return the messages that ask once more, after a reply that is not of the form."""
    shown = reply[:2000] or "{}"
    return [{"role": "assistant", "content": shown}, {"role": "user", "content": asked}]
