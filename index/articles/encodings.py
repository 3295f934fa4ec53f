"""From bytes to text. Bytes that are not text in a known encoding are refused, not mangled."""

import codecs
import re
from collections import Counter
from contextlib import suppress

from index.articles.files import Unreadable

# UTF-32's mark begins with UTF-16's, so it stands first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ESCAPE = re.compile(rb"\x1b[$(&]")
# In order of the characters they add; iso2022_jp_ext knows half-width kana.
_ISO_2022_JP = ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004", "iso2022_jp_2")
_JAPANESE = ["cp932", "euc_jp"]
# Others stand among the candidates so that such a text is not taken for Japanese.
_LEGACY = [*_JAPANESE, "gb18030", "big5", "euc_kr", "cp1252"]
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_FORMS = re.compile(r"[\uff01-\uff5e①-⑳㈱㈲№℡]")
_HALF_WORD = re.compile(r"[ｱ-ﾝｦ](?:[ｱ-ﾝｦｰｧ-ｯ]|(?<=[ｳｶ-ﾄﾊ-ﾎ])ﾞ|(?<=[ﾊ-ﾎ])ﾟ)+")
# First bytes of what a language is commonly written with, and the codec that has them in that order. Japanese:
# punctuation, full-width forms, kana, the kanji of JIS level 1; Chinese: level 1; Korean: hangul.
_JIS = ("euc_jp", frozenset((0xA1, 0xA3, 0xA4, 0xA5, *range(0xB0, 0xD0))))
_COMMON = {"cp932": _JIS, "euc_jp": _JIS, "gb18030": ("gb2312", frozenset(range(0xA1, 0xD8))),
           "big5": ("big5", frozenset(range(0xA1, 0xC7))),
           "euc_kr": ("euc_kr", frozenset(range(0xA1, 0xC9)))}  # fmt: skip
