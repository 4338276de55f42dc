"""The rules of what may follow a noun, as patterns over words.

Each line is a rule, `handler argument: pattern`. In a pattern, `(a|b c)` is a choice,
`[a|b]` is optional, `name=` names the group that follows, `{d}` is a token of that kind
or a macro, and `{x}` at the end stands for an anchor, which the parser reads. The
longest match wins, then the first.
"""

from __future__ import annotations

MACROS = {
    "in": "(in|on|at|to|into|toward|towards|near|close to|by|within|along|inside"
    "|around|off|over|down|up)",
    "up": "[up|down|out|over|back|way|somewhere|all|just|all the way|way off|way over"
    "|way up|way down|way out|wholly|entirely|fully|completely|partly|mostly"
    "|off|far off|far out|right up|right down|low|high|low down|high up]",
    "adv": "adv=[just|directly|immediately|straight|slightly|due|exactly|right|a little"
    "|a bit|well|far]",
    "stat": "[parked|docked|moored|berthed|standing|lined up|anchored|built|drawn up"
    "|tied up|driving|moving|waiting|queued|rafted|resting|tied"
    "|arranged|laid out|set out|set back|offset]",
    "far": "far=[far|extreme|outer|outermost|very|absolute]",
    "scene": "[the|this|that|your|our] [whole|entire|full|current|aerial|satellite"
    "|false colour|false color|infrared]"
    " (image|picture|scene|photo|photograph|map|view|frame|screen|shot|area|aoi|tile"
    "|imagery|raster|canvas|extent|snapshot)",
    "ext": "ext=[side|sides|part|parts|area|half|halves|share|quarter|quarters"
    "|corner area|corner region|corner part|quadrant|corner|corners|portion|section"
    "|region|sector|zone|end|field|margin|bank]",
    "part": "part=(side|end|edge|corner|half|tip|part|bank|face|shore|border|quarter"
    "|rim|share|bit|portion|stretch|extremity|perimeter|flank|section)",
    "edge": "(edge|border|boundary|margin|rim|frame|edges|borders|limit)",
    "frame": "[image|picture|scene|photo|map|frame]",
    "much": "[much|a bit|a little|slightly|somewhat|far|way|considerably|clearly"
    "|significantly]",
    "other": "(the others around|the others nearby|its neighbours|its neighbors"
    "|the ones around it|those around it|the others|the other ones|the rest|others"
    "|any others|all others|any other|all the others|all other ones|everything else"
    "|the other {n})",
    "each": "(each other|one another)",
    "all": "(everything else|all others|all the others|all the rest|any other"
    "|all other ones|any of the others|everyone else)",
    "going": "[also] [flying|hovering|running|leading|passing|going|stretching"
    "|extending|spreading|winding|cutting|flowing|travelling|driving|walking|crossing"
    "|runs|leads|passes|goes|stretches|extends|spreads|winds|cuts|flows|crosses"
    "|meanders|meandering|snakes|snaking|twisting|twists|curving|curves|carried]"
    " [straight|right]",
    "form": "[long|single|straight|curved|neat|orderly|short|unbroken|continuous"
    "|tidy|diagonal|tight|dense|narrow|regular|even]",
}

