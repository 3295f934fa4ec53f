"""The page of an article: its text character for character, and marks that stand where they should."""

import itertools
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from conftest import FakeEncoder, article, publish
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hostile import HOSTILE, Page
from hypothesis import given
from hypothesis import strategies as st

from index import exports
from index.citations import cite
from index.engine import Engine
from index.legible import BIDI, CONTROLS
from index.settings import Settings
from index.store import Home
from index.web.article import article_router, blocks, read_quotes, render_article
from index.web.article.texts import article_texts

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting"),  # Gradio's own
]

CHROMIUM = shutil.which("chromium", path="/usr/bin" + os.pathsep + os.environ.get("PATH", ""))
WORDS = article_texts("ja")

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


# The page as a string.


@given(st.text(st.sampled_from("あ。\n# \u3000\r\x00\u202e😀a-「」"), max_size=80))
def test_blocks_lose_nothing_but_space_and_hashes(text: str) -> None:
    if not text.strip():
        return
    made = article("a", text)
    found = blocks(made)
    assert all(b.start < b.end for b in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    kept = "".join(text[b.start : b.end] for b in found)
    assert "".join(kept.split()).replace("#", "") == "".join(text.split()).replace("#", "")
    shown = Page(render_article(made, WORDS))
    assert "".join(shown.blocks.values()) == kept.translate(CONTROLS)
    assert list(shown.blocks) == [b.start for b in found]


def test_headings_are_headings_and_paragraphs_paragraphs() -> None:
    found = [(block.tag, TEXT[block.start : block.end]) for block in blocks(LIGHTHOUSE)]
    assert [tag for tag, _ in found] == ["h2", "p", "h2", "p", "p"]
    assert found[0][1] == "灯台の誕生😀"
    assert found[3][1].endswith("まの\n札が🗼の戸に残る。")
    deeper = article("a", "# 一\n\n本文。\n\n### 二\n\n本文。\n\n###### 三\n\n本文。")
    assert [b.tag for b in blocks(deeper)][::2] == ["h2", "h3", "h4"]


def test_a_heading_without_marks_is_a_heading() -> None:
    prose = "灯台の石は隣の村から船で運ばれ、積み上げるのに三年かかったと町史に書かれている。" * 3
    found = blocks(article("a", f"石の道\n{prose}\n\n■見物の客\n{prose}"))
    assert [block.tag for block in found] == ["h2", "p", "h2", "p"]


def test_the_page_tells_where_the_article_is_from() -> None:
    page = Page(render_article(LIGHTHOUSE, WORDS))
    for part in ("港の灯台", "みなと新聞", "2024年5月3日", "大野 修造", "みなと新聞の紙面"):
        assert part in page.text
    assert ("href", "https://example.com/lights") in page.attributes
    bare = Page(render_article(article("a", "本文。"), WORDS))
    assert "None" not in bare.text
    assert WORDS.source.format("") not in bare.text


@pytest.mark.parametrize("quote", QUOTES)
def test_the_server_marks_the_quote(quote: str) -> None:
    page = Page(render_article(LIGHTHOUSE, WORDS, quotes=[place(quote)]))
    assert page.marked == seen(quote)
    assert [name for name, _ in page.attributes].count("autofocus") == 1
    assert "hidden" in [name for name, _ in page.attributes]


def test_quotes_that_overlap_are_marked_once() -> None:
    page = Page(
        render_article(LIGHTHOUSE, WORDS, quotes=[place("1924年に建て"), place("年に建てられた")])
    )
    assert page.marked == "1924年に建てられた"


def test_nothing_is_marked_in_a_text_that_has_changed() -> None:
    quote = [place(QUOTES[0])]
    digits = LIGHTHOUSE.sha256[:12].upper()
    same = Page(render_article(LIGHTHOUSE, WORDS, quotes=quote, sha=digits))
    assert WORDS.changed not in same.text
    assert same.marked == QUOTES[0]
    other = Page(render_article(LIGHTHOUSE, WORDS, quotes=quote, sha="0" * 12))
    assert WORDS.changed in other.text
    assert other.marked == ""
    assert ("id", "absent") not in other.attributes


def test_a_place_outside_is_said_to_be_absent() -> None:
    page = Page(render_article(LIGHTHOUSE, WORDS, quotes=[(9_000, 9_010)]))
    assert page.marked == ""
    assert "hidden" not in [name for name, _ in page.attributes]


def test_quotes_are_read_from_the_address() -> None:
    values = ["1-2", "x", "3-", "-4", "5-6-7", "8-9 ", "１-２", "9" * 30 + "-1", "10-20"]
    assert read_quotes(values) == ((1, 2), (10, 20))
    assert len(read_quotes(["1-2"] * 10_000)) == 50


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "ja"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr-FR, EN-gb;q=0.7, ja;q=0.3", "en"),
        ("xx", "ja"),
    ],
)
def test_the_page_speaks_the_language_of_the_reader(
    client: TestClient, accepted: str, language: str
) -> None:
    answer = client.get("/article/light?sha=0", headers={"accept-language": accepted})
    page = Page(answer.text)
    assert ("lang", language) in page.attributes
    assert article_texts(language).changed in page.text


