"""Dates, times and figures in one form, however they are spelled, in Japanese, English or Chinese.

Two texts are compared so; what is shown stays as it was written. What it does not know: fractions and 割, a single
kanji before a counter (一人 may be a word), a day in kanji without its month (四日市), and an hour of which only the
rest of the sentence tells that it is in the afternoon.
"""

import re
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
KANJI = "〇一二三四五六七八九十百千"
COUNTERS = "[人名歳個件回倍割度台隻校社票本冊席頭匹羽点位]|メートル|キロ|トン|ヘクタール|ポイント"
_ERA, _K, _TEENS = "|".join(ERAS), KANJI[:10], f"[{KANJI[:11]}]{{1,3}}"
_MONTH, _DAY = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?", r"[0-9]{1,2})(?:st|nd|rd|th)?"
_PART = rf"(?:(?:[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,6}}|[0-9]{{1,20}})(?:\.[0-9]{{1,20}})?[十百千]?|[{KANJI}]{{1,20}}(?:・[{_K}]{{1,20}})?)"
_SPELLED = re.compile(
    rf"""
    (?P<era>{_ERA})\s?(?P<counted>元|[0-9]{{1,2}}|{_TEENS})\s?(?:\((?:[0-9]{{4}}|[一二][{_K}]{{3}})\))?年
    | (?P<beside>(?<=[0-9{_K}]年)\((?:{_ERA})[^)]{{1,5}}\)|\((?:{_ERA})[^)]{{1,5}}\)(?=年))
    | (?:\b|(?<![0-9])(?P<the>{_DAY}\s)(?P<month>{_MONTH}),?\s(?:(?P<day>{_DAY},?\s)?(?P<year>[0-9]{{4}})\b
    | (?P<kanji>(?<![{KANJI}数])(?:[一二][{_K}]{{3}}(?=年)|(?:[十一]?[〇一二]|十|[三四五六七八九])(?=月)|(?<=月){_TEENS}(?=日)))
    | (?:(?P<half>午前|午後|上午|下午|(?-i:[AP]M))\s?)?(?<![0-9:.+{_K}十数])(?P<hour>[0-9]{{1,2}}|{_TEENS})
      (?::(?P<minute>[0-5][0-9])(?![0-9:])|(?P<clock>[時点])(?:(?P<past>半)|(?P<minutes>[0-9]{{1,2}}|{_TEENS})分)?(?![間代期])|(?=\s?[ap]\.?m\b))
      (?:\s?(?P<m>[ap])\.?m\b\.?)?
    | 百分之(?P<hundredths>[{_K}十点]{{1,12}}|[0-9.]{{1,12}})
    | (?P<before>[¥$€])?(?<![0-9{KANJI}万億兆数.,・])(?P<number>{_PART}(?:[万億兆]{{1,2}}{_PART}?){{0,4}})(?![.,・]?[0-9{KANJI}万億兆])
      (?:\s?(?P<short>{"|".join(_SHORT)})\b)?
      (?:\s?(?P<unit>{"|".join(sorted(_UNITS, key=len, reverse=True)).replace("$", "[$]").replace(" ", "[ ]")})
       |(?=(?P<counter>{COUNTERS}))|(?<=[万億兆])(?!年)|(?<=[0-9][百千])(?!年)|(?<=[a-z])|(?<=,[0-9]{{3}})(?!年))
    """,
    re.VERBOSE | re.IGNORECASE,
)


def in_one_form(text: str) -> str:
    """Return a text with its dates, times and figures as 2024年11月3日, 15時30分, 52.3% and 120億3000万円."""
    return placed(text)[0]


def placed(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text in one form, and of each of its characters where in the text it comes from."""
    pieces, places, at = [], [], 0
    for match in _SPELLED.finditer(text.translate(_PLAIN)):
        (start, end), form = match.span(), _form(match)
        if form is not None and form != text[start:end]:
            pieces += [text[at:start], form]
            places += [*((n, n + 1) for n in range(at, start)), *[(start, end)] * len(form)]
            at = end
    return "".join([*pieces, text[at:]]), [*places, *((n, n + 1) for n in range(at, len(text)))]


def number(written: str) -> Decimal | None:
    """Read a number in digits, kanji or both: 1億2千万, 三十九, 3.5万; None where it is none.

    千, 万, 億 and 兆 without a number before them are as often the unit of a table, or a word (万歳).
    """
    total = myriad = Decimal(0)
    digits: Decimal | None = None
    for part in re.findall(r"[0-9.]+|.", written.translate(_DIGITS).replace("万億", "兆")):
        if part in _TENS and written != "千":
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


def _form(match: re.Match[str]) -> str | None:
    """The one form of what is spelled; None where it may be something else."""
    if match["counted"]:
        return f"{ERAS[match['era']] + _int(match['counted'].replace('元', '1'))}年"
    if match["month"]:
        day, month = match["the"] or match["day"], match["month"][:3].lower()
        return f"{match['year']}年{_MONTHS.index(month) + 1}月" + (f"{day}日" if day else "")
    if match["kanji"]:
        return str(_int(match["kanji"]))
    if match["beside"]:
        return ""
    return _time(match) if match["hour"] else _figure(match)


def _int(written: str | None) -> int:
    return int(number(written or "0") or 0)


def _time(match: re.Match[str]) -> str | None:
    """The time on a clock of 24 hours; None where it may be another word (一時, 3点)."""
    half, minutes = match["half"] or match["m"] or "", match["minute"] or match["minutes"]
    sure = half or minutes or match["past"]
    hour, minute = _int(match["hour"]), 30 if match["past"] else _int(minutes)
    unsure = match["clock"] == "点" or not match["hour"].isascii()
    if (unsure and not sure) or hour > 24 or minute > 59 or (hour == 12 and half == "午前"):
        return None
    if half and hour <= 12:
        hour = hour % 12 + 12 * (half.lower() in ("午後", "下午", "pm", "p"))
    return f"{hour}時{minute}分" if minute else f"{hour}時"


def _figure(match: re.Match[str]) -> str | None:
    written = match["hundredths"] or match["number"]
    value = number(written)
    if value is None or value >= 10**20 or (match["counter"] and len(written) == 1):
        return None
    unit = _UNITS.get((match["unit"] or match["before"] or "").lower(), "")
    value *= _SHORT.get((match["short"] or "").lower(), 1)
    if match["hundredths"] or unit == "%":
        return f"{value.normalize():f}%"
    form = ""
    for word, power in reversed(_MYRIADS.items()):
        count, value = divmod(value, power)
        form += f"{count:f}{word}" if count else ""
    return form + (f"{value.normalize():f}" if value or not form else "") + unit
