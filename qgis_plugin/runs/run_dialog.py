"""The dialog with finished runs: open them again, or delete their files."""

from __future__ import annotations

from typing import List

from qgis.PyQt.QtCore import QDateTime, QLocale, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..narrow import FlowLayout
from ..request_error import RequestError
from ..translate import tr
from .run_folders import discard
from .run_list import PastRun, list_runs, reopen


class RunDialog(QDialog):
    """Lists finished runs with question, layer, number of objects and date."""

    reopened = pyqtSignal(str)
    """Folder of a run whose layers are in the project again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Finished searches"))
        self.resize(640, 360)
        self.runs: List[PastRun] = []
        self.table = QTableWidget(0, 4)
        self.table.setHorizontalHeaderLabels(
            [tr("Question"), tr("Layer"), tr("Objects"), tr("Date")]
        )
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.open_button = QPushButton(tr("Open again"))
        self.folder_button = QPushButton(tr("Show the folder"))
        self.delete_button = QPushButton(tr("Delete with its files"))
        self.text = QLabel()
        self.text.setWordWrap(True)
        row = QWidget()
        buttons = FlowLayout(row)
        for button in (self.open_button, self.folder_button, self.delete_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self.table)
        column.addWidget(self.text)
        column.addWidget(row)
        self.open_button.clicked.connect(self.open_chosen)
        self.folder_button.clicked.connect(self._show_folder)
        self.delete_button.clicked.connect(self.delete_chosen)
        self.table.itemDoubleClicked.connect(lambda _item: self.open_chosen())
        self.table.itemSelectionChanged.connect(self._enable)
        self.refresh()

    def refresh(self) -> None:
        """Read the list again."""
        self.runs = list_runs()
        self.table.setRowCount(len(self.runs))
        for row, run in enumerate(self.runs):
            moment = QDateTime.fromSecsSinceEpoch(int(run.when))
            short = QLocale.FormatType.ShortFormat
            texts = (
                *(run.questions, run.scene, str(run.count)),
                QLocale().toString(moment, short),
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(run.folder)
                self.table.setItem(row, column, item)
        self.text.setText("" if self.runs else tr("No search has finished yet."))
        self._enable()

    def chosen(self) -> List[PastRun]:
        """Return the selected runs."""
        rows = {index.row() for index in self.table.selectedIndexes()}
        return [self.runs[row] for row in sorted(rows)]

    def open_chosen(self) -> None:
        """Add the layers of the selected runs to the project."""
        for run in self.chosen():
            if reopen(run):
                self.reopened.emit(run.folder)
            else:
                self.text.setText(
                    tr("QGIS cannot open the files in {folder}.").format(
                        folder=run.folder
                    )
                )

    def delete_chosen(self) -> None:
        """Move the folders of the selected runs into the recycle bin."""
        failed = ""
        for run in self.chosen():
            try:
                discard(run.folder)
            except RequestError as error:
                failed = str(error)
        self.refresh()
        if failed:
            self.text.setText(failed)

    def _show_folder(self) -> None:
        for run in self.chosen():
            QDesktopServices.openUrl(QUrl.fromLocalFile(run.folder))

    def _enable(self) -> None:
        chosen = bool(self.table.selectedIndexes())
        for button in (self.open_button, self.folder_button, self.delete_button):
            button.setEnabled(chosen)
