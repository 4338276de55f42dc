"""Texts for people, in their language."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QLocale, QSettings, QTranslator

CONTEXT = "rrsis_geo_qgis"


def tr(text: str) -> str:
    """The text in QGIS's language; placeholders in braces are filled by the caller.

    One context for the whole plugin, so that functions and classes translate alike.
    """
    return QCoreApplication.translate(CONTEXT, text)


def load_translator(folder: str) -> QTranslator | None:
    """The translator of QGIS's language, installed; None where there is none.

    Args:
        folder: Holds `rrsis_geo_qgis_<language>.qm`.
    """
    translator = QTranslator()
    if not translator.load(_locale(), CONTEXT, "_", folder, ".qm"):
        return None
    QCoreApplication.installTranslator(translator)
    return translator


def _locale() -> QLocale:
    """What the user chose for QGIS, else what the system speaks."""
    chosen = QSettings().value("locale/userLocale", "", type=str)
    return QLocale(chosen) if chosen else QLocale.system()
