package check_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// TestFirstItemAgain: of several items that are others again the first is told, whatever
// order their hashes have, which is another in each process.
func TestFirstItemAgain(t *testing.T) {
	v := check.ReadRules("{\n\"A\": {\"type\": \"array\", \"uniqueItems\": true}\n}").Of("A")
	for i := range 50 {
		text := fmt.Sprintf(`["x%d","y%[1]d",%[1]d,"y%[1]d",%[1]d,"x%[1]d","y%[1]d"]`, i)
		var broken *check.Error
		if err := v.Check([]byte(text)); !errors.As(err, &broken) || broken.Violations[0].Message != "items 1 and 3 are equal" {
			t.Fatalf("%s: %v", text, err)
		}
	}
}
