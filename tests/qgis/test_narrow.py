"""Everything in the panel fits into a narrow dock, in both languages and large type."""

import pytest
from qgis.core import QgsApplication
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QLocale, QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)
from rrsis_geo_qgis.narrow import ShrinkingButton, ShrinkingCheckBox, shortened
from rrsis_geo_qgis.number_box import show_least_score
from rrsis_geo_qgis.panel.area.area_chooser import RECTANGLE, SELECTED
from rrsis_geo_qgis.review.object_table import AREA, SCORE


@pytest.fixture(params=["en", "de"])
def language(request):
    """The language of the panel, set before it is made."""
    if request.param == "de":
        request.getfixturevalue("german")
    return request.param


@pytest.fixture(params=[100, 150])
def type_size(request, qgis_app):
    """The size of the type in percent, set before the panel is made."""
    before = QgsApplication.font()
    larger = QgsApplication.font()
    larger.setPointSizeF(before.pointSizeF() * request.param / 100)
    QgsApplication.setFont(larger)
    yield request.param
    QgsApplication.setFont(before)


def cut_off(panel):
    """Visible widgets that reach beyond the panel, or are smaller than their text."""
    whole = panel.widget()
    lost = []
    for part in whole.findChildren(QWidget):
        area = part.parentWidget()
        inner = isinstance(area and area.parentWidget(), QScrollArea)
        if not part.isVisibleTo(whole) or part.window() is not panel.window():
            continue
        left = part.mapTo(whole, QPoint(0, 0)).x()
        name = f"{type(part).__name__} {part.objectName()}"
        if left + part.width() > whole.width() or left < 0:
            lost.append(f"{name} ends at {left + part.width()} of {whole.width()}")
        elif inner and part.width() > area.width():
            lost.append(f"{name} is wider than what is seen of it")
        elif isinstance(part, (ShrinkingButton, ShrinkingCheckBox)):
            continue  # the text ends with dots, the tooltip has all of it
        elif isinstance(area, QgsFileWidget):
            continue  # QGIS's own
        elif isinstance(part, (QAbstractButton, QLabel)) and part.text():
            wraps = isinstance(part, QLabel) and part.wordWrap()
            if not wraps and part.width() < part.minimumSizeHint().width():
                lost.append(f"{name} has no room for {part.text()!r}")
            elif wraps and part.height() < part.heightForWidth(part.width()):
                lost.append(
                    f"{name} loses lines of {part.text()!r}: {part.height()} of "
                    f"{part.heightForWidth(part.width())} pixels"
                )
    return lost


def lost_columns(panel):
    """Columns of the list that end beyond what is seen of it."""
    objects = panel.results.objects
    header, width = objects.horizontalHeader(), objects.viewport().width()
    return [
        objects.table.headerData(column, Qt.Orientation.Horizontal)
        for column in range(objects.table.columnCount())
        if header.sectionViewportPosition(column) + header.sectionSize(column) > width
        or header.sectionSize(column) < 20
    ]


def elided_numbers(panel):
    """Scores and areas of the list that a column has no room for, as Qt places them."""
    objects = panel.results.objects
    margin = 1 + objects.style().pixelMetric(
        QStyle.PixelMetric.PM_FocusFrameHMargin, None, objects
    )
    texts = [
        (column, objects.table.index(row, column).data())
        for column in (SCORE, AREA)
        for row in range(objects.table.rowCount())
    ]
    return [
        text
        for column, text in texts
        if objects.fontMetrics().horizontalAdvance(text) + 2 * margin
        > objects.columnWidth(column)
    ]


def cut_special_texts(panel):
    """Words that number boxes show instead of a number, where their start is lost."""
    cut = []
    for box in panel.widget().findChildren(QAbstractSpinBox):
        if box.isVisibleTo(panel.widget()) and box.text() == box.specialValueText():
            edit = box.findChild(QLineEdit)
            if edit.cursorPositionAt(QPoint(2, edit.height() // 2)) > 0:
                cut.append((box.objectName(), box.text()))
    return cut


def widest(panel):
    """The widgets that ask for most room, for the message of a failed test."""
    rows = [
        (part.minimumSizeHint().width(), type(part).__name__, part.objectName())
        for part in panel.widget().findChildren(QWidget)
        if part.isVisibleTo(panel.widget())
        and part.sizePolicy().horizontalPolicy() != QSizePolicy.Policy.Ignored
    ]
    return sorted(rows, reverse=True)[:12]


def show_all(panel, width):
    """Open everything that can be opened, at a width of the dock."""
    panel.setFloating(True)
    panel.advanced.setCollapsed(False)
    panel.results.filter_box.setCollapsed(False)
    panel.run_box.set_status("A status line that says something about the search.")
    panel.run_box.offer("Show the 50 objects that a lower score would show", list)
    panel.query.show_plan("find storage tanks; keep those within 30 m of a road")
    panel.resize(width, 900)
    panel.show()
    QTest.qWait(100)


def test_numbers_can_be_read_in_the_narrowest_dock(language, found):
    show_all(found, 250)

    assert not elided_numbers(found)
    assert not lost_columns(found)


@pytest.mark.parametrize("width", [280, 330])
def test_numbers_can_be_read(language, type_size, found, width):
    show_all(found, width)

    assert max(found.results.objects.table.areas) > 1000
    assert not elided_numbers(found)
    assert not lost_columns(found)


@pytest.mark.parametrize("width", [250, 330])
def test_words_in_number_boxes_begin_with_their_start(
    language, type_size, panel, width
):
    show_all(panel, width)
    assert not cut_special_texts(panel)
    for box in (panel.advanced.gsd, panel.options.min_score):
        box.setValue(0.5)
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, QLocale().toString(box.minimum(), "f", 2))
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert box.text() == box.specialValueText()
    show_least_score(panel.options.min_score, 0.5)
    show_least_score(panel.options.min_score, None)

    assert not cut_special_texts(panel)


@pytest.mark.parametrize("width", [280, 320, 360, 400])
def test_nothing_is_cut_off(language, type_size, found, width):
    show_all(found, width)

    for choice in (RECTANGLE, SELECTED):
        found.area.choice.setCurrentIndex(choice)
        QTest.qWait(50)
        assert not cut_off(found), widest(found)
    assert found.width() <= width
    assert not lost_columns(found)


def test_a_button_with_room_shows_its_whole_text(panel):
    panel.setFloating(True)
    panel.resize(400, 900)
    panel.show()
    QTest.qWait(50)
    buttons = panel.widget().findChildren(ShrinkingButton)
    seen = [one for one in buttons if one.isVisibleTo(panel) and one.text()]
    assert "&Known things" in [one.text() for one in seen]
    for button in seen:
        if button.width() >= button.sizeHint().width():
            option = QStyleOptionButton()
            button.initStyleOption(option)
            inside = button.style().subElementRect(
                QStyle.SubElement.SE_PushButtonContents, option, button
            )
            text = button.text()
            assert shortened(button, text, inside.width()) == text
            assert shortened(button, text, 20) != text


def test_run_stays_in_view_with_all_options_open(found):
    show_all(found, 300)
    found.resize(300, 420)
    QTest.qWait(50)

    button = found.run_box.run_button
    bottom = button.mapTo(found, QPoint(0, button.height())).y()
    assert button.isVisible()
    assert bottom <= found.height()
