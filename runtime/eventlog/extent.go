package eventlog

import (
	"context"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Extents is driver.Measurer. It looks for what other processes have written,
// and needs no writer's lock.
func (t *Transport) Extents(ctx context.Context, address string) ([]driver.Extent, error) {
	if err := t.use(ctx); err != nil {
		return nil, err
	}
	topic, err := t.log.topic(address)
	if err != nil {
		return nil, err
	}
	if topic == nil {
		return nil, fmt.Errorf("%q: %w", address, driver.ErrNotFound)
	}
	var out []driver.Extent
	for i := range topic.partitions {
		first, next, err := t.log.Bounds(address, i)
		if err != nil {
			return nil, err
		}
		out = append(out, driver.Extent{Partition: int32(i), First: first, Next: next})
	}
	return out, nil
}
