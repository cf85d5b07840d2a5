package source

import "strings"

// EscapeToken writes a key as one token of a JSON Pointer (RFC 6901 §3).
func EscapeToken(key string) string {
	if strings.IndexByte(key, '/') < 0 && strings.IndexByte(key, '~') < 0 {
		return key
	}
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// UnescapeToken is the key that a token of a JSON Pointer stands for.
func UnescapeToken(token string) string {
	if strings.IndexByte(token, '~') < 0 {
		return token
	}
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}
