"""The commands ``tenkyo evaluate``."""

from pathlib import Path
from typing import Annotated

import typer

from index import evaluate
from index.cli.options import HomeOption, JsonOption, engine_of, settings_of
from index.cli.terminal import print_figures, print_refusal, progress

app = typer.Typer(help="検索と回答を測る。", no_args_is_help=True)


@app.command("retrieval")
def evaluate_retrieval(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="BEIR 形式のフォルダー。")],
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """検索を BEIR 形式の課題で測る。索引は使い捨て。"""
    with progress() as report:
        figures = evaluate.measure_retrieval(folder, settings_of(home), on_progress=report)
    print_figures(figures, as_json=as_json)


@app.command("answers")
def evaluate_answers(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="質問の JSONL（question, evidence, answer）。")
    ],
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """いまの索引への質問と回答を測る。"""
    with progress() as report:
        figures = evaluate.measure_answers(file, engine_of(home), on_progress=report)
    print_figures(figures, as_json=as_json)


@app.command("refusal")
def evaluate_refusal(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="BEIR 形式のフォルダー（queries に answers）。")
    ],
    sample: Annotated[int, typer.Option(min=1, help="種類ごとの質問の数の上限。")] = 1000,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="リスク・カバレッジ曲線と信頼度図。")
    ] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """答えのない質問を断れるかと、確信度の当てになる度合いを測る。索引は使い捨て。"""
    if plot:
        evaluate.check_plot(plot)
    with progress() as report:
        outcomes = evaluate.ask_in_kinds(
            folder, settings_of(home), sample=sample, on_progress=report
        )
    print_refusal(evaluate.summarise(outcomes), as_json=as_json)
    if plot:
        evaluate.plot_refusal(outcomes, plot)


@app.command("encoder")
def evaluate_encoder(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """既定のモデルの速さを、同じ重みの torch（fp32）と比べる。一分ほどかかる。"""
    from index.encoder import benchmark  # needs torch

    print_figures(benchmark.measure(settings_of(home).cache), as_json=as_json)
