"""Lists told in sentences or headings: 第一に…第二に…, 一つ目は…, 障害一：…, or lines with bullets.

The items belong together when their numbers run on from one. A sentence announces a list when it
tells how many items there are (三つの障害) or points ahead (次のとおり), and the items follow.

What it does not know: lists without numbers or bullets (まず…、次に…), and items of a list that goes
on in another article.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.questions import Question
from index.records import Sentence

FEWEST = 2
FAR = 6
"""Sentences from one item to the next; headings may stand further apart."""
NEAR = 3
"""Sentences from an announcement to its first item."""
TOLD = 0.5
"""Share of the question's words that the announcement of a list it asks for holds."""

_NUMBER = r"(?P<number>[0-9０-９]{1,2}|[一二三四五六七八九十])"
_ITEMS = (
    ("第", re.compile(rf"第{_NUMBER}(?:に|は|の[^、。]{{1,10}}は)")),
    ("目", re.compile(rf"(?:{_NUMBER}(?:つ目|番目|点目)|(?P<word>ひと|ふた|みっ|よっ|いつ)つ目)[のはがに、]")),
    ("heading", re.compile(rf"(?P<name>[一-龥ァ-ヴー]{{1,6}}){_NUMBER}(?:[：:\s　]|$)")),
    ("one", re.compile(r"(?P<first>一つ|ひとつ|一点|1つ|１つ)は|(?:もう|いま|残る|残りの|他の)(?:一つ|ひとつ|一点|1つ|１つ)は")),
    ("heading", re.compile(rf"(?P<name>){_NUMBER}[、．.)）]\s?(?![0-9０-９])")),
    ("・", re.compile(r"[・●○■◆*＊•-]\s*(?=\S)")),
)  # fmt: skip
_DIGIT = r"[0-9０-９一二三四五六七八九十]"
_ONE_THING = re.compile(
    rf"いくつ|幾つ|第{_DIGIT}の|{_DIGIT}(?:つ|番|点)目|[一-龥]{_DIGIT}(?:とは|は|の)"
)
_WORDS = {"ひと": 1, "ふた": 2, "みっ": 3, "よっ": 4, "いつ": 5}
_KANJI = "一二三四五六七八九十"
_COUNT = re.compile(
    r"(?P<count>[2-9２-９二三四五六七八九])(?:つ|点|項目|種類|段階|か条|カ条|[かカヵヶケ箇](?:所|国|条|点))"
)
_AHEAD = re.compile(r"(?:以下|次|下記)の|とおり|通り(?:だ|で)|挙げられる|：$|:$")


@dataclass(frozen=True, slots=True)
class Place:
    """Which list an item belongs to, and its number there; 0 for a bullet."""

    series: str
    number: int


def place_in_list(text: str) -> Place | None:
    """Tell from how a sentence opens which item of a list it is."""
    for series, pattern in _ITEMS:
        if found := pattern.match(text):
            groups = found.groupdict()
            if series == "one":
                return Place(series, 1 if groups["first"] else 2)
            if series == "・":
                return Place(series, 0)
            number = _WORDS.get(groups.get("word") or "") or _read(groups["number"])
            return Place(f"{series} {groups.get('name', '')}", number)
    return None


def items_of(
    asked: Question, sentence: Sentence, article: Sequence[Sentence]
) -> tuple[Sentence, ...]:
    """Return the items of the list that a sentence announces, or is an item of.

    Args:
        asked: A question about one item, or for a figure, gathers none.
        sentence: One of the article's.
        article: The sentences around it and itself, in order.
    """
    if asked.kind in ("number", "date") or asked.unit or _ONE_THING.search(asked.text):
        return ()
    at = next(n for n, own in enumerate(article) if own.start == sentence.start)
    place = place_in_list(sentence.text)
    first = _first(article, at, place) if place else None
    if first is not None and any(
        _asked_for(asked, article[n].text) for n in range(max(first - NEAR, 0), first)
    ):
        return _run(article, first)
    return _announced(article, at)  # a numbered heading may announce one


def _announced(article: Sequence[Sentence], at: int) -> tuple[Sentence, ...]:
    """The list that follows a sentence, when it says so."""
    text = article[at].text
    count, ahead = _COUNT.search(text), _AHEAD.search(text)
    for first in range(at + 1, min(at + 1 + NEAR, len(article))):
        place = place_in_list(article[first].text)
        if place is None or place.number > 1:
            continue
        run = _run(article, first)
        name = place.series.partition(" ")[2]
        if name and run[-1].text[: len(name) + 1] in text:  # the sentence holds the list itself
            return ()
        counted = count is not None and len(run) == _read(count["count"])
        if len(run) >= FEWEST and (
            counted or (ahead and first == at + 1) or (name and name in text)
        ):
            return run
    return ()


def _first(article: Sequence[Sentence], at: int, place: Place) -> int | None:
    """Where the list of an item begins, looking back; None when its beginning is not there."""
    wanted = place.number
    for before in range(at, -1, -1):
        found = place_in_list(article[before].text)
        if found == Place(place.series, wanted):
            if wanted == 1:
                return before
            if wanted == 0 and (before == 0 or place_in_list(article[before - 1].text) != place):
                return before
            wanted -= bool(wanted)
    return None


def _run(article: Sequence[Sentence], first: int) -> tuple[Sentence, ...]:
    """The items from a first one on, as far as their numbers run."""
    place = place_in_list(article[first].text)
    assert place is not None  # the caller has looked
    items, last = [article[first]], first
    for at in range(first + 1, len(article)):
        found = place_in_list(article[at].text)
        following = place.number and place.number + len(items)
        if found == Place(place.series, following):
            items.append(article[at])
            last = at
        elif at - last >= (1 if not place.number else FAR) and "heading" not in place.series:
            break
    return tuple(items)


def _asked_for(asked: Question, text: str) -> bool:
    """Whether a sentence announces what a question asks for."""
    held = sum(word in text for word in asked.terms.values())
    announces = _COUNT.search(text) or _AHEAD.search(text)
    return bool(announces) and held >= TOLD * len(asked.terms)


def _read(number: str) -> int:
    return int(number) if number.isdecimal() else _KANJI.index(number) + 1
