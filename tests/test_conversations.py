"""Conversations on disk: what is kept, who sees it, what is found again, and what breaks quietly."""

import contextlib
import json
import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import answered
import pytest

from index.cli import main
from index.conversations import Conversations, Verdict, feedback_lines
from index.errors import StoreError
from index.records import Filter
from index.schema import Answer

EVERYTHING = Filter()
NARROW = Filter(date(2020, 1, 2), None, ("みなと新聞",), ("a1", "b2"), undated=True)


def answer(text: str, *quotes: str) -> Answer:
    citations = [answered.citation(n, quote) for n, quote in enumerate(quotes, 1)]
    return answered.answer(understood="灯台はいつ完成したか", text=text, citations=citations)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite"


@pytest.fixture
def kept(path: Path) -> Conversations:
    return Conversations(path)


@pytest.fixture
def add(kept: Conversations) -> Callable[..., str]:
    def add(question: str, text: str = "答え", *, to: str | None = None, owner: str = "") -> str:
        found, _ = kept.append(to, question, answer(text), filter=EVERYTHING, owner=owner)
        return found

    return add


def test_what_was_said_is_read_again(kept: Conversations, path: Path) -> None:
    first = answer("1924年です。[1]", "1924年に完成した。")
    one, number = kept.append(None, "灯台は\nいつ完成したか", first, filter=NARROW, owner="")
    same, following = kept.append(one, "工費は", answer("なし"), filter=EVERYTHING, owner="")
    assert (same, number, following) == (one, 1, 2)
    exchanges = Conversations(path).read(one, owner="")
    assert [e.question for e in exchanges] == ["灯台は\nいつ完成したか", "工費は"]
    assert [e.filter for e in exchanges] == [NARROW, EVERYTHING]
    assert exchanges[0].answer == first
    assert [c.title for c in kept.listed(owner="")] == ["灯台は いつ完成したか"]


def test_reading_makes_no_file(kept: Conversations, path: Path) -> None:
    assert kept.listed(owner="") == []
    assert kept.judged() == []
    assert not path.exists()


def test_the_latest_comes_first(kept: Conversations, add: Callable[..., str]) -> None:
    old, new = add("古い"), add("新しい")
    assert [c.id for c in kept.listed(owner="")] == [new, old]
    add("続き", to=old)
    assert [c.id for c in kept.listed(owner="")] == [old, new]
    assert len(kept.listed(owner="", most=1)) == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ﾄｳﾀﾞｲ", {"灯"}),
        ("TOWER トウダイ", {"灯"}),
        ("トウダイ 鉄道", set()),
        ("100%", {"鉄"}),
        ("_", set()),
        ("別名", {"鉄"}),
        ("quote", set()),
        ("", {"灯", "鉄"}),
    ],
)
def test_search_finds_words_of_questions_answers_and_titles(
    kept: Conversations, add: Callable[..., str], words: str, found: set[str]
) -> None:
    ids = {add("トウダイはどれか", "Towerである。"): "灯", add("鉄道は", "１００％である。"): "鉄"}
    kept.rename(next(iter(list(ids)[1:])), "別名", owner="")
    assert {ids[c.id] for c in kept.listed(owner="", words=words)} == found


def test_the_deleted_can_be_brought_back_until_the_next_one(
    kept: Conversations, add: Callable[..., str], path: Path
) -> None:
    one, two = add("一"), add("二")
    kept.delete(one, owner="")
    assert [c.id for c in kept.listed(owner="")] == [two]
    with pytest.raises(StoreError, match="会話はありません"):
        kept.read(one, owner="")
    kept.restore(one, owner="")
    assert len(kept.read(one, owner="")) == 1
    kept.delete(one, owner="")
    kept.delete(two, owner="")
    with pytest.raises(StoreError, match="会話はありません"):
        kept.restore(one, owner="")
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM turns").fetchone() == (1,)
    db.close()


