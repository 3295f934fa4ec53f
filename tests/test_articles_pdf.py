"""PDF: real files, made here or printed by a browser, read in this process."""

import io
import subprocess
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from drafts import ONE, THREE, TWO, page, read

from index.articles.files import Limits, Unreadable
from index.articles.formats import read_draft
from index.articles.pdf import Line, drop_running, join_lines


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
    text = read_draft(tmp_path / "a.pdf", Limits())[0].text
    assert "町の堰を閉じた作業員は、夜通し水位を見守っていた。" + TWO * 3 in text
    assert f"{ONE}\n## 被害\n{TWO}" in text
    assert not any(word in text for word in ("せき", "file:", "M 大雨", "みどり新聞 "))
