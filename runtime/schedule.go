package runtime

import (
	"maps"
	"time"
)

// The CloudEvents extension attributes that say when a message is to be
// handled, as RFC 3339.
const (
	expiryAttribute = "expirytime"
	dueAttribute    = "duetime"
)

// Expires says until when a message is worth being handled: then it is a dead
// letter of its consumers, or dropped. It travels as the attribute expirytime.
func Expires(at time.Time) PublishOption {
	return extension(expiryAttribute, at.UTC().Format(time.RFC3339Nano))
}

// Due says when a message is to be handled at the earliest. It travels as the
// attribute duetime. Consumers hold it back, up to Policy.MaxInFlight of them,
// while others pass: it does not keep the order of its key.
func Due(at time.Time) PublishOption {
	return extension(dueAttribute, at.UTC().Format(time.RFC3339Nano))
}

// extension sets an attribute without changing the map of the envelope.
func extension(name, value string) PublishOption {
	return func(a *Attributes) {
		extensions := maps.Clone(a.Extensions)
		if extensions == nil {
			extensions = make(map[string]string, 1)
		}
		extensions[name] = value
		a.Extensions = extensions
	}
}
