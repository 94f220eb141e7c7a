package checktest

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// folder is a root file system in memory, with links, modes and owners.
// It holds every directory of its files.
type folder map[string]*node

// node is a file, a directory or a link.
type node struct {
	mode     fs.FileMode
	uid, gid uint32
	data     []byte
	link     string
}

// rootFolders make a folder a root file system, whatever a fixture puts into it.
var rootFolders = []string{"bin", "dev", "etc", "lib", "proc", "usr"}

func (f folder) addRoot() {
	for _, name := range rootFolders {
		if f[name] == nil {
			f[name] = &node{mode: fs.ModeDir | 0o755}
		}
	}
}

func (f folder) put(name string, n *node) error {
	if old := f[name]; old != nil && !(old.mode.IsDir() && n.mode.IsDir()) {
		return fmt.Errorf("stands there twice")
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		switch old := f[dir]; {
		case old == nil:
			f[dir] = &node{mode: fs.ModeDir | 0o755}
		case !old.mode.IsDir():
			return fmt.Errorf("%s is not a directory", dir)
		}
	}
	f[name] = n
	return nil
}

// unixMode turns twelve bits of a Unix mode into Go's form.
func unixMode(bits uint32) fs.FileMode {
	m := fs.FileMode(bits & 0o777)
	for bit, mode := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if bits&bit != 0 {
			m |= mode
		}
	}
	return m
}

// Open opens a file or directory, as fs.FS demands.
func (f folder) Open(name string) (fs.File, error) {
	n, err := f.get("open", name)
	if err != nil {
		return nil, err
	}
	return &file{info: info{path.Base(name), n}, Reader: bytes.NewReader(n.data)}, nil
}

// ReadDir lists a directory, sorted by name.
func (f folder) ReadDir(name string) ([]fs.DirEntry, error) {
	if _, err := f.get("readdir", name); err != nil {
		return nil, err
	}
	var entries []fs.DirEntry
	for p, n := range f {
		if path.Dir(p) == name {
			entries = append(entries, fs.FileInfoToDirEntry(info{path.Base(p), n}))
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// ReadLink gives the target of a link.
func (f folder) ReadLink(name string) (string, error) {
	n, err := f.get("readlink", name)
	if err != nil {
		return "", err
	}
	if n.mode.Type() != fs.ModeSymlink {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	return n.link, nil
}

// Lstat tells about a file without following a link.
func (f folder) Lstat(name string) (fs.FileInfo, error) {
	n, err := f.get("lstat", name)
	if err != nil {
		return nil, err
	}
	return info{path.Base(name), n}, nil
}

func (f folder) get(op, name string) (*node, error) {
	if name == "." {
		return &node{mode: fs.ModeDir | 0o755}, nil
	}
	if n := f[name]; n != nil {
		return n, nil
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

type file struct {
	info
	*bytes.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }
func (f *file) Size() int64                { return f.info.Size() }

var _ io.ReaderAt = (*file)(nil)

type info struct {
	name string
	*node
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return int64(len(i.data)) }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return i.node }

// Owner gives the owner as firmware.Open asks for it.
func (n *node) Owner() (uid, gid uint32) { return n.uid, n.gid }
