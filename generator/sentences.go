package generator

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
)

// about makes a doc comment of a text: its first sentence begins with the name.
func about(name string, d ir.Doc) ir.Doc {
	if len(d) == 0 {
		return nil
	}
	if d[0].Kind != ir.Paragraph {
		return append(ir.Text(name+" is described by the document:"), d...)
	}
	first := sentence(subject(name, d[0].Text))
	return append(ir.Doc{{Text: first}}, d[1:]...)
}

// sentence ends a text with a full stop, unless it ends in a mark of its own.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	if text == "" || last == ')' && strings.HasSuffix(text, ".)") || unicode.IsPunct(last) && !strings.ContainsRune(`)]}"'%*@&#/\`+"`", last) {
		return text
	}
	return text + "."
}

// subject puts the name in front of a text so that an English sentence comes
// out where the text is an English phrase, and a plain label where it is not.
func subject(name, text string) string {
	first, rest, _ := strings.Cut(text, " ")
	word := strings.ToLower(strings.TrimRight(first, ",:;."))
	switch {
	case first == name && (rest == "" || isVerb(rest) || !isPhrase(text, word)):
		return text
	case word == "this" && rest != "":
		return thisIs(name, text, rest)
	case word == "the" && itselfSays(name, rest) != "":
		return name + " " + itselfSays(name, rest)
	case word == "whether":
		return name + " tells " + lowered(text)
	case slices.Contains(predicates, word):
		return name + " " + lowered(text)
	case slices.Contains(articles, word) && isClause(rest), first != name && !slices.Contains(determiners, word) && !isPhrase(text, word):
		return name + ": " + text
	case slices.Contains(determiners, word):
		return name + " is " + lowered(text)
	case repeats(name, text):
		return name + " are the " + lowered(text)
	}
	return name + " is the " + lowered(text)
}

// isVerb tells whether a text goes on with a verb.
func isVerb(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	return slices.Contains(finite, word) || slices.Contains(predicates, word)
}

// isClause tells whether what follows an article is a clause with a verb of its
// own, as in "The response shall contain", and not only a noun phrase.
func isClause(rest string) bool {
	fields := strings.Fields(rest)
	for _, w := range fields[:min(len(fields), 9)] {
		switch {
		case slices.Contains(finite, w):
			return true
		case slices.Contains(relative, w) || strings.ContainsAny(w, ".,;:()"):
			return false
		}
	}
	return false
}

// repeats tells whether a text begins with the plural that the name ends in, as
// "Sky segments covering the window" does for Segments.
func repeats(name, text string) bool {
	words, fields := naming.Words(name), strings.Fields(strings.ToLower(text))
	if _, plural := naming.Singular(name); !plural || len(words) == 0 {
		return false
	}
	return slices.Contains(fields[:min(len(fields), 2)], words[len(words)-1])
}

// thisIs replaces "this", and a noun that stands for the thing itself, by the
// name: "This field contains" and "This is".
func thisIs(name, text, rest string) string {
	second, more, _ := strings.Cut(rest, " ")
	switch {
	case second == "is" || slices.Contains(predicates, second):
		return name + " " + rest
	case slices.Contains(itself, strings.ToLower(second)) && more != "":
		return name + " " + more
	}
	return name + ": " + text
}

// itselfSays returns what comes behind "The … field" in a sentence about the
// thing itself, such as "The size field shall hold the size".
func itselfSays(name, rest string) string {
	noun, more, _ := strings.Cut(rest, " ")
	if naming.Exported(noun) == name {
		noun, more, _ = strings.Cut(more, " ")
	}
	verb, _, _ := strings.Cut(more, " ")
	if slices.Contains(itself, strings.ToLower(noun)) && (verb == "is" || verb == "are" || slices.Contains(predicates, verb)) {
		return more
	}
	return ""
}

// isPhrase guesses whether a text is an English noun phrase that wants an
// article.
func isPhrase(text, word string) bool {
	if slices.Contains(openings, word) || !allLetters(word) || strings.ContainsAny(text[:min(len(text), 80)], "{}<>=|") {
		return false
	}
	fields := strings.Fields(text)
	if len(fields) > 60 || strings.HasSuffix(fields[0], ":") {
		return false
	}
	return len(fields) <= 4 && isASCII(text) || slices.ContainsFunc(fields[:min(len(fields), 20)], func(w string) bool {
		return slices.Contains(english, strings.ToLower(strings.Trim(w, ",.")))
	})
}

func allLetters(word string) bool {
	return word != "" && unicode.IsLetter(rune(word[0])) && !strings.ContainsFunc(word, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !strings.ContainsRune("-'/0123456789", r)
	})
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

// lowered makes the first letter small, unless the word is a name or an
// abbreviation: one with another capital or a digit.
func lowered(text string) string {
	word, _, _ := strings.Cut(text, " ")
	r, size := utf8.DecodeRuneInString(word)
	if len(word) > size && strings.ContainsFunc(word[size:], func(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) }) {
		return text
	}
	if len(word) == size && !strings.EqualFold(word, "a") {
		return text // one letter: I, X
	}
	return string(unicode.ToLower(r)) + text[size:]
}

// The words that sentences are made with.
var (
	// predicates are verbs that need nothing but a subject.
	predicates = strings.Fields(`contains holds identifies indicates represents describes specifies defines denotes
		determines tells lists gives shows returns includes provides marks names says states refers carries
		controls sets counts keeps stores tracks wraps means updates allows enables requires supports applies uses
		starts stops sends shall must should can may will has was`)
	// articles begin noun phrases, or sentences.
	articles = strings.Fields(`a an the each all every any`)
	// finite are verbs that make a clause of a noun.
	finite = strings.Fields(`is are was were shall should must can may will would has have`)
	// relative are words behind which a verb belongs to a clause within.
	relative = strings.Fields(`which that who whom whose where when if while until because as`)
	// determiners begin a noun phrase that needs no article.
	determiners = strings.Fields(`a an the all each every any one some no its our their his her my your these those
		two three four true false null nil when where why how what who which either both zero optional`)
	// itself are nouns that stand for what is described.
	itself = strings.Fields(`field property attribute object value element parameter schema type message event header
		payload member item enum entity model structure`)
	// openings begin what is no noun phrase: requests, conditions, remarks.
	openings = strings.Fields(`use set if in on for to as by with at from of not only note see send inform command
		please do does is are be it there then also after before during once while until since because
		should required deprecated unless only e.g i.e example examples and or but so get put create update
		delete add remove empty always never currently optionally make let ensure enable disable enter provide specify define describe indicate
		represent contain identify notify receive publish subscribe emitted sent used triggered generated
		returned fired raised published received called described must may can will you we they i he she`)
	// english are words that tell English from other languages.
	english = strings.Fields(`the a an of to in for is are was when that which with by on at from and or as it its be
		this if not has have will can may where whether used sent message`)
)
