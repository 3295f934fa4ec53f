"""What became of each question asked, as a table: one row a question, one column a thing noted."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Outcomes = NDArray[np.void]
"""Rows with the fields of one of the outcomes below."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question asked.

    Attributes:
        id: Names the question; those made of one question share it.
        kind: What sort of question it is.
        seconds: From the question to what was measured.
    """

    id: str
    kind: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RankingOutcome(Outcome):
    """What ``MEASURES`` say of the ranking: success@1, recall@10, mrr@10, ndcg@10."""

    success: float
    recall: float
    mrr: float
    ndcg: float


@dataclass(frozen=True, slots=True)
class AnswerOutcome(Outcome):
    """A question of a question set, put to an index.

    Attributes:
        answerable: Whether the articles hold an answer.
        answered: False for a refusal.
        confidence: The reader's.
        cited: Number of citations.
        best: Whether the evidence stands around the best-scored citation.
        right: Whether it stands around any.
        match: Whether the text matches an answer.
    """

    answerable: bool
    answered: bool
    confidence: float
    cited: int = 0
    best: bool = False
    right: bool = False
    match: bool = False


@dataclass(frozen=True, slots=True)
class RefusalOutcome(Outcome):
    """A question of one of the kinds in ``KINDS``; ``seconds`` without retrieving where evidence was withheld.

    Attributes:
        answered: False for a refusal.
        confidence: The reader's.
        cited: Sentences cited, or that would be were it answered.
        best: Whether the best-scored of them holds an answer.
        right: Whether any of them does.
    """

    answered: bool
    confidence: float
    cited: int
    best: bool
    right: bool


@dataclass(frozen=True, slots=True)
class NewsOutcome(Outcome):
    """A question asked of all articles, its own as written or after the edit that turns its label.

    Attributes:
        written: Whether its article stands as written.
        answerable: Whether the article answers it.
        answered: False for a refusal.
        confidence: The reader's.
        cited: Number of citations.
        best: Whether the best-scored citation holds a sentence of the evidence.
        every: Whether the citations together hold all of it.
        key: Whether the words pointed out in the best citation hold the answer or stand in it.
    """

    written: bool
    answerable: bool
    answered: bool
    confidence: float
    cited: int
    best: bool
    every: bool
    key: bool


@dataclass(frozen=True, slots=True)
class ClaimOutcome(Outcome):
    """A claim judged against all articles; ``verdict`` is right, ``judged`` what the reader says."""

    written: bool
    verdict: str
    judged: str


OUTCOMES: dict[str, type[Outcome]] = {
    "retrieval": RankingOutcome,
    "answers": AnswerOutcome,
    "refusal": RefusalOutcome,
    "news": NewsOutcome,
    "claims": ClaimOutcome,
}
"""What each measure notes."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The outcomes of one measuring, and ``facts`` that concern no single question."""

    measure: str
    outcomes: Outcomes
    facts: Mapping[str, float] = field(default_factory=dict)


def tabulate(rows: Iterable[Outcome]) -> Outcomes:
    """Make a table of outcomes of one class, of which there is at least one."""
    rows = list(rows)
    names = [column.name for column in fields(rows[0])]
    columns = zip(*map(astuple, rows), strict=True)
    return table(dict(zip(names, columns, strict=True)))


def table(columns: Mapping[str, Iterable[Any]]) -> Outcomes:
    """Make a table of columns of one length; texts may have any length."""
    arrays = {name: np.array(list(column)) for name, column in columns.items()}
    dtypes = [(name, array.dtype) for name, array in arrays.items()]
    return np.array(list(zip(*arrays.values(), strict=True)), dtypes)
