package inbox

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/internal/clock"
)

// Options adjusts a Memory or a File. The zero value, and nil, is the default.
type Options struct {
	// Window is how many messages of a group are remembered at least, where the
	// consumer does not ask for more. Default: 65536.
	Window int
	// Age is how long a message is remembered at most. Default: for ever.
	Age time.Duration
	// Now is the clock of Age; it is called concurrently. Default: that of the
	// machine. When that is set ahead while the inbox is open, it counts after Age, a
	// day at most, so that a clock that was wrong for a while makes it forget nothing.
	Now func() time.Time
	// NoSync lets a File trust the operating system: what was noted survives the
	// end of the process, but not that of the machine.
	NoSync bool

	read func() (time.Time, time.Duration) // the machine's clocks, for tests; nil: those there are
}

func (o *Options) withDefaults() Options {
	var d Options
	if o != nil {
		d = *o
	}
	if d.Window <= 0 {
		d.Window = 1 << 16
	}
	switch {
	case d.Now != nil:
	case d.Age > 0:
		d.Now = clock.NewSteady(min(d.Age, 24*time.Hour), d.read).Now
	default:
		d.Now = time.Now
	}
	return d
}

// name is the digest of a message's group, source and id: of one size, however
// long those are. Its first bytes are of the group alone.
type name [groupSize + 32]byte

const groupSize = 8

// group is the part of a name that tells groups apart.
type group [groupSize]byte

func (n *name) group() group { return group(n[:groupSize]) }

// nameOf returns the name of an entry. Lengths stand before the parts, so that
// no two entries run together.
func nameOf(e runtime.InboxEntry) name {
	var n name
	of := sha256.Sum256([]byte(e.Group))
	copy(n[:], of[:groupSize])
	h := sha256.New()
	for _, part := range []string{e.Group, e.Source, e.ID} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write([]byte(part))
	}
	h.Sum(n[groupSize:groupSize])
	return n
}

// noted is a name with when it was noted, in nanoseconds since 1970.
type noted struct {
	name name
	at   int64
}

// window is what is known of one group: the youngest names, in order.
type window struct {
	at    map[name]int64
	order []noted // oldest first; what at does not agree with is forgotten
	most  int
}

// windows are those of all groups.
type windows struct {
	groups map[group]*window
	age    time.Duration
}

// of returns the window of a name's group.
func (ws *windows) of(n name) *window {
	w := ws.groups[n.group()]
	if w == nil {
		w = &window{at: map[name]int64{}}
		if ws.groups == nil {
			ws.groups = map[group]*window{}
		}
		ws.groups[n.group()] = w
	}
	return w
}

// knows reports whether a name is in its window.
func (ws *windows) knows(n name, now time.Time) bool {
	at, ok := ws.of(n).at[n]
	return ok && !ws.old(at, now)
}

func (ws *windows) old(at int64, now time.Time) bool {
	return ws.age > 0 && now.UnixNano()-at >= int64(ws.age)
}

// keep notes a name that was known before: how large its window has to be is
// said by the first that is added.
func (ws *windows) keep(v noted) {
	w := ws.of(v.name)
	w.at[v.name] = v.at
	w.order = append(w.order, v)
}

// add notes a name, and forgets what is beyond the window.
func (ws *windows) add(v noted, most int, now time.Time) {
	ws.keep(v)
	w := ws.of(v.name)
	w.most = max(w.most, most)
	for len(w.order) > 0 {
		first := w.order[0]
		known := w.at[first.name] == first.at
		if known && len(w.at) <= w.most && !ws.old(first.at, now) {
			break
		}
		if known {
			delete(w.at, first.name)
		}
		w.order = w.order[1:]
	}
}

// each calls f with what is known, the oldest of a group first.
func (ws *windows) each(f func(noted)) {
	for _, w := range ws.groups {
		for _, v := range w.order {
			if w.at[v.name] == v.at {
				f(v)
			}
		}
	}
}

// count is how many names are known.
func (ws *windows) count() int {
	sum := 0
	for _, w := range ws.groups {
		sum += len(w.at)
	}
	return sum
}
