"""Names and defaults of the algorithms, which models and scripts rely on."""

from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
)

SEGMENT = "rrsis_geo:segmentbytext"
POLYGONS = "rrsis_geo:polygonsfromprobability"


def test_names_of_algorithms_and_parameters_stay(provider):
    """Models and scripts call them by name."""
    names = {
        algorithm.id(): [item.name() for item in algorithm.parameterDefinitions()]
        for algorithm in provider.algorithms()
    }
    shared = ["THRESHOLD", "MIN_AREA", "FILL_HOLES", "SIMPLIFY", "SPLIT"]
    assert names == {
        POLYGONS: ["INPUT", *shared, "OUTPUT"],
        SEGMENT: [
            *("INPUT", "EXPRESSION", "EXTENT", "AREA", "WEIGHTS", *shared),
            *("GSD", "BANDS", "OVERLAP", "DEVICE", "RESOLVE"),
            *("OUTPUT", "PROBABILITY"),
        ],
    }
    for algorithm in provider.algorithms():
        outputs = [output.name() for output in algorithm.outputDefinitions()]
        assert {"OUTPUT", "COUNT"} <= set(outputs)
        assert len(algorithm.shortHelpString()) > 200
        assert all(
            item.help()
            for item in algorithm.parameterDefinitions()
            if item.name() not in ("OUTPUT", "PROBABILITY")
        )


def test_two_bands_are_refused_with_the_label_of_the_parameter(provider, inputs):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(SEGMENT)
    good, why = algorithm.checkParameterValues(
        {
            "INPUT": str(inputs / "demo.tif"),
            "EXPRESSION": "house",
            "BANDS": [1, 2],
            "OUTPUT": "memory:",
        },
        QgsProcessingContext(),
    )

    assert not good
    assert "“Bands shown as red, green, blue”" in why
    assert "--" not in why


def test_defaults_are_those_of_the_core(provider):
    from rrsis_geo_qgis.core.job import SegmentOptions

    algorithm = QgsApplication.processingRegistry().createAlgorithmById(SEGMENT)
    values = SegmentOptions()
    for name in ("THRESHOLD", "MIN_AREA", "FILL_HOLES", "SIMPLIFY", "OVERLAP"):
        given = algorithm.parameterDefinition(name).defaultValue()
        assert given == getattr(values, name.lower())
    assert algorithm.parameterDefinition("DEVICE").defaultValue() == values.device
    assert algorithm.parameterDefinition("RESOLVE").defaultValue() == values.resolve
