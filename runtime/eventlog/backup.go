package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// manifestFile says what a backup holds.
const (
	manifestFile = "backup.json"
	mostManifest = 64 << 20
)

// Backup says what a backup holds.
type Backup struct {
	Version int           `json:"version"`
	Created time.Time     `json:"created"`
	Topics  []BackupTopic `json:"topics"`
	Groups  int           `json:"groups"`
}

// BackupTopic is a topic of a backup.
type BackupTopic struct {
	Address    string            `json:"address"`
	Partitions []BackupPartition `json:"partitions"`
}

// BackupPartition is a partition of a backup: its messages from one offset to
// the one before another, and the bytes they take.
type BackupPartition struct {
	Start    int64 `json:"start"`
	End      int64 `json:"end"`
	Messages int64 `json:"messages"`
	Bytes    int64 `json:"bytes"`
}

// Messages counts the messages of a backup.
func (b *Backup) Messages() (n int64) {
	for _, t := range b.Topics {
		for _, p := range t.Partitions {
			n += p.Messages
		}
	}
	return n
}

// cut is what a partition held at one moment.
type cut struct {
	p        *partition
	segments []*segment
	size     int64 // of the last
	end      int64
	epoch    uint32 // how often it had been truncated
	at       int64  // and where, the last time
}

// errTruncated says that a partition was truncated while it was copied.
var errTruncated = errors.New("it was truncated while it was copied, try again")

// mostCopies is how often a backup is begun for that.
const mostCopies = 10

// Backup copies the log into a directory, which must not exist or be empty. It
// may run while messages are published: the backup holds what was durable at one
// moment, every record checked, and the positions of groups, which are not
// behind it. When this Log is the writer the moment is the same for all
// partitions and for groups with members here, so that it holds of each unit all or
// nothing (driver.Committer); else a group may be at a place before what its units
// have published. Until it is complete the directory does not exist. The backup is
// itself a log.
func (l *Log) Backup(ctx context.Context, to string) (*Backup, error) {
	if !IsLog(l.dir) {
		return nil, errNoLog(l.dir)
	}
	if err := errors.Join(outside(l.dir, to), vacant(to)); err != nil {
		return nil, err
	}
	made, err := beside(to)
	if err != nil {
		return nil, err
	}
	l.compacting.Lock() // what is being copied must not become one with others
	b, err := l.backup(ctx, made)
	for try := 1; try < mostCopies && errors.Is(err, errTruncated); try++ {
		if err = emptyLog(made); err == nil {
			b, err = l.backup(ctx, made)
		}
	}
	l.compacting.Unlock()
	if err == nil {
		err = publishDir(made, to)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(made))
	}
	return b, nil
}

// outside refuses a directory that lies in the log, where it would be taken for
// a part of it.
func outside(log, to string) error {
	to, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	within, err := filepath.Rel(log, to)
	if err == nil && filepath.IsLocal(within) {
		err = fmt.Errorf("%s lies in the log, name a directory elsewhere: %w", to, driver.ErrInvalid)
	} else {
		err = nil // on another volume
	}
	return err
}

// vacant refuses a directory that has something in it.
func vacant(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%s is not empty, name a directory that is not there yet: %w", dir, driver.ErrInvalid)
	}
	return err
}

// beside makes a directory, with an empty log in it, next to the one that it
// becomes: a new one, so that nothing that is somebody else's is touched.
func beside(to string) (string, error) {
	to = filepath.Clean(to)
	if err := os.MkdirAll(filepath.Dir(to), dirMode); err != nil {
		return "", typed(err)
	}
	made, err := os.MkdirTemp(filepath.Dir(to), filepath.Base(to)+".*"+madeSuffix)
	if err != nil {
		return "", typed(err)
	}
	if err := errors.Join(os.Chmod(made, dirMode), emptyLog(made)); err != nil {
		return "", errors.Join(typed(err), os.RemoveAll(made))
	}
	return made, nil
}

// emptyLog makes a log without anything of a directory that nobody else knows.
func emptyLog(dir string) error {
	topics := filepath.Join(dir, topicsDir)
	return typed(errors.Join(os.RemoveAll(topics), os.RemoveAll(filepath.Join(dir, groupsDir)), os.Mkdir(topics, dirMode)))
}

// publishDir gives a complete directory its name.
func publishDir(made, to string) error {
	err := filepath.WalkDir(made, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return syncDir(path)
	})
	if err != nil {
		return err
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(made, to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(filepath.Clean(to)))
}

