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

from index.articles.cleaning import CleanPage
from index.articles.draft import Draft
from index.articles.names import agency, byline, copyright_holder, correspondent, latin_names
from index.text.characters import nfkc
from index.text.dates import is_date_line, is_day_line, is_label, published_on
from index.text.lines import columns, tidy

# How far into the body a dateline is looked for, and how many lines stand before a first sentence.
_LEAD = 12
_LONGEST_DATE_LINE = 80
# A name, a department or a label may stand between the title and the date.
_NEAR = 4
_NAME_AND_ROLE = re.compile(r"[一-龥ぁ-んァ-ヶ]{1,4}[ \u3000][一-龥ぁ-んァ-ヶ]{1,4}[：:]")
_TITLE_LENGTH = range(8, 151)
_SITE = re.compile(
    r"(?:新聞|ニュース|通信|放送|テレビ|オンライン|デジタル|電子版|日本版|マガジン"
    r"|News|Online|Times|Journal|Post|Magazine|Web|\.com|\.jp)$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[。．！？!?][」』）)]?$|[a-z]{3}[.]$")


def fill(draft: Draft, page: CleanPage) -> Draft:
    """Fill the draft's gaps from the head of its text, and make the body its text."""
    lead, head = _lead(page)
    dated = {n: day for n in range(len(lead)) if (day := _published(lead, n))}
    days = sorted(dated.values(), key=lambda day: not day[1])  # those that a label names first
    signed = _signatures(lead, dated)
    title_at = _title_line(lead, head, [*dated, *signed])
    recognised = {n for n in (*dated, *signed) if n in signed or is_date_line(lead[n])}
    if title_at is not None and draft.title is None:
        recognised.add(title_at)
    found = replace(
        draft,
        title=draft.title or (_bare(lead[title_at]) if title_at is not None else None),
        published=draft.published or next((day for day, _ in days), None),
        authors=draft.authors
        or tuple(dict.fromkeys(n for names in signed.values() for n in names))
        or correspondent(page.body),
        publisher=draft.publisher
        or next((name for line in lead[::-1] if (name := agency(line))), None)
        or copyright_holder(page.tail),
    )
    lines = page.body.split("\n")
    for n in sorted(recognised):
        if n >= head:  # recognised lines leave the body, each once
            lines.pop(next(i for i, line in enumerate(lines) if line.strip() == lead[n]))
    return _entitled(replace(found, text=tidy("\n".join(lines))))


def _entitled(draft: Draft) -> Draft:
    """Take the title from a first heading, cut the site's name, drop the title's line from the text."""
    first, _, rest = draft.text.partition("\n")
    if draft.title is None and first.startswith("# "):
        draft = replace(draft, title=_bare(first), text=tidy(rest))
    if draft.title is None:
        return draft
    title = cut_site(draft.title, draft.publisher)
    lines = draft.text.split("\n")
    for number, line in enumerate(lines[:_LEAD]):
        if _same(line, title) or _same(line, draft.title):
            return replace(
                draft, title=title, text=tidy("\n".join(lines[:number] + lines[number + 1 :]))
            )
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


def _lead(page: CleanPage) -> tuple[tuple[str, ...], int]:
    """The lines that may hold the masthead: those of the head, how many, and the first of the body."""
    head = tuple(line.strip() for line in page.head if line.strip())
    body = [line.strip() for line in page.body.split("\n", 3 * _LEAD)[: 3 * _LEAD] if line.strip()]
    end = next((n + 1 for n, line in enumerate(body[:_LEAD]) if agency(line)), None)
    if end is None:
        prose = (n for n, line in enumerate(body[:_LEAD]) if _SENTENCE_END.search(line))
        end = next(prose, 0 if len(body) > _LEAD else len(body))
    return head + tuple(body[:end]), len(head)


def _published(lines: Sequence[str], n: int) -> tuple[date, bool] | None:
    if len(lines[n]) > _LONGEST_DATE_LINE or _SENTENCE_END.search(lines[n]):
        return None
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


def _title_line(lead: Sequence[str], head: int, marks: Collection[int]) -> int | None:
    """Find the title: printed twice, or just before the first date line or byline, or alone."""
    first = min([*marks, *(n for n, line in enumerate(lead) if is_day_line(line))], default=0)
    above = [n for n in range(first) if _like_title(lead[n])]
    for n in reversed(above):
        if not _SITE.search(lead[n]) and any(lead[n] in line for line in lead[:n]):
            return n
    near = [n for n in above if first - n <= _NEAR]
    near = [n for n in near if not lead[n].isascii()] or near  # an English title stands below
    if near:
        return max(near, key=lambda n: columns(lead[n]))
    alone = [n for n in range(head) if n not in marks and _like_title(lead[n])]
    return alone[0] if len(alone) == 1 else None


def _like_title(line: str) -> bool:
    text = _bare(line)
    if (
        _NAME_AND_ROLE.match(text)
        or is_date_line(text)
        or is_label(text)
        or agency(text)
        or "://" in text
        or " > " in text
    ):
        return False
    wordy = len(text.split()) >= 3 or bool(re.search(r"[\u3040-\u30ff\u3400-\u9fff가-힣]", text))
    return len(text) in _TITLE_LENGTH and wordy and not re.search(r"©|copyright|。$", text, re.I)


def _bare(line: str) -> str:
    return re.sub(r"^#{1,6} ", "", line).strip()


def _same(line: str, title: str) -> bool:
    """Whether two lines say the same but for their marks, blanks, widths and case."""
    one, other = (re.sub(r"\W", "", nfkc(text)).lower() for text in (_bare(line), title))
    return one == other
