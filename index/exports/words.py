"""What an export says beside the words of articles, in the languages of the page; nothing is escaped here."""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePath

from index.articles import TYPES
from index.citations import source_name
from index.schema import Answer, Citation, Place, Statement
from index.text.characters import one_line

Write = Callable[[str], str]


class Table:
    """Words by their names, as attributes."""

    def __init__(self, table: dict[str, str]) -> None:
        self._table = table

    def __getattr__(self, name: str) -> str:
        try:
            return self._table[name]
        except KeyError:
            raise AttributeError(name) from None


class Words(Table):
    """What an export says of itself, in one language.

    As attributes the words of ``_TABLE``, as they stand or with braces that ``str.format`` fills (``inner``:
    the marks around a title, and what stands for them inside it); the methods say
    what those of an answer come to. ``write`` makes a piece of somebody else's text fit for the format.
    """

    def cited(self, place: Place) -> str:
        """Cite an article in one line, as people do: authors, title, publisher, day, and what it rests on."""
        name = one_line(place.name)
        publisher = self.outlets(place) or one_line(place.publisher or "")
        authors = (one_line(author) for author in place.authors if author != place.publisher)
        title = self.title.format(name.translate(str.maketrans(self.inner[:2], self.inner[2:])))
        day = self.date.format(place.published) if place.published else ""
        page = self.mark("page", str(place.page)) if place.page else ""
        when = self.comma.join(filter(None, (publisher, day, page)))
        parts = (self.comma.join(authors), title, when)
        rests = self.rests.format(source) if (source := original(place)) not in ("", name) else ""
        return self.beside.join(filter(None, parts)) + rests

    def verdict(self, name: str) -> str:
        """Name what the articles say of a sentence of a draft."""
        return self._table[f"verdict {name}"]

    def known(self, place: Place) -> list[str]:
        """Say on which page a place is, and that it is a note, a row of a table, or read off a picture."""
        page = [self.mark("page", str(place.page))] if place.page else []
        return [*page, *map(self.mark, place.kinds)]

    def mark(self, kind: str, value: str = "") -> str:
        """Say what a mark says."""
        return self._table.get(f"mark {kind}", kind).replace("{}", value)

    def left_out(self, losses: Mapping[str, int]) -> str:
        """Say how many lines were left out, by kind; empty where none were."""
        told = (f"{self.loss(kind)} {lines:,}" for kind, lines in losses.items())
        return self.losses + self.comma.join(told) if losses else ""

    def loss(self, kind: str) -> str:
        """Name a kind of loss."""
        return self._table.get(f"loss {kind}", kind)

    def outlets(self, place: Place) -> str:
        """Name the agency of a copy and its carriers, or the outlet and the others; nothing of one alone."""
        if not isinstance(place, Citation) or not place.carriers:
            return ""
        every = (one_line(p.publisher or p.name) for p in (place, *place.carriers))
        first, *others = dict.fromkeys([place.agency, *every] if place.agency else every)
        said = self.carried if place.agency else self.also
        return said.format(first, self.comma.join(others)) if others else ""

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
        """Say whose words a statement is, or that it is not verified; empty for plain reporting."""
        said = self.unverified if statement.verdict == "unverified" else ""
        if statement.speaker:
            said = self.speaker.format(write(statement.speaker))
        return self.aside.format(said) if said else ""

    def turned(self, place: Place) -> str:
        """Say what a language model made of a quote in another language; empty where it made nothing."""
        said = getattr(place, "translation", "")
        return self.translated.format(said) if said else ""

    def wrote(self, answer: Answer) -> str:
        """Say which language model wrote the statements, or why none did; empty for quotes alone."""
        return self.written.format(one_line(answer.writer)) if answer.writer else answer.note

    def differing(self, answer: Answer, write: Write, marker: Callable[[int], str]) -> str:
        """Set figures that differ side by side, with the days of their articles and their citations."""
        told = []
        for of in answer.differing:
            day = self.aside.format(self.date.format(of.published)) if of.published else ""
            told.append(write(of.figure + day) + marker(of.citation))
        return self.figures + self.comma.join(told) if told else ""


