"""Why a raster could not be read: the first cause that GDAL or the server names."""

from __future__ import annotations

import os
import re
import urllib.error
import urllib.request
from http.client import HTTPException

from rrsis_geo.errors import os_reason

LOCAL_SCHEMES = ("file", "zip", "tar", "gzip", "gz")

ASK_TIMEOUT = 10.0
"""Seconds that a server gets to say why a read has failed."""

CREDENTIALS = re.compile(
    r"GDAL_HTTP_(AUTH|USERPWD|HEADERS|HEADER_FILE|BEARER|COOKIE\w*|NETRC\w*|SSL\w*)"
)
"""Variables that make GDAL's requests others than ours would be."""

CODES = {
    400: "the server does not understand the link; copy it again",
    401: "the server asks for a login; set GDAL_HTTP_USERPWD or GDAL_HTTP_HEADERS",
    403: "the server refuses; a signed link may have expired, so get a new one; where "
    "a browser opens the link, the server refuses HEAD requests only: set "
    "CPL_VSIL_CURL_USE_HEAD=NO",
    404: "there is no such file on the server; check the link",
    405: "the server refuses this kind of request; set CPL_VSIL_CURL_USE_HEAD=NO",
    407: "the proxy asks for a login; set GDAL_HTTP_PROXYUSERPWD",
    410: "the file is no longer on the server; check the link",
    416: "the server sends no part of a file (range requests), so download the file",
    429: "the server limits the number of requests; wait, then run the same command",
}
"""HTTP code -> what it means here and what to do."""

SERVER_BROKEN = "the server fails; wait, then run the same command again"
"""What codes from 500 mean; a run continues where it stopped."""

NO_RANGES = "Range downloading not supported"
"""Part of GDAL's message where a server sends files as a whole only."""

HTTP_CODE = re.compile(r"HTTP (?:response|error) code ?: (\d{3})|^(\d{3}): ")

LOCAL_CAUSES = (
    (r"No space left|Disk quota exceeded", "the disk for temporary files is full"),
    (r"Too many open files", "raise the limit of open files (ulimit -n)"),
    (r"Permission denied", "check the permissions"),
    (r"No such file|does not exist in the file system", "a file that it refers to is "
     "missing; put it back, or change the path in it"),
    (r"Input/output error|Stale file handle", "the drive or network share reports a "
     "fault; try again, or copy the file"),
    (r"[Oo]ut of memory|[Cc]annot allocate|too large", "it does not fit into memory; "
     "retile it (gdal_translate -of COG in.tif out.tif)"),
    (r"missing codec|not supported|not compiled|not available|no driver",
     "this GDAL cannot decode it; convert it with another (gdal_translate -of COG "
     "in.tif out.tif)"),
)  # fmt: skip
"""Pattern in GDAL's message about a local file -> what to do."""

DAMAGED = "the file may be cut off or damaged, so fetch it again"


def is_remote(path: str) -> bool:
    """Whether GDAL reads a path over a network."""
    if path.startswith("/vsi"):
        return any(
            f"/vsi{kind}/" in path or f"/vsi{kind}_streaming/" in path
            for kind in ("curl", "s3", "gs", "az", "adls", "oss", "swift", "hdfs")
        )
    schemes, separator, _ = path.partition("://")
    return bool(separator) and any(s not in LOCAL_SCHEMES for s in schemes.split("+"))


def gdal_message(error: BaseException) -> str:
    """GDAL's first message, on one line; those after it are consequences."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split()) or type(error).__name__


def why_not_read(path: str, error: BaseException) -> str:
    """Why an open raster could not be read, and what to do.

    Args:
        path: What the raster was opened by.
        error: What rasterio raised.
    """
    message = gdal_message(error)
    return f"{message}; {_advice(path, message, at_open=False)}"


def why_not_opened(path: str, error: BaseException) -> str:
    """Why a raster could not be opened, and what to do.

    Args:
        path: As the user wrote it.
        error: What rasterio raised.
    """
    message = gdal_message(error)
    if not is_remote(path) and not path.startswith("/vsi") and "://" not in path:
        if not os.path.exists(path):
            # a colon may be part of a subdataset's name, NETCDF:a.nc:b
            return "there is no such file" if ":" not in path[2:] else message
        if os.path.isdir(path):
            return "is a folder; name a raster file in it"
        if not os.access(path, os.R_OK):
            return "is not readable for this user; check its permissions"
        if not os.path.getsize(path):
            return "is empty (0 bytes)"
    unknown = "not recognized as being in a supported file format" in message
    advice = _advice(path, message, at_open=True)
    if unknown:
        return f"is not a raster that GDAL can read{advice and f': {advice}'}"
    return f"cannot be opened as a raster: {message}{advice and f'; {advice}'}"


def _advice(path: str, message: str, *, at_open: bool) -> str:
    """What to do; "" where nothing but the message is known."""
    code = HTTP_CODE.search(message)
    if code is not None:
        return _http_advice(int(code[1] or code[2]))
    if NO_RANGES in message:
        return (_ask_server(path) if is_remote(path) else "") or CODES[416]
    if is_remote(path):
        return _ask_server(path) or (
            "" if at_open else "the connection broke; run the same command again"
        )
    for pattern, advice in LOCAL_CAUSES:
        if re.search(pattern, message):
            return advice
    return "" if at_open else DAMAGED


def _http_advice(code: int) -> str:
    return CODES.get(code) or (
        SERVER_BROKEN if code >= 500 else f"the server answers {code}; check the link"
    )


def _ask_server(path: str) -> str:
    """What the server says now, since GDAL does not keep its answer to a read.

    Only asks where GDAL's requests need no more than the link.
    """
    url = re.sub(r"^/vsicurl(_streaming)?/", "", path)
    if not url.startswith(("http://", "https://")) or any(
        CREDENTIALS.fullmatch(name) for name in os.environ
    ):
        return ""
    try:
        request = urllib.request.Request(url, headers={"Range": "bytes=0-0"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=ASK_TIMEOUT) as answer:  # noqa: S310
            kind = answer.headers.get_content_type()
            elsewhere = answer.url.partition("?")[0]
    except urllib.error.HTTPError as error:
        return f"the server answers HTTP {error.code}: {_http_advice(error.code)}"
    except TimeoutError:
        return f"the server does not answer within {ASK_TIMEOUT:g} s; try again later"
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        known = os_reason(reason) if isinstance(reason, OSError) else str(reason)
        return (
            f"the server cannot be reached now ({known or type(error).__name__}); try "
            "again later"
        )
    if kind in ("text/html", "application/xhtml+xml"):
        return (
            f"the link leads to a web page ({elsewhere}), perhaps for a login, and not "
            "to the file; copy the link of the file itself"
        )
    return ""
