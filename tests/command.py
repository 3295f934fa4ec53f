"""The command as a user runs it, in a process of its own, and what it prints."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

QUESTION = "青沢運河はいつ開通したか"
BUILD = ["schema", "generation", "articles", "passages", "embedded", "reused", "removed", "skipped",
         "seconds", "losses"]  # fmt: skip


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        [line] = self.out.splitlines()
        return json.loads(line)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def python_m(*arguments: object, **environ: str) -> Done:
    """Run the command as a user does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TENKYO_")}
    command = [sys.executable, "-m", "index", *map(str, arguments)]
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, capture_output=True, cwd=root, env=kept | environ)
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
