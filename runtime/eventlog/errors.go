package eventlog

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// What an error means; test with errors.Is. Those of package driver are used
// wherever they fit.
var (
	// ErrCorrupt: bytes on the disk are not what was written. The error holds
	// a *CorruptError with the place.
	ErrCorrupt = errors.New("corrupt log")
	// ErrFull: the disk has no room. Nothing of the call is stored in the
	// partition that the error names; the log stays readable, and publishing
	// works again once there is room.
	ErrFull = errors.New("no space left for the log")
	// ErrLocked: another process, or another Log in this one, writes the log
	// or consumes as the group. The error holds a *LockedError that says which.
	ErrLocked = errors.New("locked by another process")
	// ErrReadOnly: the log was opened with Options.ReadOnly. It matches
	// driver.ErrUnauthorized.
	ErrReadOnly = fmt.Errorf("log is open for reading alone: %w", driver.ErrUnauthorized)
)

// CorruptError says where a log is damaged.
type CorruptError struct {
	// Path is the damaged file.
	Path string
	// Position is the byte in the file where the damaged record begins.
	Position int64
	// Offset is that of the record which should lie there; -1 when unknown.
	Offset int64
	// Reason says what is wrong.
	Reason string
}

// Error returns path, position, offset and reason.
func (e *CorruptError) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("%s: at byte %d: %s", e.Path, e.Position, e.Reason)
	}
	return fmt.Sprintf("%s: at byte %d, offset %d: %s", e.Path, e.Position, e.Offset, e.Reason)
}

// Unwrap returns ErrCorrupt.
func (e *CorruptError) Unwrap() error { return ErrCorrupt }

// DroppedError tells a group of messages that were dropped, by Options.Retention or
// Log.DropBefore, before it was handed them. It matches driver.ErrPartition: receiving
// goes on with what is kept.
type DroppedError struct {
	Address   string
	Partition int32
	// From and To are the first and the last of their offsets.
	From, To int64
}

// Error returns address, partition and offsets.
func (e *DroppedError) Error() string {
	return fmt.Sprintf("%s, partition %d: offsets %d to %d were dropped before the group had them", e.Address, e.Partition, e.From, e.To)
}

// Is reports whether target is driver.ErrPartition.
func (e *DroppedError) Is(target error) bool { return target == driver.ErrPartition }

// isFull tells whether an error of the system says that there is no room.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, errQuota) || errors.Is(err, errFileSize)
}

// typed puts a code to an error of the system.
func typed(err error) error {
	if err != nil && isFull(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
