"""The sides of a comparison: what is set against what, each with a question of its own.

In Japanese and Chinese a word for "and" parts two sides that end alike (2024年3月期と2025年3月期, A級の成果と
B級の成果) or are of a kind (two times, two titles), else the nouns beside it; in English a pattern tells them. What
stands before both or behind both stays in the question of each. What it does not know: sides that are not named
(二つの新聞), and more than two.
"""

import re
from collections.abc import Iterator
from itertools import takewhile

from index.questions import lexicon

Sides = tuple[tuple[str, str], ...]

_HOW = (
    r"(?:(?:何|なに|どこ)[がはをに]|どう|どのように|どれ(?:だけ|ほど|くらい|ぐらい)|どんな|いかに)?"
)
_CUE = re.compile(
    rf"(?:の|(?:って|[はがでをに、])*){_HOW}(?:違[いうっわ]|ちが[いうっわ](?!ない)|異な|食い違|[比較]べ|くらべ|比較|対比|対照|相違|分かれ)"
    rf"|(?P<change>(?:って|[はがで、])*{_HOW}(?:変わ[っりる]|変化))"
    r"|の(?:差|優劣|異同|差異)(?=[はをがっに、]|$)"
    r"|(?P<kept>[のはがで、]*(?:どちら|どっち|いずれ)(?:の(?:方|ほう))?[がはもを]?|、?それぞれ[のがは、]?|各自|分别|分別|[，,]*(?:哪个|哪一个|哪家|谁)更?)"
    r"|[，、的在之]*(?:有什么|有何|有哪些|有)?(?:不同|区别|區別|差别|差別|差异|差異|不一样|不一樣|异同)|[，,]*(?:相比|比较|比起来|比(?=[，,]))"
)
_ORDERED = re.compile(r"^(?:请|請)?(?:比较|比較|对比|對比)(?:一下)?[:：]?(?=.*[和与跟同與及])")
_AGAINST = re.compile(
    r"^([^はがと、]+)(?:は|が|、)([^とをはが、]+)と(?=は?(?:どう|何が|どこが|違|異な|[比較]べ|比較))"
)
_AND = re.compile(
    r"(?<![ぁ-ん])[和与跟同與及](?!.*[ぁ-ん])|\s*\b(?:vs\.?|versus)\s*", re.IGNORECASE
)
_CLOSED = re.compile(r"と(?:では|で|は|の(?=違|差)|を|、|$)")
_BREAK = re.compile(
    r"[のをはがで、，,的对對在关说谈提]|(?<=[0-9]年)(?=[一-龥])(?![目代度間前後])|に(?:ついて|おけ|対す|関す)|$"
)
_BEFORE = re.compile(r"[、，,:：をはで]|に(?:ついて(?:の)?|おける|対する|関する)|をめぐる|[的の]")
KIND = 9
_TIME = re.compile(
    r"(?:[0-9一二三四五六七八九十](?:年代?|期目?|年度|月期?|世紀)|時代|とき|時|[ご頃]ろ?|[前後]|今|いま|現在|[昨今来]季|[昨今去]年"
    r"|当[時初]|最[初後](?:の年)?|过去|现在|今天|当时|时期|[12][0-9]{3}年?)$"
)
_TITLE = re.compile(
    r"(?:[長相臣氏]|さん|教授|大統領|主席|代表|議員|県議|市議|知事|監督|教练|议员|总统)$"
)
_JOINT = re.compile(r"^の?(?:間|関係|会談|対立|協力|同盟|連携|合意|交渉|戦争|貿易|仲)")


def sides_of(plain: str) -> tuple[str, Sides]:
    """Tell the words that ask for a comparison and its sides; none where none are told."""
    plain = re.sub(r"\s?\([^()]*\)", "", plain)
    japanese = re.search("[ぁ-ん]", plain)
    english = not japanese and re.search(r"[A-Za-z]+ .*[A-Za-z]{2}", plain)
    return _english(plain) if english else _east_asian(plain)


