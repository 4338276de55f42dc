"""The report of `doctor` as text and as JSON."""

import json

import pytest
from click.testing import CliRunner

from rrsis_geo import doctor
from rrsis_geo.errors import WeightsError
from rrsis_geo_cli.main import main

OK = ("ok", "fine", "")
WARN = ("warn", "odd", "do this")
FAIL = ("fail", "broken", "do that")


@pytest.mark.parametrize(
    ("answers", "exit_code"),
    [([OK], 0), ([OK, WARN], 0), ([OK, FAIL, WARN], 1)],
    ids=["ok", "warning", "failure"],
)
def test_text_and_json_report_the_same(answers, exit_code, monkeypatch):
    checks = {
        f"check{n}": lambda answer=answer: answer for n, answer in enumerate(answers)
    }
    monkeypatch.setattr(doctor, "CHECKS", checks)

    text = CliRunner().invoke(main, ["doctor"])
    as_json = CliRunner().invoke(main, ["doctor", "--json"])

    assert text.exit_code == as_json.exit_code == exit_code
    body = json.loads(as_json.stdout)
    assert body["ok"] == (exit_code == 0)
    reported = [
        (item["status"], item["found"], item["advice"]) for item in body["checks"]
    ]
    assert reported == answers
    lines = text.stdout.splitlines()
    for status, found, advice in answers:
        line = next(line for line in lines if line.endswith(found))
        assert line.startswith(status)
        assert not advice or any(f"-> {advice}" in line for line in lines)


def test_the_self_test_runs_the_whole_pipeline(tiny_weights):
    status, found, advice = doctor.self_test(tiny_weights)

    assert (status, advice) == ("ok", "")
    assert "went through" in found


def test_the_self_test_fails_where_weights_are_broken(tmp_path):
    with pytest.raises(WeightsError):
        doctor.self_test(str(tmp_path / "none.safetensors"))
