package parse

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// TestDays: days are those of package time.
func TestDays(t *testing.T) {
	want := 0
	for day := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 10_000; day = day.AddDate(0, 0, 1) {
		if want == 0 {
			want = int((day.Unix() - time.Time{}.Unix()) / 86400)
		}
		if days, ok := FullDate(day.Format(time.DateOnly)); days != want || !ok {
			t.Fatalf("%v: %d, %v; want %d", day, days, ok, want)
		}
		want++
	}
	for _, text := range []string{"2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-010", "20x6-01-01", "2026-01-01 ", ""} {
		if _, ok := FullDate(text); ok {
			t.Errorf("%q is a date", text)
		}
	}
}

// TestTime: times are those of package time, where it reads them as RFC 3339 has them.
func TestTime(t *testing.T) {
	r, read := rand.New(rand.NewPCG(1, 2)), 0
	for range 50_000 {
		text := fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d", r.IntN(10_000), r.IntN(14), r.IntN(33), r.IntN(26), r.IntN(62), r.IntN(62))
		if r.IntN(2) == 0 {
			text += "." + fmt.Sprint(r.IntN(1_000_000_000))
		}
		text += []string{"Z", "+01:00", "-23:59", "", "+0100", "-00:00"}[r.IntN(6)]
		if r.IntN(4) == 0 {
			i := r.IntN(len(text))
			text = text[:i] + string("0129-:.TZ"[r.IntN(9)]) + text[i+1:]
		}
		want, err := time.Parse(time.RFC3339Nano, text)
		got, ok := Time(text)
		if ok != (err == nil) || ok && (!got.Equal(want) || got.Format(time.RFC3339Nano) != want.Format(time.RFC3339Nano)) {
			t.Fatalf("%s is %v, %v; want %v, %v", text, got, ok, want, err)
		}
		if ok {
			read++
		}
		if ok && !DateTime(text) || ok != IsTime(text) {
			t.Fatalf("%s is a date-time: %v; a time: %v", text, DateTime(text), IsTime(text))
		}
	}
	if read < 5_000 {
		t.Errorf("%d are read", read)
	}
}

// TestLeapSeconds are of date-times, and of no time.
func TestLeapSeconds(t *testing.T) {
	for text, leap := range map[string]bool{"2026-06-30T23:59:60Z": true, "2026-07-01T01:29:60+01:30": true, "2026-06-30T23:58:60Z": false, "2026-06-30T22:59:60+01:00": false} {
		if _, ok := Time(text); DateTime(text) != leap || ok {
			t.Errorf("%s: %v, %v", text, DateTime(text), ok)
		}
	}
	if c, exact, ok := FullTime("15:04:05.1234567890-01:30"); !ok || !exact || c != (Clock{15, 4, 5, 123456789, -90}) {
		t.Error(c, exact, ok)
	}
	if c, exact, ok := FullTime("15:04:05.1234567891z"); !ok || exact {
		t.Error(c, ok)
	}
	for _, text := range []string{"15:04:05.Z", "15:04:05.", "15:04:05", "1x:04:05Z", "15:04:05.1", "15-04:05Z", "15:04:05+24:00", "15:04:05-07:60"} {
		if c, _, ok := FullTime(text); ok {
			t.Errorf("%s is %v", text, c)
		}
	}
}

// TestUUID reads what it should, in either case, and nothing else.
func TestUUID(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		text := []byte("0b0e4B3c-53a5-4C5E-9d0b-0D3a2a4c8f11")
		for range r.IntN(3) {
			text[r.IntN(len(text))] = "0123456789abcdefABCDEF-gG/:@`\x00\xff "[r.IntN(32)]
		}
		want, err := hex.DecodeString(strings.ReplaceAll(string(text), "-", ""))
		valid := err == nil && len(want) == 16 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-'
		var id [16]byte
		if ok := UUID(string(text), &id); ok != valid || ok && string(id[:]) != string(want) {
			t.Fatalf("%q is %x, %v; want %x", text, id, ok, want)
		}
	}
}

// TestBase64: what is read has been judged as it is, and is what the library reads.
func TestBase64(t *testing.T) {
	r, read := rand.New(rand.NewPCG(5, 6)), 0
	for range 100_000 {
		text := make([]byte, r.IntN(13))
		for i := range text {
			text[i] = "ABCxyz0189+/AAAAAAAAA"[r.IntN(21)]
		}
		for i := len(text) - 1; i >= 0 && r.IntN(3) == 0; i-- {
			text[i] = "=====\n\r-"[r.IntN(8)]
		}
		want, err := base64.StdEncoding.DecodeString(string(text))
		valid := err == nil && !strings.ContainsAny(string(text), "\r\n")
		got, ok := Base64(text)
		if ok != valid || IsBase64(string(text)) != valid || ok && string(got) != string(want) {
			t.Fatalf("%q is %q, %v and %v; want %q, %v", text, got, ok, IsBase64(string(text)), want, err)
		}
		if ok {
			read++
		}
	}
	if read < 5_000 {
		t.Errorf("%d are read", read)
	}
}

// TestAddresses are those of either kind, with a zone where any is asked for.
func TestAddresses(t *testing.T) {
	for text, is := range map[string][3]bool{
		"1.2.3.4": {true, false, true}, "01.2.3.4": {}, "1.2.3": {}, "::": {false, true, true}, "::ffff:1.2.3.4": {false, true, true},
		"fe80::1%eth0": {false, false, true}, "1.2.3.4%eth0": {}, "1:2:3:4:5:6:7": {}, "1:2:3:4:5:6:7::": {false, true, true}, "": {}, strings.Repeat("1", 60) + ":": {},
	} {
		a, four := IPv4(text)
		b, six := IPv6(text)
		c, any := Addr(text)
		if four != is[0] || six != is[1] || any != is[2] {
			t.Errorf("%s: %v, %v, %v", text, four, six, any)
		}
		want, _ := netip.ParseAddr(text)
		if four && a != want || six && b != want || any && c != want {
			t.Errorf("%s is %v, %v, %v", text, a, b, c)
		}
	}
}
