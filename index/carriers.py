"""One story, many outlets: which articles are one copy, whose it is, and where one holds the words of another.

Of two articles it counts how much of the shorter one stands in the longer (containment; a text and its first third
resemble each other by .29), in runs of ``RUN`` words: figures, words in letters, and single characters but hiragana,
which styles change (こと, 事). What it does not know: copy told in other words, and an article from a brief that it
repeats whole.

Source: Broder 1997, On the resemblance and containment of documents.
"""

import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np

from index.records import Article
from index.text.characters import nfkc
from index.text.normal import number

VERSION = "1"
"""Names how samples are made."""
RUN, SAMPLED, LEAST = 6, 4, 5
"""Words of a run, one in how many of which is looked at, and how many of these an article must have."""
SAME, NEIGHBOURS = 0.7, 8
"""Share of the shorter article from which two are one copy, and with how many of those nearest in length each is
compared. Of 301 pairs of a copy and its rewrites one is missed; own reports, columns and monthly figures stay below
.63. MinHash and LSH (datasketch) find no more, and take 14 s for 5,000 articles where this takes 2."""
ENDS, MOST = 300, 50
"""Characters at either end of a text where its agency is looked for, and carriers looked through for a quote."""

T = TypeVar("T")

_DIGIT = "0-9０-９〇一二三四五六七八九十百千万億兆"
_FIGURE = re.compile(rf"[{_DIGIT}]+(?:[,，][{_DIGIT}]+)*(?:[.．・][{_DIGIT}]+)?")
_WORD = re.compile(r"[0-9.]+|[^\W\d_\u3040-\u9fff\uac00-\ud7a3]+|[ァ-ヺー㐀-\u9fff\uac00-\ud7a3]")
_PIECE = re.compile(rf"{_FIGURE.pattern}|\S[\u3099\u309aﾞﾟ]*")
_POINTS = str.maketrans("、，。．", ",,..")
_DATELINE = re.compile(
    r"\A\s*(?:[【〔［（(\[][^】〕］）)\]\n]{1,30}[】〕］）)\]]|[^a-z\n]{2,40}\(\w+\) [-–—])\s*"
)
_AGENCY = (
    "(AFP(?:[=＝]時事|BB ?News)?|AP(?:通信)?|DPA|UPI|ロイター(?:通信)?|Reuters|共同(?:通信)?|Kyodo|時事(?:通信)?|Jiji"
    "|新華社|新华社|Xinhua|中新社|中央社|聯合ニュース|Yonhap|ブルームバーグ|Bloomberg|タス通信|TASS)"
)
_CREDIT = re.compile(  # not of a picture, nor 据新华社
    r"[(（〔【［\[](?![^)）〕】］\]]*(?:写真|映像|提供|撮影|hoto))(?:|[^)）〕】］\]\n]{0,24}[\s\d=＝/・ァ-ヴー市京])"
    rf"{_AGENCY}(?:[発電社]|編集部?|日本語版| [A-Z]\w+|[^)）〕】］\]\n]{{1,12}}日)?[)）〕】］\]]"
    rf"|(?<!写真)[=＝]{_AGENCY}\s*$|[(（]c[)）]\s?(AFP)|(?<![据據]){_AGENCY}[^\s，。]{{2,10}}?\d日?[电電]",
    re.MULTILINE,
)


def sample(text: str) -> list[int]:
    """Return the hashes of some runs of a text, always the same ones, each once; none of one too short."""
    words = _WORD.findall(_FIGURE.sub(lambda m: f" {_figure(m[0])} ", nfkc(text).lower()))
    hashes = np.array([zlib.crc32(word.encode()) for word in words], np.uint64)
    runs = np.zeros(max(len(hashes) - RUN + 1, 0), np.uint64)
    for at in range(min(RUN, len(hashes))):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + hashes[at : at + len(runs)]
    runs = (runs ^ (runs >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) >> np.uint64(32)
    own: list[int] = np.unique(runs[runs % SAMPLED == 0]).tolist()
    return own if len(own) >= LEAST else []


def stories(samples: Mapping[str, Sequence[int]]) -> list[list[str]]:
    """Return the ids of the articles that are one copy, given a sample of each."""
    names = sorted(samples, key=lambda name: (-len(samples[name]), name))
    sizes = np.array([len(samples[name]) for name in names], np.int64)
    runs = np.array([run for name in names for run in samples[name]], np.uint64)
    order = np.argsort(runs, kind="stable")  # who share a run stand together, the longest first
    runs, owner = runs[order], np.repeat(np.arange(len(names)), sizes)[order]
    same = [(back, runs[back:] == runs[:-back]) for back in range(1, NEIGHBOURS + 1)]
    pairs = [owner[:-back][both] * len(names) + owner[back:][both] for back, both in same]
    found, shared = np.unique(np.concatenate(pairs), return_counts=True)
    story = {name: [name] for name in names}
    for pair in found[shared >= SAME * sizes[found % max(len(names), 1)]].tolist():
        mine, its = (story[names[at]] for at in divmod(pair, len(names)))
        if mine is not its:
            mine += its
            story |= dict.fromkeys(its, mine)
    return sorted({id(own): sorted(own) for own in story.values() if len(own) > 1}.values())


def once(
    items: Iterable[T], place: Callable[[T], tuple[str, str]], told: Mapping[str, Sequence[str]]
) -> list[T]:
    """Return items, best first, but for those whose words another carrier of the same copy has told.

    ``place`` tells the article of an item, and its words; ``told`` the stories of articles.
    """
    kept, first = [], dict[tuple[str, str], str]()
    for item in items:
        one, text = place(item)
        if one not in told or first.setdefault((told[one][0], _words(text)), one) == one:
            kept.append(item)
    return kept


def find(quote: str, text: str) -> tuple[int, int] | None:
    """Return where a text holds a quote: but for a dateline, widths, blanks, and how figures are written."""
    held, wanted = list(_pieces(text)), _words(quote)
    before, found, _ = _joined(held).partition(wanted or "\0\0\0")
    if not found:
        return None
    first = before.count("\0") // 2
    start, end = held[first][1], held[first + wanted.count("\0") // 2 - 1][2]
    # 参加を認めた is not what 不参加を認めた says.
    cut = re.search(r"[\w、，,]\Z", text[:start]) or re.match(r"\w\w", text[end - 1 : end + 1])
    return None if cut else (start, end)


def agency_of(article: Article) -> str | None:
    """Return the agency that an article names as its author or publisher, or in a credit at its ends."""
    names = (f"({name})" for name in (*article.authors, article.publisher))
    credits = map(_CREDIT.search, (*names, article.text[:ENDS], article.text[-ENDS:]))
    name = next((name for credit in credits if credit for name in credit.groups() if name), None)
    return name and {"共同": "共同通信", "時事": "時事通信"}.get(name, name)


def _words(text: str) -> str:
    return _joined(_pieces(_DATELINE.sub("", text)))


def _joined(pieces: Iterable[tuple[str, int, int]]) -> str:
    return "".join(f"\0{piece}\0" for piece, *_ in pieces)


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each figure, and each character but blanks, in its normal form, and where it stands."""
    for match in _PIECE.finditer(text):
        raised = unicodedata.category(match[0][0]) == "No"  # 10⁹ is not 109
        yield match[0] if raised else _figure(nfkc(match[0]).translate(_POINTS)), *match.span()


@lru_cache(4096)
def _figure(written: str) -> str:
    """Write a figure in digits; anything else as it is."""
    plain = written.replace("・", ".").replace(",", "")
    value = number(plain) if _FIGURE.fullmatch(written) else None
    return written if value is None else f"{value:.15g}"
