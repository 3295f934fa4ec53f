"""Words in quotation marks, and citations made before, looked for word for word in the articles.

White space, widths and the kind of the marks do not count; any other character does. What it does not know:
words that stand in an article whose passages are not among the ``PASSAGES`` nearest ones.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein, ScoreAlignment

from index.answering import Asking
from index.answering.speakers import speaker
from index.checking.findings import Living
from index.errors import StoreError
from index.records import Article, Sentence
from index.schema import Citation
from index.text.characters import nfkc
from index.text.lines import columns

PASSAGES = 20
"""Passages looked at for a quotation."""
AROUND = 500
"""Characters before and behind a passage in which it may go on."""
SHORTEST = 8
"""Characters of the shortest words that are missing where they are not found, two Latin letters for one."""
SLACK = 8
"""Characters before and behind the nearest words that may belong to them."""
ALTERED = 65.0
"""Likeness, 0 to 100, from which words are taken for a quotation that was altered."""

_MARKS = re.compile(
    r"「((?:[^「」]|「[^「」]*」)+)」|『([^『』]+)』|“([^“”]+)”|(?<!\w)\"([^\"\n]+)\"(?!\w)|«([^«»]+)»"
)
_BACK = re.compile("彼|同|[こそ]の|筆者|記者|私|本紙")  # who is meant stands elsewhere
_SAME = str.maketrans("『』“”«»", '「」""""')


@dataclass(frozen=True, slots=True)
class Found:
    """Where words stand: ``article.text[start:end]``, how alike they are, and what differs, as places of both."""

    article: Article
    start: int
    end: int
    likeness: float
    apart: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


def quotations(sentence: str) -> Iterator[tuple[int, int]]:
    """Yield where the words in quotation marks begin and end, without the marks."""
    for match in _MARKS.finditer(sentence):
        start, end = match.span(match.lastindex or 0)
        if sentence[start:end].strip():
            yield start, end


def is_long(words: str) -> bool:
    """Whether words are more than a term, which anybody may put in quotation marks."""
    return columns(words) >= 2 * SHORTEST


def find(words: str, asking: Asking) -> Found | None:
    """Return where words stand, or stand nearly; None where they do nowhere."""
    best: Found | None = None
    for e in asking.retrieve(words, top_k=PASSAGES):
        article, passage = asking.generation.article(e.hit.passage.article_id), e.hit.passage
        span = max(passage.start - AROUND, 0), passage.end + AROUND
        found = within(words, article, span, least=best.likeness if best else ALTERED)
        if found and (best is None or found.likeness > best.likeness):
            best = found
        if best and not best.apart:
            break
    return best


def within(
    words: str, article: Article, span: tuple[int, int], *, least: float = ALTERED
) -> Found | None:
    """Return where words stand in a part of an article, or stand nearly, at least as alike as this."""
    folded, places = _folded(words.rstrip("。．.、,， "))
    text, there = _folded(article.text[slice(*span)])
    if not folded:
        return None
    if (at := text.find(folded)) >= 0:
        own = there[at] + span[0], there[at + len(folded) - 1] + span[0] + 1
        return Found(article, *own, 100.0)
    found = fuzz.partial_ratio_alignment(folded, text, score_cutoff=least)
    if found is None or found.dest_end <= found.dest_start or len(text) < len(folded) // 2:
        return None
    return _aligned(article, span[0], folded, places, text, there, found)


