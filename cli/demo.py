"""A drawn scene, searched."""

import click


@click.command("demo", short_help="Draw a sample scene and find something in it.")
def command() -> None:
    """Draw."""
