"""The command line is a contract: shapes, streams, exit statuses."""

import json
import math
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command import BUILD, QUESTION, Done

from index.cli import main
from index.cli.terminal import KINDS
from index.questions.question import _KINDS

COMMANDS = ("build", "add", "remove", "rollback", "verify", "status", "search", "ask", "show",
            "serve", "feedback", "evaluate retrieval", "evaluate answers", "evaluate refusal", "bench")  # fmt: skip
ORIGIN = ["title", "authors", "publisher", "published", "language", "url", "source"]
PLACE = [*ORIGIN, "article_id", "sha256", "heading", "start", "end"]
PASSAGE = [*PLACE, "id", "text"]
ANSWER = ["schema", "question", "understood", "follow_up", "reader", "answered", "text", "statements", "citations",
          "differing", "missing", "nearest", "undated", "form", "verdict", "lead", "groups", "writer", "note", "struck",
          "confidence", "seconds"]  # fmt: skip
CITATION = [*PLACE, "number", "score", "quote", "key", "passage"]
REFUSED = "ペンギンの体重は何キロか"

Tenkyo = Callable[..., Done]


@pytest.fixture
def tenkyo(capfdbinary: pytest.CaptureFixture[bytes]) -> Tenkyo:
    """Run the command in this process."""

    def run(*arguments: object) -> Done:
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Done(int(exit_.value.code or 0), out.decode("utf-8"), err.decode("utf-8"))

    return run


@pytest.fixture
def home(tmp_path: Path, real_home: Path) -> Path:
    """A copy of the default encoder's home, to be changed."""
    return Path(shutil.copytree(real_home, tmp_path / "home"))


# Shapes.


def test_search_prints_one_object_a_line(tenkyo: Tenkyo, real_home: Path) -> None:
    done = tenkyo("search", QUESTION, "-k", 2, "--json", "--home", real_home)
    assert done.err == ""
    assert [line["rank"] for line in done.lines] == [1, 2]
    for line in done.lines:
        assert list(line) == ["schema", "rank", "score", "passage"]
        assert line["schema"] == 1
        assert list(line["passage"]) == PASSAGE
        shown = tenkyo("show", line["passage"]["article_id"], "--home", real_home).out
        passage = line["passage"]
        assert shown[passage["start"] : passage["end"]] == passage["text"]
    assert done.lines[0]["passage"]["published"] == "2019-04-12"


def test_an_answer(tenkyo: Tenkyo, real_home: Path) -> None:
    answer = tenkyo("ask", QUESTION, "--json", "--home", real_home).json
    assert list(answer) == ANSWER
    assert (answer["schema"], answer["question"], answer["reader"]) == (1, QUESTION, "extractive")
    assert answer["answered"] is True
    assert "1923年" in answer["text"]
    assert answer["nearest"] == []
    assert [c["number"] for c in answer["citations"]] == [*range(1, len(answer["citations"]) + 1)]
    used = [number for s in answer["statements"] for number in s["citations"]]
    assert list(dict.fromkeys(used)) == [c["number"] for c in answer["citations"]]
    for citation in answer["citations"]:
        assert list(citation) == CITATION
        passage = citation["passage"]
        assert list(passage) == ["start", "end", "text"]
        at = citation["start"] - passage["start"]
        assert passage["text"][at:].startswith(citation["quote"])
        assert f"[{citation['number']}]" in answer["text"]
    assert 0 <= answer["confidence"] <= 1


def test_a_refusal(tenkyo: Tenkyo, real_home: Path) -> None:
    done = tenkyo("ask", REFUSED, "--json", "--home", real_home)
    answer = done.json
    assert done.status == 0
    assert list(answer) == ANSWER
    assert (answer["answered"], answer["statements"], answer["citations"]) == (False, [], [])
    assert answer["text"]
    assert "[" not in answer["text"]
    assert all(list(passage) == PASSAGE for passage in answer["nearest"])
    assert answer["nearest"]


def test_what_a_person_reads(tenkyo: Tenkyo, real_home: Path) -> None:
    out = tenkyo("ask", QUESTION, "--home", real_home).out
    assert "[1] 青沢運河の百年 / 青沢新報 / 2019-04-12" in out
    assert "近い一節" in tenkyo("ask", REFUSED, "--home", real_home).out
    assert "1. " in tenkyo("search", QUESTION, "--home", real_home).out


