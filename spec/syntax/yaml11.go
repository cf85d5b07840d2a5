package syntax

import (
	"strconv"
	"strings"
)

// InYAML11 returns what tools that read YAML 1.1 take a scalar for, and whether
// that is another value than this one. Only text without quotes can be: yes is
// true there, 0777 is 511 and 12:30 is 750. The value is written as JSON does.
func (n *Node) InYAML11() (kind Kind, value string, differs bool) {
	switch written := n.At.Text(); {
	case n.Kind == String && written == n.Text:
		return textInYAML11(written)
	case n.Kind == Number && len(written) > 1 && strings.Trim(written, "0123456789") == "" && written[0] == '0':
		octal, err := strconv.ParseUint(written, 8, 64)
		if err != nil {
			return String, written, true
		}
		value = strconv.FormatUint(octal, 10)
		return Number, value, value != n.Text
	}
	return 0, "", false
}

// MeantBoolean returns the boolean that a string was probably meant as, one in
// quotes or a word for one in YAML 1.1, and how to write it.
func (n *Node) MeantBoolean() (value, help string, ok bool) {
	if n.Kind != String {
		return "", "", false
	}
	switch value = strings.ToLower(n.Text); value {
	case "true", "false":
		return value, "write " + value + ", without quotes", true
	}
	kind, value, _ := textInYAML11(n.Text)
	return value, "write " + value + ": " + n.Text + " is text in YAML 1.2", kind == Bool
}

// InYAML11 is that of a node for a key. Single letters are keys everywhere, as
// tools for YAML 1.1 have it too.
func (k Key) InYAML11() (kind Kind, value string, differs bool) {
	if k.At.Text() != k.Text || len(k.Text) < 2 {
		return 0, "", false
	}
	return textInYAML11(k.Text)
}

// textInYAML11 reads text by the types of YAML 1.1, https://yaml.org/type/.
func textInYAML11(s string) (kind Kind, value string, differs bool) {
	if s == "" || len(s) > len("00:00:00:00") {
		return 0, "", false
	}
	if s != strings.ToLower(s) && s != strings.ToUpper(s) && s != strings.ToUpper(s[:1])+strings.ToLower(s[1:]) {
		return 0, "", false // YAML 1.1 knows yes, Yes and YES
	}
	switch strings.ToLower(s) {
	case "y", "yes", "on":
		return Bool, "true", true
	case "n", "no", "off":
		return Bool, "false", true
	}
	if n, ok := sexagesimal(s); ok {
		return Number, strconv.Itoa(n), true
	}
	return 0, "", false
}

// sexagesimal reads a number to the base of 60, such as 12:30.
func sexagesimal(s string) (n int, ok bool) {
	parts := strings.Split(s, ":")
	for i, part := range parts {
		digit, err := strconv.ParseUint(part, 10, 16)
		if err != nil || i > 0 && (digit > 59 || len(part) > 2) || i == 0 && part[0] == '0' {
			return 0, false
		}
		n = n*60 + int(digit)
	}
	return n, len(parts) > 1
}
