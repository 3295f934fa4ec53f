"""Text to search terms: Sudachi's morphemes for words, character bigrams for what it does not know.

Morphemes are cut short (mode A) and normalised, so that 引き離し finds 引離す and 1兆0759億 finds
1075900000000; words that the dictionary lists as synonyms are one term, so that 米国 finds アメリカ.
What it does not know: Chinese is cut as if it were Japanese, English words are not stemmed, and a
word of several meanings has no synonyms.
"""

import re
import threading
from collections.abc import Iterator
from functools import cache
from operator import add

from sudachipy import Dictionary, Morpheme, MorphemeList, SplitMode, Tokenizer

from index.questions.tables import table
from index.text.characters import nfkc
from index.text.normal import in_one_form

ANALYSER = "sudachi-a-synonyms-4"
"""Names how terms are made; changes when the same text would give other terms."""

_CONTENT = {"名詞", "動詞", "形容詞", "形状詞"}
# Words that ask or hold a sentence together, in normalised form; they name nothing.
_EMPTY = {
    "幾", "幾ら", "何", "どれ", "何れ", "誰", "事", "物", "為", "時", "所", "方", "訳", "よう", "さん", "氏",
    "言う", "為る", "成る", "有る", "居る", "出来る", "行う", "因る", "対する", "於く", "関する",
}  # fmt: skip
_NOMINAL, _UNITS = {"名詞", "接頭辞", "接尾辞", "補助記号"}, {"助数詞可能", "副詞可能"}
_PIECE = 8000  # Sudachi refuses more than 49,149 bytes at once; a character takes up to 4
_NOTE = re.compile(
    r"(?P<run>[A-Za-zÀ-ɏ.'’-]+(?: [A-Za-zÀ-ɏ.'’-]+)*|[㐀-鿿々]+) ?[(（](?P<name>[^()（）A-Za-z]+)[)）]"
)
_KATAKANA = re.compile(r"[ァ-ヴー]{2,}")
_WORD = re.compile(r"[^\W_]+")

_lock = threading.Lock()
_of_thread = threading.local()  # a tokenizer fails when two threads share it


def terms(text: str) -> list[str]:
    """Return the content words of a text in order, as terms, repeats included."""
    return [term for term, _ in words(text)]


def words(text: str) -> Iterator[tuple[str, str]]:
    """Yield the content words of a text in order, each as a term and as written, figures in one form."""
    text = in_one_form(text)
    for start in range(0, len(text), _PIECE):
        for morpheme in morphemes(text[start : start + _PIECE]):
            if _is_content(morpheme):
                yield _term(morpheme), morpheme.surface()


def morphemes(text: str) -> MorphemeList:
    """Return the morphemes of a text, or of the first 8,000 characters of a longer one, in mode A."""
    return _tokenizer().tokenize(text[:_PIECE])


def names(text: str) -> set[str]:
    """Return the proper names in a text that the dictionary knows, as terms."""
    return {_term(part) for part in morphemes(text) if part.part_of_speech()[1] == "固有名詞"}


def names_of_kind(text: str, kind: str) -> set[str]:
    """Return the names in a text that may be of a kind (人名, 地名), as terms.

    An unknown word in katakana may be a name of any kind.
    """
    return {_term(part) for part in morphemes(text) if _may_name(part, kind)}


def nouns(text: str) -> list[tuple[str, str, str]]:
    """Return the nouns of a text, each as a term, as written, and of a name its kind (地名), else ""."""
    found = []
    for morpheme in morphemes(text):
        speech = morpheme.part_of_speech()
        if speech[0] == "名詞" and _is_content(morpheme) and speech[1] != "数詞":
            kind = speech[2] if speech[1] == "固有名詞" else ""
            found.append((_term(morpheme), morpheme.surface(), kind))
    return found


def synonyms(text: str) -> set[int]:
    """Return the groups of synonyms in which the words of a text stand, cut long: 国際連合 with 国連."""
    found = _tokenizer().tokenize(text[:_PIECE], SplitMode.C)
    return {group for morpheme in found for group in morpheme.synonym_group_ids()}


def readings(word: str) -> set[str]:
    """Return how a word is read, in katakana and in hiragana."""
    katakana = "".join(morpheme.reading_form() for morpheme in morphemes(word))
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in katakana)
    return {katakana, hiragana} - {""}


def is_counter(unit: str) -> bool:
    """Whether a word counts things: 隻, バレル."""
    found = list(morphemes(f"3{unit}"))
    return len(found) == 2 and found[1].part_of_speech()[2].startswith("助数詞")


def bigrams(text: str) -> list[str]:
    """Return the overlapping character pairs of each word of a text, after NFKC and case folding."""
    folded = nfkc(in_one_form(text)).casefold()
    return [
        pair
        for word in _WORD.findall(folded)
        for pair in (map(add, word, word[1:]) if len(word) > 1 else [word])
    ]


def in_their_words(question: str) -> str:
    """Return a question as understood with the names of the articles in place of what they stand for."""
    while note := _NOTE.search(question):
        run = note["run"]
        starts = [m.start() for m in re.finditer(r"(?<![A-Za-zÀ-ɏ])(?=\S)", run)]
        places = (at for at in starts if run[at:].title() in table()[0])
        names = (at for at in starts if all(w[0].isupper() for w in run[at:].split()))
        first = next(places, next(names, starts[-1] if run.count(" ") > 1 else 0))
        question = question[: note.start() + first] + note["name"] + question[note.end() :]
    return question


def is_noun(text: str) -> bool:
    """Whether a text is nouns alone, not pronouns, numbers or days, joined by nothing but middle dots."""
    speech = [morpheme.part_of_speech() for morpheme in morphemes(text)]
    named = any(one[0] == "名詞" and one[1] != "数詞" and one[2] not in _UNITS for one in speech)
    return named and all(one[0] in _NOMINAL for one in speech)


def _may_name(morpheme: Morpheme, kind: str) -> bool:
    speech = morpheme.part_of_speech()
    unknown = morpheme.is_oov() and _KATAKANA.fullmatch(morpheme.surface())
    return (speech[1] == "固有名詞" and kind in speech[2:4]) or bool(unknown)


def _is_content(morpheme: Morpheme) -> bool:
    speech = morpheme.part_of_speech()  # of all that is asked the quickest to tell
    if speech[0] not in _CONTENT or speech[1] == "非自立可能":
        return False
    normalized = morpheme.normalized_form()
    return normalized not in _EMPTY and bool(_WORD.search(normalized))


def _term(morpheme: Morpheme) -> str:
    """The normalised form, or what stands for it and its synonyms.

    Numbers are only themselves, and so are words in Latin letters: of those ``spellings`` tells the
    user what it takes them for.
    """
    groups = morpheme.synonym_group_ids()
    if len(groups) == 1 and not (
        morpheme.part_of_speech()[1] == "数詞" or morpheme.surface().isascii()
    ):
        return f"≈{groups[0]}"
    normalized: str = morpheme.normalized_form()
    return normalized.casefold()


def _tokenizer() -> Tokenizer:
    if not hasattr(_of_thread, "tokenizer"):
        with _lock:
            _of_thread.tokenizer = _dictionary().tokenizer(mode=SplitMode.A)
    return _of_thread.tokenizer


@cache
def _dictionary() -> Dictionary:
    return Dictionary()
