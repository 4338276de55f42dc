"""The part of the panel that sets up the environment and leads to the demo scene."""

from __future__ import annotations

import os
from typing import Tuple

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..environment.install_choice import GPU, InstallChoice, Stage
from ..environment.managed_environment import (
    NONE,
    OUTDATED,
    READY,
    UNFINISHED,
    VANISHED,
)
from ..find_python import GONE, VARIABLE, set_python
from ..narrow import ShrinkingButton
from ..notices import tr_noop
from ..translate import tr
from . import demo_scene
from .environment_setup import EnvironmentSetup

BAR_STEPS = 1000
"""Steps of the progress bar."""

USUAL_SIZE = 150_000_000
"""Bytes of the usual installation, shown until the number is known."""

TEXTS = {
    NONE: (
        tr_noop(
            "The search runs in a Python environment of its own, outside QGIS. Setting "
            "it up takes a few minutes; nothing in QGIS changes."
        ),
        tr_noop("Set up"),
    ),
    UNFINISHED: (
        tr_noop("The environment is not complete yet. What was fetched is kept."),
        tr_noop("Continue"),
    ),
    VANISHED: (
        tr_noop("The Python from which the environment was made has been removed."),
        tr_noop("Set up again"),
    ),
    OUTDATED: (
        tr_noop("The plugin is newer than its environment."),
        tr_noop("Update"),
    ),
    GONE: (
        tr_noop("The Python that was chosen is gone: {program}"),
        tr_noop("Set up an own one"),
    ),
}
"""Condition of the environment -> what it is, text of the button."""


def size_text(size: int) -> str:
    """Return a number of bytes in MB or GB."""
    if size < 1_000_000_000:
        return tr("{number} MB").format(number=max(round(size / 1e6), 1))
    return tr("{number} GB").format(number=f"{size / 1e9:.1f}")


def begin_text(setup: EnvironmentSetup) -> str:
    """Return the text of the button that sets up, updates or continues."""
    _, action = TEXTS.get(setup.condition, TEXTS[OUTDATED])
    size = setup.size(setup.build)
    if size == 0:  # a folder of wheels, or all has been fetched
        return tr(action)
    return tr("{action} (about {size})").format(
        action=tr(action), size=size_text(USUAL_SIZE if size is None else size)
    )


def progress_words(stage: Stage | None) -> str:
    """Return what an installation is doing, with the bytes that were fetched."""
    if stage is None:
        return tr("Looking for a Python and room on the disk …")
    name = tr("Step {number} of {of}: {name}").format(
        number=stage.number, of=stage.count, name=tr(stage.name)
    )
    if stage.to_fetch and stage.fetched >= stage.to_fetch:
        return tr("{name}, unpacking").format(name=name)
    if stage.to_fetch and stage.fetched:
        return tr("{name}, {done} of {total}").format(
            name=name,
            done=size_text(stage.fetched),
            total=size_text(stage.to_fetch),
        )
    return name


