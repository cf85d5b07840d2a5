package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
)

// placeKind is what stands at a place of an AsyncAPI document, as far as the
// way there tells.
type placeKind int

const (
	maybeSchema  placeKind = iota // a schema, or something within one
	messagePlace                  // a message, whose payload is meant
	otherObject                   // something that no value can be held to
)

// kindOf tells what the JSON Pointer of an AsyncAPI document leads to. What is
// deep inside of messages, bindings and extensions is not looked at.
func kindOf(pointer string) placeKind {
	way := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if slices.ContainsFunc(way, func(key string) bool { return strings.HasPrefix(key, "x-") }) {
		return maybeSchema
	}
	switch {
	case len(way) == 3 && way[0] == "components" && way[1] == "messages",
		len(way) == 4 && way[0] == "channels" && way[2] == "messages",
		len(way) == 4 && way[0] == "channels" && way[3] == "message": // of an operation, 2.x
		return messagePlace
	case len(way) == 3 && way[0] == "components" && way[1] == "schemas":
		return maybeSchema
	case len(way) > 3 && slices.Contains([]string{"components", "channels", "operations"}, way[0]):
		return maybeSchema
	}
	return otherObject
}

// fits tells why no value can be held to what is at a place of an AsyncAPI
// document: read as a schema it would allow everything.
func fits(refs *resolve.Resolver, at resolve.Place) error {
	switch kindOf(at.Pointer) {
	case otherObject:
		return withHelp(errors.New("that is neither a schema nor a message"), "name one: #/components/schemas/…, or a message: #/components/messages/…")
	case messagePlace:
		object, ok := refs.Deref(at)
		if !ok || object.Child("payload").Node != nil {
			return nil
		}
		if object.Child("oneOf").Node != nil {
			return withHelp(errors.New("these are several messages"), "name one of them: %s/oneOf/0", at.Pointer)
		}
		return errors.New("the document does not describe the payload of this message")
	}
	return nil
}
