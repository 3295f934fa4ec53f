"""The commands ``tenkyo evaluate`` and ``tenkyo train-reader``."""

import contextlib
import itertools
import math
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from index import evaluate
from index.cli.terminal import (
    HomeOption,
    JsonOption,
    print_json,
    progress,
    ready_engine,
    settings_of,
)
from index.evaluate import PartName, Run, Subject

app = typer.Typer(help="検索と回答を測る。", no_args_is_help=True)

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
    ask: Callable[..., Run],
    save: Path | None,
    against: Path | None,
    as_json: bool,
) -> None:
    """Ask, compare, save and print; what cannot be read or written is told before the asking."""
    earlier = evaluate.load_run(against, subject) if against else None
    if save:
        evaluate.check_save(save)
    with progress() as report:
        run = ask(on_progress=report)
    if save:
        evaluate.save_run(save, subject, run)
    summary = evaluate.summarise(run, earlier)
    print_json(summary) if as_json else _print_summary(summary)


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
    ask = partial(evaluate.rank_questions, folder, settings_of(home), part=part)
    subject = Subject("retrieval", evaluate.digest(folder), part)
    _measure(subject, ask, save, against, as_json)


@app.command("answers")
def evaluate_answers(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="質問の JSONL（id, question, evidence, answer, lang, type）。"
        ),
    ],
    part: PartOption = None,
    corpus: Annotated[
        str, typer.Option(help="corpus に名のある質問のうち、この名のものだけ。")
    ] = "seeds",
    save: SaveOption = None,
    against: AgainstOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """いまの索引への質問と回答を測る。"""
    ask = partial(evaluate.ask_questions, file, ready_engine(home), part=part, corpus=corpus)
    _measure(Subject("answers", evaluate.digest(file), part), ask, save, against, as_json)


@app.command("refusal")
def evaluate_refusal(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="BEIR 形式のフォルダー（queries に answers）。")
    ],
    sample: Annotated[int, typer.Option(min=1, help="種類ごとの質問の数の上限。")] = 1000,
    part: PartOption = None,
    save: SaveOption = None,
    against: AgainstOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """答えのない質問を断れるかと、確信度の当てになる度合いを測る。索引は使い捨て。"""
    ask = partial(evaluate.ask_in_kinds, folder, settings_of(home), sample=sample, part=part)
    subject = Subject("refusal", evaluate.digest(folder), part, sample)
    _measure(subject, ask, save, against, as_json)


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
    ask = partial(evaluate.ask_news, folder, settings_of(home), claims=claims)
    subject = Subject("claims" if claims else "news", evaluate.digest(folder))
    _measure(subject, ask, save, against, as_json)


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


def _print_summary(summary: dict[str, Any]) -> None:
    """Print figures with their intervals: tables by kind, what concerns all kinds, comparisons."""
    kinds, overall = summary["kinds"], summary["overall"]
    for names, group in itertools.groupby(kinds.items(), lambda kind: tuple(kind[1])):
        print(f"{'':20}{'questions':>10}" + "".join(f"{name:>24}" for name in names[1:]))
        for kind, of in group:
            cells = "".join(f"{_figure(of[name]):>24}" for name in names[1:])
            print(f"{kind:20}{of['questions']:10}{cells}")
        print()
    for name, figure in overall.items():
        print(f"{name:24}{_figure(figure)}")
    for name, value in summary.items():
        if name not in {"kinds", "overall", *overall}:
            print(f"{name:24}{value:.4g}")
    _print_comparison(kinds | {"overall": overall})


def _print_comparison(sections: dict[str, dict[str, Any]]) -> None:
    """Print each figure that is compared: before, now, and the difference with its interval."""
    compared = [
        (section, name, figure)
        for section, of in sections.items()
        for name, figure in of.items()
        if isinstance(figure, dict) and "against" in figure
    ]
    if compared:
        print(f"\n{'':44}{'before':>8}{'now':>8}   difference")
    for section, name, figure in compared:
        was = figure["against"]
        before, now = ("–" if v is None else f"{v:.3f}" for v in (was["value"], figure["value"]))
        difference = "–"
        if was["difference"] is not None:
            interval = f"[{was['low']:+z.3f}, {was['high']:+z.3f}]"
            mark = "" if was["differs"] else "  差なし"
            difference = f"{was['difference']:+z.3f} {interval}{mark}"
        print(f"{section:20}{name:24}{before:>8}{now:>8}   {difference}")


def _figure(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return "–"
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"
