"""What goes out to the net: for addresses that a user has given, and for the links of feeds among them.

All connections are made by ``_Line``, also for robots.txt and redirects: it looks a host up once, refuses it
where any of its addresses is not public, and connects to one that it has looked at. No proxy is taken from
the environment, and nothing for longer or larger than the limits say.
"""

import ipaddress
import re
import socket
import time
import zlib
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.robotparser import RobotFileParser

import httpcore
import httpx

from index.articles import TYPES, Limits
from index.articles.files import HTML, MARKDOWN, TEXT
from index.errors import CorpusError

SECONDS = 30.0
"""For an answer, with all that it is redirected to; a host's turn is awaited besides."""
CONNECTING = 5.0
PAUSE = 1.0
"""Seconds between two requests to a host."""
REDIRECTS = 5
ROBOTS = 10**6
"""Bytes that robots.txt may have."""
LONGEST = 2000
FEED = ".feed"

_NAT64, _UNICAST = map(ipaddress.ip_network, ("64:ff9b::/96", "2000::/3"))
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KINDS = {
    **dict.fromkeys(("text/html", "application/xhtml+xml", "application/xml", "text/xml"), ".html"),
    **dict.fromkeys(("application/rss+xml", "application/atom+xml", "application/rdf+xml"), FEED),
    "text/plain": ".txt", "text/markdown": ".md", "application/pdf": ".pdf", _WORD: ".docx",
}  # fmt: skip
_FEED = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?>(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)\s*)*+<(?:rss|feed|rdf:RDF)\b",
    re.S,
)
_SAVE = "ブラウザーで開いて保存し、そのファイルを加えてください。"
_LATER = "時間をおいて、もう一度お試しください。"


class NotNow(CorpusError):  # noqa: N818
    """What may be had at another time."""


class Fetched(NamedTuple):
    """What was found: where, after redirects; headers by their names in small letters.

    ``kind`` is the ending of such files, ``FEED``, or empty where the content has to tell.
    """

    url: httpx.URL
    status: int
    headers: Mapping[str, str]
    kind: str = ""
    body: bytes = b""


