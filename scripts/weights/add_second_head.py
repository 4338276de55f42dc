"""Give weights a second head, trained from them with head_only.

    python scripts/weights/add_second_head.py FIRST SECOND OUTPUT --classes CLASS...

FIRST keeps its encoders and its head. Of SECOND the head is taken, as bytes with a
scale per row. OUTPUT must lie beside the text encoder's file of FIRST, where there is
one; it may be FIRST itself. If an index.json beside it lists it, its checksum is listed
anew.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from index_file import list_anew

from rrsis_geo.errors import RRSISError
from rrsis_geo.model.serialization.second_head import with_second_head


def main() -> None:
    """Parse the command line and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("first", help="name or file of weights")
    parser.add_argument("second", help="likewise")
    parser.add_argument("output", type=Path)
    parser.add_argument("--classes", nargs="+", required=True, metavar="CLASS")
    options = parser.parse_args()
    try:
        info = with_second_head(
            options.first, options.second, options.output, classes=options.classes
        )
    except RRSISError as error:
        parser.exit(error.exit_code, f"Error: {error}\n")
    list_anew(info)
    print(f"{info.path}: {info.size} bytes, sha256 {info.sha256}")


if __name__ == "__main__":
    main()
