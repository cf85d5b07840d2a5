package eventlog

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// maxName is how long a file name may be, in bytes: less than any file system
// allows, with room for what is put beside it while it is made.
const maxName = 200

// escape makes a file name of an address or a group: a-z, 0-9, "-", "_" and
// inner dots stand for themselves, "!" before a letter makes it a capital, and
// all else is %XX for each byte. So different names stay different where the
// file system ignores case, and none leaves its directory.
func escape(name string) (string, error) {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '.' && i > 0 && i < len(name)-1:
			b.WriteByte(c)
		case 'A' <= c && c <= 'Z':
			b.WriteByte('!')
			b.WriteByte(c - 'A' + 'a')
		default:
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	out := b.String()
	if reserved(out) {
		out = fmt.Sprintf("%%%02x%s", out[0], out[1:])
	}
	if out == "" || len(out) > maxName {
		return "", fmt.Errorf("%q makes a file name of %d bytes, want 1 to %d: %w", name, len(out), maxName, driver.ErrInvalid)
	}
	return out, nil
}

// reserved tells whether Windows takes a file of that name for a device.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	switch stem {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && '0' <= stem[3] && stem[3] <= '9'
}

// unescape is the inverse of escape. It refuses what escape never makes.
func unescape(file string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(file); i++ {
		switch c := file[i]; {
		case c == '!' && i+1 < len(file):
			i++
			b.WriteByte(file[i] - 'a' + 'A')
		case c == '%' && i+2 < len(file):
			v, err := strconv.ParseUint(file[i+1:i+3], 16, 8)
			if err != nil {
				return "", false
			}
			b.WriteByte(byte(v))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	again, err := escape(b.String())
	return b.String(), err == nil && again == file
}

// The files of a log.
const (
	topicsDir  = "topics"
	groupsDir  = "groups"
	writerLock = "writer.lock"
	marksFile  = "marks"
	// compactingFile is in a partition while segments are replaced by one that
	// covers them.
	compactingFile = "compacting"
	logSuffix      = ".log"
	indexSuffix    = ".index"
	madeSuffix     = "~" // of what is being made; escape never makes it
)

// segmentName returns the name of the segment that begins at an offset.
func segmentName(base int64) string { return fmt.Sprintf("%020d%s", base, logSuffix) }

// segmentBase is the inverse of segmentName.
func segmentBase(file string) (int64, bool) {
	digits, ok := strings.CutSuffix(file, logSuffix)
	if !ok || len(digits) != 20 {
		return 0, false
	}
	base, err := strconv.ParseInt(digits, 10, 64)
	return base, err == nil && base >= 0 && base <= maxOffset
}

// indexPath returns the path of a segment's index.
func indexPath(segment string) string { return strings.TrimSuffix(segment, logSuffix) + indexSuffix }

// partitionPath returns the directory of a partition.
func partitionPath(dir, topic string, partition int) string {
	return filepath.Join(dir, topicsDir, topic, strconv.Itoa(partition))
}
