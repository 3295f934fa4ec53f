"""OCR: pdfium draws a page of a PDF, and tesseract reads it; it is called as it is, without a shell."""

import os
import re
import shutil
import subprocess
from contextlib import suppress
from functools import cache
from importlib.util import find_spec

_DOTS = 300  # per inch, as tesseract likes it
_PIXELS = 20_000_000  # of a page at most; A3 has 17 million
# In percent, how sure tesseract is of its words: of clean pages 85 to 90; 20 where lines run the other way.
_SURE, _UNSURE = 75.0, 50.0
_EAST = r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
_APART = re.compile(rf"(?<={_EAST}) +(?=\S)|(?<=\S) +(?={_EAST})")
_LATER = (OSError, ValueError, RuntimeError, subprocess.SubprocessError)


@cache
def missing() -> str:
    """Say what is to be installed before pictures can be read; nothing where all is there."""
    if not shutil.which("tesseract") or "jpn" not in _languages():
        return "OCR で読むには tesseract-ocr、tesseract-ocr-jpn、tesseract-ocr-jpn-vert を入れてください。"
    return "" if find_spec("pypdfium2") else "OCR で読むには pip install 'tenkyo[ocr]' が必要です。"


@cache
def _languages() -> frozenset[str]:
    with suppress(*_LATER):
        return frozenset(_call(b"", 10, "--list-langs").split())
    return frozenset()


def read(raw: bytes, number: int, seconds: float) -> list[str]:
    """Read the lines of a page, counted from 1; none where it cannot be read in that time.

    Tesseract is not told which way the lines run: where it is unsure of lines across, it reads down.
    """
    try:
        picture = _draw(raw, number)
        sure, lines = _read(picture, "jpn", seconds / 2)
        if sure < _SURE and "jpn_vert" in _languages():
            sure, lines = max((sure, lines), _read(picture, "jpn_vert", seconds / 2))
    except _LATER:
        return []
    return lines if sure >= _UNSURE else []


def _read(picture: bytes, language: str, seconds: float) -> tuple[float, list[str]]:
    """Return how sure tesseract is, and the lines; its table has a row for each word, its place in columns 1 to 4."""
    table = _call(picture, seconds, "stdin", "stdout", "-l", language, "tsv")
    words = [cells for row in table.splitlines()[1:] if (cells := row.split("\t"))[0] == "5"]
    lines: dict[tuple[str, ...], list[str]] = {}
    for cells in words:
        lines.setdefault(tuple(cells[1:5]), []).append(cells[11])
    sure = sum(float(cells[10]) for cells in words) / max(len(words), 1)
    return sure, [text for own in lines.values() if (text := _APART.sub("", " ".join(own)).strip())]


def _call(picture: bytes, seconds: float, *words: str) -> str:
    one = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # as it is told to be run beside others
    run = subprocess.run(
        ["tesseract", *words],
        input=picture,
        capture_output=True,
        timeout=seconds,
        check=True,
        env=one,
    )
    return run.stdout.decode("utf-8", "replace")


def _draw(raw: bytes, number: int) -> bytes:
    """Draw a page as a grey picture in the PGM format."""
    import pypdfium2

    with pypdfium2.PdfDocument(raw) as document:
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(_DOTS / 72, (_PIXELS / max(width * height, 1)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True)
        rows = memoryview(bitmap.buffer).cast("B")
        lines = (rows[n * bitmap.stride :][: bitmap.width] for n in range(bitmap.height))
        return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + b"".join(lines)
