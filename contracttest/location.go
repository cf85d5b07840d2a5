package contracttest

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/source"
)

// location is a runtime expression: a part of a message and a JSON Pointer into
// it. AsyncAPI 3.1 "Runtime Expression".
type location struct {
	inHeaders bool
	tokens    []string
	pointer   string
	text      string
	at        source.Span
}

// parseLocation reads $message.header#/… or $message.payload#/….
func parseLocation(text string) (*location, bool) {
	e, ok := spec.ParseExpression(text)
	if !ok || e.InHeaders && len(e.Pointer) < 2 {
		return nil, false
	}
	l := &location{text: text, inHeaders: e.InHeaders, pointer: e.Pointer}
	for token := range strings.SplitSeq(e.Pointer, "/") {
		l.tokens = append(l.tokens, source.UnescapeToken(token))
	}
	l.tokens = l.tokens[1:]
	return l, true
}

// lookup returns the JSON text at a pointer's tokens, or nil. The data must be
// valid JSON.
func lookup(data []byte, tokens []string) []byte {
	data = bytes.TrimSpace(data)
	for _, token := range tokens {
		if data = child(data, token); data == nil {
			return nil
		}
	}
	return data
}

// child returns a member or item of a JSON text, or nil.
func child(data []byte, token string) []byte {
	if len(data) == 0 {
		return nil
	}
	switch data[0] {
	case '{':
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members) != nil {
			return nil
		}
		return members[token]
	case '[':
		var items []json.RawMessage
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || strconv.Itoa(i) != token || json.Unmarshal(data, &items) != nil || i >= len(items) {
			return nil
		}
		return items[i]
	}
	return nil
}

// plain is a JSON text as people write it: a string without its quotes.
func plain(value []byte) string {
	var s string
	if json.Unmarshal(value, &s) == nil && len(value) > 0 && value[0] == '"' {
		return s
	}
	return string(value)
}
