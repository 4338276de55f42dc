"""Words that the grammar knows: directions, superlatives, numbers, units, groups.

Tables only; `grammar` and the parser say what they mean for a plan.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


DIRECTIONS = {
    "left": "left lefthand lhs leftward leftside",
    "right": "right righthand rhs rightward rightside",
    "top": "top upper uppermost topside",
    "bottom": "bottom lower",
    "west": "west western westerly",
    "east": "east eastern easterly",
    "north": "north northern northerly",
    "south": "south southern southerly",
    "north west": "northwest northwestern northwesterly nw nnw wnw",
    "north east": "northeast northeastern northeasterly ne nne ene",
    "south west": "southwest southwestern southwesterly sw ssw wsw",
    "south east": "southeast southeastern southeasterly se sse ese",
    "centre": "centre center middle central",
}

DIRECTION_SUPERLATIVES = {
    "left": "leftmost leftermost",
    "right": "rightmost",
    "top": "topmost uppermost upmost",
    "bottom": "bottommost lowermost lowest",
    "west": "westernmost westmost",
    "east": "easternmost eastmost",
    "north": "northernmost northmost",
    "south": "southernmost southmost",
    "north west": "northwesternmost northwestmost",
    "north east": "northeasternmost northeastmost",
    "south west": "southwesternmost southwestmost",
    "south east": "southeasternmost southeastmost",
}

DIRECTION_COMPARATIVES = {
    "left": "lefter",
    "right": "righter",
    "north": "northerner norther",
    "south": "southerner souther",
    "west": "westerner",
    "east": "easterner",
}
"""Comparatives of directions, read as superlatives."""

COMBINED_DIRECTIONS = {
    ("top", "left"): "top left",
    ("top", "right"): "top right",
    ("bottom", "left"): "bottom left",
    ("bottom", "right"): "bottom right",
    ("north", "west"): "north west",
    ("north", "east"): "north east",
    ("south", "west"): "south west",
    ("south", "east"): "south east",
    ("centre", "left"): "middle left",
    ("centre", "right"): "middle right",
    ("centre", "top"): "top centre",
    ("centre", "bottom"): "bottom centre",
}
"""Two directions next to each other, in either order, and the one they make."""

SUPERLATIVES = {
    ("largest", "area"): "largest biggest hugest greatest",
    ("smallest", "area"): "smallest tiniest littlest",
    ("largest", "length"): "longest",
    ("smallest", "length"): "shortest",
    ("largest", "width"): "widest broadest",
    ("smallest", "width"): "narrowest thinnest slimmest",
}

COMPARATIVES = {
    ("largest", "area"): "larger bigger",
    ("smallest", "area"): "smaller tinier littler",
    ("largest", "length"): "longer",
    ("smallest", "length"): "shorter",
    ("largest", "width"): "wider broader",
    ("smallest", "width"): "narrower thinner slimmer",
}

SIZES = {
    "big": "big large huge giant massive enormous great gigantic sizeable sizable"
    " large-sized big-sized biggish",
    "medium": "medium mid-sized midsize midsized medium-sized mid-size medium-size",
    "small": "small little tiny minute small-sized smallish teeny",
}

ISOLATED = words(
    "isolated lone lonely solitary stand-alone standalone outlying lonesome loneliest"
)

NEAREST = {
    "closest": "closest nearest nearer closer",
    "farthest": "farthest furthest remotest",
}

_TO_TWENTY = """zero one two three four five six seven eight nine ten eleven twelve
thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"""
NUMBERS = {word: value for value, word in enumerate(_TO_TWENTY.split())}
NUMBERS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70}
NUMBERS |= {"eighty": 80, "ninety": 90, "dozen": 12}

ROUGH_NUMBERS = {"couple": 2, "few": 4, "several": 5}
"""Words before a scale or a unit: "a few hundred metres"."""

SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "k": 1000}

_ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth
eleventh twelfth"""
ORDINALS = {word: value for value, word in enumerate(_ORDINALS.split(), start=1)}

LENGTHS = {
    1.0: "m metre metres meter meters mtr mtrs mts",
    1000.0: "km kms kilometre kilometres kilometer kilometers klick klicks",
    0.01: "cm centimetre centimetres centimeter centimeters",
    0.3048: "ft foot feet",
    0.9144: "yd yds yard yards",
    1609.344: "mi mile miles",
    1852.0: "nm nmi",
}
"""Metres in each unit; the international foot, yard, mile and nautical mile."""

AREAS = {
    1.0: "m2 sqm sm",
    1e6: "km2 sqkm",
    1e4: "ha hectare hectares",
    0.3048**2: "ft2 sqft sf",
    0.9144**2: "yd2 sqyd",
    4046.8564224: "acre acres",
    1609.344**2: "mi2 sqmi",
}
"""Square metres in each unit."""

