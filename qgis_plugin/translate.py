"""Translation of texts into the language of QGIS."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QLocale, QSettings, QTranslator

CONTEXT = "rrsis_geo_qgis"


def tr(text: str) -> str:
    """Translate a text; the caller fills placeholders in braces.

    The whole plugin is one context of Qt, so functions and classes translate alike.
    """
    return QCoreApplication.translate(CONTEXT, text)


def load_translator(folder: str) -> QTranslator | None:
    """Install the translator for QGIS's language; None if there is none.

    Args:
        folder: Holds `rrsis_geo_qgis_<language>.qm`.
    """
    translator = QTranslator()
    if not translator.load(_locale(), CONTEXT, "_", folder, ".qm"):
        return None
    QCoreApplication.installTranslator(translator)
    return translator


def _locale() -> QLocale:
    """Return the language chosen in QGIS, else that of the system."""
    chosen = QSettings().value("locale/userLocale", "", type=str)
    return QLocale(chosen) if chosen else QLocale.system()
