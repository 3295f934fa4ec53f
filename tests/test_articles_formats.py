"""Markdown, HTML, PDF and DOCX: real files, made here, read in this process."""

import io
import subprocess
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import docx
import pytest

from index.articles.formats import finish, read_draft
from index.articles.markdown import plain
from index.articles.pdf import Line, drop_running, join_lines
from index.articles.properties import sensible_authors, sensible_title
from index.articles.settled import Draft, Limits, Unreadable

ONE = "朝から雨が降り、川の水位が上がったため、町は橋を閉じて住民に注意を呼びかけた。"
TWO = "役場によると、けが人は出ておらず、水位は夕方までに平年並みに戻ったという。"
THREE = "町長は二十三日、堤防の点検を急ぐ考えを示し、費用は県と分け合うと述べた。"


def read(folder: Path, name: str, content: bytes | str) -> Draft:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_draft(path, Limits())


class TestMarkdown:
    FRONT = (
        "---\ntitle: 大雨と橋\nauthors: [山田太郎, 佐藤花子]\npublisher: みどり新聞\n"
        "published: 2025-01-22\nlanguage: ja-JP\nurl: https://example.org/a\n"
        "source: {publisher: 県, title: 水位の記録, date: 2025-01-20}\n---\n"
    )

    def test_front_matter(self, tmp_path: Path) -> None:
        found = read(tmp_path, "a.md", f"{self.FRONT}# 大雨と橋\n\n{ONE}\n")
        assert found == Draft(
            ONE,
            title="大雨と橋",
            authors=("山田太郎", "佐藤花子"),
            publisher="みどり新聞",
            published=date(2025, 1, 22),
            language="ja",
            url="https://example.org/a",
            source="県 「水位の記録」 2025-01-20",
        )

    @pytest.mark.parametrize(
        ("line", "field", "value"),
        [
            ("author: 山田太郎", "authors", ("山田太郎",)),
            ("date: 2025-01-22 10:00:00", "published", date(2025, 1, 22)),
            ("published: 令和7年1月22日", "published", date(2025, 1, 22)),
            ("lang: en", "language", "en"),
            ("source: 県の記録", "source", "県の記録"),
            ("title:", "title", None),
        ],
    )
    def test_other_forms(self, tmp_path: Path, line: str, field: str, value: object) -> None:
        assert getattr(read(tmp_path, "a.md", f"---\r\n{line}\r\n---\r\n{ONE}"), field) == value

    @pytest.mark.parametrize(
        ("front", "reason"),
        [
            ("title: [a]", "title"),
            ("authors: {a: b}", "authors"),
            ("published: いつか", "published"),
            ("published: 2025-02-30", "YAML"),
            ("url: 'javascript:alert(1)'", "url"),
            ("source: [a]", "source"),
            ("title: 'a", "YAML"),
            ("- a", "項目の並び"),
            ("a: !!python/object/apply:os.system ['false']", "YAML"),
            ("a: " + "x" * 70_000, "長すぎます"),
        ],
    )
    def test_wrong_front_matter_is_named(self, tmp_path: Path, front: str, reason: str) -> None:
        with pytest.raises(Unreadable, match=reason):
            read(tmp_path, "a.md", f"---\n{front}\n---\n{ONE}")

    def test_front_matter_without_a_body(self, tmp_path: Path) -> None:
        with pytest.raises(Unreadable, match="本文がありません"):
            read(tmp_path, "a.md", self.FRONT + "# 大雨と橋\n")

    @pytest.mark.parametrize(
        ("markdown", "text"),
        [
            ("## 節\n\n本文。", "## 節\n本文。"),
            ("節\n---\n本文。", "## 節\n本文。"),
            ("**「強調」**のある*文*と`code`と~~線~~。", "「強調」のある文とcodeと~~線~~。"),
            ("[橋](http://x)と![川の絵](y.png)。", "橋と川の絵。"),
            ("雨が\n降った。The river\nrose.", "雨が降った。The river rose."),
            ("- 一つ\n- 二つ\n\n1. 甲\n2. 乙", "一つ\n二つ\n1. 甲\n2. 乙"),
            ("> 引用の\n> 続き。", "引用の続き。"),
            ("```python\nx = 1\n```", "x = 1"),
            ("| 川 | 水位 |\n|---|---|\n| 東 | 3 |", "川　水位\n東　3"),
            ("前。<!-- 秘密 -->後。", "前。後。"),
            ("<ruby>漢字<rt>かんじ</rt></ruby>の<b>例</b><br>次。", "漢字の例\n次。"),
            ("<script>alert(1)</script>\n\n本文。", "本文。"),
            (r"5 \* 3 &amp; 2", "5 * 3 & 2"),
            ("#ハッシュタグ", "#ハッシュタグ"),
        ],
    )
    def test_marks_go_and_words_stay(self, markdown: str, text: str) -> None:
        lines = [line for line in plain(markdown).split("\n") if line.strip()]
        assert "\n".join(lines) == text

    def test_without_front_matter_the_chrome_goes(self, tmp_path: Path) -> None:
        page = f"# 大雨で川の水位が上昇\n\n{ONE}\n\n{TWO}\n\n{THREE}\n\n## あわせて読みたい\n\n- [雪の朝](x)\n"
        found = read(tmp_path, "a.md", page)
        assert found.title == "大雨で川の水位が上昇"
        assert "あわせて" not in found.text
        assert all(sentence in found.text for sentence in (ONE, TWO, THREE))


