"""What there is in the library and what is being done to it, as the page reads it."""

from index.engine import Engine
from index.errors import StoreError
from index.exports import source_of
from index.exports.cited import name_of, provenance
from index.payloads import SCHEMA, Payload
from index.records import Article

IDLE = {
    "running": False,
    "kind": None,
    "stage": None,
    "done": 0,
    "total": 0,
    "name": "",
    "started": None,
    "error": None,
    "report": None,
}


def library_state(engine: Engine, *, writable: bool) -> Payload:
    """Return the articles of the index in use, the build, and what may be done."""
    try:
        articles, number = engine.articles(), engine.home.current()
    except StoreError:
        articles, number = [], None
    return {
        "schema": SCHEMA,
        "generation": number,
        "articles": [_article(article) for article in articles],
        "build": IDLE,
        "can_undo": False,
        "undo": None,
        "writable": writable,
        "limits": {
            "file_bytes": 20 * 10**6,
            "files": 50,
            "request_bytes": 100 * 10**6,
            "text_characters": 10**6,
        },
    }


def _article(article: Article) -> Payload:
    told = source_of(article)
    return {
        "id": told.pop("article_id"),
        **told,
        "source": provenance(told),
        "name": name_of(source_of(article)),
        "passages": 0,
        "uploaded": False,
    }
