"""Runs doctor in a subprocess: `python -I -u -m rrsis_geo.worker.doctor_process`.

Doctor loads every library, and a broken one may crash the process. It prints one JSON
object and ends when its stdin is closed, so that it does not outlive the worker.
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

POLL_INTERVAL = 0.1
"""Seconds between two checks whether the job was cancelled."""


def run_doctor(*, job: int, cancelled: Callable[[], bool]) -> Report:
    """Run doctor in a subprocess and wait for its report.

    Args:
        job: Number of the job.
        cancelled: Whether to stop; called several times a second.

    Raises:
        Cancelled: `cancelled` returned True.
        RRSISError: The subprocess crashed.
    """
    command = [sys.executable, "-I", "-u", "-m", "rrsis_geo.worker.doctor_process"]
    with subprocess.Popen(  # noqa: S603 - this module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    # communicate() would close its stdin, and so end it
                    child.wait(POLL_INTERVAL)
                    break
                if cancelled():
                    raise Cancelled("stopped")
        finally:
            child.kill()
        output = child.stdout.read() if child.stdout else ""
    try:
        payload = json.loads(output)
    except ValueError as error:
        raise RRSISError(
            f"the examination ended with exit code {child.returncode} in the middle: "
            "a library crashed; the log says more, and installing the environment "
            "again may help"
        ) from error
    return Report(text=_format_checks(payload["checks"]), payload=payload, job=job)


def _format_checks(checks: list[dict[str, Any]]) -> str:
    lines = []
    for check in checks:
        lines.append(f"{check['status']:4}  {check['name']:12} {check['found']}")
        if check["advice"]:
            lines.append(f"      {'':12} -> {check['advice']}")
    return "\n".join(lines)


def main() -> None:
    """Run all checks and print their results as JSON."""
    own = os.dup(1)
    os.dup2(2, 1)  # output of libraries goes to stderr
    parent = claim_stdin()

    def exit_with_parent() -> None:
        parent.read()
        os._exit(1)

    threading.Thread(target=exit_with_parent, daemon=True).start()
    from rrsis_geo.doctor import examine

    checks = [asdict(check) for check in examine()]
    ok = all(check["status"] != "fail" for check in checks)
    with os.fdopen(own, "w", encoding="ascii") as out:
        out.write(json.dumps({"ok": ok, "checks": checks}))
    os._exit(0)  # the thread is still reading


if __name__ == "__main__":
    main()
