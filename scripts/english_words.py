"""Write query/lexicon/english_words.py after a change of the lexicon or the grammar.

    python scripts/english_words.py

The list holds the words of the default weights' vocabulary, and a few more, that
`rrsis_geo.query.tokenizer.spelling` would otherwise correct as misspellings.
"""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

import rrsis_geo
from rrsis_geo.model.serialization.header import read_header
from rrsis_geo.query.tokenizer import spelling

MORE_WORDS = """
slanted slanting queued decked outlier outliers teal diagonally seam lest bore boar
boats bight blight tang tack ridge ridges fudge budge badge carts curt plank planks pane
panes plain plains snip whip chip chips shin pines pears peer peers booth booths bout
bolts goat goats moat moats engines souther coals glass glasses roofing docking decking
mooring lining linings staging crated grated grassed tracked bridged harboured rowed
terraced terraces squared ferris malls silvery bushy encircles pats scaly streaks tided
clipper clippers housings flakes windy looming pong pedestrians byroad mowing tidy
nested neighbourhoods intersecting loos tents yurts camels sheep snakes igloos barns
churches lighthouses snowmen statues windows doors wells graves benches swings slides
kites geese bales haystacks fences dumpsters sandbags sandpits trenches craters pylons
masts orchards hedges hedgerows groves lawns lawnmowers kiosks carports pagodas minarets
pits mines mills lofts tarns moles smacks rigs shacks firs coasters lighters launches
rafts punts fens folds hills hulls walls balls bulks barks parts carts corks forks
floats looks loops looping looped thickest chopped thicker
shady shaded sunny striped segment segmented twin twins windings wounded widening
shaped curved curled carved staged spread storied trawled sliver slivers encloses
aground atoll bale beech bogs broom bund bunds byre cays comb coop crate dozer fallow
flax floe forge glade grader harrow hive hogs hops hubs ledge leaking levee loom
manger mangers meander meres mire mown mule oats oily oxen pans plow rafter reefer
rinks rusting scree scow sedge sheen shingle sill silt skate skip skis slate sled
sloop sowing spits spoil stair sties subs tarn tees thaw tides tors tows tract trough
tubs tyre vats abreast astern bendy bulky boxy clutter curvy divider fords kink mini
mint pitcher pointy propeller rubs
"""

OFFENSIVE = {"bitch", "shit", "cunt", "whore"}

HEAD = '''"""English words that look like misspellings of words the grammar knows.

Written by scripts/english_words.py.
"""

from rrsis_geo.query.lexicon.vocabulary import words

ENGLISH_WORDS = words(
    """
'''


def main() -> None:
    """Write the module."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    package = Path(rrsis_geo.__file__).parent
    vocabulary = read_header("default").vocabulary
    words = {word for word in (*vocabulary, *MORE_WORDS.split()) if word.isalpha()}
    spelling.ENGLISH_WORDS = frozenset()
    corrected = sorted(
        word
        for word in words - OFFENSIVE
        if word.isascii() and spelling.correct_spelling(word) != word
        if word not in spelling.COMMON_TYPOS
    )
    text = textwrap.fill(" ".join(corrected), 84)
    (package / "query/lexicon/english_words.py").write_text(f'{HEAD}{text}\n"""\n)\n')


if __name__ == "__main__":
    main()
