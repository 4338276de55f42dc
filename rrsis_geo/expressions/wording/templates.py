"""Words for places, sides, orders and relations.

Tables of alternatives, from which `realizer` picks. {x} and {y} stand for the noun
phrases of anchors, {n} for a number, {} for the whole phrase.
"""

from __future__ import annotations

from rrsis_geo.language.nodes import Extent

NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)

ORDINALS = {1: ("first",), 2: ("second", "2nd"), 3: ("third", "3rd"), 4: ("fourth",)}

COMPASS = {"left": "west", "right": "east", "top": "north", "bottom": "south"}

_AFTER: dict[tuple[str, Extent], str] = {
    ("left", "part"): (
        "on the left|on the left side|on the left-hand side|at the left|to the left|"
        "in the left part|on the left of the image|at left|in the west|"
        "on the west side|in the western part of the image"
    ),
    ("right", "part"): (
        "on the right|on the right side|on the right-hand side|at the right|"
        "to the right|in the right part|on the right of the image|at right|"
        "in the east|on the east side|in the eastern part of the image"
    ),
    ("top", "part"): (
        "at the top|at the top of the image|in the upper part|in the top part|"
        "up at the top|at the top of the picture|in the north|"
        "in the northern part of the image"
    ),
    ("bottom", "part"): (
        "at the bottom|at the bottom of the image|in the lower part|"
        "in the bottom part|down at the bottom|at the bottom of the picture|"
        "in the south|in the southern part of the image"
    ),
    ("centre", "part"): (
        "in the middle|in the centre|in the center|in the middle of the image|"
        "at the center of the image|in the central part|"
        "near the centre of the picture"
    ),
    ("middle left", "part"): (
        "in the middle left|on the middle left|in the middle-left|in the left-centre|"
        "halfway down on the left|on the left, halfway down"
    ),
    ("middle right", "part"): (
        "in the middle right|on the middle right|in the middle-right|"
        "in the right-centre|halfway down on the right|on the right, halfway down"
    ),
    ("top centre", "part"): (
        "at the top centre|in the top middle|at the top in the middle|"
        "in the upper middle|at the upper center"
    ),
    ("bottom centre", "part"): (
        "at the bottom centre|in the bottom middle|at the bottom in the middle|"
        "in the lower middle|at the lower center"
    ),
    ("left", "half"): (
        "in the left half|in the left half of the image|in the western half"
    ),
    ("right", "half"): (
        "in the right half|in the right half of the image|in the eastern half"
    ),
    ("top", "half"): (
        "in the top half|in the upper half of the image|in the northern half"
    ),
    ("bottom", "half"): (
        "in the bottom half|in the lower half of the image|in the southern half"
    ),
}

_BEFORE = {
    "left": "left|left-hand|western",
    "right": "right|right-hand|eastern",
    "top": "top|upper|northern",
    "bottom": "bottom|lower|southern",
    "centre": "central|middle",
    "middle left": "middle-left|centre-left",
    "middle right": "middle-right|centre-right",
    "top centre": "top-centre|upper-middle",
    "bottom centre": "bottom-centre|lower-middle",
}

for _row, _upper, _wind in (("top", "upper", "north"), ("bottom", "lower", "south")):
    for _side, _end in (("left", "west"), ("right", "east")):
        _AFTER[f"{_row} {_side}", "part"] = "|".join(
            (
                f"at the {_row} {_side}|on the {_upper} {_side}|in the {_row} {_side}",
                f"in the {_upper} {_side}|at the {_row} {_side} of the image",
                f"in the {_upper}-{_side} part|{_row} {_side}|in the {_wind}-{_end}",
                f"in the {_wind}{_end}",
            )
        )
        _BEFORE[f"{_row} {_side}"] = (
            f"{_row}-{_side}|{_upper}-{_side}|{_row} {_side}|{_wind}-{_end}ern"
        )
        _AFTER[f"{_row} {_side}", "corner"] = "|".join(
            (
                f"in the {_row} {_side} corner|in the {_upper} {_side} corner",
                f"in the {_row}-{_side} corner of the image",
                f"in the {_wind}-{_end} corner|in the {_wind}{_end} corner",
                f"tucked into the {_row} {_side} corner|{_row} {_side} corner",
            )
        )

REGION_AFTER = {region: tuple(text.split("|")) for region, text in _AFTER.items()}
"""Place and extent -> words that follow the noun."""

REGION_BEFORE: dict[tuple[str, Extent], tuple[str, ...]] = {
    (place, "part"): tuple(text.split("|")) for place, text in _BEFORE.items()
}
"""Place and extent -> words that precede the noun; not every region has them."""

MOST_BEFORE = {
    "left": ("leftmost", "westernmost", "left-most"),
    "right": ("rightmost", "easternmost", "right-most"),
    "top": ("topmost", "northernmost", "uppermost"),
    "bottom": ("bottommost", "southernmost", "lowermost"),
}

