"""A draft to a Check, sentence by sentence.

What it does not know: an opinion told as a fact (これは失敗だ), and a question without its mark (どうなるのか。).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from index.answering import Asking
from index.answering.quotes import leans
from index.answering.speakers import is_judgement
from index.articles import ArticleReader
from index.checking import quotations
from index.checking.findings import Check, Checked, Difference, Quoted
from index.checking.verdicts import Verdict, differing, judge
from index.citations import cite
from index.errors import QuestionError
from index.passages import cut
from index.records import Article, Citation

LONGEST = 50_000
"""Characters of a draft."""


_QUESTION = re.compile(r"[?？][」』”\"）)]*$|か。$")
_JUDGED = re.compile(
    r"\b(?:should|must|ought to|I (?:think|believe|hope)|in my (?:view|opinion)|perhaps|probably)\b"
    r"|我(?:们)?(?:认为|觉得|相信|希望)|应该|应当|也许|大概"
)
_ATTRIBUTED = re.compile(
    r"\b(?:said|says|told|according to|argued?s?|warned|added|claimed|stated)\b|表示|指出|说|称|(?<!我)(?<!我们)认为"
)


def read_draft(path: Path) -> Article:
    """Read a draft from a file of any type that articles are read from.

    Raises:
        CorpusError: It cannot be read.
    """
    with ArticleReader() as reader:
        return reader.read(path)[0]


def claims_of(draft: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each sentence begins and ends, and why it claims nothing; empty where it does."""
    for heading, _, _, spans in cut(draft):
        for n, (start, end) in enumerate(spans):
            text = draft[start:end]
            is_heading = n == 0 and text == heading
            yield start, end, "heading" if is_heading else _reason(text)


def _reason(text: str) -> str:
    if not re.search(r"\w", text):
        return "heading"
    if _QUESTION.search(text):
        return "question"
    own = _JUDGED.search(text) and not _ATTRIBUTED.search(text)
    return "opinion" if own or is_judgement(text) else ""


def check_steps(draft: str, asking: Asking) -> Iterator[Check]:
    """Yield a draft held against the articles after each of its sentences; first, how many there are.

    Raises:
        QuestionError: The draft is empty or too long.
    """
    if not draft.strip():
        raise QuestionError("原稿が空です。")
    if len(draft) > LONGEST:
        raise QuestionError(
            f"原稿が長すぎます（{len(draft):,} 文字）。上限は {LONGEST:,} 文字です。分けてください。"
        )
    claims = [*claims_of(draft)]
    check = Check(draft, len(claims), (), ())
    yield check
    before: list[str] = []
    for start, end, reason in claims:
        own = _Sentence(draft, start, end, tuple(before), asking, [*check.citations])
        checked = Checked(start, end, "skipped", reason) if reason else own.checked()
        check = replace(
            check, sentences=(*check.sentences, checked), citations=tuple(own.citations)
        )
        before = [*before[-1:], draft[start:end]]
        yield check


class _Sentence:
    """One sentence of a draft, and the citations made so far."""

    def __init__(
        self,
        draft: str,
        start: int,
        end: int,
        before: Sequence[str],
        asking: Asking,
        citations: list[Citation],
    ) -> None:
        self.text, self.start, self.end = draft[start:end], start, end
        self.before, self.asking, self.citations = before, asking, citations
        self.differences: list[Difference] = []

    def checked(self) -> Checked:
        # What points back is looked for with what it points to, and read alone.
        sought = " ".join([*self.before[-1:], self.text]) if leans(self.text) else self.text
        verdict = judge(self.asking.read(self.text, self.asking.retrieve(sought)))
        own = self._shown(verdict) if verdict else ()
        quoted = tuple(self._quoted())
        said = verdict.verdict if verdict else "not found"
        if any(q.found == "altered" or q.speakers for q in quoted):
            said = "contradicted"
        elif said == "supported" and any(q.found == "missing" for q in quoted):
            said = "not found"
        cited = dict.fromkeys((*own, *(q.citation for q in quoted if q.citation)))
        return Checked(
            self.start,
            self.end,
            said,
            citations=tuple(cited),
            quoted=quoted,
            differences=tuple(self.differences),
            confidence=verdict.probability if verdict else 0.0,
        )

    def _shown(self, verdict: Verdict) -> tuple[int, ...]:
        """Cite what shows the verdict; of a sentence that is not found, what comes nearest."""
        e = verdict.evidence
        sentences = [e.sentences[n] for n in verdict.shown]
        article = self.asking.generation.article(e.hit.passage.article_id)
        number = self._cite(article, sentences[0].start, sentences[-1].end, verdict.probability)
        if verdict.verdict != "not found":
            self._compare(self.citations[number - 1])
        return (number,)

    def _compare(self, citation: Citation) -> None:
        """Note the figures that stand otherwise in what is cited."""
        for mine, theirs in differing(self.text, citation.quote):
            at, there = self.text.find(mine.written), citation.quote.find(theirs.written)
            if at >= 0 and there >= 0:
                place = citation.start + there, citation.start + there + len(theirs.written)
                start = self.start + at
                self.differences.append(
                    Difference(start, start + len(mine.written), citation.number, place)
                )

    def _quoted(self) -> Iterator[Quoted]:
        """Look for what the sentence quotes."""
        for start, end in quotations.quotations(self.text):
            words, at = self.text[start:end], self.start + start
            found = quotations.find(words, self.asking)
            if found is None:
                if quotations.is_long(words):
                    yield Quoted(at, self.start + end, "missing")
                continue
            if found.apart and not quotations.is_long(words):
                continue
            whole = quotations.sentences_of(found, self.asking)
            place = min(found.start, whole[0].start), max(found.end, whole[-1].end)
            number = self._cite(found.article, *place, found.likeness / 100)
            for (a, b), there in found.apart:
                self.differences.append(Difference(at + a, at + b, number, there))
            others = quotations.speakers(self.text, self.before, found, self.asking)
            yield Quoted(
                at, self.start + end, "altered" if found.apart else "exact", number, others
            )

    def _cite(self, article: Article, start: int, end: int, score: float) -> int:
        """Cite words, or return the number of a citation that holds them already."""
        for c in self.citations:
            if c.article_id == article.id and c.start <= start and end <= c.end:
                return c.number
        number = len(self.citations) + 1
        self.citations.append(cite(article, start, end, number=number, score=score))
        return number
