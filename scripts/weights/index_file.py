"""The index.json beside weights, which holds their checksums."""

from __future__ import annotations

import json

from rrsis_geo.atomic_write import staged
from rrsis_geo.model.serialization.header import WeightsInfo, sidecar_of


def list_anew(written: WeightsInfo) -> None:
    """List the new checksum of weights where the index beside them lists the file."""
    index = written.path.with_name("index.json")
    entries = json.loads(index.read_text()) if index.is_file() else {}
    for entry in entries.values():
        if entry["file"] == written.path.name:
            entry["sha256"] = written.sha256
            sidecar_of(written.path).unlink()  # index.json holds the checksum
            with staged(index) as part:
                part.write_text(json.dumps(entries, indent=1) + "\n")
            return
