// Command doccheck runs the commands that the documentation shows and compares
// what they print with what the documentation says they print.
//
//	go run ./internal/doccheck README.md docs
//
// It looks at fenced blocks marked console. A line that starts with "$ " is a
// command, the lines up to the next one are its output. A line "…" stands for
// any lines, "…" within a line for any text; a command without output is only
// run. A command must succeed unless it ends in a comment "# exit status N".
// All commands of a file run, one after another, in a copy of the repository's
// files with asyncwire on the PATH.
package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "doccheck:", err)
		os.Exit(1)
	}
}

func run(paths []string) error {
	files, err := markdown(paths)
	if err != nil {
		return err
	}
	bin, err := os.MkdirTemp("", "doccheck")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(bin) }()
	if out, err := exec.Command("go", "build", "-o", bin, "./cmd/asyncwire").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	wrong := 0
	for _, file := range files {
		n, err := checkFile(file, bin)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		wrong += n
	}
	if wrong > 0 {
		return fmt.Errorf("%d commands do not do what the documentation says", wrong)
	}
	return nil
}

// markdown lists the Markdown files among and below the paths.
func markdown(paths []string) ([]string, error) {
	var out []string
	for _, path := range paths {
		err := filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(file, ".md") {
				out = append(out, file)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// checkFile runs the commands of one file and returns how many went wrong.
func checkFile(file, bin string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	commands := parse(string(text))
	if len(commands) == 0 {
		return 0, nil
	}
	dir, err := copyTree()
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	wrong := 0
	for _, c := range commands {
		fmt.Printf("%s:%d: $ %s\n", file, c.line, c.text)
		if err := c.check(dir, bin); err != nil {
			fmt.Printf("%s:%d: %v\n", file, c.line, err)
			wrong++
		}
	}
	return wrong, nil
}

// copyTree copies the files git knows or would add into a fresh directory.
func copyTree() (string, error) {
	out, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return "", fmt.Errorf("git ls-files: %w", err)
	}
	dir, err := os.MkdirTemp("", "doccheck")
	if err != nil {
		return "", err
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if err := copyFile(name, filepath.Join(dir, name)); err != nil {
			return "", err
		}
	}
	return dir, nil
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if os.IsNotExist(err) {
		return nil // deleted, but not committed yet
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode().Perm())
}

// command is one command of the documentation with what it should print.
type command struct {
	line   int
	text   string
	status int
	output []string
}

var exitStatus = regexp.MustCompile(`\s+# exit status (\d+)$`)

func parse(text string) []command {
	var out []command
	console := false
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			console = !console && strings.TrimSpace(line) == "```console"
		case !console:
		case strings.HasPrefix(line, "$ "):
			c := command{line: i + 1, text: line[2:]}
			if m := exitStatus.FindStringSubmatch(c.text); m != nil {
				c.status, _ = strconv.Atoi(m[1])
				c.text = strings.TrimSuffix(c.text, m[0])
			}
			out = append(out, c)
		case len(out) > 0:
			last := &out[len(out)-1]
			last.output = append(last.output, line)
		}
	}
	return out
}

func (c command) check(dir, bin string) error {
	cmd := exec.Command("bash", "-c", c.text)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != c.status {
		return fmt.Errorf("exit status %d, want %d; it printed:\n%s", got, c.status, out.String())
	}
	if len(c.output) == 0 {
		return nil
	}
	got := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	if !match(trimmed(c.output), got) {
		return fmt.Errorf("it printed:\n%s", out.String())
	}
	return nil
}

func trimmed(lines []string) []string {
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// match compares lines, where "…" stands for any lines and, within a line, for
// any text.
func match(want, got []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if strings.TrimSpace(want[0]) == "…" {
		for skip := range len(got) + 1 {
			if match(want[1:], got[skip:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && matchLine(want[0], got[0]) && match(want[1:], got[1:])
}

func matchLine(want, got string) bool {
	parts := strings.Split(strings.TrimRight(want, " "), "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	ok, err := regexp.MatchString("^"+strings.Join(parts, ".*")+"$", strings.TrimRight(got, " "))
	return err == nil && ok
}
