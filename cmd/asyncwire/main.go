// Command asyncwire generates Go from AsyncAPI documents and holds live traffic
// to them. Run asyncwire --help for what it can do.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/asyncwire/asyncwire/cmd/asyncwire/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal kills
	os.Exit(cli.Main(ctx, cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}, os.Args[1:]))
}
