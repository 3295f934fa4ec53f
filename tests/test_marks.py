"""What is known of lines, and what was left out, from the sandbox to whoever reads it."""

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import fake_engine, part_of, publish
from marked import ARTICLES, FIRST, LOSSES, NOTE, REPORT, ROWS, SCAN, SECOND, TABLE, THIRD
from test_exports import passage

from index import answers, exports, store
from index.answering.composing import Quote
from index.articles import ArticleReader
from index.citations import cite, marks_of
from index.passages import cut
from index.records import Article, Loss, Mark, Sentence
from index.schema import Citation
from index.settings import Settings
from index.store import Home, Part
from index.store.tables import article_from
from index.web.article.page import render_article
from index.web.chat.sources import render_source
from index.web.chat.turns import Turn
from index.web.library.listing import View, _row
from index.web.library.rendering import render_table
from index.web.words import LANGUAGES

TURN = Turn(1, "問", "answer")


def cited(words: str, of: Article) -> Citation:
    at = of.text.index(words)
    [(whole, _)] = [(p, s) for p, s in part_of(of).passages if p.start <= at < p.end]
    return answers.citation_of(cite(of, at, at + len(words), number=1, score=0.9), of, whole)


def test_a_file_keeps_its_marks_through_the_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"トップ\n国際\n{FIRST}\n{SECOND}\n関連記事\n橋の話", "utf-8")
    with ArticleReader() as reader:
        article, places, _ = reader.read(path)
    assert article.losses == (Loss("chrome", "トップ\n国際"), Loss("chrome", "関連記事\n橋の話"))
    assert Part.at(article, places).article == article


def test_a_home_keeps_them_and_one_without_them_opens(home: Home) -> None:
    publish(home, [*ARTICLES, replace(SCAN, id="old", marks=())])
    with closing(home.open()) as opened:
        found = {one.id: one for one in opened.articles()}
        assert {one.id: one for one in ARTICLES}.items() <= found.items()
        assert opened.part("old").article.marks == ()
        assert opened.part(REPORT.id) == part_of(REPORT)
    record = part_of(found["old"]).record()
    assert {"marks", "losses"}.isdisjoint(record)  # as homes were before: the key is the same
    del record["passages"]
    assert article_from(record) == found["old"]


def test_the_cache_and_a_backup_keep_them(home: Home, tmp_path: Path) -> None:
    publish(home, ARTICLES)
    with home.articles() as cache:
        cache.put("a", part_of(REPORT), raw_sha256="r", reader="1")
        assert cache.get("a", raw_sha256="r", reader="1") == part_of(REPORT)
    store.write_backup(home, tmp_path / "backup", lambda _: None)
    other = Home(tmp_path / "other")
    store.restore(other, tmp_path / "backup", lambda _: None, lambda _: None)
    with closing(other.open()) as opened:
        assert {one.id: one for one in opened.articles()} == {one.id: one for one in ARTICLES}


@pytest.mark.parametrize(
    ("words", "of", "page", "marks"),
    [
        (FIRST, REPORT, 12, ()),
        (f"{FIRST}\n{SECOND}", REPORT, 12, ()),
        (SECOND, REPORT, 13, ()),
        (NOTE, REPORT, 13, ("note",)),
        (SCAN.text, SCAN, None, ("ocr",)),
        (ROWS[1], TABLE, None, ("row",)),
        ("\n".join(ROWS[:2]), TABLE, None, ()),
    ],
)
def test_a_citation_tells_what_is_known_of_its_place(
    words: str, of: Article, page: int | None, marks: tuple[str, ...]
) -> None:
    found = cited(words, of)
    assert (found.page, found.kinds) == (page, marks)
    assert found.as_json().get("page") == page
    known = {mark.kind for mark in marks_of(of, found.start, found.end)}
    assert known == {*marks, *(["page"] if page else [])}


def test_rows_and_notes_are_lines_of_their_own() -> None:
    first = "川沿いの倉庫は明治の終わりに建てられ、長く"
    text = "\n".join((first, first, "米の保管に使われてきた。", first, first))
    start = text.index("米")
    apart = (Mark("row", start, start + 12), Mark("note", start + 13, len(text)))
    spans = [span for *_, own in cut(text, apart) for span in own]
    assert [text[a:b] for a, b in spans] == [
        f"{first}\n{first}",
        "米の保管に使われてきた。",
        first,
        first,
    ]
    heading = "表1: 米の量"
    text = f"{heading}\n{FIRST * 2}"
    assert [at[0] for at in cut(text)] == [heading]
    assert [at[0] for at in cut(text, (Mark("row", 0, len(heading)),))] == [None]


