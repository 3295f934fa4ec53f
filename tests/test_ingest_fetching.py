"""Pages and feeds: who is asked for them and how, what is kept of them, and what is refused."""

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from borrowing import lent
from conftest import FakeEncoder, fake_engine

from index.articles import Limits
from index.engine import Engine
from index.errors import CorpusError, SettingsError
from index.ingest import fetching, received
from index.ingest.fetching import Fetcher, NotNow, is_public
from index.records import Article
from index.reports import BuildReport, Progress
from index.settings import Settings

PAGE = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{title}</title></head>
<body><article><h1>{title}</h1><p>{text}</p><p>港の風は朝のうちだけ強く、昼には止む。</p></article></body></html>"""


def page(title: str, text: str) -> bytes:
    return PAGE.format(title=title, text=text).encode()


class Site(ThreadingHTTPServer):
    """A server whose pages are what a test puts there: (status, headers, body), or a function that writes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, Any] = {}
        self.asked: list[tuple[str, str, float]] = []
        self.agents: set[str] = set()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def put(self, path: str, body: bytes | str, kind: str = "text/html", **headers: str) -> str:
        raw = body if isinstance(body, bytes) else body.encode()
        told = {n.replace("_", "-"): value for n, value in headers.items()}
        self.pages[path] = (200, {"Content-Type": kind} | told, raw)
        return self.root + path

    def tell(self, path: str, status: int, **headers: str) -> str:
        self.pages[path] = (status, headers, b"")
        return self.root + path

    def feed(self, path: str, *links: str) -> str:
        items = "".join(f"<item><title>題</title><link>{link}</link></item>" for link in links)
        text = f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'
        return self.put(path, text, "application/rss+xml")

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Host"], time.monotonic()))
        self.server.agents.add(self.headers["User-Agent"])
        found = self.server.pages.get(self.path, (404, {}, b""))
        if callable(found):
            found(self)
            return
        status, headers, body = found
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value.encode().decode("latin-1"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(fetching, "PAUSE", 0.0)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # no proxy is taken from here
    with Site() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def reading(tmp_path: Path) -> Engine:
    """An engine that may fetch from this machine, over one article."""
    settings = Settings(tmp_path / "home", tmp_path / "cache", fetch_private=True)
    engine = fake_engine(settings, FakeEncoder())
    (tmp_path / "a.txt").write_text("荷物が港に届いた。", "utf-8")
    engine.build([tmp_path / "a.txt"])
    return engine


def get(address: str) -> fetching.Fetched:
    return Fetcher(private=True).get(address)


def by_url(engine: Engine) -> dict[str | None, Article]:
    return {article.url: article for article in engine.articles() if article.url}


def told(report: BuildReport) -> dict[str, str]:
    return {skipped.path: skipped.reason for skipped in report.skipped}


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("64:ff9b::808:808", True), ("::ffff:8.8.8.8", True),
        ("127.0.0.1", False), ("0.0.0.0", False), ("10.1.2.3", False), ("172.16.0.1", False),
        ("192.168.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("224.0.0.1", False),
        ("239.1.1.1", False), ("255.255.255.255", False), ("240.0.0.1", False), ("192.0.2.1", False),
        ("198.18.0.1", False), ("::", False), ("::1", False), ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False), ("::127.0.0.1", False), ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False), ("64:ff9b:1::808:808", False), ("2002:7f00:1::", False),
        ("2002:808:808::", False), ("2001:0:808:808::1", False), ("fe80::1%eth0", False),
        ("fc00::1", False), ("fd12::1", False), ("fec0::1", False), ("ff02::1", False),
        ("ff0e::1", False), ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) == public


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "2130706433",
        "0x7f.1",
        "127.1",
        "[::1]",
        "[::ffff:7f00:1]",
    ],
)
def test_without_the_setting_nothing_private_is_asked(site: Site, host: str) -> None:
    site.put("/", page("題", "港の灯台は白い。"))
    with pytest.raises(CorpusError, match=r"公開されていない場所|見つかりません"):
        Fetcher(private=False).get(f"http://{host}:{site.server_address[1]}/")
    assert site.asked == []


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2606:4700::1", "::1"]])
def test_a_name_with_any_private_address_is_refused(
    site: Site, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in found]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *_, **__: places)
    with pytest.raises(CorpusError, match="公開されていない場所"):
        Fetcher(private=False).get("http://news.example/")


