"""An endpoint that speaks OpenAI's protocol as it is told to: well, badly or not at all."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler", Mapping[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server: Any = self.server
        server.asked.append(asked | {"authorization": self.headers["Authorization"]})
        replies = server.replies
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            (replies.pop(0) if len(replies) > 1 else replies[0])(self, asked)

    def log_message(self, *_: Any) -> None:
        pass


def numbers(asked: Mapping[str, Any]) -> dict[int, str]:
    """The sentences that a request gives, by their numbers."""
    told = json.loads(asked["messages"][1]["content"])
    every = [told] if "sentences" in told else told["articles"]
    return {int(n): text for one in every for n, text in one["sentences"].items()}


def number_of(asked: Mapping[str, Any], words: str) -> int:
    return next(n for n, text in numbers(asked).items() if words in text)


def stated(*statements: tuple[str, str], answered: bool = True, missing: str = "") -> Reply:
    """Statements, each with words of the sentence it is said to rest on."""

    def reply(handler: Handler, asked: Mapping[str, Any]) -> None:
        told = [{"text": t, "sentences": [number_of(asked, words)]} for t, words in statements]
        whole = {"answered": answered, "statements": told, "missing": missing}
        says(json.dumps(whole, ensure_ascii=False))(handler, asked)

    return reply


def says(text: str, *, finish: str | None = "stop", pause: float = 0.0, step: int = 9) -> Reply:
    """A text in pieces, with a pause before each; without a finish the connection just ends."""

    def reply(handler: Handler, _: Mapping[str, Any]) -> None:
        _begin(handler)
        for at in range(0, len(text), step):
            time.sleep(pause)
            _send(handler, {"content": text[at : at + step]}, None)
        if finish:
            _send(handler, {}, finish)
            handler.wfile.write(b"data: [DONE]\n\n")

    return reply


def status(code: int) -> Reply:
    def reply(handler: Handler, _: Mapping[str, Any]) -> None:
        handler.send_response(code)
        handler.end_headers()
        handler.wfile.write(b'{"error": {"message": "no"}}')

    return reply


def without_schema(then: Reply) -> Reply:
    """One that cannot hold to a schema, and says so."""

    def reply(handler: Handler, asked: Mapping[str, Any]) -> None:
        (status(400) if "response_format" in asked else then)(handler, asked)

    return reply


def silent(handler: Handler, _: Mapping[str, Any]) -> None:
    time.sleep(100)


def kept_alive(handler: Handler, _: Mapping[str, Any]) -> None:
    """Comments, as relays send them, and never an answer."""
    _begin(handler)
    for _n in range(1000):
        handler.wfile.write(b": keep-alive\n\n")
        handler.wfile.flush()
        time.sleep(0.1)


def page(handler: Handler, _: Mapping[str, Any]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    handler.wfile.write(b"<html>Sign in</html>")


def _begin(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()


def _send(handler: Handler, delta: Mapping[str, str], finish: str | None) -> None:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    event = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted"}
    handler.wfile.write(f"data: {json.dumps(event | {'choices': [choice]})}\n\n".encode())
    handler.wfile.flush()


@contextlib.contextmanager
def endpoint(*replies: Reply) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Serve these replies, the last of them for ever; the address, and what was asked."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.replies, server.asked = [*replies], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", server.asked
    finally:
        server.shutdown()
        server.server_close()
