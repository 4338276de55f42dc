"""The candidates of an expression with their evidence, as a table for people."""

from __future__ import annotations

from typing import Any

import numpy as np

from rrsis_geo.query.decision.evidence import Evidence
from rrsis_geo.query.decision.expected_iou import Choice
from rrsis_geo.query.decision.feature_values import logistic
from rrsis_geo.query.decision.features import FEATURES

SIGNALS = {"whole": "whole, all", "phrase": "phrase of best, all"}
"""Name in the table -> feature: the network on the whole expression inside the
candidate, and on the noun with its attributes in comparison with the best candidate."""

OBJECT = FEATURES.index("object, all")
"""Log odds that the candidate is one whole thing of the noun's class."""

MOST = 10
"""Candidates that a table names; a scene may have thousands."""

Row = dict[str, Any]


def evidence_table(evidence: Evidence, choice: Choice) -> tuple[Row, ...]:
    """Describe the likeliest candidates, the likeliest first.

    Args:
        evidence: Of all candidates.
        choice: What was chosen among them.

    Returns:
        For each candidate `chance` to be meant, whether it is `meant`, `lon`, `lat` and
        `area_m2`; the chance that it is one `object` of the noun's class, the `SIGNALS`
        (None: not asked, or nothing was predicted for it anywhere), `shape`: how well
        its outline has the shape asked for (None: any), `sentence`: what the matching
        network says of it and the whole sentence (None: not asked), and `fits`: how
        well it fits the words of place, order and measure. All evidence is from 0 to 1.
    """
    chance = choice.chance[: evidence.count]
    likeliest = np.argsort(-chance, kind="stable")[:MOST]
    meant = set(choice.rows.tolist())
    columns = evidence.candidates.polygons.columns
    objects = logistic(evidence.features[:, OBJECT])
    signals = {
        name: evidence.features[:, FEATURES.index(feature)]
        for name, feature in SIGNALS.items()
    }
    shape = evidence.shape
    matched = None if evidence.match is None else logistic(evidence.match)
    return tuple(
        {
            "chance": round(float(chance[row]), 4),
            "meant": row in meant,
            "lon": round(float(columns["lon"][row]), 7),
            "lat": round(float(columns["lat"][row]), 7),
            "area_m2": round(float(columns["area_m2"][row]), 1),
            "object": round(float(objects[row]), 4),
            **{
                name: round(float(values[row]), 4) if values.any() else None
                for name, values in signals.items()
            },
            "shape": None if shape is None else round(float(shape[row]), 4),
            "sentence": None if matched is None else round(float(matched[row]), 4),
            "fits": round(float(evidence.fits.fit[row]), 4),
        }
        for row in likeliest.tolist()
    )
