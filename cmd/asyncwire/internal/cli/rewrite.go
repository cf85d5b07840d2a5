package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/asyncwire/asyncwire/generator/output"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/spf13/cobra"
)

// rewriteOptions are those of the commands that write documents anew: where the
// result goes.
type rewriteOptions struct {
	write, check, diff bool
}

func (o *rewriteOptions) addFlags(c *cobra.Command) {
	f := c.Flags()
	f.BoolVarP(&o.write, "write", "w", false, "write the results into the files, and list those that have changed")
	f.BoolVar(&o.diff, "diff", false, "show what would change, as a unified diff")
}

// change makes a new text of a document, in the bytes it is to be stored in. The
// text is nil when the findings have errors; an error is one of the change
// itself.
type change func(f *source.File) (text, stored []byte, found diag.List, err error)

// check of the arguments: what goes where must be plain.
func (o *rewriteOptions) fits(files []string) error {
	switch {
	case o.write && slices.Contains(files, "-"):
		return errors.New("standard input cannot be written back: leave out --write")
	case o.write && o.check:
		return errors.New("give --write or --check, not both")
	case len(files) > 1 && !o.write && !o.check && !o.diff:
		return errors.New("several files cannot be printed one after another: give --write, --check or --diff")
	}
	return nil
}

// rewrite changes files one by one. One that cannot be changed does not keep the
// others from being changed.
func (o *rewriteOptions) rewrite(ctx context.Context, env *Env, files []string, do change) error {
	var found diag.List
	status := exitClean
	for _, name := range withoutRepeats(files) {
		f, err := env.read(ctx, name)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			env.complain(err)
			status = exitFailure
			continue
		}
		var text, stored []byte
		faults, err := unlessInterrupted(ctx, func() (faults diag.List, err error) {
			text, stored, faults, err = do(f)
			return faults, err
		})
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			env.complain(fmt.Errorf("%s: %w", f.Name(), err))
			status = exitFailure
		case faults.HasErrors():
			found.Add(faults...)
			status = max(status, statusOf(faults))
		default:
			s, err := o.deliver(env, name, f, text, stored)
			if errors.Is(err, errNotReplaced) {
				env.complain(err)
				s, err = exitFailure, nil
			}
			if err != nil {
				return err
			}
			status = max(status, s)
		}
	}
	if len(found) > 0 {
		if err := env.render(env.Stderr, "text", found.Sorted(), files); err != nil {
			return err
		}
	}
	if status != exitClean {
		return exitStatus(status)
	}
	return nil
}

// statusOf is what findings make of the command: our own faults are no faults of
// the document.
func statusOf(found diag.List) int {
	for _, d := range found {
		if d.Code == "internal-format" || d.Code == "internal-layout" {
			return exitFailure
		}
	}
	return exitFindings
}

// deliver puts a result where it is wanted, and returns the exit status.
func (o *rewriteOptions) deliver(env *Env, name string, f *source.File, text, stored []byte) (int, error) {
	same := bytes.Equal(f.Encoding().Encode(f.Text()), stored)
	status := exitClean
	if o.check && !same {
		status = exitFindings
	}
	switch {
	case !o.write && !o.check && !o.diff:
		_, err := env.Stdout.Write(stored)
		return status, err
	case same:
		return status, nil
	}
	if o.diff {
		if _, err := env.Stdout.Write(unifiedDiff(f.Name(), f.Text(), text)); err != nil {
			return status, err
		}
	}
	if o.write {
		if err := replaceFile(name, stored); err != nil {
			return status, err
		}
	}
	if o.diff {
		return status, nil
	}
	_, err := fmt.Fprintln(env.Stdout, f.Name())
	return status, err
}

// errNotReplaced is matched by the errors of replaceFile.
var errNotReplaced = errors.New("cannot write")

// replaceFile replaces a file at one stroke and keeps its mode: readers see the
// old content or the new. A symbolic link stays one. The error names the file.
func replaceFile(path string, content []byte) error {
	err := replace(path, content)
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w %s: %w", errNotReplaced, path, output.Reason(err))
}

func replace(path string, content []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // fails when all went well
	_, err = f.Write(content)
	if err := errors.Join(err, f.Chmod(info.Mode().Perm()), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
