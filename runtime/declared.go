package runtime

import "time"

// DeclaredTTL lets a message expire so long after its time, unless it says
// itself when it does. Generated producers use it for what the document says;
// Expires and the envelope's attribute expirytime count more.
//
//go:noinline // in generated producers, which would take longer to build
func DeclaredTTL(ttl time.Duration) PublishOption {
	return func(a *Attributes) {
		if _, said := a.Extensions[expiryAttribute]; said {
			return
		}
		from := a.Time
		if from.IsZero() {
			from = time.Now()
		}
		Expires(from.Add(ttl))(a)
	}
}
