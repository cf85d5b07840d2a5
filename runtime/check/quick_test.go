package check

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// TestQuickKey holds the comparison by words to that of strings, for keys that
// differ in any one byte and for texts that end anywhere.
func TestQuickKey(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5_000 {
		raw := make([]byte, 3+random.IntN(30))
		for i := range raw {
			raw[i] = 'a' + byte(random.IntN(3))
		}
		text := append([]byte("x"), raw...)
		if random.IntN(2) == 0 {
			text[random.IntN(len(text))] = 'd'
		}
		text = append(text, "12345678"[:random.IntN(9)]...)
		k := newQuickKey(string(raw))
		got, want := k.at(text, 1), strings.HasPrefix(string(text[1:]), string(raw))
		if fits := len(text)-1 >= max(len(raw), 8); got != (want && fits) {
			t.Fatalf("%s in %s: %v", raw, text, got)
		}
		if k.at(text, len(text)-2) {
			t.Fatalf("%s is found behind the end of %s", raw, text)
		}
	}
}

// TestMembersAnyOrder judges objects with some of the properties, in any order,
// whose names begin or end alike.
func TestMembersAnyOrder(t *testing.T) {
	names := []string{"a", "ab", "abc", "order", "orderId", "orderIds", "orderIdentifier", "theIdentifierOfTheOrder", "theIdentifierOfTheBuyer", "é", "x\"y", ""}
	var properties Properties
	for i, name := range names {
		properties = append(properties, Property{name, Schema{Const(fmt.Sprint(i))}})
	}
	random := rand.New(rand.NewPCG(3, 4))
	v := NewRules(Set{{"", Schema{properties, AdditionalProperties{Never{}}}}}).Of("")
	for range 5_000 {
		wrong, some := false, []string{}
		for _, i := range random.Perm(len(names))[:random.IntN(len(names))] {
			value := i
			if random.IntN(40) == 0 {
				value, wrong = 99, true
			}
			some = append(some, fmt.Sprintf("%q:%d", names[i], value))
		}
		if len(some) > 0 && random.IntN(20) == 0 {
			some, wrong = append(some, some[random.IntN(len(some))]), true
		}
		text := "{" + strings.Join(some, ",") + "}"
		if v.Valid([]byte(text)) == wrong {
			t.Fatalf("%s is valid: %v", text, !wrong)
		}
	}
}

// TestOrderIsAGuess judges many objects that share places for the order of their
// properties, each of which has some of its properties in some order.
func TestOrderIsAGuess(t *testing.T) {
	const objects, each = 2 * orderPlaces / 10, 70
	var properties Properties
	for i := range objects {
		var inner Properties
		for k := range each {
			inner = append(inner, Property{fmt.Sprint("p", k), Schema{Const(fmt.Sprint(i, k)[:1])}})
		}
		properties = append(properties, Property{fmt.Sprint("o", i), Schema{inner, Required{"p1"}, AdditionalProperties{Never{}}}})
	}
	v := NewRules(Set{{"", Schema{properties}}}).Of("")
	random := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		var outer []string
		faulty := random.IntN(2 * objects) // none of them in half of the texts
		for _, i := range random.Perm(objects) {
			inner := []string{fmt.Sprintf(`"p1":%s`, fmt.Sprint(i, 1)[:1])}
			for _, k := range random.Perm(each)[:each-random.IntN(2)*random.IntN(each)] {
				if k != 1 {
					inner = append(inner, fmt.Sprintf("%q:%s", fmt.Sprint("p", k), fmt.Sprint(i, k)[:1]))
				}
			}
			if i == faulty {
				fault := random.IntN(len(inner))
				inner[fault] = []string{`"px":1`, `"p1":"1"`, `"p2":11`, inner[(fault+1)%len(inner)]}[random.IntN(3+min(len(inner)-1, 1))]
			}
			random.Shuffle(len(inner)*random.IntN(2), func(i, k int) { inner[i], inner[k] = inner[k], inner[i] })
			outer = append(outer, fmt.Sprintf("%q:{%s}", fmt.Sprint("o", i), strings.Join(inner, ",")))
		}
		text := []byte("{" + strings.Join(outer, ",") + "}")
		if valid, want := v.Valid(text), faulty >= objects; valid != want || (v.Check(text) == nil) != want {
			t.Fatalf("valid is %v: %v", valid, v.Check(text))
		}
	}
}

