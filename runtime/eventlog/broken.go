package eventlog

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// broken remembers that a disk has failed, so that it is not tried with everything
// that is published: what a failed sync had is written again before, and may be much.
// It is tried after a pause, which doubles up to mostPause; what comes in between is
// refused, and is known not to be stored.
type broken struct {
	pause time.Duration
	until time.Time
	cause error
}

const (
	leastPause = 10 * time.Millisecond
	mostPause  = time.Second
)

// refuse returns why nothing is tried now, nil when it is.
func (b *broken) refuse() error {
	if b.pause == 0 {
		return nil
	}
	if left := time.Until(b.until); left > 0 {
		// Not wrapped: that the outcome of an earlier call is unknown says nothing of this one.
		return fmt.Errorf("the disk has failed, and is tried again in %s: %v", left.Round(time.Millisecond), b.cause)
	}
	return nil
}

// note takes up what came of an attempt. With least the first pause is that long.
func (b *broken) note(err error, least time.Duration) {
	if !ofDisk(err) {
		*b = broken{}
		return
	}
	b.pause = min(max(2*b.pause, least), mostPause)
	b.until, b.cause = time.Now().Add(b.pause), err
}

// ofDisk tells whether an error is of a disk that does not work. One that is full does,
// and so does one that has something else than was expected.
func ofDisk(err error) bool {
	var damage *CorruptError
	if err == nil || errors.As(err, &damage) {
		return false
	}
	for _, other := range []error{ErrFull, ErrLocked, driver.ErrInvalid, driver.ErrClosed, fs.ErrNotExist} {
		if errors.Is(err, other) {
			return false
		}
	}
	return true
}