SQUARE = words("square sq sq. squared")

GROUPS = {
    "line": "row rows line lines queue queues chain chains string strings file series"
    " lineup lineups strip strips",
    "column": "column columns stack stacks",
    "cluster": "group groups cluster clusters block blocks bunch clump clumps batch set"
    " formation fleet collection huddle array arrays",
    "pair": "pair pairs couple",
    "trio": "trio trios triplet threesome",
    "quartet": "quartet foursome quad",
}

GROUP_COUNT = {"pair": 2, "trio": 3, "quartet": 4}
"""Things in a group of that form."""

GROUP_NOUNS = words(
    "row rows column columns pair pairs trio trios cluster clusters group groups"
    " queue queues string strings lineup lineups file files"
)
"""Words that name a group even without its members: "in the top row"."""

RANK_DIRECTIONS = {"down": "top", "up": "bottom", "across": "left"}
"""Words after a noun, with the side to count from: "the third tank down"."""

GROUP_ORIENTATIONS = {"horizontal": "row", "vertical": "column"}
"""Adjectives of groups, with the form they give."""

GROUP_SHAPES = words(
    "straight long short neat tidy orderly regular even tight dense compact close"
    " closely-packed tightly-packed packed crowded loose ragged uneven curved curving"
    " crooked diagonal slanted slanting broken unbroken continuous endless single"
    " double"
)
"""Adjectives of groups without effect on a plan."""

SCENE = words(
    "image picture scene photo photograph map view frame screen shot snapshot area"
    " aoi tile canvas extent imagery raster whole"
)

COMPASS_LETTERS = {"n": "north", "e": "east", "s": "south", "w": "west"}
"""Abbreviated directions before "of": "n of the river"."""

EXTENTS = {
    "half": "half",
    "halves": "half",
    "corners": "corner",
    "quarters": "quarter",
    "share": "third",
    "quarter": "quarter",
    "quadrant": "quarter",
    "corner": "corner",
}
"""Words for a part of the scene, with its extent."""

STATIVE = words(
    "tucked nestled located situated lying standing sitting placed positioned found"
    " seen visible lie lies stand stands sit sits stood sat set stay stays stayed"
)
"""Verbs that only introduce a place."""

COPULAS = words("that which who what is are was were be being")
"""Copulas and relative pronouns."""

FINITE_VERBS = words("is are was were lies lie sits sit stands stand")
"""Verbs of what is said of a whole noun phrase, unless a relative pronoun precedes."""

ORIENTING = words(
    "facing pointing heading headed oriented looking turned turning moving driving"
    " going travelling traveling flying sailing running leaning nosed taxiing aimed"
    " aligned pointed nose noses faces points steaming backing rolling leading exiting"
    " stretching extending bending curving runs leads goes stretches extends"
    " tail tails bow bows stern sterns"
)
"""Words after which a direction says how a thing is oriented, not where it is."""

TURNED_PARTS = words("nose noses tail tails bow bows stern sterns front fronts")
"""Parts before a direction that says how a thing is turned: "nose to the right"."""

AFTER_ADVERB_RIGHT = words(
    "next beside by at in on above below near behind outside under against across"
    " between up off along alongside inside beneath underneath around over after"
    " before opposite where to"
)
"""Words before which "right" means "just"."""

PREPOSITIONS = words(
    "to from by for under over behind across through into onto off after before"
    " against toward towards beyond upon nearby"
)
"""Words that end a noun phrase even where no rule matches."""

DESCRIPTIVE = words("with having featuring whose wearing made showing bearing")
"""Words that begin a description of appearance."""

AFTER_NOUN = words(
    "out down up ahead partly half hidden cut laid set drawn built seen shown taken"
    " apart inside outside away back much just almost nearly fairly quite very where"
    " when has have had does do did runs leads crosses goes spans ends begins starts"
    " just directly immediately further behind here there cross nose-in nose-out"
    " perpendicular parallel as you i we they"
    " within stick sticks jut juts poke pokes"
    " left lost stuck sunk hung torn caught kept bound"
    " nose-down nose-up east-west north-south abreast"
)
"""Words that follow a noun and never make a longer one with it."""

GOING_ON = words(
    "comes goes runs leads ends starts turns bends curves crosses passes looks has"
    " carries shows continues leaves enters exits widens narrows joins meets"
)
"""Verbs that go on with what is said of one thing: "that curls off and comes back"."""

ACTING = GOING_ON | words(
    "connects links serves points faces touches winds follows reaches stretches"
    " extends divides separates lies stands sits belongs splits rises flows"
)
"""Verbs of one thing: after "fields that" they are said of another noun."""

