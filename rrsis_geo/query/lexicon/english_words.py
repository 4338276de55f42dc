"""English words that look like misspellings of words the grammar knows.

Written by scripts/english_words.py.
"""

from rrsis_geo.query.lexicon.vocabulary import words

ENGLISH_WORDS = words(
    """
aaron abroad ache acid adams africa africans ahmad ahmed aide aided aired aires
airline airlines aisle allen alloy ally alter alto america americans americas amidst
amir amounts anchors angel angeles angels angie anglo ankle ankles apartments aren
aria arid arise armed arrange arranger ashore atletico attacked avery avid awaiting
babe bach backs badge bags bail bald balls band bands bang banker banking bark
barking barn barnes barr bars bart based basel bases bass bath bats beast beat
beating beats beck bedside beings bell bench benches bert beth bight bill bing birth
births blacks blake blank blight blink bloc blood blow blown blues blur blush boar
bodied boeing bolt bolts bombed bombs bones book books boom boot booth boots bore
bother bout boyd boys brad breach bread bride bridged bridget bring bringing brings
broadway brock brody brooke brow browne browns brows brush buck build bull bumped
busch bushy bust busy butch byroad cain cane cans caps cara card cards care cares
carl carlo carports carr carriage carrie carried carries cart carts cass cast cats
centers centred centres centro chair chairs chan chat cheek cheeks chin chose
circled clad clan clans clapped clary clash claus claw claws clean cleaning clipper
clone closed closes closet clover clown coached coal coats collecting collections
colon colors colours colt combine combines compare conner contacts contained
continuing contract copper corp cost costs cottage couch counter counts county coupe
coupled couples cover crafted crap creed creep crest crops crow crowd crowds cruiser
cubs currents curse curt dame damn damp dana dans dare dart date dawn days deal
deception decked decks deed deer desk dial dick diet dire dirk dirty diving donor
doom doors doubled doubles dover downs dozens drafted drain draw draws driver
drivers drown duck ducked ducks duel dull ease easter easy elise elle emile emotion
encircles engined engines equals esther ethan evans every exceptions excluded
exemption extant extend faced fact facts fade fading fairfield fake fall fame famed
fare farming fate father faye feast feat feed feel fees fell felt ferris fest fever
fiat fight filed files fill film filmed finds fine fined fingers finn fins fire firm
firms fist flags flakes flame flee flies flights float flood floors flour flower
foam fond font food fool forcing ford fore fork formations forms forrest fort forth
forts forum foul frames frank fridge frog frost fully fund garage gary giants glass
goin gong good gould grab grabs grady gram gran grange grant grasp grassy greek
greeks greene greenhouse greet greg grew gross grows gulf hadn hale hall hallway
halo halt hands handy hang hank hans hara hardy hare harm harp hart hats healed
healing heard hearing heated heating hedge hedges height held herd hind hits holden
holdings hole holes holmes holt holy homer hood hook hooks hope hopes horse horses
housed housings howe hugh hugo hundreds hurts idle ignored images indo info inland
insides intersecting intro jess jett jews jones kicks kirk lace lakers lana lance
land landings lands lang larry last late laying leading leagues leapt learning lease
ledge legs lending lengths lengthy lens lent leone lest lets levels lever lick lids
lied life lift lights like liked likes liking lime limits linen liner ling linings
linked linking links lips litter live lived lively liver lives living locate locking
loft logs lois looming loos lore lose loser loss lost lotus love lovely lover lowe
luke lung mace mage maid mail maine maker makes male males mall malls malone mann
mare maria marian marin marine marines marino marion mars martin marvin mast mate
mater mating maze mere metro meyer mice mike mild milk millions minds mine mines
minutes mist moan moat mode moist mole mono mont mood moor moore mornings morse moss
mother mothers motions motors move mowing must narrowed neal neat neatly
neighborhood neighborhoods neighbourhoods neither nest nested nice nike nile nina
node nodes noise noises none nope norse note noted notes numbers odor officer
offices operating operations oral otto outdoors oven overs owing pace paced pacing
pack packet packing packs pact page paid pain painted painters painting palace pane
panes pants para paris parker parted paso pass passengers paste patch patches
pathetic patrol pats patty pavel paying pays peace peach pedestrians peer peers
peoples photographs photography photos pick picked pictured pictures pile pilot
pilots pinch pine ping pins piper pitched pitcher pius places placing plan planet
planets plank planks plans plant plants plata plates plato played pleased plug point
poles poll polls polo poly pong pont pony poole poor pope pops pork port portions
ports pose post posture pots pound pounds praying preaching prep preservation print
printed printer printing prints prof proof propelled proto punk rage raid rails rain
raise rama ramos rams rang ranged ranger ranges ranging rated raul reach read
readings reads reception regions remove rent reservations rests rice ride rider
riders rights rink risen rises risk rite rivera roar rods room rooms root roots rose
ross roster rounds rover rovers ruby runaway rust sack sacked sacks safe sage sail
sake sale salmon salon sami sand sands satellites saved saves scaled scales scaly
scan scare scars scenes scent score scores scouting scream screams screens scrub
seal seals seam sean sears seat seats seconds sections sectors seed seeds seek seem
sees seize semi separates serie serves serviced services sets setting sevens shaded
shades shadows shake shale shall shame shan shane shape shared shares shark sharp
shaw shea shin shire shirt shoe shoes shone shoot shooter shorts shots shoulders
shout shove shoving shown shows shrug shut sided silas silk silvery sims singles
sino sins sire site sites sized sizes skin slack slade slap slave slid slide slides
slight slim slipping slit slot slots slow slower slowing smacked smell smile smiles
smiling snack snip snow soft soils sole solo sore sort sorts soul souther spaced
spaces spain spans spare spark sparked sparks spat sped spice spin sport spot spots
spring springs spun squad squared squares squeeze stab stacy stade staged stake
stakes stalked stall stan standings star stare stares staring stark starring start
startling starving state states stating stay steal stealing steam steep stein stem
steps steven stick sticks sting stock stocks stony stool stop stopping stops store
stored stores storm strain strains strand strands strap straps streak streaks
streaming striking stripe stripes strong struck structured stuck stung sudan sued
suits suns supper surfaced surroundings swan swell swimmer swing swore syed tack
tale talk talks tall tamil tang tangled tanner task tasks taxes teach team tear teen
teens teeth tell tent tents terraced thai thank thanks thee theirs theme then theo
they thigh thin think thirds thom thorough though thousands threw thus tick tide
tided tidy tier ties tiled tiles till tilt time tina tire tired title told tones
tony tool torch torn tough towed towel towers towns trace traces tract tracy trail
trailed trails trainer trains trait traitor trek trey trick tricks tried tries trim
trip triple trips troll truce true trunk tuck tucker tuned tuning turf turin turks
turner upward valley valleys vary vera verb viet viewer views village villagers
viola violated visibly wade waiter walked wall wallet walter walters wang wanting
ware wasting wear wears weaving wedge weight weird weiss wells went weren whales
wheat wheels while whites wife wild wilde wilder will winds windy wine wings wink
wins wipe wire wise wish witch wong woody wool word words wore worship wren wright
write writing yours zane zones
"""
)
