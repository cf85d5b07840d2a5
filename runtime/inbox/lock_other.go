//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package inbox

import "os"

// lockFile opens the file alone: whoever runs two processes on one inbox is not
// told.
func lockFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}
