package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// workspace is the folder that the demo writes and builds in. It is kept, so
// that people can look at what was generated.
type workspace struct {
	dir   string // absolute
	fresh bool   // made for this demo alone
	env   []string
}

// remove takes a folder away that nobody asked for by name.
func (w *workspace) remove() {
	if w != nil && w.fresh {
		_ = os.RemoveAll(w.dir) // a temporary folder: the system clears up what is left
	}
}

// programName is the built program's name in the workspace.
func programName() string {
	if runtime.GOOS == "windows" {
		return "demo.exe"
	}
	return "demo"
}

// openWorkspace makes the folder, or takes one that is empty or an earlier
// demo's: it never writes into anything else.
func openWorkspace(dir string) (*workspace, error) {
	var err error
	fresh := dir == ""
	if fresh {
		dir, err = os.MkdirTemp("", "asyncwire-demo-")
	} else {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	if len(entries) > 0 {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil || moduleOf(mod) != demoModule {
			return nil, fmt.Errorf("%s is not empty: name an empty folder, or that of an earlier demo", dir)
		}
	}
	return &workspace{dir: dir, fresh: fresh, env: append(os.Environ(), "GOWORK=off", "GOFLAGS=")}, nil
}

// write puts a file into the workspace, unless it is there already as it is.
func (w *workspace) write(name string, content []byte) error {
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

// build compiles the program with the go command on the PATH.
func (w *workspace) build(ctx context.Context) error {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return errors.New("the demo compiles the code it generates, but there is no go command on the PATH: install Go from https://go.dev/dl")
	}
	c := w.command(ctx, goTool, "build", "-mod=mod", "-buildvcs=false", "-o", programName(), ".")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); ctx.Err() != nil {
		return ctx.Err()
	} else if err != nil {
		return fmt.Errorf("go build in %s: %w\n%s", w.dir, err, strings.TrimSpace(out.String()))
	}
	return nil
}

// command prepares a process that is asked to end when ctx ends, and killed
// when it does not.
func (w *workspace) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Env = w.dir, w.env
	c.Cancel = func() error {
		if runtime.GOOS == "windows" {
			return c.Process.Kill()
		}
		return c.Process.Signal(os.Interrupt)
	}
	c.WaitDelay = 3 * time.Second
	return c
}

// run runs the built program and returns what it printed.
func (w *workspace) run(ctx context.Context, args ...string) ([]byte, error) {
	c := w.command(ctx, filepath.Join(w.dir, programName()), args...)
	var out, complaints bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaints
	if err := c.Run(); errors.Is(ctx.Err(), context.Canceled) {
		return nil, ctx.Err()
	} else if err != nil {
		return out.Bytes(), fmt.Errorf("the program built from the generated code failed: %w\n%s", err, strings.TrimSpace(complaints.String()))
	}
	return out.Bytes(), nil
}
