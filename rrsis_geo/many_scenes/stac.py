"""Rasters of STAC items and item collections, read as plain JSON.

https://github.com/radiantearth/stac-spec (1.0 and 1.1)
"""

from __future__ import annotations

import os
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urljoin, urlsplit

from rrsis_geo.errors import SceneError, os_reason
from rrsis_geo.files.json_text import parse_json
from rrsis_geo.files.special_files import why_no_file

EXTENSIONS = (".json", ".geojson")

ITEMS = re.compile(r"/collections/[^/]+/items(/[^/]+)?/?$|/search/?$")
"""End of an address of a STAC API that answers with items."""

TIMEOUT = 60.0
"""Seconds that a server gets to answer."""

LARGEST = 100 * 2**20
"""Bytes of a document."""

MOST_ITEMS = 1000
"""Items whose further pages are fetched; a search without limits has millions."""

RASTER_TYPES = ("image/tiff", "image/vnd.stac.geotiff", "image/jp2", "image/x.geotiff")
"""Beginnings of the media types of scenes."""

RASTER_ENDS = (".tif", ".tiff", ".vrt", ".jp2")
"""Extensions of scenes among assets without a media type."""

NOT_PICTURES = {"thumbnail", "overview", "metadata"}
"""Roles of assets that are no scenes, whatever their type."""

SEVERAL_BANDS = ("bands", "eo:bands", "raster:bands")


@dataclass(frozen=True, kw_only=True)
class StacItems:
    """Scenes of a document."""

    scenes: tuple[tuple[str, str], ...]
    """Id of the item, and what opens its raster."""
    notes: tuple[str, ...] = ()


def read_stac_items(place: str, *, asset: str | None = None) -> StacItems | None:
    """The scenes of a STAC document; None where a path or URL is none.

    Args:
        place: A path or URL.
        asset: Key of the asset of every item; None: the one with the role visual, else
            with the role data, else any raster.

    Raises:
        SceneError: the document or a further page cannot be fetched, it is a catalog,
            it has more than `MOST_ITEMS` items on several pages, or an item has no
            raster, or several and none of them is the picture.
    """
    if not _may_be_stac(place):
        return None
    body = _load(place)
    if not isinstance(body, dict):
        return None
    kind = body.get("type")
    if kind in ("Catalog", "Collection") and "stac_version" in body:
        raise SceneError(
            f"{place}: is a STAC {kind.lower()}; give its items, or an item collection "
            "that a search has returned"
        )
    items = _items(body.get("features") if kind == "FeatureCollection" else [body])
    if items is None:
        return None
    if not items:
        return None if "stac_version" not in body else _no_items(place)
    scenes = [_scene(item, place, asset) for item in items]
    seen, link = {place}, _next_page(body)
    while link is not None and "://" in place:
        page = urljoin(place, str(link.get("href")))
        if page in seen or str(link.get("method", "GET")).upper() != "GET":
            break
        if len(scenes) >= MOST_ITEMS:
            raise SceneError(
                f"{place}: has more than {MOST_ITEMS:,} items; ask for fewer, for "
                "instance by bbox and datetime"
            )
        seen.add(page)
        body = _page(page)
        scenes += [_scene(item, page, asset) for item in body["features"]]
        link = _next_page(body) if body["features"] else None
    notes: tuple[str, ...] = ()
    if link is not None:
        notes = (
            f"{place}: has further pages, which are not read; ask for more items a "
            "page",
        )
    return StacItems(scenes=tuple(scenes), notes=notes)


