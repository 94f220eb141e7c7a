package jffs2_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/jffs2"
)

const secret = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg2Wf0PSMGTDWk0HTrTWZGqm7ZCWkkD4J7IK2x\n"

func unexplained(img *firmware.Image) (n int64) {
	for _, g := range img.Ranges {
		if g.Class == firmware.Unexplained {
			n += g.Length
		}
	}
	return n
}

// What was replaced and not erased yet is a file: overwritten whole or in part, cut
// off, marked as obsolete, packed or not, of a file or of a symlink.
func TestOlder(t *testing.T) {
	packed := func(ino, offset uint32) data {
		return data{ino: ino, isize: 300, offset: offset, dsize: uint32(len(secret)), compression: 6, stored: packZlib([]byte(secret))}
	}
	for name, write := range map[string]func(l *log){
		"overwritten": func(l *log) {
			l.write(3, 0, []byte(secret), len(secret))
			l.write(3, 0, make([]byte, len(secret)), len(secret))
		},
		"packed": func(l *log) {
			l.inode(packed(3, 0))
			l.write(3, 0, make([]byte, 300), 300)
		},
		"in part": func(l *log) {
			l.inode(packed(3, 0))
			l.write(3, 10, []byte("x"), 300)
			l.write(3, len(secret), make([]byte, 300-len(secret)), 300)
		},
		"cut off": func(l *log) {
			l.write(3, 0, []byte("short"), 300)
			l.inode(packed(3, 5))
			l.inode(data{ino: 3, isize: 5})
		},
		"obsolete": func(l *log) {
			at := l.inode(packed(3, 0))
			l.Bytes()[at+2] &^= 0x20
			l.write(3, 0, make([]byte, 300), 300)
		},
		"obsolete and deleted": func(l *log) {
			at := l.inode(packed(4, 0))
			l.Bytes()[at+2] &^= 0x20
			l.write(3, 0, make([]byte, 300), 300)
		},
		"symlink": func(l *log) {
			d := packed(3, 0)
			d.mode = 0o120777
			l.inode(d)
			l.inode(data{ino: 3, mode: 0o120777, isize: 1, dsize: 1, stored: []byte("x")})
		},
		"two nodes": func(l *log) {
			l.write(3, 0, []byte(secret[:40]), 300)
			l.write(3, 40, []byte(secret[40:]), 300)
			l.write(3, 0, make([]byte, 300), 300)
		},
		"of a folder": func(l *log) {
			d := packed(4, 0)
			d.mode = 0o040755
			l.name(1, 4, 4, "d")
			l.inode(d)
			l.inode(data{ino: 4, mode: 0o040755})
			l.write(3, 0, []byte("x"), 1)
		},
		"of the root": func(l *log) {
			d := packed(1, 0)
			d.mode = 0o040755
			l.inode(d)
			l.write(3, 0, []byte("x"), 1)
		},
		"of a pipe": func(l *log) {
			d := packed(3, 0)
			d.mode = 0o010644
			l.inode(d)
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(binary.BigEndian)
			l.file(2, "good", "good")
			l.name(1, 3, 8, "f")
			write(l)
			img := open(t, l.Bytes())
			var found []string
			for _, f := range img.Files {
				if b, err := f.ReadFile(); err == nil && string(b) == secret {
					found = append(found, f.Name)
				}
			}
			if len(found) != 1 || !strings.Contains(found[0], "lost+found/inode-") || img.Containers[0].Attributes["older"] != "1" || unexplained(img) > 0 {
				t.Errorf("%q of %s: %v %v", found, names(img), img.Containers[0].Attributes, img.Ranges)
			}
		})
	}
}

// The value of an attribute that no file has is offered; so is what stands behind the
// fields of a node.
func TestIdle(t *testing.T) {
	for name, write := range map[string]func(l *log){
		"no file has it": func(l *log) { l.xattr(1, 1, 1, "name", secret) },
		"given and taken away": func(l *log) {
			l.xattr(1, 1, 1, "name", secret)
			l.xref(2, 1, 2)
			l.xref(2, 1, 3)
		},
		"replaced": func(l *log) {
			l.xattr(1, 1, 1, "name", secret)
			l.xattr(1, 2, 1, "name", "value")
			l.xref(2, 1, 2)
		},
		"behind a reference": func(l *log) {
			body := l.words(2, 1, 2)
			l.node(0xe009, append(append(body, l.words(sum(append(l.header(0xe009, 16+len(secret)), body...)))...), secret...))
		},
	} {
		l := newLog(binary.LittleEndian)
		l.file(2, "good", "good")
		write(l)
		if !formattest.Offered(t, jffs2.Format, l.Bytes(), secret) {
			t.Errorf("%s: not offered", name)
		}
	}
}

// A file system that is there twice, and a node that was copied as the device tidied
// up, have nothing older.
func TestCopies(t *testing.T) {
	l := newLog(binary.LittleEndian)
	l.file(2, "good", secret)
	one := bytes.Clone(l.Bytes())
	img := open(t, slices.Concat(one, one))
	if got := names(img); got != "good" || unexplained(img) > 0 {
		t.Errorf("%s, %v", got, img.Ranges)
	}
	stale := slices.Concat(one, one)
	stale[len(one)-len(secret)-68+3] &^= 0x20
	if stale[len(one)-len(secret)-68] != 0x85 {
		t.Fatal("no node")
	}
	if got := names(open(t, stale)); got != "good" {
		t.Errorf("obsolete: %s", got)
	}
}

// Of more older contents than become files the rest is unused, and of a node what
// stands behind its data.
func TestUnused(t *testing.T) {
	l := newLog(binary.LittleEndian)
	l.name(1, 3, 8, "f")
	for i := range 4100 {
		l.write(3, 0, []byte(fmt.Sprintf("%016x", i*0x9e3779b97f4a7c)), 16)
	}
	img := open(t, l.Bytes())
	if n := len(img.Files); n < 4097 || unexplained(img) == 0 || img.Containers[0].Attributes["older"] != "4096" {
		t.Errorf("%d files, %v", n, img.Ranges)
	}
	for name, write := range map[string]func(l *log){
		"zeros":        func(l *log) { l.inode(data{ino: 2, isize: 4, dsize: 4, compression: 1, stored: []byte(secret)}) },
		"unknown kind": func(l *log) { l.node(0x2010, []byte(secret)) },
		"filling":      func(l *log) { l.node(0x2004, []byte(secret)) },
	} {
		l := newLog(binary.LittleEndian)
		l.file(2, "good", "good")
		write(l)
		img := open(t, l.Bytes())
		shown := slices.ContainsFunc(img.Files, func(f *firmware.File) bool {
			b, err := f.ReadFile()
			return err == nil && f.Kind == firmware.Raw && bytes.HasPrefix(b, []byte(secret[:80]))
		})
		if !shown || unexplained(img) < int64(len(secret)) {
			t.Errorf("%s: %s %v", name, names(img), img.Ranges)
		}
	}
}

// A node that is cut is none of another file system in what is unused.
func TestCutNode(t *testing.T) {
	l := newLog(binary.LittleEndian)
	l.file(2, "good", "good")
	l.file(3, "bad", secret)
	img := reference.Open(t, l.Bytes()[:l.Len()-40])
	for _, k := range img.Containers[1:] {
		if k.Type == "jffs2" {
			t.Errorf("another in %s", k.Path)
		}
	}
	if !slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool { return strings.Contains(s.Reason, "the input ends at") }) {
		t.Errorf("%v", img.Skipped)
	}
}
