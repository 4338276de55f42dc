"""What Processing adds to the project: named by the question, with few digits."""

import pytest
from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
)

SEGMENT = "rrsis_geo:segmentbytext"


@pytest.fixture
def algorithm(provider):
    """The algorithm "Segment by text", with a working environment."""
    return QgsApplication.processingRegistry().createAlgorithmById(SEGMENT)


class Feedback(QgsProcessingFeedback):
    """Keeps what is said of the progress."""

    def __init__(self):
        super().__init__()
        self.progress_texts = []

    def setProgressText(self, text):  # the name is QGIS's
        self.progress_texts.append(text)


def test_a_result_is_named_by_its_question(
    algorithm, inputs, qgis_new_project, tmp_path
):
    project = QgsProject.instance()
    context, feedback = QgsProcessingContext(), Feedback()
    context.setProject(project)
    output = QgsProcessingOutputLayerDefinition(str(tmp_path / "out.gpkg"), project)
    results, good = algorithm.run(
        {
            "INPUT": str(inputs / "demo.tif"),
            "EXPRESSION": "storage tank\nbuilding",
            "WEIGHTS": str(inputs / "tiny.safetensors"),
            "OUTPUT": output,
        },
        context,
        feedback,
    )

    assert good, feedback.textLog()
    (details,) = context.layersToLoadOnCompletion().values()
    assert details.name == "storage tank; building"
    assert results["OUTPUT"].startswith(str(tmp_path))
    assert any("left" in text for text in feedback.progress_texts)
    assert algorithm.helpUrl().startswith("https://")
