"""PDF: files made here or printed by a browser, read in this process."""

import hashlib
import io
import random
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pytest
from drafts import ONE, THREE, TWO, page, read

from index.articles import ArticleReader, files, ocr, sandbox
from index.articles.files import Draft, Limits, Unreadable
from index.articles.formats import read_draft
from index.articles.pdf import parse
from index.errors import CorpusError
from index.text.characters import is_garbled

Item = tuple[float, float, float, str] | str  # type size, place, text; or operators
A = "市の港湾局は三月に、港の工事の費用を四十八億円と発表した。工事は来年の秋に終わる見通しで、影響が心配されている。"
B = "県は川の堤防の工事の費用を十二億円と見積もり、来年の春に着工する。住民の説明会は四月に二回開かれ、町長も出る。"
C = "国の調査では、昨年の降水量は平年の一・三倍で、川の水位は三回、警戒の線を越えた。堤防の古い部分は直すという。"
PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def make_pdf(
    pages: Iterable[Sequence[Item]],
    info: str = "",
    *,
    cmap: str = "UniJIS-UTF16-H",
    codec: str = "utf-16-be",
    ordering: str = "Japan1",
    more: str = "",
    named: str = "",
    password: str | None = None,
) -> bytes:
    """A small PDF in a Japanese font that is not embedded, as Japanese programs write it.

    ``more`` is of each page; ``named`` are the characters that its codes name, beside the CMap.
    """
    pages = list(pages)
    objects: dict[int, bytes] = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{10 + 2 * n} 0 R' for n in range(len(pages)))}]>>".encode(),
        3: f"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/{cmap}/DescendantFonts[4 0 R]>>".encode(),
        4: f"<</Type/Font/Subtype/CIDFontType0/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering({ordering})/Supplement 6>>"
        "/DW 1000>>".encode(),
        5: b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
        6: f"<<{info}>>".encode("latin-1"),
    }
    if named:
        pairs = "".join(
            f"<{char.encode(codec).hex()}> <{char.encode('utf-16-be').hex()}>\n"
            for char in {*named}
        )
        codes = f"1 begincodespacerange <0000> <FFFF> endcodespacerange 99 beginbfchar {pairs} endbfchar".encode()
        objects[3] = objects[3].replace(b"/Encoding", b"/ToUnicode 8 0 R/Encoding")
        objects[8] = b"<</Length %d>>stream\n%b\nendstream" % (len(codes), codes)
    trailer = "/Root 1 0 R/Info 6 0 R"
    key = b""
    if password is not None:
        owner, rights = bytes(32), (-4).to_bytes(4, "little", signed=True)
        padded = (password.encode() + PADDING)[:32]
        key = hashlib.md5(padded + owner + rights).digest()[:5]
        objects[7] = (
            f"<</Filter/Standard/V 1/R 2/O<{owner.hex()}>/U<{rc4(key, PADDING).hex()}>/P -4>>".encode()
        )
        trailer += "/Encrypt 7 0 R"
    for n, items in enumerate(pages):
        stream = "\n".join(
            item if isinstance(item, str) else shown(*item, codec) for item in items
        ).encode()
        if key:
            stream = rc4(
                hashlib.md5(key + (11 + 2 * n).to_bytes(3, "little") + bytes(2)).digest()[:10],
                stream,
            )
        objects[10 + 2 * n] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 900 850]{more}/Contents {11 + 2 * n} 0 R"
            "/Resources<</Font<</F 3 0 R/T 5 0 R>>>>>>"
        ).encode()
        objects[11 + 2 * n] = b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream)
    out, places = b"%PDF-1.4\n", {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = "".join(f"{n} 1\n{place:010} 00000 n \n" for n, place in places.items())
    return out + f"xref\n{table}trailer<</Size 99{trailer}>>\nstartxref\n{len(out)}\n%%EOF".encode()


def rc4(key: bytes, text: bytes) -> bytes:
    from pdfminer.arcfour import Arcfour

    return Arcfour(key).process(text)


def shown(size: float, x: float, y: float, text: str, codec: str = "utf-16-be") -> str:
    raw = text.encode(codec)
    raw = bytes(byte & 0x7F for byte in raw) if codec == "euc_jp" else raw
    return f"BT /F {size} Tf 1 0 0 1 {x} {y} Tm <{raw.hex()}> Tj ET"


def down(
    lines: Iterable[str], *, size: float = 10, y: float = 800, x: float = 50, step: float = 20
) -> list[Item]:
    return [(size, x, y - step * n, line) for n, line in enumerate(lines)]


def wrapped(
    text: str, x: float, y: float, count: int, size: float = 12, step: float = 20
) -> list[Item]:
    """Lines of so many characters, one below the other; in vertical type one left of the other."""
    return down(
        [text[n : n + count] for n in range(0, len(text), count)], size=size, y=y, x=x, step=step
    )


def leftwards(text: str, x: float, y: float, count: int) -> list[Item]:
    return [
        (12, x - 22 * n, y, text[n * count : (n + 1) * count])
        for n in range(-(-len(text) // count))
    ]


def by_row(*columns: list[Item]) -> list[Item]:
    return sorted(
        (item for column in columns for item in column), key=lambda item: (-item[2], item[1])
    )  # type: ignore[operator]


def english(lines: Sequence[str], x: float = 60) -> list[Item]:
    return [f"BT /T 10 Tf {x} {700 - 14 * n} Td ({line}) Tj ET" for n, line in enumerate(lines)]


def grid(rows: Sequence[str], xs: Sequence[float] = (72, 200, 300), y: float = 700) -> list[Item]:
    return [
        (12, x, y - 20 * n, cell)
        for n, row in enumerate(rows)
        for x, cell in zip(xs, row.split("|"), strict=True)
        if cell
    ]


def draft(pages: Iterable[Sequence[Item]], **options: str) -> Draft:
    return parse(make_pdf(pages, **options), Limits())  # type: ignore[arg-type]


def losses(found: Draft, kind: str) -> list[str]:
    return [loss.text for loss in found.losses if loss.kind == kind]


def marked(found: Draft, kind: str) -> list[tuple[str, str]]:
    return [
        (mark.value, found.text[mark.start : mark.end]) for mark in found.marks if mark.kind == kind
    ]


@pytest.mark.parametrize(
    ("cmap", "codec"),
    [
        ("90msp-RKSJ-H", "cp932"), ("83pv-RKSJ-H", "cp932"), ("90ms-RKSJ-V", "cp932"), ("H", "euc_jp"),
        ("UniJIS-UTF8-H", "utf-8"), ("UniJIS-UCS2-H", "utf-16-be"), ("UniJIS-UTF32-H", "utf-32-be"),
    ],
)  # fmt: skip
def test_japanese_cmaps(cmap: str, codec: str) -> None:
    lines = ["港の工事について", A]
    items = (
        down(lines)
        if cmap.endswith("H")
        else [(12, 500 - 30 * n, 800, t) for n, t in enumerate(lines)]
    )
    assert draft([items], cmap=cmap, codec=codec).text == "\n".join(lines)


@pytest.mark.parametrize("cmap", ["90ms-RKSJ-H", "A-CMap-of-the-file"])
def test_characters_are_named_by_their_codes(cmap: str) -> None:
    assert draft([down([A])], cmap=cmap, codec="cp932", named=A).text == A


def test_numbers_of_characters_without_a_map() -> None:
    """Identity-H with Adobe-Japan1: 07d3 is 港."""
    raw = "BT /F 12 Tf 72 770 Td <07d3037707bb08c40374036d034d036f> Tj ET"
    assert draft([[raw]], cmap="Identity-H").text == "港の工事について"


LEFT, RIGHT, THIRD = (
    wrapped(A, 60, 700, 18),
    wrapped(B, 320, 700, 18),
    wrapped(C, 320, 694, 18, step=19),
)
HEAD: Item = (20, 60, 760, "港と川の工事")
WIDE = [
    "The harbour office said in March that the",
    "works at the port would cost 4.8 billion",
    "yen and are to end next autumn.",
]
OTHER = [
    "The county put the cost of the river dike",
    "at 1.2 billion yen and will start to build",
    "it in the spring, after two meetings.",
]


@pytest.mark.parametrize(
    ("items", "cmap", "text"),
    [
        (LEFT + RIGHT, "H", [A, B]),
        (by_row(LEFT, RIGHT), "H", [A, B]),
        (by_row(LEFT, THIRD), "H", [A, C]),
        ([HEAD, *by_row(LEFT, RIGHT), *wrapped(C, 60, 500, 45)], "H", ["## 港と川の工事", A, B, C]),
        (by_row(*(wrapped(t, 40 + 180 * n, 700, 13) for n, t in enumerate((A, B, C)))), "H", [A, B, C]),
        (by_row(leftwards(A, 500, 790, 18), leftwards(B, 500, 540, 18)), "V", [A, B]),
        (leftwards(A, 500, 790, 30), "V", [A]),
        ([(12, 500 - 22 * (n // 30), 790 - 13 * (n % 30), char) for n, char in enumerate(A)], "H", [A]),
        ([*english(WIDE), *english(OTHER, 330)], "H", [" ".join(WIDE), " ".join(OTHER)]),
    ],
    ids=["column by column", "row by row", "not level", "headline", "three", "tiers", "down", "set one by one", "english"],
)  # fmt: skip
def test_columns(items: list[Item], cmap: str, text: list[str]) -> None:
    assert draft([items], cmap=f"UniJIS-UTF16-{cmap}").text == "\n".join(text)


RUBY: list[Item] = [
    (12, 50, 770, "町の堰を閉じた作業員は、夜通し水位を見守っていた。"),
    (6, 74, 782, "せき"),
]
HEXED = [
    part.encode("utf-16-be").hex()
    for part in ("去年の輸出額は1,204", "3)", "億円で、前の年より多い。")
]
TABLE = ["国|2023年|2024年", "山津国|1,204|1,377", "谷口国||512", "川原国|498|"]
NAMED = [
    "国: 山津国／2023年: 1,204／2024年: 1,377",
    "国: 谷口国／2023年: ―／2024年: 512",
    "国: 川原国／2023年: 498／2024年: ―",
]


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([f"BT /F 12 Tf 50 700 Td <{HEXED[0]}> Tj /F 7 Tf 4 Ts <{HEXED[1]}> Tj 0 Ts /F 12 Tf <{HEXED[2]}> Tj ET"],
         ["去年の輸出額は1,204億円で、前の年より多い。"]),
        ([(12, 50, 700, "粒子の数は10"), (6, 123, 705, "9"), (12, 126, 700, "個、広さは48km"), (6, 211, 705, "2"), (12, 214, 700, "だ。")],
         ["粒子の数は10⁹個、広さは48km²だ。"]),
        ([(12, 50, 700, "輸出額は1,204¹億円、広さは5m²だ。")], ["輸出額は1,204億円、広さは5m²だ。"]),
        (down([A[:30] + "1,", "204隻が港を使った。"]), [A[:30] + "1,204隻が港を使った。"]),
        (down([A[:30] + "12", "04隻が港を使った。"]), [A[:30] + "1204隻が港を使った。"]),
        (down([A[:30] + "3", ".5%の船が港を使った。"]), [A[:30] + "3.5%の船が港を使った。"]),
        (down([A[:30] + "1.", "25倍の船が港を使った。"]), [A[:30] + "1.25倍の船が港を使った。"]),
        (english(["The river rose after the rain, and 1,", "204 people left the town af-", "ter the flood."]),
         ["The river rose after the rain, and 1,204 people left the town after the flood."]),
        (english(["They met in the rooms 101, 102,", "103, and 104 of the new town hall."]),
         ["They met in the rooms 101, 102, 103, and 104 of the new town hall."]),
        ([(12, 50 + d, 770, "11と22は、1,100円") for d in (0, 0.3)], ["11と22は、1,100円"]),
        ([(12, 50 + 12 * n + d, 770, char) for n, char in enumerate("港の工事") for d in (0, 0.4)], ["港の工事"]),
        ([(12, 50 + 14 * n, 700, char) for n, char in enumerate("輸出額は1,204億円だ。")], ["輸出額は1,204億円だ。"]),
        ([*down([A[n : n + 15] for n in (0, 15, 30)], size=12), *down(["人気の記事", "1位 橋の歩み", "2位 川の雪"], x=400)],
         [A[:45], "人気の記事", "1位 橋の歩み", "2位 川の雪"]),
        (RUBY, [RUBY[0][3]]),
        (RUBY[::-1], [RUBY[0][3]]),
        (grid(TABLE), NAMED),
        (sorted(grid(TABLE), key=lambda item: item[1]), NAMED),
        (grid(["人口|12,345人", "面積|48.2km2", "予算|1,204億円"], (72, 200)), ["人口／12,345人", "面積／48.2km2", "予算／1,204億円"]),
        (grid(["氏名|役職", "山田太郎|課長", "川口花子|係長"], (72, 200)), ["氏名／役職", "山田太郎／課長", "川口花子／係長"]),
        (grid(["１|工事の費用は四十八億円で、国も出す。", "２|工事は来年の秋に終わる見通しである。"], (72, 96)),
         ["１ 工事の費用は四十八億円で、国も出す。", "２ 工事は来年の秋に終わる見通しである。"]),
        ([(16, 50, 740, "大きな見出し"), *down([A[:30], A[30:]], y=700)], [f"## 大きな見出し\n{A}"]),
        ([(10, 50, 700, "⼤⾬が降った。")], ["大雨が降った。"]),
    ],
)  # fmt: skip
def test_figures_tables_and_lines(items: list[Item], text: list[str]) -> None:
    assert draft([items]).text == "\n".join(text)


def test_rows_are_marked() -> None:
    found = draft(
        [[(12, 72, 760, A[:29]), *grid(TABLE), (12, 72, 600, "出典は貿易局で、単位は億円である。")]]
    )
    assert [text for _, text in marked(found, "row")] == NAMED
    assert found.text.endswith("\n出典は貿易局で、単位は億円である。")


def test_notes_stand_below_their_page() -> None:
    first: list[Item] = [
        (12, 72, 770, "去年の輸出額は1,204"), (6, 186, 775, "1"), (12, 190, 770, "億円で、前の年より多いと"),
        (6, 72, 83, "1"), (8, 76, 80, "貿易局の統計による。"), (8, 72, 68, "※2 円は当時の値で、"), (8, 72, 58, "千万円は切り捨てた。"),
    ]  # fmt: skip
    found = draft([first, wrapped("市は話した。" + A, 72, 770, 22)])
    whole = "去年の輸出額は1,204億円で、前の年より多いと市は話した。" + A
    assert found.text.startswith(whole + "\n")
    notes = [("1", "貿易局の統計による。"), ("※2", "※2 円は当時の値で、千万円は切り捨てた。")]
    assert marked(found, "note") == notes
    assert marked(found, "page") == [("1", found.text), ("2", whole)]


HIDDEN = "九十九億円という文。"


@pytest.mark.parametrize(
    "items",
    [
        ["3 Tr", (12, 50, 700, HIDDEN), "0 Tr"],
        ["1 g", (12, 50, 700, HIDDEN), "0 g"],
        ["0 0 0 0 k", (12, 50, 700, HIDDEN), "0 g"],
        [(12, 50, -300, HIDDEN)],
        ["q 0 750 600 100 re W n", (12, 50, 300, HIDDEN), "Q"],
        [(0.1, 50, 700, HIDDEN)],
    ],
)
def test_what_no_reader_sees(items: list[Item]) -> None:
    found = draft([[(12, 50, 770, A), *items, (12, 50, 650, B)]])
    assert found.text == f"{A}\n{B}"
    assert losses(found, "hidden") == [HIDDEN]


def test_white_on_a_dark_field_is_seen() -> None:
    assert (
        draft([["0 0 .5 rg 40 690 500 30 re f 1 g", (12, 50, 700, A[:30]), "0 g"]]).text == A[:30]
    )


STRUCK = "費用は三十八億円四十八億円になる。"


@pytest.mark.parametrize("line", ["86 703 m 145 703 l S", "86 702.5 59 1 re f"])
def test_what_a_line_is_drawn_through_is_not_read(line: str) -> None:
    found = draft([[(12, 50, 770, A), (12, 50, 700, STRUCK), line]])
    assert found.text == f"{A}\n費用は四十八億円になる。"
    assert losses(found, "deleted") == ["三十八億円"]


@pytest.mark.parametrize(
    "line", ["86 697 m 156 697 l S", "20 703 m 400 703 l S", "86 715 m 156 715 l S"]
)
def test_rules_below_above_and_across_the_page_strike_nothing(line: str) -> None:
    found = draft([[(12, 50, 770, A), (12, 50, 700, STRUCK), line]])
    assert found.text == f"{A}\n{STRUCK}"
    assert losses(found, "deleted") == []


def test_the_invisible_layer_of_a_scan_is_its_text() -> None:
    found = draft([["3 Tr", *down([A])], down([B])[:0]])
    assert marked(found, "ocr") == [("", A)]
    assert losses(found, "page") == ["2 ページ"]


@pytest.mark.parametrize("count", [2, 3, 6])
def test_running_heads_and_page_numbers_go(count: int) -> None:
    texts = (ONE, TWO, THREE, A, B, C)[:count]
    pages = [
        [
            (9, 72, 810, "港湾局年報　第三号"),
            (12, 72, 770, text),
            (9, 72, 40, "港町市港湾局"),
            (9, 290, 40, str(n + 11)),
        ]
        for n, text in enumerate(texts)
    ]
    found = draft(pages)
    assert found.text == "\n".join(texts)
    assert losses(found, "chrome") == ["港湾局年報　第三号", "港町市港湾局 11"]
    assert [value for value, _ in marked(found, "page")] == [str(n + 1) for n in range(count)]


def test_a_line_that_only_two_of_many_pages_share_stays() -> None:
    pages = [
        down([f"見出し{mark}", text])
        for mark, text in zip("甲甲乙丙丁", (ONE, TWO, THREE, A, B), strict=True)
    ]
    assert draft(pages).text.startswith("見出し甲\n")
    figures = [down([f"人口は{n}人。", text]) for n, text in enumerate((ONE, TWO, THREE, A, B))]
    assert "人口は3人。" in draft(figures).text


def test_what_a_browser_prints_around_a_page_goes() -> None:
    lines = ["2025/02/03 10:00 大雨 | みどり新聞", ONE, "https://example.org/a 1/2"]
    assert draft([down(lines)]).text == ONE
    assert draft([down(lines[:2])]).text == "\n".join(lines[:2])


def test_head_of_the_text(tmp_path: Path) -> None:
    lines = ["大雨で川の水位が上昇", "2025年1月22日", ONE[:20], ONE[20:], TWO[:20], TWO[20:]]
    found = read(tmp_path, "a.pdf", make_pdf([down(lines)]))
    assert (found.text, found.title) == (f"{ONE}\n{TWO}", "大雨で川の水位が上昇")
    assert found.published == date(2025, 1, 22)


@pytest.mark.parametrize(
    ("info", "title", "authors"),
    [
        ("/Title(Flood report)/Author(Jane Doe)", "Flood report", ("Jane Doe",)),
        ("/Title(Microsoft Word - x.doc)/Author(user01)", None, ()),
        (f"/Title<{'港の年報'.encode('cp932').hex()}>", "港の年報", ()),
        (f"/Title<feff{A[:12].encode('utf-16-be').hex()}>", None, ()),
    ],
)
def test_properties(info: str, title: str | None, authors: tuple[str, ...]) -> None:
    found = draft([down([A, TWO])], info=info)
    assert (found.title, found.authors) == (title, authors)


class TestRefused:
    def test_a_page_that_is_no_writing(self) -> None:
        found = draft([down([A, B]), down(["★◆" * 15])])
        assert found.text == f"{A}\n{B}"
        assert losses(found, "page") == ["2 ページ"]

    @pytest.mark.parametrize(
        "text", ["".join(chr(0x4E00 + n * 7919 % 20000) for n in range(60)), "★◆" * 30]
    )
    def test_a_file_that_is_no_writing(self, text: str) -> None:
        with pytest.raises(Unreadable, match="文字として読めない"):
            draft([down([text[:30], text[30:]])])
        for cmap, ordering in (("Identity-H", "Identity"), ("A-CMap-of-the-file", "Japan1")):
            with pytest.raises(Unreadable, match="文字として読めない"):
                draft([down([A])], cmap=cmap, ordering=ordering)

    def test_writing_is_not_refused(self) -> None:
        texts = (
            A + B,
            "1,204 1,377 △3.5％ ― 498",
            "目次……………………………… 3",
            "https://example.org/a?b=c#d",
            "新华社北京电",
            "안녕하세요",
        )
        assert not any(map(is_garbled, (*texts, " ".join(WIDE) * 9)))
        assert is_garbled("Wkh kduerxu riilfh vdlg lq Pdufk wkdw wkh zrunv " * 9)

    def test_a_scan_where_nothing_reads_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ocr, "missing", lambda: "tesseract を入れてください。")
        with pytest.raises(Unreadable, match=r"スキャン画像.*tesseract"):
            draft([["0 0 600 850 re f"]])

    @pytest.mark.parametrize("password", ["geheim", ""])
    def test_encrypted(self, password: str) -> None:
        raw = make_pdf([english(WIDE)], password=password)
        if password:
            with pytest.raises(Unreadable, match="暗号化"):
                parse(raw, Limits())
        else:
            assert parse(raw, Limits()).text == " ".join(WIDE)

    @pytest.mark.parametrize("cut", [10, 400, 1000])
    def test_a_torn_file(self, cut: int) -> None:
        with pytest.raises(Unreadable, match="壊れて"):
            parse(make_pdf([down([ONE, TWO])])[:cut], Limits())


def test_no_figure_changes() -> None:
    """Two hundred figures, in tables, before marks of notes and across the ends of lines."""
    dice = random.Random(28)
    figures = [f"{dice.randint(1, 999)},{dice.randint(0, 999):03}" for _ in range(204)]
    pages: list[list[Item]] = []
    for at in range(0, 204, 12):
        own = figures[at : at + 12]
        table = grid(
            [
                f"国|{2020 + at}年|{2021 + at}年",
                *(f"第{n}国|{own[2 * n]}|{own[2 * n + 1]}" for n in range(3)),
            ]
        )
        marks = [
            item
            for n in range(3)
            for item in (
                (12, 72, 560 - 20 * n, f"額は{own[6 + n]}"), (6, 97 + 6 * len(own[6 + n]), 565 - 20 * n, "3"),
                (12, 101 + 6 * len(own[6 + n]), 560 - 20 * n, "億円だった。"),
            )
        ]  # fmt: skip
        ends = [
            (12, 72, 460 - 20 * n, line)
            for n, line in enumerate(
                part
                for f in own[9:]
                for part in (A[:28] + f.split(",")[0] + ",", f.split(",")[1] + "隻である。")
            )
        ]
        pages.append([*table, *marks, *ends])
    assert re.findall(r"\d+,\d+", draft(pages).text) == figures


def test_limits_are_counted_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    monkeypatch.setattr(files, "more_time", asked.append)
    draft([down([ONE]), down([TWO]), down([THREE])])
    assert asked == [Limits().page_seconds] * 3
    with pytest.raises(Unreadable, match="ページが多すぎます"):
        parse(make_pdf([down([ONE])] * 3), Limits(pages=2))


def test_a_child_that_asks_for_more_time_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    child = (
        "import sys, time; print(flush=True); sys.stdin.readline(); print('9.5', flush=True); time.sleep(1);"
        """print('{"reason": "late"}', flush=True); sys.stdin.readline()"""
    )
    monkeypatch.setattr(sandbox, "_CHILD", child)
    with ArticleReader(Limits(seconds=0.5)) as reader, pytest.raises(CorpusError, match="late"):
        reader.read(Path("a.pdf"))


@pytest.mark.skipif(bool(ocr.missing()), reason="there is nothing that reads pictures")
@pytest.mark.skipif(not shutil.which("fc-match"), reason="there is no font to draw with")
def test_a_scan_is_read() -> None:
    pil = (
        pytest.importorskip("PIL.Image"),
        pytest.importorskip("PIL.ImageDraw"),
        pytest.importorskip("PIL.ImageFont"),
    )
    found = subprocess.run(
        ["fc-match", "-f", "%{file}", "Noto Sans CJK JP"],
        capture_output=True,
        text=True,
        check=True,
    )
    if "CJK" not in found.stdout:
        pytest.skip("there is no Japanese font")
    picture = pil[0].new("L", (1240, 600), 255)
    font = pil[2].truetype(found.stdout, 36)
    for n in range(0, len(A), 28):
        pil[1].Draw(picture).text((100, 100 + n * 3), A[n : n + 28], font=font, fill=0)
    raw = io.BytesIO()
    picture.save(raw, "PDF", resolution=150)
    read_off = parse(raw.getvalue(), Limits())
    assert "工事は来年の秋に終わる" in read_off.text.replace("\n", "")
    assert marked(read_off, "ocr") == [("", read_off.text)]


@pytest.mark.browser
@pytest.mark.skipif(
    not Path("/usr/bin/chromium").exists(), reason="there is no browser to print with"
)
def test_a_page_printed_by_a_browser(tmp_path: Path) -> None:
    ruby = (
        "<p>町の<ruby>堰<rt>せき</rt></ruby>を閉じた作業員は、夜通し水位を見守っていた。"
        + TWO * 3
        + f'</p><div style="writing-mode:vertical-rl;height:300px">{A}</div>'
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
    assert A in text
    assert not any(word in text for word in ("せき", "file:", "M 大雨", "みどり新聞 "))
