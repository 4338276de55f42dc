"""What people and things do at a place, with the noun that names the place.

In the pattern language of `grammar`; `{where}` is how such a place is asked for:
"where can I ...", "a place to ...", "somewhere for ...".
"""

from __future__ import annotations

MACROS = {
    "who": "[the|some|our|local|young|school] (i|we|you|one|they|people|everyone"
    "|someone|somebody|kids|children|pupils|students|boys|girls|teams|team|players"
    "|visitors|guests|customers|shoppers|residents|drivers|folk|folks|locals|athletes"
    "|men|women)",
    "may": "(can|could|do|does|did|may|might|should|would|will|usually|normally|often)",
    "spot": "(place|places|spot|spots|area|areas|location|locations|somewhere|anywhere"
    "|something|facility|facilities|field|fields|court|courts|ground|grounds|site"
    "|sites|venue|venues|thing|things)",
    "where": "(where [{may}] [{who}] [{may}] [go|go to|go and|to|be]"
    "|{spot} [that|which] [is|are] [used|made|meant|good|suitable|intended] (to|for)"
    " [{who} to]"
    "|{spot} [at which|in which|on which|that|which|where] [{may}] {who} [{may}]"
    " [use to|use for|go to|be]"
    "|{spot} (at|in|on) which [{may}] [{who}]"
    "|{spot} where [{may}] [{who}] [{may}]"
    "|somewhere|anywhere|for|what {may} [{who}] (use to|use for))",
    "boats": "[the|some] (boats|ships|yachts|vessels|ferries|sailors|a boat|a ship)",
    "planes": "[the|some] (planes|aircraft|jets|airplanes|aeroplanes|airliners|pilots"
    "|a plane|an aircraft|a jet)",
    "my": "(a|my|your|our|the|their|one's|his|her)",
}

ACTIVITIES = {
    "basketball court": """
{where} (shoot|shooting|throw|throwing) [some|a few] (hoops|baskets|hoop)
{where} (play|plays|playing|played) [some|a game of] (basketball|streetball)
""",
    "tennis court": """
{where} (play|plays|playing|played) [some|a (game|match|set) of] tennis
tennis [is|gets] played where [exactly]
{where} (hit|hitting) [some|a few] tennis balls
""",
    "baseball diamond": """
{where} (play|plays|playing|played) [some|a game of] (baseball|softball)
{where} [is] (baseball|softball) [is|gets] played
(baseball|softball) [is|gets] played where [exactly]
{where} (pitch|bat|hit) [a] (baseball|home run|home runs|homer)
""",
    "football field": """
{where} (play|plays|playing|played) [some|a game of] (football|soccer|rugby)
{where} [is] (football|soccer|rugby) [is|gets] played
(football|soccer|rugby) [is|gets] played where [exactly]
{where} (kick|kicking) [about|around] (a|the) (ball|football)
""",
    "running track": """
{where} (run|running|jog|jogging|do|doing|sprint|sprinting) [some|a few] laps
{where} (sprint|sprinting|running|jogging|do athletics|doing athletics)
{where} [the|some] (athletes|runners|sprinters) [{may}] \
(train|run|race|compete|sprint|exercise)
{where} (train|training) for athletics
(red|blue|orange|brown|running|marked) lanes [that] (forming|form|making|make) \
(an|the) (oval|ellipse)
""",
    "swimming pool": """
{where} (swim|swimming|bathe|bathing)
{where} (take|have|taking|having|for) a (dip|swim|bath|plunge)
""",
    "school": "{where} (learn|learns|learning|study|studies|have lessons|go to school)",
    "house": "{where} (live|lives|living|reside|dwell)",
    "golf course": "{where} (play|plays|playing) [some|a round of] golf",
    "playground": "{where} [the|small|little] (kids|children) [{may}] play",
    "skate park": "{where} (skate|skates|skating|skateboard|skateboarding)",
    "grandstand": """
{where} [the] (spectators|fans|supporters|crowds|a crowd|the crowd) [{may}] (sit|watch)
""",
    "railway": """
what (carries|carry) [the] trains
{where} [the] trains [{may}] (run|go|pass|travel)
""",
    "stadium": """
{where} (watch|watching|see) [a|the] [football|soccer|sports|big] \
(match|game|matches|games)
""",
    "runway": """
{where} {planes} [{may}] (land|take off|touch down|start|start and land \
|land and take off|take off and land)
{where} (land|landing|take off) [with|in|of] [{my}] (plane|planes|aircraft|jet|jets)
""",
    "helipad": """
{where} [the] (helicopters|choppers|a helicopter|a chopper) [{may}] (land|take off)
{where} (land|landing) [with] [{my}] (helicopter|chopper)
""",
    "dock": """
{where} {boats} [{may}] [be|are] (dock|moor|tie up|berth|land|docked|moored|tied up \
|berthed)
{where} (dock|moor|tie up|berth|docking|mooring|tying up|land|landing) [{my}] \
(boat|boats|ship|ships|yacht|yachts)
{where} (tie|tying) {my} (boat|boats|ship|ships|yacht|yachts) up
""",
    "parking lot": """
{where} (park|parking|leave|leaving) [{my}] (car|cars|vehicle|vehicles|truck|trucks \
|van|automobile)
{where} [the|some] (cars|vehicles|trucks|lorries|buses|vans) [{may}] park
{where} (park|parking)
{who} [{may}] (leave|park) [{my}] (car|cars) here
""",
    "storage tank": """
{where} (store|storing|keep|keeping|hold|holding) [the|crude|liquid|some] (oil|fuel \
|petrol|gas|gasoline|petroleum|crude|chemicals|liquids)
{where} [is|are] [the|crude|liquid] (oil|fuel|petrol|gas|gasoline|petroleum|chemicals \
|liquids) [is|are|gets|can be] (stored|kept|held)
""",
    "bridge": """
{where} (cross|crosses|crossing|get across|get over|go over|walk over|drive over) \
[the|this] (river|water|canal|stream|channel|creek|bay)
{where} [the] (road|street|cars|trains|traffic|railway) (cross|crosses|goes over \
|go over|get over|gets over) [the|this] (river|water|canal|stream|channel|creek|bay)
""",
    "intersection": """
{where} [the|all] [two|three|four|several] (roads|streets|highways|lanes|avenues \
|motorways|zebra crossings) (meet|cross|join|intersect|come together)
""",
    "train station": """
{where} [the] (trains|a train) [{may}] (stop|stops|halt|halts|call|arrive|depart)
{where} (catch|take|board|get on|get off|wait for) (a|the|my) (train|trains)
""",
    "airport": """
{where} (catch|board|take) (a|my|the) (flight|plane|flights|planes)
""",
    "solar panel": """
{where} (make|making|generate|generating|produce|producing) (electricity|power) \
(from|with|out of) [the] (sun|sunlight)
""",
}
"""Name of a class, with patterns of what is done there."""
