package faults

import (
	"path/filepath"
	"slices"
	"testing"
)

var allLaws = []Law{NothingLost, InOrder, OneEffect, NeverTwice, NoDuplicates, NoCalmDuplicates}

// handled is a message that took the straight way.
func handled(key, seq uint32) []Event {
	return []Event{
		{Sent, key, seq}, {Acked, key, seq}, {Began, key, seq}, {Effect, key, seq}, {Succeeded, key, seq},
	}
}

// Each history breaks one law, and the checker says which.
func TestCheck(t *testing.T) {
	good := slices.Concat([]Event{{Kind: Session}}, handled(1, 1), handled(2, 1), handled(1, 2))
	for name, c := range map[string]struct {
		events []Event
		want   []Law
	}{
		"good":                   {good, nil},
		"lost":                   {append(slices.Clone(good), Event{Acked, 1, 3}, Event{Effect, 1, 3}), []Law{NothingLost}},
		"no effect":              {append(slices.Clone(good), Event{Acked, 1, 3}, Event{Began, 1, 3}, Event{Succeeded, 1, 3}), []Law{OneEffect}},
		"two effects":            {append(slices.Clone(good), Event{Effect, 1, 2}), []Law{OneEffect}},
		"never acked":            {append(slices.Clone(good), Event{Sent, 1, 3}), nil},
		"never acked, twice":     {append(slices.Clone(good), Event{Sent, 1, 3}, Event{Effect, 1, 3}, Event{Effect, 1, 3}), []Law{OneEffect}},
		"tried twice":            {append(slices.Clone(good), Event{Began, 1, 2}, Event{Failed, 1, 2}), []Law{NeverTwice}},
		"overtaken":              {append(slices.Clone(good), append([]Event{{Acked, 2, 2}}, append(handled(2, 3), Event{Began, 2, 2}, Event{Effect, 2, 2}, Event{Succeeded, 2, 2})...)...), []Law{InOrder}},
		"two at once":            {append(slices.Clone(good), Event{Acked, 3, 1}, Event{Acked, 3, 2}, Event{Began, 3, 1}, Event{Began, 3, 2}, Event{Effect, 3, 1}, Event{Effect, 3, 2}, Event{Succeeded, 3, 1}, Event{Succeeded, 3, 2}), []Law{InOrder, InOrder}},
		"again after a calm end": {append(slices.Clone(good), Event{Kind: Session}, Event{Began, 1, 2}, Event{Succeeded, 1, 2}), []Law{NoCalmDuplicates, NoDuplicates, NeverTwice}},
		"again after a failure":  {append(slices.Clone(good), Event{Sent, 3, 1}, Event{Began, 3, 1}, Event{Failed, 3, 1}, Event{Kind: Session}, Event{Began, 1, 2}, Event{Succeeded, 1, 2}), []Law{NoDuplicates, NeverTwice}},
		"killed and again":       {append(slices.Clone(good), Event{Acked, 3, 1}, Event{Began, 3, 1}, Event{Kind: Session}, Event{Began, 3, 1}, Event{Effect, 3, 1}, Event{Succeeded, 3, 1}), []Law{NeverTwice}},
		"behind unacked":         {append(slices.Clone(good), slices.Concat([]Event{{Sent, 4, 1}, {Sent, 4, 2}, {Acked, 4, 2}, {Effect, 4, 2}}, handled(4, 3), []Event{{Began, 4, 2}, {Succeeded, 4, 2}})...), []Law{InOrder}},
		"late unacked before":    {append(slices.Clone(good), slices.Concat([]Event{{Sent, 4, 1}}, handled(4, 2))...), nil},
	} {
		var got []Law
		for _, v := range Check(c.events, allLaws...).Violations {
			got = append(got, v.Law)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A history survives being written by several, and a torn event is noticed.
func TestHistoryFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	for seq := range uint32(3) {
		h, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Note(Acked, 7, seq+1); err != nil {
			t.Fatal(err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	events, err := Read(path)
	if err != nil || !slices.Equal(events, []Event{{Acked, 7, 1}, {Acked, 7, 2}, {Acked, 7, 3}}) {
		t.Errorf("read %v, %v", events, err)
	}
}
