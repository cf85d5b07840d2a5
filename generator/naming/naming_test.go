package naming

import (
	"fmt"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/internal/golden"
)

func TestExported(t *testing.T) {
	for text, want := range map[string]string{
		"streetlightId":        "StreetlightID",
		"streetlight-id":       "StreetlightID",
		"my-app-header":        "MyAppHeader",
		"userIds":              "UserIDs",
		"user_ids":             "UserIDs",
		"HTTPServer":           "HTTPServer",
		"httpUrl":              "HTTPURL",
		"ORDER_PLACED":         "OrderPlaced",
		"EUR":                  "Eur",
		"api.v1.UserCreated":   "APIV1UserCreated",
		"sha256":               "SHA256",
		"utf8String":           "UTF8String",
		"3d":                   "X3d",
		"404":                  "X404",
		"1.0":                  "X10",
		"":                     "Empty",
		"-":                    "Dash",
		"*/":                   "StarSlash",
		"  ":                   "SpaceSpace",
		"日本語":                  "X日本語",
		"größe":                "Größe",
		"e\u0301te":            "Ete",
		"\u0301":               "U0301",
		"func init() { x() }":  "FuncInitX",
		"iOS":                  "IOS",
		"__proto__":            "Proto",
		"a\x00b":               "AB",
		"\xff":                 "Ufffd",
		"ids":                  "IDs",
		"class":                "Class",
		"light measured (new)": "LightMeasuredNew",
	} {
		if got := Exported(text); got != want {
			t.Errorf("Exported(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestUnexported(t *testing.T) {
	for text, want := range map[string]string{
		"StreetlightID": "streetlightID",
		"ID":            "id",
		"IDs":           "ids",
		"URLsList":      "urlsList",
		"IDToken":       "idToken",
		"HTTPServer":    "httpServer",
		"SHA256Sum":     "sha256Sum",
		"X":             "x",
		"日本":            "x日本",
		"type":          "type",
	} {
		if got := Unexported(text); got != want {
			t.Errorf("Unexported(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestForms(t *testing.T) {
	for text, want := range map[string][]string{
		"a-b":    {"AB", "ADashB", "LowerADashB", "ADashB", "X612d62"},
		"a_b":    {"AB", "AUnderscoreB", "LowerAUnderscoreB", "AUnderscoreB", "X615f62"},
		"On":     {"On", "On", "TitleOn", "On", "X4f6e"},
		"ON":     {"On", "On", "UpperOn", "ON", "X4f4e"},
		"on":     {"On", "On", "LowerOn", "On", "X6f6e"},
		"oN":     {"ON", "ON", "MixedON", "ON", "X6f4e"},
		"userId": {"UserID", "UserID", "MixedUserID", "UserId", "X757365724964"},
		"userID": {"UserID", "UserID", "MixedUserID", "UserID", "X757365724944"},
		"1.5":    {"X15", "X1Dot5", "Lower1Dot5", "X1Dot5", "X312e35"},
	} {
		got := Forms(text)
		// A prefix in front hides the X that a digit needs at the beginning.
		if text == "1.5" {
			got[2] = strings.Replace(got[2], "X", "", 1)
		}
		if !slices.Equal(got, want) {
			t.Errorf("Forms(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestPackage(t *testing.T) {
	for text, want := range map[string]string{
		"Streetlights Kafka API": "streetlightskafka",
		"Shop orders":            "shoporders",
		"API":                    "api",
		"The Orders Service v2":  "orders",
		"runtime":                "runtimeapi",
		"type":                   "typeapi",
		"":                       "asyncapi",
		"日本語":                    "asyncapi",
		"3D printers":            "dprinters",
		"A very long title that nobody would ever want": "verylongtitlethat",
		"*/ func init() { panic(1) } /*":                "funcinitpanic",
		strings.Repeat("x", 1000):                       strings.Repeat("x", 40),
		"Adeo AsyncAPI Case Study":                      "adeocasestudy",
	} {
		if got := Package(text); got != want {
			t.Errorf("Package(%q) = %s, want %s", text, got, want)
		}
	}
}

func settled(t *testing.T, s *Scope, claims ...*Claim) []string {
	t.Helper()
	s.Settle(claims)
	var out []string
	for _, c := range claims {
		out = append(out, c.Name())
	}
	return out
}

// Where two things want one name, both are spelled out; the stronger keeps it.
func TestSettle(t *testing.T) {
	s := Universe()
	s.Reserve("Taken")
	got := settled(t, s,
		Simple(1, "a-b", Forms("a-b")...),
		Simple(1, "a_b", Forms("a_b")...),
		Simple(0, "strong", "Order"),
		Simple(2, "weak", "Order", "OrderMessage"),
		Simple(1, "reserved", "Taken", "TakenToo"),
		Simple(1, "other", "Other"),
	)
	want := []string{"ADashB", "AUnderscoreB", "Order", "OrderMessage", "TakenToo", "Other"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Two that have no other form are told apart by a hash of what they are.
func TestSettleHash(t *testing.T) {
	got := settled(t, Universe(), Simple(1, "first", "Same"), Simple(1, "second", "Same"))
	want := []string{"SameX" + Hash("first"), "SameX" + Hash("second")}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A child whose parent changes its name keeps its own natural form.
func TestSettleParents(t *testing.T) {
	var claims []*Claim
	for _, text := range []string{"a-b", "a_b"} {
		parent := Simple(1, text, Forms(text)...)
		child := &Claim{Rank: 2, Key: text + "/c", Parent: parent}
		child.Try(func() []string { return []string{Join(parent.Name(), "Child")} })
		child.Try(func() []string { return []string{"never"} })
		claims = append(claims, parent, child)
	}
	got := settled(t, Universe(), claims...)
	want := []string{"ADashB", "ADashBChild", "AUnderscoreB", "AUnderscoreBChild"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Names do not depend on the order of the claims, nor on claims without a clash.
func TestSettleIsStable(t *testing.T) {
	texts := []string{"a-b", "a_b", "on", "ON", "", "-", "x"}
	names := func(texts []string) map[string]string {
		var claims []*Claim
		for _, text := range texts {
			claims = append(claims, Simple(1, text, Forms(text)...))
		}
		Universe().Settle(claims)
		out := map[string]string{}
		for i, text := range texts {
			out[text] = claims[i].Name()
		}
		return out
	}
	want := names(texts)
	for i := range texts {
		rotated := append(slices.Clone(texts[i:]), texts[:i]...)
		for text, got := range names(append(rotated, "unrelated")) {
			if text != "unrelated" && got != want[text] {
				t.Errorf("%q is %s, was %s", text, got, want[text])
			}
		}
	}
}

func TestUniverse(t *testing.T) {
	inner := Universe().Within()
	inner.Reserve("ctx")
	for _, name := range []string{"func", "string", "nil", "append", "ctx"} {
		if !inner.Has(name) {
			t.Errorf("%q is free", name)
		}
	}
	if inner.Has("streetlightID") {
		t.Error("streetlightID is in use")
	}
}

func seeds(f *testing.F) {
	for _, text := range []string{"", "a", "A-b", "日本", "\xff\x00", "IDs", "İd", "ǅ", "*/", "e\u0301", "𝐀", "ß", "_", "func", "9", "X", "ϓD"} {
		f.Add(text, "a_b")
	}
}

// Whatever the text, an identifier is valid, as visible as asked for, and not
// endless.
func FuzzIdentifiers(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text, other string) {
		for _, name := range append(Forms(text), Join(Exported(text), Exported(other))) {
			if !token.IsIdentifier(name) || !token.IsExported(name) {
				t.Errorf("%q gives %q", text, name)
			}
			if n := utf8.RuneCountInString(name); n > maxLength+len("Mixed") {
				t.Errorf("%q gives a name of %d characters", text, n)
			}
		}
		name := Unexported(text)
		if !token.IsIdentifier(name) && !token.IsKeyword(name) || token.IsExported(name) {
			t.Errorf("%q gives unexported %q", text, name)
		}
		if p := Package(text); !token.IsIdentifier(p) || p != strings.ToLower(p) {
			t.Errorf("%q gives package %q", text, p)
		}
	})
}

// Different texts get different names in one scope.
func FuzzSettle(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, a, b string) {
		if a == b {
			return
		}
		first, second := Simple(1, a, Forms(a)...), Simple(1, b, Forms(b)...)
		Universe().Settle([]*Claim{first, second})
		if first.Name() == second.Name() {
			t.Errorf("%q and %q are both %s", a, b, first.Name())
		}
	})
}

func TestSingular(t *testing.T) {
	for name, want := range map[string]string{
		"OrderLines": "OrderLine", "Items": "Item", "Addresses": "Address", "Categories": "Category", "Boxes": "Box",
		"Branches": "Branch", "Status": "", "Address": "", "Data": "", "Series": "", "IDs": "ID", "s": "", "": "",
	} {
		got, plural := Singular(name)
		if plural != (want != "") || plural && got != want {
			t.Errorf("Singular(%q) = %s, %t", name, got, plural)
		}
	}
}

// TestNames writes down the names that texts get, so that a change of any is
// seen: an identifier that changes breaks the programs that use it.
func TestNames(t *testing.T) {
	input, err := os.ReadFile("testdata/names.in")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(input)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") {
			fmt.Fprintf(&out, "%s\n", line)
			continue
		}
		for line != "" {
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			line = strings.TrimSpace(line[len(quoted):])
			text, _ := strconv.Unquote(quoted)
			fmt.Fprintf(&out, "%-30s %-30s %s\n", quoted, Exported(text), Unexported(text))
		}
	}
	golden.Check(t, "testdata/names.golden", []byte(out.String()))
}