def normal(address: str, base: httpx.URL = httpx.URL()) -> httpx.URL:  # noqa: B008
    """Return an address as it is asked for; raise a CorpusError over one that nothing is fetched from."""
    try:
        url = base.join(address.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    known = url.scheme in ("http", "https") and url.host and "%" not in url.host
    if not known or (url.port or 0) > 65535 or len(str(url)) > LONGEST:
        raise CorpusError(address, "http:// か https:// で始まるアドレスを指定してください。")
    if url.userinfo:
        raise CorpusError(address, "利用者名やパスワードの入ったアドレスは使えません。")
    return url


def is_public(address: str) -> bool:
    """Whether an address is one on the internet, not of this machine, its network or anything special."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast
    if ip.ipv4_mapped or ip in _NAT64:
        return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip in _UNICAST and ip.is_global and not (ip.sixtofour or ip.teredo)


class Fetcher:
    """Fetches for one run: remembers what each host allows, and when it was last asked."""

    def __init__(self, *, private: bool) -> None:
        """Fetch from public addresses; from others as well where ``private``."""
        self._line = _Line(private=private)
        self._pool = httpcore.ConnectionPool(
            max_keepalive_connections=0, network_backend=self._line
        )
        self._rules: dict[httpx.URL, RobotFileParser | CorpusError] = {}
        self._asked: dict[str, float] = {}

    def get(self, address: str) -> Fetched:
        """Fetch what is at an address.

        Raises:
            NotNow: It cannot be had at present.
            CorpusError: It is not to be had.
        """
        try:
            found = self._follow(normal(address))
        except CorpusError as exc:
            raise type(exc)(address, exc.reason) from exc
        if found.status >= 500 or found.status in (408, 425, 429):
            raise NotNow(address, f"サイトがいまは応じません（{found.status}）。{_LATER}")
        if found.status != 200:
            raise CorpusError(address, f"サイトが渡してくれません（{found.status}）。{_SAVE}")
        return found

    def _follow(self, url: httpx.URL, *, robots: bool = False) -> Fetched:
        """Ask, and ask where it is said to have gone to, each time with a look at robots.txt first."""
        left = SECONDS
        for _ in range(1 + REDIRECTS):
            if not robots:
                self._check_leave(url)
            now = time.monotonic()
            began = self._asked[url.host] = max(now, self._asked.get(url.host, 0.0) + PAUSE)
            time.sleep(began - now)
            self._line.until = began + left
            found = self._ask(url, robots=robots)
            left -= time.monotonic() - began
            if found.status not in (301, 302, 303, 307, 308) or "location" not in found.headers:
                return found
            url = normal(found.headers["location"], url)
        raise CorpusError("", f"転送が {REDIRECTS} 回を超えました。{_SAVE}")

    def _ask(self, url: httpx.URL, *, robots: bool) -> Fetched:
        own = {"User-Agent": f"Tenkyo/{version('tenkyo')}", "Accept-Encoding": "gzip"}
        asking = self._pool.stream(
            "GET", str(url), headers=[*own.items()], extensions={"timeout": {"connect": CONNECTING}}
        )
        try:
            with asking as answer:
                told = {
                    name.decode().lower(): value.decode("utf-8", "replace")[: LONGEST + 1]
                    for name, value in answer.headers
                }
                found = Fetched(url, answer.status, told)
                if answer.status != 200:
                    return found
                kind = ".txt" if robots else _kind(url, told)
                coding = told.get("content-encoding", "identity").lower()
                body = _unpacked(answer.iter_stream(), coding, ROBOTS if robots else _most(kind))
                return found._replace(kind=FEED if _FEED.match(body[:ROBOTS]) else kind, body=body)
        except httpcore.TimeoutException as exc:
            raise NotNow("", f"{SECONDS:g} 秒以内に届きませんでした。{_LATER}") from exc
        except (httpcore.NetworkError, httpcore.ProtocolError) as exc:
            reason = f"つながらないか、途中で切れました（{exc}）。アドレスを確かめてください。"
            raise NotNow("", reason) from exc

    def _check_leave(self, url: httpx.URL) -> None:
        """Raise a CorpusError where a host does not want an address to be fetched by programs."""
        place = url.join("/robots.txt")
        if place not in self._rules:
            self._rules[place] = self._read_rules(place)
        if isinstance(rules := self._rules[place], CorpusError):
            raise rules
        if not rules.can_fetch("Tenkyo", str(url)):
            reason = "サイト（robots.txt）が、プログラムで取りに来ないよう求めています。"
            raise CorpusError("", reason + _SAVE)

    def _read_rules(self, place: httpx.URL) -> RobotFileParser | CorpusError:
        rules = RobotFileParser()
        try:
            found = self._follow(place, robots=True)
        except CorpusError as exc:
            return exc
        if found.status >= 500 or found.status == 429:
            return NotNow("", f"サイトの robots.txt がいまは読めません（{found.status}）。{_LATER}")
        try:
            rules.parse(found.body.decode("utf-8-sig", "replace").splitlines())
        except ValueError:  # Crawl-delay: ², or Disallow: //[
            return CorpusError("", f"サイトの robots.txt が読めません。{_SAVE}")
        return rules


class _Line(httpcore.NetworkBackend):
    """Makes every connection; none waits longer than ``until``."""

    def __init__(self, *, private: bool) -> None:
        self.until = 0.0
        self._private = private
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *given: Any, **named: Any
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError(host)
        for address in self._look_up(host, port):
            try:
                wait = self._left(timeout)
                return self._timed(self._real.connect_tcp(address, port, wait, *given, **named))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                failed = exc
        raise failed

    def _look_up(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except (OSError, ValueError, OverflowError) as exc:
            raise httpcore.ConnectError(f"{host} が見つかりません") from exc
        addresses = [str(place[0]) for *_, place in found]
        if not self._private and not all(map(is_public, addresses)):
            where = "公開されていない場所（社内や手元の機械）には、取りに行きません。"
            raise CorpusError(host, where + _SAVE)
        return addresses

    def _timed(self, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        """Have a connection wait no longer than the line: a byte now and then would hold it for ever."""
        read, start_tls = stream.read, stream.start_tls
        timed = {
            "read": lambda max_bytes, timeout=None: read(max_bytes, self._left(timeout)),
            "start_tls": lambda **given: self._timed(start_tls(**given)),
        }
        vars(stream).update(timed)
        return stream

    def _left(self, most: float | None) -> float:
        if (left := self.until - time.monotonic()) <= 0:
            raise httpcore.ReadTimeout
        return min(left, most or left)


def _unpacked(chunks: Iterable[bytes], coding: str, most: int) -> bytes:
    """Return what comes, unpacked; no more than may be is unpacked."""
    body, gzip = bytearray(), zlib.decompressobj(47)  # gzip or zlib
    try:
        for chunk in chunks:
            body += chunk if coding == "identity" else gzip.decompress(chunk, most + 1 - len(body))
            if len(body) > most:
                raise CorpusError("", f"大きすぎます。{most / 1e6:g} MB までにしてください。")
    except zlib.error as exc:
        raise CorpusError("", f"圧縮された内容を読めません（{coding}）。{_SAVE}") from exc
    if coding != "identity" and (not gzip.eof or gzip.unused_data):
        raise NotNow("", f"内容が途中で切れています。{_LATER}")
    return bytes(body)


def _kind(url: httpx.URL, headers: Mapping[str, str]) -> str:
    """Tell the kind by the type, else by the address."""
    told = headers.get("content-type", "").partition(";")[0].strip().lower()
    suffix = PurePosixPath(url.path).suffix.lower()
    if told in _KINDS:
        return suffix if told == "text/plain" and suffix in MARKDOWN else _KINDS[told]
    if suffix not in TYPES and not re.fullmatch("|.*/(octet-stream|.*download)", told):
        raise CorpusError("", f"読めない種類の内容です（{told}）。")
    return suffix if suffix in TYPES else ""


def _most(kind: str) -> int:
    is_text = kind in (FEED, *TEXT, *MARKDOWN, *HTML)
    return Limits().text_bytes if is_text else Limits().document_bytes
