"""List and clear the answers that earlier runs have kept."""

from __future__ import annotations

from datetime import datetime

import click


@click.group("cache", short_help="List and clear what earlier runs found out.")
def command() -> None:
    """What earlier runs found out about scenes, which later questions use.

    RRSIS_GEO_CACHE names another folder, RRSIS_GEO_CACHE_LIMIT another size (4GB);
    what was not used for longest goes first.

    \b
    Examples:
      rrsis-geo cache list
      rrsis-geo cache path
      rrsis-geo cache clear
    """


@command.command("list")
def list_command() -> None:
    """What is kept, the last used first: MB, time, phrase, weights, scene, with tabs.

    A line without a phrase says where the scene has data.
    """
    from rrsis_geo.answer_cache.store import AnswerStore

    for kept in AnswerStore.of_user().list():
        used = datetime.fromtimestamp(kept.used).astimezone().isoformat(" ", "minutes")
        words = [
            str(kept.about.get(name, "")) for name in ("phrase", "weights", "scene")
        ]
        click.echo("\t".join([f"{kept.size / 1e6:.2f} MB", used, *words]))


@command.command("clear")
def clear_command() -> None:
    """Remove all of it. Results of later runs stay the same."""
    from rrsis_geo.answer_cache.store import AnswerStore

    store = AnswerStore.of_user()
    click.echo(f"cleared\t{store.clear() / 1e6:.1f} MB\t{store.folder}")


@command.command("path")
def path_command() -> None:
    """The folder, its size and the limit, with tabs."""
    from rrsis_geo.answer_cache.store import AnswerStore

    store = AnswerStore.of_user()
    click.echo(
        f"{store.folder}\t{store.size() / 1e6:.1f} MB\tof {store.limit / 1e6:g} MB"
    )
