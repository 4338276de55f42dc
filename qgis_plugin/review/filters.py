"""Filters of score and area, as histograms whose lower limit is dragged."""

from __future__ import annotations

import math
from typing import List, Sequence

from qgis.PyQt.QtCore import QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from qgis.PyQt.QtWidgets import QFormLayout, QSizePolicy, QWidget

from ..narrow import let_labels_wrap, let_shrink
from ..number_box import number_box
from ..translate import tr

SAMPLE = 10_000
"""Objects in a histogram; of more, every second, third, … is taken."""

BINS = 40
"""Bars of a histogram."""


class Histogram(QWidget):
    """Bars of values; what lies left of the limit is grey."""

    limit_dragged = pyqtSignal(float)
    """The lower limit under the pointer, as a share of the width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: List[int] = [0] * BINS
        self.limit = 0.0
        """Share of the width."""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("Drag to hide what lies left of the pointer."))

    def show_values(self, shares: Sequence[float]) -> None:
        """Show values, each as a share of the width."""
        counts = [0] * BINS
        for share in shares:
            counts[min(max(int(share * BINS), 0), BINS - 1)] += 1
        self.counts = counts
        self.update()

    def set_limit(self, share: float) -> None:
        """Show another lower limit."""
        self.limit = min(max(share, 0.0), 1.0)
        self.update()

    def sizeHint(self) -> QSize:  # the name is Qt's
        """Return a height of two lines."""
        return QSize(120, 2 * self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # the name is Qt's
        """Paint the bars; their height is the root of the number."""
        painter = QPainter(self)
        palette = self.palette()
        highest = math.sqrt(max(self.counts)) or 1.0
        width = self.width() / BINS
        for place, count in enumerate(self.counts):
            hidden = (place + 1) / BINS <= self.limit
            role = QPalette.ColorRole.Mid if hidden else QPalette.ColorRole.Highlight
            height = self.height() * math.sqrt(count) / highest
            bar = QRectF(place * width, self.height() - height, width * 0.9, height)
            painter.fillRect(bar, palette.color(role))
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        at = min(round(self.limit * self.width()), self.width() - 1)
        painter.drawLine(at, 0, at, self.height())
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # the name is Qt's
        """Move the limit to the pointer."""
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # the name is Qt's
        """Move the limit with the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton or event.button():
            at = event.position() if hasattr(event, "position") else event.localPos()
            share = at.x() / max(self.width(), 1)
            self.limit_dragged.emit(min(max(share, 0.0), 1.0))


class Filters(QWidget):
    """Lower limits of score and area of what is listed and shown."""

    changed = pyqtSignal(float, float)
    """Least score, least area in square metres."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.score = number_box(0, 1, 0.05, 0)
        self.score.setObjectName("filter_score")
        self.area = number_box(0, 1e9, 5, 0, suffix=tr(" m²"))
        self.area.setObjectName("filter_area")
        self.area.setDecimals(1)
        let_shrink(self.score, self.area)
        self.score_bars, self.area_bars = Histogram(), Histogram()
        self._largest = 1.0
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(tr("Score from"), self.score)
        form.addRow(self.score_bars)
        form.addRow(tr("Area from"), self.area)
        form.addRow(self.area_bars)
        let_labels_wrap(form)
        self.score_bars.limit_dragged.connect(self.score.setValue)
        self.area_bars.limit_dragged.connect(
            lambda share: self.area.setValue(self._area_at(share))
        )
        for box in (self.score, self.area):
            box.valueChanged.connect(self._limits_changed)

    def show_objects(self, scores: Sequence[float], areas: Sequence[float]) -> None:
        """Show the histograms of all objects."""
        step = max(len(scores) // SAMPLE, 1)  # evenly, so the shape is that of all
        scores, areas = scores[::step], areas[::step]
        self._largest = max([*areas, 1.0])
        self.score_bars.show_values([score for score in scores if score >= 0])
        self.area_bars.show_values([self._share_of_area(area) for area in areas])
        self._show_limits()

    def reset(self) -> None:
        """Hide nothing."""
        self.score.setValue(0)
        self.area.setValue(0)

    def _limits_changed(self) -> None:
        self._show_limits()
        self.changed.emit(self.score.value(), self.area.value())

    def _show_limits(self) -> None:
        self.score_bars.set_limit(self.score.value())
        self.area_bars.set_limit(self._share_of_area(self.area.value()))

    def _share_of_area(self, area: float) -> float:
        """Return the place of an area: the scale is that of the logarithm."""
        return math.log1p(max(area, 0.0)) / math.log1p(self._largest)

    def _area_at(self, share: float) -> float:
        return math.expm1(share * math.log1p(self._largest))
