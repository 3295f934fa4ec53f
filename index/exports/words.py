"""The words of an export, in the languages of the page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What an export says of itself; fields with braces are filled by ``str.format``."""

    language: str
    sources: str
    nearest: str
    understood: str
    speaker: str
    differing: str
    comma: str
    aside: str
    missing: str
    quoted: str
    position: str
    around: str
    date: str


JA = Words(
    language="ja",
    sources="出典",
    nearest="近い箇所（答えそのものではありません）",
    understood="前の質問と合わせて読みました：{}",
    speaker="{}の発言・見解",
    differing="出典によって数字が異なります：",
    comma="、",
    aside="（{}）",
    missing="見つからなかった言葉：{}",
    quoted="「{}」",
    position="位置 {start}–{end}",
    around="前後の文",
    date="{0.year}年{0.month}月{0.day}日",
)

EN = Words(
    language="en",
    sources="Sources",
    nearest="Nearby passages (not the answer itself)",
    understood="Read together with the question before: {}",
    speaker="said or held by {}",
    differing="The sources give different figures: ",
    comma=", ",
    aside=" ({})",
    missing="Words not found: {}",
    quoted="“{}”",
    position="position {start}–{end}",
    around="In its passage",
    date="{0.day} {0:%B} {0.year}",
)

ZH = Words(
    language="zh",
    sources="出处",
    nearest="相近的段落（并非答案本身）",
    understood="与上一个问题合并理解为：{}",
    speaker="{}的发言或观点",
    differing="各出处的数字不一致：",
    comma="、",
    aside="（{}）",
    missing="未找到的词语：{}",
    quoted="“{}”",
    position="位置 {start}–{end}",
    around="前后文",
    date="{0.year}年{0.month}月{0.day}日",
)

_BY_LANGUAGE = {words.language: words for words in (JA, EN, ZH)}


def words_for(language: str) -> Words:
    """Return the words of a language (``en``, ``zh-CN``); Japanese for one that is not known."""
    return _BY_LANGUAGE.get(language.split("-")[0].lower(), JA)
