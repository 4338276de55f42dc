"""Names of files on GDAL's own file systems, such as stores of objects."""

from __future__ import annotations

import re

SCHEMES = {"s3": "/vsis3/", "gs": "/vsigs/", "az": "/vsiaz/", "oss": "/vsioss/"}
"""Beginning of an address -> GDAL's name for that store."""


def virtual_path(output: str) -> str | None:
    """GDAL's name of an output on one of its file systems; None for other outputs."""
    scheme, separator, rest = output.partition("://")
    if separator and scheme in SCHEMES:
        return SCHEMES[scheme] + rest
    return output if re.match(r"/vsi\w+/", output) else None
