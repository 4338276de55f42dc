"""Commands of pip in the environment, and what the index has.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Callable, Dict, Iterable, List, Mapping, Sequence, Tuple

from ..core.errors import RRSISError
from ..notices import Notice, installation_failure
from .interpreters import Interpreter, clean_environment
from .locked_packages import LockedPackage
from .managed_environment import ManagedEnvironment
from .pip_failures import classify_output, fetch_errors
from .proxies import proxy_host

ISOLATED = ("-I", "-X", "utf8")
"""Options of Python: ignore variables, current folder and user packages, and use
UTF-8, since -I ignores PYTHONUTF8."""

HASHED = ("--no-deps", "--require-hashes", "--only-binary=:all:")
"""Options of pip: exactly the files that are pinned."""

FIND_CODE = """
import sys
from pip._internal.cli.cmdoptions import make_target_python
from pip._internal.cli.req_command import with_cleanup
from pip._internal.commands.download import DownloadCommand

class Find(DownloadCommand):
    @with_cleanup
    def run(self, options, args):
        options.editables = []
        session = self.get_default_session(options)
        finder = self._build_package_finder(
            options=options, session=session, target_python=make_target_python(options)
        )
        for wanted in self.get_requirements(args, options, finder, session):
            if wanted.constraint or not wanted.match_markers():
                continue
            hashes = wanted.hashes(trust_internet=False)
            best = finder.find_best_candidate(wanted.name, wanted.specifier, hashes)
            link = best.best_candidate and best.best_candidate.link
            if link is None:
                print("LACKS", wanted.req)
                break  # an index that does not answer lets each of them wait
            elif link.has_hash and not link.is_hash_allowed(hashes):
                print("DIFFERS", link.filename)
            else:
                print("HAS", link.filename)
        return 0

sys.exit(Find("download", "find").main(sys.argv[1:]))
"""
"""Code that asks pip which file it would take for every requirement, without fetching
one. pip has no command for that: `install --dry-run` fetches wheels whose index has no
separate metadata. The modules are pip's own; it is pinned like the other packages, and
those of pip 22.3 to 26.3 have been tried."""


class InstallationError(RRSISError):
    """The environment could not be installed; `notice` says why and what to do."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.full_text())
        self.notice = notice


Run = Callable[[Sequence[str], Mapping[str, str]], Tuple[int, str]]
"""Runs a program with variables and returns its exit code and output."""


