"""Files that belong to the home: what they are called, what they survive, when they go."""

import io
import shutil
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path, PurePath

import pytest
from conftest import BAKERY, CANAL, OBSERVATORY, fake_engine
from hostile import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from index.engine import Engine
from index.errors import CorpusError
from index.ingest import Upload, paste, receive
from index.ingest.received import LONGEST_NAME, safe_name
from index.records import Article
from index.settings import Settings

MakeEngine = Callable[..., Engine]

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nno more than a head"
WORD = b"PK\x03\x04\x14\0\0\0word/document.xml\0\0"


def upload(name: str, text: str) -> Upload:
    return Upload(name, io.BytesIO(text.encode()))


def uploaded(engine: Engine) -> set[str]:
    folder = engine.home.uploads
    return {path.name for path in folder.rglob("*") if path.is_file()}


def titles(engine: Engine) -> set[str | None]:
    return {article.title for article in engine.articles()}


def titled(engine: Engine, title: str) -> Article:
    [found] = [article for article in engine.articles() if article.title == title]
    return found


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("記事.md", "記事.md"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\hanako\\報告.docx", "報告.docx"),
        (".bashrc", "bashrc"),
        ("...", "記事"),
        ("", "記事"),
        (".md", "md"),
        ("a\0b\x1b[0m\n.txt", "ab[0m.txt"),
        ("fdp.\u202eexe.txt", "fdp.exe.txt"),
        ("what?<now>|*:\".html", "what__now_____.html"),
        ("a  b\u3000c.txt", "a b c.txt"),
        ("nul.txt", "_nul.txt"),
        ("COM1", "_COM1"),
        ("end. . .", "end"),
        ("か\u3099.txt", "が.txt"),
        ("half\ud800.txt", "half_.txt"),
    ],
)  # fmt: skip
def test_a_name_keeps_what_any_disk_can_hold(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@given(
    st.text(st.characters(), max_size=300), st.sampled_from(["", ".md", ".PDF", ".docx", ".tar.gz"])
)
def test_any_name_is_made_safe(stem: str, suffix: str) -> None:
    name = safe_name(stem + suffix)
    assert 0 < len(name.encode()) <= LONGEST_NAME
    assert PurePath(name).name == name
    assert not name.startswith((".", " "))
    assert not name.endswith((".", " "))
    assert {unicodedata.category(char) for char in name}.isdisjoint({"Cc", "Cf", "Cs"})
    assert set(name).isdisjoint('/\\<>:"|?*')
    assert safe_name(name) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("長" * 200 + ".html")
    assert name.endswith("長.html")
    assert LONGEST_NAME - 3 < len(name.encode()) <= LONGEST_NAME


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("a.md", "## 題\n本文".encode(), "a.md"),
        ("a.txt", "本文".encode("utf-16"), "a.txt"),
        ("a", "本文".encode(), "a.txt"),
        ("a.png", "本文".encode(), "a.png.txt"),
        ("a.htm", b"<!DOCTYPE html><title>x</title>", "a.htm"),
        ("a.txt", b"\xef\xbb\xbf\n<!-- x --> <HTML lang=ja>", "a.txt.html"),
        ("a.pdf", PDF, "a.pdf"),
        ("a.txt", PDF, "a.txt.pdf"),
        ("a.docx", WORD, "a.docx"),
        ("本.epub", b"PK\x03\x04mimetypeapplication/epub+zip", "本.epub"),
        ("a.odt", b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text", "a.odt"),
        ("a", b"PK\x03\x04\0ppt/presentation.xml", "a.pptx"),
        ("便り.eml", b"Subject: a\n\nb", "便り.eml"),
        ("a.md", WORD, "a.md.docx"),
    ],
)
def test_the_kind_of_a_file_is_told_from_its_content(name: str, content: bytes, kept: str) -> None:
    assert receive(name, io.BytesIO(content), largest=1000).name == kept


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空です"),
        (b"x" * 1001, "大きすぎます"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "読める種類"),
        (b"PK\x03\x04\x14\0\0\0xl/workbook.xml", "読める種類"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "読める種類"),
        (b"\x7fELF\2\1\1\0", "読める種類"),
    ],
)
def test_what_is_no_article_is_refused_by_name(content: bytes, reason: str) -> None:
    with pytest.raises(CorpusError, match=reason) as caught:
        receive("../報告.txt", io.BytesIO(content), largest=1000)
    assert caught.value.path == "報告.txt"


