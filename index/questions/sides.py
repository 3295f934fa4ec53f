"""The sides of a comparison: what is set against what, each with a question of its own.

In Japanese and Chinese a word for "and" parts two sides that end alike (2024年3月期と2025年3月期) or are two times, else
the nouns beside it; in English patterns tell them. What stands before or behind both stays in the question of each.
What it does not know: sides that are not named (二つの新聞), and more than two.
"""

import re
from collections.abc import Iterator
from itertools import takewhile

from index.questions import lexicon

Sides = tuple[tuple[str, str], ...]

_HOW = r"(?:の|(?:って|[はがでをに、])*)(?:(?:何|どこ)[がはをに]|どう|どれ(?:だけ|ほど|くらい))?"
_CUE = re.compile(
    rf"{_HOW}(?:違[いうっわ]|異な|食い違|比べ|比較|対比|対照|差(?=[はをが]|$))|(?P<change>{_HOW}(?:変わ[っりる]|変化))"
    r"|(?P<kept>[のはがで、]*(?:どちら|どっち)(?:の(?:方|ほう))?[がはも]?|、?それぞれ[のがは、]?|分别|各自|,*(?:哪个|谁)更?)"
    r"|[,、的]*(?:有什么|有何|有)?(?:不同|区别|差别|差异|不一样)|,*(?:相比|比较|比(?=,))"
)
_ORDERED = re.compile(r"^请?(?:比较|对比)(?:一下)?(?=.*[和与跟同])")
_AGAINST = re.compile(r"^([^はがと、]+)[はが、]([^とをはが、]+)と(?=は?(?:どう|何が|違|異な|比べ))")
_CLOSED = re.compile(r"と(?:では|で|は|の(?=違|差)|、|$)")
_BREAK = re.compile(r"[のをはがで、,的对在关说]|(?<=[0-9]年)(?=[一-龥])(?![目代度間前後])|$")
_BEFORE = re.compile(r"[、,:をはで]|に(?:ついて|対する|関する)|[的の](?![ぁ-ん])")
_TIME = re.compile(
    r"(?:[0-9](?:年代?|期目?|年度|月期?)|時代|とき|[こご]ろ|[前後]|今|現在|现在|[昨今][季年]|最[初後](?:の年)?)$"
)
_KIND = 9
"""What it counts that two sides are of a kind: more than the longest end that sides share by chance."""


def sides_of(plain: str) -> tuple[str, Sides]:
    """Tell the words that ask for a comparison and its sides; none where none are told."""
    plain = re.sub(r"\s?\([^()]*\)", "", plain)
    if not re.search("[ぁ-ん]", plain) and re.search(r"[A-Za-z]+ .*[A-Za-z]{2}", plain):
        return _english(plain)
    ordered = _ORDERED.match(plain)
    text = plain[ordered.end() :] if ordered else _AGAINST.sub(r"\1と\2", plain)
    *_, told, head, one, other, tail = max(_splits(text, bool(ordered)), default=("",) * 5)
    sides = tuple((side, _question(head, side, tail, told)) for side in (one, other) if side)
    return told or plain, sides


def _splits(text: str, ordered: bool) -> Iterator[tuple[float, int, int, str, str, str, str, str]]:
    """Yield the ways in which two sides may stand around a word for and, each with how good it is."""
    ands = [m.span() for m in re.finditer("[和与跟同](?!.*[ぁ-ん])", text)]
    if re.search("[ぁ-ん]", text):
        ands = [(m.begin(), m.end()) for m in lexicon.morphemes(text) if m.surface() == "と"]
    for at, after in ands:
        left, right = text[:at], text[after:].lstrip("、,")
        if not (cue := _CUE.search(right)) and not ordered:
            continue
        region, kept = (right[: cue.start()], cue["kept"]) if cue else (right, None)
        closed = _CLOSED.search(region)
        for end in [closed.start()] if closed else [m.start() for m in _BREAK.finditer(region)]:
            other, tail = region[:end], region[end:] + (right[cue.end() :] if cue and kept else "")
            for core in (left, *(left[: m.start()] for m in re.finditer("[の的]", left))):
                pairs = zip(core[::-1], other[::-1], strict=False)
                common = len([*takewhile(lambda pair: pair[0] == pair[1], pairs)])
                alike = common > 1 or bool(_TIME.search(core) and _TIME.search(other))
                start = _start(core, common, other)
                barred = cue and cue["change"] and not alike
                if other and start < len(core) and not barred and (core == left or alike):
                    parts = core[:start], core[start:], other, left[len(core) :] + tail
                    goodness = common + _KIND * alike, len(core) - len(left), -at - end
                    yield *goodness, cue[0] if cue else "", *parts


