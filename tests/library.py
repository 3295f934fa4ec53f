"""What the tests of the library's page share: files to give it, and ways to look at it."""

from typing import Any

FERRY = """---
title: 渡し船の朝
publisher: 北浜日報
published: 2025-02-01
---
渡し船の船長は浜口カネである。船は一日に十四往復し、冬の朝だけ一便減る。
"""
BROKEN = {"name": "写真.pdf", "mimeType": "application/pdf", "buffer": b"\x00\x01\x02\xff" * 40}
READABLE = {"name": "渡し船.md", "mimeType": "text/markdown", "buffer": FERRY.encode()}


def opened(tab: Any, address: str) -> Any:
    tab.goto(f"{address}/library")
    tab.wait_for_selector("#articles :is(tbody tr, .empty)")
    return tab


def titles(tab: Any) -> list[str]:
    return tab.locator("#articles .title a").all_inner_texts()


def give(tab: Any, *files: dict[str, Any]) -> None:
    tab.set_input_files("#files [type=file]", list(files))


def ended(tab: Any, headline: str) -> None:
    tab.wait_for_selector(f"#work h2:has-text('{headline}')")
    tab.wait_for_selector("#work progress", state="detached")


def shows(tab: Any, *wanted: str) -> None:
    """Wait until the table shows these articles, in this order."""
    tab.wait_for_function(
        """wanted => JSON.stringify(wanted) ===
          JSON.stringify([...document.querySelectorAll("#articles .title a")].map(a => a.innerText))""",
        arg=list(wanted),
    )


def drop(tab: Any, *files: dict[str, Any]) -> None:
    """Drop files as a browser does."""
    given = [{**file, "buffer": list(file["buffer"])} for file in files]
    transfer = tab.evaluate_handle(
        """(files) => {
          const transfer = new DataTransfer();
          for (const { name, mimeType, buffer } of files)
            transfer.items.add(new File([new Uint8Array(buffer)], name, { type: mimeType }));
          return transfer;
        }""",
        given,
    )
    tab.dispatch_event("#files button", "drop", {"dataTransfer": transfer})
