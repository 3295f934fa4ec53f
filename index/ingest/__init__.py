"""A build: from paths to records, terms and vectors to a new generation.

sources.py    what the user asked to index, and how it is added to and taken from
uploads.py    files that belong to the home
received.py   what comes from outside to an upload: safe names, known kinds of file, pasted text
reading.py    from the sources to articles
content.py    from articles to vectors, terms and names
build.py      all of it, to a generation in use
"""

from index.ingest.build import build, fits, publish
from index.ingest.content import titled
from index.ingest.received import paste, receive
from index.ingest.sources import Sources, absolute, sources_at, sources_of
from index.ingest.uploads import Upload, is_upload, keep, upload_id

__all__ = [
    "Sources",
    "Upload",
    "absolute",
    "build",
    "fits",
    "is_upload",
    "keep",
    "paste",
    "publish",
    "receive",
    "sources_at",
    "sources_of",
    "titled",
    "upload_id",
]
