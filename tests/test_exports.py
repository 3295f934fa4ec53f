"""What is taken away: whole, with its places, and read by others' parsers as it was written."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import answered
import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from conftest import article
from hostile import HOSTILE, Page
from markdown_it import MarkdownIt

from index import exports, schema
from index.answers import answer_of, citation_of, passage_of
from index.citations import cite, quote_address
from index.engine import Engine
from index.exports.text import key_of
from index.records import Article, Passage
from index.schema import Answer, Citation
from index.text.characters import BIDI, legible, one_line

TEXT = "前書き。灯台は1924年に建てられた。石は隣村から船で運ばれた。"
LIGHTHOUSE = replace(
    article("abc123", TEXT, title="港の灯台", publisher="みなと新聞", published=date(2024, 5, 3)),
    authors=("大野 修造", "Ann Lee and Sons, Ltd."),
    url="https://example.com/lights?a=1&b=50%25#top",
    source="みなと新聞 2024年5月3日付",
)
PLAIN = replace(article("x y/1", TEXT, language=None), source="/home/someone/secret/灯台.txt")
PUBLIC = "https://tenkyo.example.org/house"
ADDRESS = f"/article/abc123?sha={LIGHTHOUSE.sha256[:12]}#quote-4-19"


def citation(number: int, start: int, end: int, of: Article = LIGHTHOUSE) -> Citation:
    whole = Passage("p", of.id, None, of.text, 0, len(of.text))
    return citation_of(cite(of, start, end, number=number, score=0.9), of, whole)


def passage(start: int, end: int, of: Article) -> schema.Passage:
    return passage_of(Passage("p", of.id, None, of.text[start:end], start, end), of)


def payload(**changes: Any) -> Answer:
    members = {
        "statements": [
            {"text": "灯台は1924年に建てられた。", "citations": [1], "speaker": None},
            {"text": "石は隣村の石である。", "citations": [2, 1], "speaker": "灯台長"},
        ],
        "citations": [citation(1, 4, 19), citation(2, 19, 32)],
        "differing": [
            {"citation": 1, "figure": "1924年", "published": "2024-05-03"},
            {"citation": 2, "figure": "1925年", "published": None},
        ],
    }
    return answered.answer(**members | changes)


ANSWER = payload()
REFUSED: dict[str, Any] = {
    "text": "記事には見つかりませんでした。",
    "missing": ["天気", "気温"],
    "nearest": [passage(0, 4, LIGHTHOUSE)],
}
REFUSAL = answered.answer(**REFUSED)


def cited(*answers: Answer) -> list[Citation]:
    return [citation for answer in answers for citation in answer.citations]


def hostile_answers(hostile: str) -> list[Answer]:
    """An answer and a refusal with the string wherever somebody else's words can stand."""
    bad = replace(
        article("bad", f"{hostile.encode('utf-8', 'replace').decode()}。これは本文。"),
        id=hostile,
        title=hostile,
        publisher=hostile,
        authors=(hostile,),
        language="ja",
        url=hostile,
        source=hostile,
    )
    quoted = citation(1, 0, len(bad.text) - 7, bad)
    answer = payload(
        question=hostile,
        understood=f"{hostile}、",
        statements=[{"text": hostile, "citations": [1], "speaker": hostile}],
        citations=[quoted],
        differing=[{"citation": 1, "figure": hostile, "published": None}],
    )
    near = passage(0, 3, bad).model_copy(update={"text": hostile})
    refusal = REFUSED | {"text": hostile, "missing": [hostile], "nearest": [near]}
    return [answer, answered.answer(**refusal)]


# One citation.


def test_a_citation_has_an_address() -> None:
    made = citation(1, 4, 19)
    assert made.address() == ADDRESS
    assert made.address(base="http://127.0.0.1:7860") == "http://127.0.0.1:7860" + ADDRESS


def test_an_address_holds_any_id() -> None:
    assert quote_address("a/b?c#d 漢", 1, 2) == ("/article/a%2Fb%3Fc%23d%20%E6%BC%A2#quote-1-2")


