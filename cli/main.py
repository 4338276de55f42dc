"""The rrsis-geo command."""

import click


@click.group()
def main() -> None:
    """Find things in aerial and satellite scenes by describing them."""