def _east_asian(plain: str) -> tuple[str, Sides]:
    text = _AGAINST.sub(r"\1と\2", plain)
    ordered = _ORDERED.match(text)
    best = max(_splits(text[ordered.end() :] if ordered else text, bool(ordered)), default=None)
    if best is None:
        return "", ()
    *_, told, head, one, other, tail = best
    kept = bool(re.search(r"どちら|どっち|いずれ|それぞれ", told))
    sides = tuple((side, _question(head, side, tail, kept)) for side in (one, other))
    return (ordered[0] if ordered else told), sides


def _splits(text: str, ordered: bool) -> Iterator[tuple[float, int, int, str, str, str, str, str]]:
    """Yield the ways in which two sides may stand around a word for and, each with how good it is."""
    for at, after in _ands(text):
        left, right = text[:at], text[after:].lstrip("、，")
        cue = _CUE.search(right)
        if not (cue or ordered or "s" in text[at:after]):
            continue
        region = right[: cue.start()] if cue else right
        closed = _CLOSED.search(region)
        for end in [closed.start()] if closed else [m.start() for m in _BREAK.finditer(region)]:
            other, tail = (
                region[:end],
                region[end:] + (right[cue.end() :] if cue and cue["kept"] else ""),
            )
            for core in [left, *(left[: m.start()] for m in re.finditer("[の的]", left))]:
                score, common = _alike(core, other)
                start = _start(core, common, other)
                if not other or start == len(core) or (core != left and score < KIND):
                    continue
                if (
                    cue
                    and not cue["kept"]
                    and (_JOINT.match(tail) or (cue["change"] and score < KIND))
                ):
                    continue
                told = cue[0] if cue else ""
                yield (
                    score,
                    len(core) - len(left),
                    -at - end,
                    told,
                    core[:start],
                    core[start:],
                    other,
                    left[len(core) :] + tail,
                )


def _ands(text: str) -> Iterator[tuple[int, int]]:
    """Where the words for and stand."""
    if re.search("[ぁ-ん]", text):
        found = lexicon.morphemes(text)
        yield from ((m.begin(), m.end()) for m in found if m.surface() == "と")
    yield from (m.span() for m in _AND.finditer(text))