CITED = "大野 修造、Ann Lee and Sons, Ltd.「港の灯台」みなと新聞、2024年5月3日"


def test_a_citation_is_copied_as_a_person_cites() -> None:
    quote = "「灯台は1924年に建てられた。」"
    assert exports.citation_text(citation(1, 4, 19)) == f"{quote}\n{CITED}\n{LIGHTHOUSE.url}"
    cited = CITED.replace("&", "\\&")
    assert exports.citation_markdown(citation(1, 4, 19)) == f"{quote} {cited} <{LIGHTHOUSE.url}>"


def test_a_copy_from_a_public_server_leads_to_the_quote() -> None:
    made = citation(1, 0, 4, PLAIN)
    address = made.address(base=PUBLIC)
    assert exports.citation_text(made, base=PUBLIC) == f"「前書き。」\n「灯台.txt」\n{address}"
    assert exports.citation_markdown(made, base=PUBLIC) == (
        f"「前書き。」 「灯台.txt」 [引用箇所]({address})"
    )


LOCAL = ("", "http://127.0.0.1:7860", "http://localhost:7860", "http://[::1]:7860", "http://10.1.2.3",
         "http://192.168.0.5/tenkyo", "http://172.16.9.9", "http://169.254.1.1", "http://[fe80::1%25eth0]",
         "http://[fd00::1]", "http://0.0.0.0:80", "http://100.64.0.1", "https://tenkyo", "http://desk.local",
         "http://desk.lan:8080", "https://a.internal/x", "http://app.localhost", "http://127.1",
         "http://2130706433", "http://0x7f.0x1", "http://[broken", "/tenkyo", "testserver")  # fmt: skip


@pytest.mark.parametrize("base", LOCAL)
def test_no_address_is_told_that_others_cannot_open(base: str) -> None:
    told = [
        exports.citation_text(citation(1, 4, 19), base=base),
        exports.citation_markdown(citation(1, 4, 19), base=base),
        exports.answer_text(ANSWER, base=base) + exports.answer_text(REFUSAL, base=base),
        exports.conversation_markdown([ANSWER, REFUSAL], title="会話", base=base),
        exports.conversation_html([ANSWER, REFUSAL], title="会話", base=base),
    ]
    assert not any("/article/" in made for made in told)
    assert all(LIGHTHOUSE.url in Page(made).text or f"<{LIGHTHOUSE.url}>" in made for made in told)


@pytest.mark.parametrize(
    "base", [PUBLIC, "https://8.8.8.8:8443", "http://[2606:4700::1111]", "https://例え.テスト"]
)
def test_an_address_is_told_that_others_can_open(base: str) -> None:
    address = citation(1, 4, 19).address(base=base)
    assert exports.citation_text(citation(1, 4, 19), base=base).endswith(f"\n{address}")


def test_no_offset_is_written_for_people() -> None:
    made = exports.answer_text(ANSWER, base=PUBLIC) + exports.conversation_markdown(
        [ANSWER], title="会話"
    )
    assert "位置" not in made + Page(exports.conversation_html([ANSWER], title="会話")).text
    assert "4–19" not in made


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ja", "「『灯台』の石」みなと新聞、2024年5月3日。原典：港湾通信「石の道」"),
        ("en", "“「灯台」の石”, みなと新聞, 3 May 2024. Original source: 港湾通信「石の道」"),
        ("zh-CN", "《「灯台」の石》，みなと新聞，2024年5月3日。原始来源：港湾通信「石の道」"),
        ("xx", "「『灯台』の石」みなと新聞、2024年5月3日。原典：港湾通信「石の道」"),
    ],
)
def test_an_export_speaks_the_language_of_the_page(language: str, line: str) -> None:
    rewritten = replace(
        LIGHTHOUSE, title="「灯台」の石", authors=(), url=None, source="港湾通信「石の道」"
    )
    text = exports.citation_text(citation(1, 4, 19, rewritten), language=language)
    assert text.splitlines()[1:] == [line]


