"""What can go wrong, as callers may want to tell it apart.

RRSISError
    OptionError    a value the user chose is out of range
    SceneError     the image cannot be opened or placed on the map
    WeightsError   weights are missing, altered or of another model
    DataError      training or evaluation data breaks its format
    OutputError    a result cannot be written where it was wanted
    EngineError    the engine is not installed or lost a shard
    ProtocolError  plugin and worker do not understand each other
    Cancelled      the user asked to stop

A message names the thing, the value and the way out. Runs inside QGIS's
Python: standard library only, 3.9-safe.
"""


class RRSISError(Exception):
    """Any failure rrsis-geo foresees; everything else is a bug."""

    code = "error"
    exit_code = 1


class OptionError(RRSISError, ValueError):
    """A value the user chose is out of range."""

    code = "option"
    exit_code = 2


class SceneError(RRSISError):
    """The image cannot be opened or placed on the map."""

    code = "scene"
    exit_code = 3


class WeightsError(RRSISError):
    """Weights are missing, altered or of another model."""

    code = "weights"
    exit_code = 4


class EngineError(RRSISError):
    """The engine is not installed or lost a shard."""

    code = "engine"
    exit_code = 5


class ProtocolError(RRSISError):
    """Plugin and worker do not understand each other."""

    code = "protocol"
    exit_code = 6


class DataError(RRSISError):
    """Training or evaluation data breaks its format."""

    code = "data"
    exit_code = 7


class OutputError(RRSISError):
    """A result cannot be written where it was wanted."""

    code = "output"
    exit_code = 8


class Cancelled(RRSISError):
    """The user asked to stop."""

    code = "cancelled"
    exit_code = 130
