"""The commands ``tenkyo evaluate``."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from index import evaluate
from index.cli.options import HomeOption, JsonOption, engine_of, settings_of
from index.cli.terminal import print_figures, print_summary, progress
from index.evaluate import (
    PartName,
    Run,
    Subject,
    ask_in_kinds,
    ask_news,
    ask_questions,
    rank_questions,
)
from index.records import Progress

app = typer.Typer(help="検索と回答を測る。", no_args_is_help=True)

AnswersArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="BEIR 形式のフォルダー（queries に answers）。")
]
PartOption = Annotated[
    PartName | None, typer.Option(help="調整用（tune）か報告用（report）の質問だけ。")
]
SaveOption = Annotated[
    Path | None, typer.Option(metavar="FILE.json", help="質問ごとの結果を保存する。")
]
AgainstOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE.json", help="--save で保存した結果と、質問ごとに比べる。"),
]


def _measure(
    subject: Subject,
    ask: Callable[[Callable[[Progress], None]], Run],
    *,
    save: Path | None,
    against: Path | None,
    as_json: bool,
) -> Run:
    """Ask, compare, save and print; what cannot be read or written is told before the asking."""
    earlier = evaluate.load_run(against, subject) if against else None
    if save:
        evaluate.check_save(save)
    with progress() as report:
        run = ask(report)
    if save:
        evaluate.save_run(save, subject, run)
    print_summary(evaluate.summarise(run, earlier), as_json=as_json)
    return run


@app.command("retrieval")
def evaluate_retrieval(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="BEIR 形式のフォルダー。")],
    part: PartOption = None,
    save: SaveOption = None,
    against: AgainstOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """検索を BEIR 形式の課題で測る。索引は使い捨て。"""
    _measure(
        Subject("retrieval", evaluate.digest(folder), part),
        lambda report: rank_questions(folder, settings_of(home), part=part, on_progress=report),
        save=save,
        against=against,
        as_json=as_json,
    )


@app.command("answers")
def evaluate_answers(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="質問の JSONL（id, question, evidence, answer, lang, type）。"
        ),
    ],
    part: PartOption = None,
    save: SaveOption = None,
    against: AgainstOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """いまの索引への質問と回答を測る。"""
    _measure(
        Subject("answers", evaluate.digest(file), part),
        lambda report: ask_questions(file, engine_of(home), part=part, on_progress=report),
        save=save,
        against=against,
        as_json=as_json,
    )


@app.command("refusal")
def evaluate_refusal(
    folder: AnswersArgument,
    sample: Annotated[int, typer.Option(min=1, help="種類ごとの質問の数の上限。")] = 1000,
    part: PartOption = None,
    save: SaveOption = None,
    against: AgainstOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """答えのない質問を断れるかと、確信度の当てになる度合いを測る。索引は使い捨て。"""
    _measure(
        Subject("refusal", evaluate.digest(folder), part, sample),
        lambda report: ask_in_kinds(
            folder, settings_of(home), sample=sample, part=part, on_progress=report
        ),
        save=save,
        against=against,
        as_json=as_json,
    )


@app.command("news")
def evaluate_news(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="newsqa の形のフォルダー（articles、twins、claims）。"),
    ],
    claims: Annotated[
        bool, typer.Option("--claims", help="質問の代わりに、主張の正否を判定する。")
    ] = False,
    save: SaveOption = None,
    against: AgainstOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """答えのある記事と、一か所を変えて答えのなくなった記事に同じ質問をして、読解を測る。索引は使い捨て。"""
    _measure(
        Subject("claims" if claims else "news", evaluate.digest(folder)),
        lambda report: ask_news(folder, settings_of(home), claims=claims, on_progress=report),
        save=save,
        against=against,
        as_json=as_json,
    )


@app.command("encoder")
def evaluate_encoder(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """既定のモデルの速さを、同じ重みの torch（fp32）と比べる。一分ほどかかる。"""
    from index.encoder.load import measure

    print_figures(measure(settings_of(home).cache), as_json=as_json)