def test_a_batch_is_answered_in_order(tenkyo: Tenkyo, real_home: Path, tmp_path: Path) -> None:
    questions = [
        {"id": "b", "question": QUESTION},
        {"id": 7, "question": "窯の温度は", "publisher": "暮らし通信"},
        {"question": "窯の温度は何度か", "until": "2020-01-01"},
        {"id": "long", "question": "あ" * 100_000},
        {"id": "none", "question": ""},
        {"id": "odd", "question": 3},
        {"id": "day", "question": QUESTION, "since": "きのう"},
        {"id": "follow", "question": "いつ？", "previous": QUESTION},
        {"id": "half", "question": "\ud83d"},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, questions)) + "\n\n", "utf-8")
    done = tenkyo("ask", "--batch", file, "--home", real_home)
    assert (done.status, done.err) == (0, "")
    answers = done.lines
    assert [a.get("id") for a in answers] == [q.get("id") for q in questions]
    assert all(a["schema"] == 1 for a in answers)
    assert list(answers[0]) == ["schema", "id", *ANSWER[1:]]
    assert "id" not in answers[2]
    assert {c["publisher"] for c in answers[1]["citations"]} <= {"暮らし通信"}
    cited = [*answers[2]["citations"], *answers[2]["nearest"]]
    assert all(c["published"] <= "2020-01-01" for c in cited)
    for answer, word in zip(answers[3:7], ("長すぎ", "空", "question", "since"), strict=True):
        assert word in answer["error"]
    assert answers[7]["understood"] == "青沢運河は開通した。いつ？"
    assert "1923年" in answers[7]["text"]
    assert answers[8]["form"] == "talk"


def test_a_broken_batch_is_refused_before_the_first_answer(
    tenkyo: Tenkyo, real_home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps({"question": QUESTION}) + "\n{\n", "utf-8")
    done = tenkyo("ask", "--batch", file, "--home", real_home)
    assert (done.status, done.out) == (1, "")
    assert "questions.jsonl: 2 行目" in done.err
    assert tenkyo("ask", "--batch", tmp_path / "missing", "--home", real_home).status == 1


def test_filters_of_the_command_line(tenkyo: Tenkyo, real_home: Path) -> None:
    done = tenkyo("search", "費用", "--json", "--publisher", "青沢新報", "--since", "2020-01-01",
                  "--home", real_home)  # fmt: skip
    assert {line["passage"]["title"] for line in done.lines} == {"霧原天文台の新しい望遠鏡"}
    refused = tenkyo("search", "費用", "--since", "昨日", "--home", real_home)
    assert (refused.status, refused.out) == (1, "")


