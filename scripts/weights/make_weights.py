"""Repeat the whole training of the shipped weights.

    python scripts/weights/make_weights.py DATA [--text MODEL] [--work FOLDER]
        [--only NAME] [--steps N]

DATA is the folder of public data sets of docs/model-card.md. Every command of the
recipe below runs in the work folder and makes one part. Parts that exist are not made
again, and an interrupted training is resumed. The files to ship are written to
FOLDER/weights, with the names they have in rrsis_geo/weights.

--text is the public MiniLM: a folder, or owner/model of the hub; `default` uses the
text encoder of the weights in the package, which differs in some rows of its word table
only. --steps N is for rehearsals: N small steps per training, few drawn scenes.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PUBLIC_TEXT = "sentence-transformers/all-MiniLM-L6-v2"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A file or folder that the recipe makes."""

    file: str
    """In the work folder."""
    command: str
    """As typed in the work folder. DATA and TEXT are filled in; scripts are those of
    this checkout, python and rrsis-geo those of this environment."""


CATEGORIES = (
    *("airplane", "ship", "storage_tank", "baseball_diamond", "tennis_court"),
    *("basketball_court", "ground_track_field", "harbor", "bridge", "vehicle"),
    *("building", "tree"),
    *("road", "river", "lake", "field", "parking_lot", "swimming_pool"),
)
"""Classes of the first six parts of the default weights."""

MORE_CATEGORIES = (*CATEGORIES, "water", "vegetation", "park", "solar_panel")
"""Classes of the first head of the default weights."""

SECOND_HEAD = (
    *("road", "water", "park", "swimming_pool", "vegetation", "stadium"),
    *("train_station", "railway", "airport", "apron", "parking_lot", "football_field"),
    *("overpass", "beach", "river", "lake", "runway", "terminal", "taxiway"),
    *("wind_turbine", "chimney", "harbor", "roundabout", "golf_course"),
)
"""Classes that the second head finds."""

DRAWN = ("field", "wind_turbine", "chimney")
"""Classes of either that were learned from drawn objects only."""

LICENCE = (
    "research, non-commercial (NWPU VHR-10: research only; Airbus: CC BY-NC-SA 4.0)"
)

OPEN_LICENCE = (
    "free for any use (data: CC BY 4.0, CC BY-SA, CC0, ODbL, MIT, Public Data License "
    "1.0, public domain)"
)

OPEN_DRAWN = (
    *("ship", "park", "storage_tank", "tennis_court", "basketball_court"),
    *("baseball_diamond", "ground_track_field", "bridge", "river", "lake", "field"),
    *("parking_lot", "swimming_pool"),
)
"""Classes of the weights `open` that only drawings, or next to nothing else, show."""

OPEN_CATEGORIES = (
    *("building", "airplane", "tree", "vehicle", "road", "water", "vegetation"),
    *("solar_panel", *OPEN_DRAWN),
)

