package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// terminal tells how wide the terminal behind w is, and whether there is one.
func terminal(w io.Writer) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width, true
	}
	return 80, true
}

// refresh is how often the line is written over at most: terminals are slow.
const refresh = 100 * time.Millisecond

// progress is one line on a terminal that is written over as things go on. Where
// there is no terminal it writes nothing. It is safe for concurrent use.
type progress struct {
	w     io.Writer
	width int           // 0: no terminal
	every time.Duration // the shortest time between two writes

	mu    sync.Mutex
	shown int // letters on the line now
	last  time.Time
}

func newProgress(w io.Writer) *progress {
	width, _ := terminal(w)
	return &progress{w: w, width: width, every: refresh}
}

// showf replaces the line, unless that was done a moment ago.
func (p *progress) showf(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.width == 0 || time.Since(p.last) < p.every {
		return
	}
	p.last = time.Now()
	text := []rune(fmt.Sprintf(format, args...))
	if len(text) >= p.width {
		text = append(text[:max(p.width-2, 0)], '…')
	}
	_, _ = fmt.Fprintf(p.w, "\r%s%s", string(text), strings.Repeat(" ", max(p.shown-len(text), 0)))
	p.shown = len(text)
}

// clear removes the line, so that something else can be printed.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
}

// logf removes the line and writes one that stays, terminal or not.
func (p *progress) logf(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
	_, _ = fmt.Fprintf(p.w, format+"\n", args...)
}

func (p *progress) wipe() {
	if p.shown > 0 {
		_, _ = fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.shown))
		p.shown = 0
	}
}
