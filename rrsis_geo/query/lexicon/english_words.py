"""English words that look like misspellings of words the grammar knows.

Written by scripts/english_words.py.
"""

from rrsis_geo.query.lexicon.vocabulary import words

ENGLISH_WORDS = words(
    """
aaron abroad ache acid adams africa africans ahmad ahmed aide aided aims aired aires
airline airlines aisle allen alloy ally alter alto america americans americas amidst
amir amounts anchors angel angeles angels angie anglo ankle ankles anne annexed aren
aria arid arise armed army arrange arranger arrive arrived arrows arts ashore
atletico attacked avery avid awaiting babe bach backs badge bags bahn bail bald
bales balls band bang banker banking bark barking barks barnes baron barr barrow
bars bart based basel basic basil basis bass bates bath bats beads beast beat
beating beats beck beds bedside beings bell bench benches bent benz bern bert beth
bight bill bind binding bing birth births blacks blake blank blend blight blink
blinked blinking bloc blood blow blown blows blues blur blush boar bodied bois bolt
bolts bombed bombs bond bonds bones book books boom boot booth boots bore boring
born boss bother bout bowl bowls boxing boyd boys brace brad brands breach bread
bride bridged bridget bring bringing brings broadway brock brody brooke brow browne
browns brows brush buck build bulks bull bumped burn burns busch bushy bust busy
butch byroad cain call calls cane cannes canon cans caps cara card cards care cares
carl carlo carports carr carriage carrie carries cart carts carved carving cass cast
cats cave caves cello centred centro cesar chair chairs chan chancel chat cheek
cheeks chin chopped chose circled clad clan clans clapped clary clash claus claw
claws clean cleaning clement clipper clone closed closes closet clover clown clue
clues coached coals coats code codes coding coil coke cola cole collecting
collections colon colt combine combines come comet compare cone congo connect
connection conner considerable constructing contacts contained continuing contract
cooking cool cope copies copper cops coral core corp corpse corpses corridors cost
costs cote couch counter counts county coupe coupled couples covert crafted crap
creed creep crest crops crossed crow crowd crowds cubs cups cure casts curled curling
currents curse cursed cursing curt cute dagger dame damn damp dana dans dare dart
date dawn days deal deception decked decking deed deer departments designs desk
destroyed dial dick dies diet dinner dire dirk dirty divide divided diving doesn
dogs domes donor doom doors dose dots doubled doubles dover downs dozens drafted
drain draw draws driver drivers drown drug drugs duck ducked ducks duel dull dumped
ease easter edit editing elise elle emile emotion encircles encloses engined enter
entirety entrances equals esther ethan evans ever exceptions exciting excluded
exemption exist existing exits extant extend faced fact factor factors facts fade
fading fairfield fake fall fame famed fare farming fate father faye feast feat feed
feel fees fell fellow fellows felt ferris fest fever fiat fight filed files fill
film filmed finds fine fined finn fins fired fires firm firms fist fits flags flakes
flame flee flies flights float floats flood floors flour flow flower flown flute
flux foam fond font food fool forcing ford fore fork formations forms forrest fort
forth forts forum foul frames frank fridge frog frost frowning fund gabe gage gain
gale game games garbage garde gary gases gave gaze giants glass glove gloves gods
goin gong good gould grab grabs grace grades grady grains gram gran grande grange
grant grape grasp grassy grave graves greek greeks greene greenhouse greet greg grew
grim grin grip groove gross grows guardian hadn hail hale halle hallway halo halt
hands handy hang hank hans hara hardy hare harm harp hart hate hats haul haven haze
healed healing hear heard hearing hears hearts heat heated heating hedge hedges
heights held hell helm help helps herd hill hills hind hips hiss holden holdings
hole holes holmes holt holy homer hood hook hooks hope hopes horse horses housed
housings howe hugh hugo hull hulls hundreds hurts idle ignored images indo info
inland insides inter intro jess jett jews jones kicks kids kinda king kings kirk
lace lakers lana lance lang larry last late lawyers layer laying lead leagues leans
leapt learning lease ledge leeds legs lend lending lengthy lens lent leone lest lets
levels lever lick licked licking lids lied life lift lights like liked likes liking
lima limb limbs lime limits limp linear linen ling linings lips litter live lived
lively liver lives living loading loads locate lock locking locks loft lofts logs
lois look looks looming looping loos lore lose loser loss lost lotus love lovely
lover lowe luck luke lung mace mage maid mail maine maker makes male males mali
malone mandy manly mann manny mans mare maria marian marin marine marines marino
marion mars martin marvin mary mast mate mater mating maze mere meyer mice mike mild
milk millions minds mine miner miners mines minutes mist mixed moan moat mode moist
mole moles mono mont month mood moor moore mornings morse moss moth mother mothers
motions motors mouths moved moves movie mowing must narrowed neal neatly neighbor
neighborhood neighborhoods neighbour neighbourhoods neither nest nested nice nike
nile nina node nodes noise noises nope norse note noted notes numbers odor officer
offices older opens operating operations oppose oral orders otto outdoors oven overs
owen owing pace paced pacing pack packet packing packs pact page paid pain painted
painters painting palace pane panes panting pants para parallels paris parker parted
paso pass passed passengers paste patch patches pathetic patrols patron pats
patterns patty pauses pavel paying pays peace peach peck pedestrians peer peers
pending peoples photographs photography photos picked picks pictured pictures pike
pile piles pilot pilots pinch ping pins pipe piper pipes pitched pitcher pius
placing plan planet planets plank planks plans plata plato played players plays
pleading pleased plug poet poets point poker polar poles poll polling polls polo
poly pong pont pony poole poor pope pops popular pork portions porto pose post posts
posture pots pound pounds powder powers pray praying preaching prep preservation
presidential print printed printer printing prints prof proof propelled proto pune
punk raced racer races rack rafe rage raid raids rain rains raise rama ramos rams
rang ranged ranger ranges ranging rape rare rate rated raul reach reached read
readings reads real reception regions remove rent repairs reservations residency
rests ribs rice ride rider riders riga rights rink risen rises rising risk rite
rivera roar rods room rooms root roots rose ross roster rounds rover rovers ruby
ruins runaway russ rust sack sacked sacks safe sage said sails sake sale salmon
salon sami sampling sand sands satellites saul saved saves says scaled scales scaly
scan scanning scar scare scared scars scenes scent score scores scots scouting
scream screams screens seal seals seam sean sears seat seats seconds sectors seed
seeds seek seem sees segment seize sending sends separation serie served server
servers serviced services sets setting sevens shaded shadows shady shake shakes
shaking shale shall shame shan shane shaped shares shark sharks sharp shaw shay shea
shin shire shirt shirts shock shoe shoes shone shoot shooter shooting shorts shots
shoulders shout shove shoving shown shows shrug shut shutting sided silas silk
silvery sims singles sino sins sire sized skin slack slade slap slave slid slide
slides sliding slight slim slipping slit sliver slot slots slow slower slowing
smacked smacks smell smile smiles smiling snack snail snake snip snow soft soils
sole solo sore sort sorts soul souther spain spare spared spark sparked sparks spat
sped speeds spend spice spin spine spinning spit spite sport spread spring springs
spun squad squared squares squeeze stab stacy stade staged stake stakes stalked stan
standings stare stared stares staring stark starr starring stars start startling
starving state stated states stating steal stealing steep stein stem stepped steps
steven stick sticks stiff still sting stir stock stocks stoke stokes stole stone
stones stony stool stopping stored stories storm storms stove strain strains strand
strands strap straps stray streak streaks streaming stretched strikes stripe striped
stroking strong struck structured stuck stung styled styles sudan sued suite suites
suits suns supper surfaced surroundings swam swan sway swell swimmer swing swore
syed tack tale talk talks tall tamil tang tangled tanner tape tapes tarns task tasks
taxes teach team tear teen teens teeth tell tends tent tents terraced thai thank
thanks thee theirs theme then theo they thicker thickest thigh thing think thom
thorough though thousands threw thus tick ticket tickets tide tided tier ties tigers
tiled tiles till tilt time tina tipped tips tire tired tires title toes told tones
tons tony tool torch torn toss touched tough towed towel towns toys trace traces
tract tracy trail trailed trails trainer trains trait traitor trams transmit
transported trap trawled tray trek trey trick tricks tried tries trim trip trips
troll truce true trunk tsar tuck tucker tuned tuning turin turks turner twin twist
tyne upward valley valleys vary venus vera verb viet viewer views village villagers
viola violated visibly wade wages waiter wakes waking wales walked wall wallet
walter walters wang wanting ware wasting wave waved wear wears weaving wedge weight
weird weiss wells went weren whales wheat while whites wife wild wilde wilder will
windings windy wine wines wings wink winner winning wins wipe wire wise wish witch
wives wong woody wool word words wore worship wren wright write writing yours zane
"""
)
