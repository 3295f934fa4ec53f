"""Title, day, authors and publisher from the head of a text, where the file itself names none.

Nothing is guessed. A title is a line of the head that reads like one and is printed twice (alone, or in a
breadcrumb), is the longest of those just before the date line or byline (names, departments and subtitles are
shorter), or is the only one; a bare day (21日) or an update is no day of publication. Lines
that were recognised leave the body, except the dateline, which is part of its sentence.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from index.articles.chrome import CHROME_WORDS, FIGURE, is_row, opens_body
from index.articles.cleaning import CleanPage
from index.articles.files import LONGEST_FIELD, Draft
from index.text.characters import nfkc
from index.text.dates import is_date_line, is_day_line, is_label, published_on
from index.text.lines import columns, tidy

_LEAD = 12  # lines of the body in which a dateline is looked for
_LONGEST_DATE_LINE = 80
_LONGEST_LINE = _MOST_LINES = 400  # of a longer line its ends tell all; lines of a head or tail
_NEAR = 4  # lines: a name, a department or a label may stand between the title and the date
_SHORTEST, _SHORT, _LONGEST_TITLE = 3, 8, 150  # 円急落; among chrome a short line names a section
# A figure, a name with its role, an item of a list, an address, a breadcrumb, an imprint, a sentence.
_NO_TITLE = re.compile(
    FIGURE + r"$|[一-龥ぁ-んァ-ヶ]{1,4}[ \u3000][一-龥ぁ-んァ-ヶ]{1,4}[：:]"
    r"|[①-⑳]|[-+*・•‣]\s?\S|[(（]?[\d０-９]{1,2}[)）.．、](?![\d０-９])|.*(?:://| > |©|copyright|。$)",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"(?i:新聞|ニュース|通信|放送|テレビ|オンライン|デジタル|電子版|日本版|マガジン"
    r"|News|Online|Times|Journal|Post|Magazine|Web|\.com|\.jp)$"
)
_SENTENCE_END = re.compile(r"[。．！？!?][」』）)]?$|[a-z]{3}[.]$")

# Agencies as datelines print them; those that are to be shown by another name.
_AGENCIES = {
    name.lower(): name
    for name in ("ロイター", "共同通信", "時事通信", "ブルームバーグ", "新華社", "聯合ニュース",
                 "中央社", "タス通信", "朝鮮中央通信", "Reuters", "AFP", "AP", "UPI", "DPA", "CNN",
                 "BBC", "Bloomberg", "Kyodo", "Jiji", "Xinhua", "Yonhap")
} | {"共同": "共同通信", "時事": "時事通信"}  # fmt: skip
_JOINED = ("共同", "時事", "ロイター", "AFP")  # 【北京時事】: the agency follows the place at once
_BRACKETED = re.compile(r"[\[【(〔]([^\]】)〕]{2,40})[\]】)〕]")
_LATIN_DATELINE = re.compile(r"[A-Z][\w .,/'-]{1,60}\(([A-Za-z]+)\)\s*[-–—]")
_CHINESE_DATELINE = re.compile(r"(新华社|新華社|中新社|中央社)[^。]{0,16}[电電]")

_ROLE = "取材・文|文・写真|写真・文|文責|文|執筆者?|著者?|筆者|記者|ライター|寄稿|作者|撰文|記者"
_JAPANESE_BYLINE = re.compile(
    rf"[(【\[]?(?:{_ROLE})(?:\s*[/:=・]\s*|\s+)([^。」]{{2,40}}?)[)】\]]?"
)
_TRAILING_ROLE = re.compile(r"([^\s。、」]{2,12}(?:\s[^\s。、」]{1,8})?)\s*(?:\(記者\)|記者)")
_FULL_NAME = r"[一-龥々]{1,4}[ \u3000][一-龥々ぁ-んァ-ヶ]{1,4}|[ァ-ヶー]{2,}(?:・[ァ-ヶー]+)+"
_NAME_THEN_ROLE = re.compile(
    rf"(?:(?:筆者|著者|執筆)\s*[,:]\s*)?({_FULL_NAME})\s*[:、,(]\s*[^。、]{{0,16}}"
    r"(?:記者|研究者|編集者|作家|評論家|ライター|コラムニスト|ジャーナリスト|アナリスト|委員|特派員|教授)\)?"
)
_CORRESPONDENT = re.compile(r"【[^】=]{1,15}=([一-龥々ぁ-んァ-ヶー・ ]{2,12})】")
_ENGLISH_BYLINE = re.compile(r"By:?\s+(.{3,120})", re.IGNORECASE)
_WORD = r"[A-Z][a-zÀ-ɏ]+(?:['’-][A-Z]?[a-zÀ-ɏ]+)*|(?:Mc|Mac|O['’]|D['’])[A-Z][a-zÀ-ɏ]+"
_LATIN_NAME = re.compile(rf"(?:{_WORD})(?:\s+(?:[A-Z]\.|{_WORD}|de|van|von|der|bin|al)){{1,3}}")
_LATIN_WORDS = re.compile(rf"(?:{_WORD})(?:\s+(?:[A-Z]\.|{_WORD}))+")
_PART = r"[^\d\s。、！？「」（）()/:|]{1,12}"
_NAME = re.compile(rf"{_PART}(?:[\s・=]{_PART}){{0,3}}")
_SPLIT = re.compile(r"\s*(?:[,、/&;]|\band\b)\s*")
# English words of navigation bars, capitalised as names are, beside those that chrome knows.
_NAVIGATION_WORDS = """
    all america article articles best by column comment company daily day east editorial features for
    from gallery global guide image interview japan latest local magazine main member most national
    new north on our page photo photos picks popular read report review series service site special
    sponsored stories story support the today top topics view week weekly west wonderful york your"""
_NAVIGATION = CHROME_WORDS.union(_NAVIGATION_WORDS.split())
_COPYRIGHT = re.compile(
    r"(?:copyright|©|\(c\))[\s:©]*(?:\(c\))?\s*(?:[0-9]{4}(?:\s?[-–—]\s?[0-9]{2,4})?年?)?[\s,.]*(?:by\s+)?"
    r"(?P<holder>[^©]{2,60})",
    re.IGNORECASE,
)
_HOLDER_END = re.compile(r"[,.]?\s*(?:all rights|無断|禁無断|[(]|\.\s|$|[0-9]{4})", re.IGNORECASE)


def fill(draft: Draft, page: CleanPage) -> Draft:
    """Fill the draft's gaps from the head of its text, and make the body its text."""
    plain = draft.chrome and not page.head
    lead, head = _lead(page, plain)
    dated = {n: day for n in range(len(lead)) if (day := _published(lead, n))}
    between = range(min(dated, default=0), max(dated, default=0))
    if plain and not all(n in dated or is_label(lead[n]) for n in between):
        dated = {}  # of a list of events
    days = sorted(dated.values(), key=lambda day: not day[1])  # those that a label names first
    signed = _signatures(lead, dated)
    more = len(lead) < len([line for line in page.body.split("\n") if line])
    alone = len(lead) if plain and more else head
    title_at = _title_line(lead, alone, [*dated, *signed], _SHORTEST if plain else _SHORT)
    recognised = {n for n in (*dated, *signed) if n in signed or is_date_line(lead[n])}
    if plain and dated:  # also 最終更新 and its day
        said = [n for n in range(1, len(lead)) if is_label(lead[n - 1]) and is_date_line(lead[n])]
        recognised.update(said, [n - 1 for n in said])
    if title_at is not None and draft.title is None:
        recognised.add(title_at)
    found = replace(
        draft,
        title=draft.title or (_bare(lead[title_at]) if title_at is not None else None),
        published=draft.published or next((day for day, _ in days), None),
        authors=draft.authors
        or tuple(dict.fromkeys(n for names in signed.values() for n in names))
        or correspondent(page.body[:_LONGEST_LINE]),
        publisher=draft.publisher
        or next((name for line in lead[::-1] if (name := agency(line))), None)
        or copyright_holder([line[:_LONGEST_LINE] for line in page.tail[:_MOST_LINES]]),
    )
    lines = page.body.split("\n")
    for n in sorted(recognised):
        if n >= head:  # recognised lines leave the body, each once
            lines.pop(next(i for i, line in enumerate(lines) if _ends(line.strip()) == lead[n]))
    return _entitled(replace(found, text=tidy("\n".join(lines))))