MOST_AFTER = {
    "left": ("furthest to the left", "farthest left", "furthest west"),
    "right": ("furthest to the right", "farthest right", "furthest east"),
    "top": ("nearest the top", "furthest north", "closest to the top edge"),
    "bottom": ("nearest the bottom", "furthest south", "closest to the bottom edge"),
}

OF_TWO = {
    "left": ("left one", "left-hand one", "left"),
    "right": ("right one", "right-hand one", "right"),
    "top": ("upper one", "upper", "top one"),
    "bottom": ("lower one", "lower", "bottom one"),
    "largest": ("larger", "bigger", "bigger one"),
    "smallest": ("smaller", "smaller one"),
}
"""Words before "of the two"."""

ONE_OF_TWO = {
    "left": ("left", "left-hand", "western"),
    "right": ("right", "right-hand", "eastern"),
    "top": ("upper", "top", "northern"),
    "bottom": ("lower", "bottom", "southern"),
    "largest": ("larger", "bigger"),
    "smallest": ("smaller",),
}
"""Words before the noun where there are two."""

MIDDLE = ("middle one", "middle")
"""Words before "of the three"."""

MIDDLE_OF_THREE = ("middle", "centre")
"""Words before the noun where there are three."""

FROM_SIDE = {
    "left": ("from the left", "from the west", "counting from the left"),
    "right": ("from the right", "from the east", "counting from the right"),
    "top": ("from the top", "from the north", "counting from the top"),
    "bottom": ("from the bottom", "from the south", "counting from the bottom"),
}

EDGE = {
    side: (
        f"cut off by the {side} edge",
        f"touching the {side} edge of the image",
        f"at the {side} border",
        f"cut off by the {COMPASS[side]}ern image edge",
    )
    for side in COMPASS
}

SIZES = {
    "largest": ("largest", "biggest"),
    "smallest": ("smallest",),
    "big": ("big", "large", "bigger", "larger"),
    "small": ("small", "little", "smaller"),
}

SHAPES = {
    "elongated": ("long", "elongated", "long narrow", "narrow"),
    "round": ("round", "circular"),
    "square": ("square",),
    "horizontal": ("horizontal",),
    "vertical": ("vertical",),
}

NEAR = ("near {x}", "close to {x}", "next to {x}", "by {x}", "beside {x}")

BESIDE = {
    "left": ("to the left of {x}", "left of {x}", "on the left of {x}", "west of {x}"),
    "right": (
        "to the right of {x}",
        "right of {x}",
        "on the right of {x}",
        "east of {x}",
    ),
    "top": ("above {x}", "north of {x}", "further up than {x}"),
    "bottom": ("below {x}", "south of {x}", "beneath {x}", "further down than {x}"),
}

JUST = ("just", "directly", "immediately")

for _row, _upper, _wind in (("top", "upper", "north"), ("bottom", "lower", "south")):
    for _side, _end in (("left", "west"), ("right", "east")):
        BESIDE[f"{_row} {_side}"] = (
            f"to the {_upper} {_side} of {{x}}",
            f"on the {_upper} {_side} of {{x}}",
            f"{_wind}-{_end} of {{x}}",
            f"{_wind}{_end} of {{x}}",
        )

OTHER_TWO = ("between the other two", "in between the other two")

BETWEEN = ("between {x} and {y}", "in between {x} and {y}")

DISTANT = {
    "closest": ("closest to {x}", "nearest to {x}", "nearest {x}"),
    "farthest": ("farthest from {x}", "furthest from {x}", "furthest away from {x}"),
}

ISOLATED_BEFORE = ("isolated", "lone", "solitary", "remote")

ISOLATED_AFTER = (
    "away from the others",
    "standing apart from the rest",
    "on its own",
    "by itself",
)

EXCEPT = ("except {x}", "except for {x}", "apart from {x}", "but not {x}")

GROUP = {
    "row": ("row of {n}", "line of {n}", "horizontal row of {n}"),
    "column": ("column of {n}", "vertical line of {n}", "vertical row of {n}"),
    "cluster": ("group of {n}", "cluster of {n}"),
}

PAIR = ("pair of", "group of two")

REQUESTS = (
    "show me {}",
    "find {}",
    "segment {}",
    "segment {} please",
    "please mark {}",
    "highlight {}",
    "outline {}",
    "select {}",
    "can you find {}?",
    "i'm looking for {}",
    "i need {}",
    "give me {}",
    "{} please",
    "look for {}",
)

WHERE_ONE = ("where is {}?", "where's {}?", "where is {}", "which is {}?")

WHERE_SEVERAL = ("where are {}?", "where are {}", "which are {}?")

ANY_SEVERAL = ("any {}?", "are there any {}?", "are there {} here?", "do you see {}?")

ANY_ONE = ("is there a {}?", "any {} here?", "is there a {} in the picture?")
