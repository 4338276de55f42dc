"""How much of the wordings that people use the planner reads.

    python benchmarks/wordings.py DATA [--half report] [--list 20]

DATA is the folder with `expressions`, `rrsisd-text` and `rsvg-hr-text`. A text is read
wholly where the noun that it is about names a class and no word after a noun was left
to the network. Words of looks are rightly left to it, so that the share is not an
accuracy; it shows where a kind of wording is not read at all.

Rules are chosen on one half of the images, and figures are reported on the other: the
half of a text follows from the sha256 of its image's name. --list prints texts that are
not read wholly, of the half to choose on only. Of RRSIS-D the training texts are the
first half, the others the second.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from rrsis_geo.language.nodes import Find
from rrsis_geo.language.traversal import walk
from rrsis_geo.query import Plan, make_plan
from rrsis_geo.query.known_words import targets


def main() -> None:
    """Parse the command line and print a line for every set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", choices=("choose", "report"), default="choose")
    parser.add_argument("--list", type=int, default=0, help="texts to print")
    options = parser.parse_args()
    if options.list and options.half != "choose":
        parser.error("texts of the half to report on stay unread")
    sets: dict[str, set[str]] = defaultdict(set)
    for name, text, chooses in _texts(options.data):
        if chooses == (options.half == "choose"):
            sets[name].add(text)
    for name, texts in sets.items():
        plans = {text: make_plan(text) for text in sorted(texts)}
        nouns = Counter(_unnamed(plan) for plan in plans.values())
        whole = [text for text, plan in plans.items() if _is_whole(plan)]
        print(
            f"{name}\t{len(texts)} texts\twholly read {len(whole) / len(texts):.1%}"
            f"\tnoun not in the lexicon {1 - nouns[''] / len(texts):.1%}"
        )
        rest = [text for text in plans if text not in set(whole)]
        for text in rest[: options.list]:
            print(f"    {text}\n        {plans[text].notation()}")


def _unnamed(plan: Plan) -> str:
    """The first head noun that names no class; "" where all do."""
    heads = targets(plan.root)
    return next((one.noun or one.phrase for one in heads if not one.categories), "")


def _is_whole(plan: Plan) -> bool:
    finds = [node for node in walk(plan.root) if isinstance(node, Find)]
    return not _unnamed(plan) and all(
        find.phrase.endswith(find.noun) for find in finds if find.noun
    )


def _texts(data: Path) -> Iterator[tuple[str, str, bool]]:
    """Set, text, and whether it is of the half to choose on."""
    for path in sorted((data / "expressions").glob("*.jsonl")):
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            yield path.stem, entry["expression"], _chooses(entry["image"])
    for entry in json.loads((data / "rrsisd-text" / "rrsisd_refs.json").read_text()):
        yield "rrsis-d", entry["sentence"], entry["split"] == "train"
    for path in sorted((data / "rsvg-hr-text").glob("*.txt")):
        for line in path.read_text().splitlines():
            name, *_, text = line.split(",", 5)
            yield "rsvg-hr", text, _chooses(name)


def _chooses(image: str) -> bool:
    return int(hashlib.sha256(image.encode()).hexdigest(), 16) % 2 == 0


if __name__ == "__main__":
    main()