RECIPES = {
    "default": (
        Part(
            file="first.safetensors",
            command="python scripts/weights/train_public.py default --data DATA TEXT "
            "-o first.safetensors",
        ),
        Part(
            file="second.safetensors",
            command="python scripts/weights/train_public.py default-labels --data DATA "
            "--from first.safetensors -o second.safetensors",
        ),
        Part(
            file="outlines.jsonl",
            command="python scripts/weights/outline_aircraft.py DATA outlines.jsonl "
            "--weights second.safetensors",
        ),
        Part(
            file="third.safetensors",
            command="python scripts/weights/train_public.py default-aircraft "
            "--data DATA --from second.safetensors --outlines outlines.jsonl "
            "-o third.safetensors",
        ),
        Part(
            file="between.safetensors",
            command="python scripts/weights/average_weights.py second.safetensors "
            "third.safetensors between.safetensors --share 0.7",
        ),
        Part(
            file="mistakes.jsonl",
            command="python scripts/weights/mine_mistakes.py DATA mistakes.jsonl "
            "--weights between.safetensors --outlines outlines.jsonl",
        ),
        Part(
            file="fourth.safetensors",
            command="python scripts/weights/train_public.py default-mistakes "
            "--data DATA --from between.safetensors --outlines outlines.jsonl "
            "--mistakes mistakes.jsonl -o fourth.safetensors",
        ),
        Part(
            file="before.safetensors",
            command="python scripts/weights/average_weights.py second.safetensors "
            "third.safetensors before.safetensors --share 0.25",
        ),
        Part(
            file="mean.safetensors",
            command="python scripts/weights/average_weights.py before.safetensors "
            "fourth.safetensors mean.safetensors --share 0.5 --categories "
            f"{' '.join(CATEGORIES)}",
        ),
        Part(
            file="outlines-again.jsonl",
            command="python scripts/weights/outline_aircraft.py DATA "
            "outlines-again.jsonl --weights mean.safetensors",
        ),
        Part(
            file="pack",
            command="python scripts/weights/pack_sources.py DATA pack "
            "--outlines outlines-again.jsonl --drawn 130 --theme industrial "
            "--quality 78",
        ),
        Part(
            file="fifth.safetensors",
            command="rrsis-geo train default-all --data pack "
            "--from mean.safetensors -o fifth.safetensors "
            f"--licence '{LICENCE}'",
        ),
        Part(
            file="all.safetensors",
            command="python scripts/weights/average_weights.py mean.safetensors "
            "fifth.safetensors all.safetensors --share 0.55 --categories "
            f"{' '.join(CATEGORIES)}",
        ),
        Part(
            file="sixth.safetensors",
            command="rrsis-geo train default-written --data pack "
            "--from all.safetensors -o sixth.safetensors "
            f"--licence '{LICENCE}'",
        ),
        Part(
            file="both.safetensors",
            command="python scripts/weights/average_weights.py all.safetensors "
            "sixth.safetensors both.safetensors --share 0.5 --sure 0.6 --categories "
            f"{' '.join(CATEGORIES)}",
        ),
        Part(
            file="pack-more",
            command="python scripts/weights/pack_sources.py DATA pack-more "
            "--outlines outlines-again.jsonl --drawn 60 --theme industrial "
            "--quality 82 --added",
        ),
        Part(
            file="seventh.safetensors",
            command="rrsis-geo train default-more --data pack-more "
            "--from both.safetensors -o seventh.safetensors "
            f"--licence '{LICENCE}'",
        ),
        Part(
            file="more.safetensors",
            command="python scripts/weights/average_weights.py both.safetensors "
            "seventh.safetensors more.safetensors --share 0.5 --sure 0.75 --categories "
            f"{' '.join(MORE_CATEGORIES)}",
        ),
        Part(
            file="eighth.safetensors",
            command="rrsis-geo train default-surfaces --data pack-more "
            "--from more.safetensors -o eighth.safetensors "
            f"--licence '{LICENCE}'",
        ),
        Part(
            file="ninth.safetensors",
            command="rrsis-geo train default-surfaces-alone --data pack-more "
            "--from eighth.safetensors -o ninth.safetensors "
            f"--licence '{LICENCE}'",
        ),
        Part(
            file="surfaces.safetensors",
            command="python scripts/weights/average_weights.py eighth.safetensors "
            "ninth.safetensors surfaces.safetensors --share 0.5",
        ),
        Part(
            file="tenth.safetensors",
            command="rrsis-geo train default-scenes --data pack-more "
            f"--from surfaces.safetensors -o tenth.safetensors --licence '{LICENCE}'",
        ),
        Part(
            file="eleventh.safetensors",
            command="rrsis-geo train default-surroundings --data pack-more "
            f"--from tenth.safetensors -o eleventh.safetensors --licence '{LICENCE}'",
        ),
        Part(
            file="twelfth.safetensors",
            command="rrsis-geo train default-traffic --data pack-more "
            f"--from eleventh.safetensors -o twelfth.safetensors --licence '{LICENCE}'",
        ),
        Part(
            file="thirteenth.safetensors",
            command="rrsis-geo train default-rare --data pack-more --steps 1900 "
            "--from twelfth.safetensors -o thirteenth.safetensors "
            f"--licence '{LICENCE}'",
        ),
        Part(
            file="pack-rare",
            command="python scripts/weights/pack_sources.py DATA pack-rare "
            "--outlines outlines-again.jsonl --drawn 60 --theme industrial "
            "--quality 82 --added --repeat golf_course construction_site",
        ),
        Part(
            file="fourteenth.safetensors",
            command="rrsis-geo train default-rare --data pack-rare --steps 550 "
            "--from thirteenth.safetensors -o fourteenth.safetensors "
            f"--licence '{LICENCE}'",
        ),
        Part(
            file="later.safetensors",
            command="python scripts/weights/average_weights.py thirteenth.safetensors "
            "fourteenth.safetensors later.safetensors --share 0.5",
        ),
        Part(
            file="rare.safetensors",
            command="python scripts/weights/average_weights.py twelfth.safetensors "
            "later.safetensors rare.safetensors --share 0.667",
        ),
        Part(
            file="heads.safetensors",
            command="python scripts/weights/add_second_head.py more.safetensors "
            "rare.safetensors heads.safetensors "
            f"--classes {' '.join(SECOND_HEAD)}",
        ),
        Part(
            file="measured.safetensors",
            command="python scripts/weights/measure_classes.py heads.safetensors DATA "
            f"-o measured.safetensors --limit 75 --drawn {' '.join(DRAWN)}",
        ),
        Part(
            file="weights/btd-mobile.safetensors",
            command="python scripts/weights/split_weights.py measured.safetensors "
            "weights/btd-mobile.safetensors --text weights/minilm-18k.safetensors "
            "--name default --matcher sentence-matcher.safetensors",
        ),
        Part(
            file="weights/sentence-matcher.safetensors",
            command="python scripts/weights/train_matcher.py DATA "
            "weights/sentence-matcher.safetensors "
            "--text weights/minilm-18k.safetensors",
        ),
    ),
    "open": (
        Part(
            file="open.safetensors",
            command="python scripts/weights/train_public.py open --data DATA TEXT "
            "-o open.safetensors "
            f"--licence '{OPEN_LICENCE}'",
        ),
        Part(
            file="pack-open",
            command="python scripts/weights/pack_sources.py DATA pack-open "
            "--drawn 100 --theme industrial --quality 82 --added --open-only",
        ),
        Part(
            file="open-second.safetensors",
            command="rrsis-geo train open-more --data pack-open "
            f"--from open.safetensors -o open-second.safetensors "
            f"--licence '{OPEN_LICENCE}'",
        ),
        Part(
            file="open-more.safetensors",
            command="python scripts/weights/average_weights.py open.safetensors "
            "open-second.safetensors open-more.safetensors --share 1 --sure 0.6 "
            f"--categories {' '.join(OPEN_CATEGORIES)}",
        ),
        Part(
            file="open-measured.safetensors",
            command="python scripts/weights/measure_classes.py open-more.safetensors "
            "DATA -o open-measured.safetensors --limit 75 "
            f"--drawn {' '.join(OPEN_DRAWN)}",
        ),
        Part(
            file="weights/open.safetensors",
            command="python scripts/weights/split_weights.py open-measured.safetensors "
            "weights/open.safetensors --text weights/minilm-18k.safetensors "
            "--name open --bytes",
        ),
    ),
}
"""Name of the weights -> how they are made, in order."""


