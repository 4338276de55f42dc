"""The command dataset build: training data from labelled layers or a COCO file."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rrsis_geo.chips.options import BuildOptions
from rrsis_geo.datasets.kinds import SPLITS
from rrsis_geo.errors import OptionError

from . import counting, options
from .options import Decorator, numbers, option, whole_numbers
from .sections import Command

if TYPE_CHECKING:
    from rrsis_geo.chips.image_sources import ImageSource
    from rrsis_geo.datasets.referring_sample import Sample

DEFAULTS: dict[str, Any] = {item.name: item.default for item in fields(BuildOptions)}


def build_option(section: str, flag: str, help: str, **kind: Any) -> Decorator[Any]:
    """An option whose default is that of a field of `BuildOptions`."""
    default = DEFAULTS[flag.removeprefix("--").replace("-", "_")]
    return option(section, flag, help=help, default=default, **kind)


@click.command(
    "build", cls=Command, short_help="Chips and expressions from labelled objects."
)
@option(
    "Scenes and labels",
    "--image",
    "images",
    multiple=True,
    type=click.Path(),
    help="Scene with a place on the map; may be given several times.",
)
@option(
    "Scenes and labels",
    "--labels",
    multiple=True,
    type=click.Path(),
    help="Vector file of polygons, in any CRS: one for all scenes, or one for each.",
)
@option(
    "Scenes and labels",
    "--layer",
    help="Layer of the labels. Default: the only one with polygons.",
)
@option("Scenes and labels", "--label-field", help="Attribute that holds the class.")
@option(
    "Scenes and labels",
    "--label",
    help="What all the objects are, instead of a field: --label building.",
)
@option(
    "Scenes and labels",
    "--class",
    "classes",
    multiple=True,
    metavar="NAME[=WORD]",
    help="Use only this class, called by this word: --class 3=storage_tank. May be "
    "given several times. Default: all classes.",
)
@option(
    "Scenes and labels",
    "--area",
    type=click.Path(),
    help="Vector file: everything is labelled inside its polygons, and only there "
    "chips are cut. Default: the whole scene.",
)
@option(
    "Scenes and labels",
    "--incomplete",
    multiple=True,
    metavar="CLASS",
    help="A class of which not every object is labelled: nothing is said of it.",
)
@option(
    "Scenes and labels",
    "--absent",
    multiple=True,
    metavar="CLASS",
    help="A class of which there is none anywhere, to be asked for in vain.",
)
@option(
    "Scenes and labels",
    "--bands",
    type=whole_numbers,
    metavar="R,G,B",
    help="Bands to read as red, green and blue. Default: by their colour.",
)
@option(
    "Scenes and labels",
    "--crs",
    metavar="CRS",
    help="CRS of scenes that do not name their own, like EPSG:32633.",
)
@option(
    "Plain images instead",
    "--coco",
    type=click.Path(path_type=Path),
    help="COCO instance file with polygons over plain images.",
)
@option(
    "Plain images instead",
    "--images-dir",
    type=click.Path(path_type=Path),
    help="Folder of its images. Default: beside the file.",
)
@option(
    "Plain images instead",
    "--together",
    default=1,
    show_default=True,
    help="So many images that follow each other by name count as one place, and are "
    "never split.",
)
@option(
    "Output",
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder to make.",
)
@options.OVERWRITE
@build_option(
    "Chips",
    "--size",
    "Side of a chip in pixels; 0 keeps plain images whole.",
    show_default=True,
)
@option(
    "Chips",
    "--gsd",
    multiple=True,
    type=float,
    metavar="METRES",
    help="Metres per pixel to cut scenes at; several for several scales. Default: as "
    "the scene has them.",
)
@build_option(
    "Chips",
    "--overlap",
    "Share of a training chip that its neighbour shows as well.",
    show_default=True,
)
@build_option(
    "Chips",
    "--gap",
    "Pixels between ground of different splits.",
    show_default=True,
)
@option(
    "Chips",
    "--shares",
    type=numbers,
    default=",".join(map(str, DEFAULTS["shares"])),
    show_default=True,
    metavar="TRAIN,VAL,TEST",
    help="Shares of the splits.",
)
@build_option(
    "Chips",
    "--empty",
    "Share of chips without any object, at most.",
    show_default=True,
)
@build_option(
    "Words", "--expressions", "Expressions about a chip, at most.", show_default=True
)
@build_option(
    "Words",
    "--no-target",
    "Share of expressions that nothing in the chip answers.",
    show_default=True,
)
@option(
    "Words",
    "--colours/--no-colours",
    default=DEFAULTS["colours"],
    help="Measure colours of objects and speak of them, or not.",
)
@build_option(
    "Words", "--seed", "The same seed gives the same folder.", show_default=True
)
@counting.OPTION
def build(
    images: tuple[str, ...],
    labels: tuple[str, ...],
    coco: Path | None,
    output: Path,
    overwrite: bool,
    progress: str,
    **values: Any,
) -> None:
    """Make training data from labelled objects: chips, masks and expressions.

    From every piece of a scene come a picture, and expressions that are true and
    unambiguous by the labels: "the largest roof", "roofs on the left", and some that
    nothing answers. Ground for training, validation and test is apart. The folder
    holds manifest.jsonl, chips/, chips.geojson (their places on the map) and
    build.json (how it was made).

    \b
    Examples:
      rrsis-geo dataset build --image scene.tif --labels objects.gpkg \\
          --label-field class -o objects
      rrsis-geo dataset build --image north.tif --image south.tif \\
          --labels roofs.geojson --label building --gsd 0.2 --gsd 0.4 -o roofs
      rrsis-geo dataset build --coco instances.json --images-dir photos -o photos-set
    """
    given = {key: value for key, value in values.items() if key in DEFAULTS}
    absent = given.pop("absent", ())
    build_options = BuildOptions(**given, absent=_class_keys(absent))
    if (coco is None) == (not images):
        raise OptionError(
            "give scenes with --image and --labels, or a COCO file with --coco"
        )
    if images and build_options.size == 0:
        raise OptionError("--size 0 is for plain images; scenes are cut into chips")

    from rrsis_geo.chips.build import build_chips
    from rrsis_geo.chips.chip_folder import write_build_record, write_chips
    from rrsis_geo.chips.chip_plan import plan_chips
    from rrsis_geo.chips.folder_staging import staged_folder

    inputs = (*images, *labels, coco, values["area"], values["images_dir"])
    with staged_folder(
        output, overwrite=overwrite, inputs=[one for one in inputs if one is not None]
    ) as folder:
        sources: Sequence[ImageSource]
        if coco is not None:
            sources = _coco_sources(coco, values)
        else:
            sources = _scene_sources(images, labels, build_options, values)
        for note in dict.fromkeys(note for one in sources for note in one.notes):
            click.echo(f"Note: {note}", err=True)
        windows, left_out = plan_chips(sources, build_options)
        with counting.open_counter(progress, "chips", len(windows)) as on_chip:
            chips = build_chips(
                sources, windows, build_options, left_out=left_out, on_chip=on_chip
            )
            samples = write_chips(folder, chips)
        write_build_record(
            folder,
            {
                "scenes": list(images) or [str(coco)],
                "labels": list(labels),
                "options": asdict(build_options),
                "left_out": asdict(left_out),
            },
        )
    _print_summary(output, samples, asdict(left_out))


def _coco_sources(coco: Path, values: dict[str, Any]) -> Sequence[ImageSource]:
    from rrsis_geo.chips.image_sources import read_coco_sources

    return read_coco_sources(
        coco,
        images=values["images_dir"] or coco.parent,
        incomplete=frozenset(_class_keys(values["incomplete"])),
        together=values["together"],
    )


def _scene_sources(
    images: tuple[str, ...],
    labels: tuple[str, ...],
    build_options: BuildOptions,
    values: dict[str, Any],
) -> Sequence[ImageSource]:
    from rrsis_geo.chips.image_sources import SceneInput, SceneSource
    from rrsis_geo.chips.vector_labels import read_vector_labels

    if len(labels) not in (1, len(images)):
        raise OptionError(
            f"{len(labels)} files of labels for {len(images)} scenes; give --labels "
            "once for all scenes, or for each scene in the same order"
        )
    if (values["label_field"] is None) == (values["label"] is None):
        raise OptionError(
            "name the class of the objects: --label-field NAME if an attribute holds "
            "it, or --label WORD if all are of one class"
        )
    labels_by_path = {
        path: read_vector_labels(
            path,
            layer=values["layer"],
            field=values["label_field"],
            label=values["label"],
            chosen=_parse_classes(values["classes"]),
        )
        for path in dict.fromkeys(labels)
    }
    incomplete = frozenset(_class_keys(values["incomplete"]))
    return [
        SceneSource(
            SceneInput(
                path=path,
                labels=labels_by_path[labels[0] if len(labels) == 1 else labels[at]],
                area=values["area"],
                bands=values["bands"],
                crs=values["crs"],
            ),
            gsd=build_options.gsd,
            incomplete=incomplete,
        )
        for at, path in enumerate(images)
    ]


def _parse_classes(classes: Sequence[str]) -> dict[str, str | None]:
    """Parse NAME[=WORD] to name -> word; None where no word is given."""
    pairs = [text.partition("=") for text in classes]
    return {name: word or None for name, _, word in pairs}


def _class_keys(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    from rrsis_geo.chips.classes import class_key

    return tuple(class_key(name, way_out="name it by a word") for name in names)


def _print_summary(
    output: Path, samples: Sequence[Sample], left_out: dict[str, int]
) -> None:
    chips = {sample.image: sample.split for sample in samples}
    per_split = Counter(chips.values())
    shown = ", ".join(f"{name} {per_split[name]}" for name in SPLITS)
    click.echo(f"{len(chips)} chips ({shown}), {len(samples)} expressions")
    types = Counter(sample.type for sample in samples)
    click.echo(", ".join(f"{name} {count}" for name, count in types.most_common()))
    reasons = [
        f"{name.replace('_', ' ')} {count}" for name, count in left_out.items() if count
    ]
    if reasons:
        click.echo(f"left out: {', '.join(reasons)}")
    click.echo(f"wrote {output}; look at it: {_look_command(output)}")


def _look_command(output: Path) -> str:
    """A command that draws some samples, as it is typed into a shell."""
    sheet = output.with_name(f"{output.name}.png")
    words = ["rrsis-geo", "dataset", "check", str(output), "--sheet", str(sheet)]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
