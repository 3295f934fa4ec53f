"""DOCX, PPTX, ODT, EPUB and EML: files made here of raw XML, read in this process."""

import io
import zipfile
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest
from drafts import ONE, THREE, TWO

from index.articles import archives, mail
from index.articles.files import Draft, Limits, Unreadable

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = f'xmlns:w="{W}" xmlns:m="urn:m" xmlns:mc="urn:mc" xmlns:v="urn:v" xmlns:wp="urn:wp" xmlns:a="urn:a" xmlns:r="urn:r"'
UP = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'


def packed(entries: dict[str, str | bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return raw.getvalue()


def p(*runs: str, style: str = "", own: str = "") -> str:
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    words = (run if run.startswith("<") else f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return f"<w:p><w:pPr>{style}{own}</w:pPr>{''.join(words)}</w:p>"


def r(text: str, look: str = "") -> str:
    return f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"


def table(*rows: str | tuple[str, ...]) -> str:
    lines = (
        "".join(c if c.startswith("<") else f"<w:tc>{p(c)}</w:tc>" for c in row) for row in rows
    )
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


def cell(inside: str, look: str = "") -> str:
    return f"<w:tc><w:tcPr>{look}</w:tcPr>{inside}</w:tc>"


STYLES = (
    '<w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
    '<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="mine"><w:name w:val="見出し甲"/><w:basedOn w:val="1"/></w:style>'
    '<w:style w:styleId="up"><w:name w:val="注の印"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    '<w:style w:styleId="gone"><w:name w:val="覚え"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:styleId="too"><w:name w:val="覚え2"/><w:basedOn w:val="gone"/></w:style>'
    '<w:style w:styleId="toc"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:styleId="loop"><w:name w:val="輪"/><w:basedOn w:val="loop"/></w:style>'
)


def word(body: str, **parts: str) -> Draft:
    """A DOCX with this body, and footnotes or endnotes by their ids."""
    entries = {
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {SPACES}>{STYLES}</w:styles>",
    }
    for kind, inside in parts.items():
        entries[f"word/{kind}.xml"] = f"<w:{kind} {SPACES}>{inside}</w:{kind}>"
    return archives.parse(packed(dict(entries)), Limits())


def note(kind: str, number: int, text: str) -> str:
    return f'<w:{kind} w:id="{number}">{p("<w:r><w:footnoteRef/></w:r>", " " + text)}</w:{kind}>'


def lines(draft: Draft) -> list[str]:
    return [line for line in draft.text.split("\n") if line]


def marked(draft: Draft, kind: str) -> list[tuple[str, str]]:
    found = [m for m in draft.marks if m.kind == kind]
    return [(mark.value, draft.text[mark.start : mark.end]) for mark in found]


def lost(draft: Draft, kind: str) -> list[str]:
    return [loss.text for loss in draft.losses if loss.kind == kind]


def control(inside: str, own: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{own}</w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>"


def box(*paragraphs: str) -> str:
    inside = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    return (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><wp:anchor>{inside}</wp:anchor></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape>{inside}</v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


REFERENCE = '<w:r><w:rPr><w:rStyle w:val="up"/></w:rPr><w:{}Reference w:id="{}"/></w:r>'


class TestWord:
    @pytest.mark.parametrize(
        ("body", "told"),
        [
            # content controls: block, inline, nested, round a table, a row and a cell
            (p(ONE) + control(p(TWO)), [ONE, TWO]),
            (control(control(p(ONE)) + p(TWO)) + p(THREE), [ONE, TWO, THREE]),
            (p("費用は", control(r("48")), "億円。"), ["費用は48億円。"]),
            (control(table(("川", "東"), ("湖", "西"))), ["川／東", "湖／西"]),
            (f"<w:tbl>{control('<w:tr>' + cell(p('川')) + control(cell(control(p('東')))) + '</w:tr>')}<w:tr>{cell(p('湖'))}{cell(p('西'))}</w:tr></w:tbl>", ["川／東", "湖／西"]),
            (p(ONE) + control(p("ここをクリック"), "<w:showingPlcHdr/>"), [ONE]),
            # text boxes: once, where they stand, and several
            (p(ONE, box(p(TWO), p(THREE))) + p("終わり。"), [ONE, TWO, THREE, "終わり。"]),
            (p(box(p(TWO)), ONE), [ONE, TWO]),
            (p(ONE, box(p("外。", box(p("内。"))))), [ONE, "外。", "内。"]),
            (p("<w:r><w:pict><v:textbox><w:txbxContent>" + p(TWO) + "</w:txbxContent></v:textbox></w:pict></w:r>", ONE), [ONE, TWO]),
            # tracked changes
            (p("費用は", "<w:del><w:r><w:delText>30</w:delText></w:r></w:del>", "<w:ins>" + r("48") + "</w:ins>", "億円。"), ["費用は48億円。"]),
            ("<w:moveFrom>" + p(TWO) + "</w:moveFrom>" + p("<w:moveFrom>" + r(TWO) + "</w:moveFrom>", ONE) + p("<w:moveTo>" + r(TWO) + "</w:moveTo>"), [ONE, TWO]),
            (p("前の", own="<w:rPr><w:del/></w:rPr>") + p("文。"), ["前の文。"]),
            (table(("川", "3"), ("湖", "4"), ("海", "5")).replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>", 1) + p(ONE), ["湖／4", "海／5", ONE]),
            (p("A", "<w:ins><w:del><w:r><w:delText>B</w:delText></w:r></w:del></w:ins>", "C。"), ["AC。"]),
            # what is no text of its own
            (p("A", "<w:r><w:noBreakHyphen/><w:t>17と長</w:t><w:softHyphen/><w:t>い。</w:t></w:r>"), ["A-17と長い。"]),
            (p("気温は", '<w:r><w:sym w:font="Symbol" w:char="F02D"/><w:t>5</w:t></w:r>', '<w:r><w:sym w:font="Symbol" w:char="F0B1"/><w:t>1度。</w:t></w:r>'), ["気温は−5±1度。"]),
            (p('<w:r><w:sym w:font="MS Mincho" w:char="2460"/></w:r>', "の", '<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>', "。"), ["①の〓。"]),
            (p("一つ目", "<w:r><w:tab/><w:t>二</w:t><w:br/><w:t>三。</w:t></w:r>"), ["一つ目 二", "三。"]),
            (p("<w:r><w:ruby><w:rt>" + r("せき") + "</w:rt><w:rubyBase>" + r("堰") + "</w:rubyBase></w:ruby></w:r>", "の町。"), ["堰の町。"]),
            (p("<w:commentRangeStart/>" + r(ONE) + '<w:r><w:commentReference w:id="0"/></w:r>'), [ONE]),
            # fields: page numbers out, other results in
            (p(ONE, '<w:fldSimple w:instr=" PAGE ">' + r("7") + "</w:fldSimple>"), [ONE]),
            (p(ONE, *('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "<w:r><w:instrText> NUMPAGES </w:instrText></w:r>", '<w:r><w:fldChar w:fldCharType="separate"/></w:r>', "9", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')), [ONE]),
            (p('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>=40+8</w:instrText><w:fldChar w:fldCharType="separate"/></w:r>', "48", '<w:r><w:fldChar w:fldCharType="end"/></w:r>', "億円。"), ["48億円。"]),
            # hidden text: of its own, by style, by a style below, of a paragraph
            (p(r("内緒。", "<w:vanish/>"), ONE), [ONE]),
            (p(r("見える。", '<w:vanish w:val="0"/>')), ["見える。"]),
            (p(r("内緒。", '<w:rStyle w:val="too"/>'), ONE), [ONE]),
            (p("内緒。", style="gone") + p(ONE), [ONE]),
            (p("第1章　3", style="toc") + p(ONE, style="loop"), [ONE]),
            (p("章", style="mine") + p(ONE), ["# 章", ONE]),
            (p("節", own='<w:outlineLvl w:val="1"/>') + p(ONE), ["## 節", ONE]),
        ],
    )  # fmt: skip
    def test_what_a_reader_sees(self, body: str, told: list[str]) -> None:
        assert lines(word(body)) == told

    @pytest.mark.parametrize("key", ["strike", "dstrike"])
    def test_struck_text_is_not_read(self, key: str) -> None:
        found = word(
            p("費用は", r("38億円", f"<w:{key}/>"), r("48億円", f'<w:{key} w:val="0"/>'), "だ。")
        )
        assert lines(found) == ["費用は48億円だ。"]
        assert lost(found, "deleted") == ["38億円"]

    @pytest.mark.parametrize(
        ("before", "raised", "after", "told"),
        [
            ("去年は1,204", "1", "億円だった。", "去年は1,204億円だった。"),
            ("去年は3.5", "2", "％だった。", "去年は3.5％だった。"),
            ("委員会", "(3)", "が決めた。", "委員会が決めた。"),
            ("費用は48", "2", "億円だった。", "費用は48億円だった。"),
            ("通りは2", "8", "だ。", "通りは2⁸だ。"),
            ("費用は48億円", "注1", "だった。", "費用は48億円だった。"),
            ("面積は10", "9", "平方メートルだ。", "面積は10⁹平方メートルだ。"),
            ("長さは10", "-6", "メートルだ。", "長さは10⁻⁶メートルだ。"),
            ("広さは5km", "2", "だった。", "広さは5km²だった。"),
            ("The cost was 1,204", "3", " million.", "The cost was 1,204 million."),
        ],
    )
    def test_raised_figures(self, before: str, raised: str, after: str, told: str) -> None:
        for look in (UP[7:-8], '<w:rStyle w:val="up"/>'):
            assert lines(word(p(before, r(raised, look), after))) == [told]

    def test_what_goes_is_told(self) -> None:
        deleted = "<w:del><w:r><w:delText>三十億円</w:delText></w:r></w:del>"
        found = word(p(ONE, deleted) + p(r("内緒。", "<w:vanish/>")) + p(TWO))
        assert lost(found, "deleted") == ["三十億円"]
        assert lost(found, "hidden") == ["内緒。"]

    def test_more_deleted_than_left(self) -> None:
        deleted = f"<w:del><w:r><w:delText>{ONE * 9}</w:delText></w:r></w:del>"
        assert lines(word(p(deleted, TWO))) == [TWO]

    def test_notes_stand_below_their_paragraph(self) -> None:
        found = word(
            p("費用は48億円", REFERENCE.format("footnote", 5), "である。", REFERENCE.format("endnote", 1))
            + p(TWO, REFERENCE.format("footnote", 2)),
            footnotes=note("footnote", 0, "区切り") + note("footnote", 2, "後の注。") + note("footnote", 5, "前の注は30億円。"),
            endnotes=note("endnote", 1, "文末の注。"),
        )  # fmt: skip
        assert lines(found) == [
            "費用は48億円である。",
            "前の注は30億円。",
            "文末の注。",
            TWO,
            "後の注。",
        ]
        assert marked(found, "note") == [
            ("1", "前の注は30億円。"),
            ("1", "文末の注。"),
            ("2", "後の注。"),
        ]

    def test_a_note_in_a_cell_and_in_itself(self) -> None:
        own = f'<w:footnote w:id="1">{p("注。", REFERENCE.format("footnote", 1))}</w:footnote>'
        found = word(
            table(("国", "額"), (cell(p("山", REFERENCE.format("footnote", 1))), "3")),
            footnotes=own,
        )
        assert lines(found) == ["国／額", "山／3", "注。"]

    @pytest.mark.parametrize(
        ("rows", "told"),
        [
            ((("国", "2023年", "2024年"), ("山", "1,204", "1377"), ("谷", "", "88")), ["国: 山／2023年: 1,204／2024年: 1377", "国: 谷／2023年: ―／2024年: 88"]),
            ((("", "男", "女"), ("合計", "▲5.2％", "3人")), ["合計／男: ▲5.2％／女: 3人"]),
            ((("", "2023", "2024"), ("A", "5,064 million", "n")), ["―／2023／2024", "A／5,064 million／n"]),
            ((("Country", "2023", "2024"), ("A", "5,064 million", "")), ["Country: A／2023: 5,064 million／2024: ―"]),
            ((("年度", "利用者", "収入"), ("令和4年度", "9万4,300人", "5億1千万円")), ["年度: 令和4年度／利用者: 9万4,300人／収入: 5億1千万円"]),
            ((("費用", "48億円"), ("期間", "3年")), ["費用／48億円", "期間／3年"]),
            ((("氏名", "川原", "役", "会長"), ("年齢", "40", "任期", "3年")), ["氏名／川原／役／会長", "年齢／40／任期／3年"]),
            ((("山", "1", "2"), ("谷", "", "")), ["山／1／2", "谷／―／―"]),
        ],
    )  # fmt: skip
    def test_rows(self, rows: tuple[tuple[str, ...], ...], told: list[str]) -> None:
        found = word(p(ONE) + table(*rows))
        assert lines(found)[1:] == told
        assert [text for _, text in marked(found, "row")] == told

    def test_rows_that_the_file_names(self) -> None:
        named = table(("県", "知事"), ("東", "山田"), ("西", ""))
        found = word(named.replace("<w:tr>", "<w:tr><w:trPr><w:tblHeader/></w:trPr>", 1))
        assert lines(found) == ["県: 東／知事: 山田", "県: 西／知事: ―"]

    def test_merged_cells(self) -> None:
        down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
        wide = '<w:gridSpan w:val="2"/>'
        found = word(
            table(
                ("地域", "国", "2024年"),
                (cell(p("北"), down), "山", "1"),
                (cell(p(""), on), "谷", ""),
                (cell(p("計"), wide), "1"),
            ).replace("<w:tr>", "<w:tr><w:trPr><w:tblHeader/></w:trPr>", 1)
        )
        assert lines(found)[:2] == ["地域: 北／国: 山／2024年: 1", "地域: 北／国: 谷／2024年: ―"]
        assert "2024年: 1" in lines(found)[2]

    def test_a_table_in_a_cell_stands_below(self) -> None:
        inner = table(("品", "量", "額"), ("米", "5", "7"))
        found = word(table(("国", "内訳"), ("山", cell(inner + p(""))), ("谷", "無")))
        assert lines(found)[-1] == "品: 米／量: 5／額: 7"
        assert "山／（下の表）" in found.text

    @pytest.mark.parametrize(
        ("formula", "told"),
        [
            ("<m:f><m:fPr/><m:num>{a}</m:num><m:den>{b}</m:den></m:f>", "1/2"),
            ("<m:sSup><m:e>{ten}</m:e><m:sup>{b}</m:sup></m:sSup>", "10²"),
            ("<m:rad><m:radPr/><m:deg/><m:e>{b}</m:e></m:rad>", "√2"),
            ('<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e>{a}</m:e></m:d>', "[1]"),
            ('<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{a}</m:sub><m:sup>{b}</m:sup><m:e>{c}</m:e></m:nary>', "∑_1^2 x"),
            ("<m:f><m:num>{a}{c}</m:num><m:den><m:f><m:num>{a}</m:num><m:den>{b}</m:den></m:f></m:den></m:f>", "1x/(1/2)"),
        ],
    )  # fmt: skip
    def test_formulas(self, formula: str, told: str) -> None:
        signs = {"a": "1", "b": "2", "c": "x", "ten": "10"}
        filled = formula.format(**{k: f"<m:r><m:t>{v}</m:t></m:r>" for k, v in signs.items()})
        assert lines(word(p("値は", f"<m:oMath>{filled}</m:oMath>", "だ。"))) == [f"値は{told}だ。"]

    def test_the_title_is_whole(self) -> None:
        titled = p("港湾会議の", style="T") + p("記録", style="T") + p(ONE) + p("別の題", style="T")
        found = word(titled)
        assert (found.title, lines(found)) == ("港湾会議の記録", [ONE, "別の題"])

    def test_headers_footers_and_pictures(self, tmp_path: Path) -> None:
        document = docx.Document()
        document.sections[0].header.paragraphs[0].text = "社外秘"
        document.sections[0].footer.paragraphs[0].text = "3 ページ"
        document.add_paragraph(ONE)
        document.save(str(tmp_path / "a.docx"))
        found = archives.parse((tmp_path / "a.docx").read_bytes(), Limits())
        assert lines(found) == [ONE]
        pictured = word(
            p(
                ONE,
                '<w:r><w:drawing><wp:inline><wp:docPr descr="橋の写真"/><a:blip/></wp:inline></w:drawing></w:r>',
            )
        )
        assert lost(pictured, "picture") == ["橋の写真"]


def slide(*shapes: str, own: str = "") -> str:
    return f'<p:sld xmlns:p="urn:p" xmlns:a="urn:a" {own}><p:cSld><p:spTree>{"".join(shapes)}</p:spTree></p:cSld></p:sld>'


def shape(*paragraphs: str, kind: str = "") -> str:
    holder = f'<p:ph type="{kind}"/>' if kind else ""
    words = "".join(
        f"<a:p>{t if t.startswith('<') else f'<a:r><a:t>{t}</a:t></a:r>'}</a:p>" for t in paragraphs
    )
    return (
        f"<p:sp><p:nvSpPr><p:nvPr>{holder}</p:nvPr></p:nvSpPr><p:txBody>{words}</p:txBody></p:sp>"
    )


def links(*targets: tuple[str, str]) -> str:
    listed = (
        f'<Relationship Id="r{n}" Type="http://x/{kind}" Target="{to}"/>'
        for n, (kind, to) in enumerate(targets)
    )
    return f'<Relationships xmlns="urn:rel">{"".join(listed)}</Relationships>'


def show(*slides: str, notes: str = "") -> Draft:
    listed = "".join(f'<p:sldId id="{n + 256}" r:id="r{n}"/>' for n in reversed(range(len(slides))))
    entries = {
        "ppt/presentation.xml": f'<p:presentation xmlns:p="urn:p" xmlns:r="urn:r"><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>',
        "ppt/_rels/presentation.xml.rels": links(*(("slide", f"slides/s{n}.xml") for n in range(len(slides)))),
        **{f"ppt/slides/s{n}.xml": one for n, one in enumerate(slides)},
    }  # fmt: skip
    if notes:
        entries["ppt/slides/_rels/s0.xml.rels"] = links(("notesSlide", "../notesSlides/n.xml"))
        entries["ppt/notesSlides/n.xml"] = slide(
            shape("7", kind="sldNum"), shape(notes, kind="body")
        )
    return archives.parse(packed(dict(entries)), Limits())


class TestSlides:
    def test_order_title_notes_and_pages(self) -> None:
        number = shape('<a:fld type="slidenum"><a:t>2</a:t></a:fld>', kind="sldNum")
        found = show(
            slide(shape(TWO), shape("被害", kind="title"), number), slide(shape(ONE)), notes=THREE
        )
        assert lines(found) == [ONE, "## 被害", TWO, THREE]
        assert [value for value, _ in marked(found, "page")] == ["1", "2"]
        assert marked(found, "note") == [("", THREE)]

    def test_a_real_one_with_a_table(self, tmp_path: Path) -> None:
        pptx = pytest.importorskip("pptx")
        deck = pptx.Presentation()
        page = deck.slides.add_slide(deck.slide_layouts[5])
        page.shapes.title.text = "輸出額"
        grid = page.shapes.add_table(3, 3, 0, 0, 9, 9).table
        cells = ("国", "2023年", "2024年", "山", "1,204", "1377", "谷", "", "88")
        for n, text in enumerate(cells):
            grid.cell(n // 3, n % 3).text = text
        deck.save(str(tmp_path / "a.pptx"))
        found = archives.parse((tmp_path / "a.pptx").read_bytes(), Limits())
        assert lines(found) == [
            "## 輸出額",
            "国: 山／2023年: 1,204／2024年: 1377",
            "国: 谷／2023年: ―／2024年: 88",
        ]

    def test_raised_and_hidden(self) -> None:
        raised = '<a:r><a:t>面積は10</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>9</a:t></a:r><a:r><a:t>平方だ。</a:t></a:r>'
        found = show(slide(shape(raised)), slide(shape(TWO), own='show="0"'))
        assert lines(found) == ["面積は10⁹平方だ。"]
        struck = '<a:r><a:rPr strike="sngStrike"/><a:t>38億円</a:t></a:r><a:r><a:rPr strike="noStrike"/><a:t>48億円</a:t></a:r>'
        assert lines(show(slide(shape(struck)))) == ["48億円"]
        assert lost(found, "hidden") == [TWO]


OFFICE = 'xmlns:office="urn:o" xmlns:text="urn:t" xmlns:table="urn:tb" xmlns:draw="urn:d" xmlns:style="urn:s" xmlns:fo="urn:f"'


def odt(body: str) -> Draft:
    styles = (
        '<style:style style:name="P1" style:parent-style-name="Title"/>'
        '<style:style style:name="up"><style:text-properties style:text-position="super 58%"/></style:style>'
        '<style:style style:name="up2"><style:text-properties style:text-position="33% 58%"/></style:style>'
        '<style:style style:name="low"><style:text-properties style:text-position="sub 58%"/></style:style>'
        '<style:style style:name="gone"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="off"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    )
    content = (
        f"<office:document-content {OFFICE}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    meta = (
        '<office:document-meta xmlns:office="urn:o" xmlns:meta="urn:m" xmlns:dc="urn:dc"><office:meta><dc:title>川の記録</dc:title>'
        "<meta:initial-creator>山田太郎</meta:initial-creator><meta:creation-date>2025-01-22T10:00:00</meta:creation-date>"
        "</office:meta></office:document-meta>"
    )
    styled = f'<office:document-styles {OFFICE}><style:style style:name="Title"/></office:document-styles>'
    parts = {"content.xml": content, "meta.xml": meta, "styles.xml": styled}
    return archives.parse(
        packed({"mimetype": "application/vnd.oasis.opendocument.text", **parts}), Limits()
    )


class TestOdt:
    @pytest.mark.parametrize(
        ("body", "told"),
        [
            ('<text:h text:outline-level="2">被害</text:h><text:p>雨が<text:span>降<text:s text:c="2"/>った</text:span>。</text:p>', ["## 被害", "雨が降  った。"]),
            ("<text:list><text:list-item><text:p>一つ。</text:p></text:list-item><text:list-item><text:p>二つ。</text:p></text:list-item></text:list>", ["一つ。", "二つ。"]),
            ('<text:p>去年は1,204<text:span text:style-name="up">1</text:span>億円、10<text:span text:style-name="up2">9</text:span>平方。</text:p>', ["去年は1,204億円、10⁹平方。"]),
            ('<text:p>CO<text:span text:style-name="low">2</text:span>だ。<text:span text:style-name="gone">内緒</text:span></text:p>', ["CO₂だ。"]),
            ("<text:tracked-changes><text:changed-region><text:deletion><office:change-info>甲</office:change-info><text:p>三十億円</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>48億円。</text:p>", ["48億円。"]),
            ('<text:p>費用は<text:span text:style-name="off">38億円</text:span>48億円。</text:p>', ["費用は48億円。"]),
            ("<text:p>前。<draw:frame><draw:text-box><text:p>囲み。</text:p></draw:text-box></draw:frame>後。</text:p>", ["前。後。", "囲み。"]),
            ("<text:p>町の<text:ruby><text:ruby-base>堰</text:ruby-base><text:ruby-text>せき</text:ruby-text></text:ruby>。<office:annotation><text:p>注釈</text:p></office:annotation></text:p>", ["町の堰。"]),
            ('<text:p>前。</text:p><text:section text:display="none"><text:p>内緒。</text:p></text:section>', ["前。"]),
        ],
    )  # fmt: skip
    def test_what_a_reader_sees(self, body: str, told: list[str]) -> None:
        assert lines(odt(body)) == told

    def test_notes_rows_and_what_the_file_states(self) -> None:
        note = '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>出典は県。</text:p></text:note-body></text:note>'
        cells = ("国", "2023年", "山", "")
        row = "".join(
            f"<table:table-row>{''.join(f'<table:table-cell><text:p>{c}</text:p></table:table-cell>' for c in cells[n : n + 2])}</table:table-row>"
            for n in (0, 2)
        )
        grid = f"<table:table><table:table-header-rows>{row.replace('</table:table-row>', '</table:table-row></table:table-header-rows>', 1)}</table:table>"
        found = odt(
            f'<text:p text:style-name="P1">大雨と橋</text:p><text:p>雨が降った{note}。</text:p>{grid}'
        )
        assert lines(found) == ["雨が降った。", "出典は県。", "国: 山／2023年: ―"]
        assert marked(found, "note") == [("1", "出典は県。")]
        assert (found.title, found.authors, found.published) == (
            "大雨と橋",
            ("山田太郎",),
            date(2025, 1, 22),
        )


class TestEpub:
    def made(self, *chapters: str, extra: dict[str, str] | None = None) -> Draft:
        names = ["cover.xhtml", "nav.xhtml", *(f"text/c{n}.xhtml" for n in range(len(chapters)))]
        items = "".join(
            f'<item id="i{n}" href="{name}"{" properties=" + chr(34) + "nav" + chr(34) if "nav" in name else ""}/>'
            for n, name in enumerate(names)
        )
        spine = "".join(f'<itemref idref="i{n}"/>' for n in (0, 1, *range(len(names) - 1, 1, -1)))
        stated = (
            "<dc:title>川の本</dc:title><dc:creator>山田太郎</dc:creator><dc:creator>佐藤花子</dc:creator>"
            "<dc:date>2025-01-22</dc:date><dc:language>ja-JP</dc:language>"
        )
        package = f'<package xmlns:dc="urn:dc"><metadata>{stated}</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>'
        pages = {
            f"OPS/{name}": f"<html xmlns='http://www.w3.org/1999/xhtml'><head><title/></head><body>{body}</body></html>"
            for name, body in zip(names, ("<p>表紙。</p>", "<p>目次。</p>", *chapters), strict=True)
        }
        container = (
            '<container><rootfiles><rootfile full-path="OPS/a.opf"/></rootfiles></container>'
        )
        entries = {
            "META-INF/container.xml": container,
            "OPS/a.opf": package,
            **pages,
            **(extra or {}),
        }
        return archives.parse(packed(dict(entries)), Limits())

    def test_the_order_of_the_spine(self) -> None:
        noted = "<p>面積は10<sup>9</sup>平方<a xmlns:e='e' e:type='noteref' href='#n'>1</a>。</p><aside xmlns:e='e' e:type='footnote'><p>出典。</p></aside>"
        grid = "<table><tr><th>年</th><th>額</th></tr><tr><td>2023</td><td/></tr></table>"
        first = f"<h2>前</h2><div>{ONE}<ul><li>一つ。</li></ul>終わり。</div>{grid}"
        found = self.made(f"<h2>後</h2><p><a id='x'/>{TWO}</p>{noted}", first)
        told = [
            "## 前",
            ONE,
            "一つ。",
            "終わり。",
            "年: 2023／額: ―",
            "## 後",
            TWO,
            "面積は10⁹平方。",
            "出典。",
        ]
        assert lines(found) == told
        assert marked(found, "note") == [("", "出典。")]
        assert (found.title, found.authors) == ("川の本", ("山田太郎", "佐藤花子"))
        assert (found.published, found.language) == (date(2025, 1, 22), "ja")

    def test_one_that_is_locked(self) -> None:
        locked = '<encryption><CipherReference URI="OPS/text/c0.xhtml"/></encryption>'
        with pytest.raises(Unreadable, match="DRM"):
            self.made(f"<p>{ONE}</p>", extra={"META-INF/encryption.xml": locked})


class TestMail:
    def sent(self, plain: str = "", page: str = "", charset: str = "utf-8") -> Draft:
        letter = EmailMessage()
        letter["Subject"], letter["From"] = "Re: 大雨と橋", "山田太郎 <yamada@example.org>"
        letter["Date"] = "Tue, 21 Jan 2025 23:30:00 +0000"
        letter.set_content(plain, charset=charset)
        if page:
            letter.add_alternative(page, subtype="html")
        letter.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="水位.pdf")
        return mail.parse(letter.as_bytes(), Limits())

    @pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "shift_jis"])
    def test_its_text_and_what_it_states(self, charset: str) -> None:
        found = self.sent(f"{ONE}\n\n{TWO}\n", charset=charset)
        assert lines(found) == [ONE, TWO]
        assert (found.title, found.authors) == ("大雨と橋", ("山田太郎",))
        assert found.published == date(2025, 1, 22)
        assert lost(found, "other") == ["水位.pdf"]

    def test_a_page_where_the_text_only_says_so(self) -> None:
        found = self.sent("HTMLメールです。", f"<html><body><p>{ONE}</p><p>{TWO}</p></body></html>")
        assert lines(found) == [ONE, TWO]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("a.doc", "docx"),
        ("a.PPT", "pptx"),
        ("a.rtf", "docx"),
        ("a.jtd", "PDF"),
        ("a.hwp", "docx"),
        ("a.png", ".epub"),
    ],
)
def test_what_is_not_read_is_told_what_to_do(tmp_path: Path, name: str, advice: str) -> None:
    from index.articles.formats import read_draft

    (tmp_path / name).write_bytes(b"{\\rtf1 a}")
    with pytest.raises(Unreadable, match=advice):
        read_draft(tmp_path / name, Limits())
