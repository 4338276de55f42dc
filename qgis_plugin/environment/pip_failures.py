"""Why an installation failed, recognised from the output of pip and venv.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import re
from typing import Tuple

from ..notices import Notice, installation_failure

PATTERNS: Tuple[Tuple[str, str], ...] = (
    # The order matters: pip ends most failures with "No matching distribution found",
    # and reports failures of a proxy or a certificate as network failures as well.
    ("disk_full", r"No space left on device|Errno 28\b|WinError 112\b|Errno 122\b"),
    ("disk_full", r"not enough space on the disk|Disk quota exceeded"),
    ("long_path", r"Windows Long Path|WinError 206\b"),
    ("certificate", r"CERTIFICATE_VERIFY_FAILED|certificate verify failed"),
    ("certificate", r"invalid peer certificate"),
    ("certificate", r"SSLError|SSLCertVerificationError|TLS CA certificate bundle"),
    ("proxy", r"ProxyError|Cannot connect to proxy|Tunnel connection failed"),
    ("proxy", r"Proxy Authentication Required|dependencies for SOCKS support"),
    ("refused", r"\b40[13] Client Error"),
    ("no_network", r"Failed to establish a new connection|NewConnectionError"),
    ("no_network", r"NameResolutionError|getaddrinfo failed|name resolution"),
    ("no_network", r"ConnectTimeoutError|ReadTimeoutError|Read timed out|timed out"),
    ("no_network", r"Network is unreachable|No route to host|Connection ?refused"),
    ("no_network", r"ConnectionResetError|Connection aborted|ProtocolError"),
    ("no_network", r"error sending request for url|failed to lookup address"),
    ("no_network", r"IncompleteRead|IncompleteDownload|incomplete-download"),
    ("no_network", r"\b50[0234] Server Error|too many 50\d error responses"),
    ("no_permission", r"Errno 13\b|Permission denied|WinError 5\b|Access is denied"),
    ("no_permission", r"Errno 30\b|Read-only file system|Errno 1\b"),
    ("in_use", r"WinError 32\b|being used by another process"),
    ("no_venv", r"ensurepip is not available|No module named '?(venv|ensurepip|pip)\b"),
    ("no_venv", r"install the python3[\w.-]*-venv"),
    ("other_hash", r"DO NOT MATCH THE HASHES"),
    ("damaged", r"BadZipFile|has an invalid wheel|is invalid"),
    ("missing_library", r"WinError 126\b|WinError 127\b|DLL load failed|GLIBC(XX)?_"),
    ("missing_library", r"cannot open shared object file"),
    ("wrong_python", r"requires a different Python|require a different python"),
    ("wrong_python", r"not in '[<>=!]"),
    ("no_index", r"Invalid URL|No scheme supplied|Invalid requirement|seems invalid"),
    ("no_wheel", r"is not a supported wheel on this platform"),
    ("no_wheel", r"No matching distribution found|Could not find a version"),
    ("conflict", r"ResolutionImpossible|conflicting dependencies"),
    ("no_package", r"is not installable|not a valid wheel filename"),
    ("no_package", r"Invalid wheel filename|does not exist|No such file or directory"),
)
"""Kind of a failure, and a regular expression for its output; the first match
counts."""


def classify_output(output: str, code: int, *, home: str, proxy: str = "") -> Notice:
    """Recognise a failure by its output.

    Args:
        output: All that the program printed.
        code: Its exit code; negative numbers are signals.
        home: Folder of the environment, for the advice.
        proxy: Host of the proxy in use; newer versions of pip name only the host when
            it fails.
    """
    detail = error_line(output)
    for kind, pattern in PATTERNS:
        if re.search(pattern, output, re.IGNORECASE if kind == "disk_full" else 0):
            proxy_failed = proxy and f"(host='{proxy}'" in output
            kind = "proxy" if kind == "no_network" and proxy_failed else kind
            return installation_failure(kind, detail=detail, home=home)
    if code in (-9, 137):
        return installation_failure("killed", detail=detail, home=home)
    return installation_failure("unknown", detail=detail, home=home)


def fetch_errors(log: str) -> str:
    """Return the lines of pip's log about pages that it could not fetch.

    Pip prints them nowhere else. Pages that do not exist (404) are left out: an index
    without a package answers so.
    """
    lines = [line for line in log.splitlines() if "Could not fetch URL" in line]
    return "".join(f"{line}\n" for line in lines if ": 404 Client" not in line)


def error_line(output: str) -> str:
    """Return the last line that begins with an error, else the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(ERROR|Error|\w+Error)\b", line)]
    return (errors or lines or [""])[-1][:500]
