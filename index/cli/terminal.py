"""What the commands share: options, results on stdout, progress bars on stderr."""

import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from index.answers import build_json
from index.engine import Engine
from index.exports.words import words_for
from index.reports import BuildReport, Progress, Status
from index.schema import VERSION, Answer, Citation, Passage
from index.settings import Settings
from index.text.characters import one_line

HomeOption = Annotated[Path | None, typer.Option("--home", help="索引のフォルダー。")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON で出力する。")]

STAGES = {
    "unpack": "モデルを展開",
    "fetch": "取りに行く",
    "read": "記事を読む",
    "encode": "ベクトル化",
    "write": "保存",
    "store": "保存先に書く",
    "suggest": "質問を用意",
    "join": "合わせる",
    "compare": "記事を比較",
    "merge": "整理",
    "backup": "控えを取る",
    "check": "読み返す",
    "restore": "控えを戻す",
    "drafts": "原稿を読む",
    "ask": "質問",
    "search": "負例を探す",
    "train": "訓練",
    "speed": "モデルの速さ",
    "bench": "索引の大きさ",
    "peers": "ほかの検索",
}
PARTS = {
    "passage": "一節",
    "sentence": "文",
    "terms": "単語",
    "bigrams": "二文字",
    "reading": "読解",
    "retrieved": "検索",
    "nearness": "話題の近さ",
    "bias": "定数",
}
KINDS = {
    "date": "日付や時期",
    "person": "人",
    "reason": "理由",
    "number": "数",
    "country": "国",
    "place": "場所",
}


def settings_of(home: Path | None) -> Settings:
    """Read the settings; ``--home`` wins. Raises SettingsError."""
    return Settings.from_env(os.environ, home=home)


def engine_of(home: Path | None) -> Engine:
    """Open the engine on a home. Raises SettingsError."""
    return Engine(settings_of(home))


def ready_engine(home: Path | None) -> Engine:
    """Open the engine on a home; an index that an earlier version made is taken over first."""
    engine = engine_of(home)
    if not engine.settings.store and engine.home.outdated():
        print("前の版で作った索引を、この版の形に作り直します。", file=sys.stderr)
        with progress() as on_progress:
            engine.build(on_progress=on_progress)
    return engine


def print_json(payload: dict[str, Any]) -> None:
    """Print one JSON object on one line, with the schema first."""
    print(json.dumps({"schema": VERSION} | payload, ensure_ascii=False), flush=True)


def run_build(
    engine: Engine, change: Callable[..., BuildReport], *what: Any, as_json: bool
) -> None:
    """Change the index, with progress bars, print what that did, and then merge small segments."""
    with progress() as on_progress:
        report = change(*what, on_progress=on_progress)
    print_json(build_json(report)) if as_json else _print_report(report)
    with progress() as on_progress:
        engine.merge(on_progress=on_progress)


def _print_report(report: BuildReport) -> None:
    print(
        f"世代 {report.generation}: 記事 {report.articles}、一節 {report.passages}"
        f"（新しく {report.embedded}、再利用 {report.reused}）、外れた記事 {report.removed}、"
        f"{report.seconds:.1f} 秒"
    )
    for skipped in report.skipped:
        print(f"  除外: {skipped.path}: {skipped.reason}")
    if report.losses:
        print(words_for("ja").left_out(report.losses))


def print_status(status: Status) -> None:
    """Print what a home holds."""
    damaged = ", ".join(status.damaged)
    print(f"場所      {status.store or status.home}")
    print(f"世代      {status.generation}")
    print(f"記事      {len(status.articles)}（一節 {status.passages}、文 {status.sentences}）")
    print(f"モデル    {status.encoder}")
    print(f"大きさ    {status.bytes / 1e6:.1f} MB")
    print(f"検査値    {f'不一致: {damaged}' if damaged else 'すべて一致'}")
    if not status.usable:
        print("別のモデルか版で作られています。`tenkyo build` で作り直してください。")
    for article in status.articles:
        print(f"  {article.id}  {article.title or article.source}")


def print_undated(count: int) -> None:
    """Print how many articles a filter left out for want of a date, if any."""
    if count:
        print(f"\n日付のない記事 {count} 本は範囲に入っていません。--undated で含められます。")


def print_answer(answer: Answer) -> None:
    """Print an answer with its citations, or a refusal with what is near."""
    if told := words_for("ja").wrote(answer):
        print(f"{told}\n")
    _print_text(answer)
    print_undated(answer.undated)
    for citation in answer.citations:
        print(f"\n[{citation.number}] {origin(citation)}\n    「{citation.quote}」")
        if turned := words_for("ja").turned(citation):
            print(f"    {one_line(turned)}")
        for place in (citation, *citation.carriers):
            print(f"    {place.article_id} {place.start}–{place.end} 文字")
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
    page = place.page and f"p. {place.page}"
    outlets = words_for("ja").outlets(place) or place.publisher
    parts = (place.title or place.source, outlets, day, heading, page)
    return " / ".join(part for part in parts if part)


def print_explanation(explanation: Mapping[str, Any]) -> None:
    """Print the sums behind ranking, choice and confidence: each with its parts, the greatest first."""
    words = " ".join(
        f"{t['word']}({t['rarity']:.1f}{'' if t['known'] else '、記事に無い'})"
        for t in explanation["terms"]
    )
    unit, kind = explanation["unit"], explanation["kind"]
    asked = (unit and f"何{unit}") or KINDS.get(kind, "とくに無し")
    print(f"\n── 質問の読み方\n言語 {explanation['language']}、問われた種類 {asked}")
    told = f"（{explanation['told_by']}）" if explanation["told_by"] else ""
    print(f"答えの形 {explanation['form']}{told}\n語（珍しさ） {words}")
    print("\n── 一節の順位（見方の和）")
    for hit in explanation["passages"]:
        print(f"{hit['rank']}. {hit['score']:+.2f} = {_sum(hit['views'])}")
        print(f"   {_short(hit['passage']['text'])}")
    print("\n── 文の選び方（検索の点と確率の対数の和、* は引用した文）")
    for s in explanation["sentences"]:
        mark = "*" if s["chosen"] else " "
        print(f"{mark} {s['score']:+.2f} = {_sum(s['signals'])}")
        print(f"   一節 {s['rank']}: {_short(s['text'])}")
    trust, bar = explanation["trust"], explanation["answer_from"]
    print("\n── 答えるかどうか（対数オッズ）")
    print(f"{sum(trust.values()):+.2f} = {_sum(trust)}")
    print(
        f"確信度 {explanation['confidence']:.2f}、答える基準 {bar:.2f}"
        f"（和では {math.log(bar / (1 - bar)):+.2f}）"
    )


def _sum(parts: Mapping[str, float]) -> str:
    """Write the parts of a sum that are not nothing."""
    told = sorted(parts.items(), key=lambda part: -abs(part[1]))
    return "  ".join(f"{PARTS.get(name, name)} {added:+.2f}" for name, added in told if added)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:60]}…"


def announce(address: str) -> None:
    """Print where the chat is."""
    print(f"典拠 Tenkyo: {address} をブラウザーで開いてください（終了は Ctrl-C）。", flush=True)


@contextmanager
def progress() -> Iterator[Callable[[Progress], None]]:
    """Show progress bars on stderr, one a stage."""
    from rich import progress as rich_progress
    from rich.console import Console

    bars = rich_progress.Progress(
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TimeRemainingColumn(),
        rich_progress.TextColumn("{task.fields[name]}", markup=False),
        console=Console(stderr=True),
    )
    tasks: dict[str, Any] = {}

    def report(progress: Progress) -> None:
        stage = progress.stage
        if stage not in tasks and progress.total:
            bars.start()
            tasks[stage] = bars.add_task(STAGES.get(stage, stage), total=progress.total, name="")
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
