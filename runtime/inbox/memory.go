package inbox

import (
	"context"
	"sync"

	"github.com/asyncwire/asyncwire/runtime"
)

// Memory is a runtime.Inbox that lives as long as the process. Its methods may
// be called concurrently.
type Memory struct {
	options Options
	note    func(...noted) error // makes names durable, nil: nothing does

	mu      sync.Mutex
	known   windows
	running map[name]chan struct{} // closed when the handler returned
}

// New returns an empty Memory.
func New(o *Options) *Memory {
	options := o.withDefaults()
	return &Memory{options: options, known: windows{age: options.Age}, running: map[name]chan struct{}{}}
}

// Once is runtime.Inbox: it calls handle unless e is known, and remembers it
// when handle returned nil. While a call for e runs, others for it wait, or end
// with ctx.
func (m *Memory) Once(ctx context.Context, e runtime.InboxEntry, handle func(context.Context) error) (known bool, err error) {
	n := nameOf(e)
	known, err = m.begin(ctx, n)
	if known || err != nil {
		return known, err
	}
	defer m.end(n) // also when handle panics
	if err := handle(ctx); err != nil {
		return false, err
	}
	v := noted{name: n, at: m.options.Now().UnixNano()}
	m.remember(v, max(e.Window, m.options.Window))
	if m.note != nil {
		err = m.note(v)
	}
	return false, err
}

// begin takes a name, once nobody else has it, unless it is known.
func (m *Memory) begin(ctx context.Context, n name) (known bool, err error) {
	for {
		m.mu.Lock()
		if m.known.knows(n, m.options.Now()) {
			m.mu.Unlock()
			return true, nil
		}
		other, taken := m.running[n]
		if !taken {
			m.running[n] = make(chan struct{})
			m.mu.Unlock()
			return false, nil
		}
		m.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// remember adds a name to its window.
func (m *Memory) remember(v noted, most int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known.add(v, most, m.options.Now())
}

// end lets the next one have a name.
func (m *Memory) end(n name) {
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.running[n])
	delete(m.running, n)
}

// Len returns how many messages are remembered, of all groups.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.known.count()
}