REWRITTEN = "港湾通信（北浜日報掲載）「石の道」2023年1月2日を典拠に書き直したもの"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (REWRITTEN, REWRITTEN),
        ("みなと新聞 夕刊", "みなと新聞 夕刊"),
        ("https://example.org/stones.html", "https://example.org/stones.html"),
        ("みなと新聞「港の灯台」2024-05-03", ""),
        ("https://example.com/lights?a=1&b=50%25#top", ""),
        ("港の灯台", ""),
        ("灯台 記録.PDF", ""),
        ("/home/someone/secret/灯台.md", ""),
    ],
)
def test_what_an_article_rests_on_is_told_once(source: str, told: str) -> None:
    made = citation(1, 4, 19, replace(LIGHTHOUSE, source=source))
    line = exports.citation_text(made).splitlines()[1]
    assert line == CITED + (f"。原典：{told}" if told else "")
    html = exports.conversation_html([payload(citations=[made, made])], title="会話")
    assert html.count("。原典：") == (2 if told else 0)
    assert read_bibtex(exports.bibtex([made]), decode=False)[0].get("note", "") == told.replace(
        "_", r"\_"
    )
    assert rispy.loads(exports.ris([made]))[0].get("notes", []) == ([told] if told else [])


def test_an_author_who_publishes_is_named_once() -> None:
    made = citation(1, 4, 19, replace(LIGHTHOUSE, authors=("みなと新聞",)))
    assert exports.citation_text(made).splitlines()[1] == "「港の灯台」みなと新聞、2024年5月3日"


def test_what_an_article_does_not_say_is_left_out_and_no_path_is_told() -> None:
    made = citation(1, 0, 4, PLAIN)
    copied = exports.citation_text(made)
    assert copied.splitlines()[1:] == ["「灯台.txt」"]
    everything = copied + exports.bibtex([made])
    assert "someone" not in everything + exports.ris([made])


# Whole answers.


def test_an_answer_as_text_has_its_footnotes() -> None:
    text = exports.answer_text(ANSWER)
    assert text.startswith("灯台はいつ建てられたか\n\n灯台は1924年に建てられた。[1]\n")
    assert "石は隣村の石である。[2][1]（灯台長の発言・見解）\n" in text
    assert "1924年（2024年5月3日）[1]、1925年[2]" in text
    assert f"[1] 「灯台は1924年に建てられた。」\n    {CITED}\n    {LIGHTHOUSE.url}\n" in text
    assert exports.answer_text(ANSWER, base=PUBLIC).endswith("#quote-19-32\n")


def test_an_answer_as_markdown_has_its_footnotes() -> None:
    markdown = exports.answer_markdown(ANSWER)
    assert "石は隣村の石である。[^2][^1]（灯台長の発言・見解）" in markdown
    assert set(re.findall(r"^\[\^(\d)\]: 「", markdown, re.MULTILINE)) == {"1", "2"}


def test_an_exported_refusal_says_what_is_missing_and_near() -> None:
    for made in (
        exports.answer_text(REFUSAL),
        exports.answer_markdown(REFUSAL),
        Page(exports.conversation_html([REFUSAL], title="会話")).text,
    ):
        for part in ("見つかりませんでした", "「天気」「気温」", "近い箇所", "「前書き。」"):
            assert part.strip("「」") in made
        assert "出典" not in made


def test_a_follow_up_says_how_it_was_read() -> None:
    for follow_up, said in ((True, "前の質問と合わせて"), (False, "次のように")):
        told = payload(understood="灯台の工費は", follow_up=follow_up)
        for made in (exports.answer_text(told), exports.answer_markdown(told)):
            assert f"{said}読みました：灯台の工費は" in made


def test_footnotes_of_a_conversation_do_not_meet() -> None:
    markdown = exports.conversation_markdown([ANSWER, REFUSAL, ANSWER], title="灯台の話")
    assert markdown.startswith("# 灯台の話\n\n## 灯台はいつ")
    named = re.findall(r"^\[\^([\d-]+)\]:", markdown, re.MULTILINE)
    assert named == ["1-1", "1-2", "3-1", "3-2"]
    assert set(re.findall(r"\[\^([\d-]+)\](?!:)", markdown)) == set(named)


