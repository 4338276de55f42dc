"""Nouns for things seen from above, and the classes they name.

One line a class: its key, the name the network is asked by, other words for the very
same thing (asked by that name too), and words for kinds of it or for what it may be
called (asked as typed). Plurals follow the rules or stand in `IRREGULAR`.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from rrsis_geo.query.lexicon.vocabulary import words

CLASSES = """
airplane: airplane = plane, aeroplane, aircraft, air plane, air craft
    > jet, airliner, jetliner, passenger jet, jumbo, jumbo jet, wide-body, widebody,
      wide body, narrow-body, narrow body, fighter, fighter jet, turboprop, prop,
      propeller plane, jet aircraft, passenger plane, light aircraft, light plane,
      cargo plane, private jet, warplane, bomber
helicopter: helicopter = chopper
ship: ship = vessel
    > boat, watercraft, freighter, tanker, oil tanker, container ship, cargo ship,
      bulk carrier, barge, ferry, yacht, sailing boat, sailboat, motor boat, motorboat,
      fishing boat, warship, cruise ship, tug, tugboat, cargo vessel, speedboat
storage_tank: storage tank = tank, oil tank, fuel tank, petrol tank, petroleum tank,
      oil storage tank, fuel storage tank, petroleum storage tank, storage vessel
    > gas tank, water tank, silo, reservoir, fuel reservoir, gas holder, gasometer
baseball_diamond: baseball diamond = ball diamond, baseball field, ballfield,
      ball field, ballpark, ball park, baseball pitch, diamond
    > softball field, softball diamond, infield, baseball infield, softball infield,
      ball infield, ballpark infield, sandlot
tennis_court: tennis court = tennis field, tennis pitch
    > court, hard court, clay court, show court, tennis facility
basketball_court: basketball court = basketball pitch, basketball field,
      hoops court, hoop court, bball court, b-ball court, basket court
    > court, hard court
ground_track_field: running track = ground track field, athletics track, track field,
      athletic track, running oval, athletics oval, track oval, athletics field,
      track and field oval, sports track, oval track, athletics ground, track and field
    > track, ground track, oval, sports oval, stadium track, running circuit, track ring
harbor: dock =
    > harbor, harbour, pier, jetty, wharf, quay, berth, boat dock, landing stage,
      pontoon, marina, marina dock, finger pier, slip, boat slip, mooring
bridge: bridge =
    > crossing, river crossing, overpass, viaduct, footbridge, flyover, road bridge,
      river bridge, railway bridge, railroad bridge, highway bridge, rail bridge
vehicle: vehicle = motor vehicle
    > car, automobile, auto, van, truck, lorry, bus, pickup, pickup truck, minivan,
      taxi, cab, trailer, saloon, sedan, suv, coach, minibus, tractor, camper, motorbike
building: building =
    > house, structure, rooftop, roof, shed, warehouse, hut, villa, home, cabin,
      bungalow, dwelling, shophouse, apartment building, office building
tree: tree = tree crown
    > palm, palm tree, bush, shrub
road: road = roadway
    > street, highway, motorway, lane, avenue, freeway, expressway, path, dirt road,
      track road, driveway, main road, boulevard, dirt track
railway: railway = railroad, rail line, railway line, train line
    > rail track, train track, railway track
river: river = watercourse
    > stream, canal, creek, brook
lake: lake =
    > pond, body of water, lagoon, water body
sea: sea =
    > ocean, bay, strait
coast: coast =
    > shore, shoreline, coastline, beach, waterfront, bank, river bank, riverbank
field: field = farm field, crop field
    > meadow, farmland plot, paddock, pasture, cropland, farmland
forest: forest = wood, woods, woodland
parking_lot: parking lot = car park, parking area, parking, carpark, car lot
swimming_pool: swimming pool = pool, outdoor pool
football_field: football field = soccer field, football pitch, soccer pitch,
      soccer ball field
    > sports field, playing field, pitch, rugby field
golf_course: golf course = golf field
    > golf green, bunker
stadium: stadium = arena
airport: airport = airfield
    > aerodrome
runway: runway = airstrip, landing strip
    > strip, taxiway
apron: apron =
    > tarmac, ramp
roundabout: roundabout = traffic circle, rotary
intersection: intersection = crossroads, junction, street junction, road junction
train_station: train station = railway station
    > station, bus station
