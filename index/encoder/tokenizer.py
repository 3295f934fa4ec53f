"""The tokenizer of XLM-R: NFKC, metaspace, and the likeliest pieces of a Unigram vocabulary.

Written out although the library ``tokenizers`` gives the same ids (a test holds the two together): of
these 250,000 pieces that takes 282 MB and 1.2 s to load, this 30 MB and a quarter of the time, which
a question from the command line feels. And this tells where in the text as written a piece stands.

Source: Kudo, "Subword Regularization", https://arxiv.org/abs/1804.10959 (the Viterbi search), and
the normaliser nmt_nfkc of SentencePiece.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

LIMIT = 512
BOS, EOS, UNKNOWN = 0, 2, 3
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
UNKNOWN_PENALTY = 10.0  # below the least likely piece; kUnkPenalty of SentencePiece
METASPACE = "\u2581"

# Where nmt_nfkc differs from NFKC: control characters vanish, odd spaces become plain ones.
VANISH = [*range(0x01, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F]
SPACES = [0x09, 0x0A, 0x0C, 0x0D, 0x1680, *range(0x200B, 0x2010)]
SPACES += [0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD]
_NMT: dict[int, str | None] = dict.fromkeys(VANISH) | dict.fromkeys(SPACES, " ")


class Tokenizer:
    """Text to token ids, at most ``LIMIT`` of them with the two that mark begin and end."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        self._ids = dict(zip(pieces, range(len(pieces)), strict=True))
        for piece in SPECIAL:  # "</s>" in a text is four characters, not the end of it
            del self._ids[piece]
        self._scores = scores
        self._unknown = min(scores) - UNKNOWN_PENALTY
        # How long the longest piece is that begins with these two characters: spares most look-ups.
        self._reach = {piece[:2]: len(piece) for piece in sorted(self._ids, key=len)}

    def encode(self, text: str) -> list[int]:
        """Return the ids. What does not fit the limit is cut off at the end."""
        ids = [BOS]
        for word in unicodedata.normalize("NFKC", text.translate(_NMT)).split():
            if len(ids) >= LIMIT:
                break
            ids += [piece for piece, _, _ in self._pieces(METASPACE + word)]
        return [*ids[: LIMIT - 1], EOS]

    def locate(self, text: str) -> list[tuple[int, int, int]]:
        """Return the ids without limit or marks of begin and end, each with its place in the text.

        A piece that begins a word may be empty: the mark of the space before it.
        """
        return [
            (piece, origins[start], ends[end])
            for word, origins, ends in _words(text)
            for piece, start, end in self._pieces(METASPACE + word)
        ]

    def _pieces(self, word: str) -> list[tuple[int, int, int]]:
        """Return the likeliest way to write the word in pieces, each with its place in it."""
        find, scores, reach = self._ids.get, self._scores, self._reach.get
        best = [0.0] + [float("-inf")] * len(word)
        came = [(0, UNKNOWN)] * (len(word) + 1)  # the best last piece: where it starts, its id
        for start in range(len(word)):
            furthest = min(start + reach(word[start : start + 2], 1), len(word))
            for end in range(start + 1, furthest + 1):
                piece = find(word[start:end])
                if piece is not None:
                    score = best[start] + scores[piece]
                elif end == start + 1:
                    score, piece = best[start] + self._unknown, UNKNOWN
                else:
                    continue
                if score > best[end]:
                    best[end], came[end] = score, (start, piece)
        pieces: list[tuple[int, int, int]] = []
        end = len(word)
        while end:
            start, piece = came[end]
            if piece == UNKNOWN and pieces and pieces[-1][0] == UNKNOWN:
                pieces[-1] = (piece, start, pieces[-1][2])  # as SentencePiece writes a run of them
            else:
                pieces.append((piece, start, end))
            end = start
        return pieces[::-1]


def _words(text: str) -> Iterator[tuple[str, list[int], list[int]]]:
    """Yield the words of the normalised text, each with where its characters begin and end in it.

    Both lists count from the mark in front of the word, which has no width.
    """
    characters = [
        (character, start, end)
        for start, end in _composed(text)
        for character in unicodedata.normalize("NFKC", text[start:end].translate(_NMT))
    ]
    for blank, run in groupby(characters, key=lambda c: c[0].isspace()):
        if not blank:
            word, starts, ends = zip(*run, strict=True)
            yield "".join(word), [starts[0], *starts], [starts[0], starts[0], *ends]


def _composed(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text into the shortest runs that can be normalised one by one."""
    normal = unicodedata.normalize
    start = 0
    for at in range(1, len(text)):
        if unicodedata.combining(text[at]):
            continue
        run, added = text[start:at], text[at]
        if normal("NFKC", run + added) == normal("NFKC", run) + normal("NFKC", added):
            yield start, at
            start = at
    if text:
        yield start, len(text)


def library_tokenizer(pieces: Sequence[str], scores: Sequence[float]) -> Any:
    """Return the same tokenizer as the library ``tokenizers`` makes it."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    never = [-1000.0 if piece in SPECIAL else s for piece, s in zip(pieces, scores, strict=True)]
    made = Tokenizer(models.Unigram(list(zip(pieces, never, strict=True)), unk_id=UNKNOWN))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex("[" + "".join(map(chr, VANISH)) + "]"), ""),
            normalizers.Replace(Regex("[" + "".join(map(chr, SPACES)) + "]"), " "),
            normalizers.NFKC(),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(METASPACE, "always")]
    )
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", BOS), ("</s>", EOS)]
    )
    return made
