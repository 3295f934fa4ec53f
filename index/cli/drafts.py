"""The command ``tenkyo check``."""

from pathlib import Path
from typing import Annotated

import typer

from index import answers, checking, exports
from index.checked import Check
from index.cli.terminal import HomeOption, JsonOption, print_json, progress, ready_engine
from index.engine import Engine
from index.errors import QuestionError, StoreError, cause
from index.reports import OnProgress, Progress

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
