package generator

import "strings"

// The words that sentences are made with.
var (
	// predicates are verbs that need nothing but a subject.
	predicates = strings.Fields(`contains holds identifies indicates represents describes specifies defines denotes
		determines tells lists gives shows returns includes provides marks names says states refers carries
		controls sets counts keeps stores tracks wraps means updates allows enables requires supports applies uses
		starts stops sends stands correlates shall must should can may will has was`)
	// modal are those of them that want a verb.
	modal = strings.Fields(`shall must should can may will has was`)
	// tellers begin indirect questions.
	tellers = strings.Fields(`whether how why which`)
	// imperatives are orders that say what the thing itself does.
	imperatives = strings.Fields(`describe define identify indicate represent contain specify denote determine`)
	// adverbs and adjectives say how the thing is.
	adverbs    = strings.Fields(`always never only not currently`)
	adjectives = strings.Fields(`unique optional required mandatory empty identical present absent available null equal
		relevant similar valid`)
	// followers stand behind an adjective or a participle that needs no noun, or
	// between nouns.
	followers = strings.Fields(`of in on for to by with at from as and or per via into within across during between
		after before until since if when once whenever unless while without using over under through against
		because than`)
	// articles begin noun phrases, or sentences.
	articles = strings.Fields(`a an the each all every any`)
	// subjects begin a clause behind a noun.
	subjects = strings.Fields(`the a an this that it you we they`)
	// finite are verbs that make a clause of a noun.
	finite = strings.Fields(`is are was were shall should must can may will would has have`)
	// telling are verbs that are no nouns.
	telling = strings.Fields(`contains consists indicates represents describes specifies defines determines provides
		includes identifies denotes`)
	// relative are words behind which a verb belongs to a clause within.
	relative = strings.Fields(`which that who whom whose where when if while until because as before after since once
		whenever unless`)
	// determiners begin a noun phrase that needs no article.
	determiners = strings.Fields(`a an the all each every any one some no its our their his her my your these those
		two three four true false null nil where what who both either zero`)
	// itself are nouns that stand for what is described.
	itself = strings.Fields(`field property attribute object value element parameter schema type message event header
		payload member item enum entity model structure`)
	// singular are nouns that only look like plurals.
	singular = strings.Fields(`status address class process access business alias series basis analysis canvas bus news
		lens success progress always this its has was is as us plus minus bias focus radius radians gps https dns`)
	// openings begin what is no noun phrase: requests, conditions, remarks.
	openings = strings.Fields(`use set if in on for to as by with at from of not only note see send inform
		please do does is are be it there then also after before during once while until since because when
		should required deprecated unless only e.g i.e example examples and or but so get put create update
		delete add remove empty always never currently make let ensure enable disable enter provide specify define
		describe indicate represent contain identify notify receive publish subscribe emitted sent used triggered
		generated returned fired raised published received called described must may can will you we they i he she`)
	// english are words that tell English from other languages.
	english = strings.Fields(`the a an of to in for is are was when that which with by on at from and or as it its be
		this if not has have will can may where whether used sent message every each all any only within per via
		containing describing identifying indicating defining holding representing`)
	// shortened are words that end in a full stop within a sentence.
	shortened = strings.Fields(`etc vs cf approx resp incl excl no nr mr dr fig sec max min`)
	// foreign are words that tell other languages from English.
	foreign = strings.Fields(`der die das des dem den ein eine und von für da dos del el la los las una por para le les du et
		som att och ett il lo gli dell della het een van`)
)
