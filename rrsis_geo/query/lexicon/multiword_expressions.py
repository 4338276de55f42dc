"""Multiword expressions, such as "tower block", that stay with the network."""

_EXPRESSIONS = """
city centre | city center | town centre | town center | shopping centre | shopping
center | sports centre | sports center | data centre | data center |
body of water | bodies of water | apartment block | apartment blocks |
big box | big top | big wheel | block of flats
| block paving | blocks of flats | bottom paint | center field | center pivot |
center pivots | central park | central reservation | central station | centre field
| centre pivot | chain link | city block | cluster bomb | cluster housing | column
base | concrete block | concrete blocks | corner flag | corner kick | corner shop |
corner shops | cut grass | east african | east coast | file cabinet |
first aid | first base | first class | first floor | front row | great circle |
great lakes | group home | half moon | high rise | home plate | housing block |
large scale | left field | left turn | left turns | line marking | line markings |
line painter | little house | little league | long distance | lower deck | middle
class | middle lane | middle school | middle schools | north american | north pole |
north sea | north shore | office block | office blocks | quarter circle | right
angle | right angled | right angles | right field | right of way | right turn |
right turns | right whale | row home | row homes | row house | row houses | second
base | second hand | set square | short cut | side street | single engine | single
family | single lane | single storey | single story | single track | small scale |
south african | south american | south pole | string art | third base | third party
| top coat | top soil | top view | tower block | tower blocks | upper deck | west
african | west coast | track and field | big rig | big rigs |
tennis center | tennis centre | distribution center | distribution centre |
logistics center | logistics centre | field of play | fields of play
"""

COMPOUNDS = frozenset(tuple(words.split()) for words in _EXPRESSIONS.split("|"))
FIRST_WORDS = frozenset(words[0] for words in COMPOUNDS)
