"""Decision records: each has a number, a status and a date, and is in the index."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
STATES = re.compile(r"accepted|superseded by \[\d{4}\]\(\d{4}-[\w-]+\.md\)")


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_a_number_a_status_and_a_date(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(rf"# {path.name[:4]}: \S.*", lines[0])
    status, date = lines[2].partition(": "), lines[3].partition(": ")
    assert status[0] == "Status"
    assert STATES.fullmatch(status[2])
    assert date[0] == "Date"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", date[2])


def test_the_index_lists_every_record_with_its_title():
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(\d{4})\]\(([\w-]+\.md)\) \| (.+) \|$", index, re.M)
    titles = {
        path.name: path.read_text(encoding="utf-8").splitlines()[0][8:]
        for path in RECORDS
    }
    assert {name: title for _, name, title in rows} == titles
    assert all(name.startswith(number) for number, name, _ in rows)


@pytest.mark.parametrize(
    "path", sorted(FOLDER.parent.rglob("*.md")), ids=lambda path: path.name
)
def test_links_between_documents_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    missing = [
        link
        for link in links
        if "://" not in link and not (path.parent / link).exists()
    ]
    assert missing == []
