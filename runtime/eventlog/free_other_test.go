//go:build !unix

package eventlog

// freeBytes is how much room a disk has: not known here.
func freeBytes(string) (int64, bool) { return 0, false }
