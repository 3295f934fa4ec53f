"""Articles that the tests of the article page share, and a server of that page."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from conftest import article, fake_engine, publish
from fastapi import FastAPI
from hostile import HOSTILE

from index.engine import Engine
from index.records import Loss, Mark
from index.settings import Settings
from index.store import Home
from index.text.characters import CONTROLS
from index.web.article import article_router
from index.web.words import LANGUAGES

WORDS = LANGUAGES["ja"]

TEXT = """## 灯台の誕生😀

😀𠮷野の灯台は1924年に建てられた。石は𠮷村から船で運ばれた。工費は12万円だった。

## 無人になるまで

灯台は1951年に電化された。\u202eさかさ\u202cまの
札が🗼の戸に残る。
町は宿舎を買い取った。
"""
LIGHTHOUSE = replace(
    article("light", TEXT, title="港の灯台", publisher="みなと新聞", published=date(2024, 5, 3)),
    authors=("大野 修造",),
    url="https://example.com/lights",
    source="みなと新聞の紙面",
)
QUOTES = (
    "石は𠮷村から船で運ばれた。",
    "1951年に電化された。\u202eさかさ\u202cまの\n札が🗼の戸",
    "だった。\n\n## 無人になるまで\n\n灯台は1951年",
)
LONG = article(
    "long", "前の文である。\n\n" * 300 + "この文を引用する。" + "\n\n後の文である。" * 99
)
BAD = [
    replace(
        article(f"bad{n}", f"前の文。{text}。後の文。"),
        title=hostile,
        publisher=hostile,
        authors=(hostile,),
        url=hostile,
        source=hostile,
        marks=(Mark("page", 0, 2, text), Mark(text, 0, 2)),
        losses=(Loss("chrome", text), Loss(text, text)),
    )
    for n, hostile in enumerate(HOSTILE)
    for text in [hostile.encode("utf-8", "replace").decode()]
]
STORED = [bad for bad in BAD if "\ud83d" not in f"{bad.title}"]  # nothing can keep that one
EVERY = replace(
    article("all", "\n\n".join(f"{b.text}第{n}の文。" for n, b in enumerate(STORED))),
    title=" ".join(str(bad.title) for bad in STORED),
    publisher=" ".join(str(bad.publisher) for bad in STORED),
)


def place(quote: str, text: str = TEXT) -> tuple[int, int]:
    start = text.index(quote)
    return start, start + len(quote)


def fragment(*quotes: str, text: str = TEXT) -> str:
    return "#" + "&".join("quote-{}-{}".format(*place(quote, text)) for quote in quotes)


def seen(text: str) -> str:
    """The text as the page holds it: without what stands between blocks, controls one for one."""
    return text.replace("\n\n", "").replace("## ", "").translate(CONTROLS)


def shelf(folder: Path) -> Engine:
    """An engine over all of them."""
    publish(Home(folder), [LIGHTHOUSE, LONG, replace(LIGHTHOUSE, id="a/b c"), EVERY, *STORED])
    return fake_engine(Settings(folder, folder))


def page_of(engine: Engine) -> FastAPI:
    """A server of nothing but the page of an article."""
    app = FastAPI()
    app.include_router(article_router(engine))
    return app
