package check

import "slices"

// Patterns that look around or refer back to groups cannot be matched in linear
// time. They become a program that goes back to the last choice when it can go
// no further, as ECMA-262 §22.2.2 has it, under a limit of steps.

// backOp is what a step of such a program does.
type backOp uint8

const (
	backSet    backOp = iota // one character of the set
	backRun                  // characters of the set, min to max of them
	backSplit                // goes on at to, and at other when that fails
	backJump                 // goes on at to
	backSave                 // keeps the place in a slot
	backStart                // ^
	backEnd                  // $
	backWord                 // \b, or \B when negated
	backGroup                // the text of a group, whose slots begin at slot
	backLoop                 // begins to count a loop
	backAgain                // decides on one more round; other is behind the loop
	backEnter                // begins a round: clears the slots of the groups within
	backRound                // ends a round, and goes on at to
	backLook                 // begins to look around; other is behind that
	backLooked               // has found what was looked for
	backMatched
)

// backStep is one step of a program. Steps within what is looked for behind the
// place at hand go backwards.
type backStep struct {
	op       backOp
	behind   bool
	lazy     bool
	negated  bool
	to       int
	other    int
	slot     int
	min, max int // of rounds or characters; of a backEnter, the slots to clear
	set      *charSet
}

// backProgram is a compiled pattern. Its slots hold the beginnings and ends of
// groups, then the number of rounds and the beginning of the last one for every
// loop; -1 stands for nothing.
type backProgram struct {
	steps    []backStep
	slots    int
	anchored bool // can only match at the start
}

// newBackProgram compiles a tree.
func newBackProgram(tree *regex) *backProgram {
	c := backCompiler{slots: 2 * countGroups(tree)}
	c.compile(tree, false)
	c.emit(backStep{op: backMatched})
	return &backProgram{steps: c.steps, slots: c.slots, anchored: startsAtStart(tree)}
}

// startsAtStart tells whether a tree can match nowhere but at the start.
func startsAtStart(n *regex) bool {
	switch n.op {
	case regexStart:
		return true
	case regexSequence:
		return len(n.subs) > 0 && startsAtStart(n.subs[0])
	case regexGroup:
		return startsAtStart(n.subs[0])
	case regexChoice:
		return !slices.ContainsFunc(n.subs, func(sub *regex) bool { return !startsAtStart(sub) })
	}
	return false
}

func countGroups(n *regex) int {
	count := 0
	if n.op == regexGroup && n.group > 0 {
		count++
	}
	for _, sub := range n.subs {
		count += countGroups(sub)
	}
	return count
}

// groupRange lists the least and the greatest number of the groups in a tree;
// low is 0 when there are none.
func groupRange(n *regex) (low, high int) {
	if n.op == regexGroup && n.group > 0 {
		low, high = n.group, n.group
	}
	for _, sub := range n.subs {
		first, last := groupRange(sub)
		if low == 0 {
			low = first
		}
		high = max(high, last)
	}
	return low, high
}

type backCompiler struct {
	steps []backStep
	slots int
}

func (c *backCompiler) emit(s backStep) int {
	c.steps = append(c.steps, s)
	return len(c.steps) - 1
}

// here is where the next step will be.
func (c *backCompiler) here() int { return len(c.steps) }

func (c *backCompiler) compile(n *regex, behind bool) {
	switch n.op {
	case regexSet:
		c.emit(backStep{op: backSet, behind: behind, set: setOf(n)})
	case regexSequence:
		c.sequence(n, behind)
	case regexChoice:
		c.choice(n, behind)
	case regexGroup:
		c.group(n, behind)
	case regexRepeat:
		c.repeat(n, behind)
	case regexStart:
		c.emit(backStep{op: backStart})
	case regexEnd:
		c.emit(backStep{op: backEnd})
	case regexWord, regexNotWord:
		c.emit(backStep{op: backWord, negated: n.op == regexNotWord})
	case regexLook:
		look := c.emit(backStep{op: backLook, negated: n.negated})
		c.compile(n.subs[0], n.behind)
		c.emit(backStep{op: backLooked})
		c.steps[look].other = c.here()
	case regexBack:
		c.emit(backStep{op: backGroup, behind: behind, slot: 2 * (n.group - 1)})
	}
}

func setOf(n *regex) *charSet {
	s := newCharSet(n.set)
	return &s
}

// sequence compiles what stands behind another from right to left when the
// program goes backwards.
func (c *backCompiler) sequence(n *regex, behind bool) {
	for i := range n.subs {
		if behind {
			i = len(n.subs) - 1 - i
		}
		c.compile(n.subs[i], behind)
	}
}

func (c *backCompiler) choice(n *regex, behind bool) {
	var ends []int
	for i, sub := range n.subs {
		if i == len(n.subs)-1 {
			c.compile(sub, behind)
			break
		}
		split := c.emit(backStep{op: backSplit})
		c.steps[split].to = c.here()
		c.compile(sub, behind)
		ends = append(ends, c.emit(backStep{op: backJump}))
		c.steps[split].other = c.here()
	}
	for _, end := range ends {
		c.steps[end].to = c.here()
	}
}

func (c *backCompiler) group(n *regex, behind bool) {
	if n.group == 0 {
		c.compile(n.subs[0], behind)
		return
	}
	first, last := 2*(n.group-1), 2*(n.group-1)+1
	if behind {
		first, last = last, first
	}
	c.emit(backStep{op: backSave, slot: first})
	c.compile(n.subs[0], behind)
	c.emit(backStep{op: backSave, slot: last})
}

func (c *backCompiler) repeat(n *regex, behind bool) {
	sub := n.subs[0]
	if sub.op == regexSet {
		c.emit(backStep{op: backRun, behind: behind, lazy: n.lazy, min: n.min, max: n.max, set: setOf(sub)})
		return
	}
	slot := c.slots
	c.slots += 2
	c.emit(backStep{op: backLoop, slot: slot})
	again := c.emit(backStep{op: backAgain, lazy: n.lazy, slot: slot, min: n.min, max: n.max})
	enter := backStep{op: backEnter, slot: slot}
	if low, high := groupRange(sub); low > 0 {
		enter.min, enter.max = 2*(low-1), 2*high
	}
	c.emit(enter)
	c.compile(sub, behind)
	c.emit(backStep{op: backRound, slot: slot, min: n.min, to: again})
	c.steps[again].other = c.here()
}
