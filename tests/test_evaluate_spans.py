"""How well the shipped reader finds the words that answer, by questions about invented documents."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index import evaluate
from index.cli.commands import app
from index.errors import CorpusError, TenkyoError
from index.evaluate.spans import f1
from index.settings import Settings

CORPUS = [
    {"_id": "d1", "title": "青沢運河", "text": "青沢運河は1923年に開通した。工事は11年かかった。"},
    {"_id": "d2", "title": "パン屋", "text": "窯の温度は230度である。主人の名は森田という。"},
]
QUERIES = [
    {"_id": "q1", "text": "青沢運河が開通したのは何年か", "answers": ["1923年"]},
    {"_id": "q2", "text": "窯の温度は何度か", "answers": ["230度"]},
    {"_id": "q3", "text": "主人は誰か", "answers": ["星野"]},
]
QRELS = ["query-id\tcorpus-id\tscore", "q1\td1\t1", "q2\td2\t1", "q3\td2\t1"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, lines in (("corpus", CORPUS), ("queries", QUERIES)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(text, "utf-8")
    (tmp_path / "qrels.tsv").write_text("\n".join(QRELS), "utf-8")
    return tmp_path


def test_a_span_shares_characters_with_the_nearest_answer() -> None:
    assert f1("1923年", ["1923年"]) == 1.0
    assert f1("１９２３ 年に", ["1923年"]) == pytest.approx(2 * 5 / (6 + 5))
    assert f1("11年", ["1923年", "11年間"]) == pytest.approx(2 * 3 / (3 + 4))
    assert f1("木材", ["1923年"]) == 0.0


def test_words_are_found_where_a_document_holds_them(folder: Path, settings: Settings) -> None:
    run = evaluate.find_spans(folder, settings)
    assert run.outcomes["id"].tolist() == ["q1", "q2"]  # no document names 星野
    figures = evaluate.summarise(run)
    assert figures["f1"] > 0.8
    assert figures["exact match"] <= figures["f1"]


def test_the_command_prints_them(folder: Path, settings: Settings) -> None:
    environment = {"TENKYO_CACHE": str(settings.cache)}
    done = CliRunner(env=environment).invoke(app, ["evaluate", "spans", str(folder), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["questions"] == 2


def test_what_cannot_be_measured_is_told(folder: Path, settings: Settings) -> None:
    lexical = Settings(settings.home, settings.cache, reader="lexical")
    with pytest.raises(TenkyoError, match="TENKYO_READER"):
        evaluate.find_spans(folder, lexical)
    (folder / "queries.jsonl").write_text(json.dumps(QUERIES[2]), "utf-8")
    with pytest.raises(CorpusError, match="正解の文書"):
        evaluate.find_spans(folder, settings)
