package check

import "strings"

// ReadSet reads all schemas of a text that ReadRules takes. The error, a Problem, is
// of the first that cannot be read. What the rules say, such as whether a pattern is
// one, is not looked at.
func ReadSet(text string) (Set, error) {
	list, problem := writtenIn(text)
	if problem != nil {
		return nil, *problem
	}
	set := make(Set, len(list))
	for i := range list {
		if problem := list[i].read(); problem != nil {
			return nil, *problem
		}
		set[i] = list[i].Named
	}
	return set, nil
}

// written is a schema of a text, which is read when it is needed.
type written struct {
	Named
	text string   // of the schema
	refs []string // to whom its rules refer
	done bool     // it has been read
}

// writtenIn finds where the schemas of a text begin and end.
func writtenIn(text string) ([]written, *Problem) {
	if text == "{}" {
		return nil, nil
	}
	rest, begins := strings.CutPrefix(text, "{\n")
	rest, ends := strings.CutSuffix(rest, "\n}")
	if !begins || !ends {
		return nil, unreadable("", text, "the text is no object with a schema to a line")
	}
	list := make([]written, 0, strings.Count(rest, "\n\"")+1)
	for {
		end := strings.Index(rest, "\n\"")
		one := rest
		if end >= 0 {
			one = rest[:end]
		}
		m, ok := writtenAt(one, end >= 0)
		if !ok {
			return nil, unreadable("", one, "the line is no name with a schema")
		}
		if list = append(list, m); end < 0 {
			return list, nil
		}
		rest = rest[end+1:]
	}
}

// writtenAt takes apart what one line begins: "Order": {…}, with a comma where there
// are more.
func writtenAt(line string, more bool) (written, bool) {
	end := 1
	for end < len(line) && line[end] != '"' {
		if line[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(line) || line[0] != '"' {
		return written{}, false
	}
	name := line[1:end]
	if strings.Contains(name, `\`) {
		if !isValue(line[:end+1]) {
			return written{}, false
		}
		name = string(unescape(nil, []byte(name)))
	}
	schema, ok := strings.CutPrefix(line[end+1:], ": ")
	if more && ok {
		schema, ok = strings.CutSuffix(schema, ",")
	}
	return written{Named: Named{Name: name}, text: schema}, ok
}

// read makes rules of the text, once.
func (m *written) read() *Problem {
	if m.done {
		return nil
	}
	if !isValue(m.text) {
		return unreadable(m.Name, m.text, "it is not JSON")
	}
	r := ruleReader{cursor: cursor{data: []byte(m.text)}, text: m.text}
	if m.Schema = r.schema(); r.wrong != "" {
		return unreadable(m.Name, m.text[min(r.at, len(m.text)):], r.wrong)
	}
	m.refs, m.done = r.refs, true
	return nil
}

func unreadable(schema, text, why string) *Problem {
	return &Problem{Kind: Unreadable, Schema: schema, Text: text, Detail: why}
}
