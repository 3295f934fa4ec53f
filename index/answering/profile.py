"""What the articles say of one name, word or topic: who or what it is first, then what else, by article.

The sentences hold the word, or of a person the family name where the article has the whole name. Where they
are few, those count, too, that stand under a heading with it or behind one whose topic it is, and of the
passages nearest to it those with its parts or a synonym, or that answer it in another language. What it does
not know: two people of one name, and what a sentence in such a place is about that names nobody.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from sudachipy import Morpheme

from index.answering.composing import Made, Section
from index.answering.extracts import by_article, gathered
from index.answering.outlines import Placed, key_sentences
from index.answering.reading import Asks, Found
from index.answering.speakers import can_speak
from index.questions import lexicon, sounds
from index.text.characters import nfkc

MOST = 6
"""Sentences of a profile, at most; where fewer hold the word, others count, too."""
DEPTH = 30
"""Passages among whose sentences they are."""
HOLDS, TOPIC, NEXT = 2.0, 1.5, 1.0
"""What it adds, in deviations (``outlines``), to hold the word, to have it for its topic, and to stand under or behind it. Chosen by reading the profiles of 90 words."""
FEW = 3
"""Articles of a profile, at least; of one with fewer their sections are taken for them."""
TAIL = 4
"""Characters of the last part of a name by which a thing is called, at least."""
LEANING = 1.0
"""What a sentence loses that is told with the one before (``outlines``)."""
NEAR = 0.12
"""Confidence of the reader from which a word is spoken of that stands in no article: of 23 in English, each
asked of two corpora, two in three are told that are there, and none that is not."""


def profile(found: Found) -> Made | None:
    """Tell what the articles say of one name or word; None where they do not speak of it."""
    word = nfkc(lexicon.in_their_words(found.asked.form.about)).replace("·", "・")
    sections = told_of(word, found, found.asking) if found.asking else ()
    return Made(sections, confidence=1.0) if sections else None


def told_of(
    word: str, found: Found, asking: Asks, *, most: int = MOST, share: float = 1.0
) -> tuple[Section, ...]:
    """Quote what is said of a word, in the words of the articles.

    Args:
        word: A name, word or topic.
        found: What was found to it.
        asking: Finds more.
        most: Sentences, at most.
        share: The share of its parts to be held by a sentence that does not hold all of it.
    """
    placed, codes = gathered(asking, found.asked.text, DEPTH)
    name, short = _called(word)
    texts = {p.article_id: asking.generation.article(p.article_id).text for p, _ in placed}
    names = {one: short if name in nfkc(text) else name for one, text in texts.items()}
    held = [names[p.article_id] in nfkc(s.text) for p, s in placed]
    worth = [HOLDS * one for one in held]
    if sum(held) < most:
        beside = _beside(placed, names, asking) if any(held) else worth
        worth = [*map(max, worth, beside, _partly(word, placed, found, share, held=any(held)))]
    kept = [at for at, one in enumerate(worth) if one]
    own = [placed[at] for at in kept]
    topic = (_is_topic(names[passage.article_id], nfkc(s.text)) for passage, s in own)
    bonus = [worth[at] + TOPIC * one for at, one in zip(kept, topic, strict=True)]
    parts = [passage.article_id for passage, _ in own]
    if len({*parts}) < FEW:
        parts = [f"{passage.article_id} {passage.heading}" for passage, _ in own]
    chosen = key_sentences(own, codes[kept], parts, most, bonus=bonus, leaning=LEANING)
    return by_article(asking, [own[at] for at in chosen])


def _called(word: str) -> tuple[str, str]:
    """What a word names and how it is called where that is told.

    People lose office and title, and are called by the family name, things by the last part of a long name.
    """
    parts = [*lexicon.morphemes(word)]
    people = [*takewhile(_is_name, parts)]
    title = word[people[-1].end() :] if people else word
    if not people or (title and not can_speak(title)):
        tails = (word[part.begin() :] for part in reversed(parts[1:]))
        return word, next((tail for tail in tails if len(tail) >= TAIL), word)
    name = word[: len(word) - len(title)]
    family = re.split("[・＝]", name)[-1] if "・" in name else parts[0].surface()
    return name, family if len(family) > 1 else name


def _is_name(part: Morpheme) -> bool:
    surface, speech = part.surface(), part.part_of_speech()
    return speech[2] == "人名" or surface in "・＝" or bool(sounds.KATAKANA.fullmatch(surface))


def _beside(placed: Sequence[Placed], names: Mapping[str, str], asking: Asks) -> list[float]:
    """What it is worth to stand under a heading or title with the name, or behind it where it is the topic.

    Nothing where another person is named.
    """
    worth, behind = [], set()
    for passage, sentence in placed:
        article, name = asking.generation.article(passage.article_id), names[passage.article_id]
        paragraph = article.id, article.text.count("\n", 0, sentence.start)
        behind |= {paragraph} if _is_topic(name, nfkc(sentence.text)) else set()
        near = paragraph in behind or name in nfkc(passage.heading or "")
        people = lexicon.names_of_kind(sentence.text, "人名") - {*lexicon.terms(name)}
        worth.append(0.0 if people else NEXT * near + (name in nfkc(article.title or "")))
    return worth


def _partly(
    word: str, placed: Sequence[Placed], found: Found, least: float, *, held: bool
) -> list[float]:
    """What it is worth to hold parts of a word; where none holds all of it, also to answer in another language."""
    near = {e.hit.passage.id for e in found.evidence}
    terms = {*lexicon.terms(word)}
    foreign = found.asked.language != "ja"
    terms = {term for term in terms if not foreign or term in found.generation.terms}
    reads = foreign and not held and (terms or found.confidence >= NEAR)
    read = {s.sentence for s in found.sentences if reads and s.evidence > 0}
    worth = []
    for passage, s in placed:
        share = len(terms & {*lexicon.terms(s.text)}) / (len(terms) or 1)
        told = share * (share >= least and len(terms) > held and passage.id in near)
        worth.append(NEXT * max(told, s in read))
    return worth


def _is_topic(name: str, text: str) -> bool:
    other = "[^、。やとの「」]"
    topic = rf"{re.escape(name)}{other}{{0,12}}(?:（[^（]*）)?{other}{{0,6}}[はがも](?![ずや])"
    return bool(re.search(topic, text))
