"""Failing checks of an installation are reported, not raised."""

import os
import sys
from pathlib import Path

import pytest

from rrsis_geo import doctor


def test_a_check_that_raises_is_a_failed_check_with_advice(monkeypatch):
    def broken():
        raise OSError("libcudart.so:\n  cannot open shared object file")

    monkeypatch.setattr(doctor, "CHECKS", {"gpu": broken, "weights": broken})

    gpu, weights = doctor.examine()

    assert (gpu.status, weights.status) == ("fail", "fail")
    assert gpu.found == "OSError: libcudart.so: cannot open shared object file"
    assert gpu.advice
    assert weights.advice == doctor.ADVICE["weights"]


def test_the_home_folder_is_replaced_by_a_tilde(monkeypatch, tmp_path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    answer = ("warn", f"{tmp_path}/envs/geo", f"look into {tmp_path}/envs")
    monkeypatch.setattr(doctor, "CHECKS", {"python": lambda: answer})

    (check,) = doctor.examine()

    assert check.found == "~/envs/geo"
    assert check.advice == "look into ~/envs"


def test_variables_of_other_programs_are_a_warning(monkeypatch):
    for name in doctor.FOREIGN_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    check = doctor.CHECKS["environment"]
    assert check()[0] == "ok"

    monkeypatch.setenv("GDAL_DATA", "/opt/other/share/gdal")
    status, found, advice = check()

    assert status == "warn"
    assert "GDAL_DATA=/opt/other/share/gdal" in found
    assert "unset" in advice


@pytest.mark.parametrize("name", ["python", "packages", "projections", "drivers"])
def test_the_libraries_of_the_test_environment_pass(name):
    status, found, advice = doctor.CHECKS[name]()

    assert status == "ok", (found, advice)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "PACKAGES", ("numpy", "no_such_package"))

    status, found, _ = doctor.CHECKS["packages"]()

    assert status == "fail"
    assert "no_such_package" in found
    assert "numpy" not in found


def test_an_optional_package_that_is_missing_is_no_failure(monkeypatch):
    monkeypatch.setattr(doctor, "OPTIONAL_PACKAGES", {"no_such_package": "teleports"})

    status, found, _ = doctor.CHECKS["extras"]()

    assert status == "ok"
    assert found == "none; not installed: no_such_package (teleports)"


@pytest.fixture
def without_torch(monkeypatch):
    """An environment in which torch is not installed."""
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)


def test_an_unused_nvidia_gpu_is_named_with_what_would_use_it(
    without_torch, monkeypatch, tmp_path
):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'NVIDIA H200'\necho 'NVIDIA H200'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    status, found, advice = doctor.CHECKS["gpu"]()

    assert status == "warn"
    assert found == "NVIDIA H200, which nothing installed here uses"
    assert f'"{sys.executable}" -m pip install torch transformers' in advice


def test_a_driver_that_fails_is_no_gpu(without_torch, monkeypatch, tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'no devices were found'\nexit 6\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(doctor, "apple_gpu", lambda: "")

    status, found, advice = doctor.CHECKS["gpu"]()

    assert (status, found, advice) == ("ok", "none; the CPU does the work", "")


def test_an_unused_apple_gpu_is_named(without_torch, monkeypatch):
    monkeypatch.setattr(doctor, "nvidia_gpu", lambda: "")
    monkeypatch.setattr(doctor.sys, "platform", "darwin")
    monkeypatch.setattr(doctor.platform, "machine", lambda: "arm64")

    assert (
        doctor.CHECKS["gpu"]()[1] == "an Apple GPU, which nothing installed here uses"
    )


def test_free_memory_is_at_most_total_memory():
    free, total = doctor.memory()

    assert 0 <= free <= total
