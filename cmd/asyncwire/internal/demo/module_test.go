package demo

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
)

const someMod = `module github.com/asyncwire/asyncwire

go 1.26.0

toolchain go1.26.8

tool github.com/asyncwire/asyncwire/cmd/asyncwire

require example.com/one v1.0.0

require (
	example.com/two v1.2.3 // indirect
	example.com/three v0.1.0
)

tool (
	example.com/four
)

replace example.com/one => ../one
`

func TestCheckoutModule(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "a", "b")
	for _, err := range []error{
		os.MkdirAll(deep, 0o755),
		os.WriteFile(filepath.Join(root, "go.mod"), []byte(someMod), 0o600),
		os.WriteFile(filepath.Join(root, "go.sum"), []byte("sums\n"), 0o600),
		os.WriteFile(filepath.Join(root, "a", "go.mod"), []byte("module example.com/other\n"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	m, err := newModule(deep)
	if err != nil {
		t.Fatal(err)
	}
	want := `module asyncwire.demo

go 1.26.0
toolchain go1.26.8
require example.com/one v1.0.0
require (
	example.com/two v1.2.3 // indirect
	example.com/three v0.1.0
)

require github.com/asyncwire/asyncwire v0.0.0

replace github.com/asyncwire/asyncwire => "` + root + `"
`
	if got := string(m.mod); got != want {
		t.Errorf("go.mod:\n%s\nwant:\n%s", got, want)
	}
	if string(m.sum) != "sums\n" {
		t.Errorf("go.sum: %q", m.sum)
	}
}

func TestReleaseModule(t *testing.T) {
	for version, ok := range map[string]bool{"v0.3.0": true, "(devel)": false, "": false, "v0.0.0-20260101000000-0123456789ab+dirty": false} {
		m, err := releaseModule(&debug.BuildInfo{Main: debug.Module{Path: asyncwireModule, Version: version}})
		if (err == nil) != ok {
			t.Errorf("%q: %v", version, err)
		}
		if ok && !strings.Contains(string(m.mod), "require "+asyncwireModule+" "+version+"\n") {
			t.Errorf("%q: %s", version, m.mod)
		}
	}
}

// TestReplacedModule: who runs the demo as a tool of a module that has put a checkout,
// or a fork, in the place of asyncwire gets the runtime from there.
func TestReplacedModule(t *testing.T) {
	base := t.TempDir()
	root, own := filepath.Join(base, "checkout"), filepath.Join(base, "own", "deep")
	for _, err := range []error{
		os.MkdirAll(root, 0o755),
		os.MkdirAll(own, 0o755),
		os.WriteFile(filepath.Join(root, "go.mod"), []byte(someMod), 0o600),
		os.WriteFile(filepath.Join(base, "own", "go.mod"), []byte("module example.com/own\n"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		to   debug.Module
		want string // empty for none
	}{
		{debug.Module{Path: root}, asyncwireModule + ` => "` + root + `"`},
		{debug.Module{Path: "../checkout", Version: "(devel)"}, asyncwireModule + ` => "` + root + `"`},
		{debug.Module{Path: "example.com/fork", Version: "v0.3.1"}, asyncwireModule + " => example.com/fork v0.3.1"},
		{debug.Module{Path: "../nothing"}, ""},
		{debug.Module{Path: "../own"}, ""},
	} {
		m, err := replacedModule("v0.0.0-00010101000000-000000000000", &tt.to, own)
		if (err == nil) != (tt.want != "") {
			t.Errorf("%+v: %v", tt.to, err)
		} else if err == nil && !strings.Contains(string(m.mod), "\nreplace "+tt.want+"\n") {
			t.Errorf("%+v: %s", tt.to, m.mod)
		}
	}
}

func TestWorkspaceRefusesForeignFolders(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte("package main\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openWorkspace(dir); err == nil {
		t.Error("a folder with somebody's files was taken")
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module asyncwire.demo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openWorkspace(dir); err != nil {
		t.Errorf("an earlier demo's folder: %v", err)
	}
	if _, err := openWorkspace(filepath.Join(dir, "new", "folder")); err != nil {
		t.Errorf("a folder that is not there yet: %v", err)
	}
}
