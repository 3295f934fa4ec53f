"""A build: from paths to records, terms and vectors to a new generation.

sources.py   what the user asked to index, and how it is added to and taken from
reading.py   from the sources to articles
content.py   from articles to vectors, terms and names
build.py     all of it, to a generation in use
"""

from index.ingest.build import build, fits, publish
from index.ingest.content import titled
from index.ingest.sources import Sources, sources_at, sources_of

__all__ = ["Sources", "build", "fits", "publish", "sources_at", "sources_of", "titled"]
