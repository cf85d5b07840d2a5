package runtime

import "time"

// DeclaredTTL lets a message expire so long after its time, which is that of
// Options.Now when it has none, unless it says itself when it expires. Generated producers use it for what the document says;
// Expires and the envelope's attribute expirytime count more.
//
//go:noinline // in generated producers, which would take longer to build
func DeclaredTTL(ttl time.Duration) PublishOption {
	return func(a *Attributes) {
		if _, said := a.Extensions[expiryAttribute]; said {
			return
		}
		if !a.Time.IsZero() {
			Expires(a.Time.Add(ttl))(a)
		}
	}
}
