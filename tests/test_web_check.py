"""The page that holds a draft against the articles: its HTML, and the page in a real browser."""

import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import answered
import pytest
from browsing import axe, colour, contrast
from conftest import FakeCrossEncoder, FakeEncoder, serving
from hostile import HOSTILE, Page

from index.checked import Check, Difference, Quoted, Sentence
from index.checking import LONGEST
from index.checking import Check as Checking
from index.checking.checks import claims_of
from index.checking.findings import Checked
from index.checking.findings import Difference as Apart
from index.citations import cite
from index.engine import Engine
from index.settings import Settings
from index.web.check_view import render_draft, render_said
from index.web.library import upload_folder
from index.web.words import LANGUAGES

JA, EN, ZH = LANGUAGES.values()
CLAIMS = ("青沢運河は1923年に開通した。", "青沢運河は1932年に開通した。", "港に灯台がある。")
DRAFT = f"# 運河の話\n\n{CLAIMS[0]}{CLAIMS[1]}\n\n{CLAIMS[2]}次は何か。"

pytest_plugins = ("pages", "shelf")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]


class Judging(Engine):
    """Knows when the canal opened, and nothing else; goes on to the next sentence while it is let go."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, encoder=FakeEncoder(), crossencoder=FakeCrossEncoder())
        self.go = threading.Semaphore(10**6)
        self.begun: list[str] = []

    def check_steps(self, draft: str) -> Iterator[Checking]:
        self.begun.append(draft)
        claims = [*claims_of(draft)]
        [canal] = [one for one in self.articles() if one.title == "青沢運河の百年"]
        at = canal.text.index(CLAIMS[0])
        cited = cite(canal, at, at + len(CLAIMS[0]), number=1, score=0.9)
        check = Checking(draft, len(claims), (), (cited,))
        yield check
        for start, end, reason in claims:
            self.go.acquire()
            text = draft[start:end]
            one = Checked(start, end, "skipped" if reason else "not found", reason)
            if text in CLAIMS[:2]:
                year = ((start + 5, start + 9), (at + 5, at + 9))
                apart = () if text == CLAIMS[0] else (Apart(*year[0], 1, year[1]),)
                said = "contradicted" if apart else "supported"
                one = replace(one, verdict=said, citations=(1,), differences=apart)
            check = replace(check, sentences=(*check.sentences, one))
            yield check


@pytest.fixture
def desk(tmp_path: Path, corpus: Path) -> Iterator[SimpleNamespace]:
    engine = Judging(Settings(tmp_path / "home", tmp_path / "cache"))
    engine.build([corpus])
    with serving(engine) as address:
        yield SimpleNamespace(engine=engine, address=f"{address}/check")
        engine.go.release(10**6)


def checked(tab: Any) -> None:
    """Check a draft on the page that is open, and wait for the end."""
    tab.fill("#draft textarea", DRAFT)
    tab.click("#check-send")
    tab.wait_for_selector("#check-said [role=status] .counts")
    tab.wait_for_selector("#checked .claim")


def seen(tab: Any) -> list[str]:
    """The sentences whose sources are shown."""
    assert (
        tab.locator("#checked section:visible").count()
        == tab.locator(".claim[aria-expanded=true]").count()
    )
    return tab.locator(".claim[aria-expanded=true]").all_inner_texts()


def sentence(text: str, verdict: Any, start: int = 0, **fields: Any) -> Sentence:
    known = {"reason": "", "citations": (), "quoted": (), "differences": (), "confidence": 0.5}
    end = start + len(text)
    return Sentence(start=start, end=end, text=text, verdict=verdict, **known | fields)


def check_of(text: str, *sentences: Sentence, cited: Any = (), total: int | None = None) -> Check:
    counts = {"supported": 12, "contradicted": 2, "not found": 5, "skipped": 3}
    return Check(
        schema=1, text=text, total=len(sentences) if total is None else total, counts=counts,
        sentences=sentences, citations=cited, seconds=0.1,
    )  # fmt: skip


# HTML.


def test_what_differs_is_underlined_and_the_first_contradiction_is_open() -> None:
    text = "一つ目。二つ目は5だ。三つ目。"
    cited = answered.citation(1, "二つ目は7だった。", before="前。", after="後。")
    there = (cited.start + 4, cited.start + 5)
    apart = (Difference(start=8, end=9, citation=1, there=there),)
    html = render_draft(
        check_of(
            text,
            sentence("一つ目。", "supported"),
            sentence("二つ目は5だ。", "contradicted", 4, citations=(1,), differences=apart),
            cited=(cited,),
            total=3,
        ),
        JA,
    )
    assert "二つ目は<u>5</u>だ。" in html
    assert "前。<mark>二つ目は<u>7</u>だった。</mark>後。" in html
    assert f'href="{cited.address(base=".")}"' in html
    assert Page(html).values("aria-expanded") == ["false", "true"]
    assert [name for name, _ in Page(html).attributes].count("hidden") == 1
    assert html.endswith('<span class="unread">三つ目。</span></div>')
    for sign, said in (("○", "支持"), ("×", "食い違い")):
        assert f'<span class="sign" role="img" aria-label="{said}">{sign}</span>' in html


def test_each_sentence_says_what_became_of_it() -> None:
    said = "「言葉」"
    quoted = [Quoted(start=1, end=3, found=f, citation=None, speakers=None) for f in ("exact", "altered", "missing")]  # fmt: skip
    other = Quoted(start=1, end=3, found="exact", citation=None, speakers=("甲", "乙"))
    told = {
        JA.check_heading: sentence(said, "skipped", reason="heading"),
        JA.check_question: sentence(said, "skipped", reason="question"),
        JA.check_opinion: sentence(said, "skipped", reason="opinion"),
        JA.check_nearest: sentence(said, "not found", citations=(1,)),
        JA.check_exact.format(words="言葉"): sentence(said, "supported", quoted=quoted[:1]),
        JA.check_altered.format(words="言葉"): sentence(said, "contradicted", quoted=quoted[1:2]),
        JA.check_missing.format(words="言葉"): sentence(said, "not found", quoted=quoted[2:]),
        JA.check_speakers.format(words="言葉", draft="甲", article="乙"): sentence(said, "contradicted", quoted=(other,)),
    }  # fmt: skip
    for note, one in told.items():
        html = render_draft(check_of(said, one, cited=(answered.citation(1, "句。"),)), JA)
        assert f'<p class="note">{note}</p>' in html


def test_the_summary_counts_and_tells_how_far_it_is() -> None:
    done = Page(render_said(check_of("", total=0), JA))
    assert done.text == "○支持 12、×食い違い 2、？見当たらず 5、–対象外 3"
    assert "progress" not in done.tags
    html = render_said(check_of("一。二。", sentence("一。", "supported"), total=2), EN)
    assert '<progress aria-label="' in html
    assert 'max="2" value="1"' in html
    assert EN.library_item.format(done=1, total=2) in html


def test_hostile_words_are_shown_as_typed() -> None:
    for hostile in HOSTILE:
        names = ("title", "publisher", "source", "agency")
        origin = {**dict.fromkeys(names, hostile), "heading": f"{hostile}の"}
        cited = answered.citation(1, hostile, before=hostile, after=hostile, **origin)
        whole = {"start": 0, "end": len(hostile)}
        quoted = Quoted(**whole, found="exact", citation=1, speakers=(hostile, hostile))
        apart = (Difference(**whole, citation=1, there=(cited.start, cited.end)),)
        one = sentence(hostile, "contradicted", citations=(1,), quoted=(quoted,), differences=apart)
        html = render_draft(check_of(hostile * 2, one, cited=(cited,), total=2), JA)
        page = Page(html)
        assert page.open == []
        assert {*page.tags} <= {"div", "span", "section", "p", "ol", "li", "h3", "blockquote", "mark", "u", "a", "bdi"}  # fmt: skip
        assert not any(name.startswith("on") for name, _ in page.attributes)
        assert page.text.count(hostile) >= 7
        assert page.marked == hostile
        assert page.values("href") == [cited.address(base=".")]


# In a browser.


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_sentences_are_chosen_by_hand_and_by_key_and_can_be_read(
    desk: SimpleNamespace, watched: Callable[..., Any], scheme: str, width: int
) -> None:
    tab = watched(viewport={"width": width, "height": 860}, color_scheme=scheme)
    tab.goto(desk.address)
    checked(tab)
    assert tab.locator(".draft").inner_text().count("運河の話") == 1
    assert seen(tab) == [f"×{CLAIMS[1]}"]
    assert tab.locator("section:visible u").inner_text() == "1923"
    claim, sources = (
        tab.locator(name).bounding_box()
        for name in (".claim[aria-expanded=true]", "#checked section:visible")
    )
    is_beside = sources["x"] >= claim["x"] + claim["width"]
    assert is_beside == (width == 1280)
    assert is_beside or sources["y"] >= claim["y"] + claim["height"] - 2
    assert axe(tab) == []
    tab.click(f".claim:has-text('{CLAIMS[0]}')")
    assert seen(tab) == [f"○{CLAIMS[0]}"]
    tab.keyboard.press("Tab")  # to the address in its sources
    assert tab.evaluate("document.activeElement.className") == "open"
    for key, name in (("Enter", CLAIMS[2]), ("Space", "次は何か。")):
        tab.locator(f".claim:has-text('{name}')").press(key)
        assert len(seen(tab)) == 1
        assert name in seen(tab)[0]
        assert axe(tab) == []
    tab.keyboard.press("Space")
    assert seen(tab) == []
    paper = colour(tab, "body", "backgroundColor")
    assert (sum(paper) < 200) == (scheme == "dark")
    for verdict in ("supported", "contradicted", "not_found", "skipped"):
        assert contrast(colour(tab, f".claim.{verdict}", "color"), paper) >= 4.5
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_draft_grows_and_the_next_takes_its_place(
    desk: SimpleNamespace, watched: Callable[..., Any]
) -> None:
    desk.engine.go = threading.Semaphore(3)
    tab = watched()
    tab.goto(desk.address)
    tab.fill("#draft textarea", DRAFT)
    tab.click("#check-send")
    tab.wait_for_selector(".claim >> nth=2")
    assert tab.locator(".unread").inner_text().strip() == f"{CLAIMS[2]}次は何か。"
    assert tab.get_attribute("#check-said progress", "value") == "3"
    tab.locator(".claim.supported").press("Enter")
    desk.engine.go.release(1)
    tab.wait_for_selector(".claim >> nth=3")
    assert seen(tab) == [f"○{CLAIMS[0]}"]  # as it was chosen
    assert tab.evaluate("document.activeElement.matches('.claim.supported')")
    tab.fill("#draft textarea", CLAIMS[1])
    tab.click("#check-send")
    tab.wait_for_function("document.querySelectorAll('#checked .claim').length === 0")
    desk.engine.go.release(100)
    tab.wait_for_selector("#check-said [role=status] .counts")
    tab.wait_for_timeout(500)
    assert tab.locator(".claim").count() == 1
    assert seen(tab) == [f"×{CLAIMS[1]}"]
    assert desk.engine.begun == [DRAFT, CLAIMS[1]]
    for suffix, holds in ((".docx", b"PK"), (".md", CLAIMS[1].encode()), (".html", b"<!doctype")):
        with tab.expect_download() as coming:
            tab.click(f"#check-said a[download$='{suffix}']")
        assert coming.value.suggested_filename == f"tenkyo-draft{suffix}"
        assert holds in coming.value.path().read_bytes()


def test_a_file_is_read_and_what_cannot_be_is_told(
    desk: SimpleNamespace, watched: Callable[..., Any]
) -> None:
    tab = watched()
    tab.goto(desk.address)
    tab.click("#check-send")
    tab.wait_for_selector(f"#check-said [role=alert]:has-text('{JA.check_hint}')")
    tab.fill("#draft textarea", "長" * (LONGEST + 1))
    tab.click("#check-send")
    tab.wait_for_selector("#check-said [role=alert]:has-text('50,001')")
    assert desk.engine.begun == []
    with tab.expect_file_chooser() as chooser:
        tab.get_by_role("button", name=JA.check_file).click()
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as docx:
        docx.writestr("word/document.xml", "<w:document")
    chooser.value.set_files({"name": "壊れた.docx", "mimeType": "", "buffer": held.getvalue()})
    tab.wait_for_function("document.querySelector('#check-said [role=alert]').innerText.length > 5 && !document.querySelector('#check-said').innerText.includes('50,001')")  # fmt: skip
    good = {"name": "原稿.md", "mimeType": "text/markdown", "buffer": DRAFT.encode()}
    tab.set_input_files("[type=file]", good)
    tab.wait_for_selector("#check-said [role=status] .counts")
    assert CLAIMS[1] in tab.input_value("#draft textarea")
    assert [path for path in upload_folder().rglob("*") if path.is_file()] == []
    assert seen(tab) == [f"×{CLAIMS[1]}"]


def test_errors_of_the_engine_are_told_and_without_uploads_there_is_no_button(
    watched: Callable[..., Any], engine: Engine
) -> None:
    with serving(engine, public=True) as address:
        tab = watched()
        tab.goto(f"{address}/check")
        tab.fill("#draft textarea", CLAIMS[0])
        tab.click("#check-send")
        tab.wait_for_selector("#check-said [role=alert]:has-text('TENKYO_READER')")
        assert tab.locator("[type=file], #check-file").count() == 0


def test_every_page_leads_here_in_its_language(
    desk: SimpleNamespace, open_tab: Callable[..., Any]
) -> None:
    chat, library = ("./", ".status:not(.loading)"), ("library", "tbody tr")
    for words, locale, (page, ready) in ((EN, "en-GB", chat), (JA, "ja-JP", library), (ZH, "zh-CN", library)):  # fmt: skip
        tab = open_tab(locale=locale, viewport={"width": 390, "height": 860})
        tab.goto(desk.address.replace("check", page))
        tab.wait_for_selector(ready)
        link = tab.get_by_role("link", name=words.check, exact=True)
        box = link.bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 64
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        link.click()
        tab.wait_for_selector(f"#check-head h1:has-text('{words.check}')")
        checked(tab)
        shown = tab.locator("body").inner_text()
        for said in ("check_send", "check_file", "check_contradicted", "check_lead"):
            assert getattr(words, said) in shown
        assert "⟦" not in shown