def page(head: str = "", body: str = "", lang: str = ' lang="ja"') -> str:
    article = f"<article><h1>大雨で川の水位が上昇</h1>{body}<p>{ONE}</p><h2>被害</h2><p>{TWO}</p><p>{THREE}</p></article>"
    return f'<!DOCTYPE html><html{lang}><head><meta charset="utf-8">{head}</head><body><nav><a href="/">トップ</a><a href="/w">国際</a></nav>{article}<footer>© みどり新聞社</footer></body></html>'


class TestHtml:
    def test_body_and_headings(self, tmp_path: Path) -> None:
        found = read(tmp_path, "a.html", page("<title>大雨で川の水位が上昇 | みどり新聞</title>"))
        assert found.title == "大雨で川の水位が上昇"
        assert found.language == "ja"
        assert found.text.split("\n\n") == [ONE, "## 被害", TWO, THREE]

    def test_json_ld(self, tmp_path: Path) -> None:
        linked = (
            '<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"x"},'
            '{"@type":["NewsArticle"],"headline":"川の水位が上がる","datePublished":"2025-01-22T23:30:00+09:00",'
            '"dateModified":"2025-02-01","author":[{"name":"山田太郎"}],"publisher":{"name":"みどり新聞"}}]}</script>'
            '<link rel="canonical" href="https://example.org/a"><meta property="og:title" content="別の題">'
        )
        found = read(tmp_path, "a.html", page(linked))
        assert (found.title, found.authors) == ("川の水位が上がる", ("山田太郎",))
        assert (found.publisher, found.published) == ("みどり新聞", date(2025, 1, 22))
        assert found.url == "https://example.org/a"

    @pytest.mark.parametrize(
        ("head", "day"),
        [
            (
                '<meta property="article:published_time" content="2025-01-22T10:00:00Z">',
                "2025-01-22",
            ),
            ('<meta name="date" content="2025/1/22">', "2025-01-22"),
            ('<meta property="article:modified_time" content="2025-01-22">', "None"),
            ('<script type="application/ld+json">{broken</script>', "None"),
            ('<script type="application/ld+json">' + "[" * 100_000 + "</script>", "None"),
        ],
    )
    def test_the_day(self, tmp_path: Path, head: str, day: str) -> None:
        assert str(read(tmp_path, "a.html", page(head)).published) == day

    def test_the_time_element_and_the_visible_date(self, tmp_path: Path) -> None:
        timed = page(body='<p><time datetime="2025-01-22">水曜日</time></p>')
        assert read(tmp_path, "a.html", timed).published == date(2025, 1, 22)
        updated = page(body='<p>更新 <time datetime="2025-01-22">水曜日</time></p>')
        assert read(tmp_path, "a.html", updated).published is None

    @pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-8-sig"])
    def test_encodings(self, tmp_path: Path, encoding: str) -> None:
        label = {"cp932": "Shift_JIS", "utf-8-sig": "utf-8"}.get(
            encoding, encoding.replace("_", "-")
        )
        for declared in (
            page().replace("utf-8", label),
            page().replace('<meta charset="utf-8">', ""),
        ):
            raw = declared.replace("© ", "").encode(encoding)
            assert ONE in read(tmp_path, "a.html", raw).text

    def test_a_page_that_is_not_what_it_says(self, tmp_path: Path) -> None:
        assert ONE in read(tmp_path, "a.html", page().replace("utf-8", "shift_jis")).text
        assert ONE in read(tmp_path, "a.html", page().replace("utf-8", "no-such")).text

    def test_ruby(self, tmp_path: Path) -> None:
        ruby = "<p>町の<ruby>堰<rp>（</rp><rt>せき</rt><rp>）</rp></ruby>を閉じた作業員は、夜通し水位を見守っていた。</p>"
        text = read(tmp_path, "a.html", page(body=ruby)).text
        assert "町の堰を閉じた" in text
        assert "せき" not in text

    def test_tables_and_lists(self, tmp_path: Path) -> None:
        rows = "<table><tr><th>川</th><th>水位</th></tr><tr><td>東川</td><td>3メートル</td></tr></table>"
        text = read(tmp_path, "a.html", page(body=f"<p>{ONE}</p>{rows}")).text
        assert "東川　3メートル" in text

    def test_hostile_pages_yield_text(self, tmp_path: Path) -> None:
        hostile = (
            f'<p onclick="alert(1)" data-x="{"a" * 1_000_000}">{ONE}<b><i></b></p></div></p>'
            '<script>document.write("悪い")</script><img src=x onerror="alert(1)"><style>p{}</style>'
        )
        text = read(tmp_path, "a.html", page(body=hostile)).text
        assert ONE in text
        assert not any(bad in text for bad in ("alert", "悪い", "<", "aaa"))

    def test_xhtml(self, tmp_path: Path) -> None:
        assert (
            TWO in read(tmp_path, "a.xhtml", '<?xml version="1.0" encoding="utf-8"?>' + page()).text
        )


