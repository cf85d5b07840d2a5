package cli

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// processVariable makes the test binary run as the command itself.
const processVariable = "ASYNCWIRE_TEST_PROCESS"

func TestMain(m *testing.M) {
	if os.Getenv(processVariable) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"asyncwire": main, "measure": measure})
}

// main is what cmd/asyncwire does.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(Main(ctx, Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}, os.Args[1:]))
}

// TestScripts runs the manual. Beside testscript's own commands the scripts have
//
//	status N COMMAND…           run a command that must exit with status N
//	broker TOPIC…               start a Kafka in this process, its address in $BROKER
//	publish TOPIC FILE          publish what FILE says, see publish
//	append DIR TOPIC FILE       the same into the log in DIR, at 2024-05-01 and
//	                            a second later each
//	flip FILE N                 flip a bit of byte N of FILE
//	serve DIR FILE…             serve DIR over http, put the address into $SERVER
//	                            and, in place of SERVER, into the files
//	repository                  set $REPOSITORY to the root of this module
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("REPOSITORY", corpus.Module(t))
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOFLAGS", "GONOSUMDB", "GONOSUMCHECK", "GOSUMDB"} {
				e.Setenv(name, goEnv(t, name))
			}
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name == "short" {
				return testing.Short(), nil
			}
			return false, errors.New("unknown condition")
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status":  status,
			"broker":  broker,
			"publish": publish,
			"append":  appendToLog,
			"flip":    flip,
			"serve":   serve,
		},
	})
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func broker(ts *testscript.TestScript, neg bool, topics []string) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, topics...))
	ts.Check(err)
	ts.Defer(cluster.Close)
	ts.Setenv("BROKER", cluster.ListenAddrs()[0])
}

// serve starts a web server on a port of this machine. A file DIR/x.to makes it
// send who asks for /x on to what the file says.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: serve DIR FILE…")
	}
	dir := ts.MkAbs(args[0])
	files := http.FileServer(http.Dir(dir))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to, err := os.ReadFile(filepath.Join(dir, filepath.Clean(r.URL.Path)+".to")); err == nil {
			http.Redirect(w, r, strings.TrimSpace(string(to)), http.StatusFound)
			return
		}
		files.ServeHTTP(w, r)
	}))
	ts.Defer(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	ts.Setenv("SERVER", host)
	for _, name := range args[1:] {
		text := strings.ReplaceAll(ts.ReadFile(name), "SERVER", host)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}

// publish sends one message for each line of a file: a JSON object with type,
// key, headers and payload, all but the payload as plain text.
func publish(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: publish TOPIC FILE")
	}
	ctx := context.Background()
	transport, err := kafka.Open(ctx, kafka.Config{Brokers: []string{ts.Getenv("BROKER")}})
	ts.Check(err)
	defer func() { _ = transport.Close(ctx) }()
	for _, m := range scripted(ts, args[0], args[1]) {
		ts.Check(transport.Publish(ctx, m))
	}
}

// appendToLog publishes into a log.
func appendToLog(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: append DIR TOPIC FILE")
	}
	ctx := context.Background()
	l, err := eventlog.Open(ts.MkAbs(args[0]), &eventlog.Options{Partitions: 2})
	ts.Check(err)
	for i, m := range scripted(ts, args[1], args[2]) {
		m.Time = driver.At(time.Date(2024, 5, 1, 0, 0, i, 0, time.UTC))
		ts.Check(l.Publish(ctx, m))
	}
	ts.Check(l.SetPositions("billing", eventlog.Position{Address: args[1], Partition: 0, Offset: 1}))
	ts.Check(l.Close(ctx))
}

// flip damages a file.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip FILE N")
	}
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	b[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o644))
}

// scripted reads the messages that a file of publish says.
func scripted(ts *testscript.TestScript, topic, file string) []*driver.Message {
	var out []*driver.Message
	for line := range strings.Lines(ts.ReadFile(file)) {
		var m struct {
			Type, Key string
			Headers   map[string]string
			Payload   json.RawMessage
		}
		ts.Check(json.Unmarshal([]byte(line), &m))
		message := &driver.Message{Address: topic, Key: []byte(m.Key), Value: m.Payload}
		if m.Type != "" {
			message.Headers = append(message.Headers, driver.Header{Key: "ce_type", Value: []byte(m.Type)})
		}
		for name, value := range m.Headers {
			message.Headers = append(message.Headers, driver.Header{Key: name, Value: []byte(value)})
		}
		out = append(out, message)
	}
	return out
}

// TestScriptsCoverCommands demands a script for every command.
func TestScriptsCoverCommands(t *testing.T) {
	for _, c := range newRoot(&Env{}).Commands() {
		if matches, err := filepath.Glob(filepath.Join("testdata", c.Name()+"*.txtar")); err != nil || len(matches) == 0 {
			t.Errorf("no script for command %s", c.Name())
		}
		if c.Example == "" || !strings.Contains(c.Long, exitHelp) {
			t.Errorf("%s --help has no examples, or does not explain the exit status", c.Name())
		}
	}
}
