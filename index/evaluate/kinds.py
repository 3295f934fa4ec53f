"""The kinds of question that a reader should tell apart, made out of questions that have an answer.

What it does not know: a question may still be answered in other words than its answer strings, and
a swapped name may leave a question whose answer is the same.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace

from index import lexicon
from index.retriever import Evidence

AS_ASKED, PASSAGE, SENTENCE = "as asked", "passage withheld", "sentence withheld"
SWAPPED, OFF_TOPIC = "swapped", "off topic"
KINDS = (AS_ASKED, PASSAGE, SENTENCE, SWAPPED, OFF_TOPIC)
"""Only the first can be answered."""

_FIGURE = re.compile(r"(?<![0-9.,])[0-9]+(?![0-9]*[.,][0-9]|[0-9]*つ)")
_KATAKANA = re.compile("[ァ-ヴー]+")
# Names that stand in for others; those that the corpus holds are passed over.
_STAND_INS = {
    "人名": (
        "正親町",
        "曽我部",
        "小早川",
        "小鳥遊",
        "ナザルバエフ",
        "クチマ",
        "パデレフスキ",
        "オルテガ",
    ),
    "地名": (
        "奥尻",
        "椎葉",
        "気仙沼",
        "糸魚川",
        "ビシュケク",
        "ティンプー",
        "アスンシオン",
        "ハルツーム",
    ),
}


def folded(text: str) -> str:
    """A text as it is compared with an answer: NFKC, case folded, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def holds(text: str, answers: Iterable[str]) -> bool:
    """Whether a text holds one of the answer strings."""
    held = folded(text)
    return any(folded(answer) in held for answer in answers)


def without_passages(
    evidence: Sequence[Evidence], gold: Container[str], answers: Sequence[str]
) -> list[Evidence]:
    """Leave out the passages of the gold articles, and those that hold an answer; rank the rest."""
    kept = [
        e
        for e in evidence
        if e.hit.passage.article_id not in gold and not holds(e.hit.passage.text, answers)
    ]
    return [replace(e, hit=replace(e.hit, rank=rank)) for rank, e in enumerate(kept, 1)]


def without_sentences(evidence: Sequence[Evidence], answers: Sequence[str]) -> list[Evidence]:
    """Leave out the sentences that hold an answer, and passages of which nothing remains."""
    left = (_keep(e, [not holds(s.text, answers) for s in e.sentences]) for e in evidence)
    return [e for e in left if e.sentences]


def _keep(e: Evidence, keep: list[bool]) -> Evidence:
    sentences = tuple(s for s, kept in zip(e.sentences, keep, strict=True) if kept)
    return replace(e, sentences=sentences, rows=e.rows[keep], cosines=e.cosines[keep])


def swapper(
    corpus: str, chance: random.Random, *, stand_ins: Mapping[str, Sequence[str]] = _STAND_INS
) -> Callable[[str], str | None]:
    """Return what swaps a figure of a question, else a name, for one that a corpus does not hold.

    It returns None for a question without either, or where no stand-in of the name's kind is left.
    """
    corpus = unicodedata.normalize("NFKC", corpus)
    figures = frozenset(re.findall("[0-9]+", corpus))
    names = {kind: [n for n in known if n not in corpus] for kind, known in stand_ins.items()}

    def swap(question: str) -> str | None:
        question = unicodedata.normalize("NFKC", question)
        return _swap_figure(question, figures) or _swap_name(question, names, chance)

    return swap


def _swap_figure(question: str, held: Container[str]) -> str | None:
    """Put the nearest figure that is not held in place of the longest one, most often a year."""
    found = max(_FIGURE.finditer(question), key=lambda m: len(m[0]), default=None)
    if found is None:
        return None
    near = int(found[0])
    other = next(
        str(n) for away in range(1, 10**9) for n in (near + away, near - away)
        if n > 0 and str(n) not in held
    )  # fmt: skip
    return question[: found.start()] + other + question[found.end() :]


def _swap_name(question: str, names: dict[str, list[str]], chance: random.Random) -> str | None:
    """Put a name that is not held in place of the longest of a person or place, in like script."""
    found = [(len(name), name, kind) for kind in names for name in names_written(question, kind)]
    if not found:
        return None
    _, name, kind = max(found)
    foreign = bool(_KATAKANA.fullmatch(name))
    others = [n for n in names[kind] if bool(_KATAKANA.fullmatch(n)) == foreign]
    return question.replace(name, chance.choice(others), 1) if others else None


def names_written(question: str, kind: str) -> list[str]:
    """Return the names of two letters or more that may be of a kind (人名, 地名), as written."""
    written = dict(lexicon.words(question))
    known = sorted(lexicon.names_of_kind(question, kind))
    return [written[name] for name in known if len(written.get(name, "")) > 1]
