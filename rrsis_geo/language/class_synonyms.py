"""Further nouns for the classes, which only the planner reads.

A word stays out where it names what no image tells from others of its class
("church", "hospital"), or what looks like none of them ("greenhouse").
"""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The nouns of a text, with commas between."""
    return tuple(text.split(", "))


SYNONYMS: dict[str, tuple[str, ...]] = {
    "airplane": listed("air plane, air craft"),
    "helicopter": listed("chopper"),
    "storage_tank": listed("fuel storage tank, petroleum storage tank, storage vessel"),
    "baseball_diamond": listed("ball park, baseball ground, baseball court"),
    "tennis_court": listed("tennis ground"),
    "basketball_court": listed(
        "hoop court, b-ball court, basket court, basketball ground"
    ),
    "ground_track_field": listed(
        "athletic track, running oval, track oval, track and field, track and field "
        "ground, track and field facility, track and field track, track and field "
        "venue, athletic field, athletics facility, athletics venue, athletic ground"
    ),
    "vehicle": listed("motorcar"),
    "railway": listed("rail line, train line"),
    "forest": listed("wood, woods, woodland"),
    "parking_lot": listed("parking, carpark, car lot"),
    "football_field": listed("soccer ball field"),
    "golf_course": listed("golf field"),
    "runway": listed("landing strip"),
    "roundabout": listed("traffic circle, rotary"),
    "intersection": listed("crossroads, junction, street junction, road junction"),
    "wind_turbine": listed("wind mill, wind generator"),
    "dam": listed("weir"),
    "crane": listed("container crane"),
    "container": listed("shipping container"),
    "solar_panel": listed("pv module, photovoltaic module"),
    "helipad": listed("helicopter pad, landing pad"),
    "toll_station": listed("toll plaza, expressway toll station"),
    "service_area": listed("expressway service area, rest area, petrol station"),
    "sidewalk": listed("pavement, footpath, walkway"),
    "island": listed("isle"),
}
"""Other words for a class; the network is asked for the class's name."""

