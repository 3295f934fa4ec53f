"""What reads, cleans, cuts and understands takes no more than in proportion to the length of a text.

A unit repeated n and 4 n times: the time of the second over that of the first is about 4 where the work is
in proportion, 16 where it grows with the square.
"""

import contextlib
import time
from collections.abc import Callable
from datetime import date

import pytest
from conftest import collect

from index.articles.cleaning import clean
from index.articles.encodings import decode_page
from index.articles.files import Draft, Limits, Unreadable
from index.articles.formats import finish
from index.articles.html import parse as parse_html
from index.articles.markdown import parse as parse_markdown
from index.ingest.received import paste, receive
from index.passages import cut
from index.questions import LONGEST, understand
from index.questions.lexicon import bigrams, terms
from index.text.characters import drop_ruby, repair
from index.text.dates import spell_out
from index.text.figures import figures
from index.text.lines import tidy
from index.text.normal import placed
from index.text.spans import mentions

DAY = date(2025, 1, 22)
UNITS = (
    "あ", "漢", "ア", "a", "A", "Aa ", "7", "12,345.6", "一二三億", " ", "　", "\n", "a\n", "。", "。\n", "雨。", "！", ".", "a. ",
    "2025年1月22日", "2025年1月22日、昨年11月", "Jan 5, 2025 ", "令和6年", "令和", "(令和", "一", "十月", "一・", "3:", "午後3時", "万", "1億", "1,", "1.", "1 million ", "百分之一点", "〜", "17日", "昨年", "2025/1/22 ",
    "「", "「」", "「あ。」", "（", "(", "[", "【", "[a](", "![", "(関連記事：", "《", "漢《", "｜", "漢《か》",
    "é", "\u0301", "\u0301\u0323", "😀", "\u200b", "\0", "https://example.com/a", "https://example.com/a ",
    "<", "<a ", "<p>", "<b>", "<!--", "<!---->", "<script>", "<script ", "<rt>", "&amp;", "*", "**a ", "_a ", "`", "`a``",
    "> ", "- ", "- a\n", "|", "|a\n", "# a\n", "© ", "copyright ", "By A", "文：", "山田 太郎、", "記者", "| 新聞 ", "p ",
    "1\n見出しが長いので十二字を超える行\n", "関連記事\n", "見出しが切れている記事の題名…\n", "シェア\n", "なぜ", "その", "とは", "呢",
)  # fmt: skip
NAMES = collect(["ゼレンスキー大統領とトランプ氏がロシアを語り、習近平が北京で聞いた。"])


def read(parse: Callable[..., Draft]) -> Callable[[str], object]:
    return lambda text: parse(text.encode(), Limits())


READING: dict[str, Callable[[str], object]] = {
    "repair": lambda text: drop_ruby(repair(text)),
    "clean": lambda text: clean(tidy(repair(text))),
    "finish": lambda text: finish(Draft(text, chrome=True), Limits()),
    "cut": lambda text: cut(tidy(repair(text))),
    "markdown": read(parse_markdown),
    "html": read(parse_html),
    "punycode": lambda text: decode_page(b"<meta charset=punycode>" + text.encode()),
    "dates": lambda text: [f(repair(text), DAY) for f in (mentions, spell_out)],
    "figures": lambda text: figures(repair(text)),
    "one form": lambda text: placed(repair(text)),
    "terms": lambda text: (terms(repair(text)), bigrams(repair(text))),
    "paste": lambda text: paste({"title": text}, text),
}


def seconds(work: Callable[[str], object], text: str) -> float:
    """Seconds of the processor."""
    begun = time.process_time()
    with contextlib.suppress(Unreadable):
        work(text)
    return time.process_time() - begun


def growth(work: Callable[[str], object], unit: str, size: int) -> float:
    """How many times longer a text takes that is four times as long; 1 where it takes no time."""
    count = max(size // len(unit), 1)
    short, long = f"文{unit * count}終", f"文{unit * count * 4}終"
    for _ in range(3):  # the machine may have been busy
        ratio = seconds(work, long) / max(seconds(work, short), 0.004)
        if ratio < 10:
            return ratio
    return ratio


@pytest.mark.parametrize("name", READING)
def test_reading(name: str) -> None:
    work = READING[name]
    seconds(work, "温める。")
    assert {u: g for u in UNITS if (g := growth(work, u, 1500)) >= 10} == {}


def test_a_question() -> None:
    def work(text: str) -> None:
        asked = text[:LONGEST]
        understand(asked, NAMES, {"橋"}, previous="ロシアの大統領は誰ですか？")

    work("温める。")
    assert {unit: s for unit in UNITS[::4] if (s := seconds(work, unit * LONGEST)) > 10} == {}


class TestKnown:
    """What once took time beyond all measure."""

    def test_comments_before_an_uploaded_page(self) -> None:
        import io

        page = b"<!---->" * 5000 + b"x"
        assert receive("a.txt", io.BytesIO(page), largest=10**6).name == "a.txt"
        page = b"<!-- a --> <!-- b -->\n<html>"
        assert receive("a.txt", io.BytesIO(page), largest=10**6).name == "a.txt.html"

    def test_a_line_of_capitals_below_a_caption(self) -> None:
        text = f"市の橋の写真。\n\n{'A' * 70}!\n\n" + "市は橋を閉じて住民に注意を呼びかけた。" * 5
        assert seconds(clean, text) < 5

    def test_marks_piled_up(self) -> None:
        assert repair("e" + "\u0301\u0323" * 200_000)[:1] == "ẹ"
        assert repair("e" + "\u0301" * 20) == "é" + "\u0301" * 19

    def test_a_title_does_not_stand_beside_every_passage(self) -> None:
        page = f"<title>{'題' * 10_000}</title><body><p>{'雨が降った。' * 100}"
        assert finish(parse_html(page.encode(), Limits()), Limits()).title is None

    def test_a_day_from_which_nothing_can_be_counted_back(self) -> None:
        draft = Draft("一昨日の話をした。", published=date(1, 1, 1))
        assert finish(draft, Limits()).published is None
