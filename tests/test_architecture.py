"""Each module imports only from rows above its own, and nothing heavy before it is needed."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

INDEX = Path(__file__).resolve().parents[1] / "index"

MAP = (INDEX / "docs" / "map.md").read_text("utf-8").replace("\\_", "_")
ROW = {module: int(row) for row, module in re.findall(r"^\| (\d+) \| (\w+) \|", MAP, re.MULTILINE)}
"""The rows as the map tells them."""
HEAVY = ("torch", "sentence_transformers", "transformers", "gradio", "langchain_text_splitters",
         "trafilatura", "sklearn", "faiss", "onnxruntime", "rich.progress", "argon2")  # fmt: skip
FILES = [path for path in sorted(INDEX.rglob("*.py")) if path != INDEX / "__init__.py"]


def module_of(path: Path) -> str:
    return path.relative_to(INDEX).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """The modules of index that a file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("index."))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(INDEX)))
def test_a_module_imports_only_from_rows_above_its_own(path: Path) -> None:
    own = module_of(path)
    others = {name for name in imported(path) if name != own and name in ROW}
    assert {name for name in others if ROW[name] >= ROW[own]} == set()


def test_the_map_names_every_module_and_no_other() -> None:
    assert {module_of(path) for path in FILES} == ROW.keys()


def test_no_file_is_long_and_there_are_not_many() -> None:
    assert [path for path in FILES if len(path.read_text("utf-8").splitlines()) > 300] == []
    assert len(FILES) <= 224


@pytest.mark.parametrize("path", sorted(INDEX.rglob("__init__.py")), ids=lambda p: p.parent.name)
def test_a_package_only_re_exports(path: Path) -> None:
    body = ast.parse(path.read_text("utf-8")).body
    kinds = (ast.Import, ast.ImportFrom, ast.Assign, ast.Expr)
    assert [node for node in body if not isinstance(node, kinds)] == []


@pytest.mark.parametrize("module", ["index.engine", "index.cli", "index.server"])
def test_nothing_heavy_is_imported_before_it_is_needed(module: str) -> None:
    code = f"import {module}, sys; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_what_builds_or_trains_cuts_articles() -> None:
    cutting = {module_of(path) for path in FILES if "passages" in imported(path)}
    assert cutting <= {"passages", "articles", "ingest", "checking", "evaluate", "training"}


def test_nothing_unpickles_or_evaluates() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Name):
                assert node.id not in {"eval", "exec", "pickle", "joblib"}, path
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
                assert names.isdisjoint({"pickle", "joblib", "shelve", "marshal", "dill"}), path
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert isinstance(node.value, ast.Constant), path
                assert node.value.value is False, path
