"""What an export says beside the words of articles, in the languages of the page; nothing is escaped here."""

from collections.abc import Callable
from dataclasses import dataclass

from index.schema import Answer, Place, Statement
from index.text.characters import one_line

Write = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Words:
    """What an export says of itself, in one language.

    The fields are what it says as it stands, or with braces that ``str.format`` fills; the methods say
    what those of an answer come to. ``write`` makes a piece of somebody else's text fit for the format.
    """

    language: str
    sources: str
    nearest: str
    read_as: str
    read_with: str
    speaker: str
    figures: str
    comma: str
    aside: str
    missing: str
    quoted: str
    place: str
    around: str
    date: str

    def origin(self, place: Place) -> str:
        """Name where a citation or passage comes from in one line: title, publisher, date."""
        day = self.date.format(place.published) if place.published else ""
        return " / ".join(filter(None, map(one_line, (place.name, place.publisher or "", day))))

    def position(self, place: Place) -> str:
        """Say where in its article a citation or passage stands."""
        return self.place.format(start=place.start, end=place.end)

    def understood(self, answer: Answer) -> str:
        """Say how a question was read; empty for one read as asked."""
        said = self.read_with if answer.follow_up else self.read_as
        return "" if answer.understood == answer.question else said.format(answer.understood)

    def refusal(self, answer: Answer) -> list[str]:
        """Say that there is no answer, and which words the articles do not hold; nothing of an answer."""
        named = "".join(self.quoted.format(word) for word in answer.missing)
        told = (answer.text, named and self.missing.format(named))
        return [] if answer.answered else [line for line in told if line]

    def spoken(self, statement: Statement, write: Write) -> str:
        """Say whose words a statement is; empty for plain reporting."""
        speaker = statement.speaker
        return self.aside.format(self.speaker.format(write(speaker))) if speaker else ""

    def differing(self, answer: Answer, write: Write, marker: Callable[[int], str]) -> str:
        """Set figures that differ side by side, with the days of their articles and their citations."""
        told = []
        for of in answer.differing:
            day = self.aside.format(self.date.format(of.published)) if of.published else ""
            told.append(write(of.figure + day) + marker(of.citation))
        return self.figures + self.comma.join(told) if told else ""


_TABLE = {
    "language": ("ja", "en", "zh"),
    "sources": ("出典", "Sources", "出处"),
    "nearest": (
        "近い箇所（答えそのものではありません）",
        "Nearby passages (not the answer itself)",
        "相近的段落（并非答案本身）",
    ),
    "read_as": ("次のように読みました：{}", "Read as: {}", "理解为：{}"),
    "read_with": (
        "前の質問と合わせて読みました：{}",
        "Read together with the question before: {}",
        "与上一个问题合并理解为：{}",
    ),
    "speaker": ("{}の発言・見解", "said or held by {}", "{}的发言或观点"),
    "figures": (
        "出典によって数字が異なります：",
        "The sources give different figures: ",
        "各出处的数字不一致：",
    ),
    "comma": ("、", ", ", "、"),
    "aside": ("（{}）", " ({})", "（{}）"),
    "missing": ("見つからなかった言葉：{}", "Words not found: {}", "未找到的词语：{}"),
    "quoted": ("「{}」", "“{}”", "“{}”"),
    "place": ("位置 {start}–{end}", "position {start}–{end}", "位置 {start}–{end}"),
    "around": ("前後の文", "In its passage", "前后文"),
    "date": (
        "{0.year}年{0.month}月{0.day}日",
        "{0.day} {0:%B} {0.year}",
        "{0.year}年{0.month}月{0.day}日",
    ),
}
_BY_LANGUAGE = {
    language: Words(**{name: row[n] for name, row in _TABLE.items()})
    for n, language in enumerate(_TABLE["language"])
}


def words_for(language: str) -> Words:
    """Return the words of a language (``en``, ``zh-CN``); Japanese for one that is not known."""
    return _BY_LANGUAGE.get(language.split("-")[0].lower(), _BY_LANGUAGE["ja"])
