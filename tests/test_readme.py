"""What README and docs name is there: commands, settings, links; and README stays short."""

import re
from pathlib import Path

import pytest

from index.settings import NAMES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "index" / "docs").glob("*.md"))]
WORDS = "\n".join(page.read_text("utf-8") for page in PAGES)


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]


def test_ci_runs_exactly_the_test_command() -> None:
    tests = {command for command in commands() if command.endswith("-m pytest")}
    assert len(tests) == 1
    assert tests.pop() in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_every_command_of_the_readme_exists() -> None:
    from typer.main import get_command

    from index.cli import app

    named = set(re.findall(r"`tenkyo (\w[\w-]*)", WORDS))
    assert named == set(get_command(app).commands)  # type: ignore[attr-defined]


def test_every_setting_of_the_readme_exists() -> None:
    named = set(re.findall(r"`(TENKYO_\w+)`", README))
    assert named == {*NAMES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        name, _, heading = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), target
        headings = (
            re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.MULTILINE) if heading else []
        )
        assert heading in ["", *(h.lower().replace(" ", "-") for h in headings)], target


def test_each_half_of_the_readme_is_short() -> None:
    halves = README.split("\n---\n")
    assert [len(half.splitlines()) <= 120 for half in halves] == [True, True]
