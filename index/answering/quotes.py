"""How much to quote: a sentence, and beside it those it cannot stand without.

A sentence that opens with a connective or points back (しかし、そのため、同氏は、その) brings the one
before, and a quotation that names no speaker the one that does; a sentence brings the list that
follows it (その中には、第一に). All stand in one passage, in this paragraph or the next, and none
across a heading; a paragraph that opens with a contrast (一方、しかし) stands alone. Together they are
never longer than LONGEST.

What it does not know: what a sentence leaves unsaid (a subject understood), a pronoun in its middle,
and an antecedent that stands further back than two sentences.
"""

import re

from index.answering.lists import place_in_list
from index.records import Sentence
from index.retriever import Evidence

LONGEST = 300
"""Characters of a quote, unless one sentence is longer."""
BACK = 2
"""Sentences before it that a sentence may bring."""

_ADDS = re.compile(r"(?:また|さらに|なお|そして|加えて|しかも|同時に)(?=[、一-龥ァ-ヴーこそ同])、?")
_CONNECTS = re.compile(
    r"しかし|だが|ところが|けれども?、|でも、|一方(?:で|の|、)|他方|ただし|ただ、|とはいえ|それ|だから|ゆえに|従って|したがって"
    r"|すると|つまり|すなわち|要するに|逆に|反対に|むしろ|にもかかわらず|なぜなら|もっとも、|結果として|その|この|こうして"
)
_CONTRASTS = re.compile(
    r"しかし|だが|ところが|けれども?、|でも、|一方(?:で|の|、)|他方|とはいえ|逆に|反対に|むしろ|もっとも、"
)
_POINTS_BACK = re.compile(
    r"同(?:日|氏|年|月|国|時期|様|社|紙|誌|省|庁|党|市|町|村|県|州|会|大学|所|地|作|書|法|事件|期|館|校|店|機|船)(?![一-龥ァ-ヴー])"
    r"|彼(?:ら|女)?[はがのをにもと、]|これ|それ|この|その|こう(?:した|して|い)|そう(?:した|して|い)|ここ(?:で|に|から|は)"
    r"|そこ(?:で|に|から|は)|両(?:国|者|氏|首脳|社|党|方)(?![一-龥])|当時|後者|前者"
)
_OPENING = re.compile(r"[^、。「」]{1,12}、")
_LISTS = re.compile(r"その(?:中|内|うち|内訳)|具体的|例えば|たとえば")
_SPOKEN = re.compile(r"[「『].*[」』]")
_SAYS_SO = re.compile(
    r"(?:^と|こう|そう|このように|そのように).{0,12}(?:語|述べ|話|言|訴|説|振り返)"
)
_TOPIC = re.compile(r"[一-龥ァ-ヴーA-Za-zんら][はがも]")
_CLOSED = re.compile(r"[。．.！!？?…」』）)]$")


def quoted(e: Evidence, at: int) -> tuple[Sentence, ...]:
    """Return the sentence with the neighbours that it cannot stand without."""
    start, end = at, at
    if _is_spoken_after(e, at):
        return e.sentences[at : at + 2]
    while at - start < BACK and _follows(e, start) and _needs_more(e, start):
        if _length(e, start - 1, end) > LONGEST:
            break
        start -= 1
    if _follows(e, at + 1) and (last := _last_listed(e, at)) != at:
        end = last if _length(e, start, last) <= LONGEST else at
    return e.sentences[start : end + 1]


def _needs_more(e: Evidence, at: int) -> bool:
    before, sentence = e.sentences[at - 1 : at + 1]
    between = e.hit.passage.text[before.end - e.hit.passage.start :][: sentence.start - before.end]
    is_new_start = "\n" in between and _CONTRASTS.match(sentence.text)
    return leans(sentence.text) and not is_new_start


def leans(text: str) -> bool:
    """Whether a sentence needs the one before it."""
    added = _ADDS.match(text)
    rest = text[added.end() :] if added else text
    opening = _OPENING.match(rest)
    points = _POINTS_BACK.match(rest) or (opening and _POINTS_BACK.match(rest, opening.end()))
    return bool(points or _CONNECTS.match(rest) or _nameless(rest))


def _nameless(text: str) -> bool:
    """Whether a sentence opens with words spoken and names nobody who speaks them."""
    return text[0] in "「『" and not _TOPIC.search(_SPOKEN.sub("", text))


def _is_spoken_after(e: Evidence, at: int) -> bool:
    """Whether the next sentence names the speaker of this one (X氏はそう語った)."""
    return (
        _nameless(e.sentences[at].text)
        and _follows(e, at + 1)
        and bool(_SAYS_SO.search(e.sentences[at + 1].text))
        and _length(e, at, at + 1) <= LONGEST
    )


def _last_listed(e: Evidence, at: int) -> int:
    """The last sentence of a list that follows a sentence, else the sentence itself."""
    if _LISTS.match(e.sentences[at + 1].text):
        return at + 1
    last = at
    for number, sentence in enumerate(e.sentences[at + 1 :], 1):
        place = place_in_list(sentence.text)
        if place is None or place.number != number or not _follows(e, at + number):
            break
        last = at + number
    return last if last - at > 1 else at


def _follows(e: Evidence, at: int) -> bool:
    """Whether a sentence of the passage follows another one, and neither is a heading."""
    if not 0 < at < len(e.sentences):
        return False
    pair = e.sentences[at - 1 : at + 1]
    return all(s.text != e.hit.passage.heading and _CLOSED.search(s.text) for s in pair)


def _length(e: Evidence, start: int, end: int) -> int:
    return e.sentences[end].end - e.sentences[start].start