def test_the_page_follows_the_switches_of_the_chat(client: TestClient) -> None:
    for address in ("/article/light", "/article/nobody"):
        cookies = {"cookie": "tenkyo-scheme=dark; tenkyo-language=en"}
        attributes = Page(client.get(address, headers=cookies).text).attributes
        assert {("lang", "en"), ("data-scheme", "dark")} <= set(attributes)
        plain = Page(client.get(address).text).attributes
        assert "data-scheme" not in dict(plain)


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_hostile_words_are_text_on_the_page(bad: Any) -> None:
    page = Page(render_article(bad, WORDS, quotes=[(0, 4)]))
    assert page.open == []
    assert page.marked == "前の文。"
    joined = "".join(page.blocks.values())
    found = "".join(bad.text[b.start : b.end] for b in blocks(bad))
    assert joined == found.translate(CONTROLS)
    title = exports.legible(bad.title).strip()
    assert "".join(title.split()) in "".join(page.text.split()) or not title
    kinds = {"html", "head", "meta", "title", "style", "script", "body", "header", "main", "article",
             "p", "h1", "h2", "h3", "h4", "a", "bdi", "mark"}  # fmt: skip
    assert set(page.tags) <= kinds
    assert page.tags.count("script") == 1
    allowed = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "rel", "role",
               "hidden", "data-start", "data-name", "tabindex", "autofocus"}  # fmt: skip
    assert {name for name, _ in page.attributes} <= allowed
    links = {value for name, value in page.attributes if name == "href"}
    assert all(link == "/" or link.startswith(("http://", "https://")) for link in links)


# The page as served.


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("home")
    publish(Home(folder), [LIGHTHOUSE, LONG, replace(LIGHTHOUSE, id="a/b c"), EVERY, *STORED])
    return Engine(Settings(folder, folder), encoder=FakeEncoder())


@pytest.fixture(scope="module")
def app(engine: Engine) -> FastAPI:
    app = FastAPI()
    app.include_router(article_router(engine))
    return app


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    return TestClient(app)


def test_an_article_is_served_under_a_strict_policy(client: TestClient) -> None:
    answer = client.get("/article/light")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert client.head("/article/light").status_code == 200


def test_an_address_of_a_citation_opens_its_article(client: TestClient, engine: Engine) -> None:
    odd = engine.article("a/b c")
    address = exports.citation_address(cite(odd, 3, 8, number=1, score=0.5))
    answer = client.get(address)
    assert answer.status_code == 200
    assert WORDS.changed not in answer.text