def _entitled(draft: Draft) -> Draft:
    """Take the title from a first heading, cut the site's name, drop the title's line from the text."""
    first, _, rest = draft.text.partition("\n")
    if draft.title is None and first.startswith("# ") and len(first) <= LONGEST_FIELD:
        draft = replace(draft, title=_bare(first), text=tidy(rest))
    if draft.title is None:
        return draft
    title = cut_site(draft.title, draft.publisher)
    lines = draft.text.split("\n")
    for number, line in enumerate(lines[:_LEAD]):
        if _same(line, title) or _same(line, draft.title):
            del lines[number]
            return replace(draft, title=title, text=tidy("\n".join(lines)))
    return replace(draft, title=title)


def cut_site(title: str, publisher: str | None) -> str:
    """Cut the name of the site off a page's title: ``見出し | みどり新聞``."""
    for separator in ("|", "｜", " - ", " – ", " — ", "：", ":"):
        start, found, tail = title.rpartition(separator)
        name = tail.strip()
        known = publisher is not None and (_same(name, publisher) or name.startswith(publisher))
        bar = separator in "|｜" and len(name) <= 30
        dash = separator.startswith(" ") and _SITE.search(name)
        if found and len(start.strip()) >= 6 and (known or bar or dash):
            return cut_site(start.strip(), publisher)
    return title.strip()


