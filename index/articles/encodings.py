"""From bytes to text. Bytes that are not text in a known encoding are refused, not mangled."""

import codecs
import re

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
# What Japanese is written with: kana, punctuation, full-width forms, the kanji of JIS level 1.
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_WRITTEN = re.compile(r"[\u3000-\u301fぁ-ヾ\uff01-\uff5e①-⑳]")
_LEVEL_1 = frozenset(
    bytes([row, cell]).decode("euc_jp", "ignore")
    for row in range(0xB0, 0xD0)
    for cell in range(0xA1, 0xFF)
)
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
# Rows that NEC added to JIS X 0208 (①, ㈱, 髙); Python's codecs for EUC-JP and ISO-2022-JP lack them.
_NEC_ROWS = frozenset((0xAD, 0xF9, 0xFA, 0xFB, 0xFC))
_BROKEN = 100
_PLAUSIBLE = 0.8  # share of the characters beyond ASCII
_SHORT = 20
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
    try:
        return raw.decode(encoding)
    except (UnicodeError, LookupError):
        pass
    try:
        return decode(raw)
    except Unreadable:
        try:
            text = raw.decode(encoding, "replace")
        except (UnicodeError, LookupError):
            text = "\ufffd"
        if text.count("\ufffd") * _BROKEN > len(text) or "\0" in text:
            raise
        return text


def japanese_euc(raw: bytes) -> str:
    """Decode EUC-JP as browsers do, with the characters that NEC added.

    Raises:
        UnicodeDecodeError: It is not EUC-JP.
    """
    return raw.decode("euc_jp", "nec")


def _nec(error: UnicodeError) -> tuple[str, int]:
    """Read a pair that a codec does not know as CP932 has it, where NEC added one there."""
    if isinstance(error, UnicodeDecodeError) and error.encoding.startswith(("euc_jp", "iso2022_jp")):
        shift = 0 if error.encoding == "euc_jp" else 0x80
        pair = [byte + shift for byte in error.object[error.start : error.start + 2]]
        if len(pair) == 2 and pair[0] in _NEC_ROWS and 0xA1 <= pair[1] <= 0xFE:
            row, cell = pair[0] - 0xA0, pair[1] - 0xA0
            lead = (row + 1) // 2 + (0x80 if row <= 62 else 0xC0)
            trail = cell + (0x3F + (cell > 63) if row % 2 else 0x9E)
            if char := bytes((lead, trail)).decode("cp932", "ignore"):
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
    encoding = _japanese(sample) or (len(sample) == _SAMPLE and _japanese(sample[:-1]))
    encoding = encoding or _detected(sample)
    text = _strict(raw, encoding)
    if sum(not char.isprintable() and not char.isspace() for char in text) * 50 > len(text):
        raise Unreadable(_BINARY)
    return text


def _japanese(raw: bytes) -> str | None:
    """Name the encoding in which the bytes read as Japanese with kana, if there is one."""
    readings = {encoding: _read(raw, encoding) for encoding in _JAPANESE}
    best = max(readings, key=lambda encoding: _plausibility(readings[encoding]))
    found = _KANA.search(readings[best]) and _plausibility(readings[best]) >= _PLAUSIBLE
    return best if found else None


def _read(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding, "nec")
    except UnicodeDecodeError:
        return ""


def _plausibility(text: str) -> float:
    """Share of the characters beyond ASCII that Japanese is commonly written with."""
    wide = [char for char in text if char > "\x7f"]
    written = sum(char in _LEVEL_1 or bool(_WRITTEN.match(char)) for char in wide)
    return written / len(wide) if wide else 0.0


def _detected(raw: bytes) -> str:
    """Name the encoding by charset-normalizer, among the Japanese ones where only those are likely.

    Japanese without kana is a few kanji that stand together (a name, an address); a single one
    between ASCII letters is a curly quote (It’s) read wrongly.
    """
    from charset_normalizer import from_bytes

    runs = re.findall(rb"[\x80-\xff][\x40-\xff]*", raw)
    few = 0 < sum(map(len, runs)) < 2 * _SHORT and all(len(run) >= 4 for run in runs)
    candidates = _JAPANESE if few else _LEGACY
    best = from_bytes(raw, cp_isolation=candidates, preemptive_behaviour=False).best()
    if best is None:
        raise Unreadable(_BINARY)
    return best.encoding
