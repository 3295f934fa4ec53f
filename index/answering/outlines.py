"""The sentences that carry an article, and the themes of a corpus, by the vectors that the index holds.

A sentence carries its article when it is near to the mean of all of them, near the head of its section, and
can be read alone: one that opens with a connective, points back or is of uncommon length comes after the
others. Headings, and lines without a full stop (captions, bylines, tables), never do.

Nothing is kept of an outline: of the vectors of an article of 60 sentences it takes 4 ms.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from index.answering.candidates import bare, quotes_whole
from index.answering.quotes import leans
from index.questions import lexicon
from index.records import Passage, Point, Sentence
from index.store import Archive, Codes, Part

MOST = 6
"""Sentences of an outline."""
SHARE = 4
"""Sentences of an article to one of its outline, at least."""
ALIKE = 0.1
"""What a deviation of the likeness to a sentence that is taken weighs beside one of the likeness to the article."""
LEAD, LEANING, UNFIT, TITLE = 1.0, 3.0, 2.5, 3.5
"""What it adds, in deviations of the likeness, to open a section (twice, to open the article), and takes away to
need the sentence before or to be of uncommon length; the last is what all words of the title and the heading
add. Chosen by reading the outlines of 32 articles, and by how many of the main points of 15 were in them, of
which 60 % are without the last two and 70 % with them."""
SECTIONS = 3
"""Sections of an article, at least; of one with fewer its paragraphs are taken for them."""
SAME = 0.986
"""Cosine from which two sentences of an article say the same: the titles in front of them bring others up to
.985."""
SHORTEST, LONGEST = 25, 160
"""Characters of a sentence of common length; half as many letters say as much in Han or kana."""

SAMPLED, THEMES = 300, 5
"""Articles that are looked at for themes, and themes of a corpus at most."""
NAME = 30
"""Characters of the name of a theme at most."""

_CLOSED = re.compile(r"[。．.！!？?][」』）)”\"’'】]*$")
_POINTS_BACK = re.compile(
    r"[こそあ](?:れ(?!ぞれ|まで|から先)|の(?!ほか|他|まま|うち)|う(?:した|いった|なると)|こ(?=[でにはがを]))"
    r"|同(?:じ|[一-龥]{1,3}[はがもの、])|彼(?:女|ら)?[はがもの]|両(?:国|者|氏)|前述|先述|上記|以上(?:から|の)"
)
_ASKS = re.compile(r"[?？]$|か。$")
_CREDITS = re.compile(
    r"撮影|提供写真|写真[:：]|記者は|編集[はを]|無断転載|転載を|著作権|会員登録|購読|続きを読む|Copyright|©"
    r"|All rights reserved|ニュース速報|もとの報道|[A-Za-z0-9_.]+@[A-Za-z0-9-]+\."
)

Placed = tuple[Passage, Sentence]


def outline(
    part: Part,
    codes: Codes,
    *,
    most: int = MOST,
    share: float = SHARE,
    leaning: float = LEANING,
) -> tuple[Point, ...]:
    """Return the sentences that carry an article, in the order of the text: one or two of a section.

    Args:
        part: The article with its passages.
        codes: Of its sentences, ``(n, d)``, in their order.
        most: Sentences to return; of a short article come fewer.
        share: How many sentences there must be for each one returned.
        leaning: What one loses that needs the one before; less where that is told, too.
    """
    points = _points(part, codes, most, share, leaning)
    return tuple(sorted(points, key=lambda point: point.start))


def _points(
    part: Part, codes: Codes, most: int, share: float = SHARE, leaning: float = LEANING
) -> list[Point]:
    """The sentences that carry an article, that first which carries most."""
    placed = [(passage, sentence) for passage, own in part.passages for sentence in own]
    headings = {passage.heading for passage, _ in part.passages}
    words = {h: {*lexicon.terms(f"{part.article.title or ''} {h or ''}")} for h in headings}
    told = ((words[p.heading], {*lexicon.terms(s.text)}) for p, s in placed)
    bonus = [TITLE * len(own & held) / (len(own) or 1) for own, held in told]
    parts = [p.heading or "" for p, _ in placed]
    if len(headings) < SECTIONS:
        parts = [str(part.article.text.count("\n", 0, s.start)) for _, s in placed]
    own = key_sentences(placed, codes, parts, most, share=share, bonus=bonus, leaning=leaning)
    chosen = (placed[at] for at in own)
    return [Point(p.article_id, p.heading, s.text, s.start, s.end) for p, s in chosen]


def key_sentences(
    placed: Sequence[Placed],
    codes: Codes,
    parts: Sequence[str],
    most: int,
    *,
    share: float = 1,
    bonus: Sequence[float] = (),
    leaning: float = LEANING,
) -> list[int]:
    """Return which sentences carry all of them, that first which carries most, no two alike.

    Args:
        placed: Sentences with their passages, in the order of the text.
        codes: Theirs, ``(n, d)``.
        parts: The section or article of each: of one come two at most.
        most: How many to return.
        share: As for ``outline``, and so is ``leaning``.
        bonus: What else speaks for each, in deviations.
        leaning: What a sentence loses that needs the one before.
    """
    fit = [at for at, one in enumerate(placed) if may_carry(*one)]
    if not fit:
        return []
    vectors = normal(codes[fit].astype(np.float32))
    runs = groupby(parts[at] for at in fit)
    sections = [n for n, (_, run) in enumerate(runs) for _ in run]
    scores = _carrying([placed[at][1].text for at in fit], vectors, sections, leaning)
    if bonus:
        scores += np.array([bonus[at] for at in fit], np.float32)
    return [fit[at] for at in _choose(scores, vectors, sections, min(most, ceil(len(fit) / share)))]


def _carrying(
    texts: Sequence[str], vectors: NDArray[np.float32], sections: Sequence[int], leaning: float
) -> NDArray[np.float32]:
    """Return how well each sentence carries them all, in deviations; ``vectors`` are theirs, ``(n, d)``."""
    near = vectors @ vectors.mean(axis=0)
    near = (near - near.mean()) / (near.std() or 1.0)
    leads = [2 * LEAD, *(LEAD * (a != b) for a, b in pairwise(sections))]
    fitness = [lead + _reads_alone(text, leaning) for lead, text in zip(leads, texts, strict=True)]
    added: NDArray[np.float32] = near + np.array(fitness, np.float32)
    return added


def may_carry(passage: Passage, sentence: Sentence) -> bool:
    """Whether a sentence says something: not a heading, nor a line without an end, nor a credit."""
    text = sentence.text
    told = text != passage.heading and bool(_CLOSED.search(text))
    return told and not _CREDITS.search(text) and not _ASKS.search(text)


def _reads_alone(text: str, leaning: float) -> float:
    """What a sentence loses that is not whole when it is cut out, or too short or long to carry much."""
    wide = sum(char > "⺀" for char in text)
    length = wide + (len(text) - wide) // 2
    lost = leaning if leans(text) else LEANING * bool(_POINTS_BACK.search(text))
    return -lost - UNFIT * (not SHORTEST <= length <= LONGEST)


def _choose(
    scores: NDArray[np.float32], vectors: NDArray[np.float32], sections: Sequence[int], most: int
) -> list[int]:
    """The best of each section in turn, the best sections first, each time unlike those that are taken."""
    count = sections[-1] + 1
    each = max(2, ceil(most / count))
    taken: list[int] = []
    worth = scores.copy()
    while len(taken) < most and np.isfinite(worth).any():
        used = {sections[t] for t in taken}
        new = [n for n, s in enumerate(sections) if s not in used and np.isfinite(worth[n])]
        best = max(new or range(len(worth)), key=lambda n: (worth[n], -n))
        taken.append(best)
        like = vectors @ vectors[best]
        worth = worth - ALIKE * np.maximum(like - like.mean(), 0) / (like.std() or 1.0)
        worth[like > SAME] = -np.inf
        if sum(sections[t] == sections[best] for t in taken) == each:
            worth[[n for n, s in enumerate(sections) if s == sections[best]]] = -np.inf
    return taken


def normal(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return vectors, ``(n, d)``, with rows of length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    normal: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-9)
    return normal


def themes(generation: Archive) -> list[tuple[str, Point]]:
    """Return what the articles are about, the theme of most articles first: a short name and a sentence.

    Groups of articles that are near to each other are the themes.
    """
    ids = sorted(generation.ids())
    found: list[tuple[str, Point]] = []
    for one in middles(generation, ids, min(THEMES, len(ids))):
        points = _points(generation.part(one), generation.codes(one)[1], MOST)
        title, taken = generation.article(one).title or "", {name for name, _ in found}
        names = (points and points[0].heading, _short(title), title)
        name = next((bare(n) for n in names if n and n not in taken and len(n) <= NAME), None)
        if points and name:
            found.append((name, points[0]))
    return found


def middles(generation: Archive, ids: Sequence[str], count: int) -> list[str]:
    """Return which articles are in the middle of so many groups of near ones, the largest group first; of many a sample is looked at."""
    if not ids:
        return []
    ids = ids[:: -(-len(ids) // SAMPLED)]
    vectors = normal(np.stack([generation.codes(one)[0].mean(axis=0) for one in ids]))
    group, centres = grouped(vectors, count)
    near = (vectors * centres[group]).sum(axis=1)
    groups = (np.flatnonzero(group == at) for at, _ in Counter(group.tolist()).most_common())
    return [ids[max(own.tolist(), key=near.__getitem__)] for own in groups]


def grouped(
    vectors: NDArray[np.float32], count: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Which of so many groups each vector belongs to, and their centres: each near one of vectors far apart."""
    centres = vectors[[int(np.argmax(vectors @ vectors.mean(axis=0)))]]
    while len(centres) < count:
        centres = np.concatenate(
            [centres, vectors[[int(np.argmin((vectors @ centres.T).max(axis=1)))]]]
        )
    return np.argmax(vectors @ centres.T, axis=1), centres


def _short(title: str) -> str:
    """The first piece of a title, or all of it where that breaks quotes."""
    first = re.split(r"[、。　\s?？!！|]+", title.strip())[0]
    return first if quotes_whole(first) else title
