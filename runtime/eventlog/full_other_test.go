//go:build !unix

package eventlog

import "errors"

// A disk cannot be made full here.
func onFullDisk(string, uint64) error      { return errors.ErrUnsupported }
func dropOnFullDisk(string, uint64) error  { return errors.ErrUnsupported }
func unitsOnFullDisk(string, uint64) error { return errors.ErrUnsupported }
