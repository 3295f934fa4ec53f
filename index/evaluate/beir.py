"""Folders in BEIR layout: corpus.jsonl, queries.jsonl and qrels.tsv.

Source: Thakur et al. 2021, https://arxiv.org/abs/2104.08663.
"""

import csv
import hashlib
from pathlib import Path
from typing import Any

from index import ingest
from index.encoder import Encoder
from index.errors import CorpusError
from index.evaluate.lines import read_lines
from index.evaluate.parts import PartName, lies_in
from index.passages import cut
from index.records import Article, OnProgress
from index.store import Generation, Home, Part


def index_corpus(
    folder: Path, home: Home, encoder: Encoder, report: OnProgress
) -> tuple[Generation, dict[str, str]]:
    """Index the documents of a folder.

    Returns:
        The generation, and the document that each article id stands for.

    Raises:
        CorpusError: corpus.jsonl is missing, broken or empty.
    """
    lines = read_lines(folder / "corpus.jsonl", "_id", "text")
    articles = [_article(n, line) for n, line in enumerate(lines)]
    parts = [Part(article, tuple(cut(article))) for article in articles]
    if not any(part.passages for part in parts):
        raise CorpusError(str(folder / "corpus.jsonl"), "本文のある文書がありません")
    with home.building():
        ingest.publish(home, encoder, parts, sources={}, report=report)
    return home.open(), {article.id: article.source for article in articles}


def _article(number: int, line: dict[str, Any]) -> Article:
    text, title = line["text"], line.get("title") or None
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(f"{number:08d}", title, (), None, None, None, None, line["_id"], text, digest)


def read_queries(folder: Path, part: PartName | None = None) -> list[dict[str, Any]]:
    """Read the questions with a relevant document, and put its ids in as ``gold``.

    Of a part only those all of whose relevant documents lie in it, by title or else by id.

    Raises:
        CorpusError: queries.jsonl, the qrels or, for a part, corpus.jsonl is missing or broken.
    """
    relevant = _read_qrels(folder)
    corpus = read_lines(folder / "corpus.jsonl", "_id", "text") if part else iter(())
    titles = {line["_id"]: line.get("title") or line["_id"] for line in corpus}
    return [
        line | {"gold": gold}
        for line in read_lines(folder / "queries.jsonl", "_id", "text")
        if (gold := relevant.get(line["_id"]))
        and lies_in(part, (titles.get(document, document) for document in gold))
    ]


def _read_qrels(folder: Path) -> dict[str, set[str]]:
    path = folder / "qrels.tsv"
    path = path if path.exists() else folder / "qrels" / "test.tsv"
    relevant: dict[str, set[str]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if float(row["score"]) > 0:
                    relevant.setdefault(row["query-id"], set()).add(row["corpus-id"])
    except (OSError, KeyError, TypeError, ValueError) as exc:
        raise CorpusError(str(path), f"qrels を読めません（{exc}）") from exc
    return relevant
