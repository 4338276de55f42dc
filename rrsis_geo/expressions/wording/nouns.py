"""Words for things: category -> nouns, singular and plural, with weights.

The first noun of a category is its plain name; the others are synonyms. Weights say
how often people use a word, after hand-written requests on aerial images.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Noun:
    """One word for a thing."""

    singular: str
    plural: str
    weight: float = 1.0

    unless: tuple[str, ...] = ()
    """Categories that the word fits as well: not to be used unless they are known
    to be absent."""

    kinds: tuple[str, ...] = ()
    """Where kinds are labelled, those that the word fits; empty for all."""


_LINERS = ("airliner", "wide-body", "jet", "jetliner")
_JETS = (*_LINERS, "fighter")
_BOATS = ("boat", "yacht", "sailing boat", "motor boat")
_FREIGHT = ("freighter", "container ship", "cargo ship")
_CARS = ("car",)

LEXICON: dict[str, tuple[Noun, ...]] = {
    "airplane": (
        Noun("airplane", "airplanes", 4),
        Noun("plane", "planes", 8),
        Noun("aeroplane", "aeroplanes", 2),
        Noun("aircraft", "aircraft", 5),
        Noun("jet", "jets", 3, kinds=_JETS),
        Noun("airliner", "airliners", 1, kinds=_LINERS),
        Noun("jetliner", "jetliners", 0.4, kinds=_LINERS),
        Noun("passenger jet", "passenger jets", 0.4, kinds=_LINERS),
    ),
    "ship": (
        Noun("ship", "ships", 8),
        Noun("vessel", "vessels", 3),
        Noun("boat", "boats", 3, kinds=_BOATS),
        Noun("watercraft", "watercraft", 0.4, kinds=_BOATS),
        Noun("freighter", "freighters", 0.2, kinds=_FREIGHT),
    ),
    "storage_tank": (
        Noun("storage tank", "storage tanks", 5),
        Noun("tank", "tanks", 8),
        Noun("oil tank", "oil tanks", 3),
        Noun("fuel tank", "fuel tanks", 1.5),
        Noun("petrol tank", "petrol tanks", 0.7),
        Noun("petroleum tank", "petroleum tanks", 0.5),
        Noun("round tank", "round tanks", 0.7),
        Noun("cylindrical tank", "cylindrical tanks", 0.5),
        Noun("oil storage tank", "oil storage tanks", 0.5),
    ),
    "baseball_diamond": (
        Noun("baseball diamond", "baseball diamonds", 6),
        Noun("baseball field", "baseball fields", 4),
        Noun("ball diamond", "ball diamonds", 2),
        Noun("ballfield", "ballfields", 1.5),
        Noun("ball field", "ball fields", 1),
        Noun("softball field", "softball fields", 0.7),
        Noun("ballpark", "ballparks", 0.7),
        Noun("diamond", "diamonds", 1.5),
        Noun("baseball pitch", "baseball pitches", 0.5),
        Noun("infield", "infields", 0.7),
        Noun("baseball infield", "baseball infields", 0.7),
        Noun("softball diamond", "softball diamonds", 0.4),
    ),
    "tennis_court": (
        Noun("tennis court", "tennis courts", 8),
        Noun("court", "courts", 2, ("basketball_court",)),
        Noun("tennis field", "tennis fields", 0.4),
        Noun("tennis pitch", "tennis pitches", 0.3),
    ),
    "basketball_court": (
        Noun("basketball court", "basketball courts", 8),
        Noun("court", "courts", 1.5, ("tennis_court",)),
        Noun("basketball pitch", "basketball pitches", 0.8),
        Noun("basketball field", "basketball fields", 0.5),
        Noun("hoops court", "hoops courts", 0.5),
        Noun("bball court", "bball courts", 0.3),
    ),
    "ground_track_field": (
        Noun("ground track field", "ground track fields", 3),
        Noun("running track", "running tracks", 5),
        Noun("athletics track", "athletics tracks", 3),
        Noun("track", "tracks", 1.5),
        Noun("track field", "track fields", 1),
        Noun("track and field oval", "track and field ovals", 0.4),
        Noun("athletics field", "athletics fields", 0.7),
        Noun("sports track", "sports tracks", 0.5),
        Noun("oval track", "oval tracks", 0.5),
        Noun("athletics oval", "athletics ovals", 1),
        Noun("track & field oval", "track & field ovals", 0.3),
        Noun("athletics ground", "athletics grounds", 0.3),
    ),
    "harbor": (
        Noun("harbor", "harbors", 2),
        Noun("harbour", "harbours", 2),
        Noun("dock", "docks", 5),
        Noun("pier", "piers", 5),
        Noun("jetty", "jetties", 3),
        Noun("boat dock", "boat docks", 1),
        Noun("wharf", "wharves", 0.7),
        Noun("landing stage", "landing stages", 0.4),
        Noun("berth", "berths", 0.4),
    ),
    "bridge": (
        Noun("bridge", "bridges", 10),
        Noun("crossing", "crossings", 1),
        Noun("overpass", "overpasses", 0.7),
        Noun("viaduct", "viaducts", 0.4),
        Noun("river crossing", "river crossings", 0.4),
    ),
    "vehicle": (
        Noun("vehicle", "vehicles", 4),
        Noun("car", "cars", 8, kinds=_CARS),
        Noun("automobile", "automobiles", 1, kinds=_CARS),
        Noun("motor vehicle", "motor vehicles", 0.3),
        Noun("auto", "autos", 0.3, kinds=_CARS),
    ),
    "building": (
        Noun("building", "buildings", 8),
        Noun("house", "houses", 2),
        Noun("structure", "structures", 0.5, ("storage_tank", "bridge", "harbor")),
        Noun("rooftop", "rooftops", 1),
        Noun("roof", "roofs", 1),
    ),
    "tree": (Noun("tree", "trees", 8), Noun("tree crown", "tree crowns", 1)),
    "road": (
        Noun("road", "roads", 8),
        Noun("street", "streets", 3),
        Noun("roadway", "roadways", 0.5),
    ),
    "river": (
        Noun("river", "rivers", 8),
        Noun("stream", "streams", 1),
        Noun("watercourse", "watercourses", 0.4),
    ),
    "lake": (
        Noun("lake", "lakes", 6),
        Noun("pond", "ponds", 3),
        Noun("body of water", "bodies of water", 0.7, ("river", "swimming_pool")),
    ),
    "field": (
        Noun("field", "fields", 4, ("baseball_diamond", "ground_track_field")),
        Noun("farm field", "farm fields", 2),
        Noun("crop field", "crop fields", 1),
        Noun("farmland plot", "farmland plots", 0.5),
    ),
    "parking_lot": (
        Noun("parking lot", "parking lots", 5),
        Noun("car park", "car parks", 4),
        Noun("parking area", "parking areas", 2),
    ),
    "swimming_pool": (
        Noun("swimming pool", "swimming pools", 6),
        Noun("pool", "pools", 4),
        Noun("outdoor pool", "outdoor pools", 0.4),
    ),
}

KINDS = {
    "airplane": ("airliner", "fighter", "propeller plane"),
    "ship": ("boat", "tanker", "container ship"),
    "vehicle": ("bus", "truck", "van", "car"),
}
"""Category -> kinds that people ask for; some are not there."""

_UNCOUNTED = {
    *("asphalt", "bamboo", "concrete", "debris", "farmland", "garbage", "grass"),
    *("grassland", "gravel", "ice", "land", "lava", "mud", "parkland", "rubble"),
    *("rubbish", "sand", "scrub", "scrubland", "sediment", "snow", "soil", "trash"),
    *("vegetation", "wasteland", "water", "wheat", "woodland"),
}

_PLURALS = {"s": "es", "x": "es", "z": "es", "ch": "es", "sh": "es"}


def nouns(category: str) -> tuple[Noun, ...]:
    """Words for a category; for one the lexicon lacks, its key read as words."""
    known = LEXICON.get(category)
    if known is not None:
        return known
    words = " ".join(category.replace("-", "_").split("_")).strip().lower()
    return (noun(words),)


def noun(words: str) -> Noun:
    """A noun that follows the rules; of what can't be counted, there are areas."""
    if words.split()[-1:] and words.split()[-1] in _UNCOUNTED:
        return Noun(words, f"{words} areas")
    return Noun(words, _plural(words))


def _plural(words: str) -> str:
    if words.endswith("y") and words[-2:-1] not in tuple("aeiou"):
        return words[:-1] + "ies"
    for ending, added in _PLURALS.items():
        if words.endswith(ending):
            return words + added
    return words + "s"
