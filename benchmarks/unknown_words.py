"""What is said and drawn for things that the weights do not know.

    python benchmarks/unknown_words.py SCENE... [--weights NAME|FILE] [--guess]

Asks every scene for 60 things outside the classes of the weights and prints, for each
scene, for how many of them a note was given and for how many polygons were drawn, then
the things without a note. Scenes without a CRS are read in pixels.
"""

from __future__ import annotations

import argparse
from collections import Counter

from rrsis_geo import pipeline
from rrsis_geo.errors import SceneError
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.protocol import Advice, Message
from rrsis_geo.query.lexicon.vocabulary import words

NOUNS = sorted(
    words(
        """unicorn dragon camel sheep cow horse elephant penguin person pedestrian crowd
        tent igloo yurt greenhouse lighthouse obelisk waterfall fountain statue bench
        hedge vineyard orchard garden lawn cemetery volcano crater dune glacier iceberg
        helicopter drone rocket submarine train locomotive tram bicycle telescope
        antenna satellite pylon pyramid fence wall haystack scarecrow dumpster billboard
        flag umbrella trampoline sandpit skatepark church hospital school hangar"""
    )
)


def main() -> None:
    """Parse the command line, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenes", nargs="+")
    parser.add_argument("--weights", default="default")
    parser.add_argument("--guess", action="store_true")
    options = parser.parse_args()
    print(f"{len(NOUNS)} things")
    for scene in options.scenes:
        noted, drawn = _ask(scene, options.weights, guess=options.guess)
        print(
            f"{scene}\tnotes for {sum(noted.values())}\tpolygons for {len(drawn)}"
            f"\t{', '.join(noun for noun in NOUNS if not noted[noun])}"
        )


def _ask(scene: str, weights: str, *, guess: bool) -> tuple[dict[str, bool], set[str]]:
    """For each thing whether a note was given, and the things with polygons."""
    said: list[str] = []

    def report(message: Message) -> None:
        if isinstance(message, Advice):
            said.append(message.message)

    try:
        result = pipeline.run(_job(scene, weights, guess, False), report=report)
    except SceneError:  # no CRS
        result = pipeline.run(_job(scene, weights, guess, True), report=report)
    drawn = Counter(result.polygons.columns["expression"].tolist())
    noted = {
        noun: any(f'do not know "{noun}"' in line for line in said) for noun in NOUNS
    }
    return noted, set(drawn)


def _job(scene: str, weights: str, guess: bool, in_pixels: bool) -> SegmentJob:
    return SegmentJob(
        scene=scene,
        expressions=tuple(f"the {noun}s" for noun in NOUNS),
        weights=weights,
        options=SegmentOptions(guess=guess, pixel_coordinates=in_pixels),
    )


if __name__ == "__main__":
    main()
