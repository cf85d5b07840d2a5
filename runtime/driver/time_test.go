package driver_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestTimeKeepsMoments: a time within the years of nanoseconds comes back as the same
// moment, to the nanosecond, in UTC.
func TestTimeKeepsMoments(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		want := time.Unix(0, int64(r.Uint64())).In(time.FixedZone("", r.IntN(80_000)-40_000))
		if got := driver.At(want); got.IsZero() || !got.Time().Equal(want) || got.Time().Location() != time.UTC {
			t.Fatalf("%v becomes %v", want, got.Time())
		}
	}
}

func TestTimeAtEnds(t *testing.T) {
	for want, given := range map[driver.Time]time.Time{
		0:             {},
		1:             time.Unix(0, 0), // the beginning of 1970 is no moment missing
		-1:            time.Unix(0, -1),
		math.MinInt64: time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC),
		math.MaxInt64: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		if got := driver.At(given); got != want {
			t.Errorf("%v becomes %d, want %d", given, got, want)
		}
	}
	if !driver.Time(0).IsZero() || !driver.Time(0).Time().IsZero() || driver.Time(1).IsZero() {
		t.Error("no moment is told apart wrongly")
	}
}

// TestMessageSize: messages lie in memory one behind the other, where each of 128
// bytes is read and copied faster than one that is larger.
func TestMessageSize(t *testing.T) {
	if got := unsafe.Sizeof(driver.Message{}); got > 128 {
		t.Errorf("a message takes %d bytes, more than 128", got)
	}
}
