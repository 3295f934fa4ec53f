"""A crash, a failing disk and a full one, at every step of a build: the index in use stays."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import numbers, publish, some_articles, state

from index.errors import StoreError
from index.ingest import merge
from index.store import Home

CRASHES = """
import os, shutil, signal, sys
from pathlib import Path
from conftest import publish, some_articles
from index.ingest import merge
from index.store import Home

original = Path(sys.argv[1])
STEPS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def crash_at(home, left):
    def hook(event, arguments):
        nonlocal left
        if event in STEPS or (event == "open" and (arguments[2] or 0) & WRITING):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    os.fsync = lambda handle: None  # a killed process loses nothing that the kernel has; saves time
    sys.addaudithook(hook)
    merge(Home(home)) if sys.argv[2] == "merge" else publish(Home(home), some_articles(3))

# Everything is imported and warm, so that only the build's own steps count.
publish(Home(original.with_name("warm")), some_articles(1))
merge(Home(original.with_name("warm")))
for number in range(100):
    home = original.with_name(f"crash{number}")
    shutil.copytree(original, home)
    child = os.fork()
    if not child:
        crash_at(home, number)
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
    print(number)
"""

FULL = """
import resource, signal, sys
from pathlib import Path
from conftest import publish, some_articles
from index.errors import StoreError
from index.ingest import merge
from index.store import Home

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for limit in map(int, sys.argv[2:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        publish(Home(Path(sys.argv[1])), some_articles(30))
        print("built", limit)
    except StoreError as error:
        print("refused", limit, "残っています" in str(error))
"""


def run(code: str, *arguments: str) -> list[str]:
    here = Path(__file__).parent
    environ = {**os.environ, "PYTHONPATH": f"{here.parent}{os.pathsep}{here}", "PYTHONUTF8": "1"}
    environ["OMP_NUM_THREADS"] = "1"  # a fork does not take a pool of threads along
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, env=environ
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[Home]]:
    """A home at generation 2, and copies of it, the build of generation 3 killed at each step."""
    home = Home(tmp_path_factory.mktemp("crashes") / "home")
    publish(home, some_articles(1))
    publish(home, some_articles(2))
    killed = run(CRASHES, str(home.path), "publish")
    return home, [Home(home.path.with_name(f"crash{number}")) for number in killed]


def test_a_crash_at_any_step_leaves_the_old_generation_or_the_new_one(
    crashes: tuple[Home, list[Home]],
) -> None:
    home, crashed = crashes
    before = state(home)
    after = [state(copy) for copy in crashed]
    assert all(a == before or (a[0] == 3 and len(a[1]["paths"]) == 3) for a in after)
    current = [a[0] for a in after]
    assert len(current) > 40
    assert current == sorted(current)
    assert set(current) == {2, 3}


def test_a_build_after_a_crash_keeps_what_was_in_use_for_roll_back(
    crashes: tuple[Home, list[Home]],
) -> None:
    *_, last = [copy for copy in crashes[1] if copy.current() == 2]
    assert "3" in numbers(last)  # whole, but never put in use
    publish(last, some_articles(4))
    assert numbers(last) == {"2", "4"}
    assert last.rollback() == 2


def test_a_crash_at_any_step_of_merging_changes_no_answer(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    for count in range(1, 6):
        publish(home, some_articles(count))
    expected = state(home)[1:]
    copies = [Home(tmp_path / f"crash{n}") for n in run(CRASHES, str(home.path), "merge")]
    assert len(copies) > 20
    for copy in copies:
        assert state(copy)[1:] == expected
        done = copy.current() != home.current()
        assert merge(copy) == (0 if done else 1)
        assert state(copy)[1:] == expected
        publish(copy, some_articles(5))
        assert state(copy)[1:] == expected
        assert len([*(copy.path / "segments").iterdir()]) == 1


class Fault:
    """Lets a function through, but for one call."""

    def __init__(self, real: Callable[..., object], at: int) -> None:
        self.real, self.at, self.calls = real, at, 0

    def __call__(self, *args: object, **kwargs: object) -> object:
        self.calls += 1
        if self.calls == self.at:
            raise OSError(28, "No space left on device")
        return self.real(*args, **kwargs)


@pytest.mark.parametrize(
    ("owner", "name"), [(os, "fsync"), (os, "rename"), (os, "replace"), (np, "save")]
)
def test_a_disk_that_fails_at_any_call_leaves_the_index_as_it_was(
    home: Home, owner: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, some_articles(1))
    before = state(home)
    for at in range(1, 60):
        copy = Home(
            home.path.with_name(f"copy{at}")
        )  # a build goes on from what the last one wrote
        shutil.copytree(home.path, copy.path)
        fault = Fault(getattr(owner, name), at)
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, fault)
            try:
                publish(copy, some_articles(2))
            except StoreError as error:
                assert "残っています" in str(error)  # noqa: PT017
        if copy.current() == 2:
            # Either nothing failed, or only the sync after CURRENT was replaced.
            assert fault.calls == at - 1 or (name, fault.calls) == ("fsync", at)
            assert at > 1
            return
        assert state(copy) == before
        assert numbers(copy) == {"1"}
    pytest.fail("the build never got through")


def test_a_full_disk_leaves_the_index_as_it_was(home: Home) -> None:
    publish(home, some_articles(1))
    before = state(home)
    sizes = [str(size) for size in (0, 100, 3000, 8192, 20_000, 50_000, 90_000, 130_000)]
    assert run(FULL, str(home.path), *sizes) == [f"refused {size} True" for size in sizes]
    assert state(home) == before
    assert numbers(home) == {"1"}
