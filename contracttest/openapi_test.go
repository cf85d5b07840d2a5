package contracttest_test

import (
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/contracttest"
)

// TestOpenAPI: payloads in OpenAPI's format, and by schemas of an OpenAPI file,
// are judged, and what they break is told at its place in that file.
func TestOpenAPI(t *testing.T) {
	doc := load(t, "pets.yaml")
	for _, c := range []struct{ address, payload, want string }{
		{"adoptions", `{"pet": {"kind": "Dog", "trick": null}, "fee": null}`, ""},
		{"adoptions", `{"pet": {"kind": "Cat", "lives": 9}, "fee": 0.5}`, ""},
		{"adoptions", `{"pet": {"kind": "Cat"}, "fee": 0}`, "payload at /fee: must be greater than 0, is 0"},
		{"adoptions", `{"pet": null}`, "payload at /pet: "},
		{"finds", `{"kind": "Dog"}`, ""},
		{"finds", `{"kind": "Dog", "trick": 1}`, "payload at /trick: must be null or a string, is an integer"},
		{"finds", `{"kind": "Cat", "lives": 3000000000}`, "payload at /lives: must fit the format int32, is 3000000000"},
		{"finds", `{"kind": "Bird"}`, `payload at /kind: "Bird" names no schema: names are "Cat", "Dog"`},
	} {
		r := verify(t, doc, contracttest.Options{}, &message{Address: c.address, Value: []byte(c.payload)})
		switch {
		case c.want == "":
			if r.Passed != 1 || len(r.Findings) != 0 {
				t.Errorf("%s: %+v, %v", c.payload, r.Counts, r.Findings)
			}
		case r.Failed != 1 || len(r.Findings) != 1 || !strings.HasPrefix(r.Findings[0].Message, c.want):
			t.Errorf("%s: %+v, %v", c.payload, r.Counts, r.Findings)
		case c.address == "finds" && r.Findings[0].At.File.Name() != "testdata/pets.openapi.yaml":
			t.Errorf("%s: found at %v", c.payload, r.Findings[0].At)
		}
	}
}
