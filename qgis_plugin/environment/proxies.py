"""A proxy as environment variables, which is how pip and its like hear of one."""

from __future__ import annotations

from typing import Dict, Mapping, Sequence
from urllib.parse import quote, urlsplit

SCHEMES = {"Socks5Proxy": "socks5h", "HttpProxy": "http", "HttpCachingProxy": "http"}
"""QGIS's name of the kind -> the scheme of its address."""


def as_variables(
    *,
    kind: str,
    host: str,
    port: str,
    user: str = "",
    password: str = "",
    excluded: Sequence[str] = (),
) -> Dict[str, str]:
    """HTTP_PROXY, HTTPS_PROXY and NO_PROXY in capitals and small letters.

    Args:
        kind: As QGIS stores it; unknown kinds count as HTTP.
        host: Name or address.
        port: Digits, or empty.
        user: Empty where the proxy asks for none.
        password: Any characters; they are quoted.
        excluded: Addresses that are reached without the proxy, as the user typed them.
    """
    login = ""
    if user:
        login = quote(user, safe="")
        login += f":{quote(password, safe='')}@" if password else "@"
    address = f"{SCHEMES.get(kind, 'http')}://{login}{host}"
    address += f":{port}" if port and port != "0" else ""
    direct = ",".join([*map(_host, excluded), "localhost", "127.0.0.1"])
    values = {"HTTP_PROXY": address, "HTTPS_PROXY": address, "NO_PROXY": direct}
    return {**values, **{name.lower(): value for name, value in values.items()}}


def proxy_host(variables: Mapping[str, str]) -> str:
    """Host that variables send requests through; empty where none."""
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        if variables.get(name):
            return urlsplit(variables[name]).hostname or ""
    return ""


def _host(address: str) -> str:
    return (urlsplit(address).hostname if "://" in address else address) or address
