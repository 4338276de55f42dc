"""Move the text encoder of a weights file to a second file, which others may share.

    python scripts/weights/split_weights.py WHOLE OUTPUT --text FILE [--name NAME]
        [--matcher NAME]

OUTPUT and FILE must be in the same folder. FILE is written if it does not exist;
otherwise its text encoder and vocabulary must equal those of WHOLE, so that several
OUTPUTs can share it. --name is the name of the new weights and adds them to the
index.json beside them, as in the package. --tolerance 1e-6 accepts a text encoder that
differs from that of FILE by rounding. --bytes halves OUTPUT: matrices become bytes with
a scale per row. --matcher names the file of `train_matcher.py` that compares their
objects with sentences.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rrsis_geo.atomic_write import staged
from rrsis_geo.errors import RRSISError
from rrsis_geo.model.serialization.header import sidecar_of
from rrsis_geo.model.serialization.shared_text_encoder import (
    share_text_encoder,
    write_text_encoder,
)

MADE_FROM = (
    "sentence-transformers/all-MiniLM-L6-v2, its six layers as published; 18,000 rows "
    "of its word table are left, matrices as bytes with a scale per row; not trained on"
)


def main() -> None:
    """Parse the command line and split the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("whole", help="name or file of weights")
    parser.add_argument("output", type=Path)
    parser.add_argument("--text", type=Path, required=True, help="file to share")
    parser.add_argument("--name", help="in the card and in index.json")
    parser.add_argument("--matcher", help="file of the matching network")
    parser.add_argument("--tolerance", type=float, default=0.0)
    parser.add_argument("--bytes", action="store_true")
    parser.add_argument("--licence", default="Apache-2.0", help="of a new FILE")
    parser.add_argument("--made-from", default=MADE_FROM, help="for a new FILE's card")
    options = parser.parse_args()
    try:
        split(options)
    except RRSISError as error:
        parser.exit(error.exit_code, f"Error: {error}\n")


def split(options: argparse.Namespace) -> None:
    """Write OUTPUT, and FILE if it does not exist."""
    if not options.text.exists():
        write_text_encoder(
            options.whole,
            options.text,
            licence=options.licence,
            made_from=options.made_from,
        )
    info = share_text_encoder(
        options.whole,
        options.output,
        text=options.text,
        name=options.name,
        tolerance=options.tolerance,
        as_bytes=options.bytes,
        matcher=options.matcher,
    )
    if options.name:
        index = options.output.with_name("index.json")
        entries = json.loads(index.read_text()) if index.is_file() else {}
        entries[options.name] = {"file": info.path.name, "sha256": info.sha256}
        with staged(index) as part:
            part.write_text(json.dumps(entries, indent=1) + "\n")
        sidecar_of(info.path).unlink()  # index.json holds the checksum
    together = info.size + options.text.stat().st_size
    print(f"{info.path}: {info.size} bytes, {together} with {options.text.name}")
    print(f"sha256 {info.sha256}")


if __name__ == "__main__":
    main()