// TestNumbers holds bounds and divisors to arithmetic on fractions.
func TestNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	limits := []string{"0", "-3", "1e3", "2.5", "1073741824", "1073741825", "99999999999", "-0.001", "2147483647", "4294967296", "4294967297", "-4294967296", "9223372036854775807", "-9223372036854775808", "999999999999999999", "-1000000000000000000"}
	for range 2000 {
		low, high := limits[random.IntN(len(limits))], limits[random.IntN(len(limits))]
		step := []string{"1", "0.01", "0.5", "3", "1e-9", "1e2"}[random.IntN(6)]
		outLow, outHigh := limits[random.IntN(len(limits))], limits[random.IntN(len(limits))]
		s := Schema{Number, Minimum(low), Maximum(high)}
		if random.IntN(2) == 0 {
			s = append(s, MultipleOf(step))
		} else {
			step = "1e-20"
		}
		if random.IntN(2) == 0 {
			s = append(s, ExclusiveMinimum(outLow), ExclusiveMaximum(outHigh))
		} else {
			outLow, outHigh = "-1e30", "1e30"
		}
		v := NewRules(Set{{"", s}}).Of("")
		for range 100 {
			text := fmt.Sprint(random.IntN(4000) - 2000)
			if random.IntN(4) == 0 {
				text = fmt.Sprint(random.Int64N(2_000_000_000_000_000_000) - 1_000_000_000_000_000_000)
			} else if digits := random.IntN(12); digits > 0 {
				text += "." + fmt.Sprint(random.Uint64())[:digits]
			}
			if random.IntN(3) == 0 {
				text = limits[random.IntN(len(limits))]
			}
			n, quotient := fraction(text), new(big.Rat).Quo(fraction(text), fraction(step))
			want := n.Cmp(fraction(low)) >= 0 && n.Cmp(fraction(high)) <= 0 && quotient.IsInt() &&
				n.Cmp(fraction(outLow)) > 0 && n.Cmp(fraction(outHigh)) < 0
			if v.Valid([]byte(text)) != want || v.Valid([]byte(text+" ")) != want {
				t.Fatalf("%s in %s to %s by %s: want %v", text, low, high, step, want)
			}
		}
	}
}

// TestNumeralsAreThoseOfJSON holds what is a number, in the way that most are judged, to
// encoding/json.
func TestNumeralsAreThoseOfJSON(t *testing.T) {
	v := NewRules(Set{{"", Schema{Properties{{"m", Schema{Number, Minimum("-1e60")}}}}}}).Of("")
	parts := []string{"", "0", "00", "1", "-", "+", ".", "e", "E", "12", "a", " ", "x", "123456789012345678", "9223372036854775808", "\x00"}
	for _, a := range parts {
		for _, b := range parts {
			for _, c := range parts {
				number := a + b + c
				text := []byte(`{"m":` + number + `,"n":1}`)
				if got, want := v.Valid(text), json.Valid(text); got != want {
					t.Fatalf("%q: %v, want %v", text, got, want)
				}
			}
		}
	}
}

// TestMembersAreJudgedAsItems holds numbers that are members, which are judged in a way of
// their own by their first byte, to the same numbers as items.
func TestMembersAreJudgedAsItems(t *testing.T) {
	parts := []string{"", "0", "1", "-", ".", "e", "5", "00", "12", " ", "123456789012345678", "9223372036854775808", `"`, "null"}
	for _, one := range []Schema{
		{Integer}, {Integer, Minimum("1")}, {Integer, Format("int32")}, {Integer, MultipleOf("5")}, {Integer, Enum{"1", "12"}},
		{Integer | Null}, {Integer | String, MaxLength(1)}, {Number}, {Number, Maximum("5")}, {Integer, Not{Const("1")}},
	} {
		member := NewRules(Set{{"", Schema{Properties{{"m", one}}}}}).Of("")
		item := NewRules(Set{{"", Schema{Items(one)}}}).Of("")
		for _, a := range parts {
			for _, b := range parts {
				for _, c := range parts {
					value := a + b + c
					if strings.TrimSpace(value) == "" {
						continue // which is no member, and no item
					}
					got, want := member.Valid([]byte(`{"m":`+value+`,"n":1}`)), item.Valid([]byte("["+value+"]"))
					if got != want {
						t.Fatalf("%q by %v: %v as a member, %v as an item", value, one, got, want)
					}
				}
			}
		}
	}
}

