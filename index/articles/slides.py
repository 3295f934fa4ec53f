"""PPTX: each slide a page, its title a heading, what stands on it in its reading order, then its notes."""

import posixpath
from typing import Any

from index.articles.archives import Archive, about, joined
from index.articles.docx import Word
from index.articles.files import Draft, Limits, check_count
from index.articles.office import name, value
from index.records import Mark

_MAIN = "ppt/presentation.xml"
_TITLES = frozenset({"title", "ctrTitle"})
_RUNNING = frozenset({"sldNum", "dt", "ftr", "hdr", "sldImg"})


def read(archive: Archive, limits: Limits) -> Draft:
    """Read a PPTX.

    Raises:
        Unreadable: It has too many paragraphs.
    """
    page, links, paragraphs = _Slides(archive), _linked(archive, _MAIN), 0
    for number, one in enumerate(archive.xml(_MAIN).iter("{*}sldId"), 1):
        ids = (said for key, said in one.attrib.items() if key.endswith("}id"))
        part, begun = links.get(next(ids, ""), ("", ""))[1], page.end
        slide = archive.xml(part)
        paragraphs += sum(1 for _ in slide.iter("{*}p"))
        check_count("段落", paragraphs, limits.paragraphs)
        if slide.get("show") == "0":
            page.lose("hidden", slide)
            continue
        shapes = (shape for tree in slide.iter("{*}spTree") for shape in tree)
        page.inside(sorted(shapes, key=lambda shape: _holds(shape) not in _TITLES))
        for kind, notes in _linked(archive, part).values():
            said = archive.xml(notes).iter("{*}sp") if kind == "notesSlide" else ()
            for body in (shape for shape in said if _holds(shape) == "body"):
                page.add(page.within(body), "note")
        if page.end > begun:
            page.marks.append(Mark("page", begun, page.end - 1, str(number)))
    return page.draft(**about(archive.stated("docProps/core.xml")))


def _linked(archive: Archive, name: str) -> dict[str, tuple[str, str]]:
    """The parts that one refers to, by their ids: the kind and the name of each."""
    folder, base = posixpath.split(name)
    return {
        link.get("Id"): (
            posixpath.basename(link.get("Type", "")),
            joined(name, link.get("Target", "")),
        )
        for link in archive.xml(f"{folder}/_rels/{base}.rels").iter("{*}Relationship")
    }


def _holds(shape: Any) -> str:
    """What a shape holds the place of, such as a title."""
    return value(next(shape.iter("{*}ph"), None), "type") if name(shape) == "sp" else ""


class _Slides(Word):
    """Reads what stands on slides."""

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self.actions["sp"] = self._shape

    def _shape(self, node: Any) -> str:
        if _holds(node) in _RUNNING:
            return self.lose("chrome", node)
        is_title = _holds(node) in _TITLES
        return self.block(self.within(node), "## ") if is_title else self.inside(node)
