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

// firstSentence is the first sentence of a doc comment.
func firstSentence(d ir.Doc) ir.Doc {
	if len(d) == 0 || d[0].Kind != ir.Paragraph || strings.HasSuffix(d[0].Text, ":") {
		return d
	}
	return ir.Doc{{Text: d[0].Text[:endOfSentence(d[0].Text)]}}
}

// endOfSentence is how long the first sentence of a text is, by a mark behind a
// word that is not shortened and a capital behind that.
func endOfSentence(text string) int {
	for i := 0; i < len(text); i++ {
		if !strings.ContainsRune(".!?", rune(text[i])) || !strings.HasPrefix(text[i+1:], " ") {
			continue
		}
		word := text[strings.LastIndexByte(text[:i], ' ')+1 : i]
		next, _ := utf8.DecodeRuneInString(text[i+2:])
		if len(word) > 1 && !slices.Contains(shortened, strings.ToLower(word)) && !strings.Contains(word, ".") && (unicode.IsUpper(next) || next == '`') && strings.Count(text[:i], "`")%2 == 0 {
			return i + 1
		}
	}
	return len(text)
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
	case slices.Contains(itself, word) && isVerb(rest):
		return name + " " + rest
	}
	if verb := predicate(first, rest); verb != "" {
		return name + " " + verb
	}
	switch {
	case word == "optional" && rest != "":
		return linked(name, lowered(text))
	case slices.Contains(articles, word) && isClause(rest), !slices.Contains(determiners, word) && !isPhrase(text, word),
		slices.Contains(determiners, word) && !isPlain(head(text)), isClause(text) && !slices.Contains(determiners, word):
		return name + ": " + text
	case word == "the", word == "a" && members(rest) != "" && isMany(name):
		return linked(name, rest)
	case slices.Contains(determiners, word):
		return name + " is " + lowered(text)
	}
	return linked(name, lowered(text))
}

// predicate is the text where it lacks nothing but its subject, with the verb
// that it wants; "" for others.
func predicate(first, rest string) string {
	word, next := strings.ToLower(first), firstWord(rest)
	bare := strings.ToLower(strings.TrimRight(next, ",:;."))
	text := word + " " + rest
	switch {
	case strings.HasSuffix(word, ".") && slices.Contains(adjectives, strings.TrimSuffix(word, ".")):
		return "is " + text
	case slices.Contains(predicates, word) && (!slices.Contains(modal, word) || !isTitled(next)):
		return text
	case slices.Contains(tellers, word):
		return "tells " + text
	case slices.Contains(imperatives, word) && next != "":
		return third(word) + " " + rest
	case slices.Contains(adverbs, word) && next != "" && (!slices.Contains(openings, bare) || isParticiple(bare)),
		(slices.Contains(adjectives, word) || isParticiple(word)) && (slices.Contains(followers, bare) || slices.Contains(relative, bare)),
		word == "when" && slices.Contains(subjects, next):
		return "is " + text
	}
	return ""
}

// firstWord is a text as far as its first space.
func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// third is the third person of a verb.
func third(verb string) string {
	if stem, ok := strings.CutSuffix(verb, "fy"); ok {
		return stem + "fies"
	}
	return verb + "s"
}

// isAdverb tells whether a word says how something is done.
func isAdverb(word string) bool {
	stem, ok := strings.CutSuffix(word, "ly")
	return ok && len(stem) > 4
}

// isParticiple tells whether a word is what was done to something.
func isParticiple(word string) bool {
	return slices.Contains(openings, word) && (strings.HasSuffix(word, "ed") || word == "sent")
}

// linked joins a name and a noun phrase: a plural name are things, any other
// holds them.
func linked(name, phrase string) string {
	plural := isMany(name)
	switch of := members(phrase); {
	case plural && of != "":
		if first := firstWord(of); first == "the" || slices.Contains(determiners, first) {
			return name + " are " + of
		}
		return name + " are the " + of
	case plural && isPlural(phrase), repeats(name, phrase):
		return name + " are the " + phrase
	case isPlural(phrase):
		return name + " holds the " + phrase
	}
	return name + " is the " + phrase
}

// isMany tells whether a name is a plural.
func isMany(name string) bool {
	_, plural := naming.Singular(name)
	return plural
}

// members are what a phrase is a list of, or "".
func members(phrase string) string {
	for _, list := range []string{"list of ", "array of ", "collection of "} {
		if of, ok := strings.CutPrefix(phrase, list); ok && firstWord(of) != "a" && firstWord(of) != "an" {
			return of
		}
	}
	return ""
}

