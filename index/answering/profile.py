"""What the articles say of one name, word or topic: who or what it is first, then what else, by article.

The sentences hold the word, or of a person the family name where the article has the whole name. Where they
are few, those count, too, that stand under a heading with it or behind one whose topic it is, and of the
passages nearest to it those with its parts or a synonym, or that answer it in another language. What it does
not know: two people of one name, and what a sentence in such a place is about that names nobody.
"""

import re
from collections.abc import Mapping, Sequence

from sudachipy import Morpheme

from index.answering.composing import Made, Section
from index.answering.extracts import by_article, gathered
from index.answering.outlines import Placed, carriers
from index.answering.reading import Asks, Found
from index.questions import lexicon, sounds
from index.text.characters import nfkc

MOST = 6
"""Sentences of a profile, at most; where fewer hold the word, others count, too."""
DEPTH = 30
"""Passages among whose sentences they are."""
HOLDS, INTRODUCES, TOPIC, NEXT = 2.0, 12.0, 1.5, 1.0
"""What it adds, in deviations (``outlines``), to hold the word, to introduce what it means, to have it for its
topic, and to stand under or behind it. Chosen by reading the profiles of 90 words."""
FEW = 3
"""Articles of a profile, at least; of one with fewer their sections are taken for them."""
TAIL = 4
"""Characters of the last part of a name by which a thing is called, at least."""
SLACK = 0.34
"""Share of a word's parts that a sentence may hold fewer than the one that holds most of them."""
LEANING = 1.0
"""What a sentence loses that is told with the one before (``outlines``)."""
NEAR = 0.12
"""Confidence of the reader from which a word is spoken of that stands in no article: of 23 in English, each
asked of two corpora, two in three are told that are there, and none that is not."""

_OFFICE = r"(?:統領|大臣|[首外]相|主席|書記|知事|[^\W\d_]長|長官|教授|議員|[県市区都]議|監督|選手|記者|代表|補佐官|大使|博士|医師|[^\W\d_]員|主将|総裁|候補|フェロー|MF|FW|GK|DF)"
_TITLE = re.compile(rf"[一-龥]*{_OFFICE}|[一-龥]*[氏様]|さん|くん|ちゃん")
_WHO = re.compile(r"誰|だれ|何者|人物|谁|\bwho", re.IGNORECASE)
_COUNTRIES = {"ロ": "ロシア", "露": "ロシア", "中": "中国", "米": "アメリカ", "日": "日本", "韓": "韓国", "朝": "北朝鮮", "台": "台湾", "欧": "欧州"}  # fmt: skip
_TOWARDS = re.compile(f"対([{''.join(_COUNTRIES)}])(?=[一-龥])")


def profile(found: Found) -> Made | None:
    """Tell what the articles say of one name or word; None where they do not speak of it."""
    word = nfkc(lexicon.in_their_words(found.asked.form.about)).replace("·", "・")
    exact = bool(_WHO.search(found.asked.form.told_by))
    sections = told_of(word, found, found.asking, exact=exact) if found.asking else ()
    return Made(sections, confidence=1.0) if sections else None


def told_of(
    word: str,
    found: Found,
    asking: Asks,
    *,
    most: int = MOST,
    share: float = 1.0,
    exact: bool = False,
) -> tuple[Section, ...]:
    """Quote what is said of a word, in the words of the articles.

    Args:
        word: A name, word or topic.
        found: What was found to it.
        asking: Finds more.
        most: Sentences, at most.
        share: The share of its parts to be held by a sentence that does not hold all of it.
        exact: Whether all of it is to be held.
    """
    placed, codes = gathered(asking, found.asked.text, DEPTH)
    name, short, is_person = _called(word)
    texts = {p.article_id: asking.generation.article(p.article_id).text for p, _ in placed}
    names = {one: short if name in nfkc(text) else name for one, text in texts.items()}
    held = [names[p.article_id] in nfkc(s.text) for p, s in placed]
    worth = [HOLDS * one for one in held]
    if sum(held) < most and any(held):
        worth = [*map(max, worth, _beside(placed, names, asking))]
    if sum(held) < most and not is_person and not exact:
        worth = [*map(max, worth, _partly(word, placed, found, share, held=any(held)))]
    kept = [at for at, one in enumerate(worth) if one]
    if not kept:
        return ()
    own = [placed[at] for at in kept]
    bonus = _introducing(own, [worth[at] for at in kept], names, name)
    parts = [passage.article_id for passage, _ in own]
    if len({*parts}) < FEW:
        parts = [f"{passage.article_id} {passage.heading}" for passage, _ in own]
    chosen = carriers(own, codes[kept], parts, most, bonus=bonus, leaning=LEANING)
    return by_article(asking, [own[at] for at in chosen])


