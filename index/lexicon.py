"""Text to search terms: Sudachi's morphemes for words, character bigrams for what it does not know.

Morphemes are cut short (mode A) and normalised, so that 引き離し finds 引離す and 1兆0759億 finds
1075900000000. What it does not know: Chinese is cut as if it were Japanese, and English words are
not stemmed.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator

from sudachipy import Dictionary, Morpheme, MorphemeList, SplitMode, Tokenizer

ANALYSER = "sudachi-a-normalized-2"
"""Names how terms are made; changes when the same text would give other terms."""

_CONTENT = {"名詞", "動詞", "形容詞", "形状詞"}
# Words that ask or hold a sentence together, in normalised form; they name nothing.
_EMPTY = {
    *(
        "幾",
        "幾ら",
        "何",
        "どれ",
        "何れ",
        "誰",
        "事",
        "物",
        "為",
        "時",
        "所",
        "方",
        "訳",
        "よう",
        "さん",
        "氏",
    ),
    *("言う", "為る", "成る", "有る", "居る", "出来る", "行う", "因る", "対する", "於く", "関する"),
}
_PIECE = 8000  # Sudachi refuses more than 49,149 bytes at once; a character takes up to 4
_KATAKANA = re.compile(r"[ァ-ヴー]{2,}")
_JOINS = {"・", "＝", "=", "･"}
_WORD = re.compile(r"[^\W_]+")

_dictionary_lock = threading.Lock()
_dictionary: Dictionary | None = None
_of_thread = threading.local()  # a tokenizer fails when two threads share it


def terms(text: str) -> list[str]:
    """Return the content words of a text in order, normalised, repeats included."""
    return [term for term, _ in words(text)]


def words(text: str) -> Iterator[tuple[str, str]]:
    """Yield the content words of a text in order, each normalised and as written."""
    for start in range(0, len(text), _PIECE):
        for morpheme in morphemes(text[start:]):
            normalized = morpheme.normalized_form()
            if _is_content(morpheme.part_of_speech(), normalized):
                yield normalized.casefold(), morpheme.surface()


def morphemes(text: str) -> MorphemeList:
    """Return the morphemes of a text, or of the first 8,000 characters of a longer one, in mode A."""
    return _tokenizer().tokenize(text[:_PIECE])


def names(text: str) -> set[str]:
    """Return the proper names in a text that the dictionary knows, normalised."""
    return {
        morpheme.normalized_form().casefold()
        for morpheme in morphemes(text)
        if morpheme.part_of_speech()[1] == "固有名詞"
    }


def names_of_kind(text: str, kind: str) -> set[str]:
    """Return the names in a text that may be of a kind (人名, 地名), normalised.

    An unknown word in katakana may be a name of any kind.
    """
    return {part for name in full_names(text, kind) for part in name}


def full_names(text: str, kind: str) -> Iterator[frozenset[str]]:
    """Yield the names in a text that may be of a kind (人名, 地名, 国), each as its normalised parts.

    Parts that follow one another, or are joined by a middle dot, are one name.
    """
    parts: set[str] = set()
    for morpheme in morphemes(text):
        if _may_name(morpheme, kind):
            parts.add(morpheme.normalized_form().casefold())
        elif parts and morpheme.surface() not in _JOINS:
            yield frozenset(parts)
            parts = set()
    if parts:
        yield frozenset(parts)


def _may_name(morpheme: Morpheme, kind: str) -> bool:
    speech = morpheme.part_of_speech()
    unknown = morpheme.is_oov() and _KATAKANA.fullmatch(morpheme.surface())
    return (speech[1] == "固有名詞" and kind in speech[2:4]) or bool(unknown)


def is_counter(unit: str) -> bool:
    """Whether a word counts things: 隻, バレル."""
    found = list(morphemes(f"3{unit}"))
    return len(found) == 2 and found[1].part_of_speech()[2].startswith("助数詞")


def bigrams(text: str) -> list[str]:
    """Return the overlapping character pairs of each word of a text, after NFKC and case folding."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [pair for word in _WORD.findall(folded) for pair in _pairs(word)]


def _pairs(word: str) -> Iterator[str]:
    if len(word) == 1:
        yield word
    for at in range(len(word) - 1):
        yield word[at : at + 2]


def _is_content(part_of_speech: tuple[str, ...], normalized: str) -> bool:
    if normalized in _EMPTY or not _WORD.search(normalized):
        return False
    return part_of_speech[0] in _CONTENT and part_of_speech[1] != "非自立可能"


def _tokenizer() -> Tokenizer:
    tokenizer: Tokenizer | None = getattr(_of_thread, "tokenizer", None)
    if tokenizer is None:
        tokenizer = _of_thread.tokenizer = _open_dictionary().tokenizer(mode=SplitMode.A)
    return tokenizer


def _open_dictionary() -> Dictionary:
    global _dictionary
    with _dictionary_lock:
        if _dictionary is None:
            _dictionary = Dictionary()
        return _dictionary
