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
		"注文番号。":                                           "X: 注文番号。",
		"Is it on?":                                       "X: Is it on?",
		"true if it is on":                                "X is true if it is on.",
		"name (of it)":                                    "X is the name (of it).",
		"Optional. Links it to a flow.":                   "X is optional. Links it to a flow.",
		"When the customer confirmed it":                  "X is when the customer confirmed it.",
		"Described where it is used.":                     "X is described where it is used.",
		"Optional note for the driver":                    "X is the optional note for the driver.",
		"Unique per event — dedupe on this.":              "X is unique per event — dedupe on this.",
		"Only present if it failed.":                      "X is only present if it failed.",
		"Used to filter by time.":                         "X is used to filter by time.",
		"Called number.":                                  "X is the called number.",
		"Describe the degree of it.":                      "X describes the degree of it.",
		"Identify the patient":                            "X identifies the patient.",
		"Which platform it belongs to":                    "X tells which platform it belongs to.",
		"When set, the bot starts a server.":              "X: When set, the bot starts a server.",
		"The time the event was published.":               "X is the time the event was published.",
		"The variables required for it":                   "X holds the variables required for it.",
		"Routine control is used to stop it":              "X: Routine control is used to stop it.",
		"App name (identifier). Also a `?name=`.":         "X is the app name (identifier). Also a `?name=`.",
		"2 byte value holding it":                         "X is the 2 byte value holding it.",
		"Metadata. Not used.":                             "X is the metadata. Not used.",
		"Market channels only — a venue id.":              "X: Market channels only — a venue id.",
		"true = the buyer":                                "X: true = the buyer.",
		"Customer Reference Number (10 digits)":           "X is the Customer Reference Number (10 digits).",
		"Estado de la etapa":                              "X: Estado de la etapa.",
		"Zeitpunkt, an dem es ursprünglich erstellt wird": "X: Zeitpunkt, an dem es ursprünglich erstellt wird.",
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
		{"Channels", "The channels that it has", "Channels are the channels that it has"},
		{"Parameters", "The parameters of it", "Parameters are the parameters of it"},
		{"Address", "The address of it", "Address is the address of it"},
		{"Attachments", "Optional attachments of it", "Attachments are the optional attachments of it"},
		{"Entities", "Array of entities involved", "Entities are the entities involved"},
		{"Entities", "A list of all entities", "Entities are all entities"},
		{"Entity", "A list of all entities", "Entity is a list of all entities"},
		{"Ids", "Unique, numeric identifiers", "Ids are the unique, numeric identifiers"},
		{"Cards", "Optional Adaptive Card attachments", "Cards are the optional Adaptive Card attachments"},
		{"Format", "Can Format used for transmission", "Format: Can Format used for transmission"},
		{"AutoStart", "Automatically start recordings", "AutoStart: Automatically start recordings"},
		{"Character", "Character who takes the action", "Character is the character who takes the action"},
		{"Pair", "Each object in this array consists of two", "Pair: Each object in this array consists of two"},
		{"Status", "Status of the order", "Status is the status of the order"},
		{"Ids", "The response shall contain the list", "Ids: The response shall contain the list"},
		{"Area", "The area in which it is found", "Area is the area in which it is found"},
		{"Cost", "The cost, which is in cents", "Cost is the cost, which is in cents"},
		{"Topic", "The topic on which it is sent", "Topic is the topic on which it is sent"},
		{"Exchange", "Empty for channels of an account", "Exchange is empty for channels of an account"},
		{"Envelope", "Every event is in this envelope", "Envelope: Every event is in this envelope"},
	} {
		if got := subject(c[0], c[1]); got != c[2] {
			t.Errorf("%s: %q gives %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestFirstSentence(t *testing.T) {
	for text, want := range map[string]string{
		"X is on. It is red.":                   "X is on.",
		"X is on, i.e. Not off. It is red.":     "X is on, i.e. Not off.",
		"X is v1.0 of it. `on` is its default.": "X is v1.0 of it.",
		"X is `a. B` of it. Red.":               "X is `a. B` of it.",
		"X is on":                               "X is on",
		"X is one of:":                          "X is one of:",
	} {
		if got := firstSentence(ir.Text(text)); got[0].Text != want {
			t.Errorf("%q gives %q, want %q", text, got[0].Text, want)
		}
	}
	if got := firstSentence(append(ir.Text("X is on."), ir.Block{Text: "More."})); len(got) != 1 {
		t.Errorf("got %v", got)
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
