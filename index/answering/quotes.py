"""How much to quote: a sentence, beside it those it cannot stand without, and the items of lists.

A sentence that opens with a connective or points back (しかし、そのため、同氏は、その) brings the one
before, and a quotation that names no speaker the one that does, in the same passage and not across a
heading; a paragraph that opens with a contrast (一方、しかし) stands alone. On newsqa-dev .751 of the
answers so cite all of the evidence, without it .728.

The items of a list (第一に…第二に…, 一つ目は…, 障害一：…, bullets) belong together when their numbers run on
from one. A sentence announces it when it tells how many there are (三つの障害) or points ahead (次の
とおり), and the items follow; they may stand in other passages. No answer to 846 questions of four sets
holds one: these rules and their constants rest on the tests alone.

What it does not know: a subject understood, a pronoun in the middle of a sentence, an antecedent
further back than two sentences, and lists without numbers or bullets (まず…、次に…).
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from index.questions import Question
from index.records import Sentence
from index.retriever import Evidence
from index.text.characters import nfkc

LONGEST = 300
"""Characters of a quote, unless one sentence is longer."""
BACK = 2
"""Sentences before it that a sentence may bring."""
FAR, NEAR = 6, 3
"""Sentences from one item of a list to the next, if not headings, and from an announcement to the first."""
TOLD = 0.5
"""Share of the question's words that the announcement of a list it asks for holds."""

_CONTRAST = r"しかし|だが|ところが|けれども?、|でも、|一方(?:で|の|、)|他方|とはいえ|逆に|反対に|むしろ|もっとも、"
_LEANS = re.compile(
    rf"{_CONTRAST}|ただし|ただ、|だから|ゆえに|従って|したがって|すると|つまり|すなわち|要するに|にもかかわらず"
    r"|なぜなら|結果として|(?:[^、。「」]{1,12}、|また|さらに|なお|そして|しかも)?(?:"
    r"同(?:日|氏|年|月|国|時期|様|社|紙|誌|省|庁|党|市|町|村|県|州|会|大学|所|地|作|書|法|事件|期|館|校|店|機|船)(?![一-龥ァ-ヴー])"
    r"|彼(?:ら|女)?[はがのをにもと、]|[こそ][れの]|[こそ]う(?:した|して|い)|[こそ]こ(?:で|に|から|は)"
    r"|両(?:国|者|氏|首脳|社|党|方)(?![一-龥])|当時|後者|前者)"
)
_SPOKEN = re.compile(r"[「『].*[」』]")
_SAYS_SO = re.compile(
    r"(?:^と|こう|そう|このように|そのように).{0,12}(?:語|述べ|話|言|訴|説|振り返)"
)
_TOPIC = re.compile(r"[一-龥ァ-ヴーA-Za-zんら][はがも]")
_CLOSED = re.compile(r"[。．.！!？?…」』）)]$")


class Place(NamedTuple):
    """Which list an item belongs to, and its number there; 0 for a bullet."""

    series: str
    number: int


_DIGIT = "[0-9０-９一二三四五六七八九十]"
_NUMBER = r"(?P<number>[0-9]{1,2}|[一二三四五六七八九十])"
_ONE = "(?:一つ|ひとつ|一点|1つ)"
_ITEMS = (  # how an item opens, in NFKC
    ("第", re.compile(rf"第{_NUMBER}(?:に|は|の[^、。]{{1,10}}は)")),
    ("目", re.compile(rf"(?:{_NUMBER}(?:つ目|番目|点目)|(?P<word>ひと|ふた|みっ|よっ|いつ)つ目)[のはがに、]")),
    ("heading", re.compile(rf"(?P<name>[一-龥ァ-ヴー]{{1,6}}){_NUMBER}(?:[:\s]|$)")),
    ("heading", re.compile(rf"(?P<name>){_NUMBER}[、.)]\s?(?![0-9])")),
    (Place("one", 1), re.compile(f"{_ONE}は")),
    (Place("one", 2), re.compile(f"(?:もう|いま|残る|残りの|他の){_ONE}は")),
    (Place("・", 0), re.compile(r"[・●○■◆*•-]\s*(?=\S)")),
)  # fmt: skip
_WORDS = {"ひと": 1, "ふた": 2, "みっ": 3, "よっ": 4, "いつ": 5}
_KANJI = "一二三四五六七八九十"
_ONE_THING = re.compile(
    rf"いくつ|幾つ|第{_DIGIT}の|{_DIGIT}(?:つ|番|点)目|[一-龥]{_DIGIT}(?:とは|は|の)"
)
_COUNT = re.compile(
    r"(?P<count>[2-9２-９二三四五六七八九])(?:つ|点|項目|種類|段階|か条|カ条|[かカヵヶケ箇](?:所|国|条|点))"
)
_AHEAD = re.compile(r"(?:以下|次|下記)の|とおり|通り(?:だ|で)|挙げられる|[：:]$")