def _next_page(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The link to the page after a page of items."""
    links = _mappings(body.get("links"))
    return next((link for link in links if link.get("rel") == "next"), None)


def _page(url: str) -> Mapping[str, Any]:
    """A further page of items.

    Raises:
        SceneError: it cannot be fetched, or is something else.
    """
    body = _fetch(url) if urlsplit(url).scheme in ("http", "https") else None
    if isinstance(body, dict) and _items(body.get("features")) is not None:
        return body
    raise SceneError(
        f"{url}: is no STAC item collection, though a page before it says so"
    )


def _no_items(place: str) -> StacItems:
    raise SceneError(f"{place}: is a STAC item collection without items")


def _may_be_stac(place: str) -> bool:
    if place.startswith(("http://", "https://")):
        path = urlsplit(place).path
        return path.lower().endswith(EXTENSIONS) or ITEMS.search(path) is not None
    return place.lower().endswith(EXTENSIONS) and os.path.isfile(place)


def _items(values: Any) -> list[Mapping[str, Any]] | None:
    """The values where all of them are STAC items, else None."""
    return values if isinstance(values, list) and all(map(_is_item, values)) else None


def _is_item(item: Any) -> bool:
    return bool(
        isinstance(item, dict)
        and item.get("type") == "Feature"
        and "stac_version" in item
        and isinstance(item.get("assets"), dict)
        and isinstance(item.get("id"), str)
    )


def _scene(item: Mapping[str, Any], place: str, wanted: str | None) -> tuple[str, str]:
    """Id and address of the raster of an item.

    Raises:
        SceneError: it has none, or no single one.
    """
    name = item["id"]
    title = f"{place}: STAC item {name!r}"
    assets = {
        key: asset
        for key, asset in item["assets"].items()
        if isinstance(asset, dict) and isinstance(asset.get("href"), str)
    }
    if wanted is not None:
        if wanted not in assets:
            raise SceneError(
                f"{title}: has no asset {wanted!r}; its assets are {_listed(assets)}"
            )
        return name, _resolved(assets[wanted]["href"], place)
    rasters = {key: asset for key, asset in assets.items() if _is_raster(asset)}
    if not rasters:
        raise SceneError(
            f"{title}: has no raster asset; its assets are {_listed(assets)}"
        )
    for role in ("visual", "data", None):
        fit = {k: a for k, a in rasters.items() if role is None or role in _roles(a)}
        # bands in files of their own are no picture
        fit = {k: a for k, a in fit.items() if _band_count(a) != 1} or fit
        fit = {k: a for k, a in fit.items() if _is_geotiff(a)} or fit
        if len(fit) == 1:
            (asset,) = fit.values()
            return name, _resolved(asset["href"], place)
        if fit:
            break
    raise SceneError(
        f"{title}: has {len(fit)} rasters, {_listed(fit)}; name one with --asset"
    )


def _is_raster(asset: Mapping[str, Any]) -> bool:
    if NOT_PICTURES & _roles(asset):
        return False
    kind = asset.get("type")
    if isinstance(kind, str):
        return kind.lower().startswith(RASTER_TYPES)
    path = urlsplit(str(asset["href"])).path
    return path.lower().endswith(RASTER_ENDS)


def _is_geotiff(asset: Mapping[str, Any]) -> bool:
    return str(asset.get("type")).lower().startswith("image/tiff")


def _roles(asset: Mapping[str, Any]) -> set[str]:
    roles = asset.get("roles")
    return {str(role) for role in roles} if isinstance(roles, list) else set()


def _band_count(asset: Mapping[str, Any]) -> int | None:
    """How many bands an asset says that it has; None where it does not say."""
    for key in SEVERAL_BANDS:
        if isinstance(asset.get(key), list):
            return len(asset[key])
    return None


def _resolved(href: str, place: str) -> str:
    """What opens an asset: relative addresses are relative to the document."""
    if "://" in href or href.startswith(("/vsi", "/")) or re.match(r"[A-Za-z]:", href):
        return href.removeprefix("file://") if href.startswith("file:///") else href
    if "://" in place:
        return urljoin(place, href)
    return os.path.normpath(os.path.join(os.path.dirname(place), href))


def _load(place: str) -> Any:
    """The JSON of a document; None where a file holds none.

    Raises:
        SceneError: it cannot be read or fetched.
    """
    if "://" in place:
        return _fetch(place)
    reason = why_no_file(place)
    if reason is not None:
        raise SceneError(f"{place}: {reason}")
    try:
        with open(place, "rb") as file:
            return parse_json(file.read().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise SceneError(f"{place}: cannot be read: {os_reason(error)}") from error
    except ValueError:
        return None


def _fetch(url: str) -> Any:
    request = urllib.request.Request(  # noqa: S310 - http and https only, see above
        url, headers={"Accept": "application/geo+json, application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            text = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        raise SceneError(
            f"{url}: the server answers HTTP {error.code}; check the link"
        ) from error
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise SceneError(
            f"{url}: cannot be fetched: {' '.join(str(reason).split())}"
        ) from error
    if len(text) > LARGEST:
        raise SceneError(f"{url}: is larger than {LARGEST >> 20} MiB; ask for less")
    try:
        return parse_json(text)
    except ValueError:
        return None


def _mappings(values: Any) -> list[Mapping[str, Any]]:
    listed = values if isinstance(values, list) else []
    return [value for value in listed if isinstance(value, dict)]


def _listed(assets: Mapping[str, Any]) -> str:
    return ", ".join(map(str, assets)) or "none"