def _called(word: str) -> tuple[str, str, bool]:
    """What a word names, how it is called where that is told, and whether that is a person.

    People lose office and title, and are called by the family name, things by the last part of a long name.
    """
    parts = [*lexicon.morphemes(word)]
    count = next((n for n, part in enumerate(parts) if not _is_name(part)), len(parts))
    name = word[: parts[count].begin()] if count < len(parts) else word
    if not name or (word != name and not _TITLE.fullmatch(word[len(name) :])):
        tails = (word[part.begin() :] for part in reversed(parts[1:]))
        return word, next((tail for tail in tails if len(tail) >= TAIL), word), False
    family = re.split("[・＝]", name)[-1] if "・" in name else parts[0].surface()
    return name, family if len(family) > 1 else name, family != word


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
    """What it is worth to hold parts of a word; where none holds all of it, a synonym, or to answer."""
    near = {e.hit.passage.id for e in found.evidence}
    foreign = found.asked.language != "ja"
    terms = {*lexicon.terms(_TOWARDS.sub(lambda of: _COUNTRIES[of[1]], word))}
    terms = {term for term in terms if not foreign or term in found.generation.terms}
    groups = set() if held or " " in word else lexicon.synonyms(word)
    reads = foreign and not held and (terms or (word.islower() and found.confidence >= NEAR))
    read = {s.sentence for s in found.sentences if reads and s.evidence > 0}
    held_of = [terms & {*lexicon.terms(s.text)} if len(terms) > held else set() for _, s in placed]
    shares = [len(own) / (len(terms) or 1) for own in held_of]
    least = max(least, max(shares, default=0.0) - SLACK)
    worth = []
    for (passage, s), share in zip(placed, shares, strict=True):
        same = bool(groups) and bool(groups & lexicon.synonyms(s.text))
        told = share if share >= least else float(same)
        worth.append(NEXT * max(told * (passage.id in near), s in read))
    return worth


def _introducing(
    placed: Sequence[Placed], worth: Sequence[float], names: Mapping[str, str], name: str
) -> list[float]:
    """What speaks for each sentence: its worth, and to introduce the name, as the best of them does."""
    bonus, signs, known = [], [], set()
    for (passage, sentence), own in zip(placed, worth, strict=True):
        held, text = re.escape(names[passage.article_id]), nfkc(sentence.text)
        topic = _is_topic(names[passage.article_id], text)
        office = rf"{_OFFICE}[^。、]{{0,8}}{held}|{held}[^。、]{{0,6}}{_OFFICE}"
        means = rf"{held}[^。、]{{0,12}}(?:は|とは).*(?:である|人物|[一-龥]{{2}}(?:だ|です|で、)|生まれ)|{held}[」』]?と(?:呼|は|いう)"
        told = re.search(f"{office}|{means}", text)
        first = passage.article_id not in known
        signs.append(2 * (name in text) + 2 * bool(told) + topic + first)
        known.add(passage.article_id)
        bonus.append(own + TOPIC * topic)
    best = max(range(len(signs)), key=signs.__getitem__)
    bonus[best] += INTRODUCES
    return bonus


def _is_topic(name: str, text: str) -> bool:
    other = "[^、。やとの「」]"
    topic = rf"{re.escape(name)}{other}{{0,12}}(?:（[^（）]*）)?{other}{{0,6}}[はがも](?![ずや])"
    return bool(re.search(topic, text))
