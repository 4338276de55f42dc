"""What the plugin remembers between sessions, in QGIS's own settings."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Dict

from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsSettings

from .environment.installation import InstallChoice
from .environment.proxies import as_variables

GROUP = "rrsis_geo"

PYTHON = f"{GROUP}/python"
"""Interpreter that the user chose; empty: the managed environment."""


def chosen_python() -> str:
    """The interpreter that the user chose; empty where none."""
    return str(QgsSettings().value(PYTHON, "") or "")


def choose_python(program: str) -> None:
    """Remember an interpreter; an empty text goes back to the managed environment."""
    QgsSettings().setValue(PYTHON, program)


def install_settings() -> InstallChoice:
    """The last choices of the installation."""
    stored = QgsSettings()
    return InstallChoice(
        **{
            item.name: str(stored.value(f"{GROUP}/install/{item.name}", item.default))
            for item in fields(InstallChoice)
        }
    )


def keep_install_settings(values: InstallChoice) -> None:
    """Remember the choices for the next time."""
    stored = QgsSettings()
    for name, value in asdict(values).items():
        stored.setValue(f"{GROUP}/install/{name}", value)


def proxy_variables() -> Dict[str, str]:
    """QGIS's proxy as the variables that pip and others read; empty where it has none.

    Name and password travel in the environment, never on a command line.
    """
    stored = QgsSettings()
    if not stored.value("proxy/proxyEnabled", False, type=bool):
        return {}
    kind = str(stored.value("proxy/proxyType", "") or "")
    host = str(stored.value("proxy/proxyHost", "") or "")
    if not host or kind == "DefaultProxy":  # the system's own, which pip finds
        return {}
    user = str(stored.value("proxy/proxyUser", "") or "")
    word = str(stored.value("proxy/proxyPassword", "") or "")
    login = str(stored.value("proxy/authcfg", "") or "")
    if login:
        config = QgsAuthMethodConfig()
        manager = QgsApplication.authManager()
        if manager.loadAuthenticationConfig(login, config, True):
            user, word = config.config("username"), config.config("password")
    excluded = stored.value("proxy/noProxyUrls", []) or []
    excluded = [excluded] if isinstance(excluded, str) else list(excluded)
    return as_variables(
        kind=kind,
        host=host,
        port=str(stored.value("proxy/proxyPort", "") or ""),
        user=user,
        password=word,
        excluded=excluded,
    )
