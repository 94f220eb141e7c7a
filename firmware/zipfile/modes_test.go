package zipfile_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// madeBy is an archive with one member that a host made with some attributes.
func madeBy(t *testing.T, host uint16, attributes uint32, extra string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "bin/su", CreatorVersion: host << 8, ExternalAttrs: attributes, Extra: []byte(extra)}
	f, err := w.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write([]byte("#!/bin/sh\n"))
	_ = w.Close()
	return b.Bytes()
}

// TestModes takes modes from archives of files of Unix, and from no others.
func TestModes(t *testing.T) {
	const owner = "ux\x0b\x00\x01\x04\xe8\x03\x00\x00\x04\x64\x00\x00\x00"
	for name, c := range map[string]struct {
		image []byte
		modes bool
		mode  fs.FileMode
		uid   uint32
	}{
		"zip on Linux":             {madeBy(t, 3, 0o104755<<16, owner), true, 0o755 | fs.ModeSetuid, 1000},
		"ditto on a Mac":           {madeBy(t, 19, 0o100644<<16, ""), true, 0o644, 0},
		"an owner that ends early": {madeBy(t, 3, 0o100644<<16, "ux\x02\x00\x01\xff"), true, 0o644, 0},
		"Python from memory":       {madeBy(t, 3, 0o600<<16, ""), false, 0o600, 0},
		"Java":                     {madeBy(t, 0, 0, ""), false, 0o666, 0},
		"Windows":                  {madeBy(t, 0, 0x20, ""), false, 0o666, 0},
	} {
		f := reference.Find(t, reference.Open(t, c.image), "!bin/su")
		if f.Container.Modes != c.modes || f.Mode != c.mode || f.UID != c.uid {
			t.Errorf("%s: modes %v, mode %v, user %d", name, f.Container.Modes, f.Mode, f.UID)
		}
	}
}

// TestZipinfo holds modes, links and owners against Info-ZIP.
func TestZipinfo(t *testing.T) {
	reference.Need(t, "zipinfo")
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"su": 0o755 | os.ModeSetuid, "shadow": 0o600, "all": 0o666, "group": 0o2755 | os.ModeSetgid} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("su", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	reference.Run(t, dir, "zip", "-qry", "a.zip", ".")
	image, err := os.ReadFile(filepath.Join(dir, "a.zip"))
	if err != nil {
		t.Fatal(err)
	}
	img := reference.Open(t, image)
	seen := 0
	for line := range strings.Lines(string(reference.Run(t, dir, "zipinfo", "-s", "a.zip"))) {
		fields := strings.Fields(line)
		if len(fields) < 9 || len(fields[0]) != 10 {
			continue
		}
		seen++
		f := reference.Find(t, img, "!zip!"+strings.TrimSuffix(fields[len(fields)-1], "/"))
		if got := unixString(f); !f.Container.Modes || got != fields[0] || f.UID != uint32(os.Getuid()) {
			t.Errorf("%s: %s, zipinfo says %s; user %d", f.Name, got, fields[0], f.UID)
		}
	}
	if seen != 5 {
		t.Errorf("zipinfo lists %d", seen)
	}
}

// unixString writes a mode as ls does.
func unixString(f *firmware.File) string {
	kind := map[firmware.Kind]string{firmware.Regular: "-", firmware.Symlink: "l", firmware.Directory: "d"}[f.Kind]
	b := []byte(kind + f.Mode.Perm().String()[1:])
	for bit, at := range map[fs.FileMode]int{fs.ModeSetuid: 3, fs.ModeSetgid: 6} {
		if f.Mode&bit != 0 {
			b[at] = 's'
		}
	}
	return string(b)
}
