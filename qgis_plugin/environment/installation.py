"""Install the managed environment in steps; each finished step is done only once.

`Installation.plan` says what will be done, `check` tries everything that could fail
late, `install` does it. Every failure is an `InstallationError` with one notice.
Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import json
import platform
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Sequence, Tuple

from ..core.errors import Cancelled
from ..notices import Notice, installation_failure, tr_noop
from . import processes, uv_python
from .install_choice import InstallChoice, SetupPlan, Stage
from .install_lock import InstallLock, LockedError
from .interpreters import (
    IMPORT_CHECK,
    Interpreter,
    find_interpreters,
    no_interpreter,
    probe,
)
from .locked_packages import FetchedBytes, LockedPackage, file_sizes, read_lock
from .managed_environment import ManagedEnvironment
from .pip_commands import ISOLATED, InstallationError, Pip, pip_environment
from .pip_failures import classify_output
from .plugin_wheel import PackageWheel, file_sha256, find_wheel

__all__ = ["Installation", "InstallationError", "SetupPlan", "Stage"]

RESOURCES = Path(__file__).resolve().parents[1]
"""Folder of the plugin, with packages/ and, in the large zip, wheel/."""

UNPACKED = 4.5
"""Bytes on disk while everything is installed, for each byte that is fetched: what was
fetched, its files, and a margin."""

OWN_SIZE = 100_000_000
"""Bytes of the package itself with its weights, and of the environment around it."""


@dataclass(frozen=True)
class _Step:
    name: str
    key: str
    """Name and settings of the step; another key means that it must be repeated."""
    run: Callable[[], None]


class Installation:
    """One attempt to install; steps that an earlier attempt finished are skipped."""

    def __init__(
        self,
        managed: ManagedEnvironment,
        choice: InstallChoice,
        *,
        version: str,
        variables: Mapping[str, str] = {},
        report: Callable[[Stage], None] = lambda stage: None,
        cancelled: Callable[[], bool] = lambda: False,
        resources: Path = RESOURCES,
    ) -> None:
        """Prepare an attempt.

        Args:
            managed: The environment on disk.
            choice: What to install.
            version: Version of rrsis-geo, that of the plugin.
            variables: Environment variables for pip, such as those of a proxy.
            report: Called with every change, in the thread of `check` and `install`.
            cancelled: Whether to stop; called several times a second.
            resources: Folder with packages/ and wheel/.
        """
        self._managed = managed
        self._choice = choice
        self._version = version
        self._variables = variables
        self._report = report
        self._cancelled = cancelled
        self._resources = resources
        self._stage = Stage(0, 1, "")
        self._base: Interpreter | None = None
        self._helper: Interpreter | None = None
        self._lock: InstallLock | None = None
        self._package: PackageWheel | None = None
        self._fetched = FetchedBytes({})

    def plan(self) -> SetupPlan:
        """Return what will be done; nothing is written, no network is used.

        Raises:
            InstallationError: There is no suitable Python, no wheel of rrsis-geo, or
                too little room on the disk.
        """
        try:
            base = self._find_base()
            self._wheel()
            plan = self._sizes_of(base)
            self._check_disk(plan)
        except OSError as error:
            raise self._system_failure(error) from error
        return plan

    def check(self) -> SetupPlan:
        """Try everything that could fail late; no package is fetched.

        The folder is written, the lock taken, an empty environment made, and the index
        asked for every package.

        Returns:
            The plan, with the exact number of bytes to fetch.

        Raises:
            InstallationError: Something would fail.
            Cancelled: `cancelled` returned True.
        """
        plan = self.plan()
        self._in_lock(lambda: self._run_steps(self._steps()[:2]))
        return replace(plan, to_fetch=self._stage.to_fetch)

    def install(self) -> str:
        """Check and install, or continue an earlier attempt.

        Returns:
            Path of the environment's interpreter.

        Raises:
            InstallationError: The installation failed; finished steps are kept.
            Cancelled: `cancelled` returned True; finished steps are kept.
        """
        self.plan()
        self._in_lock(lambda: self._run_steps(self._steps()))
        return str(self._managed.python)

    def _in_lock(self, act: Callable[[], None]) -> None:
        try:
            with InstallLock(self._managed.home) as self._lock:
                self._managed.log.write_text("", encoding="utf-8")
                try:
                    act()
                except InstallationError as error:
                    # Programs that another one runs, such as ensurepip, hide this.
                    if error.notice.kind == "unknown" and self._managed.disk_is_full():
                        raise self._failure("disk_full") from error
                    raise
                finally:
                    shutil.rmtree(self._managed.scratch, ignore_errors=True)
        except LockedError as error:
            raise self._failure("locked") from error
        except OSError as error:
            raise self._system_failure(error) from error

    def _steps(self) -> List[_Step]:
        choice, base = self._choice, self._interpreter()
        lock = file_sha256(self._lock_file())
        venv = {
            "base": base.program,
            "version": base.version[:2],
            "build": choice.build,
        }
        packages = {"lock": lock, "wheels": choice.wheels}
        package = {"sha256": self._wheel().sha256}
        return [
            _Step(tr_noop("Python environment"), _key("venv", venv), self._create_venv),
            _Step(tr_noop("Check"), "", self._check_packages),
            _Step(
                tr_noop("Packages"), _key("packages", packages), self._install_packages
            ),
            _Step(
                tr_noop("rrsis-geo"), _key("package", package), self._install_package
            ),
            _Step(tr_noop("First start"), "", self._check_import),
        ]

    def _run_steps(self, steps: Sequence[_Step]) -> None:
        every = self._steps()
        done = self._finished_steps(every)
        for name in self._managed.drop_incomplete_packages():
            self._log(f"{name}: its installation was cut off and is repeated")
        for number, step in enumerate(steps, 1):
            self._stage = replace(
                self._stage, number=number, count=len(steps), name=step.name, line=""
            )
            self._report(self._stage)
            if step.key not in done:
                self._managed.write_state(done=done, begun=step.key)
                step.run()
                done = [*done, step.key] if step.key else done
        ready = all(step.key in done for step in every if step.key)
        self._managed.write_state(done=done, ready=ready, version=self._version)
        if ready:
            shutil.rmtree(self._managed.cache, ignore_errors=True)

    def _finished_steps(self, steps: Sequence[_Step]) -> List[str]:
        """Return the keys of finished steps.

        Where the environment does not work, or base interpreter or build are to be
        others, it is removed: then no step is finished.
        """
        state = self._managed.read_state()
        done, begun = state.get("done", []), state.get("begun", "")
        keys = [step.key for step in steps]
        fixed = [key for key in [*done, begun] if key.startswith("venv")]
        works = self._managed.python.exists() and probe(str(self._managed.python))
        if not works or any(key not in keys for key in fixed):
            self._managed.remove()
            return []
        return [key for key in done if key in keys]

    def _create_venv(self) -> None:
        base = self._interpreter()
        self._managed.remove()
        pip = [] if base.venv else ["--without-pip"]
        self._run(
            [base.program, *ISOLATED, "-m", "venv", *pip, str(self._managed.folder)]
        )

    def _check_packages(self) -> None:
        """Ask pip which files it would take, and note how many bytes they are."""
        if self._finished_packages():
            return
        packages = self._packages()
        names, sizes = self._pip().find(packages), file_sizes(packages)
        if self._choice.wheels:
            return
        self._fetched = FetchedBytes(sizes)
        total = sum(sizes.get(name, 0) for name in names)
        self._stage = replace(self._stage, to_fetch=total)
        self._report(self._stage)

    def _finished_packages(self) -> bool:
        key = self._steps()[2].key
        return key in self._managed.read_state().get("done", [])

    def _install_packages(self) -> None:
        """Install pip first: old ones neither resume downloads nor report progress."""
        packages, pip = self._packages(), self._pip()
        first = [package.lines() for package in packages if package.name == "pip"]
        if self._interpreter().venv and not self._choice.wheels:
            pip.install(first)
        pip.install(package.lines() for package in packages)

    def _install_package(self) -> None:
        self._pip().install([self._wheel().requirement], "--force-reinstall")

    def _check_import(self) -> None:
        python = str(self._managed.python)
        code, output = self._call(
            [python, *ISOLATED, "-c", IMPORT_CHECK],
            self._environment(),
        )
        notice = classify_output(output, code, home=self._home)
        if code and notice.kind == "missing_library":
            raise InstallationError(notice)
        if code:
            raise self._failure("not_working", notice.detail)

    def _find_base(self) -> Interpreter | None:
        """Return the base of the environment; None: it will be fetched."""
        if self._base is None:
            chosen = self._choice.base
            found = find_interpreters([chosen] if chosen else None)
            if not found and chosen:
                raise self._failure("wrong_python", chosen)
            if not found:
                found = find_interpreters([uv_python.fetched_python(self._managed)])
            self._base = found[0] if found else None
        if self._base is None and (self._choice.wheels or not self._find_helper()):
            raise InstallationError(no_interpreter())
        return self._base

    def _find_helper(self) -> Interpreter | None:
        self._helper = self._helper or uv_python.find_helper()
        return self._helper

    def _interpreter(self) -> Interpreter:
        """Return the base of the environment; it is fetched where there is none."""
        base, helper = self._find_base(), self._helper
        if base is None and helper is not None:
            self._stage = replace(self._stage, name=tr_noop("Python"))
            self._report(self._stage)
            (uv,) = read_lock(self._resources / "packages" / "uv.txt")
            program = uv_python.fetch_python(
                self._managed,
                helper,
                requirement=uv.lines(),
                variables=self._environment(),
                run=self._call,
            )
            self._base = base = probe(program)
        if base is None:
            raise InstallationError(no_interpreter())
        return base

    def _wheel(self) -> PackageWheel:
        if self._package is None:
            found = find_wheel(
                self._resources,
                version=self._version,
                chosen=self._choice.package.strip(),
                wheels=self._choice.wheels,
            )
            if isinstance(found, Notice):
                raise InstallationError(found)
            self._package = found
        return self._package

    def _lock_file(self) -> Path:
        return self._resources / "packages" / f"{self._choice.build}.txt"

    def _packages(self) -> List[LockedPackage]:
        return read_lock(self._lock_file())

    def _sizes_of(self, base: Interpreter | None) -> SetupPlan:
        where = {"platform": sys.platform, "machine": platform.machine()}
        python = base.version if base is not None else (3, 12)
        total = sum(p.size(python=python, **where) for p in self._packages())
        fetch = not self._choice.wheels and not (base and self._finished_packages())
        brought = base is None
        return SetupPlan(
            base=base,
            folder=str(self._managed.folder),
            to_fetch=total * fetch + uv_python.FETCHED * brought,
            needed=int(UNPACKED * total) + OWN_SIZE + uv_python.UNPACKED * brought,
        )

    def _check_disk(self, plan: SetupPlan) -> None:
        free = self._managed.available_bytes()
        if free < plan.needed:
            detail = f"{free / 1e9:.1f} GB free, {plan.needed / 1e9:.1f} GB needed"
            raise self._failure("disk_full", detail)

    def _pip(self) -> Pip:
        settings = {"wheels": self._choice.wheels, "variables": self._variables}
        return Pip(self._managed, self._interpreter(), run=self._call, **settings)

    @property
    def _home(self) -> str:
        return str(self._managed.home)

    def _failure(self, kind: str, detail: str = "") -> InstallationError:
        notice = installation_failure(kind, detail=detail, home=self._home)
        return InstallationError(notice)

    def _system_failure(self, error: OSError) -> InstallationError:
        text = f"{type(error).__name__}: {error}"
        return InstallationError(classify_output(text, 1, home=self._home))

    def _environment(self) -> Dict[str, str]:
        return pip_environment(self._managed, self._variables)

    def _run(self, arguments: Sequence[str]) -> None:
        code, output = self._call(arguments, self._environment())
        if code:
            raise InstallationError(classify_output(output, code, home=self._home))

    def _call(
        self, arguments: Sequence[str], variables: Mapping[str, str]
    ) -> Tuple[int, str]:
        if self._cancelled():
            raise Cancelled("stopped")
        shown = ["..." if "\n" in word else word for word in arguments]
        self._log("> " + " ".join(shown))
        handle = self._lock.handle if self._lock else -1
        return processes.run(
            arguments,
            environment=variables,
            on_line=self._handle_line,
            cancelled=self._cancelled,
            keep_open=(handle,),
        )

    def _handle_line(self, line: str) -> None:
        fetched = self._fetched.after(line)
        if fetched is not None:
            self._stage = replace(self._stage, fetched=fetched)
            self._report(self._stage)
        if not line.startswith("Progress "):
            self._log(line)

    def _log(self, line: str) -> None:
        with open(self._managed.log, "a", encoding="utf-8") as log:
            log.write(line + "\n")
        self._stage = replace(self._stage, line=line)
        self._report(self._stage)


def _key(name: str, parts: Mapping[str, object]) -> str:
    return name + " " + json.dumps(dict(parts), sort_keys=True)
