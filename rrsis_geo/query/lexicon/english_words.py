"""English words that look like misspellings of words the grammar knows.

Written by scripts/english_words.py.
"""

from rrsis_geo.query.lexicon.vocabulary import words

ENGLISH_WORDS = words(
    """
aaron abroad accordion ache acid adams africa aground ahmad ahmed aide aims aires
airline airlines aisle allen alloy ally alter alto america americas amidst amir
angel angeles angels angie anglo ankle ankles anne aren aria arid arise army arrange
arranger arrive arrived ashore astern atletico atoll attacked avery avid awaiting
babe bach badge bags bahn bail bald bale bales band bang banker bark barking barks
barnes baron barr barrow bars bart basel basic basil basis bass bates bath bats
beads beast beat beating beats beck beds bedside beech bell bench benches bendy bent
benz bern bert beth bight bill bind binding bing birth births blake blank blend
blight blink blinked blinking bloc blood blow blown blows blur blush boar bodied
bogs bois bolt bolts bond bonds bones book books boom boot booth boots bore boring
born boss bother bout bowl bowls boxy boyd boys brace brad brands breach bread bride
bridget bring bringing brings broadway brock brody brooke broom brow browne brows
brush buck build bulky bull bumped bund bunds burn burns busch bushy bust busy butch
byre byroad cain call calls came cane cannes canon cans caps cara card cards care
cares carl carlo carports carr carriage carrie carries cart carts carved carving
cass cast cats cave caves cays cello centro cesar chair chairs chan chancel chat
cheek cheeks chin chopped chose clad clan clans clapped clary clash claus claw claws
clean cleaning clement clipper clone closet clover clown clue clues clutter code
codes coding coil coke cola cole collecting collections colon colt coma comb combine
combines comet como compare comte cone congo connection conner considerable
constructing continuing contract cooking cool coop cope copies copper cops coral
core corp corpse corpses cost costs cote couch counter county coupe couples covert
crap crate creed creep crest crow crowd crowds cubs cups cure curled curling curse
cursed cursing curt curvy cute dagger dame damn damp dana dans dare dart date dawn
days deal deception denise desk destroyed dial dick dies diet dinner dire dirk dirty
district divider divine diving doesn dogs domes donor doom dose dots dover dozer
drafted drain draw draws driver drivers drown drug drugs duck ducked ducks duel dull
dumped ease easter eden edit editing elise elle emile emotion encircles encloses
enter entirety esther ethan evan evans event ever exciting exemption exist existing
extant extend fact factor factors facts fade fading fairfield fake fall fallow fame
famed fare fate father faye feast feat feed feel fees fell fellow fellows felt
ferris fest fever fiat fight files fill film filmed fine fined finn fins firm firms
fist fits flakes flame flax flee flies float floats floe flood flour flow flower
flown flute flux foam fond font food fool forcing ford fords fore forge forged
forgot fork formations forrest fort forth forts forum foul frank fred fridge frog
frost frowning fund gabe gage gain gale game games garbage garde gary gases gave
gaze giants glade glass glove gloves gods goin gong good gould grab grabs grace
grader grady gram gran grande grange grant grape grasp grassy grave graves greek
greeks greene greenhouse greet greg grew grim grin grip groove gross grows guardian
hadn hail hale halle hallway halo halt handy hang hank hans hara hardy hare harm
harp harrow hart hate hats haul haven haze healed healing hear heard hearing hears
heat heated heating hedge hedges held hell helm help helps herb herd hero hers hill
hills hind hips hire hiss hive hogs holden hole holes holmes holt holy homer hood
hook hooks hope hopes hops horse horses howe hubs hugh hugo hull hulls hurts idle
indo info inland inter intro jess jett jews jones judge judges kids kinda kings kink
kirk lace lakers lana lance lang larry last late lawyers layer laying lead leaking
leans leapt learning lease ledge leeds legs lend lending lengthy lens lent leone
lest lets levee lever lick licked licking lids life lift like liked likes liking
lima limb limbs lime limp linear linen ling lips litter live lived lively liver
lives living loading loads locate lock locking locks loft lofts logs lois look looks
loom looming loos lore lose loser loss lost lotus love lovely lover lowe luck luke
lung mace mage maid mail maine maker male males mali malone mandy manger manly mann
manned manny mans mare maria marian marin marine marines marino marion mars martin
marvin mary mast mate mater mating maze meander mere meres meyer mice mike mild milk
mina mine miner miners mines minh mini mint minutes mire mist mixed moan moat mode
moist mole moles mono mont month mood moor moore mornings morse moss moth mother
mothers movie mowing mown mule must neal neatly neighbor neighborhood neighborhoods
neighbour neither nest nested newer nice nike nile nina node nodes noise noises nope
norse note noted notes noting oats odor officer oily older operating oppose oral
otto oven owen owing oxen pace paced pacing pack packet packing packs pact page paid
pain palace pane panes pans panting pants para paris parker paso pass passed paste
patch patches pathetic patron pats patty pauses pavel paying pays peace peach peck
peer peers pending photography pike pile piles pilot pilots pinch ping pins pipe
piper pipes pitcher placing plan planet planets plank planks planned plans plata
plato players pleading plow poet poets point pointy poker polar poll polling polls
polo poly pong pont pony poole poor pope pops popular pork porto pose post posts
posture pots pound pounds powder pray praying preaching prep preservation
presidential print printed printer printing prints prof proof propelled proto pune
punk racer rack rafe rafter rage raid raids rain rains raise rama ramos rams rang
ranger ranging rape rare rate rated raul reach reached read reads real reception
remove rent residency ribs rice ride rider riders riga rights rink rinks risen
rising risk rite rivera roar rods room rooms root roots rose ross roster rover
rovers rubs ruby ruins runaway russ rust rusting sack sacked sacks safe sage said
sake sale salmon salon sami sampling sand sands sant saul says scaly scan scanning
scar scare scared scars scent score scores scots scouting scow scream screams scree
seal seals seam sean sears seat seats seconds sedge seed seeds seek seem sees
segment seize sending sends separation serie server servers sets setting shady shake
shakes shaking shale shall shame shan shane shark sharks sharp shaw shay shea sheen
shin shingle shire shirt shirts shock shoe shoes shone shoot shooter shooting shout
shove shoving shown shrug shut shutting silas silk sill silt silvery sims sino sins
sire skate skin skis slack slade slap slater slave sled slid slide slides sliding
slight slim slipping slit sliver sloop slot slots slow slower slowing smacked smacks
smart smell smile smiles smiling snack snail snake snip snorted snow soft sole solo
sore sort sorts soul souther sowing spain spare spared spark sparked sparks spat
sped spend spice spin spine spinning spit spite spits spoil sport spread spring
springs spun squad squeeze stab stacy stade stair stake stakes stalked stan stare
stares stark starr starring startling starving state states steal stealing steep
stein stem stepped steven stick sticks sties stiff still sting stir stock stocks
stoke stokes stole stone stones stony stool stopping stories storm storms stove
strain strains strand strands strap straps stray streak streaks strikes stripe
striped stroking strong struck stuart stuck stung subs sudan sued suite suites suits
supper swam swan sway swell swimmer swing swore syed tack tale talk talks tall tamil
tang tangled tanner tape tapes tarn tarns task tasks taxes teach team teams tear
teen teens tees teeth tell tends tent tents term thai thank thanks thaw thee theme
then theo they thicker thickest thigh thing think thom thorough though threw thus
tick ticket tickets tide tided tides tier ties tigers till time tina tipped tips
tire tired tires title toes told tones tons tony tool torch torn tors toss tough
towed towel tows toys trace traces tract tracy trail trailed trails trainer trait
traitor transmit transported trap trawled tray trek trey trick tricks tried tries
trim trip trips troll trough truce true trunk tsar tubs tuck tucker tuned tuning
turin turks turner twin twist tyne tyre upward valley valleys vary vats venus vera
verb viet viewer village villagers viola violated violation visibly wade wages
waiter wakes waking wales walked wall wallet walter walters wang wanting ware
wasting wave waved wear wears weaving wedge weight weird weiss went weren wheat
while wife wild wilde wilder will windy wine wines wink winner winning wins wipe
wire wise wish witch wives wong woody wool word words wore worship wren wright write
writing zane
"""
)
