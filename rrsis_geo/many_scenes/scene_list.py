"""From words of a user to scenes: files, folders, patterns, lists, STAC."""

from __future__ import annotations

import glob
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rrsis_geo.errors import OptionError, os_reason
from rrsis_geo.files.special_files import why_no_text
from rrsis_geo.many_scenes.stac import read_stac_items

PLACE = "{scene}"
"""In the name of an output, stands for the name of a scene."""

RASTERS = (".tif", ".tiff", ".vrt", ".jp2", ".j2k", ".img", ".ecw", ".sid")
"""Extensions of files in a folder that are scenes."""

PICTURES = {".png": (".pgw", ".pngw"), ".jpg": (".jgw", ".jpgw"), ".jpeg": (".jgw",)}
"""Extension -> extensions of world files; a picture in a folder is a scene with one."""

MOSAIC = ".vrt"

PATTERN = re.compile(r"[*?\[]")
"""What makes a path a pattern, where no file has that name."""

LIST_SIGN = "@"
STDIN = "-"

NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
"""What the name of a file may not hold on some system."""


@dataclass(frozen=True)
class SceneSource:
    """A scene of several."""

    path: str
    """What opens it: a path or a URL."""

    name: str
    """What files are named after: its file name without the extension, or the id of
    its STAC item."""


@dataclass(frozen=True, kw_only=True)
class SceneList:
    """Scenes in order, each once."""

    scenes: tuple[SceneSource, ...]
    single: bool
    """Whether the user named one scene, and no folder, pattern, list or item."""
    notes: tuple[str, ...] = ()
    """What was left out, a line each."""


def list_scenes(words: Sequence[str], *, asset: str | None = None) -> SceneList:
    """The scenes that some words name.

    A word is the path or URL of a raster, a folder with rasters in it, a pattern like
    `tiles/*.tif`, `@FILE` with one of these a line (`@-`: stdin), or the path or URL
    of a STAC item or item collection.

    Args:
        words: At least one.
        asset: Which asset of STAC items; None: what looks like the picture.

    Raises:
        OptionError: a pattern or a folder holds no scene, or a list cannot be read.
        SceneError: a STAC item has no raster, or cannot be read.
    """
    found = _Found(asset=asset)
    single = len(words) == 1
    for word in words:
        scenes = list(found.of_word(word))
        single = single and scenes == [SceneSource(word, scene_name(word))]
        found.scenes += scenes
    once: dict[str, SceneSource] = {}
    for scene in found.scenes:
        once.setdefault(_identity(scene.path), scene)
    twice = len(found.scenes) - len(once)
    if twice:
        found.notes.append(f"{twice} scenes were named twice and are taken once")
    return SceneList(
        scenes=tuple(once.values()), single=single, notes=tuple(found.notes)
    )


def scene_name(path: str) -> str:
    """Name of a scene's file or of the last part of its URL, without extension."""
    path = re.split(r"[?#]", path)[0] if "://" in path else path
    last = re.split(r"[/\\]", path.rstrip("/\\"))[-1]
    return last.rsplit(".", 1)[0] or "scene"


@dataclass(kw_only=True)
class _Found:
    """What the words so far have led to."""

    asset: str | None
    scenes: list[SceneSource] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of_word(self, word: str, *, listed: bool = False) -> Iterator[SceneSource]:
        """Scenes of one word, which may be a line of a list.

        Raises:
            OptionError: no file has a name of the pattern, or a list is not read.
            SceneError: a STAC document cannot be fetched or has no single raster.
        """
        exists = os.path.exists(word)
        local = "://" not in word and not word.startswith("/vsi")
        if word.startswith(LIST_SIGN) and not exists and not listed:
            for line in _lines(word.removeprefix(LIST_SIGN)):
                yield from self.of_word(line, listed=True)
        elif exists and os.path.isdir(word):
            yield from self._of_folder(word)
        elif not exists and local and PATTERN.search(word):
            paths = sorted(p for p in glob.glob(word, recursive=True) if _is_file(p))
            if not paths:
                raise OptionError(f"{word}: no file has such a name")
            yield from map(_source, paths)
        else:
            items = read_stac_items(word, asset=self.asset)
            if items is None:
                yield _source(word)
                return
            self.notes += items.notes
            for name, path in items.scenes:
                yield SceneSource(path, NO_NAME.sub("_", name))

    def _of_folder(self, folder: str) -> Iterator[SceneSource]:
        """Rasters in a folder; one without any is left to GDAL, which reads some."""
        paths = [
            os.path.join(folder, name)
            for name in sorted(os.listdir(folder))
            if not name.startswith(".") and _is_raster(os.path.join(folder, name))
        ]
        tiles = [path for path in paths if not path.lower().endswith(MOSAIC)]
        mosaics = len(paths) - len(tiles)
        if tiles and mosaics:
            paths = tiles
            self.notes.append(
                f"{folder}: {mosaics} VRT files are left out, since they may be "
                "mosaics of the other files; name them to search them"
            )
        if paths:
            yield from map(_source, paths)
        else:
            yield _source(folder)


def _source(path: str) -> SceneSource:
    return SceneSource(path, scene_name(path))


def _is_file(path: str) -> bool:
    return os.path.isfile(path) and not path.lower().endswith(".aux.xml")


def _is_raster(path: str) -> bool:
    stem, extension = os.path.splitext(path)
    extension = extension.lower()
    if not os.path.isfile(path):
        return False
    worlds = (*PICTURES.get(extension, ()), ".wld")
    return extension in RASTERS or (
        extension in PICTURES and any(os.path.exists(stem + end) for end in worlds)
    )


def _identity(path: str) -> str:
    return os.path.realpath(path) if os.path.exists(path) else path


def _lines(path: str) -> list[str]:
    """Lines of a list of scenes, without empty ones and comments.

    Raises:
        OptionError: it cannot be read, or holds no line.
    """
    shown = f"{LIST_SIGN}{path}"
    reason = None if path == STDIN else why_no_text(path)
    if reason is not None:
        raise OptionError(f"{shown}: {reason}")
    try:
        content = sys.stdin.buffer.read() if path == STDIN else Path(path).read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise OptionError(f"{shown}: cannot be read: {os_reason(error)}") from error
    except UnicodeDecodeError as error:
        raise OptionError(
            f"{shown}: is no UTF-8 text with one scene a line; save it as UTF-8"
        ) from error
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines:
        raise OptionError(f"{shown}: holds no scene")
    return lines


def check_names(scenes: Iterable[SceneSource]) -> None:
    """Refuse scenes whose files would have one name.

    Raises:
        OptionError: names two such scenes.
    """
    seen: dict[str, str] = {}
    for scene in scenes:
        other = seen.setdefault(scene.name.casefold(), scene.path)
        if other != scene.path:
            raise OptionError(
                f"{other} and {scene.path}: both would write the file of {scene.name!r}"
                "; write one layer (-o found.gpkg), or rename one of them"
            )
