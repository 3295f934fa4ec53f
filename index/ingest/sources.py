"""What the user asked to index, and how it is added to and taken from. Reads no file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.records import Article
from index.store import Home


@dataclass(frozen=True, slots=True)
class Sources:
    """What the user asked to index: files and folders, less the articles taken out by hand.

    What is ``named`` now, a file or a folder, comes back though it was taken out.
    """

    paths: tuple[str, ...]
    removed: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def leave_out(self, article: Article, path: str) -> bool:
        """Whether the article read from this path was taken out by hand."""
        named = any(path == name or path.startswith(f"{name}/") for name in self.named)
        return article.id in self.removed and not named

    def adding(self, paths: Sequence[Path]) -> "Sources":
        """Return the sources with these files and folders among them."""
        named = _absolute(paths)
        return Sources(tuple(dict.fromkeys((*self.paths, *named))), self.removed, named)

    def without(self, article_ids: Sequence[str]) -> "Sources":
        """Return the sources less these articles."""
        return Sources(self.paths, (*self.removed, *article_ids))


def sources_at(paths: Sequence[Path]) -> Sources:
    """Return these files and folders as sources."""
    return Sources(_absolute(paths))


def sources_of(home: Home) -> Sources | None:
    """Return the remembered source list, or None before the first build."""
    recorded = home.sources()
    if not recorded:
        return None
    return Sources(tuple(recorded["paths"]), tuple(recorded["removed"]))


def _absolute(paths: Sequence[Path]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(path.expanduser().resolve()) for path in paths))
