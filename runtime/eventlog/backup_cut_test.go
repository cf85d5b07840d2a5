package eventlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// prying is a context that lets something happen when it is first looked at.
type prying struct {
	context.Context
	then func()
}

func (p *prying) Err() error {
	if then := p.then; then != nil {
		p.then = nil
		then()
	}
	return p.Context.Err()
}

// TestBackupBesideATruncation: what is truncated while it is copied is copied anew, with
// everything else, also where another process does it.
func TestBackupBesideATruncation(t *testing.T) {
	for name, reader := range map[string]bool{"of the writer": false, "of a reader": true} {
		for _, more := range [][]string{nil, {"other", "else"}} {
			l := start(t, t.TempDir(), one())
			put(t, l, "one", "two", "three")
			of := l
			if reader {
				of = start(t, l.dir, &Options{ReadOnly: true})
			}
			ctx := &prying{t.Context(), func() {
				if err := l.Truncate("t", 0, 1); err != nil {
					t.Error(err)
				}
				put(t, l, append([]string{"two"}, more...)...)
			}}
			to := filepath.Join(t.TempDir(), "backup")
			b, err := of.Backup(ctx, to)
			if err != nil || b.Messages() != int64(2+len(more)) {
				t.Errorf("%s: %+v, %v", name, b, err)
				continue
			}
			holds(t, start(t, to, &Options{ReadOnly: true}), append([]string{"one", "two"}, more...)...)
			if _, err := of.Backup(t.Context(), to+" of what was truncated"); err != nil {
				t.Errorf("%s, once more: %v", name, err)
			}
		}
	}
}

// TestJournalIsClosedWhereItCannotBeEmptied: a log that cannot begin to write keeps no
// file open.
func TestJournalIsClosedWhereItCannotBeEmptied(t *testing.T) {
	dir := t.TempDir()
	stop(t, start(t, dir, one()))
	if err := os.WriteFile(filepath.Join(dir, journalFile), []byte("no journal"), fileMode); err != nil {
		t.Fatal(err)
	}
	l, open := start(t, dir, one()), 0
	l.open = func(path string, flag int) (file, error) {
		f, err := openFile(path, flag)
		if err != nil {
			return nil, err
		}
		open++
		return &closing{faulty{f, func(op string, _ int) (int, error) {
			if op == "truncate" {
				return 0, errBroken
			}
			return 0, nil
		}}, &open}, nil
	}
	if err := l.Publish(t.Context(), messagesOf("one")...); !errors.Is(err, errBroken) || open != 0 {
		t.Errorf("%v, %d files are open", err, open)
	}
}

// closing is a file that is counted while it is open.
type closing struct {
	file
	open *int
}

func (c *closing) Close() error {
	*c.open--
	return c.file.Close()
}
