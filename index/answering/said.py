"""Who said what: statements with a speaker, one a speaker, those that answer best first.

Of a speaker whom the question names, by name, office or as the writer, only statements of theirs are shown; of
one alone up to three. What it does not know: which of two bearers of one family name is meant.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.answering.composing import Made, Quote, Section
from index.answering.quotes import quoted
from index.answering.reading import Found
from index.answering.speakers import speaker
from index.answering.timeline import near, written
from index.questions import language_of, lexicon
from index.records import Article, Sentence
from index.retriever import Evidence
from index.text.spans import Span, mentions

PASSAGES = 12
"""Passages whose sentences are looked at."""
SPEAKERS, EACH = 6, 3
"""Speakers that are shown at most, and statements of one alone."""
READ = 0.06
"""What a log-odd of the reading adds to how near a statement is, up to 4 either way."""
NEAR = 0.72
"""Share of the worth of the best statement that another must have."""
LEAST = 0.3
"""What the best must be worth."""

_OFFICES = (
    (r"市长|\bmayor\b", "市長"),
    (r"町长|镇长|\btown mayor\b|\bmayor\b", "町長"),
    (r"知事|省长|\bgovernor\b", "知事"),
    (r"教授|\bprofessor\b", "教授"),
    (r"社长|总经理|总裁|\bcompany president\b|\bCEO\b|\bpresident of\b", "社長|会長"),
    (r"院长|\b(?:hospital )?director\b", "院長|所長"),
    (r"教练|\b(?:head )?coach\b|\bmanager\b", "監督"),
    (r"副总统|\bvice[- ]president\b", "副大統領"),
    (r"国务卿|\bsecretary of state\b", "国務長官"),
    (r"专家|学者|専門家|研究者|有識者|識者|\bexperts?\b|\banalysts?\b|\bresearchers?\b", "教授|研究員|フェロー|博士|専門家|アナリスト|学者|部長"),
    (r"居民|市民|町民|住民|村民|\bresidents?\b|\bcitizens?\b", "さん$|住民|町民|市民"),
    (r"作者|笔者|著者|筆者|書き手|論考|\bauthors?\b|\bwriters?\b|\bcolumnist\b", "筆者|論考|^writer$"),
)  # fmt: skip
_ASKS = re.compile(r"[?？]|か。?$|^――")


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """A statement: where it stands, whose it is, and what it is worth."""

    evidence: Evidence
    at: int
    article: Article
    name: str
    who: str
    worth: float = 0.0

    @property
    def sentence(self) -> Sentence:
        """The sentence."""
        return self.evidence.sentences[self.at]
