"""More of an answer (もっと詳しく, what else): sentences that no page before has shown; one item of a list (2つ目).

What belongs to an answer: the other sentences that answer, then those around the one that answered best, the
nearest first and what follows before what precedes. Of an item that is a sentence of its own this comes first;
one of a sentence that enumerates (第一は…、第二は…) is asked for by its words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from index.answering.composing import Quote, Section, compose, quote_of
from index.answering.quotes import place_in_list
from index.answering.reading import ANSWER_FROM, MOST, Found, choose
from index.questions import Question, lexicon
from index.questions.followups import PARTS
from index.questions.wants import LAST
from index.records import Answer, Citation

LIKELY = 0.3
"""Probability of belonging to the answer from which a sentence is more of it, wherever it stands."""
NEAR = 2.5
"""Log-odds that a passage answers a follow-up for surely having answered what it follows: in 93 of 114 of our
own the sentence asked for stands in the same article, in 69 in the same passage. From 1.5 to 3.5 as many are right."""
AROUND = 600
"""Characters on either side of an answer in which more of it is looked for."""
_NO_MORE = {
    "ja": "これ以上の記述は、探した範囲の記事には見つかりませんでした。",
    "en": "I could not find anything more in the articles searched.",
    "zh": "在所检索的文章中没有找到更多内容。",
}
_NUMBERED = re.compile(r"、(?=[一-龥]{0,3}[1-9１-９一二三四五六](?:つ目|番目|点目)?(?:は|に))")
_END = re.compile(r"[。．.！!？?」』）)]$")


def further(found: Found, first: Answer) -> Answer:
    """Answer with what no page before has shown, or say that there is no more.

    Args:
        found: What was found; ``asked.more`` and ``asked.item`` tell what is wanted.
        first: The answer to the same question without that; a refusal stays one.
    """
    if not first.citations:
        return first
    asked, best = found.asked, max(first.citations, key=lambda citation: citation.score)
    shown, page = [_place(c) for c in first.citations], asked.more + bool(asked.item)
    more: Iterator[Quote] = iter(())
    if not asked.item:
        more = _more(found, _place(best), shown)
    elif words := _item(first, asked.item):
        found = found.asking.find(words) if found.asking else found
        cited = next((_place(c) for c in first.citations if c.quote == words), None)
        shown = [place for place in shown if place != cited]
        read = (_at(quote_of(s, found)) for s in found.sentences)
        start = cited or next((at for at in read if not _meets(at, shown)), _place(best))
        more = _more(found, start, shown)
    quotes = tuple(islice(more, MOST * (page - 1), MOST * page))
    statements, citations, _ = compose([Section("", quotes)])
    told = replace(first, statements=statements, citations=citations, understood=asked.understood)
    told = replace(told, form="fact", verdict=None, lead="", text="", groups=(), differing=())
    return told if quotes else replace(told, answered=False, text=_NO_MORE[asked.language])


def in_context(found: Found) -> Found:
    """Read a follow-up with what answers the question before, told in the sentence before it.

    The passage that answers it is read, too, and preferred. Its sentences that answer do not answer again, unless
    they hold what is asked about now.
    """
    before, *now = PARTS.split(found.asked.text, maxsplit=1)
    first = found.asking.find(before) if now and found.asking else None
    if first is None or found.asking is None or first.confidence < ANSWER_FROM:
        return found
    near = first.sentences[0].hit.passage.id
    both = sorted((*found.evidence, *first.evidence[:1]), key=lambda e: e.hit.passage.id != near)
    evidence = list({e.hit.passage.id: e for e in both}.values())[: len(found.evidence)]
    found = found.asking.read(found.question, evidence, understood=found.asked)
    told = [quote_of(s, found) for s in first.chosen]
    own = set(lexicon.terms(now[0]))
    left = []
    for s in found.sentences:
        again = any(map(quote_of(s, found, (s.sentence,)).overlaps, told))
        if not again or _holds(found.asked, own, s.sentence.text):
            more = NEAR * first.confidence * (s.hit.passage.id == near)
            left.append(replace(s, answered=s.answered + more))
    return replace(found, sentences=tuple(sorted(left, key=lambda s: -s.score)))


def _holds(asked: Question, own: set[str], sentence: str) -> bool:
    """Whether a sentence holds what is asked about now; one in another language than the question may."""
    held = own & set(lexicon.terms(sentence))
    return bool(held or not own) or asked.language != "ja"


Place = tuple[str, int, int]
"""An article, and where in it words stand, start and end."""


def _place(citation: Citation) -> Place:
    return citation.article_id, citation.start, citation.end


def _at(quote: Quote) -> Place:
    return quote.article.id, *quote.span


def _meets(one: Place, others: Sequence[Place]) -> bool:
    return any(one[0] == o[0] and one[1] < o[2] and o[1] < one[2] for o in others)


def _more(found: Found, start: Place, shown: Sequence[Place]) -> Iterator[Quote]:
    """Yield what belongs to an answer, each sentence once, nothing of what was shown."""
    taken = list(shown)
    around = list(_around(found, start))
    likely = choose(found.sentences, most=len(found.sentences), belongs=LIKELY)
    first = [q for q in around if _at(q) == start]
    for quote in (*first, *(quote_of(s, found) for s in likely), *around):
        alone = replace(quote, sentences=(quote.chosen,))
        if not _meets(_at(alone), taken):
            taken.append(_at(alone))
            yield alone if _meets(_at(quote), taken[:-1]) else quote


def _around(found: Found, start: Place) -> Iterator[Quote]:
    """Yield the sentences around a place and its own, the nearest first, those behind before those ahead."""
    article = found.generation.article(start[0])
    stored = found.generation.passages_at(start[0], start[1] - AROUND, start[2] + AROUND)
    there = [s for p in stored for s in p.sentences if s.text != p.passage.heading]
    for s in sorted(there, key=lambda s: max(s.start - start[1], 2 * (start[1] - s.start))):
        if _END.search(s.text):
            yield Quote(article, (s,), s, -1.0)


def _item(first: Answer, wanted: int) -> str:
    """Return the words of an item of an answer, be it a statement or a part of one; none where it has fewer."""
    parts = max((_NUMBERED.split(s.text)[1:] for s in first.statements), key=len)
    listed = [s.text for s in first.statements if place_in_list(s.text)]
    items = parts if len(parts) > 1 else listed or [s.text for s in first.statements]
    return (items[-1:] if wanted == LAST else items[wanted - 1 : wanted] or [""])[0]