def _start(core: str, common: int, other: str) -> int:
    """Where the first side begins: behind the last break such as the other side has none of."""
    starts = [0]
    for found in _BEFORE.finditer(core[: len(core) - common]):
        word, rest = found[0], core[found.end() :]
        if rest.count(word) >= other.count(word) if word in "の的" else word not in other:
            starts.append(found.end())
    return starts[-1]


def _question(head: str, side: str, tail: str, told: str) -> str:
    if not re.search("[ぁ-ん]", head + side + tail):
        return head + side + tail
    head = re.sub(r"(?:のは|[、,:はを])+$", "", head)
    tail = re.sub(r"^(?:と(?=[でのは、]|$)|[ではがのにを、])+", "", tail)
    link = "は" if re.search("どちら|どっち|それぞれ", told) else "の"
    joined = head and not re.search(r"(?:[のでに]|について)$", head)
    return (f"{side}の{head}" if joined else head + side) + (f"{link}{tail}" if tail else "")


_EN_TIME = (
    r"(?:(?:fiscal |the )?[12][0-9]{3}s?|now|today|(?:the )?(?:first|second|last) (?:term|year))"
)
_ABOUT = re.compile(r" (?:on|about|over|towards?)\b.+")
_ENGLISH = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"().*?\bdifferences? between (.+?) and (.+)()",
        r"()how (?:do|did|are) (.+?) and (.+?) (?:differ|compare)\b(.*)",
        r"()(?:.* )?compare (.+?) (?:with|to|and) (.+)()",
        r"()how (?:do|does|did|is|are|was|were) (.+?) (?:differ|different) from (.+)()",
        r"()(?:what|how) (?:do|did) (.+?) and (.+?) each( .+)",
        r"(.+?: )?(.+?),? (?:vs\.?|versus|compared (?:with|to)) ([^:,]+)(?:[:,]( .+))?",
        r"((?:which|who)\b.+?), (.+?),? or (.+)()",
    )
]


def _english(plain: str) -> tuple[str, Sides]:
    if not (found := next(filter(None, (p.fullmatch(plain) for p in _ENGLISH)), None)):
        return "", ()
    head, one, other, tail = (part or "" for part in found.groups())
    other = re.sub(r"^(?:the ones?|that)\b", re.split(" (?:with|of|in) ", one)[0], other)
    timed = re.fullmatch(rf"(.*? )??({_EN_TIME})", one, re.IGNORECASE)
    about = [_ABOUT.search(side) for side in (one, other)]
    if timed and re.fullmatch(_EN_TIME, other, re.IGNORECASE):
        head, one = f"{head.rstrip(': ')} {timed[1] or ''}", timed[2]
    elif about.count(None) == 1:  # of both, told of one
        tail += next(filter(None, about))[0]
        one, other = (_ABOUT.sub("", side) for side in (one, other))
    elif "'s " in one and "'" not in other:  # Trump's first and second term
        owner, _, noun = one.rpartition("'s ")
        one += "" if " " in noun else f" {other.split()[-1]}"
        other = f"{owner}'s {other}"
    sides = ((side, " ".join(f"{head} {side} {tail}".split())) for side in (one, other))
    return plain, tuple(sides)