RULES = """
place updown: v=(up|down) {far} {d}
place updown: v=(up|down|low|high|low down|high up) (in|at|on|to) [the] {far} {d} \
[hand] {ext} [(of|in|on) {scene}]
place: {stat} {up} {in} [the|its] {frame} {far} {d} [hand] {ext} [(of|in|on) {scene}]
place bare: {far} {d} [hand] {ext} [(of|in|on) {scene}]
place bare: (up|down|out|over) (north|south|east|west)
place: [diagonally|right|bending] {going} (across|through|down|up|along) [the] \
{far} {d} [hand] {ext} [(of|in|on) {scene}]
place bare: {d} {scene}
place: {up} in [the|a] ext=corner [at|on|in|to|toward|towards] [the] {d} [hand] [side]
place updown: {up} in [the|a] ext=corner v=(up|down) {d}
place bare: ext=corner [at|in|on] [the] {d}
place bare: in {scene} {d}
place middle_left: (halfway down [on] [the] left [side]|on the left , halfway down)
place middle_right: (halfway down [on] [the] right [side]|on the right , halfway down)
place combined: {stat} {up} {in} [the] [far|very] {d} of [the] [far|very] {d} [hand] \
[side|part|edge|border|margin] [(of|in|on) {scene}]
place thirds: {stat} {up} {in} [the] {d} [hand] part=(two thirds|three quarters) \
[(of|in|on) {scene}]
place percent: {stat} {up} {in} [the] {d} [most] {n} percent [(of|in|on) {scene}]
place corner: {stat} {up} in [the|a|any|either|every|each|all|one of the|any of the \
|all of the|the very] [four|two] {far} {frame} (corner|corners) [(of|in|on) {scene}]
place corner: {stat} {up} at [the|a|any|all|one of the|any of the|all of the] [four] \
{frame} (corner|corners) (of|in|on) {scene}
place corner: [the] {nearest} to [the|a|any] {frame} (corner|corners) [of {scene}]
place beyond: {adv} {d} of [the] {frame} (centre|center|middle) [of {scene}]
place beyond: {adv} v=(above|below) [the] {frame} (centre|center|middle) [of {scene}]
scene: (of|in) (them|these|those|all)
scene: here|(in|on|around|over|from|round|out) (here|there)
scene: on almost all (sides|side) [of it]
scene: on (all|both|every|each|either|two|three|most|several|many) [{n}] (sides|side)
scene: (in|on|of|from|within|across|throughout|over|around|inside) {scene}
edge cut: [half|partly|partially] (cut off by|cut by|cut off at|cut off along \
|clipped by|cropped by|cut at) [the|an] [{d}] [hand] [image|scene|picture|map] {edge} \
[of {scene}]
edge cut: [half|partly|partially] (cut off|cropped)
edge cut: [half|partly|partially] (cut off|cropped) by {scene} ['s] [{d}] [hand] \
[{edge}]
opaque: cut off (by|from)
edge cut: (cut off|cut|clipped|cropped|truncated) (at|on|along|by) the [very] {d} \
[hand] [side|edge|border|end|corner] [of {scene}]
edge cut: (touching|touches|touch|reaching|reaches|crossing|crosses|straddling|hitting \
|hits|running into|runs into|truncated by|running off \
|sticking out of) \
[the|an] [{d}] [hand] [image|scene|picture|map] {edge} [of {scene}]
edge cut: (partly|partially|half) (outside|out of) [the] (image|scene|picture|frame|map)
edge: [running|going|right] (down|up|along|following|follows|hugging|skirting|hugs \
|skirts|bending down|that follows) \
the [very] {far} {d} [hand] [image|scene|picture|map] (edge|border|margin) [of {scene}]
edge bare: {d} [hand] [image|scene|picture|map] (edge|border) [of {scene}]
edge: {stat} (at|near|near to|along|by|on|close to|next to|against|right at|beside) \
[the|an|any] \
[very] {far} [{d}] [hand] [image|scene|picture|map] {edge} [of {scene}]

most: [the] {most} [side] [of {scene}]
most: {stat} [the] [lying|located] {nearest} [away] (to|toward|towards|in|on|at) \
the [very] {frame} {d} \
[hand] [side|edge|border|end|part|corner|margin] [of {scene}]
most: {stat} [the] {nearest} [to] the [very] {d} [hand] \
[side|edge|border|end|part|corner] [of {scene}]
most: [the] {nearest} [to] {d} [hand] (edge|border|end|corner) [of {scene}]
most more: more [over] (to|toward|towards|in) [the] {d} [hand] [side] [of {scene}]
most away: [the] [lying|located] (farther|further|{nearest}) [out|away|off] from the \
[very] {frame} {d} [hand] [side|edge|border|end|part|corner|margin] [of {scene}]
most measure: (with|having|has|have|of) [the] {sup} [surface|floor|ground] (area|size \
|surface|footprint|extent|length|width|diameter|perimeter|span|wingspan)
most: [the] {nearest} {d} of (those|these|them)
most: [the] {nearest} {d} of the {n}
most: [the] most [far|further|over] (to|at|on|toward|towards) [the] {d} [hand] [side] \
[of {scene}]
most: {stat} [the] {nearest} out (to|toward|towards|on|at) [the] [very] {d} [hand] \
[side|edge|end] [of {scene}]
most: {stat} (more|further|farther) [over|out|up|down] [to|toward|towards] [the] {d} \
[hand] [side] than ({all}|{other})
most more: [set] [well|far|a bit] apart (to|on|at) [the] {d} [hand] [side] of \
({all}|{other})
most: {stat} {adv} [to|on] [the] {d} [hand] [side] of {all}
most top: {stat} {adv} above {all}
most bottom: {stat} {adv} below {all}
most higher: {stat} {adv} (higher|further up|higher up) than ({all}|{other})
most lower: {stat} {adv} (lower|further down|lower down) than ({all}|{other})
most higher: higher
most higher: (higher|further|farther) up
most lower: (lower|further|farther) down
most top: [the] ({nearest}|highest) up
most bottom: [the] ({nearest}|lowest) down
from: [counting|counted|starting|reading|going|numbered|when counting|if you count \
|if you come|ordered|sorted] \
[up|down|along] (from|form) [the] [far|very] {d} [hand] [side|end|edge|corner] \
[of {scene}] [to [the] [far|very] {d}]
from way: [going|reading|counting|counted|viewed|numbered] {d} to {d}
from number: (number|nr) {n} from [the] {d} [hand] [side|end|edge] [of {scene}]
from number: (ordered|sorted|numbered|counted|counting) [from] {d} to {d} [,] \
(number|nr) {n}
from number: no [,] {n} from [the] {d} [hand] [side|end|edge] [of {scene}]

inside on: {stat} [right|directly] on top of {x}
beside: {stat} {adv} [to|on|at|in|along|from|off|towards] [the] \
close=[far|very|extreme|immediate|direct] {d} [hand] (of|from) {x}
beside: {stat} {adv} (to|on|at|in|along|down|up|around|against|near|close to|by \
|beside|next to) [the] \
[far|very|extreme] {d} [hand] {part} (of|to) {x}
beside: {d} [hand] {part} of {x}
beside either: {stat} {adv} [to|on|at] [the] {d} (or|and) [to|on|at] [the] {d} [hand] \
[side] (of|from) {x}
beside either: {stat} {adv} v=(above|below|beneath) or w=(above|below|beneath) {x}
beside top: {stat} {adv} (above|further up than|higher than|higher up than) {x}
beside bottom: {stat} {adv} under {x}
beside bottom: {stat} {adv} (below|beneath|underneath|further down than|lower than \
|lower down than) {x}
place under: {up} (below|beneath|underneath)
place over: {up} above
beside: further {d} than {x}
beside: {adv} {cmp} {d} than {x}
beside diagonal: {adv} v=(above|below) and [to] [the] {d} of {x}
beside diagonal: {adv} v=(above|below) {d} of {x}
beside step: {stat} {q} {len} [to] [the] [due] {d} of {x}

most size: {much} {cmp} than {other}
compared: {much} {cmp} than {x}
compared larger: times=(twice|double|triple|{n} times|several times|many times) \
(the size of|as (big|large|long|wide) as|bigger than|larger than) {x}
compared smaller: times=half (the size of|as (big|large|long|wide) as) {x}
compared same: [about|roughly|nearly|almost] (as big as|as large as \
|the same size as|of the same size as \
|with the same size as|equal in size to|similar in size to|about the size of \
|the size of) {x}

nearest: {stat} [the] {nearest} [by|away] [to|from|by|of] {x}
nearest no: {stat} no (closer|nearer|further|farther) [away|off] [to|from] {x}
nearest counted: (counting|counted|starting|if you (count|start)) from {x}
nearest farthest: [the] (most distant|more distant|most remote|further|farther \
|further away|farther away) from {x}
near: {stat} {adv} [down|over|up|out] (near|near to|near of|near from|close to \
|close of|close by|nearby \
|not far from|by|in the vicinity of|in proximity to|in the neighbourhood of \
|a short way from) {x}
near: (runs|running|goes|going|passes|passing|leads|leading) [right|close] \
(past|by) {x}
near: {stat} {adv} past {x}
near next: {stat} {adv} (next to|next of|beside|beside of|besides|adjacent to \
|alongside|next door to \
|neighbouring|neighboring|flanking|hugging|backing onto) {x}
near: {stat} {adv} [waiting|stopped|sitting|hidden] (in front of|behind|in back of \
|at the back of|at the rear of|at the front of|to the rear of|ahead of) {x}
near: (serving|serves|that serve|fronting|overlooking|overlooks|that overlook \
|guarding|supporting|supports|that support|propping \
up|[that] hold up|holds up|holding up) {x}
near order: {stat} {adv} (before|after) {x}
near: {stat} {adv} (shared by|shared with|in the shade of|in the shadow \
of) {x}
near facing: (facing|faces|that face|looking onto|looking out on|looking out over) {x}
near toward: {stat} (on|at|along) the toward=(road|street|river|sea|lake|water|forest \
|beach|harbour|harbor|runway|railway|canal|park|car park) side of {x}
near next: {stat} (at|on|by|along) the (edge|edges|border|borders|margin|margins \
|fringe|fringes|boundary|outskirts) of {x}
near next: (bordered|flanked|fringed|edged|skirted|lined) \
[on (both|either|all|one|two) (side|sides)] (by|with) {x}
near: {stat} [right|just] at the (foot|base|entrance|exit|gate|gates|mouth) (of|to) {x}
near next: {stat} (to|at) the side of {x}
near: {stat} [just] (along the (inside|inner side)|(on|at|along) the \
(outside|outer side)) of {x}
inside: {stat} [just] (on|at) the (inside|inner side) of {x}
near: {stat} within [easy] (walking|striking|shouting) distance of {x}
near: {stat} {adv} (in|on|at|along|inside|within) or (near|next to|beside|close to|by \
|around|just outside) {x}
near touching: (touch|touches|adjoin|adjoins|abut|abuts) {x}
near touching: {stat} {adv} (touching|intersecting|overlapping|adjoining|abutting \
|bordering|attached to \
|in contact with|connected to|connecting to|connecting with|joined to|joined with \
|linked to|linked with|up against) \
{x}
not near: {adv} (away from|far from|far away from|nowhere near|apart from all|remote \
from \
|at a distance from|set back from|separate from|clear of) {x}
along: {stat} [running|strung out|strung|going] (that line|which line|along|lining \
|all along|lining up along|in line along|on both sides of|on either side of \
|either side of|both sides of|along both sides of|at side of|at the side of|by the \
side of|on the side of|on the sides of|at the sides of|on the both sides of \
|to both sides of|at both sides of|on each side of|on both banks of|on either bank of) \
[(the|both) [long|longer|short|shorter] (shore|shores|bank|banks|shoreline|side|sides \
|waterfront|length|course|line) of] {x}
along course: (follow|follows|following|hug|hugs|skirt|skirts|skirting|parallel to) \
[the (edge|side|course|line|curve|bend|bends|length) of] {x}
around: {stat} [grouped|arranged|clustered|gathered] (around|all around|round|circling \
|on all [four] sides of|encircling|ringing|surrounding) {x}
surrounded: [completely|all|nearly|almost|partly] (surrounded by|enclosed by \
|encircled by|ringed by|framed by \
|hemmed in by|surrounded on all sides by|walled in by) {x}
opposite: {stat} [just|right|directly] across the (road|street|river|water|canal) \
from {x}
opposite: {stat} [right|directly] (opposite|opposite to|opposite of|across from) {x}
opposite beyond: {stat} [just|right] (across|beyond|on the other side of \
|on the far side of|on the opposite side of|across the street from|over on the other \
side of) {x}
without: (without|with no|with none of|free of) [any|a|an|the] {x}
lacking: (do not have|does not have|do not show|does not show|have no|has no|having no \
|lacking|lack|lacks) [any]
holding: (containing|holding|filled with|full of|housing|that contain|that contains \
|that hold|that holds) {x}
inside: {stat} [wholly|entirely|fully|completely|totally|partly|partially|mostly] \
(inside|within|in|into|inside of|amid|among|amongst|in amongst \
|in the middle of|in the midst of) {x}
opaque: {stat} {adv} (ahead of|in back of|unlike|in front of|in line with \
|in the shadow of|in the shade of \
|level with \
|at the foot of|at the back of|on the same side (of|as)|in place of|at {each})
opaque: {stat} in [a|an|the] [same|different|similar|various|one|two|three|bright \
|dark] (colour|color|colours|colors|shade|shades|pattern|style)
opaque: {stat} (in|into|forming|making|as) (a|an) (l|v|u|t|square|triangle|circle|arc \
|formation|semicircle|ring|cross|grid|pattern|fan|star|diamond|curve|arrow)
opaque: {stat} in [thin|wide|narrow|white|grey|two|three|four|five|six|several|many] \
(strips|stripes|bands|sections|segments|layers|tiers|terraces|zigzags|waves)
opaque manner: at (a|an|right) (slant|angle|angles|diagonal|tilt)
opaque: on (its|their|the) way (to|from|into|out of|back)
opaque: (of (its|their) own|in [the] (shape|form) of)
opaque end: than ({all}|{other}|the other [one|ones])
opaque end: {stat} {q} {len} [away] (of|from|to) [the|an|any] ((image|picture) {edge}\
|{edge} of {scene}|{frame} ({d} [hand] [{edge}|corner|side]|edge|corner) [of {scene}])
opaque: (coming|driving|going|sailing|heading|moving|turning|pulling|backing) out of
opaque: (ending|ends|end|finishing|tapering|running out|runs out) in
opaque motion: (coming|comes|arriving|arrives|entering|enters|approaching) [in|out] \
from [the] [far] {d}
opaque motion: (under way|underway|under steam|under sail|under tow|under power \
|under repair|under construction|at anchor|at rest|at sea|out at sea|in motion \
|in transit|on the move|out of [the] water|on the go|at speed|at full speed)
opaque: of [the|a|an] (same|different|similar|various|varying|equal|all|other) (size \
|sizes|kind|kinds|type|types|shape|shapes|length|lengths|colour|color|colours|colors \
|height|design)
outside: {stat} [just] (outside|outside of) {x}
inside: (forming|making up|that form|which form|that make up|being part of|is part of \
|are part of|that is part of|that are part of|which is part of) {x}
inside belonging: (belonging to|belong to|belongs to) {x}
inside on: (crossing|(going|goes|leading|leads|running|runs|passing|passes|stretching \
|stretches) [right|straight] across) {x}
inside on: {stat} [down|over|up|out|just|right|directly] (on|on top of|upon|onto) {x}
inside at: {stat} [just|right|directly|up|down|out|over] at {x}
inside at: (driving|moving|going|coming|walking|riding|cycling|travelling|running) \
[straight|right] (down|up) {x}
inside over: {going} over {x}
inside over: (spanning|spans|that span|crosses|that cross|bridging) {x}
inside at: {going} through [the (middle|centre|center|heart) of] {x}
inside at: (moored|tied|tied up|docked|anchored|berthed) to {x}
inside ends: {stat} (at|on) [the] [two|both|either|each] (end|ends) of {x}
inside of: (of|per) {x}
inside on: (encroaching|intruding) (on|onto|upon) {x}
between: {stat} \
[just|right|midway|halfway|squeezed|sandwiched|wedged|nestled|somewhere] \
[in] between {x}
between parting: (that separate|that divide|that connect|that link|separating \
|separates|dividing|divides|parting|connecting|connects \
|linking|links|joining) {x}
middle: [in] between the other (two|ones)
middle: [in] between [the] two (others|other ones)
middle: [in] between the others

isolated: {stat} [out|off|all|sitting|standing|parked] (by itself|on its own \
|by themselves|on their own|alone|all alone|on its lonesome)
isolated bare: [all] (lonely|isolated|solitary|lonesome|in isolation)
isolated: {stat} [set|sitting|lying] [well|far|a bit|away] (away from|apart from|far \
from \
|separate from|separated from|isolated from|detached from|remote from|off from \
|distant from) {other}
isolated: not [part of|in] any (row|group|cluster|line)
group line: {stat} [all] [lined up|arranged|standing] (side by side|abreast|shoulder \
to shoulder)
group line: {stat} [all] [directly|right|just] (behind|in front of) {each}
group line: {stat} [all] [packed|planted|set] in [a|one] {form} (line|lines|rows|file \
|queue|string|chain)
group line: {stat} [all] (lined up|lined up {d} to {d}|in a line|in a row|in one row \
|in one line|in single file \
|in a straight line|in line|in a straight row|in rows|end to end|in the same row \
|in a diagonal row|in a queue|all in a row|queuing|forming a line|forming a row \
|one behind the other|one behind another|one after the other|wing to wing \
|nose to tail|bumper to bumper|bow to stern)
group column: {stat} one [just|right|directly] (above|below|beneath|underneath|under \
|on top of) the other [one]
group line: {stat} one [just|right|directly] (beside|alongside|in front of) the other \
[one]
group cluster: {stat} one [just|right|directly] (next to|near|close to) the other [one]
group column: {stat} (in a column|in one column|one above the other|on top of each \
other \
|stacked vertically|one below the other|stacked one above the other)
group cluster: {stat} (in a group|in a cluster|clustered together|grouped \
together|close together \
|packed together|huddled together|bunched together|clustered|bunched up|closest \
together \
|parked closest together|nearest together|tied together|together|in a block|in a clump)
group cluster: {stat} (next to|beside|near|close to|adjacent to|touching|right next \
to|closest [to] \
|nearest [to]|alongside|that touch) {each}
"""
