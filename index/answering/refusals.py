"""What a refusal says: that nothing was found, what is missing, and what stands nearest.

A name of the question is called missing only where neither it nor its reading, its synonyms or its
characters stand in any article, nor a name of its sound (斎藤 for 齋藤); a figure, only where none
of the passages read says the same in any spelling. Else, where the nearest sentence speaks of a
sibling (輸出 for 輸入, 中国 for 日本), the word asked for is named and that sentence shown. Rather
silent than wrong.

What it does not know: which names of an English or Chinese question no article holds, for the
articles write them otherwise; names in other words that share no sound and that the dictionary
does not list as synonyms (NATO for 北大西洋条約機構); figures in words (半分).
"""

import re
from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np

from index.answering.reading import Scored
from index.dates import ERAS, in_full
from index.figures import Figure, agree, figures
from index.questions import Question, lexicon, sounds
from index.records import Article
from index.store import Generation

SHOWN = 120
"""Characters of the nearest sentence that are shown."""
_NOTHING = {
    "ja": "この質問に答える記述は、探した範囲の記事には見つかりませんでした。",
    "en": "I could not find anything in the articles searched that answers this question.",
    "zh": "在所检索的文章中没有找到能回答这个问题的内容。",
}
_UNKNOWN = "{}は、どの記事にも出てきません。"
_SIBLING = "近い記述に{}は出てきません。"
_NEAREST = {"ja": "近い記述：「{}」", "en": " The nearest passage: “{}”", "zh": "相近的记述：“{}”"}
_NAME = re.compile(r"[^ぁ-ん]{2,}")  # a word with hiragana is seldom the name of something
_SHORT = {
    country: short
    for line in (
        "米 アメリカ 米国 合衆国|英 イギリス 英国|仏 フランス|独 ドイツ|露 ロシア|伊 イタリア|日 日本|中 中国",
        "韓 韓国|朝 朝鮮 北朝鮮|台 台湾|印 インド|豪 オーストラリア|加 カナダ|欧 欧州 ヨーロッパ|越 ベトナム",
        "比 フィリピン|蘭 オランダ|西 スペイン",
    )
    for short, *countries in map(str.split, line.split("|"))
    for country in countries
}
"""The character by which newspapers call a country (米大統領、日中)."""
_NO_THINGS = {*ERAS, "記事", "本文", "文章", "要約"}
"""Words that name a calendar, or what is read and not what stands in it."""
_HAN = re.compile(r"[一-龥々]+")
_SOLID = re.compile(r"[一-龥々ァ-ヴー]")
_VARIANTS = str.maketrans("髙﨑德濵", "高崎徳浜")
_BOUND = re.compile(r"以上|以下|未満|超|弱|強|余り|あまり|近く")
_POINT = re.compile(r"(?<=[〇一二三四五六七八九])・(?=[〇一二三四五六七八九])")
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def refuse(
    asked: Question, scored: Sequence[Scored], generation: Generation
) -> tuple[str, tuple[str, ...]]:
    """Say in the language of the question that it cannot be answered, and why as far as is known.

    Args:
        asked: The question.
        scored: The sentences that were read, best first; none where no passage was found.
        generation: The articles.

    Returns:
        The text, and what is missing: words or figures of the question.
    """
    around = _read_text(scored, generation)
    unknown = tuple(_unknown(asked, around, generation))
    siblings = () if unknown else tuple(dict.fromkeys(_told_of_another(asked, scored, around)))
    said = _NOTHING[asked.language]
    for missing, told in ((unknown, _UNKNOWN), (siblings, _SIBLING)):
        if missing:
            said += told.format("".join(f"「{word}」" for word in missing))
    if scored and not unknown:
        said += _NEAREST[asked.language].format(_shown(scored[0].sentence.text))
    return said, unknown + siblings


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _read_text(scored: Sequence[Scored], generation: Generation) -> str:
    """The passages read, with their titles, days and dates in full."""
    read = {s.hit.passage.id: s.hit.passage for s in scored}.values()
    return "\n".join(
        part
        for passage in read
        for article in [generation.article(passage.article_id)]
        for day in [article.published]
        for part in (
            article.title or "",
            f"{day.year}年{day.month}月{day.day}日" if day else "",
            passage.text,
            in_full(passage.text, day),
        )
    )


