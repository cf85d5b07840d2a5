package check

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of one search.
const (
	searchBase    = 1 << 15 // steps for any text
	searchPerByte = 1 << 8  // and for each byte of it
	maxFrames     = 1 << 20 // choices that are open at a time
)

// searcher runs programs that go back. It keeps its buffers from one search to
// the next.
type searcher struct {
	prog   *backProgram
	text   string
	frames []frame
	slots  []int
	looks  []int // of the looks around that are under way, where their frames are
	steps  int   // that are left
}

// frameKind tells what a frame is for.
type frameKind uint8

const (
	frameChoice frameKind = iota // goes on at a step and a place
	frameSlot                    // puts an older value back into a slot
	frameMany                    // gives back a character of a run that took many
	frameFew                     // takes one more character into a run that took few
	frameLook                    // ends looking around without success
)

// frame is what is done when the program can go no further.
type frame struct {
	kind frameKind
	step int // or slot
	pos  int
	mark int // the value of the slot, where the run must not go below, or how many it took
}

// search tells whether a program matches anywhere in the text. It is exact
// unless it is spent, which means that it has used up its steps.
func (s *searcher) search(p *backProgram, text string, steps int) (found, spent bool) {
	s.prog, s.text, s.steps = p, text, steps
	s.slots = slices.Grow(s.slots[:0], p.slots)[:p.slots]
	for start := 0; ; {
		s.frames, s.looks = s.frames[:0], s.looks[:0]
		s.steps -= p.slots
		for i := range s.slots {
			s.slots[i] = -1
		}
		if s.run(start) {
			return true, false
		}
		if s.steps < 0 {
			return false, true
		}
		if p.anchored || start >= len(text) {
			return false, false
		}
		_, size := utf8.DecodeRuneInString(text[start:])
		start += size
	}
}

// run tries to match at one place. It reports false when it cannot, or when
// the steps are used up.
func (s *searcher) run(pos int) bool {
	step := 0
	for {
		if s.steps--; s.steps < 0 || len(s.frames) > maxFrames {
			s.steps = -1
			return false
		}
		in := &s.prog.steps[step]
		switch in.op {
		case backMatched:
			return true
		case backSet:
			if step, pos = step+1, s.one(in, pos); pos < 0 {
				step = -1
			}
		case backRun:
			if pos = s.take(in, step, pos); pos >= 0 {
				step++
			} else {
				step = -1
			}
		case backSplit:
			s.push(frame{frameChoice, in.other, pos, 0})
			step = in.to
		case backJump:
			step = in.to
		case backLook:
			s.looks = append(s.looks, len(s.frames))
			s.push(frame{frameLook, step, pos, 0})
			step++
		case backLooked:
			step, pos = s.looked()
		case backAgain, backEnter, backRound, backLoop:
			step = s.loop(in, step, pos)
		case backSave:
			s.set(in.slot, pos)
			step++
		case backGroup:
			step, pos = s.again(in, step, pos)
		default:
			if step++; !s.asserted(in, pos) {
				step = -1
			}
		}
		if step < 0 {
			if step, pos = s.back(); step < 0 {
				return false
			}
		}
	}
}

func (s *searcher) push(f frame) { s.frames = append(s.frames, f) }

// set changes a slot, and remembers what it held.
func (s *searcher) set(slot, value int) {
	s.push(frame{frameSlot, slot, 0, s.slots[slot]})
	s.slots[slot] = value
}

// one passes over a character of the set, and returns -1 when there is none.
func (s *searcher) one(in *backStep, pos int) int {
	if in.behind {
		if pos == 0 {
			return -1
		}
		r, size := utf8.DecodeLastRuneInString(s.text[:pos])
		if !in.set.contains(r) {
			return -1
		}
		return pos - size
	}
	if pos >= len(s.text) {
		return -1
	}
	if c := s.text[pos]; c < utf8.RuneSelf {
		if !in.set.hasByte(c) {
			return -1
		}
		return pos + 1
	}
	r, size := utf8.DecodeRuneInString(s.text[pos:])
	if !in.set.has(r) {
		return -1
	}
	return pos + size
}

// take passes over as many characters of the set as it should, and leaves a
// frame for other numbers of them.
func (s *searcher) take(in *backStep, step, pos int) int {
	count, least := 0, pos
	for in.lazy && count < in.min || !in.lazy && count != in.max {
		next := s.one(in, pos)
		if next < 0 {
			break
		}
		pos = next
		if count++; count == in.min {
			least = pos
		}
	}
	s.steps -= count >> 2
	switch {
	case count < in.min:
		return -1
	case in.lazy && count != in.max:
		s.push(frame{frameFew, step, pos, count})
	case pos != least:
		s.push(frame{frameMany, step, pos, least})
	}
	return pos
}

