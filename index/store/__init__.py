"""The index on disk: immutable segments, generations that list them, the name of the one in use, and caches.

tables.py       articles, passages and sentences: SQLite
caches.py       what was read, encoded and noted: SQLite
vectors.py      vectors in eight bits, and the nearest of them: FAISS
postings.py     terms and where they stand: BM25 in whole numbers
segment.py      some articles with all that they are searched by, written once, merged; the folder of them
proposals.py    what the segments put forward for a question, with the scores of every view
manifest.py     what a generation says of itself
generation.py   what is in use at one time: segments less what is gone
archive.py      what a question needs of an index, wherever it lies
generations.py  the generations of a home, which of them is in use, and how another is
serving.py      the one that questions are answered from: the one in use, as long as it is whole
home.py         what the user asked to index, and what a home keeps beside its generations
milvus.py       a server of Milvus
rows.py         what stands in the rows of its collections, and whose they are
searching.py    what it puts forward for a question, scored again
remote.py       a generation there, to be asked
writing.py      a generation of a home, written there
distant.py      an archive there as a whole: which generation is in use, and how another is
backup.py       all that cannot be had again in one file, and the way back
files.py        files that tell whether they are whole, and locks on them
"""

from index.store.archive import Archive
from index.store.backup import restore, write_backup
from index.store.caches import ArticleCache
from index.store.distant import DistantStore
from index.store.generation import Generation
from index.store.generations import Earlier
from index.store.home import Home
from index.store.manifest import SCHEMA, Derived
from index.store.milvus import Milvus
from index.store.segment import Content, Segment
from index.store.serving import Serving
from index.store.tables import Part
from index.store.vectors import Codes, Rows, cosines, quantise

__all__ = [
    "SCHEMA",
    "Archive",
    "ArticleCache",
    "Codes",
    "Content",
    "Derived",
    "DistantStore",
    "Earlier",
    "Generation",
    "Home",
    "Milvus",
    "Part",
    "Rows",
    "Segment",
    "Serving",
    "cosines",
    "quantise",
    "restore",
    "write_backup",
]
