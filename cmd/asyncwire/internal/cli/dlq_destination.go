package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec/diag"
)

// destinations are the addresses that letters are redriven to, and whether they are
// there. Publishing to one that is not would make it, on a log and on many brokers, and
// nobody consumes from what a slip in a name has made.
type destinations struct {
	letters *letters
	create  bool
	known   map[string]bool
}

// check refuses an address that all letters are to be sent to.
func (d *destinations) check(ctx context.Context, to string) error {
	switch to {
	case "":
		return nil
	case d.letters.address:
		return errors.New("--to is the address that the letters are at")
	case d.letters.address + runtime.SettledSuffix:
		return fmt.Errorf("--to %s is where is noted which letters are done with", visible(to))
	}
	there, err := d.there(ctx, to)
	if err == nil && !there && !d.create {
		err = d.letters.noDestination(ctx, fmt.Errorf("--to: there is no address %q", to), to)
	}
	return err
}

// there reports whether there is an address.
func (d *destinations) there(ctx context.Context, address string) (bool, error) {
	there, asked := d.known[address]
	if asked {
		return there, nil
	}
	_, err := d.letters.extents(ctx, address)
	if err != nil && !errors.Is(err, driver.ErrNotFound) && !errors.Is(err, driver.ErrInvalid) {
		return false, err
	}
	d.known[address] = err == nil
	return err == nil, nil
}

// provide makes an address that is not there, with as many partitions as that of the
// letters has.
func (d *destinations) provide(ctx context.Context, address string) error {
	there, err := d.there(ctx, address)
	if err != nil || there {
		return err
	}
	extents, err := d.letters.extents(ctx, d.letters.address)
	if err != nil {
		return err
	}
	if p, ok := d.letters.transport.(driver.Provisioner); ok {
		if err := p.Provision(ctx, len(extents), address); err != nil {
			return fmt.Errorf("making %s: %w", visible(address), err)
		}
	}
	d.known[address] = true
	return nil
}

// noDestination adds to an error what to do about an address that is not there.
func (l *letters) noDestination(ctx context.Context, err error, address string) error {
	if near := diag.Nearest(address, l.addresses(ctx)); near != "" {
		return withHelp(err, "did you mean %s? --create makes %s", near, visible(address))
	}
	return withHelp(err, "--create makes it")
}

// destination returns where a letter goes, or why it stays. An address that a letter
// came from may be gone, or never have been: its headers say what was published.
func (s *settling) destination(ctx context.Context, m *driver.Message) (to string, stays, err error) {
	if s.options.how != redriven || s.options.to != "" {
		return s.options.to, nil, nil
	}
	letter, _ := runtime.LetterOf(m)
	switch to = letter.Address; to {
	case "":
		return "", errors.New("does not say where it came from: choose with --to"), nil
	case s.letters.address:
		return "", errors.New("came from this address itself: choose with --to"), nil
	}
	there, err := s.destinations.there(ctx, to)
	if err == nil && !there && !s.options.create {
		stays = fmt.Errorf("came from %s, which is not there: choose another with --to, or make it with --create", visible(to))
	}
	return to, stays, err
}

// provide makes the addresses that the letters of a chunk go to and that are not there.
func (s *settling) provide(ctx context.Context) error {
	for _, m := range s.chunk {
		if err := s.destinations.provide(ctx, m.to); err != nil {
			return err
		}
	}
	return nil
}
