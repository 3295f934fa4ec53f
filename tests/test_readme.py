"""The README's commands are the ones that are run."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]


def test_ci_runs_exactly_the_test_command() -> None:
    tests = {command for command in commands() if command.endswith("-m pytest")}
    assert len(tests) == 1
    assert tests.pop() in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_every_command_of_the_readme_exists() -> None:
    from typer.main import get_command

    from index.cli import app

    named = set(re.findall(r"`tenkyo (\w[\w-]*)", (ROOT / "README.md").read_text("utf-8")))
    assert named == set(get_command(app).commands)  # type: ignore[attr-defined]


def test_every_setting_of_the_readme_exists() -> None:
    named = set(re.findall(r"`(TENKYO_\w+)`", (ROOT / "README.md").read_text("utf-8")))
    source = (ROOT / "index" / "settings.py").read_text("utf-8")
    assert named == set(re.findall(r'"(TENKYO_\w+)"', source)) - {"TENKYO_"}
