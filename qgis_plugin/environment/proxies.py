"""A proxy as environment variables, which pip and other programs read."""

from __future__ import annotations

from typing import Dict, Mapping, Sequence
from urllib.parse import quote, urlsplit

SCHEMES = {"Socks5Proxy": "socks5h", "HttpProxy": "http", "HttpCachingProxy": "http"}
"""Kind of proxy as QGIS stores it -> scheme of its address."""


def proxy_environment(
    *,
    kind: str,
    host: str,
    port: str,
    user: str = "",
    password: str = "",
    excluded: Sequence[str] = (),
) -> Dict[str, str]:
    """Return HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in upper and lower case.

    Args:
        kind: Key of `SCHEMES`; other kinds count as HTTP.
        host: Name or address.
        port: Digits, or empty.
        user: Empty for a proxy without login.
        password: Any characters; they are percent-encoded.
        excluded: Hosts or addresses that are reached without the proxy.
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
    """Return the host of the proxy that the variables name; empty without one."""
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        if variables.get(name):
            return urlsplit(variables[name]).hostname or ""
    return ""


def _host(address: str) -> str:
    return (urlsplit(address).hostname if "://" in address else address) or address
