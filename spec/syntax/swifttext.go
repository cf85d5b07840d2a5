package syntax

import (
	"bytes"
)

// firstBlock is the offset behind a byte order mark and a line "---" that
// comments and empty lines may stand before.
func firstBlock(text []byte) int {
	begin := 0
	if bytes.HasPrefix(text, []byte(byteOrderMark)) {
		begin = len(byteOrderMark)
	}
	for i := begin; i < len(text); {
		end := len(text)
		if j := bytes.IndexByte(text[i:], '\n'); j >= 0 {
			end = i + j + 1
		}
		switch line := bytes.TrimRight(text[i:end], " \r\n"); {
		case string(line) == "---":
			return end
		case len(line) > 0 && line[0] != '#':
			return begin
		}
		i = end
	}
	return begin
}

// tame tells whether a text is free of what is rare wherever it stands: line
// breaks other than LF and CR LF, control characters and, from the offset body
// on, marks that documents begin or end there.
func tame(text []byte, body int) bool {
	for _, mark := range []string{"---", "..."} {
		if bytes.HasPrefix(text[body:], []byte(mark)) || bytes.Contains(text[body:], []byte("\n"+mark)) {
			return false
		}
	}
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	for i, c := range text {
		if wildness[c] != calm && isWild(text[i:]) {
			return false
		}
	}
	return true
}

// calm are the bytes that are tame wherever they stand.
const calm = 0

// wildness tells which bytes need a second look.
var wildness = [256]byte{
	0x00: 1, 0x01: 1, 0x02: 1, 0x03: 1, 0x04: 1, 0x05: 1, 0x06: 1, 0x07: 1, 0x08: 1, 0x0B: 1, 0x0C: 1, 0x0D: 1, 0x0E: 1, 0x0F: 1,
	0x10: 1, 0x11: 1, 0x12: 1, 0x13: 1, 0x14: 1, 0x15: 1, 0x16: 1, 0x17: 1, 0x18: 1, 0x19: 1, 0x1A: 1, 0x1B: 1, 0x1C: 1, 0x1D: 1,
	0x1E: 1, 0x1F: 1, 0x7F: 1, 0xC2: 1, 0xE2: 1, 0xEF: 1,
}

// isWild looks at a byte that may begin a character that is not tame.
func isWild(text []byte) bool {
	switch text[0] {
	case '\r':
		return len(text) < 2 || text[1] != '\n'
	case 0xC2:
		return text[1] < 0xA0 // control characters, U+0085 among them
	case 0xE2:
		return text[1] == 0x80 && (text[2] == 0xA8 || text[2] == 0xA9)
	case 0xEF:
		return text[1] == 0xBB && text[2] == 0xBF || text[1] == 0xBF && text[2] >= 0xBE
	}
	return true
}