def main() -> None:
    """Make what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--text", default=PUBLIC_TEXT, help="MiniLM, or default")
    parser.add_argument("--work", type=Path, default=Path("runs/weights"))
    parser.add_argument("--only", choices=sorted(RECIPES))
    parser.add_argument("--steps", type=int, help="of each training, for a rehearsal")
    options = parser.parse_args()
    if not options.data.is_dir():
        parser.error(f"{options.data}: no such folder")
    work = options.work.resolve()
    (work / "weights").mkdir(parents=True, exist_ok=True)
    for name, parts in RECIPES.items():
        if options.only in (None, name):
            for part in parts:
                make(part, parts, work, words_of(part, options))
    print(f"the files to ship are in {work / 'weights'}")


def words_of(part: Part, options: argparse.Namespace) -> list[str]:
    """Return the arguments of a part's command, ready to run."""
    text = ["--words", "default"]
    if options.text != "default":
        path = Path(options.text)
        text = ["--text-start", str(path.resolve() if path.exists() else path)]
    replacements = {"DATA": [str(options.data.resolve())], "TEXT": text}
    replacements["python"] = [sys.executable]
    replacements["rrsis-geo"] = [sys.executable, "-m", "rrsis_geo_cli"]
    words: list[str] = []
    for word in shlex.split(part.command):
        if word.startswith(("scripts/", "benchmarks/")):
            word = str(ROOT / word)
        words += replacements.get(word, [word])
    if options.steps is not None and is_training(part):
        words += ["--steps", str(options.steps), "--set", "drawn=8"]
        words += ["--set", "images=2", "--set", "size=128"]
    rehearsal = {
        "calibration.py": ["--pieces", "2"],
        "outline_aircraft.py": ["--most", "2"],
        "mine_mistakes.py": ["--most", "2"],
        "pack_sources.py": ["--drawn", "8"],
        "measure_classes.py": ["--limit", "0"],
        "train_matcher.py": ["--steps", "2"],
    }
    if options.steps is not None:
        for script, arguments in rehearsal.items():
            words += arguments if script in part.command else []
    return words


def is_training(part: Part) -> bool:
    """Whether a part is made by a training."""
    return part.command.startswith(
        ("rrsis-geo train ", "python scripts/weights/train_public.py ")
    )


def make(part: Part, parts: tuple[Part, ...], work: Path, words: list[str]) -> None:
    """Make a part unless it is there.

    Exits if it was made by another command, or before a part that it is made of.
    """
    record = work / "commands.json"
    made = json.loads(record.read_text()) if record.is_file() else {}
    file = work / part.file
    if file.exists():
        remedy = (
            f"remove it (and its .run folder), or choose another --work than {work}"
        )
        if made.get(part.file, words) != words:
            sys.exit(f"Error: {part.file} was made by another command; {remedy}")
        for other in parts:
            source = work / other.file
            used = other.file != part.file and other.file in words
            if used and source.stat().st_mtime > file.stat().st_mtime:
                sys.exit(
                    f"Error: {part.file} is older than {other.file}, which it is made "
                    f"of; {remedy}"
                )
        print(f"{part.file}: there already", flush=True)
        return
    print(f"{part.file}: {part.command}", flush=True)
    began = time.monotonic()
    code = subprocess.run(words, cwd=work, check=False).returncode  # noqa: S603
    if code or not file.exists():
        sys.exit(f"Error: {part.file} was not made; start again to resume here")
    record.write_text(json.dumps({**made, part.file: words}, indent=1))
    print(f"{part.file}: made in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
