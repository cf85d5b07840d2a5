package eventlog

import (
	"errors"
	"strings"
	"testing"
)

// TestPlayedSegmentLosesItsBytes: what the journal had for a partition, and was put into its segment, is put there again
// when the sync fails that is to make the partition ready, and the disk has given up on it: nothing else gets its offsets.
func TestPlayedSegmentLosesItsBytes(t *testing.T) {
	l := start(t, journalAlone(t, 3, false), nil)
	disk := newPlatter()
	disk.reverts = true
	l.open = disk.open
	disk.failing(func(path string) bool { return strings.HasSuffix(path, logSuffix) })
	if l.Publish(t.Context(), touching(3)...) == nil {
		t.Fatal("a sync failed, and nobody was told")
	}
	disk.failing(nil)
	if got, err := all(l, 0, 0); err != nil || len(got) != 1 {
		t.Errorf("there are %d messages, %v", len(got), err)
	}
	if err := l.Publish(t.Context(), touching(3)...); err != nil {
		t.Fatal(err)
	}
	for p := range 3 {
		if got, err := all(l, p, 0); err != nil || len(got) != 2 {
			t.Errorf("partition %d has %d messages, %v", p, len(got), err)
		}
	}
}

// TestPlayedSegmentsAreNotSynced: so is what was put into segments that nobody has made ready when the journal was to be
// emptied, and a sync of them has failed.
func TestPlayedSegmentsAreNotSynced(t *testing.T) {
	l := start(t, journalAlone(t, 3, false), nil)
	disk := newPlatter()
	disk.reverts = true
	l.open = disk.open
	if err := l.becomeWriter(); err != nil {
		t.Fatal(err)
	}
	disk.failing(func(path string) bool { return strings.HasSuffix(path, logSuffix) })
	if forget(l) == nil {
		t.Fatal("a sync failed, and nobody was told")
	}
	disk.failing(nil)
	for p := range 3 {
		if got, err := all(l, p, 0); err != nil || len(got) != 1 {
			t.Errorf("partition %d has %d messages, %v", p, len(got), err)
		}
	}
	if err := errors.Join(l.Publish(t.Context(), touching(3)...), forget(l)); err != nil {
		t.Fatal(err)
	}
	if l.backlog.Load() != nil {
		t.Error("what is durable is kept for another time")
	}
	for p := range 3 {
		if got, err := all(l, p, 0); err != nil || len(got) != 2 {
			t.Errorf("partition %d has %d messages, %v", p, len(got), err)
		}
	}
}
