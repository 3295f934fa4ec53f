"""The endurance test's parts: homes that are killed, damaged, filled up, shared, and what is left of them.

``python tests/endurance.py prepare FOLDER`` makes homes over invented articles with the real models, and keeps
what these say of every text. ``python tests/endurance.py KIND COUNT FOLDER`` then tries one kind and prints
its rows as JSON: the work is done in forks of one process that has everything loaded and no threads.
"""

import contextlib
import ctypes
import dataclasses
import io
import json
import logging
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from borrowing import lent
from conftest import FakeCrossEncoder

from index import store
from index.answers import ask as to_keep
from index.conversations import Conversations
from index.crossencoder import Reading, Window
from index.crossencoder.reading import Key
from index.encoder import Vectors
from index.engine import Engine
from index.errors import TenkyoError
from index.ingest import Upload
from index.models import Models
from index.records import Filter
from index.settings import Settings
from index.store import Home
from index.web.words import LANGUAGES

HERE = Path(__file__).parent
SEED = 25
PATIENCE = 120
"""Seconds after which a process counts as hanging."""

TOWNS = {
    "articles/鳴瀬": "鳴瀬の塩田は1871年に開かれた。塩田の広さは46ヘクタールである。",
    "articles/樫尾": "樫尾鉄道の終点は樫尾温泉駅である。列車は一日に九往復する。",
    "articles/三ツ鐘": "三ツ鐘市の時計台は高さ38メートルである。時計は毎朝六時に鳴る。",
    "articles/氷見沢": "氷見沢ダムは2003年に完成した。貯水量は1億2千万トンである。",
    "articles/夕凪": "夕凪島の人口は412人である。島の郵便局長は古谷節子である。",
    "articles/葦原": "葦原町の紙漉きは冬の仕事である。和紙は一枚1800円で売られる。",
    "lone/浜名戸": "浜名戸の水族館は1966年に開館した。館長は波多野茂である。",
    "upload/霜月": "霜月峠の茶屋は標高1305メートルにある。名物は栗の団子である。",
    "early/蔵王堂": "蔵王堂村の橋は長さ211メートルである。橋は二年で架けられた。",
    "late/日向寺": "日向寺の鐘は重さ7.5トンである。鐘は1788年に鋳られた。",
    "more/白萩": "白萩大学の学長は神林透子である。学生は3400人いる。",
    "more/鵜飼": "鵜飼川の渡し船は2017年に廃止された。最後の船頭は野々村勝である。",
}
QUESTIONS = ("三ツ鐘市の時計台の高さは何メートルか", "浜名戸の水族館はいつ開館したか",
             "霜月峠の茶屋の標高は何メートルか", "日向寺の鐘の重さは何トンか",
             "白萩大学の学長はだれか", "ペンギンの体重は何キロか")  # fmt: skip
"""Of a file that stays, of one that is gone, of an upload, of what came last, of what is not there yet; of nothing."""

Look = dict[str, Any]


@dataclass
class Row:
    """A line of the table: what was tried how often, and what was lost, each time in words."""

    kind: str
    tried: int = 0
    lost: list[str] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=dict)

    def add(self, end: str, lost: str = "") -> None:
        """Count a try by how it ended."""
        self.tried += 1
        self.ends[end] = self.ends.get(end, 0) + 1
        if lost:
            self.lost.append(lost)


