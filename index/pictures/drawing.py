"""The pictures of a build; those of the build before where they would show the same."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from index.pictures.map import draw_map
from index.pictures.timeline import draw_timeline
from index.store import Part
from index.vectors import Vectors

PICTURES = ("timeline", "map")

VERSION = 1
"""To be raised when a picture is drawn in another way: then the old ones do not serve."""


def draw(
    parts: Sequence[Part], passage_vectors: Vectors, *, before: Mapping[str, str]
) -> dict[str, str]:
    """Return the pictures by name: ``map``, and ``timeline`` where any article has a date.

    Args:
        parts: In row order.
        passage_vectors: ``(passages, d)``, in row order.
        before: Pictures drawn earlier, perhaps of the same.
    """
    mark = f"<!-- {_digest(parts, passage_vectors)} -->"
    if before and all(picture.endswith(mark) for picture in before.values()):
        return dict(before)
    drawn = {"map": draw_map(parts, passage_vectors), "timeline": draw_timeline(parts)}
    return {name: picture + mark for name, picture in drawn.items() if picture}


def _digest(parts: Sequence[Part], passage_vectors: Vectors) -> str:
    """Name what the pictures are drawn from."""
    digest = hashlib.sha256(f"{VERSION}".encode())
    for part in parts:
        a = part.article
        told = (a.id, a.title, a.source, a.published, a.sha256)
        spans = [(p.heading, p.start, p.end, [s.start for s in ss]) for p, ss in part.passages]
        digest.update(repr((told, spans)).encode())
    digest.update(np.ascontiguousarray(passage_vectors).tobytes())
    return digest.hexdigest()
