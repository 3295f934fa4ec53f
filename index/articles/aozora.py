"""Texts as Aozora Bunko writes them: title and author on top, readings in 《》, notes in ［＃］, a colophon.

Source: https://www.aozora.gr.jp/annotation/
"""

import re

from index.articles.files import Draft
from index.records import Loss
from index.text.lines import tidy

_SYMBOLS = re.compile(r"^-{10,}\n【テキスト中に現れる記号について】\n(?:.*\n){0,80}?-{10,}$", re.M)
_COLOPHON = re.compile(r"^底本[：:](?:.|\n)*", re.M)
_NOTE = re.compile(r"［＃(?:[^［］\n]|［[^［］\n]{0,200}］){1,200}］")
_USUAL = re.compile(
    r"［＃[^］\n]{0,80}(?:字下げ|見出し|傍[点線]|水準|改ページ|地付き|ママ|太字|U\+)"
)
_HEADING = re.compile(r"^(.*)［＃「[^」\n]{1,80}」は([大中小])見出し］$", re.M)
_CHARACTER = re.compile(rf"※({_NOTE.pattern})")
_CODE = re.compile(
    r"第[34]水準([12])-(\d|[1-8]\d|9[0-4])-(\d|[1-8]\d|9[0-4])(?!\d)|U\+([0-9A-Fa-f]{4,5})"
)
_READING = re.compile(r"《[^《》\n]{1,60}》|｜")


def read_aozora(text: str) -> Draft | None:
    """Read a text of Aozora Bunko; None where it does not look like one."""
    text = text.replace("\r\n", "\n")
    if not (_SYMBOLS.search(text) or _USUAL.search(text)):
        return None
    found = [part[0].strip() for p in (_SYMBOLS, _COLOPHON) if (part := p.search(text))]
    losses = [Loss("chrome", part) for part in found]
    text = _COLOPHON.sub("", _SYMBOLS.sub("", text))
    text = _HEADING.sub(lambda line: "#" * (1 + "大中小".index(line[2])) + f" {line[1]}", text)
    text = _CHARACTER.sub(_character, text)
    if notes := dict.fromkeys(_NOTE.findall(text)):
        losses.append(Loss("other", "\n".join(notes)))
    text = tidy(_READING.sub("", _NOTE.sub("", text)))
    top, gap, _ = text.partition("\n\n")
    names = [line for line in top.split("\n") if not line.endswith("訳")]
    if not gap or not 2 <= len(names) <= 4:
        return Draft(text, losses=tuple(losses))
    text = text.removeprefix(names[0]).replace(f"\n{names[-1]}\n", "\n", 1)
    return Draft(text, title=names[0], authors=(names[-1],), losses=tuple(losses))


def _character(found: re.Match[str]) -> str:
    """Return the character that a note names by its place in JIS X 0213 or Unicode, else what is there."""
    code = _CODE.search(found[1])
    if not code or code[4]:
        return chr(int(code[4], 16)) if code else found[0]
    raw = b"\x8f" * (code[1] == "2") + bytes((0xA0 + int(code[2]), 0xA0 + int(code[3])))
    return raw.decode("euc_jis_2004", "ignore") or found[0]
