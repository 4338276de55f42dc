"""How requests begin and end, in the pattern language of `grammar`."""

from __future__ import annotations

POLITE_FIRST = """
(please|thanks|thank you|ok|okay|hey|hi|hello|so|now|well|also|then|just|um|hmm|good \
morning|and|yo|basically|actually) [there|all|guys|again]
(can|could|would|will) (you|u|we|i) [please|kindly|also|just|maybe|possibly|perhaps \
|help me]
(can|could) (you|we|i) [please] (have|get) [me|us]
(i|we) (am|was|are|were) (wondering|asking|curious) (if|whether|where|which)
[i|we] (wonder|wondering) (if|whether|where)
(would you|are you|will you) [be] able to
(you|we) (can|could|would|might) [please|maybe]
(i|we) (only|just|really|also|simply) (want|need|would like|like)
let us
(this|it|that|these|those) (is|are)
(what|which) (sort|kind|type) of
[there is] (someone|somebody|people|a person|a man|a woman) (riding|driving|steering \
|sailing|rowing|flying) (a|an|the|their|his|her)
(i|we) can not (see|find|spot) [a single|any]
(has|have|does|do) (this|that|the) (property|house|plot|garden|site|place) [have|got]
(you|we) (must|should|need to|have to|shall)
(i|we) would like that you
(know|tell|say|understand|learn) (where|which|what|if|whether)
where (it|they) (is|are)
do (me|us) (a|the) (favour|favor) [and|to|,]
[please|can you|could you] (help|assist) (me|us) [to|in|with]
what (do|would|can) (you|we|i) call (it|this|that|them|these|those)
(i|we) (manage|run|own|look after|study|maintain|operate)
what (i|we) (want|need|would like|am after|am looking for|are looking for) [to (see \
|get \
|have)] is
(i|we) (search|seek|look for|search for|want|need|require) [for]
[i am|we are] in (search|need) of
(target|targets|query|task|object|objects|request|wanted|answer|question) ,
to (show|find|mark)
(would|do) you mind
(is it possible|would it be possible) to
(i|we) (want|need|would like|would love|wish|am trying|are trying|have) [you] to
(kindly|get|fetch) [me|us]
(would|could) you be so kind (to|as to|and)
do you know where
(what|how) about
[from (my|our|the|a) (drone|plane|flight|helicopter|balcony|window|tower|air)] (i|we) \
[can|could] (see|have|notice|spot|saw|noticed|spotted)
[the] thing is ,
(the|this) (image|picture|photo|scene) (shows|show|contains|has|depicts)
[the] [total|exact|overall] (number|count|amount) of
(maybe|perhaps|possibly|probably|preferably|whichever|whatever)
(i|we) would (say|guess|think)
(i|we) (think|guess|believe|suppose) [it is|that it is|there is]
(i am|am|we are) (looking|searching|hunting) for
(looking|searching|look|search|hunt|scan) for
(i|we) (want|need|would like|meant|mean|am after|are after|am interested in|wonder)
(show|give|find|get|tell|bring|send|draw|fetch|pick|mark|locate|search) (me|us) \
[where] [please]
(show|find|get|see|segment|detect|locate|identify|extract|highlight|outline|select \
|mark|spot|trace|display|delineate|digitize|digitise|count|tag|circle|point \
out \
|point to|pick out|search for|list|return|retrieve|label|mask|point me to|let me see \
|let us see|check for|look at|search|draw around|map out|give|need|want|looking for \
|find out|have|look at|look|pinpoint|indicate|grab) [out] [for me] [at] \
[in (red|blue|green|yellow)] [where] [all of]
(where|whereabouts|which|what|who) (is|are|was|were) [the one|the ones]
where (can|could|do) (i|you|we) (find|see)
(which|what) [one|ones] (is|are)
(which|what)
(is|are|was|were) there [here]
(is|are|was|were) [not] [there] [not]
(do|can|could) (you|we|i) (see|spot|find) [me|us|for me|for us]
(everything|anything|whatever|something) [that|which] (is|looks like|look like \
|resembles|could be|might be|may be) (a|an)
(anything|something) like (a|an)
(does|do) (it|this|the|{scene}) [image|scene|picture] (have|contain|show)
(do|does|did|can)
(do|does|did|have|has|can|could) (you|anyone|anybody|someone) (see|seen|spot|spotted \
|found|find|know)
how (many|much) [of]
how (large|big|long|wide|far|tall|small|old|high|deep|broad) (is|are)
(got|any idea) [any|where|what]
total [of]
(colour|color) [in] (all|the)
(draw|create|make|produce|generate|compute|get|give|export|build) [me|us] [a|an|the] \
[segmentation|bounding|binary] (polygon|polygons|box|boxes|mask|masks|outline|outlines \
|shape|shapes|segmentation|rectangle|rectangles|circle) (around|of|for|over|on|from)
[a|the] [segmentation|binary] (mask|masks|segmentation|polygon|polygons|boundary \
|boundaries|footprints) (of|for)
(zoom|go|pan|fly|jump|navigate|scroll|move|take me|bring me) [in|over] (to|on|onto)
(vectorise|vectorize|classify|map|pick|choose|take|keep|annotate \
|digitalise \
|digitalize|capture|collect|report|query|isolate) [all of]
(where|whereabouts) [exactly|in {scene}|on {scene}|about|roughly] (is|are|was|were \
|might \
|may|could|can|should|do|does)
(there|here) (is|are)
there
[it|this|that] (looks|look) like
(could|might|may) [that|this|it] be
(tell|show) me
(any sign of|any signs of|a picture of|the location of|the locations of|the position \
of \
|positions of|locations of|location of|the outline of|the outlines of|outlines of)
to (find|see|show|get|mark|segment|know)
(check|confirm|verify) ,
where
,
"""
"""How a request may begin; applied until none matches."""