def test_who_asks_within_days_hears_what_has_none(
    tenkyo: Tenkyo, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("港の灯台は白い。高さは31メートルである。", "utf-8")
    tenkyo("add", tmp_path / "note.txt", "--home", home)
    asked = ("港の灯台の高さは何メートルか", "--since", "2020-01-01", "--home", home)
    line = "日付のない記事 1 本は範囲に入っていません。--undated で含められます。"
    for command in ("ask", "search"):
        assert line in tenkyo(command, *asked).out
        assert "--undated" not in tenkyo(command, *asked, "--undated").out
        assert "--undated" not in tenkyo(command, asked[0], "--home", home).out
    told, wider = (tenkyo("ask", *asked, "--json", *more).json for more in ((), ("--undated",)))
    assert (told["undated"], wider["undated"]) == (1, 0)
    assert (told["answered"], wider["answered"]) == (False, True)


def test_add_remove_roll_back_and_verify(tenkyo: Tenkyo, home: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("港の灯台は白い。高さは31メートルである。", "utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\0\1\2" * 99)
    added = tenkyo(
        "add", tmp_path / "note.txt", tmp_path / "bad.txt", "--json", "--home", home
    ).json
    assert list(added) == BUILD
    assert (added["generation"], added["articles"], added["embedded"]) == (2, 4, 1)
    [skipped] = added["skipped"]
    assert skipped.keys() == {"path", "reason"}
    status = tenkyo("status", "--json", "--home", home).json
    assert status["schema"] == 1
    assert (status["generation"], status["articles"], status["intact"]) == (2, 4, True)
    assert status["usable"] is True
    assert status["bytes"] > 0
    note = next(a["id"] for a in status["library"] if a["source"].endswith("note.txt"))
    removed = tenkyo("remove", note, "--json", "--home", home).json
    assert (list(removed), removed["articles"], removed["removed"]) == (BUILD, 3, 1)
    assert tenkyo("rollback", "--json", "--home", home).json == {"schema": 1, "generation": 2}
    verified = tenkyo("verify", "--json", "--home", home)
    assert verified.json == {"schema": 1, "generation": 2, "intact": True, "damaged": []}
    assert tenkyo("show", note, "--home", home).out == "港の灯台は白い。高さは31メートルである。"


def test_damage_is_told(tenkyo: Tenkyo, home: Path) -> None:
    [path] = home.glob("segments/*/sentences.npy")
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    done = tenkyo("verify", "--json", "--home", home)
    assert (done.status, done.json["damaged"]) == (1, [f"{path.parent.name}/sentences.npy"])
    assert "tenkyo build" in done.err
    assert tenkyo("status", "--json", "--home", home).json["intact"] is False
    assert "sentences.npy" in tenkyo("status", "--home", home).out


@pytest.mark.parametrize("name", ["nothing", "folder", "binary.txt", "huge.txt"])
def test_what_cannot_be_built_leaves_the_index(
    tenkyo: Tenkyo, home: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif name == "binary.txt":
        path.write_bytes(bytes(range(256)) * 100)
    elif name == "huge.txt":
        path.write_bytes("長い文章である。".encode() * 2_200_000)
    done = tenkyo("build", path, "--json", "--home", home)
    assert (done.status, done.out) == (1, "")
    assert [name in line for line in done.err.splitlines() if line.startswith("tenkyo: ")] == [True]
    assert tenkyo("status", "--json", "--home", home).json["generation"] == 1


def test_measures(tenkyo: Tenkyo, real_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    question = {"id": "1", "question": QUESTION, "evidence": ["1923年"], "answer": ["1923年"]}
    file.write_text(json.dumps(question) + "\n" + json.dumps({"question": REFUSED}), "utf-8")
    figures = tenkyo("evaluate", "answers", file, "--json", "--home", real_home).json
    names = ("schema", "answered", "evidence@best", "evidence@cited", "answer match", "refused")
    assert [figures[name] for name in names] == [1] * 6
    assert figures["questions"] == 2
    assert "refused" in tenkyo("evaluate", "answers", file, "--home", real_home).out
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "text": "橋は赤い。"}', "utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "橋の色"}', "utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\t1\n", "utf-8")
    figures = tenkyo("evaluate", "retrieval", tmp_path, "--json", "--home", real_home).json
    assert list(figures) == ["schema", "success@1", "recall@10", "mrr@10", "ndcg@10", "passages/s",
                             "passages", "questions", "questions/s", "ms, median", "kinds", "overall"]  # fmt: skip
    assert figures["success@1"] == 1


# Misuse and help.


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["ask"], ["ask", "橋", "--batch", "x"], ["search", "橋", "-k", "0"], ["search"],
     ["search", "橋", "-k", "many"], ["show"], ["add"], ["ask", "橋", "--nonsense"], ["evaluate", "x"],
     ["bench", "--sizes", "10,many"], ["bench", "--sizes", "0"], ["bench", "--sizes", "9", "--plot", "x"],
     ["bench", "--peers", "nowhere"]],
    ids=" ".join,
)  # fmt: skip
def test_misuse_is_status_2(tenkyo: Tenkyo, arguments: list[str]) -> None:
    done = tenkyo(*arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_a_home(tenkyo: Tenkyo, command: str) -> None:
    done = tenkyo(*command.split(), "--help")
    assert (done.status, done.err) == (0, "")
    assert "--home" in done.out
    assert command in done.out


def test_the_commands_are_these(tenkyo: Tenkyo) -> None:
    out = tenkyo("--help").out
    assert all(command.split()[0] in out for command in COMMANDS)


def test_errors_go_to_the_edge_as_one_line(tenkyo: Tenkyo, real_home: Path) -> None:
    for arguments in (["show", "nobody"], ["remove", "nobody"], ["ask", "a" * 100_000], ["ask", ""],
                      ["rollback"]):  # fmt: skip
        done = tenkyo(*arguments, "--home", real_home)
        assert (done.status, done.out) == (1, "")
        assert [line[:8] for line in done.err.splitlines()] == ["tenkyo: "]


def test_explain_shows_sums_that_add_up(tenkyo: Tenkyo, real_home: Path) -> None:
    payload = tenkyo("ask", QUESTION, "--explain", "--json", "--home", real_home).json
    explanation = payload["explanation"]
    assert explanation["kind"] == "date"
    sums = [(hit["views"], hit["score"]) for hit in explanation["passages"]]
    sums += [(s["signals"], s["score"]) for s in explanation["sentences"]]
    for parts, score in sums:
        assert sum(parts.values()) == pytest.approx(score, abs=0.001)
    assert any(s["chosen"] for s in explanation["sentences"])
    odds = math.exp(sum(explanation["trust"].values()))
    assert odds / (1 + odds) == pytest.approx(payload["confidence"], abs=0.001)


@pytest.mark.parametrize(
    ("question", "unit", "kind"),
    [
        (QUESTION, None, "日付や時期"),
        ("工事に何万人が加わったか", "人", "何人"),
        ("護岸は何割が直されたか", "割", "何割"),
        ("青沢運河について教えて", None, "とくに無し"),
    ],
)
def test_explain_names_the_kind_asked_for(
    tenkyo: Tenkyo, real_home: Path, question: str, unit: str | None, kind: str
) -> None:
    asked = ("ask", question, "--explain", "--home", real_home)
    assert tenkyo(*asked, "--json").json["explanation"]["unit"] == unit
    assert f"問われた種類 {kind}\n" in tenkyo(*asked).out


def test_every_kind_has_a_word() -> None:
    assert KINDS.keys() == _KINDS.keys()


def test_explain_prints_the_sums(tenkyo: Tenkyo, real_home: Path) -> None:
    printed = tenkyo("ask", QUESTION, "--explain", "--home", real_home).out
    assert "一節の順位" in printed
    assert "確信度" in printed