def quoted(e: Evidence, at: int) -> tuple[Sentence, ...]:
    """Return the sentence with the neighbours that it cannot stand without, up to LONGEST."""
    if _is_spoken_after(e, at) and _fits(e, at, at + 1):
        return e.sentences[at : at + 2]
    first = at
    while at - first < BACK and _needs_more(e, first) and _fits(e, first - 1, at):
        first -= 1
    return e.sentences[first : at + 1]


def leans(text: str) -> bool:
    """Whether a sentence needs the one before it."""
    return bool(_LEANS.match(text)) or _nameless(text)


def _nameless(text: str) -> bool:
    """Whether a sentence opens with words spoken and names nobody who speaks them."""
    return text.startswith(("「", "『")) and not _TOPIC.search(_SPOKEN.sub("", text))


def _needs_more(e: Evidence, at: int) -> bool:
    """Whether a sentence needs the one before it; a paragraph that opens with a contrast does not."""
    if not _follows(e, at) or not leans(e.sentences[at].text):
        return False
    start = e.sentences[at].start - e.hit.passage.start
    opens = e.hit.passage.text[:start].rstrip(" \u3000").endswith("\n")
    return not (opens and re.match(_CONTRAST, e.sentences[at].text))


def _is_spoken_after(e: Evidence, at: int) -> bool:
    """Whether the next sentence names the speaker of this one (X氏はそう語った)."""
    if not _nameless(e.sentences[at].text) or not _follows(e, at + 1):
        return False
    return bool(_SAYS_SO.search(e.sentences[at + 1].text))


def _follows(e: Evidence, at: int) -> bool:
    """Whether a sentence of the passage follows another one, and neither is a heading."""
    if not 0 < at < len(e.sentences):
        return False
    pair = e.sentences[at - 1 : at + 1]
    return all(s.text != e.hit.passage.heading and _CLOSED.search(s.text) for s in pair)


def _fits(e: Evidence, first: int, last: int) -> bool:
    return e.sentences[last].end - e.sentences[first].start <= LONGEST


def place_in_list(text: str) -> Place | None:
    """Tell from how a sentence opens which item of a list it is."""
    text = nfkc(text)
    for series, pattern in _ITEMS:
        if found := pattern.match(text):
            if isinstance(series, Place):
                return series
            groups = found.groupdict("")
            number = _WORDS.get(groups.get("word", "")) or _read(groups["number"])
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
    places = [place_in_list(s.text) for s in article]
    at = next(n for n, own in enumerate(article) if own.start == sentence.start)
    own = _first(places, at)
    if own is not None:
        items = [article[n] for n in _run(places, own)]
        for before in range(max(own - NEAR, 0), own):
            meant = asked.form.count == len(items) or _is_asked_for(asked, article[before].text)
            if meant and _announces(article, before, items):
                return tuple(items)
    for first in range(at + 1, min(at + 1 + NEAR, len(article))):
        items = [article[n] for n in _run(places, first)]
        if _announces(article, at, items):  # a numbered heading may announce a list, too
            return tuple(items)
    return ()


def _announces(article: Sequence[Sentence], at: int, items: Sequence[Sentence]) -> bool:
    """Whether a sentence says that items follow: how many, by their name, or right ahead."""
    if len(items) < 2 or (place := place_in_list(items[0].text)) is None:
        return False
    text, name = article[at].text, place.series.partition(" ")[2]
    if name and items[-1].text[: len(name) + 1] in text:  # it holds the list itself
        return False
    count, following = _COUNT.search(text), article[at + 1] == items[0]
    counted = count is not None and len(items) == _read(count["count"])
    return counted or (bool(name) and name in text) or (following and bool(_AHEAD.search(text)))


def _is_asked_for(asked: Question, text: str) -> bool:
    """Whether a sentence speaks of what a question asks for."""
    return sum(word in text for word in asked.terms.values()) >= TOLD * len(asked.terms)


def _first(places: Sequence[Place | None], at: int) -> int | None:
    """Where the list of an item begins, looking back; None when its beginning is not there."""
    if (place := places[at]) is None:
        return None
    if not place.number:
        return next((n + 1 for n in reversed(range(at)) if places[n] != place), 0)
    for number in range(place.number - 1, 0, -1):
        before = [n for n in range(at) if places[n] == (place.series, number)]
        if not before:
            return None
        at = before[-1]
    return at


def _run(places: Sequence[Place | None], first: int) -> list[int]:
    """The items from a first one on, as far as their numbers run; none where none begins a list."""
    place = places[first]
    if place is None or place.number > 1:
        return []
    items = [first]
    for at in range(first + 1, len(places)):
        if places[at] == (place.series, place.number and place.number + len(items)):
            items.append(at)
        elif "heading" not in place.series and at - items[-1] >= (FAR if place.number else 1):
            break
    return items


def _read(number: str) -> int:
    return int(number) if number.isdecimal() else _KANJI.index(number) + 1
