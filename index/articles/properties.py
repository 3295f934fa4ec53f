"""Document properties of PDF and DOCX, where programs leave their own inventions beside the truth."""

import re

_INVENTED = re.compile(
    r"microsoft |untitled|無題|名称未設定|document ?\d*$|文書 ?\d*$|スライド|powerpoint|"
    r".*\.(?:docx?|pdf|indd|xlsx?|pptx?|jtd|txt|tex|html?)$|[a-z_-]*\d{3,}[\w-]*$",
    re.IGNORECASE | re.ASCII,
)
_ACCOUNT = re.compile(
    r"python-docx|microsoft|unknown|所有者|@|[a-z0-9_.-]+$", re.IGNORECASE | re.ASCII
)


def sensible_title(title: str | None) -> str | None:
    """A document property as a title, unless a program made it up."""
    title = " ".join((title or "").split())
    return None if not title or _INVENTED.match(title) else title


def sensible_authors(author: str | None) -> tuple[str, ...]:
    """A document property as names, unless it is an account's or a program's."""
    names = (name.strip() for name in re.split(r"[;、,，]", author or ""))
    return tuple(name for name in names if name and not _ACCOUNT.match(name))