def _lead(page: CleanPage, plain: bool) -> tuple[tuple[str, ...], int]:
    """The lines that may hold the masthead: those of the head, how many, and the first of the body."""
    head = tuple(_ends(line.strip()) for line in page.head if line.strip())[-_MOST_LINES:]
    body = [line.strip() for line in page.body.split("\n", 3 * _LEAD)[: 3 * _LEAD]]
    body = [_ends(line) for line in body if line]
    end = next((n + 1 for n, line in enumerate(body[:_LEAD]) if agency(line)), None)
    if end is None:
        prose = (n for n, line in enumerate(body[:_LEAD]) if _SENTENCE_END.search(line))
        end = next(prose, 0 if len(body) > _LEAD and not plain else len(body[:_LEAD]))
    return head + tuple(body[:end]), len(head)


def _ends(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE // 2] + line[-100:]


def _published(lines: Sequence[str], n: int) -> tuple[date, bool] | None:
    if len(lines[n]) > _LONGEST_DATE_LINE or _SENTENCE_END.search(lines[n]):
        return None
    if is_row(lines[n]) and not is_date_line(lines[n]):
        return None  # of a table of days
    before = lines[n - 1] if n and is_label(lines[n - 1]) else ""
    return published_on(lines[n], before)


def _signatures(lead: Sequence[str], dated: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Find the lines that name authors. Bare Latin names count only between date and first sentence."""
    said = {n: names for n, line in enumerate(lead) if (names := byline(line))}
    following = [n for n, (_, after) in enumerate(pairwise(lead)) if agency(after)]
    places = range(max(dated) + 1, len(lead)) if dated else following
    bare = {n: names for n in places if (names := latin_names(lead[n]))}
    # Beside a line that says so, a line of bare names repeats them.
    return dict.fromkeys(bare, ()) | said if said else bare


def _title_line(lead: Sequence[str], alone: int, marks: Collection[int], least: int) -> int | None:
    """Find the title: printed twice, or above the first mark (date line or byline), or alone of ``alone``.

    One that is shorter than ``least`` stands right above the mark.
    """
    first = min([*marks, *(n for n, line in enumerate(lead) if is_day_line(line))], default=0)
    above = [n for n in range(first) if _like_title(lead[n], least)]
    for n in reversed(above):
        if not _SITE.search(lead[n]) and any(lead[n] in line for line in lead[:n]):
            return n
    near = [n for n in above if first - n <= _NEAR]
    near = [n for n in near if not lead[n].isascii()] or near  # an English title stands below
    if near:
        return max(near, key=lambda n: columns(lead[n]))
    if first and _like_title(lead[first - 1], _SHORTEST):
        return first - 1
    only = [n for n in range(alone) if n not in marks and _like_title(lead[n], least)]
    if len(only) != 1 or is_row("".join(lead[only[0] + 1 : only[0] + 2])):
        return None  # the name of a table stays with it
    at_top = all(map(is_date_line, lead[: only[0]])) and not opens_body(lead[only[0]])
    return only[0] if at_top or least > _SHORTEST else None


def _like_title(line: str, least: int) -> bool:
    text = _bare(line)
    other = _NO_TITLE.match(text) or is_row(text) or is_date_line(text) or is_label(text)
    name = len(text) < _SHORT and (_SITE.search(text) or text.lower() in CHROME_WORDS)
    wordy = len(text.split()) >= 3 or re.search(r"[\u3040-\u30ff\u3400-\u9fff가-힣]", text)
    fits = least <= len(text) <= _LONGEST_TITLE and bool(wordy)
    return fits and not (other or name or agency(text))


def _bare(line: str) -> str:
    return re.sub(r"^#{1,6} ", "", line).strip()


def _same(line: str, title: str) -> bool:
    """Whether two lines say the same but for their marks, blanks, widths and case."""
    if len(line) > 2 * LONGEST_FIELD:
        return False
    one, other = (re.sub(r"\W", "", nfkc(text)).lower() for text in (_bare(line), title))
    return one == other


def agency(line: str) -> str | None:
    """Name the news agency whose dateline a line begins with: ［ワシントン 21日 ロイター］."""
    line = nfkc(line).lstrip()
    if latin := _LATIN_DATELINE.match(line):
        return _AGENCIES.get(latin[1].lower())
    if chinese := _CHINESE_DATELINE.match(line):
        return chinese[1]
    bracketed = _BRACKETED.match(line)
    for word in reversed(re.split(r"[\s=/,、・]+", bracketed[1] if bracketed else "")):
        if word.lower() in _AGENCIES:
            return _AGENCIES[word.lower()]
        if ending := next((name for name in _JOINED if word.endswith(name)), None):
            return _AGENCIES[ending.lower()]
        if word.startswith("中央社"):
            return "中央社"
    return None


def byline(line: str) -> tuple[str, ...]:
    """Read the names from a line that says it names the writer: 文／山田太郎, By Jane Doe."""
    line = nfkc(line).strip()
    if english := _ENGLISH_BYLINE.fullmatch(line):
        parts = [part.removeprefix("By ") for part in _SPLIT.split(english[1])]
        return tuple(part for part in parts if _LATIN_NAME.fullmatch(part))
    if named := _NAME_THEN_ROLE.fullmatch(line):
        return (named[1],)
    japanese = _JAPANESE_BYLINE.fullmatch(line) or _TRAILING_ROLE.fullmatch(line)
    if not japanese:
        return ()
    parts = _SPLIT.split(japanese[1].strip())
    return tuple(parts) if all(map(_NAME.fullmatch, parts)) else ()


def correspondent(line: str) -> tuple[str, ...]:
    """Read the name from the dateline a line begins with: 【ロンドン＝山田太郎】."""
    found = _CORRESPONDENT.match(nfkc(line))
    return (found[1],) if found and not agency(line) else ()


def latin_names(line: str) -> tuple[str, ...]:
    """Read a line made of Latin personal names only; () when it may be anything else.

    Without commas between them, names of two words each are what such a line holds; an odd number
    of words could be parted in more than one way, unless an initial tells.
    """
    line = nfkc(line).strip()
    if {word.strip(".,").lower() for word in line.split()} & _NAVIGATION:
        return ()
    parts = _SPLIT.split(line)
    if len(parts) > 1:
        return tuple(parts) if all(map(_LATIN_NAME.fullmatch, parts)) else ()
    if not _LATIN_WORDS.fullmatch(line):
        return ()
    # An initial belongs to the word before it.
    words = re.sub(r"\s+([A-Z]\.)", "\u00a0\\1", line).split(" ")
    if len(words) % 2 or len(words) > 12:
        return ()
    pairs = zip(words[::2], words[1::2], strict=True)
    return tuple(f"{first} {last}".replace("\u00a0", " ") for first, last in pairs)


def copyright_holder(lines: Sequence[str]) -> str | None:
    """Read who holds the copyright from lines such as ``Copyright © 2025 みどり新聞社``."""
    lines = [nfkc(line) for line in lines]
    at_start = [_COPYRIGHT.match(line) for line in lines]  # a caption has its © at the end
    for found in [*at_start, *map(_COPYRIGHT.search, lines)]:
        if found:
            holder = _HOLDER_END.split(found["holder"])[0].strip(" .,-–—|")
            if re.search(r"[^\W\d_]{2}", holder):
                return holder
    return None
