package firmware

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// FS is the container's tree as a file system of the standard library: also
// [fs.ReadDirFS], [fs.ReadFileFS], [fs.StatFS] and [fs.ReadLinkFS]. Links are
// followed inside the container only. Directories that an archive only implies
// are there. Sys of a FileInfo is the [*File]. Devices, FIFOs and sockets can be
// opened, and have no content: nothing on the host is touched.
//
// Each Open reads the content anew. To read everything once, in the order of the
// disk, use [Options.Visit] instead.
func (c *Container) FS() fs.FS {
	return &tree{c, c.children()}
}

// children lists the names in each directory, sorted.
func (c *Container) children() map[string][]string {
	dirs := map[string][]string{".": nil}
	for name, f := range c.files {
		if f == nil {
			continue
		}
		dir := path.Dir(name)
		dirs[dir] = append(dirs[dir], name)
	}
	for _, names := range dirs {
		slices.Sort(names)
	}
	return dirs
}

type tree struct {
	*Container
	in map[string][]string // by directory
}

var root = &File{Kind: Directory, Mode: 0o755}

// find gives the file of a name, following links.
func (t *tree) find(op, name string) (*File, error) {
	switch {
	case !fs.ValidPath(name):
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	case name == ".":
		return root, nil
	}
	f, ok := t.Lookup(name)
	if !ok {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return f, nil
}

// itself gives the file of a name; links in its directory are followed, a link
// of that name is not.
func (t *tree) itself(op, name string) (*File, error) {
	dir, err := t.find(op, path.Dir(name))
	if err != nil || name == "." {
		return dir, err
	}
	if f := t.files[path.Join(dir.Name, path.Base(name))]; f != nil {
		return f, nil
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

func (t *tree) Open(name string) (fs.File, error) {
	f, err := t.find("open", name)
	if err != nil {
		return nil, err
	}
	info := info{f, path.Base(name)}
	if f.Kind == Directory {
		return &openDir{info: info, entries: t.entries(f)}, nil
	}
	content, err := content("open", name, f)
	if err != nil {
		return nil, err
	}
	bytes := &closable{Reader: bytes.NewReader(content)}
	return &openFile{info, io.NewSectionReader(bytes, 0, int64(len(content))), bytes}, nil
}

func (t *tree) ReadFile(name string) ([]byte, error) {
	f, err := t.find("read", name)
	if err != nil {
		return nil, err
	}
	b, err := content("read", name, f)
	return slices.Clone(b), err
}

func (t *tree) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := t.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if f.Kind != Directory {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrInvalid}
	}
	return t.entries(f), nil
}

func (t *tree) Stat(name string) (fs.FileInfo, error) {
	f, err := t.find("stat", name)
	if err != nil {
		return nil, err
	}
	return info{f, path.Base(name)}, nil
}

func (t *tree) Lstat(name string) (fs.FileInfo, error) {
	f, err := t.itself("lstat", name)
	if err != nil {
		return nil, err
	}
	return info{f, path.Base(name)}, nil
}

func (t *tree) ReadLink(name string) (string, error) {
	f, err := t.itself("readlink", name)
	if err == nil && f.Kind != Symlink {
		err = &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	if err != nil {
		return "", err
	}
	return f.Link, nil
}

func (t *tree) entries(dir *File) []fs.DirEntry {
	name := dir.Name
	if dir == root {
		name = "."
	}
	entries := []fs.DirEntry{}
	for _, child := range t.in[name] {
		entries = append(entries, fs.FileInfoToDirEntry(info{t.files[child], path.Base(child)}))
	}
	return entries
}

// content reads a file; that of a device and the like is empty.
func content(op, name string, f *File) ([]byte, error) {
	switch f.Kind {
	case CharDevice, BlockDevice, FIFO, Socket:
		if f.Err == nil {
			return nil, nil
		}
	}
	b, err := f.ReadFile()
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return b, nil
}

// info is a File as a FileInfo.
type info struct {
	*File
	base string
}

func (i info) Name() string       { return i.base }
func (i info) Size() int64        { return i.File.Size }
func (i info) ModTime() time.Time { return i.File.ModTime }
func (i info) IsDir() bool        { return i.Kind == Directory }
func (i info) Sys() any           { return i.File }
func (i info) Mode() fs.FileMode  { return i.File.Mode | typeBits[i.Kind] }

var typeBits = map[Kind]fs.FileMode{
	Directory: fs.ModeDir, Symlink: fs.ModeSymlink, CharDevice: fs.ModeDevice | fs.ModeCharDevice,
	BlockDevice: fs.ModeDevice, FIFO: fs.ModeNamedPipe, Socket: fs.ModeSocket,
}

type openFile struct {
	info
	*io.SectionReader
	content *closable
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Size() int64                { return f.info.Size() }
func (f *openFile) Close() error               { return f.content.close(f.base) }

// closable is a content that is gone once it is closed.
type closable struct {
	*bytes.Reader
	closed atomic.Bool
}

// ReadAt reads while it is open.
func (c *closable) ReadAt(b []byte, off int64) (int, error) {
	if c.closed.Load() {
		return 0, fs.ErrClosed
	}
	return c.Reader.ReadAt(b, off)
}

func (c *closable) close(name string) error {
	if c.closed.Swap(true) {
		return &fs.PathError{Op: "close", Path: name, Err: fs.ErrClosed}
	}
	return nil
}

type openDir struct {
	info
	entries []fs.DirEntry
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *openDir) Close() error               { return nil }
func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.base, Err: fs.ErrInvalid}
}

func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(d.entries) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.entries) {
		n = len(d.entries)
	}
	got := d.entries[:n]
	d.entries = d.entries[n:]
	return got, nil
}

var _ interface {
	fs.ReadDirFS
	fs.ReadFileFS
	fs.StatFS
	fs.ReadLinkFS
} = (*tree)(nil)

// Capabilities names the capabilities that a program is given when it is
// executed, as the attribute security.capability has them: "net_bind_service".
// It is empty for a file without any. The layout is that of
// include/uapi/linux/capability.h in Linux, versions 1 to 3.
func (f *File) Capabilities() []string {
	x := f.Xattrs["security.capability"]
	if len(x) < 12 {
		return nil
	}
	bits := uint64(le32(x[4:])) | uint64(le32(x[8:]))
	if x[3] >= 2 && len(x) >= 20 { // version 2 and 3 have a second pair
		bits |= (uint64(le32(x[12:])) | uint64(le32(x[16:]))) << 32
	}
	var names []string
	for i, name := range capabilityNames {
		if bits>>i&1 == 1 {
			names = append(names, name)
		}
	}
	return names
}

func le32(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

var capabilityNames = strings.Fields(`chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap
	linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot
	sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write
	audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore`)
