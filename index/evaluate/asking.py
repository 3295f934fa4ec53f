"""The questions and claims of newsqa put to the reader.

All articles of newsqa stand in a throw-away index, once as written, and then, for every k, each with
the edit that turns the label of its question k round. So what the question alone gives away is worth
nothing, and other articles compete for the answer. How much questions, claims and changed sentences
do give away is told beside the figures: what a logistic regression on character n-grams makes of
them, fitted on four fifths of the articles and asked about the last one in turn.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import accumulate, zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import answering
from index.answering import Asking
from index.checking import judge
from index.errors import CorpusError
from index.evaluate.outcomes import ClaimOutcome, NewsOutcome, Outcome, Run, tabulate
from index.evaluate.sets import Item, NewsArticle, Paragraphs, Variant, read_news
from index.evaluate.trial import article, index_articles
from index.models import Models
from index.records import Article, Citation
from index.reports import OnProgress, Progress
from index.settings import Settings
from index.store import Home

FOLDS = 5

Asked = tuple[int, int, Item, Variant]
"""The number of an article, that of its item, the item, and the article as it stands."""


def ask_news(
    folder: Path, settings: Settings, *, claims: bool = False, on_progress: OnProgress | None = None
) -> Run:
    """Ask every question, or judge every claim, of articles that settle it and of ones that do not.

    Of the settings only the models are used. The facts of the run are what questions or claims give
    away without their articles.

    Raises:
        CorpusError: A file is missing or broken, or there is nothing to ask.
    """
    articles = read_news(folder)
    items = [a.claims if claims else a.questions for a in articles]
    if not any(items):
        raise CorpusError(str(folder), "主張がありません" if claims else "質問がありません")
    report, ask = on_progress or (lambda _: None), _judge_claim if claims else _ask_question
    rounds = list(_rounds(articles, items))
    models = Models(settings)
    outcomes: list[Outcome] = []
    models.crossencoder(report)
    with tempfile.TemporaryDirectory(prefix="tenkyo-") as path:
        for done, (states, asked) in enumerate(rounds):
            made = [_article(n, *both) for n, both in enumerate(zip(articles, states, strict=True))]
            with index_articles(Home(Path(path)), made, models, lambda _: None) as trial:
                outcomes += [ask(one, trial) for one in asked]
            if done:
                report(Progress("ask", done, len(rounds) - 1))
    if claims:
        return Run("claims", tabulate(outcomes), claims_alone(articles))
    return Run("news", tabulate(outcomes), questions_alone(articles))


def _rounds(
    articles: Sequence[NewsArticle], items: Sequence[Sequence[Item]]
) -> Iterator[tuple[list[Paragraphs], list[Asked]]]:
    """Yield the articles as they stand, and what is asked of them so: first as written, then edited."""
    every = [(at, n, item) for at, own in enumerate(items) for n, item in enumerate(own)]
    yield [a.paragraphs for a in articles], [(*one, one[2].variants[0]) for one in every]
    for number, those in enumerate(zip_longest(*items)):
        states = [a.paragraphs for a in articles]
        asked = []
        for at, item in enumerate(those):
            if item and not item.variants[-1].written:
                states[at] = item.variants[-1].paragraphs
                asked.append((at, number, item, item.variants[-1]))
        yield states, asked


def _article(number: int, news: NewsArticle, paragraphs: Paragraphs) -> Article:
    text = "\n".join("".join(p) for p in paragraphs)
    day = date.fromisoformat(news.published) if news.published else None
    plain = article(number, news.title, text, f"{number:08d}")
    return replace(plain, publisher=news.publisher or None, published=day, language="ja")


def _ask_question(asked: Asked, trial: Asking) -> NewsOutcome:
    at, number, item, variant = asked
    started = time.perf_counter()
    answer = answering.answer(trial.read(item.text, trial.retrieve(item.text)))
    seconds = time.perf_counter() - started
    cited = sorted(answer.citations, key=lambda c: -c.score)
    held = [_held(citation, f"{at:08d}", variant) for citation in cited]
    best = bool(held) and bool(held[0])
    every = bool(variant.evidence) and set().union(*held) == {*variant.evidence}
    told = variant.settled, answer.answered, answer.confidence, len(cited)
    judged = best, every, best and _points(cited[0], variant.answer)
    name = f"{at}/{number}"
    return NewsOutcome(name, item.language, seconds, variant.written, *told, *judged)


def _judge_claim(asked: Asked, trial: Asking) -> ClaimOutcome:
    """Judge a claim as a sentence of a draft is."""
    at, number, item, variant = asked
    started = time.perf_counter()
    read = trial.read(item.text, trial.retrieve(item.text))
    verdict = judge(read)
    judged = verdict.verdict if verdict else "not found"
    seconds = time.perf_counter() - started
    name = f"{at}/{number}"
    return ClaimOutcome(name, item.language, seconds, variant.written, variant.label, judged)


def _held(citation: Citation, article_id: str, variant: Variant) -> set[int]:
    """The sentences of the evidence that a citation holds."""
    ends = [s + "\n" * (n == len(p) - 1) for p in variant.paragraphs for n, s in enumerate(p)]
    starts = [0, *accumulate(map(len, ends))]
    return {
        n
        for n in variant.evidence
        if citation.article_id == article_id
        and citation.start <= starts[n]
        and starts[n] + len(variant.sentences[n]) <= citation.end
    }


def _points(citation: Citation, answer: str | None) -> bool:
    if citation.key is None or answer is None:
        return False
    return citation.key_words in answer or answer in citation.key_words


# What questions, claims and changed sentences give away without the article.


def questions_alone(articles: Sequence[NewsArticle]) -> dict[str, float]:
    """Return AUROC of the question alone, as written, and of the sentences that settle it, on twins."""
    from sklearn.metrics import roc_auc_score

    asked = [(at, item) for at, own in enumerate(articles) for item in own.questions]
    written = [(at, item.text, item.variants[0].settled) for at, item in asked]
    variants = [(at, v) for at, item in asked for v in item.variants]
    changed = [(at, "".join(v.sentences[n] for n in v.near), v.settled) for at, v in variants]
    measure = lambda labels, scores: roc_auc_score(labels, scores[:, -1])  # noqa: E731
    texts = {"question alone, as written": written, "changed sentence alone": changed}
    return _alone(texts, "predict_proba", measure)


def claims_alone(articles: Sequence[NewsArticle]) -> dict[str, float]:
    """Return macro-F1 of the claim alone, as written and with its twins."""
    from sklearn.metrics import f1_score

    claims = [(at, item) for at, own in enumerate(articles) for item in own.claims]
    written = [(at, item.text, item.variants[0].label) for at, item in claims]
    every = [(at, item.text, v.label) for at, item in claims for v in item.variants]
    texts = {"claim alone, as written": written, "claim alone": every}
    return _alone(texts, "predict", partial(f1_score, average="macro"))


def _alone(
    texts: Mapping[str, Sequence[tuple[int, str, Any]]],
    method: str,
    measure: Callable[[NDArray[Any], Any], float],
) -> dict[str, float]:
    """Measure what is predicted of texts by models fitted on those of other articles.

    A text comes with the number of its article and its label. Nothing is returned where there are
    too few articles to tell.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    ngrams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    model = make_pipeline(ngrams, LogisticRegression(C=10, max_iter=1000))
    figures = {}
    for name, rows in texts.items():
        groups, own, labels = (np.array(column) for column in zip(*rows, strict=True))
        if len(np.unique(groups)) < FOLDS:
            return {}
        folds = GroupKFold(FOLDS)
        found = cross_val_predict(model, own, labels, groups=groups, cv=folds, method=method)
        figures[name] = float(measure(labels, found))
    return figures