def _alike(one: str, other: str) -> tuple[float, int]:
    """How much two sides are alike, and how many characters both end with."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    common = len([*takewhile(lambda pair: pair[0] == pair[1], pairs)])
    kinds = common > 1 or any(k.search(one) and k.search(other) for k in (_TIME, _TITLE))
    letters = [{*re.findall("[A-Za-z一-龥]", side)} for side in (one, other)]
    return common + KIND * kinds + bool(letters[0] & letters[1]) / 2, common


def _start(core: str, common: int, other: str) -> int:
    """Where the first side begins: behind the last break that the other side has none like."""
    starts = [0]
    for found in _BEFORE.finditer(core[: len(core) - common]):
        of = found[0] in "の的"
        if re.match("[ぁ-ん]", core[found.end() :]):
            continue
        if (
            (core[found.end() :].count(found[0]) >= other.count(found[0]))
            if of
            else found[0] not in other
        ):
            starts.append(found.end())
    return starts[-1]


def _question(head: str, side: str, tail: str, kept: bool) -> str:
    if not re.search("[ぁ-ん]", head + side + tail):
        return head + side + tail
    head = re.sub(r"(?:のは|って|[、,:：はを\s])+$", "", head)
    tail = re.sub(r"^(?:と(?=[でのは、]|$)|で|は|、|が|の|に|を)+", "", tail)
    link = "は" if kept else "の"
    joined = head and not re.search(r"(?:[のでに]|について|における|をめぐって)$", head)
    return (f"{side}の{head}" if joined else head + side) + (f"{link}{tail}" if tail else "")


_EN_TIME = r"(?:(?:the )?(?:fiscal (?:year )?|early |late |mid-?)?[12][0-9]{3}s?|now|today|then|(?:the )?(?:first|second|last|this) (?:term|year|season|half))"
_ABOUT = r"(?:on|about|regarding|over|towards?|in terms of|said|says?|thinks?|thought|wants?)\b"
_ENGLISH = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r".*?\bdifferences? between (?P<a>.+?) and (?P<b>.+)",
        r"(?:.*\b)?(?:compare|contrast|comparison (?:of|between)) (?P<a>.+?) (?:with|to|and|against|versus|vs\.?) (?P<b>.+)",
        r"how (?:different )?(?:do|does|did|is|are|was|were) (?P<a>.+?) (?:differ|different|compare) (?:from|with|to|than) (?P<b>.+)",
        r"how (?:do|does|did|are|were) (?P<a>.+?) and (?P<b>.+?) (?:differ(?:ent)?|compare|disagree)\b(?P<tail>.*)",
        r"(?:what|how) (?:do|did|does) (?P<a>.+?) and (?P<b>.+?) (?:each|respectively) (?P<tail>.+)",
        r"how (?:has|have|did) (?P<head>.+?) chang(?:ed|e) (?:from|between) (?P<a>.+?) (?:to|and) (?P<b>.+)",
        r"(?:(?P<head>.+?): )?(?P<a>.+?),? (?:vs\.?|versus|(?:as )?compared (?:with|to)) (?P<b>[^:,]+)(?:[:,] (?P<tail>.+))?",
        r"(?P<tail>(?:which|who|what|is|was|are|did|does)\b.+?)(?:[,:]| -) (?P<a>.+?),? or (?P<b>.+)",
    )
)  # fmt: skip


def _english(plain: str) -> tuple[str, Sides]:
    found = next(filter(None, (pattern.fullmatch(plain) for pattern in _ENGLISH)), None)
    if found is None:
        return "", ()
    given = {"head": "", "tail": ""} | {k: v or "" for k, v in found.groupdict().items()}
    head, one, other, tail = _shared(given["a"], given["b"])
    parts = ((given["head"], head, side, tail, given["tail"]) for side in (one, other))
    questions = (" ".join(" ".join(own).split()) for own in parts)
    return found[0], tuple(zip((one, other), questions, strict=True))


def _shared(one: str, other: str) -> tuple[str, str, str, str]:
    """Part what two sides in English share: what stands before and behind both, and the sides whole."""
    if (timed := re.fullmatch(rf"(.*? )?({_EN_TIME})", one, re.I)) and re.fullmatch(
        _EN_TIME, other, re.I
    ):
        return timed[1] or "", timed[2], other, ""
    tail = ""
    for about in (re.search(f" {_ABOUT}.+", side) for side in (one, other)):
        if about and bool(re.search(f" {_ABOUT}", one)) != bool(re.search(f" {_ABOUT}", other)):
            tail = about[0]
    one, other = one.removesuffix(tail), other.removesuffix(tail)
    other = re.sub(
        r"^(?:the ones?|those|that)\b", re.split(r" (?:with|of|in|on|by|from|at)\b", one)[0], other
    )
    if (owner := re.match(r"(?!its)(.+?s?['’]s? )(?=.)", one)) and not re.search("['’]", other):
        other = owner[1] + re.sub(r"^(?:his|her|its|their) ", "", other)
    elif (of := re.match(r"(what |.+ (?:of|by|from|to|at|in|for) )", one)) and of[1].split()[
        -1
    ] not in other.split():
        return of[1], one[of.end() :], other, tail
    lone = re.compile(r"(?:\b(?:first|second|third|last|current|former|old|new)|['’]s?)$")
    noun = [
        re.sub(r".*(?:['’]s?|\b(?:first|second|third|last|current|former|old|new)) ", "", side)
        for side in (one, other)
    ]
    if lone.search(one):
        one += f" {noun[1]}"
    elif lone.search(other):
        other += f" {noun[0]}"
    return "", one, other, tail
