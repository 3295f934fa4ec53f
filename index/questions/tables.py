"""The tables of places and people: what each is called in Japanese, English and Chinese."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

_MIDDLE_OF_WORD = re.compile(r"[A-Za-zÀ-ɏ]{2}|[ァ-ヺー]{2}")


@cache
def abroad() -> dict[str, tuple[str, str]]:
    """Return the usual English and Chinese name of each place and person of the tables, by the Japanese ones."""
    rows = chain(_rows("places.tsv"), _rows("people.tsv"))
    return {name: (en[0], zh[0]) for ja, en, _, zh in rows for name in ja if name}


def _rows(table: str) -> Iterator[list[list[str]]]:
    lines = (Path(__file__).parent / table).read_text("utf-8").splitlines()
    return ([names.split("|") for names in line.split("\t")] for line in lines if line[0] != "#")


@cache
def table() -> tuple[dict[str, tuple[frozenset[str], ...]], re.Pattern[str]]:
    """Read the table: the names of the place that each name stands for, by language, and a pattern."""
    table: dict[str, tuple[frozenset[str], ...]] = {}
    for row in _rows("places.tsv"):
        ja, en, people, zh = (frozenset(names) - {""} for names in row)
        en |= people | {f"{name}s" for name in people}  # Russians
        table.update(dict.fromkeys(ja | en | zh, (ja, en, zh)))
    return table, re.compile("|".join(map(re.escape, sorted(table, key=lambda n: (-len(n), n)))))


@cache
def people() -> tuple[dict[str, str], re.Pattern[str]]:
    """Return the Japanese name of each person of the table by the English and Chinese ones, and a pattern of these."""
    rows = _rows("people.tsv")
    names = {name: ja[0] for ja, en, _, zh in rows for name in (*en, *zh) if name}
    longest = sorted(names, key=lambda name: (-len(name), name))
    words = (rf"\b{re.escape(name)}\b" if name.isascii() else name for name in longest)
    return names, re.compile("|".join(words))


def places_in(text: str) -> Iterator[re.Match[str]]:
    """Yield where a place of the table is named: Oman, but not in Romania, マリ, but not in マリア."""
    for found in table()[1].finditer(text):
        start, end = found.span()
        around = text[max(start - 1, 0) : start + 1], text[end - 1 : end + 1]
        if not any(_MIDDLE_OF_WORD.fullmatch(pair) for pair in around):
            yield found