chimney: chimney = smokestack
wind_turbine: wind turbine = windmill, wind mill, wind generator
dam: dam = weir
crane: crane = container crane
    > gantry crane, tower crane
container: container = shipping container
solar_panel: solar panel = photovoltaic panel, pv panel, solar module
    > solar array, solar farm
helipad: helipad = helicopter pad, landing pad
toll_station: toll station = toll plaza, expressway toll station
service_area: service area = expressway service area, rest area, petrol station
sidewalk: sidewalk = pavement, footpath, walkway
playground: playground =
island: island = isle
"""

SINGULAR_S = words(
    "bus gas grass canvas apparatus campus pancreas glass class cross pass lens"
    " address business process access overpass underpass bypass tennis terminus"
    " isthmus circus crossroads woods gas us its this is has was always across"
)
"""Words that end in s and are no plurals."""

IRREGULAR = {
    "aircraft": "aircraft",
    "aircrafts": "aircraft",
    "watercraft": "watercraft",
    "wharves": "wharf",
    "wharfs": "wharf",
    "wide-bodies": "wide-body",
    "widebodies": "widebody",
    "narrow-bodies": "narrow-body",
    "bodies": "body",
    "buses": "bus",
    "busses": "bus",
    "lorries": "lorry",
    "tracks": "track",
    "quays": "quay",
    "halves": "half",
    "leaves": "leaf",
    "roofs": "roof",
    "rooves": "roof",
    "sheds": "shed",
    "houses": "house",
    "warehouses": "warehouse",
    "greenhouses": "greenhouse",
    "shophouses": "shophouse",
    "garages": "garage",
    "bridges": "bridge",
    "barges": "barge",
    "carriages": "carriage",
    "villages": "village",
    "cottages": "cottage",
    "lanes": "lane",
    "people": "person",
    "men": "man",
    "overpasses": "overpass",
    "crossroads": "crossroads",
    "woods": "woods",
}
"""Forms that the rules would get wrong, and those that are their own singular."""

NEITHER = frozenset(("aircraft", "watercraft"))
"""Nouns whose plural looks like the singular."""

WIDE = words(
    "road railway river lake sea coast field forest parking_lot football_field"
    " golf_course stadium airport runway apron playground island harbor"
)
"""Classes so wide that a place in the scene is rather said of what is near them."""


class Sense(NamedTuple):
    """What a noun says."""

    categories: tuple[str, ...]
    """Classes it may name."""

    name: str
    """What the network is asked: the class's name, or the noun itself."""


def singular(word: str) -> str:
    """The singular of a noun's last word; a singular stays as it is."""
    known = IRREGULAR.get(word)
    if known is not None:
        return known
    if word in SINGULAR_S or len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    return word[:-1]


def is_plural(word: str) -> bool:
    """Whether a noun's last word is plural by its form."""
    if word in NEITHER or word in SINGULAR_S:
        return False
    return singular(word) != word or word in ("people", "men")


@cache
def senses() -> dict[tuple[str, ...], Sense]:
    """Every noun, in words and singular, to what it says."""
    found: dict[tuple[str, ...], Sense] = {}
    for key, name, same, kinds in _classes():
        for noun in (name, *same):
            found[tuple(noun.split())] = Sense((key,), name)
        for noun in kinds:
            said = tuple(noun.split())
            before = found[said].categories if said in found else ()
            found[said] = Sense((*before, key), noun)
    return found


def sense(phrase: tuple[str, ...]) -> tuple[int, Sense | None]:
    """The longest noun that ends a phrase: how many words it has, and what it says.

    Args:
        phrase: The words of a phrase, the last of them singular.
    """
    known = senses()
    for length in range(min(4, len(phrase)), 0, -1):
        found = known.get(phrase[-length:])
        if found is not None:
            return length, found
    return 1, None


def _classes() -> list[tuple[str, str, list[str], list[str]]]:
    found = []
    for line in CLASSES.replace("\n ", " ").strip().split("\n"):
        key, _, rest = line.partition(":")
        plain, _, kinds = rest.partition(">")
        name, _, same = plain.partition("=")
        found.append((key, name.strip(), _listed(same), _listed(kinds)))
    return found


def _listed(text: str) -> list[str]:
    return [" ".join(item.split()) for item in text.split(",") if item.strip()]
