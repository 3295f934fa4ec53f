"""The page of an article: its text character for character, and marks that stand where they should."""

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import article, fake_engine, part_of
from fastapi.testclient import TestClient
from hostile import Page
from hypothesis import given, settings
from hypothesis import strategies as st
from lighthouse import BAD, LIGHTHOUSE, QUOTES, TEXT, WORDS, page_of, place, seen, shelf

from index.citations import cite, quote_address
from index.engine import Engine
from index.settings import Settings
from index.store import Part
from index.text.characters import CONTROLS, legible
from index.web.article.blocks import blocks
from index.web.article.page import read_quotes, render_article
from index.web.words import LANGUAGES


def summary_of(part: Part) -> list[tuple[int, int]]:
    """Places that might sum an article up: its paragraphs."""
    return [(block.start, block.end) for block in blocks(part) if block.tag == "p"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return shelf(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def client(engine: Engine) -> TestClient:
    return TestClient(page_of(engine))


# The page as a string.


@settings(deadline=None)  # the splitter is loaded at the first call
@given(st.text(st.sampled_from("あ。\n# \u3000\r\x00\u202e😀a-「」"), max_size=80))
def test_blocks_lose_nothing_but_space_and_hashes(text: str) -> None:
    if not text.strip():
        return
    made = part_of(article("a", text))
    found = blocks(made)
    assert all(b.start < b.end for b in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    kept = "".join(text[b.start : b.end] for b in found)
    assert "".join(kept.split()).replace("#", "") == "".join(text.split()).replace("#", "")
    shown = Page(render_article(made, WORDS, summary=summary_of(made)))
    assert "".join(shown.blocks.values()) == kept.translate(CONTROLS)
    assert list(shown.blocks) == [b.start for b in found]


def test_headings_are_headings_and_paragraphs_paragraphs() -> None:
    found = [(block.tag, TEXT[block.start : block.end]) for block in blocks(part_of(LIGHTHOUSE))]
    assert [tag for tag, _ in found] == ["h2", "p", "h2", "p", "p"]
    assert found[0][1] == "灯台の誕生😀"
    assert found[3][1].endswith("まの\n札が🗼の戸に残る。")
    deeper = article("a", "# 一\n\n本文。\n\n### 二\n\n本文。\n\n###### 三\n\n本文。")
    assert [b.tag for b in blocks(part_of(deeper))][::2] == ["h2", "h3", "h4"]


def test_a_heading_without_marks_is_a_heading() -> None:
    prose = "灯台の石は隣の村から船で運ばれ、積み上げるのに三年かかったと町史に書かれている。" * 3
    found = blocks(part_of(article("a", f"石の道\n{prose}\n\n■見物の客\n{prose}")))
    assert [block.tag for block in found] == ["h2", "p", "h2", "p"]


def test_the_page_tells_where_the_article_is_from() -> None:
    page = Page(render_article(part_of(LIGHTHOUSE), WORDS))
    for part in ("港の灯台", "みなと新聞", "2024年5月3日", "大野 修造", "みなと新聞の紙面"):
        assert part in page.text
    assert ("href", "https://example.com/lights") in page.attributes
    bare = Page(render_article(part_of(article("a", "本文。")), WORDS))
    assert "None" not in bare.text
    assert WORDS.article_source.format("") not in bare.text


@pytest.mark.parametrize("quote", QUOTES)
def test_the_server_marks_the_quote(quote: str) -> None:
    page = Page(render_article(part_of(LIGHTHOUSE), WORDS, quotes=[place(quote)]))
    assert page.marked == seen(quote)
    assert [name for name, _ in page.attributes].count("autofocus") == 1
    assert "hidden" in [name for name, _ in page.attributes]


def test_quotes_that_overlap_are_marked_once() -> None:
    page = Page(
        render_article(
            part_of(LIGHTHOUSE), WORDS, quotes=[place("1924年に建て"), place("年に建てられた")]
        )
    )
    assert page.marked == "1924年に建てられた"


def test_nothing_is_marked_in_a_text_that_has_changed() -> None:
    quote = [place(QUOTES[0])]
    digits = LIGHTHOUSE.sha256[:12].upper()
    same = Page(render_article(part_of(LIGHTHOUSE), WORDS, quotes=quote, sha=digits))
    assert WORDS.article_changed not in same.text
    assert same.marked == QUOTES[0]
    other = Page(render_article(part_of(LIGHTHOUSE), WORDS, quotes=quote, sha="0" * 12))
    assert WORDS.article_changed in other.text
    assert other.marked == ""
    assert ("id", "absent") not in other.attributes


def test_a_place_outside_is_said_to_be_absent() -> None:
    page = Page(render_article(part_of(LIGHTHOUSE), WORDS, quotes=[(9_000, 9_010)]))
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
    assert LANGUAGES[language].article_changed in page.text


def test_the_page_follows_the_switches_of_the_chat(client: TestClient) -> None:
    for address in ("/article/light", "/article/nobody"):
        cookies = {"cookie": "tenkyo-scheme=dark; tenkyo-language=en"}
        attributes = Page(client.get(address, headers=cookies).text).attributes
        assert {("lang", "en"), ("data-scheme", "dark")} <= set(attributes)
        plain = Page(client.get(address).text).attributes
        assert "data-scheme" not in dict(plain)


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_hostile_words_are_text_on_the_page(bad: Any) -> None:
    part = part_of(bad)
    page = Page(render_article(part, WORDS, quotes=[(0, 4)], summary=summary_of(part)))
    assert page.open == []
    assert page.marked == "前の文。"
    joined = "".join(page.blocks.values())
    found = "".join(bad.text[b.start : b.end] for b in blocks(part_of(bad)))
    assert joined == found.translate(CONTROLS)
    title = legible(bad.title).strip()
    assert "".join(title.split()) in "".join(page.text.split()) or not title
    kinds = {"html", "head", "meta", "title", "style", "script", "body", "header", "nav", "main",
             "article", "p", "h1", "h2", "h3", "h4", "a", "bdi", "mark", "span", "details", "summary",
             "ol", "ul", "li", "b"}  # fmt: skip
    assert set(page.tags) <= kinds
    assert page.tags.count("script") == 1
    allowed = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "rel", "role",
               "hidden", "data-start", "data-told", "data-name", "tabindex", "autofocus"}  # fmt: skip
    assert {name for name, _ in page.attributes} <= allowed
    links = {value for name, value in page.attributes if name == "href"}
    own = ("../", "#quote-", "#outline", "http://", "https://")
    assert all(link.startswith(own) and not link.startswith("..//") for link in links)


# The head, and what sums the article up.


def test_the_head_leads_to_the_rooms_of_the_house_and_back(client: TestClient) -> None:
    for address in ("/article/light", "/article/a%2Fb%20c", "/article/nobody"):
        page = Page(client.get(address).text)
        links = [link for link in page.values("href") if link.startswith("..")]
        asked = {"/article/light": "light", "/article/a%2Fb%20c": "a%2Fb%20c"}.get(address)
        own = [f"../?article={asked}"] if asked else []
        assert links == ["../", "../", "../library", "../timeline", "../check", "../", *own]
        assert not any(link.startswith("/") for link in page.values("href"))
        for part in (
            WORDS.send,
            WORDS.library,
            WORDS.library_timeline,
            WORDS.check,
            WORDS.article_back,
        ):
            assert part in page.text


@pytest.mark.parametrize("language", ["ja", "en", "zh"])
def test_the_page_has_words_in_every_language(language: str) -> None:
    part = part_of(LIGHTHOUSE)
    words = LANGUAGES[language]
    page = Page(render_article(part, words, quotes=[(9_000, 9_010)], summary=summary_of(part)))
    named = ("back", "ask_this", "sum_up", "outline", "absent")
    for name in ("send", "library", "library_timeline", *(f"article_{name}" for name in named)):
        assert getattr(words, name) in page.text


def test_whole_sentences_sum_an_article_up(client: TestClient) -> None:
    page = Page(client.get("/article/light").text)
    places = [re.fullmatch(r"#quote-(\d+)-(\d+)", link) for link in page.values("href")]
    listed = [TEXT[int(place[1]) : int(place[2])] for place in places if place]
    assert listed == ["😀𠮷野の灯台は1924年に建てられた。", "灯台は1951年に電化された。"]
    assert all(page.text.count(sentence) == 2 for sentence in listed)
    ids = {f"#{name}" for name in page.values("id")}
    assert {place[0] for place in places if place} | {"#outline"} <= ids
    assert page.tags.count("details") == 1
    assert "open" not in dict(page.attributes)


def test_an_article_of_nothing_but_a_heading_is_not_summed_up() -> None:
    page = Page(render_article(part_of(LIGHTHOUSE), WORDS))
    assert not {"details", "ol"} & set(page.tags)
    assert WORDS.article_sum_up not in page.text


def test_what_sums_up_a_changed_text_leads_to_the_text_of_today(client: TestClient) -> None:
    page = Page(client.get("/article/light?sha=0").text)
    links = [link for link in page.values("href") if "quote-" in link]
    assert len(links) == 2
    assert all(link.startswith("?#quote-") for link in links)
    assert not any(name.startswith("quote-") for name in page.values("id"))


@pytest.mark.parametrize("quote", [*QUOTES, "野の灯台は", TEXT[12:60]])
def test_ids_do_not_shift_marks(client: TestClient, quote: str) -> None:
    start, end = place(quote)
    page = Page(client.get(f"/article/light?quote={start}-{end}").text)
    assert page.marked == seen(quote)
    for block in blocks(part_of(LIGHTHOUSE)):
        assert page.blocks[block.start] == TEXT[block.start : block.end].translate(CONTROLS)


# The page as served.


def test_an_article_is_served_under_a_strict_policy(client: TestClient) -> None:
    answer = client.get("/article/light")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert client.head("/article/light").status_code == 200


def test_an_address_of_a_citation_opens_its_article(client: TestClient, engine: Engine) -> None:
    odd = engine.article("a/b c")
    made = cite(odd, 3, 8, number=1, score=0.5)
    address = quote_address(odd.id, made.start, made.end, sha256=made.sha256)
    answer = client.get(address)
    assert answer.status_code == 200
    assert WORDS.article_changed not in answer.text


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
    assert WORDS.article_unknown in page.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_home_without_an_index_has_no_article(tmp_path: Path) -> None:
    engine = fake_engine(Settings(tmp_path, tmp_path))
    assert TestClient(page_of(engine)).get("/article/light").status_code == 404
