package codec

// Validate tells what is wrong with a value before it is sent: why it cannot be
// written, or what the function that judges the text of such values says of it.
//
//	err := codec.Validate(&order, shop.ValidateOrder)
func Validate(v Value, validate func(data []byte) error) error {
	if validate == nil {
		return Check(v, nil)
	}
	return Check(v, checkFunc(validate))
}

// checkFunc is a function that judges text.
type checkFunc func([]byte) error

func (f checkFunc) Check(data []byte) error { return f(data) }

// Check is Validate by a Checker. Without one, nil, a value has only to be one
// that can be written.
func Check(v Value, check Checker) error {
	w := NewWriter(nil)
	v.CodeJSON(&w.json)
	var err error
	if w.err == nil && check != nil {
		err = check.Check(w.buf)
	}
	if failed := w.release(); failed != nil {
		return failed
	}
	return err
}
