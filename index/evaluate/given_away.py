"""What questions, claims and changed sentences give away without the article: the line beside each figure.

A logistic regression on character n-grams, fitted on four fifths of the articles and asked about the
last one in turn.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.evaluate.newsqa import NewsArticle, Variant
from index.evaluate.selective import auroc

FOLDS = 5


def of_questions(articles: Sequence[NewsArticle]) -> dict[str, float]:
    """Return AUROC of the question alone, as written, and of the sentences that settle it, on twins.

    Nothing where there are too few articles to tell.
    """
    if sum(bool(a.questions) for a in articles) < FOLDS:
        return {}
    written, changed = [], []
    for number, article in enumerate(articles):
        for item in article.questions:
            written.append((number, item.text, item.variants[0].settled))
            changed += [(number, _near(v), v.settled) for v in item.variants]
    return {
        "question alone, as written": _auroc(written),
        "changed sentence alone": _auroc(changed),
    }


def of_claims(articles: Sequence[NewsArticle]) -> dict[str, float]:
    """Return macro-F1 of the claim alone, as written and with its twins.

    Nothing where there are too few articles to tell.
    """
    if sum(bool(a.claims) for a in articles) < FOLDS:
        return {}
    rows = [
        (number, item.text, variant.label, variant.written)
        for number, article in enumerate(articles)
        for item in article.claims
        for variant in item.variants
    ]
    return {
        "claim alone, as written": _macro_f1([row[:3] for row in rows if row[3]]),
        "claim alone": _macro_f1([row[:3] for row in rows]),
    }


def _near(variant: Variant) -> str:
    return "".join(variant.sentences[n] for n in variant.near)


def _auroc(rows: Sequence[tuple[int, str, bool]]) -> float:
    scores, labels = _predict(rows, "predict_proba")
    sure = scores[:, -1]
    return auroc(sure[labels == True], sure[labels == False])  # noqa: E712


def _macro_f1(rows: Sequence[tuple[int, str, str]]) -> float:
    from sklearn.metrics import f1_score

    predicted, labels = _predict(rows, "predict")
    return float(f1_score(labels, predicted, average="macro"))


def _predict(rows: Sequence[tuple[int, str, Any]], method: str) -> tuple[Any, NDArray[Any]]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    groups, texts, labels = (np.array(column) for column in zip(*rows, strict=True))
    ngrams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    model = make_pipeline(ngrams, LogisticRegression(C=10, max_iter=1000))
    found = cross_val_predict(
        model, texts, labels, groups=groups, cv=GroupKFold(FOLDS), method=method
    )
    return found, labels