def test_the_server_marks_what_the_query_names(client: TestClient) -> None:
    start, end = place(QUOTES[0])
    page = Page(client.get(f"/article/light?quote={start}-{end}&quote=3-5").text)
    assert page.marked == TEXT[3:5] + QUOTES[0]


@pytest.mark.parametrize(
    "name", ["nobody", "", "%3Cscript%3E", "..%2f..%2fetc%2fpasswd", "%00", "a" * 3000]
)
def test_an_unknown_article_is_a_page_that_says_so(client: TestClient, name: str) -> None:
    answer = client.get(f"/article/{name}")
    assert answer.status_code == 404
    page = Page(answer.text)
    assert WORDS.unknown in page.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_home_without_an_index_has_no_article(tmp_path: Path) -> None:
    app = FastAPI()
    engine = Engine(Settings(tmp_path, tmp_path), encoder=FakeEncoder())
    app.include_router(article_router(engine))
    assert TestClient(app).get("/article/light").status_code == 404


# In the browser.


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    switches = "no-sandbox disable-gpu no-first-run disable-background-networking"
    more = " disable-component-update disable-sync"
    return {
        "executable_path": CHROMIUM,
        "args": [f"--{switch}" for switch in (switches + more).split()],
    }


@pytest.fixture
def new_page(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Make pages that fail the test when a script ran, was stopped by the policy, or called out."""
    if CHROMIUM is None:
        pytest.skip("chromium がないため、画面の試験を省きます（apt-get install chromium）。")
    browser = request.getfixturevalue("browser")
    troubles: list[str] = []
    pages = []

    def make(**options: Any) -> Any:
        view = {"width": 1280, "height": 860}
        page = browser.new_context(**{"locale": "ja-JP", "viewport": view} | options).new_page()
        home = ("http://127.0.0.1:", "file://")
        page.on("request", lambda r: r.url.startswith(home) or troubles.append(r.url))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.on(
            "console",
            lambda m: m.type == "error" and "favicon" not in m.location["url"]
            and troubles.append(m.text),
        )  # fmt: skip
        page.set_default_timeout(20_000)
        pages.append(page)
        return page

    yield make
    assert [page.evaluate("window.hit === undefined") for page in pages] == [True] * len(pages)
    assert troubles == []
    for page in pages:
        page.context.close()


def marked(page: Any) -> str:
    return "".join(page.locator("#text mark").all_text_contents())


@pytest.mark.browser
@pytest.mark.parametrize("quote", QUOTES)
def test_the_fragment_marks_exactly_the_quote(new_page: Any, address: str, quote: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/light{fragment(quote)}")
    assert marked(page) == seen(quote)
    assert page.evaluate("document.activeElement === document.querySelector('#text mark')")
    assert not page.locator("#absent").is_visible()


@pytest.mark.browser
def test_several_quotes_and_another_fragment(new_page: Any, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/light{fragment('12万円', '1924年', '924')}")
    assert page.locator("#text mark").all_text_contents() == ["1924年", "924", "12万円"]
    assert page.evaluate("document.activeElement.textContent") == "12万円"
    before = page.locator("#text").inner_text()
    page.evaluate("name => { location.hash = name; }", fragment("宿舎"))
    page.wait_for_function("document.querySelector('#text mark')?.textContent === '宿舎'")
    assert marked(page) == "宿舎"
    assert page.locator("#text").inner_text() == before


@pytest.mark.browser
def test_a_quote_far_down_is_in_view(new_page: Any, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/long{fragment('この文を引用する。', text=LONG.text)}")
    mark = page.locator("#text mark")
    assert mark.text_content() == "この文を引用する。"
    assert 0 < mark.bounding_box()["y"] < 860


@pytest.mark.browser
def test_the_query_works_without_a_script(new_page: Any, address: str) -> None:
    page = new_page(java_script_enabled=False)
    start, end = place("この文を引用する。", LONG.text)
    page.goto(f"{address}/article/long?quote={start}-{end}")
    mark = page.locator("#text mark")
    assert mark.text_content() == "この文を引用する。"
    assert 0 < mark.bounding_box()["y"] < 860


@pytest.mark.browser
def test_a_changed_text_is_not_marked(new_page: Any, address: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/light?sha=000000000000{fragment('宿舎')}")
    assert page.get_by_role("alert").inner_text() == WORDS.changed
    assert marked(page) == ""


@pytest.mark.browser
@pytest.mark.parametrize("name", ["#quote-90000-90001", "#quote-5-5", "#quote-9-3"])
def test_a_place_that_is_not_there_is_told(new_page: Any, address: str, name: str) -> None:
    page = new_page()
    page.goto(f"{address}/article/light{name}")
    assert page.locator("#absent").is_visible()
    assert marked(page) == ""


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_can_be_read(
    new_page: Any, address: str, width: int, scheme: str
) -> None:
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for name in ("light", f"bad{HOSTILE.index('a' * 3000)}"):
        page.goto(f"{address}/article/{name}#quote-4-8")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for selector in ("#text mark", ".origin", ".back"):
            assert _contrast(page, selector) >= 4.5, (name, selector)


def _contrast(page: Any, selector: str) -> float:
    """The contrast of an element's text with what lies behind it.

    Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    colours = page.eval_on_selector(
        selector,
        """element => {
          let behind = element;
          while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
          return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor]
            .map((colour) => colour.match(/\\d+/g).slice(0, 3).map(Number));
        }""",
    )
    dark, bright = sorted(_luminance(colour) for colour in colours)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: list[int]) -> float:
    parts = [part / 255 for part in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.browser
def test_no_hostile_word_runs_and_the_quotes_beside_them_are_found(
    new_page: Any, address: str
) -> None:
    page = new_page()
    quotes = [f"第{n}の文。" for n in range(len(STORED))]
    page.goto(f"{address}/article/all{fragment(*quotes, text=EVERY.text)}")
    assert sorted(page.locator("#text mark").all_text_contents()) == sorted(quotes)
    assert page.locator("#text :is(script, a, img, svg, iframe, style, form, b)").count() == 0
    assert page.locator("body > *").count() == 3
    page.wait_for_timeout(300)
    page.goto(f"{address}/article/{STORED[4].id}#quote-0-4")
    assert marked(page) == "前の文。"


@pytest.mark.browser
def test_a_control_that_turns_the_line_is_named_and_turns_nothing(
    new_page: Any, address: str
) -> None:
    page = new_page()
    page.goto(f"{address}/article/light#quote-0-1")
    names = page.eval_on_selector_all(".control", "all => all.map(one => one.dataset.name)")
    assert names == ["U+202E", "U+202C"]
    left = page.evaluate("""() => {
      const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const at = walker.currentNode.data.indexOf("さかさ");
        if (at < 0) continue;
        return [0, 2].map((step) => {
          const range = document.createRange();
          range.setStart(walker.currentNode, at + step);
          range.setEnd(walker.currentNode, at + step + 1);
          return range.getBoundingClientRect().left;
        });
      }
    }""")
    assert left[0] < left[1]


@pytest.mark.browser
def test_a_saved_conversation_opens_by_itself(new_page: Any, tmp_path: Path) -> None:
    from test_exports import ANSWER, REFUSAL, hostile_answers

    answers = [ANSWER, REFUSAL, *(a for h in HOSTILE for a in hostile_answers(h))]
    for width in (390, 1280):
        file = tmp_path / f"{width}.html"
        html = exports.conversation_html(answers, title=HOSTILE[0])
        file.write_text(html, encoding="utf-8")
        page = new_page(viewport={"width": width, "height": 800})
        page.goto(file.as_uri())
        assert page.locator("h1").inner_text() == HOSTILE[0]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(".turn").count() == len(answers)
        page.click("#source-1-1 summary")
        assert page.locator("#source-1-1 mark").inner_text() == ANSWER["citations"][0]["quote"]
    assert not BIDI & set(html)
