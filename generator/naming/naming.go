// Package naming turns any text into Go identifiers and hands them out so that
// no two things share one.
//
// A name depends on its own text alone. Where two texts would give the same
// identifier, both are spelled out further; nothing is ever numbered by its
// position, so adding, removing or moving something else changes no name.
//
// It imports nothing of this module.
//
//	naming.Exported("streetlight-id")  // StreetlightID
//	naming.Unexported("StreetlightID") // streetlightID
//	naming.Package("The Orders API")   // orders
package naming

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLength is how many characters a part of an identifier may have. What is
// longer is cut and ends in a hash of the whole text.
const maxLength = 100

// Exported returns the exported identifier that a Go programmer would write for
// the text: its words joined, initialisms in capitals, symbols left out.
func Exported(text string) string {
	parts := words(text)
	shout := !strings.ContainsFunc(text, unicode.IsLower)
	var b strings.Builder
	for _, w := range parts {
		b.WriteString(capitalised(w, shout))
	}
	if b.Len() == 0 {
		return Spelled(text)
	}
	return exported(b.String(), text)
}

// Unexported returns the unexported identifier for the text. Keywords and
// predeclared names are for a Scope to avoid.
func Unexported(text string) string {
	name := []rune(Exported(text))
	n := firstWord(name)
	out := strings.ToLower(string(name[:n])) + string(name[n:])
	if r, _ := utf8.DecodeRuneInString(out); !unicode.IsLower(r) {
		return "x" + out // a letter without a small form
	}
	return out
}

// firstWord counts the capitals of the first word of an exported identifier, or
// the letters of one that Go writes with small ones among them.
func firstWord(name []rune) int {
	for _, m := range mixed {
		if rest, ok := strings.CutPrefix(string(name), m); ok && (rest == "" || !unicode.IsLower([]rune(rest)[0])) {
			return len(m)
		}
	}
	n := 0
	for n < len(name) && unicode.IsUpper(name[n]) {
		n++
	}
	if n > 1 && n < len(name) && unicode.IsLower(name[n]) && !plural(name, n) {
		n-- // the last capital begins the next word
	}
	return initial(name, n)
}

// initial counts the letters of the first of two initialisms in a run of n
// capitals, or of the one before a letter with a number, as in HTTPURL and APIV2;
// n where there are not two.
func initial(name []rune, n int) int {
	for i := n - 1; i > 1; i-- {
		rest := string(name[i:n])
		numbered := i == n-1 && n < len(name) && unicode.IsDigit(name[n])
		if initialism(string(name[:i])) && (initialism(rest) || numbered) && !initialism(string(name[:n])) {
			return i
		}
	}
	return n
}

// plural tells whether the run of n capitals is an initialism in the plural,
// such as that of IDs.
func plural(name []rune, n int) bool {
	return name[n] == 's' && initialism(string(name[:n])) && (n+1 == len(name) || !unicode.IsLower(name[n+1]))
}

// Spelled is Exported with symbols written out: "a-b" is ADashB. The empty text
// is Empty.
func Spelled(text string) string {
	shout := !strings.ContainsFunc(text, unicode.IsLower)
	return spelled(text, func(w string) string {
		return capitalised(w, shout && !strings.ContainsFunc(w, unicode.IsLower))
	})
}

// Verbatim is Spelled with the letters as they stand, but for those that begin a word:
// "userId" is UserId and "userID" is UserID.
func Verbatim(text string) string {
	return spelled(text, func(w string) string {
		r, size := utf8.DecodeRuneInString(w)
		return string(unicode.ToUpper(r)) + w[size:]
	})
}

// spelled joins the words of a text, its symbols written out, each as it is written.
func spelled(text string, written func(word string) string) string {
	if text == "" {
		return "Empty"
	}
	var b strings.Builder
	for _, r := range valid(text) {
		if name, ok := symbols[r]; ok {
			b.WriteString(" " + name + " ")
		} else if isSeparator(r) || unicode.IsMark(r) {
			fmt.Fprintf(&b, " U%04X ", r)
		} else {
			b.WriteRune(r)
		}
	}
	var out strings.Builder
	for _, w := range words(b.String()) {
		out.WriteString(written(w))
	}
	return exported(out.String(), text)
}

// Cased is Spelled with the case of the text in front: "on" is LowerOn, "On" is
// TitleOn and "ON" is UpperOn.
func Cased(text string) string {
	rest := []rune(text)
	upper := strings.ContainsFunc(text, unicode.IsUpper)
	lower := strings.ContainsFunc(text, unicode.IsLower)
	word := "Mixed"
	switch {
	case !upper:
		word = "Lower"
	case !lower:
		word = "Upper"
	case unicode.IsUpper(rest[0]) && !strings.ContainsFunc(string(rest[1:]), unicode.IsUpper):
		word = "Title"
	}
	return word + Spelled(text)
}

// Hex writes the bytes of the text in hexadecimal digits: different texts give
// different identifiers.
func Hex(text string) string {
	return exported("X"+hex.EncodeToString([]byte(text)), text)
}

// Forms lists the identifiers for a text, the most natural one first. The last
// one is different for different texts.
func Forms(text string) []string {
	return []string{Exported(text), Spelled(text), Cased(text), Verbatim(text), Hex(text)}
}

// Join puts parts of an identifier together, the first of them an exported
// identifier.
func Join(parts ...string) string {
	name := strings.Join(parts, "")
	return exported(name, name)
}

// Hash is a short identifier part that stands for a text.
func Hash(text string) string {
	h := fnv.New64a()
	h.Write([]byte(text))
	return fmt.Sprintf("%016X", h.Sum64())
}

// exported makes sure that name begins with a capital and is not too long.
func exported(name, text string) string {
	if r, _ := utf8.DecodeRuneInString(name); !unicode.IsUpper(r) {
		name = "X" + name
	}
	if runes := []rune(name); len(runes) > maxLength {
		return string(runes[:maxLength-17]) + "X" + Hash(text)
	}
	return name
}

// capitalised writes a word with a capital, or the way that Go writes it where
// it is an initialism, a plural of one, or one with a number behind it. Shout
// tells that the text had no small letters, so that its capitals say nothing.
func capitalised(word string, shout bool) string {
	lower := strings.ToLower(word)
	if known, ok := spelling(lower); ok {
		return known
	}
	if stem, ok := strings.CutSuffix(lower, "s"); ok {
		if known, ok := spelling(stem); ok {
			return known + "s"
		}
	}
	if stem := strings.TrimRight(lower, "0123456789"); stem != lower {
		if known, ok := spelling(stem); ok {
			return known + lower[len(stem):]
		}
	}
	r, size := utf8.DecodeRuneInString(word)
	rest := word[size:]
	if shout {
		rest = strings.ToLower(rest)
	}
	return string(unicode.ToUpper(r)) + rest
}

// valid replaces what is not UTF-8.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
