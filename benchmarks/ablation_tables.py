"""Tables of what variants said about the kept samples, each run kept as JSON."""

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
"""Of the image: a target below is small, 34 x 34 pixels of 480 x 480."""

KINDS: Mapping[str, Callable[[Outcome], bool]] = {
    "small": lambda o: 0 < _area(o) < SMALL,
    "names": lambda o: o.type in ("category", "synonym"),
    "places": lambda o: o.type in ("location", "extreme"),
    "relations": lambda o: o.type == "relation",
    "attributes": lambda o: o.type == "attribute",
}
"""Expressions with a target that are looked at by themselves."""

Changes = Iterable[tuple[str, str, str]]


def print_tables(
    folder: Path, names: Iterable[str], changes: Changes, seeds: Sequence[int]
) -> None:
    """Figures of every variant, and what the changes between them did.

    Args:
        folder: of the results.
        names: of the variants.
        changes: name before, name after, what was changed.
        seeds: all of which every variant was run with.
    """
    found = _variants(folder, names, seeds)
    _changes(found, changes)
    _kinds(found, changes, len(seeds))


def result_file(folder: Path, variant: str, seed: int) -> Path:
    """Where a run is kept."""
    return folder / f"{variant.replace(' ', '-')}-{seed}.json"


def line(rows: Iterable[dict[str, Any]]) -> str:
    """A run in short."""
    outcomes = _outcomes(rows)
    count = sum(outcome.target for outcome in outcomes)
    return f"mIoU {100 * _miou(outcomes):.1f} on {count} with a target"


def _variants(
    folder: Path, names: Iterable[str], seeds: Sequence[int]
) -> dict[str, list[Outcome]]:
    """Print every variant's figures; what each said, all seeds together."""
    found: dict[str, list[Outcome]] = {}
    print("| variant | parameters | mIoU by seed | mIoU | oIoU | no target quiet |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in names:
        results = [
            json.loads(result_file(folder, name, seed).read_text()) for seed in seeds
        ]
        each = [_outcomes(result["rows"]) for result in results]
        found[name] = both = list(chain.from_iterable(each))
        by_seed = " / ".join(f"{100 * _miou(part):.1f}" for part in each)
        shared = [o.pixels["reference"] for o in both if o.target]
        pooled = sum(p.intersection for p in shared) / sum(p.union for p in shared)
        quiet = fmean(o.pixels["reference"].quiet for o in both if not o.target)
        print(
            f"| {name} | {results[0]['parameters'] / 1e6:.2f} M | {by_seed} "
            f"| {100 * _miou(both):.1f} | {100 * pooled:.1f} | {100 * quiet:.1f} % |"
        )
    return found


def _changes(found: Mapping[str, list[Outcome]], changes: Changes) -> None:
    """Print what each step changed, with intervals."""
    print("\n| change | mIoU | 95 % | p | oIoU | 95 % |")
    print("| --- | --- | --- | --- | --- | --- |")
    for before, after, what in changes:
        change = _differences(found[before], found[after], lambda o: o.target)
        miou, oiou = (
            f"{100 * item.value:+.1f} | {100 * item.low:+.1f} to {100 * item.high:+.1f}"
            for item in (change["miou"], change["oiou"])
        )
        print(f"| {what} | {miou} | {change['miou'].p:.3f} | {oiou} |")


def _kinds(found: Mapping[str, list[Outcome]], changes: Changes, seeds: int) -> None:
    """Print what each step changed in mIoU by kind, and in quiet without a target."""
    some = next(iter(found.values()))
    counts = [f"{kind} ({sum(map(of, some)) // seeds})" for kind, of in KINDS.items()]
    print(f"\n| change | {' | '.join(counts)} | no target quiet |")
    print(f"| --- |{' --- |' * (len(KINDS) + 1)}")
    for before, after, what in changes:
        sides = found[before], found[after]
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
    """Paired, over the expressions that count."""
    sides = [[o for o in side if of(o)] for side in (before, after)]
    return differences(sides[0], sides[1], rule="reference")


def _outcomes(rows: Iterable[dict[str, Any]]) -> list[Outcome]:
    """As the bootstrap takes them; an image is the same one for every seed."""
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
    """Of the target, as a share of the image."""
    counts = outcome.pixels["reference"]
    wanted = counts.intersection + counts.union - counts.predicted
    return wanted / counts.total
