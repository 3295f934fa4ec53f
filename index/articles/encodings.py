"""From bytes to text. Strict: bytes that are not text in a known encoding are refused, not mangled."""

import codecs
import re

from index.articles.settled import Unreadable

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
# Chinese, Korean and Western encodings stand among the candidates so that such a text is not
# taken for Japanese: charset-normalizer chooses well between them when it has the choice.
_LEGACY = ["cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp1252"]
_SAMPLE = 200_000
_BINARY = "テキストではありません。文字として読めないデータが入っています。"


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
        return _iso_2022_jp(raw)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_broken_utf8(raw, error)
    return _legacy(raw)


def _strict(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"{encoding} の文字として読めない部分があります（{error.start + 1} バイト目）。"
        raise Unreadable(reason) from error


def _iso_2022_jp(raw: bytes) -> str:
    for encoding in _ISO_2022_JP:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_BINARY)


def _refuse_broken_utf8(raw: bytes, error: UnicodeDecodeError) -> None:
    """Say where UTF-8 is broken, rather than take the rest of it for another encoding."""
    lenient = raw.decode("utf-8", "replace")
    wide = sum(char > "\x7f" for char in lenient)
    if lenient.count("\ufffd") * 10 < wide:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"UTF-8 として読めない部分があります（{line} 行目）。保存し直してください。"
        )


def _legacy(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    # A line end is never half a character in these encodings.
    sample = raw[: raw.rfind(b"\n", 0, _SAMPLE) + 1] if len(raw) > _SAMPLE else raw
    best = from_bytes(sample or raw, cp_isolation=_LEGACY, preemptive_behaviour=False).best()
    if best is None:
        raise Unreadable(_BINARY)
    text = _strict(raw, best.encoding)
    if sum(not char.isprintable() and not char.isspace() for char in text) * 50 > len(text):
        raise Unreadable(_BINARY)
    return text
