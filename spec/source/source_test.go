package source

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func Example() {
	f := NewFile("orders.yaml", []byte("info:\n  title: Orders\n"))
	s := Span{File: f, Start: 8, End: 13}
	fmt.Println(s, s.Text())
	// Output: orders.yaml:2:3 title
}

func TestPosition(t *testing.T) {
	tests := []struct {
		name, text   string
		offset       int
		line, column int
	}{
		{"start", "ab\ncd", 0, 1, 1},
		{"before a line break", "ab\ncd", 2, 1, 3},
		{"behind a line break", "ab\ncd", 3, 2, 1},
		{"end", "ab\ncd", 5, 2, 3},
		{"end behind a line break", "ab\n", 3, 2, 1},
		{"beyond the end", "ab\ncd", 99, 2, 3},
		{"before the start", "ab\ncd", -1, 1, 1},
		{"code points, not bytes", "é€😀x", 9, 1, 4},
		{"behind CR LF", "a\r\nb", 3, 2, 1},
		{"behind a lone CR", "a\rb", 2, 2, 1},
		{"two line breaks", "\r\n\rb", 3, 3, 1},
		{"in the byte order mark", "\uFEFFab", 0, 1, 1},
		{"behind the byte order mark", "\uFEFFab", 3, 1, 1},
		{"second letter behind the byte order mark", "\uFEFFab", 4, 1, 2},
		{"empty text", "", 0, 1, 1},
		{"invalid UTF-8 counts each byte", "\xff\xffa", 2, 1, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := NewFile("f", []byte(tt.text)).Position(tt.offset)
			if want := (Position{tt.line, tt.column}); got != want {
				t.Errorf("Position(%d) of %q = %v, want %v", tt.offset, tt.text, got, want)
			}
		})
	}
}

func TestOffsetMovesIntoTheText(t *testing.T) {
	f := NewFile("f", []byte("\uFEFFab\r\ncd"))
	tests := []struct {
		at   Position
		want int
	}{
		{Position{0, 7}, 3}, {Position{1, 0}, 3}, {Position{1, 1}, 3}, {Position{1, 99}, 5},
		{Position{2, 1}, 7}, {Position{2, 99}, 9}, {Position{3, 1}, 9}, {Position{-1, -1}, 3},
	}
	for _, tt := range tests {
		if got := f.Offset(tt.at); got != tt.want {
			t.Errorf("Offset(%v) = %d, want %d", tt.at, got, tt.want)
		}
	}
}

func TestLines(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"a", []string{"a"}},
		{"a\n", []string{"a", ""}},
		{"a\r\nb\rc\nd", []string{"a", "b", "c", "d"}},
		{"\n\r\n\r", []string{"", "", "", ""}},
		{"\uFEFFa\nb", []string{"a", "b"}},
	}
	for _, tt := range tests {
		f := NewFile("f", []byte(tt.text))
		var got []string
		for n := range f.Lines() {
			got = append(got, f.Line(n+1))
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tt.want) {
			t.Errorf("lines of %q = %q, want %q", tt.text, got, tt.want)
		}
		if f.Line(0) != "" || f.Line(len(tt.want)+1) != "" {
			t.Errorf("there is text outside of %q", tt.text)
		}
	}
}

// Offset undoes Position wherever a code point begins, the line break of CR LF
// and the byte order mark aside, and Position is monotone.
func FuzzPosition(f *testing.F) {
	for _, s := range []string{"", "a\nb", "\uFEFFä\r\nb\rc", "\xff\n\xfe", "😀\n\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := NewFile("f", text)
		text = file.Text()
		var last Position
		for i := file.LineStart(1); i <= len(text); {
			p := file.Position(i)
			if p.Line < last.Line || (p.Line == last.Line && p.Column <= last.Column) {
				t.Fatalf("offset %d is at %v, behind %v", i, p, last)
			}
			last = p
			inBreak := i > 0 && i < len(text) && text[i-1] == '\r' && text[i] == '\n'
			if back := file.Offset(p); back != i && !inBreak {
				t.Fatalf("offset %d is at %v, which is offset %d", i, p, back)
			}
			if i == len(text) {
				break
			}
			_, size := utf8.DecodeRune(text[i:])
			i += size
		}
		if last.Line != file.Lines() && len(text) > file.LineStart(1) {
			t.Fatalf("the end is in line %d of %d", last.Line, file.Lines())
		}
	})
}

func TestUTF16(t *testing.T) {
	const text = "title: \"Ä€😀\"\r\nend"
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		encoded := order.AppendUint16(nil, 0xFEFF)
		for _, unit := range utf16.Encode([]rune(text)) {
			encoded = order.AppendUint16(encoded, unit)
		}
		if got := string(NewFile("f", encoded).Text()); got != text {
			t.Errorf("%v: text = %q, want %q", order, got, text)
		}
		if got := string(NewFile("f", encoded[2:]).Text()); got != text {
			t.Errorf("%v without a mark: text = %q, want %q", order, got, text)
		}
		for _, broken := range [][]byte{
			append(bytes.Clone(encoded), 'x'),
			order.AppendUint16(bytes.Clone(encoded), 0xD83D),
			order.AppendUint16(bytes.Clone(encoded), 0xDE00),
			order.AppendUint16(order.AppendUint16(bytes.Clone(encoded), 0xD83D), 'x'),
		} {
			got := NewFile("f", broken).Text()
			if utf8.Valid(got) || !strings.HasPrefix(string(got), text) {
				t.Errorf("%v: broken UTF-16 became %q", order, got)
			}
		}
	}
}

