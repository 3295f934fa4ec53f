"""How the page looks and what language it speaks, in a real browser."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsing import ASKED, EN, JA, ZH, ask, colour, contrast

from index.web.words import MARKS, Words, spoken

WEB = Path(__file__).parents[1] / "index" / "web"
SIGN_IN = WEB.parent / "server" / "signin.py"
ERRORS = {name for name in EN.table() if name.startswith("error_")}
"""An error speaks Japanese itself."""

pytest_plugins = ("pages",)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)"),  # Gradio's own
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_readable_in_both_schemes(tab: Any, address: str, scheme: str) -> None:
    tab.emulate_media(color_scheme=scheme)
    tab.goto(address)
    # An Enter within milliseconds of the page's own load event can be lost between Gradio's streams.
    tab.wait_for_selector(".status:not(.loading)")
    ask(tab, ASKED, 1)
    paper = colour(tab, "body", "backgroundColor")
    assert (sum(paper) < 200) == (scheme == "dark")
    mark = colour(tab, "#sources-1 mark", "backgroundColor")
    assert contrast(colour(tab, "#sources-1 mark", "color"), mark) >= 7
    for quiet in ("#turn-1 footer", "#src-1-1 .origin", "a.cite", "#question textarea"):
        assert contrast(colour(tab, quiet, "color"), paper) >= 4.5


def test_the_page_speaks_japanese(chat: Any) -> None:
    assert chat.title() == JA.page_title
    assert chat.evaluate("document.documentElement.lang") == "ja"
    shown = chat.locator("body").inner_text()
    for words in ("Gradio", "API", "Settings", "Loading"):
        assert words not in shown


@pytest.mark.parametrize("texts", [EN, ZH], ids=lambda texts: texts.language)
def test_the_page_speaks_the_language_of_the_browser(
    open_tab: Callable[..., Any], address: str, texts: Words
) -> None:
    tab = open_tab(locale={"en": "en-GB", "zh": "zh-TW"}[texts.language])
    tab.goto(address)
    tab.wait_for_selector(f"#welcome h1:has-text('{texts.welcome.splitlines()[0]}')")
    tab.wait_for_selector(".status:not(.loading)")
    assert tab.evaluate("document.documentElement.lang") == texts.language
    assert tab.title() == texts.page_title
    assert tab.get_attribute("#question textarea", "placeholder") == texts.placeholder
    ask(tab, ASKED, 1)
    shown = tab.locator("body").inner_text()
    for words in (texts.send, texts.new, texts.narrow, texts.sources, texts.view):
        assert words in shown
    for words in (JA.send, JA.new, JA.narrow, "⟦", "__i18n__"):
        assert words not in shown


def test_the_language_can_be_chosen_and_stays(chat: Any) -> None:
    chat.click(".view summary")
    chat.select_option(".view [name=language]", "en")
    chat.wait_for_selector(f".submit-button:has-text('{EN.send}')")
    chat.reload()
    chat.wait_for_selector(f".submit-button:has-text('{EN.send}')")
    chat.wait_for_selector(f".toggle-button[aria-label='{EN.history}']")


def test_brightness_can_be_chosen_and_stays(chat: Any) -> None:
    def is_dark() -> bool:
        return sum(colour(chat, "body", "backgroundColor")) < 200

    assert not is_dark()
    chat.click(".view summary")
    chat.select_option(".view [name=scheme]", "dark")
    chat.wait_for_function("document.body.matches('.dark')")
    assert is_dark()
    chat.reload()
    chat.wait_for_selector(".status:not(.loading)")
    assert is_dark()
    chat.click(".view summary")
    assert chat.input_value(".view [name=scheme]") == "dark"
    chat.select_option(".view [name=scheme]", "")
    chat.wait_for_function("!document.body.matches('.dark')")


@pytest.mark.parametrize("texts", [JA, EN, ZH], ids=lambda texts: texts.language)
def test_every_language_fills_the_same_places(texts: Words) -> None:
    assert texts.table().keys() - ERRORS == JA.table().keys() - ERRORS
    for name, said in texts.table().items():
        assert said, name
        assert places(said) == places(JA.table().get(name, said)), name
        assert not set('<>&"').intersection(said), name  # they stand in HTML and in scripts


def test_every_word_is_said_somewhere() -> None:
    said = "".join(path.read_text("utf-8") for path in [*WEB.rglob("*.*"), SIGN_IN] if path.suffix in {".py", ".js", ".css"}
                   and path.parent.name != "words")  # fmt: skip
    made = (
        "error_",
        "library_",
        "check_",
        "fit_",
        "scheme_",
        "struck_",
        "words_",
    )  # their names are put together
    named = [name for name in JA.table() if not name.startswith(made)]
    assert [n for n in named if not re.search(rf"\.{n}\b|⟦{n}⟧", said)] == []


def test_marks_become_words() -> None:
    page = f'{{"label": "{MARKS.send}", "title": "{MARKS.welcome}"}}'
    assert json.loads(spoken(page, EN)) == {"label": EN.send, "title": EN.welcome}


def places(said: str) -> set[str]:
    return set(re.findall(r"\{(\w*)", said))
