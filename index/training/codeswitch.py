"""Questions with their words in English or Chinese, so that those ask of Japanese passages as well.

A word is translated by the word of the other language whose vector is nearest, if it is clearly
nearer than others are; the rest stay Japanese. The words of the other language are the commonest by
wordfreq.

What it does not know: grammar, so that these are words in a row; and names, most of which stay.

Source: code-switching, Qin et al. 2020, https://arxiv.org/abs/2006.06402; nearness as in Conneau et
al. 2018 (CSLS), https://arxiv.org/abs/1710.04087.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np

from index import lexicon
from index.encoder import Encoder, Vectors
from index.errors import TenkyoError
from index.records import OnProgress, Progress
from index.training.once import once

SWITCHED = 0.25
"""The share of questions that are put into another language."""
LANGUAGES = {"en": " ", "zh": ""}
"""With what stands between words."""
COMMON = 15_000
"""Words of a language that translate."""
SEEN = 2
"""Times that a word stands in the questions to be translated."""
NEARER = 0.25
"""By how much the sum of both nearnesses beats that of the ten next neighbours on either side."""
NEIGHBOURS = 10
BATCH = 256
_ASKING = {
    "何年": ("what year", "哪一年"),
    "何月": ("what month", "几月"),
    "何日": ("what day", "几号"),
    "何人": ("how many people", "多少人"),
    "何回": ("how many times", "多少次"),
    "何度": ("how many", "多少"),
    "何歳": ("how old", "几岁"),
    "誰": ("who", "谁"),
    "いつ": ("when", "什么时候"),
    "どこ": ("where", "哪里"),
    "なぜ": ("why", "为什么"),
    "どうして": ("why", "为什么"),
    "何": ("what", "什么"),
    "なん": ("what", "什么"),
    "どの": ("which", "哪个"),
    "どちら": ("which", "哪个"),
    "いくつ": ("how many", "多少"),
    "いくら": ("how much", "多少"),
    "どう": ("how", "怎么"),
    "どんな": ("what kind of", "什么样的"),
}

Translations = Mapping[str, Mapping[str, str]]
"""By language, the word for a Japanese one."""


def common_words() -> dict[str, list[str]]:
    """Return the commonest words of the languages that questions are put into.

    Raises:
        TenkyoError: wordfreq is not installed.
    """
    try:
        from wordfreq import top_n_list
    except ModuleNotFoundError as exc:
        raise TenkyoError(
            "訓練には wordfreq が必要です。`pip install 'tenkyo[train]'` で入れてください。"
        ) from exc
    return {
        language: [w for w in top_n_list(language, COMMON) if w.isalpha() and len(w) > 1]
        for language in LANGUAGES
    }


def find_translations(
    questions: Iterable[str],
    common: Mapping[str, Sequence[str]],
    encoder: Encoder,
    cache: Path,
    report: OnProgress,
) -> Translations:
    """Return the translations of the words of questions; found only once.

    Args:
        questions: In Japanese.
        common: By language, the words to translate into.
        encoder: What tells how near words are.
        cache: A file to keep what was found in.
        report: Told how far the work has come.
    """

    def find() -> Translations:
        seen = Counter(word for question in questions for _, word in lexicon.words(question))
        own = [w for w, times in seen.items() if times >= SEEN and not w.isascii()]
        vectors = _encode(own, encoder, report)
        return {
            language: _nearest(own, vectors, words, _encode(words, encoder, report))
            for language, words in common.items()
        }

    found: Translations = once(cache, find)
    return found


def _encode(words: Sequence[str], encoder: Encoder, report: OnProgress) -> Vectors:
    rows = []
    for done in range(0, len(words), BATCH):
        report(Progress("encode", done, len(words)))
        rows.append(encoder.encode_queries(words[done : done + BATCH]))
    vectors = np.concatenate(rows)
    vectors -= vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _nearest(
    words: Sequence[str], vectors: Vectors, others: Sequence[str], of_others: Vectors
) -> dict[str, str]:
    near = vectors @ of_others.T
    crowded = [np.sort(near, axis=axis) for axis in (1, 0)]
    own = crowded[0][:, -NEIGHBOURS:].mean(axis=1, keepdims=True)
    theirs = crowded[1][-NEIGHBOURS:].mean(axis=0, keepdims=True)
    nearness = 2 * near - own - theirs
    best = nearness.argmax(axis=1)
    return {
        word: others[at]
        for row, (word, at) in enumerate(zip(words, best.tolist(), strict=True))
        if nearness[row, at] > NEARER
    }


def switch(question: str, translations: Translations, chance: Random) -> str:
    """Put the words of a question into a language, the word that asks first as English has it."""
    language = chance.choice(list(LANGUAGES))
    known = translations[language]
    column = list(LANGUAGES).index(language)
    asking: list[str] = []
    words: list[str] = []
    content = {written for _, written in lexicon.words(question)}
    written = [morpheme.surface() for morpheme in lexicon.morphemes(question)]
    for word, counter in pairwise([*written, ""]):
        asked = _ASKING.get(word + counter) or _ASKING.get(word)
        if asked:
            (asking if language == "en" else words).append(asked[column])
        elif word in content:
            words.append(known.get(word, word))
    return LANGUAGES[language].join([*asking, *words]) or question
