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
    "helicopter": listed("chopper, heli, rotorcraft"),
    "storage_tank": listed("fuel storage tank, petroleum storage tank, storage vessel"),
    "baseball_diamond": listed(
        "ball park, baseball ground, baseball court, baseball park, baseball plot, "
        "baseball area"
    ),
    "tennis_court": listed("tennis ground, tennis area, tennis place"),
    "basketball_court": listed(
        "hoop court, b-ball court, basket court, basketball ground, basketball area, "
        "basketball place"
    ),
    "ground_track_field": listed(
        "athletic track, running oval, track oval, track and field, track and field "
        "ground, track and field facility, track and field track, track and field "
        "venue, athletic field, athletics facility, athletics venue, athletic ground, "
        "running field, running loop, running lane, athletics arena"
    ),
    "vehicle": listed("motorcar, road vehicle"),
    "railway": listed(
        "rail line, train line, railroad track, railroad line, railway rail"
    ),
    "forest": listed("wood, woods, woodland"),
    "parking_lot": listed(
        "parking, carpark, car lot, parking ground, parking field, parking site, "
        "parking zone, parking yard"
    ),
    "football_field": listed(
        "soccer ball field, football ground, soccer ground, football court, soccer "
        "court, gridiron"
    ),
    "golf_course": listed("golf field"),
    "runway": listed("landing strip"),
    "roundabout": listed("traffic circle, rotary"),
    "intersection": listed(
        "crossroads, junction, street junction, road junction, road crossing, street "
        "crossing, crossroad"
    ),
    "wind_turbine": listed("wind mill, wind generator, wind wheel, wind power plant"),
    "dam": listed("weir"),
    "crane": listed("container crane"),
    "container": listed("shipping container"),
    "solar_panel": listed("pv module, photovoltaic module, solar plate, sun collector"),
    "helipad": listed("helicopter pad, landing pad"),
    "toll_station": listed("toll plaza, expressway toll station"),
    "service_area": listed("expressway service area, rest area, petrol station"),
    "sidewalk": listed("pavement, footpath, walkway, footway"),
    "island": listed("isle, islet"),
    "train_station": listed("rail station, railroad station"),
    "swimming_pool": listed("swim pool, swimming basin"),
    "airport": listed("airport area"),
    "apron": listed(
        "airport ramp, aircraft stand, aircraft parking area, plane parking area, "
        "hardstand"
    ),
    "taxiway": listed("taxi lane, taxilane, taxiing lane, taxi strip, taxi track"),
    "terminal": listed("airport building, terminal hall"),
    "stadium": listed("coliseum, stadion"),
}
"""Other words for a class; the network is asked for the class's name."""

