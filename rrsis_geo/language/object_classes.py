"""The classes of objects that the language knows, and the nouns that name them.

The one table of nouns: the builder of training expressions takes its words from it
(`expressions.wording.noun_choice`), the planner its senses (`query.lexicon.nouns`).
Nouns that only the planner reads are in `class_synonyms`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from rrsis_geo.language.class_synonyms import HYPONYMS, SYNONYMS
from rrsis_geo.language.noun import Noun, ObjectClass

_Hyponym = partial(Noun, is_hyponym=True)

_AIRLINERS = ("airliner", "wide-body", "jet", "jetliner")
_JETS = (*_AIRLINERS, "fighter")
_BOATS = ("boat", "yacht", "sailing boat", "motor boat")
_FREIGHTERS = ("freighter", "container ship", "cargo ship")
_CARS = ("car",)

_CLASSES = {
    "airplane": ObjectClass(
        "airplane",
        nouns=(
            Noun("airplane", 4),
            Noun("plane", 8),
            Noun("aeroplane", 2),
            Noun("aircraft", 5, plural="aircraft"),
            _Hyponym("jet", 3, kinds=_JETS),
            _Hyponym("airliner", 1, kinds=_AIRLINERS),
            _Hyponym("jetliner", 0.4, kinds=_AIRLINERS),
            _Hyponym("passenger jet", 0.4, kinds=_AIRLINERS),
        ),
    ),
    "helicopter": ObjectClass("helicopter"),
    "ship": ObjectClass(
        "ship",
        nouns=(
            Noun("ship", 8),
            Noun("vessel", 3),
            _Hyponym("boat", 3, kinds=_BOATS),
            _Hyponym("watercraft", 0.4, plural="watercraft", kinds=_BOATS),
            _Hyponym("freighter", 0.2, kinds=_FREIGHTERS),
        ),
    ),
    "storage_tank": ObjectClass(
        "storage tank",
        nouns=(
            Noun("storage tank", 5),
            Noun("tank", 8),
            Noun("oil tank", 3),
            Noun("fuel tank", 1.5),
            Noun("petrol tank", 0.7),
            Noun("petroleum tank", 0.5),
            Noun("round tank", 0.7, is_parsed=False),
            Noun("cylindrical tank", 0.5, is_parsed=False),
            Noun("oil storage tank", 0.5),
        ),
    ),
    "baseball_diamond": ObjectClass(
        "baseball diamond",
        nouns=(
            Noun("baseball diamond", 6),
            Noun("baseball field", 4),
            Noun("ball diamond", 2),
            Noun("ballfield", 1.5),
            Noun("ball field", 1),
            _Hyponym("softball field", 0.7),
            Noun("ballpark", 0.7),
            Noun("diamond", 1.5),
            Noun("baseball pitch", 0.5),
            _Hyponym("infield", 0.7),
            _Hyponym("baseball infield", 0.7),
            _Hyponym("softball diamond", 0.4),
        ),
    ),
    "tennis_court": ObjectClass(
        "tennis court",
        nouns=(
            Noun("tennis court", 8),
            _Hyponym("court", 2, unless=("basketball_court",)),
            Noun("tennis field", 0.4),
            Noun("tennis pitch", 0.3),
        ),
    ),
    "basketball_court": ObjectClass(
        "basketball court",
        nouns=(
            Noun("basketball court", 8),
            _Hyponym("court", 1.5, unless=("tennis_court",)),
            Noun("basketball pitch", 0.8),
            Noun("basketball field", 0.5),
            Noun("hoops court", 0.5),
            Noun("bball court", 0.3),
        ),
    ),
    "ground_track_field": ObjectClass(
        "running track",
        nouns=(
            Noun("ground track field", 3),
            Noun("running track", 5),
            Noun("athletics track", 3),
            _Hyponym("track", 1.5),
            Noun("track field", 1),
            Noun("track and field oval", 0.4),
            Noun("athletics field", 0.7),
            Noun("sports track", 0.5),
            Noun("oval track", 0.5),
            Noun("athletics oval", 1),
            Noun("track & field oval", 0.3, is_parsed=False),
            Noun("athletics ground", 0.3),
        ),
    ),
    "harbor": ObjectClass(
        "dock",
        nouns=(
            _Hyponym("harbor", 2),
            _Hyponym("harbour", 2),
            Noun("dock", 5),
            _Hyponym("pier", 5),
            _Hyponym("jetty", 3),
            _Hyponym("boat dock", 1),
            _Hyponym("wharf", 0.7, plural="wharves"),
            _Hyponym("landing stage", 0.4),
            _Hyponym("berth", 0.4),
        ),
    ),
    "bridge": ObjectClass(
        "bridge",
        nouns=(
            Noun("bridge", 10),
            _Hyponym("crossing", 1),
            _Hyponym("river crossing", 0.4),
        ),
    ),
    "overpass": ObjectClass(
        "overpass",
        nouns=(
            Noun("overpass", 8),
            _Hyponym("flyover", 1),
            _Hyponym("viaduct", 1),
        ),
    ),
    "vehicle": ObjectClass(
        "vehicle",
        nouns=(
            Noun("vehicle", 4),
            _Hyponym("car", 8, kinds=_CARS),
            _Hyponym("automobile", 1, kinds=_CARS),
            Noun("motor vehicle", 0.3),
            _Hyponym("auto", 0.3, kinds=_CARS),
        ),
    ),
    "building": ObjectClass(
        "building",
        nouns=(
            Noun("building", 8),
            _Hyponym("house", 2),
            _Hyponym("structure", 0.5, unless=("storage_tank", "bridge", "harbor")),
            _Hyponym("rooftop", 1),
            _Hyponym("roof", 1),
        ),
    ),
    "tree": ObjectClass(
        "tree",
        nouns=(
            Noun("tree", 8),
            Noun("tree crown", 1),
        ),
    ),
    "road": ObjectClass(
        "road",
        nouns=(
            Noun("road", 8),
            _Hyponym("street", 3),
            Noun("roadway", 0.5),
        ),
    ),
    "railway": ObjectClass(
        "railway",
        nouns=(
            Noun("railway", 6),
            Noun("railroad", 2),
            Noun("railway line", 1.5),
            _Hyponym("railway track", 2),
            _Hyponym("train track", 1),
        ),
    ),
    "river": ObjectClass(
        "river",
        nouns=(
            Noun("river", 8),
            _Hyponym("stream", 1),
            Noun("watercourse", 0.4),
        ),
    ),
    "lake": ObjectClass(
        "lake",
        nouns=(
            Noun("lake", 6),
            _Hyponym("pond", 3),
            _Hyponym(
                "body of water",
                0.7,
                plural="bodies of water",
                unless=("river", "swimming_pool"),
            ),
        ),
    ),
    "water": ObjectClass(
        "water",
        nouns=(
            Noun("water", 8, plural="water"),
            Noun("water surface", 1),
            Noun("water area", 1),
            Noun("open water", 0.7, plural="open water"),
        ),
    ),
    "sea": ObjectClass("sea"),
    "coast": ObjectClass("coast"),
    "beach": ObjectClass(
        "beach",
        nouns=(
            Noun("beach", 8),
            _Hyponym("sandy beach", 1),
        ),
    ),
    "field": ObjectClass(
        "field",
        nouns=(
            Noun("field", 4, unless=("baseball_diamond", "ground_track_field")),
            Noun("farm field", 2),
            Noun("crop field", 1),
            _Hyponym("farmland plot", 0.5),
        ),
    ),
    "vegetation": ObjectClass(
        "vegetation",
        nouns=(
            Noun("vegetation", 8, plural="vegetation"),
            Noun("greenery", 2, plural="greenery"),
            _Hyponym("green area", 2),
            Noun("plant cover", 0.7, plural="plant cover"),
        ),
    ),
    "park": ObjectClass(
        "park",
        nouns=(
            Noun("park", 5),
            Noun("green space", 2),
            _Hyponym("green area", 2),
            Noun("parkland", 1, plural="parkland"),
        ),
    ),
    "forest": ObjectClass("forest"),
    "parking_lot": ObjectClass(
        "parking lot",
        nouns=(
            Noun("parking lot", 5),
            Noun("car park", 4),
            Noun("parking area", 2),
        ),
    ),
    "swimming_pool": ObjectClass(
        "swimming pool",
        nouns=(
            Noun("swimming pool", 6),
            Noun("pool", 4),
            Noun("outdoor pool", 0.4),
        ),
    ),
    "football_field": ObjectClass(
        "football field",
        nouns=(
            Noun("football field", 5),
            Noun("soccer field", 4),
            Noun("football pitch", 2),
            Noun("soccer pitch", 1),
        ),
    ),
    "golf_course": ObjectClass("golf course"),
    "stadium": ObjectClass(
        "stadium",
        nouns=(
            Noun("stadium", 8),
            Noun("arena", 1),
        ),
    ),
    "airport": ObjectClass(
        "airport",
        nouns=(
            Noun("airport", 8),
            Noun("airfield", 1),
        ),
    ),
    "terminal": ObjectClass(
        "terminal",
        nouns=(
            Noun("terminal", 4),
            Noun("airport terminal", 3),
            Noun("terminal building", 2),
            Noun("concourse", 0.7),
        ),
    ),
    "runway": ObjectClass(
        "runway",
        nouns=(
            Noun("runway", 8),
            Noun("airstrip", 0.7),
        ),
    ),
    "taxiway": ObjectClass("taxiway"),
    "apron": ObjectClass(
        "apron",
        nouns=(
            Noun("apron", 5),
            Noun("airport apron", 2),
        ),
    ),
    "roundabout": ObjectClass("roundabout"),
    "intersection": ObjectClass("intersection"),
    "train_station": ObjectClass(
        "train station",
        nouns=(
            Noun("train station", 5),
            Noun("railway station", 4),
        ),
    ),
    "chimney": ObjectClass(
        "chimney",
        nouns=(
            Noun("chimney", 6),
            Noun("smokestack", 2),
            _Hyponym("cooling tower", 1),
        ),
    ),
    "wind_turbine": ObjectClass(
        "wind turbine",
        nouns=(
            Noun("wind turbine", 5),
            Noun("windmill", 4),
        ),
    ),
    "dam": ObjectClass("dam"),
    "crane": ObjectClass("crane"),
    "container": ObjectClass("container"),
    "solar_panel": ObjectClass(
        "solar panel",
        nouns=(
            Noun("solar panel", 8),
            Noun("photovoltaic panel", 1.5),
            Noun("pv panel", 1),
            Noun("solar module", 0.7),
            _Hyponym("solar array", 1),
        ),
    ),
    "helipad": ObjectClass("helipad"),
    "toll_station": ObjectClass("toll station"),
    "service_area": ObjectClass("service area"),
    "sidewalk": ObjectClass("sidewalk"),
    "playground": ObjectClass("playground"),
    "island": ObjectClass("island"),
    "construction_site": ObjectClass(
        "construction site",
        nouns=(
            Noun("construction site", 6),
            Noun("building site", 2),
            Noun("construction area", 0.7),
        ),
    ),
}

CLASSES: dict[str, ObjectClass] = {
    key: replace(known, synonyms=SYNONYMS.get(key, ()), hyponyms=HYPONYMS.get(key, ()))
    for key, known in _CLASSES.items()
}
"""Classes by their keys, with the nouns that only the planner reads."""
