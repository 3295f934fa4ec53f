"""The library as a browser's side of it sees it, without a browser: what Gradio's page asks of the server."""

import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import httpx
from conftest import serving

from index.engine import Engine
from index.web.library import upload_folder

HARBOUR = "港の灯台は白い。高さは31メートルである。"
LOOK = ("seen", "head", "limits", "work", "undo", "undo_to", "timer", "table", "count", "remove")
"""What ``look`` returns, in its order."""


class Library(httpx.Client):
    """A page of the library, open."""

    def open(self, address: str = "/library") -> None:
        """Load a page: its handlers by their names, and where each stands."""
        page = self.get(address).raise_for_status().text
        [told] = re.findall(r"window\.gradio_config = (\{.*?\});</script>", page, re.DOTALL)
        self.config = json.loads(told)
        self.session = secrets.token_hex(8)
        named = reversed(self.config["dependencies"])
        self.handlers = {re.sub(r"_\d+$", "", d["api_name"]): d for d in named}

    def join(self, name: str, *data: Any, event: Any = None, **options: Any) -> httpx.Response:
        """Ask for an event; where the page has a state, it is the server's."""
        handler = self.handlers[name]
        given = [*data, *[None] * (len(handler["inputs"]) - len(data))]
        told = {"fn_index": handler["id"], "data": given, "session_hash": self.session}
        told |= {"event_data": event, "trigger_id": handler["targets"][0][0]}
        return self.post("/gradio_api/queue/join", json=told, **options)

    def call(self, name: str, *data: Any, event: Any = None) -> list[Any]:
        """Return what a handler returns."""
        event_id = self.join(name, *data, event=event).raise_for_status().json()["event_id"]
        about = {"session_hash": self.session}
        with self.stream("GET", "/gradio_api/queue/data", params=about) as stream:
            for line in stream.iter_lines():
                told = json.loads(line.removeprefix("data: ")) if line else {}
                if told.get("msg") == "process_completed" and told["event_id"] == event_id:
                    if not told["success"]:
                        raise RuntimeError(told["output"].get("error"))
                    return told["output"]["data"]
        raise RuntimeError("the stream ended")

    def look(self) -> dict[str, Any]:
        """What a page that is opened now shows."""
        self.session = secrets.token_hex(8)
        return dict(zip(LOOK, self.call("look"), strict=True))

    def built(self) -> str:
        """The work as it is shown once no build runs; nothing is left then of what was sent."""
        end = time.monotonic() + 60
        while "<progress" in (work := self.look()["work"]):
            assert time.monotonic() < end
            time.sleep(0.05)
        assert [path for path in upload_folder().glob("*/*") if path.is_file()] == []
        return words_in(work)

    def upload(self, *files: tuple[str, bytes], **options: Any) -> httpx.Response:
        """Send files to Gradio, which says where they lie."""
        return self.post("/gradio_api/upload", files=[("files", file) for file in files], **options)

    def bring(self, *files: tuple[str, bytes]) -> str:
        """Send files and have them added; the work that is begun, as it is shown."""
        paths = self.upload(*files).raise_for_status().json()
        return words_in(
            self.call("add", [received(p, f[0]) for p, f in zip(paths, files, strict=True)])[1]
        )

    def paste(self, **fields: str) -> list[str]:
        """Paste a text; what is wrong with it, and the work that is begun."""
        told = {
            "title": "港",
            "text": HARBOUR,
            "publisher": "",
            "published": "",
            "url": "",
        } | fields
        *_, fault, work, _ = self.call("paste", *told.values())
        return [words_in(fault), words_in(work) if isinstance(work, str) else ""]

    def titles(self) -> list[str]:
        """The articles, as the table has them."""
        table = self.look()["table"]
        return [unescape(title) for title in re.findall(r"<a [^>]*>([^<]*)</a>", table)]


def received(path: str, name: str) -> dict[str, Any]:
    return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}


def words_in(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html))


@contextmanager
def lent(engine: Engine, **options: Any) -> Iterator[Library]:
    """Serve an engine, and open its library."""
    with serving(engine, **options) as address, Library(base_url=address, timeout=30) as library:
        library.open()
        yield library
