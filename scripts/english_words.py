"""Write query/lexicon/english_words.py after a change of the lexicon or the grammar.

    python scripts/english_words.py

The words are those of the default weights' vocabulary, and a few more, that
`rrsis_geo.query.tokenizer.spelling` would otherwise take for misspellings.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

import rrsis_geo
from rrsis_geo.model.serialization.header import read_header
from rrsis_geo.query.tokenizer import spelling

MORE = """
slanted slanting queued decked outlier outliers teal diagonally seam lest bore boar
boats bight blight tang tack ridge ridges fudge budge badge carts curt plank planks pane
panes plain plains snip whip chip chips shin pines pears peer peers booth booths bout
bolts goat goats moat moats engines souther coals glass glasses roofing docking decking
mooring lining linings staging crated grated grassed tracked bridged harboured rowed
"""

RUDE = {"bitch", "shit", "cunt", "whore"}

HEAD = '''"""English words that look like misspellings of words the grammar knows.

Written by scripts/english_words.py.
"""

from rrsis_geo.query.lexicon.vocabulary import words

ENGLISH_WORDS = words(
    """
'''


def main() -> None:
    """Write the module."""
    package = Path(rrsis_geo.__file__).parent
    table = read_header("default").vocabulary
    words = {word for word in (*table, *MORE.split()) if word.isalpha()}
    spelling.ENGLISH_WORDS = frozenset()
    misread = sorted(
        word
        for word in words - RUDE
        if word.isascii() and spelling.correct_spelling(word) != word
        if word not in spelling.COMMON_TYPOS
    )
    text = textwrap.fill(" ".join(misread), 84)
    (package / "query/lexicon/english_words.py").write_text(f'{HEAD}{text}\n"""\n)\n')


if __name__ == "__main__":
    main()
