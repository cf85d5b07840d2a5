package clock

import (
	"sync"
	"time"
)

// Steady tells the time for what a wrong time would destroy: ages by which things are
// dropped. It says what the machine's clock says, but a step ahead, by which that clock
// gets before the time that has really gone by, counts when it has stood for a while:
// until then people have set it right again, or it was no mistake. So does the time that
// the machine has slept, which Go's clock that only goes forward leaves out. A step back,
// which makes everything younger, counts at once. Several goroutines may use it at once.
type Steady struct {
	read     func() (set time.Time, gone time.Duration)
	patience time.Duration

	mu      sync.Mutex
	set     time.Time     // what the clock said when it was last believed
	gone    time.Duration // what had gone by then
	ahead   bool          // it is not believed
	noticed time.Duration // since when
}

// drift is how far a clock may be ahead without having been set.
const drift = time.Minute

// NewSteady returns a clock that believes a step ahead after it stood for patience.
// It reads what people set, and what has gone by since some moment; nil is the clocks
// of the machine.
func NewSteady(patience time.Duration, read func() (set time.Time, gone time.Duration)) *Steady {
	if read == nil {
		begin := time.Now()
		read = func() (time.Time, time.Duration) {
			now := time.Now()
			return now.Round(0), now.Sub(begin)
		}
	}
	s := &Steady{read: read, patience: patience}
	s.set, s.gone = read()
	return s
}

// Now returns the time.
func (s *Steady) Now() time.Time {
	set, gone := s.read()
	s.mu.Lock()
	defer s.mu.Unlock()
	believed := s.set.Add(gone - s.gone)
	switch {
	case set.Sub(believed) <= drift:
	case !s.ahead:
		s.ahead, s.noticed = true, gone
		return believed
	case gone-s.noticed < s.patience:
		return believed
	}
	s.set, s.gone, s.ahead = set, gone, false
	return set
}
