"""Text that cannot work on what stands beside it: what cannot be seen made visible."""

import re

BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Controls that turn the direction of what follows.

Source: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
"""

CONTROLS = (
    {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"}
    | {0x7F: "\u2421"}
    | dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000)), "\ufffd")
)
"""A picture for each control and each half of a surrogate pair, one character for one."""

_VISIBLE = CONTROLS | {ord(control): f"‹U+{ord(control):04X}›" for control in BIDI}


def legible(text: str) -> str:
    """Return the text with every control in it visible, so that none works on what stands beside it."""
    return text.replace("\r\n", "\n").translate(_VISIBLE)


def one_line(text: str) -> str:
    """Return the text legible and in one line; an ideographic space stays one."""
    return legible(re.sub(r"[^\S\u3000]+", " ", text).strip())