def _unknown(asked: Question, around: str, generation: Generation) -> Iterator[str]:
    """The names in a Japanese question that stand in no article, however written."""
    if asked.language != "ja":
        return
    for term, word in asked.terms.items():
        if term in generation.terms or not _NAME.fullmatch(word) or word in _NO_THINGS:
            continue
        if not _names(asked.text, term) or not _names(word, term):  # 見方 alone is nobody
            continue
        if _torn(asked.text, word):
            continue
        plain = word.translate(_VARIANTS)
        forms = {word, plain, *lexicon.readings(plain)}
        if any(_stands(form, generation) for form in forms):
            continue
        if any(sounds.is_there(sounds.of_kana(form), generation.names) for form in forms):
            continue
        if lexicon.synonyms(word) & lexicon.synonyms(around):
            continue
        if not any(_told_or_signed(word, article) for article in generation.articles()):
            yield word


def _names(text: str, term: str) -> bool:
    """Whether a term is a name in a text."""
    kinds = (lexicon.names_of_kind(text, kind) for kind in ("人名", "地名"))
    return any(term in names for names in (lexicon.names(text), *kinds))


def _torn(text: str, word: str) -> bool:
    """Whether a name in kanji stands right behind another kanji: 金正恩氏 is cut before 恩."""
    before = text[: max(text.find(word), 0)][-1:]
    return bool(_HAN.fullmatch(before) and _HAN.fullmatch(word))


def _told_or_signed(word: str, article: Article) -> bool:
    """Whether an article calls a country short, or is by someone of this name."""
    own = (*article.authors, article.publisher or "")
    return any(word in name for name in own) or _called_short(word, article.text)


def _called_short(word: str, text: str) -> bool:
    return word in _SHORT and _SHORT[word] in text


def _stands(word: str, generation: Generation) -> bool:
    """Whether all pairs of characters of a word stand in one passage: then it may be there."""
    pairs = lexicon.bigrams(word)
    rows = [generation.bigrams.holding(pair) for pair in pairs]
    return not pairs or bool(len(reduce(np.intersect1d, rows)))


def _told_of_another(asked: Question, scored: Sequence[Scored], around: str) -> Iterator[str]:
    """The words and figures of a Japanese question in whose place the nearest sentence has others."""
    if asked.language != "ja" or not scored:
        return
    held = {*lexicon.terms(around), *lexicon.terms(_POINT.sub(".", around))}
    heard = {morpheme.reading_form() for morpheme in lexicon.morphemes(around)}
    nearest = scored[0].sentence.text
    there = lexicon.nouns(nearest)
    for term, word, kind in lexicon.nouns(asked.text):
        if term in held or word in _NO_THINGS or not _NAME.fullmatch(word):
            continue
        if (term, word, kind) not in lexicon.nouns(word):  # 見方 alone is nobody
            continue
        if kind and _torn(asked.text, word):
            continue
        forms = {word, *lexicon.readings(word.translate(_VARIANTS))}
        if any(form in around or form in heard for form in forms) or _called_short(word, around):
            continue
        if lexicon.synonyms(word) & lexicon.synonyms(around):
            continue
        slot = _slot(asked.text, word)
        for t, other, its in there:
            if t != term and _siblings((word, kind), (other, its), slot, _slot(nearest, other)):
                yield word
                break
    told = figures(in_full(around, None))
    for figure in figures(in_full(asked.text, None)):
        like = [f for f in told if f.unit == figure.unit]
        if like and not any(agree(figure, f) for f in like) and not _may_stand(figure, held):
            yield figure.written


def _may_stand(figure: Figure, held: set[str]) -> bool:
    """Whether the passages may hold a figure in another spelling, or it is none to look for.

    One (一人の, 1日に) counts nothing, and a bound (10隻以上) holds of many figures.
    """
    if _BOUND.search(figure.written) or figure.value in (1.0, (None, None, 1)):
        return True
    numbers = {term for term in lexicon.terms(figure.written) if _DIGITS.fullmatch(term)}
    short = figure.unit.startswith("年") and numbers <= {n[2:] for n in held if len(n) == 4}
    return short or (bool(numbers) and numbers <= held)


def _slot(text: str, word: str) -> tuple[str, str]:
    """The two characters before a word, and the one behind it."""
    at = text.find(word)
    return text[max(at - 2, 0) : at], text[at + len(word) :][:1]


def _siblings(
    one: tuple[str, str], other: tuple[str, str], slot: tuple[str, str], another: tuple[str, str]
) -> bool:
    """Whether two nouns stand in each other's place: names of a kind, or words alike in one slot."""
    (word, kind), (sibling, its) = one, other
    if kind or its:
        return kind == its
    alike = len(word) > 1 < len(sibling) and (word[-1] == sibling[-1] or word[0] == sibling[0])
    behind = slot[1] == another[1] and bool(_SOLID.fullmatch(slot[1]))
    return alike and (behind or (len(slot[0]) == 2 and slot[0] == another[0]))
