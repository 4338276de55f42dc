"""Messages about problems and what to do, in a table for each subject.

Standard library only, so that everything that uses them is tested without QGIS.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Callable, Dict, Tuple


def tr_noop(text: str) -> str:
    """Mark a text for translation; it is translated when it is shown."""
    return text


@dataclass(frozen=True)
class Notice:
    """A problem or a state, and what to do about it."""

    kind: str
    """One word for programs."""
    sentence: str
    """The problem; names in braces are replaced by `values`."""
    advice: str = ""
    """What to do, with the same placeholders; may be empty."""
    values: Dict[str, str] = field(default_factory=dict)
    detail: str = ""
    """Output of another program, unchanged."""

    def message(self, translate: Callable[[str], str] = tr_noop) -> str:
        """Return the sentence alone."""
        return translate(self.sentence).format(**self.values)

    def full_text(self, translate: Callable[[str], str] = tr_noop) -> str:
        """Return sentence, advice and, on a line of its own, the detail."""
        text = self.message(translate)
        if self.advice:
            text += " " + translate(self.advice).format(**self.values)
        return f"{text}\n{self.detail}" if self.detail else text


NO_CRS = tr_noop(
    "Layer {layer} has no CRS, so polygons would have no place: set it with a right "
    "click on the layer, Layer CRS."
)
NO_PLACE = tr_noop(
    "Nothing locates layer {layer} on the ground: a CRS alone says only how "
    "coordinates are meant. The Georeferencer of QGIS gives it a place."
)
LAYER_UNREADABLE = tr_noop("Layer {layer} cannot be read.")
WORKER_ENDED = tr_noop("The worker process ended.")
CANCELLED = tr_noop("Cancelled.")
"""Sentences that several parts of the plugin show."""

CHECK_PROXY = tr_noop("Check the proxy in QGIS under Settings, Options, Network.")

INSTALLATION_FAILURES: Dict[str, Tuple[str, str]] = {
    "no_network": (
        tr_noop("The package index could not be reached."),
        tr_noop(
            "Check the network and try again: what is already there is kept. On a "
            "computer without network, use a folder of wheels."
        ),
    ),
    "proxy": (tr_noop("The proxy did not let the installation through."), CHECK_PROXY),
    "certificate": (
        tr_noop("The certificate of the package index is not trusted."),
        tr_noop(
            "Networks that inspect traffic need their own certificate: ask who runs "
            "the network for it, and name its file in pip's configuration (cert)."
        ),
    ),
    "refused": (
        tr_noop("The package index refused access."),
        tr_noop("Check the name and password of the index in pip's configuration."),
    ),
    "disk_full": (
        tr_noop("The disk is full."),
        tr_noop("Make room on the disk of {home}, then try again."),
    ),
    "no_permission": (
        tr_noop("A file or folder may not be written."),
        tr_noop(
            "Check that {home} belongs to you and that no antivirus program protects "
            "it, then try again."
        ),
    ),
    "in_use": (
        tr_noop("A file of the environment is in use."),
        tr_noop("Close other QGIS windows and running searches, then try again."),
    ),
    "wrong_python": (
        tr_noop("The packages do not fit this version of Python."),
        tr_noop("Choose another Python (3.12 is the safest), then try again."),
    ),
    "no_wheel": (
        tr_noop("There is no package for this platform and Python where pip looked."),
        tr_noop(
            "Choose another Python (3.12 is the safest) or another index; a folder of "
            "wheels must hold all that the plugin's file cpu.txt lists, for this "
            "system and this Python."
        ),
    ),
    "no_venv": (
        tr_noop("This Python cannot make environments."),
        tr_noop(
            "On Debian and Ubuntu install python3-venv; elsewhere choose another "
            "Python."
        ),
    ),
    "no_index": (
        tr_noop("The address of the package index or the package's name is not valid."),
        tr_noop("Check the address: it begins with https:// or file://."),
    ),
    "no_package": (
        tr_noop("There is no package at the place that was named."),
        tr_noop("Choose the wheel (.whl) of rrsis-geo of the plugin's version."),
    ),
    "no_wheel_inside": (
        tr_noop("This small version of the plugin has no rrsis-geo inside."),
        tr_noop(
            "Get the file {name} of the plugin's release and choose it, or enter its "
            "address, followed by #sha256= and its hash; or install the large version."
        ),
    ),
    "no_hash": (
        tr_noop("The address of the package does not say which file it must be."),
        tr_noop(
            "Enter the address of {name}, beginning with https:// and followed by "
            "#sha256= and the 64 digits of its hash."
        ),
    ),
    "other_wheel": (
        tr_noop("This file is not rrsis-geo of the plugin's version."),
        tr_noop("Choose the file {name} of the plugin's release."),
    ),
    "damaged_wheel": (
        tr_noop("The package inside the plugin is damaged."),
        tr_noop("Install the plugin again from its zip, then try again."),
    ),
    "other_hash": (
        tr_noop("A package is not the file that this plugin was tested with."),
        tr_noop(
            "Nothing of it was installed. Another index, a proxy or an antivirus "
            "program may have changed it: try again on another network."
        ),
    ),
    "damaged": (
        tr_noop("A downloaded package is damaged."),
        tr_noop(
            "Try again; if it happens again, a proxy or antivirus program may change "
            "files."
        ),
    ),
    "conflict": (
        tr_noop("The packages that were found do not fit together."),
        tr_noop(
            "Check that pip's configuration holds no constraints of another project."
        ),
    ),
    "missing_library": (
        tr_noop("A library of the system is missing or too old for the packages."),
        tr_noop(
            "On Windows install the Microsoft Visual C++ Redistributable; on Linux use "
            "a newer system or older packages."
        ),
    ),
    "long_path": (
        tr_noop("A path is longer than Windows allows."),
        tr_noop(
            "Allow long paths in Windows, or use a QGIS profile with a shorter path."
        ),
    ),
    "locked": (
        tr_noop("Another QGIS is installing the environment."),
        tr_noop("Wait until it has finished, or stop it there."),
    ),
    "searching": (
        tr_noop("A search is running in the environment."),
        tr_noop("Wait until it has ended, or cancel it, then try again."),
    ),
    "not_working": (
        tr_noop("Everything was installed, but rrsis-geo does not start."),
        tr_noop(
            "Make the environment anew; if that does not help, report what is below."
        ),
    ),
    "killed": (
        tr_noop("The system ended the installation, probably for lack of memory."),
        tr_noop("Close other programs and try again: what is already there is kept."),
    ),
    "unknown": (
        tr_noop("The installation failed for a reason that is not known."),
        tr_noop(
            "The log below says more; please report it if trying again does not help."
        ),
    ),
}
"""Kind of a failed installation -> sentence, advice."""

CHOOSE_PROGRAM = tr_noop(
    "Choose the python program itself, e.g. bin/python or Scripts\\python.exe inside "
    "the environment."
)

INTERPRETER_NOTICES: Dict[str, Tuple[str, str]] = {
    "no_file": (tr_noop("There is no file {program}."), CHOOSE_PROGRAM),
    "no_python": (tr_noop("{program} is not a Python that works."), CHOOSE_PROGRAM),
    "old_python": (
        tr_noop("{program} is Python {python}; rrsis-geo needs {wanted} or newer."),
        tr_noop(
            "Choose a newer Python, or let the plugin make an environment of its own."
        ),
    ),
    "no_package": (
        tr_noop("Python {python} at {program} has no rrsis-geo."),
        tr_noop("Choose one that has it, or install it there: {install}"),
    ),
    "broken": (
        tr_noop("rrsis-geo at {program} cannot be loaded: {broken}."),
        tr_noop("Install it again: {install} --force-reinstall"),
    ),
    "no_runtime": (
        tr_noop("Python {python} at {program} has rrsis-geo, but no ONNX Runtime."),
        tr_noop("Install it there: {install}"),
    ),
    "other_version": (
        tr_noop(
            "{program} has rrsis-geo {package}; this plugin, {version}, works with its "
            "own version only."
        ),
        tr_noop("Install the plugin's version there: {install}"),
    ),
    "ok": (
        tr_noop("Python {python} at {program} has rrsis-geo {package} and {runtime}."),
        "",
    ),
}
"""Kind of an interpreter that was checked -> sentence, advice."""

NO_INTERPRETER = tr_noop(
    "No Python {wanted} or newer was found on this computer; that of QGIS is {own}."
)
INSTALL_PYTHON = {
    "win32": tr_noop(
        "Install Python 3.12 (64 bit) for Windows, then look again; or choose an "
        "interpreter that has rrsis-geo already."
    ),
    "darwin": tr_noop(
        "Install Python 3.12 for macOS, then look again; or choose an interpreter "
        "that has rrsis-geo already."
    ),
    "linux": tr_noop(
        "Install python3 and python3-venv with the package manager of your system, "
        "then look again; or choose an interpreter that has rrsis-geo already."
    ),
}
"""`sys.platform` -> advice where no interpreter was found; linux for all others."""


def installation_failure(kind: str, *, detail: str = "", **values: str) -> Notice:
    """Return the notice of a failed installation."""
    sentence, advice = INSTALLATION_FAILURES[kind]
    return Notice(kind, sentence, advice, dict(values), detail)


def interpreter_notice(kind: str, values: Dict[str, str]) -> Notice:
    """Return the notice of an interpreter that was checked."""
    sentence, advice = INTERPRETER_NOTICES[kind]
    return Notice(kind, sentence, advice, values)


def no_interpreter(*, wanted: str, own: str) -> Notice:
    """Return the notice that no interpreter was found.

    Args:
        wanted: Oldest version that would do.
        own: Version of QGIS's Python.
    """
    advice = INSTALL_PYTHON.get(sys.platform, INSTALL_PYTHON["linux"])
    values = {"wanted": wanted, "own": own}
    return Notice("no_python", NO_INTERPRETER, advice, values)
