"""Shares of the files built by processes of their own, joined: the same as built by one."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import QUESTION, some_articles

from index.encoder import Encoder
from index.engine import Engine
from index.errors import StoreError
from index.ingest import Upload
from index.settings import Settings
from index.store import Home
from index.store.manifest import NAMES, OVERVIEW, TIMELINE

ROOT = Path(__file__).resolve().parents[1]


def written(folder: Path) -> Path:
    folder.mkdir()
    for article in some_articles(12):
        head = f"---\ntitle: {article.title}\npublisher: {article.publisher}\npublished: {article.published}\n---\n"
        (folder / f"{article.id}.md").write_text(head + article.text, "utf-8")
    (folder / "twin.md").write_text((folder / "a3.md").read_text("utf-8"), "utf-8")
    return folder


def ranking(home: Path, encoder: Encoder) -> list[tuple[str, float]]:
    hits = Engine(Settings(home, home), encoder=encoder).search(QUESTION)
    return [(hit.passage.id, hit.score) for hit in hits]


def command(*arguments: object) -> subprocess.Popen[str]:
    run = [sys.executable, "-m", "index", *map(str, arguments)]
    return subprocess.Popen(
        run, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def done(*running: subprocess.Popen[str]) -> list[str]:
    told = [process.communicate(timeout=300) for process in running]
    assert [process.returncode for process in running] == [0] * len(running), told
    return [out for out, _ in told]


def test_two_processes_make_the_same_as_one(tmp_path: Path, real_encoder: Encoder) -> None:
    corpus = written(tmp_path / "corpus")
    parts = [tmp_path / f"part{n}" for n in (1, 2)]
    shards = [
        command("build", corpus, "--shard", f"{n}/2", "--home", p, "--json")
        for n, p in enumerate(parts, 1)
    ]
    told = [
        json.loads(out)
        for out in done(*shards, command("build", corpus, "--home", tmp_path / "one", "--json"))
    ]
    assert min(t["articles"] for t in told) > 0
    done(command("merge", *parts, "--home", tmp_path / "all"))
    one, joined = Home(tmp_path / "one").open(), Home(tmp_path / "all").open()
    assert joined.ids() == one.ids()
    assert joined.keys() == one.keys()
    assert ranking(tmp_path / "all", real_encoder) == ranking(tmp_path / "one", real_encoder)
    for name in (NAMES, TIMELINE, OVERVIEW):
        assert (joined.folder / name).read_bytes() == (one.folder / name).read_bytes()
    for article_id in one.ids():
        for mine, theirs in zip(joined.codes(article_id), one.codes(article_id), strict=True):
            assert np.array_equal(mine, theirs)
    assert joined.verify() == []
    [again] = done(command("build", "--home", tmp_path / "all", "--json"))
    assert json.loads(again)["embedded"] == 0


def test_what_cannot_be_joined_is_named_and_nothing_is_lost(
    tmp_path: Path, real_encoder: Encoder, engine: Engine
) -> None:
    def at(name: str) -> Engine:
        return Engine(Settings(tmp_path / name, tmp_path), encoder=real_encoder)

    corpus, home = written(tmp_path / "texts"), at("base")
    home.build([corpus], shard=(1, 2))
    before = ranking(tmp_path / "base", real_encoder)
    (tmp_path / "empty").mkdir()
    engine.build([corpus])
    sent = at("sent")
    sent.build([corpus], shard=(2, 2))
    for part, why in ((tmp_path / "empty", "索引"), (engine.settings.home, "別のモデル")):
        with pytest.raises(StoreError, match=why) as caught:
            home.join([tmp_path / "sent", part])
        assert part.name in str(caught.value)
        assert ranking(tmp_path / "base", real_encoder) == before
    with pytest.raises(StoreError, match="1/2"):
        home.join([tmp_path / "sent"])
    whole = at("whole")
    whole.upload([Upload("u.md", io.BytesIO(b"# u\n\nOnly here.\n"))])
    with pytest.raises(StoreError, match="画面から") as caught:
        whole.join([tmp_path / "base", tmp_path / "sent"])
    assert "whole" in str(caught.value)
    damaged = next((tmp_path / "sent" / "segments").glob("*/library.sqlite"))
    damaged.write_bytes(damaged.read_bytes()[:-100])
    with pytest.raises(StoreError, match="library"):
        home.join([tmp_path / "sent", tmp_path / "base"])
    assert ranking(tmp_path / "base", real_encoder) == before


@pytest.mark.parametrize("told", ["0/2", "3/2", "1", "a/b", "-1/2"])
def test_a_share_that_is_none_is_refused(told: str, tmp_path: Path) -> None:
    process = command("build", "--shard", told, "--home", tmp_path)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "1/4" in err or "--shard" in err
