"""What the articles say of one name or word: who or what it is first, then what else, by article.

The sentences hold the word, or of a person the family name where the article has the whole name; else, of the
passages nearest to it, half of its parts or a synonym of it. A word of another language of which that is true
of none is read for. What it does not know: people without their name (同氏), and two of one name.
"""

import re
from collections.abc import Mapping, Sequence

from sudachipy import Morpheme

from index.answering.composing import Made
from index.answering.extracts import by_article, gathered
from index.answering.outlines import Placed, carriers
from index.answering.reading import Found
from index.questions import lexicon, sounds
from index.text.characters import nfkc

MOST = 6
"""Sentences of a profile, at most."""
DEPTH, NEAREST = 30, 8
"""Passages among whose sentences are those that hold the word, and those that hold a part of it."""
HELD = 0.5
"""Share of a word's parts that such a sentence holds, at least."""
INTRODUCES, TOPIC = 6.0, 1.5
"""What it adds, in deviations (``outlines``), to introduce what is asked about, and to have it for its topic."""
LEANING, NEAR = 1.0, 0.12
"""As for ``overview``."""

_OFFICE = (
    r"(?:統領|大臣|[首外]相|主席|書記|知事|[^\W\d_]長|長官|教授|議員|[県市区都]議|監督|選手|記者|代表|補佐官|大使|博士|医師|[^\W\d_]員|主将|総裁|候補|フェロー|MF|FW|GK|DF)"
)
_TITLE = re.compile(rf"[一-龥]*{_OFFICE}|[一-龥]*[氏様]|さん|くん|ちゃん")


def profile(found: Found) -> Made | None:
    """Tell what the articles say of one name or word; None where they do not speak of it."""
    asking, about = found.asking, found.asked.form.about
    if asking is None:
        return None
    word = nfkc(lexicon.in_their_words(about)).replace("·", "・")
    name, family = _person(word)
    placed, codes = gathered(asking, about, DEPTH)
    texts = {p.article_id: asking.generation.article(p.article_id).text for p, _ in placed}
    names = {one: family if name in nfkc(text) else name for one, text in texts.items()}
    kept = [at for at, (p, s) in enumerate(placed) if names[p.article_id] in nfkc(s.text)]
    if not kept and name == word:
        placed, codes = gathered(asking, about, NEAREST)
        kept = _partly(word, placed, found)
    if not kept:
        return None
    own = [placed[at] for at in kept]
    parts = [passage.article_id for passage, _ in own]
    bonus = _bonus(own, name, names)
    chosen = carriers(own, codes[kept], parts, MOST, bonus=bonus, leaning=LEANING)
    return Made(by_article(asking, [own[at] for at in chosen]), confidence=1.0)


def _person(word: str) -> tuple[str, str]:
    """The name in a word without office or title, and its family name; twice the word where it names nobody."""
    parts = [*lexicon.morphemes(word)]
    count = next((n for n, part in enumerate(parts) if not _is_name(part)), len(parts))
    name = "".join(part.surface() for part in parts[:count])
    if not name or (word != name and not _TITLE.fullmatch(word[len(name) :])):
        return word, word
    family = re.split("[・＝]", name)[-1] if "・" in name else parts[0].surface()
    return name, family if len(family) > 1 else name


def _is_name(part: Morpheme) -> bool:
    surface, speech = part.surface(), part.part_of_speech()
    return speech[2] == "人名" or surface in "・＝" or bool(sounds.KATAKANA.fullmatch(surface))


def _partly(word: str, placed: Sequence[Placed], found: Found) -> list[int]:
    """The sentences that hold a part of a word or a synonym, else those that the reader finds to speak of it."""
    terms = {term for term in lexicon.terms(word) if term in found.generation.terms}
    if found.asked.language == "ja":
        terms = {*lexicon.terms(word)}
    held = [len(terms & {*lexicon.terms(s.text)}) for _, s in placed]
    kept = [at for at, count in enumerate(held) if count and count >= HELD * len(terms)]
    if kept:
        return kept
    groups = lexicon.synonyms(word)
    kept = [at for at, (_, s) in enumerate(placed) if groups & lexicon.synonyms(s.text)]
    if kept or found.asked.language == "ja" or found.confidence < NEAR:
        return kept
    read = {(s.hit.passage.id, s.sentence.start) for s in found.sentences if s.evidence > 0}
    return [at for at, (p, s) in enumerate(placed) if (p.id, s.start) in read]


def _bonus(placed: Sequence[Placed], name: str, names: Mapping[str, str]) -> list[float]:
    """What speaks for each sentence: that it introduces the name, as the best of them does, or is about it."""
    bonus, signs, known = [], [], set()
    for passage, sentence in placed:
        own, text = re.escape(names[passage.article_id]), nfkc(sentence.text)
        topic = re.search(rf"{own}[^、。]{{0,12}}?[はがも](?![ずや])", text)
        told = re.search(rf"{_OFFICE}[^。、]{{0,8}}{own}|{own}[^。、]{{0,6}}{_OFFICE}|{own}[^。]{{0,12}}(?:は|とは)[^。]*(?:である|人物|[一-龥]+(?:だ|です)|生まれ)|{own}[」』]?と(?:呼|は|いう)", text)
        signs.append(2 * (name in text) + 2 * bool(told) + bool(topic) + (passage.article_id not in known))
        known.add(passage.article_id)
        bonus.append(TOPIC * bool(topic))
    best = max(range(len(signs)), key=signs.__getitem__)
    bonus[best] += INTRODUCES
    return bonus
