"""Text for files of every format, and a way to read them in this process."""

from pathlib import Path

from index.articles.files import Draft, Limits
from index.articles.formats import read_draft

ONE = "朝から雨が降り、川の水位が上がったため、町は橋を閉じて住民に注意を呼びかけた。"
TWO = "役場によると、けが人は出ておらず、水位は夕方までに平年並みに戻ったという。"
THREE = "町長は二十三日、堤防の点検を急ぐ考えを示し、費用は県と分け合うと述べた。"


def read(folder: Path, name: str, content: bytes | str) -> Draft:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_draft(path, Limits())[0]


def page(head: str = "", body: str = "", lang: str = ' lang="ja"') -> str:
    article = f"<article><h1>大雨で川の水位が上昇</h1>{body}<p>{ONE}</p><h2>被害</h2><p>{TWO}</p><p>{THREE}</p></article>"
    return f'<!DOCTYPE html><html{lang}><head><meta charset="utf-8">{head}</head><body><nav><a href="/">トップ</a><a href="/w">国際</a></nav>{article}<footer>© みどり新聞社</footer></body></html>'
