package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

// judgeLines holds the values on the lines of a file to the schema. It has one line
// at a time, so that a file, or what comes from standard input, may be of any size.
func (o *checkOptions) judgeLines(ctx context.Context, env *Env, by judges, name string) (diag.List, error) {
	found, err := unlessInterrupted(ctx, func() (diag.List, error) {
		in, err := env.openLines(name)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		l := lines{judging: judging{checkOptions: o, by: by}, name: displayName(name), in: bufio.NewReaderSize(in, lineRoom)}
		return l.judge(ctx)
	})
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("cannot read %s: %w", displayName(name), err)
	}
	return found, err
}

// openLines opens the file at path, "-" being standard input.
func (e *Env) openLines(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(e.Stdin), nil
	}
	f, err := os.Open(path)
	var at *fs.PathError
	if errors.As(err, &at) {
		return nil, at.Err
	}
	if err == nil && isDirectory(path) {
		_ = f.Close()
		return nil, errors.New("is a directory")
	}
	return f, err
}

// lineRoom is how much of a file is read at once.
const lineRoom = 256 << 10

// lines are the values of a file, one on each line.
type lines struct {
	judging
	name   string
	in     *bufio.Reader
	before int // lines that were read
	long   []byte
}

// judge judges line after line. Each with a fault is a part of the file that is
// kept, the others are not.
func (l *lines) judge(ctx context.Context) (diag.List, error) {
	begin, _ := l.in.Peek(4)
	if !l.readable(source.NewFile(l.name, bytes.Clone(begin))) {
		return l.found, nil
	}
	before := l.checked
	for ctx.Err() == nil {
		line, err := l.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return l.found, err
		}
		if len(bytes.TrimSpace(line)) > 0 {
			l.line(line)
		}
		l.before += lineEnds(line)
		if err != nil {
			break
		}
	}
	last := source.Part(l.name, nil, l.before)
	if l.checked == before {
		l.found.Warningf(source.Span{File: source.Part(l.name, bytes.Clone(begin), 0), End: min(1, len(begin))}, codeNoValue,
			"no line holds a value: nothing was checked")
	}
	l.end(last)
	return l.found, ctx.Err()
}

// line judges one line, which belongs to the reader.
func (l *lines) line(text []byte) {
	n := len(l.found)
	part := source.Part(l.name, text, l.before)
	l.value(part, text)
	if len(l.found) == n {
		return
	}
	kept := source.Part(l.name, bytes.Clone(text), l.before)
	for _, d := range l.found[n:] {
		d.At.File = kept
	}
}

// next returns the next line with its end, which is valid until it is called
// again; at the end of the file what is left, and io.EOF.
func (l *lines) next() ([]byte, error) {
	line, err := l.in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	l.long = append(l.long[:0], line...)
	for errors.Is(err, bufio.ErrBufferFull) {
		if len(l.long) > resolve.MaxFileSize {
			return nil, fmt.Errorf("line %d is %w", l.before+1, resolve.ErrTooLarge)
		}
		line, err = l.in.ReadSlice('\n')
		l.long = append(l.long, line...)
	}
	return l.long, err
}

// lineEnds returns how many lines end in a text that ends with a line feed, or with
// the file.
func lineEnds(line []byte) int {
	n := bytes.Count(line, []byte("\n"))
	if bytes.IndexByte(line, '\r') >= 0 {
		n += bytes.Count(line, []byte("\r")) - bytes.Count(line, []byte("\r\n"))
	}
	return n
}
