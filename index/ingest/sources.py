"""What the user asked to index, and how it is added to and taken from. Reads no file."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import StoreError
from index.ingest.uploads import is_upload, name_in, upload_id
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

    def adding(self, paths: Sequence[str]) -> "Sources":
        """Return the sources with these among them."""
        return Sources(tuple(dict.fromkeys((*self.paths, *paths))), self.removed, tuple(paths))

    def without(self, article_ids: Collection[str]) -> "Sources":
        """Return the sources less these articles; an upload is taken off the list."""
        taken = {path for path in self.paths if is_upload(path) and upload_id(path) in article_ids}
        others = [one for one in article_ids if one not in {upload_id(path) for path in taken}]
        paths = tuple(path for path in self.paths if path not in taken)
        return Sources(paths, (*self.removed, *others))

    def remembering(self, article_ids: Collection[str]) -> dict[str, Any]:
        """Return what to remember once these articles were read.

        A new upload that gave no article is told of once, and not at every build to come.
        """
        useless = {
            path for path in self.named if is_upload(path) and upload_id(path) not in article_ids
        }
        return {
            "schema": 1,
            "paths": [path for path in self.paths if path not in useless],
            "removed": [one for one in self.removed if one not in article_ids],
        }


def sources_of(home: Home) -> Sources:
    """Return the remembered sources; none before the first build.

    Raises:
        StoreError: The list cannot be read.
    """
    recorded = home.sources()
    return Sources(tuple(recorded.get("paths", ())), tuple(recorded.get("removed", ())))


def sources_at(home: Home, paths: Sequence[Path]) -> Sources:
    """Return these files and folders as the sources, beside what was uploaded."""
    try:
        uploads = tuple(path for path in sources_of(home).paths if is_upload(path))
    except StoreError:  # the list is lost, the uploads are not
        uploads = tuple(name_in(home, path) for path in sorted(home.uploads.glob("*/[!.]*")))
    return Sources((*uploads, *absolute(paths)))


def absolute(paths: Sequence[Path]) -> tuple[str, ...]:
    """Write paths as they are remembered."""
    return tuple(dict.fromkeys(str(path.expanduser().resolve()) for path in paths))
