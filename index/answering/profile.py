"""What the articles say of one name or word: who or what it is first, then what else, by article.

The sentences hold the word, or of a person the family name where the article has the whole name. Where they
are few, those count, too, that stand under a heading with it or behind one that holds it, and of the passages
nearest to it those with half of it or a synonym; a word of another language is read for. What it does not
know: two people of one name, and what a sentence in such a place is about that names nobody.
"""

import re
from collections.abc import Mapping, Sequence

from sudachipy import Morpheme

from index.answering.composing import Made
from index.answering.extracts import by_article, gathered
from index.answering.outlines import Placed, carriers
from index.answering.reading import Found
from index.questions import lexicon, sounds
from index.records import Article
from index.text.characters import nfkc

MOST = 6
"""Sentences of a profile, at most; where fewer hold the word, others count, too."""
DEPTH = 30
"""Passages among whose sentences they are."""
HOLDS, INTRODUCES, TOPIC, NEXT = 2.0, 12.0, 1.5, 1.0
"""What it adds, in deviations (``outlines``), to hold the word, to introduce what it means, to have it for its
topic, and to stand under or behind it. Chosen by reading the profiles of 60 words."""
LEANING, NEAR = 1.0, 0.12
"""As for ``overview``."""

_OFFICE = r"(?:統領|大臣|[首外]相|主席|書記|知事|[^\W\d_]長|長官|教授|議員|[県市区都]議|監督|選手|記者|代表|補佐官|大使|博士|医師|[^\W\d_]員|主将|総裁|候補|フェロー|MF|FW|GK|DF)"
_TITLE = re.compile(rf"[一-龥]*{_OFFICE}|[一-龥]*[氏様]|さん|くん|ちゃん")

_COUNTRIES = {
    "ロ": "ロシア",
    "露": "ロシア",
    "中": "中国",
    "米": "アメリカ",
    "日": "日本",
    "韓": "韓国",
    "朝": "北朝鮮",
    "台": "台湾",
    "欧": "欧州",
    "印": "インド",
}
_OF_COUNTRY = re.compile(f"対([{''.join(_COUNTRIES)}])(?=[一-龥])")


def profile(found: Found) -> Made | None:
    """Tell what the articles say of one name or word; None where they do not speak of it."""
    asking, about = found.asking, found.asked.form.about
    if asking is None:
        return None
    word = nfkc(lexicon.in_their_words(about)).replace("·", "・")
    name, family = _person(word)
    placed, codes = gathered(asking, about, DEPTH)
    articles = {p.article_id: asking.generation.article(p.article_id) for p, _ in placed}
    names = {one: family if name in nfkc(a.text) else name for one, a in articles.items()}
    held = [names[p.article_id] in nfkc(s.text) for p, s in placed]
    worth = [HOLDS * one for one in held]
    if any(held) and sum(held) < MOST:
        worth = [*map(max, worth, _beside(placed, names, articles))]
    if sum(held) < MOST and word == name == family:
        worth = [*map(max, worth, _partly(word, placed, found, any(held)))]
    kept = [at for at, one in enumerate(worth) if one]
    if not kept:
        return None
    own = [placed[at] for at in kept]
    bonus = _introducing(own, [worth[at] for at in kept], names, name)
    parts = [passage.article_id for passage, _ in own]
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


def _beside(
    placed: Sequence[Placed], names: Mapping[str, str], articles: Mapping[str, Article]
) -> list[float]:
    """What it is worth to stand under a heading or title with the name, or in a paragraph behind where it is topic.

    Nothing where another person is named.
    """
    worth, behind = [], set()
    for passage, sentence in placed:
        article, name = articles[passage.article_id], names[passage.article_id]
        paragraph = article.id, article.text.count("\n", 0, sentence.start)
        behind |= {paragraph} if _is_topic(name, nfkc(sentence.text)) else set()
        near = paragraph in behind or name in nfkc(passage.heading or "")
        people = lexicon.names_of_kind(sentence.text, "人名") - {*lexicon.terms(name)}
        worth.append(0.0 if people else NEXT * near + (name in nfkc(article.title or "")))
    return worth


def _partly(word: str, placed: Sequence[Placed], found: Found, held: bool) -> list[float]:
    """What it is worth to hold all parts of a word; where none holds the word, a synonym, or to answer."""
    near = {e.hit.passage.id for e in found.evidence}
    terms = {*lexicon.terms(_OF_COUNTRY.sub(lambda of: _COUNTRIES[of[1]], word))}
    if found.asked.language != "ja":
        terms = {term for term in terms if term in found.generation.terms}
    groups = set() if held else lexicon.synonyms(word)
    is_read = not held and word.islower() and found.confidence >= NEAR
    read = {s.sentence for s in found.sentences if is_read and s.evidence > 0}
    parts = terms if len(terms) > 1 or not held else {""}
    worth = []
    for passage, s in placed:
        whole = bool(parts) and parts <= {*lexicon.terms(s.text)}
        same = bool(groups and groups & lexicon.synonyms(s.text))
        worth.append(NEXT * ((passage.id in near and (whole or same)) or s in read))
    return worth


def _is_topic(name: str, text: str) -> bool:
    return bool(
        re.search(
            rf"{re.escape(name)}[^、。やとの「」]{{0,12}}(?:（[^（）]*）)?[^、。やとの「」]{{0,6}}[はがも](?![ずや])",
            text,
        )
    )


def _introducing(
    placed: Sequence[Placed], worth: Sequence[float], names: Mapping[str, str], name: str
) -> list[float]:
    """What speaks for each sentence: its worth, and to introduce the name, as the best of them does."""
    bonus, signs, known = [], [], set()
    for (passage, sentence), own in zip(placed, worth, strict=True):
        held, text = re.escape(names[passage.article_id]), nfkc(sentence.text)
        topic = _is_topic(names[passage.article_id], text)
        office = re.search(rf"{_OFFICE}[^。、]{{0,8}}{held}|{held}[^。、]{{0,6}}{_OFFICE}", text)
        means = re.search(
            rf"{held}[^。、]{{0,12}}(?:は|とは).*(?:である|人物|[一-龥]{{2}}(?:だ|です|で、)|生まれ)|{held}[」』]?と(?:呼|は|いう)",
            text,
        )
        signs.append(
            2 * (name in text)
            + 2 * bool(office or means)
            + topic
            + (passage.article_id not in known)
        )
        known.add(passage.article_id)
        bonus.append(own + TOPIC * topic)
    best = max(range(len(signs)), key=signs.__getitem__)
    bonus[best] += INTRODUCES
    return bonus
