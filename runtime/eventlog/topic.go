package eventlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// topic is one address. Its number of partitions is fixed when it is created.
type topic struct {
	name       string
	file       string // its directory's name
	dir        string
	marks      marks
	partitions []*partition
	durable    atomic.Bool // its directory is: it was made here, or somebody wrote to it

	// Guarded by committer.mu.
	turn share.Turn // of messages without a key
}

// loadTopic reads a topic's directory; nil when there is none.
func (l *Log) loadTopic(name, file string) (*topic, error) {
	dir := filepath.Join(l.dir, topicsDir, file)
	err := plainDirs(filepath.Dir(dir), dir)
	var n int
	if err == nil {
		n, err = countPartitions(dir)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := &topic{name: name, file: file, dir: dir, partitions: make([]*partition, n)}
	first, all := slotOf(file, 0), make([]partition, n)
	for i := range all {
		p := &all[i]
		p.log, p.topic, p.number, p.dir = l, t, int32(i), dir+string(filepath.Separator)+strconv.Itoa(i)
		p.slot, t.partitions[i] = (first+uint16(i%changesSlots))%changesSlots, p
	}
	return t, nil
}

// countPartitions returns how many partitions a topic's directory has: those
// with the numbers from 0 on, written as Go writes them. When one is missing the
// messages of keys would get other partitions, so that is ErrCorrupt, as is having
// none.
func countPartitions(dir string) (int, error) {
	if n, ok := countDirs(dir); ok {
		return n, nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	entries, err := f.ReadDir(-1) // in any order
	if err != nil {
		return 0, err
	}
	n, last := 0, -1
	for _, e := range entries {
		i, err := strconv.Atoi(e.Name())
		if err != nil || i < 0 || strconv.Itoa(i) != e.Name() {
			continue
		}
		if !e.IsDir() {
			if err := plainDirs(filepath.Join(dir, e.Name())); err != nil {
				return 0, err
			}
		}
		n, last = n+1, max(last, i)
	}
	if n == 0 {
		return 0, &CorruptError{Path: dir, Offset: -1, Reason: "no partitions"}
	}
	if last != n-1 || n > maxPartitions {
		return 0, &CorruptError{Path: dir, Offset: -1, Reason: fmt.Sprintf("%d partitions, the last of which has the number %d", n, last)}
	}
	return n, nil
}

// countDirs returns how many directories the system says that there are in a topic's, without
// reading it, where they are as many as the numbers of partitions go. Where one is missing and a
// foreign one is there instead, who comes to that partition is told.
func countDirs(dir string) (n int, ok bool) {
	info, err := os.Lstat(dir)
	if err != nil {
		return 0, false
	}
	n = linksOf(info) - 2 // itself, and its name
	if n <= 0 || n > maxPartitions || plainDirs(filepath.Join(dir, strconv.Itoa(n-1))) != nil {
		return 0, false
	}
	_, err = os.Lstat(filepath.Join(dir, strconv.Itoa(n)))
	return n, errors.Is(err, fs.ErrNotExist)
}

// makeTopics makes the directory of all topics.
func (l *Log) makeTopics() error {
	dir := filepath.Join(l.dir, topicsDir)
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	err := l.folders.makeDirs(dir)
	l.rooted.Store(err == nil)
	return err
}

// createTopic makes a topic's directory: all of it or nothing. Another process
// may do the same at the same time, and the first one wins.
func (l *Log) createTopic(file string, partitions int) error {
	dir := filepath.Join(l.dir, topicsDir)
	if err := errors.Join(l.makeTopics(), plainDirs(dir)); err != nil {
		return err
	}
	made, err := os.MkdirTemp(dir, "*"+madeSuffix)
	if err != nil {
		return typed(err)
	}
	defer func() { _ = os.RemoveAll(made) }()
	for i := range partitions {
		if err := os.Mkdir(filepath.Join(made, strconv.Itoa(i)), dirMode); err != nil {
			return typed(err)
		}
	}
	if err := errors.Join(os.Chmod(made, dirMode), l.folders.sync(made)); err != nil {
		return typed(err)
	}
	path := filepath.Join(dir, file)
	if err := os.Rename(made, path); err != nil {
		if _, there := os.Stat(path); there == nil {
			return l.folders.again(dir) // the first one may have been killed before that
		}
		return typed(err)
	}
	return l.folders.settle(dir)
}

// abandoned is how old the directory of a topic that is being made is when nobody
// is making it any more: that takes no longer than making directories.
const abandoned = time.Hour

// sweep deletes directories of topics that were being made when their process
// ended. What cannot be deleted is nobody's harm. Only directories that have
// nothing in them are deleted.
func (l *Log) sweep() {
	dir := filepath.Join(l.dir, topicsDir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if number, ok := strings.CutSuffix(e.Name(), madeSuffix); !ok || !e.IsDir() || strings.Trim(number, "0123456789") != "" {
			continue
		}
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < abandoned {
			continue
		}
		made := filepath.Join(dir, e.Name())
		for i := range maxPartitions {
			if os.Remove(filepath.Join(made, strconv.Itoa(i))) != nil {
				break
			}
		}
		_ = os.Remove(made)
	}
}

// topic returns the topic of that name; nil when it does not exist.
func (l *Log) topic(name string) (*topic, error) {
	l.mu.Lock()
	t := l.topics[name]
	l.mu.Unlock()
	if t != nil {
		return t, nil
	}
	file, err := escape(name)
	if err != nil {
		return nil, err
	}
	if t, err = l.loadTopic(name, file); t == nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.topics[name] == nil { // else somebody else was faster
		l.topics[name] = t
	}
	return l.topics[name], nil
}

// existing returns the topic of that name; ErrNotFound when it does not exist.
func (l *Log) existing(name string) (*topic, error) {
	t, err := l.topic(name)
	if err == nil && t == nil {
		err = fmt.Errorf("topic %q: %w", name, driver.ErrNotFound)
	}
	return t, err
}

// provide returns the topic of that name, created when it does not exist.
func (l *Log) provide(name string, partitions int) (*topic, error) {
	if t, err := l.topic(name); err != nil || t != nil {
		return t, err
	}
	l.opening.Lock()
	defer l.opening.Unlock()
	if t, err := l.topic(name); err != nil || t != nil {
		return t, err
	}
	if _, err := l.current(); err != nil {
		return nil, err
	}
	if l.options.ReadOnly {
		return nil, ErrReadOnly
	}
	file, err := escape(name)
	if err != nil {
		return nil, err
	}
	if err = l.root(); err == nil { // a topic that is there says that its root is durable
		err = l.createTopic(file, partitions)
	}
	if err != nil {
		return nil, err
	}
	t, err := l.topic(name)
	if t != nil {
		t.durable.Store(true)
	}
	return t, err
}

// root makes durable that there are topics, before the first is made: the process that
// made their directory may have been killed when that had failed.
func (l *Log) root() error {
	names, err := l.names()
	if err != nil || len(names) > 0 || l.rooted.Load() {
		return err
	}
	if err = l.makeTopics(); err == nil && !l.rooted.Load() {
		err = l.folders.again(l.dir)
	}
	l.rooted.Store(err == nil)
	return err
}

// settle makes the directory of a topic durable before anything is written to it:
// the process that made it may have been killed when that had failed.
func (t *topic) settle(l *Log) error {
	if t.durable.Load() || l.options.Sync != Always {
		return nil
	}
	err := errors.Join(l.folders.again(filepath.Join(l.dir, topicsDir)), l.folders.again(l.dir))
	t.durable.Store(err == nil)
	return err
}

// names lists the topics on the disk, sorted.
func (l *Log) names() ([]string, error) {
	return namesIn(filepath.Join(l.dir, topicsDir))
}

// namesIn lists what the directories of a directory are named after, sorted.
// Links are refused.
func namesIn(dir string) ([]string, error) {
	err := plainDirs(dir)
	var entries []os.DirEntry
	if err == nil {
		entries, err = os.ReadDir(dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		name, ok := unescape(e.Name())
		if ok && e.Type()&fs.ModeSymlink != 0 {
			return nil, plainDirs(filepath.Join(dir, e.Name()))
		}
		if ok && e.IsDir() {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// settleAll makes the partitions ready to be written that are not as a writer leaves them, of those that may be so:
// what is whole in them is durable and visible then. Nobody writes the log.
func (t *topic) settleAll(unsure *slots) error {
	all, err := t.notAsLeft(unsure)
	if err != nil {
		return err
	}
	return t.makeReady(all)
}

// notAsLeft returns the partitions that are to be made ready, once their segments have what the journal has for them.
func (t *topic) notAsLeft(unsure *slots) (all []*partition, err error) {
	var marks markReader
	defer marks.close()
	for _, p := range t.partitions {
		cut := p.truncating()
		if !cut && !unsure.has(p.slot) {
			continue
		}
		if err := p.play(); err != nil {
			return nil, fmt.Errorf("%s, partition %d: %w", t.name, p.number, err)
		}
		if !p.prepared() && (cut || !p.asLeft(&marks)) {
			all = append(all, p)
		}
	}
	return all, nil
}

// makeReady makes partitions ready to be written.
func (t *topic) makeReady(all []*partition) error {
	return t.eachOf(all, func(p *partition) error {
		_, err := p.prepare()
		return err
	})
}

// retire undoes prepare.
func (t *topic) retire() error {
	err := t.each(func(p *partition) error {
		p.mu.Lock()
		defer p.mu.Unlock()
		w := p.writing
		if p.writing = nil; w == nil {
			p.leave(nil)
			return nil
		}
		err := w.finish()
		p.leave(w)
		return errors.Join(err, w.close())
	})
	return errors.Join(err, t.marks.close())
}

// each does something with every partition, with some at a time: syncing many
// files together takes less than one after the other.
func (t *topic) each(do func(*partition) error) error { return t.eachOf(t.partitions, do) }

// eachOf is each for some partitions.
func (t *topic) eachOf(partitions []*partition, do func(*partition) error) error {
	var all []func() error
	for _, p := range partitions {
		all = append(all, func() error {
			if err := do(p); err != nil {
				return fmt.Errorf("%s, partition %d: %w", t.name, p.number, err)
			}
			return nil
		})
	}
	return together(all)
}