// isPlural tells whether the noun that a phrase is about is a plural, as in
// "light settings of the room".
func isPlural(phrase string) bool {
	noun := ""
	if first, ok := strings.CutSuffix(firstWord(phrase), ","); ok && !isMany(first) {
		phrase = strings.Replace(phrase, ", ", " ", 1) // of several adjectives
	}
	for w := range strings.FieldsSeq(head(phrase)) {
		if noun != "" && (slices.Contains(english, w) || slices.Contains(followers, w) || slices.Contains(finite, w) ||
			slices.Contains(relative, w) || strings.HasSuffix(w, "ing") || strings.HasSuffix(w, "ed")) {
			break
		}
		noun = w
	}
	lower := strings.ToLower(noun)
	_, plural := naming.Singular(lower)
	return plural && lower == noun && len(noun) > 3 && !slices.Contains(singular, lower)
}

// isVerb tells whether a text goes on with a verb.
func isVerb(text string) bool {
	word := firstWord(text)
	return slices.Contains(finite, word) || slices.Contains(predicates, word)
}

// isClause tells whether what follows an article is a clause with a verb of its
// own, as in "The response shall contain", and not only a noun phrase, which
// may have a clause within: "The time the event was published".
func isClause(rest string) bool {
	fields := strings.Fields(rest)
	for i, w := range fields[:min(len(fields), 9)] {
		switch {
		case slices.Contains(finite, w), slices.Contains(telling, w):
			return true
		case slices.Contains(relative, w) || strings.ContainsAny(w, ".,;:()"):
			return false
		case i > 0 && slices.Contains(subjects, w) && !slices.Contains(followers, fields[i-1]):
			return false
		}
	}
	return false
}

// repeats tells whether a text begins with the plural that the name ends in, as
// "Sky segments covering the window" does for Segments.
func repeats(name, text string) bool {
	words, fields := naming.Words(name), strings.Fields(strings.ToLower(text))
	if !isMany(name) || len(words) == 0 {
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
	_, rest, _ := strings.Cut(text, " ")
	next := firstWord(rest)
	switch {
	case isCount(word):
		if slices.Contains(followers, next) || !allLetters(next) {
			return false
		}
	case slices.Contains(openings, word) && !isParticiple(word) || isAdverb(word) || !allLetters(word):
		return false
	}
	start := head(text)
	fields := strings.Fields(start)
	if !isPlain(start) || len(fields) > 40 || strings.HasSuffix(firstWord(text), ":") || isForeign(text) || isRemark(text) {
		return false
	}
	return len(fields) <= 4 || slices.ContainsFunc(fields[:min(len(fields), 20)], func(w string) bool {
		return slices.Contains(english, strings.ToLower(w)) || slices.Contains(followers, strings.ToLower(w))
	})
}

// head is a text as far as the first mark between its words.
func head(text string) string {
	end := len(text)
	for _, mark := range []string{". ", ", ", "; ", ": ", " (", " [", " - ", " — ", " – "} {
		if i := strings.Index(text, mark); i > 0 {
			end = min(end, i)
		}
	}
	return strings.TrimRight(text[:end], ".:")
}

// isPlain tells whether a text has no letters but those of English, and no
// marks of a formula, unless these are within backquotes.
func isPlain(text string) bool {
	for i, part := range strings.Split(text, "`") {
		if i%2 == 0 && (strings.ContainsAny(part, "{}<>=|") || !isASCII(part)) {
			return false
		}
	}
	return true
}

// isRemark tells whether a text ends by saying what alone it is about, as in
// "Account channels only".
func isRemark(text string) bool {
	first, _, _ := strings.Cut(strings.TrimSuffix(text, "."), ". ")
	return strings.HasSuffix(head(text), " only") || strings.HasSuffix(first, ") only")
}

// isForeign tells whether the first words of a text are of another language
// than English.
func isForeign(text string) bool {
	fields := strings.Fields(text)
	return slices.ContainsFunc(fields[:min(len(fields), 20)], func(w string) bool { return slices.Contains(foreign, w) || !isASCII(w) })
}

// isCount tells whether a word is a number.
func isCount(word string) bool {
	return word != "" && strings.Trim(word, "0123456789") == ""
}

func allLetters(word string) bool {
	return word != "" && unicode.IsLetter(rune(word[0])) && !strings.ContainsFunc(word, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !strings.ContainsRune("-'/0123456789", r)
	})
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII && unicode.IsLetter(r) })
}

// lowered makes the first letter small, unless the word is a name or an
// abbreviation: one with another capital or a digit, or with a capital behind it.
func lowered(text string) string {
	word, rest, _ := strings.Cut(text, " ")
	r, size := utf8.DecodeRuneInString(word)
	if lower := strings.ToLower(word); allLetters(word) && !strings.Contains(word, "-") && !slices.Contains(determiners, lower) && !slices.Contains(adjectives, lower) && isTitled(firstWord(rest)) {
		return text
	}
	if len(word) > size && strings.ContainsFunc(word[size:], func(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) }) {
		return text
	}
	if len(word) == size && !strings.EqualFold(word, "a") {
		return text // one letter: I, X
	}
	return string(unicode.ToLower(r)) + text[size:]
}

// isTitled tells whether a word is a capital with small letters behind it.
func isTitled(word string) bool {
	r, size := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r) && len(word) > size && word[size:] == strings.ToLower(word[size:])
}
