"""Where polygons go that are written to no file: stdout, or a store of objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rrsis_geo.errors import OptionError
from rrsis_geo.files.virtual_names import virtual_path
from rrsis_geo.many_scenes.scene_list import PLACE

from .options import STDIN
from .summary import print_geojson

if TYPE_CHECKING:
    from rrsis_geo.types import Polygons


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Of the polygons of a run."""

    output: str | None
    """As it was given; None: the default file."""

    @property
    def is_stdout(self) -> bool:
        """Whether the polygons are printed."""
        return self.output == STDIN

    @property
    def is_file(self) -> bool:
        """Whether the run itself writes a file."""
        return self._virtual is None and not self.is_stdout

    @property
    def _virtual(self) -> str | None:
        return None if self.output is None else virtual_path(self.output)

    def check(self, *, overwrite: bool, **chosen: object) -> None:
        """Refuse before any work what could not be written after it.

        Args:
            overwrite: Whether what is there may be replaced.
            **chosen: Values of options that only files know, by their names.

        Raises:
            OptionError: such an option was given.
            OutputError: the store cannot be written to.
        """
        if self.is_file:
            return
        for name, value in chosen.items():
            if value:
                raise OptionError(
                    f"--{name.replace('_', '-')} needs a file as output, and "
                    f"{self.output} is none"
                )
        if self._virtual is not None:
            if PLACE in self._virtual:
                raise OptionError(
                    f"--output {self.output}: {PLACE} stands in names of files only"
                )
            from rrsis_geo.vector.virtual_files import check_virtual

            check_virtual(self._virtual, overwrite)

    def deliver(
        self, polygons: Polygons, expressions: Sequence[str]
    ) -> tuple[str, ...]:
        """Write polygons where no run writes them; returns what was written.

        Raises:
            OutputError: the store could not be written to.
        """
        if self.is_stdout:
            print_geojson(polygons, expressions)
        if self._virtual is None or self.output is None:
            return ()
        from rrsis_geo.vector.virtual_files import write_virtual

        title = ", ".join(expressions)
        write_virtual(polygons, self._virtual, title=title, description=title)
        return (self.output,)