def test_a_conversation_as_html_stands_alone() -> None:
    html = exports.conversation_html([ANSWER, REFUSAL, ANSWER], title="灯台の話")
    page = Page(html)
    assert page.open == []
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    targets = {value for name, value in page.attributes if name == "id"}
    links = {value for name, value in page.attributes if name == "href"}
    assert links == {f"#{target}" for target in targets} | {LIGHTHOUSE.url}
    assert len(targets) == 4
    assert "url(" not in html
    policies = [value for name, value in page.attributes if name == "content"]
    assert any(value.startswith("default-src 'none'") for value in policies)
    assert page.marked == (TEXT[4:19] + TEXT[19:32]) * 2


def test_a_conversation_with_a_server_leads_to_the_quotes() -> None:
    page = Page(exports.conversation_html([ANSWER], title="会話", base=PUBLIC))
    assert ("href", PUBLIC + ADDRESS) in page.attributes


def test_a_real_answer_is_exported(engine: Engine) -> None:
    answer = engine.ask("青沢運河はいつ開通したか")
    assert answer.answered
    made = answer_of(answer, engine, seconds=0.1)
    for text in (
        exports.answer_text(made),
        exports.answer_markdown(made),
        Page(exports.conversation_html([made], title="運河")).text,
    ):
        assert answer.citations[0].quote in text
        assert "「青沢運河の百年」青沢新報、2019年4月12日" in text
    assert "青沢運河の百年" in exports.bibtex(cited(made))


# Bibliographies.


def read_bibtex(text: str, *, decode: bool = True) -> list[dict[str, str]]:
    """The entries as bibtexparser reads them, LaTeX turned back into characters."""
    decoding = [LatexDecodingMiddleware()] if decode else []
    read = bibtexparser.parse_string(text, append_middleware=decoding)
    assert read.failed_blocks == []
    assert len(read.entries) == len(read.blocks)
    return [
        {"key": entry.key, "type": entry.entry_type}
        | {field.key: str(field.value) for field in entry.fields}
        for entry in read.entries
    ]


def test_bibtex_of_an_article() -> None:
    made = exports.bibtex(cited(ANSWER, ANSWER))
    [entry] = read_bibtex(made, decode=False)
    assert entry.pop("author") == "{大野 修造} and {Ann Lee and Sons, Ltd.}"
    assert entry == {
        "type": "misc",
        "key": "tenkyo-abc123",
        "title": "{港の灯台}",
        "publisher": "みなと新聞",
        "year": "2024",
        "month": "may",
        "day": "3",
        "url": "https://example.com/lights?a=1&b=50%25#top",
        "language": "ja",
    }


def test_ris_of_an_article() -> None:
    made = exports.ris(cited(ANSWER, ANSWER))
    [entry] = rispy.loads(made)
    assert entry["type_of_reference"] == "GEN"
    assert entry["id"] == "tenkyo-abc123"
    assert entry["title"] == "港の灯台"
    assert entry["authors"] == list(LIGHTHOUSE.authors)
    assert entry["date"] == "2024/05/03"
    assert entry["urls"] == [LIGHTHOUSE.url]
    assert made.endswith("ER  - \r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*\r", line) for line in made.split("\n")[:-1])


def test_what_is_unknown_is_not_invented() -> None:
    source = passage(0, 4, PLAIN)
    assert [sorted(entry) for entry in read_bibtex(exports.bibtex([source]))] == [
        ["key", "note", "type"]
    ]
    assert [line[:2] for line in exports.ris([source]).split("\r\n")[:-1]] == [
        "TY", "ID", "N1", "ER",
    ]  # fmt: skip


def test_a_key_names_the_article_and_no_other() -> None:
    changed = replace(LIGHTHOUSE, text="別の本文。", title="別の題")
    keys = [entry["key"] for entry in read_bibtex(exports.bibtex([passage(0, 4, changed)]))]
    assert keys == ["tenkyo-abc123"]
    ids = ["a b", "a-b", "a/b", "漢", "字", "a,b", "a}b", "", "A-b"]
    assert len({key_of(name) for name in ids}) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", key_of(name)) for name in ids)


