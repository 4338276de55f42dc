"""Pages of the setup dialog, one for each way to set up an environment."""

from __future__ import annotations

import sys
from typing import List

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from ..environment.install_choice import CPU, GPU, InstallChoice
from ..environment.interpreters import Interpreter
from ..translate import tr


class InterpreterBox(QComboBox):
    """Chooses the interpreter for a new environment; any path may be typed in."""

    def __init__(self, chosen: str) -> None:
        super().__init__()
        self.setEditable(True)
        self.setMinimumContentsLength(30)
        self.lineEdit().setPlaceholderText(tr("the best Python of this computer"))
        self.setEditText(chosen)

    def set_interpreters(self, found: List[Interpreter]) -> None:
        """Fill the list; the chosen interpreter stays."""
        chosen = self.program()
        self.clear()
        for interpreter in found:
            self.addItem(interpreter.label, interpreter.program)
        index = self.findData(chosen)
        if index >= 0:
            self.setCurrentIndex(index)
        elif chosen or not found:
            self.setEditText(chosen)

    def program(self) -> str:
        """Return the path of the chosen interpreter; empty: the best one found."""
        index = self.findText(self.currentText())
        return str(self.itemData(index) if index >= 0 else self.currentText().strip())


class ManagedPage(QWidget):
    """Install the managed environment, with a choice of Python and build."""

    def __init__(self, choice: InstallChoice) -> None:
        super().__init__()
        self.base = InterpreterBox(choice.base)
        self.base.setObjectName("base")
        self.build = QComboBox()
        self.build.setObjectName("build")
        self.build.addItem(tr("for the CPU (about 150 MB)"), CPU)
        self.build.addItem(tr("for a GPU, with torch (several GB)"), GPU)
        self.build.setCurrentIndex(max(self.build.findData(choice.build), 0))
        self.package = QgsFileWidget()
        self.package.setFilter(tr("Wheels (*.whl)"))
        self.package.setFilePath(choice.package)
        self.package.lineEdit().setPlaceholderText(tr("the one inside the plugin"))
        hint = _hint(
            tr(
                "Packages come from the index that pip is set up for, with the hashes "
                "that the plugin knows; QGIS's proxy is passed on."
            )
        )
        form = QFormLayout(self)
        form.addRow(tr("&Python"), self.base)
        form.addRow(tr("&Build"), self.build)
        form.addRow(tr("Package &rrsis-geo"), self.package)
        form.addRow(hint)

    def choice(self) -> InstallChoice:
        """Return the chosen settings."""
        return InstallChoice(
            base=self.base.program(),
            package=self.package.filePath().strip(),
            build=str(self.build.currentData()),
        )


class WheelsPage(QWidget):
    """Install the managed environment from a folder of wheels, without network."""

    def __init__(self, choice: InstallChoice) -> None:
        super().__init__()
        self.base = InterpreterBox(choice.base)
        self.folder = QgsFileWidget()
        self.folder.setObjectName("wheels")
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.folder.setFilePath(choice.wheels)
        hint = _hint(
            tr(
                "A folder with all wheels that the plugin's file packages/cpu.txt "
                "lists, made on a computer with the same system and Python by "
                "“pip download -r cpu.txt”. No network is used."
            )
        )
        form = QFormLayout(self)
        form.addRow(tr("&Folder of wheels"), self.folder)
        form.addRow(tr("&Python"), self.base)
        form.addRow(hint)

    def choice(self) -> InstallChoice:
        """Return the chosen settings."""
        wheels = self.folder.filePath().strip()
        return InstallChoice(base=self.base.program(), wheels=wheels)


class ExistingPage(QWidget):
    """Use a Python that has rrsis-geo already."""

    def __init__(self, program: str) -> None:
        super().__init__()
        self.program = QgsFileWidget()
        self.program.setObjectName("interpreter")
        self.program.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.program.setFilePath(program)
        self.program.lineEdit().setPlaceholderText(
            r"C:\rrsis\.venv" if sys.platform == "win32" else "/home/ada/rrsis/.venv"
        )
        hint = _hint(
            tr(
                "The python program, or the folder, of an environment in which "
                "“rrsis-geo doctor” reports no failure. It must have the plugin's "
                "version of rrsis-geo."
            )
        )
        form = QFormLayout(self)
        form.addRow(tr("&Interpreter"), self.program)
        form.addRow(hint)


def _hint(text: str) -> QLabel:
    """Create a text of up to three lines; stacked pages do not ask for its height."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setMinimumHeight(3 * label.fontMetrics().lineSpacing())
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    return label