def pasted(engine: Engine, text: str, **fields: str) -> Article:
    known = {article.id for article in engine.articles()}
    engine.upload(
        [paste({"title": "", "publisher": "", "published": "", "url": ""} | fields, text)]
    )
    [new] = [article for article in engine.articles() if article.id not in known]
    return new


@pytest.mark.parametrize(
    "title",
    ["港: 「灯台」の'夜' \"朝\"", "- a", "&b *c", "---", "{x: [y]}", "null", "2024-01-01", "#題 # 注",
     "a: |", "% @ ` !!python/object:os.system"],
)  # fmt: skip
def test_a_pasted_title_is_read_back_as_it_is(engine: Engine, title: str) -> None:
    fields = {"publisher": "社: 'x'", "published": "2024-02-03", "url": "https://a.example/?q=1#2"}
    article = pasted(engine, "港の灯台は白い。", title=title, **fields)
    assert (article.title, article.publisher) == (title, "社: 'x'")
    assert (article.published, article.url) == (date(2024, 2, 3), "https://a.example/?q=1#2")
    assert article.text == "港の灯台は白い。"
    assert article.source.endswith(".md")
    assert "/" not in article.source


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("---\ntitle: 別の題\n---\n港の灯台は白い。", "港の灯台は白い。"),
        ("# 見出し\n港の灯台は白い。", "# 見出し\n\n港の灯台は白い。"),
        ("一行目\n二行目は長い。\n\n次の段。", "一行目\n二行目は長い。\n\n次の段。"),
        ("...\n港の灯台は白い。", "...\n港の灯台は白い。"),
        ("- 一つ目は*灯台*だ。\n+ 二つ目は`港`だ。", "- 一つ目は*灯台*だ。\n+ 二つ目は`港`だ。"),
        ("2**3は<b>8</b>で、&amp;も残る。", "2**3は<b>8</b>で、&amp;も残る。"),
        ("港の灯台は白い。\n-----\n次の行。", "港の灯台は白い。\n-----\n次の行。"),
        ("<!-- 消えない -->\n[港](b)の|表|だ。", "<!-- 消えない -->\n[港](b)の|表|だ。"),
    ],
)
def test_a_pasted_text_is_read_back_in_its_lines(engine: Engine, text: str, read: str) -> None:
    article = pasted(engine, text, title="港")
    assert article.title == "港"
    assert article.text.endswith(read)


def test_hostile_titles_and_texts_become_articles(engine: Engine) -> None:
    uploads = [
        paste({"title": " ".join(words.split()) or "題"}, f"荷物{n}が港に届いた。{words}")
        for n, words in enumerate(HOSTILE)
        if "\0" not in words
    ]
    report = engine.upload(uploads)
    assert report.skipped == ()
    assert report.articles == 3 + len(uploads)


def test_uploads_survive_every_later_build(
    engine: Engine, make_engine: MakeEngine, corpus: Path
) -> None:
    engine.upload([upload("港.txt", "港の灯台は白い。")])
    [before] = [article for article in engine.articles() if article.source == "港.txt"]
    assert engine.build([corpus / "canal.md"]).articles == 2
    assert engine.build().articles == 2
    assert engine.add([corpus]).articles == 4
    assert make_engine().article(before.id) == before
    assert engine.home.sources()["paths"][0].startswith("uploads/")


def test_an_upload_outlives_its_file_and_a_lost_list(engine: Engine, corpus: Path) -> None:
    engine.upload([upload("港.txt", "港の灯台は白い。")])
    for name in ("CURRENT", "sources.json"):
        (engine.home.path / name).write_text("broken")
    assert engine.build([corpus]).articles == 4
    shutil.rmtree(engine.home.uploads)
    assert engine.build().articles == 4


