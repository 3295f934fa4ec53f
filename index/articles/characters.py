"""Repair characters and white space, the same for every format.

NFC, never NFKC: ① and ㎡ are what the author wrote. Two repairs go further:
radicals, which PDFs give in place of ideographs, become ideographs, and the ligature ﬁ becomes fi.
"""

import re
import unicodedata

# Radicals that NFKC leaves alone, from Unicode's EquivalentUnifiedIdeograph.txt; those that occur
# in Japanese and simplified Chinese PDFs.
_SUPPLEMENT = dict(
    zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻫⻭⻯⻲⻳",
        "母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟麦黄斉歯竜亀龟",
        strict=True,
    )
)
_RADICALS = str.maketrans(
    {
        radical: unicodedata.normalize("NFKC", _SUPPLEMENT.get(radical, radical))
        for radical in map(chr, [*range(0x2E80, 0x2FE0), *range(0xFB00, 0xFB07)])
    }
)

_BREAK = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_BLANK = re.compile(r"[\t\xa0]")
_MARKED_RUBY = re.compile(r"[｜|]([^｜|《》\n]{1,40})《[ぁ-ゖァ-ヺー・゛゜ \u3000]{1,40}》")
# Katakana after unmarked kanji is as often a title (絵画《ゲルニカ》), so only hiragana is a reading.
_RUBY = re.compile(r"([\u3400-\u9fff々〆ヶ]{1,20})《[ぁ-ゖー]{1,40}》")


def repair(text: str) -> str:
    """Normalise line ends and radicals; drop control, zero-width, bidi characters and surrogates."""
    text = _BLANK.sub(" ", _BREAK.sub("\n", text))
    text = unicodedata.normalize("NFC", text.translate(_RADICALS))
    gone = [ord(char) for char in set(text) if _invisible(char)]
    return text.translate(dict.fromkeys(gone)) if gone else text


def _invisible(char: str) -> bool:
    # Cc control, Cf format (zero width, bidi, soft hyphen), Cs surrogates; Co (gaiji) stays.
    return char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs"}


def tidy(text: str) -> str:
    """Strip each line, keep at most one blank line in a row, and none at the ends."""
    lines = "\n".join(line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def drop_ruby(text: str) -> str:
    """Drop readings as Aozora Bunko writes them: ｜漢字《かんじ》 and 漢字《かんじ》.

    Source: https://www.aozora.gr.jp/annotation/etc.html#ruby
    """
    return _RUBY.sub(r"\1", _MARKED_RUBY.sub(r"\1", text))
