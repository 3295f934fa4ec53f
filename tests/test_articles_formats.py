"""Markdown, HTML and DOCX: real files, made here, read in this process."""

import random
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
from drafts import ONE, THREE, TWO, page, read

from index.articles.files import Draft, Limits, Unreadable, sensible_authors, sensible_title
from index.articles.formats import finish, read_draft
from index.articles.html import parse
from index.articles.markdown import render
from index.records import Loss


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
            ("**「強調」**のある*文*と`code`と~~線~~。", "「強調」のある文とcodeと。"),
            ("[橋](http://x)と![川の絵](y.png)。", "橋と川の絵。"),
            ("雨が\n降った。The river\nrose.", "雨が降った。The river rose."),
            ("- 一つ\n- 二つ\n\n1. 甲\n2. 乙", "一つ\n二つ\n1. 甲\n2. 乙"),
            ("> 引用の\n> 続き。", "引用の続き。"),
            ("```python\nx = 1\n```", "x = 1"),
            ("| 川 | 水位 |\n|---|---|\n| 東 | 3 |", "川: 東／水位: 3"),
            ("| 川 | 水位 |\n|---|---|", "川／水位"),
            ("|  | 水位 |\n|---|---|\n| 東 | |", "東／水位: ―"),
            ("<table><tr><th>川</th><td></td><td>3</td></tr></table>", "川／―／3"),
            ("10<sup>9</sup>人、1,204<sup>[1](#n1)</sup>円<sup>※2</sup>。", "10⁹人、1,204円。"),
            ("水位[^1](#fn1)は`a^1~~b~~`。", "水位はa^1~~b~~。"),
            ("前。<!-- 秘密 -->後。", "前。後。"),
            ("<ruby>漢字<rt>かんじ</rt></ruby>の<b>例</b><br>次。", "漢字の例\n次。"),
            ("<script>alert(1)</script>\n\n本文。", "本文。"),
            (r"5 \* 3 &amp; 2", "5 * 3 & 2"),
            ("#ハッシュタグ", "#ハッシュタグ"),
        ],
    )
    def test_marks_go_and_words_stay(self, markdown: str, text: str) -> None:
        lines = [line for line in render(markdown).text.split("\n") if line.strip()]
        assert "\n".join(lines) == text

    @pytest.mark.parametrize(
        ("markdown", "text", "sign"),
        [
            ("水位[^1]は三米。\n次。\n\n[^1]: 東橋で\n  測った。\n\n橋。", "水位は三米。次。", "1"),
            ("水位^1は三米。\n次。\n\n^1 東橋で測った。\n\n橋。", "水位は三米。次。", "1"),
            ("水位^[東橋で**測った**。]は三米。\n次。\n\n橋。", "水位は三米。次。", "1"),
            ("- 水位[^a]\n\n橋。\n\n[^a]: 東橋で測った。", "水位", "a"),
            ("| 水位 |\n|---|\n| 三米[^1] |\n\n橋。\n\n[^1]: 東橋で測った。", "水位: 三米", "1"),
            ("橋。\n\n```\n[^2]: x\n```\n\n[^2]: 東橋で測った。", "橋。|[^2]: x", "2"),
        ],
    )
    def test_a_note_is_a_line_below_what_cites_it(
        self, markdown: str, text: str, sign: str
    ) -> None:
        found = render(markdown)
        note = next(mark for mark in found.marks if mark.kind == "note")
        assert (found.text[note.start : note.end], note.value) == ("東橋で測った。", sign)
        above = found.text[: note.start].split("\n")
        assert "|".join(filter(None, above)) == text

    def test_rows_are_marked_and_what_is_struck_out_is_told(self, tmp_path: Path) -> None:
        found = read(
            tmp_path,
            "a.md",
            f"# 大雨と橋\n\n{ONE}~~三~~\n\n| 川 | 水位 |\n|-|-|\n| 東 | <s>4</s>3 |\n",
        )
        assert found.title == "大雨と橋"
        assert found.text == f"{ONE}\n\n川: 東／水位: 3"
        assert [(loss.kind, loss.text) for loss in found.losses] == [
            ("deleted", "4"),
            ("deleted", "三"),
        ]
        assert [mark.kind for mark in render("| 川 |\n|-|\n| 東 |").marks] == ["row"]

    def test_without_front_matter_the_chrome_goes(self, tmp_path: Path) -> None:
        page = f"# 大雨で川の水位が上昇\n\n{ONE}\n\n{TWO}\n\n{THREE}\n\n## あわせて読みたい\n\n- [雪の朝](x)\n"
        found = read(tmp_path, "a.md", page)
        assert found.title == "大雨で川の水位が上昇"
        assert "あわせて" not in found.text
        assert all(sentence in found.text for sentence in (ONE, TWO, THREE))