_DAY = "{0.year}年{0.month}月{0.day}日"
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
    "comma": ("、", ", ", "，"),
    "aside": ("（{}）", " ({})", "（{}）"),
    "missing": ("見つからなかった言葉：{}", "Words not found: {}", "未找到的词语：{}"),
    "quoted": ("「{}」", "“{}”", "“{}”"),
    "title": ("「{}」", "“{}”", "《{}》"),
    "inner": ("「」『』", "“”‘’", "《》〈〉"),
    "beside": ("", ", ", "，"),
    "rests": ("。原典：{}", ". Original source: {}", "。原始来源：{}"),
    "place": ("引用箇所", "Quoted passage", "引文位置"),
    "around": ("前後の文", "In its passage", "前后文"),
    "date": (_DAY, "{0.day} {0:%B} {0.year}", _DAY),
    "mark page": ("{}ページ", "p. {}", "第{}页"),
    "mark ocr": ("画像から読み取り (OCR)", "read from an image (OCR)", "由图像识别 (OCR)"),
    "mark note": ("注", "note", "注释"),
    "mark row": ("表", "table", "表格"),
    "losses": ("本文に入れなかったもの：", "Left out: ", "未读入的内容："),
    "loss chrome": ("案内や広告など", "navigation and notices", "导航和广告等"),
    "loss hidden": ("隠れた文字", "hidden text", "隐藏文字"),
    "loss deleted": ("削除された文字", "deleted text", "已删除文字"),
    "loss page": ("文字のないページ", "pages without text", "无文字的页"),
    "loss picture": ("図", "pictures", "图片"),
    "loss other": ("その他", "other", "其他"),
    "carried": ("{}（{}が掲載）", "{} (carried by {})", "{}（{}刊载）"),
    "checked": ("確かめた原稿", "Checked draft", "核对过的草稿"),
    "verdict supported": ("記事が裏づける", "supported", "有依据"),
    "verdict contradicted": ("記事と食い違う", "contradicted", "与文章不符"),
    "verdict not found": ("記事に見当たらない", "not found", "文章中未见"),
    "verdict skipped": ("対象外", "not checked", "未核对"),
    "stands": ("「{}」は、記事では「{}」", "“{}” is “{}” in the article", "“{}”在文章中是“{}”"),
    "altered": (
        "引用の言葉が記事と違います",
        "The words quoted differ from the article",
        "引文与文章不同",
    ),
    "unquoted": (
        "この言葉は記事に見当たりません：「{}」",
        "These words are not found in the articles: “{}”",
        "文章中未见这些话：“{}”",
    ),
    "another": (
        "{}の言葉ではなく、記事では{}の言葉です",
        "Not said by {}: in the article these are the words of {}",
        "不是{}说的，文章中是{}的话",
    ),
    "unverified": (
        "記事で確かめられていません",
        "not verified by the articles",
        "未能由文章证实",
    ),
    "written": (
        "この答えの文は、言語モデル {} が記事の文をもとに書きました。引用は記事のままです。",
        "The statements were written by the language model {} from sentences of the articles; quotes are as in them.",
        "以下文字由语言模型 {} 依据文章的句子写成，引文与原文一致。",
    ),
    "translated": ("機械翻訳：{}", "Machine translation: {}", "机器翻译：{}"),
    "also": ("{}（{}も掲載）", "{} (also in {})", "{}（{}亦刊载）"),
}
_BY_LANGUAGE = {
    language: Words({name: row[n] for name, row in _TABLE.items()})
    for n, language in enumerate(_TABLE["language"])
}


def words_for(language: str) -> Words:
    """Return the words of a language (``en``, ``zh-CN``); Japanese for one that is not known."""
    return _BY_LANGUAGE.get(language.split("-")[0].lower(), _BY_LANGUAGE["ja"])


def original(place: Place) -> str:
    """Return what an article rests on, in the words of its own metadata.

    Where there is a title, empty for the name of a file, and for what says no more than the rest does.
    """
    rest = source = source_name(place.source)
    for said in (place.title, place.publisher, place.url, *place.authors):
        rest = rest.replace(said or "", "")
    is_file = PurePath(source).suffix.lower() in TYPES and "://" not in source
    left_out = is_file or not re.sub(r"[\W\d_年月日付]", "", rest)
    return "" if place.title and left_out else one_line(source)
