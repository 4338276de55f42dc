"""Runs doctor in a subprocess: `python -I -u -m rrsis_geo.worker.doctor_process`.

He loads every library, and a broken one may take its process with it. One JSON object
on stdout; ends when its stdin is closed, so that it does not outlive the worker.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from rrsis_geo.errors import Cancelled, RRSISError
from rrsis_geo.protocol import Report
from rrsis_geo.worker.stdio import claim_stdin

POLL = 0.1
"""Seconds between two looks at whether the answer is still wanted."""


def check_up(*, job: int, cancelled: Callable[[], bool]) -> Report:
    """The answer of `rrsis-geo doctor`, for people and for programs.

    Raises:
        Cancelled: `cancelled` said so.
        RRSISError: a library took the process down.
    """
    command = [sys.executable, "-I", "-u", "-m", "rrsis_geo.worker.doctor_process"]
    with subprocess.Popen(  # noqa: S603 - ourselves
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    # it waits for the end of its stdin, so that must stay open
                    child.wait(POLL)
                    break
                if cancelled():
                    raise Cancelled("stopped")
        finally:
            child.kill()
        said = child.stdout.read() if child.stdout else ""
    try:
        payload = json.loads(said)
    except ValueError as error:
        raise RRSISError(
            f"the examination ended with exit code {child.returncode} in the middle: "
            "a library crashed; the log says more, and installing the environment "
            "again may help"
        ) from error
    return Report(text=_spoken(payload["checks"]), payload=payload, job=job)


def _spoken(checks: list[dict[str, Any]]) -> str:
    lines = []
    for check in checks:
        lines.append(f"{check['status']:4}  {check['name']:12} {check['found']}")
        if check["advice"]:
            lines.append(f"      {'':12} -> {check['advice']}")
    return "\n".join(lines)


def main() -> None:
    """Examine, and print what came of it."""
    own = os.dup(1)
    os.dup2(2, 1)  # what libraries print is no answer
    parent = claim_stdin()

    def leave_with_parent() -> None:
        parent.read()
        os._exit(1)

    threading.Thread(target=leave_with_parent, daemon=True).start()
    from rrsis_geo.doctor import examine

    checks = [asdict(check) for check in examine()]
    well = all(check["status"] != "fail" for check in checks)
    with os.fdopen(own, "w", encoding="ascii") as out:
        out.write(json.dumps({"ok": well, "checks": checks}))
    os._exit(0)  # the thread is still reading


if __name__ == "__main__":
    main()
