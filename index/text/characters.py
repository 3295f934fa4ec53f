"""Characters repaired, folded for comparison, and told apart by script.

What is stored is in NFC, never NFKC: ① and ㎡ are what the author wrote. Two repairs go further:
radicals, which PDFs give in place of ideographs, become ideographs, and the ligature ﬁ becomes fi.
"""

import re
import unicodedata
from collections import Counter

# Radicals that NFKC leaves alone, from Unicode's EquivalentUnifiedIdeograph.txt; those that occur
# in Japanese and simplified Chinese PDFs.
_SUPPLEMENT = dict(
    zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻫⻭⻯⻲⻳",
        "母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟麦黄斉歯竜亀龟",
        strict=True,
    )
)


def nfkc(text: str) -> str:
    """Return the text in NFKC, as it is compared: full-width forms narrow, half-width kana wide."""
    return unicodedata.normalize("NFKC", text)


_RADICALS = str.maketrans(
    {
        radical: nfkc(_SUPPLEMENT.get(radical, radical))
        for radical in map(chr, [*range(0x2E80, 0x2FE0), *range(0xFB00, 0xFB07)])
    }
)
_REPLACED = frozenset(map(chr, _RADICALS))
_SETS = ("cp932", "gb2312", "big5", "euc_kr")  # each holds what a language is written in
UNKNOWN = "\ufffd"
"""Stands for a character that a file does not name."""
_BREAK = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_BLANK = re.compile(r"[\t\xa0]")
# Marks that combine with the character before them: to order n of them takes n² steps. No writing piles
# up more than 30 (https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format).
_PILE = 30
_MARKED_RUBY = re.compile(r"[｜|]([^｜|《》\n]{1,40})《[ぁ-ゖァ-ヺー・゛゜ \u3000]{1,40}》")
# Katakana after unmarked kanji is as often a title (絵画《ゲルニカ》), so only hiragana is a reading.
_RUBY = re.compile(r"([\u3400-\u9fff々〆ヶ]{1,20})《[ぁ-ゖー]{1,40}》")

_KANA = re.compile(r"[ぁ-ゖァ-ヺｦ-ﾝ]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_HANGUL = re.compile(r"[가-힣]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[^\W\d_]+")
_FUNCTION_WORDS = (
    "the of and to in is that was for with as on by at from it be are this which have not"
)
_SAMPLE = 20_000


def repair(text: str) -> str:
    """Normalise line ends and radicals; drop control, zero-width, bidi characters and surrogates."""
    text = _BLANK.sub(" ", _BREAK.sub("\n", text))
    there = set(text)
    if not there.isdisjoint(_REPLACED):
        text = text.translate(_RADICALS)
    if marks := "".join(filter(unicodedata.combining, there)):
        text = re.sub(f"([{marks}]{{{_PILE}}})[{marks}]+", r"\1", text)
    text = unicodedata.normalize("NFC", text)
    # Cc control, Cf format (zero width, bidi, soft hyphen), Cs surrogates; Co (gaiji) stays.
    gone = [c for c in set(text) - {"\n"} if unicodedata.category(c) in {"Cc", "Cf", "Cs"}]
    return text.translate(dict.fromkeys(map(ord, gone))) if gone else text


def drop_ruby(text: str) -> str:
    """Drop readings as Aozora Bunko writes them: ｜漢字《かんじ》 and 漢字《かんじ》.

    Source: https://www.aozora.gr.jp/annotation/etc.html#ruby
    """
    return _RUBY.sub(r"\1", _MARKED_RUBY.sub(r"\1", text))


def detect_language(text: str) -> str | None:
    """Name the language of an article (ja, en, zh, ko) by its script, or None.

    Of the letters that are kana, Han or Hangul (at least a third of all letters): mostly Hangul is
    Korean, at least one kana in fifty is Japanese, else Chinese. A text in Latin letters is English
    when one word in twelve is an English function word; other languages stay unknown.
    """
    sample = text[:_SAMPLE]
    kana, han, hangul, latin = (
        len(script.findall(sample)) for script in (_KANA, _HAN, _HANGUL, _LATIN)
    )
    east = kana + han + hangul
    if not east + latin:
        return None
    # An ideograph says as much as several letters: a third is plenty.
    if east * 3 >= east + latin:
        if hangul * 2 > east:
            return "ko"
        return "ja" if kana * 50 >= east else "zh"
    function = frozenset(_FUNCTION_WORDS.split())
    words = [word.lower() for word in _WORD.findall(sample)]
    return "en" if sum(word in function for word in words) * 12 >= len(words) else None


# What cannot be seen, made visible: it must not work on what stands beside it.

BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Controls that turn the direction of what follows.

Source: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
"""

CONTROLS = (
    {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"}
    | {0x7F: "\u2421"}
    | dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000)), "\ufffd")
)
"""A picture for each control and each half of a surrogate pair, one character for one."""

_VISIBLE = CONTROLS | {ord(control): f"‹U+{ord(control):04X}›" for control in BIDI}


def legible(text: str) -> str:
    """Return the text with every control in it visible, so that none works on what stands beside it."""
    return text.replace("\r\n", "\n").translate(_VISIBLE)


def one_line(text: str) -> str:
    """Return the text legible and in one line; an ideographic space stays one."""
    return legible(re.sub(r"[^\S\u3000]+", " ", text).strip())


def is_garbled(text: str) -> bool:
    """Whether characters make no writing: unknown, private, signs without words, or of no language's set."""
    text = re.sub(r"([^\w\s])\1+|\s", r"\1", text)
    kinds = Counter(map(unicodedata.category, text))
    odd = kinds["Cn"] + kinds["Co"] + text.count(UNKNOWN)
    signs = sum(count for kind, count in kinds.items() if kind[0] in "SP")
    east = "".join(re.findall(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]", text))
    held = max(len(east.encode(name, "ignore").decode(name)) for name in _SETS)
    latin = re.findall(r"[a-z\u00c0-\u024f]", text.lower())
    accented = sum(char > "z" for char in latin)
    vowels = accented + sum(char in "aeiouy" for char in latin)
    no_words = len(latin) > 200 and (vowels < 0.22 * len(latin) or accented > 0.5 * len(latin))
    much = odd * 10 > len(text) or signs * 2 > len(text) > 20 or held < 0.9 * len(east)
    return much or no_words
