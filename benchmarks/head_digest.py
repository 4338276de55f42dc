"""What the maps of a head depend on: a key for probabilities that are cached."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from safetensors import safe_open

from rrsis_geo.model.head import names_of_head
from rrsis_geo.model.serialization.header import read_header


@cache
def head_digest(weights: str | Path, *, second: bool = False) -> str:
    """Return a hash of the tensors and the calibration that a head's maps depend on.

    It is the same in weights whose other head differs.

    Args:
        weights: name or file.
        second: whether the second head is meant.
    """
    info = read_header(weights)
    hashed = hashlib.sha256(json.dumps(info.calibration.to_mapping()).encode())
    hashed.update((info.text_sha256 or "").encode())
    with safe_open(info.path, framework="numpy") as file:
        for name, kept in sorted(names_of_head(file.keys(), second=second).items()):
            hashed.update(name.encode() + file.get_tensor(kept).tobytes())
    return hashed.hexdigest()
