"""Install the managed environment in steps; each finished step is done only once.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Sequence, Tuple

from ..core.errors import Cancelled, RRSISError
from ..notices import Notice, installation_failure, tr_noop
from . import processes
from .install_choice import InstallChoice, expected_build
from .install_lock import InstallLock, LockedError
from .interpreters import (
    Interpreter,
    clean_environment,
    find_interpreters,
    no_interpreter,
    probe,
)
from .managed_environment import ManagedEnvironment
from .pip_failures import classify_output, fetch_errors
from .proxies import proxy_host

TORCH = "torch>=2.4"
"""The requirement as in the package's metadata."""

GIB = 2**30

DISK_SPACE = {"cpu": 3 * GIB, "cuda": 10 * GIB}
"""Build of torch -> bytes needed while everything is installed; 1.7 and 6.1 GiB are
used afterwards."""

ISOLATED = ("-I", "-X", "utf8")
"""Options of Python: ignore variables, current folder and user packages, and use
UTF-8, since -I ignores PYTHONUTF8."""

IMPORT_CHECK = (
    "import rrsis_geo.pipeline, torch, transformers; print(torch.__version__)"
)
"""Code that imports everything that a run needs."""


@dataclass(frozen=True)
class Stage:
    """Progress of an installation."""

    number: int
    """Current step, from 1."""
    count: int
    """Number of steps."""
    name: str
    line: str = ""
    """Last line of output."""
    fraction: float | None = None
    """Of a download, in [0, 1]; None: unknown."""


