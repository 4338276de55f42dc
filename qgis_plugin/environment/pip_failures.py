"""Why an installation failed, told from what pip and venv printed.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import re
from typing import Dict, Tuple

from ..notices import Notice, tr

SIGNS: Tuple[Tuple[str, str], ...] = (
    # The order matters: pip ends most failures with "No matching distribution found",
    # and says a proxy's or a certificate's failure as one of the network, too.
    ("disk_full", r"No space left on device|Errno 28\b|WinError 112\b|Errno 122\b"),
    ("disk_full", r"not enough space on the disk|Disk quota exceeded"),
    ("long_path", r"Windows Long Path|WinError 206\b"),
    ("certificate", r"CERTIFICATE_VERIFY_FAILED|certificate verify failed"),
    ("certificate", r"SSLError|SSLCertVerificationError|TLS CA certificate bundle"),
    ("proxy", r"ProxyError|Cannot connect to proxy|Tunnel connection failed"),
    ("proxy", r"Proxy Authentication Required|dependencies for SOCKS support"),
    ("refused", r"\b40[13] Client Error"),
    ("no_network", r"Failed to establish a new connection|NewConnectionError"),
    ("no_network", r"NameResolutionError|getaddrinfo failed|name resolution"),
    ("no_network", r"ConnectTimeoutError|ReadTimeoutError|Read timed out|timed out"),
    ("no_network", r"Network is unreachable|No route to host|Connection ?refused"),
    ("no_network", r"ConnectionResetError|Connection aborted|ProtocolError"),
    ("no_network", r"IncompleteRead|IncompleteDownload|incomplete-download"),
    ("no_network", r"\b50[0234] Server Error|too many 50\d error responses"),
    ("no_permission", r"Errno 13\b|Permission denied|WinError 5\b|Access is denied"),
    ("no_permission", r"Errno 30\b|Read-only file system|Errno 1\b"),
    ("in_use", r"WinError 32\b|being used by another process"),
    ("no_venv", r"ensurepip is not available|No module named '?(venv|ensurepip|pip)\b"),
    ("no_venv", r"install the python3[\w.-]*-venv"),
    ("damaged", r"DO NOT MATCH THE HASHES|BadZipFile|has an invalid wheel|is invalid"),
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
"""Kind of a failure, and what betrays it."""

CHECK_PROXY = tr("Check the proxy in QGIS under Settings, Options, Network.")

TEXTS: Dict[str, Tuple[str, str]] = {
    "no_network": (
        tr("The package index could not be reached."),
        tr(
            "Check the network and try again: what is already there is kept. On a "
            "computer without network, use a folder of wheels."
        ),
    ),
    "proxy": (tr("The proxy did not let the installation through."), CHECK_PROXY),
    "certificate": (
        tr("The certificate of the package index is not trusted."),
        tr(
            "Networks that inspect traffic need their own certificate: ask who runs "
            "the network for it, and name its file in pip's configuration (cert)."
        ),
    ),
    "refused": (
        tr("The package index refused access."),
        tr("Check the name and password of the index in pip's configuration."),
    ),
    "disk_full": (
        tr("The disk is full."),
        tr("Make room on the disk of {home}, then try again."),
    ),
    "no_permission": (
        tr("A file or folder may not be written."),
        tr(
            "Check that {home} belongs to you and that no protection program guards "
            "it, then try again."
        ),
    ),
    "in_use": (
        tr("A file of the environment is in use."),
        tr("Close other QGIS windows and running searches, then try again."),
    ),
    "wrong_python": (
        tr("The packages do not fit this version of Python."),
        tr("Choose another Python (3.12 is the safest), then try again."),
    ),
    "no_wheel": (
        tr("There is no package for this platform and Python where pip looked."),
        tr(
            "Choose another Python (3.12 is the safest) or another index; a folder of "
            "wheels must hold those for this system and this Python."
        ),
    ),
    "no_venv": (
        tr("This Python cannot make environments."),
        tr(
            "On Debian and Ubuntu install python3-venv; elsewhere choose another "
            "Python."
        ),
    ),
    "no_index": (
        tr("The address of the package index or the package's name is not valid."),
        tr("Check the address: it begins with https:// or file://."),
    ),
    "no_package": (
        tr("There is no package at the place that was named."),
        tr("Choose a wheel (.whl), a folder of wheels or the package's source folder."),
    ),
    "damaged": (
        tr("A downloaded package is damaged."),
        tr("Try again; if it stays, a proxy or protection program may change files."),
    ),
    "conflict": (
        tr("The packages that were found do not fit together."),
        tr("Check that pip's configuration holds no constraints of another project."),
    ),
    "missing_library": (
        tr("A library of the system is missing or too old for the packages."),
        tr(
            "On Windows install the Microsoft Visual C++ Redistributable; on Linux use "
            "a newer system or older packages."
        ),
    ),
    "long_path": (
        tr("A path is longer than Windows allows."),
        tr("Allow long paths in Windows, or use a QGIS profile with a shorter path."),
    ),
    "locked": (
        tr("Another QGIS is installing the environment."),
        tr("Wait until it has finished, or stop it there."),
    ),
    "not_working": (
        tr("Everything was installed, but rrsis-geo does not start."),
        tr("Make the environment anew; if that does not help, report what is below."),
    ),
    "killed": (
        tr("The system ended the installation, probably for lack of memory."),
        tr("Close other programs and try again: what is already there is kept."),
    ),
    "unknown": (
        tr("The installation failed for a reason that is not known."),
        tr("The log below says more; please report it if trying again does not help."),
    ),
}
"""Kind -> what is the case, and what to do."""


def failure(kind: str, *, detail: str = "", **values: str) -> Notice:
    """The notice of a kind of failure."""
    sentence, advice = TEXTS[kind]
    return Notice(kind, sentence, advice, dict(values), detail)


def classify(output: str, code: int, *, home: str, proxy: str = "") -> Notice:
    """Which failure it was.

    Args:
        output: All that the program printed.
        code: Its exit code; negative numbers are signals.
        home: Folder of the environment, for the advice.
        proxy: Host of the proxy in use; newer pips name no other sign of its failure.
    """
    said = last_words(output)
    for kind, sign in SIGNS:
        if re.search(sign, output, re.IGNORECASE if kind == "disk_full" else 0):
            unreached = proxy and f"(host='{proxy}'" in output
            kind = "proxy" if kind == "no_network" and unreached else kind
            return failure(kind, detail=said, home=home)
    if code in (-9, 137):
        return failure("killed", detail=said, home=home)
    return failure("unknown", detail=said, home=home)


def refusals(log: str) -> str:
    """The lines of pip's log that say why an index gave nothing; pip prints them
    nowhere else."""
    lines = [line for line in log.splitlines() if "Could not fetch URL" in line]
    return "".join(f"{line}\n" for line in lines if ": 404 Client" not in line)


def last_words(output: str) -> str:
    """The line that says most: the first of pip's last errors, else the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(ERROR|Error|\w+Error)\b", line)]
    return (errors or lines or [""])[-1][:500]
