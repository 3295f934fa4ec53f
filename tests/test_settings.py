from pathlib import Path

import pytest

from index.errors import SettingsError
from index.settings import Settings


def test_without_variables_the_users_own_folders_serve() -> None:
    settings = Settings.from_env({"PATH": "/bin"})
    assert settings.home.is_absolute()
    assert settings.cache.is_absolute()
    assert settings.model is None


def test_variables_are_read() -> None:
    environ = {"TENKYO_HOME": "~/h", "TENKYO_CACHE": "/c", "TENKYO_MODEL": "some/model"}
    assert Settings.from_env(environ) == Settings(Path.home() / "h", Path("/c"), "some/model")


def test_the_home_of_the_command_line_wins() -> None:
    assert Settings.from_env({"TENKYO_HOME": "/a"}, home=Path("/b")).home == Path("/b")


def test_a_misspelt_variable_is_named_with_what_was_meant() -> None:
    with pytest.raises(SettingsError, match=r"TENKYO_HOMR.*TENKYO_HOME の間違い"):
        Settings.from_env({"TENKYO_HOMR": "/a"})


@pytest.mark.parametrize("name", ["TENKYO_HOME", "TENKYO_CACHE", "TENKYO_MODEL", "TENKYO_READER"])
def test_an_empty_variable_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: " "})


def test_the_reader_is_the_trained_one_unless_another_is_named() -> None:
    assert Settings.from_env({}).reader == "trained"
    assert Settings.from_env({"TENKYO_READER": "some/reranker"}).reader == "some/reranker"


def test_relays_are_addresses_and_networks() -> None:
    assert Settings.from_env({}).relays == ()
    given = Settings.from_env({"TENKYO_RELAYS": "127.0.0.1, 10.1.2.3/8,::1"})
    assert given.relays == ("127.0.0.1/32", "10.0.0.0/8", "::1/128")


@pytest.mark.parametrize("value", ["*", "127.0.0.1,", "news.example", "10.0.0.0/99", ","])
def test_what_is_no_relay_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="TENKYO_RELAYS"):
        Settings.from_env({"TENKYO_RELAYS": value})


def test_a_root_path_is_one_that_links_can_be_put_behind() -> None:
    assert Settings.from_env({}).root_path == ""
    for value in ("/tenkyo", "/apps/tenkyo-2"):
        assert Settings.from_env({"TENKYO_ROOT_PATH": value}).root_path == value


@pytest.mark.parametrize(
    "value",
    [
        "tenkyo",
        "/",
        "/tenkyo/",
        "//evil",
        "/a//b",
        "/a/../b",
        "/a b",
        "/典拠",
        "/a?b",
        "/%2f",
        "/a\n",
    ],
)
def test_what_is_no_root_path_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="TENKYO_ROOT_PATH"):
        Settings.from_env({"TENKYO_ROOT_PATH": value})


def test_a_store_is_an_address_of_a_server() -> None:
    assert Settings.from_env({}).store == ""
    given = Settings.from_env({"TENKYO_STORE": "http://127.0.0.1:19530", "TENKYO_STORE_TOKEN": "s"})
    assert (given.store, given.store_token) == ("http://127.0.0.1:19530", "s")
    assert "'s'" not in repr(given)


@pytest.mark.parametrize(
    "value",
    [
        "milvus://host:1",
        "127.0.0.1:19530",
        "./milvus.db",
        "http://",
        "http://host:99999",
        "http://host:port",
        "http://me:secret@host",
        "http://:secret@host",
        "http://host?token=secret",
        "http://[::1",
    ],
)
def test_what_is_no_address_of_a_store_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="TENKYO_STORE"):
        Settings.from_env({"TENKYO_STORE": value})
