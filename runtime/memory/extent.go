package memory

import (
	"context"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Extents is driver.Measurer.
func (t *Transport) Extents(ctx context.Context, address string) ([]driver.Extent, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t.broker.mu.Lock()
	defer t.broker.mu.Unlock()
	t.broker.logs.Lock()
	defer t.broker.logs.Unlock()
	if t.closed {
		return nil, driver.ErrClosed
	}
	topic, ok := t.broker.topics[address]
	if !ok {
		return nil, fmt.Errorf("%q: %w", address, driver.ErrNotFound)
	}
	var out []driver.Extent
	for i, p := range topic.partitions {
		t.broker.trimAll(p)
		out = append(out, driver.Extent{Partition: int32(i), First: p.base, Next: p.end()})
	}
	return out, nil
}
