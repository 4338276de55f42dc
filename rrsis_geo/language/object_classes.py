"""The classes of objects that the language knows, and the nouns that name them.

The one table of nouns: the builder of training expressions takes its words from it
(`expressions.wording.noun_choice`), the planner its senses (`query.lexicon.nouns`).
"""

from __future__ import annotations

from functools import partial

from rrsis_geo.language.noun import Noun, ObjectClass

_Hyponym = partial(Noun, is_hyponym=True)

_AIRLINERS = ("airliner", "wide-body", "jet", "jetliner")
_JETS = (*_AIRLINERS, "fighter")
_BOATS = ("boat", "yacht", "sailing boat", "motor boat")
_FREIGHTERS = ("freighter", "container ship", "cargo ship")
_CARS = ("car",)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


CLASSES: dict[str, ObjectClass] = {
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
        synonyms=_listed("air plane, air craft"),
        hyponyms=_listed(
            "jumbo, jumbo jet, wide-body, widebody, wide body, narrow-body, "
            "narrow body, fighter, fighter jet, turboprop, prop, propeller plane, "
            "jet aircraft, passenger plane, light aircraft, light plane, cargo plane, "
            "private jet, warplane, bomber, twinjet"
        ),
    ),
    "helicopter": ObjectClass("helicopter", synonyms=_listed("chopper")),
    "ship": ObjectClass(
        "ship",
        nouns=(
            Noun("ship", 8),
            Noun("vessel", 3),
            _Hyponym("boat", 3, kinds=_BOATS),
            _Hyponym("watercraft", 0.4, plural="watercraft", kinds=_BOATS),
            _Hyponym("freighter", 0.2, kinds=_FREIGHTERS),
        ),
        hyponyms=_listed(
            "tanker, oil tanker, container ship, cargo ship, bulk carrier, barge, "
            "ferry, yacht, sailing boat, sailboat, motor boat, motorboat, "
            "fishing boat, warship, cruise ship, tug, tugboat, cargo vessel, "
            "speedboat, boxship, carrier, crude carrier, aircraft carrier, flattop, "
            "longboat, vlcc"
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
        synonyms=_listed("fuel storage tank, petroleum storage tank, storage vessel"),
        hyponyms=_listed(
            "gas tank, water tank, silo, reservoir, fuel reservoir, gas holder, "
            "gasometer, cylinder, spherical tank, tank sphere"
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
        synonyms=_listed("ball park"),
        hyponyms=_listed("softball infield, ball infield, ballpark infield, sandlot"),
    ),
    "tennis_court": ObjectClass(
        "tennis court",
        nouns=(
            Noun("tennis court", 8),
            _Hyponym("court", 2, unless=("basketball_court",)),
            Noun("tennis field", 0.4),
            Noun("tennis pitch", 0.3),
        ),
        hyponyms=_listed(
            "hard court, hardcourt, clay court, show court, tennis facility, "
            "sports facility, sports ground"
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
        synonyms=_listed("hoop court, b-ball court, basket court"),
        hyponyms=_listed("hard court, hardcourt, sports facility, sports ground"),
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
        synonyms=_listed(
            "athletic track, running oval, track oval, track and field, "
            "track and field ground, track and field facility, track and field track"
        ),
        hyponyms=_listed(
            "ground track, oval, sports oval, stadium track, running circuit, "
            "track ring, athletics stadium, track and field stadium, sports stadium, "
            "sports facility, sports ground"
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
        hyponyms=_listed(
            "quay, pontoon, marina, marina dock, finger pier, slip, boat slip, mooring"
        ),
    ),
    "bridge": ObjectClass(
        "bridge",
        nouns=(
            Noun("bridge", 10),
            _Hyponym("crossing", 1),
            _Hyponym("overpass", 0.7),
            _Hyponym("viaduct", 0.4),
            _Hyponym("river crossing", 0.4),
        ),
        hyponyms=_listed(
            "footbridge, flyover, road bridge, river bridge, railway bridge, "
            "railroad bridge, highway bridge, rail bridge, train bridge, "
            "pedestrian crossing, pedestrian bridge"
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
        hyponyms=_listed(
            "van, truck, lorry, bus, pickup, pickup truck, minivan, taxi, cab, "
            "trailer, saloon, sedan, suv, coach, minibus, tractor, camper, motorbike"
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
        hyponyms=_listed(
            "shed, warehouse, hut, villa, home, cabin, bungalow, dwelling, shophouse, "
            "apartment building, office building, block, apartment block, "
            "office block, tower block, housing block, block of flats, flat, terrace, "
            "row house"
        ),
    ),
    "tree": ObjectClass(
        "tree",
        nouns=(
            Noun("tree", 8),
            Noun("tree crown", 1),
        ),
        hyponyms=_listed("palm, palm tree, bush, shrub"),
    ),
    "road": ObjectClass(
        "road",
        nouns=(
            Noun("road", 8),
            _Hyponym("street", 3),
            Noun("roadway", 0.5),
        ),
        hyponyms=_listed(
            "highway, motorway, lane, avenue, freeway, expressway, path, dirt road, "
            "track road, driveway, main road, boulevard, dirt track, carriageway, "
            "dual carriageway, parkway, road network, street network, alley"
        ),
    ),
    "railway": ObjectClass(
        "railway",
        synonyms=_listed("railroad, rail line, railway line, train line"),
        hyponyms=_listed("rail track, train track, railway track"),
    ),
    "river": ObjectClass(
        "river",
        nouns=(
            Noun("river", 8),
            _Hyponym("stream", 1),
            Noun("watercourse", 0.4),
        ),
        hyponyms=_listed("canal, creek, brook, water, waterway"),
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
        hyponyms=_listed("lagoon, water body, water, water surface"),
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
    "sea": ObjectClass("sea", hyponyms=_listed("ocean, bay, strait, water")),
    "coast": ObjectClass(
        "coast",
        hyponyms=_listed(
            "shore, shoreline, coastline, beach, waterfront, bank, river bank, "
            "riverbank"
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
        hyponyms=_listed("meadow, paddock, pasture, cropland, farmland"),
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
    "forest": ObjectClass("forest", synonyms=_listed("wood, woods, woodland")),
    "parking_lot": ObjectClass(
        "parking lot",
        nouns=(
            Noun("parking lot", 5),
            Noun("car park", 4),
            Noun("parking area", 2),
        ),
        synonyms=_listed("parking, carpark, car lot"),
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
        synonyms=_listed(
            "soccer field, football pitch, soccer pitch, soccer ball field"
        ),
        hyponyms=_listed("sports field, playing field, pitch, rugby field"),
    ),
    "golf_course": ObjectClass(
        "golf course",
        synonyms=_listed("golf field"),
        hyponyms=_listed("golf green, bunker"),
    ),
    "stadium": ObjectClass("stadium", synonyms=_listed("arena")),
    "airport": ObjectClass(
        "airport", synonyms=_listed("airfield"), hyponyms=_listed("aerodrome")
    ),
    "runway": ObjectClass(
        "runway",
        synonyms=_listed("airstrip, landing strip"),
        hyponyms=_listed("strip, taxiway"),
    ),
    "apron": ObjectClass("apron", hyponyms=_listed("tarmac, ramp")),
    "roundabout": ObjectClass("roundabout", synonyms=_listed("traffic circle, rotary")),
    "intersection": ObjectClass(
        "intersection",
        synonyms=_listed("crossroads, junction, street junction, road junction"),
    ),
    "train_station": ObjectClass(
        "train station",
        synonyms=_listed("railway station"),
        hyponyms=_listed("station, bus station"),
    ),
    "chimney": ObjectClass("chimney", synonyms=_listed("smokestack")),
    "wind_turbine": ObjectClass(
        "wind turbine", synonyms=_listed("windmill, wind mill, wind generator")
    ),
    "dam": ObjectClass("dam", synonyms=_listed("weir")),
    "crane": ObjectClass(
        "crane",
        synonyms=_listed("container crane"),
        hyponyms=_listed("gantry crane, tower crane"),
    ),
    "container": ObjectClass("container", synonyms=_listed("shipping container")),
    "solar_panel": ObjectClass(
        "solar panel",
        nouns=(
            Noun("solar panel", 8),
            Noun("photovoltaic panel", 1.5),
            Noun("pv panel", 1),
            Noun("solar module", 0.7),
            _Hyponym("solar array", 1),
        ),
        hyponyms=_listed("panel, solar farm, photovoltaic, photovoltaics"),
    ),
    "helipad": ObjectClass(
        "helipad",
        synonyms=_listed("helicopter pad, landing pad"),
        hyponyms=_listed("helicopter landing pad"),
    ),
    "toll_station": ObjectClass(
        "toll station", synonyms=_listed("toll plaza, expressway toll station")
    ),
    "service_area": ObjectClass(
        "service area",
        synonyms=_listed("expressway service area, rest area, petrol station"),
    ),
    "sidewalk": ObjectClass(
        "sidewalk", synonyms=_listed("pavement, footpath, walkway")
    ),
    "playground": ObjectClass("playground"),
    "island": ObjectClass("island", synonyms=_listed("isle")),
}
