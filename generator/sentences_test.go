package generator

import (
	"testing"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec"
)

func TestAbout(t *testing.T) {
	for text, want := range map[string]string{
		"Light intensity measured in lumens.": "X is the light intensity measured in lumens.",
		"The ID of the streetlight.":          "X is the ID of the streetlight.",
		"A sum of money":                      "X is a sum of money.",
		"Whether to turn it on":               "X tells whether to turn it on.",
		"Contains the text":                   "X contains the text.",
		"This field contains the text":        "X contains the text.",
		"This is the text":                    "X is the text.",
		"The X property shall hold it":        "X shall hold it.",
		"The value is in grams":               "X is in grams.",
		"X is it.":                            "X is it.",
		"X":                                   "X.",
		"ISO 8601 time of it":                 "X is the ISO 8601 time of it.",
		"URL of the page":                     "X is the URL of the page.",
		"Inform about conditions.":            "X: Inform about conditions.",
		"If set, it is on":                    "X: If set, it is on.",
		"In grams.":                           "X: In grams.",
		"{json}":                              "X: {json}.",
		"1 or 2":                              "X: 1 or 2.",
		"Identificador del pedido que usa cliente interno": "X: Identificador del pedido que usa cliente interno.",
		"注文番号。":            "X: 注文番号。",
		"Is it on?":        "X: Is it on?",
		"true if it is on": "X is true if it is on.",
		"name (of it)":     "X is the name (of it).",
	} {
		got := about("X", markdown(text))
		if len(got) != 1 || got[0].Text != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []ir.BlockKind
	}{
		"nothing":              {" \n\n", nil},
		"two paragraphs":       {"a\nb\n\nc", []ir.BlockKind{ir.Paragraph, ir.Paragraph}},
		"loose list":           {"- a\n\n- b", []ir.BlockKind{ir.List}},
		"list in paragraph":    {"a:\n* b\n* c", []ir.BlockKind{ir.Paragraph, ir.List}},
		"numbers":              {"1. a\n2) b", []ir.BlockKind{ir.List}},
		"code behind list":     {"- a\n\n```\nb\n```", []ir.BlockKind{ir.List, ir.Paragraph, ir.Code}},
		"open fence":           {"```\na\n- b", []ir.BlockKind{ir.Code}},
		"table":                {"|a|\n|-|", []ir.BlockKind{ir.Code}},
		"rule":                 {"a\n\n***\n\nb", []ir.BlockKind{ir.Paragraph, ir.Paragraph}},
		"headings":             {"# a\n\nb\n---\n", []ir.BlockKind{ir.Heading, ir.Heading}},
		"no heading":           {"#a", []ir.BlockKind{ir.Paragraph}},
		"indented":             {"a\n\n    b", []ir.BlockKind{ir.Paragraph, ir.Code}},
		"indented in sentence": {"a\n    b", []ir.BlockKind{ir.Paragraph}},
	} {
		got := markdown(c.text)
		if len(got) != len(c.want) {
			t.Errorf("%s gives %+v", name, got)
			continue
		}
		for i, kind := range c.want {
			if got[i].Kind != kind {
				t.Errorf("%s: block %d is %+v", name, i, got[i])
			}
		}
	}
}

func TestWithoutVerb(t *testing.T) {
	for _, c := range []struct {
		action   spec.Action
		id, want string
	}{
		{spec.Receive, "receiveLightMeasurement", "LightMeasurement"},
		{spec.Receive, "onUserSignup", "UserSignup"},
		{spec.Receive, "on-user-signup", "-user-signup"},
		{spec.Receive, "onboardUser", ""},
		{spec.Receive, "sendOrder", ""},
		{spec.Receive, "receive", ""},
		{spec.Send, "publishOrder", "Order"},
		{spec.Send, "PUBLISH_ORDER", "_ORDER"},
		{spec.Send, "turnOn", ""},
		{spec.Send, "send.user/signedup", ".user/signedup"},
	} {
		if got := withoutVerb(c.id, c.action); got != c.want {
			t.Errorf("%s %s gives %q, want %q", c.action, c.id, got, c.want)
		}
	}
}
