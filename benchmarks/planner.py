"""How expressions are planned: right plans by kind, and the time they take.

    python benchmarks/planner.py [DATA_FOLDER] [--json planner.json]

The written plans are tests/query/plans.txt. With DATA_FOLDER, the folder of public data
sets, also the share of people's requests whose plan has operators that fit the type
they were written for; what the operators find is measured elsewhere. Times are those of
the process, over random texts of up to 1,000 characters made of the grammar's own words
and of any signs, the best of three.
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
    """(kind, expression, plan) of every line of a file of plans."""
    kind = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            expression, _, plan = line.partition(" => ")
            yield kind, expression, plan


def fits(kind: str, plan: Plan) -> bool:
    """Whether a plan has an operator that a request of this type calls for."""
    some = list(walk(plan.root))
    if any(isinstance(node, FITTING[kind]) for node in some):
        return True
    return kind == "group" and any(
        (isinstance(node, nodes.Find) and node.plural)
        or (isinstance(node, nodes.Counted) and node.number > 1)
        or (getattr(node, "count", None) or 1) > 1
        for node in some
    )


def texts(count: int) -> Iterator[str]:
    """Texts of up to 1,000 characters: words of the grammar, a few of them over and
    over, and signs of all kinds."""
    chance = random.Random(0)
    usual = (
        "the of and , in two largest left row tank one nearest to road except between"
    )
    words = sorted({word for noun in senses() for word in noun})
    words += [w for some in vocabulary.DIRECTIONS.values() for w in some.split()]
    words += 10 * usual.split()
    for turn in range(count):
        if turn % 3 == 0:
            text = " ".join(chance.choices(words, k=250))
        elif turn % 3 == 1:
            text = " ".join(chance.sample(words, chance.randint(1, 6)) * 200)
        else:
            signs = (chance.choice((range(32, 127), range(0x2FFF))) for _ in range(999))
            text = "".join(chr(chance.choice(some)) for some in signs)
        yield text[: chance.randint(1, 1000)]


def table(title: str, rows: Iterable[tuple[str, int, int]]) -> dict[str, list[int]]:
    """Print and keep (name, right, all)."""
    print(f"\n{title}")
    found = {}
    for name, right, total in rows:
        print(f"  {name:12} {right:5} of {total:5}  {right / total:7.3f}")
        found[name] = [right, total]
    return found


def by_kind(pairs: Iterable[tuple[str, bool]]) -> list[tuple[str, int, int]]:
    """(kind, good, all) of judged items, and their sum."""
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
        people = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        judged = [
            (one["type"], fits(one["type"], make_plan(one["expression"])))
            for one in people
            if one["type"] in FITTING
        ]
        found[name] = table(f"{name}: an operator that fits the type", by_kind(judged))
    taken = []
    for text in texts(options.texts):
        best = math.inf
        for _ in range(3):  # the least disturbed by others on the machine
            start = time.process_time()
            make_plan(text)
            best = min(best, time.process_time() - start)
        taken.append(best * 1000)
    taken.sort()
    times = {
        "median": statistics.median(taken),
        "p99": taken[int(0.99 * len(taken))],
        "most": taken[-1],
    }
    found["milliseconds"] = times
    print(f"\n{len(taken)} texts of up to 1,000 characters, milliseconds")
    print("  " + ", ".join(f"{name} {value:.2f}" for name, value in times.items()))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
