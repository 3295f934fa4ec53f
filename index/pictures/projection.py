"""Vectors to places in the plane: neighbours stay neighbours; how far the rest lie apart says little."""

import numpy as np
from numpy.typing import NDArray

from index.vectors import Vectors

FEWEST = 12
"""Points from which on t-SNE is worth its while; with fewer, the two main axes show all there is."""

STEPS = 500
"""Of t-SNE: 46 passages keep their neighbours as with 1,000 (trustworthiness .96), with 300 not (.86)."""

Places = NDArray[np.float64]


def project(vectors: Vectors) -> Places:
    """Return a place for each vector, ``(n, 2)`` in the unit square, the same one each time.

    One thread, since on a busy machine several wait for each other for seconds; and so the sums are
    added in one order.

    Source: van der Maaten and Hinton 2008, https://jmlr.org/papers/v9/vandermaaten08a.html
    """
    centred = np.asarray(vectors, np.float64) - np.mean(vectors, axis=0)
    flat = _main_axes(centred)
    return _fitted(flat if len(flat) < FEWEST else _neighbours(centred, flat))


def _main_axes(centred: NDArray[np.float64]) -> Places:
    """Return the first two principal components, signs fixed."""
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    left = left * np.where(left.sum(axis=0) < 0, -1, 1)
    flat = (left * sizes)[:, :2]
    return np.pad(flat, ((0, 0), (0, 2 - flat.shape[1])))


def _neighbours(centred: NDArray[np.float64], start: Places) -> Places:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    projection = TSNE(
        metric="cosine",
        init=1e-4 * start / (start[:, 0].std() or 1),
        perplexity=min(30, (len(start) - 1) / 3),
        max_iter=STEPS,
        random_state=0,
    )
    with threadpool_limits(1):
        places: Places = projection.fit_transform(centred).astype(np.float64)
    return places


def _fitted(places: Places) -> Places:
    """Move and stretch to fill the unit square; a side without extent stays in the middle."""
    low, extent = places.min(axis=0), np.ptp(places, axis=0)
    fitted = np.full_like(places, 0.5)
    np.divide(places - low, extent, out=fitted, where=extent > 1e-9)
    return fitted
