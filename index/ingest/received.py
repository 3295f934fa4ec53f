"""What comes from outside to an Upload: a safe name, a known kind of file, pasted text as Markdown, pages.

Nothing is believed: the kind of a file is told from its content, and a name keeps only what any disk
can hold. Whether there is an article inside, the reader finds out in its own process; a feed is read in one, too.
"""

import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import IO, TYPE_CHECKING

from index.articles import TYPES, Limits
from index.articles.files import ZIP, unknown_type
from index.errors import CorpusError
from index.ingest.sources import Page, Sources, Upload, keep, upload_id
from index.reports import OnProgress, Progress, Skipped
from index.store import Home

if TYPE_CHECKING:
    from index.ingest.fetching import Fetched

LONGEST_NAME = 120
"""Bytes of UTF-8 in a file's name; many disks hold 255, some tools fewer."""

_HEAD = 64 * 1024
_LONGEST_SENT = 1000
_RESERVED = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)
"""Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # text may hold zeros after these
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:(?><!--.*?-->)\s*)*<(?:!doctype html|html)\b", re.I | re.S
)
_MARKDOWN = re.compile(r"[&<>*_`\[\]|\\]|^[-+=~]")
_PACKED = b"PK\x03\x04"
_INSIDE = {  # names stand uncompressed in an archive, and so does what it says that it is
    b"word/document.xml": ".docx",
    b"ppt/presentation.xml": ".pptx",
    b"application/epub+zip": ".epub",
    b"application/vnd.oasis.opendocument.text": ".odt",
}


def receive(name: str, content: IO[bytes], *, largest: int) -> Upload:
    """Return a file sent by a browser as an upload; it stays open until that is kept.

    Raises:
        CorpusError: It is empty, too large, or none of the kinds that are read.
    """
    name = safe_name(name)
    size = content.seek(0, io.SEEK_END)
    if size > largest:
        reason = f"ファイルが大きすぎます（{size / 1e6:.1f} MB）。"
        raise CorpusError(name, f"{reason}{largest / 1e6:g} MB までにするか、分けてください。")
    if not size:
        raise CorpusError(name, "ファイルが空です。")
    suffix = PurePath(name).suffix.lower()
    kinds = _kinds(content, suffix)
    if not kinds:
        raise CorpusError(name, unknown_type(suffix))
    return Upload(name if suffix in kinds else safe_name(name + kinds[0]), content)


def paste(fields: Mapping[str, str], text: str) -> Upload:
    """Return pasted text as an upload: a Markdown file whose front matter is these fields, named by the ``title``.

    Its lines stay lines, and of Markdown it has headings only.
    """
    import yaml

    lines = {name: " ".join(_encodable(value).split()) for name, value in fields.items()}
    told = {name: line for name, line in lines.items() if line}
    front = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=float("inf"))
    # Two blanks make a break where Markdown sees none.
    broken = "  \n".join(_unmarked(line.strip()) for line in _encodable(text).splitlines())
    content = f"---\n{front}---\n{broken}\n".encode()
    stem = safe_name(re.sub(r"[/\\]", "_", fields["title"]))
    return Upload(safe_name(f"{stem}.md"), io.BytesIO(content))


def _unmarked(line: str) -> str:
    """Write a line so that Markdown reads every character of it, but for the marks of a heading."""
    line = "".join(c for c in line.expandtabs(1) if unicodedata.category(c) != "Cc")
    return _MARKDOWN.sub(lambda mark: f"&#{ord(mark[0])};", line)


def safe_name(name: str) -> str:
    """Return a file's name that any disk can hold and that reads as it is.

    Without a path, without characters that control or cannot be seen, not hidden, not too long; the
    ending stays where it is that of a file that can be read.
    """
    name = re.split(r"[/\\]", name)[-1][-_LONGEST_SENT:]
    name = unicodedata.normalize("NFC", _encodable(name))
    seen = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cn"})
    name = " ".join(_RESERVED.sub("_", seen).split()).strip(". ")
    name = f"_{name}" if _DEVICES.match(name) else name
    suffix = PurePath(name).suffix
    suffix = suffix if suffix.lower() in TYPES | ZIP else ""
    room = LONGEST_NAME - len(suffix.encode())
    stem = name.removesuffix(suffix).encode()[:room].decode("utf-8", "ignore")
    return (stem.rstrip(". ") or "記事") + suffix


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair: ?


def _kinds(content: IO[bytes], suffix: str) -> tuple[str, ...]:
    """Return the endings that fit a file's content, the usual one first; none if it is unknown."""
    content.seek(0)
    head = content.read(_HEAD)
    if b"%PDF-" in head[:1024]:
        return (".pdf",)
    if head.startswith(_PACKED):
        if suffix in ZIP:
            return (suffix,)
        whole = head + content.read()
        return tuple(suffix for inside, suffix in _INSIDE.items() if inside in whole)[:1]
    if (b"\0" in head and not head.startswith(_MARKS)) or head.startswith(b"{\\rtf"):
        return ()
    if _HTML.match(head.removeprefix(_MARKS[0])):
        return (".html", ".htm", ".xhtml")
    return (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".eml")


