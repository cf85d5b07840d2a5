package validate

import (
	"reflect"

	"github.com/asyncwire/asyncwire/runtime/check"
)

func sameType(a, b check.Rule) bool { return reflect.TypeOf(a) == reflect.TypeOf(b) }