// backup copies into a directory that nobody else knows.
func (l *Log) backup(ctx context.Context, to string) (*Backup, error) {
	b := &Backup{Version: 1, Created: time.Now().UTC().Truncate(time.Second)}
	groups, err := l.groupStates()
	if err != nil {
		return nil, err
	}
	topics, cuts, err := l.cuts(groups)
	if err != nil {
		return nil, err
	}
	b.Groups = len(groups)
	for file, at := range groups {
		if err := backupGroup(filepath.Join(to, groupsDir, file), at); err != nil {
			return nil, err
		}
	}
	for i, t := range topics {
		bt, marks := BackupTopic{Address: t.name}, make([]byte, len(cuts[i])*markSlot)
		for _, c := range cuts[i] {
			bp, m, err := c.copy(ctx, partitionPath(to, t.file, int(c.p.number)))
			if c.truncated() {
				err = fmt.Errorf("%s, partition %d: %w", t.name, c.p.number, errTruncated)
			}
			if err != nil {
				return nil, err
			}
			bt.Partitions = append(bt.Partitions, bp)
			m.bytes(marks[int(c.p.number)*markSlot:][:0])
		}
		if err := replaceFile(filepath.Join(to, topicsDir, t.file, marksFile), marks, true); err != nil {
			return nil, typed(err)
		}
		b.Topics = append(b.Topics, bt)
	}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return nil, err
	}
	return b, typed(replaceFile(filepath.Join(to, manifestFile), append(text, '\n'), true))
}

// groupStates reads where all groups are, by the names of their directories, from
// their files: what these have of units everybody can read by then. It is not to be
// copied where the segments lack it.
func (l *Log) groupStates() (map[string]map[spot]standing, error) {
	groups, err := l.Groups()
	if err == nil {
		err = l.awaitUnits()
	}
	if err != nil {
		return nil, err
	}
	out := map[string]map[spot]standing{}
	for _, g := range groups {
		dir, err := l.groupPath(g)
		if err != nil {
			return nil, err
		}
		if out[filepath.Base(dir)], _, err = readPositions(filepath.Join(dir, positionsFile)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// backupGroup writes where a group is.
func backupGroup(dir string, at map[spot]standing) error {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return typed(err)
	}
	return typed(replaceFile(filepath.Join(dir, positionsFile), positionsBytes(at), true))
}

// cuts takes what all partitions hold: at one moment when this Log writes, which is
// then that of the groups with members here too.
func (l *Log) cuts(groups map[string]map[spot]standing) (topics []*topic, cuts [][]cut, err error) {
	l.mu.Lock()
	writer := l.writer
	l.mu.Unlock()
	if topics, err = l.lookAtAll(writer); err != nil {
		return nil, nil, err
	}
	take := func() error {
		for _, t := range topics {
			var of []cut
			for _, p := range t.partitions {
				p.mu.Lock()
				of = append(of, cut{p, slices.Clone(p.segments), p.size, p.end, p.epoch, p.cut})
				p.mu.Unlock()
			}
			cuts = append(cuts, of)
		}
		return nil
	}
	if writer != nil {
		err = writer.do(func() error {
			if len(writer.applying) > 0 {
				return writer.journal.waits
			}
			l.snapshot(groups)
			topics = l.withLatest(topics)
			return take()
		})
	} else {
		err = take()
	}
	return topics, cuts, err
}

// lookAtAll finds out how far all partitions are. The writer sees to it that they have
// all that was acknowledged, also before a power cut.
func (l *Log) lookAtAll(writer *committer) (topics []*topic, err error) {
	names, err := l.names()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		t, err := l.existing(name)
		if err != nil {
			return nil, err
		}
		topics = append(topics, t)
		for _, p := range t.partitions {
			if writer != nil && !p.prepared() {
				err = p.complete(writer)
			}
			if err := errors.Join(err, p.update(nil)); err != nil {
				return nil, fmt.Errorf("%s, partition %d: %w", t.name, p.number, err)
			}
		}
	}
	return topics, nil
}

// withLatest adds the topics that units have brought about since they were listed.
func (l *Log) withLatest(topics []*topic) []*topic {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.topics {
		if !slices.Contains(topics, t) {
			topics = append(topics, t)
		}
	}
	slices.SortFunc(topics, func(a, b *topic) int { return strings.Compare(a.name, b.name) })
	return topics
}

// snapshot takes where the groups are that have members here.
func (l *Log) snapshot(groups map[string]map[spot]standing) {
	l.sharing.Lock()
	defer l.sharing.Unlock()
	for _, g := range l.groups {
		groups[g.positions.group()] = g.positions.snapshot()
	}
}

// copy copies a partition's records and checks them, and returns the mark that the copy is to
// have.
func (c cut) copy(ctx context.Context, to string) (b BackupPartition, last mark, err error) {
	b = BackupPartition{Start: c.end, End: c.end}
	if err := os.MkdirAll(to, dirMode); err != nil {
		return b, last, typed(err)
	}
	last = c.mark(c.end, 0)
	earlier := int64(math.MinInt64)
	for i, s := range c.segments {
		next, limit := c.end, c.size
		if i < len(c.segments)-1 {
			next, limit = c.segments[i+1].base, -1
		} else if next == s.base && s.unmade() {
			break
		}
		x, n, err := copySegment(ctx, s, filepath.Join(to, filepath.Base(s.path)), limit, next, earlier)
		if errors.Is(err, os.ErrNotExist) && c.p.dropped(s) {
			// By retention, since the cut, and with it all before.
			if err := errors.Join(os.RemoveAll(to), os.Mkdir(to, dirMode)); err != nil {
				return b, last, typed(err)
			}
			b, last, earlier = BackupPartition{Start: c.end, End: c.end}, c.mark(c.end, 0), math.MinInt64
			continue
		}
		if err != nil {
			return b, last, err
		}
		b.Start = min(b.Start, s.base)
		b.Bytes += x.end
		b.Messages += n
		last, earlier = c.mark(s.base, x.end), x.after()
	}
	return b, last, nil
}

// mark returns the mark of a copy that ends in a segment.
func (c cut) mark(base, size int64) mark {
	return mark{base: base, size: size, next: c.end, cut: c.at, epoch: c.epoch}
}

// truncated tells whether the partition was truncated since: what was copied need not
// be what it held.
func (c cut) truncated() bool {
	m, ok := c.p.readMark()
	return ok && m.epoch != c.epoch
}

// dropped tells whether a segment lies before all that is kept.
func (p *partition) dropped(s *segment) bool {
	live, _, err := p.list()
	return err == nil && len(live) > 0 && live[0].base > s.base
}

// copySegment copies a segment up to limit, -1 is its end, and checks every
// record; they must reach the offset next. It returns the copy's index.
func copySegment(ctx context.Context, s *segment, to string, limit, next, earlier int64) (x *index, messages int64, err error) {
	f, err := s.acquire()
	if err != nil {
		return nil, 0, err
	}
	defer s.release()
	if limit < 0 {
		if limit, err = f.Size(); err != nil {
			return nil, 0, err
		}
	}
	x = newIndex(s.base, earlier)
	pos, at, _, err := scan(f, headerSize, limit, s.base, s.sparse(), func(pos int64, fr frame, _ []byte) bool {
		x.add(pos, fr.offset, int64(fr.size), fr.time)
		messages++
		return ctx.Err() == nil
	})
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, 0, err
	}
	if at < next && !s.sparse() {
		return nil, 0, &CorruptError{Path: s.path, Position: pos, Offset: at, Reason: "the record is damaged or missing"}
	}
	out, err := openRegular(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, 0, typed(err)
	}
	_, err = io.Copy(out, io.NewSectionReader(f, 0, pos))
	if err = errors.Join(typed(err), syncData(out), out.Close()); err != nil {
		return nil, 0, err
	}
	return x, messages, x.save(indexPath(to), s.base)
}