NEW = 50
"""Links of feeds that are fetched in one run."""
DEALT_WITH = 2000
"""Links of a feed that are remembered; it tells of fewer."""
_LINKS = """
import io, json, sys, feedparser
if sys.platform == "linux":
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
feed = io.BytesIO(sys.stdin.buffer.read())  # of bytes, feedparser would take some for the name of a file
found = feedparser.parse(feed, response_headers=json.loads(sys.argv[1]), sanitize_html=False)
links = [entry.link for entry in found.entries[:1000] if entry.get("link")]
json.dump(links if found.version else None, sys.stdout)
"""


def bring(home: Home, sources: Sources, report: OnProgress, *, private: bool) -> Sources:
    """Fetch the addresses that are waiting, and what is new in feeds among them. Call inside ``home.building()``.

    A link of a feed that may be had later is tried again at the next build, and no other twice.
    """
    if not sources.waiting:
        return sources
    from index.ingest.fetching import FEED, Fetcher, NotNow

    fetcher, pages, feeds = Fetcher(private=private), {**sources.pages}, {**sources.feeds}
    fetched: list[str] = []
    failed: list[Skipped] = []
    feed_of: dict[str, str] = {}
    waiting = [*sources.waiting]
    for done, address in enumerate(waiting):  # which grows as feeds are read
        report(Progress("fetch", done, len(waiting), address))
        feed = feed_of.get(address)
        try:
            found = fetcher.get(address)
            if found.kind != FEED and address not in feeds:
                fetched += keep(home, [_as_sent(address, found)])
                pages.pop(fetched[-1], None)  # the newest stands last
                pages[fetched[-1]] = Page(address, str(found.url))
            elif feed:
                raise CorpusError(address, "フィードの中のフィードは読みません。")
            else:
                asked = (page.asked for page in pages.values())
                known = {*feeds.get(address, ()), *asked, *waiting}
                links = [link for link in _links_of(found) if link not in known]
                feeds.setdefault(address, ())
                waiting += (new := links[: NEW - len(feed_of)])
                feed_of |= dict.fromkeys(new, address)
                if left := len(links) - len(new):
                    reason = f"新しい記事があと {left} 件あります。次に索引を作るときに加えます。"
                    failed.append(Skipped(address, reason))
        except CorpusError as exc:
            failed.append(Skipped(address, exc.reason))
            if isinstance(exc, NotNow):
                continue
        if feed:
            feeds[feed] = (*feeds[feed], address)[-DEALT_WITH:]
    report(Progress("fetch", len(waiting), len(waiting)))
    changed = None if sources.changed is None else (*sources.changed, *fetched)
    told = replace(sources, pages=pages, feeds=feeds, fetched=tuple(fetched), failed=tuple(failed))
    return replace(told, paths=tuple(dict.fromkeys((*sources.paths, *fetched))), changed=changed)


def _as_sent(address: str, found: "Fetched") -> Upload:
    name = f"{upload_id(address)}{found.kind}"
    return receive(name, io.BytesIO(found.body), largest=len(found.body))


def _links_of(found: "Fetched") -> list[str]:
    """Read the links of a feed in a process of its own, bounded in time and memory."""
    paths = os.pathsep.join(filter(os.path.isabs, sys.path))
    kind, url = found.headers.get("content-type", ""), str(found.url)
    told = {"content-type": kind, "content-location": url}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _LINKS, json.dumps(told)],
            input=found.body,
            capture_output=True,
            timeout=Limits().seconds,
            env={**os.environ, "PYTHONPATH": paths},
        )
        return list(dict.fromkeys(json.loads(done.stdout)))
    except (subprocess.TimeoutExpired, ValueError, TypeError) as exc:
        raise CorpusError("", "フィードとして読めません（壊れているか、大きすぎます）。") from exc