POLITE_LAST = """
(please|thanks|thank you|thank you very much|thanks a lot|cheers|ty|asap|now|right now)
(at the moment|at present|currently|around here|right here)
(bitte|merci)
(many thanks|thanks in advance|kindly|would you|could you|will you|if you can|for me)
(if possible|if any|if there are any|if there is one|if there is any|or not)
(are|is) there [here|any]
(are|is) (meant|wanted|what i mean|what i want)
(are|is) [there] (visible|present|shown|seen)
[that|which] (can|could|do|did) (you|we|i|one) (see|find|spot|count|make out|detect)
[that|which] (you|we|i|one) (can|could) (see|find|spot|count|make out|detect)
(does|do|did|can) {scene} (have|contain|show|depict|hold)
in total
in (here|there)
[there] (is|are|be)
be (seen|found|detected|spotted|made out)
(over|out) there
(here|there|visible|in view|at all|anywhere|again|once more|overall|only)
(and|,) [then|please|can you|could you|would you|will you] \
(mark|outline|select|show|highlight|segment|count|find) (it|them|those|these|all)
(mark|outline|select|show|highlight|segment|count|find) (it|them) [all]
(in|on|of|within|from|across|throughout|around) [all of] {scene}
to be seen
are they
at
,
"""
"""How a request may end; applied until none matches."""

REMARKS = """
[and|so|then|please] [(can|could|would|will) you] [please|just|kindly] (mark|outline \
|select|show|highlight|segment|find|take|pick|get|give|give me|get me|show me|draw \
|trace|circle|point out|pick out|choose|label) (it|them|that|those|these|this|that one \
|this one|those ones|all of them|all of it|just that|only that) [out|up|please|for me]
[and|so|then|please] [(can|could|would|will) you] [please|just|kindly] (mark|outline \
|select|show|highlight|segment|find|take|pick|get|give|draw|trace|circle|choose|label) \
[please|for me]
(mark|outline|select|show|highlight|segment|find|take) (them|it|those|these) all
[just|only] (that|that one|those|them|it|this one) [please|thanks]
(please|thanks|ok|okay)
[please|just] count (it|them|those|these|all) [for me|for us|please]
(this|that|these|those) [one|ones] (i|we) (need|want|mean|meant)
[is there|are there] any
[and] (both|both of them|all of them|the whole lot|whole lot|the lot|the whole thing \
|nothing else|only) [please]
(are|is) there (some|any|one)
[just|only] (one|a|a single|one single) (outline|polygon|mask|shape|box|contour) \
[please|thanks|only]
[the] whole (thing|lot)
(mark|show|outline|select|find|take) (both|all) [of them]
(each one|every one|every single one|each of them|each and every one)
how many [are there|of them]
(none|nothing|then nothing|then none|otherwise nothing|else nothing|if none nothing)
[but] [please] (check|check please|check anyway|have a look|look anyway)
(or some such|or something|or similar|or so|or the like)
(mark|outline|select|show|highlight|segment|find|take) (it|them|those) \
if there (is|are) [any|one|some]
just (asking|checking|curious|wondering)
(that|this|it|these|those) [is|are] (it|the one|the ones|all|that|them|mine)
[please] (confirm|check|verify) [it|this|that]
(none|nothing|nope|yes|no|without|maybe not)
[in] (both|all) (directions|ways)
"""
"""What may stand between commas without a meaning for what is asked for."""

REMARKS_BEGIN = """
(is|are|was|were) (it|that|this|they|those|these) (a|an|the|maybe|perhaps|some)
(could|might|may) be (a|an|the|some|one)
(that|this|it) is (what|the one|exactly what) (i|we)
i (doubt|hope|guess|wonder|assume|suspect|bet|reckon)
(i|we) [can] count
(i|we) [do not] (know|see) (of|about|any)
(i|we) (can|could|do|did) not (see|find|spot|make out) (one|any|it|them)
(i|we) (do not|can not) (think|believe|know|tell|say)
[i|we] (need|want|require) (it|them|this|that|these) (for|to|because|by|as \
|today|tomorrow|now)
so [please] (be|keep|make|do)
(no|without) matter | regardless
insured (with|by|at|under)
(the rest|the others|all others|all the others|others|the other ones) (is|are)
(unlike|contrary to|in contrast to) (its|their|the|all)
[or] (whichever|whatever) | but if
(i|we) (plan|am planning|are planning|work|need (it|them|this) (for|to))
"""
"""How such a remark may begin, whatever follows."""

DOUBTS_BEGIN = """
(i|we) (can not|could not) (tell|say|make out) (if|whether|what)
(i|we) (am|are) not (sure|certain)
(i|we) do not know (if|whether|what|how)
[i|we] [have] no idea
(not sure|unsure|hard to tell|hard to say|difficult to tell)
"""
"""How a doubt may begin that is said before what is asked for."""