// ReadBackup returns what a backup holds, as it says itself.
func ReadBackup(dir string) (*Backup, error) {
	text, err := readFile(filepath.Join(dir, manifestFile), mostManifest)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is no backup, it has no %s: %w", dir, manifestFile, driver.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	var b Backup
	if err := json.Unmarshal(text, &b); err != nil || b.Version != 1 {
		return nil, &CorruptError{Path: filepath.Join(dir, manifestFile), Offset: -1, Reason: "not what a backup says of itself"}
	}
	return &b, nil
}

// Restore makes a log of a backup, in a directory which must not exist or be
// empty. Every record is checked, and the whole against what the backup says of
// itself; until it is complete the directory does not exist.
func Restore(ctx context.Context, backup, to string) (*Backup, error) {
	said, err := ReadBackup(backup)
	if err != nil {
		return nil, err
	}
	l, err := Open(backup, &Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.Close(ctx) }()
	if err := errors.Join(outside(l.dir, to), vacant(to)); err != nil {
		return nil, err
	}
	made, err := beside(to)
	if err != nil {
		return nil, err
	}
	got, err := l.backup(ctx, made)
	if err == nil && !slices.EqualFunc(got.Topics, said.Topics, sameTopic) {
		err = &CorruptError{Path: backup, Offset: -1, Reason: "the backup does not hold what it says"}
	}
	if err == nil {
		err = errors.Join(os.Remove(filepath.Join(made, manifestFile)), publishDir(made, to))
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(made))
	}
	return said, nil
}

func sameTopic(a, b BackupTopic) bool {
	return a.Address == b.Address && slices.Equal(a.Partitions, b.Partitions)
}
