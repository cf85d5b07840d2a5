//go:build !unix

package faults

// limitFiles does nothing where sizes of files cannot be limited.
func limitFiles(uint64) error { return nil }

// isFull tells whether a write has failed for want of room.
func isFull(error) bool { return false }
