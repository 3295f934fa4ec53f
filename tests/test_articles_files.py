"""Finding the files of a folder: which are read, in which order, and why the others are not."""

import os
from pathlib import Path

import pytest

from index.articles import TYPES, find_files
from index.errors import CorpusError

SENTENCE = "朝から雨が降り、川の水位が上がったため、町は橋を閉じて住民に注意を呼びかけた。"


def test_a_file_is_itself(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(SENTENCE)
    assert find_files(file) == ([file], [])


def test_a_folder_is_walked_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.txt", "a/.hidden.txt", ".git/c.txt", "c.HTML"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SENTENCE)
    found, skipped = find_files(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a/z.txt", "b.md", "c.HTML"]
    assert skipped == []


def test_an_unknown_type_is_named_with_those_that_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    found, skipped = find_files(tmp_path)
    assert found == []
    assert skipped[0].path == str(tmp_path / "a.png")
    assert all(kind in skipped[0].reason for kind in TYPES)


def test_links_stay_inside_and_loops_end(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    inside = tmp_path / "corpus" / "folder"
    outside.mkdir()
    inside.mkdir(parents=True)
    (outside / "secret.txt").write_text(SENTENCE)
    (inside / "a.txt").write_text(SENTENCE)
    (tmp_path / "corpus" / "out").symlink_to(outside)
    (tmp_path / "corpus" / "out.txt").symlink_to(outside / "secret.txt")
    (tmp_path / "corpus" / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "corpus" / "self.txt").symlink_to(tmp_path / "corpus" / "self.txt")
    (tmp_path / "corpus" / "twice.txt").symlink_to(inside / "a.txt")
    (inside / "up").symlink_to(tmp_path / "corpus")
    found, skipped = find_files(tmp_path / "corpus")
    assert found == [inside / "a.txt"]
    assert {Path(one.path).name for one in skipped} == {
        "out",
        "out.txt",
        "gone.txt",
        "self.txt",
    }


def test_an_empty_folder_has_nothing(tmp_path: Path) -> None:
    assert find_files(tmp_path) == ([], [])


def test_the_folder_of_the_index_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    for name in ("a.txt", "home/b.txt", "home/CURRENT"):
        (tmp_path / name).write_text(SENTENCE)
    assert find_files(tmp_path, without=tmp_path / "home") == ([tmp_path / "a.txt"], [])


@pytest.mark.parametrize("name", ["nowhere", "link", "file.txt/below", "x" * 300, "a\0b"])
def test_what_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    (tmp_path / "file.txt").write_text(SENTENCE)
    with pytest.raises(CorpusError):
        find_files(tmp_path / name)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    found, skipped = find_files(tmp_path)
    assert found == []
    assert len(skipped) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    with pytest.raises(CorpusError):
        find_files(tmp_path)
