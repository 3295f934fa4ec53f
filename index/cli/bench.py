"""The command ``tenkyo bench``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from index import bench as benchmarks
from index.cli.terminal import HomeOption, JsonOption, print_json, progress, settings_of
from index.errors import TenkyoError

SIZES = "300,1000,3000"
"""Passages: two minutes on two cores that have nothing else to do."""


def _sizes(text: str) -> tuple[int, ...]:
    try:
        sizes = tuple(map(int, text.split(",")))
    except ValueError:
        sizes = (0,)
    if min(sizes) < 1:
        raise typer.BadParameter(f"{text!r} は 1000,10000 のような正の整数の並びにしてください。")
    return sizes


def bench(
    sizes: Annotated[
        Any, typer.Option(metavar="N,N…", parser=_sizes, help="索引の大きさ（一節の数）。")
    ] = SIZES,
    corpus: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="索引の文のもとにする記事。なければ付属の記事。"),
    ] = None,
    peers: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", exists=True, help="BEIR 形式の課題で、ほかのライブラリーとも比べる。"
        ),
    ] = None,
    sample: Annotated[int, typer.Option(min=1, help="--peers の質問の数。")] = 100,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="大きさに応じた増え方の図。")
    ] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """速さ、メモリー、ディスクを、索引の大きさを変えて測る。二分ほどかかる。索引は使い捨て。"""
    if plot and len(set(sizes)) < 2:
        raise typer.BadParameter("--plot には、二つ以上の大きさを --sizes に指定してください。")
    settings, found = settings_of(home), {"machine": benchmarks.machine()}
    with progress() as report:
        found["encoder"] = benchmarks.measure_encoder(settings.cache, on_progress=report)
        growth = benchmarks.measure_growth(settings, sizes, corpus=corpus, on_progress=report)
        found["growth"] = growth
        if peers:  # last, for it changes how many threads torch has
            found["peers"] = benchmarks.compare(peers, settings, sample=sample, on_progress=report)
    if plot:
        _write(plot, benchmarks.draw(growth))
    print_json(found) if as_json else _print(found)


def _write(path: Path, drawing: str) -> None:
    try:
        path.write_text(drawing, encoding="utf-8")
    except OSError as exc:
        raise TenkyoError(f"{path} に書けません（{exc.strerror}）。") from exc


def _print(found: Mapping[str, Any]) -> None:
    machine = found["machine"]
    flags = " ".join(machine["flags"]) or "–"
    print(f"{machine['processor']}, cores {machine['cores']}, {flags}, load {machine['load']}")
    _print_table({"encoder": found["encoder"]})
    _print_table(found["growth"])
    if "peers" in found:
        _print_table(found["peers"])


def _print_table(columns: Mapping[str, Mapping[str, float | None]]) -> None:
    """Print a line a figure, a column a size, library or whatever was measured."""
    width = max(12, *(len(name) + 2 for name in columns))
    names = list(dict.fromkeys(name for figures in columns.values() for name in figures))
    print(f"\n{'':32}" + "".join(f"{name:>{width}}" for name in columns))
    for name in names:
        cells = (_figure(figures.get(name)) for figures in columns.values())
        print(f"{name:32}" + "".join(f"{cell:>{width}}" for cell in cells))


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
