"""The doctor's answer for people and for programs."""

import json

import pytest
from click.testing import CliRunner

from rrsis_geo import doctor
from rrsis_geo.errors import WeightsError
from rrsis_geo_cli.main import main

GOOD = ("ok", "fine", "")
ODD = ("warn", "odd", "do this")
BAD = ("fail", "broken", "do that")


@pytest.mark.parametrize(
    ("answers", "exit_code"),
    [([GOOD], 0), ([GOOD, ODD], 0), ([GOOD, BAD, ODD], 1)],
    ids=["well", "odd", "ill"],
)
def test_people_and_programs_get_the_same(answers, exit_code, monkeypatch):
    checks = {
        f"check{n}": lambda answer=answer: answer for n, answer in enumerate(answers)
    }
    monkeypatch.setattr(doctor, "CHECKS", checks)

    people = CliRunner().invoke(main, ["doctor"])
    programs = CliRunner().invoke(main, ["doctor", "--json"])

    assert people.exit_code == programs.exit_code == exit_code
    body = json.loads(programs.stdout)
    assert body["ok"] == (exit_code == 0)
    told = [(item["status"], item["found"], item["advice"]) for item in body["checks"]]
    assert told == answers
    lines = people.stdout.splitlines()
    for status, found, advice in answers:
        line = next(line for line in lines if line.endswith(found))
        assert line.startswith(status)
        assert not advice or any(f"-> {advice}" in line for line in lines)


def test_the_self_test_goes_through_the_whole_path(tiny_weights):
    status, found, advice = doctor.self_test(tiny_weights)

    assert (status, advice) == ("ok", "")
    assert "went through" in found


def test_the_self_test_fails_where_weights_are_broken(tmp_path):
    with pytest.raises(WeightsError):
        doctor.self_test(str(tmp_path / "none.safetensors"))
