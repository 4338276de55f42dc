"""An expression to a plan: phrases for the network, operators for the map."""

from rrsis_geo.query.plan import Plan

__all__ = ["Plan"]