// TestPackedStrings holds enums of short strings, which are compared as words, to
// comparisons of strings: of their beginnings, longer ones, and with 0 in them.
func TestPackedStrings(t *testing.T) {
	all := []string{"", "a", "ab", "abc", "abcdefg", "abcdefgh", "abcdefghi", "b", "a\x00", "\x00", "ä", "äöüß", "\u2028\u2028\u2028", `a"`, "h", "abcdefg\x00", "EUR"}
	for i := range all {
		for j := range all {
			values := Enum{quoted(t, all[i]), quoted(t, all[j])}
			v := NewRules(Set{{"", Schema{Items{values}}}}).Of("")
			for _, text := range all {
				want := text == all[i] || text == all[j]
				for _, behind := range []string{"", "," + quoted(t, all[i]) + "," + quoted(t, all[j])} {
					if data := "[" + quoted(t, text) + behind + "]"; v.Valid([]byte(data)) != want {
						t.Fatalf("%s in %q: want %v", data, values, want)
					}
				}
			}
		}
	}
}

func quoted(t *testing.T, text string) string {
	t.Helper()
	out, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func fraction(text string) *big.Rat {
	r, _ := new(big.Rat).SetString(text)
	return r
}

// setsOf returns what each character may be of a text that has the pattern.
func setsOf(p *pattern) []asciiSet {
	if p.direct.fixed == nil {
		return nil
	}
	return p.direct.fixed.sets
}

// TestFixedPattern holds patterns of texts of one length to package regexp.
func TestFixedPattern(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for _, text := range []string{`^[A-Z]{3}-[0-9]{4}$`, `^a$`, `^[a-cA-C]{2}x[0-9]é?$`, `^(ab)c{2}$`, `^$`, `^[^a]{2}$`, `^ord-[0-9]{4}-[0-9]{6}$`,
		`^[A-Z]{3}-[0-9]{5}$`, `^[a-c\x00-\x7f]{8}$`, `^[A-Zb-z]{9}$`, `^[!-~]{16}$`, `^[ -?]{4}[@-z]{13}$`} {
		p, err := newPattern(text)
		if err != nil {
			t.Fatal(err)
		}
		re := regexp.MustCompile(text)
		letters := []rune("aAbBcZ-09xé\n")
		for range 5_000 {
			var of []rune
			for range random.IntN(10) {
				of = append(of, letters[random.IntN(len(letters))])
			}
			if got, want := p.direct.matches(string(of)), re.MatchString(string(of)); got != want {
				t.Fatalf("%s on %q: %v", text, string(of), got)
			}
		}
		for range 5_000 { // of the right length
			of := make([]byte, len(setsOf(p)))
			for i, set := range setsOf(p) {
				for of[i] = byte(random.IntN(128)); !areIn([]asciiSet{set}, string(of[i:i+1])); {
					of[i] = byte(random.IntN(128))
				}
			}
			if len(of) > 0 && random.IntN(2) == 0 { // and wrong in one place
				of[random.IntN(len(of))] = byte(random.IntN(256))
			}
			if got, want := p.direct.matches(string(of)), re.MatchString(string(of)); got != want {
				t.Fatalf("%s on %q: %v", text, of, got)
			}
		}
		for range 200 { // near misses
			of := []byte("ABC-1234")
			of[random.IntN(len(of))] = "A-0\x00\x7f"[random.IntN(5)]
			if got, want := p.direct.matches(string(of)), re.MatchString(string(of)); got != want {
				t.Fatalf("%s on %q: %v", text, of, got)
			}
		}
	}
}
