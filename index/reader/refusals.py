"""What a refusal says: that nothing was found, and what is missing.

What it does not know: which names of an English or Chinese question no article holds, for the
articles write them otherwise.
"""

import re
from collections.abc import Mapping

from index.questions import Question
from index.store import Generation

_HIRAGANA = re.compile("[ぁ-ん]")  # a word with it is seldom the name of something
_FIGURES = re.compile(r"(?:[0-9０-９][0-9０-９,.]*(?:年|月|日)?)+")
_NOTHING = {
    "ja": "この質問に答える記述は、探した範囲の記事には見つかりませんでした。",
    "en": "I could not find anything in the articles searched that answers this question.",
    "zh": "在所检索的文章中没有找到能回答这个问题的内容。",
}
_UNKNOWN = {
    "ja": "{}は、どの記事にも出てきません。",
    "en": " No article mentions {}.",
    "zh": "没有文章提到{}。",
}
_NOT_NEAR = {
    "ja": "近い記述はありますが、{}については書かれていません。",
    "en": " There are related passages, but they do not mention {}.",
    "zh": "有相关的段落，但没有提到{}。",
}
_LACKS = {
    "ja": "近い記述はありますが、その中に{}は見当たりません。",
    "en": " There are related passages, but they do not give {}.",
    "zh": "有相关的段落，但其中没有{}。",
}
_KINDS = {
    "date": {"ja": "日付", "en": "a date", "zh": "日期"},
    "number": {"ja": "数値", "en": "a figure", "zh": "数字"},
    "person": {"ja": "人の名前", "en": "a person's name", "zh": "人名"},
    "country": {"ja": "国の名前", "en": "the name of a country", "zh": "国家名称"},
    "place": {"ja": "場所の名前", "en": "the name of a place", "zh": "地名"},
    "reason": {"ja": "理由", "en": "a reason", "zh": "原因"},
}
_QUOTED = {"ja": "「{}」", "en": "“{}”", "zh": "“{}”"}
_AND = {"ja": "", "en": ", ", "zh": "、"}


def refuse(
    asked: Question, signals: Mapping[str, float], generation: Generation
) -> tuple[str, tuple[str, ...]]:
    """Say in the language of the question that it cannot be answered, and why as far as is known.

    Args:
        asked: The question.
        signals: Those of the best sentence; none where no passage was found.
        generation: The articles.

    Returns:
        The text, and what is missing: words or figures of the question, or the kind of thing asked.
    """
    language = asked.language
    reason, missing = _reason(asked, signals, generation)
    quoted = [_QUOTED[language].format(word) for word in missing]
    if reason is _LACKS:
        quoted = list(missing)
    said = reason[language].format(_AND[language].join(quoted)) if missing else ""
    return _NOTHING[language] + said, missing


def _reason(
    asked: Question, signals: Mapping[str, float], generation: Generation
) -> tuple[dict[str, str], tuple[str, ...]]:
    if unknown := _unknown(asked, generation):
        return _UNKNOWN, unknown
    if signals.get("figure"):
        return _NOT_NEAR, tuple(dict.fromkeys(_FIGURES.findall(asked.text)))
    if signals.get("unit") or signals.get("lacks"):
        return _LACKS, (_KINDS[asked.kind or "number"][asked.language],)
    return _NOTHING, ()


def _unknown(asked: Question, generation: Generation) -> tuple[str, ...]:
    """The words of a Japanese question that stand in no article, those in kana left out."""
    own = asked.terms if asked.language == "ja" else {}
    absent = [word for term, word in own.items() if term not in generation.terms]
    return tuple(word for word in absent if not _HIRAGANA.search(word))
