"""What looks like what from above: for a noun that weights do not know, the nearest.

Only for advice: an answer never takes one thing for another.
"""

from __future__ import annotations

from rrsis_geo.language.object_classes import CLASSES

RELATED: dict[str, tuple[str, ...]] = {
    "helicopter": ("airplane",),
    "helipad": ("airplane", "building"),
    "storage_tank": ("building",),
    "baseball_diamond": ("football_field", "field"),
    "tennis_court": ("basketball_court", "football_field"),
    "basketball_court": ("tennis_court", "football_field"),
    "ground_track_field": ("football_field", "stadium"),
    "harbor": ("ship", "bridge"),
    "bridge": ("overpass", "road"),
    "overpass": ("bridge", "road"),
    "railway": ("road",),
    "vegetation": ("tree", "park"),
    "water": ("lake", "river"),
    "river": ("lake", "sea"),
    "lake": ("river", "swimming_pool"),
    "sea": ("lake", "river"),
    "coast": ("lake", "river"),
    "beach": ("coast", "sea"),
    "field": ("football_field",),
    "forest": ("tree",),
    "parking_lot": ("vehicle", "road"),
    "swimming_pool": ("lake",),
    "football_field": ("ground_track_field", "field"),
    "golf_course": ("field", "football_field"),
    "stadium": ("ground_track_field", "football_field", "building"),
    "airport": ("airplane", "runway"),
    "terminal": ("building", "airport"),
    "runway": ("taxiway", "road"),
    "taxiway": ("runway", "road"),
    "apron": ("parking_lot", "airplane"),
    "roundabout": ("road",),
    "intersection": ("road",),
    "train_station": ("railway", "building"),
    "chimney": ("storage_tank", "building"),
    "wind_turbine": ("chimney",),
    "dam": ("bridge", "river"),
    "crane": ("harbor", "vehicle"),
    "container": ("vehicle", "building"),
    "solar_panel": ("building",),
    "toll_station": ("road", "building"),
    "service_area": ("parking_lot", "building"),
    "sidewalk": ("road",),
    "playground": ("football_field", "basketball_court"),
    "island": ("lake", "sea"),
    "construction_site": ("building", "field"),
}
"""Class to those most like it, the nearest first."""

_OTHER_NOUNS = {
    "airplane": "drone missile airship balloon",
    "ship": "raft submarine hovercraft aircraft_carrier gondola boxship",
    "storage_tank": "cylinder drum barrel boiler digester pipe pipeline water_tower",
    "harbor": "boathouse shipyard breakwater buoy lock",
    "bridge": "aqueduct tunnel arch gangway",
    "vehicle": "train wagon locomotive tram carriage bicycle bike "
    "scooter harvester cart",
    "building": "greenhouse glasshouse church mosque temple school tent hospital "
    "hangar castle lighthouse tower hotel farm palace office kiosk stable gazebo "
    "pavilion carport shelter monastery pagoda cathedral chapel fort prison "
    "museum theatre theater library university dome",
    "tree": "hedge orchard vineyard plant flower",
    "road": "lane_marking crosswalk zebra_crossing pedestrian_crossing trail causeway "
    "kerb curb footway bridleway guardrail",
    "river": "ditch waterfall drain gully flood",
    "lake": "fountain puddle wetland swamp marsh well",
    "field": "lawn grass garden park graveyard cemetery plot allotment savanna steppe",
    "parking_lot": "yard courtyard plaza square forecourt",
    "swimming_pool": "hot_tub jacuzzi spa bathtub paddling_pool",
    "football_field": "volleyball_court badminton_court cricket_pitch hockey_field "
    "hockey_pitch skatepark ice_rink sports_facility",
    "tennis_court": "hardcourt padel_court squash_court",
    "sea": "surf wave reef",
    "coast": "cliff dune sandbank sand",
    "chimney": "mast antenna pylon pole flagpole streetlight lamp_post",
    "solar_panel": "skylight",
    "container": "crate skip dumpster pallet bin",
}
"""Nouns outside the classes, by the class that looks most like what they name."""

_NEAREST = {
    noun.replace("_", " "): key
    for key, nouns in _OTHER_NOUNS.items()
    for noun in nouns.split()
}

_MAX_STEPS = 3


def nearest_class(
    noun: str, categories: tuple[str, ...], known: frozenset[str]
) -> str | None:
    """The known class most like what a noun names; None where none is alike.

    Args:
        noun: Singular.
        categories: Classes that the noun names; () for a noun outside the classes.
        known: Classes to choose from.
    """
    found = _NEAREST.get(noun) or _NEAREST.get(noun.rpartition(" ")[2])
    reached = list(categories) or ([found] if found else [])
    for _ in range(_MAX_STEPS):
        for key in reached:
            if key in known:
                return key
        reached = [other for key in reached for other in RELATED.get(key, ())]
    return None


def class_name(key: str) -> str:
    """What a class is called, also one of a user's own."""
    return CLASSES[key].name if key in CLASSES else key.replace("_", " ")