class Learned:
    """Encoder and cross-encoder that say of each text what the real ones said, and something fixed of others."""

    def __init__(self, folder: Path, real: Models | None = None) -> None:
        self._path, self._real = folder / "models.json", real
        self.said: dict[str, Any] = {}
        if real:
            encoder = real.encoder()
            self.said = {"fingerprint": encoder.fingerprint, "dimensions": encoder.dimensions}
        else:
            self.said = json.loads(self._path.read_text("utf-8"))
        self.fingerprint, self.dimensions = self.said["fingerprint"], self.said["dimensions"]
        self.name = "learned"

    def save(self) -> None:
        self._path.write_text(json.dumps(self.said, ensure_ascii=False), "utf-8")

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector("q", text) for text in texts])

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector("d", text) for text in texts])

    def _vector(self, kind: str, text: str) -> Vectors:
        key = kind + text
        if self._real and key not in self.said:
            encoder = self._real.encoder()
            encode = encoder.encode_queries if kind == "q" else encoder.encode_documents
            self.said[key] = encode([text])[0].tolist()
        if key in self.said:
            return np.array(self.said[key], np.float32)
        rng = np.random.default_rng(zlib.crc32(key.encode("utf-8", "replace")))
        vector = rng.normal(size=self.dimensions).astype(np.float32)
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        return [self._read(question, window) for window in windows]

    def _read(self, question: str, window: Window) -> Reading:
        key = json.dumps([question, window.title, window.sentences], ensure_ascii=False)
        if self._real and key not in self.said:
            [reading] = self._real.crossencoder().read(question, [window])
            self.said[key] = dataclasses.astuple(reading)
        if key not in self.said:
            return FakeCrossEncoder().read(question, [window])[0]
        answered, sentences, keys, verdict = self.said[key]
        keys = tuple(k and Key(*k) for k in keys)
        return Reading(answered, tuple(sentences), keys, verdict and tuple(verdict))


class Place:
    """The folder with the prepared homes and articles, and engines over copies of them."""

    def __init__(self, folder: Path, real: Models | None = None) -> None:
        self.folder, self.models = folder, Learned(folder, real)
        self.base, self.zip = folder / "base", folder / "base.zip"

    def engine(self, home: Path) -> Engine:
        settings = Settings(home, self.folder)
        return Engine(settings, encoder=self.models, crossencoder=self.models)

    def copy(self, home: Path | None = None) -> Path:
        """Copy a home into a new place."""
        target = Path(tempfile.mkdtemp(dir=self.folder))
        target.chmod(0o755)  # another user comes by
        return Path(shutil.copytree(home or self.base, target / "home"))

    @contextlib.contextmanager
    def copied(self, home: Path | None = None) -> Iterator[Path]:
        copy = self.copy(home)
        yield copy
        shutil.rmtree(copy.parent)

    def look(self, home: Path) -> Look:
        """What somebody sees who comes to a home: answers, damage, conversations."""
        engine = self.engine(home)
        return {
            "answers": answers(engine),
            "damaged": [*engine.status().damaged],
            "kept": kept(home),
        }

    def build_and_look(self, home: Path) -> Look:
        self.engine(home).build()
        return self.look(home)


def answers(engine: Engine) -> list[Any]:
    """All of the answers that somebody would see or quote, to the last digit of their scores."""
    found = []
    for question in QUESTIONS:
        answer = engine.ask(question)
        quotes = [(c.article_id, c.start, c.end, c.quote, repr(c.score)) for c in answer.citations]
        found.append([answer.text, repr(answer.confidence), *map(list, quotes)])
    return found


def kept(home: Path) -> list[str]:
    conversations = Conversations(home / "conversations.sqlite")
    listed = conversations.listed(owner="")
    return sorted(e.question for c in listed for e in conversations.read(c.id, owner=""))


def keep(engine: Engine, question: str) -> None:
    answer = to_keep(engine, QUESTIONS[0])
    Conversations(engine.home.path / "conversations.sqlite").append(
        None, question, answer, filter=Filter(), owner=""
    )


# What is done to a home, each by a function of place and home.


def op_build(place: Place, home: Path) -> None:
    place.engine(home).build([place.folder / "articles", place.folder / "more"])


def op_add(place: Place, home: Path) -> None:
    place.engine(home).add([place.folder / "more"])


def op_remove(place: Place, home: Path) -> None:
    engine = place.engine(home)
    engine.remove(engine.ask(QUESTIONS[0]).citations[0].article_id)


def op_merge(place: Place, home: Path) -> None:
    assert place.engine(home).merge() >= 0


def op_rollback(place: Place, home: Path) -> None:
    place.engine(home).rollback()


def op_upload(place: Place, home: Path) -> None:
    text = (place.folder / "more" / "白萩.md").read_bytes()
    with lent(place.engine(home)) as library:
        try:
            library.bring(("白萩.md", text))
        except httpx.HTTPStatusError as exc:
            if exc.response.status_code != 507:
                raise
            raise TenkyoError(exc.response.text) from exc  # the page shows it
        if LANGUAGES["ja"].library_done_add not in (told := library.built()):
            raise TenkyoError(told)


