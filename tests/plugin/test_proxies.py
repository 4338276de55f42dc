"""QGIS's proxy settings as the variables that pip reads."""

import urllib.request
from urllib.parse import unquote, urlsplit

import pytest

WORDS = ["secret", "p@ss:w/rd?#%", "geheim ä"]


@pytest.mark.parametrize("word", WORDS)
def test_name_and_password_survive_any_character(word):
    from rrsis_geo_qgis.environment.proxies import proxy_environment

    made = proxy_environment(
        kind="HttpProxy", host="proxy.example", port="3128", user="a@b", password=word
    )

    parts = urlsplit(made["HTTPS_PROXY"])
    assert (parts.scheme, parts.hostname, parts.port) == ("http", "proxy.example", 3128)
    assert unquote(parts.username) == "a@b"
    assert unquote(parts.password) == word


def test_socks_resolves_names_at_the_proxy():
    from rrsis_geo_qgis.environment.proxies import proxy_environment

    made = proxy_environment(kind="Socks5Proxy", host="h", port="1080")

    assert made["http_proxy"] == "socks5h://h:1080"


def test_excluded_addresses_are_reached_directly(monkeypatch):
    from rrsis_geo_qgis.environment.proxies import proxy_environment

    made = proxy_environment(
        kind="", host="h", port="8", excluded=["https://index.example/simple", "b.org"]
    )
    for name, value in made.items():
        monkeypatch.setenv(name, value)

    assert urllib.request.proxy_bypass_environment("index.example")
    assert urllib.request.proxy_bypass_environment("b.org")
    assert urllib.request.proxy_bypass_environment("localhost")
    assert not urllib.request.proxy_bypass_environment("other.example")


def test_the_host_is_found_again():
    from rrsis_geo_qgis.environment.proxies import proxy_environment, proxy_host

    assert (
        proxy_host(proxy_environment(kind="", host="h.example", port="")) == "h.example"
    )
    assert proxy_host({}) == ""