# Hostile words.


def shown(hostile: str) -> str:
    return one_line(hostile)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_text_in_html(hostile: str) -> None:
    html = exports.conversation_html(hostile_answers(hostile), title=hostile, base=PUBLIC)
    page = Page(html)
    assert page.open == []
    assert page.text.count(legible(hostile)) >= 10
    kinds = {"html", "head", "meta", "title", "style", "body", "main", "section", "div", "h1", "h2",
             "h3", "p", "small", "a", "ol", "ul", "li", "blockquote", "details", "summary", "mark"}  # fmt: skip
    assert set(page.tags) <= kinds
    allowed = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "value", "href", "rel"}  # fmt: skip
    assert {name for name, _ in page.attributes} <= allowed
    outside = (PUBLIC, "https://x.invalid/%22%20", "https://x.invalid/%7D,%20")
    assert all(v.startswith(("#", *outside)) for n, v in page.attributes if n == "href")
    assert not BIDI & set(html)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_text_in_markdown(hostile: str) -> None:
    answers = hostile_answers(hostile)
    markdown = exports.conversation_markdown(answers, title=hostile, base=PUBLIC)
    tokens = list(_tokens(MarkdownIt("commonmark").enable(["table", "strikethrough"]), markdown))
    kinds = {"heading", "paragraph", "inline", "text", "text_special", "softbreak", "link",
             "bullet_list", "list_item"}  # fmt: skip
    assert {kind.removesuffix("_open").removesuffix("_close") for kind, _ in tokens} <= kinds
    outside = (f"{PUBLIC}/article/", "https://x.invalid/%22%20", "https://x.invalid/%7D,%20")
    assert all(href.startswith(outside) for kind, href in tokens if kind == "link_open")
    marks = [kind for kind, _ in tokens if kind == "heading_open"]
    assert len(marks) == 4  # the title, two questions, what is near
    text = "".join(content for kind, content in tokens if kind.startswith("text"))
    assert text.count(shown(hostile)) >= 8


def _tokens(parser: MarkdownIt, markdown: str) -> Iterator[tuple[str, str]]:
    for token in parser.parse(markdown):
        for part in (token, *(token.children or ())):
            yield part.type, str(part.attrs.get("href", part.content))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_do_not_leave_their_field(hostile: str) -> None:
    sources = [*cited(*hostile_answers(hostile)), passage(0, 4, LIGHTHOUSE)]
    bad, good = read_bibtex(exports.bibtex(sources))
    assert good["title"] == "港の灯台"
    assert set(bad) <= {"key", "type", "title", "author", "publisher", "language", "note", "url"}
    records = rispy.loads(exports.ris(sources))
    assert len(records) == 2
    assert records[0]["type_of_reference"] == "GEN"
    assert records[0]["title"] == records[0]["publisher"] == shown(hostile)
    assert records[0].keys() <= {
        "type_of_reference", "id", "title", "authors", "publisher", "language", "notes", "urls",
    }  # fmt: skip
    assert all(url.startswith("http") for url in records[0].get("urls", ()))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_bibtex_gives_hostile_words_back(hostile: str) -> None:
    bad = read_bibtex(exports.bibtex(cited(*hostile_answers(hostile))))[0]
    assert _spaceless(bad["title"]) == _spaceless(_typeset(shown(hostile)))


def _typeset(text: str) -> str:
    """What LaTeX makes of dashes and quotes, and bibtexparser of a circumflex."""
    for typed, printed in (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("^", "ˆ")):
        text = text.replace(typed, printed)
    return text


def _spaceless(text: str) -> str:
    return re.sub(r"[\s{}]", "", text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_cannot_hide_in_text(hostile: str) -> None:
    text = "".join(map(exports.answer_text, hostile_answers(hostile)))
    assert not BIDI & set(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)
    text.encode()
