"""The language of a text by its script: a rule, not a model.

Of the letters that are kana, Han or Hangul (at least a third of all letters): mostly Hangul is
Korean, at least one kana in fifty is Japanese, else Chinese. A text in Latin letters is English when
one word in twelve is an English function word; other languages stay unknown.
"""

import re

_KANA = re.compile(r"[ぁ-ゖァ-ヺｦ-ﾝ]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_HANGUL = re.compile(r"[가-힣]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_FUNCTION_WORDS = (
    "the of and to in is that was for with as on by at from it be are this which have not"
)
_SAMPLE = 20_000


def detect_language(text: str) -> str | None:
    """Name the language of a text (ja, en, zh, ko), or None."""
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