_CHARSET = re.compile(
    rb"""(?:<meta[^>]{0,300}?charset|<\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.I
)
# What pages call by one name, browsers read as another (https://encoding.spec.whatwg.org/#names-and-labels).
_READ_AS = {
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("utf-16", "utf-16le"), "utf-8"),
    "iso-8859-1": "cp1252",
    **dict.fromkeys(("punycode", "idna"), "utf-8"),  # of host names: reading n bytes takes n² steps
}
# What NEC added to JIS X 0208 (①, ㈱, 髙), as CP932 has it; Python's EUC-JP and ISO-2022-JP lack it.
_NEC = {
    bytes((0xA0 + row, 0xA0 + cell)): bytes((lead, trail)).decode("cp932", "ignore")
    for row, lead in ((13, 0x87), (89, 0xED), (90, 0xED), (91, 0xEE), (92, 0xEE))
    for cell in range(1, 95)
    for trail in [cell + (0x3F + (cell > 63) if row % 2 else 0x9E)]
}
_BROKEN = 100
_PLAUSIBLE, _LIKELY = 0.8, 0.95  # shares of the characters beyond ASCII: with kana, without
_SHORT = 20
_SAMPLE = 200_000
_BINARY = "テキストではありません。文字として読めないデータが入っています。"
_AMBIGUOUS = "文字コードが決まりません（{} のどれにも読めます）。UTF-8 で保存し直してください。"


def decode(raw: bytes) -> str:
    """Decode UTF-8, UTF-16 (with BOM), Shift_JIS/CP932, EUC-JP or ISO-2022-JP; find out which.

    Raises:
        Unreadable: The bytes are no text, or broken.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _strict(raw.removeprefix(mark), encoding)
    if b"\0" in raw:
        raise Unreadable(_BINARY)
    if _ESCAPE.search(raw):
        texts = (_read(raw, encoding) for encoding in _ISO_2022_JP)
        if text := next(filter(None, texts), None):
            return text
        raise Unreadable(_BINARY)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        lenient = raw.decode("utf-8", "replace")
        wide = sum(char > "\x7f" for char in lenient)
        if lenient.count("\ufffd") * 10 < wide:  # better named than taken for another encoding
            line = raw.count(b"\n", 0, error.start) + 1
            raise Unreadable(
                f"UTF-8 として読めない部分があります（{line} 行目）。保存し直してください。"
            ) from error
    return _legacy(raw)


def decode_page(raw: bytes) -> str:
    """Decode an HTML page as it says, or as ``decode`` does where it says nothing or is not what it says.

    Raises:
        Unreadable: The bytes are no text, or more than one character in a hundred is broken.
    """
    declared = _CHARSET.search(raw[:4096])
    if declared is None or raw.startswith((codecs.BOM_UTF8, b"\xff\xfe", b"\xfe\xff")):
        return decode(raw)
    label = declared[1].decode("ascii", "replace").lower()
    encoding = _READ_AS.get(label, label)
    with suppress(UnicodeError, LookupError):
        return raw.decode(encoding, "nec")
    try:
        return decode(raw)
    except Unreadable:
        text = "\ufffd"
        with suppress(UnicodeError, LookupError):
            text = raw.decode(encoding, "replace")
        if text.count("\ufffd") * _BROKEN > len(text) or "\0" in text:
            raise
        return text


def _nec(error: UnicodeError) -> tuple[str, int]:
    """Read a pair that the codec does not know, where NEC added it."""
    if isinstance(error, UnicodeDecodeError) and error.encoding in {"euc_jp", *_ISO_2022_JP}:
        pair = error.object[error.start : error.start + 2]
        if error.encoding != "euc_jp":
            pair = bytes(byte | 0x80 for byte in pair)
        if char := _NEC.get(pair):
            return char, error.start + 2
    raise error


codecs.register_error("nec", _nec)


def _strict(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding, "nec")
    except UnicodeDecodeError as error:
        reason = f"{encoding} の文字として読めない部分があります（{error.start + 1} バイト目）。"
        raise Unreadable(reason) from error


def _legacy(raw: bytes) -> str:
    """Choose by what the text is written with; where that does not tell, by charset-normalizer.

    charset-normalizer alone mistakes short EUC-JP for CP932 or GB 18030 (one sentence in ten).
    """
    # A line end is never half a character in these encodings.
    sample = raw[: raw.rfind(b"\n", 0, _SAMPLE) + 1 or _SAMPLE] if len(raw) > _SAMPLE else raw
    encoding = _with_kana(sample) or (len(sample) == _SAMPLE and _with_kana(sample[:-1]))
    encoding = encoding or _by_common_characters(sample) or _detected(sample)
    text = _strict(raw, encoding)
    if sum(not char.isprintable() and not char.isspace() for char in text) * 50 > len(text):
        raise Unreadable(_BINARY)
    return text


def _with_kana(raw: bytes) -> str | None:
    """Name the encoding in which the bytes read as Japanese with kana, if there is one."""
    for encoding in _JAPANESE:
        text = _read(raw, encoding)
        if _KANA.search(text) and _plausibility(text, encoding) >= _PLAUSIBLE:
            return encoding
    return None


def _read(raw: bytes, encoding: str) -> str:
    with suppress(UnicodeDecodeError):
        return raw.decode(encoding, "nec")
    return ""


def _plausibility(text: str, encoding: str) -> float:
    """Share of the characters beyond ASCII that the language of an encoding is commonly written with."""
    codec, rows = _COMMON[encoding]
    wide = Counter(char for char in _HALF_WORD.sub("ア", text) if char > "\x7f")
    common = sum(
        count
        for char, count in wide.items()
        if _FORMS.match(char) or not rows.isdisjoint(char.encode(codec, "ignore")[:1])
    )
    return common / wide.total() if wide else 0.0


def _by_common_characters(raw: bytes) -> str | None:
    """Name the encoding, a Japanese one first, in which the bytes read as nothing but common characters.

    Raises:
        Unreadable: That is so in more than one, and there are only few characters to tell by.
    """
    runs = re.findall(rb"[\x80-\xff]+", raw)
    size = sum(map(len, runs))
    if sum(len(run) for run in runs if len(run) > 1) * 2 <= size:
        return None  # a lone byte between ASCII letters is a curly quote (It’s)
    likely = [e for e in _COMMON if _plausibility(_read(raw, e), e) >= _LIKELY]
    ours = [encoding for encoding in likely if encoding in _JAPANESE]
    best = likely if "euc_kr" in likely else ours or likely  # EUC-JP has kanji for all hangul
    if len(best) > 1 and (size < 2 * _SHORT or len(ours) > 1):
        raise Unreadable(_AMBIGUOUS.format("、".join(likely)))
    return best[0] if len(best) == 1 else None


def _detected(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(raw, cp_isolation=_LEGACY, preemptive_behaviour=False).best()
    named = best and best.encoding in _COMMON
    if best is None or (named and _plausibility(str(best), best.encoding) < _PLAUSIBLE / 2):
        raise Unreadable(_BINARY)
    return best.encoding
