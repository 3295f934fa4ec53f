"""The command ``tenkyo``: results on stdout, progress and logs on stderr.

Exit status: 0, 1 with one line on a TenkyoError, 2 on misuse.
"""

import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from index import answers, schema
from index.cli import bench, drafts, measures, sources
from index.cli.terminal import (
    HomeOption,
    JsonOption,
    announce,
    engine_of,
    origin,
    print_answer,
    print_explanation,
    print_json,
    print_status,
    print_undated,
    ready_engine,
    run_build,
    settings_of,
)
from index.conversations import Conversations, feedback_lines
from index.engine import Engine
from index.errors import QuestionError, SettingsError, StoreError, TenkyoError
from index.evaluate import read_lines
from index.exports.words import words_for
from index.records import Filter
from index.users import add_user, check_name

app = typer.Typer(
    name="tenkyo",
    help="記事に質問し、一文ごとに出典の付いた答えを得る。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
users = typer.Typer(help="サインインする利用者を決める。", no_args_is_help=True)
app.add_typer(measures.app, name="evaluate")
app.add_typer(users, name="user")
for command in (sources.build, sources.merge, sources.add, sources.remove, sources.watch, drafts.check, drafts.recheck, bench.bench,
                measures.train_reader, sources.backup, sources.restore):  # fmt: skip
    app.command()(command)

_QUESTION = typer.Argument(
    metavar="QUESTION",
    help="質問。",
    # Read as UTF-8, also where the locale says otherwise (LANG=C).
    parser=lambda question: os.fsencode(question).decode("utf-8", "surrogateescape"),
)
QuestionArgument = Annotated[str, _QUESTION]
SinceOption = Annotated[str | None, typer.Option(help="この日以後の記事だけ（YYYY-MM-DD）。")]
UntilOption = Annotated[str | None, typer.Option(help="この日以前の記事だけ（YYYY-MM-DD）。")]
PublisherOption = Annotated[
    list[str] | None, typer.Option(help="この発行元の記事だけ。繰り返せる。")
]
ArticleOption = Annotated[list[str] | None, typer.Option(help="この ID の記事だけ。繰り返せる。")]
UndatedOption = Annotated[
    bool, typer.Option("--undated", help="--since や --until でも、日付のない記事を含める。")
]
FILTER = {"since", "until", "publisher", "article", "undated"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and turn a TenkyoError into one line and exit status 1."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app(args=list(sys.argv[1:] if arguments is None else arguments), prog_name="tenkyo")
    except TenkyoError as exc:
        print(f"tenkyo: {exc}", file=sys.stderr)
        sys.exit(1)


@app.command()
def rollback(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """索引を一つ前の世代に戻す。"""
    number = engine_of(home).rollback()
    print_json({"generation": number}) if as_json else print(f"世代 {number} に戻しました。")


@app.command()
def verify(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """索引のすべてのファイルを、記録した検査値と比べる。"""
    found = ready_engine(home).status()
    names = ("generation", "intact", "damaged")
    if as_json:
        print_json({name: answers.status_json(found)[name] for name in names})
    elif not found.damaged:
        print(f"世代 {found.generation} に異常はありません。")
    if found.damaged:
        raise StoreError(
            f"記録と違うファイルがあります: {', '.join(found.damaged)}。"
            "`tenkyo build` で直してください。"
        )


@app.command()
def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """索引の世代、件数、モデル、大きさ、検査値を示す。"""
    found = ready_engine(home).status()
    print_json(answers.status_json(found)) if as_json else print_status(found)


@app.command()
def search(
    question: QuestionArgument,
    top_k: Annotated[int, typer.Option("-k", "--top-k", min=1, max=1000, help="件数。")] = 10,
    since: SinceOption = None,
    until: UntilOption = None,
    undated: UndatedOption = False,
    publisher: PublisherOption = None,
    article: ArticleOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """質問に近い一節を、近い順に示す。"""
    engine = ready_engine(home)
    filter = _filter(since, until, undated, publisher, article)
    for hit in engine.search(question, top_k=top_k, filter=filter):
        found = answers.hit_of(hit, engine)
        if as_json:
            print_json(found.as_json(paths=True))
        else:
            print(f"{hit.rank}. {origin(found.passage)}  ({hit.score:.3f})\n{found.passage.text}\n")
    if not as_json:
        print_undated(engine.generation().undated(filter))


@app.command()
def ask(
    question: Annotated[str | None, _QUESTION] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            help="一行一問の JSONL（id, question, previous, since, until, publisher, article, undated）。"
        ),
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    undated: UndatedOption = False,
    publisher: PublisherOption = None,
    article: ArticleOption = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="順位、文の選び方、確信度の内訳も示す。")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """質問に、出典の付いた答えを返す。"""
    if (question is None) == (batch is None):
        raise typer.BadParameter("QUESTION か --batch のどちらか一つを指定してください。")
    engine = ready_engine(home)
    filter = _filter(since, until, undated, publisher, article)
    if batch:
        for line in _ask_batch(engine, batch, filter, explain=explain):
            print_json(line)
        return
    answer = answers.ask(engine, question or "", filter=filter, explain=explain)
    if as_json:
        print_json(answer.as_json(paths=True))
        return
    print_answer(answer)
    if answer.explanation:
        print_explanation(answer.explanation.as_json())


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(metavar="ARTICLE_ID", help="記事の ID。")],
    losses: Annotated[
        bool, typer.Option("--losses", help="本文の代わりに、本文に入れなかったものを示す。")
    ] = False,
    home: HomeOption = None,
) -> None:
    """索引にある記事の本文を、そのまま出力する（末尾の改行も足さない）。"""
    article = ready_engine(home).article(article_id)
    if not losses:
        sys.stdout.write(article.text)
        return
    for loss in article.losses:
        print(f"── {words_for('ja').loss(loss.kind)}\n{loss.text}")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="待ち受けるアドレス。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="待ち受けるポート。", min=1, max=65535)] = 7860,
    public: Annotated[
        bool, typer.Option("--public", help="サインインなしで、この機械の外にも開く。")
    ] = False,
    home: HomeOption = None,
) -> None:
    """チャットを開く。索引がなければ、先に付属の記事から作る。"""
    from index.server import check_host
    from index.server import serve as serve_web

    engine = engine_of(home)
    check_host(host, engine.settings, public=public)  # before a build that may take a while
    if engine.needs_build():
        run_build(engine, engine.build, as_json=False)
    serve_web(engine, host=host, port=port, public=public, on_ready=announce)


@app.command()
def feedback(home: HomeOption = None) -> None:
    """チャットで付けた出典の当たり外れを、評価用の質問集（JSONL）にして出力する。"""
    kept = Conversations(engine_of(home).settings.home / "conversations.sqlite")
    for line in feedback_lines(kept.judged()):
        print(json.dumps(line, ensure_ascii=False))


@users.callback()
def user() -> None:
    """サインインする利用者を決める。"""  # or typer makes the only command the group itself


@users.command("add")
def user_add(name: Annotated[str, typer.Argument(metavar="NAME", help="利用者の名前。")]) -> None:
    """利用者を加える。すでにいる利用者なら、パスワードを変える。"""
    path = settings_of(None).auth_file
    if path is None:
        raise SettingsError(
            "利用者のファイルの置き場所を、先に TENKYO_AUTH_FILE に指定してください。"
        )
    check_name(name)  # before anything is asked
    password = typer.prompt("パスワード", hide_input=True, confirmation_prompt="もう一度")
    add_user(path, name, password)
    print(f"{name} を {path} に加えました。")


def _filter(
    since: str | None,
    until: str | None,
    undated: bool,
    publisher: list[str] | None,
    article: list[str] | None,
) -> Filter:
    days = {"since": since, "until": until, "undated": undated}
    return answers.read_filter(days | {"publisher": publisher, "article": article})


def _ask_batch(
    engine: Engine, path: Path, filter: Filter, *, explain: bool
) -> Iterator[dict[str, Any]]:
    """Answer a file's questions in order; one that cannot be asked is answered with its error."""
    for line in list(read_lines(path)):  # a broken file is refused before the first
        identity = {"id": line["id"]} if "id" in line else {}
        try:
            asked = answers.read_filter(line) if FILTER & line.keys() else filter
            question, previous = (answers.read_text(line, n) for n in ("question", "previous"))
            answer = answers.ask(
                engine, question or "", previous=previous, filter=asked, explain=explain
            )
            payload = answer.as_json(paths=True)
        except QuestionError as exc:
            payload = {
                "schema": schema.VERSION,
                "question": line.get("question"),
                "error": str(exc),
            }
        yield identity | payload