def test_titles_are_one_line_and_not_blank(kept: Conversations, add: Callable[..., str]) -> None:
    one = add("長" * 500)
    assert len(kept.listed(owner="")[0].title) == 80
    kept.rename(one, " 新しい\n名 ", owner="")
    kept.rename(one, "  ", owner="")
    assert kept.listed(owner="")[0].title == "新しい 名"


def test_nobody_touches_what_is_someone_elses(kept: Conversations, add: Callable[..., str]) -> None:
    one = add("秘密", owner="花子")
    assert kept.listed(owner="太郎") == kept.listed(owner="") == []
    for attempt in (
        lambda: kept.read(one, owner="太郎"),
        lambda: add("続き", to=one, owner="太郎"),
        lambda: kept.rename(one, "題", owner="太郎"),
        lambda: kept.delete(one, owner="太郎"),
        lambda: kept.restore(one, owner="太郎"),
        lambda: kept.judge(one, 1, Verdict(True), owner="太郎"),
    ):
        with pytest.raises(StoreError, match="会話はありません"):
            attempt()
    assert [e.question for e in kept.read(one, owner="花子")] == ["秘密"]


def test_several_writers_at_once_lose_nothing(path: Path, add: Callable[..., str]) -> None:
    one = add("最初")

    def write(n: int) -> int:
        found = Conversations(path).append(one, str(n), answer("答え"), filter=EVERYTHING, owner="")
        return found[1]

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(write, range(40)))
    assert sorted(numbers) == list(range(2, 42))


def test_a_damaged_file_is_named_and_left_alone(path: Path, kept: Conversations) -> None:
    path.write_bytes(b"this is no database at all" * 100)
    before = path.read_bytes()
    for attempt in (
        lambda: kept.listed(owner=""),
        lambda: kept.append(None, "問", answer("答え"), filter=EVERYTHING, owner=""),
    ):
        with pytest.raises(StoreError, match=r"conversations\.sqlite"):
            attempt()
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = Conversations(tmp_path / "file" / "conversations.sqlite")
    with pytest.raises(StoreError, match="記録を休みます"):
        kept.append(None, "問", answer("答え"), filter=EVERYTHING, owner="")


def test_a_folder_that_nobody_has_made_is_made(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "home" / "conversations.sqlite")
    assert kept.listed(owner="") == []
    assert not (tmp_path / "home").exists()  # reading writes nothing
    kept.append(None, "問", answer("答え"), filter=EVERYTHING, owner="")
    assert len(kept.listed(owner="")) == 1


def test_a_newer_file_is_refused(kept: Conversations, add: Callable[..., str], path: Path) -> None:
    add("問")
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="新しい版"):
        kept.listed(owner="")


def judged(kept: Conversations, text: str, quotes: tuple[str, ...], *verdicts: Verdict) -> str:
    one, _ = kept.append(None, "完成は", answer(text, *quotes), filter=EVERYTHING, owner="")
    for verdict in verdicts:
        kept.judge(one, 1, verdict, owner="")
    return one


def test_a_verdict_is_kept_and_takes_the_place_of_the_one_before(kept: Conversations) -> None:
    one = judged(kept, "答え", ("甲",), Verdict(False, 1, "  別の記事 "), Verdict(True))
    assert kept.read(one, owner="")[0].verdicts == (
        Verdict(True),
        Verdict(False, 1, "別の記事"),
    )
    kept.judge(one, 1, Verdict(True, 1, "長" * 5000), owner="")
    changed = kept.read(one, owner="")[0].verdicts[1]
    assert changed.is_right
    assert len(changed.word) == 1000
    with pytest.raises(StoreError):
        kept.judge(one, 2, Verdict(True), owner="")


