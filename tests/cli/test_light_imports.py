"""Commands that need no network load none: neither torch nor ONNX Runtime."""

import subprocess
import sys

import pytest

NETWORKS = {"torch", "transformers", "onnxruntime"}


def modules_after(*words):
    """Run a command in a process of its own; return exit code and loaded modules."""
    program = (
        "import sys\n"
        "from rrsis_geo_cli.main import main\n"
        "try:\n"
        "    main(sys.argv[1:], prog_name='rrsis-geo')\n"
        "except SystemExit as end:\n"
        "    print('code', end.code or 0)\n"
        "print('loaded', *sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)],
        capture_output=True,
        text=True,
        check=True,
    )
    code, loaded = done.stdout.splitlines()[-2:]
    return code, set(loaded.split()[1:]), done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("weights", "list"),
        ("explain", "the largest storage tank near the road"),
    ],
    ids=" ".join,
)
def test_a_command_without_a_scene_loads_no_network(words):
    code, loaded, said = modules_after(*words)

    assert code == "code 0", said
    assert loaded.isdisjoint(NETWORKS)
