"""Making the managed environment: steps that are done once, in order.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Sequence, Tuple

from ..core.errors import Cancelled, RRSISError
from ..notices import Notice, tr
from . import processes
from .install_lock import InstallLock, Locked
from .interpreters import (
    Interpreter,
    clean_environment,
    find_interpreters,
    no_interpreter,
    probe,
)
from .managed_environment import Managed
from .pip_failures import classify, failure, refusals
from .proxies import proxy_host

TORCH = "torch>=2.4"
"""As the package asks for it."""

GIB = 2**30

ROOM = {"cpu": 3 * GIB, "cuda": 10 * GIB}
"""Bytes that each build of torch and all the rest need while they are installed;
1.7 and 6.1 GiB afterwards."""

BUILDS = ("any", "cpu", "cuda")

USUAL = {"linux": "cuda"}
"""The build that pip finds where no index is named; elsewhere that for the CPU."""

ALONE = ("-I", "-X", "utf8")
"""Without variables, current folder and user packages; -I would ignore PYTHONUTF8."""

LOADS = "import rrsis_geo.pipeline, torch, transformers; print(torch.__version__)"
"""Loads everything that a run needs."""


@dataclass(frozen=True)
class InstallChoice:
    """How the managed environment is made."""

    base: str = ""
    """Interpreter it is made of; empty: the best one found."""
    package: str = ""
    """Wheel or source folder of rrsis-geo; empty: the plugin's version by pip."""
    wheels: str = ""
    """Folder of wheels; nothing is fetched then."""
    build: str = "any"
    """any, cpu or cuda: the build of torch; any: as pip chooses."""
    torch_index: str = ""
    """Address of the package index that has that build; empty: as pip is set up."""


@dataclass(frozen=True)
class Stage:
    """How far an installation is."""

    number: int
    """Of the step under way, from 1."""
    of: int
    name: str
    line: str = ""
    """What the program under way just printed."""
    fraction: float | None = None
    """Of a download; None: not told."""


def expected_build(choice: InstallChoice, *, platform: str = sys.platform) -> str:
    """cpu or cuda: which build of torch a choice will bring."""
    named = choice.build != "any" and (choice.torch_index or choice.wheels)
    if named or choice.build == "cpu":
        return choice.build
    return USUAL.get(platform, "cpu")


def index_missing(choice: InstallChoice, *, platform: str = sys.platform) -> bool:
    """Whether pip will bring another build of torch than was chosen, as far as is
    known here: its configuration may name an index that we do not see."""
    usual = USUAL.get(platform, "cpu")
    other = choice.build not in ("any", usual)
    return other and not (choice.torch_index.strip() or choice.wheels)


class InstallFailed(RRSISError):
    """The environment could not be made; `notice` says why and what to do."""

    code = "environment"

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.words())
        self.notice = notice


@dataclass(frozen=True)
class _Step:
    name: str
    key: str
    """Changes when what the step depends on changes."""
    work: Callable[[], None]


