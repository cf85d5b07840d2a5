package codec

// Validate writes v and has check judge what is written: the error says why v
// cannot be written, or why it may not be sent. Without a check, nil, only the
// former counts.
func Validate(v Writable, check Checker) error {
	w := NewWriter(nil)
	w.Do(v.WriteJSON)
	var err error
	if w.err == nil && check != nil {
		err = check.Check(w.buf)
	}
	if failed := w.release(); failed != nil {
		return failed
	}
	return err
}
