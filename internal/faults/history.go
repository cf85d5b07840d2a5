// Package faults tests the delivery runtime while it is being broken: processes
// are killed, handlers fail, get stuck or panic, clocks jump. What happened is
// written to a history, and a program checks the history against the guarantees.
//
// It is for tests alone and imports runtime and its transports.
//
//	h, err := faults.Open(path)
//	h.Note(faults.Acked, key, seq)
//	…
//	events, err := faults.Read(path)
//	for _, broken := range faults.Check(events, faults.NothingLost, faults.InOrder).Violations {
//		t.Error(broken)
//	}
package faults

import (
	"encoding/binary"
	"fmt"
	"os"
)

// Kind is what an event of a history tells.
type Kind uint8

// The kinds of events.
const (
	Sent      Kind = iota + 1 // a message is about to be published
	Acked                     // publishing has returned without an error
	Began                     // a handler begins with a message
	Succeeded                 // the handler has returned without an error
	Failed                    // it has returned with one, or panicked
	Effect                    // what the handler is there for has happened
	Session                   // a consumer has started
	Parked                    // the message has left its lane for a dead letter address
)

// Event is one line of a history. Messages are known by key and number: those
// of one key are published in the order of their numbers, from 1.
type Event struct {
	Kind Kind
	Key  uint32
	Seq  uint32
}

// size is how many bytes an event takes in a file. It divides the size of a page:
// a kill may cut a write off between two pages.
const size = 16

// check marks a whole record: a killed process may leave half of one.
const check = 0xE7

// History is a file of events that processes append to. An event is one write,
// so that those of a killed process are all there up to the last one.
// Its methods may be called concurrently, by several processes too.
type History struct{ file *os.File }

// Open opens a history for appending, and makes the file when there is none.
func Open(path string) (*History, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &History{f}, nil
}

// Note appends an event.
func (h *History) Note(k Kind, key, seq uint32) error {
	var b [size]byte
	b[0], b[1] = byte(k), check
	binary.LittleEndian.PutUint32(b[4:], key)
	binary.LittleEndian.PutUint32(b[8:], seq)
	_, err := h.file.Write(b[:])
	return err
}

// Close closes the file.
func (h *History) Close() error { return h.file.Close() }

// Read returns the events of a file in the order in which they happened.
func Read(path string) ([]Event, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	events := make([]Event, 0, len(data)/size)
	for ; len(data) >= size; data = data[size:] {
		e := Event{Kind(data[0]), binary.LittleEndian.Uint32(data[4:]), binary.LittleEndian.Uint32(data[8:])}
		if data[1] != check || e.Kind == 0 || e.Kind > Parked {
			return events, fmt.Errorf("%s: event %d is torn", path, len(events))
		}
		events = append(events, e)
	}
	return events, nil
}
