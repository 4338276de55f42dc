"""The rules of distances, lengths and areas, in the pattern language of `grammar`.

What follows a quantity, as in "20 m or less", and two limits of one quantity stand
before it when these rules see them (`tokenizer.quantity_limits`).
"""

from __future__ import annotations

OVER = (
    "over|more than|greater than|above|at least|exceeding|exceeds|exceed"
    "|no less than|not less than|upwards of|beyond|farther than|further than"
    "|no closer than|not closer than|no nearer than|not nearer than"
)
"""Words before a lower limit; comparatives of size have rules of their own."""

UNDER = (
    "under|less than|below|at most|up to|no more than|not more than|within|inside"
    "|closer than|nearer than|no further than|no farther than|not further than"
    "|not farther than|fewer than"
)
"""Words before an upper limit, likewise."""

MACROS = {
    "over": f"over=({OVER})",
    "under": f"under=({UNDER})",
    "about": "about=(about|around|approximately|roughly|some|circa|exactly|only"
    "|almost)",
    "q": "[{over}|{under}|{about}]",
    "to": "(and|to|up to)",
    "lengths": "low=({n}|{amount}|{len}) {to} {len}",
    "areas": "low=({n}|{amount}|{area}) {to} {area}",
    "long": "measure=(long|wide|across|broad|in diameter|in length|in width|in size"
    "|in perimeter|diameter|thick)",
    "measures": "[maximum|minimum|max|min] measure=(diameter|length|width|perimeter"
    "|circumference|span|wingspan|loa)",
    "surface": "[maximum|minimum|max|min] (area|footprint|size|surface|surface area"
    "|floor area|floor space|extent|ground area)",
}

RULES = """
apart: [spaced|placed|separated] [at|with|by] [a|an] \
[distance|distances|spacing|gap] [of] {q} {len} (apart|to each other \
|to one another|from each other|from one another|between them|away from each other \
|of each other|of one another)
apart: [at|with] [a|an] [distance|distances|spacing|gap] [of] [between|from] \
{lengths} (apart|from each other|from one another)
within: {stat} {q} {len} [away] (of|from|to|around|off) {x}
within: {stat} [within|in|inside|at] [a|the] [maximum|minimum] [distance|radius|range] \
[of] {q} {len} [distance|radius|range|buffer|corridor|strip|zone] [away] \
(of|from|to|around|along) {x}
within: {stat} [between|from|at|within|in] [a] [distance] [of] [between] {lengths} \
[distance] [away] (of|from|to) {x}

measured: [with|covering] {q} {area} [[in|of] {surface}|large|big]
measured: [with|having] [a|an] {surface} [of] {q} {area}
measured: of {q} {area} [in {surface}]
measured: [with|having] [a|an] [{surface}] [of] [between|from] {areas} [in {surface}]
measured: [of|measuring] {q} {len} {long}
measured: whose {surface} [is|are|lies|measures] {q} {area}
measured: whose {surface} [is|are|lies] [between|from] {areas}
measured: whose {measures} [is|are|lies|measures] {q} {len}
measured: whose {measures} [is|are|lies] [between|from] {lengths}
measured end: [of] [between|from] {lengths}
measured end: over=(over|more than|exceeding|above|at least) {len}
measured end: under=(under|less than|below|at most|up to|no more than) {len}
measured: [with|having|of] [a|an] {measures} [of] {q} {len}
measured: [with|having|of] [a|an] {measures} [of] [between|from] {lengths}
measured: [with|having|of] [a|an] {q} {len} [in] {measures}
measured: [of] [between|from] {lengths} {long}
measured: [of] [between|from] {lengths} [in] {measures}
most by: [sorted|ranked|ordered|measured|judged] (by|in|in terms of|according to) \
[the|its|their] [total|overall|ground] ({surface}|{measures})
most clearly: by (far|a long way)
measured not: no {cmp} than ({len}|{area}) [{long}|in {surface}]
measured: {cmp} than ({len}|{area}) [{long}|in {surface}]
"""
