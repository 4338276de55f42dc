"""Tables of the scores of variants on the validation samples; one JSON file per run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from statistics import fmean
from typing import Any

from rrsis_geo.evaluation.bootstrap import Difference, differences
from rrsis_geo.evaluation.evaluate import Outcome
from rrsis_geo.evaluation.protocols import PixelCounts

SMALL = 0.005
"""Share of the image below which a target is small: 34 x 34 pixels of 480 x 480."""

KINDS: Mapping[str, Callable[[Outcome], bool]] = {
    "small": lambda o: 0 < _area(o) < SMALL,
    "names": lambda o: o.type in ("category", "synonym"),
    "places": lambda o: o.type in ("location", "extreme"),
    "relations": lambda o: o.type == "relation",
    "attributes": lambda o: o.type == "attribute",
}
"""Groups of expressions with a target that get a column of their own."""

Changes = Iterable[tuple[str, str, str]]


def print_tables(
    folder: Path, names: Iterable[str], changes: Changes, seeds: Sequence[int]
) -> None:
    """Print the scores of every variant, and the differences between variants.

    Args:
        folder: Folder of the results.
        names: Names of the variants.
        changes: (variant before, variant after, change).
        seeds: Seeds of each variant.
    """
    outcomes = _print_variants(folder, names, seeds)
    _print_changes(outcomes, changes)
    _print_kinds(outcomes, changes, len(seeds))


def result_file(folder: Path, variant: str, seed: int) -> Path:
    """Return the path of the result of a run."""
    return folder / f"{variant.replace(' ', '-')}-{seed}.json"


def summary(rows: Iterable[dict[str, Any]]) -> str:
    """Summarize a run in one line."""
    outcomes = _outcomes(rows)
    count = sum(outcome.target for outcome in outcomes)
    return f"mIoU {100 * _miou(outcomes):.1f} on {count} with a target"


def _print_variants(
    folder: Path, names: Iterable[str], seeds: Sequence[int]
) -> dict[str, list[Outcome]]:
    """Print the scores of every variant; return its outcomes of all seeds."""
    outcomes_by_variant: dict[str, list[Outcome]] = {}
    print("| variant | parameters | mIoU by seed | mIoU | oIoU | no target quiet |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in names:
        results = [
            json.loads(result_file(folder, name, seed).read_text()) for seed in seeds
        ]
        each = [_outcomes(result["rows"]) for result in results]
        outcomes_by_variant[name] = both = list(chain.from_iterable(each))
        by_seed = " / ".join(f"{100 * _miou(part):.1f}" for part in each)
        counts = [o.pixels["reference"] for o in both if o.target]
        pooled = sum(p.intersection for p in counts) / sum(p.union for p in counts)
        quiet = fmean(o.pixels["reference"].quiet for o in both if not o.target)
        print(
            f"| {name} | {results[0]['parameters'] / 1e6:.2f} M | {by_seed} "
            f"| {100 * _miou(both):.1f} | {100 * pooled:.1f} | {100 * quiet:.1f} % |"
        )
    return outcomes_by_variant


def _print_changes(outcomes: Mapping[str, list[Outcome]], changes: Changes) -> None:
    """Print the differences of each change, with confidence intervals."""
    print("\n| change | mIoU | 95 % | p | oIoU | 95 % |")
    print("| --- | --- | --- | --- | --- | --- |")
    for before, after, what in changes:
        change = _differences(outcomes[before], outcomes[after], lambda o: o.target)
        miou, oiou = (
            f"{100 * item.value:+.1f} | {100 * item.low:+.1f} to {100 * item.high:+.1f}"
            for item in (change["miou"], change["oiou"])
        )
        print(f"| {what} | {miou} | {change['miou'].p:.3f} | {oiou} |")


def _print_kinds(
    outcomes: Mapping[str, list[Outcome]], changes: Changes, seeds: int
) -> None:
    """Print the differences in mIoU by kind, and in quiet without a target."""
    first = next(iter(outcomes.values()))
    counts = [f"{kind} ({sum(map(of, first)) // seeds})" for kind, of in KINDS.items()]
    print(f"\n| change | {' | '.join(counts)} | no target quiet |")
    print(f"| --- |{' --- |' * (len(KINDS) + 1)}")
    for before, after, what in changes:
        sides = outcomes[before], outcomes[after]
        items = [_differences(*sides, of)["miou"] for of in KINDS.values()]
        items.append(_differences(*sides, lambda o: not o.target)["quiet"])
        cells = (
            f"{100 * item.value:+.1f} ({100 * item.low:+.1f} to {100 * item.high:+.1f})"
            for item in items
        )
        print(f"| {what} | {' | '.join(cells)} |")


def _differences(
    before: Iterable[Outcome], after: Iterable[Outcome], of: Callable[[Outcome], bool]
) -> dict[str, Difference]:
    """Compute paired differences over the expressions selected by `of`."""
    sides = [[o for o in side if of(o)] for side in (before, after)]
    return differences(sides[0], sides[1], rule="reference")


def _outcomes(rows: Iterable[dict[str, Any]]) -> list[Outcome]:
    """Convert rows for the bootstrap; an image has the same name for every seed."""
    counts = ("intersection", "union", "predicted", "total")
    return [
        Outcome(
            image=str(row["image"]),
            expression="",
            type=row["type"],
            category="",
            same_class=None,
            target=row["target"],
            pixels={"reference": PixelCounts(**{name: row[name] for name in counts})},
            presence=None,
            seconds=0.0,
        )
        for row in rows
    ]


def _miou(outcomes: Iterable[Outcome]) -> float:
    return fmean(o.pixels["reference"].iou for o in outcomes if o.target)


def _area(outcome: Outcome) -> float:
    """Compute the area of the target as a share of the image."""
    counts = outcome.pixels["reference"]
    target = counts.intersection + counts.union - counts.predicted
    return target / counts.total
