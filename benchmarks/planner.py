"""Accuracy and speed of the planner.

    python benchmarks/planner.py [DATA_FOLDER] [--json planner.json]

Compares plans with those in tests/query/plans.txt. With DATA_FOLDER, the folder of
public data sets, it also prints the share of written expressions whose plan has an
operator that fits their type; `queries.py` measures the results of operators. Times are
processor times, the best of three, over random texts of up to 1,000 characters made of
words of the grammar and of arbitrary characters.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from rrsis_geo.language import nodes
from rrsis_geo.language.traversal import walk
from rrsis_geo.query import Plan, make_plan
from rrsis_geo.query.lexicon import vocabulary
from rrsis_geo.query.lexicon.nouns import senses

WRITTEN = Path(__file__).parents[1] / "tests/query/plans.txt"

PLACES = (nodes.InPlace, nodes.AtEdge, nodes.Extreme, nodes.Middle)
RELATIONS = (
    *(nodes.Near, nodes.Within, nodes.Beside, nodes.Between, nodes.Inside),
    *(nodes.Along, nodes.Around, nodes.Surrounded, nodes.Opposite, nodes.Holding),
    *(nodes.Distant, nodes.Compared, nodes.Grouped),
)
SIZES = (nodes.Sized, nodes.SizeClass, nodes.Measured, nodes.Compared)
FITTING: dict[str, tuple[type, ...]] = {
    "location": (*PLACES, *RELATIONS),
    "relation": (*RELATIONS, *PLACES),
    "size": SIZES,
    "order": (nodes.Extreme, nodes.Middle, nodes.Grouped, nodes.Members),
    "distance": (nodes.Within, nodes.Distant),
    "negation": (nodes.Except,),
    "group": (nodes.Grouped, nodes.Members),
}


def written(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, expression, plan) of every line of a file of plans."""
    kind = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            expression, _, plan = line.partition(" => ")
            yield kind, expression, plan


def fits(kind: str, plan: Plan) -> bool:
    """Whether a plan has an operator that fits expressions of a type."""
    operators = list(walk(plan.root))
    if any(isinstance(node, FITTING[kind]) for node in operators):
        return True
    return kind == "group" and any(
        (isinstance(node, nodes.Find) and node.plural)
        or (isinstance(node, nodes.Counted) and node.number > 1)
        or (getattr(node, "count", None) or 1) > 1
        for node in operators
    )


def texts(count: int) -> Iterator[str]:
    """Yield random texts of up to 1,000 characters.

    In turn: words of the grammar, a few words repeated, and arbitrary characters.
    """
    rng = random.Random(0)
    usual = (
        "the of and , in two largest left row tank one nearest to road except between"
    )
    words = sorted({word for noun in senses() for word in noun})
    words += [w for group in vocabulary.DIRECTIONS.values() for w in group.split()]
    words += 10 * usual.split()
    for turn in range(count):
        if turn % 3 == 0:
            text = " ".join(rng.choices(words, k=250))
        elif turn % 3 == 1:
            text = " ".join(rng.sample(words, rng.randint(1, 6)) * 200)
        else:
            signs = (rng.choice((range(32, 127), range(0x2FFF))) for _ in range(999))
            text = "".join(chr(rng.choice(codes)) for codes in signs)
        yield text[: rng.randint(1, 1000)]


def table(title: str, rows: Iterable[tuple[str, int, int]]) -> dict[str, list[int]]:
    """Print rows of (name, right, total); return them by name."""
    print(f"\n{title}")
    found = {}
    for name, right, total in rows:
        print(f"  {name:12} {right:5} of {total:5}  {right / total:7.3f}")
        found[name] = [right, total]
    return found


def by_kind(pairs: Iterable[tuple[str, bool]]) -> list[tuple[str, int, int]]:
    """Count (kind, right, total) of judged items, and of all together."""
    judged = list(pairs)
    total = Counter(kind for kind, _ in judged)
    good = Counter(kind for kind, right in judged if right)
    rows = [(kind, good[kind], total[kind]) for kind in total]
    return [*rows, ("all", sum(good.values()), len(judged))]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--texts", type=int, default=3000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    lines = list(written(WRITTEN))
    found: dict[str, object] = {
        "written": table(
            "plans written by hand, exactly equal",
            by_kind(
                (kind, make_plan(text).notation() == plan) for kind, text, plan in lines
            ),
        )
    }
    for name in ("nwpu", "scenes") if options.data else ():
        path = options.data / "expressions" / f"{name}.jsonl"
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        judged = [
            (one["type"], fits(one["type"], make_plan(one["expression"])))
            for one in rows
            if one["type"] in FITTING
        ]
        found[name] = table(f"{name}: an operator that fits the type", by_kind(judged))
    milliseconds = []
    for text in texts(options.texts):
        best = math.inf
        for _ in range(3):  # the best is least affected by other processes
            start = time.process_time()
            make_plan(text)
            best = min(best, time.process_time() - start)
        milliseconds.append(best * 1000)
    milliseconds.sort()
    times = {
        "median": statistics.median(milliseconds),
        "p99": milliseconds[int(0.99 * len(milliseconds))],
        "most": milliseconds[-1],
    }
    found["milliseconds"] = times
    print(f"\n{len(milliseconds)} texts of up to 1,000 characters, milliseconds")
    print("  " + ", ".join(f"{name} {value:.2f}" for name, value in times.items()))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
