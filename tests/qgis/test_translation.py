import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QSettings, QTranslator
from qgis.PyQt.QtWidgets import QLabel
from rrsis_geo_qgis.translate import CONTEXT, load_translator, tr

ROOT = Path(__file__).resolve().parents[2]
TS = ROOT / "qgis_plugin" / "i18n" / "rrsis_geo_qgis_de.ts"
SHIPPED = Path(sys.modules["rrsis_geo_qgis"].__file__).parent / "i18n"

entries = {
    entry.findtext("source"): entry.findtext("translation")
    for entry in ElementTree.parse(TS).iter("message")  # noqa: S314 - our own file
}


def test_every_text_has_a_translation():
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "translations"), "--check"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("text", entries, ids=lambda text: text[:40])
def test_a_translation_has_the_placeholders_of_its_text(text):
    def placeholders(words):
        return sorted(re.findall(r"{\w+}", words))

    assert placeholders(entries[text]) == placeholders(text)


def test_the_compiled_file_is_that_of_the_source(tmp_path):
    program = shutil.which("lrelease") or shutil.which("lrelease-qt5")
    if program is None:
        pytest.skip("no lrelease here (qttools5-dev-tools)")
    target = tmp_path / "de.qm"
    subprocess.run(
        [program, "-silent", str(TS), "-qm", str(target)],
        check=True,
    )
    fresh, shipped = QTranslator(), QTranslator()
    assert fresh.load(str(target))
    assert shipped.load(str(TS.with_suffix(".qm")))

    def translated(translator, text):
        return translator.translate(CONTEXT, text.encode())

    for text in entries:
        assert translated(shipped, text) == translated(fresh, text)


def test_the_panel_speaks_german(german, panel, qgis_iface):
    assert german is not None
    assert tr("Whole layer") == "Ganzer Layer"
    from rrsis_geo_qgis.panel.panel import Panel
    from rrsis_geo_qgis.setup.environment_setup import EnvironmentSetup
    from rrsis_geo_qgis.worker.controller import Controller

    other = Panel(
        qgis_iface, Controller(lambda: None), lambda: None, EnvironmentSetup()
    )
    texts = {label.text() for label in other.findChildren(QLabel)}
    other.shut_down()
    other.deleteLater()

    assert "&Gewichte" in texts


def test_a_language_without_a_file_leaves_english():
    QSettings().setValue("locale/userLocale", "is")
    assert load_translator(str(SHIPPED)) is None
    QSettings().remove("locale/userLocale")
    assert tr("Whole layer") == "Whole layer"


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_two_fields_of_the_panel_share_a_letter(
    language, panel, qgis_iface, request
):
    if language == "de":
        request.getfixturevalue("german")
    from qgis.PyQt.QtWidgets import QAbstractButton
    from rrsis_geo_qgis.panel.panel import Panel
    from rrsis_geo_qgis.setup.environment_setup import EnvironmentSetup
    from rrsis_geo_qgis.worker.controller import Controller

    QgsSettings().clear()
    other = Panel(
        qgis_iface, Controller(lambda: None), lambda: None, EnvironmentSetup()
    )
    parts = other.findChildren(QLabel) + other.findChildren(QAbstractButton)
    letters = re.findall(r"&(\w)", " ".join(part.text() for part in parts).lower())
    other.shut_down()
    other.deleteLater()

    assert len(letters) >= 7
    assert sorted(set(letters)) == sorted(letters)
