"""What is told of work on an index: how far it has come, what a build did, what a home holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from index.records import Article


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file left out of a build, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    ``embedded`` and ``reused`` count the passages encoded anew and those whose vectors were there
    already; ``removed`` counts articles of the generation before that are gone. ``losses`` counts the
    lines that were left out of the files read, by kind.
    """

    generation: int
    articles: int
    passages: int
    embedded: int
    reused: int
    removed: int
    skipped: tuple[Skipped, ...]
    seconds: float
    losses: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """What a home holds, or the store that is asked in its place. ``damaged`` names the files that differ from their checksums."""

    home: Path
    generation: int
    articles: tuple[Article, ...]
    passages: int
    sentences: int
    encoder: str
    usable: bool
    bytes: int
    damaged: tuple[str, ...]
    store: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long job has come: ``done`` of ``total`` in the stage of that name.

    ``name`` is what is being worked on, such as an article; empty when that cannot be said.
    """

    stage: str
    done: int
    total: int
    name: str = ""


OnProgress = Callable[[Progress], None]
"""Told how far a long job has come."""
