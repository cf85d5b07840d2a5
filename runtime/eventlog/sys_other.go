//go:build !linux

package eventlog

import "os"

// allocate is a hint that only some systems take.
func allocate(*os.File, int64, int64) error { return nil }

// syncData makes a file durable.
func syncData(f *os.File) error { return f.Sync() }

// linksOf says that nothing is known of the directories in a directory.
func linksOf(os.FileInfo) int { return 1 }

// identityOf does not tell a file from others.
func identityOf(os.FileInfo) (device, number uint64) { return 0, 0 }

// changeOf says that it is not known when a file was last changed.
func changeOf(os.FileInfo) int64 { return 0 }

// bootID says that it is not known when the system was started.
func bootID() string { return "" }
