"""What is found of a draft: records, as those of ``index.records``."""

from dataclasses import dataclass

from index.records import Citation


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of a draft, ``draft[start:end]``, that stand otherwise in an article; either side may be empty.

    ``there`` is where the other words begin and end in the article of the citation of this number.
    """

    start: int
    end: int
    citation: int
    there: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words in quotation marks, ``draft[start:end]``, looked for word for word.

    Attributes:
        start: Where they begin, behind the mark.
        end: Where they end.
        found: ``exact``, ``altered`` or ``missing``.
        citation: The number of the citation of what stands there.
        speakers: Whose words they are in the draft, and in the article; None where these agree or one is silent.
    """

    start: int
    end: int
    found: str
    citation: int | None = None
    speakers: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of a draft, ``draft[start:end]``, and what the articles say of it.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        verdict: ``supported``, ``contradicted``, ``not found``, or ``skipped``.
        reason: Why it was skipped: ``heading``, ``question`` or ``opinion``; else empty.
        citations: The numbers of the citations that show it; of one not found, what comes nearest.
        quoted: What it quotes.
        differences: Where it differs from what it cites.
        confidence: The probability of the verdict, 0 to 1.
    """

    start: int
    end: int
    verdict: str
    reason: str = ""
    citations: tuple[int, ...] = ()
    quoted: tuple[Quoted, ...] = ()
    differences: tuple[Difference, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Check:
    """A draft held against the articles, as far as it was read.

    Attributes:
        text: The draft.
        total: How many sentences it has.
        sentences: Those that were checked, in order.
        citations: Numbered 1, 2, 3 in order of appearance, each used.
    """

    text: str
    total: int
    sentences: tuple[Checked, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Living:
    """What has become of a citation: ``article.text[start:end]`` now.

    Attributes:
        state: ``unchanged``, ``moved`` (the same words elsewhere), ``altered`` or ``gone``.
        article_id: Where the words stand now; empty where they are gone.
        start: Where they begin.
        end: Where they end.
        apart: Places of the quote, and those of the article, that differ.
    """

    state: str
    article_id: str = ""
    start: int = 0
    end: int = 0
    apart: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
