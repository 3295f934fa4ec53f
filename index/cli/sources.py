"""The commands that say what is indexed, and those that keep it: ``build``, ``merge``, ``add``, ``remove``, ``watch``, ``backup``, ``restore``."""

import contextlib
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from index import store
from index.cli.terminal import (
    HomeOption,
    JsonOption,
    engine_of,
    print_json,
    progress,
    ready_engine,
    run_build,
)
from index.conversations import Conversations
from index.errors import CorpusError, TenkyoError

QUIET, LATEST = 500, 10_000
"""Milliseconds without a change after which those before are read, and in which they are at the latest."""

_IDS = "外す記事の ID。フィードなら、その URL。"
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="控えのファイル（ZIP）。")]
_PATHS = "記事、フォルダー、ZIP、またはページやフィード（RSS、Atom）の URL。"


def build(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]…", help=_PATHS)] = None,
    shard: Annotated[
        str, typer.Option(metavar="I/N", help="N 台で分けて作るときの、I 番目の分だけ。")
    ] = "1/1",
    take_over: Annotated[
        bool, typer.Option("--take-over", help="保存先にある、ほかのホームの索引と置き換える。")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """索引を作る。フィードの新着も加える。PATH がなければ前回と同じもの、初めてなら付属の記事から。"""
    engine, (at, of) = engine_of(home), _shard(shard)
    told = partial(engine.build, shard=(at, of), take_over=take_over)
    run_build(engine, told, paths or None, as_json=as_json)


def _shard(told: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", told, re.ASCII)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise typer.BadParameter(f"--shard は 1/4 のように書いてください（{told!r}）。")
    return int(match[1]), int(match[2])


def merge(
    parts: Annotated[
        list[Path], typer.Argument(metavar="HOME…", help="--shard で作った索引の置き場所。")
    ],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """分けて作った索引を、読み直さずに一つに合わせる。"""
    with progress() as on_progress:
        number = engine_of(home).join(parts, on_progress=on_progress)
    print_json({"generation": number}) if as_json else print(f"世代 {number} に合わせました。")


def add(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help=_PATHS)],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """記事を索引に加える。"""
    engine = ready_engine(home)
    run_build(engine, engine.add, paths, as_json=as_json)


def remove(
    names: Annotated[list[str], typer.Argument(metavar="ARTICLE_ID…", help=_IDS)],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """記事を索引から外す。元のファイルには触れない。"""
    engine = ready_engine(home)
    run_build(engine, engine.remove, *names, as_json=as_json)


def watch(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER…", help="見張るフォルダー。")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """フォルダーを見張り、ファイルが変わるたびに読み直す。"""
    for folder in folders:
        if not folder.is_dir():
            raise CorpusError(str(folder), "フォルダーではありません。")
    engine = ready_engine(home)
    add = partial(engine.add, folders, watched=True)
    with contextlib.suppress(KeyboardInterrupt):
        _follow(folders, engine.home.path, partial(run_build, engine, add, as_json=as_json))
    print("見張るのを終えました。", file=sys.stderr)


def _follow(folders: Sequence[Path], home: Path, build: Callable[[], None]) -> None:
    """Build at once, and after each change of what is neither hidden nor of the home."""
    from watchfiles import watch

    roots, own = [folder.resolve() for folder in folders], home.resolve()

    def counts(_: object, name: str) -> bool:
        path = Path(name)
        inner = [path.relative_to(root) for root in roots if path.is_relative_to(root)]
        hidden = any(part.startswith(".") for one in inner for part in one.parts)
        return not hidden and not path.is_relative_to(own)

    begun = busy = False
    for changes in watch(
        *roots, watch_filter=counts, step=QUIET, debounce=LATEST,
        rust_timeout=QUIET, yield_on_timeout=True,
    ):  # fmt: skip
        if begun and not changes and not busy:
            continue
        begun, was_busy = True, busy
        try:
            build()
            busy = False
        except TenkyoError as exc:
            busy = isinstance(exc.__cause__, BlockingIOError)  # another build: again after that
            if not (busy and was_busy):
                print(f"tenkyo: {exc}", file=sys.stderr)


def backup(file: FileArgument, home: HomeOption = None) -> None:
    """索引、加えたファイル、会話の控えを、一つのファイルに取る。使っているあいだも取れる。"""
    with progress() as report:
        size = store.write_backup(engine_of(home).home, file, report)
    print(f"控えを {file} に取りました（{size / 1e6:.1f} MB）。")


def restore(
    file: FileArgument,
    force: Annotated[
        bool, typer.Option("--force", help="すでに索引があっても、控えの索引に替える。")
    ] = False,
    home: HomeOption = None,
) -> None:
    """控えを戻す。いまの会話は残る。いまの索引には `tenkyo rollback` で戻せる。"""
    engine = engine_of(home)
    engine.check_writer()
    place = engine.home
    conversations = Conversations(place.path / "conversations.sqlite")
    with progress() as report:
        number = store.restore(place, file, conversations.take, report, force=force)
        engine.publish(report)
    print(f"控えの索引を、世代 {number} として使い始めました。")
