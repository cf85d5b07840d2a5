package runtime

import (
	"cmp"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Retry says when a failed message is tried again in its place: Min after the
// first failure, Factor times as long after each further one, at most Max. Only
// the messages of its key wait for it.
type Retry struct {
	Min time.Duration // default 100 ms, or Max where that is less
	Max time.Duration // default 30 s, or Min where that is more
	// Attempts is how often a message is tried in its place. Then it goes to the
	// first of Policy.RetryAddresses, or to Policy.DeadLetter. Negative is
	// without end. Default: 5 when there is such an address, else without end.
	Attempts int
	// Jitter is the share of a wait of which a random part is taken off, so that
	// what failed together is not tried again together. Negative is none.
	// Default: 0.5.
	Jitter float64
	// Factor is by what each wait is longer than the one before, at least 1.
	// Default: 2.
	Factor float64
}

// waitDefaults sets Min and Max where they are not said.
func (r *Retry) waitDefaults() {
	first := 100 * time.Millisecond
	if r.Max > 0 {
		first = min(first, r.Max)
	}
	inherit(&r.Min, first)
	inherit(&r.Max, max(30*time.Second, r.Min))
}

// wait returns how long to wait after so many failures, at least one.
func (r Retry) wait(failures int) time.Duration {
	d := r.Max
	if grown := float64(r.Min) * math.Pow(cmp.Or(r.Factor, defaultFactor), float64(failures-1)); grown < float64(r.Max) {
		d = time.Duration(grown)
	}
	if off := time.Duration(float64(d) * r.Jitter); off > 0 {
		d -= rand.N(off + 1)
	}
	return d
}

// defaultFactor is that of a Retry that does not say one.
const defaultFactor = 2

// ended reports whether so many failures are enough.
func (r Retry) ended(failures int) bool { return r.Attempts >= 0 && failures >= r.Attempts }

// text is the line of a policy, without what is inherited.
func (r Retry) text() string {
	if r == (Retry{}) {
		return ""
	}
	var parts []string
	switch {
	case r.Attempts < 0:
		parts = append(parts, "endless attempts")
	case r.Attempts == 1:
		parts = append(parts, "1 attempt")
	case r.Attempts > 0:
		parts = append(parts, strconv.Itoa(r.Attempts)+" attempts")
	}
	switch {
	case r.Min != 0 && r.Max != 0:
		parts = append(parts, "after "+r.Min.String()+" to "+r.Max.String())
	case r.Min != 0:
		parts = append(parts, "after "+r.Min.String())
	case r.Max != 0:
		parts = append(parts, "after at most "+r.Max.String())
	}
	if r.Factor != 0 && r.Factor != defaultFactor {
		parts = append(parts, "factor "+strconv.FormatFloat(r.Factor, 'g', 3, 64))
	}
	if r.Jitter != 0 {
		parts = append(parts, "jitter "+strconv.FormatFloat(max(r.Jitter, 0), 'g', 3, 64))
	}
	return strings.Join(parts, ", ")
}
