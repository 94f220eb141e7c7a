package facts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay/firmware"
)

// memoryFile is a scratch file for tests.
type memoryFile struct {
	mu                sync.Mutex
	content           []byte
	noWrites, noReads bool
}

func (f *memoryFile) WriteAt(b []byte, at int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.noWrites {
		return 0, errors.New("no space left on device")
	}
	if n := int(at) + len(b); n > len(f.content) {
		f.content = append(f.content, make([]byte, n-len(f.content))...)
	}
	return copy(f.content[at:], b), nil
}

func (f *memoryFile) ReadAt(b []byte, at int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.noReads {
		return 0, errors.New("input/output error")
	}
	n := copy(b, f.content[min(int(at), len(f.content)):])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// manyTexts are more texts than memory is to hold, and a script.
func manyTexts() fstest.MapFS {
	files := fstest.MapFS{"z/last.sh": {Data: []byte("#!/bin/sh\nreboot\n"), Mode: 0o755}}
	for i := range (maxTextMemory + 16<<20) / (200 << 10) {
		line := fmt.Sprintf("text %d is one of many\n", i)
		files[fmt.Sprintf("usr/share/t%03d", i)] = &fstest.MapFile{Data: []byte(strings.Repeat(line, 200<<10/len(line))), Mode: 0o644}
	}
	return files
}

func textsOf(t *testing.T, files fstest.MapFS, file *memoryFile) (*TextSet, *Observation) {
	t.Helper()
	opts := firmware.Options{Scratch: firmware.NewScratch(file, 1<<30)}
	o, err := Observe(context.Background(), firmware.Source{Name: "root", Folder: files, Modes: true}, opts, Texts, Scripts)
	if err != nil {
		t.Fatal(err)
	}
	set, err := Texts.Of(o.For("test", []Node{Texts}))
	if err != nil {
		t.Fatal(err)
	}
	return set, o
}

// TestStoredTexts looks at texts that memory does not hold: they say the same.
func TestStoredTexts(t *testing.T) {
	files, file := manyTexts(), new(memoryFile)
	set, o := textsOf(t, files, file)
	live, n := 0, 0
	for _, one := range set.all {
		live += len(one.Content)
		if one.stored != nil && strings.HasSuffix(one.File.Name, ".sh") {
			t.Errorf("script %s is not in memory", one.File.Name)
		}
	}
	if live > maxTextMemory+2*textBatch || len(file.content) == 0 {
		t.Errorf("%d bytes of texts in memory, %d in the file", live, len(file.content))
	}
	for _, one := range set.All() {
		n++
		if again, ok := set.Of(one.File); !ok || again.Content != one.Content || one.Content != string(files[one.File.Name].Data) {
			t.Fatalf("%s reads otherwise than it is", one.File.Name)
		}
	}
	if n != len(files) {
		t.Errorf("%d texts of %d files", n, len(files))
	}
	if got := set.Match(set.all[0].File.Container, "usr/share/t00*"); len(got) != 10 || got[9].Content != string(files["usr/share/t009"].Data) {
		t.Errorf("%d texts match", len(got))
	}
	if _, err := Scripts.Of(o.For("test", []Node{Scripts})); err != nil {
		t.Error(err)
	}
}

// TestStoredTextsFail has a scratch file that takes nothing, which does no harm, and one
// that gives nothing back, of which nothing is known.
func TestStoredTextsFail(t *testing.T) {
	files := manyTexts()
	full, o := textsOf(t, files, &memoryFile{noWrites: true})
	for _, one := range full.All() {
		if one.Content != string(files[one.File.Name].Data) {
			t.Fatalf("%s is lost", one.File.Name)
		}
	}
	if _, err := Scripts.Of(o.For("test", []Node{Scripts})); err != nil {
		t.Error(err)
	}

	file := new(memoryFile)
	_, o = textsOf(t, files, file)
	file.noReads = true
	if _, err := Scripts.Of(o.For("test", []Node{Scripts})); err == nil || !strings.Contains(err.Error(), "cannot be read again") {
		t.Errorf("a text that cannot be read again: %v", err)
	}
}