def test_a_verdict_on_an_answer_is_taken_back(kept: Conversations) -> None:
    one = judged(kept, "答え", ("甲",), Verdict(False, 1), Verdict(True))
    kept.unjudge(one, 1, owner="another")
    assert len(kept.read(one, owner="")[0].verdicts) == 2
    kept.unjudge(one, 1, owner="")
    assert kept.read(one, owner="")[0].verdicts == (Verdict(False, 1),)


def test_a_conversation_is_cut(kept: Conversations) -> None:
    one = judged(kept, "一", ("甲",))
    for text in ("二", "三"):
        kept.append(one, "次は", answer(text, "乙"), filter=EVERYTHING, owner="")
    kept.judge(one, 2, Verdict(True), owner="")
    with pytest.raises(StoreError):
        kept.cut(one, 2, owner="another")
    assert len(kept.read(one, owner="")) == 3
    kept.cut(one, 2, owner="")
    assert [e.answer.text for e in kept.read(one, owner="") if e.answer] == ["一"]
    kept.append(one, "次は", answer("四", "乙"), filter=EVERYTHING, owner="")
    [_, last] = kept.read(one, owner="")
    assert (last.number, last.verdicts) == (2, ())  # nothing of the one that stood there


def test_feedback_becomes_a_question_set(kept: Conversations) -> None:
    quotes = ("完成した（1924年）。", "石で建てた。", "灯は白い。")
    chosen = judged(kept, "答え", quotes, Verdict(True, 2, "この年"), Verdict(False))
    whole = judged(kept, "答え", quotes, Verdict(True), Verdict(False, 3))
    refused = judged(kept, "なし", (), Verdict(True))
    judged(kept, "違う", quotes, Verdict(False), Verdict(False, 1))
    judged(kept, "なし", (), Verdict(False))
    judged(kept, "なし", ())
    lines = {line["id"].removesuffix("-1"): line for line in feedback_lines(kept.judged())}
    assert lines.keys() == {chosen, whole, refused}
    assert {line["question"] for line in lines.values()} == {"灯台はいつ完成したか"}
    assert {line["lang"] for line in lines.values()} == {"ja"}
    found = [q for q in quotes for p in lines[whole]["evidence"] if re.search(p, q)]
    assert found == list(quotes[:2])
    assert lines[chosen]["evidence"] == [re.escape(quotes[1])]
    assert "evidence" not in lines[refused]
    assert lines[chosen]["words"] == ["この年"]
    assert "words" not in lines[whole]


