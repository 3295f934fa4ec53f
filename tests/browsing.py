"""What the tests of the web page share: articles, questions about them, and ways to look at a page."""

import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError

from index.engine import Engine
from index.records import Step
from index.settings import Settings
from index.web.words import LANGUAGES

ARTICLES = {
    "lighthouse.md": """---
title: 鷹ノ崎灯台の百年
publisher: 北浜日報
published: 2024-05-03
---

## 灯台の誕生

鷹ノ崎灯台は1924年10月に完成し、工費は当時の金額で12万円だった。設計したのは技師の大野修造で、石材は隣の梶村の採石場から船で運ばれた。完成した夜、港には3,000人の見物客が集まったという。

## 灯台が無人になったのはいつか

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


class Held(Engine):
    """The real engine, with a warm-up that lasts until it is let go."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.go = threading.Event()

    def warm_up(self, **options: Any) -> None:
        self.go.wait()
        super().warm_up(**options)


class Slow(Engine):
    """The real engine, with steps that come while it is let go."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.go = threading.Event()
        self.go.set()

    def steps(self, question: str, **options: Any) -> Iterator[Step]:
        for step in super().steps(question, **options):
            yield step
            self.go.wait(20)


JA, EN, ZH = LANGUAGES.values()


def asked(page: Any, turn: int) -> str:
    """The question of a turn as it is shown."""
    return str(page.locator("#conversation .user-row .md").nth(turn - 1).inner_text())


def sources_of(page: Any, turn: int) -> Any:
    """The sources of a turn, wherever they are: in the panel, or in the conversation until they are asked for."""
    page.click(f"#turn-{turn} :is(a.cite, a.offer) >> nth=0")
    return page.locator(f"#sources-{turn}")


def send(page: Any, question: str, turn: int) -> None:
    """Ask; Enter is pressed again where the last answer's event had not ended."""
    page.fill("#question textarea", question)
    for _ in range(9):
        page.press("#question textarea", "Enter")
        with suppress(TimeoutError):
            page.wait_for_selector(f"#turn-{turn}", timeout=1500)
            break


def ask(page: Any, question: str, turn: int) -> None:
    """Ask and wait for the answer."""
    send(page, question, turn)
    page.wait_for_selector(f"#turn-{turn} footer")


def in_view(page: Any, selector: str) -> None:
    """Wait until the element's top stands in the window, at rest."""
    page.wait_for_function(
        """(selector) => {
          const box = document.querySelector(selector)?.getBoundingClientRect();
          const seen = box && document.elementFromPoint(box.left + 2, box.top + 2);
          return seen && seen.closest(selector);
        }""",
        arg=selector,
    )


def elements(page: Any) -> list[str]:
    """The kinds of elements that a script would need, or that markup in a text would make."""
    return page.evaluate(
        "[...document.querySelectorAll('#desk :is(img, script, iframe, b, em, strong:not(.key), code, math)')]"
        ".map(e => e.tagName)"
    )


def axe(page: Any, within: str | None = None) -> list[str]:
    """What axe-core finds serious or critical on a page: the rule, and the elements that break it.

    Where something lies over the page for a while, only what is ``within`` it counts.

    Source: https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
    """
    options = {
        "rules": {"target-size": {"enabled": True}}
    }  # of WCAG 2.2, not among axe's own choice
    found = Axe().run(page, within, options).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node['any'][0]['message'] if node['any'] else ''}"
        for rule in found
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]


def colour(page: Any, selector: str, name: str) -> tuple[int, int, int]:
    value = page.locator(selector).first.evaluate(f"e => getComputedStyle(e).{name}")
    red, green, blue = value.removeprefix("rgb(").removesuffix(")").split(",")
    return int(red), int(green), int(blue)


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Contrast ratio. Source: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio"""

    def luminance(colour: tuple[int, ...]) -> float:
        parts = (c / 255 for c in colour)
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def get(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def wait(holds: Callable[[], Any], process: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert process is None or process.poll() is None, "the server ended"
        assert time.monotonic() < deadline
        time.sleep(0.2)
