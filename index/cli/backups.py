"""The commands ``tenkyo backup`` and ``tenkyo restore``."""

from pathlib import Path
from typing import Annotated

import typer

from index import store
from index.cli.terminal import HomeOption, engine_of, progress
from index.conversations import Conversations

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="控えのファイル（ZIP）。")]


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
    place = engine.home
    conversations = Conversations(place.path / "conversations.sqlite")
    with progress() as report:
        number = store.restore(place, file, conversations.take, report, force=force)
        engine.publish(report)
    print(f"控えの索引を、世代 {number} として使い始めました。")
