// Package firmwaretest packs firmware images: squashfs file systems, cpio, tar
// and zip archives, U-Boot images.
//
// It serves tests, which keep no binary files, and programs that build example
// images. What it writes is complete and deterministic: the same files give the
// same bytes, and the usual tools (unsquashfs, the kernel, cpio, dumpimage) read
// them.
//
//	root := firmwaretest.Squashfs(
//		firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\n"),
//		firmwaretest.Symlink("bin/sh", "busybox"),
//	)
//	image := append(firmwaretest.UImage("Linux-5.10", kernel, firmwaretest.UImageHeader{Type: 2}), root...)
//
// The short forms panic when they are given a tree that cannot be, such as a
// file inside a file; [WriteSquashfs] returns an error instead.
package firmwaretest

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// File is one entry of a tree to pack. Directories that are not named but
// needed are added with mode 0755, owned by root.
type File struct {
	Name     string      // slash-separated, without a leading slash: "etc/shadow"
	Mode     fs.FileMode // permissions and type bits; the zero Mode is a file that nobody may read
	UID, GID uint32
	ModTime  time.Time // the Unix epoch if zero
	Data     []byte    // of a regular file
	Link     string    // target of a symlink, as written
	HardLink string    // name of another regular file of the tree that has the content and the rest
	Rdev     uint64    // of a device: major<<32 | minor
}

// Text makes a regular file.
func Text(name string, mode fs.FileMode, content string) File {
	return File{Name: name, Mode: mode, Data: []byte(content)}
}

// Binary makes a regular file.
func Binary(name string, mode fs.FileMode, content []byte) File {
	return File{Name: name, Mode: mode, Data: content}
}

// Dir makes a directory.
func Dir(name string, mode fs.FileMode) File { return File{Name: name, Mode: fs.ModeDir | mode} }

// Symlink makes a symbolic link.
func Symlink(name, target string) File {
	return File{Name: name, Mode: fs.ModeSymlink | 0o777, Link: target}
}

// Device makes a character device.
func Device(name string, mode fs.FileMode, major, minor uint32) File {
	return File{Name: name, Mode: fs.ModeDevice | fs.ModeCharDevice | mode, Rdev: uint64(major)<<32 | uint64(minor)}
}

// FromFS lists a file system such as os.DirFS as files to pack, owned by root.
func FromFS(fsys fs.FS) ([]File, error) {
	var files []File
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f := File{Name: name, Mode: info.Mode()}
		switch {
		case f.Mode.IsRegular():
			f.Data, err = fs.ReadFile(fsys, name)
		case f.Mode&fs.ModeSymlink != 0:
			f.Link, err = fs.ReadLink(fsys, name)
		}
		files = append(files, f)
		return err
	})
	return files, err
}

// complete checks the files, adds the directories they need, and sorts them, so
// that a directory stands before what is in it.
func complete(files []File) ([]File, error) {
	byName := map[string]File{}
	for _, f := range files {
		if !fs.ValidPath(f.Name) || f.Name == "." {
			return nil, fmt.Errorf("firmwaretest: %q is no name inside an image", f.Name)
		}
		if _, twice := byName[f.Name]; twice {
			return nil, fmt.Errorf("firmwaretest: %q stands there twice", f.Name)
		}
		byName[f.Name] = f
	}
	for _, f := range files {
		for dir := path.Dir(f.Name); dir != "."; dir = path.Dir(dir) {
			switch d, ok := byName[dir]; {
			case !ok:
				byName[dir] = Dir(dir, 0o755)
			case !d.Mode.IsDir():
				return nil, fmt.Errorf("firmwaretest: %q is inside %q, which is no directory", f.Name, dir)
			}
		}
		if f.HardLink != "" {
			if t, ok := byName[f.HardLink]; !ok || !t.Mode.IsRegular() || t.HardLink != "" {
				return nil, fmt.Errorf("firmwaretest: hard link %q to %q, which is no regular file here", f.Name, f.HardLink)
			}
		}
	}
	all := make([]File, 0, len(byName))
	for _, f := range byName {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b File) int {
		return slices.Compare(strings.Split(a.Name, "/"), strings.Split(b.Name, "/"))
	})
	return all, nil
}

// unixMode gives the st_mode of a file.
func unixMode(m fs.FileMode) uint32 {
	u := uint32(m.Perm())
	for bit, mode := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if m&mode != 0 {
			u |= bit
		}
	}
	switch {
	case m.IsDir():
		u |= 0o040000
	case m&fs.ModeSymlink != 0:
		u |= 0o120000
	case m&fs.ModeCharDevice != 0:
		u |= 0o020000
	case m&fs.ModeDevice != 0:
		u |= 0o060000
	case m&fs.ModeNamedPipe != 0:
		u |= 0o010000
	case m&fs.ModeSocket != 0:
		u |= 0o140000
	default:
		u |= 0o100000
	}
	return u
}

// unixTime is the time in seconds, 0 for the zero time.
func unixTime(t time.Time) uint32 {
	if t.IsZero() {
		return 0
	}
	return uint32(t.Unix())
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
