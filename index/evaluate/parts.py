"""Questions to tune on and questions to report on, split once and for all by the article asked about.

Of a BEIR folder an article goes to one part by the hash of its title, with all its documents and
questions; a question about articles of both parts belongs to neither. A question without an article
goes by the hash of its own text. Of a question set, whose articles everyone may read, the number in
a question's id decides, odd to tune and even to report; without such an id, the hash of its text.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Any, Literal, get_args

PartName = Literal["tune", "report"]
PARTS: tuple[PartName, PartName] = get_args(PartName)


def part_of(text: str) -> PartName:
    """Return the part that a title or a question goes to: by the last bit of its SHA-256."""
    return PARTS[hashlib.sha256(text.encode()).digest()[-1] % 2]


def lies_in(part: PartName | None, titles: Iterable[str]) -> bool:
    """Whether a question about articles with these titles lies in a part; None is the whole."""
    return part is None or {part_of(title) for title in titles} == {part}


def is_asked_in(part: PartName | None, line: dict[str, Any]) -> bool:
    """Whether a line of a question set lies in a part; None is the whole."""
    number = re.fullmatch(r"\D*(\d+)\D*", str(line.get("id", "")))
    own = PARTS[1 - int(number[1]) % 2] if number else part_of(line["question"])
    return part in (None, own)
