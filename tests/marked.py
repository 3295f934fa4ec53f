"""Three small articles whose lines are known: a report with pages, a scan with a note, a table."""

from dataclasses import replace
from datetime import date

from conftest import article

from index.records import Article, Loss, Mark

FIRST = "川沿いの倉庫は明治の終わりに建てられ、長く米の保管に使われてきた。"
SECOND = "そのため、修理の費用は38億円に上る。"
NOTE = "注1 費用は2023年の見積もりによる。"
THIRD = "そのため、町は寄付を募っている。"
ROWS = ("年: 2022／米（千袋）: 88", "年: 2023／米（千袋）: ―", "年: 2024／米（千袋）: 91")
LOSSES = (Loss("chrome", "<b>トップ</b>\n国際"), Loss("page", "7 ページ"))


def marked(name: str, *lines: tuple[str, str, str], **fields: object) -> Article:
    """An article of lines, each with the kind and value of its mark, if it has any."""
    text, marks = "", []
    for line, kind, value in lines:
        start = len(text) + (1 if text else 0)
        text += ("\n" if text else "") + line
        marks += [Mark(kind, start, len(text), value)] if kind else []
    return replace(article(name, text, title=f"{name}の記録"), marks=tuple(marks), **fields)  # type: ignore[arg-type]


_TEXT = marked(
    "倉庫", (FIRST, "page", "12"), (SECOND, "page", "13"), (NOTE, "note", "1"), (THIRD, "", "")
)
REPORT = replace(
    _TEXT, publisher="みなと新聞", published=date(2024, 5, 3), losses=LOSSES,
    marks=(*_TEXT.marks[:1], replace(_TEXT.marks[1], end=len(_TEXT.text)), _TEXT.marks[2]),
)  # fmt: skip
SCAN = marked("古文書", ("橋は大正の初めに架けられた。", "ocr", ""))
TABLE = marked(
    "統計", ("米の保管量は次のとおりである。", "", ""), *((row, "row", "") for row in ROWS)
)
ARTICLES = (REPORT, SCAN, TABLE)
