package idn_test

import (
	"fmt"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/check/idn"
)

func Example() {
	rules := check.NewRulesWithLabels(check.Set{{Name: "Host", Schema: check.Schema{check.Format("idn-hostname")}}}, idn.Labels)
	fmt.Println(rules.Of("Host").Valid([]byte(`"bücher.example"`)), rules.Of("Host").Valid([]byte(`"bü_cher.example"`)))
	// Output: true false
}

// TestWithout: without the tables a label in Punycode is taken by its form alone.
func TestWithout(t *testing.T) {
	set := check.Set{{Name: "Host", Schema: check.Schema{check.Format("hostname")}}, {Name: "Mail", Schema: check.Schema{check.Format("email")}}}
	plain, full := check.NewRules(set), check.NewRulesWithLabels(set, idn.Labels)
	for host, want := range map[string][2]bool{
		"www.example.com":    {true, true},
		"xn--bcher-kva.test": {true, true},
		"xn--X":              {false, false}, // no Punycode
		"xn--a-ecp.ru":       {true, false},  // of a letter that stands in no name
		"-a.com":             {false, false},
	} {
		for name, text := range map[string]string{"Host": host, "Mail": "a@" + host} {
			if got := [2]bool{plain.Of(name).Valid([]byte(`"` + text + `"`)), full.Of(name).Valid([]byte(`"` + text + `"`))}; got != want {
				t.Errorf("%s: %v", text, got)
			}
		}
	}
}