def op_converse(place: Place, home: Path) -> None:
    engine = place.engine(home)
    for number in range(20):
        keep(engine, f"{number:02}")
        (home.parent / "acknowledged").write_text(f"{number + 1}")


def op_backup(place: Place, home: Path) -> None:
    store.write_backup(Home(home), home.parent / "home.zip", lambda _: None)


def op_restore(place: Place, home: Path) -> None:
    take = Conversations(home / "conversations.sqlite").take
    store.restore(Home(home), place.zip, take, lambda _: None, force=True)


OPERATIONS: dict[str, Callable[[Place, Path], None]] = {
    name.removeprefix("op_"): made for name, made in globals().items() if name.startswith("op_")
}


def prepare(folder: Path) -> None:
    """Make the homes: articles in four segments, a generation to roll back to, what a killed process leaves."""
    for name, text in TOWNS.items():
        path = folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"---\ntitle: {path.stem}の話\npublished: 2024-05-01\n---\n{text}\n", "utf-8"
        )
    place = Place(folder, Models(Settings.from_env({})))
    engine = place.engine(place.base)
    engine.build([folder / "articles", folder / "lone" / "浜名戸.md"])
    engine.upload([Upload("霜月.md", io.BytesIO((folder / "upload" / "霜月.md").read_bytes()))])
    engine.add([folder / "early"])
    engine.add([folder / "late"])
    (folder / "lone" / "浜名戸.md").unlink()  # its text is in the cache only, and in the index
    keep(engine, "前から")
    op_backup(place, place.base)
    (folder / "home.zip").rename(place.zip)
    place.look(place.base)
    with place.copied() as home:
        for operation in (op_build, op_remove):
            operation(place, home)
            place.look(home)
    place.models.save()
    if not os.fork():  # a process that is killed leaves its journals
        held = [sqlite3.connect(path) for path in place.base.glob("*.sqlite")]
        for db in held:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        keep(engine, "途中で")
        sys.addaudithook(_die_before_a_segment)
        op_add(place, place.base)
    assert os.WTERMSIG(os.wait()[1]) == signal.SIGKILL


