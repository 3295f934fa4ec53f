"""What a person or a program sees of the command: results on stdout, progress bars on stderr."""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from index.answers import build_json
from index.legible import one_line
from index.records import BuildReport, Progress
from index.schema import VERSION, Answer, Citation, Passage

_STAGES = {
    "unpack": "モデルを展開",
    "read": "記事を読む",
    "encode": "ベクトル化",
    "write": "保存",
    "ask": "質問",
    "search": "負例を探す",
    "train": "訓練",
}


def print_json(payload: dict[str, Any]) -> None:
    """Print one JSON object on one line, with the schema first."""
    print(json.dumps({"schema": VERSION} | payload, ensure_ascii=False), flush=True)


def print_build(report: BuildReport, *, as_json: bool) -> None:
    """Print what a build did."""
    if as_json:
        print_json(build_json(report))
        return
    print(
        f"世代 {report.generation}: 記事 {report.articles}、一節 {report.passages}"
        f"（新しく {report.embedded}、再利用 {report.reused}）、外れた記事 {report.removed}、"
        f"{report.seconds:.1f} 秒"
    )
    for skipped in report.skipped:
        print(f"  除外: {skipped.path}: {skipped.reason}")


def print_answer(answer: Answer) -> None:
    """Print an answer with its citations, or a refusal with what is near."""
    _print_text(answer)
    for citation in answer.citations:
        print(f"\n[{citation.number}] {origin(citation)}\n    「{citation.quote}」")
        print(f"    {citation.article_id} {citation.start}–{citation.end} 文字")
    if answer.nearest:
        print("\n近い一節:")
    for passage in answer.nearest:
        print(f"- {origin(passage)}\n  {passage.text[:120]}…")


def _print_text(answer: Answer) -> None:
    """Print the answer's text, on a terminal with the words that answer in bold."""
    if not any(citation.key for citation in answer.citations):
        print(answer.text)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        print(answer.text)
        return
    text, end = Text(answer.text), 0
    for statement in answer.statements:
        before, key, after = answer.parts(statement)
        at = text.plain.find(before + key + after, end)
        if at >= 0:  # Rich takes some control characters out
            start, end = at + len(before), at + len(before + key)
            text.stylize("bold", start, end)
    console.print(text)


def origin(place: Citation | Passage) -> str:
    """Name where a passage or citation comes from, in one line."""
    day = place.published and place.published.isoformat()
    heading = place.heading if isinstance(place, Passage) else None
    parts = (place.title or place.source, place.publisher, day, heading)
    return " / ".join(part for part in parts if part)


def print_figures(figures: Mapping[str, float | None], *, as_json: bool) -> None:
    """Print measures, one a line."""
    if as_json:
        print_json(dict(figures))
        return
    for name, value in figures.items():
        print(f"{name:16} {'–' if value is None else format(value, '.4g')}")


def print_summary(summary: dict[str, Any], *, as_json: bool) -> None:
    """Print figures with their intervals: tables by kind, what concerns all kinds, comparisons."""
    if as_json:
        print_json(summary)
        return
    for names, kinds in itertools.groupby(summary["kinds"].items(), lambda kind: tuple(kind[1])):
        _print_kinds(names[1:], kinds)
    for name, figure in summary["overall"].items():
        print(f"{name:24}{_figure(figure)}")
    for name, value in summary.items():
        if name not in {"kinds", "overall", *summary["overall"]}:
            print(f"{name:24}{value:.4g}")
    _print_comparison({**summary["kinds"], "overall": summary["overall"]})


def _print_kinds(names: Sequence[str], kinds: Iterable[tuple[str, dict[str, Any]]]) -> None:
    print(f"{'':20}{'questions':>10}" + "".join(f"{name:>24}" for name in names))
    for kind, of in kinds:
        print(f"{kind:20}{of['questions']:10}" + "".join(f"{_figure(of[n]):>24}" for n in names))
    print()


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
        values = "".join(f"{_number(v):>8}" for v in (was["value"], figure["value"]))
        print(f"{section:20}{name:24}{values}   {_difference(was)}")


def _difference(was: dict[str, Any]) -> str:
    if was["difference"] is None:
        return "–"
    mark = "" if was["differs"] else "  差なし"
    return f"{was['difference']:+z.3f} [{was['low']:+z.3f}, {was['high']:+z.3f}]{mark}"


def _figure(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return "–"
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def announce(address: str) -> None:
    """Print where the chat is."""
    print(f"典拠 Tenkyo: {address} をブラウザーで開いてください（終了は Ctrl-C）。", flush=True)


@contextmanager
def progress() -> Iterator[Callable[[Progress], None]]:
    """Show progress bars on stderr, one a stage."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}", markup=False),
    )
    bars = Bars(*columns, console=Console(stderr=True))
    tasks: dict[str, Any] = {}

    def report(progress: Progress) -> None:
        stage = progress.stage
        if stage not in tasks and progress.total:
            bars.start()
            tasks[stage] = bars.add_task(_STAGES.get(stage, stage), total=progress.total, name="")
        if stage in tasks:
            name = one_line(progress.name)[:30]
            bars.update(tasks[stage], completed=progress.done, total=progress.total, name=name)

    try:
        yield report
    except KeyboardInterrupt:
        bars.console.print("中断しました。これまでの索引はそのままです。")
        raise
    finally:
        if tasks:
            bars.stop()
