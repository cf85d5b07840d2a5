// Package eventlog is a durable log in a directory: topics with partitions,
// consumer groups that remember where they are, and nothing to install. It is
// also the transport file:///dir, and keeps every law of package driver that a
// partitioned log can keep.
//
//	log, err := eventlog.Open("/var/lib/shop", nil)
//	conn := runtime.Open(log.Transport(), nil)
//
// What Publish has returned for is on the disk and is read again after a crash
// of the process or the machine, in order and once. Records carry a checksum;
// a torn end is cut off when a writer next opens it, and damage anywhere else
// is ErrCorrupt with its place: reading never goes past it by itself.
//
// One process writes, the first that publishes; any number reads. A consumer
// group belongs to one process at a time, which need not be the writer.
//
// It imports the standard library and packages runtime and driver alone.
package eventlog
