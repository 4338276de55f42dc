"""The public data sets behind the shipped weights, as `scripts/weights` reads them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts" / "weights"))

from recipe.public_datasets import default_sources, nwpu, split

__all__ = ["default_sources", "nwpu", "split"]
