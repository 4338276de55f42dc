"""Settings of the plugin, kept in those of QGIS."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Dict, List

from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsSettings

from .environment.install_choice import CPU, GPU, InstallChoice
from .environment.proxies import proxy_environment

GROUP = "rrsis_geo"

PYTHON = f"{GROUP}/python"
"""Interpreter that the user chose; empty: the managed environment."""

OUTPUT_FOLDER = f"{GROUP}/output_folder"
"""Folder of results; empty: the default folder."""


def stored_texts(key: str) -> List[str]:
    """Return a list of texts in the settings, empty if there is none."""
    stored = QgsSettings().value(key, [])
    if isinstance(stored, str):  # a list of one is read as a text
        stored = [stored]
    return [str(text) for text in stored or []]


def chosen_python() -> str:
    """Return the interpreter that the user chose; empty if none."""
    return str(QgsSettings().value(PYTHON, "") or "")


def choose_python(program: str) -> None:
    """Store an interpreter; an empty text selects the managed environment."""
    QgsSettings().setValue(PYTHON, program)


def output_folder() -> str:
    """Return the folder of results that the user chose; empty if none."""
    return str(QgsSettings().value(OUTPUT_FOLDER, "", type=str))


def save_output_folder(path: str) -> None:
    """Store the folder of results."""
    QgsSettings().setValue(OUTPUT_FOLDER, path)


def install_settings() -> InstallChoice:
    """Return the choices of the last installation."""
    stored = QgsSettings()
    values = {
        item.name: str(stored.value(f"{GROUP}/install/{item.name}", item.default))
        for item in fields(InstallChoice)
    }
    if values["build"] not in (CPU, GPU):  # of an earlier version of the plugin
        values["build"] = CPU
    return InstallChoice(**values)


def save_install_settings(choice: InstallChoice) -> None:
    """Store the choices for the next installation."""
    stored = QgsSettings()
    for name, value in asdict(choice).items():
        stored.setValue(f"{GROUP}/install/{name}", value)


def proxy_variables() -> Dict[str, str]:
    """Return QGIS's proxy as environment variables; empty if none is set.

    User name and password are never passed on a command line.
    """
    stored = QgsSettings()
    if not stored.value("proxy/proxyEnabled", False, type=bool):
        return {}
    kind = str(stored.value("proxy/proxyType", "") or "")
    host = str(stored.value("proxy/proxyHost", "") or "")
    if not host or kind == "DefaultProxy":  # that of the system, which pip finds itself
        return {}
    user = str(stored.value("proxy/proxyUser", "") or "")
    password = str(stored.value("proxy/proxyPassword", "") or "")
    auth_id = str(stored.value("proxy/authcfg", "") or "")
    if auth_id:
        config = QgsAuthMethodConfig()
        manager = QgsApplication.authManager()
        if manager.loadAuthenticationConfig(auth_id, config, True):
            user, password = config.config("username"), config.config("password")
    excluded = stored.value("proxy/noProxyUrls", []) or []
    excluded = [excluded] if isinstance(excluded, str) else list(excluded)
    return proxy_environment(
        kind=kind,
        host=host,
        port=str(stored.value("proxy/proxyPort", "") or ""),
        user=user,
        password=password,
        excluded=excluded,
    )