def _aligned(
    article: Article,
    start: int,
    folded: str,
    places: Sequence[int],
    text: str,
    there: Sequence[int],
    found: ScoreAlignment,
) -> Found:
    """Tell what differs between the words and those that they are nearest to."""
    # The window found is as long as the words; what was left out of them makes it longer.
    first = max(found.dest_start - SLACK, 0)
    window = text[first : found.dest_end + SLACK]
    apart: list[tuple[int, int, int, int]] = []
    for op in Levenshtein.opcodes(folded, window):
        own = op.src_start, op.src_end, op.dest_start, op.dest_end
        if op.tag != "equal":  # what touches is one
            goes_on = apart and apart[-1][1] == own[0] and apart[-1][3] == own[2]
            apart[-1:] = (
                [(apart[-1][0], own[1], apart[-1][2], own[3])] if goes_on else [*apart[-1:], own]
            )
    begin, end = 0, len(window)
    if apart and apart[0][0] == 0:  # what stands before the words is none of theirs
        _, b, _, d = apart.pop(0)
        begin = max(d - b, 0)
        apart[:0] = [(0, b, begin, d)] * bool(b)
    if apart and apart[-1][1] == len(folded):
        a, b, c, d = apart.pop()
        end = min(c + b - a, d)
        apart += [(a, b, c, end)] * (b > a)
    begin, end, pairs = begin + first, end + first, []
    for a, b, c, d in apart:
        there_start, there_end = _span(there, c + first, d + first)
        pairs.append((_span(places, a, b), (there_start + start, there_end + start)))
    place = there[begin] + start, there[end - 1] + 1 + start
    return Found(article, *place, found.score, tuple(pairs))


def _span(places: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """Return where characters of a folded text stand in the text as written."""
    if start == end:
        at = places[start] if start < len(places) else places[-1] + 1
        return at, at
    return places[start], places[end - 1] + 1


def _folded(text: str) -> tuple[str, list[int]]:
    """Return a text without white space and in one width, and where each of its characters comes from."""
    pieces, places = [], []
    for at, char in enumerate(text.translate(_SAME)):
        plain = nfkc(char).strip()
        pieces.append(plain)
        places += [at] * len(plain)
    return "".join(pieces), places


def sentences_of(found: Found, asking: Asking) -> list[Sentence]:
    """Return the sentences that words stand in."""
    passages = asking.generation.passages_at(found.article.id, found.start, found.end)
    every = (s for p in passages for s in p.sentences)
    return [s for s in every if s.start < found.end and found.start < s.end]


def speakers(
    draft: str, before: Sequence[str], found: Found, asking: Asking
) -> tuple[str, str] | None:
    """Return whose words they are in a sentence of the draft, and in the article, where these are two."""
    article, own = found.article, sentences_of(found, asking)
    passages = asking.generation.passages_at(article.id, found.start, found.end)
    sentences = [s for p in passages for s in p.sentences]
    at = sentences.index(own[0]) if own else None
    mine = speaker(draft, before, _NOBODY)
    if at is None or mine is None:
        return None
    texts = [s.text for s in sentences]
    told = [speaker(texts[n], texts[:n], article) for n in (at, at + 1) if n < len(texts)]
    theirs = next(filter(None, told), None)
    if (
        theirs is None
        or theirs in mine
        or mine in theirs
        or _BACK.match(mine)
        or _BACK.match(theirs)
    ):
        return None
    return mine, theirs


_NOBODY = Article("", None, (), None, None, None, None, "", "", "")


def recheck(citation: Citation, asking: Asking) -> Living:
    """Tell whether the words of a citation still stand where they stood, elsewhere, otherwise, or nowhere."""
    try:
        article = asking.generation.article(citation.article_id)
    except StoreError:  # it is gone; another may hold the words
        return _become(find(citation.quote, asking))
    if article.text[citation.start : citation.end] == citation.quote:
        return Living("unchanged", article.id, citation.start, citation.end)
    places = [m.start() for m in re.finditer(re.escape(citation.quote), article.text)]
    if places:
        start = min(places, key=lambda at: abs(at - citation.start))
        return Living("moved", article.id, start, start + len(citation.quote))
    return _become(_nearest_now(citation, article) or find(citation.quote, asking))


def _nearest_now(citation: Citation, article: Article) -> Found | None:
    return within(citation.quote, article, (0, len(article.text)))


def _become(found: Found | None) -> Living:
    if found is None:
        return Living("gone")
    state = "altered" if found.apart else "moved"
    return Living(state, found.article.id, found.start, found.end, found.apart)