HYPONYMS: dict[str, tuple[str, ...]] = {
    "airplane": listed(
        "jumbo, jumbo jet, wide-body, widebody, wide body, narrow-body, narrow body, "
        "fighter, fighter jet, turboprop, prop, propeller plane, jet aircraft, "
        "passenger plane, light aircraft, light plane, cargo plane, private jet, "
        "warplane, bomber, twinjet, biplane, monoplane, seaplane, floatplane, glider, "
        "crop duster, airbus, cessna, boeing, learjet, bizjet"
    ),
    "ship": listed(
        "tanker, oil tanker, container ship, cargo ship, bulk carrier, barge, ferry, "
        "yacht, sailing boat, sailboat, motor boat, motorboat, fishing boat, warship, "
        "cruise ship, tug, tugboat, cargo vessel, speedboat, boxship, carrier, crude "
        "carrier, aircraft carrier, flattop, longboat, vlcc, trawler, fishing trawler, "
        "dinghy, rowboat, houseboat, narrowboat, catamaran, cruiser, destroyer, "
        "frigate, battleship, corvette, gunboat, lifeboat, ferryboat, dredger, "
        "schooner, powerboat, coaster, steamer, liner, cruise liner, bulker, skiff, "
        "hydrofoil, water taxi, canoe, kayak, riverboat, steamship, towboat, craft, "
        "small craft, pleasure craft, sailing craft, landing craft, patrol craft, "
        "amphibious assault ship"
    ),
    "storage_tank": listed(
        "gas tank, water tank, silo, reservoir, fuel reservoir, gas holder, gasometer, "
        "cylinder, spherical tank, tank sphere, clarifier, gas sphere, storage drum"
    ),
    "baseball_diamond": listed(
        "softball infield, ball infield, ballpark infield, sandlot, little league "
        "field, softball pitch, sandlot diamond, baseball stadium, sports facility"
    ),
    "tennis_court": listed(
        "hard court, hardcourt, clay court, show court, tennis facility, sports "
        "facility, sports ground, tennis complex, tennis center, tennis centre, tennis "
        "club, sports court"
    ),
    "basketball_court": listed(
        "hard court, hardcourt, sports facility, sports ground, basketball playground, "
        "basketball facility, basketball hoop, half court, sports court"
    ),
    "ground_track_field": listed(
        "ground track, oval, sports oval, stadium track, running circuit, track ring, "
        "athletics stadium, track and field stadium, sports stadium, sports facility, "
        "sports ground, race track, racetrack"
    ),
    "harbor": listed(
        "quay, pontoon, marina, marina dock, finger pier, slip, boat slip, mooring, "
        "port, seaport, quayside, dockside, finger dock, dock finger, pier finger, "
        "ferry landing, boat landing, boat basin, yacht basin, docking area, docking "
        "bay, dockyard, ship terminal"
    ),
    "bridge": listed(
        "footbridge, road bridge, river bridge, railway bridge, railroad bridge, "
        "highway bridge, rail bridge, train bridge, pedestrian bridge, drawbridge, "
        "span, bridge span, highway span, road span, railway span, viaduct"
    ),
    "overpass": listed(
        "overbridge, road overpass, highway overpass, elevated road, elevated highway, "
        "elevated motorway"
    ),
    "vehicle": listed(
        "van, truck, lorry, bus, pickup, pickup truck, minivan, taxi, cab, trailer, "
        "saloon, sedan, suv, coach, minibus, tractor, camper, motorbike, pick-up, "
        "pick-up truck, pick up truck, jeep, hatchback, station wagon, limousine, "
        "convertible, double-decker, semi-trailer, transporter, tipper, dumper, cement "
        "mixer, concrete mixer, ambulance, fire engine, caravan, motorhome, rv, "
        "motorcycle, traffic, semi, tractor trailer, big rig, people carrier, "
        "campervan, hgv, limo, forklift, digger, excavator, bulldozer"
    ),
    "building": listed(
        "shed, warehouse, hut, villa, home, cabin, bungalow, dwelling, shophouse, "
        "apartment building, office building, block, apartment block, office block, "
        "tower block, housing block, block of flats, flat, terrace, row house, hall, "
        "barn, factory, cottage, farmhouse, mansion, chalet, lodge, shack, residence, "
        "duplex, townhouse, town house, skyscraper, high-rise, highrise, apartment, "
        "apartment complex, condominium, condo, outbuilding, annex, annexe, "
        "storehouse, workshop, garage, prefab, edifice, shop, store, department store, "
        "mall, shopping mall, shopping centre, shopping center, supermarket, apartment "
        "tower, office tower, residential tower, distribution center, distribution "
        "centre, logistics center, logistics centre, lean-to, tenement, building "
        "complex"
    ),
    "tree": listed(
        "palm, palm tree, bush, shrub, conifer, pine, fir, oak, poplar, birch, willow, "
        "cypress, sapling, treetop, tree top, tree canopy, evergreen, cedar, "
        "maple, treeline, tree line"
    ),
    "road": listed(
        "highway, motorway, lane, avenue, freeway, expressway, path, dirt road, "
        "track road, driveway, main road, boulevard, dirt track, carriageway, dual "
        "carriageway, parkway, road network, street network, alley, alleyway, "
        "thoroughfare, bypass, cul-de-sac, backroad, laneway, byway, turnpike, "
        "interstate, autobahn, on-ramp, off-ramp, ramp road, exit ramp, highway ramp, "
        "freeway ramp, motorway ramp, farm track, gravel track, elevated road, "
        "elevated highway, elevated motorway"
    ),
    "railway": listed(
        "rail track, rail, tram line, tram track, rail yard, railway yard, railway "
        "siding"
    ),
    "river": listed(
        "canal, creek, brook, water, waterway, river arm, river branch, tributary, "
        "riverbed, rivulet"
    ),
    "lake": listed(
        "lagoon, water body, water, water surface, reservoir, water reservoir, fishpond"
    ),
    "water": listed(
        "sea, ocean, bay, basin, harbour basin, harbor basin, channel, inlet, estuary, "
        "fjord, gulf, cove, strait"
    ),
    "sea": listed("ocean, bay, strait, water, gulf, cove"),
    "coast": listed(
        "shore, shoreline, coastline, waterfront, bank, river bank, riverbank, "
        "seashore, seafront"
    ),
    "field": listed(
        "meadow, paddock, pasture, cropland, farmland, agricultural land, arable land"
    ),
    "vegetation": listed(
        "forest, wood, woods, woodland, grove, thicket, copse, shrubbery, undergrowth, "
        "foliage, jungle, scrub, scrubland, rainforest"
    ),
    "parking_lot": listed(
        "parking space, parking bay, parking place, parking spot, parking stall, "
        "parking deck, parking strip, truck park, lorry park, bus park, coach park"
    ),
    "swimming_pool": listed("lido, swimming area"),
    "football_field": listed(
        "sports field, playing field, pitch, rugby field, turf field, sports facility"
    ),
    "intersection": listed("t-junction"),
    "golf_course": listed("golf green, bunker, fairway, putting green, golf link"),
    "airport": listed("aerodrome, air base, airbase"),
    "runway": listed("strip"),
    "apron": listed("tarmac"),
    "terminal": listed(
        "passenger terminal, cargo terminal, terminal pier, terminal finger, departure "
        "hall, departures hall, arrival hall, arrivals hall"
    ),
    "crane": listed("gantry crane, tower crane"),
    "solar_panel": listed(
        "panel, solar farm, photovoltaic, photovoltaics, pv array, photovoltaic array, "
        "solar collector, solar cell, solar plant, solar power plant, solar park, pv "
        "system, solar installation, solar roof, rooftop solar, photovoltaic system, "
        "photovoltaic installation, pv installation, solar field"
    ),
    "helipad": listed("helicopter landing pad"),
    "beach": listed("sandy shore, seashore, beachfront"),
    "forest": listed("rainforest, woodlot"),
    "train_station": listed(
        "train stop, metro station, subway station, tram station, main station, "
        "central station"
    ),
    "wind_turbine": listed("turbine, wind farm, wind power station"),
    "chimney": listed("chimney stack, flue"),
    "container": listed("container stack"),
}
"""Words for kinds of a class, or what may be one; the network is asked as typed."""
