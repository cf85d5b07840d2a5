//go:build !unix

// Package fulldisk makes the disk seem full to the files of a test's process.
package fulldisk

// Begin does nothing where sizes of files cannot be limited.
func Begin(uint64) error { return nil }

// End does nothing either.
func End() error { return nil }