@pytest.mark.parametrize(("at", "kept"), [(0, (0, 1)), (1, (0, 1)), (2, (2,)), (3, (3,))])
def test_a_quote_does_not_join_a_note_with_the_text(at: int, kept: tuple[int, ...]) -> None:
    starts = [(REPORT.text.index(line), line) for line in (FIRST, SECOND, NOTE, THIRD)]
    starts[3] = (REPORT.text.rindex(THIRD), THIRD)
    own = tuple(Sentence(line, start, start + len(line)) for start, line in starts)
    assert Quote(REPORT, own, own[at], 1.0).sentences == tuple(own[n] for n in kept)


def test_exports_tell_the_pages() -> None:
    both = [cited(FIRST, REPORT), cited(NOTE, REPORT)]
    assert "、12ページ" in exports.citation_text(both[0])
    assert "p. 12" in exports.citation_markdown(both[0], language="en")
    assert "pages = {12,13}" in exports.bibtex(both)
    assert "SP  - 12,13\r\n" in exports.ris(both)
    assert "SP  -" not in exports.ris([passage(0, 4, SCAN)])


def test_the_panel_and_the_page_say_so() -> None:
    ja, en = LANGUAGES["ja"], LANGUAGES["en"]
    assert '<span class="known">13ページ</span><span class="known">注</span>' in render_source(
        cited(NOTE, REPORT), 1, TURN, ja
    )
    assert "read from an image (OCR)" in render_source(cited(SCAN.text, SCAN), 1, TURN, en)
    shown = render_article(part_of(REPORT), ja)
    assert re.findall(' data-told="([^"]+)"', shown) == ["12ページ", "13ページ", "注"]
    assert 'data-told="12ページ">' in shown
    assert f'data-told="注">{NOTE}' in shown
    assert "案内や広告など 2、文字のないページ 1" in shown
    assert "&lt;b&gt;トップ" in shown
    rows = render_article(part_of(TABLE), ja)
    assert rows.count('data-told="表"') == rows.count("<p data-start") - 1 == len(ROWS)


def test_the_library_shows_what_was_left_out_and_cuts_it() -> None:
    losses = (*LOSSES, *(Loss("hidden", "あ" * 500),) * 9)
    row = _row(replace(REPORT, losses=losses), 1)
    shown = render_table([row], View(), LANGUAGES["ja"], 1, frozenset(), writable=False)
    assert "本文に入れなかったもの：案内や広告など 2、文字のないページ 1、隠れた文字 9" in shown
    assert "&lt;b&gt;トップ" in shown
    assert f"{'あ' * 200}……（全500字）" in shown
    assert shown.count("あ" * 200) == 6
    assert "#losses" in shown


def test_build_and_show_tell_the_losses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from index.cli.terminal import _print_report, origin

    path = tmp_path / "a.txt"
    path.write_text(f"トップ\n国際\n{FIRST}\n{SECOND}", "utf-8")
    report = fake_engine(Settings(tmp_path / "home", tmp_path / "cache")).build([path])
    assert report.losses == {"chrome": 2}
    assert answers.build_json(report)["losses"] == {"chrome": 2}
    _print_report(report)
    assert capsys.readouterr().out.splitlines()[-1] == "本文に入れなかったもの：案内や広告など 2"
    assert origin(cited(FIRST, REPORT)).endswith("/ p. 12")


def test_show_lists_what_was_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from index.cli import commands

    class Holds:
        article = staticmethod(lambda _: REPORT)

    monkeypatch.setattr(commands, "ready_engine", lambda _: Holds)
    commands.show("倉庫", losses=True)
    assert (
        capsys.readouterr().out
        == "── 案内や広告など\n<b>トップ</b>\n国際\n── 文字のないページ\n7 ページ\n"
    )
    commands.show("倉庫")
    assert capsys.readouterr().out == REPORT.text


def test_the_api_gives_them() -> None:
    found = answers.article_of(REPORT).as_json()
    assert found["losses"] == [{"kind": loss.kind, "text": loss.text} for loss in LOSSES]
    assert answers.article_of(SCAN).as_json()["losses"] == []