// again passes over the text of a group; a group that has not matched yet has
// none.
func (s *searcher) again(in *backStep, step, pos int) (int, int) {
	from, to := s.slots[in.slot], s.slots[in.slot+1]
	if from < 0 || to < 0 {
		return step + 1, pos
	}
	text := s.text[from:to]
	s.steps -= len(text) >> 3
	switch {
	case in.behind && strings.HasSuffix(s.text[:pos], text):
		return step + 1, pos - len(text)
	case !in.behind && strings.HasPrefix(s.text[pos:], text):
		return step + 1, pos + len(text)
	}
	return -1, pos
}

// loop runs the steps that count rounds, and returns the next step. A round
// beyond those that must be has to go on in the text.
func (s *searcher) loop(in *backStep, step, pos int) int {
	rounds := s.slots[in.slot]
	switch in.op {
	case backLoop:
		s.set(in.slot, 0)
	case backEnter:
		s.set(in.slot, rounds+1)
		s.set(in.slot+1, pos)
		for i := in.min; i < in.max; i++ {
			s.set(i, -1)
		}
		s.steps -= in.max - in.min
	case backRound:
		if s.slots[in.slot+1] == pos && rounds > in.min {
			return -1
		}
		return in.to
	case backAgain:
		switch {
		case rounds < in.min:
		case rounds == in.max:
			return in.other
		case in.lazy:
			s.push(frame{frameChoice, step + 1, pos, 0})
			return in.other
		default:
			s.push(frame{frameChoice, in.other, pos, 0})
		}
	}
	return step + 1
}

func (s *searcher) asserted(in *backStep, pos int) bool {
	switch in.op {
	case backStart:
		return pos == 0
	case backEnd:
		return pos == len(s.text)
	}
	before := pos > 0 && isWord(s.text[pos-1])
	after := pos < len(s.text) && isWord(s.text[pos])
	return (before != after) != in.negated
}

func isWord(c byte) bool { return isAlpha(c) || isDigit(c) || c == '_' }

// looked ends looking around with success. What has been chosen on the way stays
// chosen; what groups have matched is forgotten when nothing should have been
// found.
func (s *searcher) looked() (step, pos int) {
	last := len(s.looks) - 1
	from := s.looks[last]
	s.looks = s.looks[:last]
	look := s.frames[from]
	in := &s.prog.steps[look.step]
	s.steps -= len(s.frames) - from
	if in.negated {
		for len(s.frames) > from {
			s.undo()
		}
		return -1, 0
	}
	kept := s.frames[:from]
	for _, f := range s.frames[from:] {
		if f.kind == frameSlot {
			kept = append(kept, f)
		}
	}
	s.frames = kept
	return in.other, look.pos
}

// undo takes the last frame away.
func (s *searcher) undo() {
	last := len(s.frames) - 1
	if f := &s.frames[last]; f.kind == frameSlot {
		s.slots[f.step] = f.mark
	}
	s.frames = s.frames[:last]
}

// back returns to the last choice, and step -1 when there is none.
func (s *searcher) back() (step, pos int) {
	for len(s.frames) > 0 {
		s.steps--
		f := &s.frames[len(s.frames)-1]
		switch f.kind {
		case frameChoice:
			step, pos = f.step, f.pos
			s.undo()
			return step, pos
		case frameMany:
			return s.fewer(f)
		case frameFew:
			if step, pos = s.more(f); step >= 0 {
				return step, pos
			}
		case frameLook:
			s.looks = s.looks[:len(s.looks)-1]
			step, pos = f.step, f.pos
			if in := &s.prog.steps[step]; in.negated {
				s.undo()
				return in.other, pos
			}
		}
		s.undo()
	}
	return -1, 0
}

// fewer gives the last character of a run back.
func (s *searcher) fewer(f *frame) (step, pos int) {
	step = f.step + 1
	if s.prog.steps[f.step].behind {
		_, size := utf8.DecodeRuneInString(s.text[f.pos:])
		f.pos += size
	} else {
		_, size := utf8.DecodeLastRuneInString(s.text[:f.pos])
		f.pos -= size
	}
	if pos = f.pos; pos == f.mark {
		s.undo()
	}
	return step, pos
}

// more takes one more character into a run, and returns step -1 when it
// cannot.
func (s *searcher) more(f *frame) (step, pos int) {
	in := &s.prog.steps[f.step]
	if f.mark == in.max {
		return -1, 0
	}
	if pos = s.one(in, f.pos); pos < 0 {
		return -1, 0
	}
	f.pos = pos
	f.mark++
	return f.step + 1, pos
}