HYPONYMS: dict[str, tuple[str, ...]] = {
    "airplane": listed(
        "jumbo, jumbo jet, wide-body, widebody, wide body, narrow-body, narrow body, "
        "fighter, fighter jet, turboprop, prop, propeller plane, jet aircraft, "
        "passenger plane, light aircraft, light plane, cargo plane, private jet, "
        "warplane, bomber, twinjet, biplane, monoplane, seaplane, floatplane, glider, "
        "crop duster, airbus"
    ),
    "ship": listed(
        "tanker, oil tanker, container ship, cargo ship, bulk carrier, barge, ferry, "
        "yacht, sailing boat, sailboat, motor boat, motorboat, fishing boat, warship, "
        "cruise ship, tug, tugboat, cargo vessel, speedboat, boxship, carrier, crude "
        "carrier, aircraft carrier, flattop, longboat, vlcc, trawler, fishing trawler, "
        "dinghy, rowboat, houseboat, narrowboat, catamaran, cruiser, destroyer, "
        "frigate, battleship, corvette, gunboat, lifeboat, ferryboat, dredger, "
        "schooner, powerboat, coaster, steamer, liner, cruise liner, bulker, skiff, "
        "hydrofoil, water taxi"
    ),
    "storage_tank": listed(
        "gas tank, water tank, silo, reservoir, fuel reservoir, gas holder, gasometer, "
        "cylinder, spherical tank, tank sphere"
    ),
    "baseball_diamond": listed(
        "softball infield, ball infield, ballpark infield, sandlot, little league field"
    ),
    "tennis_court": listed(
        "hard court, hardcourt, clay court, show court, tennis facility, sports "
        "facility, sports ground"
    ),
    "basketball_court": listed("hard court, hardcourt, sports facility, sports ground"),
    "ground_track_field": listed(
        "ground track, oval, sports oval, stadium track, running circuit, track ring, "
        "athletics stadium, track and field stadium, sports stadium, sports facility, "
        "sports ground"
    ),
    "harbor": listed(
        "quay, pontoon, marina, marina dock, finger pier, slip, boat slip, mooring, "
        "port, seaport, quayside, dockside"
    ),
    "bridge": listed(
        "footbridge, road bridge, river bridge, railway bridge, railroad "
        "bridge, highway bridge, rail bridge, train bridge, pedestrian crossing, "
        "pedestrian bridge, drawbridge"
    ),
    "overpass": listed("overbridge, road overpass, highway overpass"),
    "vehicle": listed(
        "van, truck, lorry, bus, pickup, pickup truck, minivan, taxi, cab, trailer, "
        "saloon, sedan, suv, coach, minibus, tractor, camper, motorbike, pick-up, "
        "pick-up truck, pick up truck, jeep, hatchback, station wagon, limousine, "
        "convertible, double-decker, semi-trailer, transporter, tipper, "
        "dumper, cement mixer, concrete mixer, ambulance, fire engine, caravan, "
        "motorhome, rv, motorcycle, traffic"
    ),
    "building": listed(
        "shed, warehouse, hut, villa, home, cabin, bungalow, dwelling, shophouse, "
        "apartment building, office building, block, apartment block, office block, "
        "tower block, housing block, block of flats, flat, terrace, row house, hall, "
        "barn, factory, cottage, farmhouse, mansion, chalet, lodge, shack, residence, "
        "duplex, townhouse, town house, skyscraper, high-rise, highrise, apartment, "
        "apartment complex, condominium, condo, outbuilding, annex, annexe, "
        "storehouse, workshop, garage, prefab, edifice, shop, store, department store, "
        "mall, shopping mall, shopping centre, shopping center, supermarket"
    ),
    "tree": listed(
        "palm, palm tree, bush, shrub, conifer, pine, fir, oak, poplar, birch, willow, "
        "cypress, sapling, treetop, tree top"
    ),
    "road": listed(
        "highway, motorway, lane, avenue, freeway, expressway, path, dirt road, track "
        "road, driveway, main road, boulevard, dirt track, carriageway, dual "
        "carriageway, parkway, road network, street network, alley, alleyway, "
        "thoroughfare, bypass, cul-de-sac, backroad, laneway, byway, turnpike, "
        "interstate, autobahn, on-ramp, off-ramp"
    ),
    "railway": listed("rail track"),
    "river": listed("canal, creek, brook, water, waterway"),
    "lake": listed("lagoon, water body, water, water surface"),
    "water": listed(
        "sea, ocean, bay, basin, harbour basin, harbor basin, channel, inlet, estuary, "
        "fjord"
    ),
    "sea": listed("ocean, bay, strait, water"),
    "coast": listed(
        "shore, shoreline, coastline, waterfront, bank, river bank, riverbank"
    ),
    "field": listed("meadow, paddock, pasture, cropland, farmland"),
    "vegetation": listed(
        "forest, wood, woods, woodland, grove, thicket, copse, shrubbery, undergrowth, "
        "foliage"
    ),
    "parking_lot": listed(
        "parking space, parking bay, parking place, parking spot, parking stall"
    ),
    "swimming_pool": listed("lido"),
    "football_field": listed("sports field, playing field, pitch, rugby field"),
    "golf_course": listed("golf green, bunker"),
    "airport": listed("aerodrome"),
    "runway": listed("strip"),
    "apron": listed("tarmac"),
    "terminal": listed("passenger terminal, cargo terminal"),
    "crane": listed("gantry crane, tower crane"),
    "solar_panel": listed(
        "panel, solar farm, photovoltaic, photovoltaics, pv array, photovoltaic array, "
        "solar collector, solar cell, solar plant, solar power plant, solar park, pv "
        "system, solar installation, solar roof"
    ),
    "helipad": listed("helicopter landing pad"),
}
"""Words for kinds of a class, or what may be one; the network is asked as typed."""
