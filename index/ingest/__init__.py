"""A build: from paths to articles, vectors and terms to a new generation.

sources.py    what the user asked to index, and the files among it that belong to the home
archives.py   a ZIP as a folder
fetching.py   what goes out to the net
received.py   what comes from outside to an upload: files sent, pasted text, pages and the links of feeds
build.py      from the sources to articles, read and cut
draft.py      from articles to segments, and to a generation in use
merging.py    many small segments to few, and homes built apart to one
"""

from index.ingest.build import Shard, build, check_fits, fits, publish
from index.ingest.draft import Derive
from index.ingest.merging import join, merge
from index.ingest.received import paste, receive
from index.ingest.sources import (
    Named,
    Sources,
    Upload,
    absolute,
    is_address,
    keep,
    seeds,
    sources_at,
    sources_of,
)

__all__ = [
    "Derive",
    "Named",
    "Shard",
    "Sources",
    "Upload",
    "absolute",
    "build",
    "check_fits",
    "fits",
    "is_address",
    "join",
    "keep",
    "merge",
    "paste",
    "publish",
    "receive",
    "seeds",
    "sources_at",
    "sources_of",
]
