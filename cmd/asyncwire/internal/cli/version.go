package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/spf13/cobra"
)

// modulePath is the module's path, and where it lives on the web.
const modulePath = "github.com/asyncwire/asyncwire"

// versionInfo is what the command version tells.
type versionInfo struct {
	Version  string   `json:"version"`
	Go       string   `json:"go"`
	Platform string   `json:"platform"`
	AsyncAPI []string `json:"asyncapi"`
}

func versionCommand(env *Env) *cobra.Command {
	format := choice{value: "text", allowed: []string{"text", "json"}}
	c := &cobra.Command{
		Use:   "version",
		Short: "Tell the version and what it supports",
		Long: `Version tells which asyncwire this is, which Go it was built with and which
versions of AsyncAPI it reads. Any patch of those versions is read too.

` + exitHelp,
		Example: `  asyncwire version
  asyncwire version --format json`,
		Args: nothing,
		RunE: func(*cobra.Command, []string) error {
			return ran(writeVersion(env.Stdout, format.value, versionInfo{
				Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, AsyncAPI: parse.Versions(),
			}))
		},
	}
	addChoice(c, &format, "format", "how to write it")
	return c
}

func writeVersion(w io.Writer, format string, v versionInfo) error {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
	_, err := fmt.Fprintf(w, "asyncwire %s\ngo        %s, %s\nasyncapi  %s\n", v.Version, strings.TrimPrefix(v.Go, "go"), v.Platform, strings.Join(v.AsyncAPI, ", "))
	return err
}

// replaced begins the version of a module that a directory takes the place of.
const replaced = "v0.0.0-00010101000000-"

// version is the version of the module this binary was built from, "devel" when
// the build does not know it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	if v := info.Main.Version; v == "" || v == "(devel)" || strings.HasPrefix(v, replaced) {
		return "devel"
	}
	return info.Main.Version
}