class TestAozora:
    SYMBOLS = f"{'-' * 55}\n【テキスト中に現れる記号について】\n\n《》：ルビ\n{'-' * 55}\n"

    def test_readings_notes_and_colophon_go(self, tmp_path: Path) -> None:
        text = (
            f"橋の話\n山田太郎\n佐藤花子訳\n\n{self.SYMBOLS}\n［＃３字下げ］一［＃「一」は中見出し］\n\n"
            "　古い｜石橋《イシバシ》と※［＃「にんべん＋爾」、第3水準1-14-45］と※［＃「木」、U+5535］と"
            "※［＃「乃」、不明、99-99］があった［＃「あった」に傍点］。\n［＃改ページ］\n\n底本：「全集」\n2001年3月4日公開\n"
        )
        found = read(tmp_path, "a.txt", text.replace("\n", "\r\n").encode("cp932"))
        assert (found.title, found.authors, found.published) == ("橋の話", ("山田太郎",), None)
        assert found.text == "佐藤花子訳\n\n## 一\n\n古い石橋と儞と唵と※があった。"
        told = [loss.text for loss in found.losses if loss.kind == "chrome"]
        assert told == [self.SYMBOLS.strip(), "底本：「全集」\n2001年3月4日公開"]

    def test_only_where_the_text_looks_like_it(self, tmp_path: Path) -> None:
        text = f"{ONE}［＃橋祭り］と《号外》は残る。\n底本：なし。"
        assert read(tmp_path, "a.txt", text).text == text


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
            ('<meta name="date" content="Tue, 21 Jan 2025 16:00:00 GMT">', "2025-01-22"),
            ('<meta name="publish-date" content="2025-01-21T16:00Z">', "2025-01-22"),
            ('<meta name="DC.Date.created" content="20250122">', "2025-01-22"),
            ('<meta name="publisher" content="2025-01-22">', "None"),
            ('<meta property="article:modified_time" content="2025-01-22">', "None"),
            ('<script type="application/ld+json">{broken</script>', "None"),
            ('<script type="application/ld+json">' + "[" * 100_000 + "</script>", "None"),
        ],
    )
    def test_the_day(self, tmp_path: Path, head: str, day: str) -> None:
        assert str(read(tmp_path, "a.html", page(head)).published) == day

    def test_the_day_in_other_languages_is_as_stated(self) -> None:
        head = '<meta property="article:published_time" content="2025-01-21T16:00Z">'
        english = f"<html lang=en><head>{head}<body><p>It rained all day, and the river rose by a metre.</p>"
        assert parse(english.encode(), Limits()).published == date(2025, 1, 21)

    @pytest.mark.parametrize(
        ("head", "body", "title"),
        [
            ("<title>橋の&amp;quot;話&amp;quot; | みどり新聞</title>", "", '橋の"話" | みどり新聞'),
            ("<title>橋の話</title>", "<h1>Original text</h1>", "橋の話"),
            ("<title>橋の話と堤の話 | みどり</title>", "<h1>みどり</h1><h1>橋の話と堤の話</h1>", "橋の話と堤の話"),
            ("<title>みどり新聞</title><meta property=og:site_name content=みどり新聞>", "<h1>橋の話</h1>", "橋の話"),
            ("<title>橋の話の続き | みどり</title><meta property=og:title content=今日の人気>", "<h2>橋の話の続き</h2>", "橋の話の続き | みどり"),
        ],
    )  # fmt: skip
    def test_the_title_is_what_others_agree_with(self, head: str, body: str, title: str) -> None:
        html = f"<html><head>{head}</head><body>{body}<p>{ONE}</p></body></html>"
        assert parse(html.encode(), Limits()).title == title

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

    def test_what_nec_added_to_euc_jp(self) -> None:
        html = page(body="<p>①と㈱。</p>").replace("utf-8", "euc-jp").replace("© ", "")
        one, company = html.split("①")[0], html.split("㈱")[1]
        raw = (
            one.encode("euc_jp")
            + b"\xad\xa1"
            + "と".encode("euc_jp")
            + b"\xad\xea"
            + company.encode("euc_jp")
        )
        assert "①と㈱。" in parse(raw, Limits()).text

    def test_a_page_that_is_not_what_it_says(self, tmp_path: Path) -> None:
        assert ONE in read(tmp_path, "a.html", page().replace("utf-8", "shift_jis")).text
        assert ONE in read(tmp_path, "a.html", page().replace("utf-8", "no-such")).text

    def test_ruby(self, tmp_path: Path) -> None:
        ruby = "<p>町の<ruby>堰<rp>（</rp><rt>せき</rt><rp>）</rp></ruby>を閉じた作業員は、夜通し水位を見守っていた。</p>"
        text = read(tmp_path, "a.html", page(body=ruby)).text
        assert "町の堰を閉じた" in text
        assert "せき" not in text

    @pytest.mark.parametrize(
        ("table", "rows"),
        [
            ("<tr><th>川<th>朝<th>夜<tr><td>東川<td><td>3", ["川: 東川／朝: ―／夜: 3"]),
            ("<tr><th><th>朝<tr><th>東川<td>3", ["東川／朝: 3"]),
            ("<tr><td rowspan=2>東川<td>朝<td>3<tr><td>夜<td>5", ["東川／朝／3", "東川／夜／5"]),
            ("<tr><th>川<th>朝<th>夜<tr><td>東川<td colspan=2>3", ["川: 東川／朝: 3／夜: 3"]),
            ("<caption>水位</caption><tr><th>長さ<td>3", ["水位", "長さ: 3"]),
            ("<tr><th rowspan=2>川<th colspan=2>水位<tr><th>朝<th>夜<tr><td>東川<td>3<td>5",
             ["川: 東川／水位 朝: 3／水位 夜: 5"]),
            ("<tr><th>川<th>水位<tr><td>東川<td>3<tr><th>合計<th>8", ["川: 東川／水位: 3", "川: 合計／水位: 8"]),
            (f"<tr><td>{ONE}<tr><td>{TWO}", [ONE, TWO]),
        ],
    )  # fmt: skip
    def test_tables(self, table: str, rows: list[str]) -> None:
        found = parse(page(body=f"<p>{THREE}</p><table>{table}</table>").encode(), Limits())
        lines = found.text.split("\n")
        at = lines.index(rows[0])
        assert [line for line in lines[at:] if line][: len(rows)] == rows
        marked = [found.text[mark.start : mark.end] for mark in found.marks]
        assert marked == [row for row in rows if "／" in row or ": " in row]

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ("<p><a href=/t>山田</a>町長、<a href=/s>佐藤</a>課長が出た。</p>", "山田町長、佐藤課長が出た。"),
            ("<p><a href=/t>東町</a>、<a href=/s>西町</a></p>", "東町、西町"),
            ("<p>次の町。</p><ul><li><a href=/t>東町</a><li><a href=/s>西町</a></ul>", "東町\n西町"),
            ("<dl><dt>震度4<dd><a href=/t>東町</a>、<a href=/s>西町</a></dl>", "震度4\n東町、西町"),
            ("<p><a href=/t>町長は手続きの誤りを認めた。</a></p>", "町長は手続きの誤りを認めた。"),
            ("<figure><figcaption>閉じた橋＝県提供</figcaption></figure>", "\n\n閉じた橋＝県提供\n\n"),
            ("<ul><li><h3>経緯</h3><p>橋は古い。</p></ul>", "\n\n### 経緯\n\n橋は古い。\n\n"),
            ("<ul><li>橋<li>堤</ul>", "\n\n橋\n堤\n\n"),
        ],
    )  # fmt: skip
    def test_what_is_in_the_body_stays(self, body: str, words: str) -> None:
        html = page().replace("<h2>", f"{body}<h2>")
        assert words in parse(html.encode(), Limits()).text

    @pytest.mark.parametrize(
        "others",
        [
            "<ul>{0}{0}</ul>".format("<li><a href=/x><h3>雪の朝</h3><p>雪は一億円。</p></a>"),
            "<ul>{0}{0}</ul>".format("<li><h3><a href=/x>雪の朝</a></h3><p>雪は一億円。</p>"),
            "{0}{0}".format("<h3><a href=/x>雪の朝</a></h3><p>雪は一億円。</p>"),
            "<div><h3><a href=/x>雪の朝</a></h3><p>雪は一億円。</p></div>",
            "<ul><li><a href=/x>雪の朝、一億円の被害</a><li><a href=/y>雪、続く</a></ul>",
            "<p>関連記事</p><ul><li><a href=/x>雪、一億円</a></ul>",
        ],
    )
    def test_other_articles_go(self, others: str) -> None:
        for html in (
            page().replace("<h2>", f"{others}<h2>"),
            page().replace("</art", f"{others}</art"),
        ):
            found = parse(html.encode(), Limits())
            assert not any(word in found.text for word in ("雪", "一億円"))
            assert all(sentence in found.text for sentence in (ONE, TWO, THREE))
            assert any("雪" in loss.text for loss in found.losses if loss.kind == "chrome")

    def test_other_articles_go_where_the_body_is_short(self) -> None:
        cards = (
            "<li><h3><a href=/x>雪の朝</a></h3><p>雪のために一億円の被害が出たと県が述べた。</p>"
            * 5
        )
        html = f"<title>橋の話</title><main><article><h1>橋の話</h1><p>橋は古く、来年の春に架け替えられる。</p></article><ul>{cards}</ul>"
        assert (
            parse(html.encode(), Limits()).text
            == "# 橋の話\n\n橋は古く、来年の春に架け替えられる。"
        )

    @pytest.mark.parametrize(
        ("markup", "kind"),
        [
            ("<del>{}</del>", "deleted"),
            ("<s>{}</s>", "deleted"),
            ("<span style='text-decoration: line-through'>{}</span>", "deleted"),
            ("<p hidden>{}</p>", "hidden"),
            ("<p style='display : NONE'>{}</p>", "hidden"),
            ("<p class='note sr-only'>{}</p>", "hidden"),
            ("<p class=x>{}</p>", "hidden"),
            ("<p aria-hidden=true>{}</p>", "hidden"),
            ("<template><p>{}</p></template>", "hidden"),
            ("<noscript><p>{}</p></noscript>", "hidden"),
        ],
    )
    def test_what_is_not_shown_is_not_read(self, markup: str, kind: str) -> None:
        sheet = "<style>a{color:red}.x,.y{display:none}@media print{.z{display:none}}</style>"
        html = page(
            sheet, f"{markup.format('費用は99億円。')}<p class=z>費用は<ins>48億円</ins>。</p>"
        )
        found = parse(html.encode(), Limits())
        assert Loss(kind, "費用は99億円。") in found.losses
        assert "99" not in found.text
        assert "費用は48億円。" in found.text

    @pytest.mark.parametrize(
        ("markup", "text"),
        [
            ("10<sup>9</sup>円", "10⁹円"),
            ("10<sup>-6</sup>、10<sup>9.5</sup>", "10⁻⁶、10^9.5"),
            ("120m<sup>2</sup>のCO<sub>2</sub>", "120m²のCO₂"),
            ("<sup>137</sup>Csとx<sup>n+1</sup>", "¹³⁷Csとxⁿ⁺¹"),
            ("the 19<sup>th</sup> century", "the 19th century"),
            (
                "比は<math><mfrac><mn>1</mn><mn>2</mn></mfrac><annotation>\\frac12</annotation></math>だ",
                "比は1/2だ",
            ),
            ("1,204<sup>1</sup>隻、12<sup>3</sup>人、5<sup>1</sup>人", "1,204隻、12人、5人"),
            ("12<sup><a href=#n>1</a></sup>人、<b>512</b><sup>※2</sup>人", "12人、512人"),
            ("減った<sup>[3]</sup>。増えた<a href=#n>[4]</a>。", "減った。増えた。"),
        ],
    )
    def test_figures_above_and_below_the_line(self, markup: str, text: str) -> None:
        assert text in parse(page(body=f"<p>{markup}</p>").encode(), Limits()).text

    def test_notes_are_lines_of_their_own(self) -> None:
        html = page(body='<p>12<sup><a href="#n1">1</a></sup>人。</p>').replace(
            "</article>",
            '</article><footer><ol><li id="n1">県による。<a href="#r">↩</a></ol></footer>',
        )
        found = parse(html.encode(), Limits())
        (mark,) = found.marks
        assert (mark.kind, mark.value) == ("note", "1")
        assert found.text[mark.start : mark.end] == "県による。"

    def test_no_figure_changes(self) -> None:
        """A hundred figures in cells, beside struck ones, and with signs of notes."""
        draw = random.Random(28)
        for _ in range(25):
            n = [f"{draw.randint(1000, 10**7):,}" for _ in range(6)]
            body = (
                f"<table><tr><th>町<th>朝<th>夜<tr><td>東町<td>{n[0]}<td><tr><td>西町<td><td>{n[1]}</table>"
                f"<p>{n[2]}<sup>{draw.randint(1, 9)}</sup>人で、<s>{n[4]}</s>{n[3]}円だった。"
                f"広さは{n[5]}km<sup>2</sup>。</p>"
            )
            text = parse(page(body=body).encode(), Limits()).text
            lines = (f"町: 東町／朝: {n[0]}／夜: ―", f"町: 西町／朝: ―／夜: {n[1]}")
            assert all(line in text.split("\n") for line in lines)
            assert f"{n[2]}人で、{n[3]}円だった。広さは{n[5]}km²。" in text

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


class TestDocx:
    def save(self, folder: Path, document: "docx.document.Document") -> Draft:
        document.save(str(folder / "a.docx"))
        return read_draft(folder / "a.docx", Limits())[0]

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
        lines = [line for line in found.text.split("\n") if line]
        assert lines == [ONE, "## 被害", "川／水位", "東川／3メートル", TWO]

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
    found = finish(Draft(f"\n{ONE}  \r\n\r\n\r\n\u3000{TWO}\u200b\n"), Limits())
    assert found.text == f"{ONE}\n\n{TWO}"
