"""English words that look like slips of words the grammar knows, and are none.

Found once: of some 14,000 common words and their forms, those that `spelling` would
have led back to another one.
"""

REAL_WORDS = frozenset(
    """
aaron aarons abouts aboves abroad absolutes abuses ache aches acid adams adjacents
adjoinings aerials agains againsts aide aires airline airlined airlines aisle aisles
almosts alones alongs alongsides alto altos amids amidst amir amongs amongsts
amounts anchoreds anothers apartments aparts aren arens aria arias arid arounds
arrange arrangeds arranger arranges ashed ashore ashores asides atletico atleticos
attacheds attacked avery avid babe bach baching backings backs badge badges bags
bail bald balls band bands bang bangs banker bankers banking bares bark barking
barks barn barnes barning barr barraged bars bart barting base baseballs bases
basketballs baskets bass batchs bath bats beachs beast beat beats beck becking
bedside bedsides behinds bell belows bench benched benches beneaths bert berted
berts beth bethed beths betweens beyonds biggers biggests bill birth birthed births
bitch blacks blake blakes blank blanks blight bloc blocs blow blown blues blur blush
boar bodied bodieds bolt bolts bombed bombeds bones book books boot booth boots
borderings bore bother bothers boths bottoms bout bouts bowies boyd boys brad breach
breaching bread breading bride brides bridget bridgets bright bring bringed bringing
brings broaders broads broadway brock brocks brody brooke brookes brow browne browns
brows brush buck bucking build builts bulks bull bunchs busch busched bushs bust
busts busy butch butched caches cain cains camped cane canes cans caps cara caras
card cards care cares cargos carl carlo carls carr carriage carriaged carrie carried
carrieds carries carrs cart carts cass cast casts cats cented centers centrals
centred centres centro chair chairs chan chans cheek cheeks chin chins chipped chose
circas circled circleds circlings clad clan clapped clary claw clean clears cliped
clone closed closers closes closests closet closets clover clown clowns clustereds
coached coacheds coachs coat coats compare compareds compares competedly completedly
cones connecteds conner contacts contained containeds containings continuing
contract copper coppers corned corners corp cost costs cottage cottaged couch
counteds counter countings counts county coupe coupled couples couply cover crabs
crap crapped creed creeds creep creeps crest crops crow crowd crowds crows cruiser
cruises cubs currents curse curses curt dame dames damn damns damp damps dans dart
dawn days deception deck decked decks deed deeps deer dellaing delling detacheds
diagonals diameters dick dicked dicks diet dire dirk dirts dirty distances distants
dockeds dones donor doom doors dover downs dozens drain draw drawns draws dreading
driver drivers drown duck ducked ducks eachs ease easierly easter easterns easters
easts easy edged edgeds eighteens eighths eights eithers elevens elevenths elise
elle elses emile emiles encloseds entires equals estating esther estherly ethan
evans every everythings exceedings exceptions excepts excluded excludings exempting
exemption extant extend extents extremes faced faces fact fade fairfield fairfields
fake fall falled fame famed fare fares farming farthers fate father faye feast feat
feed feel fees feets fell felled fellowing felt fest fever fewers fifteens fifths
fighted filed fileds files fill filleds film filmed finds fine fined fingers finn
fins fire firm firming firms firsts fishings fist fisting fives flame flamed
flankings flanks fleet flies flight flood floors flour flower flying foamed foaming
followings fond font food fool footballs footprints foots forcing fording fores
forging foring forking form formating formations formings forms forrest forrests
fort forth forting fortly forts foruming foul founds fours fourteens fourths frameds
frames frank franking freighted fringed fringing frog froms fuels fulls fully fund
furthers garage garaged garbages gary gathereds giants goin goings goins gold golfs
gones gong goning goring grab grady gram gran grange grant greaters greatests greats
greek greeks greene greenes greenhouse greenhoused greet greets greg grew grooves
groupeds grows gulf hadn hale hales halfs haling hall halles hallway halo halt hands
handy hang hank hans hara hards hardy hare hared haring harm harp hart hating hats
haves havings hazing heard hedge hedges height held helding helds helmed herd highed
highers hind hinting hits hittings holden holdens holdings hole holed holes holing
holmes holt holting holts holy homer homers hood hooding hoods hook hooks hope hopes
horse horses horsing houring housed houseds housings howe howes huges huggings hugh
hughing hugo hugoing hundreds hunging hunts hurts idle idles ignored ignores
ignorings igoring igorring images includings indo info inland inlands insides
insteads intos intro isolateds itselfs ivans jess jett jettly jetts jews jones justs
kick kicks lace laces laiding lakers lana lanaing lanas lance lances lancing land
landings lands lang langing langs largers larges largests larry last late lates
laying leading leafing leahing leaking leaning leaping leapt lease leases leasing
leasts leavings ledge ledges lefts legs lending lengths lengthy lens lent leone lest
lesterly lets lids lied lieds life lifed lifes lifing lift lights like liked likes
liking lime limed limes liming limits lineds linen linens liner liners lineups ling
linged linging lings linings link linked linking links lioned lioning lips litter
littles live lived lives living localed locate locateds locates loft lofts logs lois
lones longers longests longs lore lose loser loss lost losts lotus love lovely lover
lowe lowed lowers lowes lowests luke lukes lung lyings maid mail maine mains male
males mall malls malone mann mare margins maria marian marians marias marin marine
marines maring marino marinos marins mars martin marvin massives mast mater maters
maximums measureds mediums menus mere meres metro metros meyer meyers mice mices
middles midsts mike mikes mild milds milk milks millions minas minds mine mines
mings minhs minis minoring mints minutes mist moat mode moist mole moles mont mooded
mooding mooned mooning moor moore moores moosed moosing mores mornings morse moss
mosts mother mothers motors move must narrowed narroweds narrowers narrows neal
nearers nearests nearly nears neat neighborhood neighborhoods neighborings
neighbourhoods neighbourings neither nest nested nexts nice nike nile nina nines
nineteens ninths none nones northeasterns northeasts northernmosts northerns norths
northwesterns northwests nowheres numbereds odor officer offices onces ontos
opposites oral orals oranges otto outdoors outers outsides oven overs pace paced
pack packeds packet packing packings packs pact pacted pactly paid paids pain pains
palace palaced pale pales pane panes para paraed paraing paraly paras paris parkeds
parker parted parts party paso pass passengers paste pasts patch patches patchs
pathetic pathetics patrol pavel pavels paying pays peace peaced peach peakings
pecked peer peers peoples perimeters petroleums petrols photographs photography
photos picked pictured pictures pilot pilots pinch piper pipers pitched pitcheds
pitcher pitchers pitchs pius placeds places placing plan planed planet planets
planing plank planks plans plant plants plata platas plate plated plates plating
played playings pleas pleased pleases plug plugs poll polls polo polos pont ponts
pony poole pooles poor poors pops pork porked porking porks port portions portly
positioneds post posture postures pots pound pounds praying preaching prep preps
privates prof profs proof proofs propelled propellers proto purples quadrants quads
quarters quartets queued radios rage raid rails rain rama ramas ramos rams ranching
ranchoed rang ranged ranger ranges ranging rangs rathers raul reach reachings
reacting read readings reads realing rearing reception reeding regions reiching
reiding remotes remove rent rests rider riders ridged ridging rights ringings rink
rinked rinking rinks rivera riveras roar roars rods room rooms root roots ross
roster rounds rover rovers ruby ruining runaway runnings rust sacked safe sage sages
saiding sailings sake sale saling salling salmon salmons salon salons sames sami
sand sanding sands sataning satellites sauling saved saves scan scare scars scenes
scent score scores scouting scream screams screens scrub scrubs seal seals seam
seams sean seans sears seat seats seconds sections sectors seed seeds seek seem
seens sees segas seize semi separateds separates serie seried serves serviced
services sets setting sevens seventeens sevenths shade shake shale shall shame shan
shane shape shared shares shark sharp shaw shea sheas shin shins shippings shire
shires shirt shits shitting shoe shoed shoes shone shones shoot shooter shop
shopping shops shorters shortests shorts shots shoulded shoulders shout shove shoves
shown shows shrug shrugs shut shuts sicking sided sideds sightly silas silk silks
similars sims singles singly sino sinos sins sire sires siring site sites siting
sittings situateds sixteens sixths sized sizes skin skips slacked slap slaps slave
slicking slid slide slides slids slight slim slimmed slimming slims slipping slit
slits slitting slot slots slow slower smacked smallers smallests smalls smarting
smell smile smiles smiling snacked snailing snip snips snow soccers soft softballs
soiling solars sole solo solos somes somewheres sore sores soring sort sorts
southeasterns southeasts southernmosts southerns souths southwesterns southwests
spaced spaces spain spans spare spark sparked sparking sparks spat spatially sped
speds spice spin spits spitting sport spot spots spring springs spun squad squeeze
squeezeds squeezes stab stackeds stacking stade stades stading staged stageds stake
staked stakes stalked stall stan stancing standings staned staning stanning stans
stantons star stare stares staring starings starked starking starring start
startings startling starving state states stating statings statuing stay steam
steams steep stem steps steven sticked stickings sting stings stiring stocked
stocking stoods stool stop storages store stores storing straights strain strains
strand stranding strands strap straps streak streaks striking stripe stripes strong
strongs struck strucks structured structureds stuarted stuarting stucked stucking
stung sudan sudans sued sueds suits suns supper surfaced surfaces suring surroundeds
surroundings swamming swan swell swiming swimmer swimmings swore swores syed syeds
tabk tack tale talk talks tall tang tangs tanner tanners tans task tasks taxes teach
teen teenly teens teeth tell tent tenths tents thai thais thank thanks thans thats
thee thees theirs theme themmed then theres these thicks thin think thinned thinners
thins thirds thirteens thousands threes threw throughouts thus tick tide tided tieds
tier ties tiled tiles till tilt time timed tina tint tire tired title togethers told
tolls tones tony tool torch torching touchings touchs tough toughing towed towel
towers trace traces tract tracts tracy traffics trail trailed traileds trainer
trainers trains trait traitor traitors trek treks trey trick tricks tried tries trim
trims trip triple tripled triples trips troll truce truces true trues trunk trunks
tuck tucks twelfths twelves underneaths unders upons uppers upward vains vary vera
verb viet views village villaged villagers viola violas violated visibles visibly
wade waiter waiters walked wall walleds wallet walted walter walters wear wears
websterly wedge wedges weight weird weirds weiss wells went were westerns wests
whale whats wheat whens wheres whichs while whites wholes whore whose widers wides
widths wife wild wilde wilder will willed winds wine wined wing wingspans wink wins
wipe wire wise wish witch withins withouts withs woody wool wools word words worship
worships wren wright write yellows yours zane zeros zones
""".split()
)
