"""The manifest of a generation: which segments it has, what of them is gone, and what was asked for."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import OutdatedError, StoreError
from index.store.files import broken, read_sealed

SCHEMA = 4
"""Version of the files of a generation; another one is refused."""
MANIFEST, NAMES, TIMELINE = "manifest.json", "names.json", "timeline.html"
OVERVIEW = "overview.json"
"""Themes, suggestions and copies; what a version before wrote has none."""

_ENTRIES = {str: "encoder analyser", int: "articles passages sentences", dict: "sources parts",
            list: "segments"}  # fmt: skip
"""What a manifest must hold to be read."""

Derived = Mapping[str, bytes]
"""Files derived from all articles together, by name: ``NAMES``, ``TIMELINE`` and ``OVERVIEW``."""


def listed(segments: Mapping[str, frozenset[str]]) -> list[dict[str, Any]]:
    """Write segments by name, each with the ids of what is gone from it, as a manifest lists them."""
    return [{"name": name, "gone": sorted(gone)} for name, gone in segments.items()]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and check a manifest.

    Raises:
        DamagedError: It is missing, or not as it was written.
        StoreError: It cannot be read, or is of another schema.
    """
    manifest = read_sealed(folder / MANIFEST)
    schema = manifest.get("schema")
    if not isinstance(schema, int):
        raise broken(f"{folder.name}/{MANIFEST}")
    if schema != SCHEMA:
        raise (OutdatedError if schema < SCHEMA else StoreError)(
            f"索引の形式が違います（この索引は {schema!r}、このプログラムは {SCHEMA}）。"
            "`tenkyo build` で作り直してください。記事は保存してあるので失われません。"
        )
    entries = [(name, kind) for kind, names in _ENTRIES.items() for name in names.split()]
    if lost := [name for name, kind in entries if not isinstance(manifest.get(name), kind)]:
        raise broken(f"{folder.name}/{MANIFEST}（{', '.join(lost)} がありません）")
    return manifest


def read_names(content: bytes) -> dict[str, NDArray[Any]]:
    """Read ``NAMES`` of a generation."""
    told: dict[str, list[Any]] = json.loads(content)
    return {
        name: np.array(values, np.bool_ if True in values or False in values else np.str_)
        for name, values in told.items()
    }


def read_overview(folder: Path, parts: Collection[str]) -> Mapping[str, Any]:
    """Read ``OVERVIEW`` of a generation of these parts; empty where a version before wrote it."""
    return json.loads((folder / OVERVIEW).read_bytes()) if OVERVIEW in parts else {}
