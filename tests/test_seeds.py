"""The corpus the project ships: its front matter, its facts, and that it copies no sentence."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
SEEDS = sorted((ROOT / "seeds").glob("*.md"))
ORIGINALS = (ROOT / "tests" / "originals.bin").read_bytes()
FACTS = ROOT / "tests" / "seeds_facts.txt"

RUN = 25  # characters that a seed may not share with an original
DIGEST = 5  # bytes of a run's hash in originals.bin, which holds one in four, sorted
WINDOW = 200  # characters around a quote in which its evidence counts

# The Latin spelling after a name, (Donald Trump): the one thing left out of the comparison.
LATIN_NAME = re.compile(r"\([ A-Za-zÀ-ÿ]+\)")


def split(path: Path) -> tuple[dict[str, object], str]:
    _, front, body = path.read_text("utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def comparable(text: str) -> str:
    return re.sub(r"\s", "", LATIN_NAME.sub("", unicodedata.normalize("NFKC", text)))


def runs(text: str) -> set[str]:
    return {text[i : i + RUN] for i in range(len(text) - RUN + 1)}


def digest(run: str) -> bytes:
    return hashlib.blake2b(run.encode(), digest_size=DIGEST).digest()


def sentences(body: str) -> Iterator[tuple[str, str]]:
    """Each sentence with the text around it that counts as its evidence."""
    for match in re.finditer(r"[^。\n]+。", body):
        yield match[0], body[max(0, match.start() - WINDOW) : match.end() + WINDOW]


def holds(question: dict[str, list[str]], sentence: str, around: str) -> bool:
    return all(re.search(pattern, around) for pattern in question["evidence"]) and any(
        re.search(pattern, sentence) for pattern in question["answer"]
    )


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_front_matter_and_headings(path: Path) -> None:
    front, body = split(path)
    assert all(isinstance(front[key], str) for key in ("title", "publisher", "language", "source"))
    outlet, _, rewritten = str(front["publisher"]).partition("（")
    assert (
        rewritten == "Tenkyo による書き直し）"
    )  # no outlet is quoted with words that it did not print
    assert str(front["source"]).startswith(outlet)
    day = front.get("published")  # none where it is not known
    told = f"{day.year}年{day.month}月{day.day}日" if isinstance(day, date) else "日付は不詳"
    assert told in str(front["source"])
    assert re.search(r"^## \S", body, re.MULTILINE)


def test_seeds_hold_every_fact_listed() -> None:
    text = "\n".join(split(path)[1] for path in SEEDS)
    assert [fact for fact in FACTS.read_text("utf-8").splitlines() if fact not in text] == []


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_no_sentence_is_copied(path: Path) -> None:
    originals = {ORIGINALS[i : i + DIGEST] for i in range(0, len(ORIGINALS), DIGEST)}
    assert len(originals) > 3000
    assert {run for run in runs(comparable(split(path)[1])) if digest(run) in originals} == set()