// What has a zero byte early on is not yet in UTF-16.
func TestNotUTF16(t *testing.T) {
	for _, text := range []string{"a\x00b", "a\x00bc", "\x00a\x00\x00", "\x00\x00\x00a", "a\x00\x00\x00", "\x07\x00\x07\x00", "a\x00", ""} {
		if got := string(NewFile("f", []byte(text)).Text()); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestSpan(t *testing.T) {
	f := NewFileAt("shown.yaml", "/abs/shown.yaml", []byte("ab\ncd"))
	s := Span{File: f, Start: 3, End: 5}
	if s.Text() != "cd" || s.String() != "shown.yaml:2:1" || s.EndPosition() != (Position{2, 3}) || s.IsZero() {
		t.Errorf("span = %q %v to %v", s.Text(), s, s.EndPosition())
	}
	if f.URI() != "/abs/shown.yaml" {
		t.Errorf("URI = %q", f.URI())
	}
	o := Origin{At: s}
	if o.Span() != s || s.Span() != s {
		t.Error("an Origin is not at its own place")
	}
	var nowhere Span
	if !nowhere.IsZero() || nowhere.Text() != "" || nowhere.String() != "-" || nowhere.Position() != (Position{}) || nowhere.EndPosition() != (Position{}) {
		t.Errorf("the zero span is at %v", nowhere)
	}
	if bad := (Span{File: f, Start: 4, End: 99}); bad.Text() != "" {
		t.Errorf("a span beyond the text has text %q", bad.Text())
	}
}

// A text comes back in the encoding it was read in.
func TestEncode(t *testing.T) {
	for _, e := range []Encoding{UTF8, UTF16LE, UTF16BE} {
		stored := e.Encode([]byte("a: é 😀\n"))
		f := NewFile("f", stored)
		if f.Encoding() != e || string(f.Text()) != "a: é 😀\n" {
			t.Errorf("encoding %d: read as %d, %q", e, f.Encoding(), f.Text())
		}
		if again := f.Encoding().Encode(f.Text()); string(again) != string(stored) {
			t.Errorf("encoding %d: %q became %q", e, stored, again)
		}
		bare := e.Encode([]byte("a: é 😀\n"))[len(e.Encode(nil)):]
		if f := NewFile("f", bare); string(f.Encoding().Encode(f.Text())) != string(bare) || string(f.Text()) != "a: é 😀\n" {
			t.Errorf("encoding %d without a mark: read as %d, %q", e, f.Encoding(), f.Text())
		}
	}
}

// Places in long lines are those that counting from the line's beginning gives,
// whatever the bytes.
func TestPositionInLongLines(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "é", "€", "😀", "\x80", "\x80\x80\x80\x80\x80\x80\x80\x80", "\xff", "\xe2\x82", "plain text "}
	for range 4 {
		var b strings.Builder
		for b.Len() < 10*stride {
			b.WriteString(pieces[random.IntN(len(pieces))])
			if random.IntN(20000) == 0 {
				b.WriteString("\r\n")
			}
		}
		text := b.String()
		f := NewFile("f", []byte(text))
		for range 100 {
			offset := random.IntN(len(text) + 1)
			start := strings.LastIndexByte(text[:offset], '\n') + 1
			want := Position{Line: strings.Count(text[:offset], "\n") + 1, Column: utf8.RuneCountInString(text[start:offset]) + 1}
			if got := f.Position(offset); got != want {
				t.Fatalf("Position(%d) = %v, want %v", offset, got, want)
			}
		}
	}
}

// Lines are found alike whatever ends them.
func TestLineStarts(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		var b strings.Builder
		for range random.IntN(12) {
			b.WriteString([]string{"a", "\n", "\r", "\r\n"}[random.IntN(4)])
		}
		text := b.String()
		want := []string{""}
		for _, c := range strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n") {
			if c == '\n' {
				want = append(want, "")
			} else {
				want[len(want)-1] += string(c)
			}
		}
		f := NewFile("f", []byte(text))
		for n, line := range want {
			if got := f.Line(n + 1); got != line || text[f.LineStart(n+1):f.LineEnd(n+1)] != line {
				t.Fatalf("line %d of %q is %q, want %q", n+1, text, got, line)
			}
		}
		if f.Lines() != len(want) || f.LineEnd(0) != 0 || f.LineEnd(99) != len(text) {
			t.Fatalf("%q has %d lines, want %d", text, f.Lines(), len(want))
		}
	}
}

// TestPart: places in a part are those in the whole, line by line and in several.
func TestPart(t *testing.T) {
	text := "\ufeffone\ntwo\r\nthree\rfour\n\nsix é x"
	whole := NewFile("f", []byte(text))
	for from := 0; from < len(text); {
		for to := from + 1; to <= len(text); to++ {
			if to < len(text) && text[to-1] != '\n' {
				continue
			}
			part := Part("f", []byte(text[from:to]), whole.Position(from).Line-1)
			for at := from; at < to; at++ {
				want := whole.Position(at)
				if got := part.Position(at - from); got != want && (from > 0 || at >= len(bomUTF8)) {
					t.Fatalf("%q: offset %d is at %v, want %v", part.Text(), at, got, want)
				}
				if got := part.Offset(want); text[at] != '\r' && text[at] != '\n' && utf8.RuneStart(text[at]) && from+got != max(at, len(bomUTF8)) {
					t.Fatalf("%q: %v is at offset %d, want %d", part.Text(), want, from+got, at)
				}
				if got := part.Line(want.Line); got != whole.Line(want.Line) {
					t.Fatalf("line %d is %q, want %q", want.Line, got, whole.Line(want.Line))
				}
			}
			if part.Line(part.Before()) != "" || part.LineStart(part.Before()) != part.LineStart(part.Before()+1) {
				t.Errorf("there are lines before %q", part.Text())
			}
		}
		next := strings.IndexByte(text[from:], '\n')
		if next < 0 {
			break
		}
		from += next + 1
	}
}
