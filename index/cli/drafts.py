"""The commands ``tenkyo check`` and ``tenkyo recheck``."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from index import answers, checking, exports, schema
from index.checked import Check
from index.cli.terminal import HomeOption, JsonOption, origin, print_json, progress, ready_engine
from index.engine import Engine
from index.errors import CorpusError, QuestionError, StoreError, cause
from index.evaluate import read_lines
from index.reports import OnProgress, Progress
from index.text.characters import one_line

STATES = {
    "unchanged": "そのまま",
    "moved": "場所が変わった",
    "altered": "言葉が変わった",
    "gone": "なくなった",
}
WRITERS = {".md": exports.check_markdown, ".html": exports.check_html, ".txt": exports.check_text}


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="原稿（.docx .md .txt など）。")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="書き出すファイル（.md .html .txt、.docx は注釈付き）。"),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """原稿を、記事と一文ずつ突き合わせる。"""
    if out and out.suffix.lower() not in {*WRITERS, ".docx"}:
        raise typer.BadParameter("--out は .md .html .txt .docx のどれかにしてください。")
    engine, draft = ready_engine(home), checking.read_draft(file)
    with progress() as report:
        found = _checked(engine, draft.text, report)
    if out:
        _write(out, found)
    elif as_json:
        print_json(found.as_json(paths=True))
    else:
        print(exports.check_text(found), end="")


def _checked(engine: Engine, draft: str, report: OnProgress) -> Check:
    found = None
    for found in answers.check_steps(engine, draft):
        report(Progress("drafts", len(found.sentences), found.total))
    if found is None:
        raise QuestionError("原稿が空です。")
    return found


def _write(path: Path, found: Check) -> None:
    writer = WRITERS.get(path.suffix.lower())
    content = writer(found).encode() if writer else exports.check_docx(found)
    try:
        path.write_bytes(content)
    except OSError as exc:
        raise StoreError(f"書き込めません（{cause(exc)}）。", at=path) from exc
    print(f"{path} に書きました。")


def recheck(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="ask や check の --json の出力（一行に一つ）。")
    ],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """前に作った引用が、いまの記事にそのままあるかを調べる。"""
    engine, told = ready_engine(home), []
    for line in list(read_lines(file)):
        try:
            citations = [schema.Citation.model_validate(c) for c in line["citations"]]
        except (LookupError, TypeError, ValueError) as exc:
            raise CorpusError(str(file), "典拠の答えの JSON ではありません。") from exc
        told += [(c, engine.recheck(c)) for c in citations]
    states = Counter(living.state for _, living in told)
    if as_json:
        found = [{"number": c.number, "quote": c.quote} | asdict(living) for c, living in told]
        print_json({"counts": states, "citations": found})
        return
    print("、".join(f"{STATES[name]} {states[name]}" for name in STATES))
    for c, living in told:
        if living.state != "unchanged":
            print(
                f"\n[{c.number}] {STATES[living.state]}　{origin(c)}\n    「{one_line(c.quote)}」"
            )
        text = engine.article(living.article_id).text if living.state == "altered" else ""
        if text:
            print(f"  → 「{one_line(text[living.start : living.end])}」")