def _die_before_a_segment(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "os.mkdir" and ".draft" in str(arguments[0]):
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class End:
    """How a process ended: by a signal, with a value, or with an error; and what it logged."""

    signal: int = 0
    value: Any = None
    error: str = ""
    is_told: bool = False  # the error is one that a user may be shown
    said: Sequence[str] = ()
    seconds: float = 0.0
    steps: int = 0


def apart(
    work: Callable[..., Any], *values: Any, after: float | None = None, step: int | None = None
) -> End:
    """Do something in a fork; kill it after some seconds, or before it changes the disk once more."""
    started = time.perf_counter()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with contextlib.suppress(BaseException):
            os.write(writing, json.dumps(_in_fork(work, values, step)).encode())
        os._exit(0)
    os.close(writing)
    patience = PATIENCE if after is None else after
    if not _ended(child, patience):
        os.kill(child, signal.SIGKILL)
    with open(reading, "rb") as told:
        found = told.read()
    status = os.waitpid(child, 0)[1]
    seconds = time.perf_counter() - started
    if found:
        return End(**json.loads(found), seconds=seconds)
    hangs = after is None and seconds > PATIENCE
    return End(
        os.WTERMSIG(status), error=f"{'hangs' if hangs else 'killed'} {status}", seconds=seconds
    )


def _ended(child: int, patience: float) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return True
        time.sleep(0.003)
    return False


def _in_fork(work: Callable[..., Any], values: Sequence[Any], step: int | None) -> dict[str, Any]:
    said = io.StringIO()
    logging.basicConfig(stream=said, level=logging.WARNING, format="%(message)s", force=True)
    steps = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        if event in CHANGES or (event == "open" and (arguments[2] or 0) & WRITING):
            if steps == step:
                os.kill(os.getpid(), signal.SIGKILL)
            steps += 1

    sys.addaudithook(hook)
    told: dict[str, Any] = {}
    try:
        told["value"] = work(*values)
    except TenkyoError as exc:
        told |= {"error": str(exc), "is_told": True}
    except BaseException as exc:
        place = traceback.extract_tb(exc.__traceback__)[-1]
        told["error"] = f"{type(exc).__name__}: {exc} ({Path(place.filename).name}:{place.lineno})"
    return told | {"said": said.getvalue().splitlines(), "steps": steps}


CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "sqlite3.connect"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


# Kills.


def kills(place: Place, count: int) -> list[Row]:
    """Kill every operation at random instants and before steps that change the disk."""
    rng = random.Random(SEED)
    rows = {name: Row(f"kill: {name}") for name in OPERATIONS}
    for number in range(count):
        name = [*OPERATIONS][number % len(OPERATIONS)]
        *states, whole = _whole_run(place, name)
        with place.copied() as home:
            shutil.copy(place.zip, home.parent / "home.zip")
            if number // len(OPERATIONS) % 2:
                end = apart(OPERATIONS[name], place, home, step=rng.randrange(whole.steps))
            else:
                end = apart(OPERATIONS[name], place, home, after=rng.uniform(0, whole.seconds))
            lost, state = after_kill(place, home, states)
            rows[name].add("ran through" if not end.signal else state, lost and f"{name}: {lost}")
    return [*rows.values()]


def _whole_run(place: Place, name: str) -> tuple[Look, Look, End]:
    """What a home looks like before an operation and after it; kept for other processes."""
    path = place.folder / f"{name}.json"
    if not path.exists():
        with place.copied() as home:
            before = apart(place.look, home)
            whole = apart(OPERATIONS[name], place, home)
            after = apart(place.look, home)
        assert not any(end.error for end in (before, whole, after)), (before, whole, after)
        told = [before.value, after.value, dataclasses.asdict(whole)]
        path.write_text(json.dumps(told), "utf-8")
    before, after, ended = json.loads(path.read_text("utf-8"))
    return before, after, End(**ended)


def after_kill(place: Place, home: Path, states: Sequence[Look]) -> tuple[str, str]:
    """What was lost, in words, and which state the home is in."""
    now = apart(place.look, home)
    if now.error:
        return f"cannot be asked: {now.error}", "?"
    found = [s for s in states if s["answers"] == now.value["answers"]]
    if not found or now.value["damaged"]:
        return f"neither old nor new: {now.value['damaged']}", "?"
    state = "old" if found[0] is states[0] else "new"
    acknowledged = home.parent / "acknowledged"
    many = int(acknowledged.read_text() or 0) if acknowledged.exists() else 0
    if not {*states[0]["kept"], *states[1]["kept"][:many]} <= {*now.value["kept"]}:
        return "a conversation is lost", state
    built = apart(place.build_and_look, home)
    if built.error or built.value["answers"] != now.value["answers"] or built.value["damaged"]:
        return f"the next build: {built.error or 'other answers'}", state
    archive = home.parent / "home.zip"
    if archive.exists():
        other = home.parent / "other"
        end = apart(store.restore, Home(other), archive, lambda _: None, lambda _: None)
        if end.error or apart(place.look, other).value["answers"] != states[0]["answers"]:
            return f"the backup: {end.error or 'other answers'}", state
    return "", state


# Damage.


def damages(place: Place, count: int) -> list[Row]:
    """Flip a bit or cut an end off every file in turn; then ask, build and ask."""
    rng = random.Random(SEED)
    files = sorted(path.relative_to(place.base) for path in place.base.rglob("*") if path.is_file())
    own = [path for path in files if len(path.parts) == 1 or path.parts[0] != "segments"]
    others = [path for path in files if path not in own]
    rng.shuffle(others)
    order = own * max(1, count // 75) + others * (count // len(others) + 1)
    earlier, now = _whole_run(place, "rollback")[1::-1]
    added = _whole_run(place, "add")[1]["answers"]
    rows: dict[str, Row] = {}
    for number, name in enumerate(order[:count]):
        harm = (flip, cut, flip, remove)[(number + number // len(own)) % 4]
        if harm is remove and name.name.startswith("conversations"):
            harm = flip  # without any there is nothing that could tell
        with place.copied() as home:
            what = f"{harm.__name__} {re.sub('[0-9a-f]{16}', '*', name.as_posix())}"
            what += harm(home / name, rng)
            end, lost = after_damage(place, home, name, now, earlier, added)
            top = name.parts[0]
            rows.setdefault(top, Row(f"damage: {top}")).add(end, lost and f"{what}: {lost}")
    return [*rows.values()]


def flip(path: Path, rng: random.Random) -> str:
    content = bytearray(path.read_bytes())
    if not content:
        return " (empty)"
    at, bit = rng.randrange(len(content)), rng.randrange(8)
    content[at] ^= 1 << bit
    path.write_bytes(content)
    return f" @{at}.{bit}"


def cut(path: Path, rng: random.Random) -> str:
    content = path.read_bytes()
    at = rng.choice([0, rng.randrange(len(content) + 1), max(0, len(content) - 1)])
    path.write_bytes(content[:at])
    return f" @{at} of {len(content)}"


def remove(path: Path, rng: random.Random) -> str:
    path.unlink()
    if path.name == "CURRENT" and rng.random() < 0.5:
        path.mkdir()
        return " (a folder there)"
    return ""


def examine(place: Place, home: Path, adding: bool) -> dict[str, Any]:
    """Ask twice in one process, read the conversations, add what was begun, build, ask again."""

    def tell(work: Callable[[], Any]) -> dict[str, Any]:
        told = _in_fork(work, (), None)
        said = told["said"] + ([engine.damage.told] if engine.damage else [])
        return {"value": told.get("value"), "error": told.get("error", ""),
                "is_told": told.get("is_told", False), "said": said}  # fmt: skip

    engine = place.engine(home)
    steps: dict[str, Callable[[], Any]] = {
        "asked": lambda: answers(engine),
        "again": lambda: answers(engine),
        "kept": lambda: kept(home),
        "added": lambda: op_add(place, home) if adding else None,
        "built": lambda: [s.reason for s in place.engine(home).build().skipped],
        "after": lambda: answers(place.engine(home)),
        "sound": lambda: [*place.engine(home).status().damaged],
    }
    return {name: tell(work) for name, work in steps.items()}


def after_damage(
    place: Place, home: Path, name: Path, now: Look, earlier: Look, added: Any
) -> tuple[str, str]:
    """How it ended, and what was lost in words."""
    adding = name.parts[0] not in {"segments", "generations"}  # where caches are used
    whole = apart(examine, place, home, adding)
    if whole.error:
        return "?", f"the process ended: {whole.error}"
    told, ends = whole.value, []
    for step in ("asked", "again", "kept"):
        end = _judge(told[step], name, now["kept" if step == "kept" else "answers"], earlier)
        if end.startswith("LOST"):
            return "?", f"{step}: {end}"
        ends.append(end)
    if told["built"]["error"]:
        if not told["built"]["is_told"] or name.name not in told["built"]["error"]:
            return "?", f"build: {told['built']['error']}"
        with contextlib.suppress(OSError):
            (home / name).unlink()  # as the error advises
        told = apart(examine, place, home, adding).value or told
        ends.append("repaired")
    if told["built"]["error"] or told["after"]["error"] or told["sound"]["value"]:
        said = told["built"]["error"] or told["after"]["error"] or told["sound"]["value"]
        return "?", f"a build does not repair it: {said}"
    if told["added"]["error"] and not told["added"]["is_told"]:
        return "?", f"adding: {told['added']['error']}"
    usual = added if adding and not told["added"]["error"] else now["answers"]
    wanted = [usual] + [earlier["answers"]] * ("rolled back, with a warning" in ends)
    if told["after"]["value"] not in wanted and not told["built"]["value"]:
        return "?", f"after the build: {_difference(told['after']['value'], usual)}"
    worst = [end for end in ends if end != "same"]
    return worst[-1] if worst else "same", ""


def _judge(told: dict[str, Any], name: Path, wanted: Any, earlier: Look) -> str:
    if told["error"]:
        if not told["is_told"]:
            return f"LOST: {told['error']}"
        named = name.name in told["error"]
        return "told, by name" if named else f"LOST: not named: {told['error']}"
    if told["value"] == wanted:
        return "same"
    if name.name == "conversations.sqlite-wal" and {*told["value"]} < {*wanted}:
        return "what stood in the journal alone is gone"
    if told["value"] == earlier["answers"]:
        return "rolled back, with a warning" if told["said"] else "LOST: rolled back without a word"
    return f"LOST: {_difference(told['value'], wanted)}"


def _difference(found: Any, wanted: Any) -> str:
    pairs = [(f, w) for f, w in zip(found, wanted, strict=False) if f != w]
    return f"another answer without a word: {str(pairs[:1] or [found])[:200]}"


# A disk that is full or read-only, a home of another user, odd names.


def full_disks(place: Place, count: int) -> list[Row]:
    """Let the disk fill up in every operation: no file grows past a size, or a small disk has no more room."""
    rng = random.Random(SEED)
    rows = [Row("full: no file grows"), Row("full: no room on the disk")]
    for number in range(count):
        name = [*OPERATIONS][number % len(OPERATIONS)]
        old, new, _ = _whole_run(place, name)
        row = rows[number // len(OPERATIONS) % 2]
        filled = _file_limited if row is rows[0] else _disk_limited
        with place.copied() as home:
            shutil.copy(place.zip, home.parent / "home.zip")
            room = rng.choice([0, 1, 4, 12, 30, 60, 120, 300]) * 1024
            end = apart(filled, place, home, OPERATIONS[name], room)
            if end.error:
                row.add("?", f"{name} with {room}: {end.error}")
                continue
            error, is_told, now, after = (end.value[k] for k in ("error", "told", "now", "after"))
            lost = ""
            if error and not is_told:
                lost = error
            elif now not in (old["answers"], new["answers"]):
                lost = f"neither old nor new: {now}"
            elif after != new["answers"]:
                lost = f"with room again: {after}"
            row.add("told" if error else "there was room", lost and f"{name} with {room}: {lost}")
    return [row for row in rows if row.tried]


def _file_limited(place: Place, home: Path, operation: Any, room: int) -> dict[str, Any]:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    tried = _in_fork(operation, (place, home), None)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    return _filled(place, home, operation, tried)


def _disk_limited(place: Place, home: Path, operation: Any, room: int) -> dict[str, Any]:
    small = home.parent / "small"
    small.mkdir()
    files = (path for path in home.parent.rglob("*") if path.is_file())
    size = sum(-(-path.stat().st_size // 4096) * 4096 for path in files)
    mount(small, f"size={size + room}")
    shutil.copytree(home, small / "home")
    shutil.copy(place.zip, small / "home.zip")
    tried = _in_fork(operation, (place, small / "home"), None)
    mount(small, "size=1g", REMOUNT)
    return _filled(place, small / "home", operation, tried)


def _filled(place: Place, home: Path, operation: Any, tried: dict[str, Any]) -> dict[str, Any]:
    """What came of it; and, if that was an error, what comes of it when there is room."""
    error = tried.get("error", "")
    now = answers(place.engine(home))
    if error:
        shutil.rmtree(home.parent / "acknowledged", ignore_errors=True)
        operation(place, home)
    after = answers(place.engine(home))
    return {"error": error, "told": tried.get("is_told"), "now": now, "after": after}


REMOUNT, READ_ONLY, PRIVATE = 32, 1, 1 << 18 | 1 << 14


def mount(folder: Path, options: str, flags: int = 0) -> None:
    """Mount a small disk that only this process sees. Raises OSError where that is not permitted."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not flags & REMOUNT:
        as_root = os.geteuid() == 0
        uid, gid = os.geteuid(), os.getegid()
        if libc.unshare(0x00020000 | (0 if as_root else 0x10000000)):
            raise OSError(ctypes.get_errno(), "unshare")
        if not as_root:
            for name, text in (
                ("setgroups", "deny"),
                ("uid_map", f"0 {uid} 1"),
                ("gid_map", f"0 {gid} 1"),
            ):
                Path(f"/proc/self/{name}").write_text(text)
        libc.mount(b"none", b"/", None, PRIVATE, None)
    if libc.mount(b"none", os.fsencode(folder), b"tmpfs", flags, options.encode()):
        raise OSError(ctypes.get_errno(), "mount")


def can_mount() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        return not apart(mount, Path(folder), "size=1m").error


def closed_homes(place: Place, _: int) -> list[Row]:
    """Ask and change homes that cannot be written, or not even read; and one with an odd name."""
    row = Row("closed: read-only, another user's, odd names")
    old = apart(place.look, place.base).value
    cases: list[tuple[str, Callable[[Place, Path], dict[str, Any]], bool]] = [
        ("folders without write permission", _unwritable, True),
        ("another user's, readable", _unwritable_other, True),
        ("another user's, closed", _closed_other, False),
    ]
    if can_mount():
        cases.append(("a read-only disk", _read_only, True))
    for name, close, is_readable in cases:
        with place.copied() as home:
            end = apart(close, place, home)
            for path in (home, *home.rglob("*")):
                path.chmod(0o755)
            if end.error or not end.value:
                row.add("?", f"{name}: {end.error}")
                continue
            changed, asked = end.value["changed"], end.value["asked"]
            wrong = [f"{n}: {e}" for n, e in changed.items() if not e.startswith("told")]
            if is_readable and asked != old["answers"]:
                wrong.append(f"asked: {asked}")
            if not is_readable and not str(asked).startswith("told"):
                wrong.append(f"asked: {asked}")
            if apart(place.look, home).value != old:
                wrong.append("it is not as it was")
            row.add("told", wrong and f"{name}: {'; '.join(wrong)}")
    odd = place.folder / "空 白" / "家 '\"%s#?&"
    shutil.rmtree(odd.parent, ignore_errors=True)
    shutil.copytree(place.base, odd / "home")
    for name, operation in OPERATIONS.items():
        end = apart(operation, place, odd / "home")
        row.add("done", end.error and f"an odd name: {name}: {end.error}")
    shutil.rmtree(odd.parent)
    return [row]


def _tries(place: Place, home: Path) -> dict[str, Any]:
    """What asking and every change come to; a server keeps a closed home from its pages by itself."""

    def said(work: Callable[[], Any]) -> Any:
        told = _in_fork(work, (), None)
        if not told.get("error"):
            return told.get("value") or "done"
        return f"{'told' if told.get('is_told') else 'LOST'}: {told['error']}"

    changing = [n for n in OPERATIONS if n not in {"upload", "backup"}]
    changed = {n: said(lambda n=n: OPERATIONS[n](place, home)) for n in changing}
    return {"asked": said(lambda: answers(place.engine(home))), "changed": changed}


def _unwritable(place: Place, home: Path) -> dict[str, Any]:
    if os.geteuid() == 0:
        return _unwritable_other(place, home)
    for path in (home, *home.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return _tries(place, home)


def _unwritable_other(place: Place, home: Path) -> dict[str, Any]:
    for path in (home, *home.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    _become_nobody()
    return _tries(place, home)


def _closed_other(place: Place, home: Path) -> dict[str, Any]:
    home.chmod(0o000)
    _become_nobody()
    return _tries(place, home)


def _become_nobody() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)


def _read_only(place: Place, home: Path) -> dict[str, Any]:
    small = home.parent / "small"
    small.mkdir()
    mount(small, "size=1g")
    shutil.copytree(home, small / "home")
    mount(small, "size=1g", REMOUNT | READ_ONLY)
    return _tries(place, small / "home")


# Many at once, other times.


def at_once(place: Place, count: int) -> list[Row]:
    """Let two build at once, and twenty read through rebuilds: each answer is of one whole generation."""
    builders = Row("two builders at once")
    known = [state["answers"] for state in _whole_run(place, "add")[:2]]
    with place.copied() as home:
        for number in range(count):
            both = ((op_add, op_remove), (op_build, op_add), (op_merge, op_add))[number % 3]
            with place.copied(home) as copy:
                ends = apart(_both, place, copy, *both)
                wrong = [e for e in ends.value or [ends.error] if e and "別の構築が進行中" not in e]
                now = apart(place.build_and_look, copy)
                wrong += [now.error] if now.error else now.value["damaged"]
                builders.add("done, or told", "; ".join(wrong))
    readers = Row(f"readers through {count} rebuilds")
    with place.copied() as home:
        stop = home.parent / "stop"
        pipes = [_begin(_read_on, place, home, stop) for _ in range(min(20, 2 * count))]
        for number in range(count):
            end = apart(_rebuild, place, home, number)
            readers.lost += [end.error] if end.error else []
        stop.touch()
        for pipe in pipes:
            with pipe:
                told = json.loads(pipe.read() or b'{"error": "no word"}')
            wrong = [str(answer)[:200] for answer in told.get("value") or () if answer not in known]
            wrong += [told["error"]] if "error" in told else []
            readers.add("every answer of one generation", "; ".join(wrong))
    return [builders, readers]


def _rebuild(place: Place, home: Path, number: int) -> None:
    """Add two articles, or take them out again, and build the whole anew."""
    engine = place.engine(home)
    if number % 2:
        titles = [f"{Path(name).name}の話" for name in TOWNS if name.startswith("more/")]
        engine.remove(*(article.id for article in engine.articles() if article.title in titles))
    else:
        op_add(place, home)
    engine.build()


def _begin(work: Callable[..., Any], *values: Any) -> Any:
    """Do something in a fork, beside others; return what it writes at its end."""
    reading, writing = os.pipe()
    if not os.fork():
        os.close(reading)
        with contextlib.suppress(BaseException):
            os.write(writing, json.dumps(_in_fork(work, values, None)).encode())
        os._exit(0)
    os.close(writing)
    return open(reading, "rb")


def _both(place: Place, home: Path, *operations: Callable[[Place, Path], None]) -> list[str]:
    pipes = [_begin(operation, place, home) for operation in operations]
    told = []
    for pipe in pipes:
        with pipe:
            told.append(json.loads(pipe.read() or b'{"error": "no word"}').get("error", ""))
    return told


def _read_on(place: Place, home: Path, stop: Path) -> list[Any]:
    """Ask until there is a file; return the different answers."""
    engine = place.engine(home)
    found: list[Any] = []
    while not stop.exists():
        now = engine.generation().number
        told = answers(engine)
        if told not in found and engine.generation().number == now:
            found.append(told)
    return found


def other_times(place: Place, _: int) -> list[Row]:
    """Set the clock back, and take over a home of the version before."""
    from test_ingest import make_old

    row = Row("clock set back, files of the future")
    with place.copied() as home:
        for path in home.rglob("*"):
            os.utime(path, (4e9, 4e9))
        end = apart(_long_ago, place, home)
        wanted = _whole_run(place, "add")[1]["answers"]
        row.add("done", end.error or ("" if end.value == wanted else f"{end.value}"))
    old = Row("a home of the version before")
    with place.copied() as home:
        before = apart(place.look, home).value
        apart(make_old, Home(home))
        end = apart(place.build_and_look, home)
        same = not end.error and end.value["answers"] == before["answers"]
        old.add(
            "taken over", "" if same and end.value["kept"] == before["kept"] else str(end)[:300]
        )
    return [row, old]


def _long_ago(place: Place, home: Path) -> list[Any]:
    real = time.time
    time.time = lambda: real() - 20 * 365 * 86400
    place.engine(home).build()
    op_add(place, home)
    keep(place.engine(home), "昔")
    assert "昔" in kept(home)
    return answers(place.engine(home))


def sample(place: Place, _: int) -> list[Row]:
    """Try a little of most kinds, for CI."""
    return [*kills(place, 12), *damages(place, 40), *full_disks(place, 9), *at_once(place, 2)]


KINDS: dict[str, Callable[[Place, int], list[Row]]] = {
    work.__name__: work
    for work in (kills, damages, full_disks, closed_homes, at_once, other_times, sample)
}

if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]))
    else:
        # The last argument is the folder, or a home in a folder in it.
        where = Path(sys.argv[3])
        there = Place(where if (where / "base").exists() else where.parents[1])
        os.fsync = lambda _: None  # a killed process loses nothing that the kernel has
        with there.copied() as warm:
            there.build_and_look(warm)
        if sys.argv[1] == "after_kill":
            told = [after_kill(there, Path(sys.argv[3]), _whole_run(there, sys.argv[2])[:2])]
        else:
            told = [dataclasses.asdict(row) for row in KINDS[sys.argv[1]](there, int(sys.argv[2]))]
        print(json.dumps(told, ensure_ascii=False))
