package demo

import "testing"

// TestLocationOfNumber holds numbers that stand in an address to the text of the payload.
func TestLocationOfNumber(t *testing.T) {
	t.Parallel()
	l := location{pointer: "/device/id"}
	for _, number := range []string{"1234567", "12345678901234567890", "0.10"} {
		m := &Message{Payload: []byte(`{"device":{"id":` + number + `}}`)}
		if got, ok := l.value(m); !ok || got != number {
			t.Errorf("%s is %q in the address", number, got)
		}
	}
}