def test_an_upload_that_the_disk_has_changed_is_told_of_and_not_read(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.upload([upload("港.txt", "港の灯台は白い。")])
    before = engine.articles()
    [file] = engine.home.uploads.glob("*/港.txt")
    whole = file.read_bytes()
    file.write_bytes(whole.replace("白".encode(), "黒".encode()))
    assert engine.build().articles == len(before)
    assert engine.articles() == before
    assert "港.txt が壊れているため、前に読み込んだ内容を使います。" in caplog.text
    caplog.clear()
    engine.upload([upload("港.txt", "港の灯台は白い。")])
    assert file.read_bytes() == whole
    assert engine.build().articles == len(before)
    assert "壊れている" not in caplog.text


def test_an_article_keeps_its_id_where_the_home_is_moved(engine: Engine, tmp_path: Path) -> None:
    engine.upload([upload("港.txt", "港の灯台は白い。")])
    moved = tmp_path / "elsewhere" / "home"
    moved.parent.mkdir()
    engine.home.path.rename(moved)
    again = fake_engine(Settings(moved, tmp_path / "cache"))
    before = again.articles()
    report = again.build()
    assert (report.removed, report.embedded, report.skipped) == (0, 0, ())
    assert again.articles() == before


def test_the_same_file_twice_is_one_article(engine: Engine) -> None:
    assert engine.upload([upload("港.txt", "港の灯台は白い。")]).articles == 4
    assert engine.upload([upload("港.txt", "港の灯台は白い。")]).skipped == ()
    report = engine.upload([upload("別名.txt", "港の灯台は白い。"), upload("別.md", CANAL)])
    assert report.articles == 4
    reasons = {Path(skipped.path).name: skipped.reason for skipped in report.skipped}
    assert "港.txt と同じ内容" in reasons["別名.txt"]
    assert "canal.md と同じ内容" in reasons["別.md"]
    assert "/" not in "".join(reasons.values())
    assert engine.build().skipped == ()  # told once
    assert uploaded(engine) == {"港.txt"}


def test_an_upload_that_gives_no_article_is_told_once(engine: Engine) -> None:
    report = engine.upload([upload("壊.pdf", "%PDF-1.7"), upload("港.txt", "港の灯台は白い。")])
    assert [Path(skipped.path).name for skipped in report.skipped] == ["壊.pdf"]
    assert engine.build().skipped == ()
    assert uploaded(engine) == {"港.txt"}


def test_where_nothing_comes_of_an_upload_the_index_is_the_same(engine: Engine) -> None:
    before = engine.articles()
    report = engine.upload([upload("壊.pdf", "%PDF-1.7")])
    assert report.articles == 3
    assert engine.articles() == before


def test_a_removed_upload_goes_with_the_last_generation_that_knows_it(
    make_engine: MakeEngine, corpus: Path
) -> None:
    make_engine().build([corpus])
    make_engine().upload(
        [upload("港.txt", "港の灯台は白い。"), upload("丘.md", BAKERY + "窓も白い。")]
    )
    ids = [a.id for a in make_engine().articles() if a.source in {"港.txt", "丘.md"}]
    report = make_engine().remove(*ids)
    assert (report.articles, report.removed) == (3, 2)
    assert make_engine().home.sources()["removed"] == []
    assert uploaded(make_engine()) == {"港.txt", "丘.md"}  # the generation before knows them
    make_engine().rollback()
    assert len(make_engine().articles()) == 5
    make_engine().remove(*ids)
    make_engine().build()
    assert list(make_engine().home.uploads.iterdir()) == []
    assert make_engine().upload([upload("港.txt", "港の灯台は白い。")]).articles == 4


def test_uploads_of_an_undone_build_stay_until_the_next(engine: Engine) -> None:
    engine.upload([upload("港.txt", "港の灯台は白い。")])
    assert engine.rollback() == 1
    assert engine.home.earlier() is None
    assert uploaded(engine) == {"港.txt"}
    assert engine.build().generation == 3
    assert uploaded(engine) == set()
    assert titles(engine) == {"青沢運河の百年", "丘の上の窯", "霧原天文台の新しい望遠鏡"}
    earlier = engine.home.earlier()
    assert earlier is not None
    assert earlier.articles == 3


def test_the_home_inside_its_corpus_is_read_for_its_uploads_alone(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("荷物が港に届いた。", "utf-8")
    engine = make_engine()
    engine.build([tmp_path])
    assert engine.upload([upload("港.txt", "港の灯台は白い。")]).articles == 2
    make_engine().remove(next(a.id for a in make_engine().articles() if a.source == "港.txt"))
    assert make_engine().build().articles == 1
    assert uploaded(engine) == set()


def test_an_upload_with_front_matter_keeps_its_source(engine: Engine) -> None:
    told = OBSERVATORY.replace("language: ja", "language: ja\nsource: 県の広報/7月号").replace(
        "27億", "28億"
    )
    engine.upload([upload("天文台.md", told)])
    assert {a.source for a in engine.articles()} >= {"県の広報/7月号"}


def test_all_articles_cannot_be_removed(engine: Engine) -> None:
    ids = [article.id for article in engine.articles()]
    with pytest.raises(Exception, match="最後の記事"):
        engine.remove(*ids)
    assert engine.remove(*ids[:2]).articles == 1
