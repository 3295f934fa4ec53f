"""The chat as a reader meets it: the real server over a small real index, in a real browser.

The server runs in a process of its own in which every connection to the outside is refused and
written down; the browser's requests are watched as well.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from index.engine import Engine
from index.errors import TenkyoError
from index.server import create_server, serve
from index.settings import Settings
from index.web import rendering
from index.web.chat import Chat
from index.web.examples import choose_examples
from index.web.texts import JA
from index.web.warmup import WarmUp

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")  # Gradio's own

CHROMIUM = shutil.which("chromium", path="/usr/bin" + os.pathsep + os.environ.get("PATH", ""))
ROOT = Path(__file__).parent.parent

ARTICLES = {
    "lighthouse.md": """---
title: 鷹ノ崎灯台の百年
publisher: 北浜日報
published: 2024-05-03
---

## 灯台の誕生

鷹ノ崎灯台は1924年10月に完成し、工費は当時の金額で12万円だった。設計したのは技師の大野修造で、石材は隣の梶村の採石場から船で運ばれた。完成した夜、港には3,000人の見物客が集まったという。

## 無人になるまで

鷹ノ崎灯台は1951年に電化された。灯台守の一家が岬を離れたのは1978年のことで、その年から灯台は無人になった。町は宿舎を買い取り、2003年に資料館として開いた。
""",
    "railway.txt": """沢渡鉄道は1962年に開業し、全長は14.6キロメートルだった。沿線の人口が減り、赤字が続いたため、1985年に廃止された。

沢渡村では廃線の跡を遊歩道にする計画が進んでいる。村長の佐久間礼子は「急がずに進める」と語った。
""",
    "hostile.md": """---
title: 磯辺研究所<img src=x onerror="window.hit=1">の記録
publisher: <script>window.hit=1</script>
---

磯辺研究所は1999年に、海の音を録る人びとによって設立された。
""",
    "hostile.txt": """磯辺研究所の合言葉は<b onclick="window.hit=1">*海鳴り*</b>と$x^2$と[灯](javascript:alert(1))と`錨`である。
""",
}
ASKED = "鷹ノ崎灯台を設計したのは誰か"
FOLLOWING = "沢渡鉄道はいつ廃止されたか"
OFF_TOPIC = "ブラジルの首都の人口は何人か"

GUARD = """
import os, socket

def _local(address):
    host = address[0] if isinstance(address, tuple) else address
    return host in (None, "", "0.0.0.0", "::") or str(host) in ("localhost", "::1") or (
        str(host).startswith(("127.", "/", "\\0")))

def _guard(name, owner, place):
    real = getattr(owner, name)
    def guarded(*args, **kwargs):
        address = args[place] if len(args) > place else kwargs.get("host")
        if isinstance(address, bytes):
            address = address.decode("utf-8", "replace")
        if not _local(address):
            with open(os.environ["OUTSIDE_LOG"], "a") as log:
                log.write(f"{name} {address}\\n")
            raise OSError(f"refused: {address}")
        return real(*args, **kwargs)
    setattr(owner, name, guarded)

for name in ("connect", "connect_ex"):
    _guard(name, socket.socket, 1)
_guard("sendto", socket.socket, -1)
for name in ("getaddrinfo", "gethostbyname"):
    _guard(name, socket, 0)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    home = tmp_path_factory.mktemp("home")
    report = Engine(Settings.from_env({}, home=home)).build([folder])
    assert report.articles == len(ARTICLES)
    return home


@pytest.fixture(scope="module")
def engine(home: Path) -> Engine:
    engine = Engine(Settings.from_env({}, home=home))
    engine.warm_up()
    return engine


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guard")
    (folder / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    (folder / "attempts").touch()
    return folder


@pytest.fixture(scope="module")
def address(home: Path, outside: Path) -> Iterator[str]:
    """Address of ``python app.py`` over the small index, cut off from the outside."""
    port = _free_port()
    command = [sys.executable, "app.py", "--port", str(port), "--home", str(home)]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("TENKYO_")}
    environ |= {"PYTHONPATH": str(outside), "OUTSIDE_LOG": str(outside / "attempts")}
    with open(outside / "output", "w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(lambda: _get(address + "/healthz"), process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def test_the_guard_refuses_and_writes_down(outside: Path, tmp_path: Path) -> None:
    environ = os.environ | {"PYTHONPATH": str(outside), "OUTSIDE_LOG": str(tmp_path / "log")}
    code = "import socket; socket.create_connection(('192.0.2.1', 80))"
    assert subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True).returncode
    assert "192.0.2.1" in (tmp_path / "log").read_text()


