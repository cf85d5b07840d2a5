package codec

// Validate writes v and has check judge what is written: the error says why v
// cannot be written, or why it may not be sent. Without a check, nil, only the
// former counts.
func Validate(v Writable, check Checker) error {
	data, err := Marshal(v)
	if err != nil || check == nil {
		return err
	}
	return check.Check(data)
}
