"""The packing of sentences, and passages for LangChain.

What langchain-text-splitters does: ``TextSplitter`` merges sentences, one after the other, into
chunks that keep to a size. What we do: find the sentences and sections (its splitters know neither 。
nor quotes), ask for the least size at which a section makes as few chunks as it can, so that they are
of even length, and tell where each stands: ``add_start_index`` looks a chunk up by its words, which
is wrong where a text repeats itself.
"""

import logging
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any

from langchain_core.documents import Document
from langchain_text_splitters import TextSplitter

from index.passages.cutting import TARGET, Section, Span, sections
from index.records import Mark

# It warns of every sentence longer than the size, which is meant.
logging.getLogger("langchain_text_splitters").setLevel(logging.ERROR)


class PassageSplitter(TextSplitter):
    """Splits texts as ``cut`` does; a document has its ``start_index``, and ``heading`` if any."""

    def __init__(self, chunk_size: int = TARGET) -> None:
        """Take how many characters a chunk should not exceed.

        It may do so by an eighth where that spares a chunk, and by more where one sentence does.
        """
        super().__init__(chunk_size, chunk_overlap=0, strip_whitespace=False)

    def split_text(self, text: str) -> list[str]:
        """Return the passages of a text."""
        return [text[spans[0][0] : spans[-1][1]] for _, spans in self.split_spans(text)]

    def create_documents(
        self, texts: list[str], metadatas: list[dict[Any, Any]] | None = None
    ) -> list[Document]:
        """Return the passages of texts: ``text[start_index:]`` begins with the document."""
        made = []
        for text, metadata in zip(texts, metadatas or [{}] * len(texts), strict=True):
            for heading, spans in self.split_spans(text):
                own = {"start_index": spans[0][0]} | ({"heading": heading} if heading else {})
                words = text[spans[0][0] : spans[-1][1]]
                made.append(Document(words, metadata={**metadata, **own}))
        return made

    def split_spans(self, text: str, marks: Sequence[Mark] = ()) -> Iterator[Section]:
        """Yield each passage's heading and where its sentences begin and end in the text."""
        for heading, spans in sections(text, marks):
            for group in self._pack(text, spans):
                yield heading, group

    def _pack(self, text: str, spans: list[Span]) -> Iterator[list[Span]]:
        target = self._chunk_size
        edges = [*(start for start, _ in spans), spans[-1][1]]
        pieces = [text[a:b] for a, b in pairwise(edges)]
        length = edges[-1] - edges[0]
        fewest = -(-length // target)
        for size in (*range(-(-length // fewest), target * 9 // 8 + 1, 10), target):
            chunks = PassageSplitter(size)._merge_splits(pieces, "")
            if len(chunks) <= fewest:
                break
        starts = accumulate(map(len, chunks), initial=edges[0])
        cuts = [bisect_left(edges, at) for at in starts]
        return (spans[a:b] for a, b in pairwise(cuts))
