"""The command ``tenkyo train-reader``."""

import os
from pathlib import Path
from typing import Annotated

import typer

from index.cli.options import settings_of
from index.cli.terminal import progress


def train_reader(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA", help="passages.jsonl.gz と questions.jsonl.gz のあるフォルダー。"
        ),
    ],
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="重みと途中経過を置くフォルダー。")
    ] = Path("reader-training"),
    validation: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="測るための BEIR 形式のフォルダー。繰り返せる。"),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="学習の回数。")] = 12000,
    resume: Annotated[bool, typer.Option("--resume", help="途中から続ける。")] = False,
) -> None:
    """読解モデルを訓練する。数時間かかる。"""
    # Before torch is imported: threads that wait must not take time from what they wait for.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from index.training import Plan, train_reader

    with progress() as report:
        train_reader(
            data,
            out,
            settings_of(None),
            plan=Plan(steps),
            validation=validation or (),
            resume=resume,
            on_progress=report,
        )
    print(f"重みを {out} に書きました。")
