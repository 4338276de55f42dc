"""Puts a plan into words, as shown below the field of the expression."""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.language.directions import is_compass
from rrsis_geo.language.nodes import Node
from rrsis_geo.query.plan.notation import ORDINALS, comparison, share_name

_SIZE = {"area": ("largest", "smallest"), "length": ("longest", "shortest")}
_SIZE["width"] = ("widest", "narrowest")
_SIZE["number"] = ("one with the most", "one with the fewest")
_FORM = {"line": "lines", "row": "rows", "column": "columns", "cluster": "groups"}


def describe(node: Node) -> str:
    """One line: what is found, then what each operator keeps of it."""
    if isinstance(node, n.Find):
        return f"find {_named(node)}"
    if isinstance(node, n.Union):
        return " together with ".join(_bracketed(part) for part in node.parts)
    head = _bracketed(node.of) if isinstance(node.of, n.Union) else describe(node.of)
    return f"{head}; {describe_step(node)}"


def describe_step(node: n.Operator) -> str:
    """What one operator keeps."""
    match node:
        case n.InPlace():
            return f"keep those {_place(node)}"
        case n.AtEdge():
            where = f"the {node.side} edge" if node.side else "the edge"
            return f"keep those {'cut by' if node.cut else 'at'} {where} of the scene"
        case n.Extreme():
            if node.rank > 1:
                return f"keep {_ranked(node.rank, node.count)} from the {node.side}"
            if node.share is not None:
                part = share_name(node.share)
                return f"keep {part} of them, {_farthest(node.side)}"
            return f"keep {_several(node.count)} {_farthest(node.side)}"
        case n.Middle():
            where = "in the middle of their line"
            if node.of_scene:
                where = "nearest the centre of the scene"
            return f"keep {_several(node.count)} {where}"
        case n.Sized():
            word = _SIZE[node.measure][node.order == "smallest"]
            if node.rank > 1:
                return f"keep {_ranked(node.rank, node.count)} {word}"
            return f"keep the {word}" + (f" {node.count}" if node.count > 1 else "")
        case n.SizeClass():
            return f"keep the {node.kind} ones"
        case n.With():
            return f"keep those with {node.key} {node.value}"
        case n.Shaped():
            return f"keep the {node.shape} ones"
        case n.Facing():
            return f"keep those facing {_towards(node.side)}"
        case n.Measured():
            unit = "m\N{SUPERSCRIPT TWO}" if node.measure == "area" else "m"
            return f"keep those of {node.measure} {_range(node.low, node.high, unit)}"
        case n.Grouped():
            of = f" of {node.count}" if node.count else ""
            of += " or more" if node.or_more else ""
            return f"gather {_FORM[node.form]}{of}"
        case n.Members():
            return "take the members of each" if node.each else "take their members"
        case n.Isolated():
            return "keep those far from the others"
        case n.Counted():
            if node.definite and node.number == 1:
                return "one is meant"
            return f"{node.number} {'are meant' if node.definite else 'will do'}"
        case n.Except():
            return f"leave out {_without(node)}"
    return f"keep {_related(node)}"


def _related(node: n.Operator) -> str:
    match node:
        case n.Distant():
            to = "to" if node.order == "closest" else "from"
            lead = _several(node.count)
            if node.rank > 1:
                lead = _ranked(node.rank, node.count)
            return f"{lead} {node.order} {to} {_anchor(node.anchor)}"
        case n.Within():
            span = _range(node.low, node.high, "m")
            return f"those {span} from {_anchor(node.anchor)}"
        case n.Compared():
            word = comparison(node).replace("size of", "as large as")
            times = f"{node.factor:g} times " if node.factor != 1 else ""
            return f"those {word} {times}{_anchor(node.anchor)}"
        case n.Beside():
            side = {"top": "above", "bottom": "below"}.get(node.side, f"{node.side} of")
            if node.how == "at":
                return f"those at the {node.side} of {_anchor(node.anchor)}"
            how = "just " if node.how == "just" else ""
            return f"those {how}{side} {_anchor(node.anchor)}"
        case n.Between():
            second = f" and {_anchor(node.second)}" if node.second else ""
            return f"those between {_anchor(node.first)}{second}"
        case n.Near():
            word = {"near": "near", "next": "next to", "touching": "touching"}[node.how]
            return f"those {word} {_anchor(node.anchor)}"
        case n.Inside():
            return f"those {node.how} {_anchor(node.anchor)}"
        case n.Opposite():
            word = "on the other side of" if node.beyond else "opposite"
            return f"those {word} {_anchor(node.anchor)}"
        case n.Along():
            return f"those along {_anchor(node.anchor)}"
        case n.Around():
            return f"those around {_anchor(node.anchor)}"
        case n.Surrounded():
            return f"those surrounded by {_anchor(node.anchor)}"
        case n.Holding():
            return f"those with {_anchor(node.anchor)} in them"
    raise TypeError(f"no description of {type(node).__name__}")


def _anchor(node: Node) -> str:
    return _named(node) if isinstance(node, n.Find) else _bracketed(node)


def _named(find: n.Find) -> str:
    """A phrase, with the layer of the user's that answers it."""
    return f'"{find.phrase}"' + (f" (layer {find.layer})" if find.layer else "")


def _without(node: n.Except) -> str:
    """What is left out; only the last steps where it is chosen from the same set."""
    steps: list[str] = []
    inner = node.without
    while inner != node.of:
        if isinstance(inner, n.Find | n.Union):
            return _anchor(node.without)
        steps.append(describe_step(inner).removeprefix("keep "))
        inner = inner.of
    return "; ".join(reversed(steps))


def _bracketed(node: Node) -> str:
    return f"({describe(node)})"


def _place(node: n.InPlace) -> str:
    of = "among all of them" if node.among else "of the scene"
    if node.place == "centre":
        return f"in the centre {of}"
    side = node.place.replace(" ", "-") if is_compass(node.place) else node.place
    if node.extent == "far":
        return f"at the far {side} {of}"
    if node.extent != "part":
        return f"in the {side} {node.extent} {of}"
    lead = "in" if is_compass(node.place) or " " in node.place else "at"
    return f"{lead} the {side} {of}"


def _farthest(side: str) -> str:
    if side in ("top", "bottom"):
        return f"nearest the {side}"
    to = "" if is_compass(side) else "to the "
    return f"farthest {to}{side.replace(' ', '-')}"


def _towards(side: str) -> str:
    name = {"top": "up", "bottom": "down"}.get(side, side.replace(" ", "-"))
    return f"the {name}" if " " in side and not is_compass(side) else name


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None:
        one, word = (low, "at least") if high is None else (high, "at most")
        return f"{word} {one:.6g} {unit}"
    return f"{low:.6g} to {high:.6g} {unit}"


def _several(count: int) -> str:
    return "the one" if count == 1 else f"the {count}"


def _ranked(rank: int, count: int) -> str:
    first = f"the {ORDINALS.get(rank, f'{rank}th')}"
    if count == 1:
        return first
    last = rank + count - 1
    return f"{first} to {ORDINALS.get(last, f'{last}th')}"
