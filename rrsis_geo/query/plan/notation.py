"""Writes a plan as a short formula: storage tank | near (road) | largest."""

from __future__ import annotations

from fractions import Fraction

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node

ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}
SHARES = {1 / 2: "half", 1 / 3: "third", 1 / 4: "quarter"}
_SUPERLATIVES = {"area": ("largest", "smallest"), "length": ("longest", "shortest")}
_SUPERLATIVES["width"] = ("widest", "narrowest")
_SUPERLATIVES["number"] = ("most", "fewest")


def notation(node: Node) -> str:
    """The formula of a node: one step after each bar, anchors and parts in brackets."""
    if isinstance(node, n.Find):
        return node.phrase or "?"
    if isinstance(node, n.Union):
        return " or ".join(f"({notation(part)})" for part in node.parts)
    inner = notation(node.of)
    if isinstance(node.of, n.Union):
        inner = f"[{inner}]"
    return f"{inner} | {step_notation(node)}"


def step_notation(node: n.Operator) -> str:
    """One step of the formula."""
    match node:
        case n.InPlace():
            among = " among them" if node.among else ""
            if node.extent in ("part", "far"):
                return f"in {'far ' * (node.extent == 'far')}{node.place}{among}"
            return f"in {node.place} {node.extent}{among}"
        case n.AtEdge():
            return f"{'cut by' if node.cut else 'at'} {node.side or 'any'} edge"
        case n.Extreme():
            if node.rank > 1:
                return f"{_run(node.rank, node.count)} from {node.side}"
            if node.share is not None:
                return f"{node.side}most {share_name(node.share)}"
            return f"{node.side}most{_count(node.count)}"
        case n.Middle():
            name = "most central" if node.of_scene else "middle"
            return f"{name}{_count(node.count)}"
        case n.Sized():
            word = _SUPERLATIVES[node.measure][node.order == "smallest"]
            if node.rank > 1:
                return f"{_run(node.rank, node.count)} {word}"
            return f"{word}{_count(node.count)}"
        case n.SizeClass():
            return node.kind
        case n.With():
            return f"{node.key} {node.value}"
        case n.Shaped():
            return node.shape
        case n.Facing():
            return f"facing {node.side}"
        case n.Measured():
            unit = "m2" if node.measure == "area" else "m"
            return f"{node.measure} {limits(node.low, node.high)} {unit}"
        case n.Compared():
            times = f"{node.factor:g} x " if node.factor != 1 else ""
            return f"{comparison(node)} {times}({notation(node.anchor)})"
        case n.Within():
            span = limits(node.low, node.high)
            return f"{span} m from ({notation(node.anchor)})"
        case n.Distant():
            lead = f"{_run(node.rank, node.count)} " if node.rank > 1 else ""
            count = "" if node.rank > 1 else _count(node.count)
            to = "to" if node.order == "closest" else "from"
            return f"{lead}{node.order}{count} {to} ({notation(node.anchor)})"
        case n.Beside():
            how = "" if node.how == "beyond" else f"{node.how} "
            return f"{how}{node.side} of ({notation(node.anchor)})"
        case n.Between():
            second = f" ({notation(node.second)})" if node.second else ""
            return f"between ({notation(node.first)}){second}"
        case n.Grouped():
            more = " or more" if node.or_more else ""
            return node.form + (f" of {node.count}{more}" if node.count else "")
        case n.Members():
            return "members of each" if node.each else "members"
        case n.Isolated():
            return "isolated"
        case n.Counted():
            return str(node.number) if node.definite else f"any {node.number}"
        case n.Except():
            return f"except ({notation(node.without)})"
        case n.Opposite():
            word = "across" if node.beyond else "opposite"
            return f"{word} ({notation(node.anchor)})"
        case n.Near():
            word = {"near": "near", "next": "next to", "touching": "touching"}[node.how]
            return f"{word} ({notation(node.anchor)})"
        case n.Inside():
            return f"{node.how} ({notation(node.anchor)})"
        case n.Along() | n.Around() | n.Surrounded() | n.Holding():
            return f"{type(node).__name__.lower()} ({notation(node.anchor)})"


_COMPARATIVES = {"area": ("larger", "smaller"), "length": ("longer", "shorter")}
_COMPARATIVES["width"] = ("wider", "narrower")
_EQUAL = {"area": "size of", "length": "as long as", "width": "as wide as"}


def comparison(node: n.Compared) -> str:
    """ "longer than", "size of"."""
    if node.order == "same":
        return _EQUAL[node.measure]
    return f"{_COMPARATIVES[node.measure][node.order == 'smaller']} than"


def share_name(share: float) -> str:
    """ "half", "2/3"."""
    part = Fraction(share).limit_denominator(20)
    return SHARES.get(share, f"{part.numerator}/{part.denominator}")


def limits(low: float | None, high: float | None) -> str:
    """The formula of a range."""
    if low is None:
        return f"<= {_number(high)}"
    return f">= {_number(low)}" if high is None else f"{_number(low)}..{_number(high)}"


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.6g}"


def _count(count: int) -> str:
    return f" {count}" if count > 1 else ""


def _run(rank: int, count: int) -> str:
    first = ORDINALS.get(rank, f"{rank}th")
    if count == 1:
        return first
    last = rank + count - 1
    return f"{first}-{ORDINALS.get(last, f'{last}th')}"
