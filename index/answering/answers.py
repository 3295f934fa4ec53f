"""The answer to a question: the sentences that answer, word for word, or a refusal.

A refusal says that nothing was found, what is missing, and what stands nearest. A name of the question
is called missing only where neither it nor its reading, its synonyms or its characters stand in any
article, nor a name of its sound (斎藤 for 齋藤). Else, where the nearest sentence speaks of a sibling
(輸出 for 輸入, 中国 for 日本), the word asked for is named and that sentence shown. Figures are never
called missing: in 846 questions of four sets it would have been said of none.

What it does not know: which names of an English or Chinese question no article holds, and names in
other words that share no sound and are no synonyms to the dictionary (NATO for 北大西洋条約機構).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from index.answering.abroad import gloss
from index.answering.comparison import compare
from index.answering.composing import Made, compose, spell
from index.answering.further import further, in_context
from index.answering.overview import overview
from index.answering.profile import profile
from index.answering.reading import ANSWER_FROM, CLEAR_FROM, Found
from index.answering.said import said
from index.answering.statements import enumerate_, state
from index.answering.talk import talk
from index.answering.timeline import timeline
from index.answering.yesno import yesno
from index.questions import lexicon, sounds
from index.records import Answer
from index.store import Archive
from index.text.normal import ERAS, in_one_form

READER = "extractive"
NEAREST = 3
"""Passages offered with a refusal, and sentences that it shows."""
NEAR_FROM = 0.14
"""Confidence from which a refusal shows the nearest sentences: of our own questions without an answer 73 of 99
are spared one that has nothing to do with them, and of 28 right ones 3 are not shown."""
SHOWN = 120
"""Characters that are shown of each."""

_NOTHING = {
    "ja": "この質問に答える記述は、探した範囲の記事には見つかりませんでした。",
    "en": "I could not find anything in the articles searched that answers this question.",
    "zh": "在所检索的文章中没有找到能回答这个问题的内容。",
}
_UNCLEAR = {
    "ja": "この問いにはっきり答える記述は見つかりませんでした。近い記述：",
    "en": "Nothing in the articles clearly answers this. The nearest statements:",
    "zh": "文章中没有明确回答这个问题的内容。相近的记述：",
}
_UNKNOWN = "{}は、どの記事にも出てきません。"
_SIBLING = "近い記述に{}は出てきません。"
_NEAREST = {
    "ja": ("近い記述：", "「{}」"),
    "en": (" The nearest statements:", " “{}”"),
    "zh": ("相近的记述：", "“{}”"),
}

_NAME = re.compile(r"[^ぁ-ん]{2,}")  # a word with hiragana is seldom the name of something
SHORT = {
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


FORMS: Mapping[str, Callable[[Found], Made | None]] = {
    "talk": talk,
    "overview": overview,
    "profile": profile,
    "comparison": compare,
    "timeline": timeline,
    "said": said,
    "list": enumerate_,
    "yesno": yesno,
}
"""What answers in another form than that of a plain fact; None where it finds nothing."""


def answer(found: Found) -> Answer:
    """Answer with sentences of the articles, verbatim, or say that they do not answer.

    A form that finds nothing of its own leaves the question to the plain fact, and so to its refusal; one
    that makes nothing, where nothing can answer, refuses.
    """
    told, language = _answered(found), found.asked.language
    article = {c.number: found.generation.article(c.article_id) for c in told.citations}
    glossed = (
        replace(s, gloss=gloss(s.text, article[s.citations[0]], language)) for s in told.statements
    )
    return replace(told, statements=tuple(glossed), text=told.text or spell(told, language))


def _answered(found: Found) -> Answer:
    if found.asked.more or found.asked.item:
        first = _answered(replace(found, asked=replace(found.asked, more=0, item=0)))
        return further(found, first)
    found = in_context(found)
    form = FORMS.get(found.asked.form.name)
    made = form(found) if form else None
    if made is None or not (made.sections or made.lead):
        return fact(replace(found, sentences=()) if made else found)
    statements, citations, groups = compose(made.sections)
    told = replace(_empty(found), answered=True, form=found.asked.form.name)
    told = replace(told, verdict=made.verdict, lead=made.lead, groups=groups)
    told = replace(told, statements=statements, citations=citations)
    return told if made.confidence is None else replace(told, confidence=made.confidence)


def fact(found: Found) -> Answer:
    """Answer with the sentences that answer, or refuse."""
    told = _empty(found)
    if found.confidence < ANSWER_FROM:
        refusal, missing = refuse(found)
        return replace(told, text=refusal, missing=missing, nearest=found.hits[:NEAREST])
    statements, citations, differing = state(found.chosen, found)
    told = replace(told, answered=True, statements=statements, citations=citations)
    if found.confidence < CLEAR_FROM:  # nor are words pointed out as what answers
        told = replace(told, citations=tuple(replace(c, key=None) for c in citations))
        told = replace(told, lead=_UNCLEAR[found.asked.language], verdict="unclear")
    return replace(told, differing=differing)


def _empty(found: Found) -> Answer:
    return Answer(
        question=found.question,
        understood=found.asked.understood,
        reader=READER,
        answered=False,
        text="",
        statements=(),
        citations=(),
        missing=(),
        nearest=(),
        confidence=found.confidence,
        follow_up=found.asked.follow_up,
        undated=found.undated,
    )


def refuse(found: Found) -> tuple[str, tuple[str, ...]]:
    """Say in the language of the question that it cannot be answered, and why as far as is known.

    Returns:
        The text, and what is missing, in words of the question.
    """
    language = found.asked.language
    unknown, siblings = _missing(found) if language == "ja" else ([], [])
    siblings = [] if unknown else siblings
    said = _NOTHING[language]
    for missing, told in ((unknown, _UNKNOWN), (siblings, _SIBLING)):
        if missing:
            said += told.format("".join(f"「{word}」" for word in missing))
    if siblings or (found.confidence >= NEAR_FROM and not unknown):
        near = (s.sentence.text for s in found.sentences[:NEAREST])
        shown = (text if len(text) <= SHOWN else f"{text[:SHOWN]}…" for text in near)
        opening, quote = _NEAREST[language]
        said += opening + "".join(map(quote.format, shown))
    return said, (*unknown, *siblings)


def _missing(found: Found) -> tuple[list[str], list[str]]:
    """The names of the question that stand in no article, and the nouns in whose place others stand.

    Both in the question's words. The others stand in the nearest sentence.
    """
    asked, generation = in_one_form(found.asked.text), found.generation
    nearest = in_one_form(found.sentences[0].sentence.text) if found.sentences else ""
    read = {s.hit.passage.id: s.hit.passage for s in found.sentences}.values()
    titles = (generation.article(passage.article_id).title or "" for passage in read)
    around = "\n".join([*titles, *(passage.text for passage in read)])
    held, others = {*lexicon.terms(around)}, lexicon.nouns(nearest)
    heard = {morpheme.reading_form() for morpheme in lexicon.morphemes(around)}
    unknown, siblings = [], []
    for noun in dict.fromkeys(lexicon.nouns(asked)):
        term, word, kind = noun
        if term in held or word in _NO_THINGS or not _NAME.fullmatch(word):
            continue
        known = term in lexicon.names_of_kind(word, "人名")
        if not known and noun not in lexicon.nouns(word):  # 見方 alone is nobody
            continue
        name = kind or known
        if (name and _torn(asked, word)) or lexicon.synonyms(word) & lexicon.synonyms(around):
            continue
        plain = word.translate(_VARIANTS)
        forms = {word, plain, *lexicon.readings(plain)}
        if name and term not in generation.terms and not _anywhere(word, forms, generation):
            unknown.append(word)
        elif any(form in around or form in heard for form in forms) or called_short(word, around):
            continue
        elif any(_siblings(noun, other, asked, nearest) for other in others):
            siblings.append(word)
    return unknown, siblings


def _torn(text: str, word: str) -> bool:
    """Whether a name in kanji stands right behind another kanji: 金正恩氏 is cut before 恩."""
    before = text[: max(text.find(word), 0)][-1:]
    return bool(_HAN.fullmatch(before) and _HAN.fullmatch(word))


def called_short(word: str, text: str) -> bool:
    """Whether a text calls a country by one character."""
    return word in SHORT and SHORT[word] in text


def _anywhere(word: str, forms: set[str], generation: Archive) -> bool:
    """Whether a name may stand in an article in one of its forms, or be that of its writer."""
    for form in forms:
        if generation.stands_together(lexicon.bigrams(form)):
            return True
    if any(sounds.is_there(sounds.of_kana(form), generation.names) for form in forms):
        return True
    if any(word in name for name in generation.writers):
        return True
    return word in SHORT and any(called_short(word, a.text) for a in generation.articles())


def _siblings(
    one: tuple[str, str, str], other: tuple[str, str, str], text: str, nearest: str
) -> bool:
    """Whether two nouns stand in each other's place: names of a kind, or alike before one word."""
    (term, word, kind), (its_term, its_word, its_kind) = one, other
    if term == its_term:
        return False
    if kind or its_kind:
        return kind == its_kind
    alike = len(word) > 1 < len(its_word) and (word[-1] == its_word[-1] or word[0] == its_word[0])
    behind, its_behind = (own.partition(w)[2][:1] for own, w in ((text, word), (nearest, its_word)))
    return alike and behind == its_behind and bool(_SOLID.fullmatch(behind))
