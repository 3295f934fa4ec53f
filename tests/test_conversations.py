"""Conversations on disk: what is kept, who sees it, what is found again, and what breaks quietly."""

import json
import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.cli import main
from index.conversations import Conversations, Verdict, feedback_lines
from index.errors import StoreError
from index.records import Filter

EVERYTHING = Filter()
NARROW = Filter(date(2020, 1, 2), None, ("みなと新聞",), ("a1", "b2"))


def answer(text: str, *quotes: str) -> dict[str, Any]:
    citations = [{"number": n, "quote": quote} for n, quote in enumerate(quotes, 1)]
    return {
        "understood": "灯台はいつ完成したか",
        "answered": bool(quotes),
        "text": text,
        "citations": citations,
    }


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
    kept = Conversations(tmp_path / "gone" / "conversations.sqlite")
    with pytest.raises(StoreError, match="記録を休みます"):
        kept.append(None, "問", answer("答え"), filter=EVERYTHING, owner="")


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
