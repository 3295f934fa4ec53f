"""Dates: of a masthead, and those that a sentence leaves to be told from the article's day, spelled out.

What it does not know: a form that could be read in two ways (03/04/2025). A day without its month (17日) is
read as the last one of that number before the article, as newspapers write; 先週 as the day seven days before.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from index.text.characters import nfkc
from index.text.normal import in_one_form

_FULL_DATE = re.compile(
    r"(?<![0-9])[0-9]{4}\s?年\s?[0-9]{1,2}\s?月\s?[0-9]{1,2}\s?日"
    r"|(?<![0-9./-])[0-9]{4}([/.-])\s?[0-9]{1,2}\1\s?[0-9]{1,2}(?![0-9])"
)

_LABEL = re.compile(
    r"(公開|配信|掲載|発行|発表|投稿|発信|publish|posted)|更新|修正|改訂|update|modified|revised",
    re.IGNORECASE,
)
# Say nothing of the day before them: 2025年1月22日 · 2時間前更新, 2025年1月22日(最終更新 1/22 16:12).
_AGO = re.compile(
    r"[0-9]+\s?(?:分|時間|日)前に?(?:更新|公開|配信)?|\b[0-9]+ \w+ ago\b"
    r"|(?:最終)?更新:?\s?[0-9]{1,2}[/月][0-9]{1,2}日?(?:\s?[0-9]{1,2}:[0-9]{2})?"
    r"|(?<![0-9年月/.-])(?:(?:[0-9]{1,2}月)?[0-9]{1,2}日|[0-9]{1,2}/[0-9]{1,2})\s?(?:午[前後])?[0-9:時分]*\s?(?:最終|に)?(?:更新|修正|訂正)"
    r"|\((?:午[前後])?[0-9:時分]+\s?更新\)"
)
_YEARLESS = re.compile(
    r"[0-9]{1,2}[/月][0-9]{1,2}日?\s?(?:\([月火水木金土日]\))?\s?[0-9]{1,2}(?::|時)[0-9]{2}分?\s?(?:配信|公開|更新)?"
)
_TIME = re.compile(r"[0-9]{1,2}(?::|時)[0-9]{2}")
# What may stand beside the date on its line: time, weekday, label, punctuation.
_BESIDE = re.compile(
    r"""
    [0-9]{1,2}(?::|時)[0-9]{1,2}(?::[0-9]{2}|分)?|[0-9]{1,2}時|(?:午前|午後)|\b[ap]\.?m\b\.?|\b(?:JST|GMT|UTC|ET)\b(?:[+-][0-9]{1,2})?
    |T(?=[0-9])|\(?[月火水木金土日](?:曜日?)?\)|[月火水木金土日]曜日?|星期.|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b
    |最終|最新|初回|記事|日時?|(?:更新|修正|改訂|公開|配信|掲載|発行|発表|投稿|発信)(?:日時?)?
    |\b(?:last|first|updated?|modified|revised|published|posted|on|at)\b
    |[\s()\[\]:/|,.・·;+—–-]
    """,
    re.VERBOSE | re.IGNORECASE,
)

_WORDS = {"一昨年": ("年", -2), "昨年": ("年", -1), "去年": ("年", -1), "今年": ("年", 0),
          "本年": ("年", 0), "来年": ("年", 1),
          "先々月": ("月", -2), "先月": ("月", -1), "今月": ("月", 0), "来月": ("月", 1),
          "一昨日": ("日", -2), "昨日": ("日", -1), "本日": ("日", 0),
          "先々週": ("日", -14), "先週": ("日", -7), "今週": ("日", 0), "来週": ("日", 7)}  # fmt: skip
_UNNUMBERED = re.compile(
    rf"(?P<word>{'|'.join(_WORDS)})"
    r"|(?<![0-9月.,第〜~・-])(?P<day>3[01]|[12][0-9]|[1-9])日(?![間目後前]|ぶり|連続|以[内上降]|余り|ほど|ごと|おき|あたり)"
    r"|(?<![0-9.,年第〜~–-])(?<!年から)(?P<short>[0-9]{2})年(?=[0-9]{1,2}月|[にはのまか、]|度)(?!間|前|後)"
)


def published_on(line: str, label: str = "") -> tuple[date, bool] | None:
    """Read the day of publication from a line that is a date and little else.

    Args:
        line: One line of a masthead.
        label: The line before, where that is a label such as 公開日.

    Returns:
        The day, and whether a label says that it is the day of publication; None when the line
        has no date or only that of an update.
    """
    line = in_one_form(_AGO.sub(" ", nfkc(f"{label} {line}")))
    rest = _FULL_DATE.sub("\0", line)
    words = _BESIDE.sub("", rest.replace("\0", ""))
    # 2025年1月22日の株価 is a headline: what stands beside the date must stand apart from it.
    apart = _TIME.search(rest) or not re.search(r"\0\w|\w\0", _LABEL.sub(" ", rest))
    if words and (len(words) > 24 or not apart):
        return None
    dated = [(day, bool(said)) for day, said in _dated(line) if said is not False]
    return max(dated, key=lambda found: found[1], default=None)


def is_date_line(line: str) -> bool:
    """Whether a line is a date (or two) with nothing beside it but time, weekday and labels."""
    rest, dates = _FULL_DATE.subn(" ", in_one_form(_AGO.sub(" ", nfkc(line))))
    return dates > 0 and not _BESIDE.sub("", rest)


def is_day_line(line: str) -> bool:
    """Whether a line is a day without its year, with weekday or time: 1/22(水) 16:40配信."""
    return bool(_YEARLESS.fullmatch(nfkc(line).strip()))


def is_label(line: str) -> bool:
    """Whether a line only names the date that follows (公開日, 最終更新)."""
    line = nfkc(line)
    return bool(_LABEL.search(line)) and not _BESIDE.sub("", line)


def find_day(text: str) -> date | None:
    """Find the first date in a text."""
    return next((day for day, _ in _dated(in_one_form(nfkc(text)))), None)


def _dated(line: str) -> Iterator[tuple[date, bool | None]]:
    """Yield each date, and whether its label says that it is that of publication; None without one.

    Labels stand all before or all after their dates.
    """
    found = list(_FULL_DATE.finditer(line))
    edges = [0, *(match.end() for match in found)]
    starts = [*(match.start() for match in found), len(line)]
    pieces = [line[end:start] for end, start in zip(edges, starts, strict=True)]
    # 2025年3月4日 (更新 2025年3月5日): a bracket opened before a label is of the date that follows.
    opened = any(
        _LABEL.search(piece.rpartition(")")[2].partition("(")[2]) for piece in pieces[1:-1]
    )
    beside = pieces[:-1] if opened or _LABEL.search(pieces[0]) else pieces[1:]
    for match, piece in zip(found, beside, strict=True):
        year, month, day = map(int, re.findall("[0-9]+", match[0]))
        labels = [label[1] is not None for label in _LABEL.finditer(piece)]
        try:
            if 1850 <= year <= 2150:
                yield date(year, month, day), any(labels) if labels else None
        except ValueError:  # 2025年2月30日
            continue


def spell_out(text: str, published: date | None) -> str:
    """Return the years and months a text speaks of without their number, such as ``2024年 12月``.

    They are told from the day of the article; without it, nothing is.
    """
    found = _UNNUMBERED.finditer(in_one_form(nfkc(text)))
    return " ".join(dict.fromkeys(word for match in found for word in _spelled(match, published)))


def in_full(text: str, published: date | None) -> str:
    """Return the text in one form, with those dates written out: 昨年11月 as 2024年11月, 17日 as 2025年1月17日."""

    def full(match: re.Match[str]) -> str:
        written = "".join(_spelled(match, published))
        return written + match[0] if match["day"] else written or match[0]

    return _UNNUMBERED.sub(full, in_one_form(nfkc(text)))


def _spelled(match: re.Match[str], published: date | None) -> tuple[str, ...]:
    """The year, or the year and month, that a match means; () where the article has no day."""
    if not published:
        return ()
    unit, count = _WORDS.get(match["word"], ("日", 0))
    if match["short"]:  # the year of that ending that is nearest to the article's
        unit, count = "年", (int(match["short"]) - published.year + 50) % 100 - 50
    if unit == "年":
        return (f"{published.year + count}年",)
    months = published.year * 12 + published.month - 1 + count
    meant = (
        published + timedelta(days=count)
        if unit == "日"
        else date(months // 12, months % 12 + 1, 1)
    )
    while match["day"] and int(match["day"]) > meant.day:
        meant = meant.replace(day=1) - timedelta(days=1)  # a month's last day is its longest reach
    return f"{meant.year}年", f"{meant.month}月"
