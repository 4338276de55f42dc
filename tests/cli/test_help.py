"""Help is complete and imports no heavy libraries."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from rrsis_geo.job import SegmentOptions
from rrsis_geo_cli.main import COMMANDS, main

HEAVY = {
    "torch",
    "transformers",
    "tokenizers",
    "geopandas",
    "pandas",
    "pyogrio",
    "rasterio",
    "shapely",
    "numpy",
    "rich",
}


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """List the commands of a group and of its subgroups, as words."""
    found = [path]
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
        else:
            found.append((*path, name))
    return found


@pytest.mark.parametrize("words", commands(main), ids=" ".join)
def test_every_command_has_help_with_a_text_for_each_option(words):
    answer = CliRunner().invoke(main, [*words, "--help"])

    assert answer.exit_code == 0
    assert answer.output.startswith("Usage:")


@pytest.mark.parametrize("words", commands(main), ids=" ".join)
def test_every_option_says_what_it_does(words):
    command: click.Command = main
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    options = [item for item in command.params if isinstance(item, click.Option)]

    assert command.help
    assert [option.name for option in options if not option.help] == []


def test_help_imports_nothing_heavy():
    program = (
        "import sys\n"
        "from rrsis_geo_cli.main import main\n"
        f"for words in {commands(main)!r}:\n"
        "    try:\n"
        "        main([*words, '--help'], prog_name='rrsis-geo')\n"
        "    except SystemExit as end:\n"
        "        assert end.code == 0\n"
        "print('loaded', *sys.modules)\n"
    )

    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    last = answer.stdout.splitlines()[-1].split()
    assert last[0] == "loaded"
    assert "rrsis_geo_cli.doctor" in last
    assert HEAVY.isdisjoint(last)


def test_a_wrong_option_value_imports_nothing_heavy():
    program = (
        "import sys\n"
        "from rrsis_geo_cli.main import main\n"
        "try:\n"
        "    main(['segment', 'a.tif', 'ship', '--threshold', '2'])\n"
        "except SystemExit as end:\n"
        "    assert end.code == 2\n"
        "print('loaded', *sys.modules)\n"
    )

    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert HEAVY.isdisjoint(answer.stdout.split())


def test_segment_shows_the_defaults_of_the_job():
    shown = " ".join(CliRunner().invoke(main, ["segment", "--help"]).output.split())

    for name, field in SegmentOptions.__dataclass_fields__.items():
        assert f"--{name.replace('_', '-')} " in shown
        if field.default is not None and field.default is not False:
            # a flag that is on shows its name
            default = name if field.default is True else field.default
            assert f"[default: {default}]" in shown


def test_without_a_command_help_is_shown():
    assert "Commands:" in CliRunner().invoke(main, []).output


def test_commands_are_listed_in_the_order_of_the_registry():
    lines = CliRunner().invoke(main, ["--help"]).output.split("Commands:")[1]
    listed = [line.split()[0] for line in lines.splitlines() if line[:2] == "  "]

    assert tuple(listed[: len(COMMANDS)]) == COMMANDS