def test_the_page_comes_up_and_looks_nowhere_else(address: str, outside: Path) -> None:
    assert JA.page_title in _get(address + "/")
    _wait(lambda: '"ready":true' in _get(address + "/healthz"))
    assert (outside / "attempts").read_text() == ""


def test_the_page_is_our_own(address: str) -> None:
    with urllib.request.urlopen(address) as answer:
        page, policy = answer.read().decode(), answer.headers["Content-Security-Policy"]
    assert 'lang="ja"' in page
    assert "gradio-app/gradio" not in page
    assert "default-src 'self'" in policy
    assert "<svg" in _get(address + "/favicon.ico")


def test_no_handler_is_an_endpoint(address: str) -> None:
    assert _get(address + "/gradio_api/info") == ""
    assert _get(address + "/docs") == ""


def test_a_port_in_use_is_named(engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(TenkyoError, match=rf"{port}.*--port"):
            serve(engine, port=port, on_ready=print)


def test_examples_are_answered(engine: Engine) -> None:
    examples = choose_examples(engine)
    assert examples
    assert all(engine.ask(example).answered for example in examples)


def test_a_follow_up_is_read_with_the_question_before(engine: Engine) -> None:
    chat = Chat(engine, WarmUp(engine, unexpected=JA.unexpected), JA)
    *_, first = chat.answer(ASKED, ())
    *_, second = chat.answer("工費は？", (first,))
    assert second.answer is not None
    assert ASKED in second.answer.understood
    assert "工費は？" in rendering.render_turn(second, JA)


def test_the_answer_comes_in_steps(engine: Engine) -> None:
    chat = Chat(engine, WarmUp(engine, unexpected=JA.unexpected), JA)
    turns = list(chat.answer(ASKED, ()))
    assert [turn.stage for turn in turns] == ["looking", "reading", "answer"]
    assert "鷹ノ崎灯台の百年" in turns[1].titles


# In the browser.


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    switches = "no-sandbox disable-gpu no-first-run disable-background-networking"
    more = " disable-component-update disable-sync"
    return {
        "executable_path": CHROMIUM,
        "args": [f"--{switch}" for switch in (switches + more).split()],
    }


@pytest.fixture
def browser_context_args() -> dict[str, Any]:
    return {"locale": "ja-JP", "viewport": {"width": 1280, "height": 860}}


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("chromium がないため、画面の試験を省きます（apt-get install chromium）。")
    page = request.getfixturevalue("context").new_page()
    foreign: list[str] = []
    page.on("request", lambda r: "//127.0.0.1:" in r.url or foreign.append(r.url))
    page.set_default_timeout(20_000)
    yield page
    assert [url for url in foreign if not url.startswith(("data:", "blob:"))] == []
    assert page.evaluate("window.hit === undefined")
    page.close()


@pytest.fixture
def chat(page: Any, address: str) -> Any:
    page.goto(address)
    page.wait_for_selector(".status:not(.loading)")
    return page


@pytest.mark.browser
def test_an_answer_shows_its_sources(chat: Any, engine: Engine) -> None:
    ask(chat, ASKED, 1)
    answer = engine.ask(ASKED)
    assert "大野修造" in answer.text
    assert chat.locator("#turn-1 a.cite").count() == len(answer.citations)
    assert chat.locator("#sources-1 mark").all_inner_texts() == [c.quote for c in answer.citations]
    card = chat.locator("#src-1-1").inner_text()
    for part in ("鷹ノ崎灯台の百年", "北浜日報", "2024年5月3日", "灯台の誕生"):
        assert part in card
    assert "根拠は" in chat.locator("#turn-1 footer").inner_text()


@pytest.mark.browser
def test_a_marker_opens_its_card_and_the_card_leads_back(chat: Any) -> None:
    ask(chat, ASKED, 1)
    chat.click("#turn-1 a.cite >> nth=0")
    _in_view(chat, "#src-1-1.active")
    assert chat.evaluate("document.activeElement.id") == "src-1-1"
    chat.click("#src-1-1 a.number")
    _in_view(chat, "#cite-1-1.active")
    assert chat.evaluate("document.activeElement.id") == "cite-1-1"


@pytest.mark.browser
def test_an_older_answer_keeps_its_sources(chat: Any) -> None:
    ask(chat, ASKED, 1)
    ask(chat, FOLLOWING, 2)
    assert "沢渡鉄道" in chat.locator(".sources.selected mark").first.inner_text()
    chat.click("#turn-1 a.cite >> nth=0")
    _in_view(chat, "#src-1-1.active")
    assert "大野修造" in chat.locator(".sources.selected mark").first.inner_text()
    assert chat.locator(".sources.selected").count() == 1


@pytest.mark.browser
def test_an_example_runs_on_click(chat: Any) -> None:
    example = chat.locator(".example").first
    question = example.inner_text()
    example.click()
    chat.wait_for_selector("#turn-1 a.cite")
    assert chat.locator("#turn-1 .question").inner_text() == question
    assert not chat.locator("#welcome").is_visible()


@pytest.mark.browser
def test_a_refusal_offers_the_nearest_passages(chat: Any, engine: Engine) -> None:
    answer = engine.ask(OFF_TOPIC)
    assert not answer.answered
    ask(chat, OFF_TOPIC, 1)
    assert answer.text in chat.locator("#turn-1 .refusal").inner_text()
    assert chat.locator("#turn-1 .answer, #sources-1 mark").count() == 0
    assert chat.locator("#sources-1 .card.quiet").count() == len(answer.nearest)


@pytest.mark.browser
def test_hostile_words_stay_words(chat: Any) -> None:
    before = _elements(chat)
    question = "磯辺研究所の合言葉は<img src=x onerror='window.hit=1'>*何*ですか${1}{{2}}$y^2$"
    ask(chat, question, 1)
    assert chat.locator("#turn-1 .question").inner_text() == question
    shown = chat.locator("#sources").inner_text()
    assert ARTICLES["hostile.txt"].strip() in shown
    ask(chat, "磯辺研究所はいつ設立されたか", 2)
    shown = chat.locator("#sources").inner_text()
    assert "<script>window.hit=1</script>" in shown
    assert '磯辺研究所<img src=x onerror="window.hit=1">の記録' in shown
    assert _elements(chat) == before
    assert chat.locator('#desk [href^="javascript"]').count() == 0


@pytest.mark.browser
@pytest.mark.parametrize(
    ("question", "words"), [("", "質問が空です"), ("あ" * 100_000, "質問が長すぎます")]
)
def test_an_error_is_a_message(chat: Any, question: str, words: str) -> None:
    chat.fill("#question textarea", question)
    chat.click("#send")
    chat.wait_for_selector("#turn-1 .problem")
    assert words in chat.locator("#turn-1 .problem").inner_text()
    ask(chat, ASKED, 2)
    assert "Traceback" not in chat.content()


@pytest.mark.browser
def test_enter_that_confirms_a_composition_does_not_send(chat: Any) -> None:
    chat.focus("#question textarea")
    keyboard = chat.context.new_cdp_session(chat)
    keyboard.send(
        "Input.imeSetComposition", {"text": "とうだい", "selectionStart": 4, "selectionEnd": 4}
    )
    for kind in ("keyDown", "keyUp"):
        enter = {"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
        keyboard.send(
            "Input.dispatchKeyEvent", enter | ({"text": "\r"} if kind == "keyDown" else {})
        )
    keyboard.send("Input.insertText", {"text": "鷹ノ崎灯台"})
    chat.wait_for_timeout(500)
    assert chat.locator(".turn").count() == 0
    chat.press("#question textarea", "Enter")
    chat.wait_for_selector("#turn-1 footer")
    assert "鷹ノ崎灯台" in chat.locator("#turn-1 .question").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_readable_in_both_schemes(page: Any, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    # An Enter within milliseconds of the page's own load event can be lost between Gradio's streams.
    page.wait_for_selector(".status:not(.loading)")
    ask(page, ASKED, 1)
    paper = _colour(page, "body", "backgroundColor")
    assert (sum(paper) < 200) == (scheme == "dark")
    mark = _colour(page, "#sources-1 mark", "backgroundColor")
    assert _contrast(_colour(page, "#sources-1 mark", "color"), mark) >= 7
    for quiet in ("#turn-1 footer", "#src-1-1 .origin", "a.cite", "#question textarea"):
        assert _contrast(_colour(page, quiet, "color"), paper) >= 4.5


@pytest.mark.browser
def test_on_a_phone_the_sources_are_a_sheet(chat: Any) -> None:
    chat.set_viewport_size({"width": 390, "height": 844})
    ask(chat, ASKED, 1)
    ask(chat, "磯辺研究所の合言葉は何か", 2)
    chat.wait_for_selector("#sources", state="hidden")
    chat.click("#turn-2 a.cite >> nth=0")
    _in_view(chat, "#src-2-1.active")
    assert chat.evaluate("document.activeElement.id") == "src-2-1"
    assert chat.evaluate("document.documentElement.scrollWidth") <= 390
    assert chat.evaluate("document.querySelector('#sources').scrollWidth") <= 390
    chat.press("body", "Escape")
    chat.wait_for_selector("#sources", state="hidden")


@pytest.mark.browser
def test_the_page_speaks_japanese(chat: Any) -> None:
    assert chat.title() == JA.page_title
    assert chat.evaluate("document.documentElement.lang") == "ja"
    shown = chat.locator("body").inner_text()
    for words in ("Gradio", "API", "Settings", "Loading"):
        assert words not in shown


@pytest.mark.browser
def test_a_question_asked_too_early_is_answered_in_time(page: Any, home: Path) -> None:
    engine = Held(Settings.from_env({}, home=home))
    with running(create_server(engine)) as address:
        page.goto(address)
        assert page.locator(".status.loading").inner_text() == JA.loading
        page.fill("#question textarea", ASKED)
        page.press("#question textarea", "Enter")
        page.wait_for_selector(f"#turn-1 .progress:has-text('{JA.waiting}')")
        engine.go.set()
        page.wait_for_selector("#turn-1 a.cite")
        page.wait_for_selector(".example", state="attached")


@pytest.mark.browser
def test_a_failed_warm_up_is_told(page: Any, tmp_path: Path) -> None:
    engine = Engine(Settings.from_env({}, home=tmp_path))
    with running(create_server(engine)) as address:
        page.goto(address)
        assert "tenkyo build" in page.locator(".status.failed").inner_text()
        page.fill("#question textarea", ASKED)
        page.press("#question textarea", "Enter")
        assert "tenkyo build" in page.locator("#turn-1 .problem").inner_text()


@pytest.mark.browser
def test_a_lost_connection_is_told_in_japanese(page: Any, tmp_path: Path) -> None:
    with running(create_server(Engine(Settings.from_env({}, home=tmp_path)))) as address:
        page.goto(address)
        page.wait_for_selector(".status.failed")
    page.fill("#question textarea", ASKED)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".toast-body:has-text('つなぎ直しています')")
    assert page.input_value("#question textarea") == ASKED


class Held(Engine):
    """The real engine, with a warm-up that lasts until it is let go."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.go = threading.Event()

    def warm_up(self, **options: Any) -> None:
        self.go.wait()
        super().warm_up(**options)


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Run a server in a thread; yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def ask(page: Any, question: str, turn: int) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f"#turn-{turn} footer")


def _in_view(page: Any, selector: str) -> None:
    """Wait until the element's top stands in the window, at rest."""
    page.wait_for_function(
        """(selector) => {
          const box = document.querySelector(selector)?.getBoundingClientRect();
          const seen = box && document.elementFromPoint(box.left + 2, box.top + 2);
          return seen && seen.closest(selector);
        }""",
        arg=selector,
    )


def _elements(page: Any) -> list[str]:
    """The kinds of elements that a script would need, or that markup in a text would make."""
    return page.evaluate(
        "[...document.querySelectorAll('#desk :is(img, script, iframe, b, em, strong, code, math)')]"
        ".map(e => e.tagName)"
    )


def _colour(page: Any, selector: str, name: str) -> tuple[int, int, int]:
    value = page.locator(selector).first.evaluate(f"e => getComputedStyle(e).{name}")
    red, green, blue = value.removeprefix("rgb(").removesuffix(")").split(",")
    return int(red), int(green), int(blue)


def _contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Contrast ratio. Source: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio"""

    def luminance(colour: tuple[int, ...]) -> float:
        parts = (c / 255 for c in colour)
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _get(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def _wait(holds: Callable[[], Any], process: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert process is None or process.poll() is None, "the server ended"
        assert time.monotonic() < deadline
        time.sleep(0.2)