class Pip:
    """pip in the environment, with the same options for every command."""

    def __init__(
        self,
        managed: ManagedEnvironment,
        base: Interpreter,
        *,
        wheels: str,
        variables: Mapping[str, str],
        run: Run,
    ) -> None:
        """Set the options.

        Args:
            managed: The environment on disk.
            base: Interpreter from which it is made.
            wheels: Folder of wheels; empty: an index.
            variables: Environment variables, such as those of a proxy.
            run: Runs a program.
        """
        self._managed = managed
        self._base = base
        self._wheels = wheels
        self._variables = variables
        self._run = run

    def install(self, lines: Iterable[str], *options: str) -> None:
        """Install requirements by their hashes, without any others.

        Args:
            lines: Requirements with hashes.
            options: Further options of pip.

        Raises:
            InstallationError: pip failed.
        """
        progress = f"--progress-bar={'raw' if self.version() >= (24, 1) else 'off'}"
        self._command(
            "install",
            *(progress, "--no-compile", "--no-warn-script-location"),
            *(*HASHED, *self._source(), *options),
            *("--requirement", self._write(lines)),
        )

    def find(self, packages: Sequence[LockedPackage]) -> List[str]:
        """Return the names of the wheels that pip would take; nothing is fetched.

        Raises:
            InstallationError: The index cannot be reached, lacks a package for this
                Python and platform, or has another file than the one that is pinned.
        """
        lines = self._write(package.lines() for package in packages)
        own = self.version() != (0,)
        program = str(self._managed.python) if own else self._base.program
        output = self._checked(
            [program, *ISOLATED, "-c", FIND_CODE],
            *(*HASHED, *self._source(), "--retries=2", "--requirement", lines),
        )
        found: Dict[str, List[str]] = {"HAS": [], "LACKS": [], "DIFFERS": []}
        for line in output.splitlines():
            kind, _, name = line.partition(" ")
            if kind in found:
                found[kind].append(name)
        if found["LACKS"]:
            raise self._failure("no_wheel", ", ".join(found["LACKS"]))
        if found["DIFFERS"]:
            raise self._failure("other_hash", ", ".join(found["DIFFERS"]))
        return found["HAS"]

    def version(self) -> Tuple[int, ...]:
        """Return the version of pip in the environment; (0,) if there is none."""
        for record in self._managed.site_packages.glob("pip-*.dist-info"):
            numbers = record.name[len("pip-") : -len(".dist-info")].split(".")[:2]
            return tuple(int(number) for number in numbers if number.isdigit())
        return (0,)

    def _source(self) -> Tuple[str, ...]:
        return ("--no-index", "--find-links", self._wheels) if self._wheels else ()

    def _command(self, verb: str, *arguments: str) -> None:
        python = str(self._managed.python)
        pip = [python, *ISOLATED, "-m", "pip"]
        if self.version() == (0,):  # Debian without python3-venv: pip of the base
            pip = [self._base.program, *ISOLATED, "-m", "pip", "--python", python]
        self._checked([*pip, verb], *arguments)

    def _checked(self, command: Sequence[str], *arguments: str) -> str:
        """Run pip; raise the reason where it fails, else return its output."""
        log = self._managed.scratch / "pip.log"
        with suppress(FileNotFoundError):
            os.remove(log)
        common = ("--no-input", "--log", str(log))
        variables = pip_environment(self._managed, self._variables)
        code, output = self._run([*command, *common, *arguments], variables)
        # Pages that cannot be fetched are no error for pip: it looks elsewhere first.
        unreachable = fetch_errors(_read_text(log))
        proxy = proxy_host(variables)
        home = str(self._managed.home)
        if code:
            notice = classify_output(output, code, home=home, proxy=proxy)
            if notice.kind == "no_wheel":
                output = unreachable + output
                notice = classify_output(output, code, home=home, proxy=proxy)
            raise InstallationError(notice)
        if unreachable and re.search(r"^LACKS ", output, re.MULTILINE):
            raise InstallationError(
                classify_output(unreachable, 1, home=home, proxy=proxy)
            )
        return output

    def _failure(self, kind: str, detail: str) -> InstallationError:
        home = str(self._managed.home)
        return InstallationError(installation_failure(kind, detail=detail, home=home))

    def _write(self, lines: Iterable[str]) -> str:
        self._managed.scratch.mkdir(parents=True, exist_ok=True)
        path = self._managed.scratch / "requirements.txt"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return str(path)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def pip_environment(
    managed: ManagedEnvironment, extra: Mapping[str, str]
) -> Dict[str, str]:
    """Return all variables of a process of pip.

    Args:
        managed: The environment on disk, which keeps temporary files and the cache.
        extra: Variables such as those of a proxy.
    """
    managed.scratch.mkdir(parents=True, exist_ok=True)
    scratch = str(managed.scratch)
    variables = clean_environment(os.environ)
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON"):
        variables.pop(name, None)  # pip would install elsewhere
    variables.update(extra)
    variables.update(
        PIP_USER="0",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PIP_NO_CACHE_DIR="0",
        PIP_CACHE_DIR=str(managed.cache),
        PIP_RESUME_RETRIES="5",
        TMPDIR=scratch,
        TEMP=scratch,
        TMP=scratch,
    )
    if sys.platform == "win32":
        variables.setdefault("SYSTEMROOT", r"C:\Windows")
    return variables