class SetupBox(QFrame):
    """Shows the state of the setup; hidden while the environment is in use."""

    demo_wanted = pyqtSignal()
    """The demo scene is to be opened."""
    question = pyqtSignal(str)
    """A question to the demo scene was pressed."""
    others_wanted = pyqtSignal()
    """The dialog with the other ways is to be opened."""

    def __init__(self, setup: EnvironmentSetup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("setup")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._setup = setup
        self._leads_to_demo = False
        self._create_widgets()
        self._build_layout()
        setup.changed.connect(self.refresh)
        setup.ready.connect(self.show_ready)
        self.refresh()

    def refresh(self) -> None:
        """Show the current state."""
        setup = self._setup
        condition = setup.condition
        working = condition == READY and not setup.installing
        self.setVisible(not working or self._leads_to_demo or bool(setup.notice))
        self.bar.setVisible(setup.installing)
        self.cancel_button.setVisible(setup.installing)
        self.cancel_button.setEnabled(not setup.stopped)
        idle = not working and not setup.installing
        self.begin_button.setVisible(idle)
        self.begin_button.setEnabled(not setup.busy)
        self.gpu_button.setVisible(idle and bool(setup.gpu) and condition == NONE)
        self.gpu_button.setEnabled(not setup.busy)
        self.others_button.setVisible(idle)
        self.demo_button.setVisible(working and self._leads_to_demo)
        self.close_button.setVisible(working)
        if not working:
            self.questions.hide()
        if setup.installing:
            self._show_progress()
        else:
            self._show_condition(condition)

    def show_ready(self) -> None:
        """Say that the environment is ready, with the button of the demo scene."""
        self._leads_to_demo = True
        self.questions.hide()
        self.refresh()

    def show_drawing(self) -> None:
        """Say that the demo scene is being drawn."""
        self._leads_to_demo = True
        self.refresh()
        self.demo_button.setEnabled(False)
        self._set_text(tr("Drawing the demo scene; this takes some seconds …"))

    def show_questions(self) -> None:
        """Show questions to the demo scene, which is open."""
        self._leads_to_demo = True
        self.refresh()
        self.demo_button.setEnabled(True)
        self.demo_button.hide()
        self.questions.show()
        self._set_text(tr("The demo scene is open. Press a question:"))

    def show_failure(self, text: str) -> None:
        """Show why there is no demo scene."""
        self._leads_to_demo = True
        self.refresh()
        self.demo_button.setEnabled(True)
        self._set_text(text, bold=True)

    def dismiss(self) -> None:
        """Hide the box until there is something to set up again."""
        self._leads_to_demo = False
        self._setup.notice = None
        self.questions.hide()
        self.refresh()

    def _show_progress(self) -> None:
        stage = self._setup.stage
        fraction = stage.fraction if stage is not None else None
        self.bar.setRange(0, 0 if fraction is None else BAR_STEPS)
        if fraction is not None:
            self.bar.setValue(int(BAR_STEPS * fraction))
        text = tr("Stopping …") if self._setup.stopped else progress_words(stage)
        self._set_text(text + "\n" + tr("QGIS can be used meanwhile."))

    def _show_condition(self, condition: str) -> None:
        setup = self._setup
        self.begin_button.setText(
            tr("Try again") if setup.notice else begin_text(setup)
        )
        self.gpu_button.setText(
            tr("Set up for {gpu} (about {size})").format(
                gpu=setup.gpu, size=size_text(setup.size(GPU) or 0)
            )
        )
        self.text.setToolTip(setup.notice.detail if setup.notice else "")
        if setup.notice is not None:
            sentence, advice = setup.notice.message(tr), setup.notice.advice
            values = setup.notice.values
            advice = tr(advice).format(**values) if advice else ""
            self._set_text(f"{sentence} {advice}".strip(), bold=True)
        elif condition == READY:
            self._set_text(
                tr("Ready. Try it on a drawn town, with three questions to press.")
            )
        elif setup.stopped:
            self._set_text(tr("Stopped. What has been fetched is kept."))
        elif condition == GONE and os.environ.get(VARIABLE):
            self.begin_button.hide()  # the variable would override it
            self._set_text(
                tr("The variable {name} names a Python that is gone: {program}").format(
                    name=VARIABLE, program=set_python()
                )
            )
        else:
            words, _ = TEXTS[condition]
            self._set_text(tr(words).format(program=set_python()))

    def _create_widgets(self) -> None:
        self.text = QLabel()
        self.text.setObjectName("setup_text")
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.begin_button = ShrinkingButton()
        self.begin_button.setObjectName("set_up")
        self.gpu_button = ShrinkingButton()
        self.gpu_button.setObjectName("set_up_gpu")
        self.cancel_button = QPushButton(tr("Cancel"))
        self.others_button = ShrinkingButton(tr("Other ways …"))
        self.others_button.setFlat(True)
        self.others_button.setToolTip(
            tr("A Python that has rrsis-geo already, or a folder of wheels.")
        )
        self.demo_button = ShrinkingButton(tr("Demo scene"))
        self.demo_button.setObjectName("demo")
        self.close_button = QToolButton()
        self.close_button.setText("×")  # noqa: RUF001 - the sign of a close button
        self.close_button.setAutoRaise(True)
        self.close_button.setToolTip(tr("Hide this; the gear has it again."))
        self.begin_button.clicked.connect(lambda: self._begin(""))
        self.gpu_button.clicked.connect(lambda: self._begin(GPU))
        self.cancel_button.clicked.connect(self._setup.cancel)
        self.others_button.clicked.connect(self.others_wanted)
        self.demo_button.clicked.connect(self.demo_wanted)
        self.close_button.clicked.connect(self.dismiss)

    def _build_layout(self) -> None:
        self.questions = QWidget()
        asked = QVBoxLayout(self.questions)
        asked.setContentsMargins(0, 0, 0, 0)
        for question in demo_scene.questions():
            button = ShrinkingButton(question)
            button.clicked.connect(self._ask(question))
            asked.addWidget(button)
        self.questions.hide()
        head = QHBoxLayout()
        head.addWidget(self.text, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self.bar)
        for button in self._buttons():
            column.addWidget(button)
        column.addWidget(self.questions)

    def _buttons(self) -> Tuple[QPushButton, ...]:
        return (
            self.begin_button,
            self.gpu_button,
            self.cancel_button,
            self.demo_button,
            self.others_button,
        )

    def _ask(self, question: str):  # type: ignore[no-untyped-def]
        return lambda: self.question.emit(question)

    def _begin(self, build: str) -> None:
        if self._setup.condition == GONE:
            self._setup.use("")
            if self._setup.condition == READY:
                return
        self._setup.begin(InstallChoice(build=build) if build else None)

    def _set_text(self, text: str, *, bold: bool = False) -> None:
        self.text.setText(text)
        self.text.setStyleSheet("font-weight: bold" if bold else "")