DEGREES = words(
    "quite very rather fairly pretty so too really somewhat much even such unusually"
    " relatively comparatively extremely fairly particularly especially considerably"
    " slightly exceptionally enormously moderately absolute truly"
)
"""Adverbs before words of size, without effect on a plan."""

NON_PLACES = words(
    "white black grey gray red orange yellow green blue brown beige cream silver purple"
    " pink turquoise teal tan maroon gold dark light bright pale all-red livery service"
    " use motion flight operation formation shadow bloom colour color terracotta brick"
    " slate thatch"
)
"""Nouns after "in" that do not say where: "in white", "in service"."""

COLOURS = words(
    "white black grey gray red orange yellow green blue brown beige cream silver purple"
    " pink turquoise teal tan maroon"
)
"""Words that describe a thing wherever they stand."""

FORMS = words("long thin narrow wide round square flat old new tall low high bare")
"""Adjectives that are surely no nouns."""

MATERIALS = words(
    "dirt clay grass turf sand gravel earth soil asphalt tarmac concrete brick stone"
    " wood timber metal steel tin glass rock"
)
"""Words after "of" for what a thing is made of, not where it is."""

STRANDED = words("on in inside within")
"""Prepositions that may end a phrase for nothing: "with no boats on"."""

RELATING = words(
    "in on at near next within along inside close beside between around above below by"
    " opposite across with"
)
"""Words that begin a relation and never a noun phrase."""

DEFINITE = words("the this these those that its their said")
INDEFINITE = words("a an another some any either")
UNIVERSAL = words("all every each both")
DETERMINERS = DEFINITE | INDEFINITE | UNIVERSAL
EXCLUSIVE = words("single sole only")
NARROWING = words("only just")
"""Words that narrow what came before: "tanks, only the red ones"."""
SILENT_ADJECTIVES = words(
    "exactly precisely other remaining various different individual complete whole"
    " several many few numerous multiple countless own"
)
"""Words before a noun without effect on a plan."""

MOSTLY_ADJECTIVES = words("flat")
"""Names of classes that describe more often than they name, before a comma."""

REQUESTING = words(
    "show give find mark select outline highlight segment trace draw pick get take"
    " choose want need i we please"
)
"""Words that begin a request in the middle of a text."""

COORDINATORS = words("and or / plus")
"""Coordinating conjunctions."""

ORIENTATION_PARTICLES = words(
    "to toward towards the straight directly up down away from due just side off"
)
"""Words that may stand between "facing" and a direction."""

END_PARTS = words(
    "end edge corner half tip part border quarter rim share extremity section"
)
"""Parts in which a thing lies within the whole: "at the left end of the row"."""

PARTS_OF_WHOLE = words("part portion stretch section piece patch area expanse")
"""Parts that stand for the whole: "the part of the river"."""

AMOUNTS = words("sliver bit piece patch strip scrap slice ribbon")
"""Words for some of what covers the ground: "a narrow strip of beach"."""

MASS = words(
    "grassland farmland woodland wasteland land grass lawn turf sand water soil gravel"
    " vegetation scrub marsh snow ice foam mud"
)
"""Nouns of what covers the ground, which makes no rows."""

SPECKS = words("speck dot blob fleck")
"""Words for a thing that looks small: "the tiny speck of a boat"."""

GENERIC = words("thing object something spot patch shape blob item structure")
"""Nouns that say of a thing only that it is one."""

PARTS_OF_THINGS = words(
    "roof roofs facade facades tail tails hull hulls lid lids deck decks nose noses"
    " wing wings funnel funnels bow stern cabin cargo stripes surround fence"
)
"""Parts of things that say how they look: "ship, white deck"."""

COVERS = words(
    "roof roofs cover covers sky canopy canopies shelter shelters awning awnings"
    " tarpaulin tarpaulins tarp tarps"
)
"""Words for what a thing is under, not below in the picture."""

JOINED = words("joined linked connected attached fastened")
"""Participles before what a thing touches, and "by" what: "joined to it by a path"."""

RIMS = words("edge shore bank foot rim border shoreline waterfront fringe perimeter")
"""Parts of a thing that lie all around it: "at the water's edge"."""

COVERED = words("cast covered lit hidden shaded obscured overgrown blocked marked")
"""Participles before "by" that says what hides or marks a thing."""

PARTS_OF_ANCHORS = PARTS_OF_WHOLE | words("bend curve tip mouth bank")
"""Likewise where something is related to it."""

ENDS_OF_ANCHORS = words("end corner edge")
"""Likewise where something is near it; what is at its end may be there only."""

PARTS = END_PARTS | words("side face bank shore")
"""Parts of a thing that lie to one side of it."""

DESCRIPTIVE_RULES = words("inside around along surrounded group")
"""Handlers of rules that may be part of a description: "with grass around it"."""
