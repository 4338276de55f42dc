"""Offers of the panel: one button below the line that says why."""

from __future__ import annotations

import os

from qgis.gui import QgisInterface
from qgis.PyQt.QtWidgets import QAction

from ..request_error import RequestError
from ..runs.run_folders import discard
from ..translate import tr
from .results import Results
from .run_box import RunBox

GEOREFERENCER = ("mActionShowGeoreferencer", "mActionRunGeoref")
"""Names of its action in the versions of QGIS."""


class Offers:
    """Makes offers in the box below the results."""

    def __init__(self, iface: QgisInterface, box: RunBox, results: Results) -> None:
        self._iface = iface
        self._box = box
        self._results = results

    def georeference(self) -> None:
        """Offer QGIS's Georeferencer for a picture without a place."""
        self._box.offer(tr("Open the Georeferencer"), self._open_georeferencer)

    def show_faint(self, run: str, count: int, threshold: float) -> None:
        """Offer objects that the threshold or the least score hides."""
        if run != self._results.run:
            return
        self._box.set_status(
            tr(
                "Nothing found: {count} fainter objects are hidden by the threshold or "
                "the least score."
            ).format(count=count)
        )
        self._box.offer(
            tr("Show the {count} fainter ones").format(count=count),
            lambda: self._results.want(threshold, 0.0),
        )

    def discard(self, run: str) -> None:
        """Offer to delete the files of a run whose layers were removed."""
        self._box.set_status(
            tr("The layers were removed; their files are still in {folder}.").format(
                folder=os.path.basename(run)
            )
        )
        self._box.offer(tr("Delete the files too"), lambda: self._discard(run))

    def _discard(self, run: str) -> None:
        try:
            discard(run)
        except RequestError as error:
            self._box.set_status(str(error))

    def _open_georeferencer(self) -> None:
        for name in GEOREFERENCER:
            action = self._iface.mainWindow().findChild(QAction, name)
            if action is not None:
                action.trigger()
                return
