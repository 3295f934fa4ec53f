"""A draft to sentences, and which of them claim something that articles could support.

What it does not know: an opinion told as a fact (これは失敗だ), and a question without its mark (どうなるのか。).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from index.answering.speakers import is_judgement
from index.articles import ArticleReader
from index.passages import cut
from index.records import Article

_QUESTION = re.compile(r"[?？][」』”\"）)]*$|か。$")
_JUDGED = re.compile(
    r"\b(?:should|must|ought to|I (?:think|believe|hope)|in my (?:view|opinion)|perhaps|probably)\b"
    r"|我(?:们)?(?:认为|觉得|相信|希望)|应该|应当|也许|大概"
)
_ATTRIBUTED = re.compile(
    r"\b(?:said|says|told|according to|argued?s?|warned|added|claimed|stated)\b|表示|指出|说|称|(?<!我)(?<!我们)认为"
)


def read_draft(path: Path) -> Article:
    """Read a draft from a file of any type that articles are read from.

    Raises:
        CorpusError: It cannot be read.
    """
    with ArticleReader() as reader:
        return reader.read(path)[0]


def claims_of(draft: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each sentence begins and ends, and why it claims nothing; empty where it does."""
    for heading, _, _, spans in cut(draft):
        for n, (start, end) in enumerate(spans):
            text = draft[start:end]
            is_heading = n == 0 and text == heading
            yield start, end, "heading" if is_heading else _reason(text)


def _reason(text: str) -> str:
    if not re.search(r"\w", text):
        return "heading"
    if _QUESTION.search(text):
        return "question"
    own = _JUDGED.search(text) and not _ATTRIBUTED.search(text)
    return "opinion" if own or is_judgement(text) else ""
