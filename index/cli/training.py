"""The command ``tenkyo train-reader``."""

import contextlib
import math
import os
from pathlib import Path
from typing import Annotated

import typer

from index.cli.options import settings_of
from index.cli.terminal import progress


def train_reader(
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="重みと途中経過を置くフォルダー。")
    ] = Path("reader-training"),
    news: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="newsqa の形のフォルダー。指定しなければ同梱のもの。"),
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=SHARE",
            help="SQuAD か JaQuAD の形のファイルやフォルダーと、その割合。繰り返せる。",
        ),
    ] = None,
    validation: Annotated[
        Path | None, typer.Option(metavar="DIR", help="測るための newsqa の形のフォルダー。")
    ] = None,
    start: Annotated[
        Path | None, typer.Option(metavar="FILE", help="始めの重み（crossencoder.safetensors）。")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="学習の回数。")] = 2200,
    resume: Annotated[bool, typer.Option("--resume", help="途中から続ける。")] = False,
) -> None:
    """読解モデルを訓練する。数時間かかる。"""
    # Before torch is imported: threads that wait must not take time from what they wait for.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from index.training import NEWS, Plan, train_crossencoder

    with progress() as report:
        train_crossencoder(
            out,
            settings_of(None),
            plan=Plan(steps),
            news=news or NEWS,
            sets=[_share(text) for text in sets or ()],
            validation=validation,
            start=start,
            resume=resume,
            on_progress=report,
        )
    print(f"重みを {out} に書きました。")


def _share(text: str) -> tuple[Path, float]:
    path, _, share = text.rpartition("=")
    with contextlib.suppress(ValueError):
        if 0 < float(share) < math.inf:
            return Path(path), float(share)
    raise typer.BadParameter(f"{text!r} は PATH=SHARE の形にし、SHARE は正の数にしてください。")