def test_a_host_is_looked_up_once_and_that_address_is_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere the second time (DNS rebinding) is not asked a second time."""
    looked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *given: Any, **named: Any) -> Any:
        looked.append(host)
        return real("127.0.0.1" if host == "news.example" else host, port, *given, **named)

    monkeypatch.setattr(fetching.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
    site.put("/a", page("題", "港の灯台は白い。"))
    port = site.server_address[1]
    assert Fetcher(private=False).get(f"http://news.example:{port}/a").status == 200
    assert looked.count("news.example") <= 2  # robots.txt and the page
    assert {host for _, host, _ in site.asked} == {f"news.example:{port}"}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl がない")
def test_a_certificate_is_held_against_the_name(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -subj /CN=x -addext"
    command = [*made.split(), "subjectAltName=DNS:news.example"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    site.socket = context.wrap_socket(site.socket, server_side=True)
    site.put("/a", page("題", "港の灯台は白い。"))
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    real = socket.getaddrinfo
    monkeypatch.setattr(
        fetching.socket,
        "getaddrinfo",
        lambda host, *given, **named: (
            found if host.endswith(".example") else real(host, *given, **named)
        ),
    )
    address = f"https://{{}}.example:{site.server_address[1]}/a"
    with pytest.raises(NotNow, match="CERTIFICATE_VERIFY_FAILED"):
        get(address.format("news"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
    assert get(address.format("news")).status == 200
    with pytest.raises(NotNow, match="Hostname mismatch"):
        get(address.format("other"))


@pytest.mark.parametrize(
    ("goal", "reason"),
    [
        ("http://127.0.0.2:{port}/", "公開されていない場所"),
        ("http://[::1]:{port}/", "公開されていない場所"),
        ("//127.0.0.2:{port}/", "公開されていない場所"),
        ("file:///etc/passwd", "http://"),
        ("gopher://127.0.0.1/", "http://"),
        ("http://u:p@127.0.0.1:{port}/", "パスワード"),
        ("http://[", "http://"),
        ("/round", "転送が 5 回"),
    ],
)
def test_redirects_are_looked_at_as_addresses_are(
    site: Site, goal: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
    address = site.tell("/round", 302, Location=goal.format(port=site.server_address[1]))
    with pytest.raises(CorpusError, match=reason) as caught:
        Fetcher(private=False).get(address)
    assert caught.value.path == address
    assert set(site.paths()) <= {"/round", "/robots.txt"}


def test_redirects_that_may_be_followed_are(site: Site) -> None:
    site.tell("/1", 301, Location="/2")
    site.tell("/2", 307, Location=f"{site.root}/3?q=港#x")
    site.put("/3?q=%E6%B8%AF", page("題", "港の灯台は白い。"))
    assert str(get(f"{site.root}/1").url) == f"{site.root}/3?q=%E6%B8%AF"
    assert all(agent.startswith("Tenkyo/") for agent in site.agents)


@pytest.mark.parametrize("address", ["ftp://a.example/", "http:///a", "http://u:p@a.example/", "http://a\n",
                                     "http://" + "a" * 2000, "http://a.example:99999/", "http://" + "a" * 70])  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(CorpusError):
        Fetcher(private=True).get(address)


@pytest.mark.parametrize("host", ["a%5Bb", "a.example%E2%84%80"])
def test_a_host_has_no_escapes(host: str) -> None:
    with pytest.raises(CorpusError, match="始まるアドレス"):
        fetching.normal(f"http://{host}/")


def slowly(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-A: ")
    for _ in range(100):  # never a pause that would be too long by itself
        time.sleep(0.05)
        handler.wfile.write(b"a")


def broken_off(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 900\r\n\r\nabc"
    )


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (slowly, NotNow, "0.5 秒以内に届きません"),
        (broken_off, NotNow, "途中で切れました"),
        ((503, {}, b""), NotNow, "いまは応じません（503）"),
        ((429, {}, b""), NotNow, "いまは応じません"),
        ((403, {}, b""), CorpusError, "渡してくれません（403）。ブラウザーで"),
        ((404, {}, b""), CorpusError, "（404）"),
        ((200, {"Content-Type": "image/png"}, b"\x89PNG"), CorpusError, "image/png"),
        ((200, {"Content-Type": "application/json"}, b"{}"), CorpusError, "application/json"),
        ((200, {"Content-Type": "text/plain"}, b"a" * 2001), CorpusError, "大きすぎます"),
        ((200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(b" " * 10**8)),
         CorpusError, "大きすぎます"),
        ((200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(b"abc")[:-4]),
         NotNow, "途中で切れ"),
        ((200, {"Content-Type": "text/html", "Content-Encoding": "br"}, b"abc"), CorpusError, "圧縮"),
    ],
)  # fmt: skip
def test_what_is_not_to_be_had_is_told(
    site: Site, answer: Any, error: type[CorpusError], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    monkeypatch.setattr(fetching, "Limits", lambda: Limits(text_bytes=2000))
    site.pages["/a"] = answer
    began = time.monotonic()
    with pytest.raises(error, match=reason) as caught:
        get(f"{site.root}/a")
    assert type(caught.value) is error
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("kind", "path", "read_as"),
    [
        ("text/html; charset=utf-8", "/a.pdf", ".html"),
        ("application/xhtml+xml", "/a", ".html"),
        ("text/plain", "/a.md", ".md"),
        ("text/plain", "/a.html", ".txt"),
        ("application/octet-stream", "/a.pdf", ".pdf"),
        ("application/octet-stream", "/a", ""),
        ("", "/a.txt", ".txt"),
        ("application/pdf", "/a", ".pdf"),
        ("application/rss+xml", "/a", fetching.FEED),
    ],
)
def test_the_type_tells_else_the_address(site: Site, kind: str, path: str, read_as: str) -> None:
    assert get(site.put(path, "港の灯台は白い。", kind)).kind == read_as


@pytest.mark.parametrize(
    "kind", ["text/xml", "text/html", "application/octet-stream", "text/plain"]
)
@pytest.mark.parametrize("head", ["<rss>", "<?xml version='1.0'?>\n<!-- x --><!DOCTYPE rss>\n<feed xmlns='a'>", "\ufeff <rdf:RDF a='b'>"])  # fmt: skip
def test_a_feed_is_one_whatever_its_type(site: Site, kind: str, head: str) -> None:
    assert get(site.put("/a", head, kind)).kind == fetching.FEED


def test_robots_are_heard_once_a_run_and_a_host_is_not_hurried(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PAUSE", 0.2)
    site.put("/robots.txt", "User-agent: *\nDisallow: /own/\n", "text/plain")
    site.put("/a", page("題", "港の灯台は白い。"))
    site.put("/own/b", page("題", "港の灯台は白い。"))
    site.tell("/c", 302, Location="/own/b")
    fetcher = Fetcher(private=True)
    fetcher.get(f"{site.root}/a")
    for path in ("/own/b", "/c"):
        with pytest.raises(CorpusError, match=r"robots\.txt"):
            fetcher.get(site.root + path)
    assert site.paths() == ["/robots.txt", "/a", "/c"]
    times = [at for *_, at in site.asked]
    assert min(b - a for a, b in pairwise(times)) > 0.15


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (403, True), (500, False), (429, False)]
)
def test_without_robots_all_is_allowed_and_where_they_fail_nothing(
    site: Site, status: int, allowed: bool
) -> None:
    site.tell("/robots.txt", status)
    site.put("/a", page("題", "港の灯台は白い。"))
    fetcher = Fetcher(private=True)
    for _ in range(2):
        if allowed:
            fetcher.get(f"{site.root}/a")
            continue
        with pytest.raises(NotNow, match=r"robots\.txt"):
            fetcher.get(f"{site.root}/a")
    assert site.paths().count("/robots.txt") == 1


@pytest.mark.parametrize("rule", ["Disallow: //[", "Crawl-delay: ²", "Allow: //℀"])
def test_robots_that_cannot_be_read_stop_no_build(site: Site, reading: Engine, rule: str) -> None:
    address = site.put("/a", page("題", "港の灯台は白い。"))
    site.put("/robots.txt", f"User-agent: *\n{rule}\n", "text/plain")
    assert "robots.txt が読めません" in told(reading.add([address]))[address]


# What a build makes of it.


def test_a_page_becomes_an_article_with_its_address(site: Site, reading: Engine) -> None:
    address = site.put("/a", page("白い灯台", "港の灯台は1923年に建った。"))
    seen: list[Progress] = []
    report = reading.add([address], on_progress=seen.append)
    assert (report.articles, report.skipped) == (2, ())
    article = by_url(reading)[address]
    assert (article.title, article.source) == ("白い灯台", address)
    assert "1923年" in article.text
    assert Progress("fetch", 0, 1, address) in seen
    site.shutdown()  # the bytes are in the home
    with reading.home.articles() as cache:
        cache.clear()
    assert reading.build().articles == 2
    assert by_url(reading)[address] == article


def test_a_page_asked_for_again_replaces_its_article(site: Site, reading: Engine) -> None:
    address = site.put("/a", page("白い灯台", "港の灯台は1923年に建った。"))
    reading.add([address])
    before = by_url(reading)[address]
    assert reading.add([address]).skipped == ()
    site.put("/a", page("白い灯台", "港の灯台は1924年に建った。"))
    report = reading.add([address])
    assert (report.articles, report.removed, report.skipped) == (2, 0, ())
    after = by_url(reading)[address]
    assert after.id == before.id
    assert "1924年" in after.text
    site.put("/a", page("白い灯台", "港の灯台は1924年に建った。") + b"<!-- x -->")  # the same text
    assert reading.add([address]).skipped == ()
    assert len(reading.home.sources()["pages"]) == 1
    assert reading.build().articles == 2


@pytest.mark.parametrize("now", ["", "<html><body></body></html>"])
def test_what_fails_loses_nothing(site: Site, reading: Engine, now: str) -> None:
    address = site.put("/a", page("白い灯台", "港の灯台は1923年に建った。"))
    reading.add([address])
    site.put("/a", now) if now else site.tell("/a", 500)
    report = reading.add([address, f"{site.root}/none"])
    assert set(told(report)) == {address, f"{site.root}/none"}
    for _ in range(2):
        assert "1923年" in by_url(reading)[address].text
        assert reading.build().skipped == ()


def test_without_the_setting_an_engine_asks_nobody(site: Site, engine: Engine) -> None:
    report = engine.add([site.put("/a", page("題", "港の灯台は白い。"))])
    assert "公開されていない場所" in next(iter(told(report).values()))
    assert site.asked == []
    assert engine.settings.fetch_private is False
    assert Settings.from_env({"TENKYO_FETCH_PRIVATE": "1"}).fetch_private
    with pytest.raises(SettingsError, match="TENKYO_FETCH_PRIVATE"):
        Settings.from_env({"TENKYO_FETCH_PRIVATE": "yes"})


def test_a_feed_brings_what_is_new_at_each_build(site: Site, reading: Engine) -> None:
    links = [site.put(f"/{n}", page(f"第{n}報", f"荷物{n}が港に届いた。")) for n in range(4)]
    feed = site.feed("/feed", "/0", links[1], "/gone")
    report = reading.add([feed])
    assert set(by_url(reading)) == {*links[:2]}
    assert list(told(report)) == [f"{site.root}/gone"]
    site.feed("/feed", *links[1:], "/gone")
    site.asked.clear()
    report = reading.build()
    assert report.skipped == ()  # told once
    assert site.paths() == ["/robots.txt", "/feed", "/2", "/3"]
    assert set(by_url(reading)) == {*links}  # what is gone from the feed stays
    reading.remove(by_url(reading)[links[3]].id)
    assert reading.build().articles == 4
    reading.remove(feed)
    site.asked.clear()
    assert reading.build().articles == 4
    assert site.asked == []


def test_what_a_feed_cannot_bring_now_comes_later(
    site: Site, reading: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received, "NEW", 2)
    links = [site.put(f"/{n}", page(f"第{n}報", f"荷物{n}が港に届いた。")) for n in range(3)]
    whole = site.pages["/1"]
    site.tell("/1", 503)
    feed = site.feed("/feed", *links)
    report = reading.build([feed])
    assert list(told(report)) == [feed, links[1]]
    assert "あと 1 件" in told(report)[feed]
    site.pages["/1"] = whole
    kept = site.pages["/feed"]
    for now in ((500, {}, b""), (200, {"Content-Type": "text/html"}, page("題", "工事中です。"))):
        site.pages["/feed"] = now
        assert list(told(reading.build())) == [feed]
    site.pages["/feed"] = kept
    assert reading.build().skipped == ()
    assert set(by_url(reading)) == {*links}


@pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)")  # Gradio's own
def test_the_library_takes_addresses_where_it_takes_files(
    site: Site, reading: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("http_proxy")  # what asks the library would take it
    address = site.put("/a", page("白い灯台", "港の灯台は1923年に建った。"))
    with lent(reading) as library:
        for wrong in ("", "/etc/passwd", f"{address} /etc/passwd", "http://a.example " * 51):
            given, fault, *_ = library.call("fetch", wrong)
            assert given == wrong
            assert "50個まで" in fault
        assert library.call("fetch", f"{address}\n{site.root}/none")[:2] == ["", ""]
        work = library.built()
    assert f"{site.root}/none" in work
    assert "（404）" in work
    assert address in by_url(reading)
    with lent(reading, public=True) as library:
        assert "fetch" not in library.handlers


HOSTILE = {
    "a path": (b"/etc/passwd", None),
    "an entity of a file": (
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>'
        b"<channel><item><link>&x;</link></item></channel></rss>",
        [],
    ),
    "entities of entities": (
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]><rss><channel><item><link>&j;</link></item></channel></rss>",
        ["http://a.example/&j"],
    ),
    "deep": (b"<rss>" + b"<a>" * 10_000, []),
    "a page": (page("題", "港の灯台は白い。"), None),
    "not closed": (b"<rss><channel><item><link>/b</link>", ["http://a.example/b"]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_feed_has_no_more_than_its_links(name: str) -> None:
    body, links = HOSTILE[name]
    url = fetching.normal("http://a.example/feed")
    with nullcontext() if links is not None else pytest.raises(CorpusError, match="フィード"):
        assert received._links_of(fetching.Fetched(url, 200, {}, body=body)) == links


def test_a_feed_may_have_long_headers(site: Site, reading: Engine) -> None:
    link = site.put("/a", page("題", "港の灯台は白い。"))
    feed = site.feed("/feed", link)
    site.pages["/feed"][1]["Content-Type"] += "; x=" + "é" * 30_000
    assert reading.add([feed]).skipped == ()
    assert set(by_url(reading)) == {link}


def test_a_feed_may_name_a_file_or_a_feed_and_gets_neither(site: Site, reading: Engine) -> None:
    links = ("file:/etc/passwd", "javascript:alert(1)", "/feed", site.feed("/feed?2", "/a"))
    report = reading.add([site.feed("/feed", *links)])
    assert report.articles == 1
    assert set(told(report)) == {*links[:2], links[3]}
    assert set(site.paths()) == {"/robots.txt", "/feed", "/feed?2"}