def test_the_command_prints_the_question_set(
    kept: Conversations, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judged(kept, "答え", ("灯は白い。",), Verdict(True, 1))
    with pytest.raises(SystemExit) as exit_:
        main(["feedback", "--home", str(tmp_path)])
    assert exit_.value.code == 0
    [line] = map(json.loads, capsys.readouterr().out.splitlines())
    assert line == next(feedback_lines(kept.judged()))


# Records of the version before (schema 1 without some members), and those that nothing can read.

OLD = {
    "schema": 1, "question": "灯台は", "understood": "灯台は", "reader": "extractive", "answered": True,
    "text": "1924年に完成した。 [1]", "missing": [], "confidence": 0.9, "seconds": 0.1,
    "statements": [{"text": "1924年に完成した。", "citations": [1]}],
    "citations": [{
        "number": 1, "score": 0.5, "article_id": "a", "sha256": "0" * 64, "title": "灯台", "authors": [],
        "publisher": None, "published": "2024-05-03", "language": "ja", "url": None,
        "source": "/home/someone/灯台.txt", "start": 3, "end": 13, "quote": "1924年に完成した。",
        "passage": {"start": 0, "end": 13, "text": "歩み\n1924年に完成した。"},
    }],
    "nearest": [{
        "id": "a:0", "article_id": "a", "title": None, "authors": [], "publisher": None,
        "published": None, "language": None, "url": None, "source": "灯台.txt", "heading": None,
        "start": 0, "end": 2, "text": "歩み",
    }],
}  # fmt: skip
FILE_OF_VERSION_1 = """
    CREATE TABLE conversations (id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL,
        updated TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE turns (conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
        number INTEGER NOT NULL, asked TEXT NOT NULL, question TEXT NOT NULL, filter TEXT NOT NULL,
        answer TEXT NOT NULL, words TEXT NOT NULL, PRIMARY KEY (conversation, number));
    CREATE TABLE feedback (conversation TEXT NOT NULL, turn INTEGER NOT NULL,
        citation INTEGER NOT NULL, is_right INTEGER NOT NULL, word TEXT NOT NULL,
        PRIMARY KEY (conversation, turn, citation),
        FOREIGN KEY (conversation, turn) REFERENCES turns ON DELETE CASCADE);
    INSERT INTO conversations VALUES ('one', '', '灯台は', '2026-01-02T03:04:05.000006+00:00', 0);
    INSERT INTO feedback VALUES ('one', 1, 0, 1, '');
    PRAGMA user_version = 1;
"""
FILTER_OF_VERSION_1 = '{"since": "2020-01-02", "until": null, "publishers": ["みなと新聞"], "article_ids": ["a1", "b2"]}'


def written_before(path: Path, *answers: Any) -> Conversations:
    """A file as it was written before, with these answers."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(FILE_OF_VERSION_1)
        for number, told in enumerate(answers, 1):
            kept = json.dumps(told, ensure_ascii=False)
            turn = ("one", number, "", "灯台は", FILTER_OF_VERSION_1, kept, "灯台は")
            db.execute("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)", turn)
        db.commit()
    return Conversations(path)


def test_a_file_of_before_is_read_and_goes_on(path: Path) -> None:
    kept = written_before(path, OLD)
    [exchange] = kept.read("one", owner="")
    assert exchange.filter == replace(NARROW, undated=False)
    told = exchange.answer
    assert told
    [cited], [near] = told.citations, told.nearest
    assert (cited.quote, cited.key, cited.heading) == ("1924年に完成した。", None, None)
    assert (cited.published, cited.source) == (date(2024, 5, 3), "/home/someone/灯台.txt")
    assert cited.around == ("歩み\n", "")
    assert (near.text, near.sha256, told.statements[0].speaker, told.differing) == (
        "歩み",
        "",
        None,
        (),
    )
    assert kept.append("one", "工費は", told, filter=NARROW, owner="") == ("one", 2)
    first, second = kept.read("one", owner="")
    assert first.answer == second.answer
    assert [line["evidence"] for line in feedback_lines(kept.judged())] == [["1924年に完成した。"]]


@pytest.mark.parametrize(("start", "end"), [(2, 5), (3, 14), (5, 5), (8, 4)])
def test_a_key_outside_its_quote_is_not_read(path: Path, start: int, end: int) -> None:
    [cited] = OLD["citations"]  # type: ignore[misc]
    keyed = OLD | {"citations": [cited | {"key": {"start": start, "end": end}}]}  # type: ignore[operator]
    [exchange] = written_before(path, keyed).read("one", owner="")
    assert exchange.answer is None


def test_a_key_inside_its_quote_is_read(path: Path) -> None:
    [cited] = OLD["citations"]  # type: ignore[misc]
    keyed = OLD | {"citations": [cited | {"key": {"start": 3, "end": 8}}]}  # type: ignore[operator]
    [exchange] = written_before(path, keyed).read("one", owner="")
    assert exchange.answer
    assert exchange.answer.citations[0].parts == ("", "1924年", "に完成した。")


@pytest.mark.parametrize(
    "told", [{"answered": True}, {}, [], None, 3, "x", OLD | {"citations": [3]}]
)
def test_what_cannot_be_read_is_told_and_hides_nothing_else(path: Path, told: Any) -> None:
    kept = written_before(path, told, OLD)
    broken, whole = kept.read("one", owner="")
    assert broken.answer is None
    assert whole.answer
    assert list(feedback_lines(kept.judged())) == []
