"""Options that every command has, and what they lead to."""

import os
from pathlib import Path
from typing import Annotated

import typer

from index.engine import Engine
from index.settings import Settings

HomeOption = Annotated[Path | None, typer.Option("--home", help="索引のフォルダー。")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON で出力する。")]


def settings_of(home: Path | None) -> Settings:
    """Read the settings; ``--home`` wins.

    Raises:
        SettingsError: A TENKYO_ variable is misspelt, or empty.
    """
    return Settings.from_env(os.environ, home=home)


def engine_of(home: Path | None) -> Engine:
    """Open the engine on a home. Raises as ``settings_of``."""
    return Engine(settings_of(home))
