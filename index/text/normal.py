"""Dates, times and figures in one form, however they are spelled, in Japanese, English or Chinese.

令和六年十一月三日 and November 3, 2024 are 2024年11月3日; 午後三時半, 3:30 p.m. and 15:30 are 15時30分; 五二・三パーセント is
52.3%; 一二〇億三千万円, 120.3億円 and 12.03 billion yen are 120億3000万円. Two texts are compared so; what is shown
is as it was written.

What it does not know: fractions and 割, a single kanji before a counter (一人 may be a word), a day in kanji
without its month (四日市), and an hour of which only the rest of the sentence tells that it is in the afternoon.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
"""The year before the first of each era."""

# One character for one, so that places stay.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans(
    "　亿萬○零￥", " 億万〇〇¥"
)
_DIGITS = str.maketrans("〇一二三四五六七八九・点", "0123456789..", ",")
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12}
_SHORT = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "bn": 10**9, "trillion": 10**12}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_UNITS = {
    "%": "%", "パーセント": "%", "percent": "%", "per cent": "%", "円": "円", "yen": "円", "日元": "円", "日圆": "円", "¥": "円",
    "ドル": "ドル", "dollars": "ドル", "美元": "ドル", "$": "ドル", "ユーロ": "ユーロ", "euros": "ユーロ", "欧元": "ユーロ", "€": "ユーロ",
}  # fmt: skip

_ERA = "|".join(ERAS)
_KANJI = "〇一二三四五六七八九"
_TEENS = f"[{_KANJI}十]{{1,3}}"
_YEAR = f"(?:[0-9]{{4}}|[一二][{_KANJI}]{{3}})"
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = r"([0-9]{1,2})(?:st|nd|rd|th)?"
_DIGIT_PART = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,6}|[0-9]{1,20})(?:\.[0-9]{1,20})?[十百千]?"
_PART = rf"(?:{_DIGIT_PART}|[{_KANJI}十百千]{{1,20}}(?:・[{_KANJI}]{{1,20}})?)"
_COUNTERS = "[人名歳個件回倍割度台隻校社票本冊席頭匹羽点位]|メートル|キロ|トン|ヘクタール|ポイント"

_OF_ERA = re.compile(  # 令和7年, 令和七(2025)年
    rf"({_ERA})\s?(元|[0-9]{{1,2}}|{_TEENS})\s?(?:\({_YEAR}\))?年"
)
_BESIDE = re.compile(  # the era of 2025年(令和7年) and 2025(令和7)年
    rf"(?<=[0-9{_KANJI}]年)\((?:{_ERA})[^)]{{1,5}}\)|(?<=[0-9{_KANJI}])\((?:{_ERA})[^)]{{1,5}}\)(?=年)"
)
_ENGLISH = re.compile(
    rf"\b{_MONTH}\s(?:{_DAY},?\s)?([0-9]{{4}})\b|(?<![0-9]){_DAY}\s{_MONTH},?\s([0-9]{{4}})\b",
    re.IGNORECASE,
)
_IN_KANJI = re.compile(
    rf"(?<![{_KANJI}十百千数])(?:[一二][{_KANJI}]{{3}}(?=年)|(?:[十一]?[〇一二]|十|[三四五六七八九])(?=月)|(?<=月){_TEENS}(?=日))"
)
_TIME = re.compile(
    rf"""
    (?:(?P<half>午前|午後|上午|下午|(?-i:[AP]M))\s?)?(?<![0-9:.+{_KANJI}十数])(?P<hour>[0-9]{{1,2}}|{_TEENS})
    (?: :(?P<minute>[0-5][0-9])(?![0-9:])
      | 時(?:(?P<past>半)|(?P<minutes>[0-9]{{1,2}}|{_TEENS})分)?(?![間代期])
      | 点(?:(?P<past_zh>半)|(?P<minutes_zh>[0-9]{{1,2}}|{_TEENS})分?|(?<=午..)|(?<=午...))
      | (?=\s?[ap]\.?m\b) )
    (?:\s?(?P<m>[ap])\.?m\b\.?)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FIGURE = re.compile(
    rf"""
    百分之(?P<share>[{_KANJI}十点]{{1,12}}|[0-9.]{{1,12}})
    | (?P<before>[¥$€])?(?<![0-9{_KANJI}十百千万億兆数.,・])(?P<number>{_PART}(?:[万億兆]{{1,2}}{_PART}?){{0,4}})(?![.,・]?[0-9{_KANJI}十百千万億兆])
      (?:\s?(?P<short>{"|".join(_SHORT)})\b)?
      (?: \s?(?P<unit>{"|".join(sorted(_UNITS, key=len, reverse=True)).replace("$", "[$]").replace(" ", "[ ]")})
        | (?=(?P<counter>{_COUNTERS})) | (?<=[万億兆])(?!年) | (?<=[0-9][百千])(?!年) | (?<=[a-z]) | (?<=,[0-9]{{3}})(?!年) )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def in_one_form(text: str) -> str:
    """Return a text with its dates, times and figures in one form."""
    return placed(text)[0]


def placed(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text in one form, and of each of its characters where in the text it comes from."""
    pieces, places, at = [], [], 0
    for start, end, form in [*_spelled(text), (len(text), len(text), "")]:
        pieces += [text[at:start], form]
        places += [(n, n + 1) for n in range(at, start)] + [(start, end)] * len(form)
        at = end
    return "".join(pieces), places


def number(written: str) -> float | None:
    """Read a number in digits, kanji or both: 1億2千万, 三十九, 3.5万; None where it is none.

    千, 万, 億 and 兆 without a number before them are as often the unit of a table, or a word (万歳).
    """
    value = _exact(written)
    return None if value is None else float(value)


def _exact(written: str) -> Decimal | None:
    if written == "千":
        return None
    total = myriad = Decimal(0)
    digits: Decimal | None = None
    for part in re.findall(r"[0-9.]+|.", written.translate(_DIGITS).replace("万億", "兆")):
        if part in _TENS:
            myriad += (1 if digits is None else digits) * _TENS[part]
            digits = None
        elif part in _MYRIADS and (myriad or digits is not None):
            total += (myriad + (digits or 0)) * _MYRIADS[part]
            myriad, digits = Decimal(0), None
        elif re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", part):
            digits = Decimal(part)
        else:
            return None
    return total + myriad + (digits or 0)


def _spelled(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where dates, times and figures stand in another form than the one, and the one."""
    plain, end = text.translate(_PLAIN), 0
    found = ((match, form) for rule, form in _RULES for match in rule.finditer(plain))
    for match, form in sorted(found, key=lambda one: (one[0].start(), -one[0].end())):
        written = form(match) if match.start() >= end else None
        if written is not None and match.end() > match.start():
            end = match.end()
            if written != text[match.start() : end]:
                yield match.start(), end, written


def _of_era(match: re.Match[str]) -> str | None:
    counted = number(match[2].replace("元", "1"))
    return f"{ERAS[match[1]] + int(counted)}年" if counted else None


def _english(match: re.Match[str]) -> str:
    name, day, year = match.groups()[:3] if match[1] else (match[5], match[4], match[6])
    return f"{year}年{_MONTHS.index(name.lower()) + 1}月" + (f"{day}日" if day else "")


def _in_digits(match: re.Match[str]) -> str:
    return str(int(number(match[0]) or 0))


def _time(match: re.Match[str]) -> str | None:
    """The time on a clock of 24 hours; None where the hour may be another word (一時)."""
    half = (match["half"] or match["m"] or "").lower()
    minutes = match["minute"] or match["minutes"] or match["minutes_zh"]
    past = match["past"] or match["past_zh"]
    if not (half or minutes or past or match["hour"].isascii()):
        return None
    hour, minute = int(number(match["hour"]) or 0), 30 if past else int(number(minutes or "0") or 0)
    late = half[-1:] in ("後", "p") or half in ("下午", "pm")
    if hour > 24 or minute > 59 or (hour == 12 and half == "午前"):
        return None
    hour = hour % 12 + 12 * late if half and hour <= 12 else hour
    return f"{hour}時{minute}分" if minute else f"{hour}時"


def _figure(match: re.Match[str]) -> str | None:
    written, counter = match["share"] or match["number"], match["counter"]
    value = _exact(written)
    if value is None or (counter and len(written) == 1):
        return None
    unit = "%" if match["share"] else _UNITS.get(match["unit"] or match["before"] or "", "")
    value *= _SHORT.get((match["short"] or "").lower(), 1)
    return f"{value.normalize():f}%" if unit == "%" else in_myriads(value) + unit


def in_myriads(value: Decimal) -> str:
    """Write a number as Japanese reads it aloud: 120億3000万."""
    written = ""
    for word, power in reversed(_MYRIADS.items()):
        count, value = divmod(value, power)
        written += f"{count:f}{word}" if count else ""
    return written + (f"{value.normalize():f}" if value or not written else "")


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (_OF_ERA, _of_era), (_BESIDE, lambda _: ""), (_ENGLISH, _english), (_IN_KANJI, _in_digits),
    (_TIME, _time), (_FIGURE, _figure),
)  # fmt: skip
