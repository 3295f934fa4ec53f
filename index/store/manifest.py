"""The manifest of a generation: which segments it has, what of them is gone, and what was asked for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import OutdatedError, StoreError, cause
from index.store.segment import seal

SCHEMA = 4
"""Version of the files of a generation; another one is refused."""
MANIFEST, NAMES, TIMELINE = "manifest.json", "names.json", "timeline.html"

_ENTRIES = {str: "encoder analyser", int: "articles passages sentences", dict: "sources parts",
            list: "segments"}  # fmt: skip
"""What a manifest must hold to be read."""

Derived = Mapping[str, bytes]
"""Files derived from all articles together, by name: ``NAMES`` and ``TIMELINE``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a generation is written from: segments by name, each with the ids of what is gone from it."""

    segments: Mapping[str, frozenset[str]]
    encoder: str
    analyser: str
    sources: Mapping[str, Any]  # what the user asked to index, so that a roll-back restores it
    before: int | None  # the generation that a roll-back goes to


def write(folder: Path, plan: Plan, counts: Mapping[str, int], derived: Derived) -> None:
    """Write a generation into an empty folder, the manifest last, and sync it."""
    for name, content in derived.items():
        (folder / name).write_bytes(content)
    seal(folder, MANIFEST, {**facts_of(plan), **counts})


def facts_of(plan: Plan) -> dict[str, Any]:
    """Return what a manifest says, but for the counts and the files."""
    return {
        "schema": SCHEMA,
        "encoder": plan.encoder,
        "analyser": plan.analyser,
        "sources": dict(plan.sources),
        "before": plan.before,
        "segments": [{"name": n, "gone": sorted(gone)} for n, gone in plan.segments.items()],
    }


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and check a manifest.

    Raises:
        StoreError: It is missing, unreadable or of another schema.
    """
    try:
        text = (folder / MANIFEST).read_text("utf-8", "surrogateescape")
        manifest: dict[str, Any] = json.loads(text)
        schema = manifest["schema"]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise broken(folder, f"{MANIFEST} を読めません（{cause(exc)}）") from exc
    if schema != SCHEMA:
        is_older = isinstance(schema, int) and schema < SCHEMA
        raise (OutdatedError if is_older else StoreError)(
            f"索引の形式が違います（この索引は {schema!r}、このプログラムは {SCHEMA}）。"
            "`tenkyo build` で作り直してください。記事は保存してあるので失われません。"
        )
    entries = [(name, kind) for kind, names in _ENTRIES.items() for name in names.split()]
    if lost := [name for name, kind in entries if not isinstance(manifest.get(name), kind)]:
        raise broken(folder, f"{MANIFEST} に正しい {', '.join(lost)} がありません")
    return manifest


def broken(folder: Path, reason: str) -> StoreError:
    """Return the error for a generation that cannot be used."""
    return StoreError(
        f"索引（世代 {folder.name}）が壊れています: {reason}。"
        "`tenkyo build` で作り直すか、`tenkyo rollback` で一つ前の世代に戻してください。"
    )
