"""Outputs of pip 23.0 and 26.3, each told by what went wrong.

The file holds them one after the other under `=== kind-case`, real but shortened; those
named windows, and four that need another system, are written from known wordings.
"""

from pathlib import Path

import pytest

TEXT = Path(__file__).with_name("pip_outputs.txt").read_text(encoding="utf-8")
OUTPUTS = dict(part.split("\n", 1) for part in TEXT.split("=== ")[1:])


@pytest.mark.parametrize("name", sorted(OUTPUTS))
def test_each_output_is_told_by_its_cause(name):
    from rrsis_geo_qgis.environment.pip_failures import classify_output

    proxy = "127.0.0.1" if name.startswith("proxy") else ""
    notice = classify_output(OUTPUTS[name], 1, home="/home/ada/profile", proxy=proxy)

    assert notice.kind == name.split("-")[0]


def test_every_cause_of_the_list_occurs():
    from rrsis_geo_qgis.environment.pip_failures import PATTERNS

    assert {kind for kind, _ in PATTERNS} <= {name.split("-")[0] for name in OUTPUTS}


def test_every_failure_is_a_sentence_and_what_to_do():
    from rrsis_geo_qgis.notices import INSTALLATION_FAILURES, installation_failure

    for kind in INSTALLATION_FAILURES:
        notice = installation_failure(
            kind, home="/home/ada/profile", name="a.whl", detail="as pip said"
        )
        assert notice.message().endswith(".")
        assert "{" not in notice.full_text()
        assert notice.full_text().endswith("as pip said")
        assert len(notice.advice) > 20


def test_a_killed_program_is_told_from_one_that_failed():
    from rrsis_geo_qgis.environment.pip_failures import classify_output

    assert (
        classify_output("Installing collected packages", -9, home="").kind == "killed"
    )
    assert (
        classify_output("Installing collected packages", 1, home="").kind == "unknown"
    )


def test_the_translation_comes_before_the_values():
    from rrsis_geo_qgis.notices import installation_failure

    text = installation_failure("disk_full", home="/h").full_text(
        lambda text: text.upper().lower()
    )

    assert "/h" in text


def test_an_index_that_does_not_know_a_package_has_not_refused():
    from rrsis_geo_qgis.environment.pip_failures import fetch_errors

    known = "1 Could not fetch URL x: 404 Client Error: Not Found for url: x - skipping"
    other = "2 Could not fetch URL y: 403 Client Error: Forbidden for url: y - skipping"

    assert fetch_errors(f"noise\n{known}\n{other}\n") == f"{other}\n"
