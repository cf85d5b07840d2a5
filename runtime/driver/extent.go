package driver

import "context"

// Measurer is a transport that can tell how far its partitions reach, so that
// what is there now can be read to its end.
type Measurer interface {
	// Extents returns what each partition of an address holds now, by partition
	// in ascending order. ErrNotFound says that there is no such address.
	Extents(ctx context.Context, address string) ([]Extent, error)
}

// Extent is what a partition holds: offsets from First to before Next. Not every
// offset between has a message.
type Extent struct {
	Partition   int32
	First, Next int64
}