class Installation:
    """One attempt; what an earlier one has finished is not done again."""

    def __init__(
        self,
        managed: Managed,
        choice: InstallChoice,
        *,
        version: str,
        variables: Mapping[str, str] = {},
        report: Callable[[Stage], None] = lambda stage: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Prepare an attempt.

        Args:
            managed: Where the environment is made.
            choice: Of what.
            version: Of rrsis-geo, the plugin's own.
            variables: For pip, such as those of a proxy.
            report: Called in the thread of `run`, often.
            cancelled: Asked several times a second.
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
        """Make the environment, or go on where an earlier attempt stopped.

        Returns:
            The program of its interpreter.

        Raises:
            InstallFailed: with the reason; what was finished is kept.
            Cancelled: likewise.
        """
        home = str(self._managed.home)
        try:
            with InstallLock(self._managed.home) as self._lock:
                self._check_room()
                self._managed.log.write_text("", encoding="utf-8")
                try:
                    self._do(self._steps())
                finally:
                    shutil.rmtree(self._managed.scratch, ignore_errors=True)
        except Locked as error:
            raise InstallFailed(failure("locked", home=home)) from error
        except OSError as error:
            said = f"{type(error).__name__}: {error}"
            raise InstallFailed(classify(said, 1, home=home)) from error
        return str(self._managed.python)

    def _check_room(self) -> None:
        there = _size(self._managed.folder)
        free = shutil.disk_usage(self._managed.home).free + there
        needed = ROOM[expected_build(self._choice)]
        if free < needed:
            detail = f"{free / GIB:.1f} GiB free, {needed / GIB:.0f} GiB needed"
            home = str(self._managed.home)
            raise InstallFailed(failure("disk_full", detail=detail, home=home))

    def _steps(self) -> List[_Step]:
        choice, python = self._choice, self._interpreter()
        key = {"base": python.program, "version": list(python.version)}
        torch = {"build": choice.build, "index": choice.torch_index}
        package = {"package": choice.package, "version": self._version}
        return [
            _Step(tr("Python environment"), _key("venv", key), self._make),
            _Step(tr("pip"), _key("pip", key), self._renew_pip),
            _Step(tr("torch"), _key("torch", key, torch), self._install_torch),
            _Step(tr("rrsis-geo"), _key("package", package), self._install_package),
            _Step(tr("First start"), "", self._try_out),
        ]

    def _do(self, steps: Sequence[_Step]) -> None:
        done = self._kept(steps)
        for name in self._managed.drop_half_installed():
            self._tell(f"{name}: its installation was cut off and is repeated")
        for number, step in enumerate(steps, 1):
            self._stage = Stage(number, len(steps), step.name)
            self._report(self._stage)
            if step.key not in done:
                self._managed.keep(done=done, begun=step.key)
                step.work()
                done = [*done, step.key] if step.key else done
        self._managed.keep(done=done, ready=True)

    def _kept(self, steps: Sequence[_Step]) -> List[str]:
        """What is finished already; nothing where the base or torch is another."""
        state = self._managed.state()
        before, begun = state.get("done", []), state.get("begun", "")
        keys = [step.key for step in steps]
        fixed = [key for key in [*before, begun] if key.startswith(("venv", "torch"))]
        works = self._managed.python.exists() and probe(str(self._managed.python))
        if not works or any(key not in keys for key in fixed):
            self._managed.forget()
            return []
        return [key for key in before if key in keys]

    def _interpreter(self) -> Interpreter:
        if self._base is None:
            named = self._choice.base
            found = find_interpreters([named] if named else None)
            if not found and named:
                raise InstallFailed(failure("wrong_python", detail=named))
            if not found:
                raise InstallFailed(no_interpreter())
            self._base = found[0]
        return self._base

    def _make(self) -> None:
        base = self._interpreter()
        self._managed.forget()
        pip = [] if base.venv else ["--without-pip"]
        self._run([base.program, *ALONE, "-m", "venv", *pip, str(self._managed.folder)])

    def _renew_pip(self) -> None:
        """An old pip neither resumes downloads nor tells how far they are."""
        if not self._interpreter().venv or self._choice.wheels:
            return
        try:
            self._pip("install", "--upgrade", "pip")
        except InstallFailed as error:
            if error.notice.kind != "no_wheel":  # the index has none: the old one does
                raise

    def _install_torch(self) -> None:
        index = self._choice.torch_index.strip()
        where = ["--index-url", index] if index and not self._choice.wheels else []
        self._install(TORCH, *where)

    def _install_package(self) -> None:
        package = self._choice.package.strip()
        if package and not os.path.exists(package):
            home = str(self._managed.home)
            raise InstallFailed(failure("no_package", detail=package, home=home))
        self._pip("uninstall", "--yes", "rrsis-geo")  # one of the same version, too
        self._install(package or f"rrsis-geo=={self._version}")

    def _try_out(self) -> None:
        python = str(self._managed.python)
        code, output = self._call([python, *ALONE, "-c", LOADS])
        if code:
            home = str(self._managed.home)
            notice = classify(output, code, home=home)
            if notice.kind != "missing_library":
                notice = failure("not_working", detail=notice.detail, home=home)
            raise InstallFailed(notice)

    def _install(self, what: str, *options: str) -> None:
        if self._choice.wheels:
            options = ("--no-index", "--find-links", self._choice.wheels)
        self._pip("install", "--only-binary=:all:", *options, what)

    def _pip(self, verb: str, *arguments: str) -> None:
        base, python = self._interpreter(), str(self._managed.python)
        pip = [python, *ALONE, "-m", "pip"]
        if not base.venv:  # Debian without python3-venv: the base's pip does it
            pip = [base.program, *ALONE, "-m", "pip", "--python", python]
        told = ("--no-input", "--log", str(self._told), *self._bar(verb))
        with suppress(FileNotFoundError):
            os.remove(self._told)
        self._run([*pip, verb, *told, *arguments])

    def _bar(self, verb: str) -> Tuple[str, ...]:
        if verb != "install":
            return ()
        raw = self._pip_version() >= (24, 1)
        return (f"--progress-bar={'raw' if raw else 'off'}",)

    def _pip_version(self) -> Tuple[int, ...]:
        """(0,) where pip lies elsewhere."""
        site = self._managed.folder
        for record in site.glob("**/pip-*.dist-info"):
            numbers = record.name[len("pip-") : -len(".dist-info")].split(".")[:2]
            return tuple(int(number) for number in numbers if number.isdigit())
        return (0,)

    @property
    def _told(self) -> Path:
        """Pip's own log: an index that refuses is named there only."""
        return self._managed.scratch / "pip.log"

    def _run(self, arguments: Sequence[str]) -> None:
        code, output = self._call(arguments)
        if code:
            home = str(self._managed.home)
            proxy = proxy_host(self._environment())
            notice = classify(output, code, home=home, proxy=proxy)
            if notice.kind == "no_wheel":
                said = refusals(_text(self._told)) + output
                notice = classify(said, code, home=home, proxy=proxy)
            raise InstallFailed(notice)

    def _call(self, arguments: Sequence[str]) -> Tuple[int, str]:
        if self._cancelled():
            raise Cancelled("stopped")
        self._tell("> " + " ".join(arguments))
        handle = self._lock.handle if self._lock else -1
        return processes.run(
            arguments,
            environment=self._environment(),
            on_line=self._hear,
            cancelled=self._cancelled,
            keep_open=(handle,),
        )

    def _environment(self) -> Dict[str, str]:
        self._managed.scratch.mkdir(parents=True, exist_ok=True)
        scratch = str(self._managed.scratch)
        mine = clean_environment(os.environ)
        for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON"):
            mine.pop(name, None)  # they would lead pip out of the environment
        mine.update(self._variables)
        mine.update(
            PIP_USER="0",
            PIP_DISABLE_PIP_VERSION_CHECK="1",
            PIP_RESUME_RETRIES="5",
            TMPDIR=scratch,
            TEMP=scratch,
            TMP=scratch,
        )
        if sys.platform == "win32":
            mine.setdefault("SYSTEMROOT", r"C:\Windows")
        return mine

    def _hear(self, line: str) -> None:
        words = line.split()
        if words[:1] == ["Progress"] and len(words) == 4 and words[1].isdigit():
            done, total = int(words[1]), int(words[3]) if words[3].isdigit() else 0
            if total:
                self._report(self._at(self._stage.line, min(done / total, 1.0)))
            return
        self._tell(line)

    def _tell(self, line: str) -> None:
        with open(self._managed.log, "a", encoding="utf-8") as log:
            log.write(line + "\n")
        self._stage = self._at(line, None)
        self._report(self._stage)

    def _at(self, line: str, fraction: float | None) -> Stage:
        this = self._stage
        return Stage(this.number, this.of, this.name, line, fraction)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _key(name: str, *parts: Mapping[str, object]) -> str:
    return name + " " + json.dumps([dict(part) for part in parts], sort_keys=True)


def _size(folder: Path) -> int:
    """Bytes of what is installed already; it needs no room again."""
    if not folder.exists():
        return 0
    paths = (Path(root, name) for root, _, names in os.walk(folder) for name in names)
    return sum(path.lstat().st_size for path in paths)
