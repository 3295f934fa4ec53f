"""Settings, read once at the edge from variables with the prefix TENKYO_."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from index.errors import SettingsError

PREFIX = "TENKYO_"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the program runs with.

    Attributes:
        home: The index's folder (TENKYO_HOME); by default in the user's data directory.
        cache: Where the unpacked default model is kept, once per user (TENKYO_CACHE).
        model: Name or folder of a sentence-transformers model (TENKYO_MODEL); None for the default.
    """

    home: Path
    cache: Path
    model: str | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, home: Path | None = None) -> "Settings":
        """Read the settings; ``home`` given on the command line wins.

        Raises:
            SettingsError: A TENKYO_ variable is misspelt, or empty.
        """
        known = {"TENKYO_HOME", "TENKYO_CACHE", "TENKYO_MODEL"}
        for name in sorted(key for key in environ if key.startswith(PREFIX)):
            if name not in known:
                raise SettingsError(_unknown(name, known))
            if not environ[name].strip():
                raise SettingsError(f"{name} が空です。値を入れるか、設定を外してください。")
        data = home or environ.get("TENKYO_HOME") or platformdirs.user_data_dir("tenkyo")
        cache = environ.get("TENKYO_CACHE") or platformdirs.user_cache_dir("tenkyo")
        return cls(Path(data).expanduser(), Path(cache).expanduser(), environ.get("TENKYO_MODEL"))


def _unknown(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    hint = f"{near[0]} の間違いではありませんか。" if near else ""
    return f"{name} という設定はありません。{hint}使えるのは {', '.join(sorted(known))} です。"