def make_pdf(pages: Iterable[list[str]], info: str = "", *, encrypted: bool = False) -> bytes:
    """A small PDF in an unembedded font with a ToUnicode map; no page text for an empty list."""
    pages = list(pages)
    chars = sorted({char for page in pages for line in page for char in line})
    cmap = "".join(f"<{ord(char):04X}> <{ord(char):04X}>\n" for char in chars)
    cmap = f"begincmap\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{len(chars)} beginbfchar\n{cmap}endbfchar\nendcmap"
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(len(pages)))
    objects = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        3: "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        4: "<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000>>",
        5: f"<</Length {len(cmap)}>>stream\n{cmap}\nendstream",
        6: f"<<{info}>>",
    }
    for n, lines in enumerate(pages):
        shown = "".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td\n" for line in lines)
        stream = f"BT /F 10 Tf 50 800 Td\n{shown}ET"
        objects[10 + 2 * n] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 850]/Contents {11 + 2 * n} 0 R/Resources<</Font<</F 3 0 R>>>>>>"
        )
        objects[11 + 2 * n] = f"<</Length {len(stream)}>>stream\n{stream}\nendstream"
    out, places = b"%PDF-1.4\n", {}
    for number, content in objects.items():
        places[number] = len(out)
        out += f"{number} 0 obj{content}endobj\n".encode("latin-1")
    table = "".join(f"{n} 1\n{place:010} 00000 n \n" for n, place in places.items())
    trailer = (
        f"trailer<</Size {max(places) + 1}/Root 1 0 R/Info 6 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    )
    return out + f"xref\n{table}{trailer}".encode()


class TestPdf:
    def test_lines_become_paragraphs(self, tmp_path: Path) -> None:
        lines = ["大雨で川の水位が上昇", "2025年1月22日", ONE[:20], ONE[20:], TWO[:20], TWO[20:]]
        found = read(tmp_path, "a.pdf", make_pdf([lines]))
        assert found.text == f"{ONE}\n{TWO}"
        assert found.title == "大雨で川の水位が上昇"
        assert found.published == date(2025, 1, 22)

    def test_radicals(self, tmp_path: Path) -> None:
        assert (
            "大雨"
            in read(tmp_path, "a.pdf", make_pdf([["⼤⾬が降り、町は橋を閉じた。", ONE]])).text
        )

    def test_running_heads_and_page_numbers_go(self, tmp_path: Path) -> None:
        pages = [
            [f"みどり通信 第{n}号", sentence, f"- {n} -"]
            for n, sentence in enumerate((ONE, TWO, THREE), 1)
        ]
        assert read(tmp_path, "a.pdf", make_pdf(pages)).text == f"{ONE}\n{TWO}\n{THREE}"

    def test_a_line_that_only_two_of_many_pages_share_stays(self) -> None:
        pages = [[Line(f"見出し{mark}"), Line("本文")] for mark in "甲甲乙丙丁"]
        assert drop_running(pages)[0] == [Line("見出し甲")]

    def test_what_a_browser_prints_around_a_page_goes(self) -> None:
        footer = Line("https://example.org/a 1/2")
        page = [Line("2025/02/03 10:00 大雨 | みどり新聞"), Line(ONE), footer]
        assert drop_running([page]) == [[Line(ONE)]]
        assert drop_running([page[:2]]) == [page[:2]]

    def test_type_tells_headings(self) -> None:
        lines = [Line("大きな", 16), Line("見出し", 16), Line(ONE[:30], 10), Line(ONE[30:], 10)]
        assert join_lines([lines], 10) == f"## 大きな\n## 見出し\n{ONE}"

    def test_joining(self) -> None:
        lines = ("The river rose af-", "ter the rain, and", "the town closed.")
        pages = [[Line(lines[0]), Line(lines[1])], [Line(lines[2])]]
        assert join_lines(pages) == "The river rose after the rain, and the town closed."

    def test_properties(self, tmp_path: Path) -> None:
        found = read(
            tmp_path, "a.pdf", make_pdf([[ONE, TWO]], "/Title(Flood report)/Author(Jane Doe)")
        )
        assert (found.title, found.authors) == ("Flood report", ("Jane Doe",))
        invented = make_pdf([[ONE, TWO]], "/Title(Microsoft Word - x.doc)/Author(user01)")
        assert read(tmp_path, "a.pdf", invented).title is None
        assert read(tmp_path, "a.pdf", invented).authors == ()

    def test_a_scan_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(Unreadable, match="スキャン画像"):
            read(tmp_path, "a.pdf", make_pdf([[]]))

    @pytest.mark.parametrize("password", ["geheim", ""])
    def test_encrypted(self, tmp_path: Path, password: str) -> None:
        from pypdf import PdfReader, PdfWriter

        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf([[ONE, TWO]]))))
        writer.encrypt(password, "owner", algorithm="RC4-128")
        raw = io.BytesIO()
        writer.write(raw)
        if password:
            with pytest.raises(Unreadable, match="暗号化"):
                read(tmp_path, "a.pdf", raw.getvalue())
        else:
            assert ONE in read(tmp_path, "a.pdf", raw.getvalue()).text

    @pytest.mark.parametrize("cut", [10, 400, 1500])
    def test_a_torn_file(self, tmp_path: Path, cut: int) -> None:
        with pytest.raises(Unreadable):
            read(tmp_path, "a.pdf", make_pdf([[ONE, TWO]])[:cut])


