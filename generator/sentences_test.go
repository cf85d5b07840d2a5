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

// TestSubject is about texts that have to do with the name.
func TestSubject(t *testing.T) {
	for _, c := range [][3]string{
		{"Percentage", "Percentage to which it should be dimmed", "Percentage is the percentage to which it should be dimmed"},
		{"Status", "Status is one of three", "Status is one of three"},
		{"Order", "Order", "Order"},
		{"Channels", "Channels to subscribe to", "Channels are the channels to subscribe to"},
		{"SkySegments", "Segments of the sky", "SkySegments are the segments of the sky"},
		{"Entities", "Array of entities involved", "Entities is the array of entities involved"},
		{"Status", "Status of the order", "Status is the status of the order"},
		{"Ids", "The response shall contain the list", "Ids: The response shall contain the list"},
		{"Area", "The area in which it is found", "Area is the area in which it is found"},
		{"Cost", "The cost, which is in cents", "Cost is the cost, which is in cents"},
		{"Topic", "The topic on which it is sent", "Topic is the topic on which it is sent"},
		{"Exchange", "Empty for channels of an account", "Exchange: Empty for channels of an account"},
		{"Envelope", "Every event is in this envelope", "Envelope: Every event is in this envelope"},
	} {
		if got := subject(c[0], c[1]); got != c[2] {
			t.Errorf("%s: %q gives %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestInline(t *testing.T) {
	for text, want := range map[string]string{
		"a **run_command** b": "a run_command b", "**a** and **b**": "a and b", "__a__ b": "a b", "snake__case__name": "snake__case__name",
		"2 ** 3 ** 4": "2 ** 3 ** 4", "[a](http://b)": "a (http://b)", "a<br/>b": "a b",
	} {
		if got := inline(text); got != want {
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
