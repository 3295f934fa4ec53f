"""What a refusal says: that nothing was found, what is missing, and what stands nearest.

A name of the question is called missing only where neither it nor its reading, its synonyms or its
characters stand in any article; a figure, only where no figure of the passages read says the same in
any spelling. Else, where the nearest sentence speaks of a sibling (輸出 for 輸入, 中国 for 日本), the
word asked for is named and that sentence shown.

What it does not know: which names of an English or Chinese question no article holds, for the
articles write them otherwise.
"""

import re
from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np

from index import lexicon
from index.dates import in_full
from index.figures import agree, figures
from index.questions import Question
from index.reader.reading import Scored
from index.store import Generation

SHOWN = 120
"""Characters of the nearest sentence that are shown."""
_NOTHING = {
    "ja": "この質問に答える記述は、探した範囲の記事には見つかりませんでした。",
    "en": "I could not find anything in the articles searched that answers this question.",
    "zh": "在所检索的文章中没有找到能回答这个问题的内容。",
}
_UNKNOWN = "{}は、どの記事にも出てきません。"
_SIBLING = "{}については書かれていません。"
_NEAREST = {"ja": "近い記述：「{}」", "en": " The nearest passage: “{}”", "zh": "相近的记述：“{}”"}
_NAME = re.compile(r"[^ぁ-ん]{2,}")  # a word with hiragana is seldom the name of something


def refuse(
    asked: Question, scored: Sequence[Scored], generation: Generation
) -> tuple[str, tuple[str, ...]]:
    """Say in the language of the question that it cannot be answered, and why as far as is known.

    Args:
        asked: The question.
        scored: The sentences that were read, best first; none where no passage was found.
        generation: The articles.

    Returns:
        The text, and what is missing: words or figures of the question.
    """
    unknown = tuple(_unknown(asked, generation))
    siblings = () if unknown else tuple(_told_of_another(asked, scored, generation))
    said = _NOTHING[asked.language]
    for missing, told in ((unknown, _UNKNOWN), (siblings, _SIBLING)):
        if missing:
            said += told.format("".join(f"「{word}」" for word in missing))
    if scored and not unknown:
        said += _NEAREST[asked.language].format(_shown(scored[0].sentence.text))
    return said, unknown + siblings


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _unknown(asked: Question, generation: Generation) -> Iterator[str]:
    """The names in a Japanese question that stand in no article, however written."""
    if asked.language != "ja":
        return
    names = {name for kind in ("人名", "地名") for name in lexicon.names_of_kind(asked.text, kind)}
    names |= lexicon.names(asked.text)
    for term, word in asked.terms.items():
        if term not in names or not _NAME.fullmatch(word) or term in generation.terms:
            continue
        if not any(_stands(form, generation) for form in (word, *lexicon.readings(word))):
            yield word


def _stands(word: str, generation: Generation) -> bool:
    """Whether all pairs of characters of a word stand in one sentence: then it may be there."""
    pairs = lexicon.bigrams(word)
    rows = [generation.bigrams.holding(pair) for pair in pairs]
    return not pairs or bool(len(reduce(np.intersect1d, rows)))


def _told_of_another(
    asked: Question, scored: Sequence[Scored], generation: Generation
) -> Iterator[str]:
    """The words and figures of a Japanese question in whose place the nearest sentence has others."""
    if asked.language != "ja" or not scored:
        return
    read = {s.hit.passage.id: s.hit.passage for s in scored}.values()
    nearest = scored[0].sentence.text
    around = "\n".join(
        part
        for passage in read
        for article in [generation.article(passage.article_id)]
        for part in (article.title or "", passage.text, in_full(passage.text, article.published))
    )
    held = {*lexicon.terms(around)}
    there = lexicon.nouns(nearest)
    for term, word, kind in lexicon.nouns(asked.text):
        known = term in held or word in around or any(r in around for r in lexicon.readings(word))
        if not known and any(_siblings((word, kind), (w, k)) for t, w, k in there if t != term):
            yield word
    told = figures(in_full(around, None))
    for figure in figures(in_full(asked.text, None)):
        like = [f for f in told if f.unit == figure.unit]
        if like and not any(agree(figure, f) for f in like):
            yield figure.written


def _siblings(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two nouns may stand in each other's place: names of a kind, or words that share a part."""
    (word, kind), (another, its) = one, other
    if kind or its:
        return kind == its
    return len(word) > 1 < len(another) and (word[-1] == another[-1] or word[0] == another[0])