class InstallationError(RRSISError):
    """The environment could not be installed; `notice` says why and what to do."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.full_text())
        self.notice = notice


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
    ) -> None:
        """Prepare an attempt.

        Args:
            managed: The environment on disk.
            choice: What to install.
            version: Version of rrsis-geo, that of the plugin.
            variables: Environment variables for pip, such as those of a proxy.
            report: Called with every change, in the thread of `run`.
            cancelled: Whether to stop; called several times a second.
        """
        self._managed = managed
        self._choice = choice
        self._version = version
        self._variables = variables
        self._report = report
        self._cancelled = cancelled
        self._stage = Stage(0, 1, "")
        self._base: Interpreter | None = None
        self._lock: InstallLock | None = None

    def run(self) -> str:
        """Install the environment, or continue an earlier attempt.

        Returns:
            Path of its interpreter.

        Raises:
            InstallationError: The installation failed; finished steps are kept.
            Cancelled: `cancelled` returned True; finished steps are kept.
        """
        try:
            with InstallLock(self._managed.home) as self._lock:
                self._check_disk_space()
                self._managed.log.write_text("", encoding="utf-8")
                try:
                    self._run_steps(self._steps())
                finally:
                    shutil.rmtree(self._managed.scratch, ignore_errors=True)
        except LockedError as error:
            raise self._failure("locked") from error
        except OSError as error:
            text = f"{type(error).__name__}: {error}"
            notice = classify_output(text, 1, home=self._home)
            raise InstallationError(notice) from error
        return str(self._managed.python)

    def _check_disk_space(self) -> None:
        installed = _folder_size(self._managed.folder)
        free = shutil.disk_usage(self._managed.home).free + installed
        needed = DISK_SPACE[expected_build(self._choice)]
        if free < needed:
            detail = f"{free / GIB:.1f} GiB free, {needed / GIB:.0f} GiB needed"
            raise self._failure("disk_full", detail)

    @property
    def _home(self) -> str:
        return str(self._managed.home)

    def _failure(self, kind: str, detail: str = "") -> InstallationError:
        notice = installation_failure(kind, detail=detail, home=self._home)
        return InstallationError(notice)

    def _steps(self) -> List[_Step]:
        choice, python = self._choice, self._interpreter()
        key = {"base": python.program, "version": list(python.version)}
        torch = {"build": choice.build, "index": choice.torch_index}
        package = {"package": choice.package, "version": self._version}
        return [
            _Step(tr_noop("Python environment"), _key("venv", key), self._create_venv),
            _Step(tr_noop("pip"), _key("pip", key), self._upgrade_pip),
            _Step(tr_noop("torch"), _key("torch", key, torch), self._install_torch),
            _Step(
                tr_noop("rrsis-geo"), _key("package", package), self._install_package
            ),
            _Step(tr_noop("First start"), "", self._check_import),
        ]

    def _run_steps(self, steps: Sequence[_Step]) -> None:
        done = self._finished_steps(steps)
        for name in self._managed.drop_incomplete_packages():
            self._log(f"{name}: its installation was cut off and is repeated")
        for number, step in enumerate(steps, 1):
            self._stage = Stage(number, len(steps), step.name)
            self._report(self._stage)
            if step.key not in done:
                self._managed.write_state(done=done, begun=step.key)
                step.run()
                done = [*done, step.key] if step.key else done
        self._managed.write_state(done=done, ready=True)

    def _finished_steps(self, steps: Sequence[_Step]) -> List[str]:
        """Return the keys of finished steps.

        Where the environment does not work, or base interpreter or torch are to be
        others, it is removed: then no step is finished.
        """
        state = self._managed.read_state()
        done, begun = state.get("done", []), state.get("begun", "")
        keys = [step.key for step in steps]
        fixed = [key for key in [*done, begun] if key.startswith(("venv", "torch"))]
        works = self._managed.python.exists() and probe(str(self._managed.python))
        if not works or any(key not in keys for key in fixed):
            self._managed.remove()
            return []
        return [key for key in done if key in keys]

    def _interpreter(self) -> Interpreter:
        if self._base is None:
            chosen = self._choice.base
            found = find_interpreters([chosen] if chosen else None)
            if not found and chosen:
                raise self._failure("wrong_python", chosen)
            if not found:
                raise InstallationError(no_interpreter())
            self._base = found[0]
        return self._base

    def _create_venv(self) -> None:
        base = self._interpreter()
        self._managed.remove()
        pip = [] if base.venv else ["--without-pip"]
        self._run(
            [base.program, *ISOLATED, "-m", "venv", *pip, str(self._managed.folder)]
        )

    def _upgrade_pip(self) -> None:
        """Upgrade pip: old ones neither resume downloads nor report their progress."""
        if not self._interpreter().venv or self._choice.wheels:
            return
        try:
            self._pip("install", "--upgrade", "pip")
        except InstallationError as error:
            # An index without pip does no harm: the old one will do.
            if error.notice.kind != "no_wheel":
                raise

    def _install_torch(self) -> None:
        index = self._choice.torch_index.strip()
        where = ["--index-url", index] if index and not self._choice.wheels else []
        self._install(TORCH, *where)

    def _install_package(self) -> None:
        package = self._choice.package.strip()
        if package and not os.path.exists(package):
            raise self._failure("no_package", package)
        self._pip("uninstall", "--yes", "rrsis-geo")  # reinstalls the same version too
        self._install(package or f"rrsis-geo=={self._version}")

    def _check_import(self) -> None:
        python = str(self._managed.python)
        code, output = self._call([python, *ISOLATED, "-c", IMPORT_CHECK])
        if code:
            notice = classify_output(output, code, home=self._home)
            if notice.kind != "missing_library":
                raise self._failure("not_working", notice.detail)
            raise InstallationError(notice)

    def _install(self, what: str, *options: str) -> None:
        if self._choice.wheels:
            options = ("--no-index", "--find-links", self._choice.wheels)
        self._pip("install", "--only-binary=:all:", *options, what)

    def _pip(self, verb: str, *arguments: str) -> None:
        base, python = self._interpreter(), str(self._managed.python)
        pip = [python, *ISOLATED, "-m", "pip"]
        if not base.venv:  # Debian without python3-venv: use the pip of the base
            pip = [base.program, *ISOLATED, "-m", "pip", "--python", python]
        common = ("--no-input", "--log", str(self._pip_log))
        with suppress(FileNotFoundError):
            os.remove(self._pip_log)
        self._run([*pip, verb, *common, *self._progress_option(verb), *arguments])

    def _progress_option(self, verb: str) -> Tuple[str, ...]:
        if verb != "install":
            return ()
        raw = self._pip_version() >= (24, 1)
        return (f"--progress-bar={'raw' if raw else 'off'}",)

    def _pip_version(self) -> Tuple[int, ...]:
        """Return the version of pip in the environment; (0,) if there is none."""
        for record in self._managed.folder.glob("**/pip-*.dist-info"):
            numbers = record.name[len("pip-") : -len(".dist-info")].split(".")[:2]
            return tuple(int(number) for number in numbers if number.isdigit())
        return (0,)

    @property
    def _pip_log(self) -> Path:
        """Pip's own log; only there an index that refuses access is named."""
        return self._managed.scratch / "pip.log"

    def _run(self, arguments: Sequence[str]) -> None:
        code, output = self._call(arguments)
        if code:
            home, proxy = self._home, proxy_host(self._environment())
            notice = classify_output(output, code, home=home, proxy=proxy)
            if notice.kind == "no_wheel":
                output = fetch_errors(_read_text(self._pip_log)) + output
                notice = classify_output(output, code, home=home, proxy=proxy)
            raise InstallationError(notice)

    def _call(self, arguments: Sequence[str]) -> Tuple[int, str]:
        if self._cancelled():
            raise Cancelled("stopped")
        self._log("> " + " ".join(arguments))
        handle = self._lock.handle if self._lock else -1
        return processes.run(
            arguments,
            environment=self._environment(),
            on_line=self._handle_line,
            cancelled=self._cancelled,
            keep_open=(handle,),
        )

    def _environment(self) -> Dict[str, str]:
        self._managed.scratch.mkdir(parents=True, exist_ok=True)
        scratch = str(self._managed.scratch)
        variables = clean_environment(os.environ)
        for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON"):
            variables.pop(name, None)  # pip would install elsewhere
        variables.update(self._variables)
        variables.update(
            PIP_USER="0",
            PIP_DISABLE_PIP_VERSION_CHECK="1",
            PIP_RESUME_RETRIES="5",
            TMPDIR=scratch,
            TEMP=scratch,
            TMP=scratch,
        )
        if sys.platform == "win32":
            variables.setdefault("SYSTEMROOT", r"C:\Windows")
        return variables

    def _handle_line(self, line: str) -> None:
        words = line.split()
        if words[:1] == ["Progress"] and len(words) == 4 and words[1].isdigit():
            done, total = int(words[1]), int(words[3]) if words[3].isdigit() else 0
            if total:
                self._report(self._stage_at(self._stage.line, min(done / total, 1.0)))
            return
        self._log(line)

    def _log(self, line: str) -> None:
        with open(self._managed.log, "a", encoding="utf-8") as log:
            log.write(line + "\n")
        self._stage = self._stage_at(line, None)
        self._report(self._stage)

    def _stage_at(self, line: str, fraction: float | None) -> Stage:
        return replace(self._stage, line=line, fraction=fraction)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _key(name: str, *parts: Mapping[str, object]) -> str:
    return name + " " + json.dumps([dict(part) for part in parts], sort_keys=True)


def _folder_size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    if not folder.exists():
        return 0
    paths = (Path(root, name) for root, _, names in os.walk(folder) for name in names)
    return sum(path.lstat().st_size for path in paths)