class TestDocx:
    def save(self, folder: Path, document: "docx.document.Document") -> Draft:
        document.save(str(folder / "a.docx"))
        return read_draft(folder / "a.docx", Limits())

    def test_paragraphs_headings_and_tables(self, tmp_path: Path) -> None:
        document = docx.Document()
        document.add_heading("大雨と橋", 0)
        document.add_paragraph(ONE)
        document.add_heading("被害", 2)
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ("川", "水位", "東川", "3メートル"), strict=True):
            cell.text = text
        document.add_paragraph(TWO)
        document.core_properties.author = "山田太郎"
        found = self.save(tmp_path, document)
        assert found.title == "大雨と橋"
        assert found.authors == ("山田太郎",)
        assert found.published is None
        assert found.text.split("\n") == [ONE, "## 被害", "川　水位", "東川　3メートル", TWO]

    def test_the_head_gives_the_day(self, tmp_path: Path) -> None:
        document = docx.Document()
        for text in ("大雨で川の水位が上昇", "2025年1月22日", ONE):
            document.add_paragraph(text)
        found = self.save(tmp_path, document)
        assert (found.title, found.published) == ("大雨で川の水位が上昇", date(2025, 1, 22))
        assert found.text == ONE

    def test_ruby_keeps_its_base(self, tmp_path: Path) -> None:
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        document = docx.Document()
        paragraph = document.add_paragraph("町の")
        paragraph._p.append(
            parse_xml(
                f"<w:r {nsdecls('w')}><w:ruby><w:rt><w:r><w:t>せき</w:t></w:r></w:rt>"
                "<w:rubyBase><w:r><w:t>堰</w:t></w:r></w:rubyBase></w:ruby></w:r>"
            )
        )
        paragraph.add_run("を閉じた。")
        assert self.save(tmp_path, document).text == "町の堰を閉じた。"

    def test_a_zip_that_is_no_document(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
            archive.writestr("a.txt", "a")
        with pytest.raises(Unreadable, match="docx"):
            read_draft(tmp_path / "a.docx", Limits())


def test_properties_that_programs_invent() -> None:
    invented = [
        "",
        None,
        "Microsoft Word - x.doc",
        "untitled",
        "Untitled-1",
        "無題",
        "report_0123.pdf",
        "文書1",
        "20250122",
    ]
    assert [title for title in invented if sensible_title(title)] == []
    assert sensible_title("2025年度の予算") == "2025年度の予算"
    assert sensible_authors("山田太郎; 佐藤花子") == ("山田太郎", "佐藤花子")
    assert (
        sensible_authors("python-docx") == sensible_authors("user") == sensible_authors(None) == ()
    )


def test_the_text_is_tidy() -> None:
    found = finish(Draft(f"\n{ONE}  \r\n\r\n\r\n\u3000{TWO}\u200b\n"))
    assert found.text == f"{ONE}\n\n{TWO}"


@pytest.mark.browser
@pytest.mark.skipif(
    not Path("/usr/bin/chromium").exists(), reason="there is no browser to print with"
)
def test_a_page_printed_by_a_browser(tmp_path: Path) -> None:
    ruby = (
        "<p>町の<ruby>堰<rt>せき</rt></ruby>を閉じた作業員は、夜通し水位を見守っていた。"
        + TWO * 3
        + "</p>"
    )
    (tmp_path / "a.html").write_text(page("<title>大雨 | みどり新聞</title>", ruby))
    chromium = ["/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu"]
    subprocess.run(
        [*chromium, f"--print-to-pdf={tmp_path / 'a.pdf'}", str(tmp_path / "a.html")],
        check=True,
        capture_output=True,
        timeout=60,
    )
    text = read_draft(tmp_path / "a.pdf", Limits()).text
    assert "町の堰を閉じた作業員は、夜通し水位を見守っていた。" + TWO * 3 in text
    assert f"{ONE}\n## 被害\n{TWO}" in text
    assert not any(word in text for word in ("せき", "file:", "M 大雨", "みどり新聞 "))
