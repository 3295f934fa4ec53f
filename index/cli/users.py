"""The commands ``tenkyo user``."""

from typing import Annotated

import typer

from index.cli.options import settings_of
from index.errors import SettingsError
from index.users import add_user, check_name

app = typer.Typer(help="サインインする利用者を決める。", no_args_is_help=True)


@app.callback()
def users() -> None:
    """サインインする利用者を決める。"""  # or typer makes the only command the group itself


@app.command("add")
def add(name: Annotated[str, typer.Argument(metavar="NAME", help="利用者の名前。")]) -> None:
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
